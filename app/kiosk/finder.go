package kiosk

import (
	"image"
	"image/color"
	"math"
	"sync/atomic"

	"dapilgate/scanner"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// finder is the viewfinder: what a camera sees, with the codes outlined. It takes a new
// frame when the one before is on the screen, so frames never wait for the window, nor the
// window for them. It draws into two frames in turn: the one on the screen is left alone.
type finder struct {
	do     func(func())
	image  *canvas.Image
	frames [2]scanner.Frame
	next   int         // frame to be drawn into; the camera's while busy
	busy   atomic.Bool // a frame is being drawn, or on its way to the screen
	on     atomic.Bool // somebody looks
	source atomic.Value

	used bool // by the screen that is being built
}

var _ scanner.Viewer = (*finder)(nil)

func newFinder(do func(func())) *finder {
	f := &finder{do: do, image: canvas.NewImageFromImage(image.NewRGBA(image.Rect(0, 0, 4, 3)))}
	f.image.FillMode, f.image.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleFastest
	f.source.Store("")
	return f
}

// object is the picture, for a screen to show.
func (f *finder) object() fyne.CanvasObject {
	f.used = true
	return container.NewStack(canvas.NewRectangle(color.Black), f.image)
}

// wanted tells whether the shown screen shows the picture.
func (f *finder) wanted() bool { return f.on.Load() }

// watch looks through the cameras while a screen shows the picture.
func (f *finder) watch(h *scanner.Hub) {
	if h == nil || f.used == f.on.Load() {
		return
	}
	if f.on.Store(f.used); f.used {
		f.source.Store("")
		h.View(f)
	} else {
		h.View(nil)
	}
}

// Room is scanner.Viewer's. Of several cameras the first that sends a frame is shown.
func (f *finder) Room(source string) *scanner.Frame {
	if !f.on.Load() || !f.busy.CompareAndSwap(false, true) {
		return nil
	}
	if f.source.CompareAndSwap("", source); f.source.Load() != source {
		f.busy.Store(false)
		return nil
	}
	return &f.frames[f.next]
}

// Show is scanner.Viewer's.
func (f *finder) Show(x *scanner.Frame) {
	for _, c := range x.Codes {
		outline(x.Image, c)
	}
	f.do(func() {
		f.image.Image = x.Image
		f.image.Refresh()
		f.next = 1 - f.next
		f.busy.Store(false)
	})
}

// outline draws the four sides of a code, with a dark rim so that it is seen on white
// paper and on brown board.
func outline(img *image.RGBA, c [4]scanner.Point) {
	const ink, rim = 2, 4
	for _, pen := range []struct {
		half   int
		colour color.RGBA
	}{{rim, color.RGBA{0, 0, 0, 255}}, {ink, color.RGBA{0xff, 0xc4, 0, 255}}} {
		for i, p := range c {
			q := c[(i+1)%len(c)]
			steps := min(2000, 1+int(math.Hypot(q.X-p.X, q.Y-p.Y)))
			for s := range steps + 1 {
				t := float64(s) / float64(steps)
				x, y := int(p.X+(q.X-p.X)*t), int(p.Y+(q.Y-p.Y)*t)
				dot := image.Rect(x-pen.half, y-pen.half, x+pen.half+1, y+pen.half+1).Intersect(img.Rect)
				for y := dot.Min.Y; y < dot.Max.Y; y++ {
					for x := dot.Min.X; x < dot.Max.X; x++ {
						img.SetRGBA(x, y, pen.colour)
					}
				}
			}
		}
	}
}
