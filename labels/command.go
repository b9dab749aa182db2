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

// card is a drawing of texts and codes that aren't a sticker's. It keeps the first fault.
type card struct {
	*canvas
	err error
}

// at draws a text; least heights hold here too.
func (c *card) at(s spot, text string) {
	if c.err != nil {
		return
	}
	s.text = caption(text)
	c.els, c.err = s.set(c.m, nil, c.els)
}

func (c *card) rect(x, y, w, h float64, white bool) {
	c.els = append(c.els, element{shape: rectShape, x: x, y: y, w: w, h: h, white: white})
}

// frame draws the outline of a rectangle.
func (c *card) frame(x, y, w, h, wide float64) {
	c.rect(x, y, w, h, false)
	c.rect(x+wide, y+wide, w-2*wide, h-2*wide, true)
}

// code draws a symbol so that it and its quiet zone are at most side wide.
func (c *card) code(text string, x, y, side float64) { c.symbol(text, smallVersion, x, y, side) }

func (c *card) symbol(text string, version int, x, y, side float64) {
	if c.err != nil {
		return
	}
	m, err := plainSymbol(text, version)
	if err != nil {
		c.err = err
		return
	}
	dot := mmPerInch / float64(c.dpi)
	module := float64(int(side/float64(m.size+2*quietZone)/dot)) * dot
	size := module * float64(m.size)
	c.els = append(c.els, element{shape: codeShape, x: x + (side-size)/2, y: y + (side-size)/2, w: size, h: size, code: m})
}

// flush puts what was drawn on the page.
func (c *card) flush() error {
	if c.err == nil {
		c.out = c.content(c.out[:0], c.els, 0, 0)
		c.write(c.out)
		c.err = c.pdf.Error()
	}
	c.els = c.els[:0]
	return c.err
}

// cardDPI is the resolution that cards are fitted to: office printers have 300 dots an
// inch, or a multiple.
const cardDPI = 300

func newCard(w, h float64, o Options) (*card, error) {
	c, err := newCanvas(w, h, cardDPI, o)
	if err != nil {
		return nil, err
	}
	return &card{canvas: c}, nil
}

// WriteCommands writes the sheet of command codes: A4, two cards in a row, to be cut apart
// and put up at the dock, out of the way of boxes. Errors: ErrCode, ErrFit.
func WriteCommands(path string, cards []CommandCard, o Options) error {
	p, err := newCard(210, 297, o)
	if err != nil {
		return err
	}
	const w, h, side, perPage = 90.0, 86.0, 46.0, 6
	for i, c := range cards {
		if i%perPage == 0 {
			p.pdf.AddPage()
		}
		x, y := 12+float64(i%2)*(w+6), 12+float64(i%perPage/2)*(h+6)
		p.frame(x, y, w, h, 0.6)
		p.rect(x, y, w, 17, false)
		p.at(spot{name: "title", x: x + 3, y: y, w: w - 6, h: 17, cap: 8, least: leastText, face: condensed, align: centre, white: true}, strings.ToUpper(c.Title))
		p.code(c.Code, x+(w-side)/2, y+18, side)
		p.at(spot{name: "help", x: x + 4, y: y + 63, w: w - 8, h: 13, cap: 3.6, least: 2.4, face: condensed, align: centre, lines: 2}, c.Help)
		p.at(spot{name: "code", x: x + 4, y: y + 78, w: w - 8, h: 5, cap: 2, least: smallPrint, face: regular, align: centre}, c.Code)
		if err := p.flush(); err != nil {
			return fmt.Errorf("command %s: %w", c.Title, err)
		}
	}
	return p.writeFile(path)
}

// WriteScannerLabel writes the calibration label of scanners: A6, on any printer. Errors:
// ErrCode, ErrFit.
func WriteScannerLabel(path string, c CommandCard, o Options) error {
	const w, h, edge, side = 105.0, 148.0, 7.0, 80.0
	p, err := newCard(w, h, o)
	if err != nil {
		return err
	}
	p.pdf.AddPage()
	p.rect(edge, 7, w-2*edge, 17, false)
	p.at(spot{name: "title", x: edge + 3, y: 7, w: w - 2*edge - 6, h: 17, cap: 8, least: leastText, face: condensed, align: centre, white: true}, strings.ToUpper(c.Title))
	p.symbol(c.Code, calibrationVersion, (w-side)/2, 27, side)
	p.at(spot{name: "help", x: edge, y: 110, w: w - 2*edge, h: 22, cap: 3.4, least: 2.4, face: condensed, align: centre, lines: 2}, c.Help)
	p.at(spot{name: "code", x: edge, y: 136, w: w - 2*edge, h: 5, cap: 2, least: smallPrint, face: regular, align: centre}, c.Code)
	if err := p.flush(); err != nil {
		return fmt.Errorf("calibration label: %w", err)
	}
	return p.writeFile(path)
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

// WriteTruckPasses writes gate passes, one an A5 page: what the driver puts behind the
// windscreen. Errors: ErrCode, ErrFit.
func WriteTruckPasses(path string, passes []TruckPass, o Options) error {
	const w, h, edge = 148.0, 210.0, 8.0
	const in = w - 2*edge
	p, err := newCard(w, h, o)
	if err != nil {
		return err
	}
	for _, t := range passes {
		p.pdf.AddPage()
		p.at(spot{name: "title", x: edge, y: 7, w: 50, h: 8, cap: 5, least: leastText, face: condensed, align: left}, "KARTU TRUK")
		p.at(spot{name: "event", x: edge + 50, y: 7, w: in - 50, h: 8, cap: 3.2, least: 2, face: regular, align: right}, t.Event)
		p.frame(edge, 17, in, 30, 1)
		p.at(spot{name: "plate", x: edge + 4, y: 17, w: in - 8, h: 30, cap: 19, least: 8, face: condensed, align: centre}, t.Plate)

		// The district, drawn as on the stickers of its boxes.
		const top, high, bar, plate = 50.0, 74.0, 13.0, 76.0
		px := edge + (in-plate)/2
		p.rect(edge, top, in, high, false)
		p.rect(edge+1, top+1, in-2, high-bar-1, true)
		p.els = append(p.els, element{shape: bandShape, x: edge + 1, y: top + 1, w: in - 2, h: high - bar - 1, pattern: t.Pattern})
		p.rect(px-1, top, plate+2, high-bar, false)
		p.rect(px, top+1, plate, high-bar-1, true)
		p.at(spot{name: "numeral", x: px + 2, y: top + 1, w: plate - 4, h: high - bar - 1, cap: 50, least: 10, face: condensed, align: centre}, t.Numeral)
		p.at(spot{name: "district", x: edge + 2, y: top + high - bar, w: in - 4, h: bar, cap: 7, least: leastText, face: condensed, align: centre, white: true}, strings.ToUpper(t.District))

		scope := "Semua kecamatan dapil ini"
		if t.Kecamatan != "" {
			scope = "Hanya: " + t.Kecamatan
		}
		p.at(spot{name: "kecamatan", x: edge, y: 126, w: in, h: 12, cap: 4.6, least: 2.2, face: bold, align: left, lines: 2}, scope)

		const side = 56.0
		p.code(t.Code, edge-5, 138, side)
		x := edge + side - 2
		p.at(spot{name: "driver caption", x: x, y: 146, w: w - edge - x, h: 5, cap: 2.6, least: 2, face: regular, align: left}, "Supir")
		p.at(spot{name: "driver", x: x, y: 151, w: w - edge - x, h: 9, cap: 6, least: leastText, face: condensed, align: left, lines: 2}, t.Driver)
		p.at(spot{name: "issued caption", x: x, y: 163, w: w - edge - x, h: 5, cap: 2.6, least: 2, face: regular, align: left}, "Diterbitkan")
		p.at(spot{name: "issued", x: x, y: 168, w: w - edge - x, h: 6, cap: 3.6, least: 2.4, face: bold, align: left}, t.IssuedAt.Format("02-01-2006 15.04"))
		p.at(spot{name: "by", x: x, y: 174, w: w - edge - x, h: 6, cap: 3.6, least: 2.4, face: bold, align: left}, "oleh "+t.IssuedBy)
		p.at(spot{name: "help", x: x, y: 183, w: w - edge - x, h: 6, cap: 3, least: 2.2, face: condensed, align: left}, "Pindai di pintu muat untuk membuka muatan.")
		p.at(spot{name: "code", x: edge, y: 197, w: in, h: 5, cap: 2.4, least: smallPrint, face: regular, align: left}, t.Code)
		if err := p.flush(); err != nil {
			return fmt.Errorf("pass of %s: %w", t.Plate, err)
		}
	}
	return p.writeFile(path)
}
