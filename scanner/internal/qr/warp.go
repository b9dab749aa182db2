package qr

// warp is how a symbol that is not flat, or was seen through a bad lens, deviates from its
// projection: by so many modules at each crossing of the lines of its alignment patterns.
type warp struct {
	lines  []float64 // where the lines are, in modules
	dx, dy []float64
	known  []bool
}

// measure finds the deviations by the alignment patterns, and those of the corners by the
// finder patterns. It tells whether there is any to speak of.
func (w *warp) measure(l *level, s *symbol, p *projection) bool {
	centres := s.version.GetAlignmentPatternCenters()
	n := len(centres)
	w.lines = w.lines[:0]
	for _, c := range centres {
		w.lines = append(w.lines, float64(c)+0.5)
	}
	w.dx, w.dy, w.known = grow(w.dx, n*n), grow(w.dy, n*n), grow(w.known, n*n)
	most := 0.0
	for j := range n {
		for i := range n {
			k := j*n + i
			var fit float64
			w.dx[k], w.dy[k], fit = l.deviation(p, s.around(centres[i], centres[j]))
			if w.known[k] = fit > 0.45; w.known[k] {
				most = max(most, w.dx[k], -w.dx[k], w.dy[k], -w.dy[k])
			}
		}
	}
	for k := range w.known {
		if w.known[k] {
			continue
		}
		// What is not to be seen deviates as those around it do.
		var x, y, sum float64
		for m := range w.known {
			if w.known[m] {
				di, dj := float64(m%n-k%n), float64(m/n-k/n)
				f := 1 / (di*di + dj*dj)
				x, y, sum = x+f*w.dx[m], y+f*w.dy[m], sum+f
			}
		}
		if sum == 0 {
			return false
		}
		w.dx[k], w.dy[k] = x/sum, y/sum
	}
	return most > 0.2
}

// around are the modules of the alignment pattern at x, y, or of the finder pattern that is
// there instead.
func (s *symbol) around(x, y int) []module {
	switch last := s.size - 7; {
	case x == 6 && y == 6:
		return s.corner[0]
	case x == last && y == 6:
		return s.corner[1]
	case x == 6 && y == last:
		return s.corner[2]
	}
	return s.aligned[[2]int{x, y}]
}

// deviation is the shift, in modules, with which modules of known value fit best.
func (l *level) deviation(p *projection, known []module) (dx, dy, fit float64) {
	score := func(x, y float64) float64 {
		var sum float32
		for i := range known {
			c := p.at(known[i].x+x, known[i].y+y)
			sum += known[i].sign * l.dark(c.x, c.y)
		}
		return float64(sum) / float64(len(known))
	}
	const reach = 3
	fit = score(0, 0)
	for j := -reach; j <= reach; j++ {
		for i := -reach; i <= reach; i++ {
			x, y := 0.5*float64(i), 0.5*float64(j)
			if f := score(x, y); f > fit+0.02 {
				dx, dy, fit = x, y, f
			}
		}
	}
	for step := 0.25; step > 0.05; step /= 2 {
		x0, y0 := dx, dy
		for k := range 9 {
			x, y := x0+step*float64(k%3-1), y0+step*float64(k/3-1)
			if f := score(x, y); f > fit {
				dx, dy, fit = x, y, f
			}
		}
	}
	return dx, dy, fit
}

// at is the deviation at a place, between the crossings by their mean, beyond them as at
// the nearest.
func (w *warp) at(x, y float64) (dx, dy float64) {
	i, fx := w.cell(x)
	j, fy := w.cell(y)
	n := len(w.lines)
	k := j*n + i
	mix := func(d []float64) float64 {
		a := d[k]*(1-fx) + d[k+1]*fx
		b := d[k+n]*(1-fx) + d[k+n+1]*fx
		return a*(1-fy) + b*fy
	}
	return mix(w.dx), mix(w.dy)
}

func (w *warp) cell(x float64) (i int, f float64) {
	for i+2 < len(w.lines) && x >= w.lines[i+1] {
		i++
	}
	return i, min(max((x-w.lines[i])/(w.lines[i+1]-w.lines[i]), 0), 1)
}
