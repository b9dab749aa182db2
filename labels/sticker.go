package labels

import (
	"fmt"
	"strings"
	"time"
)

// Sticker is one box's sticker: texts ready to print, and the code.
type Sticker struct {
	Code  string // the signed text of 138 characters
	BoxID string // "31.75.06.1001-012-DPRDP"

	Event    string // "Pemilu 2024, DKI Jakarta"
	Numeral  string // of the routing district, the largest thing on it: "4"
	Pattern  int    // of the routing district's band, see PatternInk
	District string // routing district in words: "DPRD Provinsi · DKI JAKARTA 4"
	Kind     string // "DPRD Provinsi"
	Colour   string // of the kind's ballot, in words: "biru"
	Content  string // dapil of what is inside: "DKI JAKARTA 4", "TANPA DAPIL"

	Kota          string
	Kecamatan     string
	KecamatanCode string
	Kelurahan     string
	KelurahanCode string
	TPS           string // three digits

	Index, Of int // box Index of Of at its TPS
	Revision  int
	PrintedAt time.Time
	PrintedBy string
}

// element is one thing on a sticker. Lengths in millimetres from its upper left corner.
type element struct {
	name       string // for tests: which part this is
	x, y, w, h float64
	text       string
	face       face
	size       float64 // font size; 0: no text
	align      align
	white      bool
	pattern    int     // of a band; -1: none
	fill       bool    // a filled rectangle, black or white
	code       modules // drawn at x, y with the stock's module
}

type align int

const (
	left align = iota
	centre
	right
)

// baseline is where the text of the element stands.
func (e *element) baseline() float64 { return e.y + (e.h+e.size*capHeight)/2 }

// textX is where the text begins.
func (e *element) textX(width float64) float64 {
	switch e.align {
	case centre:
		return e.x + (e.w-width)/2
	case right:
		return e.x + e.w - width
	}
	return e.x
}

// leastText is the least height of capitals on a sticker, in millimetres; the code's own
// text and the line of who printed it are small print.
const (
	leastText  = 3.0
	smallPrint = 1.5
)

// spot is the place of one text on a layout.
type spot struct {
	name       string
	x, y, w, h float64
	cap, least float64 // wanted and least height of capitals
	face       face
	align      align
	text       func(*Sticker) string
}

// layout is where everything is on a stock's label.
type layout struct {
	stock        Stock
	band, plate  [4]float64 // x y w h
	codeX, codeY float64    // of the symbol without its quiet zone
	spots        []spot
	rule         float64 // y of the rule that shows dead print-head dots
}

const margin = 4.0

// layoutOf places the sticker on a stock: upright or lying, by the label's shape.
// Error: what does not fit.
func layoutOf(s Stock) (*layout, error) {
	w, h := s.Label[0], s.Label[1]
	side := s.Module() * (qrModules + 2*quietZone)
	var l *layout
	switch {
	case h >= w && w >= 95 && h >= 140:
		l = upright(s, w, h, side)
	case w > h && w >= 100 && h >= 70:
		l = lying(s, w, h, side)
	default:
		return nil, fmt.Errorf("the sticker does not fit on %g × %g mm: its code takes %.1f mm, its texts must be %g mm high", w, h, side, leastText)
	}
	// The symbol stands on the printer's dots, so that every module has the same number.
	dot := mmPerInch / float64(s.DPI)
	l.codeX, l.codeY = snap(l.codeX+quietZone*s.Module(), dot), snap(l.codeY+quietZone*s.Module(), dot)
	return l, nil
}

func snap(v, unit float64) float64 { return float64(int(v/unit+0.5)) * unit }

func upright(s Stock, w, h, side float64) *layout {
	in := w - 2*margin
	l := &layout{stock: s, band: [4]float64{margin, 11, in, 44}, plate: [4]float64{margin + in/2 - 31, 14, 62, 38},
		codeX: w - margin - side + quietZone*s.Module(), codeY: 86, rule: h - 3.2}
	textW := in - side + 2
	l.spots = []spot{
		{"event", margin, 4, in * 0.72, 5, 3, leastText, bold, left, func(k *Sticker) string { return k.Event }},
		{"index", margin + in*0.74, 4, in * 0.26, 5, 3, leastText, bold, right, indexText},
		{"numeral", l.plate[0] + 2, l.plate[1] + 1, l.plate[2] - 4, l.plate[3] - 2, 33, 20, condensed, centre, func(k *Sticker) string { return k.Numeral }},
		{"district", margin, 56, in, 7, 4.6, leastText, condensed, centre, func(k *Sticker) string { return k.District }},
		{"kind", margin, 65, in * 0.6, 9, 6.2, leastText, condensed, left, func(k *Sticker) string { return strings.ToUpper(k.Kind) }},
		{"colour", margin + in*0.62, 65, in * 0.38, 9, 3.6, leastText, bold, right, colourText},
		{"content", margin, 75, in, 6, 3.4, leastText, bold, left, contentText},
		{"kecamatan label", margin, 84, textW, 4.4, 3, leastText, regular, left, func(k *Sticker) string { return "KEC. " + k.KecamatanCode }},
		{"kecamatan", margin, 88.6, textW, 6.6, 4.4, leastText, condensed, left, func(k *Sticker) string { return strings.ToUpper(k.Kecamatan) }},
		{"kelurahan label", margin, 97, textW, 4.4, 3, leastText, regular, left, func(k *Sticker) string { return "KEL. " + k.KelurahanCode }},
		{"kelurahan", margin, 101.6, textW, 6.6, 4.4, leastText, condensed, left, func(k *Sticker) string { return strings.ToUpper(k.Kelurahan) }},
		{"tps label", margin, 112, 14, 16, 4, leastText, bold, left, func(*Sticker) string { return "TPS" }},
		{"tps", margin + 14, 111, textW - 14, 18, 14, 8, condensed, left, func(k *Sticker) string { return k.TPS }},
		{"kota", margin, 130.4, in * 0.66, 4.4, 3, 2.4, regular, left, func(k *Sticker) string { return k.Kota }},
		{"revision", margin + in*0.68, 130.4, in * 0.32, 4.4, 3, leastText, bold, right, revisionText},
		{"printed", margin, 135.2, in, 3, 2, smallPrint, regular, left, printedText},
		{"code 1", margin, 138.6, in, 2.6, smallPrint, 1.2, regular, left, func(k *Sticker) string { return codeLine(k, 0) }},
		{"code 2", margin, 141.4, in, 2.6, smallPrint, 1.2, regular, left, func(k *Sticker) string { return codeLine(k, 1) }},
	}
	return l
}

func lying(s Stock, w, h, side float64) *layout {
	const edge = 3.0
	textW := w - side - 2*edge + 2 // the quiet zone is white: text may come up to it
	l := &layout{stock: s, band: [4]float64{edge, edge, textW - 2, 23}, plate: [4]float64{edge + (textW-2)/2 - 17, edge + 2, 34, 19},
		codeX: w - edge - side + quietZone*s.Module() - 1, codeY: 1, rule: h - 2}
	codeLeft := w - edge - side
	l.spots = []spot{
		{"numeral", l.plate[0] + 1, l.plate[1] + 0.5, l.plate[2] - 2, l.plate[3] - 1, 16.5, 10, condensed, centre, func(k *Sticker) string { return k.Numeral }},
		{"district", edge, 27, textW - 2, 4.8, 3.4, leastText, condensed, centre, func(k *Sticker) string { return k.District }},
		{"kind", edge, 32.4, textW - 2, 5.6, 4, leastText, condensed, left, func(k *Sticker) string { return strings.ToUpper(k.Kind) }},
		{"content", edge, 38.2, textW - 2, 4.4, 3, leastText, condensed, left, contentAndColour},
		{"kecamatan", edge, 43.2, textW - 2, 5, 3.6, leastText, condensed, left, func(k *Sticker) string { return "Kec. " + k.Kecamatan }},
		{"kelurahan", edge, 48.6, textW - 2, 5, 3.6, leastText, condensed, left, func(k *Sticker) string { return "Kel. " + k.Kelurahan }},
		{"kelurahan code", edge, 54.2, textW - 2, 4, 3, leastText, condensed, left, func(k *Sticker) string { return "KODE " + k.KelurahanCode }},
		{"event", edge, 58.8, textW - 2, 4, 3, leastText, condensed, left, func(k *Sticker) string { return k.Event }},
		{"index", edge, 63.2, textW - 2, 4, 3, leastText, condensed, left, func(k *Sticker) string { return indexText(k) + " · " + revisionText(k) }},
		{"tps label", codeLeft + 2, 47, 10, 15, 4, leastText, bold, left, func(*Sticker) string { return "TPS" }},
		{"tps", codeLeft + 14, 46.4, w - edge - codeLeft - 14, 16, 13.4, 8, condensed, left, func(k *Sticker) string { return k.TPS }},
		{"printed", edge, 66.8, w - 2*edge, 2.2, 1.6, 1, regular, left, printedText},
		{"code 1", edge, 69.1, w - 2*edge, 1.5, 1.2, 1, regular, left, func(k *Sticker) string { return codeLine(k, 0) }},
		{"code 2", edge, 70.7, w - 2*edge, 1.5, 1.2, 1, regular, left, func(k *Sticker) string { return codeLine(k, 1) }},
	}
	return l
}

func indexText(k *Sticker) string    { return fmt.Sprintf("KOTAK %d / %d", k.Index, k.Of) }
func revisionText(k *Sticker) string { return fmt.Sprintf("REVISI %d", k.Revision) }

func colourText(k *Sticker) string {
	if k.Colour == "" {
		return ""
	}
	return "surat suara " + k.Colour
}

func contentAndColour(k *Sticker) string {
	if k.Colour == "" {
		return contentText(k)
	}
	return contentText(k) + " · " + k.Colour
}

func contentText(k *Sticker) string { return "ISI: " + k.Content }

func printedText(k *Sticker) string {
	return fmt.Sprintf("%s · dicetak %s oleh %s", k.BoxID, k.PrintedAt.Format("02-01-2006 15.04"), k.PrintedBy)
}

// codeLine is half of the code's text, in groups that an eye can follow.
func codeLine(k *Sticker, half int) string {
	const n = 69
	if len(k.Code) <= n*half {
		return ""
	}
	s := k.Code[n*half:]
	if half == 0 {
		s = k.Code[:min(n, len(k.Code))]
	}
	var b strings.Builder
	for i := 0; i < len(s); i += 6 {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s[i:min(i+6, len(s))])
	}
	return b.String()
}

// elements lays one sticker out: everything on it, in the order in which it is drawn.
// Error: a text that does not fit, which is a fault of the layout, not of the text.
func (l *layout) elements(m *measurer, k *Sticker) ([]element, error) {
	code, err := symbol(k.Code)
	if err != nil {
		return nil, fmt.Errorf("sticker of %s: %w", k.BoxID, err)
	}
	out := []element{
		{name: "band", x: l.band[0], y: l.band[1], w: l.band[2], h: l.band[3], pattern: k.Pattern},
		{name: "plate", x: l.plate[0], y: l.plate[1], w: l.plate[2], h: l.plate[3], pattern: -1, fill: true, white: true},
		{name: "rule", x: 0, y: l.rule, w: l.stock.Label[0], h: 0.25, pattern: -1, fill: true},
		{name: "code", x: l.codeX, y: l.codeY, w: qrModules * l.stock.Module(), h: qrModules * l.stock.Module(), pattern: -1, code: code},
	}
	for _, sp := range l.spots {
		text := sp.text(k)
		if text == "" {
			continue
		}
		e := element{name: sp.name, x: sp.x, y: sp.y, w: sp.w, h: sp.h, text: text, face: sp.face, align: sp.align, pattern: -1}
		if !fit(m, &e, sp) {
			return nil, fmt.Errorf("sticker of %s: %s %q does not fit in %.1f mm", k.BoxID, sp.name, text, sp.w)
		}
		out = append(out, e)
	}
	return out, nil
}

// fit chooses the font size: as wanted, else smaller down to the least, else condensed.
func fit(m *measurer, e *element, sp spot) bool {
	for _, f := range []face{sp.face, condensed} {
		w := m.width(f, e.text)
		size := sp.cap / capHeight
		if w > 0 && size*w > sp.w {
			size = sp.w / w
		}
		if size*capHeight >= sp.least-1e-9 {
			e.face, e.size = f, size
			return true
		}
	}
	return false
}
