package kiosk

import (
	"fmt"
	"image/color"

	"dapilgate/app/gate"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Each class of verdict has a shape of its own, so that it is told apart without colour:
// a check mark in a circle, a triangle, an octagon with a cross, a padlock, a hand's arrow.
var shapes = map[string]string{
	"check": `<circle cx="50" cy="50" r="44" fill="none" stroke="%[1]s" stroke-width="8"/><path d="M27 52 L44 69 L75 33" fill="none" stroke="%[1]s" stroke-width="11"/>`,
	"warn":  `<path d="M50 8 L94 88 L6 88 Z" fill="none" stroke="%[1]s" stroke-width="8"/><path d="M50 34 L50 64" stroke="%[1]s" stroke-width="10"/><circle cx="50" cy="76" r="6" fill="%[1]s"/>`,
	"stop":  `<path d="M31 5 L69 5 L95 31 L95 69 L69 95 L31 95 L5 69 L5 31 Z" fill="none" stroke="%[1]s" stroke-width="8"/><path d="M32 32 L68 68 M68 32 L32 68" stroke="%[1]s" stroke-width="11"/>`,
	"lock":  `<path d="M16 44 L84 44 L84 94 L16 94 Z" fill="%[1]s"/><path d="M30 46 L30 28 C30 2 70 2 70 28 L70 46" fill="none" stroke="%[1]s" stroke-width="10"/>`,
	"aside": `<path d="M6 50 L64 50 M44 26 L68 50 L44 74" fill="none" stroke="%[1]s" stroke-width="10"/><path d="M84 10 L84 90" stroke="%[1]s" stroke-width="10"/>`,
	"scan":  `<path d="M8 30 L8 8 L30 8 M70 8 L92 8 L92 30 M92 70 L92 92 L70 92 M30 92 L8 92 L8 70" fill="none" stroke="%[1]s" stroke-width="7"/><path d="M18 50 L82 50" stroke="%[1]s" stroke-width="7"/>`,
}

// shape is a shape in a colour.
func shape(name string, c color.NRGBA, size float32) *canvas.Image {
	hex := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">` + fmt.Sprintf(shapes[name], hex) + `</svg>`
	img := canvas.NewImageFromResource(fyne.NewStaticResource(name+hex+".svg", []byte(svg)))
	img.FillMode = canvas.ImageFillContain
	img.SetMinSize(fyne.NewSize(size, size))
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
