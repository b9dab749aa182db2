package kiosk

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// receiveStep is what the receiving screen shows besides a verdict.
type receiveStep int

const (
	receiveWaiting   receiveStep = iota // nothing known yet
	receiveIdle                         // waiting for a box; without a receipt, for a surat jalan
	receiveKecamatan                    // a load for several: which is received here?
	receiveWhy                          // what differs from the list, and why
	receiveSign                         // who hands over, and the PIN of who receives
)

// receiving is the screen at the kecamatan: the surat jalan's code opens a receipt, each
// box is scanned, two people sign.
type receiving struct {
	s    *shell
	step receiveStep

	// What was read of the ledger.
	status    dock.ReceivingStatus
	areas     []ledger.ReceiptArea
	extra     int               // boxes that are not on the list
	kecamatan string            // names of those that the receipt is for
	due       []ledger.Delivery // loads on their way
	signed    *ledger.Receipt   // the newest that was signed here; nil: none
	err       error

	result    *dock.Result // fills the screen; nil: none
	since     int          // counts results, so that an old timer clears no new one
	following bool

	// A load that is about to be received.
	load      ledger.Load
	paper     string // number of its surat jalan; empty: it was chosen
	choices   []ledger.Due
	stays     *ledger.Load // it is closed and its departure was not recorded; nil: not so
	byArea    bool         // the list shows kelurahan, not the last scans
	list      pager
	note      func() string
	good      bool
	why       *differences
	deliverer string
	pad       *pinPad
}

func newReceiving(s *shell) *receiving {
	x := &receiving{s: s}
	x.list.changed = x.refresh
	x.pad = newPINPad(s, x.sign, x.refresh)
	x.look(func() { x.step = receiveIdle })
	return x
}

func (x *receiving) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *receiving) takesScans() bool { return true }
func (x *receiving) typing() bool     { return x.step == receiveSign }

func (x *receiving) say(good bool, note func() string) { x.note, x.good = note, good }

func (x *receiving) fail(err error) {
	slog.Warn("receive", "err", err)
	x.say(false, func() string { return words.Error(err) })
}

// receivingState is what is read of the ledger at once.
type receivingState struct {
	status    dock.ReceivingStatus
	areas     []ledger.ReceiptArea
	extra     int
	kecamatan string
	due       []ledger.Delivery
	signed    *ledger.Receipt
	err       error
}

// read runs away from the window.
func (x *receiving) read(station *dock.Station) (st receivingState) {
	l, ctx := x.s.ledger, x.s.ctx
	if st.status, st.err = station.Receiving().Status(ctx); st.err != nil {
		return st
	}
	if r := st.status.Receipt; r != nil {
		if st.areas, st.err = l.ReceiptAreas(ctx, *r); st.err == nil {
			st.extra, st.err = l.ExtraCount(ctx, *r)
		}
		var names []string
		for _, k := range r.Kecamatan {
			if st.err == nil {
				var n map[election.Level]string
				n, st.err = l.AreaNames(ctx, k)
				names = append(names, n[election.LevelKecamatan])
			}
		}
		st.kecamatan = strings.Join(names, ", ")
		return st
	}
	if st.due, st.err = l.Deliveries(ctx); st.err != nil {
		return st
	}
	var all []ledger.Receipt
	all, st.err = l.Receipts(ctx, ledger.ReceiptDone)
	for i := range all {
		if all[i].Dock == station.Number() {
			st.signed = &all[i]
			break
		}
	}
	return st
}

func (x *receiving) see(st receivingState) {
	x.status, x.areas, x.extra, x.kecamatan, x.due, x.signed, x.err = st.status, st.areas, st.extra, st.kecamatan, st.due, st.signed, st.err
}

// look reads the state anew and then shows it; then may change the step first.
func (x *receiving) look(then func()) {
	station := x.s.station
	x.s.later(func() func() {
		st := x.read(station)
		return func() {
			if x.see(st); st.err == nil && then != nil {
				then()
			}
			x.refresh()
		}
	})
}

// act does something away from the window, and then shows what came of it.
func (x *receiving) act(do func(*dock.Receiving) error, then func(error)) {
	station := x.s.station
	x.s.later(func() func() {
		err := do(station.Receiving())
		st := x.read(station)
		return func() {
			x.see(st)
			x.note = nil
			if err != nil {
				x.fail(err)
			}
			then(err)
			x.refresh()
		}
	})
}

// follow shows what changed without a scan here: the ledger went or came back, a truck left.
func (x *receiving) follow() {
	if x.following {
		return
	}
	x.following = true
	station := x.s.station
	x.s.later(func() func() {
		st := x.read(station)
		return func() {
			x.following = false
			was, before, receipt := x.err, len(x.due), x.status.Receipt
			x.see(st)
			switch {
			case x.err == nil && x.step == receiveWaiting:
				x.step = receiveIdle
				x.refresh()
			case (was == nil) != (x.err == nil) || before != len(x.due) || (receipt == nil) != (x.status.Receipt == nil):
				x.refresh()
			}
		}
	})
}

// scanned takes a surat jalan's code, a box, or what is typed when signing.
func (x *receiving) scanned(scan string) {
	if x.step == receiveSign {
		switch {
		case x.deliverer != "" && isPIN(scan):
			x.sign(scan)
			return
		case isName(scan):
			x.deliverer = scan
			x.refresh()
			return
		}
	}
	station := x.s.station
	x.s.later(func() func() {
		r := station.Receiving()
		if r.IsPaper(scan) {
			d, err := r.Paper(x.s.ctx, scan)
			return func() { x.papered(d, err) }
		}
		result := r.Scan(x.s.ctx, scan)
		return func() {
			x.take(result)
			x.catchUp()
		}
	})
}

// catchUp reads the counts and lists behind a verdict, which is painted before.
func (x *receiving) catchUp() {
	station := x.s.station
	x.s.later(func() func() {
		st := x.read(station)
		return func() {
			if x.see(st); x.result == nil || st.err != nil {
				x.refresh()
			}
		}
	})
}

// isName tells a name that a person typed from a scan.
func isName(s string) bool {
	letters := 0
	for _, r := range s {
		if r >= '0' && r <= '9' || r == ':' || r == '/' {
			return false
		}
		letters++
	}
	return letters >= 2 && letters <= typedMost
}

// papered goes on with the load whose surat jalan was scanned.
func (x *receiving) papered(d ledger.Issued, err error) {
	if x.result, x.note = nil, nil; err != nil {
		x.fail(err)
		x.refresh()
		return
	}
	if r := x.status.Receipt; r != nil {
		if r.Load != d.Load {
			x.say(false, func() string { return T("receive.busy", words.Data{"Truck": r.Plate}) })
		}
		x.refresh()
		return
	}
	x.begin(d.Load, d.Number)
}

// begin receives a load: at once where it is for one kecamatan, else it asks for which.
func (x *receiving) begin(load int64, paper string) {
	l, ctx := x.s.ledger, x.s.ctx
	x.s.later(func() func() {
		ld, err := l.LoadByID(ctx, load)
		var due []ledger.Due
		if err == nil {
			due, err = l.LoadDue(ctx, load)
		}
		return func() {
			x.load, x.paper, x.choices, x.stays, x.note = ld, paper, due, nil, nil
			switch {
			case err != nil:
				x.fail(err)
				x.refresh()
			case ld.State == ledger.LoadClosed:
				x.stays = &ld
				x.refresh()
			case len(due) == 1:
				x.open(due[0].Kecamatan)
			default:
				x.step, x.list.page = receiveKecamatan, 0
				x.refresh()
			}
		}
	})
}

func (x *receiving) open(kecamatan election.AreaCode) {
	load, paper := x.load.ID, x.paper
	x.act(func(r *dock.Receiving) error {
		_, err := r.Open(x.s.ctx, load, []election.AreaCode{kecamatan}, paper)
		return err
	}, func(error) { x.step, x.result, x.list.page = receiveIdle, nil, 0 })
}

// departed records that a truck has left which stands here, and goes on with it.
func (x *receiving) departed() {
	ld, by, paper := *x.stays, x.s.person, x.paper
	x.act(func(*dock.Receiving) error { return x.s.ledger.Depart(x.s.ctx, by, ld.ID) }, func(err error) {
		if x.stays = nil; err == nil {
			x.begin(ld.ID, paper)
		}
	})
}

// take shows a result.
func (x *receiving) take(r dock.Result) {
	x.since++
	x.note, x.step, x.result = nil, receiveIdle, &r
	x.s.devices.sound(r)
	x.refresh()
	hold := map[gate.Level]time.Duration{gate.Green: x.s.cfg.Green, gate.Amber: amberTime}[r.Verdict.Level()]
	if r.Undone {
		hold = amberTime
	}
	if hold > 0 {
		x.s.after(hold, &x.since, x.dismiss)
	}
}

func (x *receiving) dismiss() {
	x.since++
	x.result = nil
	x.refresh()
}

func (x *receiving) content() fyne.CanvasObject {
	l := x.s.look
	switch {
	case x.result != nil:
		return x.verdict(*x.result)
	case x.err != nil:
		return x.verdict(dock.Result{Verdict: gate.Unavailable, Receiving: true, Err: x.err})
	case x.step == receiveWaiting:
		return x.s.page("receive", canvas.NewRectangle(l.page.ground))
	case x.status.Receipt == nil && x.step == receiveKecamatan:
		return x.s.page("receive", x.kecamatanStep())
	case x.status.Receipt == nil:
		return x.s.page("receive", x.paperStep())
	case x.step == receiveWhy:
		return x.s.page("receive", x.why.content())
	case x.step == receiveSign:
		return x.s.page("receive", x.signStep())
	}
	return x.s.page("receive", x.idle())
}

func (x *receiving) noted() []cell {
	if x.note == nil {
		return nil
	}
	return []cell{x.s.look.note(x.note(), x.good)}
}

// paperStep waits for a surat jalan, or a touch on its truck where its code can't be read.
func (x *receiving) paperStep() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	aim, wide := x.s.devices.aim("scan")
	cells := []cell{l.fix(180, l.on(p.ground, 12, l.inset(20, l.row(24, l.fix(wide, aim), grow(1, l.textN(T("receive.scanpaper"), 80, 2, condensed, p.ink))))))}
	cells = append(cells, x.noted()...)
	rows := 4
	if x.stays != nil {
		rows--
		cells = append(cells, l.fix(84, l.row(14, grow(1.6, l.textN(T("receive.stays", words.Data{"Truck": x.stays.Plate}), 28, 2, bold, l.page.ink)),
			grow(1, l.next("truck", T("receive.depart"), x.departed).sized(26)))))
	}
	if r := x.signed; r != nil {
		rows--
		cells = append(cells, l.fix(84, l.row(14, grow(1.6, l.textN(T("receive.signed", words.Data{"Truck": r.Plate, "Count": words.Number(r.Count), "Expected": words.Number(r.Expected)}), 28, 2, bold, l.page.ink)),
			grow(1, l.next("print", T("receive.make"), x.makePaper).sized(26)))))
	}
	hint := T("receive.choose")
	if len(x.due) == 0 {
		hint = T("receive.none")
	}
	return l.col(14, append(cells, l.fix(36, l.text1(hint, 26, regular, l.page.ink)),
		grow(1, x.list.content(l, 3, max(2, rows), 12, len(x.due), func(i int) fyne.CanvasObject {
			d := x.due[i]
			return l.button("truck", d.Load.Plate, func() { x.begin(d.Load.ID, "") }).sized(32).second(words.N("receive.coming", d.Missing))
		})))...)
}

// kecamatanStep asks which part of a load is received here.
func (x *receiving) kecamatanStep() fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(64, l.text1(T("receive.which", words.Data{"Truck": x.load.Plate}), 44, condensed, l.page.ink))}
	cells = append(cells, x.noted()...)
	return l.col(14, append(cells,
		grow(1, x.list.content(l, 2, 4, 12, len(x.choices), func(i int) fyne.CanvasObject {
			d := x.choices[i]
			return l.button("", d.Name, func() { x.open(d.Kecamatan) }).sized(36).second(words.N("receive.coming", d.Missing))
		})),
		l.fix(88, l.row(12, l.fix(240, l.button("back", T("back"), func() { x.step, x.note = receiveIdle, nil; x.refresh() })), rest())))...)
}

// idle waits for a box: the truck, the four counts, and the list.
func (x *receiving) idle() fyne.CanvasObject {
	l, r := x.s.look, x.status.Receipt
	p := l.panel
	tile := func(key string, n int, t tone) cell {
		return grow(1, l.on(t.ground, 12, l.inset(8, l.col(0, grow(1.9, l.text1(words.Number(n), 76, condensed, t.ink).centred()), grow(1, l.text1(T(key), 25, regular, t.ink).centred())))))
	}
	surplus := p
	if x.extra > 0 {
		surplus = toneAmber
	}
	cells := []cell{l.fix(104, l.on(p.ground, 12, l.inset(10, l.row(18,
		l.fix(170, l.numeral(x.s.district(r.District, x.kecamatan), 70)),
		grow(1, l.col(0, grow(1.5, l.text1(r.Plate, 46, condensed, p.ink)), grow(1, l.text1(T("receive.at", words.Data{"Kecamatan": x.kecamatan, "Load": r.Load}), 24, regular, p.ink)))),
		l.fix(420, l.col(0, rest(), l.fix(30, l.bar(r.Count, 0, r.Expected)), rest())))))),
		l.fix(128, l.row(12, tile("receive.expected", r.Expected, p), tile("receive.count", r.Count, p), tile("receive.missing", r.Missing(), p), tile("receive.extra", x.extra, surplus)))}
	cells = append(cells, x.noted()...)
	foot := []cell{grow(1, l.next("tick", T("receive.end"), x.end).sized(28))}
	if r.Count > 0 {
		foot = append([]cell{grow(1, l.button("undo", T("receive.undo"), x.undo).sized(26))}, foot...)
	}
	return l.col(12, append(cells,
		grow(1, l.row(12, grow(1, x.s.devices.ask(T("receive.scan"), 90)), grow(1.35, x.lists()))),
		l.fix(84, l.row(12, foot...)))...)
}

// lists are the last scans, or the kelurahan with what they lack.
func (x *receiving) lists() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	tabs := l.fix(target, l.row(8, grow(1, l.choice(!x.byArea, T("load.last"), func() { x.byArea = false; x.refresh() }).sized(22)),
		grow(1, l.choice(x.byArea, T("receive.byarea"), func() { x.byArea, x.list.page = true, 0; x.refresh() }).sized(22))))
	rows := 4
	if x.note != nil { // it stands above
		rows = 3
	}
	if x.byArea {
		return l.col(8, tabs, grow(1, x.list.content(l, 1, rows-1, 6, len(x.areas), func(i int) fyne.CanvasObject {
			a := x.areas[i]
			return l.on(p.ground, 8, l.inset(8, l.row(12, grow(1.2, l.text1(a.Kelurahan, 27, condensed, p.ink)),
				grow(1, l.col(0, rest(), l.fix(22, l.bar(a.Count, 0, a.Expected)), rest())),
				grow(0.8, l.text1(words.Number(a.Count)+" / "+words.Number(a.Expected), 26, bold, p.ink).trailing()))))
		})))
	}
	cells := []cell{tabs}
	for i := range rows {
		if i >= len(x.status.Last) {
			cells = append(cells, rest())
			continue
		}
		r := x.status.Last[i]
		v := viewOf(r)
		what := r.Box
		if r.Kelurahan != "" {
			what = T("box.short", boxData(r))
		}
		if what == "" {
			what = r.Scan[:min(40, len(r.Scan))]
		}
		cells = append(cells, grow(1, l.on(p.ground, 8, l.inset(5, l.row(10,
			l.fix(46, l.on(v.tone.ground, 8, l.inset(7, l.shape(v.icon, v.tone.ink)))),
			grow(1, l.col(0, grow(1.1, l.text1(words.Verdict(r).Headline, 24, condensed, p.ink)), grow(1, l.text1(what, 20, regular, p.ink)))),
			l.fix(86, l.text1(words.Clock(r.At), 19, regular, p.ink).trailing()))))))
	}
	return l.col(6, cells...)
}

// verdict is the whole screen: colour, shape, word, place, and what to do.
func (x *receiving) verdict(r dock.Result) fyne.CanvasObject {
	l, m := x.s.look, viewOf(r)
	t, e := m.tone, words.Verdict(r)
	icon := l.shape(m.icon, t.ink)
	counts := words.Number(r.Count) + " / " + words.Number(r.Expected)
	var inside fyne.CanvasObject
	switch m.place {
	case left:
		inside = l.row(40, l.fix(340, icon), grow(1, l.col(4,
			grow(2.2, l.text1(e.Headline, 200, condensed, t.ink)),
			grow(1.4, l.text1(counts, 120, condensed, t.ink)),
			grow(1, l.textN(boxWords(r), 40, 2, bold, t.ink)),
			grow(0.7, l.text1(e.Do, 36, regular, t.ink)))))
	case right:
		inside = l.row(40, grow(1, l.col(4,
			grow(2, l.textN(e.Headline, 160, 2, condensed, t.ink)),
			grow(1, l.textN(e.Detail, 44, 3, regular, t.ink)),
			grow(1, l.textN(e.Do, 44, 2, bold, t.ink)))), l.fix(320, icon))
	case below:
		inside = l.col(8,
			grow(1.6, l.text1(e.Headline, 140, condensed, t.ink).centred()),
			grow(1, l.textN(e.Detail, 48, 2, regular, t.ink).centred()),
			grow(0.8, l.text1(e.Do, 44, bold, t.ink).centred()), grow(1, icon))
	default:
		cells := []cell{grow(1.2, icon), grow(1.4, l.text1(e.Headline, 150, condensed, t.ink).centred())}
		if r.Kelurahan != "" {
			cells = append(cells, l.fix(56, l.text1(boxWords(r), 40, bold, t.ink).centred()))
		}
		inside = l.col(8, append(cells,
			grow(1.2, l.textN(e.Detail, 42, 3, regular, t.ink).centred()),
			grow(0.8, l.textN(e.Do, 44, 2, bold, t.ink).centred()),
			l.fix(92, l.row(0, rest(), l.fix(460, l.buttonIn(tone{t.ground, t.ink}, "", T("verdict.seen"), x.seen).sized(34)), rest())))...)
	}
	whole := l.on(t.ground, 0, l.inset(36, inside))
	if m.place != above {
		whole.Add(newTouch(x.dismiss))
	}
	return whole
}

// seen is the button of a refusal: look at the place again.
func (x *receiving) seen() {
	x.since++
	x.result = nil
	x.look(func() { x.step = receiveIdle })
}

func (x *receiving) undo() {
	var r dock.Result
	reason := T("undo.reason")
	x.act(func(rc *dock.Receiving) (err error) {
		r, err = rc.Undo(x.s.ctx, "", reason)
		return err
	}, func(err error) {
		if err == nil {
			x.take(r)
		}
	})
}

// end goes to the signing, by way of the differences where there are any.
func (x *receiving) end() {
	l, ctx, id := x.s.ledger, x.s.ctx, x.status.Receipt.ID
	x.s.later(func() func() {
		a, err := l.Arrival(ctx, id)
		return func() {
			x.note, x.pad.entered, x.list.page = nil, "", 0
			if err != nil {
				x.fail(err)
				x.refresh()
				return
			}
			x.deliverer = a.Receipt.Driver
			x.why = newDifferences(x, &a)
			if x.step = receiveSign; len(x.why.lines) > 0 {
				x.step = receiveWhy
			}
			x.refresh()
		}
	})
}

// signStep asks who hands over, and lets the one who receives sign with the PIN.
func (x *receiving) signStep() fyne.CanvasObject {
	l, r := x.s.look, x.status.Receipt
	p := l.panel
	cells := []cell{l.fix(64, l.text1(T("receive.sign", words.Data{"Truck": r.Plate, "Count": words.Number(r.Count), "Expected": words.Number(r.Expected)}), 42, condensed, l.page.ink))}
	cells = append(cells, x.noted()...)
	var names []fyne.CanvasObject
	for _, n := range []string{r.Driver, x.deliverer} {
		if n != "" && (len(names) == 0 || n != r.Driver) {
			names = append(names, l.choice(x.deliverer == n, n, func() { x.deliverer = n; x.refresh() }).sized(30))
		}
	}
	typed := l.textN(T("receive.type"), 26, 2, regular, l.faint.ink)
	x.s.sink.shown = func(text string) {
		if typed.text = text; text == "" || isPIN(text) || len(text) > typedMost {
			typed.text = T("receive.type")
		}
		typed.Refresh()
	}
	left := l.col(10,
		l.fix(36, l.text1(T("receive.deliverer"), 28, bold, l.page.ink)),
		l.fix(90, l.table(2, 1, 10, names)), l.fix(64, typed),
		l.fix(36, l.text1(T("receive.receiver"), 28, bold, l.page.ink)),
		l.fix(90, l.on(p.ground, 10, l.inset(10, l.text1(x.s.person.Name, 38, condensed, p.ink).centred()))),
		rest(), l.fix(84, l.row(12, l.fix(240, l.button("back", T("back"), func() { x.step, x.note = receiveIdle, nil; x.refresh() })), rest())))
	var pad fyne.CanvasObject = l.textN(T("receive.who"), 36, 3, bold, l.page.ink).centred()
	if x.deliverer != "" {
		pad = x.pad.content()
	}
	return l.col(12, append(cells, grow(1, l.row(20, grow(1.2, left), grow(1, pad))))...)
}

// sign signs the receipt with the PIN of the one who is here.
func (x *receiving) sign(pin string) {
	name, s := x.s.person.Name, ledger.Signing{Deliverer: x.deliverer, Reasons: x.why.reasons()}
	x.act(func(r *dock.Receiving) error {
		by, err := x.s.ledger.SignIn(x.s.ctx, name, pin)
		if err != nil {
			return err
		}
		_, err = r.Sign(x.s.ctx, by, s)
		return err
	}, func(err error) {
		switch {
		case err == nil:
			x.step, x.why, x.stays = receiveIdle, nil, nil
			x.say(true, func() string { return T("receive.done") })
		case errors.Is(err, ledger.ErrConflict), errors.Is(err, ledger.ErrDifference):
			x.step = receiveIdle // something was scanned meanwhile
		}
	})
}

// makePaper issues the tanda terima of the newest receipt here.
func (x *receiving) makePaper() {
	r, by, files := *x.signed, x.s.person, x.s.cfg.Files
	x.s.later(func() func() {
		name := ""
		if len(r.Kecamatan) == 1 {
			if names, err := x.s.ledger.AreaNames(x.s.ctx, r.Kecamatan[0]); err == nil {
				name = names[election.LevelKecamatan]
			}
		}
		f := x.s.district(r.District, name)
		d, err := report.IssueReceipt(x.s.ctx, x.s.ledger, by, r.ID, report.Paper{Face: report.Face{Numeral: f.Numeral, Pattern: f.Pattern, Name: f.Name}})
		for _, form := range []string{"pdf", "csv"} {
			if err == nil {
				err = d.WriteFile(filepath.Join(files, fmt.Sprintf("%s-%04d-%d.%s", report.KindTandaTerima, r.ID, d.Print, form)), form)
			}
		}
		return func() {
			x.say(true, func() string { return T("receive.made", words.Data{"Files": files}) })
			if err != nil {
				x.fail(err)
			}
			x.refresh()
		}
	})
}
