package labels

// ExpectedMeasures are what a ruler says of the stock's calibration page where the printer
// is straight.
func ExpectedMeasures(s Stock) Measures {
	return Measures{Left: calibrationEdge, Top: calibrationEdge, Across: ruler(s.Page[0]), Down: ruler(s.Page[1])}
}

// CalibrationZPL is the page of WriteCalibration for a label printer that has the stock's
// resolution. Error: ErrStock.
func CalibrationZPL(s Stock) ([]byte, error) {
	p, err := newCard(s.Page[0], s.Page[1], Options{})
	if err != nil {
		return nil, err
	}
	if p.calibration(s); p.err != nil {
		return nil, p.err
	}
	m, err := newMeasurer()
	if err != nil {
		return nil, err
	}
	r := newRaster(s, s.DPI, m)
	if err := r.drawAll(p.els); err != nil {
		return nil, err
	}
	return appendZPL(nil, r.img, 0, 0), nil
}
