package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"

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

// possible finds out early that the preflight can't run: before any revision is taken.
func (f Preflight) possible() error {
	switch f {
	case PreflightOff:
		return nil
	case "", PreflightSample, PreflightAll:
	default:
		return fmt.Errorf("%w: %q (sample, all or off)", ErrNoPreflight, string(f))
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

// sampled tells whether a page is read back.
func (f Preflight) sampled(page int) bool {
	const oneIn = 100
	return f == PreflightAll || page%oneIn == 1
}

// preflight renders the document and decodes every code of the sampled pages: each must be
// one that belongs there, and none may be missing. before is the number of the batch's pages
// in documents before this one. Errors: ErrPreflight, ErrNoPreflight.
func preflight(ctx context.Context, f Preflight, path string, p printed, before int) error {
	if f == PreflightOff {
		return nil
	}
	for i, want := range p.pages {
		if !f.sampled(before + i + 1) {
			continue
		}
		if err := readBack(ctx, path, i+1, want); err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
	}
	return nil
}

func readBack(ctx context.Context, path string, page int, want map[string]int) error {
	picture, err := render(ctx, path, page, preflightDPI)
	if err != nil {
		return err
	}
	found, err := scanner.DecodeReader(bytes.NewReader(picture))
	if err != nil && !(errors.Is(err, scanner.ErrNoCode) && len(want) == 0) { // a page of separators alone
		return fmt.Errorf("%w: %w", ErrPreflight, err)
	}
	got := map[string]bool{}
	for _, k := range found {
		if want[k.Text] == 0 {
			return fmt.Errorf("%w: it reads %.24q…, which was not printed there", ErrPreflight, k.Text)
		}
		got[k.Text] = true
	}
	for text := range want {
		if !got[text] {
			return fmt.Errorf("%w: %.24q… can't be read", ErrPreflight, text)
		}
	}
	return nil
}
