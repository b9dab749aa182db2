package kiosk

import (
	"image"
	"image/color"
	"math"

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

	"unequal": {{{12, 36}, {88, 36}}, {{12, 64}, {88, 64}}, {{66, 8}, {34, 92}}},

	// The rest of the window.
	"tick":    {{{12, 54}, {38, 80}, {88, 22}}},
	"cross":   {{{16, 16}, {84, 84}}, {{84, 16}, {16, 84}}},
	"plus":    {{{50, 12}, {50, 88}}, {{12, 50}, {88, 50}}},
	"back":    {{{66, 10}, {26, 50}, {66, 90}}},
	"next":    {{{34, 10}, {74, 50}, {34, 90}}},
	"undo":    {{{34, 8}, {10, 32}, {34, 56}}, append([]point{{10, 32}, {60, 32}}, append(arc(60, 59, 27, -math.Pi/2, math.Pi/2), point{24, 86})...)},
	"erase":   {{{34, 18}, {94, 18}, {94, 82}, {34, 82}, {6, 50}, {34, 18}}, {{50, 38}, {74, 62}}, {{74, 38}, {50, 62}}},
	"truck":   {{{5, 20}, {58, 20}, {58, 70}, {5, 70}, {5, 20}}, {{58, 36}, {80, 36}, {95, 54}, {95, 70}, {58, 70}}, ring(25, 76, 10), ring(76, 76, 10)},
	"label":   {{{8, 14}, {92, 14}, {92, 86}, {8, 86}, {8, 14}}, {{24, 32}, {42, 32}, {42, 50}, {24, 50}, {24, 32}}, {{58, 32}, {76, 32}}, {{58, 50}, {76, 50}}, {{24, 68}, {76, 68}}},
	"receive": {{{50, 6}, {50, 60}}, {{26, 38}, {50, 62}, {74, 38}}, {{8, 58}, {8, 92}, {92, 92}, {92, 58}}},
	"search":  {ring(42, 42, 30), {{64, 64}, {92, 92}}},
	"bars":    {{{16, 90}, {16, 58}}, {{39, 90}, {39, 36}}, {{62, 90}, {62, 48}}, {{85, 90}, {85, 12}}},
	"person":  {ring(50, 28, 19), append([]point{{12, 92}}, append(arc(50, 92, 38, math.Pi, 2*math.Pi), point{88, 92}, point{12, 92})...)},
	"print":   {{{26, 38}, {26, 8}, {74, 8}, {74, 38}}, {{24, 72}, {8, 72}, {8, 38}, {92, 38}, {92, 72}, {76, 72}}, {{26, 58}, {74, 58}, {74, 92}, {26, 92}, {26, 58}}},
	"globe":   {ring(50, 50, 41), {{9, 50}, {91, 50}}, arc(82, 50, 52, 0.72*math.Pi, 1.28*math.Pi), arc(18, 50, 52, -0.28*math.Pi, 0.28*math.Pi)},
	"leave":   {{{56, 10}, {14, 10}, {14, 90}, {56, 90}}, {{40, 50}, {90, 50}}, {{72, 30}, {92, 50}, {72, 70}}},
	"gear":    {ring(50, 50, 24), {{50, 6}, {50, 26}}, {{50, 74}, {50, 94}}, {{6, 50}, {26, 50}}, {{74, 50}, {94, 50}}, {{19, 19}, {33, 33}}, {{67, 67}, {81, 81}}, {{19, 81}, {33, 67}}, {{67, 33}, {81, 19}}},
	"card":    {{{6, 18}, {94, 18}, {94, 82}, {6, 82}, {6, 18}}, {{22, 36}, {42, 36}, {42, 60}, {22, 60}, {22, 36}}, {{60, 38}, {78, 38}}, {{60, 58}, {78, 58}}},
	"proof":   {{{50, 6}, {88, 20}, {88, 52}, {50, 94}, {12, 52}, {12, 20}, {50, 6}}, {{32, 50}, {46, 64}, {68, 34}}},
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

// drawing names a picture that was drawn once.
type drawing struct {
	name string
	ink  color.NRGBA
	w, h int
}

// shape is a shape in a colour, sharp at any size.
func (l *look) shape(name string, ink color.NRGBA) *canvas.Raster {
	return canvas.NewRaster(func(w, h int) image.Image {
		k := drawing{name, ink, w, h}
		if img := l.drawn[k]; img != nil {
			return img
		}
		return l.keep(k, drawShape(shapes[name], ink, w, h))
	})
}

// mostDrawn is how many pictures are kept: more than all screens of one size have.
const mostDrawn = 200

func (l *look) keep(k drawing, img image.Image) image.Image {
	if len(l.drawn) >= mostDrawn {
		clear(l.drawn)
	}
	l.drawn[k] = img
	return img
}

// drawShape draws all lines in one pass. Its polygons all turn the same way, so that where
// two overlap nothing is taken away.
func drawShape(s lines, ink color.NRGBA, w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == 0 || h == 0 {
		return img
	}
	side := float64(min(w, h))
	left, top, scale := (float64(w)-side)/2, (float64(h)-side)/2, side/100
	z := vector.NewRasterizer(w, h)
	add := func(poly []point) {
		area := 0.0
		for i, p := range poly {
			q := poly[(i+1)%len(poly)]
			area += p.x*q.y - q.x*p.y
		}
		for i := range poly {
			p := poly[i]
			if area < 0 {
				p = poly[len(poly)-1-i]
			}
			x, y := float32(left+p.x*scale), float32(top+p.y*scale)
			if i == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
	}
	for _, l := range s {
		for i, p := range l {
			add(ring(p.x, p.y, thickness/2.0)) // round ends and joints
			if i == 0 {
				continue
			}
			q := l[i-1]
			d := math.Hypot(p.x-q.x, p.y-q.y)
			if d == 0 {
				continue
			}
			nx, ny := -(p.y-q.y)/d*thickness/2, (p.x-q.x)/d*thickness/2
			add([]point{{q.x + nx, q.y + ny}, {p.x + nx, p.y + ny}, {p.x - nx, p.y - ny}, {q.x - nx, q.y - ny}})
		}
	}
	z.Draw(img, img.Bounds(), image.NewUniform(ink), image.Point{})
	return img
}
