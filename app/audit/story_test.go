package audit_test

import (
	"strings"
	"testing"

	"dapilgate/app/audit"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
)

// TestTell: every kind of event in a box's life is told in words, with its actor and place.
func TestTell(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	box := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box
	f.Load(2, "B 1 A", "4")
	scan := func(id string, revision int) {
		t.Helper()
		if _, err := f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: id, Dock: 2, Operator: "budi", Reading: code.Parse(f.Label(box, revision), f.Keys())}); err != nil {
			t.Fatal(err)
		}
	}
	scan("a", 1)
	if _, err := f.Ledger.Undo(t.Context(), f.Sari, 2, "", "bocor"); err != nil {
		t.Fatal(err)
	}
	batches, err := f.Ledger.Batches(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Ledger.SpoilLabels(t.Context(), f.Sari, batches[0].ID, []string{box.ID()}, "sobek"); err != nil {
		t.Fatal(err)
	}
	if err := f.Ledger.SetHold(t.Context(), f.Sari, box.ID(), "basah"); err != nil {
		t.Fatal(err)
	}
	if err := f.Ledger.SetHold(t.Context(), f.Sari, box.ID(), ""); err != nil {
		t.Fatal(err)
	}
	f.Print(box.ID())
	scan("b", 1)
	trail, err := f.Ledger.Trail(t.Context(), box.ID())
	if err != nil {
		t.Fatal(err)
	}
	s := audit.Tell(trail)
	var got []string
	for _, step := range s.Steps {
		got = append(got, step.Actor+": "+step.What)
		if step.At.IsZero() || step.Hash == "" || step.What == string(step.Kind) {
			t.Errorf("a step without words: %+v", step)
		}
	}
	want := []string{"sari: label revision 1 begun in batch 1", "sari: label revision 1 handed over in batch 1",
		"budi: scanned, revision 1: accepted (truck B 1 A, load 1, DPRDP:310004)", "sari: taken off load 1: bocor", "sari: label revision 1 spoiled: sobek",
		"sari: put on hold: basah", "sari: hold cleared", "sari: label revision 2 begun in batch 2", "sari: label revision 2 handed over in batch 2",
		"budi: scanned, revision 1: void_label (truck B 1 A, load 1, DPRDP:310004)"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s.State != ledger.BoxPrinted || s.Revision != 2 || s.District != "DPRDP 310004" {
		t.Errorf("%+v", s)
	}
}
