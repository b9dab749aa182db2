package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// TestResult is what came of one line of a self-test.
type TestResult string

// Results.
const (
	TestPassed  TestResult = "pass"
	TestFailed  TestResult = "fail"
	TestSkipped TestResult = "skipped" // there is nothing to test, or it needs hands
)

// TestLine is one line of a self-test.
type TestLine struct {
	Check  string     `json:"check"`
	Result TestResult `json:"result"`
	Note   string     `json:"note,omitempty"` // what was found, in the record's own words
}

// SelfTest is the test of a dock at the start of a shift.
type SelfTest struct {
	Guided  bool       `json:"guided"` // a person scanned and listened
	Passed  bool       `json:"passed"`
	Seconds int        `json:"seconds"` // from its first line to its last
	Lines   []TestLine `json:"lines"`
}

// SelfTested is a self-test in the record.
type SelfTested struct {
	SelfTest
	Act Act
}

// NoteSelfTest records a self-test in the dock's chain. That it can be recorded is its last
// line, which is why nothing is said to have passed before. Errors: ErrNotAllowed,
// ErrInvalid, ErrUnavailable.
func (l *Ledger) NoteSelfTest(ctx context.Context, by Person, dock int, s SelfTest) (SelfTested, error) {
	fail := func(err error) (SelfTested, error) {
		return SelfTested{}, fmt.Errorf("record self-test of dock %d: %w", dock, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if dock < 1 || len(s.Lines) == 0 {
		return fail(fmt.Errorf("%w: %d lines", ErrInvalid, len(s.Lines)))
	}
	for _, x := range s.Lines {
		if x.Result == TestFailed && s.Passed {
			return fail(fmt.Errorf("%w: it passed, and %s failed", ErrInvalid, x.Check))
		}
	}
	var out SelfTested
	err := l.updateDock(ctx, dock, func(t *tx) error {
		e, err := t.append(ctx, act{dock: dock, actor: by.Name, kind: SelfTestDone, payload: s})
		if err == nil {
			out = SelfTested{s, *actOf(e)}
		}
		return err
	})
	if err != nil {
		return fail(err)
	}
	return out, nil
}

// LastSelfTest is the newest guided self-test of a dock since a time; nil: there is none.
// It looks at the dock's newest events only, not at its whole chain.
func (l *Ledger) LastSelfTest(ctx context.Context, dock int, since time.Time) (*SelfTested, error) {
	var out *SelfTested
	from := formatTime(since)
	err := l.rows(ctx, `SELECT seq, at, actor, payload FROM event_log
		WHERE dock = ? AND kind = 'self_tested' AND payload LIKE '{"guided":true,%'
		AND seq > COALESCE((SELECT seq FROM event_log WHERE dock = ? AND at < ? ORDER BY seq DESC LIMIT 1), 0)
		ORDER BY seq DESC LIMIT 1`, args(dock, dock, from), func(r *sql.Rows) error {
		e := Event{Dock: dock, Kind: SelfTestDone}
		var at, payload string
		if err := r.Scan(&e.Seq, &at, &e.Actor, &payload); err != nil {
			return err
		}
		e.At, e.Payload = parseTime(at), json.RawMessage(payload)
		return withPayload(e, func(s SelfTest) error {
			out = &SelfTested{s, *actOf(e)}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("last self-test of dock %d: %w", dock, err)
	}
	return out, nil
}

// Clocks are the times that a computer's own must agree with.
type Clocks struct {
	Last   time.Time // of the newest event that anybody recorded
	Server time.Time // the ledger server's; zero: the ledger is a file
}

// Clocks reads them. Error: ErrUnavailable.
func (l *Ledger) Clocks(ctx context.Context) (Clocks, error) {
	var c Clocks
	err := l.rows(ctx, `SELECT at FROM event_log ORDER BY n DESC LIMIT 1`, nil, func(r *sql.Rows) error {
		var at string
		err := r.Scan(&at)
		c.Last = parseTime(at)
		return err
	})
	if err == nil && IsServer(l.info.Address) {
		err = l.rows(ctx, `SELECT clock_timestamp()`, nil, func(r *sql.Rows) error { return r.Scan(&c.Server) })
	}
	if err != nil {
		return c, fmt.Errorf("read clocks: %w", l.unavailable(err))
	}
	return c, nil
}

// VerifyTail recomputes the newest events of a dock's chain and of the office's, at most n
// of each, and holds them against the chains' heads: what can be done in a moment, where
// Verify takes minutes. It returns how many it looked at. Errors: ErrDamaged with the fault,
// ErrUnavailable.
func (l *Ledger) VerifyTail(ctx context.Context, dock, n int) (int, error) {
	seen := 0
	for _, chain := range []int{Office, dock} {
		looked, err := l.verifyTail(ctx, chain, n)
		if seen += looked; err != nil {
			return seen, fmt.Errorf("verify the end of chain %d: %w", chain, err)
		}
	}
	return seen, nil
}

func (l *Ledger) verifyTail(ctx context.Context, dock, n int) (int, error) {
	// One look: a dock that goes on recording would seem to be at fault.
	snap, err := l.read.BeginTx(ctx, l.d.snapshot())
	if err != nil {
		return 0, l.unavailable(err)
	}
	defer snap.Rollback()
	h := chainHead{dock: dock, hash: genesis(l.info.ID, dock)}
	query := func(q string, a ...any) (*sql.Rows, error) { return snap.QueryContext(ctx, l.d.rebind(q), a...) }
	head, err := query(qHead, dock)
	if err != nil {
		return 0, l.unavailable(err)
	}
	for head.Next() {
		if err := head.Scan(&h.seq, &h.hash); err != nil {
			head.Close()
			return 0, l.unavailable(err)
		}
	}
	if err := head.Close(); err != nil {
		return 0, l.unavailable(err)
	}
	rows, err := query(`SELECT seq, id, at, actor, kind, payload, prev, hash FROM event_log WHERE dock = ? ORDER BY seq DESC LIMIT ?`, dock, n)
	if err != nil {
		return 0, l.unavailable(err)
	}
	defer rows.Close()
	looked := 0
	for rows.Next() {
		var e Event
		var at, payload string
		if err := rows.Scan(&e.Seq, &e.ID, &at, &e.Actor, &e.Kind, &payload, &e.Prev, &e.Hash); err != nil {
			return looked, l.unavailable(err)
		}
		if e.Seq != h.seq || e.Hash != h.hash || e.Hash != chainHash(e.Prev, dock, e.Seq, e.ID, at, e.Actor, e.Kind, []byte(payload)) {
			return looked, fmt.Errorf("%w: event %d of dock %d is not as it was written; run 'dapilgate audit verify'", ErrDamaged, e.Seq, dock)
		}
		h.seq, h.hash = e.Seq-1, e.Prev
		looked++
	}
	if err := rows.Err(); err != nil {
		return looked, l.unavailable(err)
	}
	if looked < n && (h.seq != 0 || h.hash != genesis(l.info.ID, dock)) {
		return looked, fmt.Errorf("%w: events up to %d of dock %d are gone; run 'dapilgate audit verify'", ErrDamaged, h.seq, dock)
	}
	return looked, nil
}
