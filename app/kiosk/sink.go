package kiosk

import (
	"image/color"
	"time"

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
	shown  func(string)             // told of what is typed; nil: nobody looks
	scan   func(string, rune)       // a whole scan, and what ended it
	do     func(func())             // runs on the window's goroutine, later
	after  func(func()) interface { // runs off it, when nothing has come for scanner.QuietTime
		Stop() bool
	}
	typing func() bool // tells whether a person may be typing now
	focus  func(*sink) // asks the canvas for the focus
	awake  bool        // its screen is shown

	strokes int // counts keys, so that an old timer ends no new scan
	quiet   interface{ Stop() bool }
}

// typedMost is the longest text that a person types: longer ones are scans, whatever the
// screen.
const typedMost = 40

var (
	_ fyne.Focusable    = (*sink)(nil)
	_ fyne.Tabbable     = (*sink)(nil)
	_ fyne.Shortcutable = (*sink)(nil)
)

func newSink(do func(func()), focus func(*sink), typing func() bool, scan func(string, rune)) *sink {
	s := &sink{scan: scan, do: do, focus: focus, typing: typing,
		after: func(f func()) interface{ Stop() bool } { return time.AfterFunc(scanner.QuietTime, f) }}
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
	scan, done := s.framer.Rune(r)
	s.framed(scan, done, r)
	s.hush()
}

// TypedKey ends a scan at Return, Enter and Tab. Backspace is for a person who types;
// every other key is nothing here.
func (s *sink) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		scan, done := s.framer.End()
		s.framed(scan, done, '\r')
	case fyne.KeyTab:
		scan, done := s.framer.End()
		s.framed(scan, done, '\t')
	case fyne.KeyBackspace:
		s.framer.Back()
		s.tell()
	}
}

// hush waits for the end of a scan that nothing ends: the scanner sends no terminator, or
// it broke off. What has come is taken as it is, so that it is neither lost nor glued to
// the next one. A person who types may think in between.
func (s *sink) hush() {
	s.strokes++
	if s.quiet != nil {
		s.quiet.Stop()
	}
	n := s.strokes
	s.quiet = s.after(func() {
		s.do(func() {
			if !s.awake || s.strokes != n || s.typing() && s.framer.Len() <= typedMost {
				return
			}
			scan, done := s.framer.End()
			s.framed(scan, done, scanner.Silence)
		})
	})
}

func (s *sink) framed(scan string, done bool, end rune) {
	s.tell()
	if done {
		s.scan(scan, end)
	}
}

func (s *sink) tell() {
	if s.shown != nil {
		s.shown(s.framer.Text())
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
