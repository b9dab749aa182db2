package gen

import (
	"fmt"
	"hash/fnv"
	"image"
	"math"
	"math/rand/v2"
)

// Steps of difficulty, from 1.
const Steps = 4

// Classes are the kinds of frames, by what is wrong with them.
func Classes() []string {
	return []string{"nominal", "perspective", "defocus", "motion", "noise", "low light", "low contrast", "glare", "dirt", "small", "jpeg", "mixed", "empty"}
}

// between is a value of a step: from at the first, to at the last, with some scatter.
func between(r *rand.Rand, step int, from, to float64) float64 {
	t := (float64(step-1) + r.Float64()) / Steps
	return from + (to-from)*t
}

// damage changes a scene by its class and step.
var damage = map[string]func(*rand.Rand, *Scene, int){
	"perspective": func(r *rand.Rand, s *Scene, step int) {
		s.Tilt = between(r, step, 0.3, 1.2)
		s.Focal = 0.8
		s.Turn = r.Float64() * 2 * math.Pi
		s.Module *= 1.15
	},
	"defocus": func(r *rand.Rand, s *Scene, step int) { s.Defocus = s.Module * between(r, step, 0.35, 1.15) },
	"motion": func(r *rand.Rand, s *Scene, step int) {
		s.Motion = s.Module * between(r, step, 0.8, 2.8)
		s.MotionAt = r.Float64() * math.Pi
	},
	"noise": func(r *rand.Rand, s *Scene, step int) { s.Gain = math.Exp(between(r, step, 4.5, 7.8)) },
	"low light": func(r *rand.Rand, s *Scene, step int) {
		s.Light = math.Exp(between(r, step, -1.8, -4.6))
		s.Gain = math.Exp(between(r, step, 2.6, 4))
		s.Uneven = 0.3 * r.Float64()
	},
	"low contrast": func(r *rand.Rand, s *Scene, step int) {
		s.Contrast = math.Exp(between(r, step, -0.9, -3.3))
		s.Veil = 0.15 + 0.5*r.Float64()
	},
	"glare": func(r *rand.Rand, s *Scene, step int) {
		s.Glare = math.Exp(between(r, step, -1.2, 2.2))
	},
	"dirt": func(r *rand.Rand, s *Scene, step int) { s.Dirt = between(r, step, 0.02, 0.30) },
	"small": func(r *rand.Rand, s *Scene, step int) {
		s.Module = between(r, step, 3, 1.35)
		s.Defocus = 0.3 + 0.3*r.Float64()
	},
	"jpeg": func(r *rand.Rand, s *Scene, step int) {
		s.JPEG = int(between(r, step, 25, 2))
		s.Module = 2.2 + 2.5*r.Float64()
	},
}

var mixable = []string{"perspective", "defocus", "motion", "noise", "low light", "low contrast", "glare", "dirt", "small", "jpeg"}

// Frame is the frame number n of a class and step, 1 to Steps, w × h pixels.
func Frame(class string, step, n, w, h int) (*image.Gray, Truth, error) {
	s, err := NewScene(class, step, n, w, h)
	if err != nil {
		return nil, Truth{}, err
	}
	return s.Render()
}

// NewScene is the scene of Frame.
func NewScene(class string, step, n, w, h int) (*Scene, error) {
	f := fnv.New64a()
	fmt.Fprint(f, class, step, w, h)
	r := rand.New(rand.NewPCG(uint64(n), f.Sum64()))
	s := &Scene{W: w, H: h, Seed: r.Uint64(), Uneven: 0.4 * r.Float64(), Light: 0.5 + 0.4*r.Float64(), JPEG: 85, Defocus: 0.4}
	s.Module = float64(h) / 720 * (3.5 + 4.5*r.Float64())
	s.Turn = (r.Float64() - 0.5) * 1.2
	if r.IntN(3) == 0 {
		s.Turn = r.Float64() * 2 * math.Pi
	}
	s.Tilt, s.Lean = 0.3*r.Float64(), r.Float64()*2*math.Pi
	if class == "empty" {
		s.At = Point{float64(w) / 2, float64(h) / 2}
		s.Uneven = r.Float64()
		s.Gain = math.Exp(r.Float64() * 4)
		return s, nil
	}
	var err error
	if s.Sticker, err = NewSticker(LabelText(r), r); err != nil {
		return nil, err
	}
	switch class {
	case "nominal":
	case "mixed":
		// Two or three kinds at once, each milder than alone.
		k := 2 + r.IntN(2)
		for _, i := range r.Perm(len(mixable))[:k] {
			damage[mixable[i]](r, s, min(1+r.IntN(step), Steps-1))
		}
	default:
		d, ok := damage[class]
		if !ok {
			return nil, fmt.Errorf("no class %q", class)
		}
		d(r, s, step)
	}
	// The whole code is in view, where there is room for it.
	reach := s.Module * float64(s.Sticker.Module) * 0.78
	s.At = Point{place(r, reach, float64(w)), place(r, reach, float64(h))}
	return s, nil
}

func place(r *rand.Rand, reach, size float64) float64 {
	if 2*reach >= size {
		return size / 2
	}
	return reach + (size-2*reach)*r.Float64()
}
