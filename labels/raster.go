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
	code, err := (&encoder{}).label(k.Code)
	if err != nil {
		return nil, fmt.Errorf("sticker of %s: %w", k.BoxID, err)
	}
	els, err := l.elements(m, &k, code, nil)
	if err != nil {
		return nil, err
	}
	r := newRaster(s, dpi, m)
	if err := r.drawAll(els); err != nil {
		return nil, err
	}
	return r.img, nil
}

// raster draws elements into a picture.
type raster struct {
	img   *image.Gray
	scale float64 // pixels a millimetre
	m     *measurer
	fonts map[rasterFont]font.Face
}

// rasterFont is a face in a size that the layout came to.
type rasterFont struct {
	face face
	size float64
}

func newRaster(s Stock, dpi int, m *measurer) *raster {
	scale := float64(dpi) / mmPerInch
	return &raster{img: image.NewGray(image.Rect(0, 0, int(s.Label[0]*scale+0.5), int(s.Label[1]*scale+0.5))), scale: scale, m: m, fonts: map[rasterFont]font.Face{}}
}

// drawAll draws a sticker on a white picture.
func (r *raster) drawAll(els []element) error {
	draw.Draw(r.img, r.img.Bounds(), image.White, image.Point{}, draw.Src)
	return r.draw(els)
}

// draw draws elements over what is there.
func (r *raster) draw(els []element) error {
	for i := range els {
		if err := r.element(&els[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *raster) px(v float64) int { return int(math.Round(v * r.scale)) }

// fill fills a rectangle; the thinnest is one pixel.
func (r *raster) fill(x, y, w, h float64, c *image.Uniform) {
	area := image.Rect(r.px(x), r.px(y), max(r.px(x+w), r.px(x)+1), max(r.px(y+h), r.px(y)+1))
	draw.Draw(r.img, area, c, image.Point{}, draw.Src)
}

func ink(white bool) *image.Uniform {
	if white {
		return image.White
	}
	return image.Black
}

func (r *raster) element(e *element) error {
	switch e.shape {
	case rectShape:
		r.fill(e.x, e.y, e.w, e.h, ink(e.white))
	case bandShape:
		for py := r.px(e.y); py < r.px(e.y+e.h); py++ {
			for px := r.px(e.x); px < r.px(e.x+e.w); px++ {
				if PatternInk(e.pattern, ((float64(px)+0.5)/r.scale-e.x)/e.scale(), ((float64(py)+0.5)/r.scale-e.y)/e.scale()) {
					r.img.SetGray(px, py, color.Gray{})
				}
			}
		}
	case codeShape:
		module := e.w / float64(e.code.size)
		for y := range e.code.size {
			for x := range e.code.size {
				if e.code.dark(x, y) {
					r.fill(e.x+float64(x)*module, e.y+float64(y)*module, module, module, image.Black)
				}
			}
		}
	case textShape:
		return r.text(e)
	}
	return nil
}

func (r *raster) text(e *element) error {
	f := r.fonts[rasterFont{e.face, e.size}]
	if f == nil {
		var err error
		f, err = opentype.NewFace(r.m.fonts[e.face], &opentype.FaceOptions{Size: e.size * r.scale, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return fmt.Errorf("draw %q: %w", e.text, err)
		}
		// Names of all lengths come to sizes of all sorts: keep those of a few kelurahan.
		if len(r.fonts) >= 64 {
			clear(r.fonts)
		}
		r.fonts[rasterFont{e.face, e.size}] = f
	}
	d := font.Drawer{Dst: r.img, Src: ink(e.white), Face: f}
	// One by one: the drawer would kern, which pages don't.
	x := e.textX
	for _, c := range e.text {
		d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * r.scale * 64), Y: fixed.Int26_6(e.baseline * r.scale * 64)}
		d.DrawString(string(c))
		x += r.m.advance(e.face, c) * e.size
	}
	return nil
}
