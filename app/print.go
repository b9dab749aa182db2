package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"
)

// boxJSON is a box as scripts read it.
type boxJSON struct {
	Box       string          `json:"box"`
	District  string          `json:"district"`
	Kind      string          `json:"kind"`
	Content   string          `json:"content_dapil,omitempty"`
	Kelurahan string          `json:"kelurahan,omitempty"`
	Kecamatan string          `json:"kecamatan,omitempty"`
	Kota      string          `json:"kota"`
	TPS       int             `json:"tps"`
	State     ledger.BoxState `json:"state"`
	Revision  int             `json:"revision"`
	Load      int64           `json:"load,omitempty"`
	Truck     string          `json:"truck,omitempty"`
	Hold      string          `json:"hold,omitempty"`
}

func (c *cli) cmdBoxes(ctx context.Context, args []string) error {
	f := c.flags("boxes")
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
	for r, err := range l.Boxes(ctx, filter) {
		if err != nil {
			return err
		}
		if f.json {
			err = c.out(boxJSON{r.Box.ID(), r.Box.Routing.Spaced(), r.Box.Kind, r.Box.Content.Spaced(), r.Kelurahan, r.Kecamatan, r.Kota,
				r.Box.TPS, r.State, r.Revision, r.Load, r.Plate, r.Hold})
		} else {
			err = c.printf("%-28s %-14s %-10s %2d  %-12s %s, %s\n", r.Box.ID(), r.Box.Routing.Spaced(), r.State, r.Revision, r.Plate, r.Kelurahan, r.Kecamatan)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *cli) cmdPrint(ctx context.Context, args []string) error {
	f := c.flags("print").seconded().useBook()
	x := f.filter()
	stock := f.String("stock", "", "label stock `NAME` (default: the printer's, else DAPILGATE_STOCK, else a6); 'dapilgate stocks' lists them")
	f.stocksFlag()
	out := f.String("out", "", "write `FILE.pdf`, or .zpl for a Zebra label printer")
	to := f.String("printer", "", "instead of a file: `NAME` of a printer, a CUPS queue, or tcp://HOST:9100, ipp://HOST/ipp/print")
	patience := f.Duration("patience", 15*time.Minute, "how long to wait for a printer that has stopped in the middle")
	reprint := f.Bool("reprint", false, "give boxes that have a label their next revision; the old label is void")
	reason := f.String("reason", "", "why, for --reprint")
	start := f.Int("start", 0, "place of the first sticker on a part-used sheet, from 1")
	copies := f.Int("copies", 0, "labels a box (default: as the event says)")
	marks := f.Bool("cut-marks", false, "cut marks, for plain paper")
	separators := f.Bool("separators", false, "a label with counts before each kelurahan")
	check := f.String("preflight", string(batch.PreflightSample), "read the codes back before release: sample, all or off")
	page := f.Bool("calibration-page", false, "a page with rulers, to measure where this printer prints; no labels")
	var shift labels.Calibration
	f.Float64Var(&shift.X, "shift-x", 0, "calibration: `MM` to the right")
	f.Float64Var(&shift.Y, "shift-y", 0, "calibration: `MM` down")
	f.Float64Var(&shift.ScaleX, "scale-x", 1, "calibration: `FACTOR` of distances across the sheet")
	f.Float64Var(&shift.ScaleY, "scale-y", 1, "calibration: `FACTOR` of distances down the sheet")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *page {
		return c.calibrationPage(f, cmp.Or(*stock, defaultStock), *out)
	}
	if *out == "" && *to == "" {
		*to = c.env("DAPILGATE_PRINTER")
	}
	if *to == "" && *stock == "" {
		*stock = c.env("DAPILGATE_STOCK")
	}
	if (*out == "") == (*to == "") {
		return usagef("print needs --out FILE.pdf, --out FILE.zpl or --printer NAME")
	}
	if *reprint && strings.TrimSpace(*reason) == "" {
		return usagef("--reprint needs --reason")
	}
	stocks, err := f.catalogue()
	if err != nil {
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
	by, err := f.signIn(ctx, l)
	if err != nil {
		return err
	}
	key, err := f.signingKey(l)
	if err != nil {
		return err
	}
	r := batch.Request{Filter: filter, Stock: *stock, Stocks: &stocks, Out: *out, Reprint: *reprint, Reason: *reason, By: by, Key: key, Progress: c.progress("labels"),
		Start: *start, Copies: *copies, CutMarks: *marks, Separators: *separators, Preflight: batch.Preflight(*check), Patience: *patience, Watch: c.stops()}
	if *to != "" {
		p, err := f.book().ByName(ctx, *to)
		if err != nil {
			return err
		}
		if err := r.On(p); err != nil {
			return err
		}
	}
	r.Stock = cmp.Or(r.Stock, c.env("DAPILGATE_STOCK"), defaultStock)
	f.Visit(func(o *flag.Flag) { // what is said here goes before what is kept
		switch o.Name {
		case "shift-x":
			r.Calibration.X = shift.X
		case "shift-y":
			r.Calibration.Y = shift.Y
		case "scale-x":
			r.Calibration.ScaleX = shift.ScaleX
		case "scale-y":
			r.Calibration.ScaleY = shift.ScaleY
		}
	})
	sum, err := batch.Run(ctx, l, r)
	if err != nil {
		if errors.Is(err, batch.ErrBroken) {
			err = fmt.Errorf("%w; then: dapilgate batch settle %d --last BOX", err, sum.Batch)
		} else if len(sum.Files) > 0 {
			err = fmt.Errorf("%w; finished before that: %s", err, strings.Join(sum.Files, ", "))
		}
		return err
	}
	if f.json {
		return c.out(sum)
	}
	if *to != "" {
		return c.printf("batch %d: %d labels printed\n", sum.Batch, sum.Labels)
	}
	return c.printf("batch %d: %d labels on %d pages: %s\n", sum.Batch, sum.Labels, sum.Pages, strings.Join(sum.Files, ", "))
}

// defaultStock is what labels are printed on where nothing is said.
const defaultStock = "a6"

// stops tells on stderr why a printer does not print, once for each stop.
func (c *cli) stops() func(printer.Status) {
	last := ""
	return func(s printer.Status) {
		why := ""
		if len(s.Reasons) > 0 {
			why = words.Printer(s)
		}
		if why != last && why != "" {
			fmt.Fprintf(c.stderr, "\n%s\n", why)
		}
		last = why
	}
}

// calibrationPage needs no ledger: it is about a printer and its paper. It is printed as the
// printer prints without calibration: what is measured on it is the calibration.
func (c *cli) calibrationPage(f *flags, stock, out string) error {
	if out == "" {
		return usagef("print --calibration-page needs --out FILE.pdf")
	}
	s, err := f.stockByName(stock)
	if err != nil {
		return err
	}
	if err := labels.WriteCalibration(out, s, labels.Options{Title: "Kalibrasi " + s.Name, Created: time.Now()}); err != nil {
		return err
	}
	if f.json {
		return c.out(map[string]string{"stock": s.Name, "out": out})
	}
	return c.printf("%s: print it as it is (100 %%), measure, and give printers calibrate NAME --left --top --across --down\n", out)
}

func (c *cli) cmdTruck(ctx context.Context, args []string) error {
	return c.sub(ctx, "truck", args, map[string]func(context.Context, []string) error{
		"add": c.truckAdd, "list": c.truckList, "pass": c.truckPass,
	})
}

func (c *cli) truckAdd(ctx context.Context, args []string) error {
	f := c.flags("truck add").actor()
	plate := f.String("plate", "", "`PLATE`: \"B 9123 KPU\"")
	vehicle := f.String("vehicle", "truk", "truk, mobil boks or kapal")
	driver := f.String("driver", "", "`NAME` of the driver")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *plate == "" {
		return usagef("truck add needs --plate PLATE")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	t, err := l.AddTruck(ctx, by, *plate, *vehicle, *driver)
	if err != nil {
		return err
	}
	return c.putTruck(f, t)
}

func (c *cli) putTruck(f *flags, t ledger.Truck) error {
	if f.json {
		return c.out(t)
	}
	return c.printf("%-14s %-10s %s\n", t.Plate, t.Vehicle, t.Driver)
}

func (c *cli) truckList(ctx context.Context, args []string) error {
	return list(ctx, c, "truck list", args, (*ledger.Ledger).Trucks, c.putTruck)
}

// truckPass makes gate passes, or, with --commands, the sheet of command codes, which is
// nobody's secret and needs no ledger.
func (c *cli) truckPass(ctx context.Context, args []string) error {
	f := c.flags("truck pass").actor()
	plate := f.String("truck", "", "`PLATE` of the truck")
	district := f.String("district", "", "routing `DISTRICT`: DPRDP:310004 or 4")
	var kec areaList
	f.Var(&kec, "kecamatan", "only this kecamatan `CODE` (may be repeated)")
	commands := f.Bool("commands", false, "the sheet of command codes")
	out := f.String("out", "", "write `FILE.pdf`")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *out == "" && !f.json {
		return usagef("truck pass needs --out FILE.pdf (or --json for the codes' text)")
	}
	if *commands {
		return c.commandSheet(f, *out)
	}
	if *plate == "" || *district == "" {
		return usagef("truck pass needs --truck PLATE and --district DISTRICT, or --commands")
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	d, err := l.Event().ResolveDistrict(*district)
	if err != nil {
		return fmt.Errorf("%w: --district: %w", errUsage, err)
	}
	by, err := f.signIn(ctx, l)
	if err != nil {
		return err
	}
	p, err := l.IssuePass(ctx, by, *plate, d, kec)
	if err != nil {
		return err
	}
	page, err := batch.PassPage(ctx, l, p)
	if err != nil {
		return err
	}
	if *out != "" {
		if err := labels.WriteTruckPasses(*out, []labels.TruckPass{page}, labels.Options{Title: "Kartu truk " + p.Plate, Author: by.Name, Created: p.IssuedAt}); err != nil {
			return err
		}
	}
	if f.json {
		return c.out(map[string]any{"truck": p.Plate, "district": d.Spaced(), "kecamatan": kec, "code": page.Code, "out": *out})
	}
	return c.printf("pass of %s for %s: %s\n", p.Plate, d.Spaced(), *out)
}

func (c *cli) commandSheet(f *flags, out string) error {
	cards, err := batch.Commands()
	if err != nil {
		return err
	}
	if out != "" {
		if err := batch.WriteCommands(out, labels.Options{Title: "Kode perintah Dapilgate", Created: time.Now()}); err != nil {
			return err
		}
	}
	if f.json {
		texts := map[string]string{}
		for _, k := range cards {
			texts[string(k.Command)] = k.Code
		}
		return c.out(texts)
	}
	for _, k := range cards {
		if err := c.printf("%-14s %s\n", k.Title, k.Code); err != nil {
			return err
		}
	}
	return nil
}

func (c *cli) cmdBatch(ctx context.Context, args []string) error {
	return c.sub(ctx, "batch", args, map[string]func(context.Context, []string) error{
		"list": c.batchList, "labels": c.batchLabels, "settle": c.batchSettle, "spoil": c.batchSpoil,
	})
}

func (c *cli) batchList(ctx context.Context, args []string) error {
	f := c.flags("batch list")
	open := f.Bool("open", false, "only batches that were broken off")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	list, err := l.Batches(ctx, *open)
	if err != nil {
		return err
	}
	for _, b := range list {
		if f.json {
			err = c.out(b)
		} else {
			err = c.printf("%4d  %-9s %-8s %s  %d labels: %d good, %d spoiled, %d void, %d open  %s\n", b.ID, b.State, b.Stock,
				b.At.Local().Format("2006-01-02 15:04"), b.Issued, b.Good, b.Spoiled, b.Void, b.Planned+b.Sent, b.Reason)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// batchID reads the number of a batch, the first argument of its commands.
func batchID(rest []string, usage string) (int64, error) {
	if len(rest) == 0 {
		return 0, usagef("%s; 'batch list' shows the numbers", usage)
	}
	id, err := strconv.ParseInt(rest[0], 10, 64)
	if err != nil {
		return 0, usagef("%q is no batch number", rest[0])
	}
	return id, nil
}

func (c *cli) batchLabels(ctx context.Context, args []string) error {
	f := c.flags("batch labels")
	rest, err := f.read(args, 1)
	if err != nil {
		return err
	}
	id, err := batchID(rest, "batch labels N")
	if err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	list, err := l.BatchLabels(ctx, id)
	if err != nil {
		return err
	}
	for _, x := range list {
		if f.json {
			err = c.out(x)
		} else {
			err = c.printf("%-28s %2d  %s\n", x.Box, x.Revision, x.State)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *cli) batchSettle(ctx context.Context, args []string) error {
	f := c.flags("batch settle").actor()
	last := f.String("last", "", "the last good `BOX`, or its label's text; none came out without it")
	rest, err := f.read(args, 1)
	if err != nil {
		return err
	}
	id, err := batchID(rest, "batch settle N --last BOX")
	if err != nil {
		return err
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := batch.Settle(ctx, l, by, id, *last)
	if err != nil {
		return refusal(err)
	}
	if f.json {
		return c.out(s)
	}
	return c.printf("batch %d: %d labels good, %d void; print the boxes of the void ones again\n", s.Batch, s.Good, s.Void)
}

func (c *cli) batchSpoil(ctx context.Context, args []string) error {
	f := c.flags("batch spoil").seconded()
	reason := f.String("reason", "", "why")
	const most = 1 + ledger.MaxPlan
	rest, err := f.read(args, most)
	if err != nil {
		return err
	}
	id, err := batchID(rest, "batch spoil N BOX... --reason WHY")
	if err != nil {
		return err
	}
	if len(rest) < 2 {
		return usagef("batch spoil N BOX... --reason WHY")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.SpoilLabels(ctx, by, id, rest[1:], *reason); err != nil {
		return refusal(err)
	}
	if f.json {
		return c.out(map[string]any{"batch": id, "spoiled": rest[1:]})
	}
	return c.printf("batch %d: %d labels spoiled; their boxes are up for printing again\n", id, len(rest)-1)
}
