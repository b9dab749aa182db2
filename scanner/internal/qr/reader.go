package qr

import (
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
	levels   []level
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
		r.levels = make([]level, maxLevels)
	}
	first := &r.levels[0]
	first.Plane, first.scale, first.mapped = p, 1, false
	n := 1
	for n < maxLevels && min(r.levels[n-1].W, r.levels[n-1].H) >= 100 {
		r.levels[n].halve(&r.levels[n-1])
		n++
	}
	order := [maxLevels]int{1, 0, 2, 3, 4, 5, 6}
	if n == 1 {
		order[0], order[1] = 0, 1
	}
	for _, i := range order {
		if i >= n {
			continue
		}
		r.search(i, n, e.Most, false)
		if r.done(e.Most) {
			break
		}
	}
	if e.Hard {
		for _, i := range order {
			if i < n && !r.done(e.Most) {
				r.search(i, n, e.Most, true)
			}
		}
	}
	return r.found
}

func (r *Reader) done(most int) bool {
	return most > 0 && len(r.found) >= most || !r.until.IsZero() && time.Now().After(r.until)
}

// search finds symbols by the finder patterns of one level.
func (r *Reader) search(i, n, most int, flip bool) {
	l := &r.levels[i]
	r.finders = r.finders[:0]
	step := 2
	r.scanRows(l, 0, 0, l.W, l.H, step, flip)
	if r.Trace != nil {
		for _, f := range r.finders {
			r.Trace("finder level %d at %.1f %.1f module %.2f hits %d bad %.2f", i, f.at.x*l.scale, f.at.y*l.scale, f.module*l.scale, f.hits, f.bad)
		}
	}
	if len(r.finders) < 3 {
		return
	}
	if len(r.finders) > 60 {
		r.finders = r.finders[:60]
	}
	r.group(l, flip)
	if r.Trace != nil {
		r.Trace("level %d: %d finders, %d triples", i, len(r.finders), len(r.triples))
	}
	tries := 0
	for _, t := range r.triples {
		if r.finders[t.a].used || r.finders[t.b].used || r.finders[t.c].used {
			continue
		}
		if tries++; tries > 20 {
			break
		}
		if r.try(l, n, t) {
			r.finders[t.a].used, r.finders[t.b].used, r.finders[t.c].used = true, true, true
		}
		if r.done(most) {
			return
		}
	}
}

// try reads the symbol of a triple.
func (r *Reader) try(l *level, n int, t triple) bool {
	a, b, c := r.finders[t.a].at.mul(l.scale), r.finders[t.b].at.mul(l.scale), r.finders[t.c].at.mul(l.scale)
	for i := range r.quads {
		if r.quads[i].holds(a.add(b).add(c).mul(1.0 / 3)) {
			return false
		}
	}
	module := (b.sub(a).abs() + c.sub(a).abs()) / (2 * t.modules)
	// The level on which a module is two to four pixels wide shows the fit best.
	k := 0
	for k+1 < n && module/r.levels[k].scale >= 4 {
		k++
	}
	fit := &r.levels[k]
	fit.threshold()
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
		q := quad{a, b, b.add(c).sub(a), c}
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
		sym.Corners[i] = Point(c2p(c))
	}
	r.found = append(r.found, sym)
	var out quad
	for i, c := range sym.Corners {
		out[i] = pt{c.X, c.Y}
	}
	r.quads = append(r.quads, out)
	return true
}

func c2p(c pt) Point { return Point{c.x, c.y} }

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
