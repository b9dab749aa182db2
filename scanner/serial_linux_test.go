package scanner

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pty is a pseudo-terminal pair: the scanner's end, and the path of the program's.
func pty(t *testing.T) (scanner *os.File, path string) {
	t.Helper()
	m, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	conn, err := m.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if cerr := conn.Control(func(fd uintptr) {
		if err = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); err == nil {
			n, err = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	}); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return m, fmt.Sprintf("/dev/pts/%d", n)
}

// hears reads what the scanner is told until it is what is wanted.
func hears(t *testing.T, scanner *os.File, want string) {
	t.Helper()
	scanner.SetReadDeadline(time.Now().Add(patience))
	var got []byte
	buf := make([]byte, 256)
	for string(got) != want {
		n, err := scanner.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil || !strings.HasPrefix(want, string(got)) {
			t.Fatalf("the scanner hears % x, want % x (%v)", got, want, err)
		}
	}
}

// connect plugs a scanner in: device is a link that says where, as udev's do.
func connect(t *testing.T, device string) *os.File {
	t.Helper()
	scanner, path := pty(t)
	os.Remove(device)
	if err := os.Symlink(path, device); err != nil {
		t.Fatal(err)
	}
	return scanner
}

func send(t *testing.T, scanner *os.File, b string) {
	t.Helper()
	if _, err := scanner.WriteString(b); err != nil {
		t.Fatal(err)
	}
}

func wantScan(t *testing.T, events <-chan Event, text string, end rune) {
	t.Helper()
	if e := next(t, events); e.What != Scanned || e.Scan.Text != text || e.Scan.Terminator != end {
		t.Fatalf("%+v, want %q ended by %q", e, text, end)
	}
}

func TestSerial(t *testing.T) {
	device := filepath.Join(t.TempDir(), "scanner")
	scanner := connect(t, device)
	h := NewHub(NewSerial("gun", device, SerialOptions{Speed: 115200}))
	events := running(t, h)
	if e := next(t, events); e.What != Opened || e.Device != device {
		t.Fatalf("%+v", e)
	}
	send(t, scanner, "DG1P24")
	send(t, scanner, "03175061001\r\n")
	wantScan(t, events, "DG1P2403175061001", '\r')
	send(t, scanner, "\x02]Q1DG1\x1dX\x03\nhalf a l")
	wantScan(t, events, "\x02]Q1DG1\x1dX\x03", '\n')
	wantScan(t, events, "half a l", Silence)
	send(t, scanner, "caf\xe9\xff\r") // bytes that are no UTF-8 are characters all the same
	wantScan(t, events, "café\u00ff", '\r')
	// A second source finds the port taken.
	other := NewHub(NewSerial("other", device, SerialOptions{}))
	if os.Getuid() != 0 { // the kernel keeps no port from root
		if e := next(t, running(t, other)); e.What != Gone {
			t.Fatalf("the port is opened twice: %+v", e)
		}
	}
	// The plug is pulled, and put in again.
	scanner.Close()
	if e := next(t, events); e.What != Gone || e.Err == nil {
		t.Fatalf("%+v", e)
	}
	scanner = connect(t, device)
	want(t, events, Opened)
	send(t, scanner, "again\r")
	wantScan(t, events, "again", '\r')
}

// TestSerialTerminator: the configured character ends a scan, and no other does.
func TestSerialTerminator(t *testing.T) {
	scanner, path := pty(t)
	events := running(t, NewHub(NewSerial("gun", path, SerialOptions{Terminator: terminators["etx"]})))
	next(t, events)
	send(t, scanner, "\x02one\rline\x03\x02two\x03")
	wantScan(t, events, "\x02one\rline", '\x03')
	wantScan(t, events, "\x02two", '\x03')
}

// TestSerialWithoutTerminator: scans end by silence alone, and every character is kept.
func TestSerialWithoutTerminator(t *testing.T) {
	scanner, path := pty(t)
	events := running(t, NewHub(NewSerial("gun", path, SerialOptions{Terminator: terminators["none"]})))
	next(t, events)
	send(t, scanner, "one\r\n")
	wantScan(t, events, "one\r\n", Silence)
	send(t, scanner, "two")
	wantScan(t, events, "two", Silence)
}

// TestSerialOrders: the host's beep, and off while the dock is locked, in the bytes of
// both command sets and in one's own; a scanner that is plugged in later hears how it is.
func TestSerialOrders(t *testing.T) {
	// The packets of SSI as its programmer's guide writes them.
	const ssiOn, ssiOff, ssiGood, ssiBad = "\x04\xe9\x04\x00\xff\x0f", "\x04\xea\x04\x00\xff\x0e", "\x05\xe6\x04\x00\x00\xff\x11", "\x05\xe6\x04\x00\x12\xfe\xff"
	for _, tt := range []struct {
		name, config       string
		on, off, good, bad string
	}{
		{"ssi", `commands = "ssi"`, ssiOn, ssiOff, ssiGood, ssiBad},
		{"plain", `commands = "plain"`, "E", "D", "B", "BBB"},
		{"own", `good = "07"` + "\n" + `bad = "07 07"` + "\n" + `hold = "16 55 0d"` + "\n" + `free = "16 54 0d"`, "\x16T\r", "\x16U\r", "\x07", "\x07\x07"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			device := filepath.Join(t.TempDir(), "scanner")
			scanner := connect(t, device)
			sources, err := parseConfig([]byte(fmt.Sprintf("[[source]]\nname = \"gun\"\nkind = \"serial\"\ndevice = %q\noff_while_locked = true\n%s\n", device, tt.config)), "", nil, Each)
			if err != nil {
				t.Fatal(err)
			}
			h := NewHub(sources...)
			events := running(t, h)
			want(t, events, Opened)
			hears(t, scanner, tt.on)
			h.Signal(Good)
			h.Signal(Bad)
			h.Signal(Hold)
			h.Signal(Hold) // it is held already
			hears(t, scanner, tt.good+tt.bad+tt.off)
			scanner.Close()
			want(t, events, Gone)
			h.Signal(Good) // nobody hears it, nobody waits
			scanner = connect(t, device)
			want(t, events, Opened)
			hears(t, scanner, tt.off)
			h.Signal(Free)
			hears(t, scanner, tt.on)
		})
	}
}

// TestSerialStaysOnUnlessTold: without off_while_locked a scanner reads through a lock, for
// the set-aside code on the wall.
func TestSerialStaysOnUnlessTold(t *testing.T) {
	scanner, path := pty(t)
	sources, err := parseConfig([]byte(fmt.Sprintf("[[source]]\nname = \"gun\"\nkind = \"serial\"\ndevice = %q\ncommands = \"plain\"\n", path)), "", nil, Each)
	if err != nil {
		t.Fatal(err)
	}
	h := NewHub(sources...)
	events := running(t, h)
	want(t, events, Opened)
	h.Signal(Hold)
	h.Signal(Bad)
	h.Signal(Free)
	h.Signal(Good)
	hears(t, scanner, "BBBB")
}

// TestSSI: packed scans come out whole and are acknowledged; answers are no scans; a
// broken packet is a scan that can't be read, not silence.
func TestSSI(t *testing.T) {
	scanner, path := pty(t)
	h := NewHub(NewSerial("gun", path, SerialOptions{SSI: true}))
	events := running(t, h)
	next(t, events)
	label := strings.Repeat("DG1P24", 23)
	packed := decoded(label)
	send(t, scanner, packed[:50])
	send(t, scanner, packed[50:])
	wantScan(t, events, label, '\r')
	hears(t, scanner, "\x04\xd0\x04\x00\xff\x28")
	send(t, scanner, "\x04\xd0\x00\x00\xff\x2c"+decoded("two")+decoded("three"))
	wantScan(t, events, "two", '\r')
	wantScan(t, events, "three", '\r')
	broken := []byte(packed)
	broken[20] ^= 1
	send(t, scanner, string(broken))
	if e := next(t, events); e.What != Scanned || e.Scan.Text == label || len(e.Scan.Text) < len(label) {
		t.Errorf("a broken packet: %+v", e)
	}
	send(t, scanner, packed[:30]) // and nothing more
	if e := next(t, events); e.What != Scanned || !strings.Contains(e.Scan.Text, label[:20]) {
		t.Errorf("half a packet: %+v", e)
	}
}

// decoded is a scanner's packet of a scan of a QR code.
func decoded(text string) string {
	const qr = 0x1c
	p := append([]byte{byte(5 + len(text)), ssiDecoded, 0, 0, qr}, text...)
	sum := ssiSum(p)
	return string(append(p, byte(sum>>8), byte(sum)))
}

// FuzzSSI: whatever comes, in whatever pieces, nothing is lost: each byte is of a packet or
// handed on, and a whole packet gives its text.
func FuzzSSI(f *testing.F) {
	f.Add([]byte("noise"), "DG1P24", 3)
	f.Add([]byte{4, 0xd0, 0, 0}, "X", 1)
	f.Fuzz(func(t *testing.T, noise []byte, text string, step int) {
		if len(text) == 0 || len(text) > 240 {
			return
		}
		stream := append(append([]byte(nil), noise...), decoded(text)...)
		step = max(1, step%50)
		var s ssi
		var texts []string
		var rest []byte
		for i := 0; i < len(stream); i += step {
			found, left := s.take(stream[i:min(len(stream), i+step)], false)
			texts, rest = append(texts, found...), append(rest, left...)
		}
		found, left := s.take(nil, true)
		texts, rest = append(texts, found...), append(rest, left...)
		if s.waits() {
			t.Fatal("something still waits")
		}
		if len(rest) > len(stream) {
			t.Fatalf("%d bytes of %d", len(rest), len(stream))
		}
		if len(noise) == 0 && (len(texts) != 1 || texts[0] != latin1([]byte(text)) || len(rest) > 0) {
			t.Fatalf("%q gives %q and % x", text, texts, rest)
		}
		if len(texts) == 0 && !bytes.Contains(rest, []byte(text)) && !bytes.Contains(stream[:len(noise)+1], []byte{ssiAck}) &&
			!bytes.ContainsAny(noise, "\xd0\xd1\xf3\xf6") {
			t.Fatalf("%q is lost: % x", text, rest)
		}
	})
}

// TestSerialLetsGo: a port is closed with the context, whatever comes or doesn't.
func TestSerialLetsGo(t *testing.T) {
	_, path := pty(t)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan error, 1)
	opened := make(chan bool)
	go func() {
		over <- NewSerial("gun", path, SerialOptions{}).Run(ctx, func(Event) { close(opened) })
	}()
	<-opened
	stop()
	ends(t, over, context.Canceled)
}
