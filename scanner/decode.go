package scanner

import (
	"context"
	"image"
	"time"

	"dapilgate/scanner/internal/qr"
)

// Options say how hard a picture is to be read. The zero Options read every code of a
// photograph and take the time that needs.
type Options struct {
	Most   int           // stop at so many codes; 0: all
	Budget time.Duration // stop looking after so long, with what was found; 0: no limit
}

// Decoder reads the frames of a camera, one after the other. It remembers where the last
// code was, and keeps its memory: a frame of the size of the one before allocates nothing
// but the text of a code that was not seen lately. The zero Decoder is ready; it serves one
// goroutine.
type Decoder struct {
	reader qr.Reader
	scans  []Scan
	dull   int // frames without a code, in a row
}

// Decode reads the codes of a frame. The scans are the caller's until the next call.
func (d *Decoder) Decode(frame *image.Gray, o Options) []Scan {
	d.scans = d.scans[:0]
	w, h := frame.Rect.Dx(), frame.Rect.Dy()
	if w <= 0 || h <= 0 {
		return nil
	}
	// Codes in white on black are rare: where time is short every fourth frame that shows
	// nothing else is searched for them.
	e := qr.Effort{Most: o.Most, Hard: o.Budget <= 0 || d.hard()}
	if o.Budget > 0 {
		e.Until = time.Now().Add(o.Budget)
	}
	pix := frame.Pix[frame.PixOffset(frame.Rect.Min.X, frame.Rect.Min.Y):]
	for _, s := range d.reader.Read(qr.Plane{Pix: pix, Stride: frame.Stride, W: w, H: h}, e) {
		scan := Scan{Text: s.Text}
		for i, c := range s.Corners {
			scan.Corners[i] = Point(c)
		}
		d.scans = append(d.scans, scan)
	}
	d.dull++
	if len(d.scans) > 0 {
		d.dull = 0
	}
	return d.scans
}

// hard tells whether the next frame is worth more time: each fourth in a row that shows
// nothing.
func (d *Decoder) hard() bool { return d.dull%4 == 3 }

// Decode reads every QR code of a picture. Errors: ErrNoCode, and the context's.
func Decode(ctx context.Context, img image.Image, o Options) ([]Scan, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if until, ok := ctx.Deadline(); ok {
		left := max(time.Until(until), 1)
		if o.Budget <= 0 || o.Budget > left {
			o.Budget = left
		}
	}
	var d Decoder
	picture := gray(img)
	scans := d.Decode(picture, o)
	if len(scans) == 0 && ctx.Err() == nil {
		scans = plain(picture)
	}
	if len(scans) == 0 {
		return nil, ErrNoCode
	}
	if o.Most > 0 && len(scans) > o.Most {
		scans = scans[:o.Most]
	}
	return scans, nil
}
