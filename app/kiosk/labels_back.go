package kiosk

import (
	"cmp"
	"errors"
	"fmt"

	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// scanBack takes the labels that came out of the printer: each is scanned once, which says
// that it is there and that it can be read. Where the event asks for it, no box is loaded
// before.
type scanBack struct {
	x      *labelsScreen
	last   *ledger.Checked // nil: none yet
	wrong  func() string   // what the last scan was instead; nil: a good label
	prints []ledger.Batch  // with labels that were not scanned back yet
	pages  pager
}

func newScanBack(x *labelsScreen) *scanBack {
	b := &scanBack{x: x}
	b.pages.changed = x.refresh
	return b
}

// read asks which prints have labels that were not scanned back.
func (b *scanBack) read() {
	s := b.x.s
	s.later(func() func() {
		all, err := s.ledger.Batches(s.ctx, false)
		return func() {
			b.prints = b.prints[:0]
			for _, p := range all {
				if p.Missing > 0 {
					b.prints = append(b.prints, p)
				}
			}
			if err != nil {
				b.x.say(false, func() string { return words.Error(err) })
			}
			b.x.refresh()
		}
	})
}

func (b *scanBack) scanned(text string) {
	s := b.x.s
	by := s.person
	r := code.Parse(text, code.Keys{Event: s.ledger.Event().Code, Public: s.ledger.PublicKeys()})
	s.later(func() func() {
		c, err := s.ledger.CheckLabel(s.ctx, by, r)
		return func() {
			b.x.note = nil
			switch {
			case r.Status == code.CutOff || r.Status == code.Damaged || r.Status == code.Doubled:
				b.last, b.wrong = nil, func() string { return T("back.again") }
			case r.Status != code.Whole:
				b.last, b.wrong = nil, func() string { return T("back.foreign") }
			case errors.Is(err, ledger.ErrConflict):
				b.last, b.wrong = nil, func() string { return T("back.void") }
			case errors.Is(err, ledger.ErrNotFound):
				b.last, b.wrong = nil, func() string { return T("back.unknown") }
			case err != nil:
				b.last, b.wrong = nil, func() string { return words.Error(err) }
			default:
				b.last, b.wrong = &c, nil
			}
			b.x.refresh()
			b.read()
		}
	})
}

func (b *scanBack) content() fyne.CanvasObject {
	l := b.x.s.look
	ink := l.quiet.ink
	must := T("back.may")
	if b.x.s.ledger.Event().Policy.ScanBack {
		must = T("back.must")
	}
	list := b.pages.content(l, 1, 4, 8, len(b.prints), func(i int) fyne.CanvasObject {
		x := b.prints[i]
		of := x.Checked + x.Missing
		return l.listed(l.row(14, l.gap(2),
			grow(1.4, l.col(0, grow(1, l.text1(T("history.print", words.Data{"Batch": x.ID, "Choice": cmp.Or(x.Choice, x.Stock)}), 24, bold, ink)), grow(1, l.text1(words.Moment(x.At), 20, regular, ink)))),
			grow(1.2, l.col(0, rest(), l.fix(24, l.bar(x.Checked, 0, of)), rest())),
			grow(0.9, l.text1(words.Number(x.Checked)+" / "+words.Number(of), 26, bold, ink).trailing()), l.gap(2)), func() { b.missing(x.ID) })
	})
	if len(b.prints) == 0 {
		list = l.textN(T("back.none"), 28, 2, regular, l.faint.ink).centred()
	}
	return l.col(12, grow(1.1, b.answer()), l.fix(34, l.text1(must, 24, regular, l.faint.ink)), grow(1.3, list))
}

// missing goes to the labels of a print that were not scanned back.
func (b *scanBack) missing(id int64) {
	b.x.turn(tabHistory)
	b.x.history.search(fmt.Sprintf("#%d %s", id, T("back.word")))
}

// answer is what the last scan was, or the call for the first one.
func (b *scanBack) answer() fyne.CanvasObject {
	l := b.x.s.look
	show := func(t tone, icon, head, detail string) fyne.CanvasObject {
		return l.on(t.ground, 14, l.inset(14, l.row(24, l.fix(130, l.shape(icon, t.ink)),
			grow(1, l.col(2, grow(1.3, l.textN(head, 50, 2, condensed, t.ink)), grow(1, l.textN(detail, 30, 2, regular, t.ink)))))))
	}
	switch c := b.last; {
	case b.wrong != nil:
		return show(toneAmber, "warn", T("back.wrong"), b.wrong())
	case c == nil:
		return show(l.panel, "scan", T("back.scan"), T("back.help"))
	case c.Again:
		return show(toneBlue, "unequal", T("back.twice", words.Data{"Box": c.Box}), words.N("back.left", c.Left))
	default:
		return show(toneBlue, "tick", T("back.good", words.Data{"Box": c.Box, "Revision": c.Revision}), words.N("back.left", c.Left))
	}
}
