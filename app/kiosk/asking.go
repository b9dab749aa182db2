package kiosk

import (
	"context"
	"log/slog"

	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// asking is what a screen shows while an act waits for a second person: what it is about,
// the penyelia who may approve it, and a pad for the PIN. The approval is for this one act.
type asking struct {
	s       *shell
	what    func() string
	help    string // key
	choose  string // the same
	names   []string
	chosen  string
	pad     *pinPad
	list    pager
	note    func() string
	show    func(*asking) // on the screen that asks; nil: it is over
	changed func()
	do      func(by ledger.Person)
	stand   func(l *ledger.Ledger, ctx context.Context, by ledger.Person, name, pin string) (ledger.Person, error)
}

// newAsking is the question for one of these names, who approve as penyelia do.
func newAsking(s *shell, what func() string, names []string, show func(*asking), changed func(), do func(by ledger.Person)) *asking {
	a := &asking{s: s, what: what, help: "second.help", choose: "second.choose", names: names, show: show, changed: changed, do: do, stand: (*ledger.Ledger).Approve}
	a.pad = newPINPad(s, a.try, changed)
	a.list.changed = changed
	if len(names) == 1 {
		a.chosen = names[0]
	}
	return a
}

// ask does something that needs a second person; operator is that of the load that it is
// about, empty where it is of no load. Where one must be asked, show is given the
// question, and nil when it is answered; do runs with the approval. Where there is nobody
// to ask, or something fails, do runs without: the ledger has the last word.
func (s *shell) ask(what func() string, operator string, show func(*asking), changed func(), do func(by ledger.Person)) {
	by := s.person
	s.later(func() func() {
		names, err := s.ledger.Seconds(s.ctx, by, operator)
		return func() {
			if err != nil || len(names) == 0 {
				do(by)
				return
			}
			show(newAsking(s, what, names, show, changed, do))
			changed()
		}
	})
}

func (a *asking) content() fyne.CanvasObject {
	l := a.s.look
	cells := []cell{l.fix(120, l.on(toneAmber.ground, 12, l.inset(12, l.row(16, l.fix(70, l.shape("person", toneAmber.ink)),
		grow(1, l.col(0, grow(1.3, l.text1(a.what(), 36, condensed, toneAmber.ink)), grow(1, l.text1(T(a.help), 24, regular, toneAmber.ink))))))))}
	if a.note != nil {
		cells = append(cells, l.note(a.note(), false))
	}
	who := a.list.content(l, 2, 4, 10, len(a.names), func(i int) fyne.CanvasObject {
		name := a.names[i]
		return l.choice(a.chosen == name, name, func() { a.chosen, a.pad.entered = name, ""; a.changed() }).sized(30)
	})
	var right fyne.CanvasObject = l.textN(T(a.choose), 36, 3, bold, l.page.ink).centred()
	if a.chosen != "" {
		right = a.pad.content()
	}
	return l.col(12, append(cells, grow(1, l.row(20,
		grow(1.2, l.col(12, grow(1, who), l.fix(84, l.button("back", T("back"), a.end)))), grow(1, right))))...)
}

// scanned takes a PIN that was typed on a keyboard.
func (a *asking) scanned(text string) {
	if a.chosen != "" && isPIN(text) {
		a.try(text)
	}
}

func (a *asking) end() {
	a.show(nil)
	a.changed()
}

func (a *asking) try(pin string) {
	by, name := a.s.person, a.chosen
	a.s.later(func() func() {
		by, err := a.stand(a.s.ledger, a.s.ctx, by, name, pin)
		return func() {
			if err != nil {
				slog.Warn("second person", "name", name, "err", err)
				a.note = func() string { return words.Error(err) }
				a.changed()
				return
			}
			a.show(nil)
			a.do(by)
		}
	})
}
