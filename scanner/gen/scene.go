package gen

import (
	"image"
	"math"
	"math/rand/v2"
)

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Scene is one exposure of a sticker on a box. Lengths are in pixels of the picture unless
// told otherwise; light is linear, 1 is what the sensor holds.
type Scene struct {
	W, H    int
	Sticker *Sticker // nil: a box without one
	Seed    uint64   // of texture, dirt, noise

	Module float64 // size of a module where the code's middle is
	Turn   float64 // in the picture's plane, radians
	Tilt   float64 // out of it, radians
	Lean   float64 // direction of the tilt, radians
	Focal  float64 // focal length in widths of the picture; 0: 1.1
	At     Point   // where the code's middle is

	Light    float64 // brightness of white paper; 0: 0.75
	Uneven   float64 // 0 … 1: fall-off and shadow over the picture
	Veil     float64 // stray light added everywhere
	Contrast float64 // what is left of it; 0: all
	Glare    float64 // strength of reflections over the code
	Dirt     float64 // part of the code's area that is covered
	Defocus  float64 // radius of the disc
	Motion   float64 // length of the path
	MotionAt float64 // its direction, radians
	Gain     float64 // electrons: white is 20000/Gain of them; 0: 1
	JPEG     int     // quality; 0: none
}

const (
	paper = 0.86 // reflectances
	ink   = 0.045
)

// Truth is where the code is: its corners, that between the three finder patterns first,
// then round it along its upper side.
type Truth struct {
	Text    string
	Corners [4]Point
}

// homography maps x, y of one plane to another: row by row.
type homography [9]float64

func (h *homography) at(x, y float64) (float64, float64) {
	w := h[6]*x + h[7]*y + h[8]
	return (h[0]*x + h[1]*y + h[2]) / w, (h[3]*x + h[4]*y + h[5]) / w
}

func (h *homography) inverse() homography {
	a, b, c, d, e, f, g, i, j := h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
	return homography{
		e*j - f*i, c*i - b*j, b*f - c*e,
		f*g - d*j, a*j - c*g, c*d - a*f,
		d*i - e*g, b*g - a*i, a*e - b*d,
	}
}

// pose maps the sticker's plane, in modules from the code's middle, to the picture.
func (s *Scene) pose() homography {
	f := s.Focal
	if f == 0 {
		f = 1.1
	}
	f *= float64(s.W)
	z := f / s.Module // distance in modules
	ct, st := math.Cos(s.Turn), math.Sin(s.Turn)
	ca, sa := math.Cos(s.Tilt), math.Sin(s.Tilt)
	cl, sl := math.Cos(s.Lean), math.Sin(s.Lean)
	// Rotation by Tilt about the axis (cl, sl, 0) after Turn in the plane.
	r00, r01 := ca+cl*cl*(1-ca), cl*sl*(1-ca)
	r10, r11 := r01, ca+sl*sl*(1-ca)
	r20, r21 := -sl*sa, cl*sa
	m := func(a, b float64) (float64, float64) { return a*ct + b*st, -a*st + b*ct }
	a0, a1 := m(r00, r01)
	b0, b1 := m(r10, r11)
	c0, c1 := m(r20, r21)
	return homography{
		f*a0 + s.At.X*c0, f*a1 + s.At.X*c1, s.At.X * z,
		f*b0 + s.At.Y*c0, f*b1 + s.At.Y*c1, s.At.Y * z,
		c0, c1, z,
	}
}

// plane is a picture of linear light.
type plane struct {
	w, h int
	pix  []float32
}

func newPlane(w, h int) *plane { return &plane{w, h, make([]float32, w*h)} }

// cloud is smooth noise of mean 0 and deviation about 1, with details of the given sizes,
// repeating after n elements.
func cloud(r *rand.Rand, n int, sizes ...int) *plane {
	p := newPlane(n, n)
	for _, size := range sizes {
		k := max(n/size, 1)
		grid := make([]float32, k*k)
		for i := range grid {
			grid[i] = float32(r.NormFloat64())
		}
		for y := range n {
			for x := range n {
				gx, gy := float64(x)*float64(k)/float64(n), float64(y)*float64(k)/float64(n)
				x0, y0 := int(gx), int(gy)
				fx, fy := float32(gx-float64(x0)), float32(gy-float64(y0))
				fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
				x1, y1 := (x0+1)%k, (y0+1)%k
				a := grid[y0*k+x0]*(1-fx) + grid[y0*k+x1]*fx
				b := grid[y1*k+x0]*(1-fx) + grid[y1*k+x1]*fx
				p.pix[y*n+x] += a*(1-fy) + b*fy
			}
		}
	}
	norm := float32(1 / math.Sqrt(float64(len(sizes))))
	for i := range p.pix {
		p.pix[i] *= norm
	}
	return p
}

const tile = 512 // of textures

func (p *plane) wrap(x, y float64) float32 {
	return p.pix[(int(math.Floor(y))&(tile-1))*tile+int(math.Floor(x))&(tile-1)]
}

// Render makes the picture.
func (s *Scene) Render() (*image.Gray, Truth, error) {
	r := rand.New(rand.NewPCG(s.Seed, 0x5ce4e))
	pose := s.pose()
	p := s.radiance(r, &pose)
	if s.Sticker != nil && s.Glare > 0 {
		s.reflect(r, p)
	}
	p = motion(defocus(p, s.Defocus), s.Motion, s.MotionAt)
	img, err := s.sensor(r, p)
	var t Truth
	if s.Sticker != nil {
		t.Text = s.Sticker.Text
		h := float64(s.Sticker.Module) / 2
		for i, c := range [4][2]float64{{-h, -h}, {h, -h}, {h, h}, {-h, h}} {
			t.Corners[i].X, t.Corners[i].Y = pose.at(c[0], c[1])
		}
	}
	return img, t, err
}

// radiance is the light that comes from the scene, before the lens.
func (s *Scene) radiance(r *rand.Rand, pose *homography) *plane {
	back := pose.inverse()
	fibre := cloud(r, tile, 2, 8, 64)
	marks := newBoxPrint(r)
	var d *dirt
	if s.Dirt > 0 && s.Sticker != nil {
		d = newDirt(r, s.Dirt, s.Sticker.Module)
	}
	// The sticker's rectangle in modules from the code's middle.
	var left, top, right, bottom, mx, my float64
	if s.Sticker != nil {
		mx = float64(s.Sticker.Code.Min.X+s.Sticker.Code.Max.X) / 2 / Texels
		my = float64(s.Sticker.Code.Min.Y+s.Sticker.Code.Max.Y) / 2 / Texels
		left, top, right, bottom = -mx, -my, stickerW-mx, stickerH-my
	}
	light := s.Light
	if light == 0 {
		light = 0.75
	}
	lx, ly := math.Cos(r.Float64()*2*math.Pi), math.Sin(r.Float64()*2*math.Pi)
	shade, shadeAt := r.Float64()*2*math.Pi, (r.Float64()-0.5)*0.5*float64(s.H)
	p := newPlane(s.W, s.H)
	for y := range s.H {
		for x := range s.W {
			var sum float32
			n := 3
			u, v := back.at(float64(x)+0.5, float64(y)+0.5)
			if s.Sticker == nil || u < left-1 || v < top-1 || u > right+1 || v > bottom+1 {
				n = 1
			}
			for j := range n {
				for i := range n {
					if n > 1 {
						u, v = back.at(float64(x)+(float64(i)+0.5)/float64(n), float64(y)+(float64(j)+0.5)/float64(n))
					}
					var c float32
					if s.Sticker != nil && u >= left && v >= top && u < right && v < bottom {
						t := s.Sticker.Pix.Pix[int((v+my)*Texels)*s.Sticker.Pix.Stride+int((u+mx)*Texels)]
						c = ink + (paper-ink)*float32(t)/255 + 0.006*fibre.wrap(u*4, v*4)
						if d != nil {
							c = d.cover(u, v, c, fibre)
						}
					} else {
						c = marks.at(u, v) + 0.03*fibre.wrap(u*3, v*3) + 0.012*float32(math.Sin(v*1.7))
					}
					sum += c
				}
			}
			c := sum / float32(n*n)
			dx, dy := (float64(x)-float64(s.W)/2)/float64(s.W), (float64(y)-float64(s.H)/2)/float64(s.W)
			l := light / paper * (1 - s.Uneven*(0.5+lx*dx+ly*dy)*0.8 - 0.25*(dx*dx+dy*dy))
			if s.Uneven > 0 { // the soft edge of a shadow
				e := (math.Cos(shade)*(float64(x)-s.At.X) + math.Sin(shade)*(float64(y)-s.At.Y) - shadeAt) / (6 + 30*(1-s.Uneven))
				l *= 1 - 0.55*s.Uneven/(1+math.Exp(-e))
			}
			p.pix[y*s.W+x] = c * float32(max(l, 0.02))
		}
	}
	return p
}

// boxPrint is what else is seen: cardboard with print, tape, edges, what is behind.
type boxPrint struct{ rects [14]printed }

type printed struct{ x, y, w, h, c, s, v float64 }

func newBoxPrint(r *rand.Rand) *boxPrint {
	b := &boxPrint{}
	for i := range b.rects {
		a := r.Float64() * math.Pi
		b.rects[i] = printed{(r.Float64() - 0.5) * 500, (r.Float64() - 0.5) * 400, 4 + r.Float64()*60, 2 + r.Float64()*20, math.Cos(a), math.Sin(a), 0.08 + r.Float64()*0.75}
	}
	return b
}

func (b *boxPrint) at(u, v float64) float32 {
	c := 0.38 // cardboard
	if math.Abs(u) > 240 || math.Abs(v) > 200 {
		c = 0.12 // behind the box
	}
	for i := range b.rects {
		q := &b.rects[i]
		x, y := u-q.x, v-q.y
		x, y = x*q.c+y*q.s, y*q.c-x*q.s
		if math.Abs(x) < q.w && math.Abs(y) < q.h {
			if i%3 == 0 && int(math.Floor(x*0.9))%3 == 0 { // bars, as of other codes and letters
				continue
			}
			c = q.v
		}
	}
	return float32(c)
}
