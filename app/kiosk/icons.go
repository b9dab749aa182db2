package kiosk

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"dapilgate/app/gate"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/image/vector"
)

// A shape is lines on a square of 100 by 100, as thick as thickness. Each class of verdict
// has a shape of its own, so that it is told apart without colour: a check mark in a ring,
// a triangle, an octagon with a cross, a padlock, an arrow to the side.
type lines [][]point

type point struct{ x, y float64 }

const thickness = 9

var shapes = map[string]lines{
	"check": {ring(50, 50, 43), {{27, 52}, {44, 69}, {75, 33}}},
	"warn":  {{{50, 9}, {93, 87}, {7, 87}, {50, 9}}, {{50, 36}, {50, 62}}, {{50, 75}, {50, 75}}},
	"stop":  {{{31, 6}, {69, 6}, {94, 31}, {94, 69}, {69, 94}, {31, 94}, {6, 69}, {6, 31}, {31, 6}}, {{33, 33}, {67, 67}}, {{67, 33}, {33, 67}}},
	"lock": {{{18, 47}, {82, 47}, {82, 92}, {18, 92}, {18, 47}}, {{24, 58}, {76, 58}}, {{24, 70}, {76, 70}}, {{24, 82}, {76, 82}},
		append(append([]point{{32, 47}}, arc(50, 30, 18, math.Pi, 2*math.Pi)...), point{68, 47})},
	"aside": {{{6, 50}, {66, 50}}, {{44, 26}, {68, 50}, {44, 74}}, {{86, 10}, {86, 90}}},
	"scan":  {{{8, 30}, {8, 8}, {30, 8}}, {{70, 8}, {92, 8}, {92, 30}}, {{92, 70}, {92, 92}, {70, 92}}, {{30, 92}, {8, 92}, {8, 70}}, {{20, 50}, {80, 50}}},
}

func ring(x, y, r float64) []point { return arc(x, y, r, 0, 2*math.Pi) }

func arc(x, y, r, from, to float64) []point {
	const steps = 40
	var out []point
	for i := 0; i <= steps; i++ {
		a := from + (to-from)*float64(i)/steps
		out = append(out, point{x + r*math.Cos(a), y + r*math.Sin(a)})
	}
	return out
}

// shape draws a shape in a colour, sharp at any size.
func shape(name string, c color.NRGBA, size float32) *canvas.Raster {
	r := canvas.NewRaster(func(w, h int) image.Image { return drawShape(shapes[name], c, w, h) })
	r.SetMinSize(fyne.NewSize(size, size))
	return r
}

func drawShape(s lines, c color.NRGBA, w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	side := float64(min(w, h))
	left, top, scale := (float64(w)-side)/2, (float64(h)-side)/2, side/100
	ink := image.NewUniform(c)
	fill := func(poly []point) {
		if w == 0 || h == 0 {
			return
		}
		z := vector.NewRasterizer(w, h)
		for i, p := range poly {
			x, y := float32(left+p.x*scale), float32(top+p.y*scale)
			if i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
		z.DrawOp = draw.Over
		z.Draw(img, img.Bounds(), ink, image.Point{})
	}
	for _, l := range s {
		for i, p := range l {
			fill(ring(p.x, p.y, thickness/2.0)) // round ends and joints
			if i == 0 {
				continue
			}
			q := l[i-1]
			d := math.Hypot(p.x-q.x, p.y-q.y)
			if d == 0 {
				continue
			}
			nx, ny := -(p.y-q.y)/d*thickness/2, (p.x-q.x)/d*thickness/2
			fill([]point{{q.x + nx, q.y + ny}, {p.x + nx, p.y + ny}, {p.x - nx, p.y - ny}, {q.x - nx, q.y - ny}})
		}
	}
	return img
}

// toneOf is the colour of a verdict, shapeOf its shape.
func toneOf(v gate.Verdict) tone {
	switch v.Level() {
	case gate.Green:
		return toneGreen
	case gate.Amber:
		return toneAmber
	case gate.Blue:
		return toneBlue
	}
	return toneRed
}

func shapeOf(v gate.Verdict) string {
	switch {
	case v == gate.Locked:
		return "lock"
	case v.Level() == gate.Green:
		return "check"
	case v.Level() == gate.Amber:
		return "warn"
	case v.Level() == gate.Blue:
		return "aside"
	}
	return "stop"
}
