package dock

import (
	"context"
	"fmt"
	"sync"

	"dapilgate/app/ledger"
)

// backups makes a backup after each load that is closed, away from the one who scans.
type backups struct {
	folder string // empty: none are made
	keep   int
	work   sync.WaitGroup
	one    sync.Mutex // one at a time

	mu   sync.Mutex
	last *ledger.Backup
	err  error // of the newest try
}

// KeepBackups makes the dock back the ledger up whenever a load is closed; the newest keep
// stay in folder.
func (s *Station) KeepBackups(folder string, keep int) {
	s.backups.folder, s.backups.keep = folder, keep
}

// backUp begins a backup and returns at once.
func (s *Station) backUp(ctx context.Context) {
	b := &s.backups
	if b.folder == "" {
		return
	}
	b.work.Go(func() {
		b.one.Lock()
		defer b.one.Unlock()
		done, err := s.l.BackUp(ctx, b.folder, b.keep)
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.err = nil; err != nil {
			b.err = fmt.Errorf("the load is closed, but there is no backup: %w", err)
			return
		}
		b.last = &done
	})
}

// Backup waits for a backup that is being made, and tells the newest one and what became of
// the newest try; nil where none was made yet.
func (s *Station) Backup() (*ledger.Backup, error) {
	s.backups.work.Wait()
	s.backups.mu.Lock()
	defer s.backups.mu.Unlock()
	return s.backups.last, s.backups.err
}
