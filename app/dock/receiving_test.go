package dock_test

import (
	"errors"
	"testing"

	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// TestReceivingFailsClosed: without an operator or a ledger nothing is received, whatever is
// scanned, and afterwards the same label is received once.
func TestReceivingFailsClosed(t *testing.T) {
	f := ledgertest.NewFile(t, ledgertest.Event())
	f.PrintAll()
	ctx := t.Context()
	box := f.Boxes(ledger.Filter{Area: "31.75.06", Limit: 1})[0]
	label := f.Label(box.Box, 1)
	warehouse := open(t, f, 1)
	f.Load(1, "B 1 A", "4")
	if r := warehouse.Scan(ctx, label); r.Verdict != gate.Accepted {
		t.Fatal(r.Verdict)
	}
	ld, err := warehouse.CloseLoad(ctx, "uji")
	if err == nil {
		err = f.Ledger.Depart(ctx, f.Sari, ld.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := dock.Open(ctx, f.Ledger, 61)
	if err != nil {
		t.Fatal(err)
	}
	x := s.Receiving()
	if _, err := x.Open(ctx, ld.ID, nil, ""); !errors.Is(err, dock.ErrNobody) {
		t.Errorf("nobody receives: %v", err)
	}
	if r := x.Scan(ctx, label); r.Verdict != gate.Unavailable || !errors.Is(r.Err, dock.ErrNobody) {
		t.Errorf("a scan by nobody: %s, %v", r.Verdict, r.Err)
	}
	if err := s.SetOperator(ctx, f.Sari); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Open(ctx, ld.ID, nil, ""); err != nil {
		t.Fatal(err)
	}
	if err := f.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	if r := x.Scan(ctx, label); r.Verdict != gate.Unavailable || r.Verdict.Level() != gate.Red || !errors.Is(r.Err, ledger.ErrUnavailable) || !r.Refused() {
		t.Errorf("without a ledger: %s, %v", r.Verdict, r.Err)
	}
	s.Close()
	f.Ledger, err = ledger.Open(ctx, f.Path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err = dock.Open(ctx, f.Ledger, 61); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.SetOperator(ctx, f.Sari); err != nil {
		t.Fatal(err)
	}
	x = s.Receiving()
	for i, want := range []gate.Verdict{gate.Received, gate.AlreadyReceived} {
		if r := x.Scan(ctx, label); r.Verdict != want || r.Count != 1 || r.Expected != 1 {
			t.Errorf("scan %d afterwards: %s, %d of %d", i, r.Verdict, r.Count, r.Expected)
		}
	}
	st, err := x.Status(ctx)
	if err != nil || len(st.Last) != 2 || st.Last[1].Verdict != gate.Received || st.Last[1].Kelurahan == "" {
		t.Errorf("%+v, %v", st, err)
	}
	f.Verify()
}

func open(t *testing.T, f *ledgertest.Fixture, number int) *dock.Station {
	t.Helper()
	s, err := dock.Open(t.Context(), f.Ledger, number)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.SetOperator(t.Context(), f.Sari); err != nil {
		t.Fatal(err)
	}
	return s
}
