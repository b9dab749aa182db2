package kiosk

import (
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
)

// zebra is a label printer in the book.
func (h *hall) zebra(set ...func(*printertest.Fake)) *printertest.Fake {
	h.t.Helper()
	f := printertest.New(h.t, set...)
	p := printer.Printer{Name: "Zebra uji", Address: "tcp://" + f.Address(), Stock: "thermal-100x150", DPI: 203}
	if err := h.labels().printers.book.Put(p); err != nil {
		h.t.Fatal(err)
	}
	return f
}

// onPrinter goes with the boxes of a kelurahan to the last step, on the printer.
func (h *hall) onPrinter() {
	h.t.Helper()
	for _, words := range []string{"Kota Jakarta Timur", "Cakung", "Jatinegara", T("labels.next"), T("labels.reprint"), T(reprintReasons[0]), T("labels.printer")} {
		h.tap(words)
	}
	h.until("the printer is listed", func() bool { return len(h.labels().printers.list) > 0 })
	h.tap(T("printers.use"))
	h.tap(T("labels.next"))
}

// TestPrinterStateIsShownAsItChanges: what a printer lacks, and that it has it again.
func TestPrinterStateIsShownAsItChanges(t *testing.T) {
	h := printing(t)
	f := h.zebra(func(f *printertest.Fake) { f.PaperOut, f.RibbonOut = 1, 0 })
	h.tap(T("labels.tab.printers"))
	h.until("it has no paper", func() bool { return h.says(words.Reason(printer.PaperOut)) })
	f.Refill()
	h.until("it is ready", func() bool { return h.says(T("printer.idle")) })
	f.Stop()
	h.until("it is silent", func() bool { return h.says(T("printers.silent")) })
	stopped := h.labels().printers
	h.tap(T("nav.progress"))
	if stopped.watch != nil {
		t.Error("printers are still looked at when nobody sees it")
	}
}

// TestPrintOnAPrinterRunsOutOfPaper: the window says so while it waits, the print goes on by
// itself, and each label comes out once.
func TestPrintOnAPrinterRunsOutOfPaper(t *testing.T) {
	h := printing(t)
	f := h.zebra(func(f *printertest.Fake) { f.OutAt = 4 })
	h.onPrinter()
	if x := h.labels(); x.stock.Name != "thermal-100x150" {
		t.Errorf("the paper is %s, not what lies in the printer", x.stock.Name)
	}
	h.begins()
	h.until("the paper is out", func() bool { return h.says(words.Reason(printer.PaperOut)) })
	h.mustSay(T("printers.fix"))
	if n := f.Count(); n != 3 {
		t.Errorf("%d labels came out before the paper ended", n)
	}
	f.Refill()
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.settle()
	h.mustSay(T("labels.came", words.Data{"Labels": 9, "Printer": "Zebra uji"}))
	if n := f.Count(); n != 9 {
		t.Errorf("%d labels came out, of 9", n)
	}
	b, err := h.f.Ledger.Batches(t.Context(), false)
	if err != nil || b[0].State != ledger.BatchDone || b[0].Good != 9 || b[0].Output != "Zebra uji" {
		t.Errorf("%+v, %v", b[0], err)
	}
	h.f.Verify()
}

// TestStoppedPrinterPrintIsSettled: a print that is stopped while labels are on their way is
// settled by the scan of the last good one, and gone on with; in the end no box has two good
// labels.
func TestStoppedPrinterPrintIsSettled(t *testing.T) {
	h := printing(t)
	f := h.zebra(func(f *printertest.Fake) { f.OutAt = 6 })
	h.onPrinter()
	h.begins()
	h.until("the paper is out", func() bool { return h.says(words.Reason(printer.PaperOut)) })
	h.tap(T("labels.cancel"))
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.settle()
	h.mustSay(T("settle.scan"))
	boxes := h.f.Boxes(ledger.Filter{Area: "31.75.06.1001"})
	f.Refill()
	came := f.Count()
	h.scan(h.f.Label(boxes[came-1].Box, 2))
	h.mustSay(T("only.rest", words.Data{"Batch": 2}))
	if got, want := h.labels().count, 9-came; got != want {
		t.Errorf("%d labels came out and %d are left", came, got)
	}
	h.tap(T("labels.next"))
	h.prints()
	if n := f.Count(); n != 9 {
		t.Errorf("%d labels came out, of 9", n)
	}
	h.f.Verify()
}

// TestPrinterIsAddedCalibratedAndForgotten: by touch, and kept in the book.
func TestPrinterIsAddedCalibratedAndForgotten(t *testing.T) {
	h := printing(t)
	h.tap(T("labels.tab.printers"))
	h.tap(T("printers.add"))
	x := h.labels().printers
	x.name.SetText("Laser lantai 2")
	x.address.SetText("teletype:7")
	h.tap(T("printers.add"))
	h.mustSay(T("error.printer"))
	f := printertest.New(t)
	x.address.SetText("tcp://" + f.Address())
	h.tap(T("printers.add"))
	h.tap("Laser lantai 2")
	h.tap(T("printers.page"))
	h.until("the page came out", func() bool {
		return f.Count() == 1 && h.says(T("printers.page.done", words.Data{"Printer": "Laser lantai 2"}))
	})
	// 11.5 mm instead of 10 to the upright line: the print must move to the left.
	x.opened.m.Left = 10.4
	h.s.refresh()
	h.tap("+1") // of any measure; what counts is what is kept
	x.opened.m = labels.ExpectedMeasures(x.opened.stock)
	x.opened.m.Left += 1.5
	h.tap(T("printers.keep"))
	kept, err := x.book.Kept()
	if err != nil || len(kept) != 1 || kept[0].Calibration.X != -1.5 || kept[0].Calibration.Y != 0 {
		t.Fatalf("%+v, %v", kept, err)
	}
	x.opened.m.Left = 60
	h.tap(T("printers.keep"))
	if kept, err := x.book.Kept(); err != nil || kept[0].Calibration.X != -1.5 {
		t.Errorf("a measure that can't be was kept: %+v, %v", kept, err)
	}
	h.tap(T("printers.reset"))
	if kept, err := x.book.Kept(); err != nil || kept[0].Calibration != (printer.Calibration{}) {
		t.Errorf("%+v, %v", kept, err)
	}
	h.tap(T("printers.forget"))
	if kept, err := x.book.Kept(); err != nil || len(kept) != 1 {
		t.Errorf("forgotten at the first touch: %v", err)
	}
	h.tap(T("printers.forget.sure"))
	if kept, err := x.book.Kept(); err != nil || len(kept) != 0 {
		t.Errorf("%+v, %v", kept, err)
	}
}

// TestReprintTakesTwo: where there is a second penyelia, nothing is voided without the PIN.
func TestReprintTakesTwo(t *testing.T) {
	h := printing(t)
	if _, err := h.f.Ledger.AddPerson(t.Context(), h.f.Sari, "dewi", ledger.Penyelia, "551122"); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"Kota Jakarta Timur", "Cakung", "Jatinegara", T("labels.next"), T("labels.reprint"), T(reprintReasons[0]), T("labels.next")} {
		h.tap(words)
	}
	box := h.f.Boxes(ledger.Filter{Area: "31.75.06.1001", Limit: 1})[0].Box.ID()
	revision := func() int {
		row, err := h.f.Ledger.Box(t.Context(), box)
		if err != nil {
			t.Fatal(err)
		}
		return row.Revision
	}
	h.labels().pass.SetText(passphrase)
	h.tap(T("labels.print"))
	h.mustSay(T("second.help"))
	h.scan(h.label(h.four[0])) // a scan is no PIN
	h.scan(ledgertest.PIN)     // nor is the first one's
	h.mustSay(T("error.pin"))
	if revision() != 1 || h.s.job != nil {
		t.Fatal("a label was voided by one person alone")
	}
	h.scan("551122")
	h.until("the print ends", func() bool { return h.s.job == nil })
	h.settle()
	if revision() != 2 {
		t.Errorf("the newest label is revision %d: %v", revision(), h.texts())
	}
	h.f.Verify()
}
