// Package ledger is the room of the record: every act of an election's logistics as an
// event in a hash-chained, append-only log, and the state that follows from it. What
// enters are acts, what leaves are rows and verdicts that are durable when they are
// returned. It is the only package that knows a database. It knows no window, no words for
// people and no printer.
//
// State changes in one place only, apply: it is called with each event as it is written,
// in the same transaction, and again by Verify, which rebuilds the state from the log and
// compares.
package ledger

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"dapilgate/app/election"
)

// Ledger is an open ledger. Its methods may be called from any goroutine.
type Ledger struct {
	d     dialect
	write *sql.DB // one connection
	read  *sql.DB
	info  Info
	clock func() time.Time

	mu    sync.Mutex
	stmts map[string]*sql.Stmt                    // prepared on the write connection
	docks map[int]dockMemory                      // what a dock was after its last scan; see judgeFast
	areas map[election.AreaCode]election.District // routing of areas that were asked for
}

// Open opens a ledger that exists. Errors: ErrNotFound, ErrNotLedger, ErrNewer,
// ErrUnavailable.
func Open(ctx context.Context, address string) (*Ledger, error) {
	l, err := connect(ctx, address, false)
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if err = l.load(ctx); err == nil {
		err = l.prepareHot(ctx)
	}
	if err != nil {
		l.Close()
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	return l, nil
}

func connect(ctx context.Context, address string, create bool) (*Ledger, error) {
	d, err := dialectOf(address)
	if err != nil {
		return nil, err
	}
	l := &Ledger{d: d, clock: time.Now, stmts: map[string]*sql.Stmt{}, docks: map[int]dockMemory{}, areas: map[election.AreaCode]election.District{}}
	l.info.Engine, l.info.Address = d.name(), d.shown(address)
	if l.write, l.read, err = d.open(ctx, address, create); err != nil {
		return nil, err
	}
	return l, nil
}

// Close ends the work with the ledger.
func (l *Ledger) Close() error {
	l.d.close()
	l.mu.Lock()
	for _, s := range l.stmts {
		s.Close()
	}
	l.stmts = nil
	l.mu.Unlock()
	return errors.Join(l.read.Close(), l.write.Close())
}

// Info tells what this ledger is.
func (l *Ledger) Info() Info { return l.info }

// Event is the election that the ledger is about.
func (l *Ledger) Event() *election.Event { return l.info.Event }

// PublicKeys are the keys that may sign this event's labels.
func (l *Ledger) PublicKeys() []ed25519.PublicKey { return []ed25519.PublicKey{l.info.PublicKey} }

// load reads the ledger's identity, and brings an older schema forward.
func (l *Ledger) load(ctx context.Context) error {
	var schema string
	err := l.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'schema'`).Scan(&schema)
	if err != nil {
		if e := l.d.translate(err); errors.Is(e, ErrUnavailable) || errors.Is(e, ErrNotAllowed) || errors.Is(e, ErrNotFound) {
			return e
		}
		return fmt.Errorf("%w: %s has no Dapilgate tables: %w", ErrNotLedger, l.info.Address, err)
	}
	v, err := strconv.Atoi(schema)
	if err != nil {
		return fmt.Errorf("%w: schema number %q", ErrNotLedger, schema)
	}
	if v > schemaVersion {
		return fmt.Errorf("%w: schema %d, this program knows %d; install the newer version", ErrNewer, v, schemaVersion)
	}
	if v < schemaVersion {
		if err := l.migrateFrom(ctx); err != nil {
			return err
		}
	}
	l.info.Schema = schemaVersion
	var created created
	var at, payload string
	err = l.read.QueryRowContext(ctx, l.d.rebind(`SELECT at, payload FROM event_log WHERE dock = ? AND seq = 1`), Office).Scan(&at, &payload)
	if err != nil {
		return fmt.Errorf("%w: %s has no first event; the set-up did not finish: %w", ErrNotLedger, l.info.Address, l.d.translate(err))
	}
	if err := json.Unmarshal([]byte(payload), &created); err != nil {
		return fmt.Errorf("%w: first event: %w", ErrNotLedger, err)
	}
	l.info.ID, l.info.Created = created.Ledger, parseTime(at)
	l.info.Event = created.Event.event()
	if l.info.PublicKey, err = hex.DecodeString(created.PublicKey); err != nil || len(l.info.PublicKey) != ed25519.PublicKeySize {
		return fmt.Errorf("%w: public key of the first event", ErrNotLedger)
	}
	return nil
}

func (l *Ledger) migrateFrom(ctx context.Context) error {
	return l.transact(ctx, span{whole: true}, func(t *tx) error {
		// Another kiosk may have done it since we looked.
		var schema string
		if err := t.must(ctx, "schema", `SELECT value FROM meta WHERE name = 'schema'`, nil, &schema); err != nil {
			return err
		}
		v, err := strconv.Atoi(schema)
		if err != nil || v >= schemaVersion {
			return err
		}
		return migrate(ctx, l.d, t.t, v)
	})
}

// tx is one transaction that writes. It carries one fixed time.
type tx struct {
	l   *Ledger
	t   *sql.Tx
	now time.Time

	bound       context.Context // ends with the transaction
	known       *chainHead      // of the chain that was read or written last
	insertBoxes *sql.Stmt       // of an import
}

// update runs f in a transaction and commits it. When it returns nil the commit is
// durable; else nothing happened, or, where the commit itself failed, nobody may believe
// that it did. f may be run more than once. This is for acts of the office; see updateDock
// and updateBoxes.
func (l *Ledger) update(ctx context.Context, f func(*tx) error) error {
	return l.transact(ctx, officeSpan, f)
}

// updateDock is update for acts that append to a dock's chain.
func (l *Ledger) updateDock(ctx context.Context, dock int, f func(*tx) error) error {
	return l.transact(ctx, span{dock: dock}, f)
}

// updateBoxes is update for acts of the office that change what the gate knows of boxes:
// labels and holds. No scan is judged while it runs.
func (l *Ledger) updateBoxes(ctx context.Context, f func(*tx) error) error {
	return l.transact(ctx, boxesSpan, f)
}

func (l *Ledger) transact(ctx context.Context, s span, f func(*tx) error) error {
	l.recall(s.dock)
	const most = 5 // tries; each time another one won
	for i := 1; ; i++ {
		err := l.attempt(ctx, s, f)
		if err == nil {
			l.d.notify(l)
			return nil
		}
		if i == most || !l.d.again(err) {
			return l.d.translate(err)
		}
	}
}

func (l *Ledger) attempt(ctx context.Context, s span, f func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return l.unavailable(err)
	}
	ctx, cancel := l.d.bounded(ctx, s)
	defer cancel()
	t, err := l.write.BeginTx(l.d.within(ctx), nil)
	if err != nil {
		return l.unavailable(err)
	}
	defer t.Rollback()
	x := &tx{l: l, t: t, now: l.clock(), bound: ctx}
	if err := l.d.begin(l.d.within(ctx), x, s); err != nil {
		return err
	}
	if err := f(x); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return l.unavailable(err)
	}
	return nil
}

// unavailable marks an error that means: no ledger, no green.
func (l *Ledger) unavailable(err error) error {
	if err = l.d.translate(err); errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// statement is a query that was prepared when the ledger was opened; nil for any other.
func (t *tx) statement(ctx context.Context, query string) *sql.Stmt {
	t.l.mu.Lock()
	s, ok := t.l.stmts[query]
	t.l.mu.Unlock()
	if !ok {
		return nil
	}
	return t.t.StmtContext(ctx, s)
}

func (t *tx) exec(ctx context.Context, query string, a ...any) (sql.Result, error) {
	ctx = t.within(ctx)
	if s := t.statement(ctx, query); s != nil {
		return s.ExecContext(ctx, a...)
	}
	return t.t.ExecContext(ctx, t.l.d.rebind(query), a...)
}

// within is the context of the transaction's statements: the caller's, with the end of the
// transaction's own.
func (t *tx) within(ctx context.Context) context.Context {
	if t.bound != nil {
		ctx = t.bound
	}
	return t.l.d.within(ctx)
}

func args(a ...any) []any { return a }

// one reads one row; false where there is none.
func (t *tx) one(ctx context.Context, query string, a []any, dest ...any) (bool, error) {
	ctx = t.within(ctx)
	var err error
	if s := t.statement(ctx, query); s != nil {
		err = s.QueryRowContext(ctx, a...).Scan(dest...)
	} else {
		err = t.t.QueryRowContext(ctx, t.l.d.rebind(query), a...).Scan(dest...)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// must turns "no row" into ErrNotFound.
func (t *tx) must(ctx context.Context, what, query string, a []any, dest ...any) error {
	found, err := t.one(ctx, query, a, dest...)
	if err == nil && !found {
		return fmt.Errorf("%w: %s", ErrNotFound, what)
	}
	return err
}

// rows runs a query on the read pool and yields row by row through scan.
func (l *Ledger) rows(ctx context.Context, query string, a []any, scan func(*sql.Rows) error) error {
	r, err := l.read.QueryContext(ctx, l.d.rebind(query), a...)
	if err != nil {
		return l.d.translate(err)
	}
	defer r.Close()
	for r.Next() {
		if err := scan(r); err != nil {
			return err
		}
	}
	return l.d.translate(r.Err())
}
