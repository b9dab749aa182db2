// Package cameratest draws what a camera at a dock sees, for tests: boxes with labels that
// are carried past, as frames, as a recorded clip, and as a network camera's stream.
package cameratest

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/skip2/go-qrcode"
)

// Walk is boxes that are carried past a camera one after the other. Each is in view for
// InView frames, from the left edge to the right, and Gap frames show none.
type Walk struct {
	Width, Height int
	Texts         []string // the labels' codes, a box each
	InView, Gap   int
	Module        float64 // of the codes, in pixels
	Quality       int     // of the JPEGs
}

// Len is the number of frames.
func (w Walk) Len() int { return len(w.Texts)*(w.InView+w.Gap) + w.Gap }

// Box tells which box frame i shows; -1: none.
func (w Walk) Box(i int) int {
	if i -= w.Gap; i < 0 || i%(w.InView+w.Gap) >= w.InView {
		return -1
	}
	return min(i/(w.InView+w.Gap), len(w.Texts)-1)
}

// Whole tells whether all of a box's label is in frame i.
func (w Walk) Whole(i int) bool {
	const modules = 57 // a label's, with its quiet zone
	left := w.middle(i) - w.Module*modules/2
	return w.Box(i) >= 0 && left >= 0 && left+w.Module*modules <= float64(w.Width)
}

// middle is where the box's middle is in frame i, in pixels from the left.
func (w Walk) middle(i int) float64 {
	return (float64((i-w.Gap)%(w.InView+w.Gap)) + 0.5) / float64(w.InView) * float64(w.Width)
}

// Frame draws frame i; the same i gives the same picture.
func (w Walk) Frame(i int) (*image.Gray, error) {
	img := image.NewGray(image.Rect(0, 0, w.Width, w.Height))
	r := rand.New(rand.NewPCG(uint64(i), 7))
	for y := range w.Height { // a hall, darker to one side, and the camera's noise
		for x := range w.Width {
			img.Pix[y*img.Stride+x] = uint8(70 + 60*x/w.Width + 20*y/w.Height + int(r.Uint32()%9))
		}
	}
	box := w.Box(i)
	if box < 0 {
		return img, nil
	}
	q, err := qrcode.New(w.Texts[box], qrcode.High)
	if err != nil {
		return nil, fmt.Errorf("frame %d: %w", i, err)
	}
	q.DisableBorder = true
	bits := q.Bitmap()
	// The box goes from edge to edge and swings a little.
	angle := 0.12 * math.Sin(float64(i)*0.7+float64(box))
	size := w.Module * float64(len(bits)+8)
	cx, cy := w.middle(i), float64(w.Height)/2+0.08*float64(w.Height)*math.Sin(float64(i)*0.4)
	sin, cos := math.Sincos(angle)
	for y := range w.Height {
		for x := range w.Width {
			// Where the pixel is on the box, in modules from the code's corner.
			dx, dy := float64(x)-cx, float64(y)-cy
			u, v := (dx*cos+dy*sin)/w.Module+float64(len(bits))/2, (dy*cos-dx*sin)/w.Module+float64(len(bits))/2
			half := 0.9 * size / w.Module
			if math.Abs(u-float64(len(bits))/2) > half || math.Abs(v-float64(len(bits))/2) > half {
				continue
			}
			p := &img.Pix[y*img.Stride+x]
			switch mx, my := int(math.Floor(u)), int(math.Floor(v)); {
			case mx < -4 || my < -4 || mx >= len(bits)+4 || my >= len(bits)+4: // cardboard
				*p = uint8(120 + int(r.Uint32()%9))
			case mx >= 0 && my >= 0 && mx < len(bits) && my < len(bits) && bits[my][mx]:
				*p = uint8(30 + int(r.Uint32()%9))
			default:
				*p = uint8(205 + int(r.Uint32()%9))
			}
		}
	}
	return img, nil
}

// JPEG is frame i as a camera sends it: in colours, though it has none.
func (w Walk) JPEG(i int) ([]byte, error) {
	g, err := w.Frame(i)
	if err != nil {
		return nil, err
	}
	m := image.NewYCbCr(g.Rect, image.YCbCrSubsampleRatio420)
	copy(m.Y, g.Pix)
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = 122, 134 // cardboard's warmth
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: w.Quality}); err != nil {
		return nil, fmt.Errorf("frame %d: %w", i, err)
	}
	return b.Bytes(), nil
}

// Clip is the whole walk as a file of JPEGs one after the other.
func (w Walk) Clip() ([]byte, error) {
	var out []byte
	for i := range w.Len() {
		b, err := w.JPEG(i)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return out, nil
}

// Camera is a network camera that sends the frames that it is given, over and over.
type Camera struct {
	Rate int // frames a second

	mu     sync.Mutex
	frames [][]byte
	at     int
	// Sent is told of each frame before it is sent: its number among the frames, and when.
	// It may be nil.
	Sent func(i int, at time.Time)
}

// Show has the camera see other frames from now on.
func (c *Camera) Show(frames [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frames, c.at = frames, 0
}

func (c *Camera) next() (int, []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.frames) == 0 {
		return 0, nil
	}
	i := c.at % len(c.frames)
	c.at++
	return i, c.frames[i]
}

// ServeHTTP sends MJPEG until its reader goes.
func (c *Camera) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const boundary = "frame"
	w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+boundary)
	tick := time.NewTicker(time.Second / time.Duration(c.Rate))
	defer tick.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
		i, b := c.next()
		if b == nil {
			continue
		}
		if c.Sent != nil {
			c.Sent(i, time.Now())
		}
		if _, err := fmt.Fprintf(w, "--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", boundary, len(b)); err != nil {
			return
		}
		if _, err := w.Write(append(b[:len(b):len(b)], "\r\n"...)); err != nil {
			return
		}
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
	}
}
