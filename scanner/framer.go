package scanner

import (
	"strings"
	"time"
)

// MaxScan is the longest scan that a Framer keeps, in characters. A longer one is cut and
// still delivered: nothing is swallowed in silence.
const MaxScan = 4096

// QuietTime is how long nothing must come before a scan without a terminator is taken as
// it is. It tells no scanner from a person: characters come in steps of a screen's frame
// whoever types them. It only keeps a scan whose end is missing from being lost, or glued
// to the next.
const QuietTime = 700 * time.Millisecond

// Framer makes scans of the characters of a keyboard wedge or a serial line. It knows no
// time: a terminator ends a scan, and its owner calls End when nothing has come for
// QuietTime; half a scan is delivered then like a whole one, for the label's parser to
// tell. Every character stays in the scan but the terminators: a control character in it
// is evidence of a wrong set-up, not dirt to be wiped off.
// The zero Framer is ready; it serves one goroutine.
type Framer struct {
	Ends string // characters that end a scan; empty: carriage return, line feed and tab

	text []rune
}

// Rune takes one character.
func (f *Framer) Rune(r rune) (scan string, done bool) {
	ends := f.Ends
	if ends == "" {
		ends = "\r\n\t"
	}
	if strings.ContainsRune(ends, r) {
		return f.End()
	}
	if len(f.text) >= MaxScan {
		return "", false
	}
	f.text = append(f.text, r)
	return "", false
}

// End is the terminator: Return, Enter or Tab. An empty scan is none: scanners that send
// two terminators do no harm.
func (f *Framer) End() (scan string, done bool) {
	if len(f.text) == 0 {
		return "", false
	}
	scan = string(f.text)
	f.Reset()
	return scan, true
}

// Text is what waits for a terminator.
func (f *Framer) Text() string { return string(f.text) }

// Back takes the last character away: a person's key.
func (f *Framer) Back() { f.text = f.text[:max(0, len(f.text)-1)] }

// Len is the number of characters that wait for a terminator.
func (f *Framer) Len() int { return len(f.text) }

// Reset forgets what was typed.
func (f *Framer) Reset() { f.text = f.text[:0] }
