// Package scanner is the room of what comes off a box: keyboard wedges, cameras,
// photographs. What enters are characters or pictures, what leaves are texts. It knows no
// label, no ledger and no window: what a text means is for others to say.
package scanner

// MaxScan is the longest scan that a Framer keeps, in characters. A longer one is cut and
// still delivered: nothing is swallowed in silence.
const MaxScan = 4096

// Framer makes scans of the characters of a keyboard wedge. It knows no time: characters
// come in steps of a screen's frame whoever types them, so only a terminator ends a scan.
// The zero Framer is ready; it serves one goroutine.
type Framer struct {
	text []rune
}

// Rune takes one character. Carriage return, line feed and tab end the scan.
func (f *Framer) Rune(r rune) (scan string, done bool) {
	if r == '\r' || r == '\n' || r == '\t' {
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

// Len is the number of characters that wait for a terminator.
func (f *Framer) Len() int { return len(f.text) }

// Reset forgets what was typed.
func (f *Framer) Reset() { f.text = f.text[:0] }
