package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// ErrInUse says that another process has the dock.
var ErrInUse = errors.New("another Dapilgate process has this dock")

// Lease is one process's hold on a dock, and its watch over the ledger: two kiosks on one
// dock would show each other's locks and counts.
type Lease struct {
	stop  context.CancelFunc
	ended chan struct{}
	free  func() error
}

// Pulse is how the ledger is, as a dock's watch sees it.
type Pulse struct {
	Err    error     // why nothing can be recorded; nil: it can
	Since  time.Time // when that began
	Events int64     // in all chains together: it grows when any dock did something
}

// pulseTime is how often a watch looks at the ledger where nothing tells it to.
const pulseTime = 500 * time.Millisecond

// LeaseDock takes the dock for this process until Release or the end of the process,
// however it ends. Where watch is not nil it is called, from a goroutine of the lease's
// own, when the ledger goes away or comes back and when any dock did something, which is
// known within a second. Errors: ErrInUse, ErrUnavailable.
func (l *Ledger) LeaseDock(ctx context.Context, dock int, watch func(Pulse)) (*Lease, error) {
	h, err := l.d.hold(ctx, l, dock)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	x := &Lease{stop: stop, ended: make(chan struct{}), free: h.free}
	go func() {
		defer close(x.ended)
		l.watch(ctx, h, watch)
	}()
	return x, nil
}

// Release gives the dock back.
func (x *Lease) Release() error {
	x.stop()
	<-x.ended
	return x.free()
}

// hold is what an engine does to keep a dock.
type hold interface {
	// wait returns when something happened, or pulseTime has passed; with an error when
	// the dock is not held, and can't be at once.
	wait(ctx context.Context) error
	free() error
}

// watch tells pulse how the ledger is until ctx ends.
func (l *Ledger) watch(ctx context.Context, h hold, pulse func(Pulse)) {
	var last Pulse
	for first := true; ; first = false {
		err := h.wait(ctx)
		if ctx.Err() != nil {
			return
		}
		p := Pulse{Events: last.Events}
		if err == nil {
			p.Events, err = l.count(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		if p.Err = err; err != nil {
			if p.Since = last.Since; last.Err == nil {
				p.Since = l.clock()
			}
		}
		told := !first && last.Events == p.Events && (last.Err == nil) == (p.Err == nil)
		if last = p; !told && pulse != nil {
			pulse(p)
		}
	}
}

// count counts the events of all chains. It uses the connection of scans, so that it
// fails when they would, and finds a dead connection before a scan does.
func (l *Ledger) count(ctx context.Context) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	db := l.write
	if l.info.Engine == "sqlite" {
		db = l.read // the one connection that writes may be at an import
	}
	var n int64
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(SUM(seq), 0) FROM chains`).Scan(&n); err != nil {
		return 0, l.unavailable(err)
	}
	return n, nil
}

// fileHold is a lock on a file beside the ledger, which the system frees when the process
// ends.
type fileHold struct{ f *os.File }

func (sqliteDialect) hold(_ context.Context, l *Ledger, dock int) (hold, error) {
	path := fmt.Sprintf("%s.dock%d", l.info.Address, dock)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: lock of dock %d: %w", ErrUnavailable, dock, err)
	}
	if err := lockFile(f); err != nil {
		who := make([]byte, 20)
		n, _ := f.ReadAt(who, 0)
		f.Close()
		return nil, fmt.Errorf("%w: dock %d is held by process %s; close it first", ErrInUse, dock, strings.TrimSpace(string(who[:n])))
	}
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "%d\n", os.Getpid())
	}
	return &fileHold{f}, nil
}

func (h *fileHold) wait(ctx context.Context) error {
	pause(ctx, pulseTime)
	return nil
}

func (h *fileHold) free() error { return h.f.Close() }

// pause waits for a time, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
