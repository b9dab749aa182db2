package qr

import (
	"sync"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// module is a module of known value: 1 dark, -1 light.
type module struct {
	x, y float64 // its middle
	sign float32
	at   int // y * size + x
}

// symbol is what all symbols of a version have in common (ISO/IEC 18004).
type symbol struct {
	version *decoder.Version
	number  int
	size    int                 // modules to a side
	known   []module            // finders with what parts them off, timing, alignment, version, the dark module
	corners []module            // those of the finders
	corner  [3][]module         // of each
	aligned map[[2]int][]module // each alignment pattern's, by its middle
	timing  [2][]module         // along the upper side, along the left one
	coarse  []module            // at most coarseKnown of known, spread over the symbol
	fine    []module            // at most fineKnown
	data    []int               // modules of the codewords in their order, y * size + x
	format  [2][15]int
	layouts [4]func() *layout // by the level's bits
}

// symbols are made when they are first asked for, by version.
var symbols = func() (s [41]func() *symbol) {
	for v := 1; v <= 40; v++ {
		s[v] = sync.OnceValue(func() *symbol { return newSymbol(v) })
	}
	return s
}()

func newSymbol(number int) *symbol {
	version, err := decoder.Version_GetVersionForNumber(number)
	if err != nil {
		panic(err) // 1 to 40 are there
	}
	n := 17 + 4*number
	s := &symbol{version: version, number: number, size: n}
	const free, dark, light, reserved = 0, 1, 2, 3
	field := make([]uint8, n*n)
	set := func(x, y int, is bool) {
		if x < 0 || y < 0 || x >= n || y >= n {
			return
		}
		field[y*n+x] = light
		if is {
			field[y*n+x] = dark
		}
	}
	for _, c := range [3][2]int{{3, 3}, {n - 4, 3}, {3, n - 4}} {
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				d := max(dx, -dx, dy, -dy)
				set(c[0]+dx, c[1]+dy, d != 4 && d != 2)
			}
		}
	}
	centres := version.GetAlignmentPatternCenters()
	for _, cy := range centres {
		for _, cx := range centres {
			if (cx == 6 && cy == 6) || (cx == 6 && cy == n-7) || (cx == n-7 && cy == 6) {
				continue
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					set(cx+dx, cy+dy, max(dx, -dx, dy, -dy) != 1)
				}
			}
		}
	}
	for i := 8; i < n-8; i++ {
		set(i, 6, i%2 == 0)
		set(6, i, i%2 == 0)
	}
	// Format: bit 14 first.
	for i := range 15 {
		x, y := 8, 0
		switch {
		case i < 6:
			x, y = i, 8
		case i == 6:
			x, y = 7, 8
		case i == 7:
			x, y = 8, 8
		case i == 8:
			x, y = 8, 7
		default:
			x, y = 8, 14-i
		}
		s.format[0][i] = y*n + x
		if i < 7 {
			x, y = 8, n-1-i
		} else {
			x, y = n-15+i, 8
		}
		s.format[1][i] = y*n + x
	}
	for _, f := range s.format {
		for _, at := range f {
			field[at] = reserved
		}
	}
	set(8, n-8, true)
	if number >= 7 {
		bits := decoder.VERSION_DECODE_INFO[number-7]
		for i := range 18 {
			is := bits>>i&1 == 1
			set(n-11+i%3, i/3, is)
			set(i/3, n-11+i%3, is)
		}
	}
	for y := range n {
		for x := range n {
			switch field[y*n+x] {
			case dark:
				s.known = append(s.known, module{float64(x) + 0.5, float64(y) + 0.5, 1, y*n + x})
			case light:
				s.known = append(s.known, module{float64(x) + 0.5, float64(y) + 0.5, -1, y*n + x})
			}
		}
	}
	for _, m := range s.known {
		if (m.x < 8 || m.x > float64(n-8)) && (m.y < 8 || m.y > float64(n-8)) && (m.x < 8 || m.y < 8) {
			s.corners = append(s.corners, m)
			i := 0
			if m.x > 8 {
				i = 1
			} else if m.y > 8 {
				i = 2
			}
			s.corner[i] = append(s.corner[i], m)
		}
	}
	s.aligned = map[[2]int][]module{}
	for _, cy := range centres {
		for _, cx := range centres {
			for _, m := range s.known {
				if m.x > float64(cx-2) && m.x < float64(cx+3) && m.y > float64(cy-2) && m.y < float64(cy+3) {
					s.aligned[[2]int{cx, cy}] = append(s.aligned[[2]int{cx, cy}], m)
				}
			}
		}
	}
	for _, m := range s.known {
		if m.y == 6.5 && m.x > 8 && m.x < float64(n-8) {
			s.timing[0] = append(s.timing[0], m)
		}
		if m.x == 6.5 && m.y > 8 && m.y < float64(n-8) {
			s.timing[1] = append(s.timing[1], m)
		}
	}
	s.coarse, s.fine = thin(s.known, coarseKnown), thin(s.known, fineKnown)
	// Codewords run in columns of two from the right, up and down, around the timing column.
	for right, up := n-1, true; right > 0; right, up = right-2, !up {
		if right == 6 {
			right--
		}
		for i := range n {
			y := i
			if up {
				y = n - 1 - i
			}
			for x := right; x > right-2; x-- {
				if field[y*n+x] == free {
					s.data = append(s.data, y*n+x)
				}
			}
		}
	}
	s.data = s.data[:version.GetTotalCodewords()*8]
	for bits := range s.layouts {
		s.layouts[bits] = sync.OnceValue(func() *layout { l := newLayout(version, bits); return &l })
	}
	return s
}

// masked tells whether mask k turns the module's value round (ISO/IEC 18004, table 10).
func masked(k, x, y int) bool {
	switch k {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (y/2+x/3)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	default:
		return ((x+y)%2+x*y%3)%2 == 0
	}
}

// formatWords are the 32 words of format information: two bits of level, three of mask,
// ten of check, masked (ISO/IEC 18004, annex C).
var formatWords = func() (w [32]uint16) {
	for i := range w {
		rest := uint16(i) << 10
		for b := 14; b >= 10; b-- {
			if rest>>b&1 == 1 {
				rest ^= 0x537 << (b - 10)
			}
		}
		w[i] = (uint16(i)<<10 | rest) ^ 0x5412
	}
	return w
}()

func (s *symbol) layout(bits int) *layout { return s.layouts[bits]() }

const coarseKnown, fineKnown = 320, 700

// thin takes at most about that many of the modules, evenly.
func thin(m []module, most int) (out []module) {
	for i := range m {
		if i*most/len(m) != (i-1)*most/len(m) || i == 0 || len(m) <= most {
			out = append(out, m[i])
		}
	}
	return out
}
