package scanner

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// retryTime is how long a device that is not there is left alone: what was plugged in
// works within a second.
const retryTime = 400 * time.Millisecond

// Status is how a source is.
type Status struct {
	Name   string
	Kind   Kind
	Device string    // that was found; as configured where none was
	Open   bool      // it is read
	Since  time.Time // of Open and Err; zero: it was not tried yet
	Err    error     // why it is not read
	Scans  int
	Last   time.Time // of the last scan; zero: none
}

// Hub runs several sources at once, tries those again whose devices are gone, and makes
// one stream of what they tell.
type Hub struct {
	sources []Source
	now     func() time.Time
	pause   func(ctx context.Context, d time.Duration) // until a device is tried again

	mu     sync.Mutex // held while an event is told: one at a time
	status []Status
}

// NewHub makes a hub of sources. Their names differ: ReadConfig sees to it.
func NewHub(sources ...Source) *Hub {
	h := &Hub{sources: sources, now: time.Now, pause: func(ctx context.Context, d time.Duration) {
		select {
		case <-ctx.Done():
		case <-time.After(d):
		}
	}}
	for _, s := range sources {
		h.status = append(h.status, Status{Name: s.Name(), Kind: s.Kind(), Device: s.Device()})
	}
	return h
}

// Run runs the sources until ctx ends, and returns when all have let their devices go. tell
// is called with one event at a time and may not call the hub.
func (h *Hub) Run(ctx context.Context, tell func(Event)) {
	var all sync.WaitGroup
	for i := range h.sources {
		all.Go(func() {
			for ctx.Err() == nil {
				err := h.once(ctx, i, tell)
				if ctx.Err() != nil {
					return
				}
				h.tell(i, Event{What: Gone, Err: err}, tell)
				if errors.Is(err, ErrEnded) || errors.Is(err, ErrSetup) {
					return
				}
				h.pause(ctx, retryTime)
			}
		})
	}
	all.Wait()
}

// once runs a source until it ends. A fault in the code that reads noise is one of the
// source's, and no end of the program.
func (h *Hub) once(ctx context.Context, i int, tell func(Event)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("source %s broke down: %v", h.sources[i].Name(), p)
		}
	}()
	err = h.sources[i].Run(ctx, func(e Event) { h.tell(i, e, tell) })
	if err == nil {
		err = ErrGone
	}
	return err
}

// tell keeps the source's status and passes the event on. That a device is still gone is
// no news.
func (h *Hub) tell(i int, e Event, tell func(Event)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &h.status[i]
	e.Source = s.Name
	if e.At.IsZero() {
		e.At = h.now()
	}
	switch e.What {
	case Opened:
		s.Open, s.Since, s.Err = true, e.At, nil
		if e.Device != "" {
			s.Device = e.Device
		}
	case Gone:
		old := s.Err
		s.Err = e.Err
		if !s.Open && old != nil && old.Error() == e.Err.Error() {
			return
		}
		s.Open, s.Since = false, e.At
	case Scanned:
		e.Scan.Source = s.Name
		if e.Scan.At.IsZero() {
			e.Scan.At = e.At
		}
		s.Scans++
		s.Last = e.Scan.At
	}
	tell(e)
}

// Status is how the sources are, in the order of their configuration.
func (h *Hub) Status() []Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Status(nil), h.status...)
}

// Signal tells the scanners that can be told.
func (h *Hub) Signal(s Signal) {
	for _, x := range h.sources {
		if x, ok := x.(signalled); ok {
			x.Signal(s)
		}
	}
}

// View shows on v what the cameras see; nil ends it.
func (h *Hub) View(v Viewer) {
	for _, x := range h.sources {
		if x, ok := x.(viewed); ok {
			x.View(v)
		}
	}
}
