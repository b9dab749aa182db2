package labels

import (
	"fmt"
	"strings"
	"time"
)

// CommandCard is one command code on the sheet of commands.
type CommandCard struct {
	Code  string // the command's text
	Title string // what it does, in two or three words
	Help  string // one sentence
}

// WriteCommands writes the sheet of command codes: A4, two cards in a row, for the wall at
// the dock.
func WriteCommands(path string, cards []CommandCard, o Options) error {
	m, err := newMeasurer()
	if err != nil {
		return err
	}
	p := newPDF(210, 297, o)
	const w, h, side, perPage = 95.0, 85.0, 40.0, 6
	for i, c := range cards {
		if i%perPage == 0 {
			p.AddPage()
		}
		x, y := 10+float64(i%2)*w, 12+float64(i%perPage/2)*(h+6)
		code, err := smallSymbol(c.Code)
		if err != nil {
			return fmt.Errorf("command %s: %w", c.Title, err)
		}
		p.SetDrawColor(0, 0, 0)
		p.SetLineWidth(0.4)
		p.Rect(x+1, y, w-2, h, "D")
		putCode(p, code, x+(w-side)/2, y+8, side)
		for _, s := range []spot{
			{"title", x + 4, y + 53, w - 8, 12, 7, leastText, condensed, centre, func(*Sticker) string { return strings.ToUpper(c.Title) }},
			{"help", x + 4, y + 66, w - 8, 8, 3, 2, regular, centre, func(*Sticker) string { return c.Help }},
			{"code", x + 4, y + 76, w - 8, 5, 2.2, smallPrint, regular, centre, func(*Sticker) string { return c.Code }},
		} {
			if err := putSpot(p.Error, func(e *element) { putText(p, m, e) }, m, s); err != nil {
				return err
			}
		}
	}
	return writePDF(p, path)
}

// putSpot fits and draws one text.
func putSpot(failed func() error, put func(*element), m *measurer, s spot) error {
	text := s.text(nil)
	if text == "" {
		return nil
	}
	e := element{x: s.x, y: s.y, w: s.w, h: s.h, text: text, face: s.face, align: s.align, pattern: -1}
	if !fit(m, &e, s) {
		return fmt.Errorf("%s %q does not fit", s.name, text)
	}
	put(&e)
	return failed()
}

// TruckPass is a gate pass: its code opens the load of one truck for one district.
type TruckPass struct {
	Code      string
	Event     string
	Plate     string
	Driver    string
	Numeral   string
	Pattern   int
	District  string
	Kecamatan string // names; empty: the whole district
	IssuedBy  string
	IssuedAt  time.Time
}

// WriteTruckPasses writes gate passes, one an A5 page.
func WriteTruckPasses(path string, passes []TruckPass, o Options) error {
	m, err := newMeasurer()
	if err != nil {
		return err
	}
	d := &Document{pdf: newPDF(148, 210, o), m: m, bands: map[int]bool{}}
	for _, t := range passes {
		code, err := smallSymbol(t.Code)
		if err != nil {
			return fmt.Errorf("pass of %s: %w", t.Plate, err)
		}
		p := d.pdf
		p.AddPage()
		d.element(&element{x: 8, y: 48, w: 132, h: 56, pattern: t.Pattern})
		d.element(&element{x: 39, y: 52, w: 70, h: 48, pattern: -1, fill: true, white: true})
		putCode(p, code, 8, 138, 58)
		text := func(s string) func(*Sticker) string { return func(*Sticker) string { return s } }
		scope := t.Kecamatan
		if scope == "" {
			scope = "semua kecamatan"
		}
		for _, s := range []spot{
			{"event", 8, 8, 132, 6, 3.4, leastText, bold, left, text(t.Event)},
			{"title", 8, 14, 132, 8, 4.4, leastText, bold, left, text("KARTU TRUK")},
			{"plate", 8, 23, 132, 22, 16, 8, condensed, centre, text(t.Plate)},
			{"numeral", 42, 53, 64, 46, 40, 20, condensed, centre, text(t.Numeral)},
			{"district", 8, 107, 132, 9, 6, leastText, condensed, centre, text(t.District)},
			{"kecamatan", 8, 117, 132, 7, 4, 2, bold, centre, text(scope)},
			{"driver", 72, 142, 68, 7, 4, leastText, bold, left, text("Supir: " + t.Driver)},
			{"issued", 72, 152, 68, 5, 3, 2.2, regular, left, text("Dibuat " + t.IssuedAt.Format("02-01-2006 15.04"))},
			{"by", 72, 158, 68, 5, 3, 2.2, regular, left, text("oleh " + t.IssuedBy)},
			{"help", 72, 170, 68, 5, 3, 2.2, bold, left, text("Pindai di pintu muat: membuka muatan.")},
			{"code", 8, 200, 132, 4, 2.2, smallPrint, regular, left, text(t.Code)},
		} {
			if err := putSpot(p.Error, func(e *element) { putText(p, m, e) }, m, s); err != nil {
				return fmt.Errorf("pass of %s: %w", t.Plate, err)
			}
		}
	}
	return d.WriteFile(path)
}
