package labels

import "fmt"

// Measures are what a ruler says of a printed calibration page, in millimetres: from the
// left and the upper edge to its two lines, and along them to its marks. Across and Down may
// be 0: not measured.
type Measures struct {
	Left, Top, Across, Down float64
}

// Calibrate is the calibration of the printer that printed the stock's calibration page,
// which is never calibrated itself. Error: ErrStock for measures that no printer is off by.
func Calibrate(s Stock, m Measures) (Calibration, error) {
	var c Calibration
	for _, axis := range []struct {
		name               string
		edge, length, page float64
		shift, scale       *float64
	}{{"width", m.Left, m.Across, s.Page[0], &c.X, &c.ScaleX}, {"height", m.Top, m.Down, s.Page[1], &c.Y, &c.ScaleY}} {
		// What should stand at x stands at edge + stretch·(x - calibrationEdge).
		stretch := 1.0
		if axis.length != 0 {
			stretch = axis.length / ruler(axis.page)
		}
		off := axis.edge - calibrationEdge*stretch
		const mostShift, mostStretch = 20, 0.05
		if !(stretch >= 1-mostStretch && stretch <= 1+mostStretch && off >= -mostShift && off <= mostShift) {
			return Calibration{}, fmt.Errorf("%w %q: %s: measured %g mm to the line and %g mm along it; %g and %g are expected, so measure again, and print at 100 %%",
				ErrStock, s.Name, axis.name, axis.edge, axis.length, float64(calibrationEdge), ruler(axis.page))
		}
		*axis.shift = -off / stretch
		if stretch != 1 {
			*axis.scale = 1 / stretch
		}
	}
	return c, nil
}
