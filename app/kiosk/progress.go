package kiosk

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// progressEvery is how often the screen looks at the ledger again, while it is shown: the
// other docks go on.
const progressEvery = 10 * time.Second

// progress shows how far the work is: all of it, and each area, down to the TPS.
type progress struct {
	s       *shell
	reading bool // the counts are being read
	again   bool // and something changed meanwhile
	path    []within
	seen    progressState
	pages   pager
	note    func() string
	good    bool
	asked   int // counts looks, so that an old timer starts no second row of them
}

// within is an area that was gone into.
type within struct {
	code election.AreaCode
	name string
}

// progressState is what is read of the ledger at once.
type progressState struct {
	total ledger.Count
	all   ledger.Progress
	areas []ledger.AreaCount
	tps   []ledger.TPSLine // of a kelurahan
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

// followPause is between two looks that other docks' scans cause: a count of everything is
// no small thing to ask of the server.
const followPause = 500 * time.Millisecond

// follow reads the counts anew, once at a time: other docks go on loading.
func (x *progress) follow() {
	if x.again = x.reading; !x.again {
		x.read()
	}
}

func (x *progress) here() election.AreaCode {
	if len(x.path) == 0 {
		return ""
	}
	return x.path[len(x.path)-1].code
}

func (x *progress) look(here election.AreaCode) (st progressState, err error) {
	l, ctx := x.s.ledger, x.s.ctx
	if st.total, err = l.CountBoxes(ctx, ledger.Filter{Area: here}); err != nil {
		return st, err
	}
	if st.all, err = l.Progress(ctx, ledger.Filter{Area: here}); err != nil {
		return st, err
	}
	if here.Level() == election.LevelKelurahan {
		st.tps, err = l.TPSShares(ctx, here)
	} else {
		st.areas, err = l.AreaCounts(ctx, here)
	}
	return st, err
}

// read looks at the ledger, and again after a while.
func (x *progress) read() {
	here := x.here()
	x.asked++
	n := x.asked
	x.reading = true
	x.s.later(func() func() {
		st, err := x.look(here)
		return func() {
			x.reading = false
			if x.again {
				x.again = false
				time.AfterFunc(followPause, func() { x.s.do(x.follow) })
			}
			if n != x.asked || x.s.shown != x {
				return
			}
			if err != nil {
				x.good, x.note = false, func() string { return words.Error(err) }
			} else {
				x.seen = st
			}
			x.refresh()
			x.s.after(progressEvery, &x.asked, func() {
				if x.s.shown == x {
					x.read()
				}
			})
		}
	})
}

func (x *progress) into(p ...within) {
	x.path, x.note, x.pages.page = append([]within(nil), p...), nil, 0
	x.read()
}

func (x *progress) content() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	tile := func(key, value string) cell {
		return grow(1, l.on(p.ground, 12, l.inset(10, l.col(0, grow(1.2, l.text1(value, 54, condensed, p.ink).centred()), grow(1, l.textN(T(key), 22, 2, regular, p.ink).centred())))))
	}
	st := &x.seen
	cells = append(cells, l.fix(128, l.row(12, tile("progress.loaded", words.Number(st.total.Loaded+st.total.Departed)), tile("progress.boxes", words.Number(st.total.Boxes)),
		tile("progress.printed", words.Number(st.total.Printed)), tile("progress.hour", words.Number(st.all.Pace())), tile("progress.left", workLeft(&st.all)),
		tile("progress.prevented", words.Number(st.all.Prevented())), tile("progress.received", words.Number(st.total.Received)))))
	title := T("progress.all")
	var way []cell
	if n := len(x.path); n > 0 {
		title = x.path[n-1].name
		way = append(way, l.fix(200, l.button("back", T("back"), func() { x.into(x.path[:n-1]...) })))
	}
	way = append(way, grow(1, l.text1(title, 36, condensed, l.page.ink)), grow(1, l.textN(T("progress.legend"), 22, 2, regular, l.faint.ink).trailing()),
		l.fix(220, l.button("bars", T("progress.wall"), x.hang).sized(24)),
		l.fix(230, l.button("print", T("progress.save"), x.save).sized(24)))
	return x.s.page("progress", l.col(12, append(cells, l.fix(target, l.row(14, way...)), grow(1, x.list()))...))
}

// hang shows the wall of what is looked at. Nobody stays signed in before it.
func (x *progress) hang() {
	path := x.path
	if x.here().Level() == election.LevelKelurahan { // its TPS are no matter for the hall
		path = path[:len(path)-1]
	}
	x.s.release("wall")
	x.s.show(newWall(x.s, path))
}

// workLeft is the time that the missing boxes take at the present pace.
func workLeft(p *ledger.Progress) string {
	d, ok := p.Left()
	m := int(d.Round(time.Minute).Minutes())
	switch {
	case !ok:
		return "–"
	case m < 48*60:
		return T("progress.hm", words.Data{"Hours": m / 60, "Minutes": m % 60})
	}
	return words.N("progress.days", (m+12*60)/(24*60))
}

// list are the areas below this one, or the TPS of a kelurahan with what they lack.
func (x *progress) list() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	rows := 6
	if x.note != nil { // it stands above the list
		rows = 5
	}
	line := func(name string, on, begun, boxes int, lack string, room float32) fyne.CanvasObject {
		return l.on(p.ground, 10, l.inset(12, l.row(14, grow(1.3, l.text1(name, 30, condensed, p.ink)), grow(1.4, l.col(0, rest(), l.fix(30, l.bar(on, begun-on, boxes)), rest())),
			grow(0.9, l.text1(words.Number(on)+" / "+words.Number(boxes), 28, bold, p.ink).trailing()), grow(room, l.textN(lack, 25, 2, regular, p.ink).trailing()))))
	}
	if x.here().Level() == election.LevelKelurahan {
		return x.pages.content(l, 2, rows, 8, len(x.seen.tps), func(i int) fyne.CanvasObject {
			t := x.seen.tps[i]
			n := len(t.On) + len(t.Missing)
			lack := ""
			if len(t.Missing) > 0 {
				lack = T("progress.missing", words.Data{"N": strings.Join(t.Missing, " ")})
			}
			return line(T("progress.tps", words.Data{"TPS": fmt.Sprintf("%03d", t.TPS)}), len(t.On), len(t.On), n, lack, 2.2)
		})
	}
	return x.pages.content(l, 1, rows, 8, len(x.seen.areas), func(i int) fyne.CanvasObject {
		a := x.seen.areas[i]
		on := a.Loaded + a.Departed
		lack := ""
		if on < a.Boxes {
			lack = T("progress.missing", words.Data{"N": words.Number(a.Boxes - on)})
		}
		return l.row(8, grow(1, line(shortName(a.Name), on, a.Printed, a.Boxes, lack, 0.9)), l.fix(90, l.button("next", "", func() {
			x.into(append(x.path, within{a.Area, shortName(a.Name)})...)
		})))
	})
}

// save writes the picture and the list of what is shown, for the daily report.
func (x *progress) save() {
	here, files, by := x.here(), x.s.cfg.Files, x.s.person.Name
	var scope []string
	for _, p := range x.path {
		scope = append(scope, p.name)
	}
	x.s.later(func() func() {
		st, err := x.look(here)
		if err == nil {
			o := report.ProgressOptions{Event: x.s.ledger.Event(), By: report.ByKelurahan, TPS: st.tps, Scope: strings.Join(scope, ", "), Maker: by,
				Face: func(d election.District) report.Face {
					f := x.s.district(d, "")
					return report.Face{Numeral: f.Numeral, Pattern: f.Pattern, Name: f.Name}
				}}
			if here.Level() == election.LevelKelurahan {
				o.By = report.ByTPS
			}
			d := report.Progress(st.all, o)
			name := filepath.Join(files, "kemajuan-"+st.all.At.Format("20060102-150405"))
			for _, form := range d.Forms() {
				if err == nil {
					err = d.WriteFile(name+"."+form, form)
				}
			}
		}
		return func() {
			x.good = err == nil
			x.note = func() string {
				if err != nil {
					return words.Error(err)
				}
				return T("progress.saved", words.Data{"Files": files})
			}
			x.refresh()
		}
	})
}
