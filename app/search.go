package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
)

// auditSearch answers a question about the record, asked in words, in options, or in both.
func (c *cli) auditSearch(ctx context.Context, args []string) error {
	f := c.flags("audit search")
	area := f.String("area", "", "`CODE` of a kota, kecamatan or kelurahan: 31.75.06")
	truck := f.String("truck", "", "`PLATE` of a truck")
	person := f.String("person", "", "`NAME` of the one who acted")
	number := f.Int("dock", 0, "at dock `N`")
	at := f.String("at", "", "as it was at this `TIME`: 14:00, or 2024-02-13T14:00")
	from := f.String("from", "", "from this `TIME` on")
	until := f.String("until", "", "before this `TIME`")
	missing := f.Bool("missing", false, "boxes on no truck")
	twice := f.Bool("twice", false, "labels of boxes that got more than one")
	limit := f.Int("limit", 0, "at most `N` lines")
	const most = 100 // words
	text, err := f.read(args, most)
	if err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	b, err := audit.OpenBook(ctx, l)
	if err != nil {
		return err
	}
	q := b.Read(strings.Join(text, " "))
	q.Limit, q.Twice = *limit, q.Twice || *twice
	if *missing {
		q.Boxes.State = ledger.BoxMissing
	}
	if *area != "" {
		if q.Boxes.Area, err = election.ParseArea(*area); err != nil {
			return fmt.Errorf("%w: --area: %w", errUsage, err)
		}
	}
	for _, x := range []struct {
		into  *string
		value string
	}{{&q.Plate, *truck}, {&q.Person, *person}} {
		if x.value != "" {
			*x.into = x.value
		}
	}
	if *number != 0 {
		q.Dock = *number
	}
	for _, x := range []struct {
		name, value string
		into        *time.Time
	}{{"--at", *at, &q.At}, {"--from", *from, &q.From}, {"--until", *until, &q.Until}} {
		if x.value == "" {
			continue
		}
		if *x.into, err = b.Moment(x.value); err != nil {
			return fmt.Errorf("%w: %s: %w", errUsage, x.name, err)
		}
	}
	a, err := audit.Ask(ctx, l, b, q)
	if errors.Is(err, audit.ErrQuestion) {
		return usagef("audit search: %v; give a box, an area's code or name, a truck, a person or a time, 'kurang' for boxes on no truck, 'dua kali' for labels printed twice", err)
	}
	if err != nil {
		return err
	}
	if f.json {
		for _, x := range a.Lines() {
			if err := c.out(x); err != nil {
				return err
			}
		}
		return nil
	}
	return c.printAnswer(&a)
}

// printAnswer is an answer for the terminal.
func (c *cli) printAnswer(a *audit.Answer) error {
	w := &liner{c: c}
	for _, x := range a.Areas {
		w.line("%-13s  %-9s  %-26s  %s", x.Area, x.Level, x.Name, strings.Trim(strings.Join([]string{x.Kecamatan, x.Kota, x.District}, ", "), ", "))
	}
	for _, x := range a.Trucks {
		w.line("truck          %s", x)
	}
	for _, x := range a.People {
		w.line("person         %s", x)
	}
	if q := a.Question; q.Names != "" {
		switch {
		case len(a.Areas)+len(a.Trucks)+len(a.People) == 0:
			w.line("nothing here is called %q, or nearly so", q.Names)
		default:
			w.line("names are not matched: ask again with a code or a name from this list instead of %q", q.Names)
		}
		return w.err
	}
	switch {
	case a.Box != nil:
		w.story(a.Box)
	case a.Cargo != nil:
		w.cargo(a.Cargo)
	default:
		for _, x := range a.Loads {
			w.load(x)
		}
		for _, x := range a.Labels {
			w.line("%-28s revision %d  %-8s  %s  %-12s print %d  %s", x.Box, x.Revision, x.State, clock(x.At), x.By, x.Batch, x.Reason)
		}
		for _, x := range a.Boxes {
			w.line("%-28s %-14s %-10s %-12s %s, %s", x.Box, x.District, x.State, x.Truck, x.Kelurahan, x.Kecamatan)
		}
		w.steps(a.Events)
		if n := len(a.Loads) + len(a.Labels) + len(a.Boxes) + len(a.Events); n < a.Total {
			w.line("%d of %d", n, a.Total)
		} else {
			w.line("%d found", a.Total)
		}
	}
	return w.err
}

func (c *cli) printStory(s *audit.Story) error {
	w := &liner{c: c}
	w.story(s)
	return w.err
}

// liner writes lines until one fails.
type liner struct {
	c   *cli
	err error
}

func (w *liner) line(format string, a ...any) {
	if w.err == nil {
		w.err = w.c.printf("%s\n", strings.TrimRight(fmt.Sprintf(format, a...), " "))
	}
}

func clock(t time.Time) string { return t.Local().Format(time.DateTime) }

func (w *liner) story(s *audit.Story) {
	w.line("%s  %s, %s  %s", s.Box, s.Kelurahan, s.Kecamatan, s.District)
	on := ""
	if s.Truck != "" {
		on = fmt.Sprintf(" on %s (load %d)", s.Truck, s.Load)
	}
	w.line("state: %s%s", s.State, on)
	switch d := s.Should; d.Place {
	case audit.AtKecamatan:
		w.line("should be: at Kec. %s, brought by %s", d.Kecamatan, d.Truck)
	case audit.OnTheWay:
		w.line("should be: with %s, gone to Kec. %s", d.Truck, d.Kecamatan)
	case audit.OnTruck:
		w.line("should be: on %s (load %d), not departed", d.Truck, d.Load)
	default:
		w.line("should be: in the warehouse")
	}
	switch x := s.Seen; {
	case x == nil:
		w.line("last seen: never scanned")
	case x.Place == audit.AtDock:
		w.line("last seen: %s at dock %d by %s %s", clock(x.At), x.Dock, x.By, x.Verdict)
	default:
		w.line("last seen: %s in the office by %s", clock(x.At), x.By)
	}
	if s.Hold != "" {
		w.line("on hold: %s", s.Hold)
	}
	w.steps(s.Steps)
}

func (w *liner) load(x audit.LoadLine) {
	shut := ""
	if !x.Closed.IsZero() {
		shut = " to " + clock(x.Closed)
	}
	w.line("load %-4d %-12s %-14s dock %d  %-8s %4d boxes  %s%s  %s", x.Load, x.Truck, x.District, x.Dock, x.State, x.Count, clock(x.Opened), shut, x.Operator)
}

func (w *liner) cargo(x *audit.Cargo) {
	w.load(x.LoadLine)
	if !x.At.IsZero() {
		w.line("as it was at %s", clock(x.At))
	}
	for _, b := range x.Boxes {
		w.line("%-28s %-14s loaded %s by %s  %s, %s", b.Box, b.District, clock(b.LoadedAt), b.LoadedBy, b.Kelurahan, b.Kecamatan)
	}
	w.line("%d boxes", len(x.Boxes))
	w.steps(x.Steps)
}

func (w *liner) steps(all []audit.Step) {
	for _, s := range all {
		where := "office"
		if s.Dock != ledger.Office {
			where = fmt.Sprintf("dock %d", s.Dock)
		}
		by := ""
		if s.Second != "" {
			by = " (approved by " + s.Second + ")"
		}
		w.line("%s  %-8s %-12s %s%s", clock(s.At), where, s.Actor, s.What, by)
	}
}
