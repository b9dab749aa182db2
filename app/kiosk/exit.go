package kiosk

import (
	"errors"
	"log/slog"

	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// ErrClosed says that a penyelia closed the kiosk with their PIN.
var ErrClosed = errors.New("the kiosk was closed by a penyelia")

// exit asks for a penyelia's PIN before a kiosk's window closes: the way out of a kiosk is
// not everybody's. Where there is no ledger to know a penyelia by, there is none: only who
// may stop the service can.
type exit struct {
	s      *shell
	names  []string
	chosen string
	pad    *pinPad
	list   pager
	back   func()
	note   func() string // nil: none
}

// quit is what closing the window means: in a kiosk, the question who may.
func (s *shell) quit() {
	_, settingUp := s.shown.(*setup)
	_, asked := s.shown.(*exit)
	switch {
	case !s.cfg.Kiosk, s.cfg.Fault != nil, settingUp: // there is nobody yet who could be asked
		s.win.Close()
	case s.station == nil:
		slog.Warn("the kiosk does not close: without a ledger no penyelia can be known")
	case !asked:
		s.show(newExit(s))
	}
}

func newExit(s *shell) *exit {
	x := &exit{s: s, back: func() { s.show(newSignIn(s)) }}
	if s.person.Name != "" {
		x.back = func() { s.show(newSettings(s)) }
	}
	if _, ok := s.shown.(*loading); ok {
		x.back = func() { s.show(newLoading(s)) }
	}
	x.pad = newPINPad(s, x.try, x.refresh)
	x.list.changed = x.refresh
	s.later(func() func() {
		people, err := s.ledger.People(s.ctx)
		return func() {
			for _, p := range people {
				if p.Active && p.Role == ledger.Penyelia {
					x.names = append(x.names, p.Name)
				}
			}
			if len(x.names) == 1 {
				x.chosen = x.names[0]
			}
			if err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
	return x
}

func (x *exit) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *exit) takesScans() bool { return true }
func (x *exit) typing() bool     { return x.chosen != "" }

// scanned takes a PIN that was typed on a keyboard.
func (x *exit) scanned(text string) {
	if x.chosen != "" && isPIN(text) {
		x.try(text)
	}
}

func (x *exit) try(pin string) {
	s, name := x.s, x.chosen
	s.later(func() func() {
		p, err := s.ledger.SignIn(s.ctx, name, pin)
		if err == nil && p.Role != ledger.Penyelia {
			err = ledger.ErrNotAllowed // since the list was read
		}
		if err == nil {
			slog.Info("closed", "by", p.Name)
			if err := s.station.SignOut(s.ctx, "closed"); err != nil {
				slog.Error("sign out", "err", err)
			}
		}
		return func() {
			if err != nil {
				slog.Warn("close", "name", name, "err", err)
				x.note = func() string { return words.Error(err) }
				x.refresh()
				return
			}
			s.forgetSession()
			s.closed = true
			s.win.Close()
		}
	})
}

func (x *exit) content() fyne.CanvasObject {
	l := x.s.look
	left := []cell{}
	if x.note != nil {
		left = append(left, l.note(x.note(), false))
	}
	left = append(left, grow(1, x.list.content(l, 2, 4, 10, len(x.names), func(i int) fyne.CanvasObject {
		name := x.names[i]
		return l.choice(x.chosen == name, name, func() { x.chosen, x.pad.entered, x.note = name, "", nil; x.refresh() }).sized(30)
	})), l.fix(84, l.button("back", T("back"), x.back).sized(30)))
	var right fyne.CanvasObject = l.textN(T("second.choose"), 36, 3, bold, l.page.ink).centred()
	if x.chosen != "" {
		right = x.pad.content()
	}
	return x.s.bare(T("exit.title"), T("exit.help"), l.row(28, grow(1.25, l.col(10, left...)), grow(1, right)))
}
