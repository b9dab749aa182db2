package labels

import (
	"bytes"
	"image"
	"math"
	"testing"
)

// TestCalibrationZPL: on every roll the lines stand where a ruler is to find them, to a dot.
func TestCalibrationZPL(t *testing.T) {
	rolls := 0
	for _, s := range testStocks(t) {
		if s.PerPage() != 1 {
			continue
		}
		rolls++
		b, err := CalibrationZPL(s)
		if err != nil {
			t.Fatal(err)
		}
		var page *image.Gray
		for img, err := range ReadZPL(bytes.NewReader(b)) {
			if err != nil || page != nil {
				t.Fatalf("%s: %v", s.Name, err)
			}
			page = img
		}
		dot := func(mm float64) int { return int(math.Round(mm / mmPerInch * float64(s.DPI))) }
		want := ExpectedMeasures(s)
		black := func(what string, x, y int) {
			t.Helper()
			if page.GrayAt(x, y).Y > 0x80 {
				t.Errorf("%s: no %s at %d, %d", s.Name, what, x, y)
			}
		}
		w, h := page.Rect.Dx(), page.Rect.Dy()
		black("upright line", dot(want.Left), h-1)
		black("level line", w-1, dot(want.Top))
		black("right mark", dot(want.Left+want.Across), dot(want.Top-3.5))
		black("lower mark", dot(want.Left-3.5), dot(want.Top+want.Down))
		if page.GrayAt(dot(want.Left)-3, h-1).Y < 0x80 || page.GrayAt(dot(want.Left)+4, h-1).Y < 0x80 {
			t.Errorf("%s: the upright line is not a line", s.Name)
		}
	}
	if rolls == 0 {
		t.Fatal("no roll was looked at")
	}
}
