package batch

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// TestPreflightFindsWhatDoesNotBelong: a page that lacks a code, or has another, is not
// released.
func TestPreflightFindsWhatDoesNotBelong(t *testing.T) {
	key, err := labels.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	stock, err := labels.StockByName("a4-2x4")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := labels.NewDocument(stock, labels.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for tps := 1; tps <= 10; tps++ {
		s, err := code.Fields{Event: "T24", Area: "3175061001", TPS: tps, Kind: 'V', Item: '1', Space: 'V', District: "310004", Revision: 1}.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, s)
		if tps == 10 {
			break // signed, but not on the page
		}
		if err := doc.Add(labels.Sticker{Code: s, BoxID: "31.75.06.1001-001-DPRDP", Numeral: "4", TPS: "001", Index: 1, Of: 1, Revision: 1}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := doc.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	pages := func(first, second []string) (p printed) {
		for _, s := range first {
			p.note(1, s)
		}
		for _, s := range second {
			p.note(2, s)
		}
		return p
	}
	for name, tt := range map[string]struct {
		how  Preflight
		p    printed
		want error
	}{
		"as printed":                {PreflightAll, pages(texts[:8], texts[8:9]), nil},
		"one missing":               {PreflightAll, pages(texts[:8], texts[8:]), ErrPreflight},
		"one that does not belong":  {PreflightAll, pages(texts[:7], texts[8:9]), ErrPreflight},
		"a sample sees page 1 only": {PreflightSample, pages(texts[:8], texts[9:]), nil},
		"off sees nothing":          {PreflightOff, pages(texts[9:], nil), nil},
	} {
		if err := preflight(t.Context(), tt.how, path, tt.p, 0); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPreflightMeasures: a code that reads on the screen may still be too small for a
// scanner at a dock, or have its quiet zone printed over.
func TestPreflightMeasures(t *testing.T) {
	key, err := labels.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	text, err := code.Fields{Event: "T24", Area: "3175061001", TPS: 1, Kind: 'V', Item: '1', Space: 'V', District: "310004", Revision: 1}.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	stock, err := labels.StockByName("thermal-100x100")
	if err != nil {
		t.Fatal(err)
	}
	k := labels.Sticker{Code: text, BoxID: "31.75.06.1001-001-DPRDP", Numeral: "4", TPS: "001", Index: 1, Of: 1, Revision: 1}
	draw := func() *image.Gray {
		img, err := labels.Preview(k, stock, stock.DPI)
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	want := map[string]int{text: 1}
	img := draw()
	if err := readBack(t.Context(), img, stock.DPI, want); err != nil {
		t.Fatal(err)
	}
	// The same dots on a finer head are smaller modules.
	if err := readBack(t.Context(), img, 3*stock.DPI, want); !errors.Is(err, ErrPreflight) || !strings.Contains(err.Error(), "modules have") {
		t.Errorf("small modules: %v", err)
	}
	found, err := scanner.Decode(t.Context(), img, scanner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	box, err := measure(img, stock.DPI, found[0])
	if err != nil {
		t.Fatal(err)
	}
	if want := int(stock.Module()*float64(stock.DPI)/mmPerInch + 0.5); box.Dx()%want != 0 || box.Dx() != box.Dy() {
		t.Errorf("the symbol measures %v, its modules have %d dots", box, want)
	}
	for name, at := range map[string]image.Point{
		"left": {box.Min.X - 9, box.Min.Y + 60}, "right": {box.Max.X + 9, box.Min.Y + 60}, "above": {box.Min.X + 60, box.Min.Y - 9},
		"below": {box.Min.X + 60, box.Max.Y + 9}, "at a corner": {box.Max.X + 9, box.Max.Y + 9},
	} {
		img := draw()
		for d := range 9 {
			img.SetGray(at.X+d%3, at.Y+d/3, color.Gray{})
		}
		if err := readBack(t.Context(), img, stock.DPI, want); !errors.Is(err, ErrPreflight) {
			t.Errorf("a spot %s of it: %v", name, err)
		}
	}
	if err := readBack(t.Context(), img, stock.DPI, map[string]int{text: 2}); !errors.Is(err, ErrPreflight) {
		t.Errorf("a copy that is missing: %v", err)
	}
	twice := printed{}
	twice.note(1, text)
	twice.note(2, text)
	if err := twice.check(1); !errors.Is(err, ErrPreflight) {
		t.Errorf("a duplicate: %v", err)
	}
	if err := twice.check(2); err != nil {
		t.Errorf("two copies: %v", err)
	}
	var zpl bytes.Buffer
	if _, err := labels.WriteZPL(t.Context(), &zpl, stock, func(yield func(labels.Sticker, error) bool) { yield(k, nil) }, labels.Options{}); err != nil {
		t.Fatal(err)
	}
	var one printed
	one.note(1, text)
	if err := preflightZPL(t.Context(), PreflightAll, zpl.Bytes(), stock.DPI, one, 0); err != nil {
		t.Errorf("ZPL as it is written: %v", err)
	}
	for name, spoil := range map[string]func() ([]byte, printed){
		"a label twice":             func() ([]byte, printed) { return bytes.Repeat(zpl.Bytes(), 2), one },
		"asked for twice":           func() ([]byte, printed) { return bytes.Replace(zpl.Bytes(), []byte("^PQ1"), []byte("^PQ2"), 1), one },
		"cut off":                   func() ([]byte, printed) { return zpl.Bytes()[:zpl.Len()/2], one },
		"a label that is not there": func() ([]byte, printed) { return zpl.Bytes(), twice },
	} {
		b, p := spoil()
		if err := preflightZPL(t.Context(), PreflightSample, b, stock.DPI, p, 0); !errors.Is(err, ErrPreflight) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
