package printer

import (
	"math"
	"strconv"
	"strings"
)

// Media is a size of paper by the name that printers have for it (PWG 5101.1,
// "iso_a4_210x297mm"). Millimetres.
type Media struct {
	Name   string  `json:"name"`
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// ParseMedia reads the size off a self-describing name: class_size_WIDTHxHEIGHTunit, the
// unit mm or in. false: it is not one, or the least or greatest of a range (custom_min_…).
func ParseMedia(name string) (Media, bool) {
	m := Media{Name: name}
	parts := strings.Split(name, "_")
	if len(parts) < 3 || strings.HasPrefix(name, "custom_min") || strings.HasPrefix(name, "custom_max") {
		return m, false
	}
	size := parts[2]
	unit := 1.0
	switch {
	case strings.HasSuffix(size, "mm"):
	case strings.HasSuffix(size, "in"):
		unit = mmPerInch
	default:
		return m, false
	}
	w, h, ok := strings.Cut(size[:len(size)-2], "x")
	if !ok {
		return m, false
	}
	var errW, errH error
	m.Width, errW = strconv.ParseFloat(w, 64)
	m.Height, errH = strconv.ParseFloat(h, 64)
	m.Width *= unit
	m.Height *= unit
	return m, errW == nil && errH == nil && m.Width > 0 && m.Height > 0 && m.Width < 1e5 && m.Height < 1e5
}

const mmPerInch = 25.4

// Fits tells whether a page of this size is this paper, within a millimetre.
func (m Media) Fits(page [2]float64) bool {
	const slack = 1
	return math.Abs(m.Width-page[0]) <= slack && math.Abs(m.Height-page[1]) <= slack
}
