package kiosk

import (
	"strings"

	"fyne.io/fyne/v2"
)

// pinPad is a pad of buttons for a PIN: no text field, so a scan can't type into it.
type pinPad struct {
	s       *shell
	entered string
	done    func(pin string)
	changed func()
}

const maxPINDigits = 12

// newPINPad makes a pad; changed is called when it must be shown anew.
func newPINPad(s *shell, done func(pin string), changed func()) *pinPad {
	return &pinPad{s: s, done: done, changed: changed}
}

func (p *pinPad) content() fyne.CanvasObject {
	l := p.s.look
	shown := strings.Repeat("● ", len(p.entered))
	if p.entered == "" {
		shown = "PIN"
	}
	keys := make([]fyne.CanvasObject, 0, 12)
	for _, k := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		keys = append(keys, p.key(k))
	}
	keys = append(keys, l.button("erase", "", p.erase), p.key("0"), l.next("", T("pin.ok"), p.submit).sized(30))
	return l.col(10,
		l.fix(76, l.on(l.panel.ground, 10, l.inset(8, l.text1(shown, 34, bold, l.panel.ink).centred()))),
		grow(1, l.table(3, 4, 10, keys)))
}

func (p *pinPad) key(k string) *button {
	return p.s.look.button("", k, func() {
		if len(p.entered) < maxPINDigits {
			p.entered += k
			p.changed()
		}
	}).sized(44)
}

func (p *pinPad) erase() {
	if p.entered != "" {
		p.entered = p.entered[:len(p.entered)-1]
		p.changed()
	}
}

// submit hands the PIN over and forgets it.
func (p *pinPad) submit() {
	pin := p.entered
	p.entered = ""
	p.changed()
	if pin != "" {
		p.done(pin)
	}
}

// isPIN tells a PIN typed on a keyboard from a scan. Who taps nothing but types still
// works: the keys are the sink's, and whole.
func isPIN(s string) bool {
	return len(s) >= 4 && len(s) <= maxPINDigits && strings.Trim(s, "0123456789") == ""
}
