package kiosk

import (
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// ownPIN is where everybody changes their own PIN, who knows the old one.
type ownPIN struct {
	s              *shell
	old, pin, pin2 *field
	note           func() string
	good           bool // the note is of something done
}

func newOwnPIN(s *shell) *ownPIN {
	x := &ownPIN{s: s}
	x.old, x.pin, x.pin2 = newField("ownpin.old", true, x.change), newField("setup.pin", true, x.change), newField("setup.pin2", true, x.change)
	return x
}

func (x *ownPIN) takesScans() bool { return false }
func (x *ownPIN) scanned(string)   {}

func (x *ownPIN) content() fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(54, l.text1(T("ownpin.title", words.Data{"Name": x.s.person.Name}), 38, condensed, l.page.ink))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	return x.s.page("settings", l.col(14, append(cells, x.old.line(l), x.pin.line(l), x.pin2.line(l), rest(),
		l.fix(88, l.row(12, grow(1, l.button("back", T("back"), func() { x.s.show(newSettings(x.s)) }).sized(28)),
			grow(1, l.next("tick", T("ownpin.do"), x.change).sized(28)))))...))
}

func (x *ownPIN) say(good bool, note func() string) {
	x.note, x.good = note, good
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *ownPIN) change() {
	if x.pin.Text != x.pin2.Text {
		x.say(false, func() string { return T("setup.pinsdiffer") })
		return
	}
	name, old, pin := x.s.person.Name, x.old.Text, x.pin.Text
	x.s.later(func() func() {
		err := x.s.ledger.ChangePIN(x.s.ctx, name, old, pin)
		return func() {
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
				return
			}
			for _, f := range []*field{x.old, x.pin, x.pin2} { // a secret doesn't outlive its use
				f.SetText("")
			}
			x.say(true, func() string { return T("ownpin.done") })
		}
	})
}
