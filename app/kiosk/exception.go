package kiosk

import (
	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// exception is an act on a load beside the usual way: opening a closed one again, moving an
// open one to another truck, bringing a departed one back. It needs a reason and a second
// person.
type exception struct {
	x      *loading
	act    exceptional
	load   ledger.Load // without a number: not chosen yet
	plate  string      // of the truck that it moves to
	reason string      // key
	trucks pager
	gone   []ledger.Load // departed from here, newest first
}

// exceptional is what an exception does.
type exceptional string

const (
	exceptReopen exceptional = "reopen"
	exceptMove   exceptional = "move"
	exceptReturn exceptional = "return"
)

var (
	reopenReasons = []string{"reopen.more", "reopen.mistake"}
	moveReasons   = []string{"move.broken", "move.mistake"}
	returnReasons = []string{"return.broken", "return.road", "return.wrong"}
)

var (
	exceptReasons = map[exceptional][]string{exceptReopen: reopenReasons, exceptMove: moveReasons, exceptReturn: returnReasons}
	exceptDo      = map[exceptional]string{exceptReopen: "reopen.do", exceptMove: "move.do", exceptReturn: "return.do"}
	exceptIcons   = map[exceptional]string{exceptReopen: "undo", exceptMove: "truck", exceptReturn: "undo"}
)

// except begins an exception.
func (x *loading) except(ld ledger.Load, act exceptional) {
	e := &exception{x: x, load: ld, act: act}
	e.trucks.changed = x.refresh
	x.exception, x.note, x.step = e, nil, stepIdle
	x.refresh()
}

func (e *exception) title() string {
	key := map[exceptional]string{exceptReopen: "reopen.title", exceptMove: "move.title", exceptReturn: "return.title"}[e.act]
	if e.load.ID == 0 {
		key = "return.which"
		if len(e.gone) == 0 {
			key = "return.none"
		}
	}
	return T(key, words.Data{"Truck": e.load.Plate, "Count": words.Number(e.load.Count)})
}

func (e *exception) content() fyne.CanvasObject {
	x, l := e.x, e.x.s.look
	reasons := exceptReasons[e.act]
	cells := []cell{l.fix(64, l.text1(e.title(), 44, condensed, l.page.ink))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	switch e.act {
	case exceptMove:
		var others []ledger.Truck
		for _, t := range x.trucks {
			if t.Plate != e.load.Plate {
				others = append(others, t)
			}
		}
		cells = append(cells, grow(1.6, e.trucks.content(l, 3, 3, 12, len(others), func(i int) fyne.CanvasObject {
			t := others[i]
			return l.choice(t.Plate == e.plate, t.Plate, func() { e.plate = t.Plate; x.refresh() }).sized(32).second(t.Driver)
		})))
	case exceptReturn:
		cells = append(cells, grow(1.6, e.trucks.content(l, 3, 3, 12, len(e.gone), func(i int) fyne.CanvasObject {
			ld := e.gone[i]
			about := T("return.load", words.Data{"Load": words.Number(int(ld.ID)), "Count": words.Number(ld.Count)})
			return l.choice(ld.ID == e.load.ID, ld.Plate, func() { e.load = ld; x.refresh() }).sized(32).second(about)
		})))
	}
	var why []fyne.CanvasObject
	for _, key := range reasons {
		why = append(why, l.choice(e.reason == key, T(key), func() { e.reason = key; x.refresh() }).sized(28))
	}
	cells = append(cells, l.fix(110, l.table(len(why), 1, 12, why)))
	if e.act == exceptReopen {
		cells = append(cells, rest())
	}
	foot := []cell{grow(1, l.button("back", T("back"), func() { x.exception, x.note = nil, nil; x.refresh() }).sized(28)), rest()}
	if e.reason != "" && e.load.ID != 0 && (e.act != exceptMove || e.plate != "") {
		foot[1] = grow(1, l.next(exceptIcons[e.act], T(exceptDo[e.act]), e.ask).sized(28))
	}
	return l.col(14, append(cells, l.fix(88, l.row(12, foot...)))...)
}

// ask lets a second person approve it, and then does it.
func (e *exception) ask() {
	x, why := e.x, T(e.reason)
	x.s.ask(e.title, e.load.Operator, func(a *asking) { x.asking = a }, x.refresh, func(by ledger.Person) {
		x.act(func(*dock.Station) (err error) {
			switch e.act {
			case exceptMove:
				_, err = x.s.ledger.ReassignLoad(x.s.ctx, by, e.load.ID, ledger.Reassign{Plate: e.plate, Reason: why})
			case exceptReturn:
				_, err = x.s.ledger.ReturnLoad(x.s.ctx, by, e.load.ID, why)
			default:
				_, err = x.s.ledger.ReopenLoad(x.s.ctx, by, e.load.ID, why)
			}
			return err
		}, func(err error) {
			if err == nil {
				x.exception, x.result = nil, nil
			}
		})
	})
}
