package kiosk

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
)

// lastEvent is the newest event of a kind.
func (h *hall) lastEvent(kind ledger.Kind) ledger.Event {
	h.t.Helper()
	var last ledger.Event
	if err := h.f.Ledger.Events(h.t.Context(), func(e ledger.Event) error {
		if e.Kind == kind {
			last = e
		}
		return nil
	}); err != nil {
		h.t.Fatal(err)
	}
	return last
}

// TestSecondPersonInTheWindow: what changes people asks for a penyelia who is another, for
// that one act; a wrong PIN, the way back and a scan change nothing.
func TestSecondPersonInTheWindow(t *testing.T) {
	h := newHall(t, sizes[0])
	h.dewi()
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.settings"))
	h.tap(T("settings.people"))
	x := h.s.shown.(*people)
	add := func() {
		x.name.SetText("agus")
		x.pin.SetText("918273")
		x.pin2.SetText("918273")
		h.tap(T("people.add"))
	}
	count := func() int {
		t.Helper()
		all, err := h.f.Ledger.People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	before := count()
	add()
	h.mustSay(T("second.help"))
	if _, ok := h.targets()[ledgertest.Penyelia]; ok {
		t.Error("the one who acts can approve it")
	}
	h.scan(h.label(h.four[0]))
	h.pin("111222")
	h.mustSay(T("error.pin"))
	h.tap(T("back"))
	if n := count(); n != before {
		t.Fatalf("%d people before the approval, %d were there", n, before)
	}
	add()
	h.scan(dewiPIN) // typed on a keyboard
	h.mustSay(T("people.added", words.Data{"Name": "agus"}))
	if n := count(); n != before+1 {
		t.Errorf("%d people", n)
	}
	if e := h.lastEvent(ledger.PersonAdded); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), `"second":"dewi"`) {
		t.Errorf("the record says %s of %s", e.Payload, e.Actor)
	}
	if x.pin.Text != "" {
		t.Error("the PIN stays in its field")
	}

	// The approval was for one act.
	h.tap("agus")
	h.tap(T("people.stop"))
	h.mustSay(T("second.help"))
	h.pin(dewiPIN)
	if _, err := h.f.Ledger.SignIn(t.Context(), "agus", "918273"); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("who was stopped signs in: %v", err)
	}
	h.tap("budi")
	h.tap(T("people.badge"))
	h.pin(dewiPIN)
	if files, err := filepath.Glob(filepath.Join(h.s.cfg.Files, "kartu-petugas-*.pdf")); err != nil || len(files) != 1 {
		t.Errorf("badges: %v, %v", files, err)
	}
	h.f.Verify()
}

// TestAloneNobodyIsAsked: the ledger's only penyelia adds the second one.
func TestAloneNobodyIsAsked(t *testing.T) {
	h := newHall(t, sizes[0])
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.settings"))
	h.tap(T("settings.people"))
	x := h.s.shown.(*people)
	x.name.SetText("dewi")
	h.tap(T("role.penyelia"))
	x.pin.SetText(dewiPIN)
	x.pin2.SetText("604818")
	h.tap(T("people.add"))
	h.mustSay(T("setup.pinsdiffer"))
	x.pin2.SetText(dewiPIN)
	h.tap(T("people.add"))
	h.mustSay(T("people.added", words.Data{"Name": "dewi"}))
	h.tap(T("nav.settings"))
	h.tap(T("settings.out"))
	h.signIn("dewi", dewiPIN)
}

// TestLockIsClearedByAnother: the operator can't clear a lock with a PIN of their own, once
// there is a penyelia who is another.
func TestLockIsClearedByAnother(t *testing.T) {
	h := newHall(t, sizes[0])
	h.dewi()
	h.atWork()
	h.scan(h.label(h.five[0]))
	h.tap(T("lock.penyelia"))
	if _, ok := h.targets()[ledgertest.Penyelia]; ok {
		t.Error("the operator is offered")
	}
	h.tap(T(clearReasons[0]))
	h.pin(ledgertest.PIN)
	if h.dock().Lock == nil {
		t.Fatal("the operator's PIN clears the lock")
	}
	h.pin(dewiPIN)
	if h.dock().Lock != nil {
		t.Fatalf("dewi's PIN does not: %v", h.texts())
	}
	if e := h.lastEvent(ledger.LockCleared); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), `"second":"dewi"`) {
		t.Errorf("the record says %s of %s", e.Payload, e.Actor)
	}
}

// TestNextShiftTakesTheLoadOver: nothing is judged before; afterwards the load goes on.
func TestNextShiftTakesTheLoadOver(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("nav.settings"))
	h.tap(T("settings.out"))
	if e := h.lastEvent(ledger.SignedOut); e.Actor != ledgertest.Penyelia || e.Dock != 1 {
		t.Errorf("the record has no sign-out: %+v", e)
	}
	h.signIn("budi", "730164")
	h.mustSay(T("takeover.title", words.Data{"Name": ledgertest.Penyelia}))
	h.scan(h.label(h.four[1]))
	h.mustSay(T("takeover.first"))
	if d := h.dock(); d.Load.Count != 1 || d.Load.Operator != ledgertest.Penyelia {
		t.Fatalf("before it is taken over: %+v", d.Load)
	}
	h.tap(T("takeover.do"))
	h.scan(h.label(h.four[1]))
	if d := h.dock(); d.Load.Count != 2 || d.Load.Operator != "budi" || !h.fills(toneGreen.ground) {
		t.Errorf("after it: %+v, %v", d.Load, h.texts())
	}
	h.f.Verify()
}

// TestIdleSignOut: who went away is signed out, after a countdown that any touch or scan
// ends; but not in the middle of a lock.
func TestIdleSignOut(t *testing.T) {
	h := newHall(t, sizes[0], func(c *Config) { c.Idle = 5 * time.Minute })
	now := time.Now()
	h.s.idle.now = func() time.Time { return now }
	pass := func(d time.Duration) { now = now.Add(d); h.s.tick(); h.settle() }
	h.atWork()
	pass(4 * time.Minute)
	if h.s.idle.left != 0 {
		t.Error("the countdown is early")
	}
	pass(40 * time.Second)
	h.mustSay(words.N("idle.left", 20))
	pass(5 * time.Second)
	h.mustSay(words.N("idle.left", 15))
	h.scan(h.label(h.four[0]))
	if h.says(words.N("idle.left", 15)) || h.s.person.Name == "" {
		t.Error("a scan does not end the countdown")
	}
	if d := h.dock(); d.Load.Count != 1 {
		t.Error("the scan that ended the countdown was not judged")
	}
	pass(4*time.Minute + 50*time.Second)
	h.mustSay(words.N("idle.left", 10))
	h.loading().dismiss()
	h.tap(T("nav.audit"))
	if h.says(words.N("idle.left", 10)) {
		t.Error("a touch does not end the countdown")
	}
	h.tap(T("nav.load"))
	h.scan(h.label(h.five[0]))
	pass(time.Hour)
	if h.s.person.Name == "" || h.dock().Lock == nil {
		t.Fatal("signed out in the middle of a lock")
	}
	h.tap(T("lock.aside"))
	h.scan(h.label(h.five[0]))
	pass(4*time.Minute + 59*time.Second)
	h.mustSay(words.N("idle.left", 1))
	pass(time.Second)
	if h.s.person.Name != "" {
		t.Fatal("still signed in")
	}
	h.mustSay(T("signin.title"))
	if e := h.lastEvent(ledger.SignedOut); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), `"reason":"idle"`) {
		t.Errorf("the record says %s", e.Payload)
	}
	h.scan(h.label(h.four[1]))
	if d := h.dock(); d.Load.Count != 1 {
		t.Error("a box was loaded with nobody there")
	}
	pass(time.Hour) // nobody to sign out
}

// TestCheckpointOnTheAuditScreen: a printed one is scanned back; one of a later time than
// the ledger that is shown tells that something is gone.
func TestCheckpointOnTheAuditScreen(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	early := h.checkpoints()[1]
	h.loading().dismiss()
	h.tap(T("nav.audit"))
	h.tap(T("audit.checkpoint"))
	files, err := filepath.Glob(filepath.Join(h.s.cfg.Files, "titik-periksa-*.pdf"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v: %v", files, err, h.texts())
	}
	if info, err := os.Stat(files[0]); err != nil || info.Size() < 1000 {
		t.Errorf("%v, %v", info, err)
	}
	h.scan(early.String())
	if x := h.s.shown.(*auditScreen); !x.good || !h.says("cocok dengan kertas") {
		t.Errorf("a true paper: %v", h.texts())
	}
	forged := []byte(early.String())
	if forged[120] == '7' { // as one in some tens are
		forged[120] = '8'
	} else {
		forged[120] = '7'
	}
	h.scan(string(forged))
	if x := h.s.shown.(*auditScreen); x.good || x.note == nil {
		t.Errorf("a changed paper is good: %v", h.texts())
	}
}

// TestClosedLoadIsBackedUp: and a restored backup has the load.
func TestClosedLoadIsBackedUp(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "backups")
	h := newHall(t, sizes[0], func(c *Config) { c.Backups = folder })
	h.atWork()
	for _, b := range h.four {
		h.scan(h.label(b))
	}
	h.loading().dismiss()
	h.closeLoad()
	b, err := h.s.station.Backup()
	if err != nil || b == nil {
		t.Fatalf("%+v, %v", b, err)
	}
	path := filepath.Join(t.TempDir(), "again.db")
	if _, err := ledger.Restore(t.Context(), b.Path, path); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	loads, err := l.Loads(t.Context(), ledger.LoadClosed)
	if err != nil || len(loads) != 1 || loads[0].Count != len(h.four) {
		t.Errorf("%+v, %v", loads, err)
	}
}

// TestLoadIsMovedAndReopened: beside the usual way, with a reason and a second person; the
// boxes stay in the load.
func TestLoadIsMovedAndReopened(t *testing.T) {
	h := newHall(t, sizes[0])
	h.dewi()
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.tap(T("load.close"))
	h.tap(T("move.button"))
	h.tap("B 9456 KPU")
	if _, ok := h.targets()[T("move.do")]; ok {
		t.Error("without a reason it goes on")
	}
	h.tap(T(moveReasons[0]))
	h.tap(T("move.do"))
	if d := h.dock(); d.Load.Plate != "B 9123 KPU" {
		t.Fatalf("before the approval: %+v", d.Load)
	}
	h.pin(dewiPIN)
	if d := h.dock(); d.Load.Plate != "B 9456 KPU" || d.Load.Count != 1 {
		t.Fatalf("after it: %+v, %v", d.Load, h.texts())
	}
	h.mustSay("B 9456 KPU")
	h.closeLoad()
	h.loading().dismiss()
	h.tap(T("reopen.do"))
	h.tap(T(reopenReasons[0]))
	h.tap(T("reopen.do"))
	h.pin(dewiPIN)
	h.scan(h.label(h.four[1]))
	if d := h.dock(); d.Load == nil || d.Load.Count != 2 {
		t.Errorf("the load is not open again: %+v, %v", d.Load, h.texts())
	}
	h.loading().dismiss()

	// It leaves, and turns round.
	h.closeLoad()
	h.loading().dismiss()
	h.tap(T("depart.button"))
	h.tap(T("back"))
	h.tap(T("depart.button"))
	h.tap(T("depart.do"))
	h.mustSay(T("depart.done", words.Data{"Truck": "B 9456 KPU"}))
	if h.says(T("reopen.do")) {
		t.Error("a load that departed can be opened again")
	}
	h.tap(T("return.button"))
	h.tap(T(returnReasons[0]))
	if _, ok := h.targets()[T("return.do")]; ok {
		t.Error("it returns before it is said which")
	}
	h.tap("B 9456 KPU")
	h.tap(T("return.do"))
	h.pin(dewiPIN)
	ld, err := h.f.Ledger.LoadByID(t.Context(), 1)
	if err != nil || ld.State != ledger.LoadClosed || ld.Count != 2 {
		t.Errorf("the load is not back: %+v, %v, %v", ld, err, h.texts())
	}
	h.mustSay(T("reopen.do"))
	h.f.Verify()
}

// TestOwnPIN: whoever knows the old PIN has a new one, and nobody else is asked.
func TestOwnPIN(t *testing.T) {
	h := newHall(t, sizes[0])
	h.dewi()
	h.signIn("budi", "730164")
	h.tap(T("nav.settings"))
	h.tap(T("settings.pin"))
	x := h.s.shown.(*ownPIN)
	set := func(old, pin, again string) {
		x.old.SetText(old)
		x.pin.SetText(pin)
		x.pin2.SetText(again)
		h.tap(T("ownpin.do"))
	}
	set("730164", "918273", "918274")
	h.mustSay(T("setup.pinsdiffer"))
	set("111222", "918273", "918273")
	h.mustSay(T("error.pin"))
	set("730164", "12", "12")
	h.mustSay(T("error.invalid"))
	if _, err := h.f.Ledger.SignIn(t.Context(), "budi", "730164"); err != nil {
		t.Fatalf("the old PIN before the change: %v", err)
	}
	set("730164", "918273", "918273")
	h.mustSay(T("ownpin.done"))
	if x.old.Text != "" || x.pin.Text != "" || x.pin2.Text != "" {
		t.Error("a PIN stays in its field")
	}
	if _, err := h.f.Ledger.SignIn(t.Context(), "budi", "730164"); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("the old PIN: %v", err)
	}
	h.tap(T("back"))
	h.tap(T("settings.out"))
	h.signIn("budi", "918273")
	if e := h.lastEvent(ledger.PINChanged); e.Actor != "budi" {
		t.Errorf("the record says that %s changed it", e.Actor)
	}
	h.f.Verify()
}

// TestEmptyLoadGetsAnotherDistrict: with a second person; one with boxes in it does not.
func TestEmptyLoadGetsAnotherDistrict(t *testing.T) {
	h := newHall(t, sizes[0])
	h.dewi()
	h.atWork()
	h.loading().dismiss()
	h.tap(T("redistrict.button"))
	h.tap("5 DKI JAKARTA 5")
	h.tap(T("choose.done"))
	h.tap(T(redistrictReasons[0]))
	h.tap(T("redistrict.do"))
	h.mustSay(T("second.help"))
	if d := h.dock().Load.District; d != h.f.District("4") {
		t.Fatalf("before the approval: %s", d)
	}
	h.pin(dewiPIN)
	if d := h.dock().Load.District; d != h.f.District("5") {
		t.Fatalf("after it: %s", d)
	}
	if e := h.lastEvent(ledger.LoadMoved); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), `"second":"dewi"`) ||
		!strings.Contains(string(e.Payload), T(redistrictReasons[0])) {
		t.Errorf("the record says %s of %s", e.Payload, e.Actor)
	}
	h.scan(h.label(h.five[0]))
	h.mustSay(T("verdict.accepted.head"))
	h.loading().dismiss()
	if h.says(T("redistrict.button")) {
		t.Error("a load with boxes in it is offered another district")
	}
	h.scan(h.label(h.four[0]))
	h.mustSay(T("verdict.wrong_district.head"))
	h.f.Verify()
}
