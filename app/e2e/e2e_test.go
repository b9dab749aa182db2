// Package e2e holds the end-to-end tests: the real program in a real window under Xvfb,
// scans typed at scanner speed, and the truth read from the ledger and from the pixels.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/code"
)

// The colours of a verdict's ground, as app/kiosk paints them.
var (
	green = color.NRGBA{0x00, 0x62, 0x2a, 0xff}
	red   = color.NRGBA{0xa0, 0x00, 0x10, 0xff}
)

const (
	width, height = 1280, 800
	patience      = 60 * time.Second // for anything to happen on a busy machine
)

// bench is a machine with a screen, a ledger and a kiosk on it.
type bench struct {
	t       testing.TB
	dir     string
	binary  string
	display string
	ledger  *ledger.Ledger
	env     []string
	program *exec.Cmd // the kiosk
}

func need(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: 'make test' installs it (packages xvfb, xdotool, imagemagick)", tool)
		}
	}
}

func newBench(t testing.TB) *bench {
	need(t, "Xvfb", "xdotool", "import")
	b := &bench{t: t, dir: t.TempDir()}
	b.binary = filepath.Join(b.dir, "dapilgate")
	build := exec.Command("go", "build", "-o", b.binary, "dapilgate/app")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	b.startX()
	b.env = append(os.Environ(), "DISPLAY="+b.display, "HOME="+b.dir, "XDG_CONFIG_HOME="+b.dir, "LIBGL_ALWAYS_SOFTWARE=1",
		"DAPILGATE_CONFIG="+os.DevNull, "DAPILGATE_LEDGER="+b.path(), "DAPILGATE_PIN=482913", "DAPILGATE_PASSPHRASE=tiga kotak suara")
	return b
}

func (b *bench) path() string { return filepath.Join(b.dir, "pemilu.db") }

// startX starts a screen of its own on a display number that is free.
func (b *bench) startX() {
	r, w, err := os.Pipe()
	if err != nil {
		b.t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { x.Process.Kill(); x.Wait() })
	w.Close()
	number := make([]byte, 16)
	r.SetReadDeadline(time.Now().Add(patience))
	n, err := r.Read(number)
	if err != nil {
		b.t.Fatalf("Xvfb did not start: %v", err)
	}
	b.display = ":" + strings.TrimSpace(string(number[:n]))
}

// do runs a command of the program and returns what it wrote.
func (b *bench) do(args ...string) string {
	b.t.Helper()
	c := exec.Command(b.binary, args...)
	c.Env, c.Dir = b.env, b.dir
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		b.t.Fatalf("dapilgate %v: %v\n%s%s", args, err, out, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// kiosk opens the window. The log goes to the test's own.
func (b *bench) kiosk(args ...string) {
	b.t.Helper()
	c := exec.Command(b.binary, args...)
	c.Env, c.Dir = b.env, b.dir
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.program = c
	b.t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
		if b.t.Failed() {
			b.t.Logf("the kiosk's log:\n%s", log.String())
		}
	})
}

// scan types a text as a keyboard wedge does, a millisecond a character, and Return.
func (b *bench) scan(text string) {
	b.t.Helper()
	for _, args := range [][]string{{"type", "--delay", "1", text}, {"key", "Return"}} {
		c := exec.Command("xdotool", args...)
		c.Env = b.env
		if out, err := c.CombinedOutput(); err != nil {
			b.t.Fatalf("xdotool %s: %v\n%s", args[0], err, out)
		}
	}
}

// shot is the screen as it is now.
func (b *bench) shot() image.Image {
	b.t.Helper()
	c := exec.Command("import", "-window", "root", "png:-")
	c.Env = b.env
	out, err := c.Output()
	if err != nil {
		b.t.Fatalf("screenshot: %v", err)
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		b.t.Fatalf("screenshot: %v", err)
	}
	return img
}

// keep writes a screenshot where a person can look at it after a failure.
func (b *bench) keep(name string) {
	f, err := os.Create(filepath.Join(os.TempDir(), "dapilgate-e2e-"+name+".png"))
	if err != nil {
		return
	}
	defer f.Close()
	if png.Encode(f, b.shot()) == nil {
		b.t.Logf("the screen: %s", f.Name())
	}
}

// until waits for a condition; what names it where it does not come.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	b.keep("failed")
	b.t.Fatalf("waited %v in vain for: %s", patience, what)
}

// ground tells the share of the screen that has a colour.
func ground(img image.Image, want color.NRGBA) float64 {
	n, hit := 0, 0
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y += 5 {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x += 5 {
			n++
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }
			if near(c.R, want.R) && near(c.G, want.G) && near(c.B, want.B) {
				hit++
			}
		}
	}
	return float64(hit) / float64(n)
}

// filled is the share of the screen that a verdict's ground must have at least.
const filled = 0.4

// last is the newest scan that the ledger holds of dock 1.
func (b *bench) last() (ledger.ScanEvent, bool) {
	b.t.Helper()
	events, err := b.ledger.LastScans(context.Background(), 1, 1)
	if err != nil {
		b.t.Fatal(err)
	}
	if len(events) == 0 {
		return ledger.ScanEvent{}, false
	}
	s, err := ledger.ReadScan(events[0])
	if err != nil {
		b.t.Fatal(err)
	}
	return s, true
}

// verdict waits until the ledger's newest scan is this one.
func (b *bench) verdict(box string, want gate.Verdict) {
	b.t.Helper()
	b.until(fmt.Sprintf("%s to be %s in the ledger", box, want), func() bool {
		s, ok := b.last()
		if ok && s.Box == box && s.Verdict != want {
			b.keep("wrong-verdict")
			b.t.Fatalf("%s is %s in the ledger, want %s", box, s.Verdict, want)
		}
		return ok && s.Box == box && s.Verdict == want
	})
}

func (b *bench) open() {
	b.t.Helper()
	l, err := ledger.Open(b.t.Context(), b.path())
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { l.Close() })
	b.ledger = l
}

// label is the text of a label that the program has printed.
func (b *bench) label(box election.Box) string {
	b.t.Helper()
	key, err := labels.ReadSigningKey(b.path()+".key", "tiga kotak suara", b.ledger.Info().PublicKey)
	if err != nil {
		b.t.Fatal(err)
	}
	f, err := b.ledger.Event().Fields(box, 1)
	if err != nil {
		b.t.Fatal(err)
	}
	text, err := f.Sign(key)
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

func (b *bench) boxes(dapil string, n int) []election.Box {
	b.t.Helper()
	d, err := b.ledger.Event().ResolveDistrict(dapil)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []election.Box
	for r, err := range b.ledger.Boxes(b.t.Context(), ledger.Filter{District: d, Limit: n}) {
		if err != nil {
			b.t.Fatal(err)
		}
		out = append(out, r.Box)
	}
	return out
}

// TestWrongBoxIsBlockedInARealWindow is the product's promise, from key to pixel: a box of
// dapil 4 turns the screen green on a truck of dapil 4, a box of dapil 5 turns it red and
// locks the dock, and the ledger says the same.
func TestWrongBoxIsBlockedInARealWindow(t *testing.T) {
	b := newBench(t)
	b.do("init", "--penyelia", "sari")
	for _, dapil := range []string{"4", "5"} {
		b.do("print", "--as", "sari", "--dapil", dapil, "--limit", "3", "--stock", "a4-2x4", "--out", "d"+dapil+".pdf")
	}
	b.do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU", "--driver", "Budi")
	var pass struct{ Code string }
	if err := json.Unmarshal([]byte(b.do("truck", "pass", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--json")), &pass); err != nil {
		t.Fatal(err)
	}
	badge := b.do("people", "badge", "sari", "--as", "sari")
	b.open()
	four, five := b.boxes("4", 3), b.boxes("5", 1)

	// Green stays until the next scan, so that a busy machine's screenshot can't miss it.
	b.kiosk("--size", fmt.Sprintf("%dx%d", width, height), "--green", "0")
	b.until("the window", func() bool { return ground(b.shot(), color.NRGBA{0, 0, 0, 255}) < 0.5 })
	// The first keys may come before the window has the focus: badges can be scanned again.
	b.until("sari to be signed in", func() bool {
		b.scan(badge)
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			signedIn := false
			if err := b.ledger.Events(t.Context(), func(e ledger.Event) error {
				signedIn = signedIn || e.Kind == ledger.SignedIn && e.Dock == 1
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if signedIn {
				return true
			}
		}
		return false
	})
	b.scan(pass.Code)
	b.until("the load to be open", func() bool {
		d, err := b.ledger.Dock(t.Context(), 1)
		return err == nil && d.Load != nil && d.Load.Plate == "B 9123 KPU"
	})

	b.scan(b.label(four[0]))
	b.until("a green screen", func() bool { return ground(b.shot(), green) > filled })
	b.verdict(four[0].ID(), gate.Accepted)

	b.scan(b.label(five[0]))
	b.until("a red screen", func() bool { return ground(b.shot(), red) > filled })
	b.verdict(five[0].ID(), gate.WrongDistrict)
	d, err := b.ledger.Dock(t.Context(), 1)
	if err != nil || d.Lock == nil || d.Lock.Box != five[0].ID() || d.Load.Count != 1 {
		t.Fatalf("the dock is not locked by the wrong box: %+v, %v", d, err)
	}

	// Nothing but the refused box opens the dock: not a good box, not Enter, not a blank.
	b.scan(b.label(four[1]))
	b.verdict(four[1].ID(), gate.Locked)
	b.scan(" ")
	if g := ground(b.shot(), red); g < filled {
		b.keep("not-red")
		t.Errorf("the locked screen is red on %.0f %% only", g*100)
	}
	aside, err := code.CommandText(code.SetAside, "")
	if err != nil {
		t.Fatal(err)
	}
	b.scan(aside)
	b.scan(b.label(five[0]))
	b.verdict(five[0].ID(), gate.SetAsideDone)
	b.scan(b.label(four[1]))
	b.until("green again", func() bool { return ground(b.shot(), green) > filled })
	b.verdict(four[1].ID(), gate.Accepted)

	r, err := b.ledger.Verify(t.Context())
	if err != nil || !r.OK() {
		t.Errorf("the record: %+v, %v", r.Faults, err)
	}
	// The command line can't take the dock while the window has it.
	c := exec.Command(b.binary, "load", "scan", "--as", "sari", "--dock", "1")
	c.Env = b.env
	if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "another Dapilgate process") {
		t.Errorf("a second process on the dock: %v\n%s", err, out)
	}
}
