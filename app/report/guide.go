package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"dapilgate/app/gate"
	"dapilgate/assets"
)

// Guides are the leaflets that a person reads before they stand at the kiosk: a card for
// the petugas, one page, and a guide for the penyelia, two.
const (
	GuidePetugas  = "petugas"
	GuidePenyelia = "penyelia"
)

// Answer is a verdict as a leaflet tells it: what the screen says and what to do.
type Answer struct {
	Level    gate.Level
	Head, Do string
}

// Guide draws a leaflet of that name as PDF. Answers stand where its text asks for them.
// Errors: ErrGuide.
func Guide(name string, answers []Answer, at time.Time) ([]byte, error) {
	text, err := assets.Guides.ReadFile("guides/" + name + ".md")
	if err != nil {
		return nil, fmt.Errorf("%w: %q (%s or %s)", ErrGuide, name, GuidePetugas, GuidePenyelia)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	title := strings.TrimPrefix(lines[0], "# ")
	answers = slices.Clone(answers)
	slices.SortStableFunc(answers, func(a, b Answer) int { return cmp.Compare(a.Level, b.Level) })
	return pages(title, "Dapilgate", at, false, func(s *sheet) {
		s.begin(running{title: title}, title+" · Dapilgate")
		s.text(condensed, 26, s.left(), s.y, s.width(), 11, "L", title)
		s.y += 13
		for _, line := range lines[1:] {
			s.guideLine(line, answers)
		}
	})
}

// guideLine sets one line of a leaflet: a heading, a numbered step, a point, the answers, or
// words.
func (s *sheet) guideLine(line string, answers []Answer) {
	const size, indent = 11.8, 6.5
	h := size * mmPerPoint * leading
	mark, rest, step := strings.Cut(line, " ")
	switch {
	case line == "":
		s.y += 1
	case mark == "##":
		s.need(22)
		s.y += 2
		s.text(condensed, 14, s.left(), s.y, s.width(), 6, "L", rest)
		s.line(s.left(), s.y+6.4, s.right(), s.y+6.4, 0.3)
		s.y += 8
	case line == "{verdicts}":
		for i := 0; i < len(answers); i += 2 {
			s.need(11)
			s.answer(answers[i], s.left(), s.width()/2-1.5)
			if i+1 < len(answers) {
				s.answer(answers[i+1], s.left()+s.width()/2+1.5, s.width()/2-1.5)
			}
			s.y += 11.5
		}
	case step && (mark == "-" || strings.HasSuffix(mark, ".") && len(mark) <= 3):
		if mark == "-" {
			mark = "•"
		}
		for i, l := range s.wrap(regular, size, s.width()-indent, rest) {
			s.need(h)
			if i == 0 {
				s.text(bold, size, s.left(), s.y, indent, h, "L", mark)
			}
			s.text(regular, size, s.left()+indent, s.y, s.width()-indent, h, "L", l)
			s.y += h
		}
		s.y += 0.8
	default:
		s.para(regular, size, line)
	}
}

// answer draws a verdict as its screen looks: ground, shape and words, so that it is known
// without its colour too.
func (s *sheet) answer(a Answer, x, w float64) {
	const h = 10.5
	p := s.pdf
	ground, ink := [3]int{0xa0, 0, 0x10}, 255 // as app/kiosk paints them
	switch a.Level {
	case gate.Green:
		ground = [3]int{0, 0x62, 0x2a}
	case gate.Amber:
		ground, ink = [3]int{0xff, 0xc4, 0}, 0
	case gate.Blue:
		ground = [3]int{0, 0x3b, 0x8e}
	}
	p.SetFillColor(ground[0], ground[1], ground[2])
	p.Rect(x, s.y, w, h, "F")
	p.SetDrawColor(ink, ink, ink)
	p.SetTextColor(ink, ink, ink)
	p.SetLineWidth(1.1)
	cx, cy := x+6.5, s.y+h/2
	switch a.Level {
	case gate.Green: // a check mark
		p.Line(cx-3, cy, cx-0.8, cy+2.4)
		p.Line(cx-0.8, cy+2.4, cx+3.2, cy-2.6)
	case gate.Amber: // a triangle, pointing up
		p.Line(cx-3.2, cy+2.8, cx+3.2, cy+2.8)
		p.Line(cx-3.2, cy+2.8, cx, cy-3)
		p.Line(cx+3.2, cy+2.8, cx, cy-3)
	case gate.Blue: // a dot
		p.SetFillColor(ink, ink, ink)
		p.Circle(cx, cy, 2.4, "F")
	default: // a stop sign
		for i := range 8 {
			a1, a2 := (float64(i)+0.5)*math.Pi/4, (float64(i)+1.5)*math.Pi/4
			p.Line(cx+3.4*math.Cos(a1), cy+3.4*math.Sin(a1), cx+3.4*math.Cos(a2), cy+3.4*math.Sin(a2))
		}
		p.Line(cx-1.8, cy, cx+1.8, cy)
	}
	s.text(condensed, 12, x+13, s.y+0.9, w-15, 4.6, "L", a.Head)
	s.text(regular, 8.5, x+13, s.y+5.4, w-15, 4, "L", a.Do)
	p.SetDrawColor(0, 0, 0)
	p.SetTextColor(0, 0, 0)
}
