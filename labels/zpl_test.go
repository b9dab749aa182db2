package labels

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// renderZPL draws the labels of a ZPL stream.
func renderZPL(t testing.TB, zpl []byte) []*image.Gray {
	t.Helper()
	var out []*image.Gray
	for img, err := range ReadZPL(bytes.NewReader(zpl)) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, img)
	}
	return out
}

// What a Zebra prints is the window's picture in black and white, and can be read.
func TestZPL(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Fatal("zbarimg is missing: install the package zbar-tools (make test does)")
	}
	for _, roll := range testStocks(t) {
		if roll.PerPage() != 1 {
			continue
		}
		for _, dpi := range []int{203, 300} {
			t.Run(fmt.Sprint(roll.Name, dpi), func(t *testing.T) {
				s, err := roll.At(dpi)
				if err != nil {
					t.Fatal(err)
				}
				var b bytes.Buffer
				n, err := WriteZPL(t.Context(), &b, s, stickers(t, 3), Options{})
				if err != nil || n != 3 {
					t.Fatal(n, err)
				}
				if plain := 3 * 2 * (int(s.Label[0]/mmPerInch*float64(dpi)) / 8) * int(s.Label[1]/mmPerInch*float64(dpi)); b.Len() > plain/2 {
					t.Errorf("%d bytes for three labels, %d digits without compression", b.Len(), plain)
				}
				i := 0
				pics := renderZPL(t, b.Bytes())
				for k := range stickers(t, 3) {
					want, err := Preview(k, s, dpi)
					if err != nil {
						t.Fatal(err)
					}
					for j := range want.Pix {
						if (want.Pix[j] < 0x80) != (pics[i].Pix[j] < 0x80) {
							t.Fatalf("label %d differs from its preview at %d, %d", i, j%want.Stride, j/want.Stride)
						}
					}
					path := filepath.Join(t.TempDir(), "label.png")
					f, err := os.Create(path)
					if err != nil {
						t.Fatal(err)
					}
					if err := errors.Join(png.Encode(f, pics[i]), f.Close()); err != nil {
						t.Fatal(err)
					}
					out, err := exec.CommandContext(t.Context(), "zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path).Output()
					if err != nil || strings.TrimSpace(string(out)) != k.Code {
						t.Errorf("label %d decodes as %q, %v", i, out, err)
					}
					i++
				}
			})
		}
	}
}

// A calibration moves the whole picture, up and to the left too; one that would cut it off
// is refused.
func TestZPLCalibration(t *testing.T) {
	s := stock(t, "thermal-100x100")
	picture := func(c Calibration) *image.Gray {
		var b bytes.Buffer
		if _, err := WriteZPL(t.Context(), &b, s, stickers(t, 1), Options{Calibration: c}); err != nil {
			t.Fatal(err)
		}
		return renderZPL(t, b.Bytes())[0]
	}
	plain := picture(Calibration{})
	for _, c := range []Calibration{{X: 2, Y: 1}, {X: -2, Y: -1.5}} {
		moved := picture(c)
		dx, dy := int(math.Round(c.X/mmPerInch*203)), int(math.Round(c.Y/mmPerInch*203))
		for y := range plain.Rect.Dy() {
			for x := range plain.Rect.Dx() {
				want := byte(255)
				if from := image.Pt(x-dx, y-dy); from.In(plain.Rect) {
					want = plain.GrayAt(from.X, from.Y).Y
				}
				if moved.GrayAt(x, y).Y != want {
					t.Fatalf("moved by %g, %g mm: the dot at %d, %d", c.X, c.Y, x, y)
				}
			}
		}
	}
	for _, c := range []Calibration{{X: 3}, {Y: -3}, {ScaleX: 2}, {X: math.NaN()}} {
		if _, err := WriteZPL(t.Context(), io.Discard, s, stickers(t, 1), Options{Calibration: c}); !errors.Is(err, ErrCalibration) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A separator is a label of its own, without a code.
func TestZPLSeparators(t *testing.T) {
	s := stock(t, "thermal-100x100")
	var b bytes.Buffer
	n, err := WriteZPL(t.Context(), &b, s, stickers(t, 2), Options{Separator: func(next Sticker) []string { return []string{next.Kecamatan, "2 label"} }})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	pics := renderZPL(t, b.Bytes())
	if len(pics) != 3 {
		t.Fatalf("%d labels, want a separator and two", len(pics))
	}
	r := newRaster(s, s.DPI, nil)
	for k := range stickers(t, 1) {
		var err error
		if r.m, err = newMeasurer(); err != nil {
			t.Fatal(err)
		}
		els, err := separatorElements(r.m, s, &k, []string{k.Kecamatan, "2 label"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.drawAll(els); err != nil {
			t.Fatal(err)
		}
	}
	for i := range r.img.Pix {
		if (r.img.Pix[i] < 0x80) != (pics[0].Pix[i] < 0x80) {
			t.Fatalf("the first label is not the separator")
		}
	}
}

// Any row comes back as it went.
func TestZPLRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var row []byte
		for range rapid.IntRange(1, 12).Draw(t, "runs") {
			b := rapid.SampledFrom([]byte{0x00, 0xff, 0x0f, 0xa5, 0x55}).Draw(t, "byte")
			row = append(row, bytes.Repeat([]byte{b}, rapid.IntRange(1, 250).Draw(t, "length"))...)
		}
		got, err := unpackGraphic(string(appendRow(nil, row)), len(row), 1)
		if err != nil || !bytes.Equal(got, row) {
			t.Fatalf("got %x, want %x, %v", got, row, err)
		}
	})
}

// What is not as it is written here is refused: it was not seen, so it must not be sent.
func TestReadZPLRefuses(t *testing.T) {
	const good = "^XA^PW16^LL2^LH0,0^FO0,0^GFA,4,4,2,FF,:^FS^PQ1^XZ\n"
	if pics := renderZPL(t, []byte(good+strings.Replace(good, "PQ1", "PQ2", 1))); len(pics) != 3 || pics[0].Pix[0] != 0 || pics[0].Pix[8] != 255 || pics[0].Pix[16+7] != 0 {
		t.Errorf("%d labels, %v", len(pics), pics[0].Pix)
	}
	for name, change := range map[string][2]string{
		"a text of the printer's own": {"^FS", "^FDHALO^FS"},
		"a code of the printer's own": {"^FS", "^BQN,2,6^FS"},
		"upside down":                 {"^LH0,0", "^LH0,0^POI"},
		"cut off":                     {"^PQ1^XZ\n", ""},
		"a row short":                 {"FF,:", "FF,"},
		"a row too many":              {"FF,:", "FF,::"},
		"a row too long":              {"FF,:", "ZF:"},
		"a first row repeated":        {"FF,:", "::"},
		"nothing repeated":            {"FF,:", "FF,G:"},
		"other digits":                {"FF,:", "FFXX"},
		"a size that is none":         {"PW16", "PW-1"},
		"a label as large as a house": {"LL2", "LL999999"},
		"no size":                     {"^PW16^LL2", ""},
		"compressed otherwise":        {"GFA", "GFC"},
		"a thousand copies":           {"PQ1", "PQ1000"},
		"something before it":         {"^XA", "~JA^XA"},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		var err error
		for _, err = range ReadZPL(strings.NewReader(good + bad)) {
		}
		if bad == good || !errors.Is(err, ErrZPL) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadZPL(f *testing.F) {
	f.Add("^XA^PW16^LL2^LH0,0^FO0,0^GFA,4,4,2,FF,:^FS^PQ1^XZ\n")
	f.Add("^XA^PW16^LL2^LH0,0^FO9,1^GFA,2,2,1,G0!^FS^PQ2^XZ^XA")
	f.Fuzz(func(t *testing.T, s string) {
		n := 0
		for img, err := range ReadZPL(strings.NewReader(s)) {
			if err != nil && (img != nil || !errors.Is(err, ErrZPL)) {
				t.Fatalf("%q: %v", s, err)
			}
			if n++; n > 10*len(s) {
				t.Fatalf("%q never ends", s)
			}
		}
	})
}

func TestZPLStops(t *testing.T) {
	s := stock(t, "thermal-100x100")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var b bytes.Buffer
	n, err := WriteZPL(ctx, &b, s, func(yield func(Sticker, error) bool) {
		i := 0
		for k := range stickers(t, 10) {
			if i++; i == 5 {
				cancel()
			}
			if !yield(k, nil) {
				return
			}
		}
	}, Options{})
	if !errors.Is(err, context.Canceled) || n != 4 || len(renderZPL(t, b.Bytes())) != 4 {
		t.Errorf("%d labels, %v", n, err)
	}
	if _, err := WriteZPL(t.Context(), &b, stock(t, "a4-2x4"), stickers(t, 1), Options{}); !errors.Is(err, ErrStock) {
		t.Errorf("a sheet: %v", err)
	}
	fault := errors.New("paper out")
	if n, err := WriteZPL(t.Context(), failingWriter{fault}, s, stickers(t, 1), Options{}); !errors.Is(err, fault) || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
