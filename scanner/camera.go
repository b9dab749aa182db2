package scanner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// CameraOptions say how a camera is used.
type CameraOptions struct {
	Width, Height int // wanted of a local camera, in pixels; 0: 1280 × 720
	Rate          int // frames a second that are looked at, at most; 0: 20
	// Ours tells the codes that a scan is waited for from others that stand on the same
	// box; nil: all are.
	Ours func(text string) bool
}

// stallTime is how long a camera may send nothing: then it is gone, whatever its cable says.
const stallTime = 900 * time.Millisecond

// lookTime is how long a frame is looked at: the next one may be easier. Every fourth that
// shows nothing is looked at for hardTime: a label that is held still may not get easier. A
// code that is in view is looked for longer, so that a slow machine doesn't take it for gone.
const (
	lookTime  = 33 * time.Millisecond
	hardTime  = 100 * time.Millisecond
	againTime = 500 * time.Millisecond
)

// mostCodes is how many codes of a frame are read: ours on two faces, and other systems'.
const mostCodes = 4

// shot is one picture of a camera: a JPEG, or raw.
type shot struct {
	jpeg []byte
	raw  image.Image
	at   time.Time
}

// footage is an open camera. next waits for the next picture. Closing it ends that.
type footage interface {
	next() (shot, error)
	io.Closer
}

// Camera is a camera that boxes are shown to: local, in the network, or recorded.
type Camera struct {
	name, device string
	kind         Kind
	o            CameraOptions
	open         func(context.Context) (footage, string, error)
	now          func() time.Time
	every        bool // each picture is looked at, in its own time: a clip in a test

	viewer  atomic.Pointer[Viewer]
	outline atomic.Pointer[[][4]Point]

	// The decoder's and the tracker's, one goroutine's.
	decoder Decoder
	track   tracker
	still   still
	inView  bool
}

func newCamera(name, device string, kind Kind, o CameraOptions) *Camera {
	if o.Width == 0 || o.Height == 0 {
		o.Width, o.Height = 1280, 720
	}
	if o.Rate == 0 {
		o.Rate = 20
	}
	return &Camera{name: name, device: device, kind: kind, o: o, now: time.Now, track: tracker{ours: o.Ours}}
}

// Name, Kind and Device are Source's.
func (c *Camera) Name() string   { return c.name }
func (c *Camera) Kind() Kind     { return c.kind }
func (c *Camera) Device() string { return c.device }

// View shows on v what the camera sees; nil ends it.
func (c *Camera) View(v Viewer) {
	if v == nil {
		c.viewer.Store(nil)
		return
	}
	c.viewer.Store(&v)
}

// Run looks at the camera's pictures until it is gone. Three goroutines pass them on, and
// whoever is slow gets the newest: one takes them off the camera, one unpacks and shows
// them, one looks for codes. So neither a hard frame nor a slow window makes frames queue.
func (c *Camera) Run(ctx context.Context, tell func(Event)) error {
	f, device, err := c.open(ctx)
	if err != nil {
		return fmt.Errorf("camera %s: %w", c.device, err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() { f.Close(); close(closed) })
	defer func() { cancel(nil); <-closed }()
	tell(Event{What: Opened, Device: device})
	if c.every {
		err = c.all(ctx, f, tell)
	} else {
		c.newest(ctx, cancel, f, tell)
		err = context.Cause(ctx)
	}
	if errors.Is(err, io.EOF) && c.kind == KindClip {
		err = ErrEnded
	}
	return fmt.Errorf("camera %s: %w", device, err)
}

// all looks at each picture in turn.
func (c *Camera) all(ctx context.Context, f footage, tell func(Event)) error {
	for ctx.Err() == nil {
		s, err := f.next()
		if err != nil {
			return err
		}
		img, err := s.image()
		if err != nil {
			return err
		}
		c.look(s.at, img, tell)
		c.show(img)
	}
	return ctx.Err()
}

// newest looks at the newest picture each time. It returns when ctx is over; cancel says
// why.
func (c *Camera) newest(ctx context.Context, cancel context.CancelCauseFunc, f footage, tell func(Event)) {
	type picture struct {
		img image.Image
		at  time.Time
	}
	taken, unpacked := make(latest[shot], 1), make(latest[picture], 1)
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			s, err := f.next()
			if err != nil {
				cancel(err)
				return
			}
			if s.at.IsZero() {
				s.at = c.now()
			}
			taken.put(s)
		}
	})
	all.Go(func() {
		step := time.Second / time.Duration(c.o.Rate)
		due, good := c.now(), c.now()
		for s, ok := taken.take(ctx); ok; s, ok = taken.take(ctx) {
			if s.at.Before(due.Add(-step / 4)) { // too many come
				continue
			}
			due = due.Add(step)
			if due.Before(s.at) {
				due = s.at
			}
			img, err := s.image()
			if err != nil { // pictures that are damaged on the way are no reason to stop
				if s.at.Sub(good) > 5*stallTime {
					cancel(err)
				}
				continue
			}
			good = s.at
			unpacked.put(picture{img, s.at})
			c.show(img)
		}
	})
	all.Go(func() {
		defer func() { // noise must not end the program
			if p := recover(); p != nil {
				cancel(fmt.Errorf("reading a picture broke down: %v", p))
			}
		}()
		for p, ok := unpacked.take(ctx); ok; p, ok = unpacked.take(ctx) {
			c.look(p.at, p.img, tell)
		}
	})
	all.Wait()
}

// look reads the codes of a picture and tells what comes of them.
func (c *Camera) look(at time.Time, img image.Image, tell func(Event)) {
	g := gray(img)
	var codes []Scan
	if same := c.still.same(at, g.Pix, g.Rect.Dx(), g.Rect.Dy(), g.Stride); !same || c.inView {
		o := Options{Most: mostCodes, Budget: lookTime}
		switch {
		case c.every:
			o.Budget = 0 // a slow machine sees what a fast one does
		case len(c.track.seen) > 0:
			o.Budget = againTime
		case c.decoder.hard():
			o.Budget = hardTime
		}
		codes = c.decoder.Decode(g, o)
	}
	c.inView = len(codes) > 0
	var outline [][4]Point
	for i := range codes {
		outline = append(outline, codes[i].Corners)
	}
	c.outline.Store(&outline)
	before := c.track.several
	scan, several := c.track.frame(at, codes)
	if several != before {
		what := Single
		if several {
			what = Several
		}
		tell(Event{What: what, At: at})
	}
	if scan != nil {
		s := *scan
		s.At, s.Terminator, s.Picture = at, Picture, img
		tell(Event{What: Scanned, At: at, Scan: s})
	}
}

// latest is what one goroutine gives and another takes: the newest, and nothing older.
type latest[T any] chan T

// put is for one goroutine alone.
func (l latest[T]) put(v T) {
	select {
	case <-l:
	default:
	}
	l <- v // there is room: nobody else puts
}

func (l latest[T]) take(ctx context.Context) (v T, ok bool) {
	select {
	case v = <-l:
		return v, ctx.Err() == nil
	case <-ctx.Done():
		return v, false
	}
}

// image unpacks a shot.
func (s shot) image() (image.Image, error) {
	if s.raw != nil {
		return s.raw, nil
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(s.jpeg))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if cfg.Width > MaxPixels/max(cfg.Height, 1) {
		return nil, ErrTooLarge
	}
	img, err := jpeg.Decode(bytes.NewReader(withTables(s.jpeg)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return img, nil
}

// Frame is a camera's picture for the eye, no larger than 640 × 480.
type Frame struct {
	Source string
	Image  *image.RGBA
	Codes  [][4]Point // outlines of the codes that were read lately, in the image's pixels
}

const viewWidth, viewHeight = 640, 480

// show draws a picture for the viewer, where there is one with room for it.
func (c *Camera) show(img image.Image) {
	v := c.viewer.Load()
	if v == nil {
		return
	}
	f := (*v).Room(c.name)
	if f == nil {
		return
	}
	scale := f.draw(img)
	f.Source, f.Codes = c.name, f.Codes[:0]
	if codes := c.outline.Load(); codes != nil {
		for _, corners := range *codes {
			for i := range corners {
				corners[i].X, corners[i].Y = corners[i].X*scale, corners[i].Y*scale
			}
			f.Codes = append(f.Codes, corners)
		}
	}
	(*v).Show(f)
}

// draw draws a picture as large as it fits, in the frame's own memory, and gives the scale.
// It takes the nearest pixel: it is for aiming.
func (f *Frame) draw(img image.Image) (scale float64) {
	b := img.Bounds()
	if b.Empty() {
		return 1
	}
	scale = min(1, float64(viewWidth)/float64(b.Dx()), float64(viewHeight)/float64(b.Dy()))
	w, h := max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))
	if f.Image == nil || f.Image.Rect.Dx() != w || f.Image.Rect.Dy() != h {
		f.Image = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	for y := range h {
		sy := b.Min.Y + y*b.Dy()/h
		row := f.Image.Pix[y*f.Image.Stride:][:4*w]
		switch m := img.(type) {
		case *image.YCbCr:
			for x := range w {
				sx := b.Min.X + x*b.Dx()/w
				ci := m.COffset(sx, sy)
				p := row[4*x : 4*x+4 : 4*x+4]
				p[0], p[1], p[2] = color.YCbCrToRGB(m.Y[m.YOffset(sx, sy)], m.Cb[ci], m.Cr[ci])
				p[3] = 0xff
			}
		case *image.Gray:
			src := m.Pix[m.PixOffset(b.Min.X, sy):]
			for x := range w {
				g := src[x*b.Dx()/w]
				p := row[4*x : 4*x+4 : 4*x+4]
				p[0], p[1], p[2], p[3] = g, g, g, 0xff
			}
		default:
			for x := range w {
				r, g, bl, _ := img.At(b.Min.X+x*b.Dx()/w, sy).RGBA()
				p := row[4*x : 4*x+4 : 4*x+4]
				p[0], p[1], p[2], p[3] = uint8(r>>8), uint8(g>>8), uint8(bl>>8), 0xff
			}
		}
	}
	return scale
}
