package kiosk

import (
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// chooser asks for a routing district, and which of its kecamatan: of a load, of a gate
// pass. Where the event is routed by kecamatan, it asks for the kota and the kecamatan.
type chooser struct {
	s       *shell
	title   func() string
	done    func(d election.District, kecamatan []election.AreaCode)
	back    func()
	changed func()
	list    pager

	district election.District // zero: not chosen yet
	areas    []ledger.AreaCount
	all      bool // the whole district
	only     map[election.AreaCode]bool
	note     func() string
}

func newChooser(s *shell, title func() string, done func(election.District, []election.AreaCode), back, changed func()) *chooser {
	c := &chooser{s: s, title: title, done: done, back: back, changed: changed, all: true, only: map[election.AreaCode]bool{}}
	c.list.changed = changed
	if c.byKecamatan() {
		c.kecamatan(func(ledger.AreaCount) bool { return true })
	}
	return c
}

func (c *chooser) byKecamatan() bool {
	return c.s.ledger.Event().RoutingSpace() == election.KecamatanSpace
}

// kecamatan reads the kecamatan of all kota that fit.
func (c *chooser) kecamatan(fits func(ledger.AreaCount) bool) {
	l := c.s.ledger
	c.s.later(func() func() {
		var out []ledger.AreaCount
		kota, err := l.AreaCounts(c.s.ctx, "")
		for _, k := range kota {
			var kec []ledger.AreaCount
			if err == nil {
				kec, err = l.AreaCounts(c.s.ctx, k.Area)
			}
			for _, a := range kec {
				if fits(a) {
					out = append(out, a)
				}
			}
		}
		return func() {
			c.areas = out
			if err != nil {
				c.note = func() string { return words.Error(err) }
			}
			c.changed()
		}
	})
}

// choose takes the district and goes on to its kecamatan.
func (c *chooser) choose(d election.District) {
	c.district, c.areas, c.all = d, nil, true
	clear(c.only)
	// A kecamatan whose kelurahan are in several dapil has no district of its own; it is
	// offered, and the gate compares each box's own district anyway.
	c.kecamatan(func(a ledger.AreaCount) bool { return a.District == d || a.District.IsZero() })
	c.changed()
}

func (c *chooser) content() fyne.CanvasObject {
	l := c.s.look
	cells := []cell{l.fix(54, l.text1(c.title(), 38, condensed, l.page.ink))}
	if c.note != nil {
		cells = append(cells, l.note(c.note(), false))
	}
	back := l.button("back", T("back"), c.back)
	foot := l.row(12, l.fix(240, back), rest())
	switch {
	case c.byKecamatan():
		cells = append(cells, grow(1, c.list.content(l, 4, 6, 10, len(c.areas), func(i int) fyne.CanvasObject {
			a := c.areas[i]
			return l.button("", a.Name, func() { c.done(election.KecamatanDistrict(a.Area), nil) }).second(string(a.Area))
		})))
	case c.district.IsZero():
		cells = append(cells, grow(1, c.tiles()))
	default:
		back.tap = func() { c.district = election.District{}; c.changed() }
		cells = append(cells, grow(1, c.scope()))
		foot = l.row(12, l.fix(240, back), grow(1, l.next("next", T("choose.done"), c.finish).sized(32)))
	}
	return l.col(12, append(cells, l.fix(88, foot))...)
}

// tiles are the districts as they stand on the labels.
func (c *chooser) tiles() fyne.CanvasObject {
	e := c.s.ledger.Event()
	var dapil []election.Dapil
	for _, d := range e.Dapil {
		if d.Kind == e.RoutingSpace() {
			dapil = append(dapil, d)
		}
	}
	return c.list.content(c.s.look, 5, 2, 12, len(dapil), func(i int) fyne.CanvasObject {
		return c.s.look.tile(c.s.district(dapil[i].District, ""), dapil[i].Name, func() { c.choose(dapil[i].District) })
	})
}

// scope asks for all of the district or some of its kecamatan.
func (c *chooser) scope() fyne.CanvasObject {
	l := c.s.look
	f := c.s.district(c.district, "")
	right := l.col(10,
		l.fix(84, l.choice(c.all, T("load.whole"), func() { c.all = true; clear(c.only); c.changed() }).sized(28)),
		grow(1, c.list.content(l, 2, 4, 10, len(c.areas), func(i int) fyne.CanvasObject {
			a := c.areas[i]
			return l.choice(c.only[a.Area], a.Name, func() {
				c.only[a.Area] = !c.only[a.Area]
				if c.all = true; len(c.chosen()) > 0 {
					c.all = false
				}
				c.changed()
			}).sized(28).second(string(a.Area))
		})))
	return l.row(16,
		grow(1, l.col(8, grow(1, l.numeral(f, 220)), l.fix(44, l.text1(f.Name, 28, bold, l.page.ink).centred()))),
		grow(1.5, right))
}

func (c *chooser) chosen() []election.AreaCode {
	var out []election.AreaCode
	for _, a := range c.areas {
		if c.only[a.Area] {
			out = append(out, a.Area)
		}
	}
	return out
}

func (c *chooser) finish() { c.done(c.district, c.chosen()) }
