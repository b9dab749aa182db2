package printer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"iter"
)

// ErrRaster says that a stream is not PWG raster of the kind that is written here.
var ErrRaster = errors.New("not PWG raster as it is written here")

// Places in the header of a page, in bytes (PWG 5102.4, table 1).
const (
	pwgSync   = "RaS2"
	pwgMagic  = "PwgRaster"
	pwgHeader = 1796

	pwgResolution  = 276
	pwgCopies      = 340
	pwgPageSize    = 352
	pwgWidth       = 372
	pwgHeight      = 376
	pwgBitsColour  = 384
	pwgBitsPixel   = 388
	pwgLine        = 392
	pwgColourSpace = 400
	pwgColours     = 420
	pwgPages       = 452
	pwgCrossFeed   = 456
	pwgFeed        = 460
	pwgBox         = 464 // left, top, right, bottom

	pwgBlack = 3  // ColorSpace of black_1, ink is 1
	pwgGrey  = 18 // of sgray_8, white is 255
)

// mostRaster bounds a page's side, in dots: A3 at 1200 dpi.
const mostRaster = 20000

// WritePWG writes pages, all of one size, as PWG raster: black_1, or sgray_8 where grey is
// set. A dot darker than middle grey is black. Errors: those of pages and of w.
func WritePWG(w io.Writer, pages iter.Seq2[*image.Gray, error], count, dpi int, grey bool) error {
	out := bufio.NewWriter(w)
	out.WriteString(pwgSync) // bufio keeps an error for Flush
	for img, err := range pages {
		if err != nil {
			return err
		}
		wide, high := img.Rect.Dx(), img.Rect.Dy()
		line := (wide + 7) / 8
		if grey {
			line = wide
		}
		h := make([]byte, pwgHeader)
		copy(h, pwgMagic)
		put := func(at, v int) { binary.BigEndian.PutUint32(h[at:], uint32(v)) }
		put(pwgResolution, dpi)
		put(pwgResolution+4, dpi)
		put(pwgCopies, 1)
		put(pwgPageSize, wide*72/dpi)
		put(pwgPageSize+4, high*72/dpi)
		put(pwgWidth, wide)
		put(pwgHeight, high)
		bits, space := 1, pwgBlack
		if grey {
			bits, space = 8, pwgGrey
		}
		put(pwgBitsColour, bits)
		put(pwgBitsPixel, bits)
		put(pwgLine, line)
		put(pwgColourSpace, space)
		put(pwgColours, 1)
		put(pwgPages, count)
		put(pwgCrossFeed, 1)
		put(pwgFeed, 1)
		put(pwgBox+8, wide)
		put(pwgBox+12, high)
		out.Write(h)
		row, last := make([]byte, line), make([]byte, line)
		same := 0
		flush := func(row []byte) {
			out.WriteByte(byte(same - 1))
			packLine(out, row)
		}
		for y := range high {
			rasterLine(row, img.Pix[y*img.Stride:][:wide], grey)
			if same > 0 && (same == 256 || !bytes.Equal(row, last)) {
				flush(last)
				same = 0
			}
			same++
			row, last = last, row
		}
		if same > 0 {
			flush(last)
		}
	}
	return out.Flush()
}

func rasterLine(row, pix []byte, grey bool) {
	clear(row)
	for x, g := range pix {
		dark := g < 0x80
		switch {
		case grey && !dark:
			row[x] = 0xff
		case !grey && dark:
			row[x/8] |= 0x80 >> (x % 8)
		}
	}
}

// packLine compresses a line: n < 128 repeats the next byte n+1 times, n > 128 is followed
// by 257-n bytes as they are.
func packLine(out *bufio.Writer, row []byte) {
	for i := 0; i < len(row); {
		run := 1
		for i+run < len(row) && run < 128 && row[i+run] == row[i] {
			run++
		}
		if run > 1 {
			out.WriteByte(byte(run - 1))
			out.WriteByte(row[i])
			i += run
			continue
		}
		n := 1
		for i+n < len(row) && n < 128 && (i+n+1 == len(row) || row[i+n] != row[i+n+1]) {
			n++
		}
		if n == 1 {
			out.WriteByte(0)
		} else {
			out.WriteByte(byte(257 - n))
		}
		out.Write(row[i : i+n])
		i += n
	}
}

// ReadPWG draws the pages of what WritePWG has written. Errors: ErrRaster, and r's.
func ReadPWG(r io.Reader) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		in := bufio.NewReader(r)
		sync := make([]byte, len(pwgSync))
		if _, err := io.ReadFull(in, sync); err != nil || string(sync) != pwgSync {
			yield(nil, fmt.Errorf("%w: %q: %w", ErrRaster, sync, errors.Join(err)))
			return
		}
		for {
			img, err := readRasterPage(in)
			if err == io.EOF {
				return
			}
			if !yield(img, err) || err != nil {
				return
			}
		}
	}
}

func readRasterPage(in *bufio.Reader) (*image.Gray, error) {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w: %s", ErrRaster, fmt.Sprintf(format, a...))
	}
	h := make([]byte, pwgHeader)
	if n, err := io.ReadFull(in, h); err != nil {
		if n == 0 && err == io.EOF {
			return nil, io.EOF
		}
		return nil, bad("a header of %d bytes", n)
	}
	get := func(at int) int { return int(binary.BigEndian.Uint32(h[at:])) }
	wide, high, line, bits, space := get(pwgWidth), get(pwgHeight), get(pwgLine), get(pwgBitsPixel), get(pwgColourSpace)
	switch {
	case !bytes.HasPrefix(h, []byte(pwgMagic)):
		return nil, bad("a header that begins with %q", h[:9])
	case wide < 1 || high < 1 || wide > mostRaster || high > mostRaster:
		return nil, bad("a page of %d × %d dots", wide, high)
	case !(bits == 1 && space == pwgBlack && line == (wide+7)/8) && !(bits == 8 && space == pwgGrey && line == wide):
		return nil, bad("%d bits a dot, %d bytes a line, colours %d", bits, line, space)
	case get(pwgCopies) != 1:
		return nil, bad("%d copies", get(pwgCopies))
	}
	img := image.NewGray(image.Rect(0, 0, wide, high))
	row := make([]byte, line)
	for y := 0; y < high; {
		again, err := in.ReadByte()
		if err != nil {
			return nil, bad("it ends in line %d", y)
		}
		if err := unpackLine(in, row); err != nil {
			return nil, bad("line %d: %v", y, err)
		}
		if y+int(again) >= high {
			return nil, bad("line %d repeated %d times", y, again)
		}
		for range int(again) + 1 {
			for x := range wide {
				g := row[x*bits/8]
				if bits == 1 {
					g = 0xff * (1 - g>>(7-x%8)&1)
				}
				img.Pix[y*img.Stride+x] = g
			}
			y++
		}
	}
	return img, nil
}

func unpackLine(in *bufio.Reader, row []byte) error {
	for i := 0; i < len(row); {
		n, err := in.ReadByte()
		if err != nil {
			return err
		}
		switch {
		case n < 128:
			b, err := in.ReadByte()
			if err != nil {
				return err
			}
			if i+int(n)+1 > len(row) {
				return errors.New("too long")
			}
			for range int(n) + 1 {
				row[i] = b
				i++
			}
		case n > 128:
			k := 257 - int(n)
			if i+k > len(row) {
				return errors.New("too long")
			}
			if _, err := io.ReadFull(in, row[i:i+k]); err != nil {
				return err
			}
			i += k
		default:
			return errors.New("a mark that is never written")
		}
	}
	return nil
}
