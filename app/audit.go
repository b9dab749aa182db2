package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/labels"
	"dapilgate/labels/code"
)

var errFaults = errors.New("the record is not as it was written")

func (c *cli) cmdAudit(ctx context.Context, args []string) error {
	return c.sub(ctx, "audit", args, map[string]func(context.Context, []string) error{
		"anomalies": c.auditAnomalies, "search": c.auditSearch, "trail": c.auditTrail, "count": c.auditCount, "verify": c.auditVerify,
		"checkpoint": c.auditCheckpoint, "export": c.auditExport, "sample": c.auditSample,
	})
}

func (c *cli) auditTrail(ctx context.Context, args []string) error {
	f := c.flags("audit trail")
	box, err := f.read(args, 1)
	if err != nil {
		return err
	}
	if len(box) == 0 {
		return usagef("audit trail BOX, for example 31.75.06.1001-001-DPRDP")
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	t, err := l.Trail(ctx, box[0])
	if err != nil {
		return err
	}
	story := audit.Tell(t)
	if f.json {
		return c.out(story)
	}
	return c.printStory(&story)
}

// auditNumbers is how many boxes the record has in which state.
func (c *cli) auditNumbers(ctx context.Context, args []string) error {
	f := c.flags("audit count")
	x := f.filter()
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	filter, err := x.filter(l.Event())
	if err != nil {
		return err
	}
	n, err := l.CountBoxes(ctx, filter)
	if err != nil {
		return err
	}
	if f.json {
		return c.out(map[string]int{"boxes": n.Boxes, "printed": n.Printed, "loaded": n.Loaded, "departed": n.Departed, "received": n.Received})
	}
	return c.printf("%d boxes: %d with a label, %d loaded, %d departed, %d of them received\n", n.Boxes, n.Printed, n.Loaded, n.Departed, n.Received)
}

// auditAnomalies lists what is odd in the record: places to look at.
func (c *cli) auditAnomalies(ctx context.Context, args []string) error {
	f := c.flags("audit anomalies")
	limits := audit.DefaultLimits
	number := f.Int("dock", 0, "only at dock `N`")
	day := f.String("date", "", "only on this `DAY`, 2024-02-13")
	f.IntVar(&limits.BurstScans, "burst", limits.BurstScans, "`N` boxes accepted within --burst-time are a burst")
	f.DurationVar(&limits.BurstSpan, "burst-time", limits.BurstSpan, "see --burst")
	severity := f.Bool("by-severity", false, "the gravest first, not the oldest")
	f.IntVar(&limits.Refusals, "refusals", limits.Refusals, "`N` refused boxes at one load are many")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if limits.BurstScans < 2 || limits.BurstSpan <= 0 || limits.Refusals < 1 {
		return usagef("--burst is 2 or more, --burst-time and --refusals more than nothing")
	}
	var from, to time.Time
	if *day != "" {
		var err error
		if from, err = report.Day(*day); err != nil {
			return usagef("--date %q: expected the form 2024-02-13", *day)
		}
		to = from.AddDate(0, 0, 1)
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := audit.Anomalies(ctx, l, limits)
	if err != nil {
		return err
	}
	if *severity {
		audit.BySeverity(all)
	}
	for _, a := range all {
		if *number != 0 && a.Dock != *number || a.At.Before(from) || !to.IsZero() && !a.At.Before(to) {
			continue
		}
		if f.json {
			err = c.out(a)
		} else {
			err = c.printf("%d  %s  dock %d  event %-6d %-14s %-28s %-12s %s (%s)\n", a.Severity, a.At.Local().Format(time.DateTime), a.Dock, a.Seq, a.Kind, a.Box, a.Truck, a.What, a.By)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// auditVerify checks the record, and holds it against the checkpoints that were given.
func (c *cli) auditVerify(ctx context.Context, args []string) error {
	f := c.flags("audit verify")
	var papers paperList
	f.Var(&papers, "checkpoint", "`TEXT` of a checkpoint from paper (may be repeated)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := l.Verify(ctx, papers...)
	if err != nil {
		return err
	}
	if f.json {
		err = c.out(r)
	} else {
		err = c.printReport(r)
	}
	if err != nil {
		return err
	}
	if !r.OK() {
		return fmt.Errorf("%w: %d faults; keep the file as it is and call an auditor", errFaults, len(r.Faults))
	}
	return nil
}

func (c *cli) printReport(r ledger.Report) error {
	lines := []string{fmt.Sprintf("ledger %s: %d events", r.Ledger, r.Events)}
	for _, h := range r.Heads {
		lines = append(lines, fmt.Sprintf("chain %d  event %d  %s", h.Dock, h.Seq, h.Hash))
	}
	for _, w := range r.Witnesses {
		word := "disagrees"
		if w.Agrees {
			word = "agrees"
		}
		lines = append(lines, fmt.Sprintf("checkpoint of dock %d, event %d (%s) %s", w.Dock, w.Seq, w.At.Local().Format(time.DateTime), word))
	}
	for _, b := range r.Breaks {
		lines = append(lines, fmt.Sprintf("SINCE %s", b))
	}
	for _, x := range r.Faults {
		lines = append(lines, fmt.Sprintf("FAULT %s", x))
	}
	return c.printf("%s\n", strings.Join(lines, "\n"))
}

// paperList is the option of checkpoints, which may be given more than once.
type paperList []code.Checkpoint

func (p *paperList) String() string { return "" }
func (p *paperList) Set(s string) error {
	c, err := code.ParseCheckpoint(s)
	*p = append(*p, c)
	return err
}

// auditCheckpoint signs the heads of the chains: their texts, or the page to keep.
func (c *cli) auditCheckpoint(ctx context.Context, args []string) error {
	f := c.flags("audit checkpoint").actor()
	out := f.String("out", "", "write the page to `FILE.pdf`")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	seal, err := l.Seal(ctx)
	if errors.Is(err, ledger.ErrNotFound) && f.as != "" {
		var by ledger.Person
		if by, err = f.signIn(ctx, l); err == nil {
			seal, err = l.NewSeal(ctx, by)
		}
	}
	if errors.Is(err, ledger.ErrNotFound) {
		return usagef("%v; give --as PENYELIA once", err)
	}
	if err != nil {
		return err
	}
	all, err := l.Checkpoints(ctx, seal)
	if err != nil {
		return err
	}
	if *out != "" {
		if err := labels.WriteCheckpoints(*out, l.Event().Name, all, labels.Options{Title: "Titik periksa", Created: time.Now()}); err != nil {
			return err
		}
	}
	for _, p := range all {
		if f.json {
			err = c.out(map[string]any{"dock": p.Dock, "seq": p.Seq, "at": p.At.Format(time.RFC3339), "hash": p.Hash, "checkpoint": p.String()})
		} else if *out == "" {
			err = c.printf("%s\n", p)
		}
		if err != nil {
			return err
		}
	}
	if *out != "" && !f.json {
		return c.printf("%d checkpoints: %s\n", len(all), *out)
	}
	return nil
}

// auditExport writes the log to stdout, or with all that an observer needs into a folder.
func (c *cli) auditExport(ctx context.Context, args []string) error {
	f := c.flags("audit export")
	out := f.String("out", "", "write the log, its keys and a checker into this new `FOLDER`")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if *out == "" {
		w := bufio.NewWriter(c.stdout)
		_, err := audit.WriteLog(ctx, l, w)
		return errors.Join(err, w.Flush())
	}
	a, err := audit.Export(ctx, l, *out)
	if err != nil {
		return err
	}
	if f.json {
		return c.out(a)
	}
	return c.printf("%d events: %s; open index.html there, or run python3 verify.py\n", a.Events, *out)
}
