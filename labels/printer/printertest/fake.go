// Package printertest is a label printer that prints nothing: it counts labels, takes its
// time, and runs into every trouble, on the loopback.
package printertest

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// Fake is the printer. Its fields are set by the function that New is given.
type Fake struct {
	Each  time.Duration // time that one label takes
	DieAt int           // cuts the connection when this label comes; 0: never
	OutAt int           // its paper ends at this label; 0: never
	Mute  bool          // takes bytes and answers nothing

	PaperOut, Paused, HeadOpen, RibbonOut, TooHot int // 1: so it is
	Buffered                                      int // labels that it never gets to

	l       net.Listener
	mu      sync.Mutex
	printed int
	busy    int // connections
}

// New starts a printer that ends with the test; set changes it before it starts.
func New(t testing.TB, set ...func(*Fake)) *Fake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &Fake{l: l}
	for _, change := range set {
		change(f)
	}
	t.Cleanup(f.Stop)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f.mu.Lock()
			f.busy++
			f.mu.Unlock()
			go f.serve(c)
		}
	}()
	return f
}

// Stop takes it off the network.
func (f *Fake) Stop() { f.l.Close() }

// Address is where it listens.
func (f *Fake) Address() string { return f.l.Addr().String() }

// Count is the number of labels that came out.
func (f *Fake) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.printed
}

// Still tells whether nobody is connected and everything that was taken has been printed.
func (f *Fake) Still() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.busy == 0
}

func (f *Fake) serve(c net.Conn) {
	defer func() {
		c.Close()
		f.mu.Lock()
		f.busy--
		f.mu.Unlock()
	}()
	in := bufio.NewReader(c)
	var line []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return // the sender is gone; what it cut off does not come out
		}
		line = append(line, b)
		switch {
		case bytes.HasSuffix(line, []byte("~HS")):
			line = nil
			f.answer(c)
		case bytes.HasSuffix(line, []byte("^XZ")):
			line = nil
			if !f.label() {
				return
			}
		}
	}
}

// label prints one; false cuts the connection.
func (f *Fake) label() bool {
	time.Sleep(f.Each)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.DieAt > 0 && f.printed+1 == f.DieAt {
		f.DieAt = 0
		return false
	}
	if f.OutAt > 0 && f.printed+1 >= f.OutAt {
		f.PaperOut = 1
		return true
	}
	f.printed++
	return true
}

func (f *Fake) answer(c net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Mute {
		return
	}
	fmt.Fprintf(c, "\x02030,%d,%d,0400,%03d,0,0,0,000,0,0,%d\x03\r\n\x02000,0,%d,%d,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n",
		f.PaperOut, f.Paused, f.Buffered, f.TooHot, f.HeadOpen, f.RibbonOut)
}

// Refill puts paper in.
func (f *Fake) Refill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.PaperOut, f.OutAt = 0, 0
}
