package ledger

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// ErrInUse says that another process has the dock.
var ErrInUse = errors.New("another Dapilgate process has this dock")

// Lease is one process's hold on a dock: two kiosks on one dock would show each other's
// locks and counts.
type Lease struct{ f *os.File }

// LeaseDock takes the dock for this process, by a lock on a file beside the ledger, which
// the system frees when the process ends however it ends. Errors: ErrInUse,
// ErrUnavailable.
func (l *Ledger) LeaseDock(dock int) (*Lease, error) {
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
	return &Lease{f}, nil
}

// Release gives the dock back.
func (l *Lease) Release() error { return l.f.Close() }
