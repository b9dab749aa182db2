package kiosk

import (
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// exception is an act on a load beside the usual way: it needs a reason and a second person.
type exception struct {
	x      *loading
	load   ledger.Load
	way    *way
	plate  string // of the other truck
	reason string // key
	trucks pager

	chooser   *chooser // of the other district, until it is chosen
	district  election.District
	kecamatan []election.AreaCode
}

// way is what an exception does, in its words (keys).
type way struct {
	title, do, icon string
	reasons         []string
}

var (
	reopenReasons     = []string{"reopen.more", "reopen.mistake"}
	moveReasons       = []string{"move.broken", "move.mistake"}
	redistrictReasons = []string{"redistrict.mistake", "redistrict.plan"}

	reopening     = &way{"reopen.title", "reopen.do", "undo", reopenReasons}             // a closed load
	moving        = &way{"move.title", "move.do", "truck", moveReasons}                  // an open one, to another truck
	redistricting = &way{"redistrict.title", "redistrict.do", "next", redistrictReasons} // an empty one, to another district
)

// except begins an exception: move to another truck, or open the load again.
func (x *loading) except(ld ledger.Load, move bool) {
	w := reopening
	if move {
		w = moving
	}
	x.begin(&exception{x: x, load: ld, way: w})
}

// redistrict gives an empty load another district.
func (x *loading) redistrict(ld ledger.Load) {
	e := &exception{x: x, load: ld, way: redistricting}
	e.chooser = newChooser(x.s, e.title, func(d election.District, kec []election.AreaCode) {
		e.district, e.kecamatan, e.chooser = d, kec, nil
		x.refresh()
	}, e.leave, x.refresh)
	x.begin(e)
}

func (x *loading) begin(e *exception) {
	e.trucks.changed = x.refresh
	x.exception, x.note, x.step = e, nil, stepIdle
	x.refresh()
}

func (e *exception) leave() {
	e.x.exception, e.x.note = nil, nil
	e.x.refresh()
}

func (e *exception) title() string {
	return T(e.way.title, words.Data{"Truck": e.load.Plate, "Count": words.Number(e.load.Count)})
}

// ready tells whether all is chosen but the second person.
func (e *exception) ready() bool {
	return e.reason != "" && (e.way != moving || e.plate != "")
}

func (e *exception) content() fyne.CanvasObject {
	x, l := e.x, e.x.s.look
	if e.chooser != nil {
		return e.chooser.content()
	}
	cells := []cell{l.fix(64, l.text1(e.title(), 44, condensed, l.page.ink))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	switch e.way {
	case moving:
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
	case redistricting:
		was, is := x.s.district(e.load.District, e.load.District.Code), x.s.district(e.district, e.district.Code)
		cells = append(cells, grow(1.6, l.row(20, grow(1, l.col(6, grow(1, l.numeral(was, 190)), l.fix(40, l.text1(was.Name, 28, bold, l.page.ink).centred()))),
			l.fix(110, l.shape("next", l.page.ink)), grow(1, l.col(6, grow(1, l.numeral(is, 190)), l.fix(40, l.text1(is.Name, 28, bold, l.page.ink).centred()))))))
	}
	var why []fyne.CanvasObject
	for _, key := range e.way.reasons {
		why = append(why, l.choice(e.reason == key, T(key), func() { e.reason = key; x.refresh() }).sized(28))
	}
	cells = append(cells, l.fix(110, l.table(len(why), 1, 12, why)))
	if e.way == reopening {
		cells = append(cells, rest())
	}
	foot := []cell{grow(1, l.button("back", T("back"), e.leave).sized(28)), rest()}
	if e.ready() {
		foot[1] = grow(1, l.next(e.way.icon, T(e.way.do), e.ask).sized(28))
	}
	return l.col(14, append(cells, l.fix(88, l.row(12, foot...)))...)
}

// ask lets a second person approve it, and then does it.
func (e *exception) ask() {
	x, why := e.x, T(e.reason)
	x.s.ask(e.title, e.load.Operator, func(a *asking) { x.asking = a }, x.refresh, func(by ledger.Person) {
		x.act(func(*dock.Station) (err error) {
			if e.way == reopening {
				_, err = x.s.ledger.ReopenLoad(x.s.ctx, by, e.load.ID, why)
			} else {
				_, err = x.s.ledger.ReassignLoad(x.s.ctx, by, e.load.ID, ledger.Reassign{Plate: e.plate, District: e.district, Kecamatan: e.kecamatan, Reason: why})
			}
			return err
		}, func(err error) {
			if err == nil {
				x.exception, x.result = nil, nil
			}
		})
	})
}
