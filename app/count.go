package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"
	"dapilgate/labels/code"
)

// auditCount is the counting of boxes in a place. Without a second word it counts what the
// record has, as it always did.
func (c *cli) auditCount(ctx context.Context, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return c.auditNumbers(ctx, args)
	}
	return c.sub(ctx, "audit count", args, map[string]func(context.Context, []string) error{
		"open": c.countOpen, "scan": c.countScan, "differences": c.countDifferences, "recount": c.countRecount, "sign": c.countSign,
		"report": c.countReport, "list": c.countList,
	})
}

// scope is what a filter says of boxes that never changes.
func (x *filterFlags) scope(f *flags, l *ledger.Ledger) (ledger.Scope, error) {
	if x.state != "" || x.limit != 0 {
		return ledger.Scope{}, usagef("%s: --state and --limit change from minute to minute; choose by --dapil, --kota, --kecamatan, --kelurahan, --tps, --kind", f.Name())
	}
	y, err := x.filter(l.Event())
	return ledger.Scope{District: y.District, Area: y.Area, TPS: y.TPS, Kind: y.Kind}, err
}

func (c *cli) countOpen(ctx context.Context, args []string) error {
	f := c.flags("audit count open").actor()
	x := f.filter()
	room := f.String("room", "", "`NAME` of the place; without a filter nothing in particular is expected there")
	sample := f.Int64("sample", 0, "count the boxes of the sample with this `NUMBER`; 'audit sample' draws one")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	scope, err := x.scope(f, l)
	if err != nil {
		return err
	}
	if *room == "" && *sample == 0 && scope.IsZero() {
		return usagef("what is counted? give --room NAME, a filter such as --kecamatan 31.75.06, or --sample NUMBER")
	}
	if *sample != 0 && !scope.IsZero() {
		return usagef("--sample %d says itself what it was drawn from; leave the filter out", *sample)
	}
	by, err := f.signIn(ctx, l)
	if err != nil {
		return err
	}
	s, err := l.OpenCount(ctx, by, ledger.CountScope{Room: *room, Scope: scope, Sample: *sample})
	if err != nil {
		return err
	}
	return c.putCount(f, &s)
}

func (c *cli) putCount(f *flags, s *ledger.Counting) error {
	if f.json {
		return c.out(report.CountingData(s))
	}
	var what []string
	for _, x := range []string{s.Room, s.District.String(), string(s.Area), s.Kind} {
		if x != "" {
			what = append(what, x)
		}
	}
	if s.TPS != 0 {
		what = append(what, fmt.Sprintf("TPS %03d", s.TPS))
	}
	if s.Sample != 0 {
		what = append(what, fmt.Sprintf("sample %d", s.Sample))
	}
	var who []string
	for _, p := range s.Passes {
		w := p.Person
		if p.Round == ledger.RoundRecount {
			w += " (recount)"
		}
		if p.Done.IsZero() {
			w += " …"
		}
		who = append(who, w)
	}
	return c.printf("count %-3d %-10s %s  %s  %s\n", s.ID, s.State, s.Opened.Local().Format("2006-01-02 15:04"), strings.Join(what, ", "), strings.Join(who, ", "))
}

func (c *cli) countList(ctx context.Context, args []string) error {
	return list(ctx, c, "audit count list", args, (*ledger.Ledger).Countings,
		func(f *flags, s ledger.Counting) error { return c.putCount(f, &s) })
}

// countScanJSON answers one scan: what the label is, and how many boxes this person has.
type countScanJSON struct {
	Answer  gate.CountAnswer `json:"answer"`
	Box     string           `json:"box,omitempty"`
	Boxes   int              `json:"boxes"`
	Message string           `json:"message"`
}

// number is the option that says which count.
func (f *flags) count() *int64 {
	return f.Int64("count", 0, "`NUMBER` of the count; 'audit count list' shows the numbers")
}

// readCount reads a command line that must name a count.
func (f *flags) readCount(args []string, n *int64) error {
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *n == 0 {
		return usagef("%s needs --count NUMBER; 'audit count list' shows the numbers", f.Name())
	}
	return nil
}

// countScan takes one scan a line and answers each with a JSON line that tells nothing of
// what is expected.
func (c *cli) countScan(ctx context.Context, args []string) error {
	f := c.flags("audit count scan").actor()
	number := f.count()
	done := f.Bool("done", false, "that was all: end my pass")
	if err := f.readCount(args, number); err != nil {
		return err
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if _, err := l.JoinCount(ctx, by, *number); err != nil {
		return refusal(err)
	}
	err = c.scanLines(ctx, l, func(id string, r code.Reading) (ledger.CountReply, error) {
		return l.CountScan(ctx, by, *number, id, r)
	})
	if err == nil && *done {
		err = l.EndPass(ctx, by, *number, by.Name)
	}
	return refusal(err)
}

// countRecount is countScan for what differs, by somebody who did not count it.
func (c *cli) countRecount(ctx context.Context, args []string) error {
	f := c.flags("audit count recount").actor()
	number := f.count()
	list := f.Bool("list", false, "list the boxes that I am to look for, and scan nothing")
	done := f.Bool("done", false, "that was all: what I was to look for and did not scan is not here")
	if err := f.readCount(args, number); err != nil {
		return err
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if *list {
		return c.recountList(ctx, f, l, by, *number)
	}
	err = c.scanLines(ctx, l, func(id string, r code.Reading) (ledger.CountReply, error) {
		return l.RecountScan(ctx, by, *number, id, r)
	})
	if err != nil || !*done {
		return refusal(err)
	}
	n, err := l.EndRecount(ctx, by, *number)
	if errors.Is(err, ledger.ErrNotAllowed) {
		return &refusedError{err}
	}
	if err != nil || f.json {
		return refusal(err)
	}
	fmt.Fprintf(c.stderr, "%d boxes were looked for and are not here\n", n)
	return nil
}

// recountList is what a person may look for: the boxes, and not what is wrong with each.
func (c *cli) recountList(ctx context.Context, f *flags, l *ledger.Ledger, by ledger.Person, id int64) error {
	r, err := l.CountResult(ctx, id)
	if err != nil {
		return refusal(err)
	}
	for i := range r.Differences {
		d := &r.Differences[i]
		if d.Recount != nil || !d.May(by.Name, &r.Counting) {
			continue
		}
		if f.json {
			err = c.out(map[string]string{"box": d.Box.ID(), "kelurahan": d.Kelurahan, "kecamatan": d.Kecamatan})
		} else {
			err = c.printf("%-28s %s, %s\n", d.Box.ID(), d.Kelurahan, d.Kecamatan)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// scanLines records each line of the standard input and answers it.
func (c *cli) scanLines(ctx context.Context, l *ledger.Ledger, record func(id string, r code.Reading) (ledger.CountReply, error)) error {
	keys := code.Keys{Event: l.Event().Code, Public: l.PublicKeys()}
	return c.eachScan(ctx, func(line string) error {
		a, err := record(ledger.NewID(), code.Parse(line, keys))
		if err != nil {
			return err
		}
		return c.out(countScanJSON{a.Answer, a.Box, a.Boxes, words.CountAnswer(a.Answer)})
	})
}

// countDifferences ends the counting, where --as is given and that was not done, and lists
// what differs.
func (c *cli) countDifferences(ctx context.Context, args []string) error {
	f := c.flags("audit count differences").actor()
	number := f.count()
	var end textList
	f.Var(&end, "end", "end the pass of `NAME`, who has left (may be repeated)")
	if err := f.readCount(args, number); err != nil {
		return err
	}
	l, by, err := c.perhaps(ctx, f)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := l.CountingByID(ctx, *number)
	if err != nil {
		return err
	}
	if f.as != "" && s.State == ledger.CountRunning {
		for _, p := range end {
			if err := l.EndPass(ctx, by, *number, p); err != nil {
				return refusal(err)
			}
		}
		if _, err := l.CompareCount(ctx, by, *number); err != nil {
			return refusal(err)
		}
	}
	r, err := l.CountResult(ctx, *number)
	if err != nil {
		return refusal(err)
	}
	for i := range r.Differences {
		d := &r.Differences[i]
		if f.json {
			err = c.out(report.DifferenceData(d))
		} else {
			err = c.printf("%s", differenceWords(d))
		}
		if err != nil {
			return err
		}
	}
	if f.json {
		return nil
	}
	t := r.Totals(true)
	return c.printf("%d expected, %d found: %d match, %d kurang, %d lebih, %d salah tempat; %d not recounted yet\n",
		r.Expected, t.Found, t.Matching, t.Missing, t.Surplus, t.Misplaced, r.Open())
}

func differenceWords(d *ledger.CountDifference) string {
	who := cmp.Or(strings.Join(d.CountedBy, ", "), "nobody found it")
	again := "not recounted yet"
	if r := d.Recount; r != nil {
		again = r.By + ": not here"
		if r.Found {
			again = r.By + ": here"
		}
		again += ", " + cmp.Or(string(r.Class), "no difference")
	}
	return fmt.Sprintf("%-28s %-12s %-14s %-12s %-24s %s\n", d.Box.ID(), d.Class, d.Reason, d.Plate, who, again)
}

// countSign signs the result and writes its berita acara.
func (c *cli) countSign(ctx context.Context, args []string) error {
	f := c.flags("audit count sign").actor()
	return c.countPaper(ctx, f, args, func(l *ledger.Ledger, id int64, p report.Paper) (*report.Document, error) {
		by, err := f.signIn(ctx, l)
		if err != nil {
			return nil, err
		}
		return report.SignCount(ctx, l, by, id, p)
	})
}

// countReport writes a berita acara again, or before it is signed.
func (c *cli) countReport(ctx context.Context, args []string) error {
	f := c.flags("audit count report")
	return c.countPaper(ctx, f, args, func(l *ledger.Ledger, id int64, p report.Paper) (*report.Document, error) {
		return report.OfCount(ctx, l, id, p)
	})
}

func (c *cli) countPaper(ctx context.Context, f *flags, args []string, read func(l *ledger.Ledger, id int64, p report.Paper) (*report.Document, error)) error {
	number := f.count()
	o := f.outputs("pdf", "xlsx", "csv")
	p := report.Paper{At: time.Now()}
	f.Var((*textList)(&p.Copy), "copy", "`HOLDER` of a copy (may be repeated; default: "+strings.Join(report.CountHolders, ", ")+")")
	f.StringVar(&p.Office, "office", "", "`OFFICE` whose warehouse it is: KPU Kota Jakarta Timur")
	if err := f.readCount(args, number); err != nil {
		return err
	}
	if len(*o) == 0 {
		return usagef("%s: say where to with --out FILE.pdf", f.Name())
	}
	if err := o.free([]string{"pdf", "xlsx", "csv"}); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	d, err := read(l, *number, p)
	if err != nil {
		return refusal(err)
	}
	return c.put(f, o, d, fmt.Sprintf("%s %s: %d boxes\n", d.Title, d.Number, len(d.Tables[0].Rows)))
}

// sampleHelp says how a sample is drawn, so that it can be drawn again without us.
const sampleHelp = `
A sample is drawn like this: of each box of the filter, the SHA-256 of the seed, one blank
and the box's identity; the boxes in the order of these hashes; the first N of them. So
anybody can draw it again:

  %s

With --as the draw is recorded before it is told; without, it is a redraw for the eye. A
seed is best made by those who will trust it: dice thrown before witnesses. Without --seed
a random one is made, and printed.
`

// auditSample draws a random sample of boxes.
func (c *cli) auditSample(ctx context.Context, args []string) error {
	f := c.flags("audit sample").actor()
	x := f.filter()
	seed := f.String("seed", "", "`TEXT` that the draw depends on: letters, digits and . _ : -")
	size := f.Int("size", 0, "draw `N` boxes")
	o := f.outputs("pdf", "xlsx", "csv")
	office := f.String("office", "", "`OFFICE` that the list is of")
	f.Usage = func() {
		fmt.Fprintln(c.stderr, "usage of dapilgate audit sample:")
		f.PrintDefaults()
		fmt.Fprintf(c.stderr, sampleHelp, report.Redraw("SEED", 50, "FILTER"))
	}
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *size < 1 || *size > ledger.MaxSample {
		return usagef("audit sample needs --size N, 1 to %d", ledger.MaxSample)
	}
	if *seed == "" && f.as == "" {
		return usagef("a redraw needs the --seed of the draw; with --as NAME a new one is made")
	}
	if *seed == "" {
		var b [8]byte
		rand.Read(b[:])
		*seed = hex.EncodeToString(b[:])
	}
	if !gate.ValidSeed(*seed) {
		return usagef("--seed %q: 1 to %d letters, digits and . _ : -", *seed, gate.MaxSeed)
	}
	if err := o.free([]string{"pdf", "xlsx", "csv"}); err != nil {
		return err
	}
	l, by, err := c.perhaps(ctx, f)
	if err != nil {
		return err
	}
	defer l.Close()
	scope, err := x.scope(f, l)
	if err != nil {
		return err
	}
	var drawn ledger.Sample
	if f.as != "" {
		drawn, err = l.DrawSample(ctx, by, *seed, *size, scope)
	} else {
		drawn, err = l.Draw(ctx, *seed, *size, scope)
	}
	if err != nil {
		return err
	}
	d, err := report.OfSample(ctx, l, drawn, report.Paper{At: time.Now(), By: by.Name, Office: *office})
	if err != nil {
		return err
	}
	if f.as != "" && !f.json {
		fmt.Fprintf(c.stderr, "sample %d, seed %s: %d of %d boxes\n", drawn.ID, drawn.Seed, len(drawn.Boxes), drawn.Population)
	}
	return c.put(f, o, d, strings.Join(drawn.Boxes, "\n")+"\n")
}
