package kiosk

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
	"dapilgate/labels/code"
)

// forged is a label of our form that another key signed.
func (h *hall) forged() string {
	h.t.Helper()
	_, other, err := ed25519.GenerateKey(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.f.LabelBy(other, h.four[4].Box, 1)
}

func (h *hall) counting() *countScreen {
	h.t.Helper()
	x, ok := h.s.shown.(*countScreen)
	if !ok {
		h.t.Fatalf("the window shows %T, not the count", h.s.shown)
	}
	return x
}

func (h *hall) person(name string) ledger.Person {
	h.t.Helper()
	people, err := h.f.Ledger.People(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range people {
		if p.Name == name {
			return p
		}
	}
	h.t.Fatalf("nobody is called %s", name)
	return ledger.Person{}
}

// joins lets another person count two boxes elsewhere.
func (h *hall) joins(name string) {
	h.t.Helper()
	p, id := h.person(name), h.counting().session.ID
	_, err := h.f.Ledger.JoinCount(h.t.Context(), p, id)
	for _, b := range h.five[5:7] {
		if err == nil {
			_, err = h.f.Ledger.CountScan(h.t.Context(), p, id, ledger.NewID(), code.Parse(h.label(b), h.f.Keys()))
		}
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.counting().read()
	h.settle()
}

// recounts lets another person recount all that they may: one box is here, the rest is not.
func (h *hall) recounts(name string) {
	h.t.Helper()
	p, id := h.person(name), h.counting().session.ID
	_, err := h.f.Ledger.RecountScan(h.t.Context(), p, id, ledger.NewID(), code.Parse(h.label(h.five[8]), h.f.Keys()))
	if err == nil {
		_, err = h.f.Ledger.EndRecount(h.t.Context(), p, id)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	h.counting().answer = nil
	h.counting().read()
	h.settle()
}

// counted lets budi count some of the boxes of dapil 5 and one of dapil 4, and compares: the
// differences are for who is at the window.
func (h *hall) counted() ledger.Counting {
	h.t.Helper()
	ctx, budi := h.t.Context(), h.person("budi")
	c, err := h.f.Ledger.OpenCount(ctx, h.f.Sari, ledger.CountScope{Scope: ledger.Scope{District: h.f.District("5"), Area: "31.75.03"}})
	if err == nil {
		_, err = h.f.Ledger.JoinCount(ctx, budi, c.ID)
	}
	for _, b := range append(h.four[7:8:8], h.five[5:]...) {
		if err == nil {
			_, err = h.f.Ledger.CountScan(ctx, budi, c.ID, ledger.NewID(), code.Parse(h.label(b), h.f.Keys()))
		}
	}
	if err == nil {
		err = h.f.Ledger.EndPass(ctx, budi, c.ID, "budi")
	}
	if err == nil {
		c, err = h.f.Ledger.CompareCount(ctx, h.f.Sari, c.ID)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// TestCount is a count on the screen: blind while it lasts, what differs to another person,
// and a signature that leaves its papers.
func TestCount(t *testing.T) {
	h := newHall(t, sizes[0])
	h.dewi()
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.audit"))
	h.tap(T("audit.count"))
	h.scan(h.label(h.five[0]))
	h.mustSay(T("count.first"))
	h.tap(T("count.new"))
	h.tap("5")
	h.scan("Gudang B")
	h.tap(T("count.open"))
	h.tap(T("count.begin"))
	blind := func() {
		t.Helper()
		for _, key := range []string{"count.expected", "count.match", "count.class.kurang", "count.class.lebih", "count.class.salah_tempat"} {
			if slices.Contains(h.texts(), T(key)) {
				t.Errorf("%q is told while people count", T(key))
			}
		}
		if n := words.Number(len(h.five)); strings.Contains(strings.Join(h.texts(), " "), " "+n+" ") {
			t.Errorf("the expected number %s is told while people count: %v", n, h.texts())
		}
	}
	blind()
	h.scan(h.label(h.five[0]))
	h.mustSay(words.CountAnswer(gate.Counted))
	h.scan(h.label(h.five[0]))
	h.mustSay(words.CountAnswer(gate.CountAgain))
	h.scan(h.label(h.four[0]))
	h.mustSay(words.CountAnswer(gate.Counted)) // that it belongs elsewhere is not told
	blind()
	if n := h.counting().answer.Boxes; n != 2 {
		t.Errorf("%d boxes in my pass, scanned 2", n)
	}
	h.tap(T("count.pause"))
	blind()
	h.joins("budi")
	if _, ok := h.targets()[T("count.compare")]; ok {
		t.Error("compared while budi counts")
	}
	h.tap(T("count.goon"))
	h.tap(T("count.done"))
	h.tap(T("count.end"))
	h.tap(T("count.compare"))
	h.mustSay(T("count.class.salah_tempat"))
	c, err := h.f.Ledger.CountResult(t.Context(), h.counting().session.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Totals(false); got.Matching != 3 || got.Missing != len(h.five)-3 || got.Misplaced != 1 {
		t.Fatalf("%+v of %d", got, len(h.five))
	}
	// I counted the misplaced box, and looked for the others.
	h.scan(h.label(h.four[0]))
	h.mustSay(words.CountAnswer(gate.CountOwn))
	if _, ok := h.targets()[T("count.sign")]; ok {
		t.Error("signed before it is recounted")
	}
	h.recounts("dewi")
	h.tap(T("count.sign"))
	h.pin("111222")
	h.mustSay(T("error.pin"))
	h.pin(ledgertest.PIN)
	for _, form := range []string{"pdf", "xlsx", "csv"} {
		if st, err := os.Stat(filepath.Join(h.s.cfg.Files, "hasil-penghitungan-0001."+form)); err != nil || st.Size() == 0 {
			t.Errorf("the berita acara as %s: %v", form, err)
		}
	}
	now, err := h.f.Ledger.CountingByID(t.Context(), c.ID)
	if err != nil || now.State != ledger.CountFinished || now.SignedBy != ledgertest.Penyelia {
		t.Errorf("the count is %s by %q, %v", now.State, now.SignedBy, err)
	}
	h.tap(T("count.print"))
	h.mustSay(T("count.printed", words.Data{"Files": h.s.cfg.Files})[:20])
	h.f.Verify()
}

// TestRecount: what is scanned is here, and with one touch the rest is not.
func TestRecount(t *testing.T) {
	h := newHall(t, sizes[0])
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.audit"))
	h.tap(T("audit.count"))
	c := h.counted()
	h.counting().enter(c)
	h.settle()
	before, err := h.f.Ledger.CountResult(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.mustSay(words.N("count.recount", before.Open()))
	h.scan(h.label(h.five[1]))
	h.mustSay(words.CountAnswer(gate.CountFound))
	h.scan(h.label(h.five[6])) // counted and in order
	h.mustSay(words.CountAnswer(gate.CountNotAsked))
	h.tap(words.N("count.gone", before.Open()-1))
	after, err := h.f.Ledger.CountResult(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got, was := after.Totals(true), before.Totals(false); after.Open() != 0 || got.Matching != was.Matching+1 || got.Missing != was.Missing-1 || got.Misplaced != 0 {
		t.Errorf("%+v after %+v, %d open", got, was, after.Open())
	}
	h.mustSay(T("count.sign"))
}

// TestCountOfPetugas: a petugas counts and recounts, and neither opens nor compares.
func TestCountOfPetugas(t *testing.T) {
	h := newHall(t, sizes[0])
	c, err := h.f.Ledger.OpenCount(t.Context(), h.f.Sari, ledger.CountScope{Room: "Aula"})
	if err != nil {
		t.Fatal(err)
	}
	h.signIn("budi", "730164")
	h.tap(T("nav.audit"))
	h.tap(T("audit.count"))
	if _, ok := h.targets()[T("count.new")]; ok {
		t.Error("a petugas may open a count")
	}
	h.counting().enter(c)
	h.settle()
	h.tap(T("count.begin"))
	h.scan(h.label(h.four[0]))
	h.tap(T("count.done"))
	if _, ok := h.targets()[T("count.compare")]; ok {
		t.Error("a petugas may compare")
	}
	// Somebody compares elsewhere: the window follows.
	if _, err := h.f.Ledger.CompareCount(t.Context(), h.f.Sari, c.ID); err != nil {
		t.Fatal(err)
	}
	h.s.follow()
	h.settle()
	h.mustSay(T("count.nodiff"))
	h.mustSay(T("count.tosign"))
}
