package kiosk

import (
	"log/slog"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// lossReasons are keys of the reasons why a server lacks what it confirmed.
var lossReasons = []string{"lost.standby", "lost.restored"}

// loss is where a penyelia notes that the server lacks confirmed scans: which boxes, why,
// PIN. Until then the dock stays red.
type loss struct {
	s        *shell
	lost     *dock.LostError
	people   []string // penyelia
	list     pager
	boxes    pager
	penyelia string
	reason   string // key
	pad      *pinPad
	note     func() string
}

func newLoss(s *shell, lost *dock.LostError) *loss {
	x := &loss{s: s, lost: lost}
	x.list.changed, x.boxes.changed = x.refresh, x.refresh
	x.pad = newPINPad(s, x.accept, x.refresh)
	s.later(func() func() {
		people, err := s.ledger.People(s.ctx)
		return func() {
			for _, p := range people {
				if p.Active && p.Role == ledger.Penyelia {
					x.people = append(x.people, p.Name)
				}
			}
			if len(x.people) == 1 {
				x.penyelia = x.people[0]
			}
			if err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
	return x
}

func (x *loss) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *loss) takesScans() bool { return true }
func (x *loss) typing() bool     { return true }

// scanned takes a PIN that was typed on a keyboard; boxes are not judged here.
func (x *loss) scanned(text string) {
	if x.ready() && isPIN(text) {
		x.accept(text)
	}
}

func (x *loss) ready() bool { return x.penyelia != "" && x.reason != "" }

func (x *loss) content() fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(110, l.on(toneRed.ground, 12, l.inset(12, l.row(16, l.fix(70, l.shape("stop", toneRed.ink)),
		grow(1, l.col(0, grow(1.4, l.text1(T("lost.title"), 40, condensed, toneRed.ink)),
			grow(1, l.text1(T("lost.help", words.Data{"From": words.Number(int(x.lost.From)), "To": words.Number(int(x.lost.To))}), 24, regular, toneRed.ink))))))))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	who := x.list.content(l, 2, 3, 10, len(x.people), func(i int) fyne.CanvasObject {
		name := x.people[i]
		return l.choice(x.penyelia == name, name, func() { x.penyelia, x.pad.entered = name, ""; x.refresh() }).sized(30)
	})
	var why []fyne.CanvasObject
	for _, key := range lossReasons {
		why = append(why, l.choice(x.reason == key, T(key), func() { x.reason = key; x.refresh() }).sized(26))
	}
	var right fyne.CanvasObject
	switch {
	case x.ready():
		right = x.pad.content()
	case len(x.lost.Boxes) == 0:
		right = l.textN(T("lost.none"), 36, 3, bold, l.page.ink).centred()
	default:
		right = x.boxes.content(l, 1, 6, 8, len(x.lost.Boxes), func(i int) fyne.CanvasObject {
			return l.on(l.panel.ground, 8, l.inset(6, l.text1(x.lost.Boxes[i], 34, condensed, l.panel.ink)))
		})
	}
	return l.inset(20, l.col(12, append(cells, grow(1, l.row(20,
		grow(1.2, l.col(10, l.fix(44, l.text1(T("lost.choose"), 30, bold, l.page.ink)), grow(1, who), l.fix(2*target+10, l.table(1, len(why), 10, why)),
			l.fix(84, l.button("back", T("back"), func() { x.s.show(newLoading(x.s)) })))),
		grow(1, right))))...))
}

func (x *loss) accept(pin string) {
	name, reason, station := x.penyelia, T(x.reason), x.s.station
	x.s.later(func() func() {
		by, err := x.s.ledger.SignIn(x.s.ctx, name, pin)
		if err == nil {
			err = station.AcceptLoss(x.s.ctx, by, reason)
		}
		return func() {
			if err != nil {
				slog.Warn("note lost scans", "name", name, "err", err)
				x.note = func() string { return words.Error(err) }
				x.refresh()
				return
			}
			if x.s.shown == x {
				x.s.show(newLoading(x.s))
			}
		}
	})
}
