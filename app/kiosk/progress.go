package kiosk

import (
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// progress shows how far the work is: all of it, and each area, down to the kelurahan.
type progress struct {
	s     *shell
	path  []ledger.AreaCount
	areas []ledger.AreaCount
	total ledger.Count
	open  []ledger.Load
	pages pager
	note  func() string
}

func newProgress(s *shell) *progress {
	x := &progress{s: s}
	x.pages.changed = x.refresh
	x.read()
	return x
}

func (x *progress) takesScans() bool { return false }
func (x *progress) scanned(string)   {}

func (x *progress) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *progress) here() election.AreaCode {
	if len(x.path) == 0 {
		return ""
	}
	return x.path[len(x.path)-1].Area
}

func (x *progress) read() {
	here := x.here()
	x.s.later(func() func() {
		areas, err := x.s.ledger.AreaCounts(x.s.ctx, here)
		var total ledger.Count
		var open []ledger.Load
		if err == nil {
			total, err = x.s.ledger.CountBoxes(x.s.ctx, ledger.Filter{Area: here})
		}
		if err == nil {
			open, err = x.s.ledger.Loads(x.s.ctx, ledger.LoadOpen)
		}
		return func() {
			if here != x.here() {
				return
			}
			x.areas, x.total, x.open, x.note = areas, total, open, nil
			if err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
}

func (x *progress) content() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	number := func(key string, n int) fyne.CanvasObject {
		return l.on(p.ground, 12, l.inset(10, l.col(0, grow(1.7, l.text1(words.Number(n), 64, condensed, p.ink).centred()), grow(1, l.text1(T(key), 25, regular, p.ink).centred()))))
	}
	on := x.total.Loaded + x.total.Departed
	cells = append(cells, l.fix(128, l.row(12, grow(1, number("progress.boxes", x.total.Boxes)), grow(1, number("progress.printed", x.total.Printed)),
		grow(1, number("progress.loaded", on)), grow(1, number("progress.open", len(x.open))))))
	title := T("progress.all")
	way := []cell{}
	if len(x.path) > 0 {
		title = shortName(x.path[len(x.path)-1].Name)
		way = append(way, l.fix(200, l.button("back", T("back"), func() { x.path = x.path[:len(x.path)-1]; x.pages.page = 0; x.read() })))
	}
	way = append(way, grow(1, l.text1(title, 36, condensed, l.page.ink)), grow(1, l.text1(T("progress.legend"), 22, regular, l.faint.ink).trailing()))
	list := x.pages.content(l, 1, 6, 8, len(x.areas), func(i int) fyne.CanvasObject {
		a := x.areas[i]
		on := a.Loaded + a.Departed
		row := l.row(14, grow(1.3, l.text1(shortName(a.Name), 30, condensed, p.ink)), grow(1.6, l.col(0, rest(), l.fix(30, l.bar(on, a.Printed-on, a.Boxes)), rest())),
			grow(1, l.text1(words.Number(on)+" / "+words.Number(a.Boxes), 28, bold, p.ink).trailing()))
		if a.Area.Level() == election.LevelKelurahan {
			return l.on(p.ground, 10, l.inset(12, row))
		}
		return l.row(8, grow(1, l.on(p.ground, 10, l.inset(12, row))), l.fix(90, l.button("next", "", func() {
			x.path = append(x.path, a)
			x.pages.page = 0
			x.read()
		})))
	})
	return x.s.page("progress", l.col(12, append(cells, l.fix(target, l.row(14, way...)), grow(1, list))...))
}
