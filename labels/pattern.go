package labels

import "math"

// Patterns is the number of different patterns that a district's band can have.
const Patterns = 12

// PatternInk tells whether the pattern of a district (index from 0, taken round) is dark
// at a place, x and y in millimetres. The patterns differ in structure, not in shade, so
// that they are told apart on one-bit thermal print, by eyes of any colour vision, and
// from three metres; the window draws the same ones.
func PatternInk(index int, x, y float64) bool {
	mod := func(v, p float64) float64 { return v - p*math.Floor(v/p) }
	switch ((index % Patterns) + Patterns) % Patterns {
	case 0: // horizontal bars
		return mod(y, 6) < 3
	case 1: // rising diagonals
		return mod(x+y, 7) < 3
	case 2: // dots
		dx, dy := mod(x, 7)-3.5, mod(y, 7)-3.5
		return dx*dx+dy*dy < 5.3
	case 3: // chessboard
		return (mod(x, 10) < 5) != (mod(y, 10) < 5)
	case 4: // vertical bars
		return mod(x, 6) < 3
	case 5: // chevrons
		return mod(y+math.Abs(mod(x, 12)-6), 6) < 2.4
	case 6: // a grid of lines
		return mod(x, 6) < 1.3 || mod(y, 6) < 1.3
	case 7: // waves
		return mod(y+2.2*math.Sin(x*2*math.Pi/14), 6) < 2.4
	case 8: // falling diagonals, broad and thin
		v := mod(x-y, 11)
		return v < 4.5 || v > 6.5 && v < 8
	case 9: // rings
		dx, dy := mod(x, 10)-5, mod(y, 10)-5
		r := math.Sqrt(dx*dx + dy*dy)
		return r > 2.2 && r < 4.2
	case 10: // bricks
		row := math.Floor(y / 4)
		return mod(y, 4) < 0.9 || mod(x+5*mod(row, 2), 10) < 0.9
	default: // triangles
		return mod(y, 8) > 8*math.Abs(mod(x, 8)-4)/4
	}
}
