package qr

import (
	"math"
	"slices"
)

// triple is three finders that may belong to one symbol: the corner, then round it along
// the upper side.
type triple struct {
	a, b, c int // b to the right of a, c below
	cost    float64
	modules float64 // from a to b and to c, about
}

// reachAlong is the width of a finder pattern along a direction, in pixels; 0: not to tell.
func (r *Reader) reachAlong(f *finder, d pt) float64 {
	l := r.view(f.view)
	k := max(math.Abs(d.x), math.Abs(d.y))
	d = d.mul(1 / k)
	e, ok := l.cross(f.at.mul(1/l.scale), d.x, d.y, int(f.module/l.scale*9)+4)
	if !ok {
		return 0
	}
	m, _, ok := proportions(&e, 1.5)
	if !ok {
		return 0
	}
	return m * 7 * d.abs() * l.scale
}

// group makes triples of the finders, the likeliest first: those with one of the finders
// from the index given on.
func (r *Reader) group(from int) {
	r.triples = r.triples[:0]
	f := r.finders
	r.best = r.best[:0]
	for i := range f {
		if !f[i].used {
			r.best = append(r.best, i)
		}
	}
	slices.SortFunc(r.best, func(i, j int) int {
		switch a, b := f[i].doubt(), f[j].doubt(); {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return i - j
	})
	r.best = r.best[:min(len(r.best), r.most)]
	for _, i := range r.best {
		for _, j := range r.best {
			if j == i || f[i].module > 2.5*f[j].module || f[j].module > 2.5*f[i].module {
				continue
			}
			u := f[j].at.sub(f[i].at)
			lu := u.abs()
			mean := (f[i].module + f[j].module) / 2
			if lu < 8*mean || lu > 240*mean {
				continue
			}
			for _, k := range r.best {
				if k == i || k == j || max(i, j, k) < from {
					continue
				}
				v := f[k].at.sub(f[i].at)
				lv := v.abs()
				if lv > 3*lu || lu > 3*lv || f[i].module > 2.5*f[k].module || f[k].module > 2.5*f[i].module || f[j].module > 3*f[k].module || f[k].module > 3*f[j].module {
					continue
				}
				sin, cos := u.cross(v)/(lu*lv), u.dot(v)/(lu*lv)
				if sin < 0.45 {
					continue
				}
				big, small := max(f[i].module, f[j].module, f[k].module), min(f[i].module, f[j].module, f[k].module)
				cost := math.Log(big/small) + math.Abs(math.Log(lu/lv)) + 0.8*math.Abs(cos) + 2*(f[i].doubt()+f[j].doubt()+f[k].doubt())
				r.triples = append(r.triples, triple{a: i, b: j, c: k, cost: cost + 0.1*math.Log(lu/mean), modules: (lu + lv) / (2 * (f[i].module + f[j].module + f[k].module) / 3)})
			}
		}
	}
	slices.SortFunc(r.triples, func(a, b triple) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
	r.triples = r.triples[:min(len(r.triples), 20*r.tries)]
	// Measured along the sides, the widths of the finders give the number of modules
	// whatever the perspective: it must be the same on both sides.
	kept := r.triples[:0]
	for _, t := range r.triples {
		a, b, c := &f[t.a], &f[t.b], &f[t.c]
		u, v := b.at.sub(a.at), c.at.sub(a.at)
		ua, ub, va, vc := r.reachAlong(a, u), r.reachAlong(b, u), r.reachAlong(a, v), r.reachAlong(c, v)
		nu, nv := count(u.abs(), ua, ub), count(v.abs(), va, vc)
		switch {
		case nu > 0 && nv > 0:
			if nu > 1.5*nv || nv > 1.5*nu {
				continue
			}
			t.modules = (nu + nv) / 2
			t.cost += 2 * math.Abs(math.Log(nu/nv))
		case nu > 0 || nv > 0:
			t.modules = max(nu, nv)
			t.cost += 0.5
		default:
			t.cost++
		}
		if t.modules < 11 || t.modules > 190 {
			continue
		}
		kept = append(kept, t)
	}
	r.triples = kept
	slices.SortFunc(r.triples, func(a, b triple) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		}
		return 0
	})
}

// count is the number of modules on a side whose ends are finders of the widths given.
func count(length, w0, w1 float64) float64 {
	switch {
	case w0 > 0 && w1 > 0:
		return length / (math.Sqrt(w0*w1) / 7)
	case w0 > 0 || w1 > 0:
		return length / (max(w0, w1) / 7)
	}
	return 0
}
