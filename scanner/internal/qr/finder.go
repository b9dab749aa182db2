package qr

import "math"

// finder is a place that looks like a finder pattern, in pixels of the picture.
type finder struct {
	at     pt
	module float64 // about
	hits   int     // rows that found it
	bad    float64 // how far from the pattern's proportions, 0: not at all
	view   int     // the view that shows it
	used   bool    // by a symbol that was read
}

// doubt orders finders, the best first.
func (f *finder) doubt() float64 { return f.bad - 0.04*float64(min(f.hits, 4)) }

// proportions judges six edges across a finder pattern: dark, light, three times dark,
// light, dark. Distances between edges of one kind don't change where ink has spread or
// light has bled, so they count; the runs themselves need only be there. bad is the mean
// deviation in modules.
func proportions(e *[6]float64, tolerance float64) (module, bad float64, ok bool) {
	a, b, c, d := e[2]-e[0], e[3]-e[1], e[4]-e[2], e[5]-e[3]
	m := (a + b + c + d) / 12
	if m < 0.8 {
		return 0, 0, false
	}
	t := tolerance * m
	da, db, dc, dd := math.Abs(a-2*m), math.Abs(b-4*m), math.Abs(c-4*m), math.Abs(d-2*m)
	if da > t || dd > t || db > 1.3*t || dc > 1.3*t {
		return 0, 0, false
	}
	if core := e[3] - e[2]; core < 1.7*m || core > 4.5*m {
		return 0, 0, false
	}
	least := 0.25 * m
	if e[1]-e[0] < least || e[2]-e[1] < least || e[4]-e[3] < least || e[5]-e[4] < least {
		return 0, 0, false
	}
	return m, (da + db + dc + dd) / (4 * m), true
}

// cross walks from a place inside a finder pattern's core to both sides and returns the six
// edges, as distances along the direction from the middle of c's pixel, in steps of it.
func (l *level) cross(c pt, dx, dy float64, most int) (e [6]float64, ok bool) {
	c = middle(c)
	if !l.walk(c, -dx, -dy, most, e[:3]) || !l.walk(c, dx, dy, most, e[3:]) {
		return e, false
	}
	e[0], e[1], e[2] = -e[2], -e[1], -e[0]
	return e, true
}

// middle is the middle of the pixel in which c lies.
func middle(c pt) pt { return pt{math.Floor(c.x) + 0.5, math.Floor(c.y) + 0.5} }

// walk finds the next three edges from c, the first one from dark to light.
func (l *level) walk(c pt, dx, dy float64, most int, e []float64) bool {
	n, dark := 0, true
	x, y := c.x, c.y
	var last float32
	for i := 0; i <= most; i++ {
		ix, iy := int(x), int(y)
		if x < 0 || y < 0 || ix >= l.W || iy >= l.H {
			// The picture's edge passes for the light around the pattern.
			if n == 2 && i > 0 {
				e[2] = float64(i)
				return true
			}
			return false
		}
		v := float32(l.Pix[iy*l.Stride+ix]) - l.mid[(iy>>l.bits)*l.bw+ix>>l.bits]
		if (v < 0) != dark {
			if i == 0 {
				return false
			}
			f := float64(last / (last - v))
			e[n] = float64(i-1) + f
			n++
			dark = !dark
			if n == 3 {
				return true
			}
		}
		last = v
		x += dx
		y += dy
	}
	return false
}

// scanRows collects the finder patterns that a view shows in an area of the picture, by
// every step-th row.
func (r *Reader) scanRows(view int, a area, step int) {
	l := r.view(view)
	size := 1 << l.bits
	y1 := min(l.H, int(a.y1/l.scale))
	b0, b1 := max(int(a.x0/l.scale), 0)>>l.bits, min(l.bw, int(a.x1/l.scale)>>l.bits+1)
	for y := max(int(a.y0/l.scale), 0); y < y1; y += step {
		row := l.Pix[y*l.Stride:][:l.W]
		edges := r.edges[:0]
		dark := false
		base := min(y>>l.bits, l.bh-1) * l.bw
		for bx := b0; bx < b1 && bx<<l.bits < l.W; bx++ {
			t := l.thr[base+bx]
			x := bx << l.bits
			if !l.active[base+bx] {
				// Nothing but noise: one pixel stands for the block.
				if row[x] < t != dark {
					edges = append(edges, float64(x))
					dark = !dark
				}
				continue
			}
			part := row[x:min(x+size, l.W)]
			for i := 0; ; {
				if dark {
					for i < len(part) && part[i] < t {
						i++
					}
				} else {
					for i < len(part) && part[i] >= t {
						i++
					}
				}
				if i == len(part) {
					break
				}
				// Between this pixel's middle and the one before, by what each is off.
				f := 0.5
				if x+i > 0 {
					if v, u := float64(part[i]), float64(row[x+i-1]); u != v {
						f = min(max((u-float64(t))/(u-v), 0), 1)
					}
				}
				edges = append(edges, float64(x+i)-0.5+f)
				dark = !dark
			}
		}
		r.edges = edges
		// An edge with an even number leads into the dark.
		for i := 0; i+5 < len(edges); i += 2 {
			e := (*[6]float64)(edges[i:])
			if m, _, ok := proportions(e, 0.8); ok {
				r.candidate(view, pt{(e[2] + e[3]) / 2, float64(y) + 0.5}, m)
			}
		}
	}
}

// candidate looks at a place along several directions and keeps it if it is a finder
// pattern along most of them.
func (r *Reader) candidate(view int, c pt, m float64) {
	l := r.view(view)
	for i := range r.finders {
		f := &r.finders[i]
		if math.Abs(f.at.x-c.x*l.scale) < 1.5*f.module && math.Abs(f.at.y-c.y*l.scale) < 2.5*f.module {
			f.hits++
			return
		}
	}
	most := int(m*9) + 4
	v, ok := l.cross(c, 0, 1, most)
	if !ok {
		return
	}
	mv, _, ok := proportions(&v, 1)
	if !ok || mv > 3.5*m || m > 3.5*mv {
		return
	}
	c.y = middle(c).y + (v[2]+v[3])/2
	h, ok := l.cross(c, 1, 0, most)
	if !ok {
		return
	}
	mh, bh, ok := proportions(&h, 0.9)
	if !ok {
		return
	}
	c.x = middle(c).x + (h[2]+h[3])/2
	v, ok = l.cross(c, 0, 1, most)
	if !ok {
		return
	}
	mv, bv, ok := proportions(&v, 0.9)
	if !ok {
		return
	}
	c.y = middle(c).y + (v[2]+v[3])/2
	good, sum := 0, mh+mv
	bad := bh + bv
	for _, d := range [2]pt{{1, 1}, {1, -1}} {
		e, ok := l.cross(c, d.x, d.y, most)
		if !ok {
			continue
		}
		md, b, ok := proportions(&e, 1.1)
		if !ok {
			continue
		}
		good++
		bad += b
		sum += md * math.Sqrt2
	}
	if good == 0 {
		return
	}
	size := sum / float64(2+good)
	c, size, bad = c.mul(l.scale), size*0.92*l.scale, bad/float64(2+good)
	for i := range r.finders {
		f := &r.finders[i]
		if math.Hypot(f.at.x-c.x, f.at.y-c.y) < 2*f.module {
			f.hits++
			if bad < f.bad && size < 1.4*f.module && f.module < 1.4*size {
				f.at, f.module, f.bad, f.view = c, size, bad, view
			}
			return
		}
	}
	if len(r.finders) < maxFinders {
		r.finders = append(r.finders, finder{at: c, module: size, hits: 1, bad: bad, view: view})
	}
}

// maxFinders bounds the work on noise.
const maxFinders = 400
