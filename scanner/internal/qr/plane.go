// Package qr finds and reads QR symbols in a plane of luminance. It knows pixels and
// modules; what a text means, and where a picture comes from, is for others to say.
package qr

import "math"

// Plane is luminance, a byte a pixel, row by row.
type Plane struct {
	Pix          []uint8
	Stride, W, H int
}

// block is the size of the squares of the threshold map, in pixels.
const (
	blockBits = 3
	block     = 1 << blockBits
)

// level is one scale of the picture with its threshold map.
type level struct {
	Plane
	scale  float64 // pixels of the picture to one of the level
	bits   uint    // blocks are 1 << bits pixels wide
	bw, bh int
	lo, hi []uint8   // of each block
	a, b   []uint8   // of the blocks around it
	thr    []uint8   // between dark and light
	mid    []float32 // the same, smoothed
	inv    []float32 // 1 / half of the range around it
	active []bool    // whether there is anything but noise
	state  uint8     // what of it is there
	own    []uint8   // memory of the pixels, where they are not the picture's
}

// What of a level is there.
const (
	filled = 1 << iota // the pixels
	mapped             // the threshold map
)

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// halve makes l the picture p at half the size.
func (l *level) halve(p *level) {
	l.W, l.H, l.scale = p.W/2, p.H/2, p.scale*2
	l.Stride = l.W
	l.own = grow(l.own, l.W*l.H)
	l.Pix = l.own
	l.state = filled
	for y := range l.H {
		r0, r1 := p.Pix[2*y*p.Stride:][:2*l.W], p.Pix[(2*y+1)*p.Stride:][:2*l.W]
		dst := l.Pix[y*l.W:][:l.W]
		for x := range dst {
			i := 2 * x
			if i+1 < len(r0) && i+1 < len(r1) {
				dst[x] = uint8((uint(r0[i]) + uint(r0[i+1]) + uint(r1[i]) + uint(r1[i+1]) + 2) >> 2)
			}
		}
	}
}

// calm smooths the pixels, by a quarter, a half, a quarter of three in both directions.
func (l *level) calm(row []int32) []int32 {
	w, h := l.W, l.H
	row = grow(row, 2*w)
	above, here := row[:w], row[w:2*w] // three pixels of a row, summed
	three := func(dst []int32, y int) {
		p := l.Pix[y*l.Stride:][:w]
		dst[0] = 3*int32(p[0]) + int32(p[1])
		for x := 1; x+1 < len(p); x++ {
			dst[x] = int32(p[x-1]) + 2*int32(p[x]) + int32(p[x+1])
		}
		dst[w-1] = int32(p[w-2]) + 3*int32(p[w-1])
	}
	three(above, 0)
	three(here, 0)
	for y := range h {
		dst := l.Pix[y*l.Stride:][:w]
		if y+1 == h {
			for x := range dst {
				dst[x] = uint8((above[x] + 3*here[x] + 8) >> 4)
			}
			break
		}
		next := l.Pix[(y+1)*l.Stride:][:w]
		n := 3*int32(next[0]) + int32(next[1])
		for x := range dst {
			a, b := above[x], here[x]
			dst[x] = uint8((a + 2*b + n + 8) >> 4)
			above[x], here[x] = b, n
			if x+2 < w {
				n = int32(next[x]) + 2*int32(next[x+1]) + int32(next[x+2])
			} else if x+1 < w {
				n = int32(next[w-2]) + 3*int32(next[w-1])
			}
		}
	}
	return row
}

// noise is about the deviation of the noise: what a quarter of the pixels differs from the
// mean of its neighbours, at most. A picture full of fine print seems noisy: see threshold.
func (l *level) noise() float64 {
	var hist [256]int
	n := 0
	for y := 2; y < l.H; y += 16 {
		row := l.Pix[y*l.Stride:][:l.W]
		for x := 1; x+1 < len(row); x += 2 {
			d := 2*int(row[x]) - int(row[x-1]) - int(row[x+1])
			hist[min(max(d, -d)>>1, 255)]++
			n++
		}
	}
	sum := 0
	for d, k := range hist {
		if sum+k > n/4 {
			// Within the class, as if they lay evenly; half the second difference of
			// noise deviates by 1.22, and a quarter of it lies below 0.39.
			return (float64(d) + float64(n/4-sum)/float64(k)) / 0.39
		}
		sum += k
	}
	return 0
}

// borrow takes the map of the level of half the size.
func (l *level) borrow(half *level) {
	l.state |= mapped
	l.bits = half.bits + 1
	l.bw, l.bh = half.bw, half.bh
	l.thr, l.mid, l.inv, l.active = half.thr, half.mid, half.inv, half.active
}

// threshold makes the map: for each block the middle between the darkest and the lightest
// of what lies near it.
func (l *level) threshold() {
	l.state |= mapped
	l.bits = blockBits
	l.bw, l.bh = (l.W+block-1)>>blockBits, (l.H+block-1)>>blockBits
	n := l.bw * l.bh
	l.lo, l.hi, l.a, l.b, l.thr = grow(l.lo, n), grow(l.hi, n), grow(l.a, n), grow(l.b, n), grow(l.thr, n)
	l.mid, l.inv, l.active = grow(l.mid, n), grow(l.inv, n), grow(l.active, n)
	l.extremes()
	// More than noise alone shows in a block of its own.
	floor := uint8(min(max(6.2*l.noise(), 2), 24))
	for i := range n {
		l.active[i] = l.hi[i]-l.lo[i] > floor
	}
	l.spread()
	for i := range n {
		l.thr[i] = uint8(l.mid[i] + 0.5)
	}
}

// contrast fills in a sharpened level's map of how strong it is.
func (l *level) contrast() {
	if l.state&mapped != 0 {
		return
	}
	l.state |= mapped
	n := l.bw * l.bh
	l.lo, l.hi, l.a, l.b, l.inv = grow(l.lo, n), grow(l.hi, n), grow(l.a, n), grow(l.b, n), grow(l.inv, n)
	l.extremes()
	l.spread()
	for i := range n {
		l.mid[i] = 128
	}
}

// extremes finds the darkest and the lightest of each block.
func (l *level) extremes() {
	for by := range l.bh {
		y0, y1 := by<<blockBits, min(by<<blockBits+block, l.H)
		los, his := l.lo[by*l.bw:][:l.bw], l.hi[by*l.bw:][:l.bw]
		for i := range los {
			los[i], his[i] = 255, 0
		}
		for y := y0; y < y1; y++ {
			row := l.Pix[y*l.Stride:][:l.W]
			i := 0
			for ; len(row) >= block; i++ {
				v := (*[block]uint8)(row)
				los[i] = min(los[i], v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
				his[i] = max(his[i], v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
				row = row[block:]
			}
			for _, v := range row {
				los[i], his[i] = min(los[i], v), max(his[i], v)
			}
		}
	}
}

// spread makes the map of the blocks' extremes: those of the blocks around, smoothed.
func (l *level) spread() {
	spreadBlocks(l.a, l.b, l.lo, l.bw, l.bh, func(a, b uint8) uint8 { return min(a, b) })
	l.lo, l.a = l.a, l.lo
	spreadBlocks(l.a, l.b, l.hi, l.bw, l.bh, func(a, b uint8) uint8 { return max(a, b) })
	l.hi, l.a = l.a, l.hi
	for by := range l.bh {
		for bx := range l.bw {
			var lo, hi, k float32
			for y := max(by-1, 0); y <= min(by+1, l.bh-1); y++ {
				for x := max(bx-1, 0); x <= min(bx+1, l.bw-1); x++ {
					lo += float32(l.lo[y*l.bw+x])
					hi += float32(l.hi[y*l.bw+x])
					k++
				}
			}
			i := by*l.bw + bx
			l.mid[i] = (lo + hi) / (2 * k)
			l.inv[i] = 2 * k / max(hi-lo, 4*k)
		}
	}
}

// sharpen makes l what p is beside the mean of the square around each pixel: blur that
// drowns the light ring of a finder pattern leaves it lighter than its neighbours.
func (l *level) sharpen(p *level, sums []int32) []int32 {
	const reach = 4
	const area = (2*reach + 1) * (2*reach + 1)
	l.state = filled
	l.W, l.H, l.Stride, l.scale = p.W, p.H, p.W, p.scale
	l.bw, l.bh, l.bits, l.active = p.bw, p.bh, p.bits, p.active
	l.own = grow(l.own, l.W*l.H)
	l.Pix = l.own
	n := l.bw * l.bh
	l.thr, l.mid = grow(l.thr, n), grow(l.mid, n)
	for i := range n {
		l.thr[i], l.mid[i] = 128, 128
	}
	w, h := l.W, l.H
	sums = grow(sums, w+2*reach+1)
	cols := sums[reach:][:w]
	clear(sums)
	add := func(y int) {
		for x, v := range p.Pix[min(max(y, 0), h-1)*p.Stride:][:w] {
			cols[x] += int32(v)
		}
	}
	for y := -reach; y < reach; y++ {
		add(y)
	}
	for y := range h {
		add(y + reach)
		for i := range reach {
			sums[i] = cols[0]
			sums[reach+w+i] = cols[w-1]
		}
		src, dst := p.Pix[y*p.Stride:][:w], l.Pix[y*w:][:w]
		var s int32
		for _, v := range sums[:2*reach] {
			s += v
		}
		in, out := sums[2*reach:][:w], sums[:w]
		for x, v := range src {
			s += in[x]
			d := (int32(v)*area - s) / (area / 4)
			dst[x] = uint8(min(max(128+d, 0), 255))
			s -= out[x]
		}
		old := p.Pix[max(y-reach, 0)*p.Stride:][:w]
		for x, v := range old {
			cols[x] -= int32(v)
		}
	}
	return sums
}

// spreadBlocks gives each block the extreme of those next to it.
func spreadBlocks(dst, tmp, src []uint8, w, h int, pick func(a, b uint8) uint8) {
	const reach = 1
	for y := range h {
		row := src[y*w:][:w]
		for x := range w {
			v := row[x]
			for i := max(x-reach, 0); i <= min(x+reach, w-1); i++ {
				v = pick(v, row[i])
			}
			tmp[y*w+x] = v
		}
	}
	for y := range h {
		for x := range w {
			v := tmp[y*w+x]
			for i := max(y-reach, 0); i <= min(y+reach, h-1); i++ {
				v = pick(v, tmp[i*w+x])
			}
			dst[y*w+x] = v
		}
	}
}

// value is the luminance at a place, between pixels too; x and y count from the corner of
// the picture, so the first pixel's middle is at 0.5.
func (l *level) value(x, y float64) (v float32, ok bool) {
	x -= 0.5
	y -= 0.5
	if !(x >= 0 && y >= 0 && x < float64(l.W-1) && y < float64(l.H-1)) {
		if !(x > -2 && y > -2 && x < float64(l.W+1) && y < float64(l.H+1)) {
			return 0, false
		}
		x, y = min(max(x, 0), float64(l.W)-1.001), min(max(y, 0), float64(l.H)-1.001)
	}
	ix, iy := int(x), int(y)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	i := iy*l.Stride + ix
	r0 := l.Pix[i : i+2 : i+2]
	i += l.Stride
	r1 := l.Pix[i : i+2 : i+2]
	a := float32(r0[0]) + (float32(r0[1])-float32(r0[0]))*fx
	b := float32(r1[0]) + (float32(r1[1])-float32(r1[0]))*fx
	return a + (b-a)*fy, true
}

// dark is how dark a place is beside what is around it: 1 black, -1 white, 0 between or
// outside.
func (l *level) dark(x, y float64) float32 {
	v, ok := l.value(x, y)
	if !ok {
		return 0
	}
	bx, by := min(max(int(x)>>l.bits, 0), l.bw-1), min(max(int(y)>>l.bits, 0), l.bh-1)
	i := by*l.bw + bx
	return min(max((l.mid[i]-v)*l.inv[i], -1), 1)
}

type pt struct{ x, y float64 }

func (a pt) sub(b pt) pt        { return pt{a.x - b.x, a.y - b.y} }
func (a pt) add(b pt) pt        { return pt{a.x + b.x, a.y + b.y} }
func (a pt) mul(f float64) pt   { return pt{a.x * f, a.y * f} }
func (a pt) cross(b pt) float64 { return a.x*b.y - a.y*b.x }
func (a pt) dot(b pt) float64   { return a.x*b.x + a.y*b.y }
func (a pt) abs() float64       { return math.Hypot(a.x, a.y) }
