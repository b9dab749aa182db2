package gate_test

import (
	"slices"
	"strings"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

func drawFacts(t *rapid.T) gate.CountFacts {
	b := func(name string) bool { return rapid.Bool().Draw(t, name) }
	f := gate.CountFacts{Found: b("found"), Known: b("known"), Spare: b("spare"), Near: b("near"), Labelled: b("labelled"), Loaded: b("loaded"),
		InDistrict: b("district"), InArea: b("area"), InKind: b("kind"), Nothing: b("nothing"), Sample: b("sample"), Sampled: b("sampled")}
	f.Departed = f.Loaded && b("departed")
	if f.Nothing {
		f.InDistrict, f.InArea, f.InKind, f.Sample = true, true, true, false
	}
	return f
}

// TestClassify: a box that is expected is there or missing, and nothing else; one that is
// not is never missing; what is found is never passed over; and a difference of what was
// found says why.
func TestClassify(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacts(t)
		class, reason := gate.Classify(f)
		switch {
		case f.Expected() && f.Found && class != gate.CountMatch,
			f.Expected() && !f.Found && class != gate.CountMissing,
			!f.Expected() && class == gate.CountMissing,
			!f.Found && class.Differs() && class != gate.CountMissing,
			f.Found && class == gate.CountNone:
			t.Fatalf("%+v is %q", f, class)
		}
		if found := class == gate.CountSurplus || class == gate.CountMisplaced; found != (reason != "") {
			t.Fatalf("%+v is %q because of %q", f, class, reason)
		}
		if reason != "" {
			elsewhere := slices.Contains([]gate.CountReason{gate.ReasonLoaded, gate.ReasonDeparted, gate.ReasonDistrict, gate.ReasonArea}, reason)
			if elsewhere != (class == gate.CountMisplaced) || !slices.Contains(gate.CountReasons, reason) {
				t.Fatalf("%q because of %q", class, reason)
			}
		}
		// A box on a truck, or of another district, is never in order where it is found.
		if f.Found && f.Known && (f.Loaded || !f.InDistrict || !f.InArea) && !class.Differs() {
			t.Fatalf("%+v is %q", f, class)
		}
	})
}

// TestClassOfWhatIsExpected gives each reason its plain example.
func TestClassOfWhatIsExpected(t *testing.T) {
	here := gate.CountFacts{Found: true, Known: true, Labelled: true, InDistrict: true, InArea: true, InKind: true}
	for _, tt := range []struct {
		name   string
		change func(*gate.CountFacts)
		class  gate.CountClass
		reason gate.CountReason
	}{
		{"as it should be", func(*gate.CountFacts) {}, gate.CountMatch, ""},
		{"not found", func(f *gate.CountFacts) { f.Found = false }, gate.CountMissing, ""},
		{"on a truck", func(f *gate.CountFacts) { f.Loaded = true }, gate.CountMisplaced, gate.ReasonLoaded},
		{"gone", func(f *gate.CountFacts) { f.Loaded, f.Departed = true, true }, gate.CountMisplaced, gate.ReasonDeparted},
		{"of another district", func(f *gate.CountFacts) { f.InDistrict = false }, gate.CountMisplaced, gate.ReasonDistrict},
		{"of another area", func(f *gate.CountFacts) { f.InArea = false }, gate.CountMisplaced, gate.ReasonArea},
		{"of another kind", func(f *gate.CountFacts) { f.InKind = false }, gate.CountSurplus, gate.ReasonKind},
		{"with a void label", func(f *gate.CountFacts) { f.Labelled = false }, gate.CountSurplus, gate.ReasonNoLabel},
		{"a spare in a district's hall", func(f *gate.CountFacts) { f.Spare, f.Near, f.InDistrict = true, true, false }, gate.CountSurplus, gate.ReasonSpare},
		{"a spare of the kota in a kecamatan's hall", func(f *gate.CountFacts) { f.Spare, f.Near, f.InArea = true, true, false }, gate.CountSurplus, gate.ReasonSpare},
		{"a spare of another kota", func(f *gate.CountFacts) { f.Spare, f.InArea = true, false }, gate.CountMisplaced, gate.ReasonArea},
		{"not in the event", func(f *gate.CountFacts) { f.Known = false }, gate.CountSurplus, gate.ReasonUnknown},
		{"beside the sample", func(f *gate.CountFacts) { f.Sample = true }, gate.CountBeside, ""},
		{"beside the sample, and gone", func(f *gate.CountFacts) { f.Sample, f.Loaded, f.Departed = true, true, true }, gate.CountMisplaced, gate.ReasonDeparted},
		{"in the sample, not found", func(f *gate.CountFacts) { f.Sample, f.Sampled, f.Found = true, true, false }, gate.CountMissing, ""},
		{"in the sample, gone, not found", func(f *gate.CountFacts) { f.Sample, f.Sampled, f.Loaded, f.Found = true, true, true, false }, gate.CountNone, ""},
		{"nothing in particular, found", func(f *gate.CountFacts) { f.Nothing = true }, gate.CountMatch, ""},
		{"nothing in particular, not found", func(f *gate.CountFacts) { f.Nothing, f.Found = true, false }, gate.CountNone, ""},
	} {
		f := here
		tt.change(&f)
		if class, reason := gate.Classify(f); class != tt.class || reason != tt.reason {
			t.Errorf("%s: %q, %q", tt.name, class, reason)
		}
	}
}

// TestMayRecount: nobody judges their own counting.
func TestMayRecount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"sari", "budi", "dewi", "agus"}), rapid.ID)
		counters := names.Draw(t, "counters")
		var who []string
		for _, c := range counters {
			if rapid.Bool().Draw(t, c) {
				who = append(who, c)
			}
		}
		class := gate.CountSurplus
		if len(who) == 0 {
			class = gate.CountMissing
		}
		for _, p := range []string{"sari", "budi", "dewi", "agus"} {
			may := gate.MayRecount(p, class, who, counters)
			if may && slices.Contains(who, p) {
				t.Fatalf("%s recounts a box that %s counted", p, p)
			}
			if may && class == gate.CountMissing && slices.Contains(counters, p) {
				t.Fatalf("%s recounts a box that %s did not find", p, p)
			}
			if !may && !slices.Contains(counters, p) {
				t.Fatalf("%s, who did not count, may not recount", p)
			}
		}
	})
}

func TestCountReading(t *testing.T) {
	for s, want := range map[code.Status]gate.CountAnswer{code.Whole: gate.Counted, code.CutOff: gate.CountUnreadable, code.Doubled: gate.CountUnreadable,
		code.Damaged: gate.CountUnreadable, code.FalseSignature: gate.CountForged, code.OtherEvent: gate.CountOtherEvent, code.Foreign: gate.CountForeign,
		code.CommandCode: gate.CountForeign} {
		if got := gate.CountReading(s); got != want {
			t.Errorf("%s: %s, want %s", s, got, want)
		}
	}
}

// TestSample: the draw depends on seed and boxes alone, not on their order; a larger one
// begins with the smaller one.
func TestSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes := rapid.SliceOfNDistinct(rapid.StringMatching(`31\.75\.0[1-9]\.100[1-9]-00[1-9]-DPRDP`), 1, 40, rapid.ID).Draw(t, "boxes")
		seed := rapid.StringMatching(`[A-Za-z0-9._:-]{1,12}`).Draw(t, "seed")
		n := rapid.IntRange(0, 45).Draw(t, "size")
		got := gate.Sample(seed, boxes, n)
		other := rapid.Permutation(boxes).Draw(t, "order")
		if !slices.Equal(got, gate.Sample(seed, other, n)) {
			t.Fatal("the order of the boxes changes the sample")
		}
		if len(got) != min(n, len(boxes)) || !slices.Equal(got, gate.Sample(seed, boxes, n+1)[:len(got)]) {
			t.Fatalf("%d of %d: %v", n, len(boxes), got)
		}
		seen := map[string]bool{}
		for _, b := range got {
			if seen[b] || !slices.Contains(boxes, b) {
				t.Fatalf("%s is drawn twice, or from nowhere", b)
			}
			seen[b] = true
		}
	})
	// printf '%s %s' dadu-4-6-1 31.75.06.1001-001-DPRDP | sha256sum
	if got := gate.SampleKey("dadu-4-6-1", "31.75.06.1001-001-DPRDP"); got != "fd95fb8f11e1738c8b2d5ac4fca7f41de6ce3e4f0b6f396c8e0808a65caeed31" {
		t.Errorf("the key of a box is %s", got)
	}
	for seed, ok := range map[string]bool{"": false, "dadu 4": false, "dadu\n": false, "dädu": false, "a'b": false, "4.6-1:x_Y": true,
		strings.Repeat("a", gate.MaxSeed): true, strings.Repeat("a", gate.MaxSeed+1): false} {
		if gate.ValidSeed(seed) != ok {
			t.Errorf("seed %q: %v", seed, !ok)
		}
	}
}
