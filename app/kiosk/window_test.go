package kiosk

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/report"
	"dapilgate/app/sound"
	"dapilgate/app/words"
	"dapilgate/assets"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
	"dapilgate/scanner"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// hall is a window on a real ledger. The test's goroutine is the window's: what the
// program wants done there waits in ui until settle does it.
type hall struct {
	t    testing.TB
	f    *ledgertest.Fixture
	s    *shell
	win  fyne.Window
	ui   chan func()
	four []ledger.BoxRow // boxes of dapil 4
	five []ledger.BoxRow // of dapil 5
}

var sizes = []fyne.Size{{Width: 1280, Height: 800}, {Width: 1366, Height: 768}, {Width: 1920, Height: 1080}}

// testPatience is for anything to happen on a busy machine: pages are drawn by a program of
// their own.
const testPatience = 3 * time.Minute

const passphrase = "tiga kotak suara"

// newHall opens the window on a new ledger in which every box has its label.
func newHall(t testing.TB, size fyne.Size, change ...func(*Config)) *hall {
	t.Helper()
	f := ledgertest.New(t)
	f.PrintAll()
	return hallOf(t, f, size, change...)
}

// hallOf opens the window on a ledger that gets two trucks and a petugas.
func hallOf(t testing.TB, f *ledgertest.Fixture, size fyne.Size, change ...func(*Config)) *hall {
	t.Helper()
	f.Truck("B 9123 KPU")
	f.Truck("B 9456 KPU")
	if _, err := f.Ledger.AddPerson(t.Context(), f.Sari, "budi", ledger.Petugas, "730164"); err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, f: f}
	h.four, h.five = f.Boxes(ledger.Filter{District: f.District("4")}), f.Boxes(ledger.Filter{District: f.District("5")})
	h.open(size, append([]func(*Config){func(c *Config) { c.Ledger, c.Key = f.Path, f.Path+".key" }}, change...)...)
	return h
}

// open opens the window. It reaches the ledger through its file, as the program does.
func (h *hall) open(size fyne.Size, change ...func(*Config)) {
	t := h.t
	t.Helper()
	if err := words.Use(words.Bahasa); err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t)
	h.win = test.NewTempWindow(t, nil)
	h.ui = make(chan func(), 100_000)
	cfg := Config{Dock: 1, Language: words.Bahasa, Files: t.TempDir(), Sound: sound.NewPlayer(nil)}
	for _, c := range change {
		c(&cfg)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	h.s = newShell(ctx, h.win, cfg, func(f func()) { h.ui <- f }, fyne.CurrentApp().Settings().SetTheme)
	over := make(chan struct{})
	go func() { h.s.work(); close(over) }()
	listened := make(chan struct{})
	go func() { h.s.devices.listen(); close(listened) }()
	t.Cleanup(func() {
		stop()
		<-over
		<-listened
		h.s.close()
	})
	h.win.Resize(size)
	h.s.start()
	h.settle()
}

// settle does what waits for the window's goroutine, until all the ledger's jobs are done
// and nothing new came of them.
func (h *hall) settle() {
	h.t.Helper()
	for range 4 {
		done := false
		h.s.later(func() func() { return func() { done = true } })
		for !done {
			h.next()
		}
	}
	for len(h.ui) > 0 {
		h.next()
	}
}

func (h *hall) next() {
	h.t.Helper()
	select {
	case f := <-h.ui:
		f()
	case <-time.After(testPatience):
		h.t.Fatal("the window waits for something that never comes")
	}
}

// until does what the window does until something is so.
func (h *hall) until(what string, so func() bool) {
	h.t.Helper()
	deadline := time.After(testPatience)
	for !so() {
		select {
		case f := <-h.ui:
			f()
		case <-deadline:
			h.t.Fatalf("never: %s", what)
		}
	}
}

// seen is an object as it stands in the window.
type seen struct {
	o        fyne.CanvasObject
	at       fyne.Position
	scrolled bool // inside a list that scrolls
}

// walk visits every visible object of the window.
func (h *hall) walk(visit func(seen)) {
	var in func(o fyne.CanvasObject, at fyne.Position, scrolled bool)
	in = func(o fyne.CanvasObject, at fyne.Position, scrolled bool) {
		if o == nil || !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		visit(seen{o, at, scrolled})
		switch x := o.(type) {
		case *fyne.Container:
			for _, c := range x.Objects {
				in(c, at, scrolled)
			}
		case fyne.Widget:
			scrolled = scrolled || strings.Contains(reflect.TypeOf(o).String(), "Scroll")
			for _, c := range test.WidgetRenderer(x).Objects() {
				in(c, at, scrolled)
			}
		}
	}
	in(h.win.Canvas().Content(), fyne.Position{}, false)
}

// texts are all texts of the window.
func (h *hall) texts() []string {
	var out []string
	h.walk(func(x seen) {
		if t, ok := x.o.(*canvas.Text); ok && t.Text != "" {
			out = append(out, t.Text)
		}
	})
	return out
}

// says tells whether the window shows a text, broken into lines or not.
func (h *hall) says(text string) bool {
	return strings.Contains(strings.Join(h.texts(), " "), text)
}

func (h *hall) mustSay(text string) {
	h.t.Helper()
	if !h.says(text) {
		h.t.Fatalf("the window doesn't say %q but: %s", text, strings.Join(h.texts(), " | "))
	}
}

// targets are what can be touched, with the words on each.
func (h *hall) targets() map[string]seen {
	out := map[string]seen{}
	h.walk(func(x seen) {
		if _, ok := x.o.(fyne.Tappable); !ok {
			return
		}
		var parts []string
		var in func(o fyne.CanvasObject)
		in = func(o fyne.CanvasObject) {
			switch o := o.(type) {
			case *canvas.Text:
				parts = append(parts, o.Text)
			case *fyne.Container:
				for _, c := range o.Objects {
					in(c)
				}
			case fyne.Widget:
				for _, c := range test.WidgetRenderer(o).Objects() {
					in(c)
				}
			}
		}
		in(x.o)
		out[strings.TrimSpace(strings.Join(parts, " "))] = x
	})
	return out
}

// tap touches the target with these words, where it stands in the window.
func (h *hall) tap(words string) {
	h.t.Helper()
	all := h.targets()
	x, ok := all[words]
	for name, y := range all {
		if !ok && strings.HasPrefix(name, words) {
			x, ok = y, true
		}
	}
	if !ok {
		var names []string
		for name := range all {
			names = append(names, name)
		}
		h.t.Fatalf("nothing to touch says %q, only: %q", words, names)
	}
	h.touch(x.at.AddXY(x.o.Size().Width/2, x.o.Size().Height/2))
}

// touch is a finger anywhere. Like the real window it first takes the focus away.
func (h *hall) touch(at fyne.Position) {
	h.t.Helper()
	h.win.Canvas().Unfocus()
	test.TapCanvas(h.win.Canvas(), at)
	h.settle()
}

// key is a key of the keyboard or the scanner, sent as the real window sends it.
func (h *hall) key(name fyne.KeyName) {
	if w := h.win.Canvas().Focused(); w != nil {
		w.TypedKey(&fyne.KeyEvent{Name: name})
	} else if f := h.win.Canvas().OnTypedKey(); f != nil {
		f(&fyne.KeyEvent{Name: name})
	}
}

func (h *hall) runes(s string) {
	for _, r := range s {
		if w := h.win.Canvas().Focused(); w != nil {
			w.TypedRune(r)
		} else if f := h.win.Canvas().OnTypedRune(); f != nil {
			f(r)
		}
	}
}

// scan is a whole scan of a keyboard wedge.
func (h *hall) scan(text string) {
	h.t.Helper()
	h.runes(text)
	h.key(fyne.KeyReturn)
	h.settle()
}

func (h *hall) label(b ledger.BoxRow) string { return h.f.Label(b.Box, b.Revision) }

// signIn signs in by touch.
func (h *hall) signIn(name, pin string) {
	h.t.Helper()
	h.tap(name)
	for _, d := range pin {
		h.tap(string(d))
	}
	h.tap(T("pin.ok"))
	if h.s.person.Name != name {
		h.t.Fatalf("%q signed in, not %q: %s", h.s.person.Name, name, strings.Join(h.texts(), " | "))
	}
}

// atWork signs in and opens a load of dapil 4.
func (h *hall) atWork() {
	h.t.Helper()
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.pass("B 9123 KPU", "4")
}

// pass scans the gate pass of a truck.
func (h *hall) pass(plate, district string) {
	h.t.Helper()
	p, err := h.f.Ledger.IssuePass(h.t.Context(), h.f.Sari, plate, h.f.District(district), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	text, err := p.Code()
	if err != nil {
		h.t.Fatal(err)
	}
	h.scan(text)
}

// fills tells whether a colour covers the whole window.
func (h *hall) fills(c color.NRGBA) bool {
	whole := h.win.Canvas().Size()
	found := false
	h.walk(func(x seen) {
		if r, ok := x.o.(*canvas.Rectangle); ok && r.FillColor == c && r.Size().Width >= whole.Width-1 && r.Size().Height >= whole.Height-1 {
			found = true
		}
	})
	return found
}

// dock is what the ledger says about dock 1.
func (h *hall) dock() ledger.DockState {
	h.t.Helper()
	d, err := h.f.Ledger.Dock(h.t.Context(), 1)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// picture keeps what the window looks like, where a folder is given for it: pictures to
// look at, not to compare.
func (h *hall) picture(name string) {
	h.t.Helper()
	dir := os.Getenv("DAPILGATE_PICTURES")
	if dir == "" {
		return
	}
	file, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		h.t.Fatal(err)
	}
	if err := errors.Join(png.Encode(file, h.win.Canvas().Capture()), file.Close()); err != nil {
		h.t.Fatal(err)
	}
}

// view is one thing that the window can show, and the way to it.
type view struct {
	name string
	to   func(h *hall)
}

// views are all of them, in an order in which each is reached from the one before.
var views = []view{
	{"signin", func(h *hall) {}},
	{"signin-pin", func(h *hall) { h.tap(ledgertest.Penyelia) }},
	{"signin-wrong", func(h *hall) {
		for range 6 {
			h.tap("1")
		}
		h.tap(T("pin.ok"))
	}},
	{"load-none", func(h *hall) {
		for _, d := range ledgertest.PIN {
			h.tap(string(d))
		}
		h.tap(T("pin.ok"))
	}},
	{"load-district", func(h *hall) { h.tap("B 9123 KPU") }},
	{"load-opened", func(h *hall) { h.pass("B 9123 KPU", "4") }},
	{"load-idle", func(h *hall) { h.loading().result = nil; h.s.refresh() }},
	{"redistrict", func(h *hall) { h.tap(T("redistrict.button")) }},
	{"redistrict-ready", func(h *hall) {
		h.tap("5 DKI JAKARTA 5")
		h.tap(T("choose.done"))
		h.tap(T(redistrictReasons[0]))
	}},
	{"accepted", func(h *hall) { h.scan(h.label(h.four[0])) }},
	{"duplicate", func(h *hall) { h.scan(h.label(h.four[0])) }},
	{"unreadable", func(h *hall) { h.scan(h.label(h.four[1])[:60]) }},
	{"foreign", func(h *hall) { h.scan("https://silog.example/kotak/3175061001/012") }},
	{"other_event-card", func(h *hall) { h.scan(h.card().Good) }},
	{"held", func(h *hall) {
		b := h.four[2]
		if err := h.f.Ledger.SetHold(h.t.Context(), h.f.Sari, b.Box.ID(), "kotak basah kena banjir"); err != nil {
			h.t.Fatal(err)
		}
		h.scan(h.label(b))
	}},
	{"void_label", func(h *hall) {
		b := h.four[3]
		h.f.Print(b.Box.ID())
		h.scan(h.label(b))
	}},
	{"wrong_district", func(h *hall) { h.scan(h.label(h.five[0])) }},
	{"locked", func(h *hall) { h.scan(h.label(h.four[4])) }},
	{"locked-armed", func(h *hall) { h.tap(T("lock.aside")) }},
	{"set_aside", func(h *hall) { h.scan(h.label(h.five[0])) }},
	{"forged", func(h *hall) { h.scan(h.forged()) }},
	{"clear", func(h *hall) { h.tap(T("lock.penyelia")) }},
	{"clear-pin", func(h *hall) {
		h.tap(ledgertest.Penyelia)
		h.tap(T(clearReasons[0]))
	}},
	{"load-again", func(h *hall) {
		for _, d := range ledgertest.PIN {
			h.tap(string(d))
		}
		h.tap(T("pin.ok"))
	}},
	{"lost", func(h *hall) {
		lost := &dock.LostError{Dock: 1, From: 1201, To: 1230}
		for _, b := range h.four[:9] {
			lost.Boxes = append(lost.Boxes, b.Box.ID())
		}
		h.loading().err = lost
		h.s.refresh()
	}},
	{"lost-note", func(h *hall) { h.tap(T("lost.button")) }},
	{"lost-pin", func(h *hall) { h.tap(ledgertest.Penyelia); h.tap(T(lossReasons[0])) }},
	{"lost-wrong", func(h *hall) { h.pin("111222") }},
	{"lost-left", func(h *hall) { h.tap(T("back")) }},
	{"undo", func(h *hall) { h.tap(T("load.undo")) }},
	{"undone", func(h *hall) { h.tap(T("undo.do")) }},
	{"missing", func(h *hall) { h.loading().result = nil; h.s.refresh(); h.tap(T("missing.button")) }},
	{"missing-tps", func(h *hall) { h.tap("Jatinegara") }},
	{"close-count", func(h *hall) { h.tap(T("load.close")) }},
	{"close-counting", func(h *hall) { h.tap("budi"); h.tap("7") }},
	{"close-differs", func(h *hall) { h.tap("1"); h.tap(T("pin.ok")) }},
	{"close-agrees", func(h *hall) { h.count(h.dock().Load.Count) }},
	{"close-unreasoned", func(h *hall) { h.tap(T("close.rest")) }},
	{"close-short", func(h *hall) { h.tap(T(shortageReasons[1])); h.tap("Jatinegara") }},
	{"close-tps", func(h *hall) { h.loading().closing.at = 0; h.s.refresh() }},
	{"close-tps-one", func(h *hall) { h.tap(T("close.tps", words.Data{"TPS": 1, "Count": "3"})) }},
	{"close-box", func(h *hall) { h.tap(T("close.by.box")) }},
	{"close-named", func(h *hall) { h.tap(T("close.done")); h.tap(T(shortageReasons[0])); h.tap(T("close.rest")) }},
	{"close-seals", func(h *hall) { h.tap(T("close.next")) }},
	{"close-seals-typed", func(h *hall) {
		for _, k := range "KPU-31750" {
			h.tap(string(k))
		}
		h.tap(T("close.seal.add"))
		h.scan("A 0001")
		h.scan("A 0001")
	}},
	{"close-seals-many", func(h *hall) {
		for _, s := range []string{"A 0002", "A 0003", "SEGEL PLASTIK 0123456789012345678901234"} {
			h.scan(s)
		}
		h.tap("W")
	}},
	{"close-escort", func(h *hall) {
		h.tap(T("close.escort"))
		h.scan("Bripka Hadi Sulistyo Wirawan, Polsek Cakung")
	}},
	{"close-confirm", func(h *hall) { h.tap(T("close.next")) }},
	{"close-witness", func(h *hall) { h.tap(T("close.witness")) }},
	{"closed", func(h *hall) { h.pin("730164") }},
	{"papers", func(h *hall) { h.loading().result = nil; h.s.refresh() }},
	{"papers-made", func(h *hall) { h.tap(T("papers.make")) }},
	{"depart", func(h *hall) { h.tap(T("depart.button")) }},
	{"departed", func(h *hall) { h.tap(T("depart.do")) }},
	{"return", func(h *hall) { h.tap(T("return.button")) }},
	{"return-ready", func(h *hall) { h.tap("B 9123 KPU"); h.tap(T(returnReasons[0])) }},
	{"return-none", func(h *hall) { h.loading().exception.load.ID, h.loading().exception.gone = 0, nil; h.s.refresh() }},
	{"trucks", func(h *hall) { h.tap(T("nav.trucks")) }},
	{"trucks-pass", func(h *hall) { h.tap(T("trucks.pass")) }},
	{"trucks-kecamatan", func(h *hall) { h.tap("4 DKI JAKARTA 4") }},
	{"trucks-done", func(h *hall) { h.tap("Cakung"); h.tap(T("choose.done")) }},
	{"labels", func(h *hall) { h.tap(T("nav.labels")) }},
	{"labels-kota", func(h *hall) { h.tap("Kota Jakarta Timur") }},
	{"labels-paper", func(h *hall) { h.tap(T("labels.next")) }},
	{"labels-reprint", func(h *hall) { h.tap(T("labels.reprint")) }},
	{"labels-refused", func(h *hall) { h.labels().stockPages.page = 2; h.s.refresh() }},
	{"labels-look", func(h *hall) {
		h.labels().stockPages.page = 0
		h.s.refresh()
		h.tap(T(reprintReasons[0]))
		h.tap("A4, delapan")
		h.tap(T("labels.next"))
	}},
	{"labels-start", func(h *hall) { h.place(4) }},
	{"labels-page", func(h *hall) { h.labels().page.Number = 3; h.labels().ask(); h.settle() }},
	{"labels-running", func(h *hall) {
		h.s.job = &printJob{cancel: func() {}, done: 12_345, total: 123_064, began: time.Now().Add(-time.Hour)}
		h.s.refresh()
	}},
	{"labels-stopping", func(h *hall) { h.tap(T("labels.cancel")) }},
	{"labels-broken", func(h *hall) { h.s.job = nil; h.breakPrint(2); h.tap(T("nav.labels")) }},
	{"labels-settled", func(h *hall) { h.tap(T("settle.none")) }},
	{"history", func(h *hall) { h.tap(T("labels.tab.history")) }},
	{"history-found", func(h *hall) { h.scan("cakung dprdp") }},
	{"history-print", func(h *hall) { h.tap(T("history.prints")); h.tap("#3") }},
	{"history-none", func(h *hall) { h.scan("kepulauan seribu selatan, 14.2.2024") }},
	{"history-label", func(h *hall) { h.scan(h.label(h.four[6])) }},
	{"history-spoil", func(h *hall) { h.tap(T(spoilReasons[0])) }},
	{"history-spoiled", func(h *hall) { h.tap(T("found.spoil")) }},
	{"history-reprint", func(h *hall) { h.scan(h.label(h.five[1])); h.tap(T("found.reprint")) }},
	{"back", func(h *hall) { h.tap(T("labels.tab.back")) }},
	{"back-good", func(h *hall) { h.scan(h.label(h.four[5])) }},
	{"back-twice", func(h *hall) { h.scan(h.label(h.four[5])) }},
	{"back-void", func(h *hall) { h.scan(h.f.Label(h.four[3].Box, 1)) }},
	{"back-foreign", func(h *hall) { h.scan("https://silog.example/kotak/3175061001/012") }},
	{"printers-none", func(h *hall) { h.tap(T("labels.tab.printers")) }},
	{"printers-add", func(h *hall) { h.tap(T("printers.add")) }},
	{"printers", func(h *hall) { h.tap(T("back")); h.printers() }},
	{"printers-card", func(h *hall) { h.tap("Zebra gudang") }},
	{"printers-shifted", func(h *hall) { h.tap("+1"); h.tap(T("printers.keep")) }},
	{"printers-forget", func(h *hall) { h.labels().note = nil; h.tap(T("printers.forget")) }},
	{"printers-chosen", func(h *hall) { h.tap(T("back")); h.tap(T("printers.use")) }},
	{"printers-running", func(h *hall) {
		h.s.job = &printJob{cancel: func() {}, done: 40, total: 123, began: time.Now().Add(-time.Minute), on: "Zebra gudang utama lantai 2",
			status: printer.Status{State: printer.Stopped, Reasons: []printer.Reason{printer.PaperOut, printer.HeadOpen}, Warnings: []printer.Reason{printer.InkLow}}}
		h.s.refresh()
	}},
	{"approve", func(h *hall) {
		h.s.job = nil
		h.dewi()
		h.tap(T("labels.tab.history"))
		h.scan(h.label(h.five[3]))
		h.tap(T(spoilReasons[0]))
		h.tap(T("found.spoil"))
	}},
	{"approve-wrong", func(h *hall) { h.scan("123456") }},
	{"selftest", func(h *hall) { h.selfTest() }},
	{"selftest-other", func(h *hall) { h.scan(h.card().Good) }},
	{"selftest-box", func(h *hall) { h.scan(h.label(h.four[0])) }},
	{"selftest-calibrated", func(h *hall) { h.scan(scanner.Calibration) }},
	{"selftest-good", func(h *hall) { h.scan(h.card().Good) }},
	{"selftest-duplicate", func(h *hall) { h.scan(h.card().Good) }},
	{"selftest-wrong", func(h *hall) { h.scan(h.card().Wrong) }},
	{"selftest-saved", func(h *hall) { h.tap(T("selftest.print")) }},
	{"selftest-sounds", func(h *hall) { h.scan(h.card().Forged) }},
	{"selftest-playing", func(h *hall) { h.tap(T("selftest.play")) }},
	{"selftest-passed", func(h *hall) { h.tap(T("selftest.heard")) }},
	{"selftest-done", func(h *hall) { h.tap(T("selftest.done")) }},
	{"selftest-silent", func(h *hall) { h.mute(); h.selfTest() }},
	{"selftest-failed", func(h *hall) {
		for range 5 {
			h.tap(T("selftest.unread"))
		}
	}},
	{"selftest-warned", func(h *hall) { h.tap(T("selftest.done")) }},
	{"count-none", func(h *hall) { h.tap(T("nav.audit")); h.tap(T("audit.count")) }},
	{"count-new", func(h *hall) { h.tap(T("count.new")) }},
	{"count-room", func(h *hall) { h.scan("Gudang Rawa Gelam II, lorong 3"); h.tap("Kota Jakarta Timur"); h.tap("5") }},
	{"count-opened", func(h *hall) { h.tap(T("count.open")) }},
	{"count-joined", func(h *hall) { h.tap(T("count.begin")) }},
	{"count-counted", func(h *hall) { h.scan(h.label(h.five[4])) }},
	{"count-again", func(h *hall) { h.scan(h.label(h.five[4])) }},
	{"count-forged", func(h *hall) { h.scan(h.forged()) }},
	{"count-other", func(h *hall) { h.scan(h.label(h.four[7])) }},
	{"count-done", func(h *hall) { h.tap(T("count.done")) }},
	{"count-two", func(h *hall) { h.joins("budi") }},
	{"count-differs", func(h *hall) { h.tap(T("count.end")); h.tap(T("count.compare")) }},
	{"count-own", func(h *hall) { h.scan(h.label(h.four[7])) }},
	{"count-later", func(h *hall) { h.counting().differs.page = 1; h.s.refresh() }},
	{"count-recount", func(h *hall) { h.recounts("dewi") }},
	{"count-sign", func(h *hall) { h.tap(T("count.sign")) }},
	{"count-signed", func(h *hall) { h.pin(ledgertest.PIN) }},
	{"count-printed", func(h *hall) { h.tap(T("count.print")) }},
	{"count-sample", func(h *hall) { h.tap(T("back")); h.tap(T("count.new")); h.tap("20"); h.tap(T("count.open")) }},
	{"count-forme", func(h *hall) { h.counting().enter(h.counted()); h.settle() }},
	{"count-found", func(h *hall) { h.scan(h.label(h.five[1])) }},
	{"count-gone", func(h *hall) { h.counting().gone(); h.settle() }},
	{"count-list", func(h *hall) { h.tap(T("back")) }},
	{"progress", func(h *hall) { h.tap(T("nav.progress")) }},
	{"progress-saved", func(h *hall) { h.tap(T("progress.save")) }},
	{"progress-tps", func(h *hall) {
		x := h.s.shown.(*progress)
		x.into(within{"31.75", "Kota Jakarta Timur"}, within{"31.75.06", "Cakung"}, within{"31.75.06.1001", "Jatinegara"})
		h.settle()
	}},
	{"settings", func(h *hall) { h.tap(T("nav.settings")) }},
	{"settings-backup", func(h *hall) { h.backUp() }},
	{"settings-nobackup", func(h *hall) {
		h.s.station.KeepBackups(filepath.Join(os.DevNull, "cadangan"), 3)
		h.tap(T("settings.backup.now"))
		h.until("a backup fails", func() bool { return h.s.station.Backups().Err != nil && !h.says(T("backup.making")) })
	}},
	{"ownpin", func(h *hall) { h.tap(T("settings.pin")) }},
	{"ownpin-differs", func(h *hall) {
		h.s.shown.(*ownPIN).pin.SetText("918273")
		h.tap(T("ownpin.do"))
	}},
	{"ownpin-left", func(h *hall) { h.tap(T("back")) }},
	{"settings-mended", func(h *hall) { h.backUp() }},
	{"scanners", func(h *hall) { h.tap(T("settings.tab.scanners")) }},
	{"scanners-label", func(h *hall) { h.scan(h.label(h.four[0])) }},
	{"scanners-controls", func(h *hall) { h.heard("\x02]Q1"+strings.Repeat("\x1dDG1", 99), scanner.Silence) }},
	{"scanners-well", func(h *hall) { h.scan(scanner.Calibration) }},
	{"scanners-bad", func(h *hall) {
		h.heard("\x02]Q1"+strings.NewReplacer("Y", "z", "Z", "y", "y", "Z", "z", "Y", "A", "a").Replace(scanner.Calibration)[:40]+"\x03", scanner.Silence)
	}},
	{"audit", func(h *hall) { h.tap(T("nav.audit")) }},
	{"audit-box", func(h *hall) { h.scan(h.label(h.four[0])) }},
	{"audit-none", func(h *hall) { h.scan("31.75.06.1001-999-DPRDP") }},
	{"audit-checkpoint", func(h *hall) { h.scan(h.checkpoints()[1].String()) }},
	{"audit-keys", func(h *hall) { h.tap(T("audit.keys")) }},
	{"audit-offers", func(h *hall) { h.keys("kurang cipnang besar") }},
	{"audit-pick", func(h *hall) { h.tap(T("ask.clear")); h.scan("which boxes of cakng are missing") }},
	{"audit-missing", func(h *hall) { h.tap(T("level.kecamatan") + " Cakung") }},
	{"audit-trucks", func(h *hall) { h.tap(T("nav.audit")); h.tap(T("audit.q.truck")) }},
	{"audit-loads", func(h *hall) { h.scan("B 9123 KPU") }},
	{"audit-load", func(h *hall) { h.scan("muatan 1") }},
	{"audit-life", func(h *hall) { h.tap(T("audit.life")) }},
	{"audit-bare", func(h *hall) { h.scan("muatan 1 " + h.opened().Format("2006-01-02T15:04:05")) }},
	{"audit-twice", func(h *hall) { h.scan("dua kali") }},
	{"audit-loaded", func(h *hall) { h.scan(h.four[0].Box.ID()) }},
	{"audit-person", func(h *hall) { h.scan("sari") }},
	{"audit-unknown", func(h *hall) { h.scan("zzzzzz") }},
	{"audit-nothing", func(h *hall) { h.scan("sari 2020-01-01") }},
	{"anomalies", func(h *hall) { h.tap(T("nav.audit")); h.tap(T("audit.anomalies")) }},
	{"anomalies-box", func(h *hall) { h.tap(T("anomaly.forged_label")) }},
	{"people", func(h *hall) { h.tap(T("nav.settings")); h.tap(T("settings.people")) }},
	{"people-person", func(h *hall) { h.tap("budi") }},
	{"people-ask", func(h *hall) { h.tap(T("people.badge")) }},
	{"people-wrong", func(h *hall) { h.pin("111222") }},
	{"people-done", func(h *hall) { h.pin(dewiPIN) }},
	{"receive-none", func(h *hall) { h.tap(T("nav.receive")) }},
	{"receive-stays", func(h *hall) { h.scan(h.brought()) }},
	{"receive-which", func(h *hall) { h.tap(T("receive.depart")) }},
	{"receive-open", func(h *hall) { h.tap("Cakung") }},
	{"received", func(h *hall) { h.scan(h.label(h.four[7])) }},
	{"received-already", func(h *hall) { h.scan(h.label(h.four[7])) }},
	{"received-extra", func(h *hall) { h.scan(h.label(h.four[13])) }},
	{"received-wrong", func(h *hall) { h.scan(h.label(h.five[4])) }},
	{"received-next", func(h *hall) { h.scan(h.label(h.four[5])) }},
	{"receive-idle", func(h *hall) { h.tap(T("verdict.seen")) }},
	{"receive-areas", func(h *hall) { h.tap(T("receive.byarea")) }},
	{"receive-undone", func(h *hall) { h.tap(T("receive.undo")) }},
	{"receive-why", func(h *hall) { h.scan(h.label(h.four[7])); h.receiving().dismiss(); h.tap(T("receive.end")) }},
	{"receive-why-area", func(h *hall) { h.tap("Jatinegara") }},
	{"receive-why-extra", func(h *hall) { h.tap(T(missingReasons[1])) }},
	{"receive-why-ready", func(h *hall) { h.tap(T(extraReasons[0])) }},
	{"receive-sign", func(h *hall) { h.tap(T("receive.tosign")) }},
	{"receive-sign-wrong", func(h *hall) { h.scan("Hadi Kusuma"); h.pin("111222") }},
	{"receive-signed", func(h *hall) { h.pin(ledgertest.PIN) }},
	{"receive-made", func(h *hall) { h.tap(T("receive.make")) }},
	{"receive-papers", func(h *hall) { h.scan("https://silog.example/kotak/3175061001/012") }},
	{"audit-received", func(h *hall) { h.tap(T("verdict.seen")); h.tap(T("nav.audit")); h.scan(h.label(h.four[7])) }},
	{"wall", func(h *hall) { h.tap(T("nav.progress")); h.tap(T("progress.wall")) }},
	{"wall-left", func(h *hall) { h.tap(T("wall.leave")); h.signIn(ledgertest.Penyelia, ledgertest.PIN) }},
	{"wall-truck", func(h *hall) {
		h.pass("B 9123 KPU", "4")
		h.scan(h.label(h.four[1]))
		h.loading().dismiss()
		h.tap(T("nav.progress"))
		h.tap(T("progress.wall"))
	}},
	{"wall-badge", func(h *hall) { h.scan("zzz"); h.signIn(ledgertest.Penyelia, ledgertest.PIN) }},
	{"takeover", func(h *hall) {
		h.tap(T("nav.settings"))
		h.tap(T("settings.out"))
		h.signIn("budi", "730164")
	}},
	{"takeover-first", func(h *hall) { h.scan(h.label(h.four[6])) }},
	{"move", func(h *hall) {
		h.tap(T("takeover.do"))
		h.tap(T("load.close"))
		h.tap(T("move.button"))
	}},
	{"move-ready", func(h *hall) { h.tap("B 9456 KPU"); h.tap(T(moveReasons[0])) }},
	{"move-ask", func(h *hall) { h.tap(T("move.do")) }},
	{"moved", func(h *hall) { h.tap("dewi"); h.pin(dewiPIN) }},
	{"reopen-offer", func(h *hall) {
		h.closeLoad()
		h.loading().dismiss()
	}},
	{"reopen", func(h *hall) { h.tap(T("reopen.do")) }},
	{"reopen-ask", func(h *hall) { h.tap(T(reopenReasons[1])); h.tap(T("reopen.do")) }},
	{"reopened", func(h *hall) { h.tap("dewi"); h.pin(dewiPIN) }},
	{"countdown", func(h *hall) {
		h.s.cfg.Idle = time.Minute
		h.s.idle.now = func() time.Time { return time.Now().Add(37 * time.Second) }
		h.s.tick()
	}},
	{"countdown-over", func(h *hall) { h.s.cfg.Idle = 0; h.s.touched() }},
}

const dewiPIN = "551122"

// dewi adds a second penyelia.
func (h *hall) dewi() {
	h.t.Helper()
	if _, err := h.f.Ledger.AddPerson(h.t.Context(), h.f.Sari, "dewi", ledger.Penyelia, dewiPIN); err != nil {
		h.t.Fatal(err)
	}
}

// pin enters a PIN on the pad.
func (h *hall) pin(digits string) {
	h.t.Helper()
	for _, d := range digits {
		h.tap(string(d))
	}
	h.tap(T("pin.ok"))
}

// checkpoints are those of the ledger as it is now.
func (h *hall) checkpoints() []code.Checkpoint {
	h.t.Helper()
	seal, err := h.s.ledger.NewSeal(h.t.Context(), h.f.Sari)
	if err != nil {
		h.t.Fatal(err)
	}
	all, err := h.s.ledger.Checkpoints(h.t.Context(), seal)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// brought loads boxes of two kecamatan at another dock and returns the code of their surat
// jalan; their truck has not departed.
func (h *hall) brought() string {
	h.t.Helper()
	const dock = 2
	ctx := h.t.Context()
	ld, err := h.f.Ledger.OpenLoad(ctx, h.f.Sari, dock, "B 9456 KPU", h.f.District("4"), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, b := range append([]ledger.BoxRow{h.four[5]}, h.four[7:13]...) {
		j, err := h.f.Ledger.Judge(ctx, ledger.ScanRequest{ID: ledger.NewID(), Dock: dock, Operator: "sari", Reading: code.Parse(h.label(b), h.f.Keys())})
		if err != nil || j.Decision.Verdict != gate.Accepted {
			h.t.Fatalf("%s: %s, %v", b.Box.ID(), j.Decision.Verdict, err)
		}
	}
	if _, err := h.f.Ledger.CloseLoad(ctx, h.f.Sari, dock, "uji"); err != nil {
		h.t.Fatal(err)
	}
	d, err := report.Issue(ctx, h.f.Ledger, h.f.Sari, report.KindSuratJalan, ld.ID, report.Paper{Escort: "Bripka Hadi"})
	if err != nil {
		h.t.Fatal(err)
	}
	var j struct {
		Checkpoint string `json:"checkpoint"`
	}
	b, err := json.Marshal(d.Data)
	if err == nil {
		err = json.Unmarshal(b, &j)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return j.Checkpoint
}

func (h *hall) receiving() *receiving {
	h.t.Helper()
	x, ok := h.s.shown.(*receiving)
	if !ok {
		h.t.Fatalf("the window shows %T, not the receiving screen: %s", h.s.shown, strings.Join(h.texts(), " | "))
	}
	return x
}

// backUp makes a backup by the button, where one can be made.
func (h *hall) backUp() {
	h.t.Helper()
	h.s.station.KeepBackups(filepath.Join(h.t.TempDir(), "cadangan"), 3)
	h.s.refresh()
	h.tap(T("settings.backup.now"))
	h.until("a backup", func() bool {
		b := h.s.station.Backups()
		return b.Last != nil && b.Err == nil && !h.says(T("backup.making"))
	})
}

// printers makes a book of printers, of which one has no paper and one does not answer.
func (h *hall) printers() {
	h.t.Helper()
	out := printertest.New(h.t, func(f *printertest.Fake) { f.PaperOut, f.HeadOpen, f.Model = 1, 1, "ZT230-200dpi,V72.19.6Z,8,8192KB" })
	silent := printertest.New(h.t)
	silent.Stop()
	x := h.labels()
	for _, p := range []printer.Printer{
		{Name: "Zebra gudang", Address: "tcp://" + out.Address(), Stock: "thermal-100x150", DPI: 203},
		{Name: "Zebra cadangan", Address: "tcp://" + silent.Address(), Stock: "thermal-100x150"},
		{Name: "Laser kantor", Address: "ipp://127.0.0.1:1/ipp/print"},
	} {
		if err := x.printers.book.Put(p); err != nil {
			h.t.Fatal(err)
		}
	}
	x.printers.read()
	h.until("all printers are heard of", func() bool { return len(x.printers.how) == 3 })
	h.settle()
}

// heard is a scan of a device that is called Pistol 1.
func (h *hall) heard(text string, end rune) {
	h.t.Helper()
	h.s.devices.heard(scanner.Event{Source: "Pistol 1", What: scanner.Scanned, Scan: scanner.Scan{Text: text, Terminator: end, Source: "Pistol 1", At: time.Now()}})
	h.settle()
}

// keys types on the keyboard of buttons.
func (h *hall) keys(text string) {
	h.t.Helper()
	for _, c := range strings.ToUpper(text) {
		if c == ' ' {
			h.tap(T("key.space"))
		} else {
			h.tap(string(c))
		}
	}
}

// opened is when the first load was opened, in Jakarta.
func (h *hall) opened() time.Time {
	h.t.Helper()
	ld, err := h.f.Ledger.LoadByID(h.t.Context(), 1)
	if err != nil {
		h.t.Fatal(err)
	}
	return ld.Opened.Add(time.Second).In(time.FixedZone("WIB", 7*60*60))
}

// breakPrint leaves a print in the ledger as a crash does: labels planned and sent, and
// nobody who says what came out. It returns its boxes.
func (h *hall) breakPrint(n int) []string {
	h.t.Helper()
	ctx := h.t.Context()
	id, err := h.f.Ledger.OpenBatch(ctx, h.f.Sari, ledger.BatchRequest{Stock: "a6", Reprint: true, Reason: "uji", Choice: "DPRDP 310006", Output: "tcp://10.0.0.7:9100"})
	if err != nil {
		h.t.Fatal(err)
	}
	var boxes []string
	for _, r := range h.f.Boxes(ledger.Filter{District: h.f.District("6"), Limit: n}) {
		boxes = append(boxes, r.Box.ID())
	}
	revisions, err := h.f.Ledger.PlanLabels(ctx, h.f.Sari, id, true, boxes)
	if err == nil {
		err = h.f.Ledger.LabelsSent(ctx, h.f.Sari, id, boxes, revisions)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return boxes
}

func (h *hall) loading() *loading {
	h.t.Helper()
	x, ok := h.s.shown.(*loading)
	if !ok {
		h.t.Fatalf("the window shows %T, not the loading screen: %s", h.s.shown, strings.Join(h.texts(), " | "))
	}
	return x
}

// everyView goes through all views and the screens without a ledger.
func everyView(t *testing.T, size fyne.Size, look func(h *hall, name string), change ...func(*Config)) {
	t.Helper()
	h := newHall(t, size, append(change, func(c *Config) { c.Demo = []Person{{"Sari", "482913"}, {"Budi", "730164"}, {"Ratna", "915027"}} })...)
	for _, v := range views {
		v.to(h)
		look(h, v.name)
	}
	h.s.show(newFailure(h.s, func() string { return words.Error(fmt.Errorf("open dock 1: %w", ledger.ErrInUse)) }))
	look(h, "failure")
	h.s.show(newFailure(h.s, func() string {
		return T("start.fault") + " faulty configuration: /etc/dapilgate/config.toml:12: theme: expected [\"dark\" \"light\"], not blue"
	}))
	look(h, "fault")
	h.s.show(newExit(h.s))
	h.settle()
	look(h, "exit")
	h.s.show(newSetup(h.s))
	look(h, "setup")
}

// setUpBy makes ledger and key as the program does, of the small event.
func setUpBy(address string) func(context.Context, Setup, func(int, int)) (*ledger.Ledger, error) {
	return func(ctx context.Context, in Setup, progress func(done, total int)) (*ledger.Ledger, error) {
		src, err := election.Open(assets.DefaultEvent())
		if err != nil {
			return nil, err
		}
		key, err := labels.GenerateKey()
		if err != nil {
			return nil, err
		}
		if err := labels.WriteKeyFile(address+".key", key, in.Passphrase); err != nil {
			return nil, err
		}
		return ledger.Create(ctx, address, ledger.CreateRequest{Source: src, PublicKey: key.Public().(ed25519.PublicKey),
			Penyelia: in.Penyelia, PIN: in.PIN, Progress: progress})
	}
}
