package scanner

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // photographs and screenshots come in all of these
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"os"

	"github.com/makiuchi-d/gozxing"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode"
	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
)

// Errors of reading pictures. Test with errors.Is.
var (
	ErrFormat   = errors.New("not a picture that can be read")
	ErrTooLarge = errors.New("the picture is too large")
	ErrNoCode   = errors.New("no code was found in the picture")
)

// MaxPixels is the largest picture that is decoded.
const MaxPixels = 50_000_000

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Code is one code found in a picture.
type Code struct {
	Text    string
	Corners []Point // finder centres and, where it was found, the alignment pattern
}

// DecodeFile reads every QR code of a picture file. Errors: ErrFormat, ErrTooLarge,
// ErrNoCode, os.ErrNotExist.
func DecodeFile(path string) ([]Code, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	defer f.Close()
	codes, err := DecodeReader(f)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	return codes, nil
}

// DecodeReader reads every QR code of a picture. Errors: ErrFormat, ErrTooLarge,
// ErrNoCode.
func DecodeReader(r io.Reader) ([]Code, error) {
	var head bytes.Buffer
	in := bufio.NewReader(r)
	cfg, kind, err := image.DecodeConfig(io.TeeReader(in, &head))
	if err != nil {
		return nil, fmt.Errorf("%w: %w (JPEG, PNG, GIF, BMP and WebP are; a HEIC photograph must be saved as JPEG first)", ErrFormat, err)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > MaxPixels/cfg.Height {
		return nil, fmt.Errorf("%w: %d × %d pixels, at most %d million in all", ErrTooLarge, cfg.Width, cfg.Height, MaxPixels/1_000_000)
	}
	img, _, err := image.Decode(io.MultiReader(&head, in))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, kind, err)
	}
	return Decode(img)
}

// Decode reads every QR code of a picture. Error: ErrNoCode.
func Decode(img image.Image) (codes []Code, err error) {
	// The decoder can panic on noise that looks like a symbol.
	defer func() {
		if r := recover(); r != nil {
			codes, err = nil, fmt.Errorf("%w: %v", ErrNoCode, r)
		}
	}()
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, binarizer := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		bitmap, err := gozxing.NewBinaryBitmap(binarizer(gozxing.NewLuminanceSourceFromImage(img)))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoCode, err)
		}
		found, err := multi.NewQRCodeMultiReader().DecodeMultiple(bitmap, hints)
		if err != nil || len(found) == 0 {
			continue
		}
		for _, f := range found {
			c := Code{Text: f.GetText()}
			for _, p := range f.GetResultPoints() {
				c.Corners = append(c.Corners, Point{p.GetX(), p.GetY()})
			}
			codes = append(codes, c)
		}
		return codes, nil
	}
	return nil, ErrNoCode
}
