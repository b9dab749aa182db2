package kiosk

import (
	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// departStep asks once more: a load that has departed is changed no more.
func (x *loading) departStep() fyne.CanvasObject {
	l, ld := x.s.look, x.shut
	f := x.s.district(ld.District, "")
	return l.col(16,
		l.fix(196, l.on(l.panel.ground, 12, l.inset(14, l.row(20, l.fix(270, l.numeral(f, 140)),
			grow(1, l.col(0, grow(2, l.text1(ld.Plate, 66, condensed, l.panel.ink)), grow(1, l.text1(f.Name, 28, bold, l.panel.ink)))))))),
		grow(1.4, l.textN(T("depart.title", words.Data{"Truck": ld.Plate, "Count": words.Number(ld.Count)}), 54, 2, condensed, l.page.ink).centred()),
		grow(1, l.textN(T("depart.help"), 30, 2, regular, l.faint.ink).centred()),
		l.fix(100, l.row(12,
			grow(1, l.button("back", T("back"), func() { x.step = stepIdle; x.refresh() }).sized(30)),
			grow(1, l.next("truck", T("depart.do"), x.depart).sized(30)))))
}

func (x *loading) depart() {
	ld, by := *x.shut, x.s.person
	x.act(func(*dock.Station) error { return x.s.ledger.Depart(x.s.ctx, by, ld.ID) }, func(err error) {
		if x.step = stepIdle; err == nil {
			x.good, x.note = true, func() string { return T("depart.done", words.Data{"Truck": ld.Plate}) }
		}
	})
}

// goneMost is how many of the newest departed loads may be brought back in the window.
const goneMost = 60

// turnRound asks which of the trucks that left this dock came back with its boxes.
func (x *loading) turnRound() {
	x.s.later(func() func() {
		all, err := x.s.ledger.Loads(x.s.ctx, ledger.LoadDeparted)
		return func() {
			if err != nil {
				x.good, x.note = false, func() string { return words.Error(err) }
				x.refresh()
				return
			}
			x.except(ledger.Load{}, exceptReturn)
			for _, ld := range all {
				if ld.Dock == x.s.cfg.Dock && len(x.exception.gone) < goneMost {
					x.exception.gone = append(x.exception.gone, ld)
				}
			}
			x.refresh()
		}
	})
}
