package kiosk

import (
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// TestBrokenPrintIsSettledByItsLastGoodLabel: the labels screen asks before the next print,
// takes the scan of the last good label, and a stranger's label changes nothing.
func TestBrokenPrintIsSettledByItsLastGoodLabel(t *testing.T) {
	h := newHall(t, sizes[0])
	boxes := h.breakPrint(4)
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	h.mustSay(T("settle.scan"))
	h.scan(h.label(h.four[0]))
	h.mustSay(T("settle.scan"))
	open, err := h.f.Ledger.Batches(t.Context(), true)
	if err != nil || len(open) != 1 {
		t.Fatalf("after a stranger's label: %+v, %v", open, err)
	}
	row, err := h.f.Ledger.Box(t.Context(), boxes[1])
	if err != nil {
		t.Fatal(err)
	}
	h.scan(h.f.Label(row.Box, row.Revision))
	if h.says(T("settle.scan")) {
		t.Error("it still asks")
	}
	all, err := h.f.Ledger.Batches(t.Context(), false)
	if err != nil || all[0].State != ledger.BatchCanceled || all[0].Good != 2 || all[0].Void != 2 {
		t.Errorf("%+v, %v", all[0], err)
	}
	h.f.Verify()
}

// TestRunningPrintCanBePutOff: another process may still print; nothing is settled then.
func TestRunningPrintCanBePutOff(t *testing.T) {
	h := newHall(t, sizes[0])
	h.breakPrint(1)
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	h.tap(T("settle.later"))
	h.mustSay(T("labels.next"))
	if open, err := h.f.Ledger.Batches(t.Context(), true); err != nil || len(open) != 1 {
		t.Errorf("%+v, %v", open, err)
	}
	h.tap(T("nav.labels"))
	h.tap(T("settle.all"))
	h.settle()
	if all, err := h.f.Ledger.Batches(t.Context(), false); err != nil || all[0].State != ledger.BatchDone || all[0].Good != 1 {
		t.Errorf("%+v, %v", all[0], err)
	}
}
