package kiosk

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// differsCells are the differences: the ones for who is here to recount, first.
func (x *countScreen) differsCells() []cell {
	l := x.s.look
	r := x.result
	if r == nil {
		return []cell{x.head(), rest()}
	}
	t := r.Totals(true)
	expected := words.Number(r.Expected)
	if r.Nothing() {
		expected = "–"
	}
	tiles := l.fix(92, l.row(10, x.tile("count.expected", expected), x.tile("count.found", words.Number(t.Found)), x.tile("count.match", words.Number(t.Matching)),
		x.tile("count.class.kurang", words.Number(t.Missing)), x.tile("count.class.lebih", words.Number(t.Surplus)), x.tile("count.class.salah_tempat", words.Number(t.Misplaced))))
	mine := 0
	var order []*ledger.CountDifference
	for i := range r.Differences {
		d := &r.Differences[i]
		if x.forMe(d) {
			mine++
		}
		order = append(order, d)
	}
	slices.SortStableFunc(order, func(a, b *ledger.CountDifference) int { return x.rank(a) - x.rank(b) })
	rows := 5
	if x.note != nil {
		rows--
	}
	asks := x.session.State == ledger.CountInDoubt && mine > 0 || x.answer != nil
	if asks {
		rows -= 2
	}
	list := x.differs.content(l, 1, rows, 6, len(order), func(i int) fyne.CanvasObject { return x.difference(order[i]) })
	if len(order) == 0 {
		list = l.textN(T("count.nodiff"), 32, 2, regular, l.faint.ink).centred()
	}
	cells := []cell{x.head(), tiles}
	if asks {
		cells = append(cells, l.fix(112, x.reply(words.N("count.recount", mine))))
	}
	foot := []cell{l.fix(200, l.button("back", T("back"), func() { x.to(countList); x.read() }))}
	switch {
	case x.session.State == ledger.CountFinished:
		foot = append(foot, grow(1, l.next("print", T("count.print"), x.print).sized(28)))
	case mine > 0:
		foot = append(foot, grow(1, l.next("tick", words.N("count.gone", mine), x.gone).sized(26)))
	case r.Open() > 0:
		foot = append(foot, grow(1, l.textN(words.N("count.others", r.Open()), 24, 2, bold, l.page.ink)))
	case x.leads():
		foot = append(foot, grow(1, l.next("proof", T("count.sign"), func() { x.pad.entered = ""; x.to(countSign) }).sized(28)))
	default:
		foot = append(foot, grow(1, l.textN(T("count.tosign"), 24, 2, bold, l.page.ink)))
	}
	return append(cells, grow(1, list), l.fix(88, l.row(12, foot...)))
}

// forMe tells whether who is here is to recount it.
func (x *countScreen) forMe(d *ledger.CountDifference) bool {
	return d.Recount == nil && d.May(x.s.person.Name, &x.session)
}

// rank puts one's own work first, then others', then what is done.
func (x *countScreen) rank(d *ledger.CountDifference) int {
	switch {
	case x.forMe(d):
		return 0
	case d.Recount == nil:
		return 1
	}
	return 2
}

func (x *countScreen) tile(key, value string) cell {
	l := x.s.look
	return grow(1, l.on(l.panel.ground, 10, l.inset(6, l.col(0, grow(1.6, l.text1(value, 40, condensed, l.panel.ink).centred()), grow(1, l.text1(T(key), 19, regular, l.panel.ink).centred())))))
}

// className is a class in a word.
func className(c gate.CountClass) string {
	switch c {
	case gate.CountMissing:
		return T("count.class.kurang")
	case gate.CountSurplus:
		return T("count.class.lebih")
	case gate.CountMisplaced:
		return T("count.class.salah_tempat")
	case gate.CountMatch:
		return T("count.match")
	}
	return T("count.class.none")
}

// difference is one of them: what, where, why, and what the recount said.
func (x *countScreen) difference(d *ledger.CountDifference) fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	t, icon := toneAmber, "unequal"
	if !d.Final().Differs() {
		t, icon = toneBlue, "tick"
	}
	place := strings.Join(slices.DeleteFunc([]string{d.Kelurahan, d.Kecamatan}, func(s string) bool { return s == "" }), ", ")
	why := className(d.Final())
	if r := d.FinalReason(); r != "" {
		why += ": " + T("count.reason."+string(r), words.Data{"Truck": d.Plate, "Dapil": x.s.district(d.Box.Routing, d.Kecamatan).Name})
	}
	var state string
	switch r := d.Recount; {
	case r != nil && r.Found:
		state = T("count.here", words.Data{"Name": r.By})
	case r != nil:
		state = T("count.nothere", words.Data{"Name": r.By})
	case x.forMe(d):
		state = T("count.forme")
	case slices.Contains(d.CountedBy, x.s.person.Name) || slices.Contains(x.session.Counters(), x.s.person.Name):
		state = T("count.notmine")
	default:
		state = T("count.waits")
	}
	return l.on(p.ground, 8, l.inset(5, l.row(12, l.fix(46, l.on(t.ground, 6, l.inset(7, l.shape(icon, t.ink)))),
		grow(1.5, l.col(0, grow(1.1, l.text1(d.Box.ID(), 25, bold, p.ink)), grow(1, l.text1(place, 20, regular, p.ink)))),
		grow(1.5, l.textN(why, 22, 2, regular, p.ink)),
		grow(1.1, l.textN(state, 22, 2, bold, p.ink).trailing()), l.gap(4))))
}

// gone says that what is left to look for is not here.
func (x *countScreen) gone() {
	by, id := x.s.person, x.session.ID
	x.act(func() error {
		_, err := x.s.ledger.EndRecount(x.s.ctx, by, id)
		return err
	}, func() { x.answer = nil })
}

// signCells asks for the PIN under the result.
func (x *countScreen) signCells() []cell {
	l := x.s.look
	if x.result == nil {
		return []cell{x.head(), rest()}
	}
	t := x.result.Totals(true)
	line := func(key string, n int) cell {
		return grow(1, l.row(12, grow(2, l.text1(T(key), 30, regular, l.page.ink)), grow(1, l.text1(words.Number(n), 38, condensed, l.page.ink).trailing())))
	}
	left := l.col(6, line("count.match", t.Matching), line("count.class.kurang", t.Missing), line("count.class.lebih", t.Surplus), line("count.class.salah_tempat", t.Misplaced),
		grow(1.4, l.textN(T("count.pin", words.Data{"Name": x.s.person.Name}), 28, 3, bold, l.page.ink)),
		l.fix(84, l.button("back", T("back"), func() { x.to(countDiffers) })))
	return []cell{x.head(), grow(1, l.row(28, grow(1.2, left), grow(1, x.pad.content())))}
}

// sign signs with the PIN of who is here, and writes the papers.
func (x *countScreen) sign(pin string) {
	s, id, name := x.s, x.session.ID, x.s.person.Name
	s.later(func() func() {
		by, err := s.ledger.SignIn(s.ctx, name, pin)
		var d *report.Document
		if err == nil {
			d, err = report.SignCount(s.ctx, s.ledger, by, id, report.Paper{At: time.Now()})
		}
		if err == nil {
			err = s.keepCount(d, id)
		}
		return func() {
			if err != nil {
				slog.Warn("sign count", "count", id, "name", name, "err", err)
				x.fail(err)
			} else {
				x.step = countDiffers
				x.say(true, func() string { return T("count.signed", words.Data{"Files": s.cfg.Files}) })
			}
			x.refresh()
			x.read()
		}
	})
}

// print writes the papers of a signed count again.
func (x *countScreen) print() {
	s, id := x.s, x.session.ID
	x.act(func() error {
		d, err := report.OfCount(s.ctx, s.ledger, id, report.Paper{At: time.Now(), By: s.person.Name})
		if err != nil {
			return err
		}
		return s.keepCount(d, id)
	}, func() { x.say(true, func() string { return T("count.printed", words.Data{"Files": s.cfg.Files}) }) })
}

// keepCount writes a count's papers into the folder of printed files.
func (s *shell) keepCount(d *report.Document, id int64) error {
	for _, form := range d.Forms() {
		if err := d.WriteFile(filepath.Join(s.cfg.Files, fmt.Sprintf("%s-%04d.%s", report.KindHitung, id, form)), form); err != nil {
			return err
		}
	}
	return nil
}
