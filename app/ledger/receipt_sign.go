package ledger

import (
	"context"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

type signedPayload struct {
	Receipt   int64               `json:"receipt"`
	Load      int64               `json:"load"`
	Plate     string              `json:"plate"`
	Kecamatan []election.AreaCode `json:"kecamatan"`
	Expected  int                 `json:"expected"`
	Count     int                 `json:"count"`
	Missing   []reasonPayload     `json:"missing,omitempty"`
	Extra     []reasonPayload     `json:"extra,omitempty"`
	Deliverer string              `json:"deliverer"`
	Receiver  string              `json:"receiver"`
	Note      string              `json:"note,omitempty"`
}

// reasonPayload is a box that is missing, or that is there and not on the list, and why.
type reasonPayload struct {
	Box     string       `json:"box"`
	Verdict gate.Verdict `json:"verdict,omitempty"`
	Reason  string       `json:"reason"`
}

// Signing is what the two who sign a receipt say.
type Signing struct {
	Deliverer string            // who hands over: driver or petugas
	Receiver  string            // who receives; empty: the one who acts
	Missing   string            // why boxes did not arrive; empty: each has a reason of its own
	Extra     string            // what is said of boxes that are not on the list
	Reasons   map[string]string // by box or kelurahan, in the place of the two above
	Note      string
}

// reasonFor is what was said of a box.
func (s *Signing) reasonFor(box string, area election.AreaCode, otherwise string) string {
	for _, key := range []string{box, string(area)} {
		if r := strings.TrimSpace(s.Reasons[key]); r != "" {
			return r
		}
	}
	return strings.TrimSpace(otherwise)
}

// SignReceipt ends the place's open receipt: the one who acts, by PIN, and the one who
// hands over say what arrived. Each missing box, and each that is there and not on the
// list, needs a reason. Errors: ErrNotFound, ErrInvalid (names), ErrDifference, ErrConflict.
func (l *Ledger) SignReceipt(ctx context.Context, by Person, place int, s Signing) (Receipt, error) {
	fail := func(err error) (Receipt, error) {
		return Receipt{}, fmt.Errorf("sign receipt at place %d: %w", place, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if s.Deliverer, s.Receiver = strings.TrimSpace(s.Deliverer), strings.TrimSpace(s.Receiver); s.Receiver == "" {
		s.Receiver = by.Name
	}
	switch {
	case s.Deliverer == "":
		return fail(fmt.Errorf("%w: say who hands over", ErrInvalid))
	case strings.EqualFold(s.Deliverer, s.Receiver):
		return fail(fmt.Errorf("%w: %s can't hand over to themselves; two people sign", ErrInvalid, s.Receiver))
	}
	open, err := l.OpenReceiptAt(ctx, place)
	if err == nil && open == nil {
		err = fmt.Errorf("%w: no receipt is open", ErrNotFound)
	}
	if err != nil {
		return fail(err)
	}
	a, err := l.Arrival(ctx, open.ID)
	if err != nil {
		return fail(err)
	}
	p := signedPayload{Receipt: open.ID, Load: open.Load, Plate: open.Plate, Kecamatan: open.Kecamatan, Expected: open.Expected, Count: open.Count,
		Deliverer: s.Deliverer, Receiver: s.Receiver, Note: strings.TrimSpace(s.Note)}
	var silent []string
	for i := range a.Boxes {
		if b := &a.Boxes[i]; b.Received == nil {
			id := b.Box.ID()
			r := reasonPayload{Box: id, Reason: s.reasonFor(id, b.Box.Area, s.Missing)}
			if p.Missing = append(p.Missing, r); r.Reason == "" {
				silent = append(silent, id)
			}
		}
	}
	for _, x := range a.Extra {
		r := reasonPayload{Box: x.Box, Verdict: x.Verdict, Reason: s.reasonFor(x.Box, "", s.Extra)}
		if p.Extra = append(p.Extra, r); r.Reason == "" {
			silent = append(silent, x.Box)
		}
	}
	if n := len(silent); n > 0 {
		const most = 5
		return fail(fmt.Errorf("%w: %d missing, %d not on the list; say why of %s%s", ErrDifference, len(p.Missing), len(p.Extra),
			strings.Join(silent[:min(n, most)], ", "), map[bool]string{true: " …"}[n > most]))
	}
	var out Receipt
	err = l.updateDock(ctx, place, func(t *tx) error {
		now, err := t.openReceipt(ctx, place)
		if err != nil {
			return err
		}
		h, err := t.head(ctx, place)
		if err != nil {
			return err
		}
		if now == nil || now.ID != open.ID || h.seq != a.Head.Seq {
			return fmt.Errorf("%w: something was scanned meanwhile; look again and sign", ErrConflict)
		}
		out = *now
		out.State, out.Signed, out.Deliverer, out.Receiver = ReceiptDone, t.now, s.Deliverer, s.Receiver
		_, err = t.append(ctx, act{dock: place, actor: by.Name, kind: ReceiptSigned, payload: p})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return out, nil
}
