package labels

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Of one version, level and mask, a QR symbol is affine-linear over GF(2) in its data
// bits: error correction is linear, placing bits is a permutation, masking adds a
// constant. So go-qrcode is asked once for the symbols of texts that differ in one data
// bit; the differences are a basis, and every other symbol is a sum of them.
//
// The basis comes from a text of 108 bytes in byte mode, which fills the symbol and sets
// each data bit but those of its mode, length and terminator. A label's text is cut by
// go-qrcode into runs of digits and letters whose mode and length stand in those bits; so
// each such beginning has a symbol of its own to start from, also go-qrcode's.
const (
	dataCodewords = 110 // version 8, level Q: ISO/IEC 18004 table 9
	byteHeader    = 12  // bits: mode indicator and length of byte mode
	byteCapacity  = 108
)

type codewords [dataCodewords]byte

type symbol8 [qrModules]uint64

func (s *symbol8) xor(o *symbol8) {
	for i := range s {
		s[i] ^= o[i]
	}
}

// basis is what symbols of version 8 at level Q are sums of.
type basis struct {
	bits     [byteCapacity * 8]symbol8 // difference that each data bit from byteHeader on makes
	encoding symbol8                   // set where a module holds data
	masks    [8]symbol8                // on those modules only
	frames   [8]symbol8                // the other modules under each mask: finders, timing, format, version
	seen     [8]int                    // how often go-qrcode took a mask for the basis
}

// reference is a symbol to start from: its data bits and its modules without mask and frame.
type reference struct {
	data codewords
	bare symbol8
}

// symbolTable makes the symbols of label texts. It serves one goroutine.
type symbolTable struct {
	*basis
	refs map[[3]byte]*reference
	mask int
}

func newSymbolTable() (*symbolTable, error) {
	b, err := sharedBasis()
	if err != nil {
		return nil, err
	}
	// Any mask is legal, and all print alike on average; the one that go-qrcode takes
	// most often is the one it found best most often.
	best := 0
	for i := range b.seen {
		if b.seen[i] > b.seen[best] {
			best = i
		}
	}
	return &symbolTable{basis: b, refs: map[[3]byte]*reference{}, mask: best}, nil
}

// sharedBasis is assembled at the first large batch of the process.
var sharedBasis = sync.OnceValues(func() (*basis, error) {
	b, err := assembleBasis()
	basisReady.Store(err == nil)
	return b, err
})

// basisReady tells that a batch in this process has assembled the basis.
var basisReady atomic.Bool

func assembleBasis() (*basis, error) {
	b := &basis{}
	for y := range qrModules {
		for x := range qrModules {
			if !functionModule(x, y) {
				b.encoding[y] |= 1 << (63 - x)
			}
		}
	}
	for m := range b.masks {
		for y := range qrModules {
			for x := range qrModules {
				if !functionModule(x, y) && masked(m, y, x) {
					b.masks[m][y] |= 1 << (63 - x)
				}
			}
		}
	}
	// 0x80 and every byte one bit from it are neither digits nor letters, so that all
	// these texts are one run of bytes.
	text := strings.Repeat("\x80", byteCapacity)
	zero, mask, frame, err := b.bare(text)
	if err != nil {
		return nil, err
	}
	b.frames[mask] = frame
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		fault error
	)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(b.bits); i += workers {
				t := []byte(text)
				t[i/8] ^= 0x80 >> (i % 8)
				s, mask, frame, err := b.bare(string(t))
				s.xor(&zero)
				b.bits[i] = s
				mu.Lock()
				b.seen[mask]++
				b.frames[mask] = frame
				if err != nil {
					fault = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return b, fault
}

// bare asks go-qrcode for a symbol and takes frame and mask off.
func (b *basis) bare(text string) (s symbol8, mask int, frame symbol8, err error) {
	m, err := plainSymbol(text, qrVersion)
	if err != nil {
		return s, 0, s, err
	}
	if m.size != qrModules {
		return s, 0, s, fmt.Errorf("%w: symbol of %d modules", ErrCode, m.size)
	}
	mask = maskOf(m)
	for y, row := range m.rows {
		s[y] = row&b.encoding[y] ^ b.masks[mask][y]
		frame[y] = row &^ b.encoding[y]
	}
	return s, mask, frame, nil
}

// symbol is the symbol of a label's text, of letters and digits.
func (t *symbolTable) symbol(text string) (modules, error) {
	data := dataBits(text)
	key := [3]byte{data[0], data[1] & 0xf0, data[dataCodewords-1] & 0x0f}
	ref := t.refs[key]
	if ref == nil {
		s, _, _, err := t.bare(text)
		if err != nil {
			return modules{}, err
		}
		ref = &reference{data: data, bare: s}
		t.refs[key] = ref
	}
	s := ref.bare
	for i := range data {
		for d := data[i] ^ ref.data[i]; d != 0; d &= d - 1 {
			// d's lowest set bit, counted from the codeword's highest.
			j := 7
			for x := d & -d; x > 1; x >>= 1 {
				j--
			}
			s.xor(&t.bits[i*8+j-byteHeader])
		}
	}
	s.xor(&t.masks[t.mask])
	s.xor(&t.frames[t.mask])
	return modules{size: qrModules, rows: slices.Clone(s[:])}, nil
}

// check compares a symbol of the table with go-qrcode's, module by module. go-qrcode may
// have taken another mask: then mask and format are what may differ. Error: ErrCode.
func (t *symbolTable) check(text string, m modules) error {
	want, mask, frame, err := t.bare(text)
	if err != nil {
		return err
	}
	want.xor(&t.masks[t.mask])
	if mask != t.mask {
		frame = t.frames[t.mask]
	}
	want.xor(&frame)
	if !slices.Equal(m.rows, want[:]) {
		return fmt.Errorf("%w: the symbol of %s is not what the QR encoder makes of it; nothing of this batch should be used", ErrCode, text)
	}
	return nil
}

// functionModule tells the modules of version 8 that hold no data: finders with their
// separators and format information, timing, alignment, version (ISO/IEC 18004 §6.3).
func functionModule(x, y int) bool {
	const far = qrModules - 8
	switch {
	case x == 6 || y == 6,
		x <= 8 && y <= 8, x >= far && y <= 8, x <= 8 && y >= far,
		x >= far-3 && y <= 5, x <= 5 && y >= far-3:
		return true
	}
	near := func(v, c int) bool { return v >= c-2 && v <= c+2 }
	for _, c := range [][2]int{{6, 24}, {24, 6}, {24, 24}, {24, 42}, {42, 24}, {42, 42}} {
		if near(x, c[0]) && near(y, c[1]) {
			return true
		}
	}
	return false
}

// masked is the mask pattern's condition, ISO/IEC 18004 table 10.
func masked(mask, i, j int) bool {
	switch mask {
	case 0:
		return (i+j)%2 == 0
	case 1:
		return i%2 == 0
	case 2:
		return j%3 == 0
	case 3:
		return (i+j)%3 == 0
	case 4:
		return (i/2+j/3)%2 == 0
	case 5:
		return i*j%2+i*j%3 == 0
	case 6:
		return (i*j%2+i*j%3)%2 == 0
	default:
		return ((i+j)%2+i*j%3)%2 == 0
	}
}

// maskOf reads a symbol's mask from its format information (ISO/IEC 18004 §7.9): the
// third to fifth bit beside the upper left finder, themselves masked with 101.
func maskOf(m modules) int {
	return int(m.rows[8]<<2>>61) ^ 0b101
}

// dataBits is what go-qrcode makes of a text of digits and letters before error
// correction: mode, length and characters of each run, terminator, padding.
func dataBits(text string) codewords {
	w := bitWriter{}
	for _, r := range runs(text) {
		if r.numeric {
			w.put(0b0001, 4)
			w.put(len(r.text), 10)
			for s := r.text; s != ""; {
				n, v := min(3, len(s)), 0
				for _, c := range []byte(s[:n]) {
					v = v*10 + int(c-'0')
				}
				w.put(v, 1+3*n)
				s = s[n:]
			}
			continue
		}
		w.put(0b0010, 4)
		w.put(len(r.text), 9)
		for s := r.text; s != ""; {
			if len(s) == 1 {
				w.put(alphanumeric(s[0]), 6)
				break
			}
			w.put(alphanumeric(s[0])*45+alphanumeric(s[1]), 11)
			s = s[2:]
		}
	}
	w.n = min((w.n+4+7)/8*8, dataCodewords*8) // terminator, and zeros to the next codeword
	for pad := 0xEC; w.n < dataCodewords*8; pad ^= 0xEC ^ 0x11 {
		w.put(pad, 8)
	}
	return w.out
}

func alphanumeric(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c-'A') + 10
}

type bitWriter struct {
	out codewords
	n   int
}

func (w *bitWriter) put(v, bits int) {
	for i := bits - 1; i >= 0; i-- {
		w.out[w.n/8] |= byte(v>>i&1) << (7 - w.n%8)
		w.n++
	}
}

type run struct {
	numeric bool
	text    string
}

// length is a run's length in bits, with its mode and length.
func (r run) length() int {
	n := len(r.text)
	if r.numeric {
		return 14 + 10*(n/3) + [3]int{0, 4, 7}[n%3]
	}
	return 13 + 11*(n/2) + 6*(n%2)
}

// runs cuts a text of digits and letters as go-qrcode does: a run of letters takes the
// following run in as long as that is shorter than leaving it alone; and where one run of
// letters is no longer than all of them, it is that.
func runs(text string) []run {
	isDigit := func(c byte) bool { return c <= '9' }
	var actual []run
	for i := 0; i < len(text); {
		j := i + 1
		for j < len(text) && isDigit(text[j]) == isDigit(text[i]) {
			j++
		}
		actual = append(actual, run{isDigit(text[i]), text[i:j]})
		i = j
	}
	var out []run
	total := 0
	for at, i := 0, 0; i < len(actual); {
		r := actual[i]
		end := at + len(r.text)
		j := i + 1
		for ; j < len(actual) && !r.numeric; j++ {
			next := actual[j]
			joined := run{false, text[at : end+len(next.text)]}
			if joined.length() >= r.length()+next.length() {
				break
			}
			r, end = joined, end+len(next.text)
		}
		out = append(out, r)
		total += r.length()
		at, i = end, j
	}
	whole := run{len(actual) == 1 && actual[0].numeric, text}
	if whole.length() <= total {
		return []run{whole}
	}
	return out
}
