package scanner

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// TestUpright: EXIF says of each orientation where the stored picture's first row and
// column belong (EXIF 2.32, 4.6.4 A, tag 274).
func TestUpright(t *testing.T) {
	const w, h = 3, 2
	src := image.NewGray(image.Rect(0, 0, w, h))
	src.SetGray(0, 0, color.Gray{Y: 1})   // begins the first row
	src.SetGray(w-1, 0, color.Gray{Y: 2}) // ends it
	for o, want := range map[int]struct {
		w, h        int
		begin, ends image.Point
	}{
		1: {w, h, image.Pt(0, 0), image.Pt(w-1, 0)},
		2: {w, h, image.Pt(w-1, 0), image.Pt(0, 0)},
		3: {w, h, image.Pt(w-1, h-1), image.Pt(0, h-1)},
		4: {w, h, image.Pt(0, h-1), image.Pt(w-1, h-1)},
		5: {h, w, image.Pt(0, 0), image.Pt(0, w-1)},
		6: {h, w, image.Pt(h-1, 0), image.Pt(h-1, w-1)},
		7: {h, w, image.Pt(h-1, w-1), image.Pt(h-1, 0)},
		8: {h, w, image.Pt(0, w-1), image.Pt(0, 0)},
	} {
		got := upright(src, o)
		if got.Rect.Dx() != want.w || got.Rect.Dy() != want.h || got.GrayAt(want.begin.X, want.begin.Y).Y != 1 || got.GrayAt(want.ends.X, want.ends.Y).Y != 2 {
			t.Errorf("orientation %d: %v %v", o, got.Rect, got.Pix)
		}
	}
}

// withOrientation puts an EXIF segment behind the beginning of a JPEG.
func withOrientation(pic []byte, order binary.AppendByteOrder, mark string, o uint16) []byte {
	tiff := append([]byte(mark), order.AppendUint32(nil, 8)...)
	tiff = order.AppendUint16(tiff, 1)
	tiff = order.AppendUint16(tiff, 274)
	tiff = order.AppendUint16(tiff, 3)
	tiff = order.AppendUint32(tiff, 1)
	tiff = order.AppendUint16(tiff, o)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	segment := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), pic[2:]...)
}

func plainJPEG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOrientation(t *testing.T) {
	pic := plainJPEG(t)
	if got := orientation(pic); got != 1 {
		t.Errorf("without EXIF: %d", got)
	}
	for o := uint16(1); o <= 8; o++ {
		if got := orientation(withOrientation(pic, binary.LittleEndian, "II*\x00", o)); got != int(o) {
			t.Errorf("little-endian %d: %d", o, got)
		}
		if got := orientation(withOrientation(pic, binary.BigEndian, "MM\x00*", o)); got != int(o) {
			t.Errorf("big-endian %d: %d", o, got)
		}
	}
	if got := orientation(withOrientation(pic, binary.BigEndian, "MM\x00*", 9)); got != 1 {
		t.Errorf("an orientation that is none: %d", got)
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(withOrientation(plainJPEG(f), binary.BigEndian, "MM\x00*", 6))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := orientation(b); o < 1 || o > 8 {
			t.Fatalf("orientation %d", o)
		}
	})
}
