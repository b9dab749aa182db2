package labels

import (
	"fmt"
	"strings"
)

// separate puts a label between two kelurahan, which says where the next stickers belong
// and how many they are. It has no code and no district's band, so that nobody takes it
// for a sticker.
func (d *Document) separate(next *Sticker, lines []string) (err error) {
	if d.els, err = separatorElements(d.m, d.stock, next, lines, d.els[:0]); err != nil {
		return err
	}
	x, top := d.next()
	d.out = d.content(d.out[:0], d.els, x, top)
	d.write(d.out)
	return d.pdf.Error()
}

// separatorElements lays a separator out, appended to els. Error: ErrFit.
func separatorElements(m *measurer, stock Stock, next *Sticker, lines []string, els []element) ([]element, error) {
	w, h := stock.Label[0], stock.Label[1]
	edgeX, edgeY := 4.2, 4.2
	if stock.compact {
		i := stock.insets()
		edgeX, edgeY = compactEdge+max(i.left, i.right), compactEdge+max(i.top, i.bottom)
	}
	name, code, kecamatan := next.Kelurahan, "KEL. "+next.KelurahanCode, "KEC "+next.Kecamatan
	if name == "" { // spares belong to a kota
		name, code, kecamatan = next.Kota, "KODE "+next.KelurahanCode, ""
	}
	type row struct {
		spot
		text        string
		share, need float64 // of the height, and at least
	}
	rows := []row{
		{spot{name: "separator", align: centre, white: true}, "PEMISAH · BUKAN LABEL KOTAK", 0.17, 4.4},
		{spot{name: "kelurahan", lines: 2}, strings.ToUpper(name), 0.28, compactTwo + 0.2},
		{spot{name: "code"}, code, 0.12, compactRow},
		{spot{name: "kecamatan", lines: 2}, strings.ToUpper(kecamatan), 0.16, compactRow},
	}
	for _, text := range lines {
		rows = append(rows, row{spot{name: "count", lines: 2}, text, 0.27 / float64(len(lines)), compactRow})
	}
	spare := h - 2*edgeY
	for _, r := range rows {
		spare -= r.need
	}
	if spare < 0 {
		return nil, fmt.Errorf("separator of %s: %w: its lines need %.1f mm more height than the label has", next.KelurahanCode, ErrFit, -spare)
	}
	y := edgeY
	for i, r := range rows {
		r.x, r.y, r.w, r.h = edgeX, y, w-2*edgeX, r.need+r.share*spare
		r.least, r.face = leastText, condensed
		r.cap = max(leastText+0.05, r.h*0.45)
		if y += r.h; i == 0 {
			els = append(els, element{shape: rectShape, x: edgeX, y: r.y, w: w - 2*edgeX, h: r.h - 0.3})
			r.h, r.x, r.w = r.h-0.3, r.x+1, r.w-2
		}
		r.spot.text = caption(r.text)
		var err error
		if els, err = r.set(m, nil, els); err != nil {
			return nil, fmt.Errorf("separator of %s: %w", next.KelurahanCode, err)
		}
	}
	return els, nil
}

// calibrationEdge is where the lines of a calibration page stand, in millimetres.
const calibrationEdge = 10.0

// WriteCalibration writes a page to print and measure: the distances from the paper's
// edges to its two lines and between its marks are what Calibration corrects.
// Errors: ErrStock, and those of writing.
func WriteCalibration(path string, s Stock, o Options) error {
	p, err := newCard(s.Page[0], s.Page[1], o)
	if err != nil {
		return err
	}
	p.pdf.AddPage()
	p.calibration(s)
	if err := p.flush(); err != nil {
		return err
	}
	return p.writeFile(path)
}

// calibration draws the lines, marks and words of a stock's calibration page.
func (p *card) calibration(s Stock) {
	const off, thin, long = calibrationEdge, 0.15, 1.0
	w, h := s.Page[0], s.Page[1]
	// Two lines off millimetres from the left and upper edge, with a tick each millimetre.
	p.rect(off, 0, thin, h, false)
	p.rect(0, off, w, thin, false)
	spanX, spanY := ruler(w), ruler(h)
	for i := range int(spanX) + 1 {
		p.rect(off+float64(i), off-tick(i), thin, tick(i), false)
	}
	for i := range int(spanY) + 1 {
		p.rect(off-tick(i), off+float64(i), tick(i), thin, false)
	}
	p.rect(off+spanX, off-4*long, thin, 8*long, false)
	p.rect(off-4*long, off+spanY, 8*long, thin, false)
	y := off + 4
	for _, text := range []string{
		"KALIBRASI " + strings.ToUpper(s.Name),
		fmt.Sprintf("Tepi kiri ke garis tegak: %g mm", off),
		fmt.Sprintf("Tepi atas ke garis datar: %g mm", off),
		fmt.Sprintf("Garis tegak ke tanda kanan: %g mm", spanX),
		fmt.Sprintf("Garis datar ke tanda bawah: %g mm", spanY),
		"Cetak pada 100 %, ukur, isi selisihnya.",
	} {
		p.at(spot{name: "calibration", x: off + 4, y: y, w: w - off - 8, h: 5.5, cap: 3, least: 2, face: condensed, align: left}, text)
		y += 5.5
	}
}

// ruler is the longest whole number of centimetres that fits a page's length.
func ruler(length float64) float64 { return float64(int((length-20)/10)) * 10 }

// tick is the length of the i-th millimetre's tick.
func tick(i int) float64 {
	switch {
	case i%10 == 0:
		return 3
	case i%5 == 0:
		return 2
	}
	return 1.2
}
