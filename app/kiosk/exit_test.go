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

	"fyne.io/fyne/v2"
)

func kioskMode(c *Config) { c.Kiosk = true }

// shutter is a window that only notes that it was closed: the test closes it itself.
type shutter struct {
	fyne.Window
	gone bool
}

func (w *shutter) Close() { w.gone = true }

// gone tells whether the window was closed.
func (h *hall) gone() *bool {
	w := &shutter{Window: h.win}
	h.s.win = w
	return &w.gone
}

// TestNobodyLeavesAKioskButAPenyelia: closing the window is a question; a petugas's PIN, a
// wrong one and a box's label are no answers; a penyelia's PIN is.
func TestNobodyLeavesAKioskButAPenyelia(t *testing.T) {
	h := newHall(t, sizes[0], kioskMode)
	gone := h.gone()
	h.atWork()
	h.s.quit() // what the window's close button and Alt+F4 do
	h.settle()
	h.mustSay(T("exit.title"))
	if _, ok := h.targets()["budi"]; ok {
		t.Error("a petugas is asked to close the kiosk")
	}
	h.scan("730164") // budi's
	h.mustSay(T("error.pin"))
	h.scan(h.label(h.four[0]))
	h.s.quit() // once more
	h.settle()
	if *gone || h.s.closed {
		t.Fatal("the kiosk is closed")
	}
	if d := h.dock(); d.Load.Count != 0 {
		t.Errorf("a box was loaded by a scan on this screen: %+v", d.Load)
	}
	h.tap(T("back"))
	h.mustSay(T("load.scan"))
	h.s.quit()
	h.settle()
	h.pin(ledgertest.PIN)
	if !*gone || !h.s.closed {
		t.Fatalf("a penyelia's PIN does not close the kiosk: %s", strings.Join(h.texts(), " | "))
	}
	if e := h.lastEvent(ledger.SignedOut); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), `"closed"`) {
		t.Errorf("the record says %s of %s", e.Payload, e.Actor)
	}
	if d := h.dock(); d.Load == nil {
		t.Error("the load is not open any more")
	}
}

// TestAWindowThatIsNoKioskJustCloses.
func TestAWindowThatIsNoKioskJustCloses(t *testing.T) {
	h := newHall(t, sizes[0])
	gone := h.gone()
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.tap(T("nav.settings"))
	h.tap(T("settings.quit"))
	if !*gone || h.s.closed {
		t.Errorf("closed %v, by PIN %v", *gone, h.s.closed)
	}
}

// TestAFaultIsShown: a kiosk that can't work says why, and closes to be started again.
func TestAFaultIsShown(t *testing.T) {
	h := newHall(t, sizes[0], kioskMode, func(c *Config) { c.Fault = errors.New("/etc/dapilgate/config.toml:3: dock") })
	gone := h.gone()
	h.mustSay("/etc/dapilgate/config.toml:3: dock")
	if h.s.ledger != nil {
		t.Error("the ledger is open")
	}
	h.tap(T("failure.retry"))
	if !*gone {
		t.Error("it does not close")
	}
}

// TestACrashIsGoneOnFrom: the program that starts after a crash shows the same operator's
// same load, locked where it was, and the record says that it was a restart.
func TestACrashIsGoneOnFrom(t *testing.T) {
	file := filepath.Join(t.TempDir(), "session.json")
	kept := func(c *Config) { c.Session = file }
	h := newHall(t, sizes[0], kioskMode, kept)
	same := func(c *Config) { c.Ledger, c.Key, c.Idle = h.f.Path, h.f.Path+".key", time.Minute }
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.scan(h.label(h.five[0]))
	load := h.dock().Load.ID
	h.s.tick()

	crash := func(change ...func(*Config)) {
		t.Helper()
		h.s.close() // nobody signs out
		h.open(sizes[0], append([]func(*Config){kioskMode, kept, same}, change...)...)
	}
	crash()
	if p := h.s.person; p.Name != ledgertest.Penyelia || p.Role != ledger.Penyelia {
		t.Fatalf("%+v is at work: %s", p, strings.Join(h.texts(), " | "))
	}
	d := h.dock()
	if d.Load == nil || d.Load.ID != load || d.Load.Count != 1 || d.Lock == nil {
		t.Fatalf("the dock after the crash: %+v", d)
	}
	if !h.fills(toneRed.ground) {
		t.Error("the locked dock is not red")
	}
	if e := h.lastEvent(ledger.SignedIn); e.Actor != ledgertest.Penyelia || !strings.Contains(string(e.Payload), `"restart"`) {
		t.Errorf("the record says %s of %s", e.Payload, e.Actor)
	}
	// A good box is still refused by the lock.
	h.scan(h.label(h.four[1]))
	if n := h.dock().Load.Count; n != 1 {
		t.Errorf("%d boxes in the locked load", n)
	}

	// It does not last longer than the person's absence would have.
	h.s.tick()
	crash(func(c *Config) { c.Idle = time.Nanosecond })
	if h.s.person.Name != "" {
		t.Error("an old session signs in")
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("an old session is kept")
	}
}

// TestNoSessionOutlivesItsReason: signing out ends it, another dock's is not taken, nor that
// of a person who was stopped since, nor a file that says nothing.
func TestNoSessionOutlivesItsReason(t *testing.T) {
	file := filepath.Join(t.TempDir(), "session.json")
	kept := func(c *Config) { c.Session, c.Idle = file, time.Hour }
	h := newHall(t, sizes[0], kept)
	same := func(c *Config) { c.Ledger, c.Key = h.f.Path, h.f.Path+".key" }
	again := func(change ...func(*Config)) {
		t.Helper()
		h.s.close()
		h.open(sizes[0], append([]func(*Config){kept, same}, change...)...)
		if h.s.person.Name != "" {
			t.Errorf("%s is signed in", h.s.person.Name)
		}
	}
	h.signIn("budi", "730164")
	h.pass("B 9123 KPU", "4")
	h.s.tick()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h.s.signOut()
	h.settle()
	if _, err := os.Stat(file); err == nil {
		t.Error("the session is there after signing out")
	}
	put := func(b []byte) {
		t.Helper()
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again()
	put(whole[:len(whole)/2])
	again()
	put(whole)
	again(func(c *Config) { c.Dock = 2 })
	put([]byte(strings.Replace(string(whole), `"budi"`, `"`+ledgertest.Penyelia+`"`, 1)))
	again() // not that person's load
	if err := h.f.Ledger.StopPerson(t.Context(), h.f.Sari, "budi"); err != nil {
		t.Fatal(err)
	}
	put(whole)
	again()
}
