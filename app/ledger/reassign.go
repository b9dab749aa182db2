package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dapilgate/app/election"
)

// TakeOver hands the dock's open load to by, the next shift's operator, who agrees on its
// count. Errors: ErrNotAllowed, ErrNotFound, ErrConflict (it is by's already, or the count
// is another meanwhile).
func (l *Ledger) TakeOver(ctx context.Context, by Person, dock, count int) (Load, error) {
	var ld Load
	err := require(by, Petugas, Penyelia)
	if err == nil {
		err = l.updateDock(ctx, dock, func(t *tx) error {
			open, err := t.openLoad(ctx, dock)
			switch {
			case err != nil:
				return err
			case open == nil:
				return fmt.Errorf("%w: no open load", ErrNotFound)
			case open.Operator == by.Name:
				return fmt.Errorf("%w: load %d is %s's already", ErrConflict, open.ID, by.Name)
			case open.Count != count:
				return fmt.Errorf("%w: %d boxes are in load %d, not %d; count again", ErrConflict, open.Count, open.ID, count)
			}
			_, err = t.append(ctx, act{dock: dock, actor: by.Name, kind: LoadTaken, payload: takenPayload{open.ID, open.Plate, open.Operator, open.Count}})
			ld = *open
			ld.Operator = by.Name
			return err
		})
	}
	if err != nil {
		return Load{}, fmt.Errorf("take over the load at dock %d: %w", dock, err)
	}
	return ld, nil
}

// ReopenLoad opens a closed load again at its dock, for a reason; one that has departed
// stays. It needs a penyelia who is not the load's operator. Errors: ErrNotAllowed,
// ErrSecond, ErrInvalid, ErrNotFound, ErrConflict (not closed; dock or truck have another
// open load).
func (l *Ledger) ReopenLoad(ctx context.Context, by Person, load int64, reason string) (Load, error) {
	var ld Load
	err := l.exception(ctx, by, load, reason, func(t *tx, was Load, truck int64, second string) error {
		if was.State != LoadClosed {
			return fmt.Errorf("%w: it is %s; only a closed load is opened again", ErrConflict, was.State)
		}
		if err := t.free(ctx, was.ID, was.Dock, truck); err != nil {
			return err
		}
		ld = was
		_, err := t.append(ctx, act{dock: was.Dock, actor: by.Name, kind: LoadReopened, payload: loadPayload{Load: was.ID, Plate: was.Plate,
			District: was.District.String(), Kecamatan: was.Kecamatan, Count: was.Count, Reason: strings.TrimSpace(reason), Second: second}})
		return err
	})
	if err != nil {
		return Load{}, fmt.Errorf("reopen load %d: %w", load, err)
	}
	ld.State, ld.Shortage = LoadOpen, ""
	return ld, nil
}

// Reassign is what a load gets instead; zero fields leave things as they are.
type Reassign struct {
	Plate     string // another truck takes the boxes: the first one broke down
	Dock      int    // another dock goes on: the first one's kiosk failed
	District  election.District
	Kecamatan []election.AreaCode // with District; none: the whole district
	Reason    string
}

// ReassignLoad moves an open load to another truck, dock or district. The district changes
// only while the load is empty: no box is ever in a load of another. It needs a penyelia
// who is not the load's operator. Errors: ErrNotAllowed, ErrSecond, ErrInvalid,
// ErrNotFound, ErrLocked, ErrConflict.
func (l *Ledger) ReassignLoad(ctx context.Context, by Person, load int64, to Reassign) (Load, error) {
	fail := func(err error) (Load, error) { return Load{}, fmt.Errorf("reassign load %d: %w", load, err) }
	if to.Dock < 0 || to.Dock > 999 {
		return fail(fmt.Errorf("%w: dock %d (1 to 999)", ErrInvalid, to.Dock))
	}
	if !to.District.IsZero() {
		if err := l.checkScope(ctx, to.District, to.Kecamatan); err != nil {
			return fail(err)
		}
	}
	var ld Load
	err := l.exception(ctx, by, load, to.Reason, func(t *tx, was Load, truck int64, second string) error {
		ld = was
		if was.State != LoadOpen {
			return fmt.Errorf("%w: it is %s; only an open load is reassigned", ErrConflict, was.State)
		}
		if k, err := t.lock(ctx, was.Dock); err != nil {
			return err
		} else if k != nil {
			return fmt.Errorf("%w: %s; set it aside first", ErrLocked, k.Box)
		}
		if to.Plate != "" {
			tr, err := t.truck(ctx, to.Plate)
			if err != nil {
				return err
			}
			truck, ld.Plate, ld.Driver = tr.ID, tr.Plate, tr.Driver
		}
		if to.Dock != 0 {
			ld.Dock = to.Dock
		}
		if !to.District.IsZero() {
			ld.District, ld.Kecamatan = to.District, to.Kecamatan
		}
		scope := ld.District != was.District || !slices.Equal(ld.Kecamatan, was.Kecamatan)
		if scope && was.Count > 0 {
			return fmt.Errorf("%w: %d boxes of %s are in it; take them off before its district changes", ErrConflict, was.Count, was.District)
		}
		if !scope && ld.Plate == was.Plate && ld.Dock == was.Dock {
			return fmt.Errorf("%w: nothing would change", ErrInvalid)
		}
		if err := t.free(ctx, was.ID, ld.Dock, truck); err != nil {
			return err
		}
		_, err := t.append(ctx, act{dock: was.Dock, actor: by.Name, kind: LoadMoved, payload: movedPayload{
			Load: was.ID, Truck: truck, Plate: ld.Plate, Driver: ld.Driver, District: ld.District.String(), Kecamatan: ld.Kecamatan, Dock: ld.Dock,
			Was:   movedFrom{was.Plate, was.District.String(), was.Kecamatan, was.Dock},
			Count: was.Count, Reason: strings.TrimSpace(to.Reason), Second: second}})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return ld, nil
}

// exception runs an act on a load that goes beside the usual way: for a reason, and with a
// second person.
func (l *Ledger) exception(ctx context.Context, by Person, load int64, reason string, f func(t *tx, ld Load, truck int64, second string) error) error {
	if err := require(by, Petugas, Penyelia); err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return fmt.Errorf("%w: a reason is needed", ErrInvalid)
	}
	// It may concern two docks, and whether the load is empty: nothing is scanned meanwhile.
	return l.approved(ctx, by, boxesSpan, func(t *tx, second string) error {
		ld := Load{ID: load}
		var truck int64
		var dist, kec, opened string
		if err := t.must(ctx, "this load", `SELECT truck, plate, driver, district, kecamatan, dock, operator, state, opened, boxes FROM loads WHERE id = ?`,
			args(load), &truck, &ld.Plate, &ld.Driver, &dist, &kec, &ld.Dock, &ld.Operator, &ld.State, &opened, &ld.Count); err != nil {
			return err
		}
		ld.District, ld.Kecamatan, ld.Opened = district(dist), splitAreas(kec), parseTime(opened)
		if err := t.fourEyes(ctx, by, ld.Operator, second); err != nil {
			return err
		}
		return f(t, ld, truck, second)
	})
}

// free refuses where dock or truck have another open load than this.
func (t *tx) free(ctx context.Context, load int64, dock int, truck int64) error {
	var id int64
	var plate string
	var at int
	found, err := t.one(ctx, `SELECT id, plate, dock FROM loads WHERE state = 'open' AND id <> ? AND (dock = ? OR truck = ?) ORDER BY id LIMIT 1`,
		args(load, dock, truck), &id, &plate, &at)
	if err == nil && found {
		err = fmt.Errorf("%w: load %d of %s is open at dock %d; close it first", ErrConflict, id, plate, at)
	}
	return err
}
