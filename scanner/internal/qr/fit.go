package qr

import "math"

// projection maps modules to pixels.
type projection struct{ a, b, c, d, e, f, g, h float64 } // x = (ax+by+c)/(gx+hy+1), y = (dx+ey+f)/…

func (p *projection) at(x, y float64) pt {
	w := 1 / (p.g*x + p.h*y + 1)
	return pt{(p.a*x + p.b*y + p.c) * w, (p.d*x + p.e*y + p.f) * w}
}

// quad is where a symbol's four inner points lie in the picture: the middles of its finder
// patterns and the fourth point of their square; from the corner between the finders round
// along the upper side.
type quad [4]pt

// inner is the distance of the inner points from the symbol's border, in modules.
const inner = 3.5

// project makes the projection of a symbol of n modules to pixels of 1/scale.
func (q *quad) project(n int, scale float64) (p projection, ok bool) {
	x0, y0, x1, y1, x2, y2, x3, y3 := q[0].x, q[0].y, q[1].x, q[1].y, q[2].x, q[2].y, q[3].x, q[3].y
	dx1, dx2, dx3 := x1-x2, x3-x2, x0-x1+x2-x3
	dy1, dy2, dy3 := y1-y2, y3-y2, y0-y1+y2-y3
	den := dx1*dy2 - dx2*dy1
	if math.Abs(den) < 1e-9 {
		return p, false
	}
	g, h := (dx3*dy2-dx2*dy3)/den, (dx1*dy3-dx3*dy1)/den
	if 1+g < 0.1 || 1+h < 0.1 || 1+g+h < 0.1 {
		return p, false
	}
	a, b, c := x1-x0+g*x1, x3-x0+h*x3, x0
	d, e, f := y1-y0+g*y1, y3-y0+h*y3, y0
	// From modules to the unit square: u = (x - inner) * k.
	k := 1 / (float64(n) - 2*inner)
	o := -inner * k
	w := g*o + h*o + 1
	s := 1 / (w * scale)
	return projection{
		a * k * s, b * k * s, (a*o + b*o + c) * s,
		d * k * s, e * k * s, (d*o + e*o + f) * s,
		g * k / w, h * k / w,
	}, true
}

// match says how well the modules of known value fit the picture: 1 perfectly, 0 by chance.
func (l *level) match(q *quad, n int, known []module) float32 {
	p, ok := q.project(n, l.scale)
	if !ok {
		return -1
	}
	var sum float32
	w1, h1 := float64(l.W-1), float64(l.H-1)
	for i := range known {
		m := &known[i]
		w := 1 / (p.g*m.x + p.h*m.y + 1)
		x, y := (p.a*m.x+p.b*m.y+p.c)*w-0.5, (p.d*m.x+p.e*m.y+p.f)*w-0.5
		if !(x >= 0 && y >= 0 && x < w1 && y < h1) {
			continue
		}
		ix, iy := int(x), int(y)
		fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
		j := iy*l.Stride + ix
		r0 := l.Pix[j : j+2 : j+2]
		j += l.Stride
		r1 := l.Pix[j : j+2 : j+2]
		a := float32(r0[0]) + (float32(r0[1])-float32(r0[0]))*fx
		b := float32(r1[0]) + (float32(r1[1])-float32(r1[0]))*fx
		k := iy>>l.bits*l.bw + ix>>l.bits
		v := (l.mid[k] - a - (b-a)*fy) * l.inv[k]
		sum += m.sign * min(max(v, -1), 1)
	}
	return sum / float32(len(known))
}

// refine moves the points of q, from..3, as long as the match improves, in steps from first
// down to last modules of the size given.
func (l *level) refine(q *quad, n int, known []module, from int, module, first, last float64, best float32) float32 {
	for step := first; step >= last; step /= 2 {
		for range 3 {
			better := false
			for i := from; i < 4; i++ {
				for k := range 4 {
					t := *q
					d := step * module
					if k&1 == 1 {
						d = -d
					}
					if k < 2 {
						t[i].x += d
					} else {
						t[i].y += d
					}
					if s := l.match(&t, n, known); s > best {
						best, *q, better = s, t, true
					}
				}
			}
			if !better {
				break
			}
		}
	}
	return best
}

// far looks for the fourth point: within reach modules of where it stands in q, in both of
// the symbol's directions.
func (l *level) far(q *quad, n int, known []module, reach, step float64) float32 {
	u := q[1].sub(q[0]).mul(1 / (float64(n) - 2*inner))
	v := q[3].sub(q[0]).mul(1 / (float64(n) - 2*inner))
	start, best := q[2], float32(-1)
	k := int(reach / step)
	for j := -k; j <= k; j++ {
		for i := -k; i <= k; i++ {
			t := *q
			t[2] = start.add(u.mul(float64(i) * step)).add(v.mul(float64(j) * step))
			if s := l.match(&t, n, known); s > best {
				best, *q = s, t
			}
		}
	}
	return best
}
