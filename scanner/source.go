package scanner

import (
	"context"
	"errors"
	"time"
)

// Errors of sources. Test with errors.Is.
var (
	ErrGone  = errors.New("the device is not there")              // unplugged, switched off, or no such device
	ErrTaken = errors.New("the device belongs to another source") // or to another program
	ErrEnded = errors.New("the clip is over")                     // there is nothing more to come
	ErrSetup = errors.New("the source is set up wrongly")         // trying again doesn't help
)

// Kind is the kind of a source.
type Kind string

// Kinds of sources.
const (
	KindWindow   Kind = "window"   // a keyboard that types into the window
	KindKeyboard Kind = "keyboard" // a keyboard wedge that this program alone reads
	KindSerial   Kind = "serial"
	KindCamera   Kind = "camera"
	KindClip     Kind = "clip" // a recorded camera
)

// Source is one device that scans come from. However many of them run at once, a device
// belongs to one: what it reads is delivered once.
type Source interface {
	Name() string   // as people call it
	Kind() Kind     //
	Device() string // as it was configured: name, path or address
	// Run opens the device and tells what it reads, in order, until ctx ends or the device
	// is gone; it tells Opened first. It says why it ended: ErrGone, ErrTaken, ErrEnded,
	// ErrSetup, fs.ErrPermission, or the context's.
	Run(ctx context.Context, tell func(Event)) error
}

// What says what an event is.
type What int

// Events of a source.
const (
	Opened  What = iota // the device is there, and read
	Scanned             // a scan, in Event.Scan
	Several             // a camera sees several codes and reads none: show it one
	Single              // it sees several no longer
	Gone                // the device is not read any more; Event.Err says why
)

// Event is what a source tells.
type Event struct {
	Source string
	What   What
	At     time.Time
	Device string // with Opened: the device that was found
	Scan   Scan
	Err    error
}

// Signal is what the host tells scanners that can be told.
type Signal int

// Signals. Hold and Free are states, which a scanner that is plugged in later is told too.
const (
	Good Signal = iota // the box was accepted: a good sound
	Bad                // it was refused: a bad one
	Hold               // the dock is locked: read nothing
	Free               // read again
)

// signalled are sources whose devices can be told something. Signal may not wait.
type signalled interface{ Signal(Signal) }

// Viewer shows what a camera sees. Its methods are called from the camera's goroutine and
// may not wait: a picture that nobody has room for is dropped, none is kept for later.
type Viewer interface {
	// Room is a picture to draw the source's next frame into; nil: not now, or not this one's.
	Room(source string) *Frame
	// Show takes that picture, drawn.
	Show(*Frame)
}

// viewed are sources with pictures to show.
type viewed interface{ View(Viewer) }
