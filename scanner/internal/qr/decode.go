package qr

import (
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// layout is the codewords of a version and level by blocks.
type layout struct {
	blocks [][]int // indices into the symbol's codewords, data first
	data   []int   // number of data codewords of each
	check  int
}

var levels = [4]decoder.ErrorCorrectionLevel{ // by the two bits of the format word
	decoder.ErrorCorrectionLevel_M, decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_H, decoder.ErrorCorrectionLevel_Q,
}

func newLayout(v *decoder.Version, bits int) layout {
	ec := v.GetECBlocksForLevel(levels[bits])
	l := layout{check: ec.GetECCodewordsPerBlock()}
	for _, b := range ec.GetECBlocks() {
		for range b.GetCount() {
			l.data = append(l.data, b.GetDataCodewords())
			l.blocks = append(l.blocks, make([]int, 0, b.GetDataCodewords()+l.check))
		}
	}
	next := 0
	for i := range slices.Max(l.data) {
		for b := range l.blocks {
			if i < l.data[b] {
				l.blocks[b] = append(l.blocks[b], next)
				next++
			}
		}
	}
	for range l.check {
		for b := range l.blocks {
			l.blocks[b] = append(l.blocks[b], next)
			next++
		}
	}
	return l
}

// rankFormats orders the 64 readings of the format information, 32 words, upright and
// mirrored (from 32 on), by how well they fit.
func (r *Reader) rankFormats(s *symbol) {
	g := &r.grid
	for k := range r.formats {
		var sum float32
		for _, places := range s.format {
			for i, at := range places {
				if k >= 32 {
					at = at%s.size*s.size + at/s.size
				}
				v := min(max(g.soft[at], -1), 1)
				if formatWords[k&31]>>(14-i)&1 == 1 {
					sum += v
				} else {
					sum -= v
				}
			}
		}
		r.formats[k] = ranked{k, sum / 30}
	}
	slices.SortFunc(r.formats[:], byFit)
}

// ranked is one of several readings and how well it fits.
type ranked struct {
	word int
	fit  float32
}

// byFit puts the best first.
func byFit(a, b ranked) int {
	switch {
	case a.fit > b.fit:
		return -1
	case a.fit < b.fit:
		return 1
	}
	return a.word - b.word
}

// codewords reads the symbol's codewords, and how sure each is: the least sure first.
func (r *Reader) codewords(s *symbol, word int) {
	g := &r.grid
	mask := word & 7
	mirrored := word >= 32
	n := len(s.data) / 8
	r.words, r.sure = grow(r.words, n), grow(r.sure, n)
	for i := range n {
		var w uint8
		sure := float32(0)
		least := float32(9)
		for _, at := range s.data[8*i : 8*i+8] {
			x, y := at%s.size, at/s.size
			if mirrored {
				at = x*s.size + y
			}
			v := g.soft[at]
			if masked(mask, x, y) {
				v = -v
			}
			w <<= 1
			if v > 0 {
				w |= 1
			} else {
				v = -v
			}
			least = min(least, v)
			sure += min(v, 1)
		}
		r.words[i] = w
		r.sure[i] = least + 0.02*sure
	}
}

// evidence is how unlikely it is that a word of the code lies so near to noise, in bits: n
// codewords, check of them redundant, so many erased and so many changed.
func evidence(n, check, erased, changed int) float64 {
	bits := 8 * float64(check-erased-changed)
	m := n - erased
	for i := range changed { // m over changed ways to choose them
		bits -= math.Log2(float64(m-i) / float64(i+1))
	}
	return bits
}

// enough is the evidence, in bits, that a block must give: one in sixteen million.
const enough = 24

// mend corrects the blocks. It tells how many are in order.
func (r *Reader) mend(s *symbol, l *layout) int {
	good := 0
	r.mended = grow(r.mended, len(l.blocks))
	r.fixed = grow(r.fixed, len(r.words))
	for b, places := range l.blocks {
		n := len(places)
		r.order = grow(r.order, n)
		for i := range r.order {
			r.order[i] = i
		}
		slices.SortFunc(r.order, func(i, j int) int {
			switch a, b := r.sure[places[i]], r.sure[places[j]]; {
			case a < b:
				return -1
			case a > b:
				return 1
			}
			return i - j
		})
		r.mended[b] = false
		for erased := 0; erased <= min(l.check, n); erased += 2 {
			if evidence(n, l.check, erased, 0) < enough {
				break
			}
			word := r.block[:n]
			for i, p := range places {
				word[i] = r.words[p]
			}
			changed, ok := correct(word, l.check, r.order[:erased])
			if !ok || evidence(n, l.check, erased, changed) < enough {
				continue
			}
			for i, p := range places {
				r.fixed[p] = word[i]
			}
			r.mended[b] = true
			good++
			break
		}
	}
	return good
}

// text makes the text of the mended data, by gozxing; one that was seen lately is not made
// again.
func (r *Reader) text(s *symbol, l *layout, bits int) (text string, ok bool) {
	r.bytes = r.bytes[:0]
	for b, places := range l.blocks {
		for _, p := range places[:l.data[b]] {
			r.bytes = append(r.bytes, r.fixed[p])
		}
	}
	for i := range r.seen {
		k := &r.seen[i]
		if k.version == s.number && string(r.bytes) == k.data {
			return k.text, true
		}
	}
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	var hints map[gozxing.DecodeHintType]any
	res, err := decoder.DecodedBitStreamParser_Decode(slices.Clone(r.bytes), s.version, levels[bits], hints)
	if err != nil {
		return "", false
	}
	r.seen[r.nextSeen] = seen{s.number, string(r.bytes), res.GetText()}
	r.nextSeen = (r.nextSeen + 1) % len(r.seen)
	return res.GetText(), true
}

type seen struct {
	version    int
	data, text string
}

// learnKnown sets what the equaliser learns from to the modules of known value.
func (g *grid) learnKnown(s *symbol) {
	clear(g.weight)
	for i := range s.known {
		m := &s.known[i]
		g.target[m.at], g.weight[m.at] = m.sign, 1
	}
}

// learnDecided adds what the last pass decided: blocks that were mended for certain, the
// others as far as they were sure.
func (r *Reader) learnDecided(s *symbol, l *layout, word int) {
	g := &r.grid
	for b, places := range l.blocks {
		for _, p := range places {
			for i, at := range s.data[8*p : 8*p+8] {
				x, y := at%s.size, at/s.size
				if word >= 32 {
					at = x*s.size + y
				}
				if r.mended[b] {
					dark := r.fixed[p]>>(7-i)&1 == 1
					if masked(word&7, x, y) {
						dark = !dark
					}
					g.target[at], g.weight[at] = -1, 1
					if dark {
						g.target[at] = 1
					}
					continue
				}
				v := g.soft[at]
				g.target[at], g.weight[at] = 1, min(v, 1)
				if v < 0 {
					g.target[at], g.weight[at] = -1, min(-v, 1)
				}
			}
		}
	}
	for _, places := range s.format {
		for i, at := range places {
			if word >= 32 {
				at = at%s.size*s.size + at/s.size
			}
			g.target[at], g.weight[at] = -1, 1
			if formatWords[word&31]>>(14-i)&1 == 1 {
				g.target[at] = 1
			}
		}
	}
}

// read reads the symbol that lies at q; bent may be nil.
func (r *Reader) read(l *level, s *symbol, q *quad, bent *warp) (text string, ok bool) {
	g := &r.grid
	g.reset(s.size)
	p, ok := q.project(s.size, l.scale)
	if !ok {
		return "", false
	}
	g.sample(l, &p, bent)
	g.normalise()
	g.learnKnown(s)
	if !r.eq.train(g, 1, 0.05) {
		return "", false
	}
	r.eq.apply(g)
	r.rankFormats(s)
	const tries = 3
	for try := range tries {
		f := r.formats[try]
		if f.fit < 0.2 || f.fit < r.formats[0].fit-0.25 {
			break
		}
		lay := s.layout(f.word >> 3 & 3)
		for pass := range 3 {
			r.codewords(s, f.word)
			good := r.mend(s, lay)
			if good == len(lay.blocks) {
				if text, ok := r.text(s, lay, f.word>>3&3); ok {
					return text, true
				}
				break
			}
			if pass == 2 || (try > 0 && good == 0) {
				break
			}
			r.learnDecided(s, lay, f.word)
			if !r.eq.train(g, 2, 0.02) {
				break
			}
			r.eq.apply(g)
		}
		// The next word starts from what the first pass saw.
		g.learnKnown(s)
		if !r.eq.train(g, 1, 0.05) {
			break
		}
		r.eq.apply(g)
	}
	return "", false
}
