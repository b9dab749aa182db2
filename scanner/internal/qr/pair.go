package qr

import (
	"math"
	"slices"
)

// A finder pattern may lie under dirt or in a reflection. Two are enough: their shapes and
// the timing between them tell where the symbol lies but for its side, and the modules of
// known value decide that.

// pose is a way in which two finders, p and q, may be two of a symbol's three.
type pose int

const (
	upper    pose = iota // p the corner, q to its right
	left                 // p the corner, q below it
	diagonal             // p to the right of the corner, q below it
)

// quadOf is the symbol's quad with the two finders at p and q and t the vector from the
// upper to the lower side, from the left to the right, or from the corner's middle of the
// diagonal to the fourth point.
func (k pose) quadOf(p, q, t pt) quad {
	switch k {
	case upper:
		return quad{p, q, q.add(t), p.add(t)}
	case left:
		return quad{p, p.add(t), q.add(t), q}
	default:
		m := p.add(q).mul(0.5)
		return quad{m.sub(t), p, m.add(t), q}
	}
}

// start is t where nothing is sheared.
func (k pose) start(p, q pt) pt {
	d := q.sub(p)
	switch k {
	case upper:
		return pt{-d.y, d.x}
	case left:
		return pt{d.y, -d.x}
	default:
		return pt{d.y, -d.x}.mul(0.5)
	}
}

// seen are the two finders' modules, and the timing between them.
func (k pose) seen(s *symbol) (a, b []module) {
	switch k {
	case upper:
		return s.corner[0], s.corner[1]
	case left:
		return s.corner[0], s.corner[2]
	default:
		return s.corner[1], s.corner[2]
	}
}

// searchPairs looks for symbols of which only two finders were found, none more doubtful
// than given.
func (r *Reader) searchPairs(good float64) {
	const finders = 6
	r.best = r.best[:0]
	for i := range r.finders {
		if f := &r.finders[i]; !f.used && f.doubt() < good {
			r.best = append(r.best, i)
		}
	}
	slices.SortFunc(r.best, func(i, j int) int {
		switch a, b := r.finders[i].doubt(), r.finders[j].doubt(); {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return i - j
	})
	best := r.best[:min(len(r.best), finders)]
	for j := 1; j < len(best); j++ {
		for i := range j {
			if r.finders[best[i]].used || r.finders[best[j]].used {
				continue
			}
			p := [2]int{best[i], best[j]}
			if slices.Contains(r.tried, p) {
				continue
			}
			r.tried = append(r.tried, p)
			if r.pair(p[0], p[1]) {
				r.finders[best[i]].used, r.finders[best[j]].used = true, true
			}
			if r.done() {
				return
			}
		}
	}
}

// pair reads the symbol of two finders.
func (r *Reader) pair(i, j int) bool {
	f, g := &r.finders[i], &r.finders[j]
	if f.module > 2*g.module || g.module > 2*f.module {
		return false
	}
	d := g.at.sub(f.at)
	if r.inside(f.at.add(g.at).mul(0.5)) {
		return false
	}
	wf, wg := r.reachAlong(f, d), r.reachAlong(g, d)
	n := count(d.abs(), wf, wg)
	if n < 11 || n > 170 {
		return false
	}
	// Along a side a finder pattern is as wide as it can't be less, along the diagonal
	// as it can't be more.
	slant := 0.0
	for _, e := range [2]pt{{d.x - d.y, d.x + d.y}, {d.x + d.y, d.y - d.x}} {
		for _, k := range [2]*finder{f, g} {
			if w := r.reachAlong(k, e); w > 0 {
				slant += math.Log(w / max(wf, wg))
			}
		}
	}
	module := d.abs() / n
	level := r.fitLevel(module)
	l := r.level(level)
	var best quad
	var bestSymbol *symbol
	bestScore := float32(0.2)
	guess := int((n-10)/4 + 0.5)
	// Each pose by the shapes of the two finders; then which are likely, by the timing.
	type way struct {
		pose    pose
		p, q, t pt
		module  float64
	}
	var ways [6]way
	var tries [18]ranked
	count := 0
	for i := range ways {
		k := pose(i / 2)
		if k == diagonal && slant > 0.7 || k != diagonal && slant < -0.7 {
			continue
		}
		w := way{pose: k, p: f.at, q: g.at, module: module}
		if i%2 == 1 {
			w.p, w.q = w.q, w.p
		}
		if k == diagonal {
			w.module /= math.Sqrt2
		}
		s := symbols[min(max(guess, 1), 40)]()
		near := float32(0)
		if w.t, near = l.shape(s, k, w.p, w.q); near < 0.5 {
			continue
		}
		ways[i] = w
		for v := max(guess-1, 1); v <= min(guess+1, 40); v++ {
			s := symbols[v]()
			c := k.quadOf(w.p, w.q, w.t)
			fit := float32(0.3) // of the diagonal the timing is not sure enough
			if k != diagonal {
				fit = l.match(&c, s.size, s.timing[k])
			}
			tries[count] = ranked{3*i + v - guess + 1, fit}
			count++
		}
	}
	slices.SortFunc(tries[:count], byFit)
	const most = 5
	for _, t := range tries[:min(count, most)] {
		w := &ways[t.word/3]
		s := symbols[guess+t.word%3-1]()
		along := w.q.sub(w.p)
		unit, side := w.t.mul(w.module/w.t.abs()), along.mul(w.module/along.abs())
		score, c := float32(-1), quad{}
		for y := -4; y <= 4; y++ {
			for x := -4; x <= 4; x++ {
				e := w.pose.quadOf(w.p, w.q, w.t.add(unit.mul(float64(y))).add(side.mul(float64(x))))
				if s := l.match(&e, s.size, s.coarse); s > score {
					score, c = s, e
				}
			}
		}
		if score < 0.12 {
			continue
		}
		score = l.refine(&c, s.size, s.coarse, 0, w.module, 1, 0.25, score)
		if score > bestScore {
			bestScore, best, bestSymbol = score, c, s
		}
		if score > 0.7 {
			break
		}
	}
	if bestSymbol == nil {
		return false
	}
	l.far(&best, bestSymbol.size, bestSymbol.coarse, 3, 1)
	return r.finish(l, level, bestSymbol, &best, module)
}

// shape finds t by the two finders alone, and says how well they match.
func (l *level) shape(s *symbol, k pose, p, q pt) (best pt, match float32) {
	a, b := k.seen(s)
	t := k.start(p, q)
	along := q.sub(p).mul(t.abs() / q.sub(p).abs())
	const step, reach = 0.07, 4
	match = -1
	for y := -reach; y <= reach; y++ {
		for x := -reach; x <= reach; x++ {
			u := t.mul(1 + step*float64(y)).add(along.mul(step * float64(x)))
			c := k.quadOf(p, q, u)
			if m := l.match(&c, s.size, a) + l.match(&c, s.size, b); m > match {
				best, match = u, m
			}
		}
	}
	return best, match
}
