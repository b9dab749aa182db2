package kiosk

import (
	"log/slog"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// signIn asks who works here: a tap on the name and the PIN, or a badge's scan.
type signIn struct {
	s      *shell
	people []ledger.Person
	chosen string
	pad    *pinPad
	names  pager
	note   func() string // nil: none
}

func newSignIn(s *shell) *signIn {
	x := &signIn{s: s}
	x.pad = newPINPad(s, x.try, x.refresh)
	x.names.changed = x.refresh
	s.later(func() func() {
		people, err := s.ledger.People(s.ctx)
		return func() {
			for _, p := range people {
				if p.Active {
					x.people = append(x.people, p)
				}
			}
			if len(x.people) == 1 {
				x.chosen = x.people[0].Name
			}
			if err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
	return x
}

func (x *signIn) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *signIn) takesScans() bool { return true }
func (x *signIn) typing() bool     { return x.chosen != "" }

func (x *signIn) scanned(scan string) {
	if x.chosen != "" && isPIN(scan) {
		x.try(scan)
		return
	}
	station := x.s.station
	x.s.later(func() func() {
		r := station.Scan(x.s.ctx, scan)
		return func() { x.badge(r) }
	})
}

// badge takes the dock's answer to a scan while nobody is signed in.
func (x *signIn) badge(r dock.Result) {
	if x.s.shown != x {
		return
	}
	if r.Command == code.Badge && r.Err == nil && r.Person != nil {
		x.s.signedIn(*r.Person)
		return
	}
	x.note = func() string {
		if r.Command == code.Badge {
			return words.Error(r.Err)
		}
		return T("signin.first")
	}
	x.refresh()
}

func (x *signIn) try(pin string) {
	name, station := x.chosen, x.s.station
	x.s.later(func() func() {
		p, err := x.s.ledger.SignIn(x.s.ctx, name, pin)
		if err == nil {
			err = station.SetOperator(x.s.ctx, p)
		}
		return func() {
			if err != nil {
				slog.Warn("sign in", "name", name, "err", err)
				x.note = func() string { return words.Error(err) }
				x.refresh()
				return
			}
			x.s.signedIn(p)
		}
	})
}

func (x *signIn) content() fyne.CanvasObject {
	l := x.s.look
	left := []cell{}
	if x.note != nil {
		left = append(left, l.note(x.note(), false))
	}
	left = append(left, grow(1, x.names.content(l, 2, 5, 10, len(x.people), func(i int) fyne.CanvasObject {
		p := x.people[i]
		return l.choice(p.Name == x.chosen, p.Name, func() {
			x.chosen, x.pad.entered, x.note = p.Name, "", nil
			x.refresh()
		}).sized(32).second(T("role." + string(p.Role)))
	})))
	for _, d := range x.s.cfg.Demo {
		left = append(left, l.fix(30, l.text1(T("signin.demo", words.Data{"Name": d.Name, "PIN": d.PIN}), 23, regular, l.page.ink)))
	}
	left = append(left, l.fix(30, l.text1(x.s.ledger.Event().Name+" · "+T("header.dock", words.Data{"Dock": x.s.cfg.Dock}), 22, regular, l.faint.ink)))
	var right fyne.CanvasObject = l.col(16, rest(), l.fix(200, l.shape("person", l.faint.ink)),
		l.fix(60, l.text1(T("signin.choose"), 36, bold, l.page.ink).centred()), rest())
	if x.chosen != "" {
		right = x.pad.content()
	}
	return x.s.bare(T("signin.title"), T("signin.help"), l.row(28, grow(1.25, l.col(10, left...)), grow(1, right)))
}
