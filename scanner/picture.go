package scanner

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // photographs and screenshots come in all of these
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"os"

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

// headSize is how much of a file is looked at for its size and its EXIF orientation: the
// EXIF block of a JPEG ends within 64 KiB, and what stands before it is small.
const headSize = 128 << 10

// DecodeFile reads every QR code of a picture file, which a camera's EXIF orientation
// turns upright first. Errors: ErrFormat, ErrTooLarge, ErrNoCode, os.ErrNotExist.
func DecodeFile(path string) ([]Scan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	defer f.Close()
	scans, err := DecodeReader(f)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	return scans, nil
}

// DecodeReader reads every QR code of a picture. Errors: ErrFormat, ErrTooLarge,
// ErrNoCode.
func DecodeReader(r io.Reader) ([]Scan, error) {
	in := bufio.NewReaderSize(r, headSize)
	head, _ := in.Peek(headSize) // a short file is what the decoder will say it is
	if isHEIF(head) {
		return nil, fmt.Errorf("%w: a HEIC or AVIF photograph; save it as JPEG first (on the telephone: camera format \"most compatible\")", ErrFormat)
	}
	cfg, kind, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return nil, fmt.Errorf("%w: %w (JPEG, PNG, GIF, BMP and WebP are)", ErrFormat, err)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width > MaxPixels/cfg.Height {
		return nil, fmt.Errorf("%w: %d × %d pixels, at most %d million in all", ErrTooLarge, cfg.Width, cfg.Height, MaxPixels/1_000_000)
	}
	turn := orientation(head)
	img, _, err := image.Decode(in)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, kind, err)
	}
	return Decode(context.Background(), upright(img, turn), Options{})
}

// isHEIF tells the box file of HEIC and AVIF photographs by its brand (ISO/IEC 23008-12).
func isHEIF(head []byte) bool {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return false
	}
	switch string(head[8:12]) {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}
