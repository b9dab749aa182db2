package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/labels/code"
)

// Head is the end of a chain: what paper remembers.
type Head struct {
	Dock int       `json:"dock"`
	Seq  int64     `json:"seq"`
	Hash string    `json:"hash"`
	At   time.Time `json:"at"`
}

// Fault is one place where the record is not as it was written.
type Fault struct {
	Dock int       `json:"dock"`
	Seq  int64     `json:"seq,omitempty"` // 0: not one event
	At   time.Time `json:"at,omitzero"`
	Text string    `json:"text"`

	// Of what was changed outside the log: when the log itself wrote it last, and first. It
	// was in order then, and before; a field that counts may have been changed between the two.
	Since    time.Time `json:"since,omitzero"`
	Earliest time.Time `json:"earliest,omitzero"`
}

// String names the event and the fault.
func (f Fault) String() string {
	if f.Seq == 0 {
		return f.Text
	}
	return fmt.Sprintf("dock %d, event %d (%s): %s", f.Dock, f.Seq, formatTime(f.At), f.Text)
}

// Report is what Verify found.
type Report struct {
	Ledger    string    `json:"ledger"`
	Events    int64     `json:"events"`
	Heads     []Head    `json:"heads"`
	Witnesses []Witness `json:"checkpoints,omitempty"` // the papers that it was held against
	Breaks    []Break   `json:"breaks,omitempty"`      // since when, for each chain with a fault
	Faults    []Fault   `json:"faults,omitempty"`
}

// OK tells whether the record is whole.
func (r Report) OK() bool { return len(r.Faults) == 0 }

// maxFaults ends the search: a record with so many is not mended by more.
const maxFaults = 100

// Verify recomputes every chain, checks the area and box tables against the digests of the
// first event, rebuilds the state from the events and compares it with the tables. Papers
// are checkpoints that were printed earlier: a log that was cut short together with its
// heads is in order in itself, and only they can tell. A fault is in the report, not an
// error. Error: ErrInvalid (a paper of another ledger).
func (l *Ledger) Verify(ctx context.Context, papers ...code.Checkpoint) (Report, error) {
	r := Report{Ledger: l.info.ID}
	var witnesses []Witness
	for _, p := range papers {
		if p.Ledger != l.info.ID {
			return r, fmt.Errorf("verify: %w: the checkpoint of %s is of another ledger (%s)", ErrInvalid, formatTime(p.At), p.Ledger)
		}
		witnesses = append(witnesses, Witness{Dock: p.Dock, Seq: p.Seq, At: p.At, paper: p})
	}
	// One transaction, so that docks that go on loading don't look like faults.
	snap, err := l.read.BeginTx(ctx, l.d.snapshot())
	if err != nil {
		return r, fmt.Errorf("verify: %w", l.unavailable(err))
	}
	defer snap.Rollback()
	v := &verifier{l: l, r: &r, snap: snap, papers: witnesses, heads: map[int]*Head{}}
	if err := v.run(ctx); err != nil {
		return r, fmt.Errorf("verify: %w", l.d.translate(err))
	}
	return r, nil
}

type verifier struct {
	l      *Ledger
	r      *Report
	snap   *sql.Tx
	papers []Witness
	heads  map[int]*Head
	first  *created
	made   time.Time // of the ledger

	suspects []suspect
}

func (v *verifier) fault(f Fault) {
	if len(v.r.Faults) < maxFaults {
		v.r.Faults = append(v.r.Faults, f)
	}
}

func (v *verifier) query(ctx context.Context) queryFunc {
	return func(q string, a ...any) (*sql.Rows, error) { return v.snap.QueryContext(ctx, v.l.d.rebind(q), a...) }
}

func (v *verifier) run(ctx context.Context) error {
	fresh, err := scratch(ctx, v.l)
	if err != nil {
		return err
	}
	defer fresh.Close()
	err = fresh.update(ctx, func(t *tx) error { return v.replay(ctx, t) })
	if err != nil {
		return err
	}
	if err := v.chainTable(ctx); err != nil {
		return err
	}
	keys, err := fresh.SealKeys(ctx) // those that the log itself tells of
	if err != nil {
		return err
	}
	v.testify(keys)
	if err := v.digests(ctx); err != nil {
		return err
	}
	for _, s := range stateTables {
		if err := v.compare(ctx, fresh, s.name, s.order); err != nil {
			return fmt.Errorf("compare %s: %w", s.name, err)
		}
	}
	if err := v.pins(ctx); err != nil {
		return err
	}
	return v.since(ctx)
}

// scratch is an empty ledger in memory with the same identity, to rebuild the state in.
func scratch(ctx context.Context, l *Ledger) (*Ledger, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &Ledger{d: sqliteDialect{}, write: db, read: db, clock: time.Now, stmts: map[string]*sql.Stmt{}, docks: map[int]dockMemory{}, info: l.info}
	if err = s.update(ctx, func(t *tx) error { return migrate(ctx, s.d, t.t, 0) }); err == nil {
		err = s.prepareHot(ctx)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return s, nil
}

// replay checks each event against its chain and folds it into the fresh state.
func (v *verifier) replay(ctx context.Context, t *tx) error {
	return v.events(ctx, func(e Event, at string) error {
		v.r.Events++
		v.link(e, at)
		v.witness(e)
		if err := t.apply(ctx, e); err != nil {
			v.fault(Fault{Dock: e.Dock, Seq: e.Seq, At: e.At, Text: fmt.Sprintf("%s can't have happened: %v", e.Kind, err)})
		}
		return nil
	})
}

// events reads the log from its beginning; at is the event's time as it stands there.
func (v *verifier) events(ctx context.Context, f func(e Event, at string) error) error {
	rows, err := v.query(ctx)(`SELECT n, dock, seq, id, at, actor, kind, payload, prev, hash FROM event_log ORDER BY n`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e Event
		var at, payload string
		if err := rows.Scan(&e.N, &e.Dock, &e.Seq, &e.ID, &at, &e.Actor, &e.Kind, &payload, &e.Prev, &e.Hash); err != nil {
			return err
		}
		e.At, e.Payload = parseTime(at), json.RawMessage(payload)
		if err := f(e, at); err != nil {
			return err
		}
	}
	return rows.Err()
}

// link checks one event's place in its chain.
func (v *verifier) link(e Event, at string) {
	h := v.heads[e.Dock]
	if h == nil {
		h = &Head{Dock: e.Dock, Hash: genesis(v.l.info.ID, e.Dock)}
		v.heads[e.Dock] = h
	}
	bad := func(format string, a ...any) {
		v.fault(Fault{Dock: e.Dock, Seq: e.Seq, At: e.At, Text: fmt.Sprintf(format, a...)})
		if !slices.ContainsFunc(v.r.Breaks, func(b Break) bool { return b.Dock == e.Dock }) {
			v.r.Breaks = append(v.r.Breaks, Break{Dock: e.Dock, Whole: h.Seq, Until: h.At, From: e.Seq, FromAt: e.At})
		}
	}
	if e.Seq != h.Seq+1 {
		bad("%s follows event %d: events between them are missing or out of order", e.Kind, h.Seq)
	} else if e.Prev != h.Hash {
		bad("%s does not continue event %d: one of the two was changed", e.Kind, h.Seq)
	}
	if want := chainHash(e.Prev, e.Dock, e.Seq, e.ID, at, e.Actor, e.Kind, e.Payload); want != e.Hash {
		bad("%s by %s was changed after it was written: its hash is %.12s…, its content gives %.12s…", e.Kind, e.Actor, e.Hash, want)
	}
	if e.Dock == Office && e.Seq == 1 && v.first == nil {
		v.first, v.made = &created{}, e.At
		if err := json.Unmarshal(e.Payload, v.first); err != nil || e.Kind != LedgerCreated {
			bad("the first event is not the creation of the ledger")
		}
	}
	h.Seq, h.Hash, h.At = e.Seq, e.Hash, e.At
}

// chainTable checks the remembered heads against the log: events cut off at the end.
func (v *verifier) chainTable(ctx context.Context) error {
	rows, err := v.query(ctx)(`SELECT dock, seq, hash FROM chains ORDER BY dock`)
	if err != nil {
		return err
	}
	defer rows.Close()
	seen := map[int]bool{}
	for rows.Next() {
		var h Head
		if err := rows.Scan(&h.Dock, &h.Seq, &h.Hash); err != nil {
			return err
		}
		seen[h.Dock] = true
		got := v.heads[h.Dock]
		switch {
		case got == nil:
			v.fault(Fault{Dock: h.Dock, Text: fmt.Sprintf("dock %d: the log of %d events is gone", h.Dock, h.Seq)})
		case got.Seq != h.Seq || got.Hash != h.Hash:
			v.fault(Fault{Dock: h.Dock, Text: fmt.Sprintf("dock %d: the chain was at event %d (%.12s…), the log ends at event %d (%.12s…); what is missing was written after %s",
				h.Dock, h.Seq, h.Hash, got.Seq, got.Hash, formatTime(got.At)), Since: got.At, Earliest: got.At})
		}
		if got != nil {
			v.r.Heads = append(v.r.Heads, *got)
		}
	}
	for dock := range v.heads {
		if !seen[dock] {
			v.fault(Fault{Dock: dock, Text: fmt.Sprintf("dock %d: the head of its chain is gone", dock)})
		}
	}
	return rows.Err()
}

func (v *verifier) digests(ctx context.Context) error {
	if v.first == nil {
		v.fault(Fault{Text: "the ledger has no first event"})
		return nil
	}
	areas, boxes := sha256.New(), sha256.New()
	if err := errors.Join(digestAreas(v.query(ctx), areas), digestBoxes(v.query(ctx), boxes)); err != nil {
		return err
	}
	if hex.EncodeToString(areas.Sum(nil)) != v.first.Areas {
		v.fault(Fault{Text: "the area table (kelurahan, dapil) is not the one that was imported " + formatTime(v.made), Since: v.made, Earliest: v.made})
	}
	if hex.EncodeToString(boxes.Sum(nil)) != v.first.Boxes {
		v.fault(Fault{Text: "the box table is not the one that was imported " + formatTime(v.made), Since: v.made, Earliest: v.made})
	}
	return nil
}

// compare walks a state table and its rebuilt twin side by side.
func (v *verifier) compare(ctx context.Context, fresh *Ledger, table, order string) error {
	q := `SELECT * FROM ` + table + ` ORDER BY ` + order
	is, err := v.query(ctx)(q)
	if err != nil {
		return err
	}
	defer is.Close()
	should, err := fresh.write.QueryContext(ctx, q)
	if err != nil {
		return err
	}
	defer should.Close()
	for n := 1; ; n++ {
		a, err := nextRow(is)
		if err != nil {
			return err
		}
		b, err := nextRow(should)
		if err != nil {
			return err
		}
		if a.String() == b.String() {
			if a.cols == nil {
				return nil
			}
			continue
		}
		// One fault a table: what follows is often the same, shifted.
		v.suspect(suspectOf(table, strings.Split(order, ", "), a, b), "table %s, row %d: is (%s), the events say (%s)", table, n, a, b)
		return nil
	}
}

// row is a row of a state table; without columns where there is none.
type row struct {
	cols   []string
	values []any
}

func (r row) String() string {
	var b strings.Builder
	for i, x := range r.values {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s=%v", r.cols[i], x)
	}
	return b.String()
}

func nextRow(r *sql.Rows) (row, error) {
	if !r.Next() {
		return row{}, r.Err()
	}
	cols, err := r.Columns()
	if err != nil {
		return row{}, err
	}
	values, dest := make([]any, len(cols)), make([]any, len(cols))
	for i := range values {
		dest[i] = &values[i]
	}
	return row{cols, values}, r.Scan(dest...)
}

// pins checks that the PIN hashes are the ones whose digests the log holds.
func (v *verifier) pins(ctx context.Context) error {
	rows, err := v.query(ctx)(`SELECT p.name, p.pin_digest, COALESCE(s.hash, '') FROM people p LEFT JOIN pins s ON s.name = p.name ORDER BY p.name`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name, want, hash string
		if err := rows.Scan(&name, &want, &hash); err != nil {
			return err
		}
		if digest(hash) != want {
			v.suspect(suspect{table: "people", key: []string{"name"}, values: []any{name}, fields: []string{"pin_digest"}}, "the PIN of %s was changed", name)
		}
	}
	return rows.Err()
}
