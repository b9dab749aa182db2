package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os/exec"

	"dapilgate/labels"
	"dapilgate/scanner"
)

// Preflight says how much of a document is read back before it is released.
type Preflight string

// Preflights. The empty one is PreflightSample.
const (
	PreflightSample Preflight = "sample" // the first page and one in a hundred
	PreflightAll    Preflight = "all"
	PreflightOff    Preflight = "off"
)

// Errors of the preflight. Test with errors.Is.
var (
	ErrPreflight   = errors.New("a printed code does not read back as it should; nothing was released")
	ErrNoPreflight = errors.New("the preflight can't run")
)

// renderer draws the very bytes that a printer would get (package poppler-utils).
const renderer = "pdftoppm"

// preflightDPI is the resolution of the coarsest printers: what reads there reads anywhere.
const preflightDPI = 203

// possible finds out early that the preflight can't run: before any revision is taken. ZPL
// needs no program to be drawn.
func (f Preflight) possible(pdf bool) error {
	switch f {
	case PreflightOff:
		return nil
	case "", PreflightSample, PreflightAll:
	default:
		return fmt.Errorf("%w: %q (sample, all or off)", ErrNoPreflight, string(f))
	}
	if !pdf {
		return nil
	}
	if _, err := exec.LookPath(renderer); err != nil {
		return fmt.Errorf("%w: %s is missing (package poppler-utils); install it, or switch the preflight off", ErrNoPreflight, renderer)
	}
	return nil
}

// printed is what stands on each page: the codes, by page from 1.
type printed struct{ pages []map[string]int }

func (p *printed) note(page int, code string) {
	for len(p.pages) < page {
		p.pages = append(p.pages, map[string]int{})
	}
	p.pages[page-1][code]++
}

// blank notes a page without a code behind the others.
func (p *printed) blank() { p.pages = append(p.pages, map[string]int{}) }

// sampled tells whether a page is read back.
func (f Preflight) sampled(page int) bool {
	const oneIn = 100
	return f == PreflightAll || page%oneIn == 1
}

// check says early what no rendering can find: a code that stands in the document more often
// than its box has copies. Error: ErrPreflight.
func (p *printed) check(copies int) error {
	count := map[string]int{}
	for _, page := range p.pages {
		for text, n := range page {
			if count[text] += n; count[text] > copies {
				return fmt.Errorf("%w: %.24q… stands %d times in the document", ErrPreflight, text, count[text])
			}
		}
	}
	return nil
}

// preflight draws the sampled pages of a document as its printer would and decodes every
// code: each must be one that belongs there, as often as it belongs there, with modules large
// enough and its quiet zone around it, and none may be missing. before is the number of the
// batch's pages in documents before this one. Errors: ErrPreflight, ErrNoPreflight.
func preflight(ctx context.Context, f Preflight, path string, p printed, before int) error {
	return f.each(p, before, func(page int, want map[string]int) error {
		picture, err := render(ctx, path, page, preflightDPI)
		if err != nil {
			return err
		}
		img, err := png.Decode(bytes.NewReader(picture))
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrNoPreflight, renderer, err)
		}
		grey := image.NewGray(img.Bounds())
		draw.Draw(grey, grey.Rect, img, img.Bounds().Min, draw.Src)
		return readBack(ctx, grey, preflightDPI, want)
	})
}

// preflightZPL is preflight for the bytes of a label printer of this resolution. All of them
// are read, whatever is sampled: what can't be drawn is not sent.
func preflightZPL(ctx context.Context, f Preflight, zpl []byte, dpi int, p printed, before int) error {
	if f == PreflightOff {
		return nil
	}
	sampled := map[int]map[string]int{}
	f.each(p, before, func(page int, want map[string]int) error { sampled[page] = want; return nil })
	page := 0
	for img, err := range labels.ReadZPL(bytes.NewReader(zpl)) {
		if err != nil {
			return fmt.Errorf("%w: label %d: %w", ErrPreflight, page+1, err)
		}
		page++
		if want, ok := sampled[page]; ok {
			if err := readBack(ctx, img, dpi, want); err != nil {
				return fmt.Errorf("label %d: %w", page, err)
			}
		}
	}
	if page != len(p.pages) {
		return fmt.Errorf("%w: %d labels instead of %d", ErrPreflight, page, len(p.pages))
	}
	return nil
}

// each goes through the sampled pages.
func (f Preflight) each(p printed, before int, look func(page int, want map[string]int) error) error {
	if f == PreflightOff {
		return nil
	}
	for i, want := range p.pages {
		if f.sampled(before + i + 1) {
			if err := look(i+1, want); err != nil {
				return fmt.Errorf("page %d: %w", i+1, err)
			}
		}
	}
	return nil
}

// readBack decodes a page.
func readBack(ctx context.Context, img *image.Gray, dpi int, want map[string]int) error {
	found, err := scanner.Decode(ctx, img, scanner.Options{})
	if err != nil && !(errors.Is(err, scanner.ErrNoCode) && len(want) == 0) { // a page of separators alone
		return fmt.Errorf("%w: %w", ErrPreflight, err)
	}
	got := map[string]map[image.Rectangle]bool{} // one code may be found twice
	for _, k := range found {
		if want[k.Text] == 0 {
			return fmt.Errorf("%w: it reads %.24q…, which was not printed there", ErrPreflight, k.Text)
		}
		box, err := measure(img, dpi, k)
		if err != nil {
			return fmt.Errorf("%w: %.24q…: %w", ErrPreflight, k.Text, err)
		}
		if got[k.Text] == nil {
			got[k.Text] = map[image.Rectangle]bool{}
		}
		got[k.Text][box] = true
	}
	for text, n := range want {
		if len(got[text]) != n {
			return fmt.Errorf("%w: %.24q… is read %d times instead of %d", ErrPreflight, text, len(got[text]), n)
		}
	}
	return nil
}

// What a code must have to be read by any scanner: modules of GS1's least size, less what a
// page drawn at the coarsest printer's resolution rounds off, and four of them white all
// round (ISO/IEC 18004 §6.3.8), less one dot for the same reason.
const (
	leastModule = 0.396 * 0.95 // millimetres
	quietZone   = 4            // modules
	mmPerInch   = 25.4
)

// measure finds the whole symbol around a scan, in a picture without noise, and measures its
// modules and its quiet zone.
func measure(img *image.Gray, dpi int, k scanner.Scan) (image.Rectangle, error) {
	dark := func(x, y int) bool { return img.Pix[y*img.Stride+x] < 0x80 }
	box := image.Rect(int(k.Corners[0].X), int(k.Corners[0].Y), int(k.Corners[2].X), int(k.Corners[2].Y)).Intersect(img.Rect)
	// The scan's corners lie in the symbol, or at its edge. A side that meets ink is moved
	// outwards: the quiet zone ends that.
	ink := func(r image.Rectangle) bool {
		r = r.Intersect(img.Rect)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				if dark(x, y) {
					return true
				}
			}
		}
		return false
	}
	for grown := true; grown; {
		grown = false
		for _, side := range []struct {
			edge image.Rectangle
			move func()
		}{
			{image.Rect(box.Min.X-1, box.Min.Y, box.Min.X, box.Max.Y), func() { box.Min.X-- }},
			{image.Rect(box.Max.X, box.Min.Y, box.Max.X+1, box.Max.Y), func() { box.Max.X++ }},
			{image.Rect(box.Min.X, box.Min.Y-1, box.Max.X, box.Min.Y), func() { box.Min.Y-- }},
			{image.Rect(box.Min.X, box.Max.Y, box.Max.X, box.Max.Y+1), func() { box.Max.Y++ }},
		} {
			if ink(side.edge) {
				side.move()
				grown = true
			}
		}
	}
	// Its upper side begins with the seven modules of a finder pattern.
	run := 0
	for x := box.Min.X; x < box.Max.X && dark(x, box.Min.Y); x++ {
		run++
	}
	if run < 7 || run >= box.Dx() || max(box.Dx()-box.Dy(), box.Dy()-box.Dx()) > 2 {
		return box, fmt.Errorf("no white zone around it: what is there measures %d × %d dots", box.Dx(), box.Dy())
	}
	// Symbols have 21, 25, 29 … modules: the number makes the measure exact.
	version := (float64(box.Dx())*7/float64(run) - 17) / 4
	modules := 17 + 4*math.Round(version)
	dots := float64(box.Dx()) / modules
	if size := dots * mmPerInch / float64(dpi); size < leastModule {
		return box, fmt.Errorf("its modules have %.3f mm; %.3f are needed", size, leastModule)
	}
	quiet := int(quietZone*dots) - 1
	zone := box.Inset(-quiet)
	if zone.Intersect(img.Rect) != zone {
		return box, fmt.Errorf("its white zone of %d modules goes over the edge", quietZone)
	}
	for _, r := range []image.Rectangle{
		image.Rect(zone.Min.X, zone.Min.Y, zone.Max.X, box.Min.Y), image.Rect(zone.Min.X, box.Max.Y, zone.Max.X, zone.Max.Y),
		image.Rect(zone.Min.X, zone.Min.Y, box.Min.X, zone.Max.Y), image.Rect(box.Max.X, zone.Min.Y, zone.Max.X, zone.Max.Y),
	} {
		if ink(r) {
			return box, fmt.Errorf("something is printed in its white zone of %d modules", quietZone)
		}
	}
	return box, nil
}
