package labels

import "math"

// Patterns is the number of different patterns that a district's band can have.
const Patterns = 12

// PatternInk tells whether the pattern of a district (index from 0, taken round) is dark
// at a place, x and y in millimetres. The patterns differ in structure, not in shade, so
// that they are told apart on one-bit thermal print, by eyes of any colour vision, and
// from three metres; the window draws the same ones. Neighbouring indices, which are
// neighbouring districts, never share a structure.
func PatternInk(index int, x, y float64) bool {
	mod := func(v, p float64) float64 { return v - p*math.Floor(v/p) }
	switch patternOf(index) {
	case 0: // horizontal bars
		return mod(y, 6) < 3
	case 1: // rising diagonals
		return mod(x+y, 7) < 3
	case 2: // dots
		dx, dy := mod(x, 7)-3.5, mod(y, 7)-3.5
		return dx*dx+dy*dy < 2.4*2.4
	case 3: // chessboard
		return (mod(x, 10) < 5) != (mod(y, 10) < 5)
	case 4: // vertical bars
		return mod(x, 6) < 3
	case 5: // chevrons
		return mod(y+math.Abs(mod(x, 12)-6), 6) < 2.4
	case 6: // a grid of lines
		return mod(x, 6) < 1.3 || mod(y, 6) < 1.3
	case 7: // waves
		return mod(y+wave(x), 6) < 2.4
	case 8: // falling diagonals, broad and thin
		v := mod(x-y, 11)
		return v < 4.5 || v > 6.5 && v < 8
	case 9: // rings
		dx, dy := mod(x, 10)-5, mod(y, 10)-5
		r := dx*dx + dy*dy
		return r > 2.2*2.2 && r < 4.2*4.2
	case 10: // bricks, dark
		row := math.Floor(y / 4.5)
		return mod(y, 4.5) > 0.9 && mod(x+5*mod(row, 2), 10) > 0.9
	default: // triangles
		return mod(y, 8) > 2*math.Abs(mod(x, 8)-4)
	}
}

func wave(x float64) float64 { return 2.2 * math.Sin(x*2*math.Pi/14) }

func patternOf(index int) int { return ((index % Patterns) + Patterns) % Patterns }

type point struct{ x, y float64 }

// patternPaths is the same pattern as outlines for a page, which has no dots: closed
// paths over a field of w × h millimetres, to be clipped by it and filled with the
// non-zero rule. A hole runs the other way round.
func patternPaths(index int, w, h float64) [][]point {
	var out [][]point
	rect := func(x, y, w, h float64) {
		out = append(out, []point{{x, y}, {x + w, y}, {x + w, y + h}, {x, y + h}})
	}
	circle := func(x, y, r, turn float64) {
		const n = 32
		var p []point
		for i := range n {
			s, c := math.Sincos(turn * 2 * math.Pi * float64(i) / n)
			p = append(p, point{x + r*c, y + r*s})
		}
		out = append(out, p)
	}
	// slanted draws a strip of falling (1) or rising (-1) diagonals that begins at x on
	// the upper edge and is b wide there.
	slanted := func(x, b, dir float64) {
		out = append(out, []point{{x, 0}, {x + b, 0}, {x + b + dir*h, h}, {x + dir*h, h}})
	}
	// strip draws a band of height b under a curve, sampled every step.
	strip := func(y, b, step float64, curve func(x float64) float64) {
		var p []point
		for x := 0.0; x < w+step; x += step {
			p = append(p, point{x, y - curve(x)})
		}
		for i := len(p) - 1; i >= 0; i-- {
			p = append(p, point{p[i].x, p[i].y + b})
		}
		out = append(out, p)
	}
	switch patternOf(index) {
	case 0:
		for y := 0.0; y < h; y += 6 {
			rect(0, y, w, 3)
		}
	case 1:
		for x := 0.0; x < w+h; x += 7 {
			slanted(x, 3, -1)
		}
	case 2:
		for y := 3.5; y < h+3.5; y += 7 {
			for x := 3.5; x < w+3.5; x += 7 {
				circle(x, y, 2.4, 1)
			}
		}
	case 3:
		for j := 0; float64(j)*5 < h; j++ {
			for i := 1 - j%2; float64(i)*5 < w; i += 2 {
				rect(float64(i)*5, float64(j)*5, 5, 5)
			}
		}
	case 4:
		for x := 0.0; x < w; x += 6 {
			rect(x, 0, 3, h)
		}
	case 5:
		for y := 0.0; y < h+6; y += 6 {
			strip(y, 2.4, 6, func(x float64) float64 { return math.Abs(math.Mod(x, 12) - 6) })
		}
	case 6:
		for x := 0.0; x < w; x += 6 {
			rect(x, 0, 1.3, h)
		}
		for y := 0.0; y < h; y += 6 {
			rect(0, y, w, 1.3)
		}
	case 7:
		for y := -6.0; y < h+6; y += 6 {
			strip(y, 2.4, 0.5, wave)
		}
	case 8:
		for x := -11 * math.Ceil(h/11); x < w; x += 11 {
			slanted(x, 4.5, 1)
			slanted(x+6.5, 1.5, 1)
		}
	case 9:
		for y := 5.0; y < h+5; y += 10 {
			for x := 5.0; x < w+5; x += 10 {
				circle(x, y, 4.2, 1)
				circle(x, y, 2.2, -1)
			}
		}
	case 10:
		for j := 0; float64(j)*4.5 < h; j++ {
			for x := -5.0 * float64(j%2); x < w; x += 10 {
				rect(x+0.9, float64(j)*4.5+0.9, 9.1, 3.6)
			}
		}
	default:
		for y := 0.0; y < h; y += 8 {
			for x := 0.0; x < w; x += 8 {
				out = append(out, []point{{x + 4, y}, {x + 8, y + 8}, {x, y + 8}})
			}
		}
	}
	return out
}
