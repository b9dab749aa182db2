package code_test

import (
	"crypto/ed25519"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

var (
	key      = ed25519.NewKeyFromSeed([]byte("tiga puluh dua huruf untuk tes.."))
	otherKey = ed25519.NewKeyFromSeed([]byte("kunci lain, juga tiga puluh dua."))
	keys     = code.Keys{Event: "P24", Public: []ed25519.PublicKey{key.Public().(ed25519.PublicKey)}}
	cakung   = code.Fields{Event: "P24", Area: "3175061001", TPS: 12, Kind: 'V', Item: '1', Space: 'V', District: "310004", Revision: 1}
)

func sign(t testing.TB, f code.Fields, k ed25519.PrivateKey) string {
	t.Helper()
	s, err := f.Sign(k)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every box of DKI: what is signed is what is read.
func TestRoundTripOfEveryBox(t *testing.T) {
	f, err := os.Open("../../assets/events/pemilu2024-dki/kelurahan.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	jobs := make(chan []string)
	counts := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			n := 0
			for r := range jobs {
				for _, span := range strings.Split(r[9], ";") {
					a, b, ok := strings.Cut(span, "-")
					if !ok {
						b = a
					}
					from, _ := strconv.Atoi(a)
					to, _ := strconv.Atoi(b)
					for tps := from; tps <= to; tps++ {
						for _, kind := range []byte("PRDV") {
							want := code.Fields{Event: "P24", Area: strings.ReplaceAll(r[0], ".", ""), TPS: tps, Kind: kind, Item: '1', Space: 'V', District: r[8], Revision: 1}
							text, err := want.Sign(key)
							if err != nil {
								t.Error(err)
								return
							}
							got := code.Parse(text, keys)
							if got.Status != code.Whole || got.Fields != want || got.Text != text || len(text) != code.Length {
								t.Errorf("%+v came back as %+v", want, got)
								return
							}
							n++
						}
					}
				}
			}
			counts <- n
		})
	}
	go func() {
		for _, r := range rows[1:] {
			jobs <- r
		}
		close(jobs)
		wg.Wait()
		close(counts)
	}()
	total := 0
	for n := range counts {
		total += n
	}
	if total != 123_064 {
		t.Errorf("%d boxes, want 123064", total)
	}
}

// What scanners, hands and other systems make of a label.
func TestParse(t *testing.T) {
	whole := sign(t, cakung, key)
	next := cakung
	next.TPS = 13
	neighbour := sign(t, next, key)
	jatinegara := cakung
	jatinegara.Area, jatinegara.District = "3175031001", "310005"
	away := sign(t, jatinegara, key)
	pilkada := cakung
	pilkada.Event = "G24"
	setAside, err := code.CommandText(code.SetAside, "")
	if err != nil {
		t.Fatal(err)
	}
	pass, err := code.CommandText(code.TruckPass, code.NewToken([10]byte{1, 2, 3}))
	if err != nil {
		t.Fatal(err)
	}
	badge, err := code.CommandText(code.Badge, "1"+strings.Repeat("0", 15))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, scan string
		want       code.Status
	}{
		{"plain", whole, code.Whole},
		{"with line end", whole + "\r\n", code.Whole},
		{"with tab", whole + "\t", code.Whole},
		{"lower case, caps lock the wrong way", strings.ToLower(whole), code.Whole},
		{"AIM identifier", "]Q1" + whole, code.Whole},
		{"STX and ETX", "\x02" + whole + "\x03", code.Whole},
		{"set-up prefix and suffix", "KPU>" + whole + "<END", code.Whole},
		{"blanks around", "  " + whole + "  ", code.Whole},

		{"twice", whole + whole, code.Doubled},
		{"twice with line end", whole + "\r\n" + whole + "\r\n", code.Doubled},
		{"one and a half", whole + whole[:69], code.Doubled},
		{"one and a little", whole + whole[:8], code.Doubled},
		{"one and a little of another", whole + away[:12], code.Doubled},
		{"one and the beginning of another event's", whole + sign(t, pilkada, otherKey)[:12], code.Doubled},
		{"two labels glued together", whole + neighbour, code.Doubled},
		{"two labels of different districts", whole + away, code.Doubled},
		{"begun twice", whole[:50] + whole, code.Doubled},
		{"four times", strings.Repeat(whole, 4), code.Doubled},

		{"first half", whole[:69], code.CutOff},
		{"second half", whole[69:], code.CutOff},
		{"without its first character", whole[1:], code.CutOff},
		{"without its last character", whole[:137], code.CutOff},
		{"just begun", whole[:10], code.CutOff},
		{"a character lost in the middle", whole[:60] + whole[61:], code.CutOff},

		{"two characters swapped", whole[:40] + whole[41:42] + whole[40:41] + whole[42:], code.Damaged},
		{"a character doubled", whole[:60] + whole[59:], code.Damaged},
		{"keyboard of another layout", strings.NewReplacer("Y", "Z", "Z", "Y").Replace(whole), code.Damaged},

		{"another key", sign(t, cakung, otherKey), code.FalseSignature},
		{"another event", sign(t, pilkada, otherKey), code.OtherEvent},

		{"empty", "", code.Foreign},
		{"only line ends", "\r\n\r\n", code.Foreign},
		{"SILOG", "https://silog.kpu.go.id/track?box=317506100101204&k=DPRDP", code.Foreign},
		{"a product", "8992761111111", code.Foreign},
		{"our magic in an address", "https://example.org/a/long/path/DG1/" + whole, code.Foreign},
		{"noise", "\x00\xff\xfe\x80DG\x01X1", code.Foreign},

		{"set aside", setAside, code.CommandCode},
		{"set aside, lower case with prefix", "]Q1" + strings.ToLower(setAside) + "\r", code.CommandCode},
		{"gate pass", pass, code.CommandCode},
		{"command twice", setAside + setAside, code.Doubled},
		{"command cut off", setAside[:len(setAside)-1], code.CutOff},
		{"command with a wrong check", setAside[:len(setAside)-1] + "!", code.CutOff},
		{"a badge whose token completes a label's magic", badge, code.CommandCode},
		{"that badge twice", badge + badge, code.Doubled},
		{"that badge cut off", badge[:20], code.Doubled}, // DGC1BDG1…: amber either way
		{"command glued to a label", setAside + whole, code.Doubled},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := code.Parse(tc.scan, keys)
			if tc.scan == strings.NewReplacer("Y", "Z", "Z", "Y").Replace(whole) && tc.scan == whole {
				t.Fatal("the test's label has neither Y nor Z")
			}
			if got.Status != tc.want {
				t.Fatalf("%q is %v, want %v", tc.scan, got.Status, tc.want)
			}
			switch got.Status {
			case code.Whole:
				if got.Fields != cakung || got.Text != whole {
					t.Errorf("got %+v", got)
				}
			case code.CommandCode:
				if got.Command == code.TruckPass && got.Token != code.NewToken([10]byte{1, 2, 3}) {
					t.Errorf("token %q", got.Token)
				}
			}
		})
	}
}

// The longest noise costs no more than its first four kilobytes, and a label that is only
// its beginning is not believed.
func TestParseLongNoise(t *testing.T) {
	whole := sign(t, cakung, key)
	for _, s := range []string{whole + strings.Repeat("A", 1<<20), strings.Repeat("DG1", 1<<19), strings.Repeat("\x00", 1<<20) + whole} {
		if r := code.Parse(s, keys); r.Status == code.Whole || len(r.Text) > code.MaxScan {
			t.Errorf("%v with %d bytes", r.Status, len(r.Text))
		}
	}
}

func TestSignRefuses(t *testing.T) {
	for name, change := range map[string]func(*code.Fields){
		"no event":          func(f *code.Fields) { f.Event = "" },
		"event ends in 0":   func(f *code.Fields) { f.Event = "P20" },
		"long event":        func(f *code.Fields) { f.Event = "PEMILU" },
		"lower case event":  func(f *code.Fields) { f.Event = "p24" },
		"short area":        func(f *code.Fields) { f.Area = "317506" },
		"dotted area":       func(f *code.Fields) { f.Area = "31.75.06.1" },
		"TPS 0":             func(f *code.Fields) { f.TPS = 0 },
		"TPS 1000":          func(f *code.Fields) { f.TPS = 1000 },
		"lower case kind":   func(f *code.Fields) { f.Kind = 'v' },
		"item 0":            func(f *code.Fields) { f.Item = '0' },
		"space without one": func(f *code.Fields) { f.Space = '0' },
		"district without":  func(f *code.Fields) { f.District = "" },
		"leading zero":      func(f *code.Fields) { f.District = "0310004" },
		"long district":     func(f *code.Fields) { f.District = "123456789" },
		"revision 0":        func(f *code.Fields) { f.Revision = 0 },
		"revision 100":      func(f *code.Fields) { f.Revision = 100 },
	} {
		t.Run(name, func(t *testing.T) {
			f := cakung
			change(&f)
			if s, err := f.Sign(key); !errors.Is(err, code.ErrFields) || s != "" {
				t.Errorf("signed %+v as %q, %v", f, s, err)
			}
		})
	}
}

// Magics keep boxes and commands apart: no command's text is read as a label, whatever
// token it bears, nor a label as a command.
func TestCommandIsNeverALabel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		token := code.NewToken([10]byte(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "token")))
		for _, c := range []code.Command{code.TruckPass, code.Badge} {
			s, err := code.CommandText(c, token)
			if err != nil {
				t.Fatal(err)
			}
			r := code.Parse(s, keys)
			if r.Status != code.CommandCode || r.Command != c || r.Token != token || r.Fields != (code.Fields{}) {
				t.Fatalf("%s is %+v", s, r)
			}
		}
	})
	for _, bad := range []struct {
		c     code.Command
		token string
	}{{code.SetAside, "X"}, {code.TruckPass, ""}, {code.TruckPass, "ILOUILOUILOUILOU"}, {"XXX", ""}, {code.Badge, strings.Repeat("A", 15)}} {
		if s, err := code.CommandText(bad.c, bad.token); !errors.Is(err, code.ErrFields) {
			t.Errorf("%s %q gave %q, %v", bad.c, bad.token, s, err)
		}
	}
}

func drawFields(t *rapid.T) code.Fields {
	f := code.Fields{
		Event:    rapid.StringMatching(`[A-Z0-9]{0,3}[A-Z1-9]`).Draw(t, "event"),
		Area:     rapid.StringMatching(`[0-9]{10}`).Draw(t, "area"),
		TPS:      rapid.IntRange(1, 999).Draw(t, "tps"),
		Kind:     rapid.SampledFrom([]byte("0PRDVKGBW")).Draw(t, "kind"),
		Item:     rapid.SampledFrom([]byte("12")).Draw(t, "item"),
		Revision: rapid.IntRange(1, 99).Draw(t, "revision"),
		Space:    '0',
	}
	if rapid.Bool().Draw(t, "routed") {
		f.Space = rapid.SampledFrom([]byte("ARDVK")).Draw(t, "space")
		f.District = rapid.StringMatching(`[1-9][0-9]{0,7}`).Draw(t, "district")
	}
	return f
}

// A label is read as what was signed or not as whole: whatever single change, cut, doubled
// stretch, lost stretch, glued or swapped piece happens to it.
func TestNoChangeIsBelieved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFields(t)
		k := code.Keys{Event: f.Event, Public: keys.Public}
		text, err := f.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		if r := code.Parse(text, k); r.Status != code.Whole || r.Fields != f {
			t.Fatalf("%s: %+v", text, r)
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "i")
		j := rapid.IntRange(i, len(text)).Draw(t, "j")
		c := rapid.Byte().Draw(t, "character")
		other := drawFields(t)
		other.Event = f.Event
		otherText, err := other.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]string{
			"changed":     text[:i] + string([]byte{c}) + text[i+1:],
			"inserted":    text[:i] + string([]byte{c}) + text[i:],
			"cut":         text[:i],
			"beheaded":    text[i:],
			"lost":        text[:i] + text[j:],
			"repeated":    text[:j] + text[i:],
			"crossed":     text[:i] + otherText[i:],
			"glued":       text[:j] + otherText[i:],
			"glued whole": otherText[:i] + text,
		} {
			r := code.Parse(s, k)
			if r.Status != code.Whole {
				continue
			}
			if r.Fields != f && r.Fields != other || r.Text != text && r.Text != otherText {
				t.Fatalf("%s: %q is whole as %+v", name, s, r)
			}
			// Whole, then it is in the scan whole.
			if !strings.Contains(strings.ToUpper(s), r.Text) && (name == "changed" || name == "cut" || name == "beheaded" || name == "lost" || name == "crossed") {
				t.Fatalf("%s: %q does not hold %q", name, s, r.Text)
			}
		}
	})
}

// Every single wrong character is a transmission fault, never a forgery and never another
// box.
func TestEverySingleCharacter(t *testing.T) {
	text := sign(t, cakung, key)
	const set = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./ "
	for i := range len(text) {
		for _, c := range []byte(set) {
			if c == text[i] {
				continue
			}
			s := text[:i] + string([]byte{c}) + text[i+1:]
			switch r := code.Parse(s, keys); r.Status {
			case code.Whole, code.FalseSignature, code.OtherEvent, code.CommandCode:
				t.Fatalf("character %d as %q: %v", i, c, r.Status)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	whole := sign(f, cakung, key)
	for _, s := range []string{whole, whole + whole, whole[:70], whole[70:], "]Q1" + strings.ToLower(whole) + "\r\n", "DGC1SET00", "DG1", "", "https://silog.kpu.go.id/?q=DG1", "\xff\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := code.Parse(s, keys)
		if r.Status < code.Foreign || r.Status > code.CommandCode || len(r.Text) > code.MaxScan*3 {
			t.Fatalf("%q is %+v", s, r)
		}
		_ = r.Status.String()
		if r.Status == code.Whole && !strings.EqualFold(r.Text, whole) {
			t.Fatalf("a label that nobody signed: %q", s)
		}
		// Reading what was read changes nothing.
		if r.Status == code.Whole || r.Status == code.CommandCode {
			if again := code.Parse(r.Text, keys); again.Status != r.Status || again.Fields != r.Fields || again.Command != r.Command || again.Token != r.Token {
				t.Fatalf("%q read again is %+v", r.Text, again)
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	s := sign(b, cakung, key) + "\r"
	for b.Loop() {
		if code.Parse(s, keys).Status != code.Whole {
			b.Fatal("not whole")
		}
	}
}

func ExampleFields_Sign() {
	text, err := code.Fields{Event: "P24", Area: "3175061001", TPS: 12, Kind: 'V', Item: '1', Space: 'V', District: "310004", Revision: 1}.Sign(key)
	fmt.Println(text[:33], len(text), err)
	// Output: DG1P2403175061001012V1V0031000401 138 <nil>
}
