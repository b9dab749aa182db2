package labels

import (
	"fmt"
	"math"
	"strings"
)

// shape is what an element draws.
type shape int

const (
	textShape shape = iota
	rectShape       // filled
	bandShape       // the district's pattern
	codeShape       // the QR symbol, without its quiet zone
)

// element is one thing on a sticker. Lengths in millimetres from its upper left corner.
// Elements are all that the renderers know: page, picture and printer draw the same list.
type element struct {
	shape      shape
	name       string  // which part this is
	x, y, w, h float64 // its place; a text lies in it
	white      bool    // white instead of black
	pattern    int     // of a band
	fine       float64 // its scale; 0 is 1
	code       modules // of a code
	text       string
	face       face
	size       float64 // font size
	textX      float64 // where the text begins
	baseline   float64 // what it stands on
}

// scale is that of a band's pattern.
func (e *element) scale() float64 {
	if e.fine == 0 {
		return 1
	}
	return e.fine
}

type align int

const (
	left align = iota
	centre
	right
)

// leastText is the least height of capitals on a sticker, in millimetres; the code's own
// text and the line of who printed it are small print.
const (
	leastText  = 3.0
	smallPrint = 1.0
)

// spot is the place of one text on a layout. It is one line, or two where lines says so.
type spot struct {
	name       string
	x, y, w, h float64
	cap, least float64 // wanted and least height of capitals
	face       face
	align      align
	lines      int
	white      bool
	own        bool // differs from box to box: made of Code, BoxID or TPS
	text       func(*Sticker) string
}

// layout is where everything is on a stock's label.
type layout struct {
	stock Stock
	fixed []element // drawn on every sticker alike, before the texts
	code  element
	spots []spot
}

// Widths of lines, in millimetres. The rule is two dots of a 203 dpi print head.
const (
	frameWidth = 0.75
	ruleWidth  = 0.25
)

// layoutOf places the sticker on a stock: upright or lying, by the label's shape.
// Error: what does not fit.
func layoutOf(s Stock) (*layout, error) {
	l := &layout{stock: s}
	w, h := s.Label[0], s.Label[1]
	symbol := s.Module() * qrModules
	var room float64
	if s.compact {
		var err error
		if room, err = l.compact(w, h, symbol); err != nil {
			return nil, err
		}
	} else if w > 1.2*h || w >= 90 && w > 0.9*h {
		room = l.lying(w, h, symbol)
	} else {
		room = l.upright(w, h, symbol)
	}
	if room < 0 {
		return nil, fmt.Errorf("a code of %.1f mm (%d dots a module at %d dpi) and texts %g mm high leave %.1f mm too little for the district on %g × %g mm",
			symbol+2*quietZone*s.Module(), s.dots(), s.DPI, leastText, -room, w, h)
	}
	return l, nil
}

// add is a text's place in the layout.
func (l *layout) add(s spot) { l.spots = append(l.spots, s) }

func (l *layout) rect(name string, x, y, w, h float64, white bool) {
	l.fixed = append(l.fixed, element{shape: rectShape, name: name, x: x, y: y, w: w, h: h, white: white})
}

// route draws the routing district: a framed band in its pattern, the numeral on a white
// plate in its middle, and its name in white on a black bar below.
func (l *layout) route(x, y, w, h, bar, plate float64) {
	band := h - bar
	l.rect("frame", x, y, w, h, false)
	l.rect("ground", x+frameWidth, y+frameWidth, w-2*frameWidth, band-frameWidth, true)
	l.fixed = append(l.fixed, element{shape: bandShape, name: "band", x: x + frameWidth, y: y + frameWidth, w: w - 2*frameWidth, h: band - frameWidth})
	px := x + (w-plate)/2
	l.rect("plate edge", px-frameWidth, y, plate+2*frameWidth, band, false)
	l.rect("plate", px, y+frameWidth, plate, band-frameWidth, true)
	room := band - frameWidth
	l.add(spot{name: "numeral", x: px + 1, y: y + frameWidth, w: plate - 2, h: room, cap: room - math.Max(2.4, room*0.14), least: 4, face: condensed, align: centre, text: numeralText})
	l.add(spot{name: "route", x: x + 1, y: y + band + 0.5, w: w - 2, h: bar - 1.2, cap: bar * 0.58, least: leastText, face: condensed, align: centre, lines: 2, white: true, text: routeText})
}

// foot is the small print and the rule that shows dead dots of a print head; it returns
// where it begins.
func (l *layout) foot(edge, w, h float64) float64 {
	in := w - 2*edge
	lines, row := 2, 2.2
	if in < 85 {
		lines, row = 3, 2.0
	}
	bottom := h - math.Min(edge, 3.4)
	l.rect("rule", 0, bottom+0.3, w, ruleWidth, false)
	y := bottom - float64(lines)*row
	for i := range lines {
		l.add(spot{name: "code", x: edge, y: y + float64(i)*row, w: in, h: row, cap: 1.45, least: smallPrint, face: regular, align: left, own: true, text: codeLine(i, lines)})
	}
	y -= 2.9
	l.add(spot{name: "printed", x: edge, y: y, w: in, h: 2.9, cap: 1.7, least: smallPrint, face: regular, align: left, lines: 2, text: printedLong})
	return y
}

// place puts the symbol where it stands on the printer's dots, so that every module has
// the same number of them.
func (l *layout) place(x, y, symbol float64) {
	dot := mmPerInch / float64(l.stock.DPI)
	l.code = element{shape: codeShape, name: "code", x: snap(x, dot), y: snap(y, dot), w: symbol, h: symbol}
}

func snap(v, unit float64) float64 { return math.Round(v/unit) * unit }

// upright is the layout of labels that are higher than wide. From the foot up:
// small print; the code with TPS and box number beside it; area names in the sheet's full
// width; kind and content; and all that is left is the district's. It returns by how much
// that exceeds the least that the district needs.
func (l *layout) upright(w, h, symbol float64) float64 {
	edge := 4.2
	if w < 90 {
		edge = 3.5
	}
	quiet := quietZone * l.stock.Module()
	in := w - 2*edge
	top := edge
	if h >= 140 {
		l.add(spot{name: "box", x: edge, y: top - 1, w: in, h: 4.4, cap: leastText, least: leastText, face: bold, align: left, own: true, text: boxText})
		top += 4.6
	}

	// The code and, beside it, which TPS and which of its boxes.
	y := l.foot(edge, w, h) - quiet - symbol
	l.place(w-edge-symbol, y, symbol)
	side := in - symbol - quiet
	small := side < 40
	tps := symbol - 15.5
	if small {
		tps = symbol - 17
	}
	l.add(spot{name: "tps caption", x: edge, y: y - 0.5, w: side, h: 4.5, cap: 3.4, least: leastText, face: bold, align: left, text: numberCaption})
	l.add(spot{name: "tps", x: edge, y: y + 4.2, w: side, h: tps, cap: tps - 2, least: 6, face: condensed, align: left, own: true, text: tpsText})
	l.add(spot{name: "index", x: edge, y: y + symbol - 11, w: side, h: 6.4, cap: 4.8, least: leastText, face: condensed, align: left, text: indexText})
	l.add(spot{name: "revision", x: edge, y: y + symbol - 4.2, w: side, h: 4.4, cap: leastText, least: leastText, face: condensed, align: left, text: revisionText})
	y -= quiet

	kota, lines, text := 4.4, 1, kotaText
	if in < 85 {
		kota, lines = 7.6, 2
		text = func(k *Sticker) string { return strings.ToUpper(k.Kota) } // small letters hang into the next line
	}
	l.add(spot{name: "kota", x: edge, y: y - kota - 0.4, w: in, h: kota, cap: leastText, least: leastText, face: regular, align: left, lines: lines, text: text})
	y -= kota + 0.6
	if in >= 85 {
		const row, head, code = 8.2, 10.5, 29.0
		for i, a := range []struct {
			head       string
			name, code func(*Sticker) string
		}{{"KEL.", kelurahanText, kelurahanCodeText}, {"KEC.", kecamatanText, kecamatanCodeText}} {
			ry := y - float64(i+1)*row
			l.add(spot{name: a.head + " caption", x: edge, y: ry, w: head, h: row, cap: leastText, least: leastText, face: regular, align: left, text: captionOf(a.head, a.name)})
			l.add(spot{name: a.head, x: edge + head, y: ry, w: in - head - code - 1, h: row, cap: 5.2, least: leastText, face: condensed, align: left, lines: 2, text: a.name})
			l.add(spot{name: a.head + " code", x: edge + in - code, y: ry, w: code, h: row, cap: leastText, least: leastText, face: regular, align: right, text: a.code})
		}
		y -= 2 * row
	} else {
		// The box's identity begins with the codes of kecamatan and kelurahan.
		const row, code = 5.1, 4.3
		y -= code
		l.add(spot{name: "box", x: edge, y: y, w: in, h: code, cap: leastText, least: leastText, face: condensed, align: left, own: true, text: boxText})
		for _, a := range []struct {
			head string
			name func(*Sticker) string
		}{{"KEL.", kelurahanText}, {"KEC.", kecamatanText}} {
			y -= row
			l.add(spot{name: a.head, x: edge, y: y, w: in, h: row, cap: 3.6, least: leastText, face: condensed, align: left,
				text: headed(a.head+" ", a.name)})
		}
	}
	y -= 0.8
	l.rect("line", edge, y, in, ruleWidth, false)

	// What is inside.
	if in >= 85 {
		const row = 15.0
		y -= row
		l.add(spot{name: "kind", x: edge, y: y, w: in * 0.5, h: 9.4, cap: 6.4, least: leastText, face: condensed, align: left, lines: 2, text: kindText})
		l.add(spot{name: "content", x: edge, y: y + 9.4, w: in, h: 5, cap: 3.4, least: leastText, face: bold, align: left, text: contentText})
		l.add(spot{name: "colour", x: edge + in*0.51, y: y, w: in * 0.49, h: 9.4, cap: 3.4, least: leastText, face: bold, align: right, text: colourText})
	} else {
		const row = 13.4
		y -= row
		l.add(spot{name: "kind", x: edge, y: y, w: in, h: 4.8, cap: 3.8, least: leastText, face: condensed, align: left, text: kindText})
		l.add(spot{name: "colour", x: edge, y: y + 4.7, w: in, h: 4.3, cap: leastText, least: leastText, face: condensed, align: left, text: colourText})
		l.add(spot{name: "content", x: edge, y: y + 8.9, w: in, h: 4.3, cap: leastText, least: leastText, face: condensed, align: left, text: contentText})
	}
	y -= 1.6
	block := y - top
	bar := math.Min(9, math.Max(6.5, block*0.16))
	l.route(edge, top, in, block, bar, in*0.5)
	return block - 18
}

// lying is the layout of labels that are wider than high, or square: left the district, kind and
// area; right the code, and TPS and box number under it. It returns by how much the room
// for the district exceeds the least that it needs.
func (l *layout) lying(w, h, symbol float64) float64 {
	edge := 4.2
	if w < 90 {
		edge = 3
	}
	quiet := quietZone * l.stock.Module()
	in := w - 2*edge
	foot := l.foot(edge, w, h)
	codeX := w - edge - symbol
	side := in - symbol - quiet
	l.place(codeX, edge, symbol)

	// Under the code: TPS.
	y := edge + symbol + quiet
	last := foot - 4.6
	tps := last - y
	const head = 10.5
	l.add(spot{name: "tps caption", x: codeX, y: y, w: head, h: tps, cap: 3.6, least: leastText, face: bold, align: left, text: numberCaption})
	l.add(spot{name: "tps", x: codeX + head, y: y, w: symbol - head, h: tps, cap: math.Min(tps-2, h*0.15), least: 5, face: condensed, align: right, own: true, text: tpsText})
	l.add(spot{name: "index", x: codeX, y: last, w: symbol * 0.53, h: 4.4, cap: 3.2, least: leastText, face: condensed, align: left, text: indexText})
	l.add(spot{name: "revision", x: codeX + symbol*0.54, y: last, w: symbol * 0.46, h: 4.4, cap: leastText, least: leastText, face: condensed, align: right, text: revisionText})

	// From the foot up: box, kota, areas, content, kind.
	y = foot - 4.6
	l.add(spot{name: "box", x: edge, y: y, w: side, h: 4.4, cap: leastText, least: leastText, face: condensed, align: left, own: true, text: boxText})
	const row, areaHead = 7.5, 9.0
	for _, a := range []struct {
		head string
		name func(*Sticker) string
	}{{"KEL.", kelurahanText}, {"KEC.", kecamatanText}} {
		y -= row
		l.add(spot{name: a.head + " caption", x: edge, y: y, w: areaHead, h: row, cap: leastText, least: leastText, face: condensed, align: left, text: captionOf(a.head, a.name)})
		l.add(spot{name: a.head, x: edge + areaHead, y: y, w: side - areaHead, h: row, cap: 4.4, least: leastText, face: condensed, align: left, lines: 2, text: a.name})
	}
	y -= 0.9
	l.rect("line", edge, y, side, ruleWidth, false)
	content, kind, lines := 4.8, 6.0, 1
	if h >= 90 {
		content, kind, lines = 7.8, 9, 2
	}
	y -= content
	l.add(spot{name: "content", x: edge, y: y, w: side, h: content - 0.2, cap: leastText, least: leastText, face: condensed, align: left, lines: lines,
		text: contentAndColour})
	y -= kind
	l.add(spot{name: "kind", x: edge, y: y, w: side, h: kind, cap: 4.4, least: leastText, face: condensed, align: left, lines: lines, text: kindText})
	y -= 0.8
	block := y - edge
	l.route(edge, edge, side, block, 9, side*0.46)
	return block - 15
}

// elements lays one sticker out: everything on it, in the order in which it is drawn,
// appended to buf. Error: ErrFit.
func (l *layout) elements(m *measurer, k *Sticker, code modules, buf []element) ([]element, error) {
	buf, err := l.alike(m, k, buf)
	if err != nil {
		return nil, err
	}
	return l.own(m, k, code, buf)
}

// alike lays out what a sticker shares with its neighbours, own what is its own.
func (l *layout) alike(m *measurer, k *Sticker, buf []element) ([]element, error) {
	buf = append(buf, l.fixed...)
	for i := range buf {
		if buf[i].shape == bandShape {
			buf[i].pattern = k.Pattern
		}
	}
	return l.set(m, k, false, buf)
}

func (l *layout) own(m *measurer, k *Sticker, code modules, buf []element) ([]element, error) {
	c := l.code
	c.code = code
	return l.set(m, k, true, append(buf, c))
}

func (l *layout) set(m *measurer, k *Sticker, own bool, buf []element) ([]element, error) {
	for i := range l.spots {
		if l.spots[i].own != own {
			continue
		}
		var err error
		if buf, err = l.spots[i].set(m, k, buf); err != nil {
			return nil, fmt.Errorf("sticker of %s: %w", k.BoxID, err)
		}
	}
	return buf, nil
}

// narrow is what a text is set in before it is broken into two lines, as a part of the
// wanted height: a little smaller reads better than two lines, much smaller does not.
// Two lines must be worth it.
const (
	narrow   = 0.72
	worthTwo = 1.05
)

// set sets a text in its place: as wanted, else smaller, else condensed, else on two
// lines, never under its least height. Error: ErrFit.
func (s *spot) set(m *measurer, k *Sticker, buf []element) ([]element, error) {
	text := s.text(k)
	if text == "" {
		return buf, nil
	}
	for _, r := range text {
		if m.lacks(r) {
			return nil, fmt.Errorf("%w: %s %q: the font has no %q", ErrFit, s.name, text, r)
		}
	}
	f, size := s.face, math.Min(s.cap/capHeight, s.w/m.width(s.face, text))
	if size*capHeight < s.least {
		f, size = condensed, math.Min(s.cap/capHeight, s.w/m.width(condensed, text))
	}
	if s.lines == 2 && size*capHeight < math.Max(s.cap*narrow, s.least) {
		if a, b, ok := m.halves(text); ok {
			// Two lines stand 1.35 of their capitals' height apart; small letters hang below.
			tall := 2.45
			if text != strings.ToUpper(text) {
				tall = 2.8
			}
			two := math.Min(s.h/tall/capHeight, s.w/math.Max(m.width(condensed, a), m.width(condensed, b)))
			if two > size*worthTwo || size*capHeight < s.least-1e-9 {
				if two*capHeight < s.least-1e-9 {
					return nil, s.unfit(text)
				}
				height := two * capHeight
				gap := (s.h - (tall-0.1)*height) / 2
				buf = append(buf, s.line(m, a, condensed, two, s.y+gap+height))
				return append(buf, s.line(m, b, condensed, two, s.y+gap+2.35*height)), nil
			}
		}
	}
	if size*capHeight < s.least-1e-9 {
		return nil, s.unfit(text)
	}
	return append(buf, s.line(m, text, f, size, s.y+(s.h+size*capHeight)/2)), nil
}

func (s *spot) unfit(text string) error {
	return fmt.Errorf("%w: %s %q in %.1f × %.1f mm; choose a larger stock", ErrFit, s.name, text, s.w, s.h)
}

func (s *spot) line(m *measurer, text string, f face, size, baseline float64) element {
	e := element{name: s.name, x: s.x, y: s.y, w: s.w, h: s.h, text: text, face: f, size: size, white: s.white, textX: s.x, baseline: baseline}
	switch s.align {
	case centre:
		e.textX += (s.w - m.width(f, text)*size) / 2
	case right:
		e.textX += s.w - m.width(f, text)*size
	}
	return e
}

// halves breaks a text in two: at its " · ", else at the blank that leaves its halves most
// alike in width.
func (m *measurer) halves(text string) (a, b string, ok bool) {
	if a, b, ok = strings.Cut(text, " · "); ok {
		return a, b, true
	}
	best := math.Inf(1)
	for i := range len(text) {
		if text[i] != ' ' {
			continue
		}
		x, y := text[:i], text[i+1:]
		if w := math.Max(m.width(condensed, x), m.width(condensed, y)); w < best {
			a, b, best, ok = x, y, w, true
		}
	}
	return a, b, ok
}
