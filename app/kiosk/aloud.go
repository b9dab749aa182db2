package kiosk

import (
	"log/slog"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/selftest"
	"dapilgate/app/sound"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// aloud says a result, from whatever goroutine has it: the sound belongs to the decision and
// does not wait for the screen, nor the screen for it. What was done by a command is silent:
// the sound of a good box is for good boxes.
func (s *shell) aloud(r dock.Result) {
	switch {
	case r.Command != "" && r.Err != nil:
		s.cfg.Sound.Play(sound.Rescan)
	case r.Command != "" || r.Undone:
	case r.Err != nil && r.Verdict == "":
		s.cfg.Sound.Play(sound.Trouble)
	default:
		v, ok := sound.Of(r.Verdict)
		if r.Err != nil && v == sound.Accepted { // never said of what is not recorded
			v = sound.Trouble
		}
		if ok {
			s.cfg.Sound.Play(v)
		}
	}
}

// troubled is heard when the record or a scanner goes away, whoever scans or not.
func (s *shell) troubled() { s.cfg.Sound.Play(sound.Trouble) }

// hear follows whether this machine can be heard.
func (s *shell) hear() {
	if s.cfg.Sound == nil {
		return
	}
	s.cfg.Sound.Watch(func() {
		s.do(func() {
			if _, ok := s.shown.(*loading); ok {
				s.refresh()
			}
		})
	})
	s.cfg.Sound.Run(s.ctx)
}

// lastSelfTest is the newest self-test of this dock in this shift; nil: none, or it can't be
// read, which the dock itself tells. It waits for the ledger.
func (s *shell) lastSelfTest() *ledger.SelfTested {
	t, err := s.ledger.LastSelfTest(s.ctx, s.cfg.Dock, time.Now().Add(-selftest.Shift))
	if err != nil {
		slog.Warn("look for the self-test", "err", err)
	}
	return t
}

// betweenSounds is the silence between the sounds that are tried out.
const betweenSounds = 500 * time.Millisecond

// shiftTabs say, on the loading screen, whether this dock was tested in this shift and
// whether it can be heard. A touch begins the self-test.
func (x *loading) shiftTabs() []fyne.CanvasObject {
	s, l := x.s, x.s.look
	begin := func() { s.show(newShiftStart(s)) }
	var tabs []fyne.CanvasObject
	if s.cfg.Sound.Err() != nil {
		tabs = append(tabs, l.buttonIn(toneAmber, "warn", T("shift.silent"), begin).sized(22))
	}
	switch t := x.tested; {
	case t == nil:
		tabs = append(tabs, l.buttonIn(toneAmber, "warn", T("shift.untested"), begin).sized(22))
	case !t.Passed:
		tabs = append(tabs, l.buttonIn(toneAmber, "warn", T("shift.failed"), begin).sized(22).second(words.Clock(t.Act.At)))
	default:
		tabs = append(tabs, l.button("tick", T("shift.passed"), begin).sized(22).second(words.Clock(t.Act.At)))
	}
	return tabs
}
