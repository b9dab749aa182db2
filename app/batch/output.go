package batch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"

	"dapilgate/labels"
)

// Forms of output, by the file's ending.
const (
	pdf = ".pdf"
	zpl = ".zpl" // for Zebra label printers
)

// output is a document in the making.
type output interface {
	Add(labels.Sticker) error
	Pages() int
	WriteFile(path string) error
}

func newOutput(form string, s labels.Stock, o labels.Options) (output, error) {
	if form == zpl {
		if s.PerPage() != 1 {
			return nil, fmt.Errorf("%w %q: a label printer prints one label at a time", labels.ErrStock, s.Name)
		}
		return &zplOutput{stock: s, o: o}, nil
	}
	return labels.NewDocument(s, o)
}

// zplOutput keeps the stickers of one file, at most MaxPerFile of them, until it is written.
type zplOutput struct {
	stock    labels.Stock
	o        labels.Options
	stickers []labels.Sticker
}

// Add keeps a sticker.
func (z *zplOutput) Add(k labels.Sticker) error {
	z.stickers = append(z.stickers, k)
	return nil
}

// Pages is the number of labels.
func (z *zplOutput) Pages() int { return len(z.stickers) }

// WriteFile writes the labels and makes them durable.
func (z *zplOutput) WriteFile(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write labels: %w", err)
	}
	_, err = labels.WriteZPL(context.Background(), f, z.stock, z.all(), z.o)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write labels %s: %w", path, err)
	}
	return nil
}

func (z *zplOutput) all() iter.Seq2[labels.Sticker, error] {
	return func(yield func(labels.Sticker, error) bool) {
		for _, k := range z.stickers {
			if !yield(k, nil) {
				return
			}
		}
	}
}
