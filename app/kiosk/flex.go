package kiosk

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// cell is one part of a row or a column: of a fixed length, or of a share of what is left.
type cell struct {
	o     fyne.CanvasObject
	fixed float32 // in the window's pixels; 0 with share 0: what the object needs at least
	share float32
}

// fix is a part of a length in design pixels.
func (l *look) fix(px float32, o fyne.CanvasObject) cell { return cell{o: o, fixed: l.u(px)} }

// grow is a part that takes a share of what is left.
func grow(share float32, o fyne.CanvasObject) cell { return cell{o: o, share: share} }

// need is a part as long as its object asks for.
func need(o fyne.CanvasObject) cell { return cell{o: o} }

// gap is empty room.
func (l *look) gap(px float32) cell { return l.fix(px, canvas.NewRectangle(color.Transparent)) }

// rest is empty room that takes what is left.
func rest() cell { return grow(1, canvas.NewRectangle(color.Transparent)) }

// flex lays parts out in a line, each as broad as the container.
type flex struct {
	cells []cell
	gap   float32
	down  bool
}

func (l *look) col(gap float32, cells ...cell) *fyne.Container { return l.flex(true, gap, cells) }
func (l *look) row(gap float32, cells ...cell) *fyne.Container { return l.flex(false, gap, cells) }

func (l *look) flex(down bool, gap float32, cells []cell) *fyne.Container {
	c := container.New(&flex{cells: cells, gap: l.u(gap), down: down})
	for _, x := range cells {
		c.Add(x.o)
	}
	return c
}

// along is the length of a size in the line's direction, across its other one.
func (f *flex) along(s fyne.Size) (along, across float32) {
	if f.down {
		return s.Height, s.Width
	}
	return s.Width, s.Height
}

func (f *flex) size(along, across float32) fyne.Size {
	if f.down {
		return fyne.NewSize(across, along)
	}
	return fyne.NewSize(along, across)
}

func (f *flex) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	total, across := f.along(size)
	left, shares := total-f.gap*float32(len(f.cells)-1), float32(0)
	for _, c := range f.cells {
		shares += c.share
		if c.share == 0 {
			left -= f.length(c)
		}
	}
	at := float32(0)
	for _, c := range f.cells {
		n := f.length(c)
		if c.share > 0 {
			n = max(0, left*c.share/shares)
		}
		c.o.Resize(f.size(n, across))
		p := f.size(at, 0)
		c.o.Move(fyne.NewPos(p.Width, p.Height))
		at += n + f.gap
	}
}

// length is the length of a cell that takes no share.
func (f *flex) length(c cell) float32 {
	if c.fixed > 0 || c.share > 0 {
		return c.fixed
	}
	n, _ := f.along(c.o.MinSize())
	return n
}

func (f *flex) MinSize([]fyne.CanvasObject) fyne.Size {
	var total, across float32
	for i, c := range f.cells {
		n, a := f.along(c.o.MinSize())
		if c.fixed > 0 {
			n = c.fixed
		}
		total, across = total+n, max(across, a)
		if i > 0 {
			total += f.gap
		}
	}
	return f.size(total, across)
}

// inset keeps a distance to the edges.
func (l *look) inset(px float32, o fyne.CanvasObject) *fyne.Container {
	return l.row(0, l.gap(px), grow(1, l.col(0, l.gap(px), grow(1, o), l.gap(px))), l.gap(px))
}

// on lays something on a ground.
func (l *look) on(ground color.Color, radius float32, o fyne.CanvasObject) *fyne.Container {
	r := canvas.NewRectangle(ground)
	r.CornerRadius = l.u(radius)
	return container.NewStack(r, o)
}

// panelOf is a field on the page.
func (l *look) panelOf(o fyne.CanvasObject) *fyne.Container {
	return l.on(l.panel.ground, 12, l.inset(16, o))
}

// table lays objects of one size out in rows and columns, with gaps in design pixels.
// Missing ones leave their places empty, so that a page that is not full looks like one
// that is.
func (l *look) table(columns, rows int, gap float32, objects []fyne.CanvasObject) *fyne.Container {
	var down []cell
	for r := range rows {
		var across []cell
		for c := range columns {
			if i := r*columns + c; i < len(objects) {
				across = append(across, grow(1, objects[i]))
			} else {
				across = append(across, rest())
			}
		}
		down = append(down, grow(1, l.row(gap, across...)))
	}
	return l.col(gap, down...)
}

// layers lie over each other.
func (l *look) layers(o ...fyne.CanvasObject) *fyne.Container { return container.NewStack(o...) }

// shares gives an object a share of the width, from the left.
func (l *look) shares(o fyne.CanvasObject, share float32) *fyne.Container {
	return container.New(portion(share), o)
}

type portion float32

func (p portion) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(fyne.NewSize(size.Width*float32(p), size.Height))
	}
}

func (p portion) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }
