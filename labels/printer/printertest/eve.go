package printertest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Eve is CUPS's own IPP Everywhere printer (ippeveprinter), which runs a command for each
// job. It wants a D-Bus to announce itself on, though it is told not to: it gets one of its
// own, so that it needs no Avahi and disturbs nobody.
type Eve struct {
	Address string
	Dir     string // the command's folder
}

// NewEve starts a printer that ends with the test. command is a shell script, run in Dir
// with the document as its argument; what it writes to stderr as "STATE: +media-empty" or
// "ATTR: job-impressions-completed=3" the printer says of itself.
func NewEve(t testing.TB, command string, options ...string) *Eve {
	t.Helper()
	for program, pkg := range map[string]string{"ippeveprinter": "cups-ipp-utils", "dbus-daemon": "dbus-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("%s is missing: install the package %s (make test does)", program, pkg)
		}
	}
	e := &Eve{Dir: t.TempDir()}
	script := filepath.Join(e.Dir, "command")
	if err := os.WriteFile(script, []byte("#!/bin/sh\ncd "+e.Dir+"\n"+command), 0o755); err != nil {
		t.Fatal(err)
	}
	spool := filepath.Join(e.Dir, "spool")
	if err := os.Mkdir(spool, 0o755); err != nil {
		t.Fatal(err)
	}
	bus := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address", "--address=unix:path="+filepath.Join(e.Dir, "bus"))
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, bus)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0") // a free port
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	log, err := os.Create(filepath.Join(e.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	p := exec.Command("ippeveprinter", append(append([]string{"-r", "off", "-n", "localhost", "-p", fmt.Sprint(port), "-d", spool,
		"-c", script}, options...), "Dapilgate")...)
	p.Env = append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS="+strings.TrimSpace(address))
	p.Stdout, p.Stderr = log, log
	start(t, p)
	e.Address = fmt.Sprintf("ipp://localhost:%d/ipp/print", port)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", fmt.Sprintf("localhost:%d", port))
		if err == nil {
			c.Close()
			return e
		}
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("ippeveprinter does not answer: %v\n%s", err, said)
		}
	}
}

// start starts a program that ends with the test.
func start(t testing.TB, c *exec.Cmd) {
	t.Helper()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
}
