package scanner_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math"
	"testing"
	"time"

	"dapilgate/scanner"
	"dapilgate/scanner/gen"
)

// TestFrames: the mildest frames of every kind are read, by one decoder, with the corners
// where the code is; where there is none, nothing is read.
func TestFrames(t *testing.T) {
	var d scanner.Decoder
	for _, class := range gen.Classes() {
		img, truth, err := gen.Frame(class, 1, 1, 960, 540)
		if err != nil {
			t.Fatal(err)
		}
		got := d.Decode(img, scanner.Options{Most: 1})
		if truth.Text == "" {
			if len(got) > 0 {
				t.Errorf("%s: it reads %q", class, got[0].Text)
			}
			continue
		}
		if len(got) != 1 || got[0].Text != truth.Text {
			t.Errorf("%s: %+v, want %q", class, got, truth.Text)
			continue
		}
		for i, c := range got[0].Corners {
			if far := math.Hypot(c.X-truth.Corners[i].X, c.Y-truth.Corners[i].Y); far > 6 {
				t.Errorf("%s: corner %d is %.1f pixels off", class, i, far)
			}
		}
	}
}

// TestNothingFalse: what is read is in the picture, however bad that is.
func TestNothingFalse(t *testing.T) {
	var d scanner.Decoder
	for _, class := range gen.Classes() {
		for _, step := range []int{2, gen.Steps} {
			img, truth, err := gen.Frame(class, step, 2, 320, 240)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range d.Decode(img, scanner.Options{}) {
				if s.Text != truth.Text {
					t.Errorf("%s, step %d: it reads %q", class, step, s.Text)
				}
			}
		}
	}
}

// sheet is a page of 2 × 4 codes.
func sheet(t testing.TB) (*image.Gray, map[string]bool) {
	page := image.NewGray(image.Rect(0, 0, 1000, 1500))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	want := map[string]bool{}
	for i := range 8 {
		text := labelText[:len(labelText)-1] + fmt.Sprint(i)
		c := code(t, text)
		draw.Draw(page, c.Rect.Add(image.Pt(60+i%2*480, 40+i/2*360)), c, image.Point{}, draw.Src)
		want[text] = true
	}
	return page, want
}

func TestDecodeReadsASheet(t *testing.T) {
	page, want := sheet(t)
	got, err := scanner.Decode(t.Context(), page, scanner.Options{})
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d codes of %d: %v", len(got), len(want), err)
	}
	for _, s := range got {
		if !want[s.Text] {
			t.Errorf("it reads %q", s.Text)
		}
		delete(want, s.Text)
	}
	if got, err := scanner.Decode(t.Context(), page, scanner.Options{Most: 2}); err != nil || len(got) != 2 {
		t.Errorf("at most two: %d, %v", len(got), err)
	}
}

// TestDecoderFollows: a code that moves, leaves and comes back is read in every frame that
// shows it, and another one beside it is not overlooked.
func TestDecoderFollows(t *testing.T) {
	var d scanner.Decoder
	c := code(t, labelText)
	frame := image.NewGray(image.Rect(0, 0, 800, 600))
	show := func(at ...image.Point) int {
		draw.Draw(frame, frame.Rect, image.White, image.Point{}, draw.Src)
		for _, p := range at {
			draw.Draw(frame, c.Rect.Add(p), c, image.Point{}, draw.Src)
		}
		return len(d.Decode(frame, scanner.Options{}))
	}
	for i, tt := range []struct {
		at []image.Point
	}{
		{[]image.Point{{0, 0}}}, {[]image.Point{{30, 20}}}, {[]image.Point{{400, 300}}}, {nil}, {[]image.Point{{420, 310}}},
		{[]image.Point{{420, 310}, {20, 30}}}, {[]image.Point{{420, 310}, {20, 30}}}, {nil},
	} {
		if n := show(tt.at...); n != len(tt.at) {
			t.Errorf("frame %d: %d codes, want %d", i, n, len(tt.at))
		}
	}
}

func TestDecoderAllocatesNothing(t *testing.T) {
	var d scanner.Decoder
	img, _, err := gen.Frame("nominal", 1, 3, 480, 360)
	if err != nil {
		t.Fatal(err)
	}
	o := scanner.Options{Most: 1, Budget: time.Hour}
	if len(d.Decode(img, o)) != 1 {
		t.Fatal("it is not read")
	}
	if n := testing.AllocsPerRun(10, func() { d.Decode(img, o) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

// TestDecoderTakesParts: a part of a picture, as image.SubImage gives it.
func TestDecoderTakesParts(t *testing.T) {
	page, _ := sheet(t)
	part, ok := page.SubImage(image.Rect(540, 400, 800, 640)).(*image.Gray)
	if !ok {
		t.Fatal("no grey picture")
	}
	var d scanner.Decoder
	got := d.Decode(part, scanner.Options{})
	if len(got) != 1 || got[0].Corners[0].X < 0 || got[0].Corners[2].X > 260 {
		t.Errorf("%+v", got)
	}
	if got := d.Decode(image.NewGray(image.Rectangle{}), scanner.Options{}); len(got) != 0 {
		t.Errorf("an empty picture: %+v", got)
	}
}

func TestDecodeHonoursItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := scanner.Decode(ctx, code(t, labelText), scanner.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
