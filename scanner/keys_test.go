package scanner

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// press is a key that goes down (or up), by the numbers of linux/input-event-codes.h.
type press struct {
	code uint16
	down bool
}

func tap(codes ...uint16) (out []press) {
	for _, c := range codes {
		out = append(out, press{c, true}, press{c, false})
	}
	return out
}

func chord(hold uint16, codes ...uint16) []press {
	return append(append([]press{{hold, true}}, tap(codes...)...), press{hold, false})
}

// usKeys are the keys of a US keyboard by the characters that they type, the shifted ones
// second.
var usKeys = map[uint16]string{
	2: "1!", 3: "2@", 4: "3#", 5: "4$", 6: "5%", 7: "6^", 8: "7&", 9: "8*", 10: "9(", 11: "0)", 12: "-_", 13: "=+",
	16: "qQ", 17: "wW", 18: "eE", 19: "rR", 20: "tT", 21: "yY", 22: "uU", 23: "iI", 24: "oO", 25: "pP", 26: "[{", 27: "]}",
	30: "aA", 31: "sS", 32: "dD", 33: "fF", 34: "gG", 35: "hH", 36: "jJ", 37: "kK", 38: "lL", 39: ";:", 40: "'\"", 41: "`~", 43: "\\|",
	44: "zZ", 45: "xX", 46: "cC", 47: "vV", 48: "bB", 49: "nN", 50: "mM", 51: ",<", 52: ".>", 53: "/?", 57: "  ",
}

// typing are the keys that type a text, as a scanner set to a US keyboard presses them.
func typing(text string) (out []press) {
	for _, r := range text {
		switch r {
		case '\r':
			out = append(out, tap(28)...)
			continue
		case '\t':
			out = append(out, tap(15)...)
			continue
		}
		for code, c := range usKeys {
			switch i := strings.IndexRune(c, r); i {
			case 0:
				out = append(out, tap(code)...)
			case 1:
				out = append(out, chord(42, code)...)
			}
		}
	}
	return out
}

func typedText(k *keyboard, keys []press) string {
	var b strings.Builder
	for _, p := range keys {
		if r, ok := k.key(p.code, p.down); ok {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestKeyboard(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []press
		want string
	}{
		{"letters and digits", tap(32, 34, 2), "dg1"},
		{"left shift", chord(42, 32, 34), "DG"},
		{"right shift", chord(54, 44), "Z"},
		{"both shifts, one let go", []press{{42, true}, {54, true}, {42, false}, {30, true}, {30, false}, {54, false}, {30, true}}, "Aa"},
		{"shifted digits are signs", chord(42, 3, 4, 11), "@#)"},
		{"caps lock", append(tap(58, 32, 2), tap(58, 32)...), "D1d"},
		{"caps lock and shift", append(tap(58), chord(42, 32, 2)...), "d!"},
		{"keypad digits and Enter", tap(79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 96), "1234567890\r"},
		{"Enter, Tab", tap(28, 15), "\r\t"},
		{"AIM identifier", append(append(tap(27), chord(42, 16)...), tap(2)...), "]Q1"},
		{"Ctrl and ] is GS", chord(29, 27), "\x1d"},
		{"Ctrl and M is Return", chord(97, 50), "\r"},
		{"Ctrl and a digit is the digit", chord(29, 2), "1"},
		{"ALT and the number", append(chord(56, 77, 73), chord(56, 75, 72)...), "E0"},
		{"ALT alone", tap(56), ""},
		{"ALT and a number that is none", chord(56, 73, 73, 73, 73, 73), ""},
		{"keys without characters", tap(1, 59, 102, 103, 113, 119, 127), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := typedText(new(keyboard), tt.keys); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestKeyboardTypesEverything: every text of a US keyboard comes out as it went in,
// whatever was typed before.
func TestKeyboardTypesEverything(t *testing.T) {
	var all []rune
	for _, c := range usKeys {
		all = append(all, []rune(c)...)
	}
	rapid.Check(t, func(t *rapid.T) {
		k := new(keyboard)
		for range 3 {
			text := rapid.StringOf(rapid.RuneFrom(all)).Draw(t, "text")
			if got := typedText(k, typing(text)); got != text {
				t.Fatalf("got %q, want %q", got, text)
			}
		}
	})
}

// FuzzKeyboard: any keys give characters or none, no panic.
func FuzzKeyboard(f *testing.F) {
	f.Add([]byte{42, 1, 30, 1, 30, 0, 42, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		k := new(keyboard)
		for i := 0; i+1 < len(b); i += 2 {
			if r, ok := k.key(uint16(b[i])*3, b[i+1]&1 == 1); ok && (r <= 0 || r > 255) {
				t.Fatalf("key %d types %q", b[i], r)
			}
		}
	})
}
