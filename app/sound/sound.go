// Package sound is the room of what a dock says aloud: six sounds, one for each class of
// verdict, for people who look at boxes and not at a screen. What enters is a verdict, what
// leaves is PCM, and a device that plays it. The sounds are generated from the table below:
// nothing is recorded, nothing is borrowed, and each run makes the same bytes. It knows no
// window and no ledger.
package sound

import (
	"math"
	"time"

	"dapilgate/app/gate"
)

// Sound is a class of verdicts, as it is heard.
type Sound int

// Sounds. Accepted means one thing only: the box is on and the record is durable.
const (
	Accepted  Sound = iota // green
	Rescan                 // amber: scan again, or not a label of ours
	Duplicate              // amber: it is on already
	Refused                // red: this box does not go
	Alarm                  // red and locked: set the box aside
	Trouble                // red: the record or a device can't be used
)

// All are the sounds, in the order in which they are tried out.
var All = []Sound{Accepted, Rescan, Duplicate, Refused, Alarm, Trouble}

var names = [...]string{"accepted", "rescan", "duplicate", "refused", "alarm", "trouble"}

// String is the sound's name, a key for people's words.
func (s Sound) String() string { return names[s] }

// Of is the sound of a verdict; false: it makes none. An unknown verdict is refused.
func Of(v gate.Verdict) (Sound, bool) {
	switch v {
	case "", gate.SetAsideDone:
		return 0, false
	case gate.Accepted:
		return Accepted, true
	case gate.Unreadable, gate.Foreign:
		return Rescan, true
	case gate.Duplicate:
		return Duplicate, true
	case gate.WrongDistrict, gate.WrongKecamatan, gate.Forged, gate.Locked:
		return Alarm, true
	case gate.Unavailable:
		return Trouble, true
	}
	return Refused, true
}

// Rate is the number of samples a second: what every device can play.
const Rate = 48000

// note is a tone and the silence after it, in milliseconds.
type note struct {
	pitch      float64 // Hz
	long, rest int
}

// step is the interval inside a sound, a whole tone; beside it stands none that could be
// another sound's.
const step = 1.122

// The pitches of the sounds, low to high: 1.38 times apart, so that the nearest notes of two
// sounds are 23 % apart. They lie between 500 and 3000 Hz: below are the engines of the
// trucks, above is what older ears have lost.
const (
	pitchRefused   = 520
	pitchTrouble   = 718
	pitchDuplicate = 990
	pitchRescan    = 1366
	pitchAccepted  = 1886
	pitchAlarm     = 2602
)

// melodies is the table of notes. No two have the same rhythm: who can't tell pitches apart
// counts.
var melodies = [...][]note{
	Accepted:  {{pitchAccepted, 60, 0}, {pitchAccepted * step, 130, 0}},                                                                          // short, up
	Rescan:    {{pitchRescan, 70, 50}, {pitchRescan, 70, 50}, {pitchRescan, 70, 0}},                                                              // three of one pitch
	Duplicate: {{pitchDuplicate, 150, 110}, {pitchDuplicate, 150, 0}},                                                                            // twice the same
	Refused:   {{pitchRefused * step, 160, 0}, {pitchRefused, 480, 0}},                                                                           // long, down
	Alarm:     repeat(4, note{pitchAlarm * step, 110, 0}, note{pitchAlarm, 110, 0}, note{pitchAlarm * step, 110, 0}, note{pitchAlarm, 110, 130}), // a siren
	Trouble:   {{pitchTrouble, 300, 120}, {pitchTrouble * step, 90, 60}, {pitchTrouble * step, 90, 120}, {pitchTrouble, 300, 0}},                 // long, short, short, long
}

func repeat(times int, notes ...note) []note {
	var all []note
	for range times {
		all = append(all, notes...)
	}
	all[len(all)-1].rest = 0
	return all
}

// The shape of a note. A tone that is not eased in and out clicks; the third harmonic makes
// a low one audible from a small loudspeaker.
const (
	easeIn   = 4  // ms
	easeOut  = 10 // ms
	third    = 0.2
	loudness = 0.85 // of full scale
)

// Length is how long the sound is heard.
func (s Sound) Length() time.Duration {
	ms := 0
	for _, n := range melodies[s] {
		ms += n.long + n.rest
	}
	return time.Duration(ms) * time.Millisecond
}

// PCM are the sound's samples: one channel, Rate a second.
func (s Sound) PCM() []int16 {
	var out []int16
	for _, n := range melodies[s] {
		out = n.append(out)
		out = append(out, make([]int16, n.rest*Rate/1000)...)
	}
	return out
}

func (n note) append(out []int16) []int16 {
	count := n.long * Rate / 1000
	in, off := easeIn*Rate/1000, easeOut*Rate/1000
	for i := range count {
		t := 2 * math.Pi * n.pitch * float64(i) / Rate
		v := (math.Sin(t) + third*math.Sin(3*t)) / (1 + third)
		v *= ease(float64(i)/float64(in)) * ease(float64(count-1-i)/float64(off))
		out = append(out, int16(math.Round(v*loudness*math.MaxInt16)))
	}
	return out
}

// ease rises from 0 at 0 to 1 at 1 without a corner.
func ease(x float64) float64 {
	if x >= 1 {
		return 1
	}
	return (1 - math.Cos(math.Pi*x)) / 2
}
