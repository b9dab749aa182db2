package labels

import (
	"fmt"
	"sync"

	"dapilgate/assets"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is one of the embedded fonts.
type face int

const (
	regular face = iota
	bold
	condensed // bold, for numerals and names
	faces
)

// capHeight is the height of a capital letter as a part of the font size: the same for all
// faces of the family.
const capHeight = 0.711

// family is the name of each face in documents.
var family = [faces]string{"roboto", "robotobold", "robotocondensed"}

// fontName is the PostScript name of each face.
var fontName = [faces]string{"Roboto-Regular", "Roboto-Bold", "RobotoCondensed-Bold"}

func faceBytes(f face) []byte {
	return [faces][]byte{assets.FontRegular, assets.FontBold, assets.FontCondensedBold}[f]
}

// parsedFonts are the fonts, read once.
var parsedFonts = sync.OnceValues(func() ([faces]*sfnt.Font, error) {
	var out [faces]*sfnt.Font
	for f := range faces {
		p, err := sfnt.Parse(faceBytes(f))
		if err != nil {
			return out, fmt.Errorf("embedded font %s: %w", family[f], err)
		}
		out[f] = p
	}
	return out, nil
})

// measurer tells the width of texts. It keeps a buffer and so serves one goroutine.
type measurer struct {
	fonts [faces]*sfnt.Font
	buf   sfnt.Buffer
	known [faces]map[rune]float64
	lack  map[rune]bool // characters that the family has no glyph for
}

func newMeasurer() (*measurer, error) {
	fonts, err := parsedFonts()
	m := &measurer{fonts: fonts, lack: map[rune]bool{}}
	for f := range faces {
		m.known[f] = map[rune]float64{}
	}
	return m, err
}

// width is the width of a text at font size 1, without kerning.
func (m *measurer) width(f face, text string) float64 {
	w := 0.0
	for _, r := range text {
		w += m.advance(f, r)
	}
	return w
}

// advance is the width of one character at font size 1.
func (m *measurer) advance(f face, r rune) float64 {
	a, ok := m.known[f][r]
	if !ok {
		const em = 1000
		g, err := m.fonts[f].GlyphIndex(&m.buf, r)
		if err != nil || g == 0 {
			m.lack[r] = true
		} else {
			if adv, err := m.fonts[f].GlyphAdvance(&m.buf, g, fixed.I(em), font.HintingNone); err == nil {
				a = float64(adv) / 64 / em
			}
		}
		m.known[f][r] = a
	}
	return a
}

// lacks tells whether the fonts have no glyph for a character: it would print as a box.
func (m *measurer) lacks(r rune) bool {
	m.advance(regular, r)
	return m.lack[r]
}
