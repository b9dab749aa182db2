package kiosk

import (
	"fmt"
	"image/color"
	"log/slog"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// How long a verdict fills the screen when nothing else is scanned. A refusal stays until
// the next scan, a lock until it is cleared.
const (
	greenTime = 1500 * time.Millisecond
	amberTime = 4 * time.Second
	blueTime  = 2500 * time.Millisecond
)

// step is what the loading screen shows besides a verdict.
type step int

const (
	stepIdle     step = iota // load open: waiting for a box
	stepTruck                // no load: choose a truck, or scan its pass
	stepDistrict             // truck chosen: choose the district
	stepClose                // closing: the shortage and its reason
	stepUndo                 // really take the last box off?
	stepClear                // a penyelia clears the lock: who, PIN, why
	stepWaiting              // nothing known yet
)

// loading is the product: a box is scanned, and the whole screen says what to do.
type loading struct {
	s      *shell
	status dock.Status
	err    error // of the last look at the ledger
	step   step

	result  *dock.Result // fills the screen; nil: none
	refusal *dock.Result // what locked the dock, as far as this screen saw it
	since   int          // counts results, so that an old timer clears no new one

	trucks   []ledger.Truck
	plate    string
	people   []ledger.Person
	penyelia string
	reason   string
	note     string
}

func newLoading(s *shell) *loading {
	x := &loading{s: s, step: stepWaiting}
	x.look(func() {
		x.step = stepIdle
		if x.status.Load == nil {
			x.step = stepTruck
		}
	})
	return x
}

// look reads the dock's state anew and then shows it; then may change the step first.
func (x *loading) look(then func()) {
	x.s.later(func() func() {
		st, err := x.s.station.Status(x.s.ctx)
		var trucks []ledger.Truck
		var people []ledger.Person
		if err == nil {
			trucks, err = x.s.ledger.Trucks(x.s.ctx)
		}
		if err == nil {
			people, err = x.s.ledger.People(x.s.ctx)
		}
		return func() {
			x.status, x.err, x.trucks, x.people = st, err, trucks, people
			if err == nil && then != nil {
				then()
			}
			x.refresh()
		}
	})
}

func (x *loading) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *loading) takesScans() bool { return true }

// scanned sends the scan to the dock. Nothing is painted before its answer: a result of
// the box before would be taken for this one's.
func (x *loading) scanned(scan string) {
	if x.step == stepClear && x.penyelia != "" && isPIN(scan) {
		x.clear(scan)
		return
	}
	x.s.later(func() func() {
		r := x.s.station.Scan(x.s.ctx, scan)
		st, err := x.s.station.Status(x.s.ctx)
		return func() {
			x.status, x.err = st, err
			x.take(r)
		}
	})
}

// take shows a result.
func (x *loading) take(r dock.Result) {
	x.since++
	x.note = ""
	switch {
	case r.Person != nil:
		x.s.person = *r.Person
	case r.Command == code.SetAside && r.Err == nil:
		x.refresh() // the lock's own screen asks for the label
		return
	}
	if r.Verdict.Locks() {
		x.refusal = &r
	}
	if r.Lock == nil {
		x.refusal = nil
	}
	x.step = stepIdle
	if x.status.Load == nil {
		x.step = stepTruck
	}
	x.result = &r
	x.refresh()
	if hold := holdTime(r); hold > 0 {
		n := x.since
		time.AfterFunc(hold, func() {
			x.s.do(func() {
				if x.since == n {
					x.result = nil
					x.refresh()
				}
			})
		})
	}
}

// holdTime is how long a result stays; 0: until something else happens.
func holdTime(r dock.Result) time.Duration {
	if r.Command != "" || r.Undone {
		return amberTime
	}
	switch r.Verdict.Level() {
	case gate.Green:
		return greenTime
	case gate.Amber:
		return amberTime
	case gate.Blue:
		return blueTime
	}
	return 0
}

func (x *loading) content() fyne.CanvasObject {
	switch {
	case x.step == stepClear:
		return x.s.page("load", x.clearStep())
	case x.status.Lock != nil:
		return x.locked()
	case x.result != nil:
		return x.verdict(*x.result)
	case x.err != nil:
		return x.away()
	}
	var main fyne.CanvasObject
	switch x.step {
	case stepWaiting:
		main = layout.NewSpacer()
	case stepTruck:
		return x.s.page("load", x.truckStep())
	case stepDistrict:
		return x.s.page("load", x.districtStep())
	case stepClose:
		main = x.closeStep()
	case stepUndo:
		main = x.undoStep()
	default:
		main = x.idle()
	}
	return x.s.page("load", container.New(&columns{[]float32{1, 1.7}}, padded(4, x.loadPanel()), padded(4, main)))
}

// loadPanel is the truck: plate, district, count.
func (x *loading) loadPanel() fyne.CanvasObject {
	p := x.s.look.p
	ld := x.status.Load
	if ld == nil {
		return layout.NewSpacer()
	}
	f := x.s.district(ld.District)
	bar := &progress{done: ld.Count, total: x.status.Expected, look: p}
	bar.ExtendBaseWidget(bar)
	scope := T("load.whole")
	if len(ld.Kecamatan) > 0 {
		scope = fmt.Sprint(ld.Kecamatan)
	}
	return panel(p.panel, container.New(&rows{[]float32{1.1, 3.6, 0.9, 0.7, 1.5, 0.5, 0.8}},
		newFitted(ld.Plate, 64, sizeLarge, p.text, true, fyne.TextAlignCenter),
		face(f.Numeral, f.Pattern, numeralSize),
		newFitted(f.Name, sizeTitle, sizeBody, p.text, true, fyne.TextAlignCenter),
		newFitted(scope, sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignCenter),
		newFitted(words.Number(ld.Count)+" / "+words.Number(x.status.Expected), 72, sizeLarge, p.text, true, fyne.TextAlignCenter),
		padded(4, bar),
		newFitted(T("load.driver", words.Data{"Driver": ld.Driver, "Load": ld.ID}), sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignCenter)))
}

// idle waits for a box: the last scans, and what else can be done.
func (x *loading) idle() fyne.CanvasObject {
	p := x.s.look.p
	prompt := panel(p.panel, container.NewBorder(nil, nil, padded(8, shape("scan", p.text, 90)), nil,
		newFitted(T("load.scan"), 80, sizeLarge, p.text, true, fyne.TextAlignLeading)))
	undo := newButton(T("load.undo"), x.s.plain(), func() { x.step = stepUndo; x.refresh() }).sized(sizeLarge).wide(0, 84)
	undo.disable(x.status.Load == nil || x.status.Load.Count == 0)
	shut := newButton(T("load.close"), x.s.plain(), func() { x.look(func() { x.step = stepClose; x.reason = "" }) }).sized(sizeLarge).wide(0, 84)
	return container.NewBorder(padded(2, prompt), padded(4, container.NewGridWithColumns(2, undo, shut)), nil, nil, padded(4, x.last()))
}

// last are the newest scans.
func (x *loading) last() fyne.CanvasObject {
	p := x.s.look.p
	list := container.NewVBox(text(T("load.last"), sizeSmall, p.quiet, false, fyne.TextAlignLeading))
	for i, r := range x.status.Last {
		if i == 6 {
			break
		}
		list.Add(x.lastRow(r))
	}
	return container.NewVScroll(list)
}

func (x *loading) lastRow(r dock.Result) fyne.CanvasObject {
	p := x.s.look.p
	t, mark := toneOf(r.Verdict), shapeOf(r.Verdict)
	if r.Undone {
		t, mark = toneBlue, "aside"
	}
	chip := canvas.NewRectangle(t.ground)
	chip.CornerRadius = 6
	box := r.Box
	if box == "" {
		box = r.Scan
	}
	e := words.Verdict(r)
	return container.NewBorder(nil, nil,
		container.NewHBox(container.NewStack(chip, padded(6, shape(mark, t.text, 34)))),
		text(words.Clock(r.At), sizeSmall, p.quiet, false, fyne.TextAlignTrailing),
		container.New(&columns{[]float32{1, 1.5}},
			newFitted(e.Headline, sizeBody, sizeSmall, p.text, true, fyne.TextAlignLeading),
			newFitted(box, sizeBody, 14, p.text, false, fyne.TextAlignLeading)))
}

// verdict is the whole screen: colour, shape, word, and what to do.
func (x *loading) verdict(r dock.Result) fyne.CanvasObject {
	t := toneOf(r.Verdict)
	mark := shapeOf(r.Verdict)
	if r.Command != "" || r.Undone {
		if t, mark = toneBlue, "aside"; r.Err != nil {
			t, mark = toneAmber, "warn"
		}
	}
	e := words.Verdict(r)
	count := ""
	if r.Verdict == gate.Accepted {
		count = words.Number(r.Count) + " / " + words.Number(r.Expected)
	}
	body := container.New(&rows{[]float32{3, 2.4, 1.2, 1.2, 1}},
		padded(10, shape(mark, t.text, 100)),
		newFitted(e.Headline, 170, sizeTitle, t.text, true, fyne.TextAlignCenter),
		container.New(&inset{0.04, 0}, newFitted(e.Detail, sizeTitle, sizeBody, t.text, false, fyne.TextAlignCenter)),
		container.New(&inset{0.04, 0}, newFitted(e.Do, sizeTitle, sizeBody, t.text, true, fyne.TextAlignCenter)),
		newFitted(count, 90, sizeLarge, t.text, true, fyne.TextAlignCenter))
	return container.NewStack(canvas.NewRectangle(t.ground), padded(20, body), newTouch(x.dismiss))
}

// dismiss takes a verdict off the screen at a touch. A lock has no such way out.
func (x *loading) dismiss() {
	x.since++
	x.result = nil
	x.refresh()
}

// locked answers three questions: what is wrong, where does this box belong, what do I do.
func (x *loading) locked() fyne.CanvasObject {
	t := toneRed
	r := dock.Result{Verdict: x.status.Lock.Verdict, Box: x.status.Lock.Box, Lock: x.status.Lock}
	if x.refusal != nil {
		r = *x.refusal
	} else if ld := x.status.Load; ld != nil {
		// After a restart: the lock is the ledger's, the rest is told again from the last scans.
		r.Truck, r.LoadDistrict = ld.Plate, ld.District
		for _, old := range x.status.Last {
			if old.Box == r.Box && old.Verdict == r.Verdict {
				r = old
				break
			}
		}
	}
	e := words.Verdict(r)
	again := ""
	if x.result != nil && x.result.Verdict == gate.Locked {
		again = T("lock.other")
	}
	do := e.Do
	if x.status.SetAside {
		do = T("lock.label")
	}
	head := container.New(&columns{[]float32{1, 5}}, padded(6, shape(shapeOf(r.Verdict), t.text, 80)),
		newFitted(e.Headline, 150, sizeTitle, t.text, true, fyne.TextAlignLeading))
	middle := x.whereTo(r)
	aside := newButton(T("lock.aside"), toneAmber, func() {
		x.s.later(func() func() {
			res := x.s.station.ArmSetAside(x.s.ctx)
			st, err := x.s.station.Status(x.s.ctx)
			return func() {
				x.status, x.err = st, err
				x.take(res)
			}
		})
	}).sized(sizeLarge).wide(0, 92)
	buttons := container.NewGridWithColumns(2, aside)
	if x.status.SetAside {
		buttons = container.NewGridWithColumns(1) // the label is awaited; the button has done its part
	}
	clear := newButton(T("lock.penyelia"), tone{t.text, t.ground}, func() {
		x.step, x.penyelia, x.reason, x.note = stepClear, "", "", ""
		x.refresh()
	}).sized(sizeLarge).wide(0, 92)
	buttons.Add(clear)
	body := container.NewBorder(nil, buttons, nil, nil,
		container.New(&rows{[]float32{2, 3.6, 1, 1.2, 0.8}},
			head, middle,
			newFitted(x.place(r), sizeTitle, sizeSmall, t.text, false, fyne.TextAlignCenter),
			newFitted(do, 52, sizeBody, onRed, true, fyne.TextAlignCenter),
			newFitted(again, sizeLarge, sizeBody, t.text, true, fyne.TextAlignCenter)))
	return container.NewStack(canvas.NewRectangle(t.ground), padded(22, body))
}

// whereTo shows the box's district beside the truck's, as numerals and patterns.
func (x *loading) whereTo(r dock.Result) fyne.CanvasObject {
	t := toneRed
	if r.BoxDistrict.IsZero() || r.Verdict == gate.Forged {
		return newFitted(words.Verdict(r).Detail, sizeTitle, sizeBody, t.text, false, fyne.TextAlignCenter)
	}
	side := func(title, name string, d election.District) fyne.CanvasObject {
		f := x.s.district(d)
		return container.New(&rows{[]float32{0.8, 3.4, 0.8}},
			newFitted(title, sizeLarge, sizeSmall, t.text, true, fyne.TextAlignCenter),
			container.New(&inset{0.12, 0.02}, face(f.Numeral, f.Pattern, 130)),
			newFitted(name, sizeLarge, sizeSmall, t.text, true, fyne.TextAlignCenter))
	}
	sign := newFitted("≠", 110, sizeTitle, t.text, true, fyne.TextAlignCenter)
	if r.BoxDistrict == r.LoadDistrict {
		sign = newFitted("→", 110, sizeTitle, t.text, true, fyne.TextAlignCenter)
	}
	return container.New(&columns{[]float32{3, 1, 3}},
		side(T("lock.box"), x.s.district(r.BoxDistrict).Name, r.BoxDistrict), sign,
		side(T("lock.truck"), r.Truck, r.LoadDistrict))
}

// place says which box it is, in the words on its sticker.
func (x *loading) place(r dock.Result) string {
	if r.Kelurahan == "" {
		return r.Box
	}
	return T("lock.place", words.Data{"Kelurahan": r.Kelurahan, "Kecamatan": r.Kecamatan, "TPS": fmt.Sprintf("%03d", r.TPS), "Kind": r.Kind})
}

// away is shown when the ledger can't be read: red, and nothing loads.
func (x *loading) away() fyne.CanvasObject {
	t := toneRed
	e := words.Verdict(dock.Result{Verdict: gate.Unavailable, Err: x.err})
	return container.NewStack(canvas.NewRectangle(t.ground), container.New(&rows{[]float32{2, 2, 2, 1.4}},
		padded(10, shape("stop", t.text, 100)),
		newFitted(e.Headline, sizeHuge, sizeTitle, t.text, true, fyne.TextAlignCenter),
		container.New(&inset{0.06, 0}, newFitted(e.Detail+" "+e.Do, sizeTitle, sizeBody, t.text, false, fyne.TextAlignCenter)),
		container.NewCenter(newButton(T("failure.retry"), tone{t.text, t.ground}, func() { x.look(nil) }).sized(sizeLarge).wide(360, 90))))
}

// truckStep chooses the truck: by its pass, or from the list.
func (x *loading) truckStep() fyne.CanvasObject {
	p := x.s.look.p
	head := panel(p.panel, container.NewBorder(nil, nil, padded(8, shape("scan", p.text, 90)), nil,
		newFitted(T("load.pass"), 64, sizeLarge, p.text, true, fyne.TextAlignLeading)))
	list := container.NewGridWithColumns(3)
	for _, tr := range x.trucks {
		list.Add(newButton(tr.Plate, x.s.plain(), func() {
			x.plate, x.step, x.note = tr.Plate, stepDistrict, ""
			x.refresh()
		}).sized(sizeLarge).wide(0, 96))
	}
	hint := T("load.choose")
	if len(x.trucks) == 0 {
		hint = T("load.notrucks")
	}
	return container.NewBorder(container.NewVBox(head, x.noteLine(), text(hint, sizeBody, p.quiet, false, fyne.TextAlignLeading)), nil, nil, nil,
		container.NewVScroll(container.NewVBox(list)))
}

// districtStep chooses the district of the load.
func (x *loading) districtStep() fyne.CanvasObject {
	p := x.s.look.p
	e := x.s.ledger.Event()
	grid := container.NewGridWithColumns(5)
	for _, d := range e.Dapil {
		if d.Kind != e.RoutingSpace() {
			continue
		}
		f := x.s.district(d.District)
		grid.Add(newTile(container.NewBorder(nil, newFitted(d.Name, sizeBody, sizeSmall, p.text, true, fyne.TextAlignCenter), nil, nil, face(f.Numeral, f.Pattern, 90)),
			x.s.plain(), func() { x.open(d.District) }))
	}
	back := newButton(T("back"), x.s.plain(), func() { x.step = stepTruck; x.refresh() })
	return container.NewBorder(container.NewVBox(text(T("load.district", words.Data{"Truck": x.plate}), sizeTitle, p.text, true, fyne.TextAlignLeading), x.noteLine()),
		back, nil, nil, padded(8, grid))
}

func (x *loading) open(d election.District) {
	plate := x.plate
	x.s.later(func() func() {
		_, err := x.s.station.OpenLoad(x.s.ctx, plate, d, nil)
		st, serr := x.s.station.Status(x.s.ctx)
		return func() {
			x.status, x.err, x.result = st, serr, nil
			if x.step = stepIdle; err != nil {
				x.step, x.note = stepTruck, words.Error(err)
			}
			x.refresh()
		}
	})
}

// noteLine is a message above a step; nothing where there is none.
func (x *loading) noteLine() fyne.CanvasObject {
	if x.note == "" {
		return container.NewWithoutLayout()
	}
	return panel(toneAmber.ground, newFitted(x.note, sizeLarge, sizeSmall, toneAmber.text, true, fyne.TextAlignLeading))
}

// shortageReasons are keys of the reasons for closing a load that is not complete.
var shortageReasons = []string{"shortage.later", "shortage.full", "shortage.damaged", "shortage.missing"}

// closeStep closes the load, with a reason where boxes are missing.
func (x *loading) closeStep() fyne.CanvasObject {
	p := x.s.look.p
	ld := x.status.Load
	if ld == nil {
		return layout.NewSpacer()
	}
	short := x.status.Expected - ld.Count
	list := container.NewVBox(
		newFitted(T("close.title", words.Data{"Truck": ld.Plate}), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading).full(),
		newFitted(words.N("close.count", ld.Count), sizeLarge, sizeBody, p.text, false, fyne.TextAlignLeading).full(), x.noteLine())
	if short > 0 {
		list.Add(panel(toneAmber.ground, newFitted(words.N("close.short", short), sizeLarge, sizeBody, toneAmber.text, true, fyne.TextAlignLeading).full()))
		grid := container.NewGridWithColumns(2)
		for _, key := range shortageReasons {
			t := x.s.plain()
			if x.reason == key {
				t = x.s.strong()
			}
			grid.Add(newButton(T(key), t, func() { x.reason = key; x.refresh() }).wide(0, 84))
		}
		list.Add(grid)
	}
	shut := newButton(T("close.do"), x.s.strong(), x.shut).sized(sizeLarge).wide(0, 88)
	shut.disable(short > 0 && x.reason == "")
	back := newButton(T("back"), x.s.plain(), func() { x.step = stepIdle; x.refresh() }).sized(sizeLarge).wide(0, 88)
	return container.NewBorder(nil, container.NewGridWithColumns(2, back, shut), nil, nil, list)
}

func (x *loading) shut() {
	reason := ""
	if x.reason != "" {
		reason = T(x.reason)
	}
	x.s.later(func() func() {
		ld, err := x.s.station.CloseLoad(x.s.ctx, reason)
		st, serr := x.s.station.Status(x.s.ctx)
		return func() {
			x.status, x.err = st, serr
			if err != nil {
				x.note = words.Error(err)
				x.refresh()
				return
			}
			x.take(dock.Result{Command: code.CloseLoad, Closed: &ld, At: ld.Closed})
		}
	})
}

// undoStep asks once more: a box comes off only on purpose.
func (x *loading) undoStep() fyne.CanvasObject {
	p := x.s.look.p
	box := ""
	for _, r := range x.status.Last {
		if r.Verdict == gate.Accepted && !r.Undone {
			box = r.Box
			break
		}
	}
	yes := newButton(T("undo.do"), x.s.strong(), func() {
		x.s.later(func() func() {
			r, err := x.s.station.Undo(x.s.ctx, T("undo.reason"))
			st, serr := x.s.station.Status(x.s.ctx)
			return func() {
				x.status, x.err = st, serr
				if err != nil {
					x.note, x.step = words.Error(err), stepIdle
					x.refresh()
					return
				}
				x.take(r)
			}
		})
	}).sized(sizeLarge).wide(0, 96)
	no := newButton(T("back"), x.s.plain(), func() { x.step = stepIdle; x.refresh() }).sized(sizeLarge).wide(0, 96)
	return container.NewBorder(nil, container.NewGridWithColumns(2, no, yes), nil, nil, container.New(&rows{[]float32{1, 1.4, 1}},
		newFitted(T("undo.title"), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignCenter),
		newFitted(box, 60, sizeLarge, p.text, true, fyne.TextAlignCenter),
		newFitted(T("undo.help"), sizeLarge, sizeBody, p.quiet, false, fyne.TextAlignCenter)))
}

// clearReasons are keys of the reasons for clearing a lock without its box.
var clearReasons = []string{"clear.label", "clear.taken", "clear.scanner"}

// clearStep lets a penyelia clear the lock: who, why, PIN. Nobody overrides the refusal:
// the box stays off the truck.
func (x *loading) clearStep() fyne.CanvasObject {
	p := x.s.look.p
	left := container.NewVBox(
		newFitted(T("clear.title"), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading).full(),
		newFitted(T("clear.help"), sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignLeading), x.noteLine())
	who := container.NewGridWithColumns(2)
	for _, person := range x.people {
		if person.Role != ledger.Penyelia || !person.Active {
			continue
		}
		t := x.s.plain()
		if x.penyelia == person.Name {
			t = x.s.strong()
		}
		who.Add(newButton(person.Name, t, func() { x.penyelia = person.Name; x.refresh() }))
	}
	left.Add(who)
	why := container.NewVBox()
	for _, key := range clearReasons {
		t := x.s.plain()
		if x.reason == key {
			t = x.s.strong()
		}
		why.Add(newButton(T(key), t, func() { x.reason = key; x.refresh() }))
	}
	left.Add(why)
	left.Add(newButton(T("back"), x.s.plain(), func() { x.step = stepIdle; x.refresh() }))
	var right fyne.CanvasObject = newFitted(T("clear.choose"), sizeLarge, sizeBody, p.quiet, false, fyne.TextAlignCenter)
	if x.penyelia != "" && x.reason != "" {
		right = newPINPad(x.s, x.clear).content()
	}
	return container.New(&columns{[]float32{1.2, 1}}, padded(6, container.NewVScroll(left)), padded(6, right))
}

func (x *loading) clear(pin string) {
	name, reason := x.penyelia, T(x.reason)
	x.s.later(func() func() {
		by, err := x.s.ledger.SignIn(x.s.ctx, name, pin)
		if err == nil {
			err = x.s.station.ClearLock(x.s.ctx, by, reason)
		}
		st, serr := x.s.station.Status(x.s.ctx)
		return func() {
			x.status, x.err = st, serr
			if err != nil {
				slog.Warn("clear lock", "by", name, "err", err)
				x.note = words.Error(err)
			} else {
				x.step, x.result, x.refusal, x.note = stepIdle, nil, nil, ""
			}
			x.refresh()
		}
	})
}

// progress is a plain bar.
type progress struct {
	widget.BaseWidget
	done, total int
	look        *palette
}

// CreateRenderer draws the bar.
func (b *progress) CreateRenderer() fyne.WidgetRenderer {
	rim := canvas.NewRectangle(b.look.ground)
	rim.StrokeColor, rim.StrokeWidth = b.look.line, 2
	return &progressRenderer{b, rim, canvas.NewRectangle(b.look.text)}
}

type progressRenderer struct {
	b         *progress
	rim, fill *canvas.Rectangle
}

func (r *progressRenderer) Layout(s fyne.Size) {
	r.rim.Resize(s)
	share := float32(0)
	if r.b.total > 0 {
		share = min(1, float32(r.b.done)/float32(r.b.total))
	}
	r.fill.Move(fyne.NewPos(3, 3))
	r.fill.Resize(fyne.NewSize((s.Width-6)*share, s.Height-6))
}

func (r *progressRenderer) MinSize() fyne.Size           { return fyne.NewSize(60, 18) }
func (r *progressRenderer) Refresh()                     { r.Layout(r.b.Size()); r.fill.Refresh() }
func (r *progressRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rim, r.fill} }
func (r *progressRenderer) Destroy()                     {}

// touch is an invisible touch target over a whole screen.
type touch struct {
	widget.BaseWidget
	tapped func()
}

func newTouch(tapped func()) *touch {
	t := &touch{tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped is a finger's or the mouse's.
func (t *touch) Tapped(*fyne.PointEvent) { t.tapped() }

// CreateRenderer draws nothing.
func (t *touch) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// tile is a touch target with a picture in it.
type tile struct {
	widget.BaseWidget
	inside fyne.CanvasObject
	tone   tone
	tapped func()
}

func newTile(inside fyne.CanvasObject, t tone, tapped func()) *tile {
	x := &tile{inside: inside, tone: t, tapped: tapped}
	x.ExtendBaseWidget(x)
	return x
}

// Tapped is a finger's or the mouse's.
func (t *tile) Tapped(*fyne.PointEvent) { t.tapped() }

// CreateRenderer draws the picture on its ground.
func (t *tile) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(panel(t.tone.ground, t.inside))
}
