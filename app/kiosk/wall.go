package kiosk

import (
	"image/color"
	"slices"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// wall is the progress for the whole hall, on the whole window, in letters that are read from
// its back: how much, how fast, how long still, what was prevented; each district and each
// kecamatan; the trucks at the docks; the boxes of the last hours. It follows all docks.
// Nobody is signed in while it hangs there: a touch leads to the sign-in, and so does a badge.
type wall struct {
	s     *shell
	path  []within
	all   ledger.Progress
	err   error
	turn  int // which of the pages of kecamatan and docks is shown
	read  bool
	again bool // something changed while the counts were read
}

func newWall(s *shell, path []within) *wall {
	x := &wall{s: s, path: path, turn: -1}
	x.look(true)
	return x
}

func (x *wall) takesScans() bool { return true }

func (x *wall) scanned(text string) {
	in := newSignIn(x.s)
	x.s.show(in)
	in.scanned(text)
}

func (x *wall) here() election.AreaCode {
	if len(x.path) == 0 {
		return ""
	}
	return x.path[len(x.path)-1].code
}

// follow looks again when another dock did something.
func (x *wall) follow() {
	if x.again = !x.read; !x.again {
		x.look(false)
	}
}

// look reads the counts; turned also turns the page, and begins the wait for the next turn.
func (x *wall) look(turned bool) {
	x.read = false
	x.s.later(func() func() {
		all, err := x.s.ledger.Progress(x.s.ctx, ledger.Filter{Area: x.here()})
		return func() {
			x.read = true
			if x.s.shown != x {
				return
			}
			if x.err = err; err == nil {
				x.all = all
			}
			if turned {
				x.turn++
				time.AfterFunc(progressEvery, func() {
					x.s.do(func() {
						if x.s.shown == x {
							x.look(true)
						}
					})
				})
			}
			if x.again {
				x.again = false
				time.AfterFunc(followPause, func() { x.s.do(x.follow) })
			}
			x.s.refresh()
		}
	})
}

// Parts of the wall that are turned, page by page.
const (
	wallDistricts = 5
	wallKecamatan = 10
	wallDocks     = 4
	wallHours     = 10
)

// page is the part of n that is shown, of so many at once.
func (x *wall) page(n, most int) (from, to int) {
	if n == 0 {
		return 0, 0
	}
	pages := (n + most - 1) / most
	from = max(0, x.turn) % pages * most
	return from, min(n, from+most)
}

func (x *wall) content() fyne.CanvasObject {
	l := x.s.look
	p := l.page
	t := x.all.Total()
	title := T("wall.title")
	if n := len(x.path); n > 0 {
		title += " · " + x.path[n-1].name
	}
	at := words.Clock(x.all.At)
	if x.err != nil {
		title, at = words.Error(x.err), T("wall.old", words.Data{"At": words.Clock(x.all.At)})
	}
	head := l.row(16, grow(1, l.text1(title, 44, condensed, p.ink)), l.fix(230, l.text1(at, 44, condensed, p.ink).trailing()),
		l.fix(190, l.button("leave", T("wall.leave"), func() { x.s.show(newSignIn(x.s)) }).sized(24)))
	sum := l.row(24, l.fix(300, l.text1(percentOf(t), 130, condensed, p.ink)),
		grow(1, l.col(6, grow(1.2, l.text1(T("wall.on", words.Data{"On": words.Number(t.On()), "All": words.Number(t.Expected)}), 50, condensed, p.ink)),
			l.fix(26, l.bar(t.Departed, t.Loaded, t.Expected)), grow(1, l.text1(T("wall.missing", words.Data{"N": words.Number(t.Missing())}), 32, bold, p.ink)))))
	var tiles []cell
	for _, c := range []struct {
		key, value string
		tone       tone
	}{
		{"wall.gone", words.Number(t.Departed), l.panel}, {"wall.here", words.Number(t.Loaded), l.panel}, {"progress.hour", words.Number(x.all.Pace()), l.panel},
		{"progress.left", workLeft(&x.all), l.panel}, {"progress.prevented", words.Number(x.all.Prevented()), toneRed},
	} {
		tiles = append(tiles, grow(1, l.on(c.tone.ground, 12, l.inset(8, l.col(0, grow(1.8, l.text1(c.value, 56, condensed, c.tone.ink).centred()),
			grow(1, l.text1(T(c.key), 24, regular, c.tone.ink).centred()))))))
	}
	return l.inset(18, l.col(10, l.fix(target, head), l.fix(104, sum), l.fix(92, l.row(12, tiles...)),
		grow(1, l.row(24, grow(1, x.districts()), grow(1.6, x.kecamatan()))),
		l.fix(128, l.row(18, grow(1.3, x.docks()), grow(1, x.hours())))))
}

// percentOf is a share in whole percents, 100 only where nothing is missing.
func percentOf(s ledger.Share) string {
	if s.Expected == 0 {
		return "–"
	}
	return words.Number(s.On()*100/s.Expected) + " %"
}

// line is a bar with its name and its numbers above it.
func (x *wall) line(name string, s ledger.Share, size float32) fyne.CanvasObject {
	l := x.s.look
	return l.col(2, grow(1.4, l.row(8, grow(1.5, l.text1(name, size, condensed, l.page.ink)),
		grow(1, l.text1(words.Number(s.On())+" / "+words.Number(s.Expected), size*0.9, bold, l.page.ink).trailing()))), grow(1, l.bar(s.Departed, s.Loaded, s.Expected)))
}

func (x *wall) districts() fyne.CanvasObject {
	l := x.s.look
	all := report.Lines(&x.all, report.ByDapil)
	from, to := x.page(len(all), wallDistricts)
	var shown []fyne.CanvasObject
	for _, d := range all[from:to] {
		f := x.s.district(d.Routing, d.Kecamatan)
		name := f.Name
		if dapil, ok := x.s.ledger.Event().DapilOf(d.Routing); ok {
			name = dapil.Name
		}
		shown = append(shown, l.row(10, l.fix(76, l.numeral(f, 40)), grow(1, x.line(name, d.Share, 30))))
	}
	return l.table(1, wallDistricts, 10, shown)
}

func (x *wall) kecamatan() fyne.CanvasObject {
	l := x.s.look
	all := report.Lines(&x.all, report.ByKecamatan)
	// Those that are being loaded stand before those that are done or not begun.
	slices.SortStableFunc(all, func(a, b report.ProgressLine) int { return rankOf(a) - rankOf(b) })
	from, to := x.page(len(all), wallKecamatan)
	var shown []fyne.CanvasObject
	for _, k := range all[from:to] {
		// Numbers are not to be read with the numeral of the next column.
		shown = append(shown, l.row(0, grow(1, x.line(x.s.district(k.Routing, k.Kecamatan).Numeral+" · "+k.Kecamatan, k.Share, 28)), l.gap(20)))
	}
	return l.table(2, wallKecamatan/2, 10, shown)
}

func rankOf(p report.ProgressLine) int {
	switch {
	case p.On() > 0 && p.Missing > 0:
		return 0
	case p.Missing > 0:
		return 1
	}
	return 2
}

// docks are the trucks that are being loaded.
func (x *wall) docks() fyne.CanvasObject {
	l := x.s.look
	all := x.all.Docks
	cells := []cell{l.fix(32, l.text1(T("wall.docks"), 25, bold, l.faint.ink))}
	if len(all) == 0 {
		return l.col(6, append(cells, grow(1, l.text1(T("wall.idle"), 34, regular, l.page.ink)))...)
	}
	from, to := x.page(len(all), wallDocks)
	var shown []fyne.CanvasObject
	for _, d := range all[from:to] {
		f := x.s.district(d.Load.District, "")
		state, t := words.Number(d.Load.Count)+" / "+words.Number(d.Expected), l.page
		if d.Locked {
			state, t = T("wall.locked"), toneRed
		}
		shown = append(shown, l.on(t.ground, 6, l.row(12, l.fix(64, l.numeral(f, 34)),
			grow(2, l.text1(words.Number(d.Load.Dock)+" · "+d.Load.Plate, 34, condensed, t.ink)), grow(1, l.text1(state, 32, bold, t.ink).trailing()), l.gap(2))))
	}
	return l.col(6, append(cells, grow(1, l.table(2, wallDocks/2, 6, shown)))...)
}

// hours are the boxes of the last hours.
func (x *wall) hours() fyne.CanvasObject {
	l := x.s.look
	by := map[int64]int{}
	for _, h := range x.all.Hours {
		by[h.At.Unix()] = h.Boxes
	}
	most := 1
	var counts [wallHours]int
	end := x.all.At.Truncate(time.Hour)
	for i := range counts {
		counts[i] = by[end.Add(time.Duration(i-wallHours+1)*time.Hour).Unix()]
		most = max(most, counts[i])
	}
	var bars []cell
	for i, n := range counts {
		at := end.Add(time.Duration(i-wallHours+1) * time.Hour)
		number := ""
		if n > 0 {
			number = words.Number(n)
		}
		fill := canvas.NewRectangle(l.page.ink)
		if n == 0 {
			fill = canvas.NewRectangle(color.Transparent)
		}
		empty := canvas.NewRectangle(color.Transparent)
		share := float32(n) / float32(most)
		bars = append(bars, grow(1, l.col(0, l.fix(26, l.text1(number, 22, bold, l.page.ink).centred()),
			grow(1, l.col(0, grow(1.001-share, empty), grow(share+0.001, fill))), l.fix(26, l.text1(words.Hour(at), 20, regular, l.faint.ink).centred()))))
	}
	return l.col(6, l.fix(32, l.text1(T("wall.hours"), 25, bold, l.faint.ink)), grow(1, l.row(6, bars...)))
}
