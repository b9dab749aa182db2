package kiosk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
	"dapilgate/labels/code"
)

// closeLoad closes the open load by touch: nobody counts, and what is missing follows.
func (h *hall) closeLoad() {
	h.t.Helper()
	h.tap(T("load.close"))
	h.tap(T("close.count.skip"))
	if h.says(T("close.rest")) {
		h.tap(T(shortageReasons[0]))
		h.tap(T("close.rest"))
		h.tap(T("close.next"))
	}
	h.tap(T("close.next"))
	h.tap(T("close.do"))
}

// count enters a number on the counter's pad.
func (h *hall) count(n int) {
	h.t.Helper()
	for _, d := range strconv.Itoa(n) {
		h.tap(string(d))
	}
	h.tap(T("pin.ok"))
}

// manifest is what the ledger says of load 1.
func (h *hall) manifest() ledger.Manifest {
	h.t.Helper()
	m, err := h.f.Ledger.Manifest(h.t.Context(), 1)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// TestBlindCountShowsNothing: no number of the record is on the screen before the counter
// has entered theirs, nor after a wrong one; a wrong one leaves no way to close.
func TestBlindCountShowsNothing(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	for _, b := range h.four[:10] {
		h.scan(h.label(b))
	}
	h.loading().dismiss()
	h.tap(T("load.close"))
	blind := func(when string) {
		t.Helper()
		for _, text := range h.texts() {
			for _, n := range []int{10, len(h.four), len(h.four) - 10} {
				if slices.Contains(strings.Fields(text), strconv.Itoa(n)) {
					t.Errorf("%s the screen shows %q", when, text)
				}
			}
		}
	}
	blind("before the count")
	if _, ok := h.targets()[ledgertest.Penyelia]; ok {
		t.Error("the operator may count")
	}
	badge, err := h.f.Ledger.IssueBadge(t.Context(), h.f.Sari, "budi")
	if err != nil {
		t.Fatal(err)
	}
	h.scan(badge)
	if h.s.person.Name != ledgertest.Penyelia || h.dock().Load.Operator != ledgertest.Penyelia {
		t.Errorf("the counter's badge makes %s the operator", h.s.person.Name)
	}
	blind("while it is entered")
	h.count(12)
	h.mustSay(T("close.count.differs", words.Data{"Name": "budi", "Count": "12"}))
	blind("after a wrong count")
	if all := h.targets(); all[T("close.count.skip")].o != nil || all[T("close.next")].o != nil {
		t.Error("a difference can be passed over")
	}
	h.tap(T("back"))
	h.tap(T("load.close"))
	if _, ok := h.targets()[T("close.count.skip")]; ok {
		t.Error("a difference is forgotten when the closing begins anew")
	}
	h.tap("budi")
	h.scan("10") // typed on a keyboard
	h.mustSay(T("close.count.agrees", words.Data{"Name": "budi", "Count": "10"}))
	m := h.manifest()
	if len(m.Counts) != 2 || m.Counts[0].Counted != 12 || m.Counts[1].Counted != 10 {
		t.Errorf("%+v", m.Counts)
	}
}

// TestClosingNamesEachShortage: by kelurahan, by TPS, by box, the rest; and what was typed
// is in the record.
func TestClosingNamesEachShortage(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("load.close"))
	h.tap(T("close.count.skip"))
	next := func() bool { return h.targets()[T("close.next")].o != nil }
	h.tap("Jatinegara")
	h.mustSay(T("close.reason.first"))
	h.tap(T("shortage.full"))
	h.tap("Jatinegara")
	if next() {
		t.Error("it goes on before all is accepted")
	}
	h.loading().closing.at = 0 // the first kelurahan's TPS
	h.s.refresh()
	h.tap(T("shortage.damaged"))
	h.tap(T("close.tps", words.Data{"TPS": 1, "Count": "2"}))
	h.tap(T("close.by.box"))
	one := T("close.box", words.Data{"TPS": 2, "Kind": "DPRDP"})
	h.tap(T("shortage.missing"))
	h.tap(one)
	h.tap(T("shortage.full"))
	h.tap(one)
	h.tap(one) // taken back
	h.tap(T("shortage.missing"))
	h.tap(one)
	h.tap(T("close.done"))
	h.mustSay(T("close.unaccepted", words.Data{"Count": "2"}))
	h.tap(T("shortage.later"))
	h.tap(T("close.rest"))
	if !next() {
		t.Fatalf("all is accepted, and it doesn't go on: %v", h.texts())
	}
	h.tap(T("close.next"))
	for _, k := range "A1" {
		h.tap(string(k))
	}
	h.tap(T("close.seal.add"))
	h.scan("https://silog.example/segel/2")
	h.scan("A1")
	h.mustSay(T("close.seal.twice", words.Data{"Seal": "A1"}))
	h.tap(T("close.escort"))
	for _, k := range "HADI" {
		h.tap(string(k))
	}
	h.tap(T("close.driver"))
	h.scan("Tono")
	h.tap(T("close.next"))
	h.mustSay("A1, https://silog.example/segel/2")
	h.tap(T("close.witness"))
	h.pin("730164")
	m := h.manifest()
	if c := m.Closing; c.Second != "budi" || c.Escort != "HADI" || m.Load.Driver != "Tono" || fmt.Sprint(c.Seals) != "[A1 https://silog.example/segel/2]" {
		t.Errorf("closed with %+v, driver %s", c, m.Load.Driver)
	}
	for _, tt := range []struct {
		area       ledger.TPSLine
		kind, want string
	}{{ledger.TPSLine{Area: "31.75.01.1001", TPS: 1}, "DPR", "shortage.damaged"}, {ledger.TPSLine{Area: "31.75.01.1001", TPS: 2}, "DPR", "shortage.later"},
		{ledger.TPSLine{Area: "31.75.01.1001", TPS: 2}, "DPRDP", "shortage.missing"},
		{ledger.TPSLine{Area: "31.75.06.1001", TPS: 3}, "DPR", "shortage.full"}, {ledger.TPSLine{Area: "31.75.06.1002", TPS: 2}, "DPR", "shortage.later"}} {
		if got := m.Why(tt.area, tt.kind); got != T(tt.want) {
			t.Errorf("%s TPS %d %s is missing for %q", tt.area.Area, tt.area.TPS, tt.kind, got)
		}
	}
	h.f.Verify()
}

// TestTwoPersonsCloseInTheWindow: where the event wants it, there is no way round the
// count, and who counted enters the PIN.
func TestTwoPersonsCloseInTheWindow(t *testing.T) {
	f := ledgertest.NewFrom(t, ledgertest.TwoPersons())
	f.PrintAll()
	h := hallOf(t, f, sizes[0])
	h.dewi()
	h.atWork()
	for _, b := range h.four {
		h.scan(h.label(b))
	}
	// The printed command begins the closing; it can't do it alone.
	shut, err := code.CommandText(code.CloseLoad, "")
	if err != nil {
		t.Fatal(err)
	}
	h.scan(shut)
	if _, ok := h.targets()[T("close.count.skip")]; ok {
		t.Error("the count can be left out")
	}
	h.tap("budi")
	h.count(len(h.four))
	h.tap(T("close.next"))
	h.tap(T("close.do"))
	if d := h.dock(); d.Load == nil {
		t.Fatal("closed without a PIN")
	}
	if _, ok := h.targets()["dewi"]; ok {
		t.Error("another than the counter may confirm")
	}
	h.pin("000000")
	if d := h.dock(); d.Load == nil {
		t.Fatal("closed with a wrong PIN")
	}
	h.pin("730164")
	if m := h.manifest(); m.Closed == nil || m.Closing.Counter != "budi" || m.Closing.Second != "budi" {
		t.Errorf("%+v, %v", m.Closing, h.texts())
	}
	f.Verify()
}

// TestLateBoxEndsTheClosing: a box that is scanned while the load is being closed is
// judged and counts; what was counted before it counts no more.
func TestLateBoxEndsTheClosing(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("load.close"))
	h.tap("budi")
	h.count(1)
	h.scan(h.label(h.four[1]))
	if d := h.dock(); d.Load.Count != 2 || !h.fills(toneGreen.ground) {
		t.Fatalf("the late box: %+v, %v", d.Load, h.texts())
	}
	h.loading().dismiss()
	h.closeLoad()
	if m := h.manifest(); m.Closing.Counter != "" || len(m.Boxes) != 2 {
		t.Errorf("counted by %q with %d boxes", m.Closing.Counter, len(m.Boxes))
	}
	h.f.Verify()
}

// TestWhatIsMissing: loaded, expected and missing by kelurahan and TPS while the load is
// open; the next box goes before it.
func TestWhatIsMissing(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0])) // Pisangan Baru, TPS 1, PPWP
	h.loading().dismiss()
	h.tap(T("missing.button"))
	say := func(on, missing, expected string) {
		t.Helper()
		h.mustSay(T("missing.figures", words.Data{"On": on, "Elsewhere": "0", "Missing": missing, "Expected": expected}))
	}
	say("1", "20", "21")
	say("1", "5", "6")
	say("0", "9", "9")
	h.tap("Pisangan Baru")
	h.mustSay(T("missing.tps", words.Data{"TPS": 1, "Count": "1", "Expected": "3"}))
	h.mustSay("DPR DPRDP")
	h.scan(h.label(h.four[1]))
	if !h.fills(toneGreen.ground) {
		t.Fatalf("a box is not judged here: %v", h.texts())
	}
	h.loading().dismiss()
	h.mustSay(T("load.scan"))
	h.f.Verify()
}
