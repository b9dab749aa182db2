package scanner

import (
	"strings"
	"unicode"
)

// Calibration is the text of the calibration label: every letter and digit that a label
// may have, and small letters, so that a keyboard layout, caps lock and a scanner that
// changes the case show. It is no label and no command.
const Calibration = "DGKAL ABCDEFGHIJKLMNOPQRSTUVWXYZ abcwxyz 0123456789"

// Finding is something that the calibration label found.
type Finding string

// Findings, the graver ones first. The first three make labels unreadable.
const (
	LostCharacters  Finding = "lost"     // some didn't come: it types faster than the computer reads
	ExtraCharacters Finding = "extra"    // some came twice, or from elsewhere
	LayoutGerman    Finding = "german"   // the computer's keyboard is German (QWERTZ)
	LayoutFrench    Finding = "french"   // French (AZERTY)
	LayoutOther     Finding = "layout"   // another than the scanner's
	CapsLock        Finding = "caps"     // caps lock is on
	OneCase         Finding = "case"     // the scanner sends all letters in one case
	NoTerminator    Finding = "noend"    // nothing ends a scan
	TabTerminator   Finding = "tab"      // a tab does
	Prefix          Finding = "prefix"   // something stands before the code
	Suffix          Finding = "suffix"   // or behind it
	AIMIdentifier   Finding = "aim"      // the kind of code does
	ControlChars    Finding = "controls" // control characters stand in the scan
)

// Bad tells whether labels can't be read with it.
func (f Finding) Bad() bool {
	switch f {
	case LostCharacters, ExtraCharacters, LayoutGerman, LayoutFrench, LayoutOther:
		return true
	}
	return false
}

// layouts are keyboards that a computer may be set to, while the scanner types as on a US
// one: what comes of its keys.
var layouts = []struct {
	finding Finding
	letters func(rune) rune
}{
	{LayoutGerman, swapper("yzYZ", "zyZY")},
	{LayoutFrench, swapper("aqwzmAQWZM0123456789", "qazw,QAZW?à&é\"'(-è_ç")},
}

func swapper(from, to string) func(rune) rune {
	m, t := map[rune]rune{}, []rune(to)
	for i, r := range []rune(from) {
		m[r] = t[i]
	}
	return func(r rune) rune {
		if x, ok := m[r]; ok {
			return x
		}
		return r
	}
}

func swapCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

// Diagnose says what a scan of the calibration label shows. ok is false where the scan is
// of something else. No findings: all is well.
func Diagnose(s Scan) (found []Finding, ok bool) {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s.Text)
	controls := text != s.Text
	before, after, body := "", "", text
	match := func(want string) bool {
		i := strings.Index(text, want)
		if i >= 0 {
			before, after = text[:i], text[i+len(want):]
		}
		return i >= 0
	}
	cases := []struct {
		finding Finding
		change  func(rune) rune
	}{{"", nil}, {CapsLock, swapCase}, {OneCase, unicode.ToUpper}, {OneCase, unicode.ToLower}}
	// The whole text, as some set-up would have changed it.
	for _, c := range cases {
		changed := Calibration
		if c.change != nil {
			changed = strings.Map(c.change, changed)
		}
		if match(changed) {
			if c.finding != "" {
				found = append(found, c.finding)
			}
			ok = true
			break
		}
		for _, l := range layouts {
			// Caps lock works on keys, so the layout comes after it.
			if match(strings.Map(l.letters, changed)) {
				found = append(found, l.finding)
				if c.finding != "" {
					found = append(found, c.finding)
				}
				ok = true
				break
			}
		}
		if ok {
			break
		}
	}
	if !ok {
		var f Finding
		if f, ok = nearly(body); !ok {
			return nil, false
		}
		found = append(found, f)
	}
	switch {
	case s.Terminator == Silence:
		found = append(found, NoTerminator)
	case s.Terminator == '\t':
		found = append(found, TabTerminator)
	}
	switch {
	case len(before) == 3 && before[0] == ']':
		found = append(found, AIMIdentifier)
	case before != "":
		found = append(found, Prefix)
	}
	if after != "" {
		found = append(found, Suffix)
	}
	if controls {
		found = append(found, ControlChars)
	}
	return found, true
}

// nearly tells a calibration label that was changed in a way that is not known by name:
// what is most of it in the right order, is it.
func nearly(text string) (Finding, bool) {
	const most = 2 * len(Calibration)
	got, want := []rune(strings.ToUpper(text)), []rune(strings.ToUpper(Calibration))
	if len(got) > most || len(got) < len(want)/2 {
		return "", false
	}
	same := common(got, want)
	switch {
	case same*2 < len(want):
		return "", false
	case same == len(want):
		return ExtraCharacters, true
	case same == len(got):
		return LostCharacters, true
	case len(got) == len(want):
		return LayoutOther, true
	case len(got) < len(want):
		return LostCharacters, true
	}
	return ExtraCharacters, true
}

// common is the length of the longest common subsequence.
func common(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		last := 0
		for j, y := range b {
			keep := row[j+1]
			if x == y {
				row[j+1] = last + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			last = keep
		}
	}
	return row[len(b)]
}
