package kiosk

import (
	"testing"

	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// TestScanLeavesFieldsAlone: a label, a command code and half a label that are scanned while
// a field has the focus leave what a person typed there, and start nothing.
func TestScanLeavesFieldsAlone(t *testing.T) {
	h := newHall(t, sizes[0])
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.trucks"))
	command, err := code.CommandText(code.SetAside, "")
	if err != nil {
		t.Fatal(err)
	}
	x := h.s.shown.(*trucks)
	h.win.Canvas().Focus(x.plate.Entry)
	h.runes("B 9777 DGX")
	for _, text := range []string{h.label(h.four[0]), command, h.label(h.four[0])[:70]} {
		h.scan(text)
		if x.plate.Text != "B 9777 DGX" {
			t.Errorf("after the scan of %.20s… the field says %q", text, x.plate.Text)
		}
	}
	if len(x.list) != 2 {
		t.Errorf("a scan added a truck: %+v", x.list)
	}
	h.key(fyne.KeyReturn)
	h.settle()
	if len(x.list) != 3 || x.plate.Text != "" {
		t.Errorf("Enter after what was typed: %+v, %q", x.list, x.plate.Text)
	}
}
