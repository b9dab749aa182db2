package kiosk

import (
	"context"
	"fmt"
	"image"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/words"
	"dapilgate/labels/code"
	"dapilgate/scanner"

	"fyne.io/fyne/v2"
)

// device is a scanner with a plug, in a test.
type device struct {
	name    string
	kind    scanner.Kind
	plugged chan error // nil: put in; else why it was pulled
	scans   chan scanner.Event
	told    chan scanner.Signal
}

func newDevice(name string, kind scanner.Kind) *device {
	return &device{name, kind, make(chan error), make(chan scanner.Event), make(chan scanner.Signal, 100)}
}

func (d *device) Name() string       { return d.name }
func (d *device) Kind() scanner.Kind { return d.kind }
func (d *device) Device() string {
	return "/dev/serial/by-id/usb-Datalogic_ADC_INC_Handheld_Barcode_Scanner_S_N_G20F00000-if00"
}
func (d *device) Signal(s scanner.Signal) { d.told <- s }
func (d *device) Run(ctx context.Context, tell func(scanner.Event)) error {
	for {
		select {
		case err := <-d.plugged:
			if err != nil {
				return err
			}
			tell(scanner.Event{What: scanner.Opened})
		case e := <-d.scans:
			tell(e)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *device) scan(h *hall, text string, end rune) {
	h.t.Helper()
	n := h.status(d.name).Scans
	d.scans <- scanner.Event{What: scanner.Scanned, Scan: scanner.Scan{Text: text, Terminator: end}}
	h.until("the hub passed the scan on", func() bool { return h.status(d.name).Scans > n })
	h.settle()
}

// plug puts the device in (nil) or pulls it, and waits until the window knows.
func (d *device) plug(h *hall, err error) {
	h.t.Helper()
	select {
	case d.plugged <- err:
	case <-time.After(30 * time.Second):
		h.t.Fatal("nobody looks for the device any more")
	}
	h.until("the window knows of the plug", func() bool {
		st := h.status(d.name)
		return st.Open == (err == nil) && !st.Since.IsZero() && (h.s.devices.said == "") == (h.s.devices.words() == "")
	})
	h.settle()
}

func (h *hall) status(name string) scanner.Status {
	for _, st := range h.s.devices.status() {
		if st.Name == name {
			return st
		}
	}
	h.t.Fatalf("no source %q", name)
	return scanner.Status{}
}

func withDevices(all ...*device) func(*Config) {
	return func(c *Config) {
		var sources []scanner.Source
		for _, d := range all {
			sources = append(sources, d)
		}
		c.Sources = scanner.NewHub(sources...)
	}
}

// TestUnpluggedIsSaid: on every screen, a lock's too, and no longer when it is back; it
// scans again then.
func TestUnpluggedIsSaid(t *testing.T) {
	gun, port := newDevice("Pistol 1", scanner.KindKeyboard), newDevice("Meja", scanner.KindSerial)
	h := newHall(t, sizes[0], withDevices(gun, port))
	gun.plug(h, nil)
	port.plug(h, nil)
	gone := T("source.gone", words.Data{"Name": "Pistol 1"})
	if h.says(gone) {
		t.Fatal("unplugged before it was")
	}
	gun.plug(h, scanner.ErrGone)
	h.mustSay(gone)
	h.atWork()
	h.mustSay(gone)
	h.scan(h.label(h.five[0]))
	h.mustSay(gone)
	h.mustSay(T("verdict.wrong_district.head"))
	h.s.switchLanguage()
	h.mustSay(T("source.gone", words.Data{"Name": "Pistol 1"}))
	h.s.switchLanguage()
	gun.plug(h, nil)
	if h.says(gone) {
		t.Error("still unplugged")
	}
	gun.scan(h, command(t, code.SetAside), '\r')
	gun.scan(h, h.label(h.five[0]), '\r')
	h.mustSay(T("verdict.set_aside.head"))
	port.plug(h, fmt.Errorf("open: %w", scanner.ErrTaken))
	h.mustSay(T("source.taken", words.Data{"Name": "Meja"}))
	port.plug(h, nil)
	port.plug(h, fmt.Errorf("open: %w", fs.ErrPermission))
	h.mustSay(T("source.denied", words.Data{"Name": "Meja"}))
	port.plug(h, nil)
	port.plug(h, fmt.Errorf("speed: %w", scanner.ErrSetup)) // the last: trying again doesn't help
	h.mustSay(T("source.wrong", words.Data{"Name": "Meja"}))
}

func command(t *testing.T, c code.Command) string {
	t.Helper()
	text, err := code.CommandText(c, "")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestDevicesLoad: scans of devices are the dock's whatever has the focus, from several at
// once, each once; on a screen that takes none, that is said, and nothing is recorded.
func TestDevicesLoad(t *testing.T) {
	a, b := newDevice("Pistol 1", scanner.KindKeyboard), newDevice("Kamera", scanner.KindCamera)
	h := newHall(t, sizes[0], withDevices(a, b))
	a.plug(h, nil)
	b.plug(h, nil)
	h.atWork()
	h.win.Canvas().Unfocus()
	for i, box := range h.four[:4] {
		[]*device{a, b}[i%2].scan(h, h.label(box), '\r')
		if d := h.dock(); d.Load.Count != i+1 {
			t.Fatalf("%d boxes after %d scans: %v", d.Load.Count, i+1, h.texts())
		}
		if !h.fills(toneGreen.ground) {
			t.Errorf("not green: %v", h.texts())
		}
	}
	h.loading().dismiss()
	h.tap(T("nav.trucks"))
	a.scan(h, h.label(h.four[4]), '\r')
	h.mustSay(T("source.unused"))
	if d := h.dock(); d.Load.Count != 4 {
		t.Errorf("a scan on another screen loaded a box: %d", d.Load.Count)
	}
	h.tap(T("nav.load"))
	b.scans <- scanner.Event{What: scanner.Several}
	h.until("the camera sees several", func() bool { return h.says(T("source.several")) })
	b.scans <- scanner.Event{What: scanner.Single}
	h.until("the camera sees one", func() bool { return !h.says(T("source.several")) })
	h.f.Verify()
}

// TestScannersHearTheVerdict: good and bad sounds, and off while the dock is locked until
// set-aside is touched.
func TestScannersHearTheVerdict(t *testing.T) {
	gun := newDevice("Meja", scanner.KindSerial)
	h := newHall(t, sizes[0], withDevices(gun))
	gun.plug(h, nil)
	h.atWork()
	for len(gun.told) > 0 {
		<-gun.told
	}
	hears := func(after string, want ...scanner.Signal) {
		t.Helper()
		var got []scanner.Signal
		for len(gun.told) > 0 {
			got = append(got, <-gun.told)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("after %s the scanner is told %v, want %v", after, got, want)
		}
	}
	h.scan(h.label(h.four[0]))
	hears("a good box", scanner.Good)
	h.scan(h.label(h.four[0]))
	hears("the same again", scanner.Bad)
	h.scan(h.label(h.five[0]))
	hears("a wrong box", scanner.Bad, scanner.Hold)
	h.scan(h.label(h.four[1])) // another scanner's
	hears("another box", scanner.Bad)
	h.tap(T("lock.aside"))
	hears("set-aside", scanner.Free)
	h.scan(h.label(h.four[1]))
	hears("not the refused one", scanner.Bad, scanner.Hold)
	h.tap(T("lock.aside"))
	h.scan(h.label(h.five[0]))
	hears("the refused box", scanner.Free, scanner.Good)
}

// silent has the sink's silence come when the test says so.
func (h *hall) silent() (fall func()) {
	var last func()
	h.s.sink.after = func(f func()) interface{ Stop() bool } {
		last = f
		return stopped{}
	}
	return func() {
		if last != nil {
			last()
		}
		h.settle()
	}
}

type stopped struct{}

func (stopped) Stop() bool { return true }

// TestScanWithoutTerminator: a scanner in the window that ends nothing is heard after a
// silence, whole or half; silence ends no scan that still comes, and nothing that a person
// is typing.
func TestScanWithoutTerminator(t *testing.T) {
	h := newHall(t, sizes[0])
	fall := h.silent()
	h.atWork()
	h.runes(h.label(h.four[0]))
	fall()
	if d := h.dock(); d.Load.Count != 1 || !h.fills(toneGreen.ground) {
		t.Fatalf("a label without an end: %d, %v", d.Load.Count, h.texts())
	}
	h.runes(h.label(h.four[1])[:50])
	fall()
	h.mustSay(T("verdict.unreadable.head"))
	var old func()
	h.s.sink.after = func(f func()) interface{ Stop() bool } { old = cmpOr(old, f); return stopped{} }
	text := h.label(h.four[2])
	h.runes(text[:10])
	h.runes(text[10:])
	old() // the first character's silence: there were others since
	h.key(fyne.KeyReturn)
	h.settle()
	if d := h.dock(); d.Load.Count != 2 {
		t.Errorf("an old silence cut a scan: %v", h.texts())
	}
	fall = h.silent()
	h.loading().dismiss()
	h.tap(T("nav.audit"))
	h.runes("31.75.06.1001")
	fall()
	if h.s.sink.framer.Len() != 13 {
		t.Error("a person's typing was taken for a scan")
	}
	h.key(fyne.KeyBackspace)
	if got := h.s.sink.framer.Text(); got != "31.75.06.100" {
		t.Errorf("after a backspace: %q", got)
	}
	h.key(fyne.KeyReturn)
	h.settle()
	h.runes(h.label(h.four[0]))
	fall()
	h.mustSay(h.four[0].Box.ID())
}

func cmpOr(a, b func()) func() {
	if a != nil {
		return a
	}
	return b
}

// TestEveryStreamHasAVerdict: what scanners make of labels, typed into the window: each a
// verdict on the screen, and only a whole label loads.
func TestEveryStreamHasAVerdict(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	whole, next := h.label(h.four[0]), h.label(h.four[1])
	i := 40 // of two characters that are not the same
	for whole[i] == whole[i+1] {
		i++
	}
	n := 0
	for _, tt := range []struct {
		name, typed string
		want        gate.Verdict
	}{
		{"AIM identifier", "]Q1" + h.label(h.four[2]), gate.Accepted},
		{"prefix and suffix", "KPU>" + h.label(h.four[3]) + "<END", gate.Accepted},
		{"STX, ETX and a group separator", "\x02" + h.label(h.four[4])[:40] + "\x1d" + h.label(h.four[4])[40:] + "\x03", gate.Accepted},
		{"lower case", strings.ToLower(h.label(h.four[5])), gate.Accepted},
		{"twice", whole + whole, gate.Unreadable},
		{"two labels glued", whole + next, gate.Unreadable},
		{"one and a half", whole + next[:70], gate.Unreadable},
		{"half", whole[:70], gate.Unreadable},
		{"the other half", whole[70:], gate.Unreadable},
		{"a character lost", whole[:60] + whole[61:], gate.Unreadable},
		{"two characters swapped", whole[:i] + whole[i+1:i+2] + whole[i:i+1] + whole[i+2:], gate.Unreadable},
		{"SILOG", "https://silog.kpu.go.id/track?box=317506100101204", gate.Foreign},
		{"control characters alone", "\x01\x02\x1d\x7f", gate.Foreign},
		{"a blank", " ", gate.Foreign},
		{"keys that were dropped", whole[:40] + "\ufffd" + whole[41:], gate.Unreadable},
		{"1 MB of noise", strings.Repeat("x€ \x01", 1<<18), gate.Foreign},
		{"1 MB behind a label", whole + strings.Repeat("A", 1<<20), gate.Unreadable},
	} {
		h.scan(tt.typed)
		r := h.loading().result
		if r == nil || r.Verdict != tt.want {
			t.Fatalf("%s: %+v, want %s: %v", tt.name, r, tt.want, h.texts())
		}
		if !h.says(words.Verdict(*r).Headline) {
			t.Errorf("%s: the window says %v", tt.name, h.texts())
		}
		if tt.want == gate.Accepted {
			n++
		}
		if d := h.dock(); d.Load.Count != n {
			t.Fatalf("%s: %d boxes in the load, want %d", tt.name, d.Load.Count, n)
		}
	}
	h.f.Verify()
}

// TestSetUpScreen: what arrived, from where, how it was understood; the calibration label
// says what is wrong and what to do, in both languages; nothing is recorded.
func TestSetUpScreen(t *testing.T) {
	gun, cam := newDevice("Pistol 1", scanner.KindSerial), newDevice("Kamera", scanner.KindCamera)
	h := newHall(t, sizes[0], withDevices(gun, cam))
	gun.plug(h, nil)
	cam.plug(h, scanner.ErrGone)
	h.atWork()
	before := h.seq()
	h.loading().dismiss()
	h.tap(T("nav.settings"))
	h.tap(T("settings.tab.scanners"))
	h.mustSay(T("scanners.test"))
	h.mustSay(T("scanners.state.gone", words.Data{"At": words.Clock(h.status("Kamera").Since)}))
	gun.scan(h, "\x02"+h.label(h.four[0])+"\x1d", '\t')
	h.mustSay(T("scanners.is.whole", words.Data{"Box": h.four[0].Box.ID(), "Revision": 1}))
	h.mustSay("‹STX›DG1")
	h.mustSay("‹GS›")
	h.mustSay(T("scanners.end.tab"))
	h.mustSay("Pistol 1")
	h.scan("https://silog.example/kotak")
	h.mustSay(T("scanners.is.foreign"))
	h.mustSay(T("source.window"))
	h.scan(command(t, code.SetAside))
	h.mustSay(T("scanners.is.command", words.Data{"Command": "SET"}))
	gun.scan(h, scanner.Calibration, '\r')
	h.mustSay(T("calibration.well"))
	swapped := strings.NewReplacer("y", "z", "z", "y", "Y", "Z", "Z", "Y").Replace(scanner.Calibration)
	gun.scan(h, swapped, scanner.Silence)
	for range 2 {
		h.mustSay(T("calibration.bad"))
		h.mustSay(T("calibration.german"))
		h.mustSay(T("calibration.noend"))
		h.picture("scanners-" + words.Language())
		h.s.switchLanguage()
	}
	if after := h.seq(); after != before {
		t.Errorf("the test recorded something: %d events after %d", after, before)
	}
	h.tap(T("scanners.write"))
	h.mustSay("kalibrasi-pemindai-")
}

// seq is the number of scans that the ledger holds.
func (h *hall) seq() int {
	h.t.Helper()
	events, err := h.f.Ledger.LastScans(h.t.Context(), 1, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(events)
}

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"DG1":                         "DG1",
		"\x00\x1f\x7f \u0085":         "‹NUL›‹US›‹DEL›‹SP›‹85›",
		"a\ufffdb":                    "a‹FFFD›b",
		strings.Repeat("A", 42) + "B": strings.Repeat("A", 42) + "\nB",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
	long := visible(strings.Repeat("A", 5000))
	if !strings.HasSuffix(long, fmt.Sprintf("… (+%d)", 5000-strings.Count(long, "A"))) || strings.Count(long, "\n") > 8 {
		t.Errorf("%q", long)
	}
}

// TestFinder: a frame is taken when the one before is on the screen; the one on the screen
// is not drawn into; of two cameras one is shown; nobody looks, nothing is drawn.
func TestFinder(t *testing.T) {
	ui := []func(){}
	f := newFinder(func(do func()) { ui = append(ui, do) })
	if f.Room("a") != nil {
		t.Error("a frame for nobody")
	}
	h := scanner.NewHub()
	f.object()
	f.watch(h)
	one := f.Room("a")
	if one == nil {
		t.Fatal("no room")
	}
	one.Image = image.NewRGBA(image.Rect(0, 0, 64, 48))
	one.Codes = [][4]scanner.Point{{{X: 10, Y: 10}, {X: 50, Y: 10}, {X: 50, Y: 40}, {X: -20, Y: 400}}}
	if f.Room("a") != nil {
		t.Error("a second frame while the first is drawn")
	}
	f.Show(one)
	if f.Room("a") != nil {
		t.Error("a second frame while the first waits for the window")
	}
	ui[0]()
	if f.image.Image != one.Image || one.Image.RGBAAt(30, 10).R == 0 || one.Image.RGBAAt(30, 25).A != 0 {
		t.Error("the frame is not shown with its outline")
	}
	if f.Room("b") != nil {
		t.Error("another camera's frame between")
	}
	two := f.Room("a")
	if two == nil || two == one {
		t.Fatal("the frame on the screen is drawn into")
	}
	two.Image = image.NewRGBA(image.Rect(0, 0, 64, 48))
	f.Show(two)
	ui[1]()
	if three := f.Room("a"); three != one {
		t.Error("a third frame's memory")
	}
	f.used = false
	f.watch(h)
	f.busy.Store(false)
	if f.Room("a") != nil {
		t.Error("a frame when nobody looks any more")
	}
}

// TestNothingIsCutOffBelowAWarning: every view with a source unplugged and a camera's
// picture, at the size with the least height.
func TestNothingIsCutOffBelowAWarning(t *testing.T) {
	gun, cam := newDevice("Pemindai genggam di sisi kiri pintu", scanner.KindSerial), newDevice("Kamera", scanner.KindCamera)
	first := true
	everyView(t, sizes[1], func(h *hall, name string) {
		if first {
			gun.plug(h, scanner.ErrGone)
			cam.plug(h, nil)
			first = false
		}
		for range 2 {
			fits(h, "unplugged, "+name+" "+words.Language())
			h.picture("unplugged-" + name + "-" + words.Language())
			h.s.switchLanguage()
		}
	}, withDevices(gun, cam))
}
