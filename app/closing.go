package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
)

// loadSummary tells what the open load holds and lacks, by kelurahan and TPS: what is read
// out before it is closed.
func (c *cli) loadSummary(ctx context.Context, args []string) error {
	f := c.flags("load summary")
	number := f.dock()
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := l.Summary(ctx, *number)
	if err != nil {
		return err
	}
	if f.json {
		on, _, missing := ledger.Tally(s.TPS)
		return c.out(summaryJSON{loadOf(s.Load, on+missing), missing, s.Counter, s.Differs, s.TPS})
	}
	return c.putSummary(f, s)
}

type summaryJSON struct {
	loadJSON
	Missing int              `json:"missing"`
	Counter string           `json:"counter,omitempty"`
	Differs string           `json:"differs,omitempty"` // whose count is not what the record says
	TPS     []ledger.TPSLine `json:"tps"`
}

func (c *cli) putSummary(f *flags, s ledger.Summary) error {
	on, _, missing := ledger.Tally(s.TPS)
	if err := c.putLoad(f, s.Load, on+missing); err != nil {
		return err
	}
	for _, k := range byKelurahan(s.TPS) {
		on, elsewhere, missing := ledger.Tally(k)
		if err := c.printf("%s %-24s %5d loaded %5d on other trucks %5d missing\n", k[0].Area, k[0].Kelurahan, on, elsewhere, missing); err != nil {
			return err
		}
		for _, t := range k {
			// A kelurahan that has not come at all is named by its own line.
			if len(t.Missing) > 0 && on+elsewhere > 0 {
				if err := c.printf("  %s-%03d lacks %s\n", t.Area, t.TPS, strings.Join(t.Missing, " ")); err != nil {
					return err
				}
			}
		}
	}
	switch {
	case s.Differs != "":
		return c.printf("what %s counted is not what the record says: count again\n", s.Differs)
	case s.Counter != "":
		return c.printf("counted by %s, who found the same\n", s.Counter)
	}
	return nil
}

// byKelurahan cuts the lines of TPS, which are in order, into those of each kelurahan.
func byKelurahan(lines []ledger.TPSLine) [][]ledger.TPSLine {
	var out [][]ledger.TPSLine
	for i := range lines {
		if n := len(out); n == 0 || out[n-1][0].Area != lines[i].Area {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], lines[i])
	}
	return out
}

// loadCount records a blind count. The record's number is not told: who counts again would
// count towards it.
func (c *cli) loadCount(ctx context.Context, args []string) error {
	f := c.flags("load count").actor()
	number := f.dock()
	counted := f.Int("counted", -1, "boxes that were counted on the truck")
	counter := f.String("counter", "", "`NAME` of who counted (default: --as)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *counted < 0 {
		return usagef("load count needs --counted N, the boxes that were counted on the truck")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if *counter == "" {
		*counter = by.Name
	}
	n, err := l.CountLoad(ctx, by, *number, *counter, *counted)
	if err != nil {
		return refusal(err)
	}
	if f.json {
		if err := c.out(map[string]any{"load": n.Load, "counter": n.Counter, "counted": n.Counted, "agrees": n.Agrees()}); err != nil {
			return err
		}
	}
	if !n.Agrees() {
		return differs(n)
	}
	if f.json {
		return nil
	}
	return c.printf("load %d: %s counted %d boxes, as the record says\n", n.Load, n.Counter, n.Counted)
}

// differs sends whoever counted back to the truck.
func differs(n ledger.LoadCount) error {
	return refusal(fmt.Errorf("%w: the %d boxes that %s counted are not what the record says; look at the load, and count it again", ledger.ErrUncounted, n.Counted, n.Counter))
}

// acceptList are shortages that are accepted: REASON, or WHAT=REASON.
type acceptList []ledger.Accept

func (a *acceptList) String() string { return fmt.Sprint([]ledger.Accept(*a)) }

func (a *acceptList) Set(s string) error {
	all := ledger.Accept{Reason: s}
	if what, reason, ok := strings.Cut(s, "="); ok {
		x, isCode, err := acceptOf(strings.TrimSpace(what))
		if err != nil {
			return err
		}
		if isCode {
			all, all.Reason = x, reason
		}
	}
	*a = append(*a, all)
	return nil
}

// acceptOf reads an area, a TPS or a box: "31.75.06.1001", "31.75.06.1001-003",
// "31.75.06.1001-003-DPR". A text that begins like none of them is no code.
func acceptOf(s string) (a ledger.Accept, isCode bool, err error) {
	if s == "" || s[0] < '0' || s[0] > '9' || !strings.Contains(s, ".") {
		return a, false, nil
	}
	switch strings.Count(s, "-") {
	case 0:
		a.Area, err = election.ParseArea(s)
	case 1:
		a.Area, a.TPS, _, err = election.ParseBoxID(s + "-X")
	default:
		a.Area, a.TPS, a.Kind, err = election.ParseBoxID(s)
	}
	return a, true, err
}

// sealList are seal numbers, of any form.
type sealList []string

func (s *sealList) String() string     { return strings.Join(*s, ", ") }
func (s *sealList) Set(v string) error { *s = append(*s, v); return nil }

// loadClose closes the open load: a count where one is given, then all that it lacks with
// its reasons, seals, escort, and who confirms it.
func (c *cli) loadClose(ctx context.Context, args []string) error {
	f := c.flags("load close").seconded()
	f.stand = (*ledger.Ledger).Attest
	f.Lookup("second").Usage = "`NAME` of another person who confirms it; PIN from DAPILGATE_SECOND_PIN"
	number := f.dock()
	var accept acceptList
	f.Var(&accept, "accept-shortage", "close a load that is not complete, for this `REASON`; or AREA=REASON, TPS=REASON, BOX=REASON (may be repeated)")
	counted := f.Int("counted", -1, "boxes that another person counted on the truck, without seeing ours")
	counter := f.String("counter", "", "`NAME` of who counted (default: --second)")
	var seals sealList
	f.Var(&seals, "seal", "`NUMBER` of a seal (may be repeated)")
	var x ledger.Closing
	f.StringVar(&x.Escort, "escort", "", "`NAME` of the escort")
	f.StringVar(&x.Driver, "driver", "", "`NAME` of the driver (default: the truck's)")
	f.StringVar(&x.Plate, "plate", "", "`PLATE` as read off the truck, to be compared")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *counted >= 0 && *counter == "" {
		if *counter = f.second; f.second == "" {
			return usagef("--counted N is another person's count: give --counter NAME or --second NAME")
		}
	}
	if *counter != "" && *counted < 0 {
		return usagef("--counter NAME needs --counted N, the boxes that were counted on the truck")
	}
	l, s, err := c.station(ctx, f, *number)
	if err != nil {
		return err
	}
	defer l.Close()
	defer s.Close()
	s.KeepBackups(f.backupPlan())
	if *counted >= 0 {
		n, err := s.Count(ctx, *counter, *counted)
		if err != nil {
			return refusal(err)
		}
		if !n.Agrees() {
			return differs(n)
		}
	}
	x.Accept, x.Seals = accept, seals
	ld, err := s.ShutLoad(ctx, ledger.Person{}, x)
	if errors.Is(err, ledger.ErrShortage) {
		return refusal(fmt.Errorf("%w (--accept-shortage REASON, or KELURAHAN=REASON; 'load summary --dock %d' names them)", err, *number))
	}
	if err != nil {
		return refusal(err)
	}
	if _, err := s.Backup(); err != nil { // the load is closed all the same
		fmt.Fprintf(c.stderr, "dapilgate: %v\n", err)
	}
	expected, err := l.Expected(ctx, ld)
	if err != nil {
		return err
	}
	return c.putLoad(f, ld, expected)
}

// loadReturn brings a departed load back: its truck turned round.
func (c *cli) loadReturn(ctx context.Context, args []string) error {
	f := c.flags("load return").seconded()
	id := f.Int64("load", 0, "number of the load that departed")
	reason := f.String("reason", "", "why it came back")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *id == 0 {
		return usagef("load return needs --load N; 'load list --state departed' shows the numbers")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	ld, err := l.ReturnLoad(ctx, by, *id, *reason)
	if err != nil {
		return refusal(err)
	}
	return c.putLoad(f, ld, 0)
}
