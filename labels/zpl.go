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
// sent as one picture, drawn from the same layout as pages and previews.
//
// Why not the printer's own ^BQ for the code: its version, mask and split into modes are
// the firmware's choice (one that takes bytes makes 57 modules in a place for 49), and what
// comes out is not what the preflight decoded. In the picture it is the same symbol, dot
// for dot, as on paper and in the window, and costs 6 KB.
//
// Why ^GFA with ZPL II's run lengths and not :Z64: (deflate in base 64), a quarter of the
// size: imitations of low price lack it (metafloor/zpl-image #7). Run lengths are in all.
// A label of 100 × 150 mm comes to 56-70 KB at 203 dpi and 102-123 KB at 300 dpi, a
// hundredth of a second on a network, where printing it takes more than one.

// WriteZPL writes stickers for a label printer that has the stock's resolution. Nothing
// is sent back and nothing can be taken back: what w has taken may be printed. On a fault
// or when ctx is cancelled it ends after a whole label. It returns the number of labels
// written, separators not counted. Errors: ctx's, those of the stickers' sequence,
// ErrStock for a stock with more than one label on a page, ErrCalibration, ErrFit, ErrCode,
// and w's.
func WriteZPL(ctx context.Context, w io.Writer, s Stock, stickers iter.Seq2[Sticker, error], o Options) (int, error) {
	if s.PerPage() != 1 {
		return 0, fmt.Errorf("%w %q: a label printer takes a roll, not sheets; choose a stock with one label", ErrStock, s.Name)
	}
	if err := o.Calibration.check(mostRollShift); err != nil {
		return 0, err
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
		done int
		enc  = o.encoder()
		els  []element
		out  []byte
		r    = newRaster(s, s.DPI, m)
		area string // kelurahan of the last sticker
		key  []byte
		// What stickers share, drawn once: four pictures serve a kelurahan.
		shared = map[string][]byte{}
	)
	send := func(of string) error {
		out = appendZPL(out[:0], r.img, r.px(o.Calibration.X), r.px(o.Calibration.Y))
		if _, err := w.Write(out); err != nil {
			return fmt.Errorf("send the label of %s: %w", of, err)
		}
		return nil
	}
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
		if k.KelurahanCode != area && o.Separator != nil {
			if lines := o.Separator(k); len(lines) > 0 {
				if els, err = separatorElements(m, s, &k, lines, els[:0]); err == nil {
					err = r.drawAll(els)
				}
				if err == nil {
					err = send(k.KelurahanCode)
				}
				if err != nil {
					return done, err
				}
			}
		}
		area = k.KelurahanCode
		key = k.appendAlike(key[:0])
		if pix, ok := shared[string(key)]; ok {
			copy(r.img.Pix, pix)
		} else {
			if els, err = l.alike(m, &k, els[:0]); err == nil {
				err = r.drawAll(els)
			}
			if err != nil {
				return done, err
			}
			if len(shared) >= 8 {
				clear(shared)
			}
			shared[string(key)] = bytes.Clone(r.img.Pix)
		}
		if els, err = l.own(m, &k, code, els[:0]); err == nil {
			err = r.draw(els)
		}
		if err == nil {
			err = send(k.BoxID)
		}
		if err != nil {
			return done, err
		}
		done++
	}
	return done, ctx.Err()
}

// mostRollShift is how far a roll's label can be moved, in millimetres: its margins are
// not much wider, and beyond it the printer's own adjustment is the right one.
const mostRollShift = 2.5

// appendZPL appends one label's picture, moved by dx, dy dots: a field's place can't be
// negative. ^PW and ^LL are the label's size in dots, ^LH its origin, ^GFA is a picture in
// hexadecimal digits, compressed as below.
func appendZPL(b []byte, img *image.Gray, dx, dy int) []byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	stride := (w + 7) / 8
	b = fmt.Appendf(b, "^XA^PW%d^LL%d^LH0,0^FO0,0^GFA,%d,%d,%d,", w, h, stride*h, stride*h, stride)
	row, last := make([]byte, stride), make([]byte, stride)
	for y := range h {
		clear(row)
		if from := y - dy; from >= 0 && from < h {
			for x, g := range img.Pix[from*img.Stride : from*img.Stride+w] {
				if x += dx; g < 0x80 && x >= 0 && x < w {
					row[x/8] |= 0x80 >> (x % 8)
				}
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
