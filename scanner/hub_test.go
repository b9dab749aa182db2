package scanner

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// fakeSource does what the test says, one function a run.
type fakeSource struct {
	name string
	runs chan func(ctx context.Context, tell func(Event)) error
}

func newFake(name string) *fakeSource {
	return &fakeSource{name, make(chan func(context.Context, func(Event)) error)}
}

func (f *fakeSource) Name() string   { return f.name }
func (f *fakeSource) Kind() Kind     { return KindSerial }
func (f *fakeSource) Device() string { return "wanted" }
func (f *fakeSource) Run(ctx context.Context, tell func(Event)) error {
	select {
	case run := <-f.runs:
		return run(ctx, tell)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// running runs a hub and gives what it tells. It ends with the test.
func running(t *testing.T, h *Hub) <-chan Event {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	events, over := make(chan Event, 1000), make(chan struct{})
	go func() {
		h.Run(ctx, func(e Event) { events <- e })
		close(over)
	}()
	t.Cleanup(func() {
		stop()
		select {
		case <-over:
		case <-time.After(patience):
			t.Error("the hub doesn't end with its context")
		}
	})
	return events
}

const patience = 30 * time.Second // for a thing to happen on a busy machine

func next(t *testing.T, events <-chan Event) Event {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(patience):
		t.Fatal("nothing is told any more")
	}
	return Event{}
}

// want reads events until one is what is wanted; others may come before it.
func want(t *testing.T, events <-chan Event, what What) Event {
	t.Helper()
	for {
		if e := next(t, events); e.What == what {
			return e
		}
	}
}

// TestDevicesComeAndGo: a device that is unplugged is told once, however often it is
// looked for, and works again when it is back, without the others noticing.
func TestDevicesComeAndGo(t *testing.T) {
	a, b := newFake("a"), newFake("b")
	h := NewHub(a, b)
	var paused []time.Duration
	pauses := make(chan time.Duration)
	h.pause = func(ctx context.Context, d time.Duration) {
		select {
		case pauses <- d:
		case <-ctx.Done():
		}
	}
	events := running(t, h)
	gone := func(context.Context, func(Event)) error { return fmt.Errorf("port 1: %w", ErrGone) }
	for range 3 {
		a.runs <- gone
		paused = append(paused, <-pauses)
	}
	if e := next(t, events); e.What != Gone || e.Source != "a" || !errors.Is(e.Err, ErrGone) || e.At.IsZero() {
		t.Fatalf("%+v", e)
	}
	unplug := make(chan struct{})
	a.runs <- func(ctx context.Context, tell func(Event)) error {
		tell(Event{What: Opened, Device: "found"})
		tell(Event{What: Scanned, Scan: Scan{Text: "1"}})
		<-unplug
		return ErrGone
	}
	if e := next(t, events); e.What != Opened || e.Device != "found" {
		t.Fatalf("after three failures that were told once: %+v", e)
	}
	if e := next(t, events); e.What != Scanned || e.Scan.Text != "1" || e.Scan.Source != "a" || e.Scan.At.IsZero() {
		t.Fatalf("%+v", e)
	}
	b.runs <- func(ctx context.Context, tell func(Event)) error {
		tell(Event{What: Opened})
		<-ctx.Done()
		return ctx.Err()
	}
	if e := next(t, events); e.Source != "b" || e.What != Opened {
		t.Fatalf("%+v", e)
	}
	close(unplug)
	if e := next(t, events); e.What != Gone || e.Source != "a" {
		t.Fatalf("%+v", e)
	}
	st := h.Status()
	if st[0].Open || st[0].Scans != 1 || st[0].Device != "found" || !errors.Is(st[0].Err, ErrGone) || !st[1].Open || st[1].Device != "wanted" {
		t.Errorf("%+v", st)
	}
	<-pauses
	a.runs <- func(ctx context.Context, tell func(Event)) error {
		tell(Event{What: Opened})
		<-ctx.Done()
		return ctx.Err()
	}
	if e := next(t, events); e.What != Opened || e.Source != "a" {
		t.Fatalf("plugged in again: %+v", e)
	}
	if slices.Max(paused) > time.Second/2 {
		t.Errorf("a device is left alone for %v: a plug must work within a second", slices.Max(paused))
	}
}

// TestAFaultyReaderEndsNothing: a panic in a source's code is that source's fault.
func TestAFaultyReaderEndsNothing(t *testing.T) {
	a := newFake("a")
	h := NewHub(a)
	h.pause = func(context.Context, time.Duration) {}
	events := running(t, h)
	a.runs <- func(context.Context, func(Event)) error { panic("noise") }
	if e := next(t, events); e.What != Gone || e.Err == nil {
		t.Fatalf("%+v", e)
	}
	a.runs <- func(_ context.Context, tell func(Event)) error { tell(Event{What: Opened}); return ErrEnded }
	if e := next(t, events); e.What != Opened {
		t.Fatalf("%+v", e)
	}
	if e := next(t, events); e.What != Gone || !errors.Is(e.Err, ErrEnded) {
		t.Fatalf("%+v", e)
	}
	select {
	case a.runs <- func(context.Context, func(Event)) error { return nil }:
		t.Error("what is over is run again")
	case <-time.After(10 * time.Millisecond):
	}
}

// TestOneStream: however many sources scan at once, events come one at a time, each scan
// once, and each source's in its order.
func TestOneStream(t *testing.T) {
	const sources, scans = 6, 200
	var all []Source
	var fakes []*fakeSource
	for i := range sources {
		f := newFake(fmt.Sprint(i))
		all, fakes = append(all, f), append(fakes, f)
	}
	h := NewHub(all...)
	ctx, stop := context.WithCancel(t.Context())
	seen := map[string]int{} // no lock: the hub tells one at a time, or -race will say so
	total := 0
	over := make(chan struct{})
	go func() {
		defer close(over)
		h.Run(ctx, func(e Event) {
			if e.What != Scanned {
				return
			}
			if e.Scan.Text != fmt.Sprint(seen[e.Source]) {
				t.Errorf("source %s: %q after %d", e.Source, e.Scan.Text, seen[e.Source])
			}
			seen[e.Source]++
			if total++; total == sources*scans {
				stop()
			}
		})
	}()
	for _, f := range fakes {
		f.runs <- func(ctx context.Context, tell func(Event)) error {
			for n := range scans {
				tell(Event{What: Scanned, Scan: Scan{Text: fmt.Sprint(n)}})
			}
			<-ctx.Done()
			return ctx.Err()
		}
	}
	<-over
	if total != sources*scans {
		t.Errorf("%d of %d", total, sources*scans)
	}
	stop()
}
