package kiosk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/assets"
	"dapilgate/labels"
)

func (h *hall) labels() *labelsScreen {
	h.t.Helper()
	x, ok := h.s.shown.(*labelsScreen)
	if !ok {
		h.t.Fatalf("the window shows %T, not the labels: %s", h.s.shown, strings.Join(h.texts(), " | "))
	}
	return x
}

// TestPrintFromTheWindow: choose, look, print; a wrong passphrase prints nothing and voids
// nothing.
func TestPrintFromTheWindow(t *testing.T) {
	h := newHall(t, sizes[0])
	if err := labels.WriteKeyFile(h.s.cfg.Key, h.f.Key, passphrase); err != nil {
		t.Fatal(err)
	}
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	h.tap("Kota Jakarta Timur")
	h.tap("Cakung")
	h.tap(T("labels.next"))
	h.tap(T("labels.reprint"))
	if _, ok := h.targets()[T("labels.print")]; ok {
		t.Error("a reprint is offered without a reason")
	}
	if _, ok := h.targets()[T("labels.next")]; ok {
		t.Error("a reprint goes on without a reason")
	}
	h.tap(T(reprintReasons[0]))
	h.tap("A4, delapan")
	h.tap(T("labels.next"))
	x := h.labels()
	if x.page.Picture == nil || x.page.Last != 2 {
		t.Errorf("15 labels, 8 a page: %d pages to look at (picture: %t)", x.page.Last, x.page.Picture != nil)
	}
	x.pass.SetText("falsch")
	h.tap(T("labels.print"))
	h.until("the wrong passphrase is told", func() bool { return h.s.job == nil })
	h.mustSay(strings.Split(T("error.passphrase"), ".")[0])
	if got := h.f.Boxes(ledger.Filter{Area: "31.75.06", Limit: 1})[0].Revision; got != 1 {
		t.Fatalf("after the wrong passphrase the newest label is revision %d", got)
	}
	x.pass.SetText(passphrase)
	h.tap(T("labels.print"))
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.settle()
	files, err := filepath.Glob(filepath.Join(h.s.cfg.Files, "label-*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v, %v: %v", files, err, h.texts())
	}
	if info, err := os.Stat(files[0]); err != nil || info.Size() < 5000 {
		t.Errorf("%v, %v", info, err)
	}
	h.mustSay(filepath.Base(files[0]))
	if got := h.f.Boxes(ledger.Filter{Area: "31.75.06", Limit: 1})[0].Revision; got != 2 {
		t.Errorf("the newest label is revision %d", got)
	}
}

// TestPrintCanBeStopped: a long print stops at a touch; what was not finished is void, and
// the record agrees with itself.
func TestPrintCanBeStopped(t *testing.T) {
	f := ledgertest.NewFrom(t, assets.DefaultEvent())
	h := hallOf(t, f, sizes[0], func(c *Config) { c.Ledger, c.Key = f.Path, f.Path+".key" })
	if err := labels.WriteKeyFile(h.s.cfg.Key, f.Key, passphrase); err != nil {
		t.Fatal(err)
	}
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	h.tap("4")
	h.tap(T("labels.next"))
	h.tap(T("labels.next"))
	x := h.labels()
	x.pass.SetText(passphrase)
	h.tap(T("labels.print"))
	h.until("the print is under way", func() bool { return h.s.job != nil && h.s.job.done > 0 })
	h.tap(T("labels.cancel"))
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.settle()
	h.mustSay(strings.Split(T("labels.cancelled"), ".")[0])
	n, err := f.Ledger.CountBoxes(t.Context(), ledger.Filter{District: f.District("4")})
	if err != nil || n.Printed >= n.Boxes {
		t.Errorf("%d of %d labels are printed after the stop (%v)", n.Printed, n.Boxes, err)
	}
	files, err := filepath.Glob(filepath.Join(h.s.cfg.Files, "*.pdf"))
	if err != nil || (n.Printed == 0) != (len(files) == 0) {
		t.Errorf("%d labels count as printed, in %d files (%v)", n.Printed, len(files), err)
	}
	f.Verify()
}

// place touches a place of the sheet that is looked at, from 1.
func (h *hall) place(n int) {
	h.t.Helper()
	found := false
	h.walk(func(x seen) {
		if p, ok := x.o.(*sheetPicture); ok && !found {
			found = true
			at, size := p.spot(n, p.Size())
			h.touch(x.at.Add(at).AddXY(size.Width/2, size.Height/2))
		}
	})
	if !found {
		h.t.Fatalf("no sheet is shown: %s", strings.Join(h.texts(), " | "))
	}
}

// printing opens the labels screen with a key that can be used.
func printing(t *testing.T) *hall {
	t.Helper()
	h := newHall(t, sizes[0])
	if err := labels.WriteKeyFile(h.s.cfg.Key, h.f.Key, passphrase); err != nil {
		t.Fatal(err)
	}
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.labels"))
	return h
}

// begins begins to print what is looked at.
func (h *hall) begins() {
	h.t.Helper()
	h.labels().pass.SetText(passphrase)
	if h.labels().on != nil {
		h.tap(T("labels.print.on"))
	} else {
		h.tap(T("labels.print"))
	}
}

// prints prints what is looked at, to its end.
func (h *hall) prints() {
	h.t.Helper()
	h.begins()
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.settle()
}

// TestStartOnAPartUsedSheet: the touched place is where the first sticker is printed; a
// touch beside the places, or on a later page, changes nothing.
func TestStartOnAPartUsedSheet(t *testing.T) {
	h := printing(t)
	h.tap(T("labels.next"))
	h.tap(T("labels.reprint"))
	h.tap(T(reprintReasons[0]))
	h.tap("A4, delapan")
	h.tap(T("labels.next"))
	x := h.labels()
	if x.page.Last != 6 || x.request().Start > 1 {
		t.Fatalf("44 labels on %d pages, from place %d", x.page.Last, x.request().Start)
	}
	for n := x.stock.PerPage(); n > 0; n-- {
		h.place(n)
		if got := x.request().Start; got != n {
			t.Errorf("place %d was touched, and the print begins at %d", n, got)
		}
	}
	h.place(6)
	if x.page.Last != 7 {
		t.Errorf("44 labels from place 6 on: %d pages", x.page.Last)
	}
	h.walk(func(o seen) {
		if p, ok := o.o.(*sheetPicture); ok {
			h.touch(o.at.AddXY(1, p.Size().Height/2)) // beside the paper
		}
	})
	x.page.Number = 2
	x.ask()
	h.settle()
	h.place(2)
	if got := x.request().Start; got != 6 {
		t.Errorf("a touch that means nothing made the print begin at %d", got)
	}
}

// TestPlacesAreLarge: every place of every sheet takes a finger.
func TestPlacesAreLarge(t *testing.T) {
	h := printing(t)
	h.tap(T("labels.next"))
	h.tap(T("labels.reprint"))
	h.tap(T(reprintReasons[0]))
	for _, st := range h.labels().catalogue.Fit {
		if st.PerPage() == 1 {
			continue
		}
		x := h.labels()
		x.stock = st
		x.to(stepLook)
		h.settle()
		h.walk(func(o seen) {
			if p, ok := o.o.(*sheetPicture); ok {
				if _, size := p.spot(1, p.Size()); size.Width < 64 || size.Height < 64 {
					t.Errorf("%s: a place is %v", st.Name, size)
				}
			}
		})
	}
}

// TestPrintIsFoundAgain: who leaves the screen during a print finds it again; who comes
// back after it is told what came of it.
func TestPrintIsFoundAgain(t *testing.T) {
	h := printing(t)
	h.tap(T("labels.next"))
	h.tap(T("labels.reprint"))
	h.tap(T(reprintReasons[0]))
	h.tap(T("labels.next"))
	h.labels().pass.SetText(passphrase)
	h.tap(T("labels.print"))
	if h.s.job == nil {
		t.Fatal("the print ended before anybody could leave")
	}
	h.tap(T("nav.progress"))
	h.tap(T("nav.labels"))
	if h.s.job != nil {
		h.mustSay(T("labels.cancel"))
		if h.says(T("settle.scan")) {
			t.Error("a print under way is taken for a broken one")
		}
	}
	h.tap(T("nav.progress"))
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.tap(T("nav.labels"))
	h.settle()
	h.mustSay("44 label")
}

// TestTimeLeft: nobody is told a time before there is a pace to judge by.
func TestTimeLeft(t *testing.T) {
	for _, tc := range []struct {
		since       time.Duration
		done, total int
		left        time.Duration
		ok          bool
	}{
		{time.Minute, 100, 400, 3 * time.Minute, true},
		{time.Minute, 0, 400, 0, false},
		{time.Millisecond, 100, 400, 0, false},
		{time.Minute, 400, 400, 0, false},
		{2 * time.Hour, 1, 123_064, 2 * time.Hour * 123_063, true},
	} {
		if left, ok := timeLeft(tc.since, tc.done, tc.total); left != tc.left || ok != tc.ok {
			t.Errorf("%d of %d in %v: %v, %t", tc.done, tc.total, tc.since, left, ok)
		}
	}
}
