package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"modernc.org/sqlite" // the SQLite engine, pure Go
)

//go:embed migrations/*.sql
var migrations embed.FS

// schemaVersion is the newest migration this program knows.
const schemaVersion = 5

// dialect is what differs from engine to engine. Everything else of the ledger is written
// once, with "?" for arguments.
type dialect interface {
	name() string
	// open gives a pool for writing and one for reading.
	open(ctx context.Context, address string, create bool) (write, read *sql.DB, err error)
	// words of the schema: {key} {serial} {int}.
	words() *strings.Replacer
	// rebind turns "?" into the engine's own placeholders.
	rebind(query string) string
	// within is the context for statements of a transaction that has begun.
	within(ctx context.Context) context.Context
	// translate gives the engine's errors our sentinels.
	translate(err error) error
}

// dialectOf chooses the engine by the ledger's address.
func dialectOf(address string) (dialect, error) {
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return nil, fmt.Errorf("%w: this version keeps its ledger in a file; give a file path", ErrInvalid)
	}
	if address == "" {
		return nil, fmt.Errorf("%w: no ledger given; use --ledger FILE or DAPILGATE_LEDGER", ErrInvalid)
	}
	return sqliteDialect{}, nil
}

// migrate brings the schema forward, in the caller's transaction.
func migrate(ctx context.Context, d dialect, tx *sql.Tx, from int) error {
	for v := from + 1; v <= schemaVersion; v++ {
		entries, err := migrations.ReadDir("migrations")
		if err != nil {
			return fmt.Errorf("read migrations: %w", err)
		}
		for _, e := range entries {
			// 0001_start.sql is for every engine, 0001_start.sqlite.sql for one.
			parts := strings.Split(e.Name(), ".")
			if !strings.HasPrefix(e.Name(), fmt.Sprintf("%04d_", v)) || len(parts) == 3 && parts[1] != d.name() {
				continue
			}
			text, err := migrations.ReadFile("migrations/" + e.Name())
			if err != nil {
				return fmt.Errorf("read migration %s: %w", e.Name(), err)
			}
			if _, err := tx.ExecContext(ctx, d.words().Replace(string(text))); err != nil {
				return fmt.Errorf("migration %s: %w", e.Name(), err)
			}
		}
		if _, err := tx.ExecContext(ctx, d.rebind(`INSERT INTO meta (name, value) VALUES ('schema', ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`), strconv.Itoa(v)); err != nil {
			return fmt.Errorf("note schema %d: %w", v, err)
		}
	}
	return nil
}

type sqliteDialect struct{}

func (sqliteDialect) name() string { return "sqlite" }

func (sqliteDialect) words() *strings.Replacer {
	return strings.NewReplacer("{key}", "INTEGER PRIMARY KEY", "{serial}", "INTEGER PRIMARY KEY", "{int}", "INTEGER")
}

func (sqliteDialect) rebind(q string) string { return q }

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
		return fmt.Errorf("%w: the disk is full: %w", ErrUnavailable, err)
	}
	switch e.Code() & 0xff {
	case sqliteBusy:
		return fmt.Errorf("%w: another process holds the ledger file: %w", ErrUnavailable, err)
	case sqliteReadOnly:
		return fmt.Errorf("%w: the ledger file or its folder is read-only: %w", ErrUnavailable, err)
	case sqliteFull:
		return fmt.Errorf("%w: the disk is full: %w", ErrUnavailable, err)
	case sqliteIOErr, sqliteCantOpen:
		return fmt.Errorf("%w: the disk refuses: %w", ErrUnavailable, err)
	case sqliteCorrupt, sqliteNotADB:
		return fmt.Errorf("%w: the ledger file is damaged: %w", ErrUnavailable, err)
	}
	return err
}
