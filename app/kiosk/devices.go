package kiosk

import (
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/words"
	"dapilgate/scanner"

	"fyne.io/fyne/v2"
)

// unusedTime is how long the window says that a scan is not used where it was made.
const unusedTime = 3 * time.Second

// stripHeight is the height of what stands above a screen, in design pixels.
const stripHeight = 46

// devices are the scanners and cameras that work beside the keyboard of the window: what
// they scan goes to the shown screen, and what is wrong with them stands above it.
type devices struct {
	s       *shell
	window  scanner.Status  // the keyboard that types into the window
	several map[string]bool // cameras that see more than one code
	unused  int             // counts scans that no screen wanted, while that is said
	finder  *finder
	said    string // what stands above the screen now
	held    bool
}

func newDevices(s *shell) *devices {
	d := &devices{s: s, several: map[string]bool{}, window: scanner.Status{Kind: scanner.KindWindow, Open: true}}
	d.finder = newFinder(s.do)
	return d
}

// listen runs the sources until the window's context ends.
func (d *devices) listen() {
	if h := d.s.cfg.Sources; h != nil {
		h.Run(d.s.ctx, func(e scanner.Event) { d.s.do(func() { d.heard(e) }) })
	}
}

// status is how all sources are, the window's keyboard last.
func (d *devices) status() []scanner.Status {
	var all []scanner.Status
	if h := d.s.cfg.Sources; h != nil {
		all = h.Status()
	}
	d.window.Name = T("source.window")
	return append(all, d.window)
}

// typed takes a scan of the window's keyboard.
func (d *devices) typed(x scanner.Scan) {
	d.window.Scans++
	d.window.Last = x.At
	d.scanned(x)
}

// heard takes what a source tells, on the window's goroutine.
func (d *devices) heard(e scanner.Event) {
	switch e.What {
	case scanner.Scanned:
		d.scanned(e.Scan)
		return
	case scanner.Gone:
		slog.Warn("source", "name", e.Source, "err", e.Err)
		delete(d.several, e.Source)
		if !errors.Is(e.Err, scanner.ErrEnded) {
			d.s.troubled()
		}
	case scanner.Opened:
		slog.Info("source", "name", e.Source, "device", e.Device)
	case scanner.Several:
		d.several[e.Source] = true
	case scanner.Single:
		delete(d.several, e.Source)
	}
	d.changed()
}

// wholly is a screen that wants to know more of a scan than its text.
type wholly interface{ heard(scanner.Scan) }

// scanned gives a scan to the shown screen. A screen that waits for none says so: nothing
// that was scanned goes by in silence.
func (d *devices) scanned(x scanner.Scan) {
	s := d.s
	if s.shown == nil {
		return
	}
	if w, ok := s.shown.(wholly); ok {
		w.heard(x)
		return
	}
	if s.shown.takesScans() {
		s.shown.scanned(x.Text)
		return
	}
	d.unused++
	d.changed()
	s.after(unusedTime, &d.unused, func() {
		d.unused = 0
		d.changed()
	})
}

// changed paints the screen anew where something else is to be said, or where it shows the
// sources themselves.
func (d *devices) changed() {
	if d.s.shown == nil {
		return
	}
	if _, ok := d.s.shown.(*scanners); ok || d.words() != d.said || d.finder.wanted() != d.camera() {
		d.s.refresh()
	}
}

// words say what is wrong with the sources, or else with the backups, in one line; empty:
// nothing.
func (d *devices) words() string {
	if d.s.cfg.Sources != nil {
		for _, st := range d.s.cfg.Sources.Status() {
			name := words.Data{"Name": st.Name}
			switch {
			case st.Open || st.Since.IsZero() || errors.Is(st.Err, scanner.ErrEnded):
			case errors.Is(st.Err, scanner.ErrTaken):
				return T("source.taken", name)
			case errors.Is(st.Err, fs.ErrPermission):
				return T("source.denied", name)
			case errors.Is(st.Err, scanner.ErrSetup):
				return T("source.wrong", name)
			default:
				return T("source.gone", name)
			}
		}
	}
	switch {
	case len(d.several) > 0:
		return T("source.several")
	case d.unused > 0:
		return T("source.unused")
	}
	return d.backup()
}

// backup says that there is no backup, for as long as that is so.
func (d *devices) backup() string {
	if d.s.station == nil {
		return ""
	}
	b := d.s.station.Backups()
	if b.Err == nil {
		return ""
	}
	return T("backup.failed", words.Data{"Time": words.Clock(b.Since)})
}

// under builds a screen's content, with what is wrong with the sources above it.
func (d *devices) under(content func() fyne.CanvasObject) fyne.CanvasObject {
	l := d.s.look
	d.finder.used = false
	d.said = d.words()
	above := float32(0)
	if d.said != "" {
		above = stripHeight
	}
	if l.above != above { // the screen below gets smaller, and nothing of it is cut off
		if l.above = above; l.fit(d.s.win.Canvas().Size()) {
			d.s.setTheme(l)
		}
	}
	inside := content()
	d.finder.watch(d.s.cfg.Sources)
	if d.said == "" {
		return inside
	}
	t := toneAmber
	strip := l.on(t.ground, 0, l.row(12, l.gap(10), l.fix(32, l.shape("warn", t.ink)), grow(1, l.text1(d.said, 28, bold, t.ink)), l.gap(10)))
	return l.col(0, l.fix(stripHeight, strip), grow(1, inside))
}

// camera tells whether a camera is there to be aimed by.
func (d *devices) camera() bool {
	if d.s.cfg.Sources == nil {
		return false
	}
	for _, st := range d.s.cfg.Sources.Status() {
		if st.Open && (st.Kind == scanner.KindCamera || st.Kind == scanner.KindClip) {
			return true
		}
	}
	return false
}

// ask is the panel that asks for a scan: with what the camera sees, where there is one.
func (d *devices) ask(text string, size float32) fyne.CanvasObject {
	l := d.s.look
	p := l.panel
	if d.camera() {
		return l.on(p.ground, 12, l.inset(10, l.col(6, grow(1, d.finder.object()),
			l.fix(54, l.text1(text, 46, condensed, p.ink).centred()))))
	}
	return l.on(p.ground, 12, l.inset(20, l.row(24, l.fix(150, l.shape("scan", p.ink)), grow(1, l.textN(text, size, 2, condensed, p.ink)))))
}

// aim is what stands beside the words that ask for a scan: what the camera sees, where
// there is one, or a shape. It is so many design pixels wide.
func (d *devices) aim(shape string) (o fyne.CanvasObject, wide float32) {
	if d.camera() {
		return d.finder.object(), 280
	}
	return d.s.look.shape(shape, d.s.look.panel.ink), 150
}

// hold has the scanners that can be told read nothing while the dock is locked.
func (d *devices) hold(locked bool) {
	h := d.s.cfg.Sources
	if h == nil || d.held == locked {
		return
	}
	if d.held = locked; locked {
		h.Signal(scanner.Hold)
	} else {
		h.Signal(scanner.Free)
	}
}

// sound has the scanners that can be told say a verdict.
func (d *devices) sound(r dock.Result) {
	h := d.s.cfg.Sources
	if h == nil || r.Verdict == "" {
		return
	}
	if r.Err == nil && (r.Verdict.Level() == gate.Green || r.Verdict.Level() == gate.Blue) {
		h.Signal(scanner.Good)
	} else {
		h.Signal(scanner.Bad)
	}
}
