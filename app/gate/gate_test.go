package gate_test

import (
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

var (
	dapil4 = election.District{Kind: "DPRDP", Code: "310004"}
	dapil5 = election.District{Kind: "DPRDP", Code: "310005"}
)

// good is a case in which everything is in order; each test breaks one thing.
func good() gate.Facts {
	b := election.Box{Area: "31.75.06.1001", TPS: 12, Kind: "DPRDP", Item: election.ItemBox, Routing: dapil4}
	ledgerBox := b
	return gate.Facts{
		Available: true,
		Load:      &gate.Load{ID: 7, Truck: "B 9123 KPU", District: dapil4},
		Reading:   code.Reading{Status: code.Whole, Text: "LABEL", Fields: code.Fields{Revision: 1}},
		Claimed:   b, Box: &ledgerBox, Revision: 1,
	}
}

func TestDecideEachVerdict(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*gate.Facts)
		want  gate.Verdict
	}{
		{"all in order", func(f *gate.Facts) {}, gate.Accepted},
		{"in its kecamatan", func(f *gate.Facts) { f.Load.Kecamatan = []election.AreaCode{"31.75.01", "31.75.06"} }, gate.Accepted},
		{"ledger away", func(f *gate.Facts) { f.Available = false }, gate.Unavailable},
		{"no load", func(f *gate.Facts) { f.Load = nil }, gate.NoLoad},
		{"locked by another box", func(f *gate.Facts) { f.Lock = &gate.Lock{Verdict: gate.WrongDistrict, Text: "X", Box: "X"} }, gate.Locked},
		{"own label without the command", func(f *gate.Facts) {
			f.Lock = &gate.Lock{Verdict: gate.WrongDistrict, Text: "LABEL", Box: f.Claimed.ID()}
		}, gate.Locked},
		{"command, then another box", func(f *gate.Facts) {
			f.Lock = &gate.Lock{Verdict: gate.WrongDistrict, Text: "X", Box: "X"}
			f.SetAside = true
		}, gate.Locked},
		{"command, then own label", func(f *gate.Facts) {
			f.Lock = &gate.Lock{Verdict: gate.WrongDistrict, Text: "LABEL", Box: f.Claimed.ID()}
			f.SetAside = true
		}, gate.SetAsideDone},
		{"command, then own label's copy on the other face", func(f *gate.Facts) {
			f.Lock = &gate.Lock{Verdict: gate.WrongDistrict, Text: "OTHER COPY", Box: f.Claimed.ID()}
			f.SetAside = true
		}, gate.SetAsideDone},
		{"forged lock, then the true box of that name", func(f *gate.Facts) {
			f.Lock = &gate.Lock{Verdict: gate.Forged, Text: "FORGED", Box: f.Claimed.ID()}
			f.SetAside = true
		}, gate.Locked},
		{"cut off", func(f *gate.Facts) { f.Reading.Status = code.CutOff }, gate.Unreadable},
		{"doubled", func(f *gate.Facts) { f.Reading.Status = code.Doubled }, gate.Unreadable},
		{"damaged", func(f *gate.Facts) { f.Reading.Status = code.Damaged }, gate.Unreadable},
		{"foreign", func(f *gate.Facts) { f.Reading.Status = code.Foreign }, gate.Foreign},
		{"false signature", func(f *gate.Facts) { f.Reading.Status = code.FalseSignature }, gate.Forged},
		{"other event", func(f *gate.Facts) { f.Reading.Status = code.OtherEvent }, gate.OtherEvent},
		{"not in the event", func(f *gate.Facts) { f.Box = nil }, gate.UnknownBox},
		{"older revision", func(f *gate.Facts) { f.Revision = 2 }, gate.VoidLabel},
		{"a revision nobody printed", func(f *gate.Facts) { f.Revision = 0 }, gate.VoidLabel},
		{"spoiled", func(f *gate.Facts) { f.Spoiled = true }, gate.VoidLabel},
		{"the record moved the box since", func(f *gate.Facts) { f.Box.Routing = dapil5 }, gate.VoidLabel},
		{"on hold", func(f *gate.Facts) { f.HoldReason = "rusak" }, gate.Held},
		{"scan-back missing", func(f *gate.Facts) { f.Unscanned = true }, gate.Held},
		{"spare", func(f *gate.Facts) {
			s := election.Box{Area: "31.75", TPS: 1, Kind: election.SpareKind, Item: election.ItemSpare}
			f.Claimed, f.Box = s, &s
		}, gate.Held},
		{"wrong district", func(f *gate.Facts) { f.Load.District = dapil5 }, gate.WrongDistrict},
		{"wrong district, loaded elsewhere", func(f *gate.Facts) {
			f.Load.District = dapil5
			f.Loaded = &gate.Loaded{Load: 9}
		}, gate.WrongDistrict},
		{"load without a district", func(f *gate.Facts) { f.Load.District = election.District{} }, gate.WrongDistrict},
		{"wrong kecamatan", func(f *gate.Facts) { f.Load.Kecamatan = []election.AreaCode{"31.75.01"} }, gate.WrongKecamatan},
		{"already in this load", func(f *gate.Facts) { f.Loaded = &gate.Loaded{Load: 7, Position: 3} }, gate.Duplicate},
		{"in another load", func(f *gate.Facts) { f.Loaded = &gate.Loaded{Load: 8} }, gate.OnOtherTruck},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := good()
			tt.spoil(&f)
			d := gate.Decide(f)
			if d.Verdict != tt.want {
				t.Fatalf("verdict %s, want %s", d.Verdict, tt.want)
			}
			if (d.Lock != nil) != tt.want.Locks() {
				t.Errorf("lock %v with verdict %s", d.Lock, d.Verdict)
			}
			if d.ClearLock != (tt.want == gate.SetAsideDone) {
				t.Errorf("ClearLock %v with verdict %s", d.ClearLock, d.Verdict)
			}
		})
	}
}

// TestDecideNeverGreenInDoubt throws arbitrary facts at the rule: whatever comes, green
// needs every one of its conditions, and nothing but a lock's own label clears a lock.
func TestDecideNeverGreenInDoubt(t *testing.T) {
	districts := []election.District{dapil4, dapil5, {}, {Kind: "DPR", Code: "310004"}}
	areas := []election.AreaCode{"31.75.06.1001", "31.75.06.1002", "31.75.01.1001"}
	rapid.Check(t, func(t *rapid.T) {
		pick := func(name string) bool { return rapid.Bool().Draw(t, name) }
		box := func(name string) election.Box {
			return election.Box{Area: rapid.SampledFrom(areas).Draw(t, name+" area"), TPS: rapid.IntRange(1, 2).Draw(t, name+" tps"), Kind: "DPRDP",
				Item:    rapid.SampledFrom([]election.Item{election.ItemBox, election.ItemBox, election.ItemSpare}).Draw(t, name+" item"),
				Routing: rapid.SampledFrom(districts).Draw(t, name+" routing")}
		}
		f := gate.Facts{Available: pick("available"), SetAside: pick("set aside"), Spoiled: pick("spoiled"), Unscanned: pick("unscanned"),
			Claimed: box("claimed"), Revision: rapid.IntRange(0, 2).Draw(t, "revision"),
			HoldReason: rapid.SampledFrom([]string{"", "", "rusak"}).Draw(t, "hold"),
			Reading: code.Reading{Status: code.Status(rapid.IntRange(int(code.Foreign), int(code.CommandCode)).Draw(t, "status")),
				Text: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "text"), Fields: code.Fields{Revision: rapid.IntRange(1, 2).Draw(t, "label revision")}}}
		if pick("known") {
			b := f.Claimed
			if pick("moved") {
				b = box("ledger")
			}
			f.Box = &b
		}
		if pick("load") {
			f.Load = &gate.Load{ID: 1, District: rapid.SampledFrom(districts).Draw(t, "load district")}
			if pick("narrowed") {
				f.Load.Kecamatan = []election.AreaCode{"31.75.06"}
			}
		}
		if pick("loaded") {
			f.Loaded = &gate.Loaded{Load: rapid.Int64Range(1, 2).Draw(t, "in load")}
		}
		if pick("lock") {
			f.Lock = &gate.Lock{Verdict: rapid.SampledFrom([]gate.Verdict{gate.WrongDistrict, gate.Forged}).Draw(t, "lock verdict"),
				Text: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "lock text"), Box: box("locked").ID()}
		}
		d := gate.Decide(f)
		if d.Verdict == gate.Accepted {
			ok := f.Available && f.Load != nil && f.Lock == nil && f.Reading.Status == code.Whole && f.Box != nil &&
				*f.Box == f.Claimed && f.Reading.Fields.Revision == f.Revision && !f.Spoiled && f.HoldReason == "" && !f.Unscanned &&
				f.Box.Item == election.ItemBox && !f.Box.Routing.IsZero() && f.Box.Routing == f.Load.District &&
				(len(f.Load.Kecamatan) == 0 || f.Box.Area.Kecamatan() == "31.75.06") && f.Loaded == nil
			if !ok {
				t.Fatalf("green in doubt: %+v", f)
			}
		}
		if d.ClearLock && (f.Lock == nil || !f.SetAside || !f.Available || f.Load == nil) {
			t.Fatalf("a lock was cleared without its command: %+v", f)
		}
		if d.Lock != nil && f.Lock != nil {
			t.Fatalf("a locked dock was locked anew: %+v", f)
		}
		known := false
		for _, v := range gate.Verdicts {
			known = known || v == d.Verdict
		}
		if !known {
			t.Fatalf("verdict %q is not in the vocabulary", d.Verdict)
		}
	})
}

func TestLevels(t *testing.T) {
	for _, v := range gate.Verdicts {
		if (v.Level() == gate.Green) != (v == gate.Accepted) {
			t.Errorf("%s has level %v", v, v.Level())
		}
		if v.Locks() && v.Level() != gate.Red {
			t.Errorf("%s locks and is not red", v)
		}
	}
	if gate.Verdict("something new").Level() != gate.Red {
		t.Error("an unknown verdict is not red")
	}
}

// TestAloneIsNeverGreen: while the ledger is away a label is judged by itself, red in
// every case.
func TestAloneIsNeverGreen(t *testing.T) {
	away := func(spoil func(*gate.Facts)) gate.Decision {
		f := good()
		f.Available, f.Box, f.Revision = false, nil, 0
		spoil(&f)
		return gate.Decide(f)
	}
	for _, tt := range []struct {
		name  string
		spoil func(*gate.Facts)
		want  gate.Verdict
	}{
		{"right district", func(f *gate.Facts) {}, gate.Unavailable},
		{"wrong district", func(f *gate.Facts) { f.Claimed.Routing = dapil5 }, gate.WrongDistrict},
		{"wrong kecamatan", func(f *gate.Facts) { f.Load.Kecamatan = []election.AreaCode{"31.75.01"} }, gate.WrongKecamatan},
		{"forged", func(f *gate.Facts) { f.Reading.Status = code.FalseSignature }, gate.Forged},
		{"another event", func(f *gate.Facts) { f.Reading.Status = code.OtherEvent }, gate.OtherEvent},
		{"no load known", func(f *gate.Facts) { f.Load = nil }, gate.Unavailable},
		{"a spare", func(f *gate.Facts) { f.Claimed.Item, f.Claimed.Routing = election.ItemSpare, election.District{} }, gate.Unavailable},
		{"locked", func(f *gate.Facts) {
			f.Lock = &gate.Lock{Verdict: gate.WrongDistrict, Text: "LABEL", Box: f.Claimed.ID()}
		}, gate.Locked},
		{"set aside", func(f *gate.Facts) {
			f.Lock, f.SetAside = &gate.Lock{Verdict: gate.WrongDistrict, Text: "LABEL", Box: f.Claimed.ID()}, true
		}, gate.Locked},
	} {
		d := away(tt.spoil)
		if d.Verdict != tt.want || d.Verdict.Level() != gate.Red || d.ClearLock {
			t.Errorf("%s: %+v, want %s, red", tt.name, d, tt.want)
		}
		if (d.Lock != nil) != d.Verdict.Locks() {
			t.Errorf("%s: lock %v", tt.name, d.Lock)
		}
	}
}
