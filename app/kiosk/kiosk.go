// Package kiosk is the room of the window: what operators and supervisors see and touch.
// What enters are scans and taps, what leaves are calls of dock, batch and ledger. It holds
// no rule: it paints what they answer, and paints green only a result whose verdict is
// accepted or received, which the dock hands out after the record is durable.
package kiosk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/sound"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"
	"dapilgate/scanner"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
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
	Green    time.Duration    // how long an accepted box fills the screen; 0: until the next scan
	Files    string           // folder that printed files are written to
	Stocks   labels.Catalogue // empty: the built-in ones
	Printers *printer.Book    // nil: one beside the printed files
	Idle     time.Duration    // after which an idle person is signed out; 0: never
	Backups  string           // folder of backups at each closed load; empty: none
	Memory   string           // folder for what a server confirmed to this dock; empty: none is kept
	Demo     []Person
	Stock    string // of labels, unless another is chosen; empty: the first of all
	Printer  string // the same; empty: a file
	Kiosk    bool   // no way out but a penyelia's PIN
	Session  string // file for who is at work, to go on after a crash; empty: none
	Fault    error  // why the kiosk can't work: all that the window shows
	// Ready is called once the window is there, Alive every so often by its own goroutine:
	// signs of life for what starts the program again. nil: nobody waits for them.
	Ready, Alive func()
	AliveEvery   time.Duration
	Sound        *sound.Player // nil: this window is silent
	// Sources are the scanners and cameras besides the keyboard; nil: none.
	Sources *scanner.Hub
	// Create makes ledger and key at the first start.
	Create func(ctx context.Context, s Setup, progress func(done, total int)) (*ledger.Ledger, error)
}

// screen is one job of the window.
type screen interface {
	// content builds what is shown, anew after each change: of state, language, size.
	content() fyne.CanvasObject
	// takesScans tells whether the keys belong to the scanner here.
	takesScans() bool
	// scanned takes a scan, on the window's goroutine.
	scanned(text string)
}

// leaver is a screen that has something to end when another one is shown.
type leaver interface{ left() }

// typist is a screen on which a person may be typing a PIN.
type typist interface{ typing() bool }

// typing tells whether a person may be typing on the shown screen.
func (s *shell) typing() bool {
	x, ok := s.shown.(typist)
	return s.sink.shown != nil || ok && x.typing()
}

// shell is the window: it shows one screen at a time and keeps what they share. All of it
// belongs to the window's goroutine; the ledger is reached through later.
type shell struct {
	ctx      context.Context
	cfg      Config
	win      fyne.Window
	do       func(func()) // runs on the window's goroutine
	setTheme func(fyne.Theme)
	look     *look

	ledger  *ledger.Ledger
	station *dock.Station
	person  ledger.Person

	sink    *sink
	devices *devices
	stack   *fyne.Container
	shown   screen
	queue   *queue

	idle idle
	over *fyne.Container // lies over every screen: the countdown

	openLoad int64   // as it was last seen; 0: none
	session  session // as it was last kept
	closed   bool    // by a penyelia's PIN

	job     *printJob // a print under way; nil: none
	printed *outcome  // of the last one, until somebody has seen it
}

// newShell makes the window's inside. do must run functions on the window's goroutine, in
// order; setTheme changes Fyne's theme.
func newShell(ctx context.Context, win fyne.Window, cfg Config, do func(func()), setTheme func(fyne.Theme)) *shell {
	s := &shell{ctx: ctx, cfg: cfg, win: win, do: do, setTheme: setTheme, look: newLook(!cfg.Light), stack: container.NewStack(), queue: newQueue(),
		idle: idle{now: time.Now}, over: container.NewStack()}
	s.devices = newDevices(s)
	s.look.touched = s.touched
	s.sink = newSink(do, func(k *sink) { win.Canvas().Focus(k) }, s.typing, func(text string, end rune) {
		s.touched()
		s.devices.typed(scanner.Scan{Text: text, Terminator: end, At: time.Now()})
	})
	// Characters that come in the moment between losing the focus and taking it back.
	win.Canvas().SetOnTypedRune(func(r rune) {
		if s.sink.awake {
			s.sink.TypedRune(r)
		}
	})
	win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if s.sink.awake {
			s.sink.TypedKey(e)
		}
	})
	setTheme(s.look)
	win.SetPadded(false)
	win.SetContent(container.New(&whole{s.resized}, newGround(s.touched), s.sink, s.stack, s.over))
	return s
}

// whole gives everything the window's size, and tells when it changed.
type whole struct{ resized func(fyne.Size) }

func (w *whole) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.NewPos(0, 0))
		o.Resize(size)
	}
	w.resized(size)
}

// MinSize is what the smallest window that is laid out for needs.
func (w *whole) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 480) }

// resized fits the scale to the window. What is shown is built anew afterwards, not
// amidst the layout that told of it.
func (s *shell) resized(size fyne.Size) {
	if size.Width > 0 && s.look.fit(size) {
		s.do(func() {
			s.setTheme(s.look)
			if s.shown != nil {
				s.refresh()
			}
		})
	}
}

// work does the ledger's jobs one after the other, away from the window's goroutine: a
// scan waits for the one before it, and the window for none. It returns when ctx ends.
func (s *shell) work() { s.queue.run(s.ctx) }

// later runs job away from the window, then shows its outcome on it.
func (s *shell) later(job func() func()) {
	s.queue.put(func() {
		if after := job(); after != nil {
			s.do(after)
		}
	})
}

// start shows the first screen: set-up where there is no ledger yet, sign-in else.
func (s *shell) start() {
	if s.cfg.Fault != nil {
		x := newFailure(s, func() string { return T("start.fault") + " " + s.cfg.Fault.Error() })
		x.again = s.quit // whoever started it starts it again
		s.show(x)
		return
	}
	if s.cfg.Ledger == "" {
		s.show(newFailure(s, func() string { return T("start.noledger") }))
		return
	}
	s.show(&waiting{s})
	s.later(func() func() {
		l, err := ledger.Open(s.ctx, s.cfg.Ledger)
		return func() {
			switch {
			case errors.Is(err, ledger.ErrNotFound):
				s.show(newSetup(s))
			case err != nil:
				slog.Error("open ledger", "err", err)
				x := newFailure(s, func() string { return words.Error(err) })
				s.show(x)
				if ledger.IsServer(s.cfg.Ledger) && errors.Is(err, ledger.ErrUnavailable) {
					s.again(x)
				}
			default:
				s.use(l)
			}
		}
	})
}

// use takes over an open ledger and the dock.
func (s *shell) use(l *ledger.Ledger) {
	s.ledger = l
	s.later(func() func() {
		st, err := dock.Open(s.ctx, l, s.cfg.Dock)
		if err == nil && s.cfg.Memory != "" {
			err = st.Remember(s.ctx, s.cfg.Memory)
		}
		var p ledger.Person
		resumed := false
		if err == nil {
			p, resumed = s.resume(s.ctx, l, st)
		}
		return func() {
			if err != nil {
				slog.Error("open dock", "err", err)
				s.close()
				x := newFailure(s, func() string { return words.Error(err) })
				s.show(x)
				// A server may not know yet that the process before this one is dead.
				if errors.Is(err, dock.ErrInUse) {
					s.again(x)
				}
				return
			}
			st.KeepBackups(s.cfg.Backups, ledger.KeepBackups)
			s.station = st
			s.watch(st)
			if resumed {
				s.signedIn(p)
			} else {
				s.show(newSignIn(s))
			}
		}
	})
}

// retryTime is how long the window waits before it looks for a server or a dock again.
const retryTime = 3 * time.Second

// after acts in the window after a while, unless n has changed by then. It is called, and
// n is changed, in the window.
func (s *shell) after(d time.Duration, n *int, act func()) {
	was := *n
	time.AfterFunc(d, func() {
		s.do(func() {
			if *n == was {
				act()
			}
		})
	})
}

// again starts once more after a while, where the failure is still shown.
func (s *shell) again(x *failure) {
	time.AfterFunc(retryTime, func() {
		s.do(func() {
			if s.shown == x && s.ctx.Err() == nil {
				s.start()
			}
		})
	})
}

// follower is a screen that shows what other docks do.
type follower interface{ follow() }

// watch follows what the dock sees until ctx ends. The dock itself is never kept waiting for
// the window: it may be closing.
func (s *shell) watch(st *dock.Station) {
	news := make(chan struct{}, 1)
	st.Watch(func() {
		select {
		case news <- struct{}{}:
		default: // there are news already
		}
	})
	go func() {
		for {
			select {
			case <-s.ctx.Done():
				return
			case <-news:
				s.do(s.follow)
			}
		}
	}()
}

// follow tells the shown screen that something changed at a dock.
func (s *shell) follow() {
	s.devices.changed()
	if f, ok := s.shown.(follower); ok {
		f.follow()
	}
}

// close gives dock and ledger back.
func (s *shell) close() {
	if s.station != nil {
		if err := s.station.Close(); err != nil {
			slog.Error("close dock", "err", err)
		}
		s.station = nil
	}
	if s.ledger != nil {
		if err := s.ledger.Close(); err != nil {
			slog.Error("close ledger", "err", err)
		}
		s.ledger = nil
	}
}

// show changes to a screen.
func (s *shell) show(x screen) {
	if old, ok := s.shown.(leaver); ok {
		old.left()
	}
	s.shown = x
	s.sink.forget()
	s.refresh()
}

// refresh builds the shown screen anew.
func (s *shell) refresh() {
	ground := canvas.NewRectangle(s.look.page.ground)
	s.stack.Objects = []fyne.CanvasObject{ground, s.devices.under(s.shown.content)}
	s.stack.Refresh()
	if s.shown.takesScans() {
		s.sink.wake()
	} else if s.sink.awake {
		s.sink.sleep()
		s.win.Canvas().Unfocus()
	}
}

// signedIn goes to work: the loading screen, or the questions of an auditor.
func (s *shell) signedIn(p ledger.Person) {
	s.person = p
	s.touched()
	if p.Role == ledger.Penyelia {
		s.seal(p)
	}
	if p.Role == ledger.Auditor {
		s.show(newAudit(s))
		return
	}
	s.show(newLoading(s))
}

// seal makes this machine's key for checkpoints, where it has none yet.
func (s *shell) seal(p ledger.Person) {
	s.later(func() func() {
		if _, err := s.ledger.NewSeal(s.ctx, p); err != nil {
			slog.Error("make seal", "err", err)
		}
		return nil
	})
}

// signOut goes back to the sign-in screen. An open load stays open.
func (s *shell) signOut() {
	s.leave("")
}

// leave signs out; why: "idle", or empty where the person said so.
func (s *shell) leave(why string) {
	s.release(why)
	s.show(newSignIn(s))
}

// release ends the person's work at this window.
func (s *shell) release(why string) {
	s.person = ledger.Person{}
	s.forgetSession()
	station := s.station
	s.later(func() func() {
		if err := station.SignOut(s.ctx, why); err != nil {
			slog.Error("sign out", "err", err)
		}
		return nil
	})
}

// T is short for the many texts of the screens.
func T(key string, data ...any) string { return words.T(key, data...) }

// jobs are the screens of the rail, with who may go there.
var jobs = []struct {
	key, icon string
	roles     []ledger.Role
	open      func(*shell) screen
}{
	{"load", "scan", []ledger.Role{ledger.Petugas, ledger.Penyelia}, func(s *shell) screen { return newLoading(s) }},
	{"receive", "receive", []ledger.Role{ledger.Petugas, ledger.Penyelia}, func(s *shell) screen { return newReceiving(s) }},
	{"trucks", "truck", []ledger.Role{ledger.Penyelia}, func(s *shell) screen { return newTrucks(s) }},
	{"labels", "label", []ledger.Role{ledger.Petugas, ledger.Penyelia, ledger.Auditor}, func(s *shell) screen { return newLabels(s) }},
	{"audit", "search", []ledger.Role{ledger.Petugas, ledger.Penyelia, ledger.Auditor}, func(s *shell) screen { return newAudit(s) }},
	{"progress", "bars", []ledger.Role{ledger.Petugas, ledger.Penyelia, ledger.Auditor}, func(s *shell) screen { return newProgress(s) }},
	{"settings", "gear", []ledger.Role{ledger.Petugas, ledger.Penyelia, ledger.Auditor}, func(s *shell) screen { return newSettings(s) }},
}

// railRoom is what the rail has for the buttons of the screens: the window's height without
// the rail's head, its foot, and the gaps around them.
const railRoom = designHeight - 12 - 58 - 80 - 2*8

// rail is the column of the screens, beside each of them.
func (s *shell) rail(active string) fyne.CanvasObject {
	l := s.look
	cells := []cell{l.fix(58, l.col(0,
		grow(1.2, l.text1(T("header.dock", words.Data{"Dock": s.cfg.Dock}), 22, condensed, l.page.ink).centred()),
		grow(1, l.text1(s.person.Name, 19, regular, l.faint.ink).centred())))}
	mine := 0
	for _, j := range jobs {
		if slices.Contains(j.roles, s.person.Role) {
			mine++
		}
	}
	high := min(94, railRoom/float32(max(1, mine))-8) // the more screens, the less high each button
	for _, j := range jobs {
		if !slices.Contains(j.roles, s.person.Role) {
			continue
		}
		t := l.quiet
		if j.key == active {
			t = l.chosen
		}
		cells = append(cells, l.fix(high, l.buttonIn(t, j.icon, T("nav."+j.key), func() { s.show(j.open(s)) }).sized(21).iconAbove()))
	}
	cells = append(cells, rest(), l.fix(80, l.button("globe", T("nav.language"), s.switchLanguage).sized(19).iconAbove()))
	return l.on(l.panel.ground, 0, l.inset(6, l.col(8, cells...)))
}

// page is a screen beside the rail: what it is for in one sentence, and its body. Tabs are
// the screen's parts, where it has several.
func (s *shell) page(active string, body fyne.CanvasObject, tabs ...fyne.CanvasObject) fyne.CanvasObject {
	return s.pageOf(active, T("nav."+active), T("help."+active), body, tabs...)
}

// pageOf is a page with a title and a help of its own.
func (s *shell) pageOf(active, title, help string, body fyne.CanvasObject, tabs ...fyne.CanvasObject) fyne.CanvasObject {
	l := s.look
	cells := []cell{need(l.text1(title, 40, condensed, l.page.ink).natural())}
	high := float32(52)
	if len(tabs) == 0 {
		cells = append(cells, grow(1, l.text1(help, 22, regular, l.faint.ink)))
	} else {
		high = target
		cells = append(cells, grow(1, l.textN(help, 19, 3, regular, l.faint.ink)))
		for _, t := range tabs {
			cells = append(cells, l.fix(160, t))
		}
	}
	return l.row(0, l.fix(136, s.rail(active)),
		grow(1, l.inset(14, l.col(10, l.fix(high, l.row(14, cells...)), grow(1, body)))))
}

// bare is a screen without a rail: nobody is signed in.
func (s *shell) bare(title, help string, body fyne.CanvasObject) fyne.CanvasObject {
	l := s.look
	head := l.row(12,
		grow(1, l.col(0, grow(1.5, l.text1(title, 46, condensed, l.page.ink)), grow(1, l.text1(help, 24, regular, l.faint.ink)))),
		l.fix(210, l.button("", T("nav.look"), s.switchLook).sized(22)),
		l.fix(190, l.button("globe", T("nav.language"), s.switchLanguage).sized(22)))
	return l.inset(20, l.col(16, l.fix(84, head), grow(1, body)))
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
	s.showCountdown()
}

func (s *shell) switchLook() {
	s.look.setNight(!s.look.night)
	s.setTheme(s.look)
	s.refresh()
}

// district is how a routing district looks; name is a kecamatan's, where it is one.
func (s *shell) district(d election.District, name string) batch.DistrictFace {
	return batch.District(s.ledger.Event(), d, name)
}

// note is a message above a page's body: blue where something was done, amber else.
func (l *look) note(text string, good bool) cell {
	if text == "" {
		return l.fix(0.01, canvas.NewRectangle(l.page.ground))
	}
	t, icon := toneAmber, "warn"
	if good {
		t, icon = toneBlue, "tick"
	}
	return l.fix(74, l.on(t.ground, 10, l.row(12, l.gap(4), l.fix(44, l.shape(icon, t.ink)), grow(1, l.textN(text, 24, 3, bold, t.ink)), l.gap(4))))
}

// waiting is shown while the ledger is opened.
type waiting struct{ s *shell }

func (w *waiting) takesScans() bool { return false }
func (w *waiting) scanned(string)   {}

func (w *waiting) content() fyne.CanvasObject {
	l := w.s.look
	return l.inset(40, l.text1(T("start.opening"), 44, bold, l.page.ink).centred())
}

// failure is what the window shows when it can't work at all: red, and why.
type failure struct {
	s     *shell
	text  func() string // said anew in each language
	again func()
}

func newFailure(s *shell, text func() string) *failure { return &failure{s, text, s.start} }

func (f *failure) takesScans() bool { return false }
func (f *failure) scanned(string)   {}

func (f *failure) content() fyne.CanvasObject {
	l, t := f.s.look, toneRed
	return l.on(t.ground, 0, l.inset(40, l.col(16,
		grow(2, l.shape("stop", t.ink)),
		grow(1.6, l.text1(T("failure.head"), 110, condensed, t.ink).centred()),
		grow(2.4, l.textN(f.text(), 36, 5, regular, t.ink).centred()),
		l.fix(96, l.row(0, rest(), l.fix(420, l.buttonIn(tone{t.ground, t.ink}, "", T("failure.retry"), f.again).sized(34)), rest())))))
}
