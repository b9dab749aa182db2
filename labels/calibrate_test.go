package labels_test

import (
	"errors"
	"math"
	"testing"

	"dapilgate/labels"

	"pgregory.net/rapid"
)

// TestCalibrationUndoesThePrinter: a printer that shifts and stretches, corrected by what a
// ruler says of its page, prints where it should.
func TestCalibrationUndoesThePrinter(t *testing.T) {
	s, err := labels.StockByName("a4-2x4")
	if err != nil {
		t.Fatal(err)
	}
	const spanX, spanY = 190.0, 270.0 // of its calibration page: whole centimetres less 20 mm
	rapid.Check(t, func(t *rapid.T) {
		shift := [2]float64{rapid.Float64Range(-5, 5).Draw(t, "x"), rapid.Float64Range(-5, 5).Draw(t, "y")}
		stretch := [2]float64{rapid.Float64Range(0.98, 1.02).Draw(t, "sx"), rapid.Float64Range(0.98, 1.02).Draw(t, "sy")}
		print := func(axis int, x float64) float64 { return shift[axis] + stretch[axis]*x }
		c, err := labels.Calibrate(s, labels.Measures{Left: print(0, 10), Top: print(1, 10),
			Across: print(0, 10+spanX) - print(0, 10), Down: print(1, 10+spanY) - print(1, 10)})
		if err != nil {
			t.Fatal(err)
		}
		for axis, k := range [2][2]float64{{c.X, c.ScaleX}, {c.Y, c.ScaleY}} {
			scale := k[1]
			if scale == 0 {
				scale = 1
			}
			for _, x := range []float64{0, 7, 150, 290} {
				if got := print(axis, x*scale+k[0]); math.Abs(got-x) > 1e-6 {
					t.Fatalf("axis %d: %g mm comes out at %g", axis, x, got)
				}
			}
		}
	})
}

func TestCalibrateRefusesSlips(t *testing.T) {
	s, err := labels.StockByName("a4-2x4")
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]labels.Measures{
		"centimetres":      {Left: 10, Top: 10, Across: 19, Down: 27},
		"printed to fit":   {Left: 10, Top: 10, Across: 178, Down: 253},
		"not a number":     {Left: math.NaN(), Top: 10},
		"the wrong corner": {Left: 10, Top: 280},
	} {
		if _, err := labels.Calibrate(s, m); !errors.Is(err, labels.ErrStock) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := labels.Calibrate(s, labels.Measures{Left: 10, Top: 10}); err != nil || c != (labels.Calibration{}) {
		t.Errorf("a printer that is not off: %+v, %v", c, err)
	}
}
