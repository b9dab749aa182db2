package labels

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"iter"
	"strconv"
	"strings"
)

// ErrZPL says that a stream is not the ZPL that this program writes.
var ErrZPL = errors.New("not ZPL as it is written here")

// Bounds of a label, in dots: a hand's breadth at 600 dpi, and more than any roll.
const (
	mostZPLWide = 5000
	mostZPLHigh = 12000
)

// ReadZPL draws the labels of a ZPL stream as a printer prints them, dot for dot: what is
// about to be sent can be looked at and decoded. It knows the commands that WriteZPL uses,
// by the ZPL II Programming Guide, and refuses every other, so that nothing is sent that
// was not seen. A label that is asked for several times (^PQ) comes once each time. Errors:
// ErrZPL, and r's.
func ReadZPL(r io.Reader) iter.Seq2[*image.Gray, error] {
	return func(yield func(*image.Gray, error) bool) {
		in := bufio.NewReaderSize(r, 1<<16)
		for {
			img, copies, err := readLabel(in)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for range copies {
				if !yield(img, nil) {
					return
				}
			}
		}
	}
}

// mostCommand bounds a command with its picture, in bytes.
const mostCommand = mostZPLWide / 4 * mostZPLHigh

// readCommand reads up to the next "^". The first one of a stream is empty.
func readCommand(in *bufio.Reader) (string, error) {
	var b []byte
	for {
		part, err := in.ReadSlice('^')
		if b = append(b, part...); len(b) > mostCommand {
			return "", fmt.Errorf("%w: a command of more than %d bytes", ErrZPL, mostCommand)
		}
		switch {
		case err == nil:
			return string(b[:len(b)-1]), nil
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return string(b), err
		}
	}
}

// readLabel reads from one ^XA to its ^XZ. io.EOF: there is no more.
func readLabel(in *bufio.Reader) (*image.Gray, int, error) {
	bad := func(format string, a ...any) error { return fmt.Errorf("%w: %s", ErrZPL, fmt.Sprintf(format, a...)) }
	var (
		img        *image.Gray
		wide, high int
		x, y       int
		copies     = 1
		begun      bool
	)
	if text, err := readCommand(in); err != nil || strings.TrimSpace(text) != "" {
		if err == io.EOF && strings.TrimSpace(text) == "" {
			return nil, 0, io.EOF
		}
		return nil, 0, errors.Join(bad("%.20q before a label", text), err)
	}
	for {
		text, err := readCommand(in)
		if len(text) < 2 {
			return nil, 0, errors.Join(bad("a command %.20q", text), err)
		}
		name, arg := text[:2], strings.TrimRight(text[2:], "\r\n")
		if err != nil && err != io.EOF {
			return nil, 0, err
		}
		if !begun && name != "XA" || begun && name == "XA" {
			return nil, 0, bad("^%s where it does not belong", name)
		}
		switch name {
		case "XA":
			begun = true
			if arg != "" {
				return nil, 0, bad("^XA with %.20q", arg)
			}
		case "PW":
			wide, err = number1(arg, 1, mostZPLWide)
		case "LL":
			high, err = number1(arg, 1, mostZPLHigh)
		case "LH":
			if arg != "0,0" {
				err = bad("^LH%.20s", arg)
			}
		case "FO":
			a, b, _ := strings.Cut(arg, ",")
			if x, err = number1(a, 0, mostZPLWide); err == nil {
				y, err = number1(b, 0, mostZPLHigh)
			}
		case "GF":
			if wide == 0 || high == 0 {
				return nil, 0, bad("a picture before the label's size")
			}
			if img == nil {
				img = image.NewGray(image.Rect(0, 0, wide, high))
				for i := range img.Pix {
					img.Pix[i] = 0xff
				}
			}
			err = drawGraphic(img, x, y, arg)
		case "FS":
		case "PQ":
			copies, err = number1(arg, 1, 10)
		case "XZ":
			if img == nil || arg != "" {
				return nil, 0, bad("a label without a picture")
			}
			// What ReadSlice took as the beginning of the next command is its "^".
			if err == nil {
				err = in.UnreadByte()
			}
			if err == io.EOF {
				err = nil
			}
			return img, copies, err
		default:
			return nil, 0, bad("^%s is never written here", name)
		}
		if err != nil {
			if err == io.EOF {
				err = bad("it ends in the middle of a label")
			}
			return nil, 0, err
		}
	}
}

func number1(s string, least, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < least || n > most {
		return 0, fmt.Errorf("%w: %.20q where %d to %d is expected", ErrZPL, s, least, most)
	}
	return n, nil
}

// drawGraphic draws ^GFA: kind, bytes sent, bytes in all, bytes a row, and digits. What
// lies beyond the label is not printed.
func drawGraphic(img *image.Gray, x, y int, arg string) error {
	f := strings.SplitN(arg, ",", 5)
	if len(f) != 5 || f[0] != "A" || f[1] != f[2] {
		return fmt.Errorf("%w: ^GF%.30s", ErrZPL, arg)
	}
	stride, err := number1(f[3], 1, mostZPLWide/8+1)
	if err != nil {
		return err
	}
	total, err := number1(f[2], stride, stride*mostZPLHigh)
	if err != nil || total%stride != 0 {
		return fmt.Errorf("%w: %.20q bytes in rows of %d: %w", ErrZPL, f[2], stride, errors.Join(err))
	}
	rows, err := unpackGraphic(f[4], stride, total/stride)
	if err != nil {
		return err
	}
	for i, b := range rows {
		py := y + i/stride
		if b == 0 || py >= img.Rect.Dy() {
			continue
		}
		for bit := range 8 {
			if px := x + i%stride*8 + bit; b>>(7-bit)&1 == 1 && px < img.Rect.Dx() {
				img.Pix[py*img.Stride+px] = 0
			}
		}
	}
	return nil
}

// unpackGraphic reads the digits of a picture: G to Y repeat the next digit 1 to 19 times, g
// to z 20 to 400 times, both add up; "," fills the row with white, "!" with black, ":" is
// the row before.
func unpackGraphic(s string, stride, rows int) ([]byte, error) {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w: a picture with %s", ErrZPL, fmt.Sprintf(format, a...))
	}
	out := make([]byte, 0, stride*rows)
	row := make([]byte, 0, 2*stride) // its digits
	count := 0
	end := func() error {
		if len(out)/stride >= rows {
			return bad("more than %d rows", rows)
		}
		for i := 0; i < len(row); i += 2 {
			out = append(out, row[i]<<4|row[i+1])
		}
		row = row[:0]
		return nil
	}
	fill := func(d byte) error {
		row = append(row, bytes.Repeat([]byte{d}, 2*stride-len(row))...)
		return end()
	}
	for i := range len(s) {
		c := s[i]
		var err error
		switch {
		case c >= 'G' && c <= 'Y':
			count += int(c-'G') + 1
			continue
		case c >= 'g' && c <= 'z':
			count += 20 * (int(c-'g') + 1)
			continue
		case count > 0 && !isHex(c):
			return nil, bad("%d times %q", count, c)
		case c == ',':
			err = fill(0)
		case c == '!':
			err = fill(0xf)
		case c == ':':
			if len(row) > 0 || len(out) == 0 {
				return nil, bad("a repeated row in the middle of one")
			}
			for _, b := range out[len(out)-stride:] {
				row = append(row, b>>4, b&15)
			}
			err = end()
		case isHex(c):
			d := c - '0'
			if c >= 'A' {
				d = c - 'A' + 10
			}
			if count = max(count, 1); len(row)+count > 2*stride {
				return nil, bad("a row of more than %d digits", 2*stride)
			}
			row = append(row, bytes.Repeat([]byte{d}, count)...)
			if count = 0; len(row) == 2*stride {
				err = end()
			}
		default:
			return nil, bad("%q", c)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(row) > 0 || count > 0 || len(out) != stride*rows {
		return nil, bad("%d bytes of %d", len(out), stride*rows)
	}
	return out, nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' }
