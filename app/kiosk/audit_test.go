package kiosk

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// asking is a penyelia who asks after a small day: a load with boxes, a box of another
// district, an old label, a lock cleared by PIN.
func inAudit(t *testing.T) *hall {
	t.Helper()
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.scan(h.label(h.four[1]))
	h.f.Print(h.four[2].Box.ID())
	h.scan(h.label(h.four[2]))
	h.scan(h.label(h.five[0]))
	h.tap(T("lock.penyelia"))
	h.tap(ledgertest.Penyelia)
	h.tap(T(clearReasons[0]))
	h.pin(ledgertest.PIN)
	h.loading().dismiss()
	h.tap(T("nav.audit"))
	return h
}

func (h *hall) audit() *auditScreen {
	h.t.Helper()
	x, ok := h.s.shown.(*auditScreen)
	if !ok {
		h.t.Fatalf("the window shows %T, not the audit screen", h.s.shown)
	}
	return x
}

// TestAuditorsQuestions: each is answered by touch alone.
func TestAuditorsQuestions(t *testing.T) {
	h := inAudit(t)
	// Where is box X?
	h.tap(T("audit.q.where"))
	h.keys(h.four[0].Box.ID())
	h.tap(T("ask.go"))
	h.mustSay(T("should.truck", words.Data{"Truck": "B 9123 KPU"}))
	h.mustSay(h.four[0].Box.ID())
	h.tap(T("back"))
	// What did truck Y carry at a time?
	h.tap(T("audit.q.truck"))
	h.tap("B 9123 KPU")
	h.keys("23:59")
	h.tap(T("ask.go"))
	if c := h.audit().answer.Cargo; c == nil || c.Count != 2 || c.At.IsZero() {
		t.Fatalf("%+v", h.audit().answer)
	}
	h.mustSay(words.N("audit.carried", 2))
	h.tap(h.four[1].Box.ID()) // a box of it
	h.mustSay(T("should.truck", words.Data{"Truck": "B 9123 KPU"}))
	h.tap(T("back"))
	h.mustSay(words.N("audit.carried", 2))
	h.tap(T("back"))
	// Who printed label Z twice?
	h.tap(T("audit.q.twice"))
	if a := h.audit().answer; a.Total != 2 || a.Labels[0].Box != h.four[2].Box.ID() || a.Labels[0].By != ledgertest.Penyelia {
		t.Fatalf("%+v", a)
	}
	h.tap(T("back"))
	// Which boxes of Cakung are missing? Its name is written wrongly, offered, picked.
	h.tap(T("audit.q.missing"))
	h.keys("cakng")
	h.tap(T("level.kecamatan") + " Cakung")
	h.tap(T("ask.go"))
	want, err := h.f.Ledger.CountBoxes(t.Context(), ledger.Filter{Area: "31.75.06", State: ledger.BoxMissing})
	if err != nil {
		t.Fatal(err)
	}
	if a := h.audit().answer; a.Total != want.Boxes || len(a.Boxes) != linesAPage || a.Boxes[0].Kecamatan != "Cakung" {
		t.Fatalf("%d of %d, %+v", a.Total, want.Boxes, a.Boxes)
	}
	first := h.audit().answer.Boxes[0].Box
	h.audit().lines.page = 1
	h.audit().ask()
	h.settle()
	if a := h.audit().answer; a.Boxes[0].Box <= first {
		t.Errorf("the second page begins with %s, the first with %s", a.Boxes[0].Box, first)
	}
}

// TestNamesArePicked: an area's name alone finds nothing, however right.
func TestNamesArePicked(t *testing.T) {
	h := inAudit(t)
	h.scan("kurang jatinegara")
	a := h.audit().answer
	if len(a.Boxes) != 0 || len(a.Areas) != 2 {
		t.Fatalf("%+v", a)
	}
	h.mustSay("31.75.03")
	h.mustSay("31.75.06.1001")
	h.tap(T("level.kelurahan") + " Jatinegara")
	if a := h.audit().answer; len(a.Boxes) == 0 || a.Question.Boxes.Area != "31.75.06.1001" || a.Question.Boxes.State != ledger.BoxMissing {
		t.Fatalf("%+v", a)
	}
}

// TestScanAlwaysWorks: on each face of the audit screen, and amid what is typed on buttons.
func TestScanAlwaysWorks(t *testing.T) {
	h := inAudit(t)
	label := h.label(h.four[0])
	for _, to := range []func(){
		func() {}, func() { h.tap(T("audit.keys")) }, func() { h.tap(T("audit.keys")); h.keys("cak") }, func() { h.scan("sari") }, func() { h.scan("zzzz") },
		func() { h.scan("muatan 1") }, func() { h.tap(T("audit.anomalies")) },
	} {
		h.s.show(newAudit(h.s))
		h.settle()
		to()
		h.scan(label)
		if a := h.audit().answer; a == nil || a.Box == nil || a.Box.Box != h.four[0].Box.ID() {
			t.Fatalf("%+v: %s", a, strings.Join(h.texts(), " | "))
		}
	}
	// What a person types goes on behind what was touched.
	h.tap(T("audit.keys"))
	h.keys("31.75.06 ")
	h.runes("kurang")
	h.mustSay("31.75.06 kurang")
	h.key(fyne.KeyReturn)
	h.settle()
	if q := h.audit().answer.Question; q.Boxes.Area != "31.75.06" || q.Boxes.State != ledger.BoxMissing {
		t.Errorf("%+v", q)
	}
}

// TestAnomaliesByRole: the gravest first, each leads to a trail; a petugas is not shown any.
func TestAnomaliesByRole(t *testing.T) {
	h := inAudit(t)
	h.tap(T("audit.anomalies"))
	x := h.s.shown.(*anomalies)
	if len(x.list) != 2 {
		t.Fatalf("%+v", x.list)
	}
	h.tap(T("anomaly.old_label"))
	if a := h.audit().answer; a.Box == nil || a.Box.Box != h.four[2].Box.ID() {
		t.Fatalf("%+v", a)
	}
	h.tap(T("back"))
	h.mustSay(T("anomaly.lock_cleared"))
	if _, err := h.f.Ledger.AddPerson(t.Context(), h.f.Sari, "ratna", ledger.Auditor, "915027"); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name, pin string
		sees      bool
	}{{"ratna", "915027", true}, {"budi", "730164", false}} {
		h.s.show(newSignIn(h.s))
		h.settle()
		h.signIn(p.name, p.pin)
		if p.name == "budi" {
			h.scan(h.label(h.four[3])) // the load is the penyelia's: taken over first
		}
		h.s.show(newAudit(h.s))
		h.settle()
		if _, ok := h.targets()[T("audit.anomalies")]; ok != p.sees {
			t.Errorf("%s is shown anomalies: %t", p.name, ok)
		}
	}
}

// TestEveryEventHasWords: a life may hold any kind of event.
func TestEveryEventHasWords(t *testing.T) {
	src, err := os.ReadFile("../ledger/event.go")
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`Kind += "([a-z_]+)"`).FindAllStringSubmatch(string(src), -1)
	kinds = append(kinds, regexp.MustCompile(`DocumentIssued +Kind = "([a-z_]+)"`).FindAllStringSubmatch(string(src), -1)...)
	if len(kinds) < 30 {
		t.Fatalf("%d kinds of events were found", len(kinds))
	}
	for _, language := range []string{words.Bahasa, words.English} {
		if err := words.Use(language); err != nil {
			t.Fatal(err)
		}
		for _, k := range kinds {
			if s := T("event." + k[1]); s == "event."+k[1] {
				t.Errorf("no words for %s in %s", k[1], language)
			}
		}
	}
	if err := words.Use(words.Bahasa); err != nil {
		t.Fatal(err)
	}
}
