package qr_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"dapilgate/scanner/internal/qr"

	"github.com/skip2/go-qrcode"
	"pgregory.net/rapid"
)

// bitmap is a symbol's modules with a quiet zone of 4; true is dark.
func bitmap(t testing.TB, text string, version int, level qrcode.RecoveryLevel) [][]bool {
	t.Helper()
	q, err := qrcode.NewWithForcedVersion(text, version, level)
	if err != nil {
		t.Fatal(err)
	}
	return q.Bitmap()
}

// paint draws modules with sides of px pixels, light on all sides.
func paint(bits [][]bool, px int) qr.Plane {
	n := len(bits) * px
	p := qr.Plane{Pix: make([]uint8, n*n), Stride: n, W: n, H: n}
	for y := range n {
		for x := range n {
			p.Pix[y*n+x] = 230
			if bits[y/px][x/px] {
				p.Pix[y*n+x] = 20
			}
		}
	}
	return p
}

// turned is the picture turned by an angle about its middle, in a square of side n.
func turned(p qr.Plane, n int, angle float64) qr.Plane {
	out := qr.Plane{Pix: make([]uint8, n*n), Stride: n, W: n, H: n}
	s, c := math.Sincos(angle)
	for y := range n {
		for x := range n {
			dx, dy := float64(x)+0.5-float64(n)/2, float64(y)+0.5-float64(n)/2
			u, v := int(math.Floor(c*dx+s*dy+float64(p.W)/2)), int(math.Floor(c*dy-s*dx+float64(p.H)/2))
			out.Pix[y*n+x] = 230
			if u >= 0 && v >= 0 && u < p.W && v < p.H {
				out.Pix[y*n+x] = p.Pix[v*p.Stride+u]
			}
		}
	}
	return out
}

func texts(s []qr.Symbol) string {
	var out []string
	for _, k := range s {
		out = append(out, k.Text)
	}
	return strings.Join(out, "|")
}

// TestVersions: every version is read, and every level.
func TestVersions(t *testing.T) {
	var r qr.Reader
	for version := 1; version <= 40; version++ {
		for i, level := range []qrcode.RecoveryLevel{qrcode.Low, qrcode.Medium, qrcode.High, qrcode.Highest} {
			if i != version%4 && version != 1 && version != 8 {
				continue // one level of each version will do
			}
			name := "LMQH"[i : i+1]
			text := fmt.Sprintf("V%d%s", version, name)
			if version > 2 {
				text += " with small letters"
			}
			p := turned(paint(bitmap(t, text, version, level), 4), (25+4*version)*6, 0.1*float64(version))
			if got := texts(r.Read(p, qr.Effort{Most: 1})); got != text {
				t.Errorf("version %d, level %s: %q", version, name, got)
			}
		}
	}
}

const label = "DG1P2403175061001012V1V0031000401VZEEG6J5SBQ0TCMVFRX7T8XV3AW76KGQ5MPTCJ1HHN92H1905871YV4ED4KYKRBM83KKYR50K29VQ996871Q9WDP7VE0T7DPP01NJ28R4"

func TestMirroredAndLightOnDark(t *testing.T) {
	p := paint(bitmap(t, label, 8, qrcode.High), 5)
	mirrored := qr.Plane{Pix: make([]uint8, len(p.Pix)), Stride: p.W, W: p.W, H: p.H}
	negative := qr.Plane{Pix: make([]uint8, len(p.Pix)), Stride: p.W, W: p.W, H: p.H}
	for y := range p.H {
		for x := range p.W {
			mirrored.Pix[y*p.W+x] = p.Pix[y*p.W+p.W-1-x]
			negative.Pix[y*p.W+x] = ^p.Pix[y*p.W+x]
		}
	}
	var r qr.Reader
	if got := texts(r.Read(mirrored, qr.Effort{Most: 1})); got != label {
		t.Errorf("mirrored: %q", got)
	}
	if got := texts(r.Read(negative, qr.Effort{Most: 1, Hard: true})); got != label {
		t.Errorf("light on dark: %q", got)
	}
}

// TestCorners: the corners are the symbol's own, the one between the finder patterns first.
func TestCorners(t *testing.T) {
	const px, angle = 6, 0.7
	p := paint(bitmap(t, label, 8, qrcode.High), px)
	n := 500
	var r qr.Reader
	got := r.Read(turned(p, n, angle), qr.Effort{Most: 1})
	if len(got) != 1 {
		t.Fatalf("%d symbols", len(got))
	}
	s, c := math.Sincos(angle)
	half := 49.0 / 2 * px
	for i, k := range [4][2]float64{{-half, -half}, {half, -half}, {half, half}, {-half, half}} {
		x, y := c*k[0]-s*k[1]+float64(n)/2, s*k[0]+c*k[1]+float64(n)/2
		if d := math.Hypot(got[0].Corners[i].X-x, got[0].Corners[i].Y-y); d > px/2 {
			t.Errorf("corner %d is off by %.1f pixels", i, d)
		}
	}
}

// TestDamage: a symbol of which more and more is destroyed is read or not read, and never
// read as something else.
func TestDamage(t *testing.T) {
	clean := bitmap(t, label, 8, qrcode.High)
	var r qr.Reader
	read := 0
	rapid.Check(t, func(t *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		part := rapid.Float64Range(0, 0.35).Draw(t, "part")
		bits := make([][]bool, len(clean))
		for y := range clean {
			bits[y] = append([]bool(nil), clean[y]...)
			for x := range bits[y] {
				if y > 12 && x > 12 && rnd.Float64() < part {
					bits[y][x] = rnd.IntN(2) == 0
				}
			}
		}
		switch got := texts(r.Read(paint(bits, 4), qr.Effort{Most: 1})); got {
		case label:
			read++
		case "":
		default:
			t.Fatalf("%.2f of it destroyed it reads %q", part, got)
		}
	})
	if read == 0 {
		t.Error("it was never read")
	}
}

// TestHiddenFinder: two finder patterns are enough.
func TestHiddenFinder(t *testing.T) {
	for _, hide := range [3][2]int{{4, 4}, {45, 4}, {4, 45}} {
		bits := bitmap(t, label, 8, qrcode.High)
		for y := range 8 {
			for x := range 8 {
				bits[hide[1]+y][hide[0]+x] = true
			}
		}
		var r qr.Reader
		if got := texts(r.Read(turned(paint(bits, 5), 420, 0.3), qr.Effort{Most: 1})); got != label {
			t.Errorf("hidden at %v: %q", hide, got)
		}
	}
}

func TestTimeIsKept(t *testing.T) {
	var r qr.Reader
	p := paint(bitmap(t, label, 8, qrcode.High), 5)
	if got := r.Read(p, qr.Effort{Until: time.Now().Add(-time.Second)}); len(got) > 1 {
		t.Errorf("%d symbols after the time was up", len(got))
	}
	if got := texts(r.Read(p, qr.Effort{Until: time.Now().Add(time.Hour)})); got != label {
		t.Errorf("in time: %q", got)
	}
}

// TestSteadyState: frames of one size allocate nothing, whether they show a code or not.
func TestSteadyState(t *testing.T) {
	p := turned(paint(bitmap(t, label, 8, qrcode.High), 5), 480, 0.2)
	noise := qr.Plane{Pix: make([]uint8, 480*480), Stride: 480, W: 480, H: 480}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(rnd.Uint32())
	}
	var r qr.Reader
	for name, frame := range map[string]qr.Plane{"code": p, "noise": noise} {
		r.Read(frame, qr.Effort{Most: 1})
		if n := testing.AllocsPerRun(5, func() { r.Read(frame, qr.Effort{Most: 1}) }); n > 0 {
			t.Errorf("%s: %v allocations a frame", name, n)
		}
	}
}

// FuzzRead: whatever the picture, the reader comes back, and without a text that is not
// there.
func FuzzRead(f *testing.F) {
	f.Add(uint16(100), uint16(90), uint64(1), uint8(10))
	f.Add(uint16(301), uint16(257), uint64(2), uint8(255))
	bits := bitmap(f, label, 8, qrcode.High)
	f.Fuzz(func(t *testing.T, w, h uint16, seed uint64, noise uint8) {
		p := qr.Plane{W: int(w%400) + 1, H: int(h%400) + 1}
		p.Stride = p.W + int(seed%3)
		p.Pix = make([]uint8, p.Stride*p.H)
		rnd := rand.New(rand.NewPCG(seed, 3))
		px := 1 + rnd.Float64()*6
		x0, y0 := rnd.Float64()*100-50, rnd.Float64()*100-50
		skew := rnd.Float64() - 0.5
		for y := range p.H {
			for x := range p.W {
				v := 200
				u := int((float64(x) - x0 + skew*float64(y)) / px)
				k := int((float64(y) - y0) / px)
				if u >= 0 && k >= 0 && k < len(bits) && u < len(bits) && bits[k][u] {
					v = 40
				}
				v += int(noise) * (rnd.IntN(256) - 128) / 128
				p.Pix[y*p.Stride+x] = uint8(min(max(v, 0), 255))
			}
		}
		var r qr.Reader
		if got := texts(r.Read(p, qr.Effort{Hard: true})); got != "" && got != label {
			t.Fatalf("it reads %q", got)
		}
	})
}

// TestBent: a label on a round drum, and one that a lens bends.
func TestBent(t *testing.T) {
	flat := paint(bitmap(t, label, 8, qrcode.High), 6)
	bend := func(by func(x, y float64) (float64, float64)) qr.Plane {
		p := qr.Plane{Pix: make([]uint8, len(flat.Pix)), Stride: flat.W, W: flat.W, H: flat.H}
		n := float64(p.W)
		for y := range p.H {
			for x := range p.W {
				u, v := by((float64(x)+0.5)/n-0.5, (float64(y)+0.5)/n-0.5)
				i, k := int((u+0.5)*n), int((v+0.5)*n)
				p.Pix[y*p.Stride+x] = 230
				if i >= 0 && k >= 0 && i < p.W && k < p.H {
					p.Pix[y*p.Stride+x] = flat.Pix[k*flat.Stride+i]
				}
			}
		}
		return p
	}
	var r qr.Reader
	for name, by := range map[string]func(x, y float64) (float64, float64){
		"drum": func(x, y float64) (float64, float64) { return math.Asin(x*1.5) / 1.5, y + 0.12*x*x },
		"lens": func(x, y float64) (float64, float64) { k := 1 + 0.25*(x*x+y*y); return x * k, y * k },
	} {
		if got := texts(r.Read(bend(by), qr.Effort{Most: 1})); got != label {
			t.Errorf("%s: %q", name, got)
		}
	}
}
