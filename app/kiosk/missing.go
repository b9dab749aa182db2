package kiosk

import (
	"log/slog"
	"strings"

	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// missing lists what the open load holds and lacks, by kelurahan and TPS, while it is being
// loaded. A scan ends it: the next box is more urgent.
type missing struct {
	x         *loading
	load      int64
	kelurahan [][]ledger.TPSLine
	at        int // kelurahan whose TPS are shown; -1: none
	list, tps pager
}

// lookMissing reads what the open load lacks, and shows it.
func (x *loading) lookMissing() {
	station := x.s.station
	x.s.later(func() func() {
		sum, err := station.Summary(x.s.ctx)
		return func() {
			if err != nil {
				slog.Warn("summary of the load", "err", err)
				x.note = func() string { return words.Error(err) }
				x.refresh()
				return
			}
			m := &missing{x: x, load: sum.Load.ID, at: -1, kelurahan: byKelurahan(sum.TPS)}
			m.list.changed, m.tps.changed = x.refresh, x.refresh
			x.missing, x.note = m, nil
			x.refresh()
		}
	})
}

// byKelurahan cuts the lines of TPS, which are in order, into those of each kelurahan.
func byKelurahan(lines []ledger.TPSLine) [][]ledger.TPSLine {
	var out [][]ledger.TPSLine
	for i := range lines {
		if n := len(out); n == 0 || out[n-1][0].Area != lines[i].Area {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], lines[i])
	}
	return out
}

func (m *missing) going() bool {
	return m != nil && m.x.status.Load != nil && m.x.status.Load.ID == m.load
}

// figures are loaded, on other trucks and missing in one line.
func figures(lines []ledger.TPSLine) string {
	on, elsewhere, missing := ledger.Tally(lines)
	return T("missing.figures", words.Data{"On": words.Number(on), "Elsewhere": words.Number(elsewhere), "Missing": words.Number(missing), "Expected": words.Number(on + elsewhere + missing)})
}

func (m *missing) content() fyne.CanvasObject {
	l, x := m.x.s.look, m.x
	var body fyne.CanvasObject
	var title string
	back := func() { x.missing = nil; x.refresh() }
	if m.at < 0 {
		var all []ledger.TPSLine
		for _, k := range m.kelurahan {
			all = append(all, k...)
		}
		title = figures(all)
		body = m.list.content(l, 2, 5, 10, len(m.kelurahan), func(i int) fyne.CanvasObject {
			k := m.kelurahan[i]
			_, _, n := ledger.Tally(k)
			return l.choice(n == 0, k[0].Kelurahan, func() { m.at = i; m.tps.page = 0; x.refresh() }).sized(27).second(figures(k))
		})
	} else {
		k := m.kelurahan[m.at]
		title = k[0].Kelurahan + ": " + figures(k)
		body = m.tps.content(l, 4, 5, 10, len(k), func(i int) fyne.CanvasObject {
			return m.tpsCard(&k[i])
		})
		back = func() { m.at = -1; x.refresh() }
	}
	return l.col(12, l.fix(54, l.text1(T("missing.title", words.Data{"Truck": x.status.Load.Plate}), 40, condensed, l.page.ink)),
		l.fix(40, l.text1(title, 26, bold, l.page.ink)), grow(1, body),
		l.fix(88, l.row(12, grow(1, l.button("back", T("back"), back).sized(28)), grow(1, l.button("tick", T("load.close"), x.close).sized(28)))))
}

// tpsCard is one TPS: a tone for whether all is there, and the kinds that are not.
func (m *missing) tpsCard(t *ledger.TPSLine) fyne.CanvasObject {
	l := m.x.s.look
	tn, under := l.panel, T("missing.tps.all")
	if len(t.Missing) > 0 {
		tn, under = toneAmber, strings.Join(t.Missing, " ")
	}
	head := T("missing.tps", words.Data{"TPS": t.TPS, "Count": words.Number(len(t.On) + len(t.Elsewhere)), "Expected": words.Number(len(t.On) + len(t.Elsewhere) + len(t.Missing))})
	return l.on(tn.ground, 10, l.inset(8, l.col(0, grow(1.2, l.text1(head, 25, condensed, tn.ink)), grow(1, l.text1(under, 21, regular, tn.ink)))))
}
