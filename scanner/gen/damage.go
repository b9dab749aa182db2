package gen

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// dirt lies on the code: smears, strokes of a pen, scratches down to the cardboard, tape.
type dirt struct {
	field   *plane  // of the smears
	level   float32 // what is above it is smeared
	tone    float32
	strokes []stroke
	tape    []printed
}

type stroke struct{ x0, y0, x1, y1, half, tone float64 }

func newDirt(r *rand.Rand, part float64, modules int) *dirt {
	d := &dirt{field: cloud(r, tile, 16, 48, 128), tone: float32(0.03 + 0.35*r.Float64())}
	if r.IntN(5) == 0 {
		d.tone = 0.8 // spots of paint
	}
	// The part of a normal distribution above the level is the part that is covered.
	share := part * (0.5 + 0.5*r.Float64())
	lo, hi := 0.0, 5.0
	for range 40 {
		if mid := (lo + hi) / 2; 0.5*math.Erfc(mid/math.Sqrt2) > share {
			lo = mid
		} else {
			hi = mid
		}
	}
	d.level = float32(lo)
	half := float64(modules) / 2
	for left := part - share; left > 0; {
		a := r.Float64() * 2 * math.Pi
		x, y, l := (r.Float64()*2-1)*half, (r.Float64()*2-1)*half, half*(0.3+r.Float64()*1.2)
		s := stroke{x, y, x + l*math.Cos(a), y + l*math.Sin(a), 0.3 + r.Float64()*1.3, 0.05}
		if r.IntN(3) == 0 {
			s.tone = 0.5 // scratched
		}
		d.strokes = append(d.strokes, s)
		left -= 2 * s.half * l / (4 * half * half)
	}
	if r.IntN(3) == 0 {
		a := r.Float64() * math.Pi
		d.tape = append(d.tape, printed{(r.Float64()*2 - 1) * half, (r.Float64()*2 - 1) * half, 200, 5 + 8*r.Float64(), math.Cos(a), math.Sin(a), 0.12 + 0.3*r.Float64()})
	}
	return d
}

// cover is the reflectance c at u, v with the dirt on it.
func (d *dirt) cover(u, v float64, c float32, fibre *plane) float32 {
	for _, q := range d.tape { // translucent
		if math.Abs((v-q.y)*q.c-(u-q.x)*q.s) < q.h {
			c += (0.6 - c) * float32(q.v)
		}
	}
	if f := d.field.wrap(u*3+200, v*3+200) - d.level; f > 0 {
		a := min(f*6, 0.94)
		c = c*(1-a) + (d.tone+0.03*fibre.wrap(u*5, v*5))*a
	}
	for i := range d.strokes {
		s := &d.strokes[i]
		dx, dy := s.x1-s.x0, s.y1-s.y0
		t := min(max(((u-s.x0)*dx+(v-s.y0)*dy)/(dx*dx+dy*dy), 0), 1)
		if math.Hypot(u-s.x0-t*dx, v-s.y0-t*dy) < s.half {
			c = float32(s.tone)
		}
	}
	return c
}

// reflect adds what lamps and shiny tape throw back, near the code.
func (s *Scene) reflect(r *rand.Rand, p *plane) {
	reach := s.Module * 25
	for range 1 + r.IntN(3) {
		x0, y0 := s.At.X+(r.Float64()*2-1)*reach, s.At.Y+(r.Float64()*2-1)*reach
		a := r.Float64() * math.Pi
		ca, sa := math.Cos(a), math.Sin(a)
		rx, ry := reach*(0.15+0.5*r.Float64()), reach*(0.08+0.3*r.Float64())
		power := s.Glare * (0.5 + r.Float64())
		ripple := 0.3 * r.Float64()
		for y := range p.h {
			for x := range p.w {
				dx, dy := float64(x)-x0, float64(y)-y0
				u, v := (dx*ca+dy*sa)/rx, (dy*ca-dx*sa)/ry
				d := u*u + v*v
				if d < 9 {
					p.pix[y*p.w+x] += float32(power * math.Exp(-d*1.2) * (1 + ripple*math.Sin(7*u)))
				}
			}
		}
	}
}

// defocus spreads each point to a disc.
func defocus(p *plane, radius float64) *plane {
	if radius <= 0.2 {
		return p
	}
	n := int(math.Ceil(radius))
	var taps []tap
	for dy := -n; dy <= n; dy++ {
		for dx := -n; dx <= n; dx++ {
			if w := min(max(radius+0.5-math.Hypot(float64(dx), float64(dy)), 0), 1); w > 0 {
				taps = append(taps, tap{dx, dy, float32(w)})
			}
		}
	}
	return spread(p, taps)
}

// motion draws each point along a straight path.
func motion(p *plane, length, direction float64) *plane {
	if length <= 0.3 {
		return p
	}
	const fine = 4
	n := int(math.Ceil(length * fine))
	weights := map[image.Point]float32{}
	var order []image.Point
	for i := range n {
		t := (float64(i)+0.5)/float64(n) - 0.5
		x, y := t*length*math.Cos(direction), t*length*math.Sin(direction)
		x0, y0 := math.Floor(x), math.Floor(y)
		for j := range 4 {
			ox, oy := float64(j&1), float64(j>>1)
			k := image.Pt(int(x0+ox), int(y0+oy))
			w := (1 - math.Abs(x-x0-ox)) * (1 - math.Abs(y-y0-oy))
			if _, ok := weights[k]; !ok {
				order = append(order, k)
			}
			weights[k] += float32(w)
		}
	}
	taps := make([]tap, len(order))
	for i, k := range order {
		taps[i] = tap{k.X, k.Y, weights[k]}
	}
	return spread(p, taps)
}

type tap struct {
	dx, dy int
	w      float32
}

func spread(p *plane, taps []tap) *plane {
	var sum float32
	reach := 0
	for _, t := range taps {
		sum += t.w
		reach = max(reach, t.dx, -t.dx, t.dy, -t.dy)
	}
	q := newPlane(p.w, p.h)
	for y := range p.h {
		row := q.pix[y*p.w:][:p.w]
		for _, t := range taps {
			w := t.w / sum
			src := p.pix[min(max(y+t.dy, 0), p.h-1)*p.w:][:p.w]
			lo, hi := min(max(-t.dx, 0), p.w), max(min(p.w-t.dx, p.w), 0)
			for x := range lo {
				row[x] += w * src[0]
			}
			for x := hi; x < p.w; x++ {
				row[x] += w * src[p.w-1]
			}
			if lo < hi {
				a, b := row[lo:hi], src[lo+t.dx:hi+t.dx]
				for x, v := range b {
					a[x] += w * v
				}
			}
		}
	}
	return q
}

// gamma codes light, by its square root.
var gamma = func() (g [4096]uint8) {
	for i := range g {
		root := float64(i) / float64(len(g)-1)
		g[i] = uint8(math.Round(255 * math.Pow(root*root, 1/2.2)))
	}
	return g
}()

// sensor makes numbers of light: stray light, shot and read noise, gamma, JPEG.
func (s *Scene) sensor(r *rand.Rand, p *plane) (*image.Gray, error) {
	gain, contrast := max(s.Gain, 1), s.Contrast
	if contrast == 0 {
		contrast = 1
	}
	full := 20000 / gain
	read := 6 / full
	img := image.NewGray(image.Rect(0, 0, p.w, p.h))
	for i, v := range p.pix {
		x := float64(v)*contrast + s.Veil
		x += r.NormFloat64() * math.Sqrt(max(x, 0)/full+read*read)
		x = min(max(x, 0), 1)
		img.Pix[i] = gamma[int(math.Sqrt(x)*float64(len(gamma)-1)+0.5)]
	}
	if s.JPEG == 0 {
		return img, nil
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: s.JPEG}); err != nil {
		return nil, err
	}
	back, err := jpeg.Decode(&b)
	if err != nil {
		return nil, err
	}
	g, ok := back.(*image.Gray)
	if !ok {
		return img, nil
	}
	if g.Stride != p.w || g.Rect != img.Rect { // the coder pads to whole blocks
		for y := range p.h {
			copy(img.Pix[y*p.w:][:p.w], g.Pix[y*g.Stride:])
		}
		return img, nil
	}
	return g, nil
}
