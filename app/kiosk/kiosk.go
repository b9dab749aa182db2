// Package kiosk is the room of the window: what operators and supervisors see and touch.
// What enters are scans and taps, what leaves are calls of dock, batch and ledger. It holds
// no rule: it paints what they answer, and paints green only a result whose verdict is
// accepted, which the dock hands out after the record is durable.
package kiosk

import (
	"context"
	"errors"
	"log/slog"

	"dapilgate/app/batch"
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
)

// ErrNoWindow says that this build or machine can't open a window.
var ErrNoWindow = errors.New("no window")

// Setup is what the first start asks for.
type Setup struct {
	EventDir   string // empty: the built-in event
	Penyelia   string
	PIN        string
	Passphrase string
}

// Person is a demo person, whose PIN the sign-in screen shows.
type Person struct{ Name, PIN string }

// Config is what the window works with.
type Config struct {
	Ledger   string // address; it may not exist yet
	Key      string // signing key file
	Dock     int
	Full     bool // full screen
	Width    int  // of the window where it is not full screen, in pixels
	Height   int
	Language string
	Light    bool
	Files    string // folder that printed files are offered in
	Demo     []Person
	// Create makes ledger and key at the first start.
	Create func(ctx context.Context, s Setup, progress func(done, total int)) (*ledger.Ledger, error)
}

// screen is one job of the window.
type screen interface {
	// content builds what is shown, anew after a change of language.
	content() fyne.CanvasObject
	// takesScans tells whether the keys belong to the scanner here.
	takesScans() bool
	// scanned takes a scan, on the window's goroutine.
	scanned(text string)
}

// shell is the window: it shows one screen at a time and keeps what they share.
type shell struct {
	ctx     context.Context
	cfg     Config
	win     fyne.Window
	do      func(func()) // runs on the window's goroutine
	look    *look
	setLook func(fyne.Theme)

	ledger  *ledger.Ledger
	station *dock.Station
	person  ledger.Person

	rescale func(factor float32) // nil: the scale stays as it is

	sink  *sink
	stack *fyne.Container
	shown screen
	jobs  chan func()
}

// newShell makes the window's inside. do must run functions on the window's goroutine, in
// order; setLook changes the theme.
func newShell(ctx context.Context, win fyne.Window, cfg Config, do func(func()), setLook func(fyne.Theme)) *shell {
	s := &shell{ctx: ctx, cfg: cfg, win: win, do: do, setLook: setLook, look: newLook(!cfg.Light), stack: container.NewStack(), jobs: make(chan func(), 256)}
	s.sink = newSink(do, func(k *sink) { win.Canvas().Focus(k) }, func(text string) {
		if s.shown != nil {
			s.shown.scanned(text)
		}
	})
	setLook(s.look)
	win.SetPadded(false)
	win.SetContent(container.New(&rescaler{s: s}, s.sink, s.stack))
	return s
}

// The size that everything is laid out for, in Fyne's units: larger screens show the same
// larger, so that it is read from the same distance.
const (
	designWidth  = 1280
	designHeight = 800
)

// rescaler fills the window, and asks for a new scale when the window's size calls for one.
type rescaler struct {
	s    *shell
	last float32
}

// Layout is fyne.Layout's.
func (r *rescaler) Layout(objs []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	if r.s.rescale == nil {
		return
	}
	now := r.s.win.Canvas().Scale()
	want := min(size.Width*now/designWidth, size.Height*now/designHeight)
	if want = max(want, 0.5); want > now*1.03 || want < now*0.97 {
		if want == r.last {
			return // asked for already; the window has it or can't
		}
		r.last = want
		r.s.do(func() {
			r.s.rescale(want)
			r.s.setLook(r.s.look)
		})
	}
}

// MinSize lets the window be of any size.
func (r *rescaler) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// work does the ledger's jobs one after the other, away from the window's goroutine: a
// scan waits for the one before it, and the window for none.
func (s *shell) work() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case job := <-s.jobs:
			job()
		}
	}
}

// later runs job away from the window, then shows its outcome on it.
func (s *shell) later(job func() func()) {
	s.jobs <- func() {
		after := job()
		if after != nil {
			s.do(after)
		}
	}
}

// start shows the first screen: set-up where there is no ledger yet, sign-in else.
func (s *shell) start() {
	if s.cfg.Ledger == "" {
		s.show(newFailure(s, T("start.noledger")))
		return
	}
	l, err := ledger.Open(s.ctx, s.cfg.Ledger)
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		s.show(newSetup(s))
	case err != nil:
		slog.Error("open ledger", "err", err)
		s.show(newFailure(s, words.Error(err)))
	default:
		s.use(l)
	}
}

// use takes over an open ledger and the dock.
func (s *shell) use(l *ledger.Ledger) {
	s.ledger = l
	st, err := dock.Open(s.ctx, l, s.cfg.Dock)
	if err != nil {
		slog.Error("open dock", "err", err)
		s.show(newFailure(s, words.Error(err)))
		return
	}
	s.station = st
	s.show(newSignIn(s))
}

// close gives dock and ledger back.
func (s *shell) close() {
	if s.station != nil {
		s.station.Close()
	}
	if s.ledger != nil {
		s.ledger.Close()
	}
}

// show changes to a screen.
func (s *shell) show(x screen) {
	s.shown = x
	s.refresh()
}

// refresh builds the shown screen anew.
func (s *shell) refresh() {
	ground := canvas.NewRectangle(s.look.p.ground)
	s.stack.Objects = []fyne.CanvasObject{ground, s.shown.content()}
	s.stack.Refresh()
	if s.shown.takesScans() {
		s.sink.wake()
	} else {
		s.sink.sleep()
		s.win.Canvas().Unfocus()
	}
}

// signedIn goes to work: the loading screen.
func (s *shell) signedIn(p ledger.Person) {
	s.person = p
	s.show(newLoading(s))
}

// signOut goes back to the sign-in screen. An open load stays open.
func (s *shell) signOut() {
	s.person = ledger.Person{}
	s.station.SignOut()
	s.show(newSignIn(s))
}

// T is short for the many texts of the screens.
func T(key string, data ...any) string { return words.T(key, data...) }

// tones of ordinary buttons.
func (s *shell) plain() tone  { return tone{s.look.p.button, s.look.p.buttonText} }
func (s *shell) strong() tone { return toneBlue }

// header is the bar above a screen: where we are, who works, and the ways to elsewhere.
func (s *shell) header(active string) fyne.CanvasObject {
	p := s.look.p
	left := container.NewHBox(
		text("DAPILGATE", sizeLarge, p.text, true, fyne.TextAlignLeading),
		text(T("header.dock", words.Data{"Dock": s.cfg.Dock}), sizeBody, p.quiet, false, fyne.TextAlignLeading))
	right := container.NewHBox()
	add := func(key string, to func() screen) {
		t := s.plain()
		if key == active {
			t = s.strong()
		}
		right.Add(newButton(T("nav."+key), t, func() { s.show(to()) }))
	}
	if s.person.Name != "" {
		left.Add(text("· "+s.person.Name, sizeBody, p.quiet, false, fyne.TextAlignLeading))
		if s.person.Role != ledger.Auditor {
			add("load", func() screen { return newLoading(s) })
		}
		if s.person.Role == ledger.Penyelia {
			add("trucks", func() screen { return newTrucks(s) })
			add("labels", func() screen { return newLabels(s) })
		}
		add("audit", func() screen { return newAudit(s) })
	}
	right.Add(newButton(T("nav.look"), s.plain(), func() {
		s.look = newLook(!s.look.dark)
		s.setLook(s.look)
		s.refresh()
	}))
	right.Add(newButton(T("nav.language"), s.plain(), s.switchLanguage))
	if s.person.Name != "" {
		right.Add(newButton(T("nav.out"), s.plain(), s.signOut))
	}
	bar := container.NewBorder(nil, nil, container.NewCenter(left), right)
	return container.NewStack(canvas.NewRectangle(p.panel), container.New(layout.NewCustomPaddedLayout(6, 6, 18, 10), bar))
}

func (s *shell) switchLanguage() {
	next := words.English
	if words.Language() == words.English {
		next = words.Bahasa
	}
	if err := words.Use(next); err != nil {
		slog.Error("switch language", "err", err)
		return
	}
	s.refresh()
}

// page is a screen's content under the header.
func (s *shell) page(active string, body fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(s.header(active), nil, nil, nil, padded(14, body))
}

// district is how a routing district looks.
func (s *shell) district(d election.District) batch.DistrictFace {
	return batch.District(s.ledger.Event(), d, "")
}

// failure is what the window shows when it can't work at all: red, and why.
type failure struct {
	s    *shell
	text string
}

func newFailure(s *shell, text string) *failure { return &failure{s, text} }

func (f *failure) takesScans() bool { return false }
func (f *failure) scanned(string)   {}

func (f *failure) content() fyne.CanvasObject {
	t := toneRed
	return container.NewStack(canvas.NewRectangle(t.ground), container.New(&rows{[]float32{1, 2, 3, 1.2}},
		layout.NewSpacer(),
		newFitted(T("failure.head"), sizeHuge, sizeTitle, t.text, true, fyne.TextAlignCenter),
		container.New(&inset{0.08, 0}, newFitted(f.text, sizeTitle, sizeBody, t.text, false, fyne.TextAlignCenter)),
		container.NewCenter(newButton(T("failure.retry"), tone{t.text, t.ground}, f.s.start).sized(sizeLarge).wide(360, 90))))
}
