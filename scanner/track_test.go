package scanner

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// seen plays frames, each the codes in view for a time: "AB 300" is both for 300 ms, at 20
// frames a second. It gives the scans, and "?" where one of several was asked for.
func seen(track *tracker, frames string) string {
	var out strings.Builder
	at := time.Date(2024, 2, 12, 6, 0, 0, 0, time.UTC)
	several := false
	for part := range strings.FieldsSeq(frames) {
		var codes string
		var ms int
		fmt.Sscanf(part, "%d", &ms)
		if i := strings.IndexAny(part, "0123456789"); i > 0 {
			codes = part[:i]
			fmt.Sscanf(part[i:], "%d", &ms)
		}
		for range ms / 50 {
			var in []Scan
			for _, c := range codes {
				in = append(in, Scan{Text: string(c)})
			}
			scan, more := track.frame(at, in)
			if more && !several {
				out.WriteString("?")
			}
			several = more
			if scan != nil {
				out.WriteString(scan.Text)
			}
			at = at.Add(50 * time.Millisecond)
		}
	}
	return out.String()
}

// TestOneVisitIsOneScan: capitals are ours, small letters another system's.
func TestOneVisitIsOneScan(t *testing.T) {
	for _, tt := range []struct{ name, frames, want string }{
		{"nothing", "5000", ""},
		{"in view for long", "A60000", "A"},
		{"read now and then", "A50 1000 A50 1400 A50 1400 A50", "A"},
		{"away for less than 1.5 s", "A1000 1400 A1000", "A"},
		{"away for 1.5 s", "A1000 1500 A1000", "AA"},
		{"one after the other", "A500 B500 C500", "A?B?C"},
		{"one after the other, with a gap", "A500 250 B500 250 C500", "ABC"},
		{"back and forth", "A500 300 B500 300 A500 600 B500 1500 A500", "ABA"},
		{"two at once", "AB2000", "?"},
		{"two, then one", "AB500 A500", "?A"},
		{"two read in turns are in view both", "AB50 A50 B50 A50 B50 A50 B50", "?"},
		{"one, then another beside it", "A500 AB1000 B500", "A?B"},
		{"another system's code on the same box", "a200 aA300 a800", "A"},
		{"another system's code alone", "a3000", "a"},
		{"it passes by", "a900 3000", ""},
		{"ours, then the other one for long", "A300 a1400 a2000", "Aa"},
		{"two of another system", "ab3000", "ab"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			track := &tracker{ours: func(s string) bool { return s < "a" }}
			if got := seen(track, tt.frames); got != tt.want {
				t.Errorf("%s gives %q, want %q", tt.frames, got, tt.want)
			}
		})
	}
}

// TestVisits: whatever comes and goes, no code is told twice within a visit, nothing is
// told that isn't in view, and what was alone in view for long enough was told.
func TestVisits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		track := &tracker{}
		at := time.Unix(0, 0)
		lastSeen, told := map[string]time.Time{}, map[string]bool{}
		alone := map[string]int{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			var codes []Scan
			for _, c := range "ABC" {
				if rapid.IntRange(0, 3).Draw(t, "in view") == 0 {
					codes = append(codes, Scan{Text: string(c)})
				}
			}
			for range rapid.IntRange(1, 40).Draw(t, "frames") {
				for c := range lastSeen {
					if at.Sub(lastSeen[c]) >= awayTime {
						delete(lastSeen, c)
						delete(told, c)
					}
				}
				scan, several := track.frame(at, codes)
				for _, c := range codes {
					lastSeen[c.Text] = at
				}
				if scan != nil {
					if told[scan.Text] || several || len(codes) != 1 || codes[0].Text != scan.Text {
						t.Fatalf("%q is told of %v, told before: %v, several: %v", scan.Text, codes, told, several)
					}
					told[scan.Text] = true
				}
				if len(codes) > 1 && !several {
					t.Fatalf("%v is not several", codes)
				}
				if len(codes) != 1 {
					clear(alone)
				} else if alone[codes[0].Text]++; alone[codes[0].Text] > 5 && !told[codes[0].Text] {
					t.Fatalf("%q was alone for %d frames and never told", codes[0].Text, alone[codes[0].Text])
				}
				at = at.Add(50 * time.Millisecond)
			}
			clear(alone)
			if len(track.seen) > 3 {
				t.Fatalf("%d codes are remembered", len(track.seen))
			}
		}
	})
}

// TestAStuckCameraSeesNothingLeave: the same code after a stall is the same visit.
func TestAStuckCameraSeesNothingLeave(t *testing.T) {
	track := &tracker{}
	at := time.Unix(100, 0)
	a := []Scan{{Text: "A"}}
	if scan, _ := track.frame(at, a); scan == nil {
		t.Fatal("no scan")
	}
	for range 5 {
		at = at.Add(10 * time.Second)
		if scan, _ := track.frame(at, a); scan != nil {
			t.Fatal("a stall makes a second scan")
		}
	}
	for range 4 { // two seconds of an empty view, two frames a second
		at = at.Add(time.Second / 2)
		track.frame(at, nil)
	}
	if scan, _ := track.frame(at, a); scan == nil {
		t.Error("it left, and is no new scan")
	}
}

// TestStill: noise is no change, a label that comes into view is one, and a scene that
// seems to stand still is looked at all the same before long.
func TestStill(t *testing.T) {
	const w, h = 1280, 720
	pix := make([]uint8, w*h)
	for i := range pix {
		pix[i] = uint8(100 + i*7919%9)
	}
	var s still
	at := time.Unix(100, 0)
	step := func() bool { at = at.Add(10 * time.Millisecond); return s.same(at, pix, w, h, w) }
	if step() {
		t.Error("the first frame is no change")
	}
	for i := range pix {
		pix[i] = uint8(100 + i*104729%11)
	}
	if !step() {
		t.Error("noise is a change")
	}
	for y := 300; y < 360; y++ {
		for x := 600; x < 660; x++ {
			pix[y*w+x] = 230
		}
	}
	if step() {
		t.Error("a label of 60 pixels is none")
	}
	if !step() {
		t.Error("it is one again, unmoved")
	}
	at = at.Add(stillTime)
	if step() {
		t.Error("a scene is not looked at any more")
	}
}
