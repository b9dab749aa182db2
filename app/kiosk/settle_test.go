package kiosk

import (
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
	"dapilgate/labels"
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

// TestBrokenPrintIsGoneOnWith: the scan of the last good label leads to the paper, for the
// rest of that print alone; then every box of its choice has one good label.
func TestBrokenPrintIsGoneOnWith(t *testing.T) {
	h := newHall(t, sizes[0])
	if err := labels.WriteKeyFile(h.s.cfg.Key, h.f.Key, passphrase); err != nil {
		t.Fatal(err)
	}
	boxes := h.breakPrint(4) // of the six of dapil 6
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	row, err := h.f.Ledger.Box(t.Context(), boxes[1])
	if err != nil {
		t.Fatal(err)
	}
	h.scan(h.f.Label(row.Box, row.Revision))
	h.mustSay(T("only.rest", words.Data{"Batch": 2}))
	h.mustSay(words.N("labels.count", 4))
	h.tap(T("labels.next"))
	h.prints()
	for _, r := range h.f.Boxes(ledger.Filter{}) {
		if r.Box.Routing != h.f.District("6") && r.Revision != 1 {
			t.Errorf("%s, which was not in that print, has revision %d", r.Box.ID(), r.Revision)
		}
	}
	// Two were good, two came to nothing, two were never begun.
	for i, r := range h.f.Boxes(ledger.Filter{District: h.f.District("6")}) {
		if want := []int{2, 2, 3, 3, 2, 2}[i]; r.Revision != want || r.State != ledger.BoxPrinted {
			t.Errorf("box %d of the print: revision %d (%s), want %d", i, r.Revision, r.State, want)
		}
	}
	h.f.Verify()
}
