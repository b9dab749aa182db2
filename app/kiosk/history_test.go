package kiosk

import (
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"

	"fyne.io/fyne/v2"
)

// inHistory is a penyelia who looks at the history of prints. There are two: everything,
// and one box anew.
func inHistory(t *testing.T) *hall {
	t.Helper()
	h := newHall(t, sizes[0])
	h.f.Print(h.four[3].Box.ID())
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	h.tap(T("labels.tab.history"))
	return h
}

// TestHistoryIsSearched: by what a person types and by a scan, both without a text field.
func TestHistoryIsSearched(t *testing.T) {
	h := inHistory(t)
	h.mustSay("#2 · a6")
	h.runes("jatinegara cak")
	h.mustSay("jatinegara cak")
	h.key(fyne.KeyBackspace)
	h.runes("kung rev 1")
	h.key(fyne.KeyReturn)
	h.settle()
	if x := h.labels().history; x.total != 9 || len(x.found) != labelsAPage {
		t.Fatalf("%q found %d, %d on the page", x.query, x.total, len(x.found))
	}
	first := h.labels().history.found[0]
	h.labels().history.pages.page = 1
	h.labels().history.read()
	h.settle()
	if x := h.labels().history; len(x.found) != 4 || x.found[0] == first {
		t.Errorf("the second page has %d labels, the first of them %+v", len(x.found), x.found[0])
	}
	// The sticker that was replaced, by its own code.
	h.scan(h.label(h.four[3]))
	h.mustSay(h.four[3].Box.ID())
	h.mustSay(T("label.replaced"))
	h.tap("Seluruh cetakan 1")
	if x := h.labels().history; x.total != 44 || x.print == nil || x.print.ID != 1 {
		t.Errorf("of print 1 there are %d labels (%+v)", x.total, x.print)
	}
	h.tap(T("history.prints"))
	h.mustSay("#1 · a6")
	h.scan("tidak ada")
	h.mustSay(T("history.none"))
}

// TestFoundLabelIsSpoiled: with a reason; then the dock takes it no more, and the box is up
// for printing again, without a reprint.
func TestFoundLabelIsSpoiled(t *testing.T) {
	h := inHistory(t)
	box := h.four[5]
	h.scan(h.label(box))
	if _, ok := h.targets()[T("found.spoil")]; ok {
		t.Error("a label is spoiled without a reason")
	}
	h.tap(T(spoilReasons[1]))
	h.tap(T("found.spoil"))
	h.mustSay(T("found.nolabel"))
	found, _, err := h.f.Ledger.FindLabels(t.Context(), ledger.LabelQuery{Box: box.Box.ID()})
	if err != nil || len(found) != 1 || found[0].State != ledger.LabelSpoiled {
		t.Fatalf("%+v, %v", found, err)
	}
	h.tap(T("found.print.new"))
	if r := h.labels().request(); r.Reprint || h.labels().count != 1 {
		t.Errorf("a box without a label is printed as %+v, %d labels", r, h.labels().count)
	}
	h.f.Verify()
}

// TestFoundLabelIsReprinted: its box alone, with a reason; the old label is refused then.
func TestFoundLabelIsReprinted(t *testing.T) {
	h := printing(t)
	h.tap(T("labels.tab.history"))
	box := h.five[2]
	h.scan(h.label(box))
	h.tap(T("found.reprint"))
	if _, ok := h.targets()[T("labels.next")]; ok {
		t.Error("a reprint goes on without a reason")
	}
	h.tap(T("back"))
	h.mustSay(T("found.all", map[string]any{"Batch": 1})) // the label is looked at again
	h.tap(T("found.reprint"))
	h.tap(T(reprintReasons[1]))
	h.tap(T("labels.next"))
	h.prints()
	row, err := h.f.Ledger.Box(t.Context(), box.Box.ID())
	if err != nil || row.Revision != 2 {
		t.Fatalf("%+v, %v", row, err)
	}
	b, err := h.f.Ledger.Batches(t.Context(), false)
	if err != nil || b[0].Issued != 1 || b[0].Reason != T(reprintReasons[1]) || b[0].By != ledgertest.Penyelia {
		t.Errorf("%+v, %v", b[0], err)
	}
	h.tap(T("labels.tab.back"))
	h.scan(h.label(box))
	h.mustSay(T("back.void"))
}

// TestLoadedLabelStays: what is on a truck is neither spoiled nor printed anew.
func TestLoadedLabelStays(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("nav.labels"))
	h.tap(T("labels.tab.history"))
	h.scan(h.label(h.four[0]))
	h.mustSay(T("found.loaded"))
	h.mustSay("B 9123 KPU")
	for _, key := range []string{"found.reprint", "found.spoil", "found.print.new", spoilReasons[0]} {
		if _, ok := h.targets()[T(key)]; ok {
			t.Errorf("%q is offered", T(key))
		}
	}
}

// TestLabelsAreScannedBack: each counts once; what is void, strange or cut off does not.
func TestLabelsAreScannedBack(t *testing.T) {
	h := inHistory(t)
	h.tap(T("labels.tab.back"))
	checked := func() int {
		t.Helper()
		b, err := h.f.Ledger.Batches(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		return b[len(b)-1].Checked
	}
	h.scan(h.label(h.four[0]))
	h.mustSay(h.four[0].Box.ID())
	h.mustSay("1 / 43")
	h.scan(h.label(h.four[0]))
	h.mustSay(T("back.twice", map[string]any{"Box": h.four[0].Box.ID()}))
	h.scan(h.label(h.four[3]))
	h.mustSay(T("back.void"))
	h.scan(h.label(h.four[1])[:50])
	h.mustSay(T("back.again"))
	h.scan("8992761002015")
	h.mustSay(T("back.foreign"))
	if n := checked(); n != 1 {
		t.Errorf("%d labels count as scanned back", n)
	}
	h.scan(h.label(h.four[1]))
	if n := checked(); n != 2 {
		t.Errorf("%d labels count as scanned back", n)
	}
	h.tap("#1 · a6") // which are missing?
	if x := h.labels().history; x.total != 41 {
		t.Errorf("of 43 labels, two were scanned back, and %d are missing", x.total)
	}
	h.f.Verify()
}

// TestWhoMayDoWhatWithLabels: a petugas scans back and looks, an auditor looks.
func TestWhoMayDoWhatWithLabels(t *testing.T) {
	h := newHall(t, sizes[0])
	if _, err := h.f.Ledger.AddPerson(t.Context(), h.f.Sari, "ratna", ledger.Auditor, "915027"); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		name, pin string
		back      bool
	}{{"budi", "730164", true}, {"ratna", "915027", false}} {
		h.s.show(newSignIn(h.s))
		h.settle()
		h.signIn(p.name, p.pin)
		h.tap(T("nav.labels"))
		all := h.targets()
		if _, ok := all[T("labels.tab.print")]; ok {
			t.Errorf("%s may print", p.name)
		}
		if _, ok := all[T("labels.tab.back")]; ok != p.back {
			t.Errorf("%s may scan back: %t", p.name, ok)
		}
		h.scan(h.label(h.four[0]))
		h.mustSay(h.four[0].Box.ID())
		all = h.targets()
		for _, key := range []string{"found.reprint", "found.spoil", spoilReasons[0]} {
			if _, ok := all[T(key)]; ok {
				t.Errorf("%s is offered %q", p.name, T(key))
			}
		}
	}
}
