package sound_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/sound"
)

// strength is how much of a pitch is in the samples (Goertzel's algorithm), 0 to 1.
func strength(pcm []int16, hz float64) float64 {
	w := 2 * math.Cos(2*math.Pi*hz/sound.Rate)
	var a, b float64
	for _, v := range pcm {
		a, b = float64(v)/math.MaxInt16+w*a-b, a
	}
	return 2 * math.Sqrt(a*a+b*b-w*a*b) / float64(len(pcm))
}

// pitch is the strongest pitch of the samples, searched in steps of a hundredth.
func pitch(pcm []int16) float64 {
	best, at := 0.0, 0.0
	for hz := 300.0; hz < 6000; hz *= 1.01 {
		if s := strength(pcm, hz); s > best {
			best, at = s, hz
		}
	}
	return at
}

// heard is what an ear makes of a sound: tones and pauses by length, pitches tone by tone.
type heard struct {
	rhythm  []time.Duration // tone, pause, tone …
	pitches []float64       // in windows of 40 ms, where there is a tone
}

// loud tells for each millisecond whether there is a tone.
func loud(pcm []int16) []bool {
	var out []bool
	for ms := range slices.Chunk(pcm, sound.Rate/1000) {
		peak := 0
		for _, v := range ms {
			peak = max(peak, int(v), -int(v))
		}
		out = append(out, peak > math.MaxInt16/20)
	}
	return out
}

var ear = map[sound.Sound]heard{}

func listen(s sound.Sound) heard {
	if h, ok := ear[s]; ok {
		return h
	}
	var h heard
	pcm := s.PCM()
	on := loud(pcm)
	for i := 0; i < len(on); {
		j := i
		for j < len(on) && on[j] == on[i] {
			j++
		}
		if j-i > 8 { // shorter ones are a wave's crossing
			h.rhythm = append(h.rhythm, time.Duration(j-i)*time.Millisecond)
		}
		i = j
	}
	const window = 40
	for i := 0; i+window <= len(on); i += window / 2 {
		if !slices.Contains(on[i:i+window], false) {
			h.pitches = append(h.pitches, pitch(pcm[i*sound.Rate/1000:(i+window)*sound.Rate/1000]))
		}
	}
	ear[s] = h
	return h
}

// TestSixSoundsApart: whichever tone of whichever two sounds, the higher is 20 % above the
// lower, measured in the samples; and all lie where a hall can hear them.
func TestSixSoundsApart(t *testing.T) {
	if len(sound.All) > 6 {
		t.Fatalf("%d sounds: nobody learns more than six", len(sound.All))
	}
	low, high := map[sound.Sound]float64{}, map[sound.Sound]float64{}
	for _, s := range sound.All {
		h := listen(s)
		if len(h.pitches) == 0 {
			t.Fatalf("%s: nothing is heard", s)
		}
		low[s], high[s] = slices.Min(h.pitches), slices.Max(h.pitches)
		if low[s] < 500 || high[s] > 3000 {
			t.Errorf("%s: %.0f to %.0f Hz", s, low[s], high[s])
		}
		t.Logf("%-9s %4.0f to %4.0f Hz, %v, rhythm %v", s, low[s], high[s], s.Length(), h.rhythm)
	}
	for _, a := range sound.All {
		for _, b := range sound.All {
			if low[a] < low[b] && low[b] < 1.2*high[a] {
				t.Errorf("%s goes up to %.0f Hz, %s begins at %.0f: less than 20 %% apart", a, high[a], b, low[b])
			}
			if a != b && low[a] == low[b] {
				t.Errorf("%s and %s have one pitch, %.0f Hz", a, b, low[a])
			}
		}
	}
}

// TestRhythms: who hears no pitches still tells the sounds apart, by the number of tones or
// by a tone that is half as long again.
func TestRhythms(t *testing.T) {
	for _, a := range sound.All {
		for _, b := range sound.All {
			if a >= b {
				continue
			}
			x, y := listen(a).rhythm, listen(b).rhythm
			differs := len(x) != len(y)
			for i := range min(len(x), len(y)) {
				long, short := max(x[i], y[i]), min(x[i], y[i])
				differs = differs || long > short*3/2
			}
			if !differs {
				t.Errorf("%s and %s have one rhythm: %v, %v", a, b, x, y)
			}
		}
	}
}

// TestMelodies: those of one tone count differ in the way that they go, too.
func TestMelodies(t *testing.T) {
	contour := func(s sound.Sound) string {
		last, out := 0.0, ""
		for _, p := range listen(s).pitches {
			switch {
			case last == 0:
			case p > last*1.05:
				out += "up "
			case p < last/1.05:
				out += "down "
			}
			last = p
		}
		return fmt.Sprint(len(listen(s).rhythm), " ", out)
	}
	seen := map[string]sound.Sound{}
	for _, s := range sound.All {
		c := contour(s)
		if o, ok := seen[c]; ok {
			t.Errorf("%s and %s go the same way: %s", s, o, c)
		}
		seen[c] = s
	}
}

// TestNoClipNoClick: no sample is at the end of the scale, no sound or tone begins or ends
// with a jump, and no two samples are further apart than its own waves make them.
func TestNoClipNoClick(t *testing.T) {
	for _, s := range sound.All {
		pcm := s.PCM()
		h := listen(s)
		top := slices.Max(h.pitches)
		// The steepest a sine of that pitch and its third harmonic get, and a little more.
		most := int(2 * math.Pi * top / sound.Rate * 1.6 * math.MaxInt16)
		last, peak := 0, 0
		for i, v := range pcm {
			peak = max(peak, int(v), -int(v))
			if d := int(v) - last; d > most || d < -most {
				t.Errorf("%s: a jump of %d at sample %d, its waves make at most %d", s, d, i, most)
				break
			}
			last = int(v)
		}
		if pcm[0] != 0 || pcm[len(pcm)-1] != 0 {
			t.Errorf("%s begins with %d and ends with %d", s, pcm[0], pcm[len(pcm)-1])
		}
		if peak > math.MaxInt16*9/10 || peak < math.MaxInt16/2 {
			t.Errorf("%s: peak %d of %d", s, peak, math.MaxInt16)
		}
		edges(t, s, pcm)
	}
}

// edges: the first and the last two milliseconds of each tone are soft.
func edges(t *testing.T, s sound.Sound, pcm []int16) {
	const ms = sound.Rate / 1000
	silent := func(i int) bool {
		for _, v := range pcm[max(0, i):min(len(pcm), i+ms)] {
			if v != 0 {
				return false
			}
		}
		return true
	}
	for i := 0; i+2*ms < len(pcm); i += ms {
		if silent(i) && !silent(i+ms) {
			for _, v := range pcm[i+ms : i+ms+ms] {
				if v > math.MaxInt16/4 || v < -math.MaxInt16/4 {
					t.Errorf("%s: a tone begins with a bang at %d ms", s, i/ms)
					break
				}
			}
		}
	}
}

// TestLengths: what is heard often is short, and nothing lasts until the next box.
func TestLengths(t *testing.T) {
	for _, s := range sound.All {
		most := time.Second
		if s == sound.Alarm || s == sound.Trouble {
			most = 3 * time.Second
		}
		if got := time.Duration(len(s.PCM())) * time.Second / sound.Rate; got >= most || got != s.Length() {
			t.Errorf("%s lasts %v, says %v, at most %v", s, got, s.Length(), most)
		}
	}
	if n := sound.Accepted.Length(); n > 250*time.Millisecond {
		t.Errorf("the sound of each good box lasts %v", n)
	}
}

// TestEveryVerdict: each verdict has the sound of its class; the sound of a good box belongs
// to accepted alone, and what locks the dock sounds the alarm.
func TestEveryVerdict(t *testing.T) {
	for _, v := range gate.Verdicts {
		s, ok := sound.Of(v)
		switch {
		case v == gate.SetAsideDone:
			if ok {
				t.Errorf("%s sounds %s", v, s)
			}
		case !ok:
			t.Errorf("%s is silent", v)
		case (s == sound.Accepted) != (v.Level() == gate.Green):
			t.Errorf("%s sounds %s", v, s)
		case (v.Locks() || v == gate.Locked) != (s == sound.Alarm):
			t.Errorf("%s sounds %s", v, s)
		case (v.Level() == gate.Amber) != (s == sound.Rescan || s == sound.Duplicate):
			t.Errorf("%s sounds %s", v, s)
		}
	}
	if s, ok := sound.Of("a verdict of tomorrow"); !ok || s != sound.Refused {
		t.Errorf("an unknown verdict sounds %s, %v", s, ok)
	}
}
