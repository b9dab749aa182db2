package kiosk

import (
	"image"
	"image/color"

	"dapilgate/labels"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// button is a large touch target. It takes no focus, so no key ever presses it: a blank
// in a scan can't.
type button struct {
	widget.BaseWidget
	text     string
	size     float32
	tone     tone
	tapped   func()
	disabled bool
	min      fyne.Size
}

func newButton(text string, t tone, tapped func()) *button {
	b := &button{text: text, size: sizeBody, tone: t, tapped: tapped, min: fyne.NewSize(target, target)}
	b.ExtendBaseWidget(b)
	return b
}

// wide makes the button at least this large.
func (b *button) wide(w, h float32) *button {
	b.min = fyne.NewSize(max(w, target), max(h, target))
	return b
}

// sized sets the text's size.
func (b *button) sized(s float32) *button { b.size = s; return b }

// disable greys the button out.
func (b *button) disable(off bool) *button {
	b.disabled = off
	b.Refresh()
	return b
}

// Tapped is a finger's or the mouse's.
func (b *button) Tapped(*fyne.PointEvent) {
	if !b.disabled && b.tapped != nil {
		b.tapped()
	}
}

// CreateRenderer draws ground and text.
func (b *button) CreateRenderer() fyne.WidgetRenderer {
	bg := canvas.NewRectangle(b.tone.ground)
	bg.CornerRadius = 10
	bg.StrokeWidth = 2
	text := canvas.NewText(b.text, b.tone.text)
	text.TextStyle.Bold = true
	text.Alignment = fyne.TextAlignCenter
	r := &buttonRenderer{b: b, bg: bg, text: text}
	r.Refresh()
	return r
}

type buttonRenderer struct {
	b    *button
	bg   *canvas.Rectangle
	text *canvas.Text
}

func (r *buttonRenderer) Layout(s fyne.Size) {
	r.bg.Resize(s)
	h := r.text.MinSize().Height
	r.text.Resize(fyne.NewSize(s.Width, h))
	r.text.Move(fyne.NewPos(0, (s.Height-h)/2))
}

func (r *buttonRenderer) MinSize() fyne.Size {
	m := r.text.MinSize()
	return fyne.NewSize(max(m.Width+36, r.b.min.Width), max(m.Height+20, r.b.min.Height))
}

func (r *buttonRenderer) Refresh() {
	r.text.Text, r.text.TextSize = r.b.text, r.b.size
	r.bg.FillColor, r.text.Color, r.bg.StrokeColor = r.b.tone.ground, r.b.tone.text, r.b.tone.text
	if r.b.disabled {
		r.bg.FillColor, r.bg.StrokeColor = color.Transparent, color.Transparent
	}
	r.text.Refresh()
	r.bg.Refresh()
}

func (r *buttonRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.bg, r.text} }
func (r *buttonRenderer) Destroy()                     {}

// text is one line of text.
func text(s string, size float32, c color.Color, bold bool, a fyne.TextAlign) *canvas.Text {
	t := canvas.NewText(s, c)
	t.TextSize, t.TextStyle.Bold, t.Alignment = size, bold, a
	return t
}

// fitted is a line of text that is set as large as its place allows, between two sizes.
// Below the least size it is broken into lines.
type fitted struct {
	widget.BaseWidget
	text        string
	most, least float32
	color       color.Color
	bold        bool
	align       fyne.TextAlign
	whole       bool // asks for the height of its largest size
}

// full makes the text ask for the height of its largest size: for lists, which give a line
// no more than it asks for.
func (f *fitted) full() *fitted { f.whole = true; return f }

func newFitted(s string, most, least float32, c color.Color, bold bool, a fyne.TextAlign) *fitted {
	f := &fitted{text: s, most: most, least: least, color: c, bold: bold, align: a}
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer lays the lines out.
func (f *fitted) CreateRenderer() fyne.WidgetRenderer { return &fittedRenderer{f: f} }

// tiny is the size at which a text that does not fit is given up on: only a person's name
// or a scan, whose length nobody knows, comes near it.
const tiny = 12

type fittedRenderer struct {
	f     *fitted
	size  fyne.Size
	lines []fyne.CanvasObject
}

func (r *fittedRenderer) Layout(s fyne.Size) {
	r.size = s
	r.lines = nil
	style := fyne.TextStyle{Bold: r.f.bold}
	if s.Width <= 0 || s.Height <= 0 {
		return
	}
	// Text grows in step with its size, so one measure tells the size that fits.
	size := r.f.most
	m := fyne.MeasureText(r.f.text, size, style)
	size = max(r.f.least, size*min(1, s.Width/max(m.Width, 1), s.Height/max(m.Height, 1)))
	parts := []string{r.f.text}
	if fyne.MeasureText(r.f.text, size, style).Width > s.Width+1 {
		parts = breakLines(r.f.text, size, style, s.Width)
	}
	h := fyne.MeasureText("X", size, style).Height
	for h*float32(len(parts)) > s.Height+1 && size > tiny {
		size -= 2
		h = fyne.MeasureText("X", size, style).Height
		parts = breakLines(r.f.text, size, style, s.Width)
	}
	y := (s.Height - h*float32(len(parts))) / 2
	for _, p := range parts {
		t := text(p, size, r.f.color, r.f.bold, r.f.align)
		t.Resize(fyne.NewSize(s.Width, h))
		t.Move(fyne.NewPos(0, y))
		y += h
		r.lines = append(r.lines, t)
	}
}

// breakLines breaks a text at blanks.
func breakLines(s string, size float32, style fyne.TextStyle, width float32) []string {
	var out []string
	line := ""
	word := ""
	flush := func() {
		if word == "" {
			return
		}
		try := word
		if line != "" {
			try = line + " " + word
		}
		if line != "" && fyne.MeasureText(try, size, style).Width > width {
			out = append(out, line)
			try = word
		}
		line, word = try, ""
	}
	for _, c := range s {
		if c == ' ' {
			flush()
			continue
		}
		word += string(c)
	}
	flush()
	return append(out, line)
}

func (r *fittedRenderer) MinSize() fyne.Size {
	size := r.f.least
	if r.f.whole {
		size = r.f.most
	}
	return fyne.NewSize(10, fyne.MeasureText("X", size, fyne.TextStyle{Bold: r.f.bold}).Height)
}

func (r *fittedRenderer) Refresh()                     { r.Layout(r.size) }
func (r *fittedRenderer) Objects() []fyne.CanvasObject { return r.lines }
func (r *fittedRenderer) Destroy()                     {}

// face is a routing district as it stands on the labels: its numeral on its pattern.
func face(numeral string, pattern int, size float32) fyne.CanvasObject {
	band := canvas.NewRaster(func(w, h int) image.Image { return patternPicture(pattern, w, h) })
	band.SetMinSize(fyne.NewSize(size*1.9, size*1.15))
	plate := canvas.NewRectangle(color.White)
	n := text(numeral, size, color.Black, true, fyne.TextAlignCenter)
	return container.NewStack(band, container.New(&inset{0.24, 0.09}, plate), container.New(&inset{0.24, 0.02}, newFitted(numeral, size, 20, n.Color, true, fyne.TextAlignCenter)))
}

// patternPicture draws a district's pattern for a band of w by h pixels: as on paper,
// about fifty millimetres high.
func patternPicture(pattern, w, h int) image.Image {
	img := image.NewGray(image.Rect(0, 0, w, h))
	mm := 50 / float64(max(h, 1))
	for y := range h {
		for x := range w {
			if !labels.PatternInk(pattern, float64(x)*mm, float64(y)*mm) {
				img.Pix[y*img.Stride+x] = 255
			}
		}
	}
	return img
}

// inset leaves a part of the width and height free on each side.
type inset struct{ x, y float32 }

func (i *inset) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(s.Width*i.x, s.Height*i.y))
		o.Resize(fyne.NewSize(s.Width*(1-2*i.x), s.Height*(1-2*i.y)))
	}
}

func (i *inset) MinSize(objs []fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// rows stacks objects of fixed shares of the height.
type rows struct{ share []float32 }

func (r *rows) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	sum := float32(0)
	for _, x := range r.share {
		sum += x
	}
	y := float32(0)
	for i, o := range objs {
		h := s.Height * r.share[i] / sum
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(s.Width, h))
		y += h
	}
}

func (r *rows) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objs {
		s := o.MinSize()
		m = fyne.NewSize(max(m.Width, s.Width), m.Height+s.Height)
	}
	return m
}

// columns are objects beside each other in fixed shares of the width.
type columns struct{ share []float32 }

func (c *columns) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	sum := float32(0)
	for _, x := range c.share {
		sum += x
	}
	x := float32(0)
	for i, o := range objs {
		w := s.Width * c.share[i] / sum
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, s.Height))
		x += w
	}
}

func (c *columns) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var m fyne.Size
	for _, o := range objs {
		s := o.MinSize()
		m = fyne.NewSize(m.Width+s.Width, max(m.Height, s.Height))
	}
	return m
}

// panel is a ground with room around its content.
func panel(c color.Color, o fyne.CanvasObject) fyne.CanvasObject {
	bg := canvas.NewRectangle(c)
	bg.CornerRadius = 12
	return container.NewStack(bg, container.New(layout.NewCustomPaddedLayout(16, 16, 18, 18), o))
}

// padded leaves room around an object.
func padded(n float32, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(n, n, n, n), o)
}
