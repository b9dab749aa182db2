// Package printertest is printers that print nothing: they count labels, take their time,
// and run into every trouble, on the loopback.
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

// Fake is a Zebra label printer on its raw port. Like a real one it takes labels into its
// memory and prints them from there. Its fields are set by the function that New is given.
type Fake struct {
	Each  time.Duration // time that one label takes
	DieAt int           // cuts the connection when this label comes; 0: never
	OutAt int           // its paper ends at this label; 0: never
	Mute  bool          // takes bytes and answers nothing
	Model string        // what it says of itself; empty: it knows no such question

	PaperOut, Paused, HeadOpen, RibbonOut, TooHot int // 1: so it is
	Buffered                                      int // labels that it never gets to

	l       net.Listener
	mu      sync.Mutex
	changed *sync.Cond
	came    int // labels taken
	queue   int // taken and not printed
	printed int
	busy    int // connections
	ended   bool
}

// New starts a printer that ends with the test; set changes it before it starts.
func New(t testing.TB, set ...func(*Fake)) *Fake {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &Fake{l: l}
	f.changed = sync.NewCond(&f.mu)
	for _, change := range set {
		change(f)
	}
	t.Cleanup(f.Stop)
	go f.print()
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
func (f *Fake) Stop() {
	f.l.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	f.changed.Broadcast()
}

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
	return f.busy == 0 && f.queue == 0
}

// Empty tells whether nothing is left to print.
func (f *Fake) Empty() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.queue == 0
}

func (f *Fake) stopped() bool {
	return f.PaperOut+f.Paused+f.HeadOpen+f.RibbonOut+f.TooHot > 0
}

// print is the print head.
func (f *Fake) print() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		for !f.ended && (f.queue == 0 || f.stopped()) {
			f.changed.Wait()
		}
		if f.ended {
			return
		}
		if f.OutAt > 0 && f.printed+1 >= f.OutAt {
			f.PaperOut = 1
			continue
		}
		f.mu.Unlock()
		time.Sleep(f.Each)
		f.mu.Lock()
		if f.queue > 0 && !f.stopped() {
			f.queue--
			f.printed++
		}
	}
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
		case bytes.HasSuffix(line, []byte("~HI")):
			line = nil
			if f.Model != "" {
				fmt.Fprintf(c, "\x02%s\x03\r\n", f.Model)
			}
		case bytes.HasSuffix(line, []byte("~JA")):
			line = nil
			f.forget()
		case bytes.HasSuffix(line, []byte("^XZ")):
			line = nil
			if !f.take() {
				return
			}
		}
	}
}

// take takes a label; false cuts the connection. A real printer's memory takes some labels
// and no more: the rest wait at the sender.
func (f *Fake) take() bool {
	const room = 8
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.came++; f.came == f.DieAt {
		f.DieAt = 0
		return false
	}
	f.queue++
	f.changed.Broadcast()
	for full := time.Now(); f.queue > room && !f.ended && !f.stopped() && time.Since(full) < time.Minute; {
		f.mu.Unlock()
		time.Sleep(min(f.Each, time.Millisecond))
		f.mu.Lock()
	}
	return true
}

// forget is ~JA: labels that are not printed never will be.
func (f *Fake) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.queue, f.Buffered = 0, 0
}

func (f *Fake) answer(c net.Conn) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Mute {
		return
	}
	buffered := f.Buffered
	if f.came == 0 {
		buffered = 0
	}
	buffered += f.queue
	fmt.Fprintf(c, "\x02030,%d,%d,0400,%03d,0,0,0,000,0,0,%d\x03\r\n\x02000,0,%d,%d,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n",
		f.PaperOut, f.Paused, buffered, f.TooHot, f.HeadOpen, f.RibbonOut)
}

// Refill puts paper in.
func (f *Fake) Refill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.PaperOut, f.OutAt = 0, 0
	f.changed.Broadcast()
}
