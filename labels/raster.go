package labels

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Preview draws one sticker at a resolution in dots per inch, from the same layout as the
// printed page.
func Preview(k Sticker, s Stock, dpi int) (*image.Gray, error) {
	l, err := layoutOf(s)
	if err != nil {
		return nil, err
	}
	m, err := newMeasurer()
	if err != nil {
		return nil, err
	}
	els, err := l.elements(m, &k)
	if err != nil {
		return nil, err
	}
	scale := float64(dpi) / mmPerInch
	r := &raster{img: image.NewGray(image.Rect(0, 0, int(s.Label[0]*scale+0.5), int(s.Label[1]*scale+0.5))), scale: scale, m: m}
	draw.Draw(r.img, r.img.Bounds(), image.White, image.Point{}, draw.Src)
	for i := range els {
		if err := r.element(&els[i], s.Module()); err != nil {
			return nil, err
		}
	}
	return r.img, nil
}

type raster struct {
	img   *image.Gray
	scale float64 // pixels a millimetre
	m     *measurer
}

func (r *raster) px(v float64) int { return int(math.Round(v * r.scale)) }

func (r *raster) fill(x, y, w, h float64, c color.Gray) {
	draw.Draw(r.img, image.Rect(r.px(x), r.px(y), r.px(x+w), max(r.px(y+h), r.px(y)+1)), image.NewUniform(c), image.Point{}, draw.Src)
}

func (r *raster) element(e *element, module float64) error {
	black, white := color.Gray{}, color.Gray{Y: 255}
	switch {
	case e.pattern >= 0:
		for py := r.px(e.y); py < r.px(e.y+e.h); py++ {
			for px := r.px(e.x); px < r.px(e.x+e.w); px++ {
				if PatternInk(e.pattern, float64(px)/r.scale-e.x, float64(py)/r.scale-e.y) {
					r.img.SetGray(px, py, black)
				}
			}
		}
	case e.fill && e.white:
		r.fill(e.x, e.y, e.w, e.h, white)
	case e.fill:
		r.fill(e.x, e.y, e.w, e.h, black)
	case e.code != nil:
		for y, row := range e.code {
			for x, dark := range row {
				if dark {
					r.fill(e.x+float64(x)*module, e.y+float64(y)*module, module, module, black)
				}
			}
		}
	default:
		return r.text(e)
	}
	return nil
}

func (r *raster) text(e *element) error {
	ot, err := opentype.NewFace(r.m.fonts[e.face], &opentype.FaceOptions{Size: e.size * r.scale, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return fmt.Errorf("draw %q: %w", e.text, err)
	}
	defer ot.Close()
	d := font.Drawer{Dst: r.img, Src: image.Black, Face: ot}
	x := e.textX(r.m.width(e.face, e.text) * e.size)
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * r.scale * 64), Y: fixed.Int26_6(e.baseline() * r.scale * 64)}
	d.DrawString(e.text)
	return nil
}
