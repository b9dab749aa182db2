package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// suspect is a row of a state table that is not as the events say.
type suspect struct {
	fault  int // its place in the report
	table  string
	key    []string // columns
	values []any    // of the key
	fields []string // that differ; none: the whole row is too many or missing
}

// suspectOf finds out which of two different rows, in the order of their keys, is the one in
// question: one that is there and should not be, one that is missing, or a changed one.
func suspectOf(table string, key []string, is, should row) suspect {
	s := suspect{table: table, key: key}
	a, b := is.at(key), should.at(key)
	switch {
	case b == nil || a != nil && slices.CompareFunc(a, b, compareValues) < 0:
		s.values = a
	case a == nil || slices.CompareFunc(a, b, compareValues) > 0:
		s.values = b
	default:
		s.values = a
		for i, c := range is.cols {
			if fmt.Sprint(is.values[i]) != fmt.Sprint(should.values[i]) {
				s.fields = append(s.fields, c)
			}
		}
	}
	return s
}

// at are the row's values in some columns; nil where there is no row.
func (r row) at(cols []string) (out []any) {
	for _, c := range cols {
		if i := slices.Index(r.cols, c); i >= 0 {
			out = append(out, r.values[i])
		}
	}
	return out
}

func compareValues(a, b any) int {
	x, isInt := a.(int64)
	if y, both := b.(int64); isInt && both {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

// suspect notes a fault whose time is looked for at the end.
func (v *verifier) suspect(s suspect, format string, a ...any) {
	if s.fault = len(v.r.Faults); s.fault < maxFaults {
		v.fault(Fault{Text: fmt.Sprintf(format, a...)})
		v.suspects = append(v.suspects, s)
	}
}

// condition tells the suspect's row from others; alias is NEW or OLD of a trigger.
func (s suspect) condition(alias string) string {
	var and []string
	for i, c := range s.key {
		value := fmt.Sprint(s.values[i])
		if _, isInt := s.values[i].(int64); !isInt {
			value = `'` + strings.ReplaceAll(value, `'`, `''`) + `'`
		}
		and = append(and, alias+`.`+c+` = `+value)
	}
	return strings.Join(and, ` AND `)
}

// since finds out between which times each suspect was changed: what an event wrote was in
// order when it was written. The state is rebuilt once more, with an eye on those rows; that
// is only done where something is wrong.
func (v *verifier) since(ctx context.Context) error {
	if len(v.suspects) == 0 {
		return nil
	}
	again, err := scratch(ctx, v.l)
	if err != nil {
		return err
	}
	defer again.Close()
	return again.update(ctx, func(t *tx) error {
		watch := []string{`CREATE TEMP TABLE at_event (n INTEGER)`, `INSERT INTO at_event VALUES (0)`,
			`CREATE TEMP TABLE wrote (suspect INTEGER PRIMARY KEY, first INTEGER, last INTEGER)`}
		for i, s := range v.suspects {
			of := ""
			if len(s.fields) > 0 {
				of = ` OF ` + strings.Join(s.fields, `, `)
			}
			for _, on := range []struct{ act, alias string }{{`INSERT`, `NEW`}, {`UPDATE` + of, `NEW`}, {`DELETE`, `OLD`}} {
				watch = append(watch, fmt.Sprintf(`CREATE TEMP TRIGGER suspect_%d_%.6s AFTER %s ON main.%s WHEN %s BEGIN
					INSERT INTO wrote SELECT %d, n, n FROM at_event WHERE true ON CONFLICT (suspect) DO UPDATE SET last = excluded.last; END`,
					i, on.act, on.act, s.table, s.condition(on.alias), i))
			}
		}
		for _, q := range watch {
			if _, err := t.t.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		err := v.events(ctx, func(e Event, _ string) error {
			if _, err := t.t.ExecContext(ctx, `UPDATE at_event SET n = ?`, e.N); err != nil {
				return err
			}
			_ = t.apply(ctx, e) // what can't have happened is in the report already
			return nil
		})
		if err != nil {
			return err
		}
		for i, s := range v.suspects {
			if err := v.date(ctx, t, i, &v.r.Faults[s.fault]); err != nil {
				return err
			}
		}
		return nil
	})
}

// date tells in the fault of a suspect when the log wrote its row.
func (v *verifier) date(ctx context.Context, t *tx, i int, f *Fault) error {
	var first, last int64
	err := t.t.QueryRowContext(ctx, `SELECT first, last FROM wrote WHERE suspect = ?`, i).Scan(&first, &last)
	if errors.Is(err, sql.ErrNoRows) {
		f.Text += "; no event ever wrote it: it came from outside the log"
		f.Since, f.Earliest = v.made, v.made
		return nil
	}
	if err != nil {
		return err
	}
	was, from, err := v.writer(ctx, first)
	if err != nil {
		return err
	}
	is, since, err := v.writer(ctx, last)
	if err != nil {
		return err
	}
	f.Since, f.Earliest = since, from
	f.Text += "; changed outside the log after " + is + " wrote it last"
	if first != last {
		f.Text += ", at the very earliest after " + was + " wrote it first"
	}
	return nil
}

// writer names the event at a place of the log.
func (v *verifier) writer(ctx context.Context, n int64) (string, time.Time, error) {
	var e Event
	var at string
	err := v.snap.QueryRowContext(ctx, v.l.d.rebind(`SELECT dock, seq, at, kind FROM event_log WHERE n = ?`), n).Scan(&e.Dock, &e.Seq, &at, &e.Kind)
	return fmt.Sprintf("dock %d, event %d, %s (%s)", e.Dock, e.Seq, e.Kind, at), parseTime(at), err
}
