package scanner

import (
	"bytes"
	"testing"

	"github.com/blackjack/webcam"
)

// TestYUYV: two pixels in four bytes come out in their colour, at the last pixel too.
func TestYUYV(t *testing.T) {
	m := fromYUYV(bytes.Repeat([]byte{76, 85, 76, 255}, 320*240/2), 320, 240) // red
	var f Frame
	if scale := f.draw(m); scale != 1 {
		t.Errorf("a small picture is scaled by %v", scale)
	}
	if c := f.Image.RGBAAt(319, 239); c.R < 240 || c.G > 20 || c.B > 20 {
		t.Errorf("red is %v", c)
	}
}

// TestNearestSize: of the sizes that a camera offers, the one next to what is wanted; the
// library doesn't say which size the driver took instead of another.
func TestNearestSize(t *testing.T) {
	one := func(w, h uint32) webcam.FrameSize {
		return webcam.FrameSize{MaxWidth: w, MinWidth: w, MaxHeight: h, MinHeight: h}
	}
	steps := webcam.FrameSize{MinWidth: 64, MaxWidth: 4096, StepWidth: 16, MinHeight: 64, MaxHeight: 2160, StepHeight: 2}
	for _, tt := range []struct {
		offered []webcam.FrameSize
		w, h    int
	}{
		{[]webcam.FrameSize{one(640, 480), one(1280, 720), one(1920, 1080)}, 1280, 720},
		{[]webcam.FrameSize{one(640, 480), one(1280, 960)}, 1280, 960},
		{[]webcam.FrameSize{one(320, 240)}, 320, 240},
		{[]webcam.FrameSize{steps}, 1280, 720},
		{[]webcam.FrameSize{{}}, 1280, 720},
		{nil, 1280, 720},
	} {
		if w, h := nearestSize(tt.offered, 1280, 720); w != tt.w || h != tt.h {
			t.Errorf("of %v: %d × %d, want %d × %d", tt.offered, w, h, tt.w, tt.h)
		}
	}
}
