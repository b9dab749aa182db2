package scanner

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// keysOf types a text on a US keyboard's keys, and another keyboard's layout makes of them
// what it does.
func onGerman(s string) string {
	return strings.NewReplacer("y", "z", "z", "y", "Y", "Z", "Z", "Y").Replace(s)
}

func onFrench(s string) string {
	return strings.NewReplacer("a", "q", "q", "a", "w", "z", "z", "w", "m", ",", "A", "Q", "Q", "A", "W", "Z", "Z", "W", "M", "?",
		"1", "&", "2", "é", "3", "\"", "4", "'", "5", "(", "6", "-", "7", "è", "8", "_", "9", "ç", "0", "à").Replace(s)
}

func swapped(s string) string { return strings.Map(swapCase, s) }

func TestDiagnose(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		end        rune
		want       []Finding
	}{
		{"all is well", Calibration, '\r', nil},
		{"a camera", Calibration, Picture, nil},
		{"caps lock", swapped(Calibration), '\r', []Finding{CapsLock}},
		{"all capitals", strings.ToUpper(Calibration), '\r', []Finding{OneCase}},
		{"all small", strings.ToLower(Calibration), '\r', []Finding{OneCase}},
		{"German keyboard", onGerman(Calibration), '\r', []Finding{LayoutGerman}},
		{"German keyboard, caps lock", onGerman(swapped(Calibration)), '\r', []Finding{LayoutGerman, CapsLock}},
		{"French keyboard", onFrench(Calibration), '\r', []Finding{LayoutFrench}},
		{"Turkish keyboard", strings.ReplaceAll(Calibration, "I", "İ"), '\r', []Finding{LayoutOther}},
		{"Dvorak", strings.Map(func(r rune) rune {
			const qwerty, dvorak = "QWERTYUIOPASDFGHJKLZXCVBNMabcwxyz", "\"<>PYFGCRLAOEUIDHTN:QJKXBMaxj,q;f"
			if i := strings.IndexRune(qwerty, r); i >= 0 {
				return rune(dvorak[i])
			}
			return r
		}, Calibration), '\r', nil},
		{"no Return", Calibration, Silence, []Finding{NoTerminator}},
		{"Tab", Calibration, '\t', []Finding{TabTerminator}},
		{"AIM identifier", "]Q1" + Calibration, '\r', []Finding{AIMIdentifier}},
		{"prefix and suffix", "KPU>" + Calibration + "<END", '\r', []Finding{Prefix, Suffix}},
		{"STX and ETX", "\x02" + Calibration + "\x03", '\n', []Finding{ControlChars}},
		{"too fast: some are lost", strings.ReplaceAll(strings.ReplaceAll(Calibration, "C", ""), "7", ""), '\r', []Finding{LostCharacters}},
		{"first half", Calibration[:30], Silence, []Finding{LostCharacters, NoTerminator}},
		{"twice the same key", strings.ReplaceAll(strings.ReplaceAll(Calibration, "C", "CC"), "7", "77"), '\r', []Finding{ExtraCharacters}},
		{"everything at once", "\x02]Q1" + onGerman(swapped(Calibration)), Silence, []Finding{LayoutGerman, CapsLock, NoTerminator, AIMIdentifier, ControlChars}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Diagnose(Scan{Text: tt.text, Terminator: tt.end})
			if tt.name == "Dvorak" { // half of it is another text: better said of no label than wrong of one
				if ok && !slices.Contains(got, LayoutOther) {
					t.Errorf("%q", got)
				}
				return
			}
			if !ok || !slices.Equal(got, tt.want) {
				t.Errorf("%q: %q (%v), want %q", tt.text, got, ok, tt.want)
			}
		})
	}
	for _, other := range []string{"", "DG1", labelLike(1), strings.Repeat("A", 1<<16), "https://silog.kpu.go.id/track?box=317506100101204&k=DPRDP", "8992761111111"} {
		if got, ok := Diagnose(Scan{Text: other}); ok {
			t.Errorf("%.40q is taken for the calibration label: %q", other, got)
		}
	}
}

// TestDiagnoseFindsWhatChanged: whatever characters are lost, the label is not well.
func TestDiagnoseFindsWhatChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []rune(Calibration)
		for range rapid.IntRange(1, 8).Draw(t, "lost") {
			i := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			text = slices.Delete(text, i, i+1)
		}
		got, ok := Diagnose(Scan{Text: string(text), Terminator: '\r'})
		if !ok || !got[0].Bad() {
			t.Fatalf("%q: %q, %v", string(text), got, ok)
		}
	})
}

func FuzzDiagnose(f *testing.F) {
	f.Add(Calibration, '\r')
	f.Add("\x02]Q1"+onFrench(Calibration), Silence)
	f.Fuzz(func(t *testing.T, text string, end rune) {
		if got, ok := Diagnose(Scan{Text: text, Terminator: end}); ok && len(got) == 0 && text != Calibration {
			t.Errorf("%q is well", text)
		}
	})
}
