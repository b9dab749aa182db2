package kiosk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// button is touched or clicked, and nothing else: it can't have the focus, so no key of a
// scan (a SPACE, an Enter) ever presses it.
type button struct {
	widget.BaseWidget
	look  *look
	tone  tone
	icon  string // name of an icon; may be empty
	text  string
	under string // a second, smaller line; may be empty
	size  float32
	tap   func()

	// Places of its parts.
	upright bool              // the icon above the text
	over    fyne.CanvasObject // stands above the text; nil: nothing
}

func (l *look) button(icon, text string, tap func()) *button {
	return l.buttonIn(l.quiet, icon, text, tap)
}

// next is the button of the next step.
func (l *look) next(icon, text string, tap func()) *button {
	return l.buttonIn(l.action, icon, text, tap)
}

func (l *look) buttonIn(t tone, icon, text string, tap func()) *button {
	b := &button{look: l, tone: t, icon: icon, text: text, size: 26, tap: tap}
	b.ExtendBaseWidget(b)
	return b
}

// listed is a row of a list that can be touched.
func (l *look) listed(row fyne.CanvasObject, tap func()) *button {
	b := l.button("", "", tap)
	b.over = row
	return b
}

// choice is a button that shows whether it is the chosen one: by its colour and a mark.
func (l *look) choice(chosen bool, text string, tap func()) *button {
	if chosen {
		return l.buttonIn(l.chosen, "tick", text, tap)
	}
	return l.button("", text, tap)
}

func (b *button) sized(px float32) *button   { b.size = px; return b }
func (b *button) second(text string) *button { b.under = text; return b }
func (b *button) iconAbove() *button         { b.upright = true; return b }

// Tapped is Tappable's.
func (b *button) Tapped(_ *fyne.PointEvent) {
	if b.look.touched != nil {
		b.look.touched()
	}
	b.tap()
}

func (b *button) CreateRenderer() fyne.WidgetRenderer {
	l := b.look
	ground := canvas.NewRectangle(b.tone.ground)
	ground.CornerRadius = l.u(10)
	line := l.line
	if b.tone == l.quiet {
		ground.StrokeColor, ground.StrokeWidth = line, l.u(2)
	}
	text := l.textN(b.text, b.size, 2, bold, b.tone.ink).centred()
	var words fyne.CanvasObject = text
	if b.under != "" {
		under := l.text1(b.under, b.size*0.72, regular, b.tone.ink).centred()
		words = l.col(0, rest(), grow(5, text), grow(4, under), rest())
	}
	var inside *fyne.Container
	switch {
	case b.over != nil && b.text == "":
		inside = l.inset(6, b.over)
	case b.over != nil:
		inside = l.inset(8, l.col(4, grow(1, b.over), l.fix(40, words)))
	case b.icon == "":
		inside = l.row(0, l.gap(12), grow(1, words), l.gap(12))
	case b.text == "":
		inside = l.inset(10, l.shape(b.icon, b.tone.ink))
	case b.upright:
		inside = l.col(2, l.gap(8), grow(1.1, l.shape(b.icon, b.tone.ink)), grow(1, l.row(0, l.gap(6), grow(1, words), l.gap(6))), l.gap(4))
	default:
		inside = container.New(&beside{b}, l.shape(b.icon, b.tone.ink), words)
	}
	stack := []fyne.CanvasObject{ground, inside}
	return &buttonRenderer{b: b, ground: ground, inside: inside, objects: stack}
}

// MinSize keeps the target large enough for a gloved finger.
func (b *button) MinSize() fyne.Size {
	b.ExtendBaseWidget(b)
	m := b.BaseWidget.MinSize()
	return fyne.NewSize(max(m.Width, b.look.u(target)), max(m.Height, b.look.u(target)))
}

// beside puts a button's icon right before its text, and both into the middle.
type beside struct{ b *button }

func (p *beside) Layout(o []fyne.CanvasObject, size fyne.Size) {
	l := p.b.look
	icon, edge := l.u(p.b.size*1.15), l.u(8)
	if size.Width < l.u(120) {
		icon, edge = l.u(p.b.size*0.8), l.u(4)
	}
	text := max(l.width(bold, p.b.text, l.u(p.b.size)), l.width(regular, p.b.under, l.u(p.b.size*0.72)))
	text = min(text, size.Width-icon-3*edge)
	at := (size.Width - icon - edge - text) / 2
	o[0].Resize(fyne.NewSquareSize(icon))
	o[0].Move(fyne.NewPos(at, (size.Height-icon)/2))
	o[1].Resize(fyne.NewSize(text, size.Height))
	o[1].Move(fyne.NewPos(at+icon+edge, 0))
}

func (p *beside) MinSize(o []fyne.CanvasObject) fyne.Size {
	l := p.b.look
	return o[1].MinSize().AddWidthHeight(l.u(p.b.size*0.8)+l.u(12), 0)
}

type buttonRenderer struct {
	b       *button
	ground  *canvas.Rectangle
	inside  *fyne.Container
	objects []fyne.CanvasObject
}

func (r *buttonRenderer) Layout(s fyne.Size) {
	r.ground.Resize(s)
	r.inside.Resize(s)
}
func (r *buttonRenderer) MinSize() fyne.Size           { return r.inside.MinSize() }
func (r *buttonRenderer) Refresh()                     { r.ground.Refresh(); r.inside.Refresh() }
func (r *buttonRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *buttonRenderer) Destroy()                     {}
