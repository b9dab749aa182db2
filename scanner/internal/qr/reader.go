package qr

import (
	"math"
	"time"
)

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

func (p pt) public() Point { return Point{p.x, p.y} }

// Symbol is one symbol that was read.
type Symbol struct {
	Text    string
	Corners [4]Point // that between the three finder patterns first, then round along its upper side
}

// Reader reads pictures one after the other and keeps its memory between them. The zero
// Reader is ready; it serves one goroutine.
type Reader struct {
	levels   []level
	sharp    []level
	views    [2 * maxLevels]*level // the levels, then what sharpen makes of them
	sums     []int32
	best     []int
	most     int // finders to make triples of
	edges    []float64
	finders  []finder
	triples  []triple
	grid     grid
	eq       equaliser
	formats  [64]ranked
	words    []uint8
	fixed    []uint8
	sure     []float32
	order    []int
	mended   []bool
	block    [256]uint8
	bytes    []byte
	seen     [8]seen
	nextSeen int
	found    []Symbol
	quads    []quad
	until    time.Time
	n        int // levels in use
	OnTry    func(version int, c [4]Point, score float32, ok bool)
	OnFind   func(p Point, module float64)
	Trace    func(string, ...any) // for measuring
}

// Effort says how hard to look.
type Effort struct {
	Most  int       // symbols; 0: all
	Until time.Time // zero: no limit
	Hard  bool      // look for light symbols on dark, too
}

const maxLevels = 7

// Read reads the symbols of a picture. They are the caller's until the next call.
func (r *Reader) Read(p Plane, e Effort) []Symbol {
	r.found, r.quads = r.found[:0], r.quads[:0]
	r.until = e.Until
	if p.W < 21 || p.H < 21 || p.Stride < p.W || len(p.Pix) < (p.H-1)*p.Stride+p.W {
		return nil
	}
	if r.levels == nil {
		r.levels, r.sharp = make([]level, maxLevels), make([]level, maxLevels)
	}
	first := &r.levels[0]
	first.Plane, first.scale, first.mapped = p, 1, false
	n := 1
	for n < maxLevels && min(r.levels[n-1].W, r.levels[n-1].H) >= 100 {
		r.levels[n].halve(&r.levels[n-1])
		n++
	}
	if n > 1 {
		first.borrow(&r.levels[1])
	}
	for i := range n {
		r.views[i], r.views[maxLevels+i] = &r.levels[i], &r.sharp[i]
	}
	r.n, r.most = n, 24
	r.finders = r.finders[:0]
	for _, v := range [...]int{1, 0, 2, maxLevels + 1, maxLevels + 2, 3, maxLevels + 3, 4, 5, 6} {
		if v%maxLevels >= n {
			continue
		}
		r.search(v, e.Most, false)
		if r.done(e.Most) {
			break
		}
	}
	return r.found
}

func (r *Reader) done(most int) bool {
	return most > 0 && len(r.found) >= most || !r.until.IsZero() && time.Now().After(r.until)
}

// search finds symbols by the finder patterns that one more view shows.
func (r *Reader) search(view, most int, flip bool) {
	if view < maxLevels {
		r.levels[view].threshold()
	} else {
		r.sums = r.sharp[view-maxLevels].sharpen(&r.levels[view-maxLevels], r.sums)
	}
	l := r.views[view]
	from := len(r.finders)
	step := 2
	if view == 0 && r.n > 1 {
		step = 3
	}
	r.scanRows(view, 0, 0, l.W, l.H, step, flip)
	if r.OnFind != nil {
		for _, f := range r.finders {
			r.OnFind(f.at.public(), f.module)
		}
	}
	if r.Trace != nil {
		for _, f := range r.finders[from:] {
			r.Trace("finder view %d at %.1f %.1f module %.2f hits %d bad %.2f", view, f.at.x, f.at.y, f.module, f.hits, f.bad)
		}
	}
	if len(r.finders) < 3 || len(r.finders) == from {
		return
	}
	r.group(from, flip)
	if r.Trace != nil {
		r.Trace("view %d: %d finders, %d triples", view, len(r.finders), len(r.triples))
	}
	tries := 0
	for _, t := range r.triples {
		if r.finders[t.a].used || r.finders[t.b].used || r.finders[t.c].used {
			continue
		}
		if tries++; tries > 12 {
			break
		}
		if r.try(t) {
			r.finders[t.a].used, r.finders[t.b].used, r.finders[t.c].used = true, true, true
		}
		if r.done(most) {
			return
		}
	}
}

// try reads the symbol of a triple.
func (r *Reader) try(t triple) bool {
	fa, fb, fc := &r.finders[t.a], &r.finders[t.b], &r.finders[t.c]
	a, b, c := fa.at, fb.at, fc.at
	for i := range r.quads {
		if r.quads[i].holds(a.add(b).add(c).mul(1.0 / 3)) {
			return false
		}
	}
	module := (b.sub(a).abs() + c.sub(a).abs()) / (2 * t.modules)
	// The level on which a module is two to four pixels wide shows the fit best.
	k := 0
	for k+1 < r.n && module/r.levels[k].scale >= 4 {
		k++
	}
	fit := &r.levels[k]
	fit.threshold()
	// A projection's area goes with the third power of 1/w, and w is linear in the symbol's
	// plane: the sizes of three finders give w and the place of the fourth point.
	wa, wb, wc := math.Pow(fa.module, -2.0/3), math.Pow(fb.module, -2.0/3), math.Pow(fc.module, -2.0/3)
	d := b.add(c).sub(a)
	if wd := wb + wc - wa; wd > 0.3*wa {
		d = b.mul(wb).add(c.mul(wc)).sub(a.mul(wa)).mul(1 / wd)
	}
	guess := (t.modules + 7 - 17) / 4
	var best quad
	var bestSymbol *symbol
	bestScore := float32(-1)
	around := 1
	if guess > 12 {
		around = 2
	}
	for v := int(guess+0.5) - around; v <= int(guess+0.5)+around; v++ {
		if v < 1 || v > 40 {
			continue
		}
		s := symbols[v]()
		q := quad{a, b, d, c}
		if fit.match(&q, s.size, s.corners) < 0.15 {
			continue
		}
		reach := 0.16 * t.modules
		score := fit.far(&q, s.size, s.coarse, reach, max(1, reach/6))
		score = fit.refine(&q, s.size, s.coarse, 2, module, max(0.5, reach/12), 0.25, score)
		if r.Trace != nil {
			r.Trace("  version %d score %.3f (modules %.1f, module %.2f)", v, score, t.modules, module)
		}
		if score > bestScore {
			bestScore, best, bestSymbol = score, q, s
		}
	}
	if bestScore < 0.25 {
		return false
	}
	bestScore = fit.refine(&best, bestSymbol.size, bestSymbol.fine, 0, module, 0.5, 0.03, fit.match(&best, bestSymbol.size, bestSymbol.fine))
	text, ok := r.read(fit, bestSymbol, &best)
	if r.OnTry != nil {
		p, _ := best.project(bestSymbol.size, 1)
		e := float64(bestSymbol.size)
		r.OnTry(bestSymbol.number, [4]Point{p.at(0, 0).public(), p.at(e, 0).public(), p.at(e, e).public(), p.at(0, e).public()}, bestScore, ok)
	}
	if r.Trace != nil {
		r.Trace("  version %d refined %.3f: %v", bestSymbol.number, bestScore, ok)
	}
	if !ok {
		return false
	}
	sym := Symbol{Text: text}
	p, _ := best.project(bestSymbol.size, 1)
	e := float64(bestSymbol.size)
	for i, m := range [4]pt{{0, 0}, {e, 0}, {e, e}, {0, e}} {
		c := p.at(m.x, m.y)
		sym.Corners[i] = c.public()
	}
	r.found = append(r.found, sym)
	var out quad
	for i, c := range sym.Corners {
		out[i] = pt{c.X, c.Y}
	}
	r.quads = append(r.quads, out)
	return true
}

// holds tells whether a place is inside.
func (q *quad) holds(p pt) bool {
	for i := range q {
		if q[(i+1)%4].sub(q[i]).cross(p.sub(q[i])) < 0 {
			return false
		}
	}
	return true
}

// Forget forgets where the last symbols were.
func (r *Reader) Forget() {}
