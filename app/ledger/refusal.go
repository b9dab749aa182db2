package ledger

import (
	"context"
	"fmt"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// Refusal is one scan that was not answered with green, and what became of the box.
type Refusal struct {
	ScanEvent
	Scan      Act
	Kelurahan string // of the box, as far as its label told
	Kecamatan string

	// A refusal that locked the dock ends with the box's own label after the set-aside
	// command, or with a penyelia's word. Nil: it did not lock, or the dock is locked still.
	SetAside *Act
	Cleared  *Act
	Why      string // the penyelia's reason

	Later *LaterLoad // the load that has the box now; nil: none
}

// LaterLoad is where a refused box was loaded in the end.
type LaterLoad struct {
	Load  int64     `json:"load"`
	Plate string    `json:"truck"`
	At    time.Time `json:"at"`
	State LoadState `json:"state"`
}

// RefusalFilter chooses refusals. Zero fields choose all.
type RefusalFilter struct {
	Load     int64
	Dock     int
	From, To time.Time // From included, To not
}

// Refusals lists the scans that were not answered with green, in the order of the log.
func (l *Ledger) Refusals(ctx context.Context, f RefusalFilter) ([]Refusal, error) {
	out, err := l.refusals(ctx, f)
	if err == nil {
		err = l.refusedBoxes(ctx, out)
	}
	if err != nil {
		return nil, fmt.Errorf("list refusals: %w", err)
	}
	return out, nil
}

func (l *Ledger) refusals(ctx context.Context, f RefusalFilter) ([]Refusal, error) {
	where, a := `WHERE kind IN ('scanned', 'lock_cleared') AND payload NOT LIKE ?`, args(likeVerdict(gate.Accepted))
	if f.Load != 0 {
		ld, err := l.LoadByID(ctx, f.Load)
		if err != nil {
			return nil, err
		}
		// At whichever dock it was, from its opening to its closing.
		where, a = where+` AND n >= (SELECT COALESCE(MIN(n), 0) FROM event_log WHERE kind <> 'scanned' AND kind = 'load_opened' AND payload LIKE ?)`,
			append(a, fmt.Sprintf(`{"load":%d,%%`, f.Load))
		if !ld.Closed.IsZero() {
			where, a = where+` AND at <= ?`, append(a, formatTime(ld.Closed))
		}
	}
	if f.Dock != 0 {
		where, a = where+` AND dock = ?`, append(a, f.Dock)
	}
	var out []Refusal
	locked := map[int]int{} // dock → place in out, plus one, of the refusal that locks it
	err := l.events(ctx, where, a, func(e Event) error {
		at := locked[e.Dock] - 1
		if e.Kind == LockCleared {
			locked[e.Dock] = 0
			return withPayload(e, func(p lockClearedPayload) error {
				if at >= 0 {
					out[at].Cleared, out[at].Why = actOf(e), p.Reason
				}
				return nil
			})
		}
		s, err := ReadScan(e)
		if err != nil {
			return err
		}
		if s.Verdict == gate.SetAsideDone {
			if at >= 0 {
				out[at].SetAside = actOf(e)
			}
			locked[e.Dock] = 0
			return nil
		}
		if f.Load != 0 && s.Load != f.Load || e.At.Before(f.From) || !f.To.IsZero() && !e.At.Before(f.To) {
			return nil
		}
		out = append(out, Refusal{ScanEvent: s, Scan: *actOf(e)})
		if s.Lock != nil {
			locked[e.Dock] = len(out)
		}
		return nil
	})
	return out, err
}

// refusedBoxes adds to each refusal where its box belongs and where it is now.
func (l *Ledger) refusedBoxes(ctx context.Context, all []Refusal) error {
	boxes := map[string]Refusal{}
	for i := range all {
		r := &all[i]
		if r.Box == "" {
			continue
		}
		known, ok := boxes[r.Box]
		if !ok {
			var err error
			if known, err = l.refusedBox(ctx, r.Box); err != nil {
				return err
			}
			boxes[r.Box] = known
		}
		r.Kelurahan, r.Kecamatan, r.Later = known.Kelurahan, known.Kecamatan, known.Later
	}
	return nil
}

func (l *Ledger) refusedBox(ctx context.Context, id string) (Refusal, error) {
	var r Refusal
	area, _, _, err := election.ParseBoxID(id)
	if err != nil {
		return r, nil // a label of another event may name what ours has not
	}
	names, err := l.AreaNames(ctx, area)
	if err != nil {
		return r, err
	}
	r.Kelurahan, r.Kecamatan = names[election.LevelKelurahan], names[election.LevelKecamatan]
	key, err := l.key(id)
	if err != nil {
		return r, nil
	}
	r.Later, err = l.laterLoad(ctx, key)
	return r, err
}
