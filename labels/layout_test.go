package labels

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// inkOf is the box of what a line of text really blackens.
func inkOf(t *testing.T, m *measurer, e *element) (x0, y0, x1, y1 float64) {
	t.Helper()
	const em = 2048
	x, first := e.textX, true
	for _, r := range e.text {
		g, err := m.fonts[e.face].GlyphIndex(&m.buf, r)
		if err != nil || g == 0 {
			t.Fatalf("%s: no glyph for %q", family[e.face], r)
		}
		b, adv, err := m.fonts[e.face].GlyphBounds(&m.buf, g, fixed.I(em), font.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		u := e.size / em / 64
		if b.Max.X > b.Min.X {
			if first {
				x0, y0, y1, first = x+float64(b.Min.X)*u, math.Inf(1), math.Inf(-1), false
			}
			x1 = x + float64(b.Max.X)*u
			y0, y1 = min(y0, e.baseline+float64(b.Min.Y)*u), max(y1, e.baseline+float64(b.Max.Y)*u)
		}
		x += float64(adv) * u
	}
	return x0, y0, x1, y1
}

// Every sticker of DKI on every stock: no text is cut, none touches another or the code's
// quiet zone, all are on the label, and what people must read is at least 3 mm high.
func TestLayoutOfEveryKelurahan(t *testing.T) {
	small := map[string]bool{"code": true, "printed": true}
	for _, s := range testStocks(t) {
		t.Run(s.Name, func(t *testing.T) {
			l, err := layoutOf(s)
			if err != nil {
				t.Fatal(err)
			}
			m, err := newMeasurer()
			if err != nil {
				t.Fatal(err)
			}
			quiet := quietZone * s.Module()
			all := dki(t)
			for i := range all {
				k := &all[i]
				for kind := range testKinds {
					st := k.sticker(t, k.tps[len(k.tps)-1], kind)
					els, err := l.elements(m, &st, modules{}, nil)
					if err != nil {
						t.Error(err)
						continue
					}
					type box struct {
						e              *element
						x0, y0, x1, y1 float64
					}
					var boxes []box
					said := map[string]string{}
					for i := range els {
						e := &els[i]
						if e.shape == codeShape {
							boxes = append(boxes, box{e, e.x - quiet, e.y - quiet, e.x + e.w + quiet, e.y + e.h + quiet})
						}
						if e.shape != textShape {
							continue
						}
						x0, y0, x1, y1 := inkOf(t, m, e)
						boxes = append(boxes, box{e, x0, y0, x1, y1})
						said[e.name] = strings.TrimSpace(said[e.name] + " " + e.text)
						const slack = 0.35 // what letters like J hang over their advance
						if x0 < e.x-slack || x1 > e.x+e.w+slack {
							t.Errorf("%s: %s %q runs from %.2f to %.2f, its place is %.2f to %.2f", st.BoxID, e.name, e.text, x0, x1, e.x, e.x+e.w)
						}
						if x0 < 0 || y0 < 0 || x1 > s.Label[0] || y1 > s.Label[1] {
							t.Errorf("%s: %s %q is off the label", st.BoxID, e.name, e.text)
						}
						if !small[e.name] && e.size*capHeight < leastText-1e-6 {
							t.Errorf("%s: %s %q is %.2f mm high", st.BoxID, e.name, e.text, e.size*capHeight)
						}
					}
					for i, a := range boxes {
						for _, b := range boxes[i+1:] {
							if a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 {
								t.Errorf("%s: %s %q overlaps %s %q", st.BoxID, a.e.name, a.e.text, b.e.name, b.e.text)
							}
						}
					}
					// Whole, in words that a person compares.
					whole := strings.Join([]string{said["KEC."], said["kecamatan"], said["KEL."], said["kelurahan"], said["kind"], said["numeral"], said["tps"], said["content"], said["index"]}, "|")
					for _, want := range []string{strings.ToUpper(st.Kecamatan), strings.ToUpper(st.Kelurahan), strings.ToUpper(st.Kind), st.Numeral, st.TPS, st.Content, fmt.Sprintf("KOTAK %d/4", kind+1)} {
						if !strings.Contains(whole, want) {
							t.Errorf("%s: %q is not on the sticker: %s", st.BoxID, want, whole)
						}
					}
				}
			}
		})
	}
}

// The district is the largest text of the sticker.
func TestDistrictIsLargest(t *testing.T) {
	m, err := newMeasurer()
	if err != nil {
		t.Fatal(err)
	}
	all := dki(t)
	for _, s := range testStocks(t) {
		l, err := layoutOf(s)
		if err != nil {
			t.Fatal(err)
		}
		for i := range all {
			st := all[i].sticker(t, all[i].tps[0], 3)
			els, err := l.elements(m, &st, modules{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			numeral, other := 0.0, 0.0
			for _, e := range els {
				if e.name == "numeral" {
					numeral = e.size
				} else {
					other = max(other, e.size)
				}
			}
			if numeral <= other*1.2 {
				t.Errorf("%s: numeral %q is %.1f, another text %.1f", s.Name, st.Numeral, numeral, other)
			}
		}
	}
}

// A text that can't be set is refused by name; nothing is cut.
func TestTextThatDoesNotFit(t *testing.T) {
	l, err := layoutOf(stock(t, "a4-2x4"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMeasurer()
	if err != nil {
		t.Fatal(err)
	}
	all := dki(t)
	st := all[0].sticker(t, 1, 3)
	st.Kelurahan = strings.Repeat("Panjang Sekali ", 8)
	if _, err := l.elements(m, &st, modules{}, nil); !errors.Is(err, ErrFit) || !strings.Contains(err.Error(), "PANJANG SEKALI") || !strings.Contains(err.Error(), st.BoxID) {
		t.Errorf("got %v", err)
	}
}

// A spare has no TPS, kind or area: its sticker has no empty captions. A character that
// would print as an empty box is refused.
func TestSpareAndStrangeCharacters(t *testing.T) {
	m, err := newMeasurer()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range testStocks(t) {
		l, err := layoutOf(s)
		if err != nil {
			t.Fatal(err)
		}
		spare := Sticker{BoxID: "31.75-003-CADANGAN", Event: "Pemilu 2024, DKI Jakarta", Kind: "Cadangan", Kota: "Kota Administrasi Jakarta Timur", TPS: "003", Index: 1, Of: 1, Revision: 1}
		els, err := l.elements(m, &spare, modules{}, nil)
		if err != nil {
			t.Fatal(s.Name, err)
		}
		for _, e := range els {
			switch strings.TrimSpace(e.text) {
			case "KEC.", "KEL.", "ISI:", "TPS":
				t.Errorf("%s: a spare's sticker says %q", s.Name, e.text)
			}
		}
		spare.Kecamatan = "東京 \u0007"
		if _, err := l.elements(m, &spare, modules{}, nil); !errors.Is(err, ErrFit) {
			t.Errorf("%s: characters without glyphs: %v", s.Name, err)
		}
	}
}

// The outlines drawn on pages are the same patterns as the ink of pictures and windows,
// and no two patterns are alike.
func TestPatternsAgree(t *testing.T) {
	const w, h, step, near = 60.0, 20.0, 0.37, 0.12
	inside := func(paths [][]point, x, y float64) bool {
		turns := 0
		for _, p := range paths {
			for i := range p {
				a, b := p[i], p[(i+1)%len(p)]
				side := (b.x-a.x)*(y-a.y) - (x-a.x)*(b.y-a.y)
				switch {
				case a.y <= y && b.y > y && side > 0:
					turns++
				case a.y > y && b.y <= y && side < 0:
					turns--
				}
			}
		}
		return turns != 0
	}
	bits := make([][]bool, Patterns)
	for i := range Patterns {
		paths := patternPaths(i, w, h)
		for y := step / 2; y < h; y += step {
			for x := step / 2; x < w; x += step {
				ink := PatternInk(i, x, y)
				bits[i] = append(bits[i], ink)
				// Close to an outline, curves drawn as corners may differ.
				edge := false
				for _, d := range [][2]float64{{near, 0}, {-near, 0}, {0, near}, {0, -near}} {
					edge = edge || PatternInk(i, x+d[0], y+d[1]) != ink
				}
				if !edge && inside(paths, x, y) != ink {
					t.Fatalf("pattern %d at %.2f, %.2f: ink %v, outline %v", i, x, y, ink, !ink)
				}
			}
		}
		for j := range i {
			same := 0
			for n := range bits[i] {
				if bits[i][n] == bits[j][n] {
					same++
				}
			}
			if part := float64(same) / float64(len(bits[i])); part > 0.7 || part < 0.3 {
				t.Errorf("patterns %d and %d agree in %.0f %% of their places", i, j, part*100)
			}
		}
	}
}

// What stickers share is drawn once for all of them: it must not hang on what is a box's
// own, and its key must tell everything else apart.
func TestAlikeIsAlike(t *testing.T) {
	all := dki(t)
	st := all[0].sticker(t, 1, 3)
	other := all[0].sticker(t, 2, 3)
	own := st
	own.Code, own.BoxID, own.TPS = other.Code, "another", other.TPS
	if string(st.appendAlike(nil)) != string(own.appendAlike(nil)) {
		t.Error("the key hangs on what is a box's own")
	}
	for _, s := range testStocks(t) {
		l, err := layoutOf(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, sp := range l.spots {
			if !sp.own && sp.text(&st) != sp.text(&own) {
				t.Errorf("%s: %s is drawn once, but differs from box to box", s.Name, sp.name)
			}
		}
	}
	v := reflect.ValueOf(&st).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "Code" || name == "BoxID" || name == "TPS" {
			continue
		}
		changed := st
		switch f := reflect.ValueOf(&changed).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString(f.String() + "X")
		case reflect.Int:
			f.SetInt(f.Int() + 1)
		default:
			changed.PrintedAt = changed.PrintedAt.Add(time.Minute)
		}
		if string(st.appendAlike(nil)) == string(changed.appendAlike(nil)) {
			t.Errorf("the key does not tell another %s", name)
		}
	}
}

// On every stock, printed in dots of black and white at 203 dpi, any two districts' fields
// differ, also where one is laid over the other as well as it can be: in structure, then,
// not by where a stripe happens to begin. There is no colour on them to be blind to.
func TestPatternsDifferInPrint(t *testing.T) {
	const dpi, reach = 203, 8 // a millimetre
	for _, s := range testStocks(t) {
		l, err := layoutOf(s)
		if err != nil {
			t.Fatal(err)
		}
		var band element
		for _, e := range l.fixed {
			if e.shape == bandShape {
				band = e
			}
		}
		// Only what the numeral's plate leaves of it is seen.
		r := newRaster(s, dpi, nil)
		var fields [Patterns][][]bool
		for i := range Patterns {
			els := append([]element(nil), l.fixed...)
			for j := range els {
				els[j].pattern = i
			}
			if err := r.drawAll(els); err != nil {
				t.Fatal(err)
			}
			x0, x1 := r.px(band.x), r.px(band.x+band.w)
			for _, e := range l.fixed {
				if e.name == "plate edge" && e.x > band.x {
					x1 = r.px(e.x)
				}
			}
			for y := r.px(band.y); y < r.px(band.y+band.h); y++ {
				row := make([]bool, x1-x0)
				for x := range row {
					row[x] = r.img.GrayAt(x0+x, y).Y < 0x80
				}
				fields[i] = append(fields[i], row)
			}
		}
		for i := range Patterns {
			for j := range i {
				least := 1.0
				for dy := -reach; dy <= reach; dy += 2 {
					for dx := -reach; dx <= reach; dx += 2 {
						differ, all := 0, 0
						for y := reach; y < len(fields[i])-reach; y++ {
							for x := reach; x < len(fields[i][y])-reach; x++ {
								all++
								if fields[i][y][x] != fields[j][y+dy][x+dx] {
									differ++
								}
							}
						}
						least = min(least, float64(differ)/float64(all))
					}
				}
				if !(least > 0.12) {
					t.Errorf("%s: the fields of patterns %d and %d differ in %.0f %% of their dots", s.Name, j, i, least*100)
				}
			}
		}
	}
}
