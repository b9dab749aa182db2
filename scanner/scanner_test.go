package scanner_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/scanner"

	"github.com/skip2/go-qrcode"
	"pgregory.net/rapid"
)

// feed types a text and returns the scans that come of it.
func feed(f *scanner.Framer, s string) []string {
	var out []string
	for _, r := range s {
		if scan, done := f.Rune(r); done {
			out = append(out, scan)
		}
	}
	return out
}

func TestFramer(t *testing.T) {
	for _, tt := range []struct{ name, typed, want string }{
		{"one scan", "ABC\r", "ABC"},
		{"two terminators", "ABC\r\n", "ABC"},
		{"two scans", "ABC\rDEF\n", "ABC|DEF"},
		{"tab ends a scan", "ABC\tDEF\r", "ABC|DEF"},
		{"blanks are part of it", "A B C\r", "A B C"},
		{"no terminator, no scan", "ABC", ""},
		{"terminators alone", "\r\r\n\t", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(feed(new(scanner.Framer), tt.typed), "|"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFramerLosesNothing: whatever is typed, the scans are the text between terminators,
// each cut at MaxScan and none missing.
func TestFramerLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringOfN(rapid.RuneFrom([]rune("AB1 \r\n\té")), 0, 60, -1).Draw(t, "typed")
		want := strings.FieldsFunc(typed, func(r rune) bool { return r == '\r' || r == '\n' || r == '\t' })
		var f scanner.Framer
		got := feed(&f, typed)
		if scan, done := f.End(); done {
			got = append(got, scan)
		}
		if strings.Join(got, "|") != strings.Join(want, "|") || f.Len() != 0 {
			t.Fatalf("%q gives %q, want %q, %d left", typed, got, want, f.Len())
		}
	})
}

func TestFramerBoundsAScan(t *testing.T) {
	var f scanner.Framer
	got := feed(&f, strings.Repeat("x", 1<<20)+"\rNEXT\r")
	if len(got) != 2 || len(got[0]) != scanner.MaxScan || got[1] != "NEXT" {
		t.Errorf("%d scans, the first of %d characters", len(got), len(got[0]))
	}
}

// code is a picture of a code, four pixels a module, with its quiet zone.
func code(t testing.TB, text string) *image.Gray {
	t.Helper()
	q, err := qrcode.New(text, qrcode.High)
	if err != nil {
		t.Fatal(err)
	}
	bits := q.Bitmap()
	const px = 4
	img := image.NewGray(image.Rect(0, 0, len(bits)*px, len(bits)*px))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if !bits[y/px][x/px] {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

const labelText = "DG1P2403175061001012V1V0031000401VZEEG6J5SBQ0TCMVFRX7T8XV3AW76KGQ5MPTCJ1HHN92H1905871YV4ED4KYKRBM83KKYR50K29VQ996871Q9WDP7VE0T7DPP01NJ28R4"

func TestDecodeReadsWhatWasDrawn(t *testing.T) {
	img := code(t, labelText)
	var asPNG, asJPEG bytes.Buffer
	if err := png.Encode(&asPNG, img); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&asJPEG, img, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"PNG": asPNG.Bytes(), "JPEG": asJPEG.Bytes()} {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := scanner.DecodeFile(path)
		if err != nil || len(got) != 1 || got[0].Text != labelText || len(got[0].Corners) < 3 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestDecodeReadsSeveral(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 900, 300))
	for i := range page.Pix {
		page.Pix[i] = 255
	}
	want := map[string]bool{}
	for i, text := range []string{"DGC1SETAA", "DGC1UNDBB", "DGC1CLSCC"} {
		c := code(t, text)
		for y := range c.Rect.Dy() {
			for x := range c.Rect.Dx() {
				page.SetGray(40+i*280+x, 60+y, c.GrayAt(x, y))
			}
		}
		want[text] = true
	}
	got, err := scanner.Decode(t.Context(), page, scanner.Options{})
	if err != nil || len(got) != len(want) {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, c := range got {
		if !want[c.Text] {
			t.Errorf("it reads %q, which is not there", c.Text)
		}
	}
}

func TestDecodeRefusesClearly(t *testing.T) {
	if _, err := scanner.DecodeReader(strings.NewReader("\x00\x00\x00\x18ftypheic\x00\x00")); !errors.Is(err, scanner.ErrFormat) || !strings.Contains(err.Error(), "HEIC") {
		t.Errorf("a HEIC photograph: %v", err)
	}
	if _, err := scanner.DecodeReader(strings.NewReader("")); !errors.Is(err, scanner.ErrFormat) {
		t.Errorf("nothing: %v", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	if _, err := scanner.DecodeReader(bytes.NewReader(b.Bytes())); !errors.Is(err, scanner.ErrNoCode) {
		t.Errorf("a black square: %v", err)
	}
	if _, err := scanner.DecodeReader(bytes.NewReader(b.Bytes()[:b.Len()-20])); !errors.Is(err, scanner.ErrFormat) {
		t.Errorf("half a file: %v", err)
	}
	// The header alone says that it is too large: 60,000 × 60,000 pixels of a PNG.
	huge := append([]byte(nil), b.Bytes()...)
	copy(huge[16:24], []byte{0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60})
	binary.BigEndian.PutUint32(huge[29:33], crc32.ChecksumIEEE(huge[12:29]))
	if _, err := scanner.DecodeReader(bytes.NewReader(huge)); !errors.Is(err, scanner.ErrTooLarge) {
		t.Errorf("a picture of 3,600 million pixels: %v", err)
	}
	if _, err := scanner.DecodeFile(filepath.Join(t.TempDir(), "none.png")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

// FuzzDecode: noise, with a code's own patterns in it, gives an error or nothing false; it
// never panics.
func FuzzDecode(f *testing.F) {
	f.Add(uint64(1), uint8(0))
	f.Add(uint64(2), uint8(200))
	f.Fuzz(func(t *testing.T, seed uint64, strength uint8) {
		img := code(t, labelText)
		r := rand.New(rand.NewPCG(seed, 1))
		for i := range img.Pix {
			if uint8(r.Uint32()) < strength {
				img.Pix[i] = uint8(r.Uint32())
			}
		}
		got, err := scanner.Decode(t.Context(), img, scanner.Options{})
		for _, c := range got {
			if c.Text != labelText {
				t.Fatalf("it reads %q, which is not there", c.Text)
			}
		}
		if err == nil && len(got) == 0 {
			t.Fatal("no code and no error")
		}
	})
}
