package scanner

import (
	"context"
	"image"
)

// Options say how hard a picture is to be read. The zero Options read every code of a
// photograph and take the time that needs.
type Options struct {
	Most int // stop at so many codes; 0: all
}

// Decode reads every QR code of a picture. Errors: ErrNoCode, and the context's.
func Decode(ctx context.Context, img image.Image, o Options) ([]Scan, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	scans := plain(gray(img))
	if len(scans) == 0 {
		return nil, ErrNoCode
	}
	if o.Most > 0 && len(scans) > o.Most {
		scans = scans[:o.Most]
	}
	return scans, nil
}
