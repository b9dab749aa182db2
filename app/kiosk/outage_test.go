package kiosk

import (
	"strings"
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/ledger/pgtest"
	"dapilgate/app/words"
)

// TestOutageIsSeenAndEnds: nobody scans, and yet the window turns red when the server is
// gone, says since when, and is itself again when the server is back.
func TestOutageIsSeenAndEnds(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	f.PrintAll()
	net := s.Network(t)
	h := hallOf(t, f, sizes[0], func(c *Config) {
		c.Ledger, c.Memory = net.Address(pgtest.Owner, pgtest.Schema(f.Path)), t.TempDir()
	})
	h.atWork()
	says := func(what string) func() bool { return func() bool { return h.says(what) } }
	h.until("ready", says(T("load.scan")))
	net.Break(pgtest.Cut)
	h.until("red", says(T("verdict.unavailable.head")))
	if a := h.s.station.Away(); a == nil || !strings.Contains(strings.Join(h.texts(), " "), T("unavailable.since", words.Data{"Time": words.Clock(a.Since)})) {
		t.Errorf("since when is not told: %+v, %q", a, h.texts())
	}
	net.Break(pgtest.Healthy)
	h.until("ready again", says(T("load.scan")))
	h.scan(f.Label(h.four[0].Box, 1))
	h.until("green", says(T("verdict.accepted.head")))
}

// TestLostScansAreNotedInTheWindow: a server that was behind takes over; the window is red
// and names the boxes until a penyelia has noted it, and then they are scanned again.
func TestLostScansAreNotedInTheWindow(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	f.PrintAll()
	h := hallOf(t, f, sizes[0], func(c *Config) { c.Ledger, c.Memory = f.Path, t.TempDir() })
	h.signIn("budi", "730164")
	h.pass("B 9123 KPU", "4")
	h.scan(f.Label(h.four[0].Box, 1))
	s.Snapshot(t)
	says := func(what string) func() bool { return func() bool { return h.says(what) } }
	h.until("ready", func() bool { return h.s.station.Away() == nil })
	for _, b := range h.four[1:3] {
		h.until("green", func() bool {
			h.scan(f.Label(b.Box, 1))
			return h.says(T("verdict.accepted.head")) || h.says(T("verdict.duplicate.head"))
		})
	}
	s.FallBack(t)
	h.until("the alarm", says(T("lost.button")))
	h.scan(f.Label(h.four[3].Box, 1))
	if h.says(T("verdict.accepted.head")) {
		t.Fatal("green before a penyelia has seen it")
	}
	h.tap(T("lost.button"))
	h.mustSay(h.four[1].Box.ID())
	h.mustSay(h.four[2].Box.ID())
	h.tap(T(lossReasons[0]))
	h.pin("111222")
	h.mustSay(T("error.pin"))
	h.pin(ledgertest.PIN)
	h.until("ready again", func() bool { return h.s.station.Away() == nil && h.says(T("load.scan")) })
	for _, b := range h.four[1:4] {
		h.until("green again", func() bool {
			h.scan(f.Label(b.Box, 1))
			return h.says(T("verdict.accepted.head"))
		})
	}
	f.Reopen()
	if e := h.lastEvent(ledger.LossNoted); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), T(lossReasons[0])) {
		t.Errorf("the record says %s of %s", e.Payload, e.Actor)
	}
	f.Verify()
}
