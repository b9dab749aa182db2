package batch

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// ErrNotOfBatch says that a label does not belong to the batch that is resumed.
var ErrNotOfBatch = errors.New("this label is not of that batch")

// Settled is what became of a batch that was broken off.
type Settled struct {
	Batch int64 `json:"batch"`
	Good  int   `json:"good"`
	Void  int   `json:"void"` // their boxes are up for printing again, under the next revision
}

// Settle ends a batch that was broken off: by a crash, a jam, an empty roll. The person at
// the printer knows what came out; last is the identity of the last good box, or the text
// of its label, empty where none came out. Everything up to it is good, everything behind
// it is void: should such a label turn up all the same, no dock takes it. The boxes behind
// it are printed by the next batch, each under its next revision, so that no box ever has
// two good labels. Errors: ErrNotOfBatch, and those of the ledger.
func Settle(ctx context.Context, l *ledger.Ledger, by ledger.Person, batch int64, last string) (Settled, error) {
	s := Settled{Batch: batch}
	all, err := l.BatchLabels(ctx, batch)
	if err != nil {
		return s, err
	}
	upTo := -1
	if last != "" {
		id, revision := last, 0
		if r := code.Parse(last, code.Keys{Event: l.Event().Code, Public: l.PublicKeys()}); r.Status == code.Whole {
			b, err := l.Event().BoxOfFields(r.Fields)
			if err != nil {
				return s, err
			}
			id, revision = b.ID(), r.Fields.Revision
		}
		for i, x := range all {
			if x.Box == id && (revision == 0 || x.Revision == revision) {
				upTo = i
			}
		}
		if upTo < 0 {
			return s, fmt.Errorf("settle batch %d: %w: %.40s", batch, ErrNotOfBatch, last)
		}
	}
	var boxes []string
	var revisions []int
	for i, x := range all {
		switch {
		case x.State == ledger.LabelPrinted:
			s.Good++
		case x.State != ledger.LabelPlanned && x.State != ledger.LabelSent:
		case i > upTo:
			s.Void++
		default:
			s.Good++
			boxes, revisions = append(boxes, x.Box), append(revisions, x.Revision)
		}
	}
	for from := 0; from < len(boxes); from += ledger.MaxPlan {
		to := min(from+ledger.MaxPlan, len(boxes))
		if err := l.LabelsDone(ctx, by, batch, boxes[from:to], revisions[from:to]); err != nil {
			return s, err
		}
	}
	state := ledger.BatchDone
	if s.Void > 0 {
		state = ledger.BatchCanceled
	}
	return s, l.EndBatch(ctx, by, batch, state)
}

// Resume is the request that goes on with a print that broke off or was stopped, after it
// was settled: the boxes of its choice that have no good label of it, on its stock, for its
// reason. Who prints, where to and the key are the caller's to add. Errors: ErrNothing,
// ErrNoChoice, ledger.ErrNotFound, ledger.ErrConflict (not settled yet).
func Resume(ctx context.Context, l *ledger.Ledger, batch int64) (Request, error) {
	fail := func(err error) (Request, error) {
		return Request{}, fmt.Errorf("go on with batch %d: %w", batch, err)
	}
	all, err := l.Batches(ctx, false)
	if err != nil {
		return fail(err)
	}
	at := slices.IndexFunc(all, func(b ledger.Batch) bool { return b.ID == batch })
	if at < 0 {
		return fail(ledger.ErrNotFound)
	}
	b := all[at]
	if b.Planned+b.Sent > 0 {
		return fail(fmt.Errorf("%w: of %d labels nobody has said whether they are good; settle it first", ledger.ErrConflict, b.Planned+b.Sent))
	}
	f, err := choiceOf(l.Event(), b.Choice)
	if err != nil {
		return fail(err)
	}
	if f.Limit > 0 {
		if f.Limit -= b.Good; f.Limit <= 0 {
			return fail(ErrNothing)
		}
	}
	r := Request{Filter: f, Stock: b.Stock, Reprint: b.Reason != "", Reason: b.Reason}
	if r.Reprint {
		// Its boxes have a label of before, so what is left is told by what this print did.
		r.Filter.After = append(r.Filter.After, batch)
	}
	n, err := Count(ctx, l, r)
	if err == nil && n == 0 {
		err = ErrNothing
	}
	if err != nil {
		return fail(err)
	}
	return r, nil
}
