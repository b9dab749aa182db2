package scanner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"go.bug.st/serial"
)

// Orders are the bytes that a serial scanner is told things with; an empty one is not said.
type Orders struct {
	Good, Bad  []byte // sounds
	Hold, Free []byte // reads nothing, reads again
}

// Command sets of serial scanners, by the names of the configuration. "plain" is the
// one-letter commands that Datalogic's scanners and many others know (E, D, B).
var commandSets = map[string]Orders{
	"ssi": {Good: ssiPacket(ssiBeep, 0x00), Bad: ssiPacket(ssiBeep, 0x12), // one short high; four long low ones
		Hold: ssiPacket(ssiDisable), Free: ssiPacket(ssiEnable)},
	"plain": {Good: []byte("B"), Bad: []byte("BBB"), Hold: []byte("D"), Free: []byte("E")},
}

// SerialOptions say how a serial scanner is set up.
type SerialOptions struct {
	Speed      int    // bits a second; 0: 9600. USB CDC takes any
	Terminator string // characters that end a scan; empty: carriage return, line feed and tab
	SSI        bool   // the scanner packs its scans and wants them acknowledged
	Orders     Orders
}

// Serial is a scanner on a serial line: RS-232, or USB CDC.
type Serial struct {
	name, port string
	o          SerialOptions
	open       func(port string, speed int) (serialPort, error)

	mu   sync.Mutex
	held bool
	out  chan []byte // nil: the port is not open
}

// serialPort is an open port. Read gives nothing when its time is over.
type serialPort interface {
	io.ReadWriteCloser
	SetReadTimeout(time.Duration) error
}

// NewSerial is a source of the scanner at a port: COM3, or a path as below
// /dev/serial/by-id, which stays the same whatever else is plugged in.
func NewSerial(name, port string, o SerialOptions) *Serial {
	if o.Speed == 0 {
		o.Speed = 9600
	}
	return &Serial{name: name, port: port, o: o, open: func(port string, speed int) (serialPort, error) {
		return serial.Open(port, &serial.Mode{BaudRate: speed, DataBits: 8})
	}}
}

// Name, Kind and Device are Source's.
func (s *Serial) Name() string   { return s.name }
func (s *Serial) Kind() Kind     { return KindSerial }
func (s *Serial) Device() string { return s.port }

// Signal passes a signal on in the scanner's own bytes. It never waits: a scanner that
// takes nothing is told less.
func (s *Serial) Signal(x Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x == Hold || x == Free {
		if s.held == (x == Hold) {
			return
		}
		s.held = x == Hold
	}
	s.say(x)
}

// say is Signal with the lock held.
func (s *Serial) say(x Signal) {
	b := map[Signal][]byte{Good: s.o.Orders.Good, Bad: s.o.Orders.Bad, Hold: s.o.Orders.Hold, Free: s.o.Orders.Free}[x]
	if s.out == nil || len(b) == 0 {
		return
	}
	select {
	case s.out <- b:
	default:
	}
}

// start begins what is said to a port, with the state that the dock has: the scanner may
// have been told otherwise before it was plugged in, or by a program that died.
func (s *Serial) start() <-chan []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	const most = 16
	s.out = make(chan []byte, most)
	if s.held {
		s.say(Hold)
	} else {
		s.say(Free)
	}
	return s.out
}

// stop ends it.
func (s *Serial) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.out)
	s.out = nil
}

// Run reads the port until it is gone.
func (s *Serial) Run(ctx context.Context, tell func(Event)) error {
	port, err := s.open(s.port, s.o.Speed)
	if err != nil {
		return fmt.Errorf("serial port %s: %w", s.port, serialError(err))
	}
	stop := context.AfterFunc(ctx, func() { port.Close() })
	defer func() {
		if stop() {
			port.Close()
		}
	}()
	tell(Event{What: Opened, Device: s.port})
	out := s.start()
	var writing sync.WaitGroup
	writing.Go(func() {
		for b := range out {
			if _, err := port.Write(b); err != nil {
				continue // reading will say that the port is gone
			}
		}
	})
	err = s.read(port, tell)
	s.stop()
	writing.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("serial port %s: %w", s.port, serialError(err))
}

func (s *Serial) read(port serialPort, tell func(Event)) error {
	framer := Framer{Ends: s.o.Terminator}
	var packets ssi
	buf := make([]byte, 4096)
	scan := func(text string, end rune) {
		tell(Event{What: Scanned, Scan: Scan{Text: text, Terminator: end}})
	}
	for {
		quiet := serial.NoTimeout
		if framer.Len() > 0 || packets.waits() {
			quiet = QuietTime
		}
		err := port.SetReadTimeout(quiet)
		n := 0
		if err == nil {
			n, err = port.Read(buf)
		}
		in := buf[:n]
		if s.o.SSI {
			var whole []string
			if whole, in = packets.take(in, n == 0); len(whole) > 0 {
				if text, done := framer.End(); done {
					scan(text, Silence)
				}
			}
			for _, text := range whole {
				s.mu.Lock()
				if s.out != nil {
					select {
					case s.out <- ssiPacket(ssiAck):
					default:
					}
				}
				s.mu.Unlock()
				for _, r := range text {
					framer.Rune(r)
				}
				if text, done := framer.End(); done {
					scan(text, '\r') // a packet says where its scan ends
				}
			}
		}
		for _, b := range in {
			if text, done := framer.Rune(rune(b)); done {
				scan(text, rune(b))
			}
		}
		if err != nil || n == 0 {
			if text, done := framer.End(); done {
				scan(text, Silence)
			}
		}
		if err != nil {
			return err
		}
	}
}

// serialError makes one of our errors of the library's.
func serialError(err error) error {
	var p *serial.PortError
	switch {
	case errors.As(err, &p) && p.Code() == serial.PortBusy:
		return fmt.Errorf("%w: %w", ErrTaken, err)
	case errors.As(err, &p) && (p.Code() == serial.PortNotFound || p.Code() == serial.PortClosed):
		return fmt.Errorf("%w: %w", ErrGone, err)
	case errors.As(err, &p) && p.Code() == serial.PermissionDenied:
		return fmt.Errorf("%w: the user needs the group dialout", fs.ErrPermission)
	case errors.As(err, &p) && p.Code() == serial.InvalidSpeed:
		return fmt.Errorf("%w: %w", ErrSetup, err)
	case errors.Is(err, fs.ErrNotExist), strings.Contains(err.Error(), "input/output error"):
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}
