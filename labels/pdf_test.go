package labels

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pageStreams are the contents of a PDF's streams, inflated.
func pageStreams(t testing.TB, pdf []byte) [][]byte {
	t.Helper()
	var out [][]byte
	head := regexp.MustCompile(`/Length (\d+) ?>>\nstream\n`)
	for _, m := range head.FindAllSubmatchIndex(pdf, -1) {
		n, err := strconv.Atoi(string(pdf[m[2]:m[3]]))
		if err != nil {
			t.Fatal(err)
		}
		z, err := zlib.NewReader(bytes.NewReader(pdf[m[1] : m[1]+n]))
		if err != nil {
			continue
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// printedCode is a symbol as it stands in a page's stream: modules, corner and module
// size in points from the page's lower left corner.
type printedCode struct {
	modules
	x, y, side float64
}

var inlineMask = regexp.MustCompile(`q ([\d.]+) 0 0 ([\d.]+) ([\d.]+) ([\d.]+) cm BI/W (\d+)/H (\d+)/IM true/BPC 1/D\[1 0\]/I false(/F/AHx)? ID `)

func printedCodes(t testing.TB, page []byte) []printedCode {
	t.Helper()
	var out []printedCode
	for _, m := range inlineMask.FindAllSubmatchIndex(page, -1) {
		f := func(i int) float64 {
			v, err := strconv.ParseFloat(string(page[m[2*i]:m[2*i+1]]), 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		n := int(f(5))
		stride := (n + 7) / 8
		data := page[m[1]:]
		if m[14] >= 0 {
			raw, err := hex.DecodeString(string(data[:2*stride*n]))
			if err != nil || data[2*stride*n] != '>' {
				t.Fatal("bad hexadecimal mask", err)
			}
			data = raw
		} else if !bytes.HasPrefix(data[stride*n:], []byte("\nEI Q")) {
			t.Fatal("the mask does not end where it should")
		}
		c := printedCode{modules: modules{size: n, rows: make([]uint64, n)}, x: f(3), y: f(4), side: f(1)}
		if f(1) != f(2) || n != int(f(6)) {
			t.Fatal("the mask is not square")
		}
		for y := range n {
			for x := range n {
				if data[y*stride+x/8]<<(x%8)&0x80 != 0 {
					c.rows[y] |= 1 << (63 - x)
				}
			}
		}
		out = append(out, c)
	}
	return out
}

func writeStickers(t testing.TB, s Stock, n int, o Options) (path string) {
	t.Helper()
	var all []Sticker
	for k := range stickers(t, n) {
		all = append(all, k)
	}
	return write(t, s, all, o)
}

func write(t testing.TB, s Stock, all []Sticker, o Options) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), s.Name+".pdf")
	o.Created = testTime
	d, err := NewDocument(s, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		if err := d.Add(k); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is in the file is go-qrcode's symbol, bit for bit, at a whole number of dots: past
// the point where symbols come from the table too.
func TestModulesInTheFile(t *testing.T) {
	for i, s := range testStocks(t) {
		t.Run(s.Name, func(t *testing.T) {
			n := 60
			if i == 0 {
				n = plainFirst + 40
			}
			var texts []string
			for k := range stickers(t, n) {
				texts = append(texts, k.Code)
			}
			i := 0
			for _, page := range pageStreams(t, read(t, writeStickers(t, s, n, Options{}))) {
				for _, c := range printedCodes(t, page) {
					if i >= n {
						t.Fatal("more codes than stickers")
					}
					want, err := plainSymbol(texts[i], qrVersion)
					if err != nil {
						t.Fatal(err)
					}
					if !sameSymbol(c.modules, want) {
						t.Fatalf("code %d is not go-qrcode's symbol of its text", i)
					}
					dots := float64(s.DPI) / 72
					module := c.side / qrModules * dots
					if math.Abs(module-math.Round(module)) > 0.001 || module < leastDots-0.001 {
						t.Errorf("a module has %.4f dots", module)
					}
					top := (math.Round(s.Page[1]*points*100)/100 - c.y - c.side) * dots
					for name, v := range map[string]float64{"left": c.x * dots, "top": top} {
						if math.Abs(v-math.Round(v)) > 0.01 {
							t.Errorf("%s edge is on dot %.3f", name, v)
						}
					}
					i++
				}
			}
			if i != n {
				t.Fatalf("%d codes in the file, want %d", i, n)
			}
		})
	}
}

// The same stickers give the same bytes.
func TestSameBytes(t *testing.T) {
	for _, s := range testStocks(t) {
		o := Options{Title: "Label", Author: "sari"}
		a, b := read(t, writeStickers(t, s, 20, o)), read(t, writeStickers(t, s, 20, o))
		if sha256.Sum256(a) != sha256.Sum256(b) {
			t.Errorf("%s: two writes differ", s.Name)
		}
	}
}

// A sticker that can't be set is an error, and a document that can't be written leaves
// nothing, and not half of what was there.
func TestDocumentFaults(t *testing.T) {
	s := stock(t, "a4-2x4")
	for k := range stickers(t, 1) {
		unfit, cut := k, k
		unfit.Kecamatan = strings.Repeat("Panjang ", 40)
		cut.Code = k.Code[1:]
		for want, k := range map[error]Sticker{ErrFit: unfit, ErrCode: cut} {
			d, err := NewDocument(s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Add(k); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		d, err := NewDocument(s, Options{})
		if err == nil {
			err = d.Add(k)
		}
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "d4.pdf")
		if err := os.MkdirAll(filepath.Join(path, "x"), 0o755); err != nil { // in the file's place
			t.Fatal(err)
		}
		if err := d.WriteFile(path); err == nil {
			t.Error("written over a folder")
		}
		if left, _ := os.ReadDir(dir); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
	}
	if _, err := NewDocument(s, Options{Calibration: Calibration{X: 30}}); !errors.Is(err, ErrCalibration) {
		t.Errorf("a sheet moved by 30 mm: %v", err)
	}
}

func TestStartOnPartUsedSheet(t *testing.T) {
	s := stock(t, "a4-2x4")
	path := writeStickers(t, s, 4, Options{Start: 7})
	var at [][2]int
	for _, page := range pageStreams(t, read(t, path)) {
		for _, c := range printedCodes(t, page) {
			at = append(at, [2]int{int(c.x / points / s.PitchX), int((s.Page[1] - c.y/points) / s.PitchY)})
		}
	}
	if want := [][2]int{{0, 3}, {1, 3}, {0, 0}, {1, 0}}; !slices.Equal(at, want) {
		t.Errorf("columns and rows %v, want %v", at, want)
	}
	for _, start := range []int{-1, 9} {
		if _, err := NewDocument(s, Options{Start: start}); !errors.Is(err, ErrStock) {
			t.Errorf("start %d: %v", start, err)
		}
	}
}

// Decoders that no one here wrote read every code off the rendered page, and the words are
// texts that can be searched.
func TestDecodersReadThePage(t *testing.T) {
	for _, tool := range [][2]string{{"pdftoppm", "poppler-utils"}, {"pdftotext", "poppler-utils"}, {"pdffonts", "poppler-utils"}, {"zbarimg", "zbar-tools"}, {"ZXingReader", "zxing-cpp-tools"}} {
		if _, err := exec.LookPath(tool[0]); err != nil {
			t.Fatalf("%s is missing: install the package %s (make test does)", tool[0], tool[1])
		}
	}
	run := func(name string, args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), name, args...).Output()
		if err != nil {
			t.Fatalf("%s %v: %v", name, args, err)
		}
		return string(out)
	}
	for _, s := range testStocks(t) {
		t.Run(s.Name, func(t *testing.T) {
			n := min(s.PerPage()+1, 9) // a second page, too
			if s.PerPage() == 1 {
				n = 3
			}
			path := writeStickers(t, s, n, Options{})
			var want []string
			for k := range stickers(t, n) {
				want = append(want, k.Code)
			}
			text := run("pdftotext", "-layout", path, "-")
			for _, word := range []string{"PULAU PANGGANG", "KEPULAUAN", "PRESIDEN DAN", "DPRD PROVINSI", "KOTAK 3/4", "TPS", "001"} {
				if !strings.Contains(text, word) {
					t.Errorf("%q is not in the text:\n%s", word, text)
				}
			}
			fonts := run("pdffonts", path)
			if n := len(regexp.MustCompile(`(?m)^[A-Z]{6}\+Roboto\S* +CID TrueType +Identity-H +yes yes yes `).FindAllString(fonts, -1)); n == 0 || n != strings.Count(fonts, "Roboto") {
				t.Errorf("fonts are not embedded subsets:\n%s", fonts)
			}
			sorted := slices.Sorted(slices.Values(want))
			for _, dpi := range []int{203, 300} {
				for _, mode := range []string{"-mono", "-gray"}[:406/dpi] { // grey at the coarser one: a screen
					dir := t.TempDir()
					run("pdftoppm", "-r", fmt.Sprint(dpi), mode, path, filepath.Join(dir, "p"))
					pages, _ := filepath.Glob(filepath.Join(dir, "p*"))
					var got []string
					for _, p := range pages {
						got = append(got, strings.Fields(run("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", p))...)
					}
					if slices.Sort(got); !slices.Equal(got, sorted) {
						t.Errorf("zbarimg at %d dpi %s read %d of %d codes", dpi, mode, len(got), n)
					}
				}
				// One label at a time, as a scanner looks at it: that reader's version 1.4
				// loses its way among eight symbols of one size.
				var got []string
				for at := range min(n, 3) {
					px := func(mm float64) string { return fmt.Sprint(int(mm / mmPerInch * float64(dpi))) }
					place := at % s.PerPage()
					pic := filepath.Join(t.TempDir(), "label")
					run("pdftoppm", "-r", fmt.Sprint(dpi), "-gray", "-png", "-singlefile", "-f", fmt.Sprint(at/s.PerPage()+1), "-l", fmt.Sprint(at/s.PerPage()+1),
						"-x", px(s.Left+float64(place%s.Columns)*s.PitchX), "-y", px(s.Top+float64(place/s.Columns)*s.PitchY), "-W", px(s.Label[0]), "-H", px(s.Label[1]), path, pic)
					for _, line := range strings.Split(run("ZXingReader", "-format", "QRCode", pic+".png"), "\n") {
						if v, ok := strings.CutPrefix(line, "Text:"); ok {
							got = append(got, strings.Trim(strings.TrimSpace(v), `"`))
						}
					}
				}
				if !slices.Equal(got, want[:min(n, 3)]) {
					t.Errorf("ZXingReader at %d dpi read %d of %d codes", dpi, len(got), min(n, 3))
				}
			}
		})
	}
}

// The picture of the window is the page: text, code, bands at the same places.
func TestPreviewIsThePage(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Fatal("pdftoppm is missing: install the package poppler-utils (make test does)")
	}
	for _, s := range testStocks(t) {
		t.Run(s.Name, func(t *testing.T) {
			path := writeStickers(t, s, 1, Options{})
			base := filepath.Join(t.TempDir(), "p")
			if err := exec.CommandContext(t.Context(), "pdftoppm", "-r", fmt.Sprint(s.DPI), "-gray", "-png", "-singlefile", path, base).Run(); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(base + ".png")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			page, _, err := image.Decode(f)
			if err != nil {
				t.Fatal(err)
			}
			for k := range stickers(t, 1) {
				pic, err := Preview(k, s, s.DPI)
				if err != nil {
					t.Fatal(err)
				}
				ox, oy := int(math.Round(s.Left/mmPerInch*float64(s.DPI))), int(math.Round(s.Top/mmPerInch*float64(s.DPI)))
				differ, dark := 0, 0
				for y := 2; y < pic.Rect.Dy()-2; y++ {
					for x := 2; x < pic.Rect.Dx()-2; x++ {
						r, _, _, _ := page.At(ox+x, oy+y).RGBA()
						a, b := r < 0x8000, pic.GrayAt(x, y).Y < 0x80
						if a {
							dark++
						}
						// Outlines may be a dot off; a surface may not.
						if a != b && (pic.GrayAt(x-1, y).Y < 0x80) == b && (pic.GrayAt(x+1, y).Y < 0x80) == b && (pic.GrayAt(x, y-1).Y < 0x80) == b && (pic.GrayAt(x, y+1).Y < 0x80) == b {
							differ++
						}
					}
				}
				if dark == 0 || float64(differ)/float64(dark) > 0.01 {
					t.Errorf("%d of %d dark dots differ", differ, dark)
				}
			}
		})
	}
}

// What a document says of itself: its paper in every box, to be printed as it is; title,
// author, subject; and a bookmark at the first sticker of each kelurahan.
func TestDocumentProperties(t *testing.T) {
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		t.Fatal("pdfinfo is missing: install the package poppler-utils (make test does)")
	}
	all := dki(t)
	for _, s := range testStocks(t) {
		var some []Sticker
		for i := range 3 {
			for kind := range testKinds {
				some = append(some, all[i].sticker(t, 1, kind))
			}
		}
		path := write(t, s, some, Options{Title: "Label é", Author: "sari"})
		out, err := exec.CommandContext(t.Context(), "pdfinfo", "-box", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		box := fmt.Sprintf("0.00     0.00 %8.2f %8.2f", s.Page[0]*points, s.Page[1]*points)
		info := string(out)
		for _, want := range []string{"Label é", "sari", "Dapilgate", s.Title, "PDF version:     1.7", "MediaBox:            " + box, "CropBox:             " + box, "TrimBox:             " + box,
			fmt.Sprintf("Pages:           %d\n", (len(some)+s.PerPage()-1)/s.PerPage())} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: %q is not in\n%s", s.Name, want, info)
			}
		}
		pdf := read(t, path)
		if !bytes.Contains(pdf, []byte("/PrintScaling/None")) {
			t.Errorf("%s: viewers may scale it", s.Name)
		}
		var titles []string
		for _, m := range regexp.MustCompile(`/Title \((.*?)\)\n/Parent`).FindAllSubmatch(pdf, -1) {
			titles = append(titles, string(m[1]))
		}
		if want := []string{"31.01.01.1001 Pulau Panggang", "31.01.01.1002 Pulau Kelapa", "31.01.01.1003 Pulau Harapan"}; !slices.Equal(titles, want) {
			t.Errorf("%s: bookmarks %q", s.Name, titles)
		}
	}
}
