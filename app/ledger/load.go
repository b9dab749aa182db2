package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// areaRange is the span of area codes, in ten digits, that lie in an area; all for "".
func areaRange(a election.AreaCode) (from, to int64) {
	digits := strings.ReplaceAll(string(a), ".", "")
	scale := int64(1)
	for range 10 - len(digits) {
		scale *= 10
	}
	for _, c := range digits {
		from = from*10 + int64(c-'0')
	}
	return from * scale, (from+1)*scale - 1
}

// scopeSize is the number of boxes of a district, in these kecamatan (none, or one empty:
// all of it).
func (l *Ledger) scopeSize(ctx context.Context, d election.District, kecamatan []election.AreaCode) (int, error) {
	where, a := scope(d, kecamatan)
	n := 0
	err := l.rows(ctx, `SELECT COALESCE(SUM(a.tps), 0) FROM areas a WHERE `+where, a, func(r *sql.Rows) error { return r.Scan(&n) })
	return n * len(l.info.Event.Kinds), err
}

// scope is the condition on areas a for the boxes that a load may carry.
func scope(d election.District, kecamatan []election.AreaCode) (string, []any) {
	where, a := `a.routing <> '' AND a.routing = ?`, args(d.String()) // which is what its index is of
	if len(kecamatan) > 0 {
		var or []string
		for _, k := range kecamatan {
			from, to := areaRange(k)
			or = append(or, `a.code BETWEEN ? AND ?`)
			a = append(a, from, to)
		}
		where += ` AND (` + strings.Join(or, ` OR `) + `)`
	}
	return where, a
}

// Expected is how many boxes the load can still come to: those of its district and
// kecamatan that are in no other load.
func (l *Ledger) Expected(ctx context.Context, ld Load) (int, error) {
	all, err := l.scopeSize(ctx, ld.District, ld.Kecamatan)
	if err != nil {
		return 0, fmt.Errorf("expected boxes of load %d: %w", ld.ID, err)
	}
	// From the district's areas, in this order (which CROSS JOIN holds SQLite to): all that was
	// ever loaded may be the boxes of a country.
	where, a := scope(ld.District, ld.Kecamatan)
	elsewhere := 0
	err = l.rows(ctx, `SELECT COUNT(*) FROM areas a CROSS JOIN load_boxes lb WHERE lb.box BETWEEN a.code * 1000000 AND a.code * 1000000 + 999999
		AND lb.load <> ? AND `+where, append(args(ld.ID), a...), func(r *sql.Rows) error { return r.Scan(&elsewhere) })
	if err != nil {
		return 0, fmt.Errorf("expected boxes of load %d: %w", ld.ID, err)
	}
	return all - elsewhere, nil
}

// OpenLoad opens a load of a truck for a district at a dock. Errors: ErrNotFound (truck),
// ErrConflict (the dock or the truck has an open load), ErrInvalid (district).
func (l *Ledger) OpenLoad(ctx context.Context, by Person, dock int, plate string, d election.District, kecamatan []election.AreaCode) (Load, error) {
	var ld Load
	fail := func(err error) (Load, error) {
		return Load{}, fmt.Errorf("open load of %s at dock %d: %w", NormalPlate(plate), dock, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if dock < 1 || dock > 999 {
		return fail(fmt.Errorf("%w: dock %d (1 to 999)", ErrInvalid, dock))
	}
	if err := l.checkScope(ctx, d, kecamatan); err != nil {
		return fail(err)
	}
	err := l.updateDock(ctx, dock, func(t *tx) error {
		tr, err := t.truck(ctx, plate)
		if err != nil {
			return err
		}
		if open, err := t.openLoad(ctx, dock); err != nil {
			return err
		} else if open != nil {
			return fmt.Errorf("%w: this dock has load %d of %s open; close it first", ErrConflict, open.ID, open.Plate)
		}
		var other int
		if found, err := t.one(ctx, `SELECT dock FROM loads WHERE truck = ? AND state = 'open'`, args(tr.ID), &other); err != nil {
			return err
		} else if found {
			return fmt.Errorf("%w: %s has an open load at dock %d", ErrConflict, tr.Plate, other)
		}
		ld = Load{Plate: tr.Plate, Driver: tr.Driver, District: d, Kecamatan: kecamatan, Dock: dock, Operator: by.Name, State: LoadOpen, Opened: t.now}
		if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM loads`, nil, &ld.ID); err != nil {
			return err
		}
		_, err = t.append(ctx, act{dock: dock, actor: by.Name, kind: LoadOpened, payload: loadPayload{
			Load: ld.ID, Truck: tr.ID, Plate: ld.Plate, Driver: ld.Driver, District: d.String(), Kecamatan: kecamatan}})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return ld, nil
}

// Depart records that a closed load's truck has left. Errors: ErrNotFound, ErrConflict.
func (l *Ledger) Depart(ctx context.Context, by Person, load int64) error {
	if err := require(by, Petugas, Penyelia); err != nil {
		return fmt.Errorf("load %d departs: %w", load, err)
	}
	ld, err := l.LoadByID(ctx, load)
	if err != nil {
		return fmt.Errorf("load %d departs: %w", load, err)
	}
	dock := ld.Dock
	err = l.updateDock(ctx, dock, func(t *tx) error {
		var state, plate string
		if err := t.must(ctx, "this load", `SELECT state, plate FROM loads WHERE id = ?`, args(load), &state, &plate); err != nil {
			return err
		}
		if LoadState(state) != LoadClosed {
			return fmt.Errorf("%w: it is %s; only a closed load departs", ErrConflict, state)
		}
		_, err := t.append(ctx, act{dock: dock, actor: by.Name, kind: LoadLeft, payload: loadPayload{Load: load, Plate: plate}})
		return err
	})
	if err != nil {
		return fmt.Errorf("load %d departs: %w", load, err)
	}
	return nil
}

// Unloaded is a box that was taken off a load.
type Unloaded struct {
	Event Event
	Box   string
	Load  Load // after it
}

// Undo takes a box off the dock's open load again: the one with this identity, or the last
// accepted one where box is empty. Errors: ErrNotFound, ErrLocked, ErrConflict (a kecamatan
// received it, and the load came back).
func (l *Ledger) Undo(ctx context.Context, by Person, dock int, box, reason string) (Unloaded, error) {
	var u Unloaded
	fail := func(err error) (Unloaded, error) { return Unloaded{}, fmt.Errorf("undo at dock %d: %w", dock, err) }
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	err := l.updateDock(ctx, dock, func(t *tx) error {
		open, err := t.openLoad(ctx, dock)
		if err != nil {
			return err
		}
		if open == nil {
			return fmt.Errorf("%w: no open load", ErrNotFound)
		}
		if k, err := t.lock(ctx, dock); err != nil {
			return err
		} else if k != nil {
			return fmt.Errorf("%w: %s; set it aside first", ErrLocked, k.Box)
		}
		key, err := t.boxOn(ctx, "load", open.ID, box)
		if err == nil {
			u.Box, err = t.notReceived(ctx, open.ID, key)
		}
		if err != nil {
			return err
		}
		if u.Event, err = t.append(ctx, act{dock: dock, actor: by.Name, kind: BoxUnloaded, box: key, payload: unloadPayload{open.ID, u.Box, reason}}); err != nil {
			return err
		}
		open.Count--
		u.Load = *open
		return nil
	})
	if err != nil {
		return fail(err)
	}
	return u, nil
}

// boxOn finds a box on a "load" or a "receipt": the one with this identity, or the last one
// where box is empty. Error: ErrNotFound.
func (t *tx) boxOn(ctx context.Context, what string, id int64, box string) (key int64, err error) {
	of := ` FROM ` + what + `_boxes WHERE ` + what + ` = ?`
	if box == "" {
		return key, t.must(ctx, fmt.Sprintf("no box on %s %d; nothing to take off", what, id), `SELECT box`+of+` ORDER BY position DESC LIMIT 1`, args(id), &key)
	}
	if key, err = t.l.key(box); err != nil {
		return 0, err
	}
	return key, t.must(ctx, fmt.Sprintf("box %s on %s %d", box, what, id), `SELECT box`+of+` AND box = ?`, args(id, key), &key)
}

// notReceived names a box of a load, and refuses one that a kecamatan has received off it: it
// is not on the truck, though the truck turned round.
func (t *tx) notReceived(ctx context.Context, load, key int64) (string, error) {
	b, err := t.l.info.Event.BoxOfKey(key)
	if err != nil {
		return "", err
	}
	var receipt int64
	var place int
	found, err := t.one(ctx, `SELECT r.id, r.dock FROM receipt_boxes rb JOIN receipts r ON r.id = rb.receipt WHERE rb.box = ? AND rb.load = ?`, args(key, load), &receipt, &place)
	if err == nil && found {
		err = fmt.Errorf("%w: %s was received at place %d, on receipt %d; it stays on this load", ErrConflict, b.ID(), place, receipt)
	}
	return b.ID(), err
}

// ClearLock frees a dock without its refused box, for a reason. It needs a penyelia who is
// not the operator: by, or the one who approved. Errors: ErrNotAllowed, ErrSecond,
// ErrInvalid, ErrNotFound.
func (l *Ledger) ClearLock(ctx context.Context, by Person, dock int, reason string) error {
	err := require(by, Petugas, Penyelia)
	if err == nil && strings.TrimSpace(reason) == "" {
		err = fmt.Errorf("%w: a reason is needed", ErrInvalid)
	}
	if err == nil {
		err = l.approved(ctx, by, span{dock: dock}, func(t *tx, second string) error {
			open, err := t.openLoad(ctx, dock)
			if err != nil {
				return err
			}
			operator := ""
			if open != nil {
				operator = open.Operator
			}
			if err := t.fourEyes(ctx, by, operator, second); err != nil {
				return err
			}
			k, err := t.lock(ctx, dock)
			if err == nil && k == nil {
				err = fmt.Errorf("%w: the dock is not locked", ErrNotFound)
			}
			if err != nil {
				return err
			}
			_, err = t.append(ctx, act{dock: dock, actor: by.Name, kind: LockCleared, payload: lockClearedPayload{k.Box, strings.TrimSpace(reason), second}})
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("clear lock of dock %d: %w", dock, err)
	}
	return nil
}

// SetHold puts a box on hold, or frees it where reason is empty. Errors: ErrNotAllowed,
// ErrNotFound, election.ErrBox.
func (l *Ledger) SetHold(ctx context.Context, by Person, box, reason string) error {
	err := require(by, Penyelia)
	if err == nil {
		err = l.updateBoxes(ctx, func(t *tx) error {
			key, err := t.l.key(box)
			if err != nil {
				return err
			}
			var k int64
			if err := t.must(ctx, "no such box in this event", `SELECT key FROM boxes WHERE key = ?`, args(key), &k); err != nil {
				return err
			}
			kind := HoldSet
			if reason == "" {
				kind = HoldCleared
			}
			_, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: kind, box: key, payload: holdPayload{strings.ToUpper(box), reason}})
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("hold %s: %w", box, err)
	}
	return nil
}

// Dock is what a dock must remember over a restart.
func (l *Ledger) Dock(ctx context.Context, dock int) (DockState, error) {
	st := DockState{Dock: dock}
	loads, err := l.loads(ctx, `WHERE dock = ? AND state = 'open'`, dock)
	if err != nil {
		return st, fmt.Errorf("state of dock %d: %w", dock, err)
	}
	if len(loads) > 0 {
		st.Load = &loads[0]
	}
	err = l.rows(ctx, qLockOf, args(dock), func(r *sql.Rows) error {
		st.Lock = &gate.Lock{}
		return r.Scan(&st.Lock.Verdict, &st.Lock.Text, &st.Lock.Box)
	})
	if err != nil {
		return st, fmt.Errorf("state of dock %d: %w", dock, err)
	}
	return st, nil
}

// Loads lists loads, newest first; an empty state lists all.
func (l *Ledger) Loads(ctx context.Context, state LoadState) ([]Load, error) {
	where, a := ``, []any(nil)
	if state != "" {
		where, a = `WHERE state = ?`, args(string(state))
	}
	out, err := l.loads(ctx, where, a...)
	if err != nil {
		return nil, fmt.Errorf("list loads: %w", err)
	}
	return out, nil
}

// LoadByID finds a load. Error: ErrNotFound.
func (l *Ledger) LoadByID(ctx context.Context, id int64) (Load, error) {
	out, err := l.loads(ctx, `WHERE id = ?`, id)
	if err == nil && len(out) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Load{}, fmt.Errorf("load %d: %w", id, err)
	}
	return out[0], nil
}

func (l *Ledger) loads(ctx context.Context, where string, a ...any) ([]Load, error) {
	var out []Load
	err := l.rows(ctx, `SELECT id, plate, driver, district, kecamatan, dock, operator, state, opened, closed, boxes, shortage FROM loads `+
		where+` ORDER BY id DESC`, a, func(r *sql.Rows) error {
		var ld Load
		var d, kec, opened, closed string
		if err := r.Scan(&ld.ID, &ld.Plate, &ld.Driver, &d, &kec, &ld.Dock, &ld.Operator, &ld.State, &opened, &closed, &ld.Count, &ld.Shortage); err != nil {
			return err
		}
		ld.District, ld.Kecamatan, ld.Opened, ld.Closed = district(d), splitAreas(kec), parseTime(opened), parseTime(closed)
		out = append(out, ld)
		return nil
	})
	return out, err
}
