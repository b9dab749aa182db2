package dock

import (
	"context"
	"fmt"
	"sync"
	"time"

	"dapilgate/app/ledger"
)

// backups makes a backup after each load that is closed, away from the one who scans.
type backups struct {
	folder string // empty: none are made
	keep   int
	work   sync.WaitGroup
	one    sync.Mutex // one at a time

	mu     sync.Mutex
	making int // that are being made, or wait to be
	last   *ledger.Backup
	err    error     // of the newest try
	since  time.Time // of the first of the tries that failed, since one went well
}

// Backups is what became of a dock's backups.
type Backups struct {
	Kept   bool           // they are made at all
	Making bool           // one is being made
	Last   *ledger.Backup // since the dock was opened; nil: none
	Err    error          // why the newest try failed; nil: it did not
	Since  time.Time      // since when there is no backup, with Err
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
	b.mu.Lock()
	b.making++
	b.mu.Unlock()
	b.work.Go(func() {
		b.one.Lock()
		done, err := s.l.BackUp(ctx, b.folder, b.keep)
		b.one.Unlock()
		b.note(done, err)
		s.mu.Lock()
		f := s.changed
		s.mu.Unlock()
		if f != nil {
			f()
		}
	})
}

func (b *backups) note(done ledger.Backup, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.making--
	if err == nil {
		b.last, b.err, b.since = &done, nil, time.Time{}
		return
	}
	if b.err == nil {
		b.since = time.Now()
	}
	b.err = err
}

// BackUp begins a backup now, and returns at once.
func (s *Station) BackUp(ctx context.Context) { s.backUp(ctx) }

// Backups tells what became of the backups. It waits for nothing.
func (s *Station) Backups() Backups {
	b := &s.backups
	b.mu.Lock()
	defer b.mu.Unlock()
	return Backups{Kept: b.folder != "", Making: b.making > 0, Last: b.last, Err: b.err, Since: b.since}
}

// Backup waits for a backup that is being made, and tells the newest one and what became of
// the newest try; nil where none was made yet.
func (s *Station) Backup() (*ledger.Backup, error) {
	s.backups.work.Wait()
	s.backups.mu.Lock()
	defer s.backups.mu.Unlock()
	if err := s.backups.err; err != nil {
		return s.backups.last, fmt.Errorf("the load is closed, but there is no backup: %w", err)
	}
	return s.backups.last, nil
}
