package main

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"
)

// book is the file of printers: named by --printers or DAPILGATE_PRINTERS, else beside the
// ledger.
func (f *flags) book() *printer.Book {
	path := f.printers
	if path == "" {
		const name = "printers.toml"
		if path = name; f.ledger != "" && !strings.Contains(f.ledger, "://") {
			path = filepath.Join(filepath.Dir(f.ledger), name)
		}
	}
	return printer.OpenBook(path)
}

// stockByName finds a built-in stock or one of the office's own.
func (f *flags) stockByName(name string) (labels.Stock, error) {
	all, err := f.catalogue()
	if err != nil {
		return labels.Stock{}, err
	}
	return all.Stock(name)
}

// useBook adds --printers for commands that know printers.
func (f *flags) useBook() *flags {
	f.StringVar(&f.printers, "printers", f.c.env("DAPILGATE_PRINTERS"), "the `FILE` of printers (default: printers.toml beside the ledger)")
	return f
}

func (c *cli) cmdPrinters(ctx context.Context, args []string) error {
	return c.sub(ctx, "printers", args, map[string]func(context.Context, []string) error{
		"list": c.printersList, "status": c.printersStatus, "add": c.printersAdd, "remove": c.printersRemove, "calibrate": c.printersCalibrate,
	})
}

func (c *cli) putPrinter(f *flags, p printer.Printer) error {
	if f.json {
		return c.out(p)
	}
	kept := ""
	if p.Found {
		kept = "  (found)"
	}
	cal := ""
	if k := p.Calibration; k != (printer.Calibration{}) {
		cal = "  shifted"
	}
	return c.printf("%-20s %-36s %s%s%s\n", p.Name, p.Address, p.Stock, cal, kept)
}

func (c *cli) printersList(ctx context.Context, args []string) error {
	f := c.flags("printers list").useBook()
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	all, err := f.book().All(ctx)
	if err != nil {
		return err
	}
	for _, p := range all {
		if err := c.putPrinter(f, p); err != nil {
			return err
		}
	}
	return nil
}

// printerAnswer is a printer and how it is, as scripts read it.
type printerAnswer struct {
	Printer   string             `json:"printer"`
	Address   string             `json:"address"`
	Status    *printer.Status    `json:"status,omitempty"`
	Abilities *printer.Abilities `json:"abilities,omitempty"`
	Error     string             `json:"error,omitempty"`
}

// printersStatus says how printers are: those that are named, else all.
func (c *cli) printersStatus(ctx context.Context, args []string) error {
	f := c.flags("printers status").useBook()
	watch := f.Bool("watch", false, "tell each change, until interrupted (one printer)")
	const most = 100
	names, err := f.read(args, most)
	if err != nil {
		return err
	}
	var list []printer.Printer
	for _, name := range names {
		p, err := f.book().ByName(ctx, name)
		if err != nil {
			return err
		}
		list = append(list, p)
	}
	if len(names) == 0 {
		if list, err = f.book().All(ctx); err != nil {
			return err
		}
	}
	if *watch {
		if len(list) != 1 {
			return usagef("printers status NAME --watch")
		}
		return c.watchPrinter(ctx, f, list[0])
	}
	var failed error
	for _, p := range list {
		m, err := p.Open()
		a := printerAnswer{Printer: p.Name, Address: p.Address}
		if err == nil {
			var s printer.Status
			if s, err = m.Status(ctx); err == nil {
				a.Status = &s
				if can, err := m.Abilities(ctx); err == nil {
					a.Abilities = &can
				}
			}
		}
		if err != nil {
			failed, a.Error = err, err.Error()
		}
		if err := c.putStatus(f, a); err != nil {
			return err
		}
	}
	return failed
}

func (c *cli) watchPrinter(ctx context.Context, f *flags, p printer.Printer) error {
	m, err := p.Open()
	if err != nil {
		return err
	}
	var out error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	printer.Watch(ctx, m, time.Second, func(s printer.Status, err error) {
		a := printerAnswer{Printer: p.Name, Address: p.Address, Status: &s}
		if err != nil {
			a.Status, a.Error = nil, err.Error()
		}
		if out = c.putStatus(f, a); out != nil {
			cancel()
		}
	})
	return out
}

func (c *cli) putStatus(f *flags, a printerAnswer) error {
	if f.json {
		return c.out(a)
	}
	text := a.Error
	if a.Status != nil {
		text = words.Printer(*a.Status)
		if a.Status.Message != "" {
			text += "  (" + a.Status.Message + ")"
		}
	}
	return c.printf("%-20s %s\n", a.Printer, text)
}

// settings are the options that say what is kept of a printer.
func (f *flags) settings(p *printer.Printer) {
	f.StringVar(&p.Stock, "stock", p.Stock, "stock `NAME` that lies in it")
	f.IntVar(&p.DPI, "dpi", p.DPI, "dots per inch (0: as the stock or the printer says)")
	f.StringVar(&p.Options.Media, "media", p.Options.Media, "media `NAME` of the printer's (default: by the stock's size)")
	f.StringVar(&p.Options.Tray, "tray", p.Options.Tray, "`TRAY`: manual, by-pass-tray …")
	f.StringVar(&p.Options.Type, "type", p.Options.Type, "media `TYPE`: labels")
	f.StringVar(&p.Options.Quality, "quality", p.Options.Quality, "draft, normal or high")
}

// printersAdd keeps a printer, or changes what is kept of it.
func (c *cli) printersAdd(ctx context.Context, args []string) error {
	f := c.flags("printers add").useBook()
	f.stocksFlag()
	var p printer.Printer
	f.settings(&p)
	f.StringVar(&p.Address, "address", "", "tcp://HOST:9100, ipp://HOST/ipp/print or cups:QUEUE")
	rest, err := f.read(args, 1)
	if err != nil {
		return err
	}
	if len(rest) == 0 || p.Address == "" {
		return usagef("printers add NAME --address ADDRESS [--stock NAME]")
	}
	p.Name = rest[0]
	if p.Stock != "" {
		if _, err := f.stockByName(p.Stock); err != nil {
			return err
		}
	}
	kept, err := f.book().Kept()
	if err != nil {
		return err
	}
	for _, k := range kept {
		if k.Name == p.Name {
			p.Calibration = k.Calibration // measured on paper: only calibrate changes it
		}
	}
	if err := f.book().Put(p); err != nil {
		return err
	}
	return c.putPrinter(f, p)
}

func (c *cli) printersRemove(ctx context.Context, args []string) error {
	f := c.flags("printers remove").useBook()
	rest, err := f.read(args, 1)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("printers remove NAME")
	}
	return f.book().Remove(rest[0])
}

// printersCalibrate keeps what a ruler says of the calibration page that this printer
// printed; with --page it makes that page.
func (c *cli) printersCalibrate(ctx context.Context, args []string) error {
	f := c.flags("printers calibrate").useBook()
	f.stocksFlag()
	stock := f.String("stock", "", "stock `NAME` (default: the printer's)")
	page := f.String("page", "", "write the calibration page to `FILE.pdf`")
	var m labels.Measures
	f.Float64Var(&m.Left, "left", 0, "measured: `MM` from the left edge to the upright line")
	f.Float64Var(&m.Top, "top", 0, "measured: `MM` from the upper edge to the level line")
	f.Float64Var(&m.Across, "across", 0, "measured: `MM` from the upright line to the right mark")
	f.Float64Var(&m.Down, "down", 0, "measured: `MM` from the level line to the lower mark")
	reset := f.Bool("reset", false, "forget the calibration")
	rest, err := f.read(args, 1)
	if err != nil {
		return err
	}
	if len(rest) == 0 || *page == "" && !*reset && (m.Left == 0 || m.Top == 0) {
		return usagef("printers calibrate NAME --page FILE.pdf; print it at 100 %%, measure, then printers calibrate NAME --left MM --top MM [--across MM --down MM], or --reset")
	}
	p, err := f.book().ByName(ctx, rest[0])
	if err != nil {
		return err
	}
	name := cmp.Or(*stock, p.Stock)
	if name == "" && !*reset {
		return usagef("printers calibrate %s needs --stock NAME", p.Name)
	}
	if *page != "" {
		return c.calibrationPage(f, name, *page)
	}
	p.Calibration = printer.Calibration{}
	if !*reset {
		s, err := f.stockByName(name)
		if err != nil {
			return err
		}
		k, err := labels.Calibrate(s, m)
		if err != nil {
			return err
		}
		p.Calibration = printer.Calibration(k)
	}
	if err := f.book().Put(p); err != nil {
		return err
	}
	if f.json {
		return c.out(p)
	}
	k := p.Calibration
	return c.printf("%s: %+.2f mm to the right, %+.2f mm down, × %.4f across, × %.4f down\n", p.Name, k.X, k.Y, cmp.Or(k.ScaleX, 1), cmp.Or(k.ScaleY, 1))
}
