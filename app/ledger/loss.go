package ledger

import (
	"context"
	"fmt"
	"strings"
)

// Loss is what a server lacks of a dock's confirmed scans, after it took over from another.
type Loss struct {
	From   int64    `json:"from"` // sequence numbers that the dock was told
	To     int64    `json:"to"`
	Boxes  []string `json:"boxes,omitempty"` // accepted onto a load
	Reason string   `json:"reason"`
}

// NoteLoss records that confirmed scans are lacking, a penyelia's act. Errors:
// ErrNotAllowed, ErrInvalid (no reason).
func (l *Ledger) NoteLoss(ctx context.Context, by Person, dock int, x Loss) (Event, error) {
	err := require(by, Penyelia)
	if x.Reason = strings.TrimSpace(x.Reason); err == nil && x.Reason == "" {
		err = fmt.Errorf("%w: a reason is needed", ErrInvalid)
	}
	var e Event
	if err == nil {
		err = l.updateDock(ctx, dock, func(t *tx) (err error) {
			e, err = t.append(ctx, act{dock: dock, actor: by.Name, kind: LossNoted, payload: x})
			return err
		})
	}
	if err != nil {
		return Event{}, fmt.Errorf("note lost scans of dock %d: %w", dock, err)
	}
	return e, nil
}
