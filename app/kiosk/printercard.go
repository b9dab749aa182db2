package kiosk

import (
	"os"
	"path/filepath"
	"time"

	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"

	"fyne.io/fyne/v2"
)

// printerCard is one printer: what it says of itself, what paper lies in it, and where it
// really prints, measured on its calibration page.
type printerCard struct {
	t         *printersTab
	p         printer.Printer
	can       printer.Abilities
	stock     labels.Stock
	m         labels.Measures
	forgetful bool // the next touch forgets the printer
}

func newPrinterCard(t *printersTab, p printer.Printer) *printerCard {
	c := &printerCard{t: t, p: p, stock: t.x.stock}
	for _, st := range t.x.catalogue.Fit {
		if st.Name == t.paperOf(p) {
			c.stock = st
		}
	}
	c.m = labels.ExpectedMeasures(c.stock)
	s := t.x.s
	if m, err := p.Open(); err == nil {
		// Not in the ledger's queue: a printer that does not answer would keep it waiting.
		go func() {
			can, err := m.Abilities(s.ctx)
			s.do(func() {
				if c.can = can; err == nil && t.opened == c {
					t.x.refresh()
				}
			})
		}()
	}
	return c
}

func (c *printerCard) content() fyne.CanvasObject {
	t, l := c.t, c.t.x.s.look
	p := l.panel
	h := t.how[c.p.Address]
	fact := func(key, value string) cell {
		if value == "" {
			return l.fix(0.01, l.row(0, rest()))
		}
		return l.fix(34, l.row(10, grow(1, l.text1(T(key), 20, regular, p.ink)), grow(2, l.text1(value, 21, bold, p.ink))))
	}
	k := c.p.Calibration
	shift := T("printers.straight")
	if k != (printer.Calibration{}) {
		shift = T("printers.shifted", words.Data{"X": words.Signed(k.X, 1), "Y": words.Signed(k.Y, 1),
			"ScaleX": words.Decimal(scale(k.ScaleX)*100, 1), "ScaleY": words.Decimal(scale(k.ScaleY)*100, 1)})
	}
	state := fyne.CanvasObject(l.textN(h.words(), 26, 3, bold, p.ink))
	if h.troubled() {
		state = l.on(toneAmber.ground, 8, l.inset(8, l.textN(h.words(), 24, 3, bold, toneAmber.ink)))
	}
	left := l.panelOf(l.col(6,
		l.fix(46, l.text1(c.p.Name, 36, condensed, p.ink)),
		l.fix(84, state),
		fact("printers.address", c.p.Address), fact("printers.model", c.can.Model), fact("printers.says", h.status.Message),
		l.fix(50, l.row(10, grow(1, l.text1(T("printers.shift"), 20, regular, p.ink)), grow(2, l.textN(shift, 20, 2, bold, p.ink)))),
		rest(),
		l.fix(28, l.text1(T("printers.paper"), 21, bold, p.ink)),
		l.fix(target, l.row(8, l.fix(84, l.button("back", "", func() { c.turn(-1) })),
			grow(1, l.textN(c.stock.Title, 22, 2, bold, p.ink).centred()), l.fix(84, l.button("next", "", func() { c.turn(1) }))))))
	right := []cell{l.fix(30, l.text1(T("printers.calibrate"), 24, bold, l.page.ink)),
		l.fix(44, l.textN(T("printers.measure"), 19, 2, regular, l.faint.ink)),
		c.stepper("printers.left", &c.m.Left), c.stepper("printers.top", &c.m.Top),
		c.stepper("printers.across", &c.m.Across), c.stepper("printers.down", &c.m.Down),
		l.fix(target, l.row(8, grow(1, l.button("print", T("printers.page"), c.page).sized(20)), grow(1, l.next("tick", T("printers.keep"), c.calibrate).sized(20)))),
		rest()}
	foot := []cell{grow(1, l.button("back", T("back"), t.close))}
	if k != (printer.Calibration{}) {
		foot = append(foot, grow(1, l.button("undo", T("printers.reset"), func() { c.put(printer.Calibration{}) }).sized(20)))
	}
	if !c.p.Found {
		forget := "printers.forget"
		if c.forgetful {
			forget = "printers.forget.sure"
		}
		foot = append(foot, grow(1, l.button("cross", T(forget), c.forget).sized(20)))
	}
	right = append(right, l.fix(76, l.row(8, foot...)))
	return l.row(16, grow(1, left), grow(1.15, l.col(6, right...)))
}

// scale is a calibration's scale: 0 means 1.
func scale(v float64) float64 {
	if v == 0 {
		return 1
	}
	return v
}

// stepper is a measure that is set by touch, to a tenth of a millimetre.
func (c *printerCard) stepper(key string, v *float64) cell {
	l := c.t.x.s.look
	by := func(text string, d float64) cell {
		return l.fix(76, l.button("", text, func() { *v = max(0, *v+d); c.t.x.refresh() }).sized(21))
	}
	return l.fix(target, l.row(6, grow(1, l.textN(T(key), 19, 2, regular, l.page.ink)),
		by("−1", -1), by("−"+words.Decimal(0.1, 1), -0.1),
		l.fix(110, l.text1(T("printers.mm", words.Data{"Length": words.Decimal(*v, 1)}), 23, bold, l.page.ink).centred()),
		by("+"+words.Decimal(0.1, 1), 0.1), by("+1", 1)))
}

// turn chooses the next stock as the paper that lies in the printer.
func (c *printerCard) turn(by int) {
	fit := c.t.x.catalogue.Fit
	for i, st := range fit {
		if st.Name == c.stock.Name {
			c.stock = fit[(i+by+len(fit))%len(fit)]
			break
		}
	}
	c.m = labels.ExpectedMeasures(c.stock)
	c.p.Stock = c.stock.Name
	c.put(c.p.Calibration)
}

// put keeps the printer with a calibration.
func (c *printerCard) put(k printer.Calibration) {
	c.p.Calibration, c.p.Found = k, false
	c.t.keep(c.p, func() {})
}

// calibrate keeps what was measured.
func (c *printerCard) calibrate() {
	k, err := labels.Calibrate(c.stock, c.m)
	if err != nil {
		c.t.x.say(false, func() string { return words.Error(err) })
		c.t.x.refresh()
		return
	}
	c.t.x.say(true, func() string { return T("printers.kept", words.Data{"Printer": c.p.Name}) })
	c.m = labels.ExpectedMeasures(c.stock)
	c.put(printer.Calibration(k))
}

// page prints the calibration page, as it is: what is measured is what this printer does.
func (c *printerCard) page() {
	s, x, p, stock := c.t.x.s, c.t.x, c.p, c.stock
	x.say(true, func() string { return T("printers.page.sent", words.Data{"Printer": p.Name}) })
	x.refresh()
	go func() {
		err := printCalibration(s, p, stock)
		s.do(func() {
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			} else {
				x.say(true, func() string { return T("printers.page.done", words.Data{"Printer": p.Name}) })
			}
			x.refresh()
		})
	}()
}

func printCalibration(s *shell, p printer.Printer, stock labels.Stock) error {
	m, err := p.Open()
	if err != nil {
		return err
	}
	can, err := m.Abilities(s.ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	job := printer.Job{Name: "Dapilgate kalibrasi " + now.Format("20060102-150405.000000"), User: s.person.Name,
		Page: stock.Page, Pages: 1, Option: p.Options}
	if can.Takes(printer.PDF) {
		job.Form = printer.PDF
		job.Data, err = calibrationPDF(stock, now)
	} else {
		dpi := p.DPI
		if len(can.DPI) == 1 {
			dpi = can.DPI[0]
		}
		if dpi != 0 {
			stock, err = stock.At(dpi)
		}
		job.Form = printer.ZPL
		if err == nil {
			job.Data, err = labels.CalibrationZPL(stock)
		}
	}
	if err != nil {
		return err
	}
	return m.Print(s.ctx, job)
}

func calibrationPDF(stock labels.Stock, at time.Time) ([]byte, error) {
	dir, err := os.MkdirTemp("", "dapilgate-calibration-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "page.pdf")
	if err := labels.WriteCalibration(path, stock, labels.Options{Title: "Kalibrasi " + stock.Name, Created: at}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// forget takes the printer out of the book, at the second touch.
func (c *printerCard) forget() {
	if !c.forgetful {
		c.forgetful = true
		c.t.x.refresh()
		return
	}
	t, name := c.t, c.p.Name
	t.x.s.later(func() func() {
		err := t.book.Remove(name)
		return func() {
			t.close()
			if err != nil {
				t.x.say(false, func() string { return words.Error(err) })
			} else if t.x.on != nil && t.x.on.Name == name {
				t.x.on = nil
			}
			t.read()
		}
	})
}
