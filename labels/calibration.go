package labels

import (
	"fmt"
	"math"
)

// ExpectedMeasures are what a ruler says of the stock's calibration page where the printer
// is straight.
func ExpectedMeasures(s Stock) Measures {
	return Measures{Left: calibrationEdge, Top: calibrationEdge, Across: ruler(s.Page[0]), Down: ruler(s.Page[1])}
}

// CalibrationZPL is the stock's calibration page for a label printer of the stock's
// resolution: the same lines and marks as WriteCalibration's, drawn by the printer itself.
func CalibrationZPL(s Stock) []byte {
	dots := func(mm float64) int { return int(math.Round(mm / mmPerInch * float64(s.DPI))) }
	w, h, off, long := dots(s.Page[0]), dots(s.Page[1]), float64(calibrationEdge), 4.0
	want := ExpectedMeasures(s)
	const thin = 2 // dots
	b := fmt.Appendf(nil, "^XA^PW%d^LL%d^LH0,0^CI28", w, h)
	rect := func(x, y, w, h int) { b = fmt.Appendf(b, "^FO%d,%d^GB%d,%d,%d^FS", x, y, w, h, thin) }
	text := func(x, y float64, t string) {
		b = fmt.Appendf(b, "^FO%d,%d^A0N,%d,%d^FD%s^FS", dots(x), dots(y), dots(3.5), dots(3.5), t)
	}
	rect(dots(off), 0, thin, h)
	rect(0, dots(off), w, thin)
	rect(dots(off+want.Across), dots(off-long), thin, dots(2*long))
	rect(dots(off-long), dots(off+want.Down), dots(2*long), thin)
	text(off+3, off+6, s.Name)
	text(off+3, off+12, fmt.Sprintf("Tepi kiri ke garis tegak: %g mm", want.Left))
	text(off+3, off+18, fmt.Sprintf("Tepi atas ke garis datar: %g mm", want.Top))
	text(off+3, off+24, fmt.Sprintf("Garis tegak ke tanda kanan: %g mm", want.Across))
	text(off+3, off+30, fmt.Sprintf("Garis datar ke tanda bawah: %g mm", want.Down))
	return append(b, "^PQ1^XZ\n"...)
}
