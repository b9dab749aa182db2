package kiosk

import (
	"image/color"

	"dapilgate/scanner"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// sink takes every key of a scan screen. A keyboard wedge types like a person: without it
// a blank in a scan would press the button that has the focus, a tab would move the focus,
// and handlers of the canvas would get nothing while any widget has it. So one invisible
// widget has the focus, and takes it back when it loses it.
type sink struct {
	widget.BaseWidget
	framer scanner.Framer
	typed  []rune       // what the framer holds, for screens that show what a person types
	shown  func(string) // told of typed; nil: nobody looks
	scan   func(string) // a whole scan
	do     func(func()) // runs on the window's goroutine, later
	focus  func(*sink)  // asks the canvas for the focus
	awake  bool         // its screen is shown
}

var (
	_ fyne.Focusable    = (*sink)(nil)
	_ fyne.Tabbable     = (*sink)(nil)
	_ fyne.Shortcutable = (*sink)(nil)
)

func newSink(do func(func()), focus func(*sink), scan func(string)) *sink {
	s := &sink{scan: scan, do: do, focus: focus}
	s.ExtendBaseWidget(s)
	return s
}

// wake makes the sink take the focus, and keep it.
func (s *sink) wake() {
	s.awake = true
	s.focus(s)
}

// forget drops what was typed of a scan that never ended: it was another screen's.
func (s *sink) forget() {
	s.framer.Reset()
	s.typed = s.typed[:0]
	s.shown = nil
}

// sleep lets the focus go: another screen has text fields.
func (s *sink) sleep() {
	s.awake = false
	s.forget()
}

// FocusGained is Focusable's.
func (s *sink) FocusGained() {}

// FocusLost takes the focus back as soon as the window has done what took it.
func (s *sink) FocusLost() {
	if s.awake {
		s.do(func() {
			if s.awake {
				s.focus(s)
			}
		})
	}
}

// TypedRune takes a character of a scan.
func (s *sink) TypedRune(r rune) {
	s.typed = append(s.typed, r)
	s.framed(s.framer.Rune(r))
}

// TypedKey ends a scan at Return, Enter and Tab. Backspace is for a person who types;
// every other key is nothing here.
func (s *sink) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyTab:
		s.framed(s.framer.End())
	case fyne.KeyBackspace:
		if len(s.typed) == 0 {
			return
		}
		s.typed = s.typed[:len(s.typed)-1]
		s.framer.Reset()
		for _, r := range s.typed {
			s.framer.Rune(r)
		}
		s.tell()
	}
}

func (s *sink) framed(scan string, done bool) {
	if done {
		s.typed = s.typed[:0]
	}
	s.tell()
	if done {
		s.scan(scan)
	}
}

func (s *sink) tell() {
	if s.shown != nil {
		s.shown(string(s.typed))
	}
}

// AcceptsTab keeps a tab from moving the focus.
func (s *sink) AcceptsTab() bool { return true }

// TypedShortcut swallows copy, paste and undo: a scanner's control characters.
func (s *sink) TypedShortcut(fyne.Shortcut) {}

// CreateRenderer draws nothing.
func (s *sink) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
