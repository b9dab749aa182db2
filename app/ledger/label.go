package ledger

import (
	"context"
	"fmt"
	"strings"
)

// BatchRequest begins a print batch.
type BatchRequest struct {
	Stock   string
	Reprint bool   // labels that exist get their next revision
	Reason  string // needed for a reprint
}

// OpenBatch begins a print batch and returns its number. Errors: ErrNotAllowed,
// ErrInvalid.
func (l *Ledger) OpenBatch(ctx context.Context, by Person, r BatchRequest) (int64, error) {
	err := require(by, Penyelia)
	if err == nil && r.Reprint && strings.TrimSpace(r.Reason) == "" {
		err = fmt.Errorf("%w: a reprint needs a reason", ErrInvalid)
	}
	var id int64
	if err == nil {
		err = l.update(ctx, func(t *tx) error {
			if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM batches`, nil, &id); err != nil {
				return err
			}
			_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: BatchOpened, payload: batchPayload{Batch: id, Stock: r.Stock, Reason: strings.TrimSpace(r.Reason)}})
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
	err := l.update(ctx, func(t *tx) error {
		p := labelsPayload{Batch: batch}
		revisions = revisions[:0]
		var state string
		if err := t.must(ctx, "batch", `SELECT state FROM batches WHERE id = ?`, args(batch), &state); err != nil {
			return err
		}
		if state != batchOpen {
			return fmt.Errorf("%w: the batch is %s", ErrConflict, state)
		}
		for _, id := range boxes {
			rev, err := t.nextRevision(ctx, id, reprint)
			if err != nil {
				return fmt.Errorf("box %s: %w", id, err)
			}
			revisions = append(revisions, rev)
			p.Labels = append(p.Labels, labelRef{id, rev})
		}
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: LabelsPlanned, payload: p})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return revisions, nil
}

// maxRevision is what the label has room for.
const maxRevision = 99

func (t *tx) nextRevision(ctx context.Context, id string, reprint bool) (int, error) {
	key, err := t.l.key(id)
	if err != nil {
		return 0, err
	}
	var revision int
	var state, plate string
	err = t.must(ctx, "no such box in this event", `SELECT COALESCE(l.revision, 0), COALESCE(l.state, ''), COALESCE(ld.plate, '')
		FROM boxes b
		LEFT JOIN labels l ON l.box = b.key AND l.revision = (SELECT MAX(revision) FROM labels WHERE box = b.key)
		LEFT JOIN load_boxes lb ON lb.box = b.key LEFT JOIN loads ld ON ld.id = lb.load
		WHERE b.key = ?`, args(key), &revision, &state, &plate)
	switch {
	case err != nil:
		return 0, err
	case plate != "":
		return 0, fmt.Errorf("%w: it is loaded on %s; take it off first", ErrConflict, plate)
	case revision > 0 && state != labelVoid && !reprint:
		return 0, fmt.Errorf("%w: it has a label (revision %d); a reprint needs its reason", ErrExists, revision)
	case revision >= maxRevision:
		return 0, fmt.Errorf("%w: revision %d is the last one that a label has room for", ErrConflict, maxRevision)
	}
	return revision + 1, nil
}

// LabelsDone records that these labels of a batch were handed over completely.
func (l *Ledger) LabelsDone(ctx context.Context, by Person, batch int64, boxes []string, revisions []int) error {
	p := labelsPayload{Batch: batch}
	for i := range boxes {
		p.Labels = append(p.Labels, labelRef{boxes[i], revisions[i]})
	}
	err := l.update(ctx, func(t *tx) error {
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: LabelsPrinted, payload: p})
		return err
	})
	if err != nil {
		return fmt.Errorf("labels of batch %d: %w", batch, err)
	}
	return nil
}

// EndBatch ends a batch as BatchDone or BatchCanceled. Labels of it that were planned and
// not handed over are void: no such label may turn up.
func (l *Ledger) EndBatch(ctx context.Context, by Person, batch int64, state string) error {
	err := l.update(ctx, func(t *tx) error {
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: BatchEnded, payload: batchPayload{Batch: batch, State: state}})
		return err
	})
	if err != nil {
		return fmt.Errorf("end batch %d: %w", batch, err)
	}
	return nil
}
