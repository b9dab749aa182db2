package kiosk

import (
	"log/slog"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// signIn asks who works here: a tap on the name and the PIN, or a badge's scan.
type signIn struct {
	s      *shell
	people []ledger.Person
	chosen string
	note   string
}

func newSignIn(s *shell) *signIn {
	x := &signIn{s: s}
	s.later(func() func() {
		people, err := s.ledger.People(s.ctx)
		return func() {
			x.people = people
			if len(people) == 1 {
				x.chosen = people[0].Name
			}
			if err != nil {
				x.note = words.Error(err)
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

func (x *signIn) scanned(scan string) {
	if x.chosen != "" && isPIN(scan) {
		x.try(scan)
		return
	}
	x.s.later(func() func() {
		r := x.s.station.Scan(x.s.ctx, scan)
		return func() { x.badge(r) }
	})
}

// badge takes the dock's answer to a scan while nobody is signed in.
func (x *signIn) badge(r dock.Result) {
	if r.Command == code.Badge && r.Err == nil && r.Person != nil {
		x.s.signedIn(*r.Person)
		return
	}
	x.note = T("signin.first")
	if r.Command == code.Badge {
		x.note = words.Error(r.Err)
	}
	x.refresh()
}

func (x *signIn) try(pin string) {
	name := x.chosen
	x.s.later(func() func() {
		p, err := x.s.ledger.SignIn(x.s.ctx, name, pin)
		if err == nil {
			err = x.s.station.SetOperator(x.s.ctx, p)
		}
		return func() {
			if err != nil {
				slog.Warn("sign in", "name", name, "err", err)
				x.note = words.Error(err)
				x.refresh()
				return
			}
			x.s.signedIn(p)
		}
	})
}

func (x *signIn) content() fyne.CanvasObject {
	p := x.s.look.p
	names := container.NewGridWithColumns(2)
	for _, person := range x.people {
		if !person.Active {
			continue
		}
		t := x.s.plain()
		if person.Name == x.chosen {
			t = x.s.strong()
		}
		names.Add(newButton(person.Name+" · "+T("role."+string(person.Role)), t, func() {
			x.chosen, x.note = person.Name, ""
			x.refresh()
		}).sized(sizeLarge).wide(0, 96))
	}
	left := container.NewVBox(
		text(T("signin.title"), sizeTitle, p.text, true, fyne.TextAlignLeading),
		text(T("signin.help"), sizeBody, p.quiet, false, fyne.TextAlignLeading),
		names)
	for _, d := range x.s.cfg.Demo {
		left.Add(text(T("signin.demo", words.Data{"Name": d.Name, "PIN": d.PIN}), sizeBody, p.quiet, false, fyne.TextAlignLeading))
	}
	var note fyne.CanvasObject = text(x.s.ledger.Event().Name, sizeBody, p.quiet, false, fyne.TextAlignLeading)
	if x.note != "" {
		note = container.NewStack(panel(toneAmber.ground, newFitted(x.note, sizeLarge, sizeSmall, toneAmber.text, true, fyne.TextAlignCenter)))
	}
	var right fyne.CanvasObject = container.NewCenter(text(T("signin.choose"), sizeLarge, p.quiet, false, fyne.TextAlignCenter))
	if x.chosen != "" {
		right = newPINPad(x.s, x.try).content()
	}
	return x.s.page("", container.NewBorder(nil, note, nil, nil,
		container.New(&columns{[]float32{1.35, 1}}, container.NewVScroll(left), padded(8, right))))
}
