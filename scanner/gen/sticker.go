// Package gen makes pictures of our own labels as a dock's camera sees them: a sticker on
// cardboard under perspective, light, dirt, glass, motion and noise. Everything is a
// function of its seed. It serves tests and benchmarks only, and knows nothing of how a
// picture is read.
package gen

import (
	"fmt"
	"image"
	"image/draw"
	"math"
	"math/rand/v2"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Texels is the number of picture elements of a sticker's drawing to a module of its code.
const Texels = 8

// Sticker is a drawing of a label: 255 is paper, 0 ink.
type Sticker struct {
	Text   string
	Pix    *image.Gray
	Code   image.Rectangle // the code without its quiet zone, in texels
	Module int             // modules to a side
}

// Width and height of the sticker in modules, as on A6 paper with modules of 0.75 mm.
const stickerW, stickerH = 140, 198

var bold = func() *opentype.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic(err) // the font is part of the program
	}
	return f
}()

// LabelText is a text of a label's length and letters; its signature is none.
func LabelText(r *rand.Rand) string {
	const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := fmt.Appendf(nil, "DG1P24031%02d%02d10%02d%03dV1V00310%03d01", 71+r.IntN(5), 1+r.IntN(10), 1+r.IntN(8), 1+r.IntN(150), 1+r.IntN(10))
	for len(b) < 138 {
		b = append(b, crockford[r.IntN(32)])
	}
	return string(b)
}

// NewSticker draws a label with the text as its code at level Q, and print around it.
func NewSticker(text string, r *rand.Rand) (*Sticker, error) {
	q, err := qrcode.New(text, qrcode.High) // its "High" is level Q
	if err != nil {
		return nil, fmt.Errorf("sticker: %w", err)
	}
	q.DisableBorder = true
	bits := q.Bitmap()
	s := &Sticker{Text: text, Module: len(bits), Pix: image.NewGray(image.Rect(0, 0, stickerW*Texels, stickerH*Texels))}
	draw.Draw(s.Pix, s.Pix.Rect, image.White, image.Point{}, draw.Src)
	s.print(r)

	const quiet = 4
	x0, y0 := (stickerW-len(bits)-quiet-4)*Texels, (stickerH-len(bits)-quiet-22)*Texels
	s.Code = image.Rect(x0, y0, x0+len(bits)*Texels, y0+len(bits)*Texels)
	s.fill(s.Code.Inset(-quiet*Texels), 255)
	for y, row := range bits {
		for x, dark := range row {
			if dark {
				s.fill(image.Rect(0, 0, Texels, Texels).Add(image.Pt(x0+x*Texels, y0+y*Texels)), 0)
			}
		}
	}
	return s, nil
}

func (s *Sticker) fill(r image.Rectangle, v uint8) {
	r = r.Intersect(s.Pix.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := s.Pix.Pix[s.Pix.PixOffset(r.Min.X, y):][:r.Dx()]
		for i := range row {
			row[i] = v
		}
	}
}

// print is what stands around the code: a frame, the dapil's numeral on its pattern, lines
// of text, a rule.
func (s *Sticker) print(r *rand.Rand) {
	const m = Texels
	s.fill(image.Rect(m, m, stickerW*m-m, stickerH*m-m), 0)
	s.fill(image.Rect(2*m, 2*m, stickerW*m-2*m, stickerH*m-2*m), 255)
	band := image.Rect(3*m, 20*m, stickerW*m-3*m, 84*m)
	period, kind := (2+r.IntN(4))*m, r.IntN(3)
	for y := band.Min.Y; y < band.Max.Y; y++ {
		for x := band.Min.X; x < band.Max.X; x++ {
			u, v := x, y
			switch kind {
			case 1:
				u, v = x+y, 0
			case 2:
				u, v = x, 0
			}
			if (u/period+v/period)%2 == 0 {
				s.Pix.Pix[s.Pix.PixOffset(x, y)] = 120
			}
		}
	}
	s.fill(image.Rect(38*m, 24*m, 102*m, 80*m), 255)
	s.text(48, 76, 60, fmt.Sprint(1+r.IntN(10)))
	s.text(6, 16, 11, "DAPIL DKI JAKARTA  "+[]string{"PPWP", "DPR", "DPD", "DPRD"}[r.IntN(4)])
	for i, t := range []string{"KEC CAKUNG", "KEL JATINEGARA", fmt.Sprintf("TPS %03d", 1+r.IntN(150)), fmt.Sprintf("31.75.%02d.%d", 1+r.IntN(10), 1001+r.IntN(8)), "KOTAK 1 / 4"} {
		s.text(6, 96+float64(i)*13, 9, t)
	}
	s.text(6, 190, 4.5, s.Text[:70])
	s.text(6, 194, 4.5, s.Text[70:])
	s.fill(image.Rect(4*m, 182*m, stickerW*m-4*m, 182*m+m/2), 0)
}

// text writes at x, y, both and the size in modules.
func (s *Sticker) text(x, y, size float64, t string) {
	face, err := opentype.NewFace(bold, &opentype.FaceOptions{Size: size * Texels, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // only a size that is none
	}
	d := font.Drawer{Dst: s.Pix, Src: image.Black, Face: face, Dot: fixed.P(int(math.Round(x*Texels)), int(math.Round(y*Texels)))}
	d.DrawString(t)
}
