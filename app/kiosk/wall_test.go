package kiosk

import (
	"testing"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
)

// TestWall: nobody stays signed in, other docks' boxes are counted as they are loaded, a
// touch or a scan leads to the sign-in.
func TestWall(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	other, err := dock.Open(t.Context(), h.f.Ledger, 2)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	if err := other.SetOperator(t.Context(), h.f.Sari); err != nil {
		t.Fatal(err)
	}
	h.tap(T("nav.progress"))
	h.tap(T("progress.wall"))
	x := h.s.shown.(*wall)
	if h.s.person.Name != "" {
		t.Errorf("%s is signed in before the wall", h.s.person.Name)
	}
	total := len(h.f.Boxes(ledger.Filter{})) - 2 // without the spares
	h.mustSay(T("wall.on", words.Data{"On": "1", "All": words.Number(total)}))
	h.mustSay("B 9123 KPU")
	h.mustSay("DKI JAKARTA 4")
	h.mustSay("Matraman")
	h.f.Load(2, "B 9777 KPU", "5")
	if v := other.Scan(t.Context(), h.label(h.five[0])).Verdict; v != "accepted" {
		t.Fatal(v)
	}
	h.until("the wall counts the other dock's box", func() bool { return x.all.Total().On() == 2 && len(x.all.Docks) == 2 })
	h.mustSay("B 9777 KPU")
	h.scan("8992761002015")
	if _, ok := h.s.shown.(*signIn); !ok {
		t.Fatalf("a scan shows %T", h.s.shown)
	}
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.loading() // the load goes on
}
