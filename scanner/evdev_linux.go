package scanner

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Events of the kernel's input layer (linux/input.h, linux/input-event-codes.h).
const (
	evSyn, evKey         = 0, 1
	synReport, synDroppd = 0, 3
	grabRequest          = 0x40044590                             // EVIOCGRAB, _IOW('E', 0x90, int)
	keyEventSize         = int(unsafe.Sizeof(unix.Timeval{})) + 8 // struct input_event
)

// system is where the kernel's input devices are.
type system struct {
	sys, dev string // /sys/class/input, /dev/input
	grab     func(*os.File) error
}

var kernel = system{"/sys/class/input", "/dev/input", grab}

// grab makes the device this program's alone: its keys go to no window.
func grab(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var err2 error
	if err := conn.Control(func(fd uintptr) { err2 = unix.IoctlSetInt(int(fd), grabRequest, 1) }); err != nil {
		return err
	}
	return err2
}

// inputDevice is a device that types letters.
type inputDevice struct{ name, path string }

// keyboards lists the devices that type letters, with their names. A scanner often has
// more devices (for its buttons); those that type nothing are left alone.
func (s system) keyboards() []inputDevice {
	found, _ := filepath.Glob(filepath.Join(s.sys, "event*")) // the pattern is a good one
	var out []inputDevice
	for _, dir := range found {
		name, err := os.ReadFile(filepath.Join(dir, "device", "name"))
		if err != nil {
			continue // it went just now
		}
		keys, err := os.ReadFile(filepath.Join(dir, "device", "capabilities", "key"))
		if err != nil || !typesLetters(string(keys)) {
			continue
		}
		out = append(out, inputDevice{strings.TrimSpace(string(name)), filepath.Join(s.dev, filepath.Base(dir))})
	}
	return out
}

// typesLetters reads the kernel's bit map of a device's keys, words in hexadecimal, the
// highest first: Q to P are the keys 16 to 25.
func typesLetters(bitmap string) bool {
	words := strings.Fields(bitmap)
	if len(words) == 0 {
		return false
	}
	low, err := strconv.ParseUint(words[len(words)-1], 16, 64)
	const letters = 0x3ff << 16
	return err == nil && low&letters == letters
}

// Run opens the first keyboard of the name, or the path, that nobody else has grabbed.
func (k *Keyboard) Run(ctx context.Context, tell func(Event)) error { return k.run(ctx, kernel, tell) }

func (k *Keyboard) run(ctx context.Context, s system, tell func(Event)) error {
	f, d, err := s.open(k.device)
	if err != nil {
		return fmt.Errorf("keyboard %q: %w", k.device, err)
	}
	defer f.Close()
	defer context.AfterFunc(ctx, func() { f.SetReadDeadline(time.Unix(0, 1)) })()
	tell(Event{What: Opened, Device: d.name + " (" + d.path + ")"})
	if err := typed(ctx, f, func() time.Time { return time.Now().Add(QuietTime) }, tell); err != nil {
		return fmt.Errorf("keyboard %s: %w", d.name, err)
	}
	return nil
}

// open opens and grabs a keyboard. Errors: ErrGone, ErrTaken, and the system's.
func (s system) open(device string) (*os.File, inputDevice, error) {
	var some []inputDevice
	if filepath.IsAbs(device) {
		some = []inputDevice{{filepath.Base(device), device}}
	} else {
		for _, d := range s.keyboards() {
			if strings.EqualFold(d.name, device) {
				some = append(some, d)
			}
		}
	}
	err := error(ErrGone)
	for _, d := range some {
		var f *os.File
		// Not blocking, so that reading can be ended.
		if f, err = os.OpenFile(d.path, os.O_RDONLY|unix.O_NONBLOCK, 0); err != nil {
			switch {
			case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV):
				err = fmt.Errorf("%w: %w", ErrGone, err)
			case errors.Is(err, fs.ErrPermission):
				err = fmt.Errorf("%w: the user needs the group input", err)
			}
			continue
		}
		if err = s.grab(f); err == nil {
			return f, d, nil
		}
		f.Close()
		if errors.Is(err, unix.EBUSY) {
			err = ErrTaken
		}
	}
	return nil, inputDevice{}, err
}

// keyReader is an open keyboard.
type keyReader interface {
	io.Reader
	SetReadDeadline(time.Time) error
}

// typed reads a keyboard's events and tells its scans. quiet is the time at which a scan
// without a terminator is taken as it is.
func typed(ctx context.Context, r keyReader, quiet func() time.Time, tell func(Event)) error {
	var (
		keys    keyboard
		framer  Framer
		dropped bool
		buf     [64 * keyEventSize]byte
		have    int
	)
	scan := func(text string, end rune) {
		tell(Event{What: Scanned, Scan: Scan{Text: text, Terminator: end}})
	}
	for {
		deadline := time.Time{}
		if framer.Len() > 0 {
			deadline = quiet()
		}
		// A stream that knows no deadline is a recorded one: it ends by itself.
		if err := r.SetReadDeadline(deadline); err != nil && !errors.Is(err, os.ErrNoDeadline) {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		if err := ctx.Err(); err != nil { // after the deadline: ctx's end set another one
			return err
		}
		n, err := r.Read(buf[have:])
		have += n
		at := 0
		for ; have-at >= keyEventSize; at += keyEventSize {
			e := buf[at+keyEventSize-8 : at+keyEventSize]
			kind, code, value := binary.NativeEndian.Uint16(e), binary.NativeEndian.Uint16(e[2:]), int32(binary.NativeEndian.Uint32(e[4:]))
			switch {
			case kind == evSyn && code == synDroppd:
				dropped = true
			case kind == evSyn && code == synReport && dropped:
				dropped = false
				keys.release()
				framer.Rune(lost)
			case kind == evKey && !dropped && value != 2: // 2 is a held key, repeating
				if c, ok := keys.key(code, value != 0); ok {
					if text, done := framer.Rune(c); done {
						scan(text, c)
					}
				}
			}
		}
		have = copy(buf[:], buf[at:have])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if text, done := framer.End(); done {
				scan(text, Silence)
			}
		case err != nil:
			if text, done := framer.End(); done { // unplugged amidst a scan
				scan(text, Silence)
			}
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
	}
}

// keyboardDevices are the names of what a Keyboard can be.
func keyboardDevices() []string {
	var out []string
	for _, d := range kernel.keyboards() {
		out = append(out, d.name)
	}
	return out
}
