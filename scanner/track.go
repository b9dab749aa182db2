package scanner

import "time"

// Times of a camera's codes.
const (
	awayTime    = 1500 * time.Millisecond // so long out of view, and a code is a new scan
	lingerTime  = 200 * time.Millisecond  // so long not read, and a code may still be in view: it was blurred
	foreignTime = time.Second             // so long alone in view, and another system's code is a scan

	// stepTime is the longest time that one frame counts for. While a camera is stuck, or
	// unplugged, nobody sees a code leave.
	stepTime = 500 * time.Millisecond
)

// tracker makes scans of the codes that a camera sees frame by frame: one scan a visit.
type tracker struct {
	ours    func(text string) bool // nil: every code is
	seen    map[string]*visit
	several bool
	at      time.Time     // of the last frame
	clock   time.Duration // that was looked on
}

// visit is a code in view.
type visit struct {
	first, last time.Duration
	ours, told  bool
}

// frame takes what was read of one frame. It gives the scan that comes of it, if any, and
// tells whether several codes are in view, so that none can be meant. Other systems' codes
// stand on the same box as ours: they count only where none of ours was seen lately.
func (t *tracker) frame(at time.Time, codes []Scan) (scan *Scan, several bool) {
	if t.seen == nil {
		t.seen = map[string]*visit{}
	}
	if !t.at.IsZero() {
		t.clock += max(0, min(at.Sub(t.at), stepTime))
	}
	t.at = at
	for i := range codes {
		v := t.seen[codes[i].Text]
		if v == nil || t.clock-v.last >= awayTime {
			v = &visit{first: t.clock, ours: t.ours == nil || t.ours(codes[i].Text)}
			t.seen[codes[i].Text] = v
		}
		v.last = t.clock
	}
	inView, oursLately := 0, false
	for text, v := range t.seen {
		switch away := t.clock - v.last; {
		case away >= awayTime:
			delete(t.seen, text)
		default:
			oursLately = oursLately || v.ours
			if v.ours && away < lingerTime {
				inView++
			}
		}
	}
	t.several = inView > 1
	for i := range codes {
		v := t.seen[codes[i].Text]
		switch {
		case v.told || t.several:
		case v.ours, !oursLately && t.clock-v.first >= foreignTime:
			v.told = true
			return &codes[i], t.several
		}
	}
	return nil, t.several
}

// still tells whether a scene has not changed, so that looking for a code in it again can
// wait. It compares a coarse grid of points.
type still struct {
	grid   [gridHeight * gridWidth]uint8
	looked time.Time
}

const (
	gridWidth, gridHeight = 96, 54
	stillTime             = 250 * time.Millisecond // look again after that, whatever the scene
	stillStep             = 24                     // a point that changed by more has changed
	stillPoints           = 4                      // so many points are a change
)

// same takes a frame's luminance, pix of a width, height and stride.
func (s *still) same(at time.Time, pix []uint8, w, h, stride int) bool {
	changed := 0
	for y := range gridHeight {
		row := pix[(2*y+1)*h/(2*gridHeight)*stride:]
		for x := range gridWidth {
			v, old := row[(2*x+1)*w/(2*gridWidth)], &s.grid[y*gridWidth+x]
			if max(v, *old)-min(v, *old) > stillStep {
				changed++
			}
			*old = v
		}
	}
	if changed < stillPoints && at.Sub(s.looked) < stillTime {
		return true
	}
	s.looked = at
	return false
}
