package kiosk

import (
	"errors"
	"log/slog"
	"strings"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// How long a verdict fills the screen when nothing else is scanned. A refusal stays until
// the next scan or a touch of its button, a lock until it is cleared.
const (
	greenTime = 1500 * time.Millisecond
	amberTime = 4 * time.Second
	blueTime  = 2500 * time.Millisecond
)

// step is what the loading screen shows besides a verdict.
type step int

const (
	stepIdle     step = iota // waiting for a box; without a load, for a truck
	stepDistrict             // truck chosen: choose the district
	stepUndo                 // really take the last box off?
	stepDepart               // has the truck really left?
	stepClear                // a penyelia clears the lock: who, why, PIN
	stepWaiting              // nothing known yet
)

// loading is the product: a box is scanned, and the whole screen says what to do.
type loading struct {
	s      *shell
	status dock.Status
	err    error // of the last look at the ledger
	step   step

	result    *dock.Result  // fills the screen; nil: none
	refusal   *dock.Result  // what locked the dock, as far as this screen saw it
	homes     []ledger.Load // open loads that the refused box belongs on
	following bool          // the state is being read for follow
	since     int           // counts results, so that an old timer clears no new one

	kecamatan []string // names of the load's
	trucks    []ledger.Truck
	list      pager
	chooser   *chooser
	people    []string // penyelia who may clear a lock with this operator
	penyelia  string
	reason    string // key
	pad       *pinPad
	note      func() string // nil: none
	good      bool          // the note is of something done

	shut      *ledger.Load       // the newest that is closed here and not departed; nil: none
	tested    *ledger.SelfTested // the newest self-test of this shift; nil: none
	closing   *closing           // nil: the load is not being closed
	missing   *missing           // nil: it is not asked for
	exception *exception         // nil: none
	asking    *asking            // for a second person's approval of it; nil: not
}

func newLoading(s *shell) *loading {
	x := &loading{s: s, step: stepWaiting}
	x.list.changed = x.refresh
	x.pad = newPINPad(s, x.clear, x.refresh)
	x.look(func() { x.step = stepIdle })
	return x
}

// state is what is read of the ledger at once.
type state struct {
	status    dock.Status
	kecamatan []string
	homes     []ledger.Load
	shut      *ledger.Load
	err       error
}

// read reads the dock's state. It runs away from the window.
func (x *loading) read(station *dock.Station, refused *dock.Result) (st state) {
	if st.status, st.err = station.Status(x.s.ctx); st.err != nil {
		return st
	}
	if ld := st.status.Load; ld == nil {
		if st.shut, st.err = x.s.shutHere(); st.err != nil {
			return st
		}
	} else {
		for _, k := range ld.Kecamatan {
			names, err := x.s.ledger.AreaNames(x.s.ctx, k)
			if err != nil {
				st.err = err
				return st
			}
			st.kecamatan = append(st.kecamatan, names[election.LevelKecamatan])
		}
	}
	if st.status.Lock == nil {
		return st
	}
	if refused == nil || refused.Box != st.status.Lock.Box {
		refused = refusalOf(st.status)
	}
	if refused.BoxDistrict.IsZero() || refused.Verdict == gate.Forged {
		return st
	}
	// Where the box belongs may be standing at the next dock.
	open, err := x.s.ledger.Loads(x.s.ctx, ledger.LoadOpen)
	if err != nil {
		slog.Warn("look for the refused box's truck", "err", err)
		return st
	}
	for _, ld := range open {
		fits := ld.District == refused.BoxDistrict && len(ld.Kecamatan) == 0
		for _, k := range ld.Kecamatan {
			fits = fits || ld.District == refused.BoxDistrict && k.Contains(refused.Area)
		}
		if fits && ld.Dock != st.status.Dock {
			st.homes = append(st.homes, ld)
		}
	}
	return st
}

// see takes what was read.
func (x *loading) see(st state) {
	x.status, x.kecamatan, x.homes, x.shut, x.err = st.status, st.kecamatan, st.homes, st.shut, st.err
	open := int64(0)
	if st.status.Load != nil {
		open = st.status.Load.ID
	}
	x.s.loadIs(open)
	x.s.devices.hold(st.status.Lock != nil && !st.status.SetAside)
}

// look reads the dock's state anew and then shows it; then may change the step first.
func (x *loading) look(then func()) {
	station, refused, tested := x.s.station, x.refusal, x.tested
	x.s.later(func() func() {
		st := x.read(station, refused)
		var trucks []ledger.Truck
		var people []string
		if st.err == nil {
			trucks, st.err = x.s.ledger.Trucks(x.s.ctx)
		}
		if st.err == nil {
			people, st.err = station.Seconds(x.s.ctx)
		}
		if st.err == nil {
			tested = x.s.lastSelfTest()
		}
		return func() {
			x.see(st)
			x.tested = tested
			if len(people) == 0 { // nobody else: a penyelia confirms with their own PIN
				people = []string{x.s.person.Name}
			}
			x.trucks, x.people = trucks, people
			if st.err == nil && then != nil {
				then()
			}
			x.refresh()
		}
	})
}

// act does something at the dock away from the window, and then shows what came of it.
func (x *loading) act(do func(*dock.Station) error, then func(error)) {
	station, refused := x.s.station, x.refusal
	x.s.later(func() func() {
		err := do(station)
		st := x.read(station, refused)
		return func() {
			x.see(st)
			x.note, x.good = nil, false
			if err != nil {
				slog.Warn("dock", "err", err)
				x.note = func() string { return words.Error(err) }
			}
			then(err)
			x.refresh()
		}
	})
}

// away is the red screen of a ledger that is not there.
func (x *loading) away() dock.Result {
	r := dock.Result{Verdict: gate.Unavailable, Err: x.err}
	if x.status.Away != nil {
		r.Since = x.status.Away.Since
	}
	return r
}

// lost are the confirmed scans that the server lacks; nil: none.
func (x *loading) lost() *dock.LostError {
	var lost *dock.LostError
	if errors.As(x.err, &lost) {
		return lost
	}
	return nil
}

// follow shows what changed without a scan here: the ledger went or came back, a scan that
// was not confirmed is settled, another dock loaded a box.
func (x *loading) follow() {
	if x.following {
		return
	}
	x.following = true
	station, refused := x.s.station, x.refusal
	x.s.later(func() func() {
		st := x.read(station, refused)
		return func() {
			x.following = false
			was, wasErr := x.status, x.err
			x.see(st)
			if wasErr == nil && x.err != nil {
				x.s.troubled()
			}
			switch {
			case x.err == nil && x.step == stepWaiting:
				x.look(func() { x.step = stepIdle })
			case x.err == nil && x.result != nil && x.result.Verdict == gate.Unavailable && !x.result.Since.IsZero():
				x.settled()
			case (wasErr == nil) != (x.err == nil) || !same(was, x.status):
				x.refresh()
			}
		}
	})
}

// settled takes the red screen of an outage away: what the scan came to is known now, or
// it is to be scanned again.
func (x *loading) settled() {
	for _, r := range x.status.Last {
		if r.ID == x.result.ID && r.Seq != 0 {
			x.s.aloud(r)
			x.take(r)
			return
		}
	}
	x.dismiss()
}

// same tells whether two states look alike. Not every look at the ledger paints the screen
// anew: a finger may be on a button.
func same(a, b dock.Status) bool {
	count := func(l *ledger.Load) (int64, int) {
		if l == nil {
			return 0, 0
		}
		return l.ID, l.Count
	}
	aID, aCount := count(a.Load)
	bID, bCount := count(b.Load)
	return aID == bID && aCount == bCount && a.Expected == b.Expected && (a.Lock == nil) == (b.Lock == nil) && len(a.Last) == len(b.Last)
}

func (x *loading) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *loading) takesScans() bool { return true }
func (x *loading) typing() bool {
	return x.step == stepClear || x.closing.going() && x.closing.typing()
}

// scanned sends the scan to the dock. Nothing is painted before its answer: a result of
// the box before would be taken for this one's.
func (x *loading) scanned(scan string) {
	if x.step == stepClear && x.penyelia != "" && x.reason != "" && isPIN(scan) {
		x.clear(scan)
		return
	}
	if x.asking != nil {
		x.asking.scanned(scan)
		return
	}
	if x.closing.going() && x.result == nil && x.status.Lock == nil && x.closing.scanned(scan) {
		return
	}
	if !x.othersScan(scan) {
		return
	}
	station, refused := x.s.station, x.refusal
	x.s.later(func() func() {
		r := station.Scan(x.s.ctx, scan)
		x.s.aloud(r)
		if r.Verdict.Locks() {
			refused = &r
		}
		st := x.read(station, refused)
		return func() {
			x.see(st)
			x.take(r)
		}
	})
}

// take shows a result.
func (x *loading) take(r dock.Result) {
	x.since++
	x.note, x.step, x.exception, x.asking = nil, stepIdle, nil, nil
	x.missing = nil
	if r.Verdict == gate.Accepted || r.Verdict.Locks() || r.Undone || r.Command != "" {
		x.closing = nil // what it was about is another load now
	}
	x.s.devices.sound(r)
	if r.Command == code.SelfTest && r.Err == nil && x.status.Lock == nil {
		x.s.show(newShiftStart(x.s))
		return
	}
	if r.Person != nil {
		x.s.person = *r.Person
	}
	if r.Verdict.Locks() {
		x.refusal = &r
	}
	if x.status.Lock == nil && x.err == nil {
		x.refusal = nil
	}
	x.result = &r
	if r.Command == code.SetAside && r.Err == nil {
		x.result = nil // the lock's own screen asks for the label
	}
	if r.Command == code.CloseLoad && (errors.Is(r.Err, ledger.ErrShortage) || errors.Is(r.Err, ledger.ErrUncounted)) {
		x.result = nil // it is closed on the screen, which asks for what a code can't say
		x.close()
		return
	}
	x.refresh()
	if hold := x.holdTime(r); hold > 0 {
		x.s.after(hold, &x.since, x.dismiss)
	}
}

// dismiss takes a result off the screen. A lock is not a result: it stays.
func (x *loading) dismiss() {
	x.since++
	x.result = nil
	x.refresh()
}

// holdTime is how long a result stays; 0: until something else happens.
func (x *loading) holdTime(r dock.Result) time.Duration {
	if r.Command != "" || r.Undone {
		return amberTime
	}
	switch r.Verdict.Level() {
	case gate.Green:
		return x.s.cfg.Green
	case gate.Amber:
		return amberTime
	case gate.Blue:
		return blueTime
	}
	return 0
}

func (x *loading) content() fyne.CanvasObject {
	switch {
	case x.lost() != nil:
		return x.verdict(x.away())
	case x.step == stepClear && x.status.Lock != nil:
		// No rail here: a lock is not left for another screen.
		return x.s.look.inset(20, x.clearStep())
	case x.status.Lock != nil:
		return x.locked()
	case x.result != nil:
		return x.verdict(*x.result)
	case x.err != nil:
		return x.verdict(x.away())
	case x.asking != nil:
		return x.s.page("load", x.asking.content())
	case x.exception != nil:
		return x.s.page("load", x.exception.content())
	case x.others():
		return x.s.page("load", x.takeOverStep())
	case x.step == stepWaiting:
		return x.s.page("load", canvas.NewRectangle(x.s.look.page.ground))
	case x.step == stepDistrict:
		return x.s.page("load", x.chooser.content())
	case x.status.Load == nil && x.step == stepDepart && x.shut != nil:
		return x.s.page("load", x.departStep())
	case x.status.Load == nil:
		return x.s.page("load", x.truckStep(), x.shiftTabs()...)
	case x.missing.going():
		return x.s.page("load", x.missing.content())
	case x.closing.going():
		return x.s.page("load", x.closing.content())
	case x.step == stepUndo:
		return x.s.page("load", x.undoStep())
	}
	return x.s.page("load", x.idle(), x.shiftTabs()...)
}

// idle waits for a box: the truck, the count, the last scans, and what else can be done.
func (x *loading) idle() fyne.CanvasObject {
	l := x.s.look
	ask := x.s.devices.ask(T("load.scan"), 110)
	foot := []cell{grow(1, l.button("bars", T("missing.button"), x.lookMissing).sized(26)), grow(1.2, l.button("tick", T("load.close"), x.close).sized(28))}
	if x.lastBox() != "" {
		foot = append([]cell{grow(1.2, l.button("undo", T("load.undo"), func() {
			x.step, x.note = stepUndo, nil
			x.refresh()
		}).sized(26))}, foot...)
	}
	if ld := x.status.Load; ld.Count == 0 {
		foot = append([]cell{grow(1, l.button("next", T("redistrict.button"), func() { x.except(*ld, exceptDistrict) }).sized(26))}, foot...)
	}
	cells := []cell{l.fix(196, x.truckPanel())}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	return l.col(12, append(cells,
		grow(1, l.row(12, grow(1.15, ask), grow(1, x.last()))),
		l.fix(88, l.row(12, foot...)))...)
}

// truckPanel is the truck that is loaded: its district as numeral and pattern, its plate,
// its count.
func (x *loading) truckPanel() fyne.CanvasObject {
	l, ld := x.s.look, x.status.Load
	p := l.panel
	f := x.s.district(ld.District, strings.Join(x.kecamatan, ", "))
	scope := T("load.whole")
	if len(x.kecamatan) > 0 {
		scope = T("load.only", words.Data{"Kecamatan": strings.Join(x.kecamatan, ", ")})
	}
	driver := ""
	if ld.Driver != "" {
		driver = " · " + T("load.driver", words.Data{"Driver": ld.Driver})
	}
	return l.on(p.ground, 12, l.inset(14, l.row(20,
		l.fix(270, l.numeral(f, 140)),
		grow(1, l.col(0,
			grow(2, l.text1(ld.Plate, 66, condensed, p.ink)),
			grow(1, l.text1(f.Name, 28, bold, p.ink)),
			grow(1, l.textN(scope+driver, 24, 2, regular, p.ink)))),
		l.fix(330, l.col(4,
			grow(3, l.text1(words.Number(ld.Count), 120, condensed, p.ink).centred()),
			grow(1, l.text1(T("load.of", words.Data{"Expected": words.Number(x.status.Expected)}), 28, regular, p.ink).centred()),
			l.fix(26, l.bar(ld.Count, 0, x.status.Expected)))))))
}

// rowsShown is how many of the last scans the screen has room for.
const rowsShown = 6

// last are the newest scans.
func (x *loading) last() fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(28, l.text1(T("load.last"), 22, regular, l.panel.ink))}
	for i := range rowsShown {
		if i < len(x.status.Last) {
			cells = append(cells, grow(1, x.lastRow(x.status.Last[i])))
		} else {
			cells = append(cells, rest())
		}
	}
	return l.on(l.panel.ground, 12, l.inset(12, l.col(5, cells...)))
}

func (x *loading) lastRow(r dock.Result) fyne.CanvasObject {
	l := x.s.look
	v := viewOf(r)
	what := r.Box
	if r.Kelurahan != "" {
		what = T("box.short", boxData(r))
	}
	if what == "" {
		what = r.Scan
		if len(what) > 40 {
			what = what[:40] + "…"
		}
	}
	return l.row(10,
		l.fix(50, l.on(v.tone.ground, 8, l.inset(7, l.shape(v.icon, v.tone.ink)))),
		grow(1, l.col(0, grow(1.1, l.text1(words.Verdict(r).Headline, 25, condensed, l.panel.ink)),
			grow(1, l.text1(what, 21, regular, l.panel.ink)))),
		l.fix(86, l.text1(words.Clock(r.At), 19, regular, l.panel.ink).trailing()))
}

// lastBox is the box that undo takes off: the newest accepted one that is still on.
func (x *loading) lastBox() string {
	off := map[string]bool{}
	for _, r := range x.status.Last {
		switch {
		case r.Undone:
			off[r.Box] = true
		case r.Verdict == gate.Accepted && !off[r.Box]:
			return r.Box
		}
	}
	if x.status.Load != nil && x.status.Load.Count > 0 {
		return "…" // one is on, but it was too long ago to be remembered here
	}
	return ""
}

// truckStep waits for a truck: its pass, or a choice from the list.
func (x *loading) truckStep() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	hint := T("load.choose")
	if len(x.trucks) == 0 {
		hint = T("load.notrucks")
	}
	aim, wide := x.s.devices.aim("card")
	cells := []cell{l.fix(160, l.on(p.ground, 12, l.inset(14, l.row(24,
		l.fix(wide, aim), grow(1, l.textN(T("load.pass"), 90, 2, condensed, p.ink))))))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	cells = append(cells, x.papers())
	rows := 4
	if x.shut != nil { // its papers stand above the trucks
		rows--
	}
	if x.note != nil {
		rows--
	}
	head := l.row(14, grow(1, l.text1(hint, 26, regular, l.page.ink)), l.fix(300, l.button("undo", T("return.button"), x.turnRound).sized(24)))
	return l.col(14, append(cells, l.fix(target, head),
		grow(1, x.list.content(l, 3, rows, 12, len(x.trucks), func(i int) fyne.CanvasObject {
			t := x.trucks[i]
			return l.button("truck", t.Plate, func() { x.choose(t.Plate) }).sized(34).second(t.Driver)
		})))...)
}

func (x *loading) choose(plate string) {
	x.note = nil
	x.chooser = newChooser(x.s, func() string { return T("load.district", words.Data{"Truck": plate}) },
		func(d election.District, kec []election.AreaCode) {
			x.act(func(s *dock.Station) error {
				_, err := s.OpenLoad(x.s.ctx, plate, d, kec)
				return err
			}, func(error) { x.step, x.result = stepIdle, nil })
		},
		func() { x.step = stepIdle; x.refresh() }, x.refresh)
	x.step = stepDistrict
	x.refresh()
}

// undoStep asks once more: a box comes off only on purpose.
func (x *loading) undoStep() fyne.CanvasObject {
	l := x.s.look
	return l.col(16,
		l.fix(196, x.truckPanel()),
		grow(1, l.text1(T("undo.title"), 54, condensed, l.page.ink).centred()),
		grow(1.2, l.text1(x.lastBox(), 76, condensed, l.page.ink).centred()),
		grow(1, l.text1(T("undo.help"), 30, regular, l.faint.ink).centred()),
		l.fix(100, l.row(12,
			grow(1, l.button("back", T("back"), func() { x.step = stepIdle; x.refresh() }).sized(30)),
			grow(1, l.next("undo", T("undo.do"), x.undo).sized(30)))))
}

func (x *loading) undo() {
	var r dock.Result
	reason := T("undo.reason")
	x.act(func(s *dock.Station) (err error) {
		r, err = s.Undo(x.s.ctx, reason)
		return err
	}, func(err error) {
		if x.step = stepIdle; err == nil {
			x.take(r)
		}
	})
}

// clearReasons are keys of the reasons for clearing a lock without its box.
var clearReasons = []string{"clear.label", "clear.taken", "clear.scanner"}

// clearStep lets a penyelia clear the lock: who, why, PIN. Nobody overrides the refusal:
// the box stays off the truck.
func (x *loading) clearStep() fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(110, l.on(toneRed.ground, 12, l.inset(12, l.row(16, l.fix(70, l.shape("lock", toneRed.ink)),
		grow(1, l.col(0, grow(1.4, l.text1(T("clear.title"), 40, condensed, toneRed.ink)), grow(1, l.text1(T("clear.help"), 24, regular, toneRed.ink))))))))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	who := x.list.content(l, 2, 3, 10, len(x.people), func(i int) fyne.CanvasObject {
		name := x.people[i]
		return l.choice(x.penyelia == name, name, func() { x.penyelia, x.pad.entered = name, ""; x.refresh() }).sized(30)
	})
	var why []fyne.CanvasObject
	for _, key := range clearReasons {
		why = append(why, l.choice(x.reason == key, T(key), func() { x.reason = key; x.refresh() }).sized(28))
	}
	var right fyne.CanvasObject = l.textN(T("clear.choose"), 36, 3, bold, l.page.ink).centred()
	if x.penyelia != "" && x.reason != "" {
		right = x.pad.content()
	}
	return l.col(12, append(cells, grow(1, l.row(20,
		grow(1.2, l.col(12, grow(1, who), grow(1, l.table(1, len(why), 10, why)),
			l.fix(84, l.button("back", T("back"), func() { x.step, x.note = stepIdle, nil; x.refresh() })))),
		grow(1, right))))...)
}

func (x *loading) clear(pin string) {
	name, reason, by := x.penyelia, T(x.reason), x.s.person
	x.act(func(s *dock.Station) error {
		var err error
		if name == by.Name {
			by, err = x.s.ledger.SignIn(x.s.ctx, name, pin)
		} else {
			by, err = x.s.ledger.Approve(x.s.ctx, by, name, pin)
		}
		if err != nil {
			return err
		}
		return s.ClearLock(x.s.ctx, by, reason)
	}, func(err error) {
		if err == nil {
			x.step, x.result, x.refusal = stepIdle, nil, nil
		}
	})
}

// arm is the set-aside button: the same as its printed code.
func (x *loading) arm() {
	var r dock.Result
	x.act(func(s *dock.Station) error {
		r = s.ArmSetAside(x.s.ctx)
		return r.Err
	}, func(error) { x.take(r) })
}
