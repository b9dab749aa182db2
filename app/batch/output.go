package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	out      bytes.Buffer
	pages    printed // what stands on each label; nothing on a separator
}

// Add keeps a sticker.
func (z *zplOutput) Add(k labels.Sticker) error {
	z.stickers = append(z.stickers, k)
	return nil
}

// Pages is the number of labels, and of separators once they are written.
func (z *zplOutput) Pages() int { return max(len(z.stickers), len(z.pages.pages)) }

// write makes the labels' bytes.
func (z *zplOutput) write(ctx context.Context) ([]byte, error) {
	o := z.o
	if o.Separator != nil {
		o.Separator = func(next labels.Sticker) []string {
			lines := z.o.Separator(next)
			if len(lines) > 0 {
				z.pages.blank()
			}
			return lines
		}
	}
	all := func(yield func(labels.Sticker, error) bool) {
		for _, k := range z.stickers {
			if !yield(k, nil) {
				return
			}
			z.pages.note(len(z.pages.pages)+1, k.Code)
		}
	}
	_, err := labels.WriteZPL(ctx, &z.out, z.stock, all, o)
	return z.out.Bytes(), err
}

// writeFile writes a new file and makes it durable.
func writeFile(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write labels: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write labels %s: %w", path, err)
	}
	return nil
}
