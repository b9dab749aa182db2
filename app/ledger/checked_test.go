package ledger_test

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"testing/fstest"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
)

// TestScanBackIsAskedForBeforeLoading: where the event wants it, a label that was not
// scanned back loads nothing, and one that was does; its reprint must be scanned anew.
func TestScanBackIsAskedForBeforeLoading(t *testing.T) {
	event := ledgertest.Event().(fstest.MapFS)
	event["event.toml"].Data = append(event["event.toml"].Data, "[policy]\nscan_back = true\n"...)
	f := ledgertest.NewFrom(t, event)
	f.PrintAll()
	f.Load(1, "B 9123 KPU", "4")
	box := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box
	if j := judge(t, f, "a", f.Label(box, 1)); j.Decision.Verdict != gate.Held || j.Hold != gate.HoldScanBack {
		t.Fatalf("before: %s, %q", j.Decision.Verdict, j.Hold)
	}
	check := func(revision int) (ledger.Checked, error) {
		return f.Ledger.CheckLabel(t.Context(), f.Sari, code.Parse(f.Label(box, revision), f.Keys()))
	}
	c, err := check(1)
	if err != nil || c.Box != box.ID() || c.Again || c.Left != 43 {
		t.Fatalf("%+v, %v", c, err)
	}
	if c, err = check(1); err != nil || !c.Again || c.Left != 43 {
		t.Fatalf("twice: %+v, %v", c, err)
	}
	f.Print(box.ID())
	if _, err := check(1); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("the old label: %v", err)
	}
	if j := judge(t, f, "b", f.Label(box, 2)); j.Hold != gate.HoldScanBack {
		t.Errorf("the reprint: %s, %q", j.Decision.Verdict, j.Hold)
	}
	if _, err := check(2); err != nil {
		t.Fatal(err)
	}
	if j := judge(t, f, "c", f.Label(box, 2)); j.Decision.Verdict != gate.Accepted {
		t.Errorf("after: %s, %q", j.Decision.Verdict, j.Hold)
	}
	f.Verify()
}

func TestCheckLabelRefuses(t *testing.T) {
	f := ledgertest.New(t)
	boxes := f.Boxes(ledger.Filter{Limit: 2})
	f.Print(boxes[0].Box.ID())
	b, err := f.Ledger.OpenBatch(t.Context(), f.Sari, ledger.BatchRequest{Stock: "a6"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ledger.PlanLabels(t.Context(), f.Sari, b, false, []string{boxes[1].Box.ID()}); err != nil {
		t.Fatal(err)
	}
	if err := f.Ledger.EndBatch(t.Context(), f.Sari, b, ledger.BatchCanceled); err != nil {
		t.Fatal(err)
	}
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		text string
		by   ledger.Person
		want error
	}{
		"half a label":       {f.Label(boxes[0].Box, 1)[:90], f.Sari, ledger.ErrInvalid},
		"forged":             {f.LabelBy(other, boxes[0].Box, 1), f.Sari, ledger.ErrInvalid},
		"never issued":       {f.Label(boxes[0].Box, 7), f.Sari, ledger.ErrNotFound},
		"of a stopped print": {f.Label(boxes[1].Box, 1), f.Sari, ledger.ErrConflict},
		"by an auditor":      {f.Label(boxes[0].Box, 1), ledger.Person{Name: "ani", Role: ledger.Auditor}, ledger.ErrNotAllowed},
	} {
		if c, err := f.Ledger.CheckLabel(t.Context(), x.by, code.Parse(x.text, f.Keys())); !errors.Is(err, x.want) {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
	f.Verify()
}

// TestLoadedLabelIsGood: a box was loaded with a label of a print that was then given up.
// Its label came out, so it stays good; the rest is void.
func TestLoadedLabelIsGood(t *testing.T) {
	f := ledgertest.New(t)
	boxes := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 2})
	b, err := f.Ledger.OpenBatch(t.Context(), f.Sari, ledger.BatchRequest{Stock: "a6"})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{boxes[0].Box.ID(), boxes[1].Box.ID()}
	if _, err := f.Ledger.PlanLabels(t.Context(), f.Sari, b, false, ids); err != nil {
		t.Fatal(err)
	}
	f.Load(1, "B 9123 KPU", "4")
	if j := judge(t, f, "a", f.Label(boxes[0].Box, 1)); j.Decision.Verdict != gate.Accepted {
		t.Fatal(j.Decision.Verdict)
	}
	if err := f.Ledger.EndBatch(t.Context(), f.Sari, b, ledger.BatchCanceled); err != nil {
		t.Fatal(err)
	}
	all, err := f.Ledger.Batches(t.Context(), false)
	if err != nil || all[0].Good != 1 || all[0].Void != 1 {
		t.Errorf("%+v, %v", all[0], err)
	}
	f.Verify()
}
