package kiosk

import (
	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// settling asks what came of a print that broke off: the person at the printer scans the
// last good label, or says that none came out, or all. Until then its labels are neither
// good nor void, so it is asked before the next print.
func (x *labelsScreen) settling() fyne.CanvasObject {
	l := x.s.look
	b := *x.broken
	head := l.textN(T("settle.title", words.Data{"Batch": b.ID, "Name": b.By, "At": words.Clock(b.At)}), 44, 2, bold, l.page.ink)
	unsure := l.textN(words.N("settle.unsure", b.Planned+b.Sent), 30, 2, regular, l.page.ink)
	return l.col(16, l.fix(110, head), l.fix(80, unsure),
		grow(1, l.textN(T("settle.scan"), 60, 3, bold, l.page.ink).centred()),
		l.fix(96, l.row(10,
			grow(1, l.button("cross", T("settle.none"), func() { x.settle("") }).sized(28)),
			grow(1, l.button("", T("settle.all"), x.settleAll).sized(28)),
			grow(1, l.button("back", T("settle.later"), func() {
				x.later, x.broken = true, nil
				x.refresh()
			}).sized(28)))))
}

// settleAll says that every label of the broken print came out well.
func (x *labelsScreen) settleAll() {
	id := x.broken.ID
	x.s.later(func() func() {
		all, err := x.s.ledger.BatchLabels(x.s.ctx, id)
		return func() {
			switch {
			case err != nil:
				x.say(false, func() string { return words.Error(err) })
				x.refresh()
			case len(all) == 0:
				x.settle("")
			default:
				x.settle(all[len(all)-1].Box)
			}
		}
	})
}

// settle ends the broken print: everything up to last is good, the rest is void.
func (x *labelsScreen) settle(last string) {
	if x.broken == nil {
		return
	}
	id, by := x.broken.ID, x.s.person
	x.s.later(func() func() {
		s, err := batch.Settle(x.s.ctx, x.s.ledger, by, id, last)
		return func() {
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
				x.ask()
				return
			}
			x.broken = nil
			x.goOn(id, func() {
				x.say(true, func() string {
					return T("settle.done", words.Data{"Batch": s.Batch, "Good": words.Number(s.Good), "Void": words.Number(s.Void)})
				})
			})
		}
	})
}

// brokenPrint is the newest print that broke off; nil where there is none.
func brokenPrint(all []ledger.Batch) *ledger.Batch {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}
