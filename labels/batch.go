package labels

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
)

// Batch is what a batch came to.
type Batch struct {
	Files  []string // in the order of the stickers
	Labels int      // copies counted
	Pages  int
}

// WriteBatch writes stickers as PDF to path; a batch of more than Options.PerFile labels
// goes into several files, "d4.pdf" into "d4-001.pdf", "d4-002.pdf" and so on. Memory does
// not grow with the batch. The files come to their names together when the last one is
// safe on the disk: a batch that is cancelled by ctx, or fails, leaves none.
//
// Errors: ctx's, those of the stickers' sequence, ErrStock, ErrFit, ErrCode, and those of
// writing.
func WriteBatch(ctx context.Context, path string, s Stock, stickers iter.Seq2[Sticker, error], o Options) (Batch, error) {
	w := &batchWriter{path: path, stock: s, o: o, enc: &encoder{}}
	defer w.abandon()
	for k, err := range stickers {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = w.add(k)
		}
		if err != nil {
			return Batch{}, err
		}
		if o.Progress != nil {
			o.Progress(w.out.Labels, o.Total)
		}
	}
	if err := ctx.Err(); err != nil {
		return Batch{}, err
	}
	if err := w.flush(); err != nil {
		return Batch{}, err
	}
	return w.publish()
}

type batchWriter struct {
	path  string
	stock Stock
	o     Options
	enc   *encoder
	doc   *Document
	temps []string
	area  string // kelurahan of the last sticker, across files
	out   Batch
}

func (w *batchWriter) add(k Sticker) error {
	copies := max(w.o.Copies, 1)
	if w.doc != nil && w.doc.Len()+copies > w.perFile() && w.doc.place%w.stock.PerPage() == 0 {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if w.doc == nil {
		o := w.o
		if len(w.temps) > 0 {
			o.Start = 0
		}
		var err error
		if w.doc, err = newDocument(w.stock, o, w.enc); err != nil {
			return err
		}
		if sep := o.Separator; sep != nil && w.area == k.KelurahanCode {
			// A kelurahan that goes on in the next file was announced in the last one.
			w.doc.o.Separator = func(next Sticker) []string {
				if next.KelurahanCode == w.area {
					return nil
				}
				return sep(next)
			}
		}
	}
	defer func() { w.area = k.KelurahanCode }()
	for i := range copies {
		if copies > 1 {
			k.Copy, k.Copies = i+1, copies
		}
		if err := w.doc.Add(k); err != nil {
			return err
		}
		w.out.Labels++
	}
	return nil
}

// perFile is the most labels in a file: whole sheets, so that none is left half empty in
// the middle of a batch. Copies that don't divide a sheet may make a file a little longer.
func (w *batchWriter) perFile() int {
	n := w.o.PerFile
	if n <= 0 {
		n = MaxPerFile
	}
	per := w.stock.PerPage()
	return max(n/per, 1) * per
}

// flush writes the document under a temporary name.
func (w *batchWriter) flush() error {
	if w.doc == nil {
		return nil
	}
	w.out.Pages += w.doc.Pages()
	tmp, err := w.doc.writeTemp(w.path)
	w.doc = nil
	if err != nil {
		return err
	}
	w.temps = append(w.temps, tmp)
	return nil
}

// publish gives all files their names.
func (w *batchWriter) publish() (Batch, error) {
	ext := filepath.Ext(w.path)
	for i, tmp := range w.temps {
		name := w.path
		if len(w.temps) > 1 {
			name = fmt.Sprintf("%s-%03d%s", strings.TrimSuffix(w.path, ext), i+1, ext)
		}
		if err := os.Rename(tmp, name); err != nil {
			return Batch{}, fmt.Errorf("write %s: %w", name, err)
		}
		w.out.Files = append(w.out.Files, name)
	}
	w.temps = nil
	if err := syncDir(filepath.Dir(w.path)); err != nil {
		return Batch{}, fmt.Errorf("write %s: %w", w.path, err)
	}
	return w.out, nil
}

// abandon removes what was not published.
func (w *batchWriter) abandon() {
	for _, tmp := range w.temps {
		os.Remove(tmp)
	}
}
