package ledger

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"dapilgate/labels/code"
)

// headText is a chain's head as papers have it that were printed where no seal was; a
// keyboard wedge may have put other signs between its parts.
var headText = regexp.MustCompile(`(?i)DGH1.(\d{3}).(\d{1,18}).([0-9a-f]{64})`)

// ParsePaper reads the code of a paper: a checkpoint, or the bare head of a chain. sealed
// tells whether it is signed, by whomever. Error: code.ErrCheckpoint.
func (l *Ledger) ParsePaper(text string) (c code.Checkpoint, sealed bool, err error) {
	if c, err = code.ParseCheckpoint(text); err == nil {
		return c, true, nil
	}
	m := headText.FindStringSubmatch(text)
	if m == nil {
		return c, false, fmt.Errorf("code of a paper: %w", err)
	}
	c = code.Checkpoint{Ledger: l.info.ID, Hash: strings.ToLower(m[3])}
	c.Dock, err = strconv.Atoi(m[1])
	if err == nil {
		c.Seq, err = strconv.ParseInt(m[2], 10, 64)
	}
	return c, false, err
}

// DocumentOf is the paper whose code was scanned: the event of its issue is what the code
// proves. Errors: ErrNotFound (it is another kind of paper, or a copy for the eye),
// ErrInvalid (of another ledger, or not what this one holds).
func (l *Ledger) DocumentOf(ctx context.Context, c code.Checkpoint) (Issued, error) {
	fail := func(err error) (Issued, error) {
		return Issued{}, fmt.Errorf("paper with the code of dock %d, event %d: %w", c.Dock, c.Seq, err)
	}
	if c.Ledger != l.info.ID {
		return fail(fmt.Errorf("%w: it is of another ledger", ErrInvalid))
	}
	var out Issued
	err := l.events(ctx, `WHERE dock = ? AND seq = ?`, args(c.Dock, c.Seq), func(e Event) error {
		if e.Hash != c.Hash {
			return fmt.Errorf("%w: this ledger holds another event there; call an auditor", ErrInvalid)
		}
		if e.Kind != DocumentIssued {
			return nil
		}
		return withPayload(e, func(d Document) error {
			out = Issued{d, *actOf(e)}
			return nil
		})
	})
	if err != nil {
		return fail(err)
	}
	if out.Load == 0 || out.Receipt != 0 {
		return fail(fmt.Errorf("%w: it is not the code of a surat jalan that was issued", ErrNotFound))
	}
	return out, nil
}

// Checkpoint signs one event of the log.
func (l *Ledger) Checkpoint(s *Seal, a Act) (code.Checkpoint, error) {
	c := code.Checkpoint{Ledger: l.info.ID, Dock: a.Dock, Seq: a.Seq, Hash: a.Hash, At: a.At}
	text, err := c.Sign(s.key)
	if err == nil {
		c, err = code.ParseCheckpoint(text)
	}
	if err != nil {
		return c, fmt.Errorf("checkpoint: %w", err)
	}
	return c, nil
}
