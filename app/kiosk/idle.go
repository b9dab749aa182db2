package kiosk

import (
	"context"
	"image/color"
	"time"

	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// warning is how long before an idle person is signed out the window says so.
const warning = 30 * time.Second

// idle signs out a person who went away: what is done after them would bear their name.
type idle struct {
	now   func() time.Time
	since time.Time // of the last touch, key or scan
	left  int       // seconds that the window shows; 0: it shows nothing
}

// touched says that somebody is here.
func (s *shell) touched() {
	s.idle.since = s.idle.now()
	if s.idle.left != 0 {
		s.idle.left = 0
		s.showCountdown()
	}
}

// tick looks, once a second, whether somebody is here. In the middle of a lock nobody is
// signed out: the dock waits for what was refused, and for the one who saw it. A print
// goes on under its own person's name.
func (s *shell) tick() {
	s.keepSession()
	if s.cfg.Idle <= 0 {
		return
	}
	if s.person.Name == "" || s.job != nil || s.lockShown() {
		s.touched()
		return
	}
	left := s.cfg.Idle - s.idle.now().Sub(s.idle.since)
	switch {
	case left <= 0:
		s.touched()
		s.leave("idle")
	case left <= warning:
		s.idle.left = int((left + time.Second - 1) / time.Second)
		s.showCountdown()
	}
}

func (s *shell) lockShown() bool {
	x, ok := s.shown.(*loading)
	return ok && x.status.Lock != nil
}

// watchIdle ticks until ctx ends.
func (s *shell) watchIdle(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.do(s.tick)
		}
	}
}

// showCountdown lays the countdown over the head of whatever is shown. It is no target: a
// touch anywhere is an answer to it.
func (s *shell) showCountdown() {
	s.over.Objects = nil
	if n := s.idle.left; n != 0 {
		l, t := s.look, toneAmber
		s.over.Objects = []fyne.CanvasObject{l.col(0, l.fix(70, l.on(t.ground, 0, l.inset(8, l.row(14,
			l.fix(54, l.shape("warn", t.ink)), grow(1, l.text1(words.N("idle.left", n), 32, bold, t.ink)))))), rest())}
	}
	s.over.Refresh()
}

// ground lies under every screen and feels touches that are on nothing.
type ground struct {
	widget.BaseWidget
	touched func()
}

var _ desktop.Mouseable = (*ground)(nil)

func newGround(touched func()) *ground {
	g := &ground{touched: touched}
	g.ExtendBaseWidget(g)
	return g
}

// MouseDown is Mouseable's.
func (g *ground) MouseDown(*desktop.MouseEvent) { g.touched() }

// MouseUp is Mouseable's.
func (g *ground) MouseUp(*desktop.MouseEvent) {}

// CreateRenderer draws nothing.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
