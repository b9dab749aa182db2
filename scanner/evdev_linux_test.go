package scanner

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// recorded are the bytes that the kernel gives for keys: for each the scan code, the key
// and the report's end, as a USB scanner's recording has them.
func recorded(keys []press) []byte {
	var b bytes.Buffer
	event := func(kind, code uint16, value int32) {
		b.Write(make([]byte, keyEventSize-8)) // the time, which nobody asks for
		binary.Write(&b, binary.NativeEndian, kind)
		binary.Write(&b, binary.NativeEndian, code)
		binary.Write(&b, binary.NativeEndian, value)
	}
	const evMsc, mscScan = 4, 4
	for _, k := range keys {
		value := int32(0)
		if k.down {
			value = 1
		}
		event(evMsc, mscScan, 0x70000)
		event(evKey, k.code, value)
		event(evSyn, synReport, 0)
	}
	return b.Bytes()
}

// Bit maps of keys as the kernel shows them: of a USB scanner, and of a power button.
const (
	scannerKeys = "e080ffdf01cfffff fffffffffffffffe"
	buttonKeys  = "10000000000000 0"
)

// bench is a machine's input devices in a folder, each a pipe that a test types into.
type bench struct {
	t      *testing.T
	system system
	taken  map[string]bool
}

func newBench(t *testing.T) *bench {
	dir := t.TempDir()
	b := &bench{t: t, taken: map[string]bool{}}
	b.system = system{filepath.Join(dir, "sys"), filepath.Join(dir, "dev"), func(f *os.File) error {
		if b.taken[f.Name()] {
			return unix.EBUSY
		}
		b.taken[f.Name()] = true
		return nil
	}}
	return b
}

// plug makes a device and gives what types on it.
func (b *bench) plug(event, name, keys string) *os.File {
	b.t.Helper()
	dir := filepath.Join(b.system.sys, event, "device", "capabilities")
	path := filepath.Join(b.system.dev, event)
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.MkdirAll(b.system.dev, 0o755),
		os.WriteFile(filepath.Join(filepath.Dir(dir), "name"), []byte(name+"\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "key"), []byte(keys+"\n"), 0o600), unix.Mkfifo(path, 0o600)); err != nil {
		b.t.Fatal(err)
	}
	// A pipe opened for both never waits for its other end.
	f, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { f.Close() })
	return f
}

// unplug takes a device away.
func (b *bench) unplug(event string, f *os.File) {
	b.t.Helper()
	path := filepath.Join(b.system.dev, event)
	if err := errors.Join(f.Close(), os.Remove(path), os.RemoveAll(filepath.Join(b.system.sys, event))); err != nil {
		b.t.Fatal(err)
	}
	delete(b.taken, path)
}

// reading runs a keyboard; the error is what it ends with.
func (b *bench) reading(device string) (<-chan Event, <-chan error, context.CancelFunc) {
	ctx, stop := context.WithCancel(b.t.Context())
	events, over := make(chan Event, 100), make(chan error, 1)
	go func() { over <- NewKeyboard("gun", device).run(ctx, b.system, func(e Event) { events <- e }) }()
	b.t.Cleanup(stop)
	return events, over, stop
}

func ends(t *testing.T, over <-chan error, want error) {
	t.Helper()
	select {
	case err := <-over:
		if !errors.Is(err, want) {
			t.Errorf("it ends with %v, want %v", err, want)
		}
	case <-time.After(patience):
		t.Fatalf("it doesn't end (want %v)", want)
	}
}

// TestKeyboardByName: of a machine's devices, the scanner's is read, whole scans come of
// it, and a scan cut off by the plug is told before the scanner is gone.
func TestKeyboardByName(t *testing.T) {
	b := newBench(t)
	b.plug("event0", "Power Button", buttonKeys)
	b.plug("event1", "AT Translated Set 2 keyboard", scannerKeys)
	b.plug("event2", "Datalogic QuickScan", buttonKeys) // the same scanner's buttons
	f := b.plug("event3", "Datalogic QuickScan", scannerKeys)
	events, over, _ := b.reading("datalogic quickscan")
	if e := next(t, events); e.What != Opened || e.Device != "Datalogic QuickScan ("+filepath.Join(b.system.dev, "event3")+")" {
		t.Fatalf("%+v", e)
	}
	stream := recorded(typing("DG1P2403175061001\rsecond scan\t"))
	for i := 0; i < len(stream); i += 100 { // in pieces that cut events through
		if _, err := f.Write(stream[i:min(len(stream), i+100)]); err != nil {
			t.Fatal(err)
		}
	}
	for _, w := range []Scan{{Text: "DG1P2403175061001", Terminator: '\r'}, {Text: "second scan", Terminator: '\t'}} {
		if e := next(t, events); e.What != Scanned || e.Scan.Text != w.Text || e.Scan.Terminator != w.Terminator {
			t.Errorf("%+v, want %+v", e, w)
		}
	}
	if _, err := f.Write(recorded(typing("DG1P24"))); err != nil {
		t.Fatal(err)
	}
	b.unplug("event3", f)
	if e := next(t, events); e.What != Scanned || e.Scan.Text != "DG1P24" || e.Scan.Terminator != Silence {
		t.Errorf("cut off by the plug: %+v", e)
	}
	ends(t, over, ErrGone)
}

// TestKeyboardWithoutTerminator: a scanner that sends no Return is read too, after a
// silence, and so is the next scan.
func TestKeyboardWithoutTerminator(t *testing.T) {
	b := newBench(t)
	f := b.plug("event0", "Gun", scannerKeys)
	events, over, stop := b.reading("Gun")
	next(t, events)
	for _, text := range []string{"DG1ABC", "DG1DEF"} {
		if _, err := f.Write(recorded(typing(text))); err != nil {
			t.Fatal(err)
		}
		if e := next(t, events); e.What != Scanned || e.Scan.Text != text || e.Scan.Terminator != Silence {
			t.Errorf("%+v", e)
		}
	}
	stop()
	ends(t, over, context.Canceled)
}

// TestOneDeviceIsOneSource: two scanners of one name are two sources'; a third source of
// the name finds them taken, and gets one that is plugged in.
func TestOneDeviceIsOneSource(t *testing.T) {
	b := newBench(t)
	f, g := b.plug("event4", "Gun", scannerKeys), b.plug("event5", "Gun", scannerKeys)
	one, _, _ := b.reading("Gun")
	if e := next(t, one); e.What != Opened {
		t.Fatalf("%+v", e)
	}
	two, _, _ := b.reading("Gun")
	if e := next(t, two); e.What != Opened {
		t.Fatalf("%+v", e)
	}
	_, over, _ := b.reading("Gun")
	ends(t, over, ErrTaken)
	_, over, _ = b.reading("Gun 2")
	ends(t, over, ErrGone)
	_, over, _ = b.reading(filepath.Join(b.system.dev, "event9"))
	ends(t, over, ErrGone)
	for text, x := range map[string]*os.File{"left": f, "right": g} {
		if _, err := x.Write(recorded(typing(text + "\r"))); err != nil {
			t.Fatal(err)
		}
	}
	got := next(t, one).Scan.Text + " " + next(t, two).Scan.Text
	if got != "left right" {
		t.Errorf("got %q", got)
	}
	if len(one)+len(two) > 0 {
		t.Error("a scan came twice")
	}
}

// TestDroppedKeysAreNoWholeScan: where the kernel dropped events the scan says so, however
// much of it came, and a shift key that went up unseen is not held for ever.
func TestDroppedKeysAreNoWholeScan(t *testing.T) {
	b := newBench(t)
	f := b.plug("event0", "Gun", scannerKeys)
	events, _, _ := b.reading("Gun")
	next(t, events)
	drop := recorded([]press{{42, true}})
	lostOnes := append(make([]byte, keyEventSize-8), 0, 0, 3, 0, 0, 0, 0, 0) // EV_SYN, SYN_DROPPED
	drop = append(append(drop, lostOnes...), recorded(tap(31))...)
	for _, part := range [][]byte{recorded(typing("dg")), drop, recorded(typing("1\r"))} {
		if _, err := f.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	// Events are not to be believed up to the next report's end, which here is that of S.
	if e := next(t, events); e.Scan.Text != "dg\ufffd1" {
		t.Errorf("%q", e.Scan.Text)
	}
}

// TestKeyboardThroughUinput has the kernel itself be the scanner, where it can: grabbed, so
// that a second reader of the device gets nothing. Where it can't, the pipes above stand
// for it, and the test says so.
func TestKeyboardThroughUinput(t *testing.T) {
	u, err := os.OpenFile("/dev/uinput", os.O_WRONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Logf("NOT TESTED with the kernel's own events, only with recorded ones: %v", err)
		return
	}
	const name = "Dapilgate test scanner"
	unplug := createUinput(t, u, name)
	ctx, stop := context.WithCancel(t.Context())
	events, over := make(chan Event, 100), make(chan error, 1)
	h := NewHub(NewKeyboard("gun", name))
	go func() { h.Run(ctx, func(e Event) { events <- e }); over <- nil }()
	want(t, events, Opened) // the device node takes a moment
	// Somebody else's look at the device: it must stay without keys.
	var path string
	for _, d := range kernel.keyboards() {
		if d.name == name {
			path = d.path
		}
	}
	other, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := u.Write(recorded(typing("DG1P24 UInput!\r"))); err != nil {
		t.Fatal(err)
	}
	if e := want(t, events, Scanned); e.Scan.Text != "DG1P24 UInput!" || e.Scan.Terminator != '\r' {
		t.Errorf("%+v", e.Scan)
	}
	other.SetReadDeadline(time.Now().Add(time.Millisecond))
	if n, err := other.Read(make([]byte, 4096)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("another program got %d bytes of the scan, %v", n, err)
	}
	if err := (system{kernel.sys, kernel.dev, grab}).grab(other); !errors.Is(err, unix.EBUSY) {
		t.Errorf("it can be grabbed twice: %v", err)
	}
	unplug()
	if e := want(t, events, Gone); !errors.Is(e.Err, ErrGone) {
		t.Errorf("unplugged: %v", e.Err)
	}
	stop()
	<-over
}

// createUinput makes a keyboard of the kernel (linux/uinput.h). unplug takes it away.
func createUinput(t *testing.T, u *os.File, name string) (unplug func()) {
	t.Helper()
	const (
		setEvBit, setKeyBit     = 0x40045564, 0x40045565 // UI_SET_EVBIT, UI_SET_KEYBIT
		devSetup, create, deste = 0x405c5503, 0x5501, 0x5502
	)
	setup := struct {
		bus, vendor, product, version uint16
		name                          [80]byte
		effects                       uint32
	}{bus: 3, vendor: 0x1234, product: 0x5678}
	copy(setup.name[:], name)
	request := func(req uint, value int) {
		if err := unix.IoctlSetInt(int(u.Fd()), req, value); err != nil {
			t.Fatalf("uinput %x: %v", req, err)
		}
	}
	request(setEvBit, evKey)
	for code := 1; code < 128; code++ {
		request(setKeyBit, code)
	}
	if _, _, e := unix.Syscall(unix.SYS_IOCTL, u.Fd(), devSetup, uintptr(unsafe.Pointer(&setup))); e != 0 {
		t.Fatalf("uinput setup: %v", e)
	}
	request(create, 0)
	return func() {
		request(deste, 0)
		u.Close()
	}
}

// FuzzTyped: any stream of events gives scans or none; it ends with ErrGone, without a
// panic, and no scan is empty or longer than MaxScan.
func FuzzTyped(f *testing.F) {
	f.Add(recorded(typing("DG1P24\r")))
	f.Add(recorded(append(chord(56, 77, 73), tap(58, 30, 96)...)))
	f.Fuzz(func(t *testing.T, b []byte) {
		err := typed(t.Context(), recording{bytes.NewReader(b)}, time.Now, func(e Event) {
			if n := len([]rune(e.Scan.Text)); n == 0 || n > MaxScan {
				t.Errorf("a scan of %d characters", n)
			}
		})
		if !errors.Is(err, ErrGone) {
			t.Error(err)
		}
	})
}

// recording is a stream that knows no deadline.
type recording struct{ *bytes.Reader }

func (recording) SetReadDeadline(time.Time) error { return os.ErrNoDeadline }
