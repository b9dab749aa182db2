package gate_test

import (
	"slices"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

// arriving is a box that is on the list of the load that is received; each test breaks one
// thing.
func arriving() gate.ReceivingFacts {
	b := election.Box{Area: "31.75.06.1001", TPS: 12, Kind: "DPRDP", Item: election.ItemBox, Routing: dapil4}
	ledgerBox := b
	return gate.ReceivingFacts{
		Available: true,
		Receipt:   &gate.Receipt{ID: 3, Load: 7, District: dapil4, Kecamatan: []election.AreaCode{"31.75.06"}},
		Reading:   code.Reading{Status: code.Whole, Text: "LABEL", Fields: code.Fields{Revision: 1}},
		Claimed:   b, Box: &ledgerBox, Revision: 1,
		Loaded: &gate.Loaded{Load: 7, Position: 1}, Departed: true,
	}
}

func TestReceiveEachVerdict(t *testing.T) {
	seen := map[gate.Verdict]bool{}
	for _, tt := range []struct {
		name  string
		spoil func(*gate.ReceivingFacts)
		want  gate.Verdict
	}{
		{"on the list", func(f *gate.ReceivingFacts) {}, gate.Received},
		{"all of the load is for here", func(f *gate.ReceivingFacts) { f.Receipt.Kecamatan = nil }, gate.Received},
		{"ledger away", func(f *gate.ReceivingFacts) { f.Available = false }, gate.Unavailable},
		{"ledger away, nothing open", func(f *gate.ReceivingFacts) { f.Available, f.Receipt = false, nil }, gate.Unavailable},
		{"nothing open", func(f *gate.ReceivingFacts) { f.Receipt = nil }, gate.NoReceipt},
		{"cut off", func(f *gate.ReceivingFacts) { f.Reading.Status = code.CutOff }, gate.Unreadable},
		{"doubled", func(f *gate.ReceivingFacts) { f.Reading.Status = code.Doubled }, gate.Unreadable},
		{"damaged", func(f *gate.ReceivingFacts) { f.Reading.Status = code.Damaged }, gate.Unreadable},
		{"foreign", func(f *gate.ReceivingFacts) { f.Reading.Status = code.Foreign }, gate.Foreign},
		{"a command code", func(f *gate.ReceivingFacts) { f.Reading.Status = code.CommandCode }, gate.Foreign},
		{"false signature", func(f *gate.ReceivingFacts) { f.Reading.Status = code.FalseSignature }, gate.Forged},
		{"other event", func(f *gate.ReceivingFacts) { f.Reading.Status = code.OtherEvent }, gate.OtherEvent},
		{"not in the event", func(f *gate.ReceivingFacts) { f.Box = nil }, gate.UnknownBox},
		{"older revision", func(f *gate.ReceivingFacts) { f.Revision = 2 }, gate.VoidLabel},
		{"a revision nobody printed", func(f *gate.ReceivingFacts) { f.Revision = 0 }, gate.VoidLabel},
		{"spoiled", func(f *gate.ReceivingFacts) { f.Spoiled = true }, gate.VoidLabel},
		{"the record moved the box since", func(f *gate.ReceivingFacts) { f.Box.Routing = dapil5 }, gate.VoidLabel},
		{"of another district", func(f *gate.ReceivingFacts) { f.Claimed.Routing, f.Box.Routing = dapil5, dapil5 }, gate.WrongDistrict},
		{"a spare", func(f *gate.ReceivingFacts) {
			s := election.Box{Area: "31.75", TPS: 1, Kind: election.SpareKind, Item: election.ItemSpare}
			f.Claimed, f.Box, f.Loaded = s, &s, nil
		}, gate.WrongDistrict},
		{"a receipt without a district", func(f *gate.ReceivingFacts) { f.Receipt.District = election.District{} }, gate.WrongDistrict},
		{"for the next stop of this truck", func(f *gate.ReceivingFacts) { f.Receipt.Kecamatan = []election.AreaCode{"31.75.01"} }, gate.WrongKecamatan},
		{"received before", func(f *gate.ReceivingFacts) { f.Arrived = true }, gate.AlreadyReceived},
		{"never loaded", func(f *gate.ReceivingFacts) { f.Loaded = nil }, gate.NotOnList},
		{"on another truck", func(f *gate.ReceivingFacts) { f.Loaded.Load = 8 }, gate.NotOnList},
		{"received from another truck", func(f *gate.ReceivingFacts) { f.Loaded.Load, f.Arrived = 8, true }, gate.NotOnList},
		{"the load did not depart, or came back", func(f *gate.ReceivingFacts) { f.Departed = false }, gate.NotOnList},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := arriving()
			tt.spoil(&f)
			v := gate.Receive(f)
			if v != tt.want {
				t.Fatalf("verdict %s, want %s", v, tt.want)
			}
			if (v.Level() == gate.Green) != (v == gate.Received) || v.Locks() && v != gate.Forged && v != gate.WrongDistrict && v != gate.WrongKecamatan {
				t.Errorf("%s is of level %v", v, v.Level())
			}
		})
		seen[tt.want] = true
	}
	for _, v := range gate.ReceivingVerdicts {
		if !seen[v] {
			t.Errorf("no case comes to %s", v)
		}
	}
}

// TestReceiveNeverGreenInDoubt throws arbitrary facts at the rule: green needs every one of
// its conditions, and no verdict is outside the list.
func TestReceiveNeverGreenInDoubt(t *testing.T) {
	districts := []election.District{dapil4, dapil5, {}}
	areas := []election.AreaCode{"31.75.06.1001", "31.75.06.1002", "31.75.01.1001"}
	rapid.Check(t, func(t *rapid.T) {
		pick := func(name string) bool { return rapid.Bool().Draw(t, name) }
		box := func(name string) election.Box {
			return election.Box{Area: rapid.SampledFrom(areas).Draw(t, name+" area"), TPS: rapid.IntRange(1, 2).Draw(t, name+" tps"), Kind: "DPRDP",
				Item:    rapid.SampledFrom([]election.Item{election.ItemBox, election.ItemBox, election.ItemSpare}).Draw(t, name+" item"),
				Routing: rapid.SampledFrom(districts).Draw(t, name+" routing")}
		}
		f := gate.ReceivingFacts{Available: pick("available"), Spoiled: pick("spoiled"), Departed: pick("departed"), Arrived: pick("arrived"),
			Claimed: box("claimed"), Revision: rapid.IntRange(0, 2).Draw(t, "revision"),
			Reading: code.Reading{Status: code.Status(rapid.IntRange(int(code.Foreign), int(code.CommandCode)).Draw(t, "status")),
				Fields: code.Fields{Revision: rapid.IntRange(1, 2).Draw(t, "label revision")}}}
		if pick("known") {
			b := f.Claimed
			if pick("moved") {
				b = box("ledger")
			}
			f.Box = &b
		}
		if pick("receipt") {
			f.Receipt = &gate.Receipt{ID: 1, Load: 1, District: rapid.SampledFrom(districts).Draw(t, "district")}
			if pick("narrowed") {
				f.Receipt.Kecamatan = []election.AreaCode{"31.75.06"}
			}
		}
		if pick("loaded") {
			f.Loaded = &gate.Loaded{Load: rapid.Int64Range(1, 2).Draw(t, "in load")}
		}
		v := gate.Receive(f)
		if !slices.Contains(gate.ReceivingVerdicts, v) {
			t.Fatalf("%s is no verdict of a receiving place", v)
		}
		ok := f.Available && f.Receipt != nil && f.Reading.Status == code.Whole && f.Box != nil && *f.Box == f.Claimed &&
			f.Reading.Fields.Revision == f.Revision && !f.Spoiled && !f.Box.Routing.IsZero() && f.Box.Routing == f.Receipt.District &&
			(len(f.Receipt.Kecamatan) == 0 || f.Box.Area.Kecamatan() == "31.75.06") && f.Loaded != nil && f.Loaded.Load == f.Receipt.Load && f.Departed && !f.Arrived
		if (v.Level() == gate.Green) && !ok {
			t.Fatalf("green in doubt: %+v", f)
		}
	})
}
