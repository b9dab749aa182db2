package kiosk

import (
	"image"
	"image/color"

	"dapilgate/app/words"
	"dapilgate/labels"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// sheetPicture is a page to look at. On the first sheet, which can be part-used, the places
// are drawn: those that are used up are numbered, and a touch on any of them makes the
// print begin there.
type sheetPicture struct {
	widget.BaseWidget
	look    *look
	picture image.Image
	stock   labels.Stock
	start   int // place of the first sticker; 0: no place can be chosen on this page
	begin   func(place int)
}

func newSheetPicture(x *labelsScreen) *sheetPicture {
	p := &sheetPicture{look: x.s.look, picture: x.page.Picture, stock: x.stock, begin: func(place int) {
		x.start = place
		x.ask()
	}}
	if x.page.Number == 1 && x.stock.PerPage() > 1 {
		p.start = max(1, x.start)
	}
	p.ExtendBaseWidget(p)
	return p
}

// paper is where the page lies in a widget of a size, and the size of a millimetre.
func (p *sheetPicture) paper(size fyne.Size) (at fyne.Position, paper fyne.Size, mm float32) {
	b := p.picture.Bounds()
	scale := min(size.Width/float32(b.Dx()), size.Height/float32(b.Dy()))
	paper = fyne.NewSize(float32(b.Dx())*scale, float32(b.Dy())*scale)
	return fyne.NewPos((size.Width-paper.Width)/2, (size.Height-paper.Height)/2), paper, paper.Width / float32(p.stock.Page[0])
}

// spot is where a place of the sheet, from 1, lies in a widget of a size.
func (p *sheetPicture) spot(n int, size fyne.Size) (fyne.Position, fyne.Size) {
	at, _, mm := p.paper(size)
	row, column := float32((n-1)/p.stock.Columns), float32((n-1)%p.stock.Columns)
	x := float32(p.stock.Left) + column*float32(p.stock.PitchX)
	y := float32(p.stock.Top) + row*float32(p.stock.PitchY)
	return at.AddXY(x*mm, y*mm), fyne.NewSize(float32(p.stock.Label[0])*mm, float32(p.stock.Label[1])*mm)
}

// Tapped chooses the place that was touched.
func (p *sheetPicture) Tapped(e *fyne.PointEvent) {
	if p.start == 0 {
		return
	}
	for n := 1; n <= p.stock.PerPage(); n++ {
		at, s := p.spot(n, p.Size())
		if d := e.Position.Subtract(at); d.X >= 0 && d.Y >= 0 && d.X < s.Width && d.Y < s.Height {
			p.begin(n)
			return
		}
	}
}

// CreateRenderer draws the page, and its places where one can be chosen.
func (p *sheetPicture) CreateRenderer() fyne.WidgetRenderer {
	img := canvas.NewImageFromImage(p.picture)
	img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
	r := &sheetRenderer{p: p, objects: []fyne.CanvasObject{img}}
	for n := 1; p.start > 0 && n <= p.stock.PerPage(); n++ {
		place := canvas.NewRectangle(color.Transparent)
		place.StrokeColor, place.StrokeWidth = p.look.line, p.look.u(1.5)
		var number fyne.CanvasObject = canvas.NewRectangle(color.Transparent)
		if n < p.start {
			place.FillColor = usedPlace.ground
			number = p.look.text1(words.Number(n), 40, bold, usedPlace.ink).centred()
		}
		r.objects = append(r.objects, place, number)
	}
	return r
}

// usedPlace is a place of the sheet whose label was taken off before.
var usedPlace = tone{rgb(0x101418), rgb(0xc8c6bc)}

type sheetRenderer struct {
	p       *sheetPicture
	objects []fyne.CanvasObject // the page; of each place its outline and its number
}

func (r *sheetRenderer) Layout(size fyne.Size) {
	r.objects[0].Resize(size)
	for i, o := range r.objects[1:] {
		at, s := r.p.spot(i/2+1, size)
		o.Move(at)
		o.Resize(s)
	}
}

func (r *sheetRenderer) MinSize() fyne.Size           { return fyne.NewSquareSize(r.p.look.u(target)) }
func (r *sheetRenderer) Refresh()                     { r.Layout(r.p.Size()) }
func (r *sheetRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *sheetRenderer) Destroy()                     {}
