package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// stateTables are the tables that apply alone writes, with the columns that order them.
// Verify rebuilds and compares just these.
var stateTables = []struct{ name, order string }{
	{"people", "name"}, {"trucks", "id"}, {"passes", "digest"}, {"batches", "id"}, {"labels", "box, revision"},
	{"holds", "box"}, {"loads", "id"}, {"load_boxes", "box"}, {"locks", "dock"}, {"seals", "key"},
	{"load_counts", "load"},
}

// apply is the fold of the state over the events: the one place where state changes. It
// must need nothing but the event, the election and the state tables themselves.
func (t *tx) apply(ctx context.Context, e Event) error {
	switch e.Kind {
	case LedgerCreated, Commanded, SignedIn, SignedOut, DocumentIssued, LossNoted, SelfTestDone:
		return nil
	case SealAdded:
		return withPayload(e, func(p sealPayload) error {
			return t.run(ctx, `INSERT INTO seals (key, public_key, machine, by_whom, at) VALUES (?, ?, ?, ?, ?)`,
				p.Key, p.PublicKey, p.Machine, e.Actor, formatTime(e.At))
		})
	case PersonAdded, PINChanged, PINFailed, PINCleared, BadgeIssued, PersonStopped, PersonBack:
		return withPayload(e, func(p personPayload) error { return t.applyPerson(ctx, e, p) })
	case TruckAdded:
		return withPayload(e, func(p truckPayload) error {
			return t.run(ctx, `INSERT INTO trucks (id, plate, vehicle, driver) VALUES (?, ?, ?, ?)`, p.Truck, p.Plate, p.Vehicle, p.Driver)
		})
	case PassIssued:
		return withPayload(e, func(p passPayload) error {
			return t.run(ctx, `INSERT INTO passes (digest, truck, district, kecamatan, issued_by, issued_at) VALUES (?, ?, ?, ?, ?, ?)`,
				p.Digest, p.Truck, p.District, joinAreas(p.Kecamatan), e.Actor, formatTime(e.At))
		})
	case BatchOpened, BatchEnded:
		return withPayload(e, func(p batchPayload) error { return t.applyBatch(ctx, e, p) })
	case LabelsPlanned, LabelsSent, LabelsPrinted, LabelsSpoiled, LabelsChecked:
		return withPayload(e, func(p labelsPayload) error { return t.applyLabels(ctx, e, p) })
	case HoldSet:
		return withBox(t, e, func(p holdPayload) string { return p.Box }, func(key int64, p holdPayload) error {
			return t.run(ctx, `INSERT INTO holds (box, reason) VALUES (?, ?) ON CONFLICT (box) DO UPDATE SET reason = excluded.reason`, key, p.Reason)
		})
	case HoldCleared:
		return withBox(t, e, func(p holdPayload) string { return p.Box }, func(key int64, p holdPayload) error {
			return t.run(ctx, `DELETE FROM holds WHERE box = ?`, key)
		})
	case LoadOpened:
		return withPayload(e, func(p loadPayload) error {
			return t.run(ctx, `INSERT INTO loads (id, truck, plate, driver, district, kecamatan, dock, operator, state, opened, closed, boxes, last, shortage)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, '', 0, 0, '')`,
				p.Load, p.Truck, p.Plate, p.Driver, p.District, joinAreas(p.Kecamatan), e.Dock, e.Actor, formatTime(e.At))
		})
	case LoadShut:
		return withPayload(e, func(p loadPayload) error {
			if p.Driver != "" {
				if err := t.run(ctx, `UPDATE loads SET driver = ? WHERE id = ?`, p.Driver, p.Load); err != nil {
					return err
				}
			}
			return t.run(ctx, `UPDATE loads SET state = 'closed', closed = ?, shortage = ? WHERE id = ?`, formatTime(e.At), p.Shortage, p.Load)
		})
	case LoadLeft:
		return withPayload(e, func(p loadPayload) error {
			return t.run(ctx, `UPDATE loads SET state = 'departed' WHERE id = ?`, p.Load)
		})
	case LoadReturned:
		return withPayload(e, func(p loadPayload) error {
			return t.run(ctx, `UPDATE loads SET state = 'closed' WHERE id = ?`, p.Load)
		})
	case LoadCounted:
		return withPayload(e, func(p countPayload) error {
			return t.run(ctx, `INSERT INTO load_counts (load, counter, counted, boxes, last, at) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (load) DO UPDATE SET counter = excluded.counter, counted = excluded.counted, boxes = excluded.boxes, last = excluded.last, at = excluded.at`,
				p.Load, p.Counter, p.Counted, p.Count, p.Last, formatTime(e.At))
		})
	case LoadTaken:
		return withPayload(e, func(p takenPayload) error {
			return t.run(ctx, `UPDATE loads SET operator = ? WHERE id = ?`, e.Actor, p.Load)
		})
	case LoadReopened:
		return withPayload(e, func(p loadPayload) error {
			if err := t.run(ctx, `UPDATE loads SET state = 'open', closed = '', shortage = '' WHERE id = ?`, p.Load); err != nil {
				return err
			}
			return t.uncount(ctx, p.Load)
		})
	case LoadMoved:
		return withPayload(e, func(p movedPayload) error {
			if err := t.uncount(ctx, p.Load); err != nil {
				return err
			}
			return t.run(ctx, `UPDATE loads SET truck = ?, plate = ?, driver = ?, district = ?, kecamatan = ?, dock = ? WHERE id = ?`,
				p.Truck, p.Plate, p.Driver, p.District, joinAreas(p.Kecamatan), p.Dock, p.Load)
		})
	case Scanned:
		return withPayload(e, func(p scanPayload) error { return t.applyScan(ctx, e, p) })
	case LockCleared:
		return t.run(ctx, `DELETE FROM locks WHERE dock = ?`, e.Dock)
	case BoxUnloaded:
		return withBox(t, e, func(p unloadPayload) string { return p.Box }, func(key int64, p unloadPayload) error {
			if err := t.run(ctx, `DELETE FROM load_boxes WHERE box = ? AND load = ?`, key, p.Load); err != nil {
				return err
			}
			return t.run(ctx, `UPDATE loads SET boxes = boxes - 1 WHERE id = ?`, p.Load)
		})
	}
	return fmt.Errorf("%w: event kind %q", ErrInvalid, e.Kind)
}

// uncount forgets a load's count: somebody may have had hands on its boxes since.
func (t *tx) uncount(ctx context.Context, load int64) error {
	return t.run(ctx, `DELETE FROM load_counts WHERE load = ?`, load)
}

func (t *tx) run(ctx context.Context, query string, a ...any) error {
	_, err := t.exec(ctx, query, a...)
	return err
}

func withPayload[P any](e Event, f func(P) error) error {
	var p P
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return fmt.Errorf("%w: payload of %s: %w", ErrInvalid, e.Kind, err)
	}
	return f(p)
}

func withBox[P any](t *tx, e Event, box func(P) string, f func(key int64, p P) error) error {
	return withPayload(e, func(p P) error {
		key, err := t.l.key(box(p))
		if err != nil {
			return err
		}
		return f(key, p)
	})
}

// key is a box's key in the tables.
func (l *Ledger) key(id string) (int64, error) {
	area, tps, kind, err := election.ParseBoxID(id)
	if err != nil {
		return 0, err
	}
	item := election.ItemBox
	if kind == election.SpareKind {
		item = election.ItemSpare
	}
	return l.info.Event.KeyOf(election.Box{Area: area, TPS: tps, Kind: kind, Item: item})
}

func (t *tx) applyPerson(ctx context.Context, e Event, p personPayload) error {
	switch e.Kind {
	case PersonAdded:
		return t.run(ctx, `INSERT INTO people (name, role, active, pin_digest, badge_digest, failed, locked_until) VALUES (?, ?, 1, ?, '', 0, '')`,
			p.Name, string(p.Role), p.PINDigest)
	case PINChanged:
		return t.run(ctx, `UPDATE people SET pin_digest = ?, failed = 0, locked_until = '' WHERE name = ?`, p.PINDigest, p.Name)
	case PINFailed:
		return t.run(ctx, `UPDATE people SET failed = ?, locked_until = ? WHERE name = ?`, p.Failed, p.Until, p.Name)
	case BadgeIssued:
		return t.run(ctx, `UPDATE people SET badge_digest = ? WHERE name = ?`, p.Badge, p.Name)
	case PersonStopped:
		// The badge ends with the person; who comes back gets another.
		return t.run(ctx, `UPDATE people SET active = 0, badge_digest = '' WHERE name = ?`, p.Name)
	case PersonBack:
		return t.run(ctx, `UPDATE people SET active = 1, failed = 0, locked_until = '' WHERE name = ?`, p.Name)
	}
	return t.run(ctx, `UPDATE people SET failed = 0, locked_until = '' WHERE name = ?`, p.Name)
}

// States of a batch and of a label.
const (
	batchOpen     = "open"
	BatchDone     = "done"
	BatchCanceled = "cancelled"

	LabelPlanned = "planned" // its revision is taken; nothing may have come out of a printer
	LabelSent    = "sent"    // its bytes may have reached the printer; nobody knows what came out
	LabelPrinted = "printed" // handed over completely: good
	LabelSpoiled = "spoiled" // came out and was thrown away
	LabelVoid    = "void"    // called back before it was known to be good
)

var labelStateAfter = map[Kind]string{LabelsSent: LabelSent, LabelsPrinted: LabelPrinted, LabelsSpoiled: LabelSpoiled}

func (t *tx) applyBatch(ctx context.Context, e Event, p batchPayload) error {
	if e.Kind == BatchOpened {
		return t.run(ctx, `INSERT INTO batches (id, stock, reason, by_whom, at, state, labels, choice, output) VALUES (?, ?, ?, ?, ?, 'open', 0, ?, ?)`,
			p.Batch, p.Stock, p.Reason, e.Actor, formatTime(e.At), p.Choice, p.Output)
	}
	// A label that is on a loaded box came out, whatever was said of its print.
	if err := t.run(ctx, `UPDATE labels SET state = 'printed' WHERE batch = ? AND state IN ('planned', 'sent')
		AND box IN (SELECT box FROM load_boxes)`, p.Batch); err != nil {
		return err
	}
	if err := t.run(ctx, `UPDATE labels SET state = 'void' WHERE batch = ? AND state IN ('planned', 'sent')`, p.Batch); err != nil {
		return err
	}
	return t.run(ctx, `UPDATE batches SET state = ? WHERE id = ?`, p.State, p.Batch)
}

func (t *tx) applyLabels(ctx context.Context, e Event, p labelsPayload) error {
	if len(p.Labels) == 0 {
		return nil
	}
	var rows []any                 // of new labels
	boxes := map[int][]any{}       // by revision, which nearly always is one
	revisions := make([]int, 0, 1) // in their order in the event
	for _, r := range p.Labels {
		key, err := t.l.key(r.Box)
		if err != nil {
			return fmt.Errorf("label %s/%d: %w", r.Box, r.Revision, err)
		}
		if boxes[r.Revision] == nil {
			revisions = append(revisions, r.Revision)
		}
		boxes[r.Revision] = append(boxes[r.Revision], key)
		rows = append(rows, key, r.Revision, p.Batch)
	}
	if e.Kind == LabelsPlanned {
		const row = `(?, ?, ?, 'planned', 0)`
		if err := t.run(ctx, `INSERT INTO labels (box, revision, batch, state, scanned) VALUES `+row+strings.Repeat(`, `+row, len(p.Labels)-1), rows...); err != nil {
			return fmt.Errorf("labels of batch %d: %w", p.Batch, err)
		}
		return t.run(ctx, `UPDATE batches SET labels = labels + ? WHERE id = ?`, len(p.Labels), p.Batch)
	}
	state, scanned := labelStateAfter[e.Kind], ``
	if e.Kind == LabelsChecked {
		state, scanned = LabelPrinted, `scanned = 1, ` // what can be scanned came out of the printer
	}
	for _, rev := range revisions {
		keys := boxes[rev]
		err := t.run(ctx, `UPDATE labels SET `+scanned+`state = ? WHERE revision = ? AND box IN (`+list(len(keys)), append(args(state, rev), keys...)...)
		if err != nil {
			return fmt.Errorf("labels of batch %d: %w", p.Batch, err)
		}
	}
	return nil
}

func (t *tx) applyScan(ctx context.Context, e Event, p scanPayload) error {
	if p.Verdict == gate.SetAsideDone {
		return t.run(ctx, qUnlock, e.Dock)
	}
	if p.Lock != nil {
		return t.run(ctx, qLock, e.Dock, string(p.Lock.Verdict), p.Lock.Text, p.Lock.Box)
	}
	if p.Verdict != gate.Accepted {
		return nil
	}
	key, err := t.l.key(p.Box)
	if err != nil {
		return err
	}
	if err := t.run(ctx, qLoadBox, key, p.Load, p.Position, formatTime(e.At)); err != nil {
		return err
	}
	return t.run(ctx, qCountUp, p.Position, p.Load)
}

func joinAreas(a []election.AreaCode) string {
	s := make([]string, len(a))
	for i := range a {
		s[i] = string(a[i])
	}
	return strings.Join(s, " ")
}

func splitAreas(s string) []election.AreaCode {
	var a []election.AreaCode
	for _, f := range strings.Fields(s) {
		a = append(a, election.AreaCode(f))
	}
	return a
}
