package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schemaVersion is the newest migration this program knows.
const schemaVersion = 9

// dialect is what differs from engine to engine. Everything else of the ledger is written
// once, with "?" for arguments.
type dialect interface {
	name() string
	// open gives a pool for writing and one for reading.
	open(ctx context.Context, address string, create bool) (write, read *sql.DB, err error)
	// shown is the address without a password.
	shown(address string) string
	// discard removes what a ledger whose making failed left behind.
	discard(address string)
	// words of the schema: {key} {serial} {int}.
	words() *strings.Replacer
	// rebind turns "?" into the engine's own placeholders.
	rebind(query string) string
	// bounded limits how long a transaction of this span may take.
	bounded(ctx context.Context, s span) (context.Context, context.CancelFunc)
	// calling limits how long a scan may take.
	calling(ctx context.Context) (context.Context, context.CancelFunc)
	// within is the context for statements of a transaction that has begun.
	within(ctx context.Context) context.Context
	// begin takes the locks of the span, as the first thing in the transaction.
	begin(ctx context.Context, t *tx, s span) error
	// again tells whether a transaction failed only because it met another one.
	again(err error) bool
	// snapshot are the options of a transaction that sees one state throughout.
	snapshot() *sql.TxOptions
	// insertBoxes adds boxes by their keys.
	insertBoxes(ctx context.Context, t *tx, keys []int64) error
	// migrated does what follows a change of the schema.
	migrated(ctx context.Context, t *sql.Tx) error
	// judgeFast records an accepted scan in one statement, where that can be done; ok is
	// false where the scan must take the long way. Then nothing was recorded.
	judgeFast(ctx context.Context, l *Ledger, r ScanRequest) (j Judgement, ok bool, err error)
	// hold keeps a dock for this process.
	hold(ctx context.Context, l *Ledger, dock int) (hold, error)
	// notify tells the other docks, soon, that something was committed.
	notify(l *Ledger)
	// close ends what notify began.
	close()
	// translate gives the engine's errors our sentinels.
	translate(err error) error
}

// span is what a transaction writes to. SQLite has one writer at a time whatever it does;
// PostgreSQL locks no more than the span says.
type span struct {
	dock  int  // chain that it appends to
	boxes bool // it changes what the gate knows of boxes: no scan runs beside it
	whole bool // set-up and changes of the schema, which take as long as they take
}

// Spans of the office's acts.
var (
	officeSpan = span{dock: Office}
	boxesSpan  = span{dock: Office, boxes: true}
)

// How long an act may take on a server before it is given up. A scan has a limit of its
// own, callTime.
const (
	callTime   = 250 * time.Millisecond
	dockTime   = time.Second
	officeTime = 10 * time.Second
)

// dialectOf chooses the engine by the ledger's address.
func dialectOf(address string) (dialect, error) {
	if IsServer(address) {
		return newPostgres(address)
	}
	if address == "" {
		return nil, fmt.Errorf("%w: no ledger given; use --ledger FILE or DAPILGATE_LEDGER", ErrInvalid)
	}
	return sqliteDialect{}, nil
}

// IsServer tells whether a ledger's address is a PostgreSQL server's, not a file's.
func IsServer(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// migrate brings the schema forward, in the caller's transaction.
func migrate(ctx context.Context, d dialect, tx *sql.Tx, from int) error {
	for v := from + 1; v <= schemaVersion; v++ {
		entries, err := migrations.ReadDir("migrations")
		if err != nil {
			return fmt.Errorf("read migrations: %w", err)
		}
		// 0001_start.sql is for every engine, 0001_start.sqlite.sql for one, and after it.
		slices.SortStableFunc(entries, func(a, b fs.DirEntry) int { return strings.Count(a.Name(), ".") - strings.Count(b.Name(), ".") })
		for _, e := range entries {
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
	return d.migrated(ctx, tx)
}
