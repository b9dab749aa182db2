package kiosk

import (
	"testing"

	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/ledger/ledgertest"
)

// BenchmarkVerdict is what the window's goroutine does for a result: build the screen and
// lay it out. Painting comes on top, and is the graphics card's.
func BenchmarkVerdict(b *testing.B) {
	for _, v := range []gate.Verdict{gate.Accepted, gate.WrongDistrict, gate.Duplicate} {
		b.Run(string(v), func(b *testing.B) {
			h := newHall(b, sizes[0])
			h.signIn(ledgertest.Penyelia, ledgertest.PIN)
			h.pass("B 9123 KPU", "4")
			h.scan(h.label(h.four[0]))
			x := h.loading()
			r := dock.Result{Verdict: v, Box: h.four[0].Box.ID(), Kelurahan: "Jatinegara", Kecamatan: "Cakung", TPS: 1, Kind: "PPWP", Truck: "B 9123 KPU",
				BoxDistrict: h.f.District("5"), LoadDistrict: h.f.District("4"), Count: 1, Expected: 21}
			x.status.Lock = nil
			if v.Locks() {
				x.status.Lock = &gate.Lock{Verdict: v, Box: r.Box}
				r.Lock = x.status.Lock
			}
			for b.Loop() {
				x.take(r)
			}
		})
	}
}
