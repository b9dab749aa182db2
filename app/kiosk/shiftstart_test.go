package kiosk

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/selftest"
	"dapilgate/app/sound"
	"dapilgate/app/words"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// ear is a sound device that remembers what it was given.
type ear struct{ got chan int }

func (e *ear) Play(pcm []int16) error { e.got <- len(pcm); return nil }
func (e *ear) Rest() error            { return nil }
func (e *ear) Err() error             { return nil }

// listened opens a window whose sounds are heard.
func listened(t *testing.T) (*hall, *ear) {
	t.Helper()
	e := &ear{make(chan int)}
	p := sound.NewPlayer(func() (sound.Device, error) { return e, nil })
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	over := make(chan struct{})
	go func() { p.Run(ctx); close(over) }()
	t.Cleanup(func() {
		stop()
		for {
			select {
			case <-e.got:
			case <-over:
				return
			}
		}
	})
	return newHall(t, sizes[0], func(c *Config) { c.Sound = p }), e
}

// next is the sound that is heard next.
func (e *ear) next() string {
	n := <-e.got
	for _, s := range sound.All {
		if len(s.PCM()) == n {
			return s.String()
		}
	}
	return "another"
}

// mute makes this machine one without a sound device.
func (h *hall) mute() {
	h.t.Helper()
	p := sound.NewPlayer(func() (sound.Device, error) { return nil, sound.ErrSilent })
	p.Run(h.t.Context())
	h.s.cfg.Sound = p
}

func (h *hall) card() selftest.Labels {
	h.t.Helper()
	l, err := selftest.CardLabels()
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

// selfTest begins the self-test, and waits until the machine was looked at.
func (h *hall) selfTest() *shiftStart {
	h.t.Helper()
	x := newShiftStart(h.s)
	h.s.show(x)
	h.until("the machine was looked at", func() bool { return x.looked })
	h.settle()
	return x
}

func (h *hall) tested() *ledger.SelfTested {
	h.t.Helper()
	s := h.s.lastSelfTest()
	return s
}

// TestEveryResultIsHeard: each class of verdict has its sound, and a command has none.
func TestEveryResultIsHeard(t *testing.T) {
	h, e := listened(t)
	h.scan(h.label(h.four[0])) // nobody is signed in: this screen wants badges only
	h.atWork()
	for _, x := range []struct{ name, text, want string }{
		{"a good box", h.label(h.four[0]), "accepted"},
		{"the same again", h.label(h.four[0]), "duplicate"},
		{"half a label", h.label(h.four[1])[:60], "rescan"},
		{"a test label", h.card().Good, "refused"},
		{"another dapil", h.label(h.five[0]), "alarm"},
		{"a good box before a lock", h.label(h.four[1]), "alarm"},
	} {
		h.scan(x.text)
		if got := e.next(); got != x.want {
			t.Errorf("%s sounds %s, want %s", x.name, got, x.want)
		}
	}
	h.tap(T("lock.aside"))
	h.scan(h.label(h.five[0])) // set aside: silent, so the next that is heard is the next box
	h.scan(h.label(h.four[1]))
	if got := e.next(); got != "accepted" {
		t.Errorf("after the lock a good box sounds %s", got)
	}
	h.s.devices.heard(scanner.Event{Source: "Rekaman", What: scanner.Gone, Err: scanner.ErrEnded}) // no trouble
	h.s.devices.heard(scanner.Event{Source: "Pistol 1", What: scanner.Gone, Err: scanner.ErrGone})
	if got := e.next(); got != "trouble" {
		t.Errorf("a scanner that is unplugged sounds %s", got)
	}
	h.loading().dismiss()
	if err := h.s.ledger.Close(); err != nil {
		t.Fatal(err)
	}
	h.loading().follow()
	h.settle()
	if got := e.next(); got != "trouble" {
		t.Errorf("a ledger that goes away sounds %s", got)
	}
	h.scan(h.label(h.four[2]))
	if got := e.next(); got != "trouble" {
		t.Errorf("a scan without a ledger sounds %s", got)
	}
}

// TestShiftStart: the command code begins the self-test; its scans touch no load; the result
// is recorded with name and dock, and the loading screen says so.
func TestShiftStart(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.loading().dismiss()
	h.mustSay(T("shift.untested"))
	h.scan(h.card().Good) // too early: red, and what to do
	h.mustSay(T("verdict.other_event.begin"))
	before := h.dock()
	text, err := code.CommandText(code.SelfTest, "")
	if err != nil {
		t.Fatal(err)
	}
	h.scan(text)
	x, ok := h.s.shown.(*shiftStart)
	if !ok {
		t.Fatalf("the window shows %T", h.s.shown)
	}
	h.until("the machine was looked at", func() bool { return x.looked })
	h.scan(h.label(h.four[0]))
	h.mustSay(T("selftest.hint.not"))
	for _, text := range []string{scanner.Calibration, h.card().Good, h.card().Good, h.card().Wrong, h.card().Forged} {
		h.scan(text)
	}
	if h.fills(toneGreen.ground) {
		t.Error("a test label fills the screen with green")
	}
	h.tap(T("selftest.play"))
	h.tap(T("selftest.heard"))
	h.mustSay(T("selftest.passed"))
	s := h.tested()
	if s == nil || !s.Passed || s.Act.By != h.s.person.Name || s.Act.Dock != 1 || len(s.Lines) != len(selftest.Checks) {
		t.Fatalf("recorded: %+v", s)
	}
	h.tap(T("selftest.done"))
	h.mustSay(T("shift.passed"))
	h.mustSay(words.Clock(s.Act.At))
	if after := h.dock(); after.Load == nil || after.Load.ID != before.Load.ID || after.Load.Count != 0 || after.Lock != nil {
		t.Errorf("the load after the test: %+v", after.Load)
	}
	h.scan(h.label(h.four[0]))
	if d := h.dock(); d.Load.Count != 1 {
		t.Errorf("the first box after the test: %d on the load", d.Load.Count)
	}
	h.f.Verify()
}

// TestShiftStartSilent: a machine without sound fails that line, says so, and goes on.
func TestShiftStartSilent(t *testing.T) {
	h := newHall(t, sizes[0])
	h.mute()
	h.atWork()
	h.loading().dismiss()
	h.mustSay(T("shift.silent"))
	h.scan(h.label(h.four[0]))
	if d := h.dock(); d.Load.Count != 1 {
		t.Error("without sound nothing is loaded")
	}
	h.selfTest()
	for _, text := range []string{scanner.Calibration, h.card().Good, h.card().Good, h.card().Wrong, h.card().Forged} {
		h.scan(text)
	}
	h.mustSay(T("selftest.failed"))
	s := h.tested()
	if s == nil || s.Passed {
		t.Fatalf("recorded: %+v", s)
	}
	for _, line := range s.Lines {
		if (line.Result == ledger.TestFailed) != (line.Check == string(selftest.Sound)) {
			t.Errorf("%+v", line)
		}
	}
	h.tap(T("selftest.done"))
	h.mustSay(T("shift.failed"))
}

// TestShiftStartLeft: what failed is recorded though somebody walks away; what was merely
// begun is not; and neither leaves files.
func TestShiftStartLeft(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	h := newHall(t, sizes[0])
	h.atWork()
	h.selfTest()
	h.scan(scanner.Calibration)
	h.tap(T("selftest.leave"))
	if s := h.tested(); s != nil {
		t.Errorf("a test that was only begun is recorded: %+v", s)
	}
	h.selfTest()
	h.tap(T("selftest.unread"))
	h.tap(T("nav.load"))
	s := h.tested()
	if s == nil || s.Passed || s.Lines[0].Result != ledger.TestFailed || s.Lines[0].Note != selftest.NoteUnread || s.Lines[1].Result != ledger.TestSkipped {
		t.Errorf("recorded: %+v", s)
	}
	left, err := filepath.Glob(filepath.Join(tmp, "dapilgate-uji-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestShiftStartLocked: a locked dock is not left for a test.
func TestShiftStartLocked(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.five[0]))
	text, err := code.CommandText(code.SelfTest, "")
	if err != nil {
		t.Fatal(err)
	}
	h.scan(text)
	h.loading()
	if d := h.dock(); d.Lock == nil || d.Lock.Verdict != gate.WrongDistrict {
		t.Errorf("the lock: %+v", d.Lock)
	}
}

// TestShiftStartWritesCard: the card is a file that is named.
func TestShiftStartWritesCard(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.selfTest()
	h.tap(T("selftest.print"))
	files, err := filepath.Glob(filepath.Join(h.s.cfg.Files, "kartu-uji-*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if b, err := os.ReadFile(files[0]); err != nil || !strings.HasPrefix(string(b), "%PDF") {
		t.Errorf("%.20q, %v", b, err)
	}
	h.mustSay(filepath.Base(files[0]))
}
