package kiosk

import (
	"fmt"
	"image/color"
	"strings"

	"dapilgate/app/batch"
	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// place is where a verdict's shape stands: classes of verdicts are told apart by it too.
type place int

const (
	left  place = iota // green: shape at the left
	right              // amber: at the right
	above              // red
	below              // blue
)

// manner is how a class of results is painted.
type manner struct {
	tone  tone
	icon  string
	place place
}

// commandIcons are the shapes of what was done by a command code.
var commandIcons = map[code.Command]string{code.Undo: "undo", code.SetAside: "aside", code.TruckPass: "truck", code.CloseLoad: "truck", code.Badge: "person"}

// viewOf is the only place that knows green: a box's result, from the dock, whose verdict
// is accepted, or received.
func viewOf(r dock.Result) manner {
	blue, amber, red := manner{toneBlue, "aside", below}, manner{toneAmber, "warn", right}, manner{toneRed, "stop", above}
	switch {
	case r.Undone:
		blue.icon = "undo"
		return blue
	case r.Command != "" && r.Err == nil:
		if blue.icon = commandIcons[r.Command]; blue.icon == "" {
			blue.icon = "tick"
		}
		return blue
	case r.Command != "":
		return amber
	case r.Err != nil:
		return red
	}
	switch r.Verdict.Level() {
	case gate.Green:
		return manner{toneGreen, "check", left}
	case gate.Amber:
		return amber
	case gate.Blue:
		return blue
	}
	if r.Verdict == gate.Locked {
		red.icon = "lock"
	}
	return red
}

// boxData are the words on a box's sticker.
func boxData(r dock.Result) words.Data {
	return words.Data{"Kind": r.Kind, "TPS": fmt.Sprintf("%03d", r.TPS), "Kelurahan": r.Kelurahan, "Kecamatan": r.Kecamatan}
}

// boxWords says which box it is, in the words on its sticker.
func boxWords(r dock.Result) string {
	if r.Kelurahan == "" {
		return r.Box
	}
	return T("lock.place", boxData(r))
}

// verdict is the whole screen: colour, shape, word, place, and what to do.
func (x *loading) verdict(r dock.Result) fyne.CanvasObject {
	l, m := x.s.look, viewOf(r)
	t, e := m.tone, words.Verdict(r)
	icon := l.shape(m.icon, t.ink)
	var inside fyne.CanvasObject
	switch m.place {
	case left:
		inside = l.row(40, l.fix(360, icon), grow(1, l.col(4,
			grow(2.4, l.text1(e.Headline, 260, condensed, t.ink)),
			grow(1.3, l.text1(words.Number(r.Count)+" / "+words.Number(r.Expected), 110, condensed, t.ink)),
			grow(1, l.textN(boxWords(r), 40, 2, bold, t.ink)),
			grow(0.7, l.text1(e.Do, 36, regular, t.ink)))))
	case right:
		inside = l.row(40, grow(1, l.col(4,
			grow(2, l.textN(e.Headline, 170, 2, condensed, t.ink)),
			grow(1, l.textN(e.Detail, 44, 3, regular, t.ink)),
			grow(1, l.textN(e.Do, 44, 2, bold, t.ink)))), l.fix(320, icon))
	case below:
		cells := []cell{grow(1.6, l.text1(e.Headline, 150, condensed, t.ink).centred())}
		if r.Opened != nil {
			cells = append(cells, grow(1.8, l.row(0, rest(), l.fix(520, l.numeral(x.s.district(r.Opened.District, strings.Join(x.kecamatan, ", ")), 220)), rest())))
		}
		cells = append(cells, grow(1, l.textN(e.Detail, 48, 2, regular, t.ink).centred()))
		if e.Do != "" {
			cells = append(cells, grow(0.8, l.text1(e.Do, 44, bold, t.ink).centred()))
		}
		inside = l.col(8, append(cells, grow(1, icon))...)
	default:
		done := l.buttonIn(tone{t.ground, t.ink}, "", T("verdict.seen"), x.seen).sized(34)
		if lost := x.lost(); lost != nil {
			done = l.buttonIn(tone{t.ground, t.ink}, "person", T("lost.button"), func() { x.s.show(newLoss(x.s, lost)) }).sized(34)
		}
		inside = l.col(8,
			grow(1.5, icon),
			grow(1.5, l.text1(e.Headline, 150, condensed, t.ink).centred()),
			grow(1.2, l.textN(e.Detail, 44, 3, regular, t.ink).centred()),
			grow(0.8, l.textN(e.Do, 46, 2, bold, t.ink).centred()),
			l.fix(92, l.row(0, rest(), l.fix(460, done), rest())))
	}
	whole := l.on(t.ground, 0, l.inset(36, inside))
	if m.place != above {
		// Whoever doesn't want to wait touches the screen. A refusal wants its button: a
		// sleeve is not somebody who has seen it.
		whole.Add(newTouch(x.dismiss))
	}
	return whole
}

// touch is an invisible target over a whole screen.
type touch struct {
	widget.BaseWidget
	tap func()
}

func newTouch(tap func()) *touch {
	t := &touch{tap: tap}
	t.ExtendBaseWidget(t)
	return t
}

// Tapped is a finger's or the mouse's.
func (t *touch) Tapped(*fyne.PointEvent) { t.tap() }

// CreateRenderer draws nothing.
func (t *touch) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// seen is the button of a refusal that doesn't lock: look at the dock again.
func (x *loading) seen() {
	x.since++
	x.result = nil
	x.look(nil)
}

// refusalOf tells a lock again after a restart: the lock is the ledger's, its words come
// from the last scans.
func refusalOf(st dock.Status) *dock.Result {
	for i := range st.Last {
		if r := st.Last[i]; r.Box == st.Lock.Box && r.Verdict == st.Lock.Verdict {
			r.Lock = st.Lock
			return &r
		}
	}
	r := &dock.Result{Verdict: st.Lock.Verdict, Box: st.Lock.Box, Lock: st.Lock}
	if st.Load != nil {
		r.Truck, r.LoadDistrict = st.Load.Plate, st.Load.District
	}
	return r
}

// locked answers three questions at a glance: what is wrong, where does this box belong,
// what do I do now. It stays until the dock says that the lock is cleared.
func (x *loading) locked() fyne.CanvasObject {
	l, t := x.s.look, toneRed
	r := x.refusal
	if r == nil || r.Verdict != x.status.Lock.Verdict || r.Box != x.status.Lock.Box {
		r = refusalOf(x.status)
	}
	e := words.Verdict(*r)
	head := l.row(24, l.fix(124, l.shape(viewOf(*r).icon, t.ink)), grow(1, l.text1(e.Headline, 140, condensed, t.ink)))
	cells := []cell{l.fix(138, head), grow(1, x.whereTo(*r)), l.fix(48, l.text1(boxWords(*r), 36, bold, t.ink).centred())}
	if x.result != nil && x.result.Verdict == gate.Locked {
		cells = append(cells, l.fix(58, l.on(toneAmber.ground, 10, l.row(14, l.gap(8), l.fix(40, l.shape("lock", toneAmber.ink)),
			grow(1, l.text1(T("lock.other"), 32, bold, toneAmber.ink)), l.gap(8)))))
	} else if len(x.homes) > 0 && !x.status.SetAside {
		cells = append(cells, l.fix(44, l.text1(x.homeWords(), 32, bold, t.ink).centred()))
	}
	clearing := l.buttonIn(tone{t.ground, t.ink}, "person", T("lock.penyelia"), func() {
		x.step, x.reason, x.note = stepClear, "", nil
		if x.penyelia = ""; len(x.people) == 1 {
			x.penyelia = x.people[0]
		}
		x.pad.entered = ""
		x.refresh()
	}).sized(30)
	if x.status.SetAside {
		// The button has done its part; the label is awaited.
		cells = append(cells,
			l.fix(112, l.on(toneBlue.ground, 12, l.inset(12, l.row(20, l.fix(84, l.shape("scan", toneBlue.ink)), grow(1, l.textN(T("lock.label"), 44, 2, bold, toneBlue.ink)))))),
			l.fix(88, l.row(12, rest(), grow(1, clearing))))
	} else {
		cells = append(cells,
			l.fix(112, x.todo()),
			l.fix(88, l.row(12, grow(1.6, l.buttonIn(toneAmber, "aside", T("lock.aside"), x.arm).sized(40)), grow(1, clearing))))
	}
	return l.on(t.ground, 0, l.inset(20, l.col(10, cells...)))
}

// todo are the three steps out of a lock.
func (x *loading) todo() fyne.CanvasObject {
	l, t := x.s.look, toneRed
	var cells []cell
	for i, key := range []string{"lock.do1", "lock.do2", "lock.do3"} {
		number := l.on(t.ink, 30, l.text1(fmt.Sprint(i+1), 38, condensed, t.ground).centred())
		cells = append(cells, grow(1, l.row(12, l.fix(56, l.col(0, rest(), l.fix(56, number), rest())), grow(1, l.textN(T(key), 30, 3, bold, t.ink)))))
	}
	return l.row(16, cells...)
}

// homeWords names the trucks that the box belongs on.
func (x *loading) homeWords() string {
	var trucks []string
	for _, ld := range x.homes {
		trucks = append(trucks, T("lock.home.truck", words.Data{"Truck": ld.Plate, "Dock": ld.Dock}))
	}
	return T("lock.home", words.Data{"Trucks": strings.Join(trucks, ", ")})
}

// whereTo shows where the box belongs beside where the truck goes, as numerals and
// patterns, or as names of kecamatan where the district is the same.
func (x *loading) whereTo(r dock.Result) fyne.CanvasObject {
	l, t := x.s.look, toneRed
	if r.BoxDistrict.IsZero() || r.Verdict == gate.Forged {
		return l.textN(words.Verdict(r).Detail, 48, 3, regular, t.ink).centred()
	}
	box, truck := x.s.district(r.BoxDistrict, r.Kecamatan), x.s.district(r.LoadDistrict, strings.Join(x.kecamatan, ", "))
	side := func(title, under string, picture fyne.CanvasObject) fyne.CanvasObject {
		return l.col(4, l.fix(42, l.text1(title, 32, bold, t.ink).centred()), grow(1, picture), l.fix(40, l.text1(under, 30, bold, t.ink).centred()))
	}
	if r.Verdict == gate.WrongKecamatan {
		name := func(s string) fyne.CanvasObject {
			return l.on(tonePaper.ground, 10, l.inset(12, l.textN(s, 76, 3, condensed, tonePaper.ink).centred()))
		}
		return x.sides(side(T("lock.box"), box.Name, name(T("load.only", words.Data{"Kecamatan": r.Kecamatan}))), side(T("lock.truck"), r.Truck, name(T("load.only", words.Data{"Kecamatan": strings.Join(x.kecamatan, ", ")}))))
	}
	paint := func(d batch.DistrictFace) fyne.CanvasObject { return l.numeral(d, 190) }
	return x.sides(side(T("lock.box"), box.Name, paint(box)), side(T("lock.truck"), r.Truck+" · "+truck.Name, paint(truck)))
}

func (x *loading) sides(box, truck fyne.CanvasObject) fyne.CanvasObject {
	l := x.s.look
	return l.row(10, grow(3, box), l.fix(110, l.shape("unequal", toneRed.ink)), grow(3, truck))
}

// bar shows two counts of a total: what is done, in ink, and what is begun, in outline.
func (l *look) bar(done, begun, total int) fyne.CanvasObject {
	share := func(n int) float32 {
		if total <= 0 {
			return 0
		}
		return min(1, float32(n)/float32(total))
	}
	rim := canvas.NewRectangle(l.panel.ground)
	rim.StrokeColor, rim.StrokeWidth = l.panel.ink, l.u(2)
	fill := canvas.NewRectangle(l.panel.ink)
	half := canvas.NewRectangle(l.line)
	return l.layers(rim, l.shares(half, share(done+begun)), l.shares(fill, share(done)))
}
