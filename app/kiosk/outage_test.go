package kiosk

import (
	"strings"
	"testing"

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
