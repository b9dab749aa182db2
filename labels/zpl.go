package labels

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"iter"
)

// ZPL is the language of Zebra's printers and their many imitations. The whole label is
// sent as a picture (^GFA), drawn from the same layout as pages and previews: fonts and
// the symbol's version then don't depend on the printer's firmware. The code stands on the
// print head's dots, so that a picture loses nothing.

// WriteZPL writes stickers for a label printer that has the stock's resolution. Nothing
// is sent back and nothing can be taken back: what w has taken may be printed. On a fault
// or when ctx is cancelled it ends after a whole label. It returns the number of labels
// written, copies counted. Errors: ctx's, those of the stickers' sequence, ErrStock for a
// stock with more than one label on a page, ErrFit, ErrCode, and w's.
func WriteZPL(ctx context.Context, w io.Writer, s Stock, stickers iter.Seq2[Sticker, error], o Options) (int, error) {
	if s.PerPage() != 1 {
		return 0, fmt.Errorf("%w %q: a label printer takes a roll, not sheets; choose a stock with one label", ErrStock, s.Name)
	}
	l, err := layoutOf(s)
	if err != nil {
		return 0, fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	m, err := newMeasurer()
	if err != nil {
		return 0, err
	}
	var (
		done, copies = 0, max(o.Copies, 1)
		enc          encoder
		els          []element
		out          []byte
		r            = newRaster(s, s.DPI, m)
	)
	for k, err := range stickers {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return done, err
		}
		code, err := enc.label(k.Code)
		if err != nil {
			return done, fmt.Errorf("sticker of %s: %w", k.BoxID, err)
		}
		for i := range copies {
			if copies > 1 {
				k.Copy, k.Copies = i+1, copies
			}
			if els, err = l.elements(m, &k, code, els[:0]); err != nil {
				return done, err
			}
			if err = r.drawAll(els); err != nil {
				return done, err
			}
			out = appendZPL(out[:0], r.img, o.Calibration, s.DPI)
			if _, err = w.Write(out); err != nil {
				return done, fmt.Errorf("send the label of %s: %w", k.BoxID, err)
			}
			done++
		}
		if o.Progress != nil {
			o.Progress(done, o.Total)
		}
	}
	return done, ctx.Err()
}

// appendZPL appends one label's picture. ^PW and ^LL are the label's size in dots, ^LH
// moves it, ^GFA is a picture in hexadecimal digits, compressed as below.
func appendZPL(b []byte, img *image.Gray, c Calibration, dpi int) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	stride := (w + 7) / 8
	x, y := int(c.X/mmPerInch*float64(dpi)), int(c.Y/mmPerInch*float64(dpi))
	b = fmt.Appendf(b, "^XA^PW%d^LL%d^LH0,0^FO%d,%d^GFA,%d,%d,%d,", w, h, max(x, 0), max(y, 0), stride*h, stride*h, stride)
	row, last := make([]byte, stride), make([]byte, stride)
	for y := range h {
		clear(row)
		for x, g := range img.Pix[y*img.Stride : y*img.Stride+w] {
			if g < 0x80 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		if y > 0 && bytes.Equal(row, last) {
			b = append(b, ':') // as the row before
		} else {
			b = appendRow(b, row)
		}
		row, last = last, row
	}
	return append(b, "^FS^PQ1^XZ\n"...)
}

// appendRow compresses a row as ZPL II does: G to Y repeat the next digit 1 to 19 times,
// g to z 20 to 400 times, both add up; "," fills the row with white, "!" with black.
func appendRow(b []byte, row []byte) []byte {
	const hex = "0123456789ABCDEF"
	n := 2 * len(row)
	digit := func(i int) byte { return hex[row[i/2]>>(4*(1-i%2))&15] }
	for i := 0; i < n; {
		d, j := digit(i), i+1
		for j < n && digit(j) == d {
			j++
		}
		if j == n && (d == '0' || d == 'F') {
			return append(b, map[byte]byte{'0': ',', 'F': '!'}[d])
		}
		run := j - i
		i = j
		for ; run > 400; run -= 400 {
			b = append(b, 'z', d)
		}
		if run >= 20 {
			b = append(b, byte('f'+run/20))
		}
		switch {
		case run%20 > 0 && run > 1:
			b = append(b, byte('F'+run%20))
			fallthrough
		default:
			b = append(b, d)
		}
	}
	return b
}
