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

// searchPairs looks for symbols of which only two finders were found.
func (r *Reader) searchPairs() {
	const good, finders = 0.2, 6
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
			if r.pair(best[i], best[j]) {
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
	l := r.fitLevel(module)
	var best quad
	var bestSymbol *symbol
	bestScore := float32(0.2)
	guess := (n - 10) / 4
	for _, k := range [3]pose{upper, left, diagonal} {
		if k == diagonal && slant > 0.7 || k != diagonal && slant < -0.7 {
			continue
		}
		m := module
		if k == diagonal {
			m /= math.Sqrt2
		}
		for turn := range 2 {
			p, q := f.at, g.at
			if turn == 1 {
				p, q = q, p
			}
			for v := max(int(guess+0.5)-1, 1); v <= min(int(guess+0.5)+1, 40); v++ {
				s := symbols[v]()
				a, b := k.seen(s)
				t := k.start(p, q)
				along := q.sub(p).mul(t.abs() / q.sub(p).abs())
				// First by the shapes of the two.
				const step, reach = 0.07, 4
				near, nearT := float32(-1), t
				for y := -reach; y <= reach; y++ {
					for x := -reach; x <= reach; x++ {
						u := t.mul(1 + step*float64(y)).add(along.mul(step * float64(x)))
						c := k.quadOf(p, q, u)
						if score := l.match(&c, s.size, a) + l.match(&c, s.size, b); score > near {
							near, nearT = score, u
						}
					}
				}
				if near < 0.7 {
					continue
				}
				// Then by all that is known.
				score, c := float32(-1), quad{}
				unit := nearT.mul(m / nearT.abs())
				side := along.mul(m / along.abs())
				for y := -4; y <= 4; y++ {
					for x := -4; x <= 4; x++ {
						u := nearT.add(unit.mul(float64(y))).add(side.mul(float64(x)))
						e := k.quadOf(p, q, u)
						if s := l.match(&e, s.size, s.coarse); s > score {
							score, c = s, e
						}
					}
				}
				score = l.refine(&c, s.size, s.coarse, 0, m, 1, 0.25, score)
				if score > bestScore {
					bestScore, best, bestSymbol = score, c, s
				}
			}
		}
	}
	if bestSymbol == nil {
		return false
	}
	l.far(&best, bestSymbol.size, bestSymbol.coarse, 3, 1)
	return r.finish(l, bestSymbol, &best, module)
}
