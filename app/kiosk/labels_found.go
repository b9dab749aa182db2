package kiosk

import (
	"fmt"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// foundLabel is one label of the history: all that is known of its print, and what a
// penyelia can do with it: spoil it, or print its box anew.
type foundLabel struct {
	h      *history
	label  ledger.FoundLabel
	row    ledger.BoxRow
	reason string // key, of the spoiling
}

// spoilReasons are the keys of the reasons why a label is thrown away.
var spoilReasons = []string{"spoil.bad", "spoil.torn", "spoil.wrong"}

// open reads a label's box and shows both.
func (h *history) open(k ledger.FoundLabel) {
	s := h.x.s
	s.later(func() func() {
		row, err := s.ledger.Box(s.ctx, k.Box)
		return func() {
			if err != nil {
				h.x.say(false, func() string { return words.Error(err) })
			} else {
				h.opened = &foundLabel{h: h, label: k, row: row}
				s.sink.shown = nil
			}
			h.x.refresh()
		}
	})
}

// valid tells whether the box has a label that counts, this one or another.
func (f *foundLabel) valid() bool { return f.row.Revision > 0 }

// usable tells whether this very label is the one that counts.
func (f *foundLabel) usable() bool { return f.row.Revision == f.label.Revision }

func (f *foundLabel) content() fyne.CanvasObject {
	h, k := f.h, f.label
	s := h.x.s
	l := s.look
	p := l.panel
	fact := func(key, value string) cell {
		if value == "" {
			return l.fix(0.01, l.row(0, rest()))
		}
		return l.fix(38, l.row(12, grow(1, l.text1(T(key), 22, regular, p.ink)), grow(2.2, l.text1(value, 24, bold, p.ink))))
	}
	back := ""
	if k.Checked {
		back = T("found.yes")
	}
	now := T("state." + string(f.row.State))
	if f.row.Plate != "" {
		now += " · " + f.row.Plate
	}
	facts := l.panelOf(l.col(4,
		l.fix(104, l.row(16, l.fix(170, l.numeral(s.district(f.row.Box.Routing, f.row.Kecamatan), 76)),
			grow(1, l.col(0, grow(1.2, l.text1(k.Box, 38, condensed, p.ink)), grow(1, l.text1(whereWhy(k.Kelurahan, k.Kecamatan), 26, regular, p.ink)))))),
		l.gap(8),
		fact("found.label", T("audit.revision", words.Data{"Revision": k.Revision})+" · "+labelState(k)),
		fact("found.back", back),
		fact("found.print", fmt.Sprint(k.Batch)),
		fact("found.by", k.By),
		fact("found.at", words.Moment(k.At)),
		fact("found.stock", k.Stock),
		fact("found.output", k.Output),
		fact("found.reason", k.Reason),
		fact("found.now", now), rest()))
	cells := []cell{}
	if s.person.Role == ledger.Penyelia {
		cells = append(cells, f.acts()...)
	}
	cells = append(cells, rest(),
		l.fix(80, l.button("label", T("found.all", words.Data{"Batch": k.Batch}), func() { h.search(fmt.Sprint("#", k.Batch)) }).sized(24)),
		l.fix(80, l.button("back", T("back"), f.close)))
	return l.row(16, grow(1.5, facts), grow(1, l.col(10, cells...)))
}

// acts are what a penyelia can do with the label.
func (f *foundLabel) acts() []cell {
	l := f.h.x.s.look
	title := func(key string) cell { return l.fix(56, l.textN(T(key), 22, 2, bold, l.page.ink)) }
	if f.row.Load != 0 {
		return []cell{title("found.loaded")}
	}
	if !f.valid() {
		return []cell{title("found.nolabel"), l.fix(80, l.next("print", T("found.print.new"), f.reprint).sized(25))}
	}
	cells := []cell{l.fix(80, l.next("print", T("found.reprint"), f.reprint).sized(25))}
	if !f.usable() {
		return cells
	}
	cells = append(cells, title("found.spoil.why"))
	var reasons []fyne.CanvasObject
	for _, key := range spoilReasons {
		reasons = append(reasons, l.choice(f.reason == key, T(key), func() { f.reason = key; f.h.x.refresh() }).sized(21))
	}
	cells = append(cells, l.fix(target, l.table(len(reasons), 1, 8, reasons)))
	if f.reason != "" {
		cells = append(cells, l.fix(80, l.button("cross", T("found.spoil"), f.spoil).sized(25)))
	}
	return cells
}

// reprint goes to the paper, for this box alone.
func (f *foundLabel) reprint() {
	area, tps, kind, err := election.ParseBoxID(f.label.Box)
	if err != nil {
		f.h.x.say(false, func() string { return words.Error(err) })
		f.h.x.refresh()
		return
	}
	id := f.label.Box
	f.h.x.printOnly(onlyThis{what: func() string { return T("only.box", words.Data{"Box": id}) },
		filter: ledger.Filter{Area: area, TPS: tps, Kind: kind}, reprint: f.valid()})
}

// spoil records that this label was thrown away.
func (f *foundLabel) spoil() {
	x, k, why := f.h.x, f.label, T(f.reason)
	x.seconded(func() string { return T("second.spoil", words.Data{"Box": k.Box}) }, func(by ledger.Person) { f.spoilBy(by, why) })
}

func (f *foundLabel) spoilBy(by ledger.Person, why string) {
	x, k := f.h.x, f.label
	x.s.later(func() func() {
		err := x.s.ledger.SpoilLabels(x.s.ctx, by, k.Batch, []string{k.Box}, why)
		return func() {
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
				x.refresh()
				return
			}
			x.say(true, func() string { return T("found.spoiled", words.Data{"Box": k.Box, "Revision": k.Revision}) })
			k.State = ledger.LabelSpoiled
			f.h.open(k)
		}
	})
}

// close goes back to the list; to the prints where this label was all that was found.
func (f *foundLabel) close() {
	f.h.opened, f.h.x.note = nil, nil
	if f.h.total <= 1 {
		f.h.query = ""
	}
	f.h.x.refresh()
	f.h.read()
}
