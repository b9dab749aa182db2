package printer_test

import (
	"bytes"
	"errors"
	"image"
	"testing"

	"dapilgate/labels/printer"

	"pgregory.net/rapid"
)

func seq(pages ...*image.Gray) func(func(*image.Gray, error) bool) {
	return func(yield func(*image.Gray, error) bool) {
		for _, p := range pages {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Any page comes back as it went, in black or in grey.
func TestPWGComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 600).Draw(t, "wide"), rapid.IntRange(1, 600).Draw(t, "high")
		img := image.NewGray(image.Rect(0, 0, w, h))
		for i := range img.Pix {
			img.Pix[i] = 0xff
		}
		for range rapid.IntRange(0, 8).Draw(t, "boxes") {
			x0, y0 := rapid.IntRange(0, w).Draw(t, "x"), rapid.IntRange(0, h).Draw(t, "y")
			step := rapid.IntRange(1, 9).Draw(t, "step")
			for y := y0; y < h; y++ {
				for x := x0; x < w; x += step {
					img.Pix[y*img.Stride+x] = 0
				}
			}
		}
		grey := rapid.Bool().Draw(t, "grey")
		var b bytes.Buffer
		if err := printer.WritePWG(&b, seq(img, img), 2, 300, grey); err != nil {
			t.Fatal(err)
		}
		n := 0
		for got, err := range printer.ReadPWG(&b) {
			if err != nil || !got.Rect.Eq(img.Rect) || !bytes.Equal(got.Pix, img.Pix) {
				t.Fatalf("page %d of %d × %d differs, %v", n, w, h, err)
			}
			n++
		}
		if n != 2 {
			t.Fatalf("%d pages", n)
		}
	})
}

func FuzzReadPWG(f *testing.F) {
	var b bytes.Buffer
	if err := printer.WritePWG(&b, seq(image.NewGray(image.Rect(0, 0, 20, 3))), 1, 300, false); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("RaS2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for img, err := range printer.ReadPWG(bytes.NewReader(b)) {
			if err != nil && (img != nil || !errors.Is(err, printer.ErrRaster)) {
				t.Fatalf("%v", err)
			}
		}
	})
}
