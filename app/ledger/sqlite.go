package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"modernc.org/sqlite" // the SQLite engine, pure Go
)

type sqliteDialect struct{}

func (sqliteDialect) name() string { return "sqlite" }

func (sqliteDialect) shown(address string) string { return address }

func (sqliteDialect) discard(address string) {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(address + suffix)
	}
}

func (sqliteDialect) words() *strings.Replacer {
	return strings.NewReplacer("{key}", "INTEGER PRIMARY KEY", "{serial}", "INTEGER PRIMARY KEY", "{int}", "INTEGER")
}

func (sqliteDialect) rebind(q string) string { return q }

func (sqliteDialect) bounded(ctx context.Context, _ span) (context.Context, context.CancelFunc) {
	return ctx, func() {}
}

func (sqliteDialect) calling(ctx context.Context) (context.Context, context.CancelFunc) {
	return ctx, func() {}
}

// begin has nothing to lock: a transaction that writes is alone.
func (sqliteDialect) begin(context.Context, *tx, span) error { return nil }

func (sqliteDialect) again(error) bool { return false }

func (sqliteDialect) snapshot() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }

func (sqliteDialect) migrated(context.Context, *sql.Tx) error { return nil }

// judgeFast: a call of this engine is no way across a network, so there is nothing to save.
func (sqliteDialect) judgeFast(context.Context, *Ledger, ScanRequest) (Judgement, bool, error) {
	return Judgement{}, false, nil
}

// notify: the others look at the file by themselves.
func (sqliteDialect) notify(*Ledger) {}

func (sqliteDialect) close() {}

// insertBoxes takes as many boxes in one INSERT as the caller gives: fewer calls.
func (d sqliteDialect) insertBoxes(ctx context.Context, t *tx, keys []int64) error {
	a := make([]any, len(keys))
	for i, k := range keys {
		a[i] = k
	}
	query := `INSERT INTO boxes (key) VALUES (?)` + strings.Repeat(`, (?)`, len(keys)-1)
	if len(keys) != boxesAtOnce { // the last ones
		_, err := t.t.ExecContext(ctx, query, a...)
		return err
	}
	if t.insertBoxes == nil {
		var err error
		if t.insertBoxes, err = t.t.PrepareContext(ctx, query); err != nil {
			return err
		}
	}
	_, err := t.insertBoxes.ExecContext(ctx, a...)
	return err
}

// within lets a statement run to its end: it takes microseconds, and the driver starts a
// goroutine to watch each context that could be cancelled.
func (sqliteDialect) within(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }

// sqliteMagic begins every SQLite file (https://sqlite.org/fileformat.html §1.3).
const sqliteMagic = "SQLite format 3\x00"

func (d sqliteDialect) open(ctx context.Context, address string, create bool) (write, read *sql.DB, err error) {
	if err := d.checkFile(address, create); err != nil {
		return nil, nil, err
	}
	// busy_timeout comes first: setting the journal mode can itself meet a lock.
	// WAL with synchronous=FULL is the one setting that loses nothing when power is cut:
	// NORMAL loses acknowledged scans, DELETE loses the last one.
	pragmas := "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=wal_autocheckpoint(1000)"
	name := "file:" + escapePath(address) + "?" + pragmas
	if write, err = sql.Open("sqlite", name+"&_txlock=immediate"); err != nil {
		return nil, nil, err
	}
	write.SetMaxOpenConns(1) // SQLite has one writer; waiting in Go is fairer than in the file lock
	if err = write.PingContext(ctx); err != nil {
		write.Close()
		return nil, nil, d.translate(err)
	}
	if read, err = sql.Open("sqlite", name+"&_pragma=query_only(1)"); err != nil {
		write.Close()
		return nil, nil, err
	}
	read.SetMaxOpenConns(4)
	return write, read, nil
}

// checkFile tells what is wrong with the file before the engine does, in plain words.
func (sqliteDialect) checkFile(path string, create bool) error {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist) && create:
		return nil
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: ledger file %s; make one with 'dapilgate init'", ErrNotFound, path)
	case err != nil:
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer f.Close()
	if create {
		return fmt.Errorf("%w: %s; choose another name or remove the old ledger yourself", ErrExists, path)
	}
	head := make([]byte, len(sqliteMagic))
	if n, _ := f.Read(head); string(head[:n]) != sqliteMagic {
		return fmt.Errorf("%w: %s is not an SQLite file; nothing was changed in it", ErrNotLedger, path)
	}
	return nil
}

// escapePath keeps "?" and "%" of a file name out of the address's own syntax.
func escapePath(p string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(p)
}

// SQLite result codes (https://sqlite.org/rescode.html) that people meet.
const (
	sqliteBusy     = 5
	sqliteReadOnly = 8
	sqliteIOErr    = 10
	sqliteCorrupt  = 11
	sqliteFull     = 13
	sqliteCantOpen = 14
	sqliteNotADB   = 26

	// SQLITE_IOERR_SHMSIZE: no room for the write-ahead log's index.
	sqliteShmSize = 4874
)

func (sqliteDialect) translate(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Code() == sqliteShmSize {
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrDiskFull, err)
	}
	switch e.Code() & 0xff {
	case sqliteBusy:
		return fmt.Errorf("%w: another process holds the ledger file: %w", ErrUnavailable, err)
	case sqliteReadOnly:
		return fmt.Errorf("%w: %w: the ledger file or its folder: %w", ErrUnavailable, ErrReadOnly, err)
	case sqliteFull:
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrDiskFull, err)
	case sqliteIOErr, sqliteCantOpen:
		return fmt.Errorf("%w: the disk refuses: %w", ErrUnavailable, err)
	case sqliteCorrupt, sqliteNotADB:
		return fmt.Errorf("%w: the ledger file is damaged: %w", ErrUnavailable, err)
	}
	return err
}
