package scanner

// MaxScan is the longest scan that a Framer keeps, in characters. A longer one is cut and
// still delivered: nothing is swallowed in silence.
const MaxScan = 4096

// Framer makes scans of the characters of a keyboard wedge or a serial line. It knows no
// time: characters come in steps of a screen's frame whoever types them, so a terminator
// ends a scan. An owner that knows of a scanner without terminator calls Flush when nothing
// has come for a while; half a scan is delivered then like a whole one, for the label's
// parser to tell. Every character stays in the scan but the terminators: a control
// character in it is evidence of a wrong set-up, not dirt to be wiped off.
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
