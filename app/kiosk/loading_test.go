package kiosk

import (
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// greens counts the objects that are painted green.
func (h *hall) greens() int {
	n := 0
	h.walk(func(x seen) {
		if r, ok := x.o.(*canvas.Rectangle); ok && r.FillColor == toneGreen.ground {
			n++
		}
	})
	return n
}

// TestGreenIsOnlyForAccepted: no result but an accepted box's, without an error, paints
// anything green, wherever results are shown.
func TestGreenIsOnlyForAccepted(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	var results []dock.Result
	for _, v := range append([]gate.Verdict{"", "accept", "ACCEPTED", "unknown"}, gate.Verdicts...) {
		results = append(results,
			dock.Result{Verdict: v}, dock.Result{Verdict: v, Err: ledger.ErrUnavailable}, dock.Result{Verdict: v, Undone: true},
			dock.Result{Verdict: v, Command: code.Undo}, dock.Result{Verdict: v, Command: code.SelfTest, Err: ledger.ErrConflict})
	}
	for _, r := range results {
		green := r.Verdict == gate.Accepted && r.Err == nil && !r.Undone && r.Command == ""
		x := h.loading()
		x.status.Last = nil
		x.take(r)
		if got := h.greens() > 0; got != green {
			t.Errorf("%+v: green is painted: %v", r, got)
		}
		if got := h.fills(toneGreen.ground); got != green {
			t.Errorf("%+v: the screen is green: %v", r, got)
		}
		x.status.Last = []dock.Result{r}
		x.dismiss()
		if got := h.greens() > 0; got != green {
			t.Errorf("%+v in the list of last scans: green is painted: %v", r, got)
		}
	}
}

// TestNothingIsPaintedBeforeTheAnswer: a scan that the ledger has not answered yet shows
// nothing, and least of all the green of the box before it.
func TestNothingIsPaintedBeforeTheAnswer(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.loading().dismiss()
	h.runes(h.label(h.four[0]))
	h.key(fyne.KeyReturn)
	if h.greens() > 0 {
		t.Error("green before the window was told of an answer")
	}
	h.settle()
	if !h.fills(toneGreen.ground) {
		t.Errorf("no green after the answer: %v", h.texts())
	}
	if d := h.dock(); d.Load.Count != 1 {
		t.Errorf("green, and %d boxes in the load", d.Load.Count)
	}
}

// TestWithoutALedgerAllIsRed: when the record is gone, a good box is red, and so is the
// screen after it.
func TestWithoutALedgerAllIsRed(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	if err := h.s.ledger.Close(); err != nil {
		t.Fatal(err)
	}
	h.scan(h.label(h.four[1]))
	if !h.fills(toneRed.ground) || h.greens() > 0 {
		t.Fatalf("without a ledger: %v", h.texts())
	}
	h.mustSay(T("verdict.unavailable.head"))
	h.tap(T("verdict.seen"))
	if !h.fills(toneRed.ground) {
		t.Errorf("after the touch: %v", h.texts())
	}
}

// TestLockCantBeLeft: a refused box locks the window. Keys, blanks, touches anywhere, good
// boxes, commands other than set-aside, time and a change of language leave it locked.
func TestLockCantBeLeft(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.five[0]))
	locked := func(after string) {
		t.Helper()
		d := h.dock()
		if d.Lock == nil || d.Lock.Box != h.five[0].Box.ID() || d.Load == nil || d.Load.Count != 0 {
			t.Fatalf("after %s the dock is %+v", after, d)
		}
		if !h.fills(toneRed.ground) || h.greens() > 0 {
			t.Fatalf("after %s: %v", after, h.texts())
		}
		h.mustSay(T("verdict.wrong_district.head"))
	}
	locked("the refused box")
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace, fyne.KeyEscape, fyne.KeyTab, fyne.KeyBackspace, fyne.KeyF4} {
		h.key(k)
		h.settle()
		locked(string(k))
	}
	h.scan(" ")
	locked("a blank")
	h.scan(h.label(h.four[0]))
	locked("a good box")
	h.scan(h.label(h.five[0]))
	locked("the refused box without set-aside")
	h.scan(h.label(h.five[1]))
	locked("another wrong box")
	for _, c := range []code.Command{code.Undo, code.CloseLoad, code.SelfTest} {
		text, err := code.CommandText(c, "")
		if err != nil {
			t.Fatal(err)
		}
		h.scan(text)
		locked("command " + string(c))
	}
	// Touches: everywhere but on the two buttons, whose doings are not leaving.
	buttons := h.targets()
	for y := float32(10); y < 800; y += 60 {
		for x := float32(10); x < 1280; x += 90 {
			at := fyne.NewPos(x, y)
			free := true
			for _, b := range buttons {
				p, s := b.at, b.o.Size()
				free = free && !(x >= p.X && y >= p.Y && x <= p.X+s.Width && y <= p.Y+s.Height)
			}
			if free {
				h.touch(at)
			}
		}
	}
	locked("touches all over")
	h.s.switchLanguage()
	locked("the other language")
	h.s.switchLanguage()
	if len(buttons) != 2 {
		t.Errorf("a locked screen offers %d things to touch", len(buttons))
	}
	// Going to the penyelia's page and back is no way out either, nor are scans on it.
	h.tap(T("lock.penyelia"))
	h.scan(h.label(h.four[0]))
	locked("a good box on the penyelia's page")
	h.tap(T("lock.penyelia"))
	for _, j := range jobs {
		if _, ok := h.targets()[T("nav."+j.key)]; ok {
			t.Errorf("the penyelia's page leads to %s", j.key)
		}
	}
	h.tap(T("back"))
	locked("the penyelia's page and back")
	// Set-aside, then another box than the refused one.
	h.tap(T("lock.aside"))
	locked("set-aside")
	h.mustSay(T("lock.label"))
	h.scan(h.label(h.four[0]))
	locked("set-aside and a good box")
	// The way out.
	h.tap(T("lock.aside"))
	h.scan(h.label(h.five[0]))
	if d := h.dock(); d.Lock != nil || d.Load.Count != 0 {
		t.Fatalf("after set-aside and the refused box: %+v", d)
	}
	h.mustSay(T("verdict.set_aside.head"))
	if h.greens() > 0 {
		t.Error("setting a box aside is green")
	}
	h.scan(h.label(h.four[0]))
	if !h.fills(toneGreen.ground) {
		t.Errorf("a good box after the lock: %v", h.texts())
	}
	h.f.Verify()
}

// TestLockSurvivesRestart: the window of a new process shows the same lock, and where the
// box belongs.
func TestLockSurvivesRestart(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.five[0]))
	before := strings.Join(h.texts(), "|")
	cfg := h.s.cfg
	h.s.close()
	again := &hall{t: t, f: h.f, four: h.four, five: h.five}
	again.open(sizes[0], func(c *Config) { *c = cfg })
	again.signIn(ledgertest.Penyelia, ledgertest.PIN)
	if !again.fills(toneRed.ground) {
		t.Fatalf("after the restart: %v", again.texts())
	}
	if after := strings.Join(again.texts(), "|"); after != before {
		t.Errorf("the lock says\n%s\nand before the restart it said\n%s", after, before)
	}
}

// TestLockNamesTheRightTruck: the box's own truck may stand at the next dock.
func TestLockNamesTheRightTruck(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.f.Load(2, "B 7 XYZ", "5")
	h.f.Load(3, "B 8 XYZ", "6")
	h.scan(h.label(h.five[0]))
	h.mustSay("B 7 XYZ")
	if h.says("B 8 XYZ") {
		t.Error("a truck of a third district is named")
	}
}

// TestPenyeliaClearsLock: by name, reason and PIN, and by nothing less.
func TestPenyeliaClearsLock(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.five[0]))
	h.tap(T("lock.penyelia"))
	if _, ok := h.targets()["budi"]; ok {
		t.Error("a petugas is offered to clear a lock")
	}
	if _, ok := h.targets()[T("pin.ok")]; ok {
		t.Error("the PIN is asked for before the reason")
	}
	h.tap(T(clearReasons[1]))
	for range 6 {
		h.tap("0")
	}
	h.tap(T("pin.ok"))
	if h.dock().Lock == nil {
		t.Fatal("a wrong PIN cleared the lock")
	}
	h.mustSay("PIN salah")
	for _, d := range ledgertest.PIN {
		h.tap(string(d))
	}
	h.tap(T("pin.ok"))
	if d := h.dock(); d.Lock != nil || d.Load.Count != 0 {
		t.Fatalf("after the penyelia: %+v", d)
	}
	h.mustSay(strings.Fields(T("load.scan"))[0])
	h.f.Verify()
}

// TestScansArriveWhateverHasTheFocus: after touches, after keys that move the focus, on
// every step of the loading screen, a scan is the dock's and nobody else's.
func TestScansArriveWhateverHasTheFocus(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.loading().dismiss()
	n := 0
	next := func(after string) {
		t.Helper()
		h.scan(h.label(h.four[n]))
		n++
		if d := h.dock(); d.Load.Count != n {
			t.Fatalf("after %s: %d boxes in the load, %d scanned: %v", after, d.Load.Count, n, h.texts())
		}
		h.loading().dismiss()
	}
	next("nothing")
	h.touch(fyne.NewPos(700, 500))
	next("a touch beside everything")
	h.key(fyne.KeyTab)
	next("a tab")
	h.tap(T("load.undo"))
	next("the question whether to take a box off")
	h.tap(T("load.close"))
	next("the question whether to close")
	h.tap(T("nav.trucks"))
	h.tap(T("nav.load"))
	next("another screen and back")
	h.tap(T("nav.audit"))
	h.tap(T("nav.load"))
	next("the audit screen and back")
	h.win.Canvas().Unfocus() // and no time to take it back
	next("losing the focus a moment ago")
	h.win.Canvas().Focus(newField("trucks.plate", false, func() {}))
	h.settle()
	next("somebody else taking the focus")
	h.s.switchLanguage()
	next("the other language")
	h.s.switchLook()
	next("other colours")
}

// TestAScanPressesNothing: blanks, tabs and Returns in a scan move and press nothing; on
// the question whether to close, a scan doesn't close.
func TestAScanPressesNothing(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("load.close"))
	h.tap(T("close.count.skip"))
	h.tap(T(shortageReasons[0]))
	h.tap(T("close.rest"))
	for range stageConfirm {
		for range 3 {
			h.runes(" ")
			h.key(fyne.KeySpace)
			h.key(fyne.KeyTab)
			h.key(fyne.KeyReturn)
		}
		h.settle()
		if d := h.dock(); d.Load == nil || d.Load.Count != 1 {
			t.Fatalf("keys closed or changed the load: %+v", d)
		}
		h.loading().dismiss()
		if all := h.targets(); all[T("close.next")].o != nil {
			h.tap(T("close.next"))
		}
	}
	h.tap(T("close.do")) // the keys left the last step as it was
	if d := h.dock(); d.Load != nil {
		t.Errorf("a touch doesn't close: %v", h.texts())
	}
}

// TestScansInARow: a scanner that fires faster than the ledger writes loses nothing, and
// the window counts what the ledger counts.
func TestScansInARow(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	for _, b := range h.four {
		h.runes(h.label(b))
		h.key(fyne.KeyReturn)
	}
	h.settle()
	if d := h.dock(); d.Load.Count != len(h.four) {
		t.Fatalf("%d of %d boxes", d.Load.Count, len(h.four))
	}
	h.mustSay(fmt.Sprintf("%d / %d", len(h.four), len(h.four)))
	h.loading().dismiss()
	h.closeLoad() // complete: no reason is asked for
	if d := h.dock(); d.Load != nil {
		t.Errorf("not closed: %+v", d.Load)
	}
	h.f.Verify()
}

// TestVerdictsGoByThemselves: green and amber give the screen back; a refusal stays.
func TestVerdictsGoByThemselves(t *testing.T) {
	h := newHall(t, sizes[0], func(c *Config) { c.Green = time.Millisecond })
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.until("green gives the screen back", func() bool { return h.loading().result == nil })
	if h.fills(toneGreen.ground) {
		t.Error("still green")
	}
	h.f.Print(h.four[1].Box.ID())
	h.scan(h.label(h.four[1])) // its old label
	h.mustSay(T("verdict.void_label.head"))
	if h.loading().holdTime(*h.loading().result) != 0 {
		t.Error("a refusal goes by itself")
	}
	h.touch(fyne.NewPos(100, 100))
	h.mustSay(T("verdict.void_label.head"))
	h.tap(T("verdict.seen"))
	if h.says(T("verdict.void_label.head")) && h.fills(toneRed.ground) {
		t.Error("its button doesn't give the screen back")
	}
}

// TestOldTimerTakesNoNewVerdict: the end of one green must not take the red after it away.
func TestOldTimerTakesNoNewVerdict(t *testing.T) {
	h := newHall(t, sizes[0], func(c *Config) { c.Green = 30 * time.Millisecond })
	h.atWork()
	h.f.Print(h.four[1].Box.ID())
	old := h.label(h.four[1])
	h.runes(h.label(h.four[0]))
	h.key(fyne.KeyReturn)
	h.runes(old)
	h.key(fyne.KeyReturn)
	h.settle()
	before := h.loading().since
	time.AfterFunc(300*time.Millisecond, func() { h.ui <- func() { before = -1 } })
	h.until("the green's time is over", func() bool { return before == -1 })
	h.mustSay(T("verdict.void_label.head"))
}

// TestKecamatanNarrowsTheLoad: what the chooser says is what the gate holds.
func TestKecamatanNarrowsTheLoad(t *testing.T) {
	h := newHall(t, sizes[0])
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap("B 9123 KPU")
	h.tap("4 DKI JAKARTA 4")
	h.tap("Cakung")
	h.tap(T("choose.done"))
	d := h.dock()
	if d.Load == nil || d.Load.District != h.f.District("4") || len(d.Load.Kecamatan) != 1 || d.Load.Kecamatan[0] != election.AreaCode("31.75.06") {
		t.Fatalf("opened %+v: %v", d.Load, h.texts())
	}
	h.mustSay("Cakung")
	var matraman, cakung ledger.BoxRow
	for _, b := range h.four {
		if b.Kecamatan == "Matraman" {
			matraman = b
		} else {
			cakung = b
		}
	}
	h.scan(h.label(cakung))
	if !h.fills(toneGreen.ground) {
		t.Errorf("a box of the kecamatan: %v", h.texts())
	}
	h.scan(h.label(matraman))
	h.mustSay(T("verdict.wrong_kecamatan.head"))
	h.mustSay("Kec. Matraman")
	fits(h, "wrong_kecamatan")
	h.picture("wrong_kecamatan")
	if h.dock().Lock == nil {
		t.Error("not locked")
	}
}

func TestSignIn(t *testing.T) {
	h := newHall(t, sizes[0])
	h.scan(h.label(h.four[0]))
	h.mustSay(T("signin.first"))
	badge, err := h.f.Ledger.IssueBadge(t.Context(), h.f.Sari, "budi")
	if err != nil {
		t.Fatal(err)
	}
	h.scan(badge)
	if h.s.person.Name != "budi" {
		t.Fatalf("by badge: %q, %v", h.s.person.Name, h.texts())
	}
	for _, key := range []string{"nav.trucks"} {
		if _, ok := h.targets()[T(key)]; ok {
			t.Errorf("a petugas is offered %q", T(key))
		}
	}
	h.tap(T("nav.settings"))
	h.tap(T("settings.out"))
	h.tap("sari")
	for range 5 {
		for range 6 {
			h.tap("1")
		}
		h.tap(T("pin.ok"))
	}
	for _, d := range ledgertest.PIN {
		h.tap(string(d))
	}
	h.tap(T("pin.ok"))
	if h.s.person.Name != "" {
		t.Fatal("the right PIN works right after five wrong ones")
	}
	h.mustSay(strings.Split(T("error.pin_locked"), ".")[0])
}

// TestFirstStart: no ledger, then a ledger, a key and a penyelia, and boxes to load.
func TestFirstStart(t *testing.T) {
	dir := t.TempDir()
	address := filepath.Join(dir, "pemilu.db")
	h := &hall{t: t}
	h.open(sizes[0], func(c *Config) {
		c.Ledger, c.Key, c.Create = address, address+".key", setUpBy(address)
	})
	x, ok := h.s.shown.(*setup)
	if !ok {
		t.Fatalf("the first start shows %T", h.s.shown)
	}
	h.tap(T("setup.do"))
	h.mustSay(T("setup.noname"))
	x.name.SetText("sari")
	x.pin.SetText("482913")
	x.pin2.SetText("482914")
	x.pass.SetText(passphrase)
	x.pass2.SetText(passphrase)
	h.tap(T("setup.do"))
	h.mustSay(T("setup.pinsdiffer"))
	x.pin2.SetText("482913")
	h.tap(T("setup.do"))
	h.signIn("sari", "482913")
	if x.pass.Text != "" || x.pin.Text != "" {
		t.Error("secrets are left in the fields")
	}
	key, err := labels.ReadKeyFile(address+".key", passphrase)
	if err != nil || !key.Public().(ed25519.PublicKey).Equal(ed25519.PublicKey(h.s.ledger.Info().PublicKey)) {
		t.Errorf("the key: %v", err)
	}
}

// TestAuditTypedAndProved: a box's number typed by hand with a mistake taken back, and the
// proof of the record.
func TestAuditTypedAndProved(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("nav.audit"))
	id := h.four[0].Box.ID()
	h.runes(id[:10] + "9")
	h.mustSay(id[:10] + "9")
	h.key(fyne.KeyBackspace)
	h.runes(strings.ToLower(id[10:]))
	h.key(fyne.KeyReturn)
	h.settle()
	h.mustSay(id)
	h.mustSay(T("verdict.accepted.head"))
	if d := h.dock(); d.Load.Count != 1 {
		t.Errorf("asking changed the load: %+v", d.Load)
	}
	h.tap(T("back"))
	h.tap(T("audit.prove"))
	h.mustSay(strings.Split(T("audit.whole"), ":")[0])
}
