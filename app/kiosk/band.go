package kiosk

import (
	"fmt"
	"image"
	"image/color"

	"dapilgate/app/batch"
	"dapilgate/labels"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// bandScale is how many design pixels a millimetre of the printed pattern takes.
const bandScale = 4.5

// pattern is the pattern of a district, the same as on its labels: black on white.
func (l *look) pattern(index int) fyne.CanvasObject {
	var r *canvas.Raster
	r = canvas.NewRaster(func(w, h int) image.Image {
		k := drawing{fmt.Sprint("pattern ", index), tonePaper.ink, w, h}
		if img := l.drawn[k]; img != nil {
			return img
		}
		// Screens may have more dots than the window has pixels.
		mm := float64(l.u(bandScale)) * float64(w) / float64(max(r.Size().Width, 1))
		img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{tonePaper.ground, tonePaper.ink})
		for y := range h {
			row := img.Pix[y*img.Stride : y*img.Stride+w]
			for x := range row {
				if labels.PatternInk(index, float64(x)/mm, float64(y)/mm) {
					row[x] = 1
				}
			}
		}
		return l.keep(k, img)
	})
	return r
}

// numeral is a district as the label shows it: its numeral on its pattern. most is the
// numeral's greatest size, in design pixels.
func (l *look) numeral(d batch.DistrictFace, most float32) fyne.CanvasObject {
	n := l.text1(d.Numeral, most, condensed, tonePaper.ink).centred()
	n.least = 14
	plate := l.on(tonePaper.ground, 8, n)
	return container.NewStack(l.pattern(d.Pattern), container.New(&plated{l, most, len(d.Numeral)}, plate))
}

// plated puts a numeral's white plate into the middle of its pattern, so that some of the
// pattern is seen all around it.
type plated struct {
	look    *look
	most    float32
	letters int
}

func (p *plated) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	h := min(p.look.u(p.most)*lineHeight, size.Height*0.84)
	w := min(h*(0.35+0.5*float32(max(1, p.letters))), size.Width*0.84)
	for _, o := range objects {
		o.Resize(fyne.NewSize(w, h))
		o.Move(fyne.NewPos((size.Width-w)/2, (size.Height-h)/2))
	}
}

func (p *plated) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(p.look.u(40)) }

// tile is a district to touch.
func (l *look) tile(d batch.DistrictFace, name string, tap func()) *button {
	b := l.button("", name, tap)
	b.over = l.numeral(d, 110)
	return b
}
