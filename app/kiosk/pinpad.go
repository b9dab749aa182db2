package kiosk

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// pinPad is a pad of buttons for a PIN: no text field, so a scan can't type into it.
type pinPad struct {
	s       *shell
	entered string
	dots    *fitted
	done    func(pin string)
}

const maxPINDigits = 12

func newPINPad(s *shell, done func(pin string)) *pinPad { return &pinPad{s: s, done: done} }

func (p *pinPad) content() fyne.CanvasObject {
	p.dots = newFitted("", sizeTitle, sizeBody, p.s.look.p.text, true, fyne.TextAlignCenter)
	p.show()
	grid := container.NewGridWithColumns(3)
	for _, k := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		grid.Add(p.key(k))
	}
	grid.Add(newButton(T("pin.erase"), p.s.plain(), func() {
		if p.entered != "" {
			p.entered = p.entered[:len(p.entered)-1]
			p.show()
		}
	}).sized(sizeBody))
	grid.Add(p.key("0"))
	grid.Add(newButton(T("pin.ok"), p.s.strong(), p.submit).sized(sizeLarge))
	return container.NewBorder(container.NewStack(panel(p.s.look.p.panel, p.dots)), nil, nil, nil, grid)
}

func (p *pinPad) key(k string) *button {
	return newButton(k, p.s.plain(), func() {
		if len(p.entered) < maxPINDigits {
			p.entered += k
			p.show()
		}
	}).sized(sizeTitle)
}

// submit hands the PIN over and forgets it.
func (p *pinPad) submit() {
	pin := p.entered
	p.entered = ""
	p.show()
	if pin != "" {
		p.done(pin)
	}
}

func (p *pinPad) show() {
	p.dots.text = strings.Repeat("●", len(p.entered))
	if p.entered == "" {
		p.dots.text = "PIN"
	}
	p.dots.Refresh()
}

// isPIN tells a PIN typed on a keyboard from a scan.
func isPIN(s string) bool {
	return len(s) >= 4 && len(s) <= maxPINDigits && strings.Trim(s, "0123456789") == ""
}
