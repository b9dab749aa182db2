package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/labels"
)

// MaxPreview is the last page that can be looked at before a print.
const MaxPreview = 20

// Page is a page as it will come out, with codes that open no gate.
type Page struct {
	Picture image.Image
	Number  int  // from 1
	Last    int  // last page that can be looked at
	More    bool // there are pages behind it
}

// PreviewPage draws a page of the print that the request asks for, from the very document
// that would be written, except that a key made for this picture alone signs its codes.
// The page after the last one is the last one. Errors: ErrNothing, ErrNoPreflight (the
// renderer is missing), labels.ErrStock, and those of the ledger.
func PreviewPage(ctx context.Context, l *ledger.Ledger, r Request, page, dpi int) (Page, error) {
	stock, err := r.stock()
	if err != nil {
		return Page{}, err
	}
	sample, err := labels.GenerateKey()
	if err != nil {
		return Page{}, err
	}
	total, err := Count(ctx, l, r)
	if err != nil {
		return Page{}, err
	}
	p := &run{l: l, r: r, stock: stock, sum: &Summary{}, total: total, stickers: stickers{e: l.Event(), by: r.By.Name, at: time.Now(), key: sample}}
	// The boxes of the first file: its separators count them.
	f := r.choice()
	if f.Limit == 0 || f.Limit > labels.MaxPerFile {
		f.Limit = labels.MaxPerFile
	}
	var rows []ledger.BoxRow
	for row, err := range l.Boxes(ctx, f) {
		if err != nil {
			return Page{}, err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return Page{}, ErrNothing
	}
	if err := p.count(ctx); err != nil {
		return Page{}, err
	}
	doc, err := labels.NewDocument(stock, p.options(rows))
	if err != nil {
		return Page{}, err
	}
	var pages printed
	for _, row := range rows {
		k, err := p.stickers.of(row, row.Revision+1)
		if err != nil {
			return Page{}, err
		}
		if err := p.add(doc, k, &pages); err != nil {
			return Page{}, err
		}
		if doc.Pages() > MaxPreview {
			break
		}
	}
	out := Page{Last: min(doc.Pages(), MaxPreview)}
	out.More = doc.Pages() > MaxPreview || total > len(rows)
	out.Number = max(1, min(page, out.Last))
	dir, err := os.MkdirTemp("", "dapilgate-preview-*")
	if err != nil {
		return Page{}, fmt.Errorf("preview: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "preview.pdf")
	if err := doc.WriteFile(path); err != nil {
		return Page{}, err
	}
	picture, err := render(ctx, path, out.Number, dpi)
	if err != nil {
		return Page{}, err
	}
	if out.Picture, err = png.Decode(bytes.NewReader(picture)); err != nil {
		return Page{}, fmt.Errorf("preview: %w", err)
	}
	return out, nil
}

// render draws a page of a PDF as a grey PNG. Error: ErrNoPreflight.
func render(ctx context.Context, path string, page, dpi int) ([]byte, error) {
	n := strconv.Itoa(page)
	c := exec.CommandContext(ctx, renderer, "-r", strconv.Itoa(dpi), "-f", n, "-l", n, "-gray", "-png", path)
	var errs bytes.Buffer
	c.Stderr = &errs
	picture, err := c.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, fmt.Errorf("%w: %s is missing (package poppler-utils); install it", ErrNoPreflight, renderer)
	case err != nil:
		return nil, fmt.Errorf("%w: %s: %w: %s", ErrNoPreflight, renderer, err, bytes.TrimSpace(errs.Bytes()))
	}
	return picture, nil
}
