package labels

import (
	"fmt"
	"math"
	"strings"
)

// The compact sticker is for labels that the larger layouts don't fit: sheets of 21 and 24.
// All that a person must read is there in letters of 3 mm; what gives way is the code's own
// text, the kota and, where need be, the district's name under its numeral.
const (
	compactEdge   = 1.5  // from the label's edge
	unprintable   = 4.0  // office printers leave this much of a sheet's edge white
	compactRow    = 3.75 // a line of capitals, 3 mm high
	compactTwo    = 7.5  // two lines
	compactPrint  = 1.8  // the line of small print
	leastNumeral  = 10.0 // height of the district's field
	aimedNumeral  = 15.0 // what is left over beyond it makes the lines larger
	compactBeside = 26.5 // width of TPS, box and revision beside the district
	compactModule = 0.5  // of the code: where there is more room, the district gets it
)

// margins are lengths on the four sides, in millimetres.
type margins struct{ left, right, top, bottom float64 }

// insets keep a sheet's outer stickers off the paper's edge: how far they are moved in. A
// roll, or a page that is one label, has none.
func (s Stock) insets() margins {
	if s.PerPage() == 1 {
		return margins{}
	}
	need := func(margin float64) float64 { return math.Max(0, unprintable-compactEdge-margin) }
	return margins{
		left:   need(s.Left),
		right:  need(s.Page[0] - s.Left - float64(s.Columns-1)*s.PitchX - s.Label[0]),
		top:    need(s.Top),
		bottom: need(s.Page[1] - s.Top - float64(s.Rows-1)*s.PitchY - s.Label[1]),
	}
}

// shift is how far the sticker of a column and row stands from where the first one does on
// its label.
func (l *layout) shift(column, row int) (x, y float64) {
	if !l.stock.compact {
		return 0, 0
	}
	m := l.stock.insets()
	return shifted(column, l.stock.Columns, m.left, m.right), shifted(row, l.stock.Rows, m.top, m.bottom)
}

// shifted is one direction of it: the last sticker is moved off the far edge, those between
// stand in the middle.
func shifted(i, n int, first, last float64) float64 {
	switch i {
	case 0:
		return 0
	case n - 1:
		return math.Max(first, last) - last - first
	}
	return math.Max(first, last)/2 - first
}

// line is a text of the compact sticker.
type line struct {
	name string
	own  bool
	text func(*Sticker) string
}

// compact places the compact sticker: the code in the upper right corner; left of it the
// district's field with TPS and box, and lines that are short enough; below, over the whole
// width, the longer lines. It returns by how much the room for the district exceeds the
// least that it needs.
func (l *layout) compact(w, h, symbol float64) (float64, error) {
	m, err := newMeasurer()
	if err != nil {
		return 0, err
	}
	inset := l.stock.insets()
	quiet := quietZone * l.stock.Module()
	x, y := compactEdge+inset.left, compactEdge+inset.top
	in := w - 2*compactEdge - math.Max(inset.left, inset.right)
	high := h - 2*compactEdge - math.Max(inset.top, inset.bottom)
	// The quiet zone lies on the label: what is beside it may be dark.
	off := math.Max(0, quiet-compactEdge)
	l.place(x+in-off-symbol, y+off, symbol)
	beside, below := in-off-symbol-quiet, off+symbol+quiet

	lines := []line{
		{"kind", false, kindText},
		{"content", false, compactContent},
		{"KEC.", false, headed("KEC ", kecamatanText)},
		{"KEL.", false, headed("KEL ", kelurahanText)},
		{"box", true, boxText},
	}
	best := packLines(m, append([]line{{"route", false, routeText}}, lines...), beside, in, high-compactPrint, below)
	if best.room < aimedNumeral-leastNumeral {
		best = packLines(m, lines, beside, in, high-compactPrint, below)
	}
	if best.room < 0 || beside < compactBeside+leastNumeral*1.4 {
		return math.Min(best.room, beside-compactBeside-leastNumeral*1.4), nil
	}

	// What the district does not need makes the lines larger.
	n, under := 0, 0
	for _, wide := range best.wide {
		n++
		if wide {
			under++
		}
	}
	more := math.Min(1.2, math.Max(0, best.room+leastNumeral-aimedNumeral)/float64(n))
	if under > 0 {
		more = math.Min(more, best.below/float64(under))
	}
	field := best.room + leastNumeral - more*float64(n)
	at := y + field
	for _, wide := range []bool{false, true} {
		for i, t := range best.lines {
			if best.wide[i] != wide {
				continue
			}
			height := compactRow + more
			if best.two[i] {
				height = compactTwo + more
			}
			s := spot{name: t.name, x: x, y: at, w: beside, h: height, cap: leastText + 0.7*more, least: leastText, face: condensed, align: left, own: t.own, text: t.text}
			if wide {
				s.w = in
			}
			if best.two[i] {
				s.lines, s.cap = 2, 5 // where one line does, it is larger
			}
			if t.name == "route" { // as on the larger stickers: white on a bar
				l.rect("bar", x, at, s.w, s.h-0.5, false)
				s.x, s.w, s.h, s.white, s.align = x+1, s.w-2, s.h-0.5, true, centre
			}
			l.add(s)
			at += height
		}
	}
	l.add(spot{name: "printed", x: x, y: y + high - compactPrint, w: in, h: compactPrint, cap: 1.25, least: smallPrint, face: regular, align: left, text: printedShort})

	// The district: numeral and pattern side by side, so that each is as large as it can be.
	const rim = 0.6
	room := field - 0.9
	wide := beside - compactBeside - 0.8
	plate := math.Min(wide*0.66, room*1.25)
	l.rect("frame", x, y, wide, room, false)
	l.rect("ground", x+rim, y+rim, wide-2*rim, room-2*rim, true)
	l.fixed = append(l.fixed, element{shape: bandShape, name: "band", x: x + plate + rim, y: y + rim, w: wide - plate - 2*rim, h: room - 2*rim, fine: 0.5})
	l.rect("plate edge", x+plate, y, rim, room, false)
	l.add(spot{name: "numeral", x: x + rim + 0.4, y: y, w: plate - rim - 0.8, h: room, cap: room - 2*rim - 1, least: 4, face: condensed, align: centre, text: numeralText})
	tx := x + beside - compactBeside
	tps := room - compactRow
	l.add(spot{name: "tps caption", x: tx, y: y, w: 8, h: tps, cap: leastText, least: leastText, face: condensed, align: left, text: numberCaption})
	l.add(spot{name: "tps", x: tx + 8, y: y, w: compactBeside - 8, h: tps, cap: math.Min(tps-0.6, room*0.52), least: 4, face: condensed, align: left, own: true, text: tpsText})
	l.add(spot{name: "index", x: tx, y: y + tps, w: compactBeside, h: compactRow, cap: leastText, least: leastText, face: condensed, align: left, text: compactIndex})
	return best.room, nil
}

// packed is which lines stand below the code, the others beside it, and which are broken
// in two.
type packed struct {
	lines     []line
	wide, two []bool
	room      float64 // for the district, beyond the least that it needs
	below     float64 // from the code's quiet zone to the first line below
}

// packLines tries every place for every line, they are few. A line too long for its place
// in letters of 3 mm is broken. What fits best leaves the district its room, the lines in
// their order, and names on one line.
func packLines(m *measurer, lines []line, beside, in, high, below float64) packed {
	const fitting = 100 // whatever fits is better than what does not
	best, mark := packed{room: math.Inf(-1)}, math.Inf(-1)
	for choice := range 1 << len(lines) {
		p := packed{lines: lines, wide: make([]bool, len(lines)), two: make([]bool, len(lines))}
		var heights [2]float64 // beside, below
		fits := true
		for i, t := range lines {
			zone, width := 0, beside
			if choice>>i&1 == 1 {
				zone, width = 1, in
				p.wide[i] = true
			}
			height := compactRow
			for k := range longest {
				text := t.text(&longest[k])
				const size = leastText / capHeight
				if m.width(condensed, text)*size > width {
					a, b, broken := m.halves(text)
					fits = fits && broken && math.Max(m.width(condensed, a), m.width(condensed, b))*size <= width
					p.two[i], height = true, compactTwo
				}
			}
			heights[zone] += height
		}
		if !fits {
			continue
		}
		// Capitals of 3 mm stand in the middle of their line of 3.75: it may begin that much
		// inside the quiet zone.
		const inside = (compactRow - leastText) / 2
		p.below = high - heights[1] - (below - inside)
		p.room = high - heights[1] - heights[0] - leastNumeral
		if heights[1] > 0 {
			p.room = math.Min(p.room, p.below)
		}
		m := math.Min(p.room, aimedNumeral-leastNumeral)
		if p.room >= 0 {
			m += fitting
			for i := range lines {
				for j := range i {
					if p.wide[j] && !p.wide[i] {
						m -= 1.5
					}
				}
				if p.two[i] {
					m--
				}
			}
		}
		if m > mark {
			best, mark = p, m
		}
	}
	return best
}

func compactContent(k *Sticker) string {
	s := strings.ToUpper(k.Content)
	if k.Colour != "" {
		s += " · " + strings.ToUpper(k.Colour)
	}
	return s
}

func compactIndex(k *Sticker) string {
	return fmt.Sprintf("KOTAK %d/%d R%d", k.Index, k.Of, k.Revision)
}

// printedShort is what is printed small on a compact sticker.
func printedShort(k *Sticker) string {
	s := k.Event + " · " + printedText(k)
	if k.Copies > 1 {
		s += fmt.Sprintf(" · salinan %d/%d", k.Copy, k.Copies)
	}
	return s
}
