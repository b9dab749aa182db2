package kiosk

import (
	"os"
	"path/filepath"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// TestReceivingFromPaperToPaper: the surat jalan's code opens the receipt, only a box that is
// on its list turns the window green, two names and a PIN end it, the tanda terima is written.
func TestReceivingFromPaperToPaper(t *testing.T) {
	h := newHall(t, sizes[0])
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	paper := h.brought()
	h.tap(T("nav.receive"))
	h.scan(h.label(h.four[7]))
	if !h.fills(toneRed.ground) {
		t.Error("a box before its surat jalan is not red")
	}
	h.tap(T("verdict.seen"))
	h.scan(paper)
	h.tap(T("receive.depart"))
	h.tap("Cakung")
	h.mustSay("B 9456 KPU")
	for _, tt := range []struct {
		name, scan string
		want       gate.Verdict
	}{
		{"on the list", h.label(h.four[7]), gate.Received}, {"the same again", h.label(h.four[7]), gate.AlreadyReceived},
		{"not on the list", h.label(h.four[13]), gate.NotOnList}, {"another dapil", h.label(h.five[0]), gate.WrongDistrict},
		{"the truck's next stop", h.label(h.four[5]), gate.WrongKecamatan}, {"another system's code", "https://silog.example/1", gate.Foreign},
		{"half a label", h.label(h.four[8])[:50], gate.Unreadable}, {"on the list too", h.label(h.four[8]), gate.Received},
	} {
		h.scan(tt.scan)
		r := h.receiving().result
		if r == nil || r.Verdict != tt.want {
			t.Fatalf("%s: %+v, want %s", tt.name, r, tt.want)
		}
		if h.fills(toneGreen.ground) != (tt.want == gate.Received) {
			t.Errorf("%s: green is %v", tt.name, h.fills(toneGreen.ground))
		}
	}
	// The paper's own code again does no harm.
	h.scan(paper)
	if r := h.receiving().status.Receipt; r == nil || r.Count != 2 || r.Expected != 6 {
		t.Fatalf("%+v", r)
	}
	if n := h.receiving().extra; n != 2 {
		t.Errorf("%d boxes are not on the list, want 2", n)
	}
	h.tap(T("receive.end"))
	if _, ok := h.targets()[T("receive.tosign")]; ok {
		t.Error("it can be signed without a reason for what is missing")
	}
	h.tap(T(missingReasons[0]))
	h.tap(T(extraReasons[0]))
	h.tap(T("receive.tosign"))
	h.scan("Hadi Kusuma") // typed: who hands over
	h.pin("111222")
	if r := h.receiving().status.Receipt; r == nil || r.State != ledger.ReceiptOpen {
		t.Fatal("a wrong PIN signed")
	}
	h.pin(ledgertest.PIN)
	r, err := h.f.Ledger.ReceiptByID(t.Context(), 1)
	if err != nil || r.State != ledger.ReceiptDone || r.Deliverer != "Hadi Kusuma" || r.Receiver != ledgertest.Penyelia {
		t.Fatalf("%+v, %v", r, err)
	}
	a, err := h.f.Ledger.Arrival(t.Context(), 1)
	if err != nil || a.Missing() != 4 || a.Boxes[5].Reason != T(missingReasons[0]) || len(a.Extra) != 2 || a.Extra[0].Reason != T(extraReasons[0]) || a.Paper == "" {
		t.Errorf("%+v, %v", a, err)
	}
	h.tap(T("receive.make"))
	for _, form := range []string{"pdf", "csv"} {
		if _, err := os.Stat(filepath.Join(h.s.cfg.Files, "tanda-terima-0001-1."+form)); err != nil {
			t.Error(err)
		}
	}
	h.f.Verify()
}

// TestRailFitsAFinger: however many screens a person has, each of their buttons takes one.
func TestRailFitsAFinger(t *testing.T) {
	for _, size := range sizes {
		h := newHall(t, size)
		h.signIn(ledgertest.Penyelia, ledgertest.PIN)
		for _, j := range jobs {
			x, ok := h.targets()[T("nav."+j.key)]
			if !ok {
				t.Fatalf("no button for %s", j.key)
			}
			if s := x.o.Size(); s.Height < 63.5 || x.at.Y+s.Height > size.Height {
				t.Errorf("%v: %s is %v at %v", size, j.key, s, x.at)
			}
		}
	}
}
