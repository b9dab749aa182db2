package kiosk

import (
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// approval asks a second penyelia to stand beside an act that one alone must not decide: a
// name, and the PIN, on the screen of the one who acts. Where there is nobody else to ask,
// the ledger lets the first act alone, and nothing is asked.
type approval struct {
	s      *shell
	what   func() string
	act    func(by ledger.Person)
	over   func() // it was given, or given up
	show   func()
	names  []string
	list   pager
	chosen string
	pad    *pinPad
	note   func() string
}

// seconded runs act with the second person's approval. ask is handed the question where
// there is one to ask, and must show it until over is called.
func (s *shell) seconded(what func() string, act func(by ledger.Person), ask func(*approval), over, show func(), failed func(error)) {
	by := s.person
	s.later(func() func() {
		names, err := s.ledger.Seconds(s.ctx, by, "")
		return func() {
			switch {
			case err != nil:
				failed(err)
			case len(names) == 0:
				act(by)
			default:
				a := &approval{s: s, what: what, act: act, over: over, show: show, names: names}
				a.pad, a.list.changed = newPINPad(s, a.enter, show), show
				if len(names) == 1 {
					a.chosen = names[0]
				}
				ask(a)
			}
		}
	})
}

// enter checks the PIN and acts.
func (a *approval) enter(pin string) {
	s, by, name := a.s, a.s.person, a.chosen
	if name == "" {
		return
	}
	s.later(func() func() {
		both, err := s.ledger.Approve(s.ctx, by, name, pin)
		return func() {
			if err != nil {
				a.note = func() string { return words.Error(err) }
				a.show()
				return
			}
			a.over()
			a.act(both)
		}
	})
}

func (a *approval) content() fyne.CanvasObject {
	l := a.s.look
	cells := []cell{l.fix(110, l.on(l.panel.ground, 12, l.inset(12, l.row(16, l.fix(64, l.shape("person", l.panel.ink)),
		grow(1, l.col(0, grow(1.3, l.text1(T("approve.title"), 36, condensed, l.panel.ink)), grow(1, l.text1(a.what(), 24, regular, l.panel.ink))))))))}
	if a.note != nil {
		cells = append(cells, l.note(a.note(), false))
	}
	who := a.list.content(l, 2, 3, 10, len(a.names), func(i int) fyne.CanvasObject {
		name := a.names[i]
		return l.choice(a.chosen == name, name, func() { a.chosen, a.pad.entered = name, ""; a.show() }).sized(28)
	})
	var right fyne.CanvasObject = l.textN(T("approve.choose"), 34, 3, bold, l.page.ink).centred()
	if a.chosen != "" {
		right = a.pad.content()
	}
	return l.col(12, append(cells, grow(1, l.row(20,
		grow(1.2, l.col(12, grow(1, who), l.fix(84, l.button("back", T("back"), func() { a.over(); a.show() })))),
		grow(1, right))))...)
}
