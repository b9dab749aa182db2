package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// ErrDifference says that what arrived is not what the list says, and nobody said why.
var ErrDifference = errors.New("what arrived is not what the list says")

// Kinds of events of a receiving place.
const (
	ReceiptOpened Kind = "receipt_opened"
	BoxArrived    Kind = "box_arrived"    // a scan, whatever its verdict
	BoxReturned   Kind = "box_unreceived" // a received box that was not there after all
	ReceiptSigned Kind = "receipt_signed"
)

// ReceiptState is where a receipt is in its life.
type ReceiptState string

// States of a receipt.
const (
	ReceiptOpen ReceiptState = "open"
	ReceiptDone ReceiptState = "signed"
)

// Receipt is the receiving of a departed load, or of what of it is for some kecamatan, at
// one place. A place is known by its number, as a dock is, and has a chain of its own.
type Receipt struct {
	ID        int64
	Load      int64
	Plate     string
	Driver    string
	District  election.District
	Kecamatan []election.AreaCode // never empty
	Dock      int                 // number of the place
	Operator  string
	State     ReceiptState
	Opened    time.Time
	Signed    time.Time // zero while open
	Expected  int       // boxes on the list that had not been received when it was opened
	Count     int       // boxes received
	Deliverer string    // who handed over, once signed
	Receiver  string    // who received, once signed

	last int // highest position given
}

// Missing is the number of boxes on the list that did not arrive (yet).
func (r *Receipt) Missing() int { return r.Expected - r.Count }

// Gate is the receipt as the gate sees it.
func (r *Receipt) Gate() *gate.Receipt {
	return &gate.Receipt{ID: r.ID, Load: r.Load, District: r.District, Kecamatan: r.Kecamatan}
}

type receiptPayload struct {
	Receipt   int64               `json:"receipt"`
	Load      int64               `json:"load"`
	Plate     string              `json:"plate"`
	Kecamatan []election.AreaCode `json:"kecamatan"`
	Expected  int                 `json:"expected"`
	Paper     string              `json:"paper,omitempty"` // number of the scanned surat jalan
}

type unreceivePayload struct {
	Receipt int64  `json:"receipt"`
	Load    int64  `json:"load"`
	Box     string `json:"box"`
	Reason  string `json:"reason"`
}

const receiptColumns = `r.id, r.load, COALESCE(ld.plate, ''), COALESCE(ld.driver, ''), COALESCE(ld.district, ''), r.kecamatan, r.dock, r.operator, r.state,
	r.opened, r.signed, r.expected, r.boxes, r.last, r.deliverer, r.receiver FROM receipts r LEFT JOIN loads ld ON ld.id = r.load `

// fields are where a row of receiptColumns goes; read finishes it.
func (r *Receipt) fields() (dest []any, read func()) {
	var dist, kec, opened, signed string
	return []any{&r.ID, &r.Load, &r.Plate, &r.Driver, &dist, &kec, &r.Dock, &r.Operator, &r.State, &opened, &signed, &r.Expected, &r.Count, &r.last,
			&r.Deliverer, &r.Receiver}, func() {
			r.District, r.Kecamatan, r.Opened, r.Signed = district(dist), splitAreas(kec), parseTime(opened), parseTime(signed)
		}
}

func (l *Ledger) receipts(ctx context.Context, where string, a ...any) ([]Receipt, error) {
	var out []Receipt
	err := l.rows(ctx, `SELECT `+receiptColumns+where, a, func(r *sql.Rows) error {
		var x Receipt
		dest, read := x.fields()
		err := r.Scan(dest...)
		read()
		out = append(out, x)
		return err
	})
	return out, err
}

// Receipts lists receipts, newest first; an empty state lists all.
func (l *Ledger) Receipts(ctx context.Context, state ReceiptState) ([]Receipt, error) {
	out, err := l.receipts(ctx, `WHERE r.state = ? OR ? = '' ORDER BY r.id DESC`, string(state), string(state))
	if err != nil {
		return nil, fmt.Errorf("list receipts: %w", err)
	}
	return out, nil
}

// ReceiptByID finds a receipt. Error: ErrNotFound.
func (l *Ledger) ReceiptByID(ctx context.Context, id int64) (Receipt, error) {
	out, err := l.receipts(ctx, `WHERE r.id = ?`, id)
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("%w; 'receive list' shows the numbers", ErrNotFound)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("receipt %d: %w", id, err)
	}
	return out[0], nil
}

// OpenReceiptAt is the receipt that is open at a place; nil where there is none.
func (l *Ledger) OpenReceiptAt(ctx context.Context, place int) (*Receipt, error) {
	out, err := l.receipts(ctx, `WHERE r.dock = ? AND r.state = 'open'`, place)
	if err != nil {
		return nil, fmt.Errorf("open receipt at place %d: %w", place, err)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return &out[0], nil
}

// qReceiptAt finds the open receipt of a place.
const qReceiptAt = `SELECT ` + receiptColumns + `WHERE r.dock = ? AND r.state = 'open'`

func (t *tx) openReceipt(ctx context.Context, place int) (*Receipt, error) {
	var r Receipt
	dest, read := r.fields()
	found, err := t.one(ctx, qReceiptAt, args(place), dest...)
	if err != nil {
		return nil, fmt.Errorf("read open receipt: %w", err)
	}
	if !found {
		return nil, nil
	}
	read()
	return &r, nil
}

// Due is what of a load is still to be received in one kecamatan.
type Due struct {
	Kecamatan election.AreaCode `json:"kecamatan"`
	Name      string            `json:"name"`
	Boxes     int               `json:"boxes"` // of the load
	Missing   int               `json:"missing"`
}

// dueColumns count by kecamatan: a box's key without its ten last digits.
const qDue = `SELECT lb.box / 10000000000, COUNT(*), COUNT(rb.box) FROM load_boxes lb
	LEFT JOIN receipt_boxes rb ON rb.box = lb.box AND rb.load = lb.load WHERE lb.load = ? GROUP BY lb.box / 10000000000 ORDER BY 1`

// LoadDue tells for each kecamatan that a load has boxes of how many are still to be
// received.
func (l *Ledger) LoadDue(ctx context.Context, load int64) ([]Due, error) {
	names, err := l.parentNames(ctx)
	if err != nil {
		return nil, fmt.Errorf("what is due of load %d: %w", load, err)
	}
	var out []Due
	err = l.rows(ctx, qDue, args(load), func(r *sql.Rows) error {
		d, err := scanDue(r.Scan)
		d.Name = names[d.Kecamatan]
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("what is due of load %d: %w", load, err)
	}
	return out, nil
}

func scanDue(scan func(...any) error) (d Due, err error) {
	var kec int64
	var got int
	if err = scan(&kec, &d.Boxes, &got); err != nil {
		return d, err
	}
	d.Missing = d.Boxes - got
	d.Kecamatan, err = election.AreaOfDigits(fmt.Sprintf("%06d0000", kec))
	return d, err
}

// Delivery is a load that has departed and was not wholly received.
type Delivery struct {
	Load    Load
	Missing int // boxes still to be received
}

// Deliveries are the loads that are on their way, the newest first.
func (l *Ledger) Deliveries(ctx context.Context) ([]Delivery, error) {
	loads, err := l.loads(ctx, `WHERE state = 'departed' AND boxes > (SELECT COUNT(*) FROM receipt_boxes rb WHERE rb.load = loads.id)`)
	if err != nil {
		return nil, fmt.Errorf("list deliveries: %w", err)
	}
	var out []Delivery
	for _, ld := range loads {
		due, err := l.LoadDue(ctx, ld.ID)
		if err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		d := Delivery{Load: ld}
		for _, x := range due {
			d.Missing += x.Missing
		}
		out = append(out, d)
	}
	return out, nil
}

// OpenReceipt begins to receive a departed load at a place: what of it is for these
// kecamatan, none for all where the load is for just one. Paper is the number of the surat
// jalan that was scanned, empty where none was. Errors: ErrNotFound (load), ErrConflict (it
// did not depart, nothing is left to receive, the place is busy), ErrInvalid (kecamatan).
func (l *Ledger) OpenReceipt(ctx context.Context, by Person, place int, load int64, kecamatan []election.AreaCode, paper string) (Receipt, error) {
	fail := func(err error) (Receipt, error) {
		return Receipt{}, fmt.Errorf("receive load %d at place %d: %w", load, place, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if place < 1 || place > 999 {
		return fail(fmt.Errorf("%w: place %d (1 to 999)", ErrInvalid, place))
	}
	due, err := l.LoadDue(ctx, load)
	if err != nil {
		return fail(err)
	}
	slices.Sort(kecamatan)
	kecamatan = slices.Compact(kecamatan)
	if len(kecamatan) == 0 && len(due) > 1 {
		var names []string
		for _, d := range due {
			names = append(names, fmt.Sprintf("%s %s", d.Kecamatan, d.Name))
		}
		return fail(fmt.Errorf("%w: it has boxes of several kecamatan; say which is received here: %s", ErrInvalid, strings.Join(names, ", ")))
	}
	if len(kecamatan) == 0 && len(due) == 1 {
		kecamatan = []election.AreaCode{due[0].Kecamatan}
	}
	for _, k := range kecamatan {
		if !slices.ContainsFunc(due, func(d Due) bool { return d.Kecamatan == k }) {
			return fail(fmt.Errorf("%w: it has no box of kecamatan %s", ErrInvalid, k))
		}
	}
	var out Receipt
	err = l.updateDock(ctx, place, func(t *tx) error {
		var plate, driver, state, dist string
		if err := t.must(ctx, "this load", `SELECT plate, driver, state, district FROM loads WHERE id = ?`, args(load), &plate, &driver, &state, &dist); err != nil {
			return err
		}
		if LoadState(state) != LoadDeparted {
			return fmt.Errorf("%w: %s is %s; a load is received once its departure is recorded", ErrConflict, plate, state)
		}
		if err := t.placeIsFree(ctx, place, load, kecamatan); err != nil {
			return err
		}
		out = Receipt{Load: load, Plate: plate, Driver: driver, District: district(dist), Kecamatan: kecamatan, Dock: place, Operator: by.Name, State: ReceiptOpen, Opened: t.now}
		rows, err := t.due(ctx, load)
		if err != nil {
			return err
		}
		for _, d := range rows {
			if slices.Contains(kecamatan, d.Kecamatan) {
				out.Expected += d.Missing
			}
		}
		if out.Expected == 0 {
			return fmt.Errorf("%w: all boxes of %s for here were received", ErrConflict, plate)
		}
		if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM receipts`, nil, &out.ID); err != nil {
			return err
		}
		_, err = t.append(ctx, act{dock: place, actor: by.Name, kind: ReceiptOpened, payload: receiptPayload{
			Receipt: out.ID, Load: load, Plate: plate, Kecamatan: kecamatan, Expected: out.Expected, Paper: paper}})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return out, nil
}

// placeIsFree refuses a second thing at a place, and a second receipt of the same boxes.
func (t *tx) placeIsFree(ctx context.Context, place int, load int64, kecamatan []election.AreaCode) error {
	if open, err := t.openLoad(ctx, place); err != nil {
		return err
	} else if open != nil {
		return fmt.Errorf("%w: load %d of %s is open here; close it first, or receive at a place with a number of its own", ErrConflict, open.ID, open.Plate)
	}
	if open, err := t.openReceipt(ctx, place); err != nil {
		return err
	} else if open != nil {
		return fmt.Errorf("%w: receipt %d of %s is open here; sign it first", ErrConflict, open.ID, open.Plate)
	}
	rows, err := t.query(ctx, `SELECT dock, kecamatan FROM receipts WHERE load = ? AND state = 'open'`, load)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var other int
		var kec string
		if err := rows.Scan(&other, &kec); err != nil {
			return err
		}
		for _, k := range splitAreas(kec) {
			if slices.Contains(kecamatan, k) {
				return fmt.Errorf("%w: it is being received at place %d", ErrConflict, other)
			}
		}
	}
	return rows.Err()
}

// query yields rows within the transaction.
func (t *tx) query(ctx context.Context, query string, a ...any) (*sql.Rows, error) {
	return t.t.QueryContext(t.within(ctx), t.l.d.rebind(query), a...)
}

func (t *tx) due(ctx context.Context, load int64) ([]Due, error) {
	rows, err := t.query(ctx, qDue, load)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Due
	for rows.Next() {
		d, err := scanDue(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// Unreceived is a box that was taken off a receipt again.
type Unreceived struct {
	Event   Event
	Box     string
	Receipt Receipt // after it
}

// Unreceive takes a box off the place's open receipt: it was scanned and is not there. The
// last received one where box is empty. Error: ErrNotFound.
func (l *Ledger) Unreceive(ctx context.Context, by Person, place int, box, reason string) (Unreceived, error) {
	var u Unreceived
	fail := func(err error) (Unreceived, error) {
		return Unreceived{}, fmt.Errorf("take back a received box at place %d: %w", place, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	err := l.updateDock(ctx, place, func(t *tx) error {
		open, err := t.openReceipt(ctx, place)
		if err == nil && open == nil {
			err = fmt.Errorf("%w: no receipt is open", ErrNotFound)
		}
		if err != nil {
			return err
		}
		key, err := t.boxOn(ctx, "receipt", open.ID, box)
		if err != nil {
			return err
		}
		b, err := t.l.info.Event.BoxOfKey(key)
		if err != nil {
			return err
		}
		u.Box = b.ID()
		if u.Event, err = t.append(ctx, act{dock: place, actor: by.Name, kind: BoxReturned, box: key, payload: unreceivePayload{open.ID, open.Load, u.Box, reason}}); err != nil {
			return err
		}
		open.Count--
		u.Receipt = *open
		return nil
	})
	if err != nil {
		return fail(err)
	}
	return u, nil
}

// applyReceipt folds the events of receiving places; false: it is no such event.
func (t *tx) applyReceipt(ctx context.Context, e Event) (bool, error) {
	switch e.Kind {
	case ReceiptOpened:
		return true, withPayload(e, func(p receiptPayload) error {
			return t.run(ctx, `INSERT INTO receipts (id, load, kecamatan, dock, operator, state, opened, signed, expected, boxes, last, deliverer, receiver)
				VALUES (?, ?, ?, ?, ?, 'open', ?, '', ?, 0, 0, '', '')`, p.Receipt, p.Load, joinAreas(p.Kecamatan), e.Dock, e.Actor, formatTime(e.At), p.Expected)
		})
	case BoxArrived:
		return true, withPayload(e, func(p arrivalPayload) error {
			if p.Verdict != gate.Received {
				return nil
			}
			key, err := t.l.key(p.Box)
			if err != nil {
				return err
			}
			if err := t.run(ctx, `INSERT INTO receipt_boxes (box, load, receipt, position, at) VALUES (?, ?, ?, ?, ?)`,
				key, p.Load, p.Receipt, p.Position, formatTime(e.At)); err != nil {
				return err
			}
			return t.run(ctx, `UPDATE receipts SET boxes = boxes + 1, last = ? WHERE id = ?`, p.Position, p.Receipt)
		})
	case BoxReturned:
		return true, withBox(t, e, func(p unreceivePayload) string { return p.Box }, func(key int64, p unreceivePayload) error {
			if err := t.run(ctx, `DELETE FROM receipt_boxes WHERE box = ? AND receipt = ?`, key, p.Receipt); err != nil {
				return err
			}
			return t.run(ctx, `UPDATE receipts SET boxes = boxes - 1 WHERE id = ?`, p.Receipt)
		})
	case ReceiptSigned:
		return true, withPayload(e, func(p signedPayload) error {
			return t.run(ctx, `UPDATE receipts SET state = 'signed', signed = ?, deliverer = ?, receiver = ? WHERE id = ?`,
				formatTime(e.At), p.Deliverer, p.Receiver, p.Receipt)
		})
	}
	return false, nil
}
