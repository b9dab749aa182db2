package labels

import (
	"fmt"
	"strings"

	"dapilgate/labels/code"
)

// TestCard is one code on the card of the self-test.
type TestCard struct {
	CommandCard
	Calibration bool // the code is the calibration label's
}

// WriteTestCard writes the card of the self-test: A4, the codes in the order in which they
// are scanned, to be cut apart where a camera is to read them. It can't be taken for labels
// of boxes: it shows no district. Errors: ErrCode, ErrFit.
func WriteTestCard(path string, cards []TestCard, o Options) error {
	p, err := newCard(210, 297, o)
	if err != nil {
		return err
	}
	const w, h, side, perPage = 90.0, 86.0, 50.0, 6
	for i, c := range cards {
		if i%perPage == 0 {
			if i > 0 {
				if err := p.flush(); err != nil {
					return err
				}
			}
			p.pdf.AddPage()
			p.at(spot{name: "head", x: 12, y: 6, w: 186, h: 9, cap: 4, least: 2.6, face: condensed, align: left}, "KARTU UJI · BUKAN LABEL KOTAK")
		}
		x, y := 12+float64(i%2)*(w+6), 17+float64(i%perPage/2)*(h+6)
		p.frame(x, y, w, h, 0.6)
		p.rect(x, y, 15, 15, false)
		p.at(spot{name: "number", x: x, y: y, w: 15, h: 15, cap: 9, least: leastText, face: condensed, align: centre, white: true}, fmt.Sprint(i))
		p.at(spot{name: "title", x: x + 18, y: y, w: w - 21, h: 15, cap: 7, least: leastText, face: condensed, align: left}, strings.ToUpper(c.Title))
		version := smallVersion
		switch {
		case c.Calibration:
			version = calibrationVersion
		case len(c.Code) == code.Length:
			version = qrVersion
		}
		p.symbol(c.Code, version, x+(w-side)/2, y+16, side)
		p.at(spot{name: "help", x: x + 4, y: y + 68, w: w - 8, h: 12, cap: 3.4, least: 2.4, face: condensed, align: centre, lines: 2}, c.Help)
		if err := p.flush(); err != nil {
			return fmt.Errorf("test card %s: %w", c.Title, err)
		}
	}
	return p.writeFile(path)
}
