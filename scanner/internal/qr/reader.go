package qr

import (
	"math"
	"slices"
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
	n        int     // levels of this picture
	noise    float64 // of this picture
	negative []uint8
	sums     []int32

	edges   []float64
	finders []finder
	best    []int
	tried   [][2]int // pairs
	triples []triple
	most    int // finders to make triples of
	tries   int // triples to try on a view until one is a symbol

	grid    grid
	eq      equaliser
	warp    warp
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

	found    []Symbol
	quads    []quad  // their outlines
	by       []int   // the views that showed them
	last     []place // where symbols were in the picture before
	effort   Effort
	searched int // the view that is or was searched last

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
	r.found, r.quads, r.by = r.found[:0], r.quads[:0], r.by[:0]
	const least = 21
	if p.W < least || p.H < least || p.Stride < p.W || len(p.Pix) < (p.H-1)*p.Stride+p.W {
		return nil
	}
	r.effort = e
	r.most, r.tries = 24, 12
	if e.Most == 0 {
		r.most, r.tries = 120, 40
	}
	r.readPlane(p)
	r.remember()
	if e.Hard && len(r.found) == 0 && !r.late() {
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

// Where there is much noise the larger scales show more, and are smoothed; the picture
// itself comes late or not at all.
var noisyOrder = [...]int{1, maxLevels + 1, 2, maxLevels + 2, 0, 3, maxLevels + 3, 4, 5, 6}

const calmFrom, hopelessFrom = 9, 25 // deviation of the noise

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
	r.finders, r.tried = r.finders[:0], r.tried[:0]
	r.noise = r.levels[0].noise()
	views := order[:]
	if r.noise > calmFrom {
		views = noisyOrder[:]
	}
	whole := area{0, 0, float64(p.W), float64(p.H)}
	// What was seen in the last picture is likely there or near.
	for _, k := range r.last {
		if k.view%maxLevels < r.n {
			r.search(k.view, k.area)
			if r.done() {
				return
			}
		}
	}
	for i, v := range views {
		if v%maxLevels >= r.n || v == 0 && r.n > 1 && r.noise > hopelessFrom {
			continue
		}
		r.search(v, whole)
		if r.done() {
			return
		}
		if i == 1 { // two that are beyond doubt need not wait for the other views
			r.searchPairs(0.04)
			if r.done() {
				return
			}
		}
	}
	if r.n == 1 { // a small picture
		r.search(maxLevels, whole)
		if r.done() {
			return
		}
	}
	r.searchPairs(0.2)
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
			if k == 1 && r.noise > calmFrom {
				r.sums = r.levels[k].calm(r.sums)
			}
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

// search finds symbols by the finder patterns that one more view shows in an area.
func (r *Reader) search(view int, a area) {
	r.searched = view
	from := len(r.finders)
	step := 2
	if view == 0 && r.n > 1 {
		step = 3
	}
	r.scanRows(view, a, step)
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
		r.Trace("view %d : %d finders, %d triples", view, len(r.finders), len(r.triples))
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
			tries = r.tries
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
	k := r.fitLevel(module)
	// A projection's area goes with the third power of 1/w, and w is linear in the symbol's
	// plane: the sizes of three finders give w and the place of the fourth point.
	wa, wb, wc := math.Pow(fa.module, -2.0/3), math.Pow(fb.module, -2.0/3), math.Pow(fc.module, -2.0/3)
	d := b.add(c).sub(a)
	if wd := wb + wc - wa; wd > 0.3*wa {
		d = b.mul(wb).add(c.mul(wc)).sub(a.mul(wa)).mul(1 / wd)
	}
	q := quad{a, b, d, c}
	l := r.level(k)
	s, score := r.fit(l, &q, t.modules, module)
	// Where blur has drowned the patterns a sharpened level shows them.
	if blurred := fa.view/maxLevels + fb.view/maxLevels + fc.view/maxLevels; k > 0 && blurred >= 2 && score < 0.5 {
		other := quad{a, b, d, c}
		m := r.view(maxLevels + k)
		m.contrast()
		if s2, score2 := r.fit(m, &other, t.modules, module); s2 != nil && score2 > score {
			s, q, l = s2, other, m
		}
	}
	if s == nil {
		return false
	}
	return r.finish(l, k, s, &q, module)
}

// fit finds the version and the projection that match the picture best; nil: none does.
func (r *Reader) fit(l *level, q *quad, modules, module float64) (best *symbol, bestScore float32) {
	bestScore = 0.25
	start := *q
	guess := (modules - 10) / 4
	around := 1
	if guess > 12 {
		around = 2
	}
	// The timing says which version it is, but for dirt and perspective: the others follow.
	var tries [5]ranked
	n := 0
	for v := max(int(guess+0.5)-around, 1); v <= min(int(guess+0.5)+around, 40); v++ {
		s := symbols[v]()
		if l.match(&start, s.size, s.corners) > 0.15 {
			tries[n] = ranked{v, l.match(&start, s.size, s.timing[0]) + l.match(&start, s.size, s.timing[1])}
			n++
		}
	}
	slices.SortFunc(tries[:n], byFit)
	for _, t := range tries[:n] {
		s := symbols[t.word]()
		c := start
		reach := 0.16 * modules
		score := l.far(&c, s.size, s.coarse, reach, max(1, reach/6))
		score = l.refine(&c, s.size, s.coarse, 2, module, max(0.5, reach/12), 0.25, score)
		if score > bestScore {
			bestScore, best, *q = score, s, c
		}
		if bestScore > 0.6 {
			break
		}
	}
	return best, bestScore
}

// fitLevel is the level on which a module of that many pixels is two to four wide: it shows
// best how well a projection fits.
func (r *Reader) fitLevel(module float64) int {
	k := 0
	for k+1 < r.n && module >= 4*float64(int(1)<<k) {
		k++
	}
	if k == 0 && r.n > 1 && r.noise > calmFrom && module > 2.5 {
		return 1
	}
	return k
}

// finish refines the projection by l and reads the symbol from level k.
func (r *Reader) finish(l *level, k int, s *symbol, q *quad, module float64) bool {
	score := l.refine(q, s.size, s.fine, 0, module, 0.5, 0.03, l.match(q, s.size, s.fine))
	text, ok := r.read(r.level(k), s, q, nil)
	// Another scale weighs noise against sharpness differently.
	for _, other := range [2]int{k - 1, k + 1} {
		if !ok && other >= 0 && other < r.n && score > 0.3 && module >= 1.5*float64(int(1)<<other) {
			text, ok = r.read(r.level(other), s, q, nil)
		}
	}
	const hasGrid = 7 // smaller ones have one alignment pattern, which the projection uses up
	if !ok && s.number >= hasGrid && score > 0.3 {
		if p, fine := q.project(s.size, l.scale); fine && r.warp.measure(l, s, &p) {
			text, ok = r.read(r.level(k), s, q, &r.warp)
		}
	}
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
	r.by = append(r.by, r.searched)
	for i := range r.finders {
		if f := &r.finders[i]; out.holds(f.at) {
			f.used = true
		}
	}
	return true
}

func (p pt) public() Point { return Point{p.x, p.y} }

// area is a part of the picture, in pixels.
type area struct{ x0, y0, x1, y1 float64 }

// place is where a symbol was seen, and which view showed it.
type place struct {
	area area
	view int
}

// remember notes where to look first in the next picture: where the symbols are now, and
// half their size around.
func (r *Reader) remember() {
	r.last = r.last[:0]
	for i := range r.quads[:min(len(r.quads), 4)] {
		q := &r.quads[i]
		a := area{q[0].x, q[0].y, q[0].x, q[0].y}
		for _, p := range q {
			a = area{min(a.x0, p.x), min(a.y0, p.y), max(a.x1, p.x), max(a.y1, p.y)}
		}
		dx, dy := (a.x1-a.x0)/2, (a.y1-a.y0)/2
		r.last = append(r.last, place{area{a.x0 - dx, a.y0 - dy, a.x1 + dx, a.y1 + dy}, r.by[i]})
	}
}

// Forget forgets where the last symbols were.
func (r *Reader) Forget() { r.last = r.last[:0] }
