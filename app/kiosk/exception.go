package kiosk

import (
	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// exception is an act on a load beside the usual way: opening a closed one again, or moving
// an open one to another truck. It needs a reason and a second person.
type exception struct {
	x      *loading
	load   ledger.Load
	move   bool   // to another truck; else: open it again
	plate  string // of that truck
	reason string // key
	trucks pager
}

var (
	reopenReasons = []string{"reopen.more", "reopen.mistake"}
	moveReasons   = []string{"move.broken", "move.mistake"}
)

// except begins an exception.
func (x *loading) except(ld ledger.Load, move bool) {
	e := &exception{x: x, load: ld, move: move}
	e.trucks.changed = x.refresh
	x.exception, x.note, x.step = e, nil, stepIdle
	x.refresh()
}

func (e *exception) title() string {
	key := "reopen.title"
	if e.move {
		key = "move.title"
	}
	return T(key, words.Data{"Truck": e.load.Plate, "Count": words.Number(e.load.Count)})
}

func (e *exception) content() fyne.CanvasObject {
	x, l := e.x, e.x.s.look
	reasons, do, icon := reopenReasons, "reopen.do", "undo"
	if e.move {
		reasons, do, icon = moveReasons, "move.do", "truck"
	}
	cells := []cell{l.fix(64, l.text1(e.title(), 44, condensed, l.page.ink))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	if e.move {
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
	}
	var why []fyne.CanvasObject
	for _, key := range reasons {
		why = append(why, l.choice(e.reason == key, T(key), func() { e.reason = key; x.refresh() }).sized(28))
	}
	cells = append(cells, l.fix(110, l.table(len(why), 1, 12, why)))
	if !e.move {
		cells = append(cells, rest())
	}
	foot := []cell{grow(1, l.button("back", T("back"), func() { x.exception, x.note = nil, nil; x.refresh() }).sized(28)), rest()}
	if e.reason != "" && (!e.move || e.plate != "") {
		foot[1] = grow(1, l.next(icon, T(do), e.ask).sized(28))
	}
	return l.col(14, append(cells, l.fix(88, l.row(12, foot...)))...)
}

// ask lets a second person approve it, and then does it.
func (e *exception) ask() {
	x, why := e.x, T(e.reason)
	x.s.ask(e.title, e.load.Operator, func(a *asking) { x.asking = a }, x.refresh, func(by ledger.Person) {
		x.act(func(*dock.Station) (err error) {
			if e.move {
				_, err = x.s.ledger.ReassignLoad(x.s.ctx, by, e.load.ID, ledger.Reassign{Plate: e.plate, Reason: why})
			} else {
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
