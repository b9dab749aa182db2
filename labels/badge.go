package labels

import (
	"fmt"
	"strings"

	"dapilgate/labels/code"
)

// Badge is a person's card: its code signs them in at a dock.
type Badge struct {
	Code  string
	Name  string
	Event string
}

// NewBadge is the card of a badge's text. Error: ErrCode.
func NewBadge(text, name, event string) (Badge, error) {
	if r := code.Parse(text, code.Keys{}); r.Command != code.Badge {
		return Badge{}, fmt.Errorf("%w: not a badge's text", ErrCode)
	}
	return Badge{Code: text, Name: name, Event: event}, nil
}

// WriteBadges writes badges, to be cut out and worn: two in a row on A4, each as large as
// a badge holder takes (90 × 60 mm). Errors: ErrCode, ErrFit.
func WriteBadges(path string, badges []Badge, o Options) error {
	p, err := newCard(210, 297, o)
	if err != nil {
		return err
	}
	const w, h, side, perPage = 90.0, 60.0, 44.0, 8
	for i, b := range badges {
		if i%perPage == 0 {
			p.pdf.AddPage()
		}
		x, y := 12+float64(i%2)*(w+6), 12+float64(i%perPage/2)*(h+6)
		p.frame(x, y, w, h, 0.6)
		p.rect(x, y, w, 12, false)
		p.at(spot{name: "title", x: x + 3, y: y, w: w - 6, h: 12, cap: 5, least: leastText, face: condensed, align: centre, white: true}, "KARTU PETUGAS")
		p.code(b.Code, x, y+14, side)
		in := w - side - 4
		p.at(spot{name: "name", x: x + side, y: y + 16, w: in, h: 22, cap: 7, least: leastText, face: condensed, align: left, lines: 3}, strings.ToUpper(b.Name))
		p.at(spot{name: "event", x: x + side, y: y + 40, w: in, h: 12, cap: 2.6, least: 1.8, face: regular, align: left, lines: 3}, b.Event)
		if err := p.flush(); err != nil {
			return fmt.Errorf("badge of %s: %w", b.Name, err)
		}
	}
	return p.writeFile(path)
}
