package kiosk

import (
	"dapilgate/app/dock"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// others tells whether the open load is of the shift before: whoever goes on with it takes
// it over first, and agrees on the count.
func (x *loading) others() bool {
	ld := x.status.Load
	return ld != nil && ld.Operator != x.s.person.Name && x.status.Lock == nil
}

// othersScan is a scan while the load is another's: nothing is judged but a badge.
func (x *loading) othersScan(scan string) (judged bool) {
	if !x.others() || code.Parse(scan, code.Keys{}).Command == code.Badge {
		return true
	}
	x.note = func() string { return T("takeover.first") }
	x.refresh()
	return false
}

// takeOverStep asks the new shift to count, and to take the load.
func (x *loading) takeOverStep() fyne.CanvasObject {
	l, ld := x.s.look, x.status.Load
	cells := []cell{l.fix(196, x.truckPanel())}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	return l.col(16, append(cells,
		grow(1, l.textN(T("takeover.title", words.Data{"Name": ld.Operator}), 50, 2, condensed, l.page.ink).centred()),
		grow(1, l.textN(words.N("takeover.count", ld.Count), 60, 2, condensed, l.page.ink).centred()),
		grow(0.6, l.textN(T("takeover.help"), 28, 2, regular, l.faint.ink).centred()),
		l.fix(100, l.row(12,
			grow(1, l.button("leave", T("takeover.not"), x.s.signOut).sized(30)),
			grow(1, l.next("tick", T("takeover.do"), func() { x.takeOver(ld.Count) }).sized(30)))))...)
}

func (x *loading) takeOver(count int) {
	x.act(func(s *dock.Station) error {
		_, err := s.TakeOver(x.s.ctx, count)
		return err
	}, func(error) {})
}
