package kiosk

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// para is text that fills its place: as large as it fits, between a greatest and a least
// size, on as many lines as are allowed. Nothing is cut off silently: what doesn't fit at
// the least size is marked by overflow, which no screen may show.
type para struct {
	widget.BaseWidget
	look        *look
	text        string
	ink         color.Color
	face        face
	most, least float32 // sizes in design pixels
	lines       int     // at most
	align       fyne.TextAlign
	wide        bool // asks for its text's width at the greatest size

	shown    []string // lines as laid out
	size     float32  // as laid out
	overflow bool
}

const lineHeight = 1.2

// text1 is one line, at the left.
func (l *look) text1(s string, size float32, f face, ink color.Color) *para {
	p := &para{look: l, text: s, ink: ink, face: f, most: size, least: min(size, 17), lines: 1}
	p.ExtendBaseWidget(p)
	return p
}

// textN is text on up to n lines.
func (l *look) textN(s string, size float32, n int, f face, ink color.Color) *para {
	p := l.text1(s, size, f, ink)
	p.lines = n
	return p
}

func (p *para) centred() *para  { p.align = fyne.TextAlignCenter; return p }
func (p *para) trailing() *para { p.align = fyne.TextAlignTrailing; return p }

// natural asks for the room that the text takes at its greatest size.
func (p *para) natural() *para { p.wide = true; return p }

// wrap breaks the text into lines no wider than w at a size; ok is false where a word or
// the number of lines is too great.
func (p *para) wrap(w, size float32) (out []string, ok bool) {
	ok = true
	for _, paragraph := range strings.Split(p.text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			try := word
			if line != "" {
				try = line + " " + word
			}
			if p.look.width(p.face, try, size) <= w {
				line = try
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			if line = word; p.look.width(p.face, word, size) > w {
				ok = false
			}
		}
		out = append(out, line)
	}
	return out, ok && len(out) <= p.lines
}

// fill lays the text out for a size.
func (p *para) fill(place fyne.Size) {
	least, size := p.look.u(p.least), p.look.u(p.most)
	for {
		lines, ok := p.wrap(place.Width, size)
		ok = ok && float32(len(lines))*size*lineHeight <= place.Height+1
		if ok || size <= least {
			p.shown, p.size, p.overflow = lines, size, !ok && p.text != ""
			return
		}
		size = max(least, size*0.94)
	}
}

// MinSize is the room for the text at its least size (or its greatest, see natural).
func (p *para) MinSize() fyne.Size {
	size := p.look.u(p.least)
	if p.wide {
		size = p.look.u(p.most)
	}
	if p.lines == 1 {
		return fyne.NewSize(p.look.width(p.face, p.text, size), size*lineHeight)
	}
	var w float32
	for _, word := range strings.Fields(p.text) {
		w = max(w, p.look.width(p.face, word, size))
	}
	return fyne.NewSize(w, size*lineHeight)
}

func (p *para) CreateRenderer() fyne.WidgetRenderer {
	r := &paraRenderer{p: p}
	return r
}

type paraRenderer struct {
	p       *para
	texts   []*canvas.Text
	objects []fyne.CanvasObject
}

func (r *paraRenderer) Layout(size fyne.Size) {
	p := r.p
	p.fill(size)
	for len(r.texts) < len(p.shown) {
		t := canvas.NewText("", p.ink)
		r.texts, r.objects = append(r.texts, t), append(r.objects, t)
	}
	high := p.size * lineHeight
	y := (size.Height - high*float32(len(p.shown))) / 2
	for i, t := range r.texts {
		t.Text = ""
		if i < len(p.shown) {
			t.Text = p.shown[i]
		}
		t.Color, t.TextSize, t.FontSource, t.Alignment = p.ink, p.size, p.look.fonts[p.face], p.align
		t.Move(fyne.NewPos(0, y+high*float32(i)))
		t.Resize(fyne.NewSize(size.Width, high))
		t.Refresh()
	}
}

func (r *paraRenderer) MinSize() fyne.Size           { return r.p.MinSize() }
func (r *paraRenderer) Refresh()                     { r.Layout(r.p.Size()) }
func (r *paraRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *paraRenderer) Destroy()                     {}
