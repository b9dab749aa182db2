package qr

import (
	"math"
	"time"
)

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Symbol is one symbol that was read.
type Symbol struct {
	Text    string
	Corners [4]Point // that between the three finder patterns first, then round along its upper side
}

// Reader reads pictures one after the other and keeps its memory between them. The zero
// Reader is ready; it serves one goroutine.
type Reader struct {
	levels   []level // each half the size of the one before
	sharp    []level
	n        int // levels of this picture
	negative []uint8
	sums     []int32

	edges   []float64
	finders []finder
	best    []int
	triples []triple
	most    int // finders to make triples of
	tries   int // triples to try on a view

	grid    grid
	eq      equaliser
	formats [64]ranked
	words   []uint8 // codewords as they were read
	fixed   []uint8 // and mended
	sure    []float32
	order   []int
	mended  []bool
	block   [256]uint8
	bytes   []byte

	seen     [8]seen
	nextSeen int

	found  []Symbol
	quads  []quad // their outlines
	effort Effort

	OnTry  func(version int, c [4]Point, score float32, ok bool)
	OnFind func(p Point, module float64)
	Trace  func(string, ...any) // for measuring
}

// Effort says how hard to look.
type Effort struct {
	Most  int       // stop at so many symbols; 0: look for all
	Until time.Time // stop then, with what was found; zero: no limit
	Hard  bool      // look for light symbols on dark ground, too
}

const (
	maxLevels  = 7
	leastLevel = 50 // pixels: a smaller level shows no symbol
)

// Read reads the symbols of a picture. They are the caller's until the next call.
func (r *Reader) Read(p Plane, e Effort) []Symbol {
	r.found, r.quads = r.found[:0], r.quads[:0]
	const least = 21
	if p.W < least || p.H < least || p.Stride < p.W || len(p.Pix) < (p.H-1)*p.Stride+p.W {
		return nil
	}
	r.effort = e
	r.most, r.tries = 24, 12
	if e.Most == 0 {
		r.most, r.tries = 120, 400
	}
	r.readPlane(p)
	if e.Hard && !r.done() {
		r.negative = grow(r.negative, p.W*p.H)
		for y := range p.H {
			dst := r.negative[y*p.W:][:p.W]
			for x, v := range p.Pix[y*p.Stride:][:p.W] {
				dst[x] = ^v
			}
		}
		r.readPlane(Plane{r.negative, p.W, p.W, p.H})
	}
	return r.found
}

// order is the order in which views are searched; those from maxLevels on are sharpened.
// Half the size shows most symbols at a quarter of the cost.
var order = [...]int{1, 0, 2, maxLevels + 1, maxLevels + 2, 3, maxLevels + 3, 4, 5, 6}

func (r *Reader) readPlane(p Plane) {
	if r.levels == nil {
		r.levels, r.sharp = make([]level, maxLevels), make([]level, maxLevels)
	}
	r.levels[0].Plane, r.levels[0].scale, r.levels[0].state = p, 1, filled
	r.n = 1
	for i := 1; i < maxLevels; i++ {
		r.levels[i].state = 0
		if min(p.W, p.H)>>i >= leastLevel {
			r.n = i + 1
		}
	}
	for i := range r.sharp {
		r.sharp[i].state = 0
	}
	if r.n > 1 { // the map of half the size covers whole pairs of pixels
		r.levels[0].W, r.levels[0].H = p.W&^1, p.H&^1
	}
	r.finders = r.finders[:0]
	for _, v := range order {
		if v%maxLevels >= r.n {
			continue
		}
		r.search(v)
		if r.done() {
			return
		}
	}
	if r.n == 1 { // a small picture
		r.search(maxLevels)
		if r.done() {
			return
		}
	}
	r.searchPairs()
}

func (r *Reader) done() bool {
	return r.effort.Most > 0 && len(r.found) >= r.effort.Most || r.late()
}

func (r *Reader) late() bool {
	return !r.effort.Until.IsZero() && !time.Now().Before(r.effort.Until)
}

// level is the level i, made when it is first asked for.
func (r *Reader) level(i int) *level {
	for k := 1; k <= i; k++ {
		if r.levels[k].state&filled == 0 {
			r.levels[k].halve(&r.levels[k-1])
		}
	}
	l := &r.levels[i]
	if l.state&mapped == 0 {
		if i == 0 && r.n > 1 {
			l.borrow(r.level(1))
		} else {
			l.threshold()
		}
	}
	return l
}

// view is the level or the sharpened level of that number.
func (r *Reader) view(v int) *level {
	if v < maxLevels {
		return r.level(v)
	}
	l := &r.sharp[v-maxLevels]
	if l.state == 0 {
		r.sums = l.sharpen(r.level(v-maxLevels), r.sums)
	}
	return l
}

// search finds symbols by the finder patterns that one more view shows.
func (r *Reader) search(view int) {
	l := r.view(view)
	from := len(r.finders)
	step := 2
	if view == 0 && r.n > 1 {
		step = 3
	}
	r.scanRows(view, step)
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
	r.group(from)
	if r.Trace != nil {
		r.Trace("view %d (%d × %d): %d finders, %d triples", view, l.W, l.H, len(r.finders), len(r.triples))
	}
	tries := r.tries
	for _, t := range r.triples {
		a, b, c := &r.finders[t.a], &r.finders[t.b], &r.finders[t.c]
		if a.used || b.used || c.used || r.inside(a.at.add(b.at).add(c.at).mul(1.0/3)) {
			continue
		}
		if tries--; tries < 0 {
			return
		}
		if r.try(t) {
			a.used, b.used, c.used = true, true, true
		}
		if r.done() {
			return
		}
	}
}

// inside tells whether a place lies in a symbol that was read.
func (r *Reader) inside(p pt) bool {
	for i := range r.quads {
		if r.quads[i].holds(p) {
			return true
		}
	}
	return false
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

// try reads the symbol of a triple.
func (r *Reader) try(t triple) bool {
	fa, fb, fc := &r.finders[t.a], &r.finders[t.b], &r.finders[t.c]
	a, b, c := fa.at, fb.at, fc.at
	module := (b.sub(a).abs() + c.sub(a).abs()) / (2 * t.modules)
	l := r.fitLevel(module)
	// A projection's area goes with the third power of 1/w, and w is linear in the symbol's
	// plane: the sizes of three finders give w and the place of the fourth point.
	wa, wb, wc := math.Pow(fa.module, -2.0/3), math.Pow(fb.module, -2.0/3), math.Pow(fc.module, -2.0/3)
	d := b.add(c).sub(a)
	if wd := wb + wc - wa; wd > 0.3*wa {
		d = b.mul(wb).add(c.mul(wc)).sub(a.mul(wa)).mul(1 / wd)
	}
	var best quad
	var bestSymbol *symbol
	bestScore := float32(0.25)
	guess := (t.modules - 10) / 4
	around := 1
	if guess > 12 {
		around = 2
	}
	for v := max(int(guess+0.5)-around, 1); v <= min(int(guess+0.5)+around, 40); v++ {
		s := symbols[v]()
		q := quad{a, b, d, c}
		if l.match(&q, s.size, s.corners) < 0.15 {
			continue
		}
		reach := 0.16 * t.modules
		score := l.far(&q, s.size, s.coarse, reach, max(1, reach/6))
		score = l.refine(&q, s.size, s.coarse, 2, module, max(0.5, reach/12), 0.25, score)
		if r.Trace != nil {
			r.Trace("  version %d score %.3f (modules %.1f, module %.2f)", v, score, t.modules, module)
		}
		if score > bestScore {
			bestScore, best, bestSymbol = score, q, s
		}
	}
	if bestSymbol == nil {
		return false
	}
	return r.finish(l, bestSymbol, &best, module)
}

// fitLevel is the level on which a module of that many pixels is two to four wide: it shows
// best how well a projection fits.
func (r *Reader) fitLevel(module float64) *level {
	k := 0
	for k+1 < r.n && module >= 4*float64(int(1)<<k) {
		k++
	}
	return r.level(k)
}

// finish refines the projection and reads the symbol.
func (r *Reader) finish(l *level, s *symbol, q *quad, module float64) bool {
	score := l.refine(q, s.size, s.fine, 0, module, 0.5, 0.03, l.match(q, s.size, s.fine))
	text, ok := r.read(l, s, q)
	if r.OnTry != nil {
		p, _ := q.project(s.size, 1)
		e := float64(s.size)
		r.OnTry(s.number, [4]Point{p.at(0, 0).public(), p.at(e, 0).public(), p.at(e, e).public(), p.at(0, e).public()}, score, ok)
	}
	if r.Trace != nil {
		r.Trace("  version %d refined %.3f: %v", s.number, score, ok)
	}
	if !ok {
		return false
	}
	p, _ := q.project(s.size, 1) // read has found that it is one
	e := float64(s.size)
	out := quad{p.at(0, 0), p.at(e, 0), p.at(e, e), p.at(0, e)}
	sym := Symbol{Text: text}
	for i, c := range out {
		sym.Corners[i] = c.public()
	}
	r.found = append(r.found, sym)
	r.quads = append(r.quads, out)
	return true
}

func (p pt) public() Point { return Point{p.x, p.y} }

// Forget forgets where the last symbols were.
func (r *Reader) Forget() {}
