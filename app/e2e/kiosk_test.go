package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// manager is what systemd is to its service: a socket that takes signs of life.
type manager struct {
	t    *testing.T
	conn *net.UnixConn
	env  []string
}

func newManager(t *testing.T, b *bench) *manager {
	t.Helper()
	path := filepath.Join(b.dir, "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	run := filepath.Join(b.dir, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	return &manager{t, conn, []string{"NOTIFY_SOCKET=" + path, "WATCHDOG_USEC=1000000", "RUNTIME_DIRECTORY=" + run}}
}

// hears waits for a message; what came before is thrown away.
func (m *manager) hears(want string) {
	m.t.Helper()
	if err := m.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		m.t.Fatal(err)
	}
	buf := make([]byte, 256)
	for {
		n, err := m.conn.Read(buf)
		if err != nil {
			m.t.Fatalf("the service manager waits in vain for %s: %v", want, err)
		}
		if string(buf[:n]) == want {
			return
		}
	}
}

// drain throws away what has come so far.
func (m *manager) drain() {
	buf := make([]byte, 256)
	for {
		if err := m.conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
			m.t.Fatal(err)
		}
		if _, err := m.conn.Read(buf); err != nil {
			return
		}
	}
}

// scanUntil scans a text, and again where it came between two screens, until it is so.
func (b *bench) scanUntil(what, text string, so func() bool) {
	b.t.Helper()
	b.until(what, func() bool {
		b.scan(text)
		for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if so() {
				return true
			}
		}
		return false
	})
}

// closeWindow asks the window to close, as a window manager's button does.
func (b *bench) closeWindow() {
	b.t.Helper()
	fatal := func(err error) {
		b.t.Helper()
		if err != nil {
			b.t.Fatalf("close the window: %v", err)
		}
	}
	x, err := xgb.NewConnDisplay(b.display)
	fatal(err)
	defer x.Close()
	atom := func(name string) xproto.Atom {
		a, err := xproto.InternAtom(x, false, uint16(len(name)), name).Reply()
		fatal(err)
		return a.Atom
	}
	protocols, remove := atom("WM_PROTOCOLS"), atom("WM_DELETE_WINDOW")
	tree, err := xproto.QueryTree(x, xproto.Setup(x).DefaultScreen(x).Root).Reply()
	fatal(err)
	sent := 0
	for _, w := range tree.Children {
		p, err := xproto.GetProperty(x, false, w, protocols, xproto.AtomAtom, 0, 8).Reply()
		if err != nil || p.ValueLen == 0 {
			continue
		}
		e := xproto.ClientMessageEvent{Format: 32, Window: w, Type: protocols,
			Data: xproto.ClientMessageDataUnionData32New([]uint32{uint32(remove), 0, 0, 0, 0})}
		fatal(xproto.SendEventChecked(x, false, w, xproto.EventMaskNoEvent, string(e.Bytes())).Check())
		sent++
	}
	if sent == 0 {
		b.t.Fatal("no window can be asked to close")
	}
}

// TestKilledKioskComesBackIntoItsLoad: a kiosk on a bare screen, without a window manager,
// is killed amid a load. The one that is started after it has the keys, the operator and the
// load at once; two at a time don't work on one dock; the window's signs of life are its
// own; and only a penyelia's PIN ends it.
func TestKilledKioskComesBackIntoItsLoad(t *testing.T) {
	b := newBench(t)
	b.do("init", "--penyelia", "sari")
	b.do("print", "--as", "sari", "--dapil", "4", "--limit", "3", "--stock", "a4-2x4", "--out", "d4.pdf")
	b.do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU", "--driver", "Budi")
	var pass struct{ Code string }
	if err := json.Unmarshal([]byte(b.do("truck", "pass", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--json")), &pass); err != nil {
		t.Fatal(err)
	}
	badge := b.do("people", "badge", "sari", "--as", "sari")
	b.open()
	four := b.boxes("4", 3)
	m := newManager(t, b)
	b.env = append(b.env, m.env...)
	signIns := func(reason string) (n int) {
		if err := b.ledger.Events(t.Context(), func(e ledger.Event) error {
			if e.Kind == ledger.SignedIn && e.Dock == 1 && strings.Contains(string(e.Payload), reason) {
				n++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}

	b.kiosk("--kiosk", "--green", "0")
	m.hears("READY=1")
	m.hears("WATCHDOG=1")
	b.scanUntil("sari to be signed in", badge, func() bool { return signIns("sari") > 0 })
	b.scanUntil("the load to be open", pass.Code, func() bool {
		d, err := b.ledger.Dock(t.Context(), 1)
		return err == nil && d.Load != nil
	})
	b.scan(b.label(four[0]))
	b.verdict(four[0].ID(), gate.Accepted)
	b.until("the session to be kept", func() bool {
		_, err := os.Stat(filepath.Join(b.dir, "run", "session.json"))
		return err == nil
	})
	before, err := b.ledger.Dock(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}

	// A window that hangs gives no sign of life, though its process is there.
	first := b.program
	if err := first.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	b.until("the process to stand still", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", first.Process.Pid))
		return err == nil && strings.Contains(string(stat), ") T ")
	})
	m.drain()
	if err := m.conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := m.conn.Read(make([]byte, 256)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a window that stands still says %d bytes, %v", n, err)
	}

	// As the service manager does it then.
	begin := time.Now()
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	first.Wait()
	b.kiosk("--kiosk", "--green", "0")
	m.hears("READY=1")
	b.until("the operator to be back", func() bool { return signIns(`"restart"`) == 1 })
	t.Logf("killed, started again and back in the load: %v", time.Since(begin).Round(time.Millisecond))
	after, err := b.ledger.Dock(t.Context(), 1)
	if err != nil || after.Load == nil || after.Load.ID != before.Load.ID || after.Load.Count != 1 || after.Load.Operator != "sari" {
		t.Fatalf("the dock after the crash: %+v, %v", after.Load, err)
	}
	// The next box needs neither a sign-in nor a touch.
	b.scanUntil("the window to have the keys", b.label(four[1]), func() bool {
		s, ok := b.last()
		return ok && s.Box == four[1].ID()
	})
	b.until("a green screen", func() bool { return ground(b.shot(), green) > filled })
	second := b.program

	// Nobody takes the dock beside it: a kiosk on another screen is red.
	mine := b.display
	b.startX()
	b.env = append(b.env, "DISPLAY="+b.display, "NOTIFY_SOCKET=", "RUNTIME_DIRECTORY=")
	b.kiosk("--kiosk")
	b.until("a second kiosk to be refused", func() bool { return ground(b.shot(), red) > filled })
	third := b.program
	third.Process.Kill()
	third.Wait()
	b.display, b.program = mine, second
	b.env = append(b.env, "DISPLAY="+mine)

	// The way out: the window's close button asks, a penyelia's PIN answers.
	b.closeWindow()
	b.until("the question", func() bool { return ground(b.shot(), green) < filled })
	ended := make(chan error, 1)
	go func() { ended <- second.Wait() }()
	b.until("the kiosk to close", func() bool {
		b.scan("482913") // again where the question had not read yet who may answer
		select {
		case err = <-ended:
			return true
		case <-time.After(2 * time.Second):
			return false
		}
	})
	var status *exec.ExitError
	if !errors.As(err, &status) || status.ExitCode() != 4 {
		t.Errorf("the kiosk that a penyelia closed ended with %v, want status 4", err)
	}
	if d, err := b.ledger.Dock(t.Context(), 1); err != nil || d.Load == nil || d.Load.ID != before.Load.ID {
		t.Errorf("the load is not open any more: %+v, %v", d.Load, err)
	}
}
