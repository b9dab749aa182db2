package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// BatchRequest begins a print batch.
type BatchRequest struct {
	Stock   string
	Reprint bool   // labels that exist get their next revision
	Reason  string // needed for a reprint
	Choice  string // which boxes, in words; may be empty
	Output  string // file or printer; may be empty
}

// OpenBatch begins a print batch and returns its number. A reprint voids labels, so it
// needs a second person. Errors: ErrNotAllowed, ErrSecond, ErrInvalid.
func (l *Ledger) OpenBatch(ctx context.Context, by Person, r BatchRequest) (int64, error) {
	err := require(by, Penyelia)
	if err == nil && r.Reprint && strings.TrimSpace(r.Reason) == "" {
		err = fmt.Errorf("%w: a reprint needs a reason", ErrInvalid)
	}
	var id int64
	if err == nil {
		run := func(f func(*tx, string) error) error {
			return l.update(ctx, func(t *tx) error { return f(t, "") })
		}
		if r.Reprint { // it voids labels
			run = func(f func(*tx, string) error) error { return l.change(ctx, by, f) }
		}
		err = run(func(t *tx, second string) error {
			if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM batches`, nil, &id); err != nil {
				return err
			}
			_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: BatchOpened, payload: batchPayload{Batch: id, Stock: r.Stock, Reason: strings.TrimSpace(r.Reason),
				Choice: r.Choice, Output: r.Output, Second: second}})
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("open batch: %w", err)
	}
	return id, nil
}

// MaxPlan is the most labels that one call of PlanLabels takes: a transaction must not
// keep the docks waiting.
const MaxPlan = 500

// PlanLabels takes the next revision of each box for this batch and returns the revisions
// in the boxes' order. From now on these revisions are the only valid ones, though nothing
// is printed yet: a label is void before its successor can exist. A box that has a label
// already is refused unless reprint is set (ErrExists), and so is one in a load
// (ErrConflict).
func (l *Ledger) PlanLabels(ctx context.Context, by Person, batch int64, reprint bool, boxes []string) ([]int, error) {
	fail := func(err error) ([]int, error) { return nil, fmt.Errorf("plan labels of batch %d: %w", batch, err) }
	if err := require(by, Penyelia); err != nil {
		return fail(err)
	}
	if len(boxes) > MaxPlan {
		return fail(fmt.Errorf("%w: %d boxes at once, at most %d", ErrInvalid, len(boxes), MaxPlan))
	}
	var revisions []int
	err := l.updateBoxes(ctx, func(t *tx) error {
		p := labelsPayload{Batch: batch}
		revisions = revisions[:0]
		var state string
		if err := t.must(ctx, "batch", `SELECT state FROM batches WHERE id = ?`, args(batch), &state); err != nil {
			return err
		}
		if state != batchOpen {
			return fmt.Errorf("%w: the batch is %s", ErrConflict, state)
		}
		known, err := t.newest(ctx, boxes)
		if err != nil {
			return err
		}
		for _, id := range boxes {
			rev, err := known[id].next(reprint)
			if err != nil {
				return fmt.Errorf("box %s: %w", id, err)
			}
			revisions = append(revisions, rev)
			p.Labels = append(p.Labels, labelRef{id, rev})
		}
		_, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: LabelsPlanned, payload: p})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return revisions, nil
}

// maxRevision is what the label has room for.
const maxRevision = 99

// boxLabel is a label of a box, and the truck that the box is on.
type boxLabel struct {
	revision int
	state    string
	plate    string
}

// newest are the newest labels of boxes, by their identity. Error: ErrNotFound, for a box
// that is not in the event.
func (t *tx) newest(ctx context.Context, boxes []string) (map[string]*boxLabel, error) {
	return t.boxLabels(ctx, boxes, "no such box in this event", `SELECT b.key, COALESCE(l.revision, 0), COALESCE(l.state, ''), COALESCE(ld.plate, '')
		FROM boxes b
		LEFT JOIN labels l ON l.box = b.key AND l.revision = (SELECT MAX(revision) FROM labels WHERE box = b.key)
		LEFT JOIN load_boxes lb ON lb.box = b.key LEFT JOIN loads ld ON ld.id = lb.load
		WHERE b.key IN (`, nil)
}

// boxLabels runs one query for all boxes at once: on a server each call is a way across
// the network, and no scan is judged meanwhile. The keys' list is added to the query.
func (t *tx) boxLabels(ctx context.Context, boxes []string, missing, query string, a []any) (map[string]*boxLabel, error) {
	out := make(map[string]*boxLabel, len(boxes))
	if len(boxes) == 0 {
		return out, nil
	}
	byKey := make(map[int64]string, len(boxes))
	for _, id := range boxes {
		key, err := t.l.key(id)
		if err != nil {
			return nil, err
		}
		byKey[key] = id
		a = append(a, key)
	}
	r, err := t.t.QueryContext(t.within(ctx), t.l.d.rebind(query+list(len(boxes))), a...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		var key int64
		var x boxLabel
		if err := r.Scan(&key, &x.revision, &x.state, &x.plate); err != nil {
			return nil, err
		}
		out[byKey[key]] = &x
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	for _, id := range boxes {
		if out[id] == nil {
			return nil, fmt.Errorf("box %s: %w: %s", id, ErrNotFound, missing)
		}
	}
	return out, nil
}

// list is the end of a list of n arguments.
func list(n int) string { return `?` + strings.Repeat(`, ?`, n-1) + `)` }

// next is the revision of the box's next label.
func (x *boxLabel) next(reprint bool) (int, error) {
	switch {
	case x.plate != "":
		return 0, fmt.Errorf("%w: it is loaded on %s; take it off first", ErrConflict, x.plate)
	case x.revision > 0 && x.state != LabelVoid && x.state != LabelSpoiled && !reprint:
		return 0, fmt.Errorf("%w: it has a label (revision %d); a reprint needs its reason", ErrExists, x.revision)
	case x.revision >= maxRevision:
		return 0, fmt.Errorf("%w: revision %d is the last one that a label has room for", ErrConflict, maxRevision)
	}
	return x.revision + 1, nil
}

// LabelsSent records that the bytes of these labels are about to go to a printer. It comes
// before the first byte: afterwards nobody can say that nothing came out.
func (l *Ledger) LabelsSent(ctx context.Context, by Person, batch int64, boxes []string, revisions []int) error {
	return l.labels(ctx, by, LabelsSent, batch, boxes, revisions, "")
}

// LabelsDone records that these labels of a batch are good: handed over completely.
func (l *Ledger) LabelsDone(ctx context.Context, by Person, batch int64, boxes []string, revisions []int) error {
	return l.labels(ctx, by, LabelsPrinted, batch, boxes, revisions, "")
}

// SpoilLabels records that these labels came out and were thrown away: they must not be
// scanned again, and their boxes need another. Errors: ErrNotAllowed, ErrSecond, ErrInvalid (no
// reason), ErrNotFound (not a label of the batch), ErrConflict (it is void already, or its
// box is loaded).
func (l *Ledger) SpoilLabels(ctx context.Context, by Person, batch int64, boxes []string, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("spoil labels of batch %d: %w: a reason is needed", batch, ErrInvalid)
	}
	return l.labels(ctx, by, LabelsSpoiled, batch, boxes, nil, strings.TrimSpace(reason))
}

// labels moves labels of a batch to their next state; revisions nil: those of the batch.
func (l *Ledger) labels(ctx context.Context, by Person, kind Kind, batch int64, boxes []string, revisions []int, reason string) error {
	fail := func(err error) error { return fmt.Errorf("labels of batch %d: %w", batch, err) }
	if err := require(by, Penyelia); err != nil {
		return fail(err)
	}
	if len(boxes) > MaxPlan {
		return fail(fmt.Errorf("%w: %d labels at once, at most %d", ErrInvalid, len(boxes), MaxPlan))
	}
	p := labelsPayload{Batch: batch, Reason: reason}
	run := func(f func(*tx, string) error) error {
		return l.updateBoxes(ctx, func(t *tx) error { return f(t, "") })
	}
	if kind == LabelsSpoiled {
		run = func(f func(*tx, string) error) error { return l.changeIn(ctx, by, boxesSpan, f) }
	}
	err := run(func(t *tx, second string) error {
		p.Labels, p.Second = p.Labels[:0], second
		of, err := t.boxLabels(ctx, boxes, "it has no label in this batch", `SELECT l.box, l.revision, l.state, COALESCE(ld.plate, '') FROM labels l
			LEFT JOIN load_boxes lb ON lb.box = l.box LEFT JOIN loads ld ON ld.id = lb.load
			WHERE l.batch = ? AND l.box IN (`, args(batch))
		if err != nil {
			return err
		}
		for i, box := range boxes {
			revision, state, plate := of[box].revision, of[box].state, of[box].plate
			switch {
			case revisions != nil && revisions[i] != revision:
				return fmt.Errorf("%w: box %s has revision %d in this batch, not %d", ErrInvalid, box, revision, revisions[i])
			case state == LabelVoid || state == LabelSpoiled:
				return fmt.Errorf("%w: label %s/%d is %s", ErrConflict, box, revision, state)
			case kind == LabelsSpoiled && plate != "":
				return fmt.Errorf("%w: box %s is loaded on %s; take it off first", ErrConflict, box, plate)
			}
			p.Labels = append(p.Labels, labelRef{box, revision})
		}
		_, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: kind, payload: p})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return nil
}

// EndBatch ends a batch as BatchDone or BatchCanceled. A batch is done only when nothing is
// left over: every label is good, spoiled or void (ErrConflict else). When it is
// cancelled, labels that are not known to be good are void: none of them may be scanned.
func (l *Ledger) EndBatch(ctx context.Context, by Person, batch int64, state string) error {
	fail := func(err error) error { return fmt.Errorf("end batch %d: %w", batch, err) }
	if err := require(by, Penyelia); err != nil {
		return fail(err)
	}
	err := l.updateBoxes(ctx, func(t *tx) error {
		var was string
		if err := t.must(ctx, "no such batch", `SELECT state FROM batches WHERE id = ?`, args(batch), &was); err != nil {
			return err
		}
		if was != batchOpen {
			return fmt.Errorf("%w: it is %s already", ErrConflict, was)
		}
		var left int
		if _, err := t.one(ctx, `SELECT COUNT(*) FROM labels WHERE batch = ? AND state IN ('planned', 'sent')`, args(batch), &left); err != nil {
			return err
		}
		if state == BatchDone && left > 0 {
			return fmt.Errorf("%w: of %d labels nobody has said whether they are good", ErrConflict, left)
		}
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: BatchEnded, payload: batchPayload{Batch: batch, State: state}})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return nil
}

// Batch is one print batch and what became of its labels: Issued is the sum of the rest.
type Batch struct {
	ID      int64     `json:"batch"`
	Stock   string    `json:"stock"`
	Reason  string    `json:"reason,omitempty"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	State   string    `json:"state"` // open, done, cancelled
	Issued  int       `json:"issued"`
	Planned int       `json:"planned"`
	Sent    int       `json:"sent"`
	Good    int       `json:"good"`
	Spoiled int       `json:"spoiled"`
	Void    int       `json:"void"`
	Checked int       `json:"scanned_back"`
	Missing int       `json:"not_scanned_back"` // of those that count
	Choice  string    `json:"choice,omitempty"` // which boxes, in words
	Output  string    `json:"output,omitempty"` // file or printer
}

// Batches lists print batches, newest first; open ones alone where open is set.
func (l *Ledger) Batches(ctx context.Context, open bool) ([]Batch, error) {
	where := ``
	if open {
		where = `WHERE b.state = 'open'`
	}
	var out []Batch
	err := l.rows(ctx, `SELECT b.id, b.stock, b.reason, b.by_whom, b.at, b.state, COUNT(l.box),
			COUNT(CASE WHEN l.state = 'planned' THEN 1 END), COUNT(CASE WHEN l.state = 'sent' THEN 1 END),
			COUNT(CASE WHEN l.state = 'printed' THEN 1 END), COUNT(CASE WHEN l.state = 'spoiled' THEN 1 END), COUNT(CASE WHEN l.state = 'void' THEN 1 END),
			COALESCE(SUM(l.scanned), 0), COUNT(CASE WHEN `+unchecked+` THEN 1 END), b.choice, b.output
		FROM batches b LEFT JOIN labels l ON l.batch = b.id `+where+` GROUP BY b.id, b.stock, b.reason, b.by_whom, b.at, b.state, b.choice, b.output ORDER BY b.id DESC`, nil,
		func(r *sql.Rows) error {
			var b Batch
			var at string
			err := r.Scan(&b.ID, &b.Stock, &b.Reason, &b.By, &at, &b.State, &b.Issued, &b.Planned, &b.Sent, &b.Good, &b.Spoiled, &b.Void, &b.Checked, &b.Missing, &b.Choice, &b.Output)
			b.At = parseTime(at)
			out = append(out, b)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", err)
	}
	return out, nil
}

// Label is one label of a batch.
type Label struct {
	Box      string `json:"box"`
	Revision int    `json:"revision"`
	State    string `json:"state"`
}

// BatchLabels are the labels of a batch in the order in which they are printed.
func (l *Ledger) BatchLabels(ctx context.Context, batch int64) ([]Label, error) {
	var out []Label
	err := l.rows(ctx, `SELECT box, revision, state FROM labels WHERE batch = ? ORDER BY box`, args(batch), func(r *sql.Rows) error {
		var x Label
		var key int64
		if err := r.Scan(&key, &x.Revision, &x.State); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		x.Box = b.ID()
		out = append(out, x)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("labels of batch %d: %w", batch, err)
	}
	return out, nil
}
