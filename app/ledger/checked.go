package ledger

import (
	"context"
	"fmt"

	"dapilgate/labels/code"
)

// Checked is the answer to a label that was scanned back.
type Checked struct {
	Box      string `json:"box"`
	Revision int    `json:"revision"`
	Batch    int64  `json:"batch"`
	Again    bool   `json:"again"` // it was scanned back before; nothing new was recorded
	Left     int    `json:"left"`  // labels of its batch that were not scanned back yet
}

// unchecked says of a label l that it came out, or may have, and was not scanned back. One
// that was replaced by a later revision is not waited for.
const unchecked = `l.scanned = 0 AND l.state IN ('sent', 'printed') AND l.revision = (SELECT MAX(x.revision) FROM labels x WHERE x.box = l.box)`

// CheckLabel records that a label was scanned back: it came out of the printer, and it can
// be read. Where the event's policy asks for it, no box is loaded before. Anybody who works
// here may do it. Errors: ErrNotAllowed, ErrInvalid (not a whole label of this event),
// ErrNotFound (no such box or label), ErrConflict (the label is void or spoiled).
func (l *Ledger) CheckLabel(ctx context.Context, by Person, r code.Reading) (Checked, error) {
	var c Checked
	fail := func(err error) (Checked, error) { return Checked{}, fmt.Errorf("scan label back: %w", err) }
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if r.Status != code.Whole {
		return fail(fmt.Errorf("%w: this is not a whole label of event %s", ErrInvalid, l.info.Event.Code))
	}
	b, err := l.info.Event.BoxOfFields(r.Fields)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", ErrNotFound, err))
	}
	key, err := l.info.Event.KeyOf(b)
	if err != nil {
		return fail(fmt.Errorf("%w: %w", ErrNotFound, err))
	}
	err = l.updateBoxes(ctx, func(t *tx) error {
		c = Checked{Box: b.ID(), Revision: r.Fields.Revision}
		var newest, scanned int
		var state string
		if err := t.must(ctx, fmt.Sprintf("label %s/%d", c.Box, c.Revision), `SELECT batch, state, scanned, (SELECT MAX(revision) FROM labels WHERE box = ?)
			FROM labels WHERE box = ? AND revision = ?`, args(key, key, c.Revision), &c.Batch, &state, &scanned, &newest); err != nil {
			return err
		}
		switch {
		case newest != c.Revision:
			return fmt.Errorf("%w: label %s/%d is not valid any more, its revision is %d; throw it away", ErrConflict, c.Box, c.Revision, newest)
		case state == LabelVoid || state == LabelSpoiled:
			return fmt.Errorf("%w: label %s/%d is %s; throw it away", ErrConflict, c.Box, c.Revision, state)
		}
		if c.Again = scanned == 1; !c.Again {
			if _, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: LabelsChecked, box: key,
				payload: labelsPayload{Batch: c.Batch, Labels: []labelRef{{c.Box, c.Revision}}}}); err != nil {
				return err
			}
		}
		_, err := t.one(ctx, `SELECT COUNT(*) FROM labels l WHERE l.batch = ? AND `+unchecked, args(c.Batch), &c.Left)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return c, nil
}
