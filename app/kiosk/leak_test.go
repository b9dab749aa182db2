package kiosk

import (
	"runtime"
	"testing"
	"time"

	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
)

// TestNothingPilesUp: scans, screens and sign-ins leave no goroutine behind.
func TestNothingPilesUp(t *testing.T) {
	h := newHall(t, sizes[0])
	round := func() {
		h.scan(h.label(h.four[0]))
		h.scan(h.label(h.five[0]))
		h.scan(command(t, code.SetAside))
		h.scan(h.label(h.five[0]))
		h.loading().dismiss()
		for _, screen := range []string{"nav.audit", "nav.labels", "nav.trucks", "nav.progress", "nav.receive", "nav.settings"} {
			h.tap(T(screen))
			h.settle()
		}
		h.tap(T("settings.out"))
		h.signIn(ledgertest.Penyelia, ledgertest.PIN)
		h.tap(T("nav.load"))
	}
	h.atWork()
	for range 3 {
		round()
	}
	before := runtime.NumGoroutine()
	const rounds = 20
	for range rounds {
		round()
	}
	// Timers and answers that are on their way come to an end.
	const few = rounds / 2
	for end := time.Now().Add(testPatience); runtime.NumGoroutine() > before+few; time.Sleep(10 * time.Millisecond) {
		h.settle()
		if time.Now().After(end) {
			all := make([]byte, 1<<20)
			t.Fatalf("%d goroutines after %d rounds, %d before:\n%s", runtime.NumGoroutine(), rounds, before, all[:runtime.Stack(all, true)])
		}
	}
}
