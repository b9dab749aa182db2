package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errTakenBack ends a probe: nothing of it stays.
var errTakenBack = errors.New("taken back")

// Probe tries whether the ledger takes what a scan writes, and takes it back: a disk that is
// full can be read. It leaves no event and changes no state. Error: ErrUnavailable.
func (l *Ledger) Probe(ctx context.Context, dock int) error {
	err := l.updateDock(ctx, dock, func(t *tx) error {
		h, err := t.head(ctx, dock)
		if err != nil {
			return err
		}
		e := h.next(act{dock: dock, kind: Commanded}, t.now, []byte(strings.Repeat(" ", 700))) // about what a scan's event takes
		if _, err := t.exec(ctx, qInsertEvent, e.Dock, e.Seq, e.ID, formatTime(e.At), e.Actor, string(e.Kind), 0, string(e.Payload), e.Prev, e.Hash); err != nil {
			return err
		}
		return errTakenBack
	})
	if errors.Is(err, errTakenBack) {
		// What is taken back was never flushed. A lock of no dock comes and goes in a
		// transaction that is committed.
		err = l.updateDock(ctx, dock, func(t *tx) error {
			if _, err := t.exec(ctx, qLock, -dock, "", "", ""); err != nil {
				return err
			}
			_, err := t.exec(ctx, qUnlock, -dock)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("probe at dock %d: %w", dock, l.unavailable(err))
	}
	return nil
}
