package scanner

import (
	"context"
	"image"
	"time"
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
	scans []Scan
}

// Decode reads the codes of a frame. The scans are the caller's until the next call.
func (d *Decoder) Decode(frame *image.Gray, o Options) []Scan {
	d.scans = append(d.scans[:0], plain(frame)...)
	if o.Most > 0 && len(d.scans) > o.Most {
		d.scans = d.scans[:o.Most]
	}
	return d.scans
}

// Decode reads every QR code of a picture. Errors: ErrNoCode, and the context's.
func Decode(ctx context.Context, img image.Image, o Options) ([]Scan, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var d Decoder
	scans := d.Decode(gray(img), o)
	if len(scans) == 0 {
		return nil, ErrNoCode
	}
	return scans, nil
}
