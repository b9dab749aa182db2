package qr

import "math"

const margin = 2 // modules around the symbol that are sampled too

// grid is a symbol's samples and what is made of them.
type grid struct {
	n, w   int       // modules to a side, without and with margin
	raw    []float32 // luminance
	lo, hi []float32
	tmp    []float32
	norm   []float32 // beside what is around it: 1 dark, -1 light
	soft   []float32 // equalised, n × n
	target []float32 // value to learn, n × n
	weight []float32 // how much it counts
}

func (g *grid) reset(n int) {
	g.n, g.w = n, n+2*margin
	k := g.w * g.w
	g.raw, g.lo, g.hi, g.tmp, g.norm = grow(g.raw, k), grow(g.lo, k), grow(g.hi, k), grow(g.tmp, k), grow(g.norm, k)
	g.soft, g.target, g.weight = grow(g.soft, n*n), grow(g.target, n*n), grow(g.weight, n*n)
}

// sample takes the luminance of all modules. bent may be nil.
func (g *grid) sample(l *level, p *projection, bent *warp) {
	i := 0
	for y := -margin; y < g.n+margin; y++ {
		for x := -margin; x < g.n+margin; x++ {
			u, w := float64(x)+0.5, float64(y)+0.5
			if bent != nil {
				dx, dy := bent.at(u, w)
				u, w = u+dx, w+dy
			}
			c := p.at(u, w)
			v, ok := l.value(c.x, c.y)
			if !ok {
				v = -1
			}
			// Light mixes before it is coded: blur is linear in its square, about.
			if v > 0 {
				v = v * v / 255
			}
			g.raw[i] = v
			i++
		}
	}
	// Outside the picture the nearest sample inside stands in, roughly.
	var last float32
	for i, v := range g.raw {
		if v < 0 {
			g.raw[i] = last
		} else {
			last = v
		}
	}
}

// normalise judges each sample by those around it.
func (g *grid) normalise() {
	const reach = 3
	w := g.w
	slide := func(dst, src []float32, step, other int, less func(a, b float32) bool) {
		for j := range w {
			for i := range w {
				v := src[j*other+i*step]
				for k := max(i-reach, 0); k <= min(i+reach, w-1); k++ {
					if u := src[j*other+k*step]; less(u, v) {
						v = u
					}
				}
				dst[j*other+i*step] = v
			}
		}
	}
	below := func(a, b float32) bool { return a < b }
	above := func(a, b float32) bool { return a > b }
	slide(g.tmp, g.raw, 1, w, below)
	slide(g.lo, g.tmp, w, 1, below)
	slide(g.tmp, g.raw, 1, w, above)
	slide(g.hi, g.tmp, w, 1, above)
	g.smooth(g.lo)
	g.smooth(g.hi)
	var mean float32
	for i := range g.lo {
		mean += g.hi[i] - g.lo[i]
	}
	mean /= float32(len(g.lo))
	least := max(0.35*mean, 1)
	for i, v := range g.raw {
		half := max(g.hi[i]-g.lo[i], least) / 2
		g.norm[i] = min(max(((g.hi[i]+g.lo[i])/2-v)/half, -1.5), 1.5)
	}
}

// smooth averages over 5 × 5.
func (g *grid) smooth(p []float32) {
	const reach = 2
	w := g.w
	for _, d := range [2][2]int{{1, w}, {w, 1}} {
		step, other := d[0], d[1]
		for j := range w {
			for i := range w {
				lo, hi := max(i-reach, 0), min(i+reach, w-1)
				var s float32
				for k := lo; k <= hi; k++ {
					s += p[j*other+k*step]
				}
				g.tmp[j*other+i*step] = s / float32(hi-lo+1)
			}
		}
		copy(p, g.tmp)
	}
}

const maxTaps = 26

// equaliser undoes what blur mixes: each module's value from it and its neighbours.
type equaliser struct {
	reach int // 1: 3 × 3, 2: 5 × 5
	taps  int
	w     [maxTaps]float32
	a     [maxTaps * maxTaps]float64
	b     [maxTaps]float64
}

func (q *equaliser) features(g *grid, x, y int, f *[maxTaps]float32) {
	k := 0
	for dy := -q.reach; dy <= q.reach; dy++ {
		row := g.norm[(y+margin+dy)*g.w+x+margin-q.reach:][:2*q.reach+1]
		for _, v := range row {
			f[k] = v
			k++
		}
	}
	f[k] = 1
}

// train learns from the modules whose weight is not nought.
func (q *equaliser) train(g *grid, reach int, ridge float64) bool {
	q.reach = reach
	side := 2*reach + 1
	n := side*side + 1
	q.taps = n
	clear(q.a[:])
	clear(q.b[:])
	var f [maxTaps]float32
	var acc [maxTaps * maxTaps]float32
	var accB [maxTaps]float32
	var total float64
	for y := range g.n {
		for x := range g.n {
			w := g.weight[y*g.n+x]
			if w == 0 {
				continue
			}
			q.features(g, x, y, &f)
			t := g.target[y*g.n+x] * w
			total += float64(w)
			for i := range n {
				v := f[i] * w
				row := acc[i*maxTaps : i*maxTaps+i+1]
				for j := range row {
					row[j] += v * f[j]
				}
				accB[i] += f[i] * t
			}
		}
	}
	if total < 20 {
		return false
	}
	for i := range n {
		for j := 0; j <= i; j++ {
			q.a[i*maxTaps+j] = float64(acc[i*maxTaps+j])
		}
		q.b[i] = float64(accB[i])
		// Pulled to nothing, but for the module itself.
		q.a[i*maxTaps+i] += ridge * total
	}
	centre := (side*side - 1) / 2
	q.b[centre] += ridge * total
	if !solve(&q.a, &q.b, n) {
		return false
	}
	for i := range n {
		q.w[i] = float32(q.b[i])
	}
	return true
}

// solve solves a·x = b by Cholesky's method; a is symmetric, its lower half is read.
func solve(a *[maxTaps * maxTaps]float64, b *[maxTaps]float64, n int) bool {
	for i := range n {
		for j := 0; j <= i; j++ {
			s := a[i*maxTaps+j]
			for k := range j {
				s -= a[i*maxTaps+k] * a[j*maxTaps+k]
			}
			if i == j {
				if s <= 1e-12 {
					return false
				}
				a[i*maxTaps+i] = math.Sqrt(s)
			} else {
				a[i*maxTaps+j] = s / a[j*maxTaps+j]
			}
		}
	}
	for i := range n {
		for k := range i {
			b[i] -= a[i*maxTaps+k] * b[k]
		}
		b[i] /= a[i*maxTaps+i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			b[i] -= a[k*maxTaps+i] * b[k]
		}
		b[i] /= a[i*maxTaps+i]
	}
	return true
}

// apply fills in the grid's soft values.
func (q *equaliser) apply(g *grid) {
	var f [maxTaps]float32
	for y := range g.n {
		for x := range g.n {
			q.features(g, x, y, &f)
			var s float32
			for i, w := range q.w[:q.taps] {
				s += w * f[i]
			}
			g.soft[y*g.n+x] = s
		}
	}
}
