package kiosk

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"

	"fyne.io/fyne/v2"
)

// people lists who may act; a penyelia adds and stops people here, gives them PINs and
// badges. Each of these asks for a second penyelia, where there is one.
type people struct {
	s         *shell
	list      []ledger.Person
	pages     pager
	chosen    string // a person; empty: the form of a new one
	name      *field
	pin, pin2 *field
	role      ledger.Role
	asking    *asking
	note      func() string
	good      bool
}

var allRoles = []ledger.Role{ledger.Petugas, ledger.Penyelia, ledger.Auditor}

func newPeople(s *shell) *people {
	x := &people{s: s, role: ledger.Petugas}
	x.pages.changed = x.refresh
	x.name = newField("people.name", false, x.enter)
	x.pin, x.pin2 = newField("setup.pin", true, x.enter), newField("setup.pin2", true, x.enter)
	x.read()
	return x
}

func (x *people) read() {
	x.s.later(func() func() {
		list, err := x.s.ledger.People(x.s.ctx)
		return func() {
			x.list = list
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

func (x *people) say(good bool, note func() string) { x.note, x.good = note, good }

func (x *people) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *people) takesScans() bool { return x.asking != nil }
func (x *people) scanned(scan string) {
	if x.asking != nil {
		x.asking.scanned(scan)
	}
}

func (x *people) content() fyne.CanvasObject {
	l := x.s.look
	if x.asking != nil {
		return x.s.page("settings", x.asking.content())
	}
	list := x.pages.content(l, 2, 6, 8, len(x.list), func(i int) fyne.CanvasObject {
		p := x.list[i]
		about := T("role." + string(p.Role))
		if !p.Active {
			about = T("people.stopped")
		}
		return l.choice(p.Name == x.chosen, p.Name, func() { x.choose(p.Name) }).sized(26).second(about)
	})
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	side := x.newForm()
	for _, p := range x.list {
		if p.Name == x.chosen {
			side = x.personForm(p)
		}
	}
	return x.s.page("settings", l.col(10, append(cells, grow(1, l.row(16,
		grow(1.2, l.col(8, grow(1, list), l.fix(target, l.button("back", T("back"), func() { x.s.show(newSettings(x.s)) })))),
		grow(1, l.panelOf(side)))))...))
}

func (x *people) newForm() fyne.CanvasObject {
	l := x.s.look
	var roles []fyne.CanvasObject
	for _, r := range allRoles {
		roles = append(roles, l.choice(r == x.role, T("role."+string(r)), func() { x.role = r; x.refresh() }).sized(21))
	}
	return l.col(8, l.fix(44, l.text1(T("people.new"), 32, condensed, l.panel.ink)),
		x.name.below(l), l.fix(target, l.table(len(roles), 1, 8, roles)), x.pin.below(l), x.pin2.below(l), rest(),
		l.fix(80, l.next("plus", T("people.add"), x.add).sized(28)))
}

func (x *people) personForm(p ledger.Person) fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(44, l.text1(p.Name, 36, condensed, l.panel.ink)),
		l.fix(34, l.text1(T("role."+string(p.Role)), 24, regular, l.panel.ink))}
	if !p.Active {
		return l.col(10, append(cells, rest(), l.fix(80, l.button("undo", T("people.restore"), func() { x.active(p, true) }).sized(27)),
			l.fix(80, l.button("plus", T("people.new"), func() { x.choose("") }).sized(27)))...)
	}
	stop := rest()
	if p.Name != x.s.person.Name {
		stop = grow(1, l.button("cross", T("people.stop"), func() { x.active(p, false) }).sized(23))
	}
	return l.col(10, append(cells, x.pin.below(l), x.pin2.below(l), l.fix(target, l.button("tick", T("people.setpin"), x.setPIN).sized(26)), rest(),
		l.fix(target, l.row(8, grow(1, l.button("card", T("people.badge"), x.badge).sized(23)), stop)),
		l.fix(target, l.button("plus", T("people.new"), func() { x.choose("") }).sized(26)))...)
}

// choose shows a person's form, or that of a new one.
func (x *people) choose(name string) {
	x.chosen, x.note = name, nil
	x.forget()
	x.refresh()
}

// forget empties the fields: a secret doesn't outlive its use.
func (x *people) forget() {
	for _, f := range []*field{x.name, x.pin, x.pin2} {
		f.SetText("")
	}
}

// enter is Enter in a field: what the form's first button does.
func (x *people) enter() {
	if x.chosen == "" {
		x.add()
	} else {
		x.setPIN()
	}
}

// pins tells whether both PINs are alike, and says so where they are not.
func (x *people) pins() bool {
	if x.pin.Text == x.pin2.Text {
		return true
	}
	x.say(false, func() string { return T("setup.pinsdiffer") })
	x.refresh()
	return false
}

// change does something to people, with the approval that it needs; done says it was done.
func (x *people) change(what func() string, do func(by ledger.Person) (done func() string, err error)) {
	x.s.ask(what, "", func(a *asking) { x.asking = a }, x.refresh, func(by ledger.Person) {
		x.s.later(func() func() {
			done, err := do(by)
			return func() {
				if err != nil {
					x.say(false, func() string { return words.Error(err) })
					x.refresh()
					return
				}
				x.forget()
				x.say(true, done)
				x.read()
			}
		})
	})
}

func (x *people) add() {
	if !x.pins() {
		return
	}
	name, role, pin := strings.TrimSpace(x.name.Text), x.role, x.pin.Text
	d := words.Data{"Name": name}
	x.change(func() string { return T("people.ask.add", d) }, func(by ledger.Person) (func() string, error) {
		_, err := x.s.ledger.AddPerson(x.s.ctx, by, name, role, pin)
		return func() string { return T("people.added", d) }, err
	})
}

func (x *people) setPIN() {
	if !x.pins() {
		return
	}
	name, pin := x.chosen, x.pin.Text
	d := words.Data{"Name": name}
	x.change(func() string { return T("people.ask.pin", d) }, func(by ledger.Person) (func() string, error) {
		return func() string { return T("people.pinset", d) }, x.s.ledger.SetPIN(x.s.ctx, by, name, pin)
	})
}

func (x *people) active(p ledger.Person, active bool) {
	d := words.Data{"Name": p.Name}
	ask, done, do := "people.ask.stop", "people.isstopped", x.s.ledger.StopPerson
	if active {
		ask, done, do = "people.ask.restore", "people.restored", x.s.ledger.RestorePerson
	}
	x.change(func() string { return T(ask, d) }, func(by ledger.Person) (func() string, error) {
		return func() string { return T(done, d) }, do(x.s.ctx, by, p.Name)
	})
}

// badge issues a badge and writes its card.
func (x *people) badge() {
	name := x.chosen
	path := filepath.Join(x.s.cfg.Files, fmt.Sprintf("kartu-petugas-%s.pdf", time.Now().Format("20060102-150405")))
	x.change(func() string { return T("people.ask.badge", words.Data{"Name": name}) }, func(by ledger.Person) (func() string, error) {
		text, err := x.s.ledger.IssueBadge(x.s.ctx, by, name)
		if err == nil {
			var card labels.Badge
			if card, err = labels.NewBadge(text, name, x.s.ledger.Event().Name); err == nil {
				err = labels.WriteBadges(path, []labels.Badge{card}, labels.Options{Title: "Kartu petugas", Author: by.Name, Created: time.Now()})
			}
		}
		return func() string { return T("people.badged", words.Data{"Name": name, "File": path}) }, err
	})
}
