package scanner_test

import (
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"dapilgate/scanner"
	"dapilgate/scanner/gen"
)

// TestNothingIsMadeUp: a text that is not in the picture is never read. Frames of the
// generator are damaged further, until most can't be read: turned, torn, in noise, too bright
// or too dark. DAPILGATE_FALSE is how many are tried (default 100; 10,000 take ten minutes).
func TestNothingIsMadeUp(t *testing.T) {
	frames := 100
	if s := os.Getenv("DAPILGATE_FALSE"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("DAPILGATE_FALSE=%s", s)
		}
		frames = n
	}
	const width, height, each = 640, 480, 25
	rng := rand.New(rand.NewPCG(2024, 214))
	var d scanner.Decoder
	classes := gen.Classes()
	read, without := 0, 0
	frame := image.NewGray(image.Rect(0, 0, width, height))
	for n := 0; n < frames; n += each {
		class := classes[n/each%len(classes)]
		img, truth, err := gen.Frame(class, 1+n/each%gen.Steps, 900_000+n, width, height)
		if err != nil {
			t.Fatal(err)
		}
		for range min(each, frames-n) {
			worse(frame, img, rng)
			without++
			for _, s := range d.Decode(frame, scanner.Options{}) {
				if s.Text != truth.Text {
					t.Errorf("%s, frame %d: read %q, which is not there", class, n, s.Text)
				}
				read++
				without--
			}
		}
	}
	t.Logf("%d frames, %d read, %d not", frames, read, without)
	if read == 0 || without == 0 {
		t.Error(fmt.Errorf("the frames are too easy or too hard to show anything: %d read, %d not", read, without))
	}
}

// worse draws a picture with more damage: a quarter turn, noise, another exposure, torn
// stripes, and dirt of the size of modules.
func worse(dst, src *image.Gray, rng *rand.Rand) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	turn, noise, gain, offset := rng.IntN(2), rng.IntN(60), 0.3+rng.Float64(), rng.IntN(80)-40
	for y := range h {
		for x := range w {
			sx, sy := x, y
			if turn == 1 {
				sx, sy = w-1-x, h-1-y
			}
			v := int(gain*float64(src.Pix[sy*src.Stride+sx])) + offset
			if noise > 0 {
				v += rng.IntN(2*noise) - noise
			}
			dst.Pix[y*dst.Stride+x] = uint8(min(max(v, 0), 255))
		}
	}
	for range rng.IntN(12) {
		at := image.Pt(rng.IntN(w), rng.IntN(h))
		size := image.Pt(2+rng.IntN(40), 2+rng.IntN(12))
		shade := uint8(rng.IntN(256))
		r := image.Rectangle{at, at.Add(size)}.Intersect(dst.Rect)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				dst.Pix[y*dst.Stride+x] = shade
			}
		}
	}
}
