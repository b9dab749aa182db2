package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// ArrivedBox is a box on the list of a receipt.
type ArrivedBox struct {
	Carried
	Received *Act   // the scan that was answered with green; nil: it is missing
	Number   int    // on the receipt, from 1
	Reason   string // why it is missing, once that was signed
}

// Extra is something that was scanned at a receipt and is not on its list.
type Extra struct {
	Box       string // as far as its label told
	Area      election.AreaCode
	TPS       int
	Kind      string
	Kelurahan string // where it belongs
	Kecamatan string
	District  string
	Verdict   gate.Verdict
	Scan      Act // the last of it
	Truck     string
	Load      int64 // that had it when it was scanned; 0: none
	LoadedAt  time.Time
	Reason    string // what was said of it, once that was signed
}

// Arrival is all that the record says of one receipt: what its paper is made of.
type Arrival struct {
	Receipt  Receipt
	Manifest Manifest // of the load
	Paper    string   // number of the surat jalan that was scanned; empty: none was
	Opened   Act
	Signed   *Act         // nil: it is open
	Boxes    []ArrivedBox // all that were on the list and had not been received before
	Extra    []Extra
	Others   map[gate.Verdict]int // other scans that were not green, counted only
	Note     string
	Head     Head // of the place's chain now
}

// Missing is the number of boxes that did not arrive.
func (a *Arrival) Missing() int {
	n := 0
	for i := range a.Boxes {
		if a.Boxes[i].Received == nil {
			n++
		}
	}
	return n
}

// Arrival folds the place's chain, from the receipt's opening to its signing (or to now),
// into what arrived; the table of received boxes is not asked. Error: ErrNotFound.
func (l *Ledger) Arrival(ctx context.Context, receipt int64) (Arrival, error) {
	a := Arrival{Others: map[gate.Verdict]int{}}
	fail := func(err error) (Arrival, error) { return a, fmt.Errorf("arrival of receipt %d: %w", receipt, err) }
	var err error
	if a.Receipt, err = l.ReceiptByID(ctx, receipt); err != nil {
		return fail(err)
	}
	if a.Head, err = l.HeadOf(ctx, a.Receipt.Dock); err != nil {
		return fail(err)
	}
	signed, err := l.arrivalActs(ctx, &a)
	if err != nil {
		return fail(err)
	}
	if a.Manifest, err = l.Manifest(ctx, a.Receipt.Load); err != nil {
		return fail(err)
	}
	if err := l.arrivalScans(ctx, &a); err != nil {
		return fail(err)
	}
	for _, m := range signed.Missing {
		for i := range a.Boxes {
			if a.Boxes[i].Box.ID() == m.Box {
				a.Boxes[i].Reason = m.Reason
			}
		}
	}
	for _, x := range signed.Extra {
		for i := range a.Extra {
			if a.Extra[i].Box == x.Box && a.Extra[i].Verdict == x.Verdict {
				a.Extra[i].Reason = x.Reason
			}
		}
	}
	a.Note = signed.Note
	return a, nil
}

// arrivalActs finds the receipt's opening and signing.
func (l *Ledger) arrivalActs(ctx context.Context, a *Arrival) (signed signedPayload, err error) {
	err = l.events(ctx, `WHERE dock = ? AND kind IN ('receipt_opened', 'receipt_signed')`, args(a.Receipt.Dock), func(e Event) error {
		if e.Kind == ReceiptOpened {
			return withPayload(e, func(p receiptPayload) error {
				if p.Receipt == a.Receipt.ID {
					a.Opened, a.Paper = *actOf(e), p.Paper
				}
				return nil
			})
		}
		return withPayload(e, func(p signedPayload) error {
			if p.Receipt == a.Receipt.ID {
				a.Signed, signed = actOf(e), p
			}
			return nil
		})
	})
	if err == nil && a.Opened.Seq == 0 {
		err = fmt.Errorf("%w: its opening in the log of place %d", ErrNotFound, a.Receipt.Dock)
	}
	return signed, err
}

func (l *Ledger) arrivalScans(ctx context.Context, a *Arrival) error {
	to := a.Head.Seq
	if a.Signed != nil {
		to = a.Signed.Seq
	}
	got, number := map[string]*Act{}, map[string]int{}
	extra := map[string]*Extra{}
	err := l.events(ctx, `WHERE dock = ? AND seq BETWEEN ? AND ? AND kind IN ('box_arrived', 'box_unreceived')`, args(a.Receipt.Dock, a.Opened.Seq, to), func(e Event) error {
		s, err := ReadArrival(e)
		if err != nil || s.Receipt != a.Receipt.ID {
			return err
		}
		switch {
		case e.Kind == BoxReturned:
			delete(got, s.Box)
		case s.Verdict == gate.Received:
			got[s.Box], number[s.Box] = actOf(e), s.Position
		case s.isExtra():
			x, err := l.extra(ctx, e, s)
			if err != nil {
				return err
			}
			extra[s.Box+" "+string(s.Verdict)] = x
		default:
			a.Others[s.Verdict]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	before, err := l.receivedBefore(ctx, a.Receipt)
	if err != nil {
		return err
	}
	for _, c := range a.Manifest.Boxes {
		id := c.Box.ID()
		if slices.Contains(a.Receipt.Kecamatan, c.Box.Area.Kecamatan()) && !before[id] {
			a.Boxes = append(a.Boxes, ArrivedBox{Carried: c, Received: got[id], Number: number[id]})
		}
	}
	for _, x := range extra {
		// A box that was green in the end, under a label that is good, is no difference.
		if got[x.Box] == nil {
			a.Extra = append(a.Extra, *x)
		}
	}
	slices.SortFunc(a.Extra, func(x, y Extra) int { return cmp.Or(cmp.Compare(x.Box, y.Box), cmp.Compare(x.Verdict, y.Verdict)) })
	return nil
}

// isExtra tells whether a scan is of a box that is here and not on the list. One that stays
// on the truck for its next stop is not.
func (s *ArrivalScan) isExtra() bool {
	switch s.Verdict {
	case gate.NotOnList, gate.WrongDistrict, gate.VoidLabel, gate.Forged, gate.UnknownBox:
		return s.Box != ""
	case gate.WrongKecamatan:
		return s.OtherLoad != s.Load
	}
	return false
}

func (l *Ledger) extra(ctx context.Context, e Event, s ArrivalScan) (*Extra, error) {
	x := &Extra{Box: s.Box, District: s.BoxDistrict, Verdict: s.Verdict, Scan: *actOf(e), Truck: s.OtherTruck, Load: s.OtherLoad, LoadedAt: s.Other()}
	var err error
	if x.Area, x.TPS, x.Kind, err = election.ParseBoxID(s.Box); err != nil {
		return nil, err
	}
	names, err := l.AreaNames(ctx, x.Area)
	if err != nil {
		return nil, err
	}
	x.Kelurahan, x.Kecamatan = names[election.LevelKelurahan], names[election.LevelKecamatan]
	return x, nil
}

// receivedBefore are the boxes of the load that earlier receipts have.
func (l *Ledger) receivedBefore(ctx context.Context, r Receipt) (map[string]bool, error) {
	out := map[string]bool{}
	return out, l.rows(ctx, `SELECT box FROM receipt_boxes WHERE load = ? AND receipt < ?`, args(r.Load, r.ID), func(row *sql.Rows) error {
		var key int64
		if err := row.Scan(&key); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		out[b.ID()] = true
		return err
	})
}

// LastArrivals are the newest scans at a receiving place, newest first.
func (l *Ledger) LastArrivals(ctx context.Context, place, limit int) ([]Event, error) {
	var newest int64
	if err := l.rows(ctx, `SELECT COALESCE(MIN(seq), 0) FROM (SELECT seq FROM event_log WHERE dock = ? AND kind IN ('box_arrived', 'box_unreceived')
		ORDER BY seq DESC LIMIT ?) AS last`, args(place, limit), func(r *sql.Rows) error { return r.Scan(&newest) }); err != nil {
		return nil, fmt.Errorf("last arrivals at place %d: %w", place, err)
	}
	var out []Event
	err := l.events(ctx, `WHERE dock = ? AND seq >= ? AND kind IN ('box_arrived', 'box_unreceived')`, args(place, newest), func(e Event) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("last arrivals at place %d: %w", place, err)
	}
	slices.Reverse(out)
	return out, nil
}

// ReceiptArea is what of one kelurahan a receipt has.
type ReceiptArea struct {
	Area      election.AreaCode
	Kelurahan string
	Expected  int
	Count     int
}

// ReceiptAreas tells by kelurahan how much of a receipt's list has arrived.
func (l *Ledger) ReceiptAreas(ctx context.Context, r Receipt) ([]ReceiptArea, error) {
	var out []ReceiptArea
	err := l.rows(ctx, `SELECT a.code, a.name, COUNT(*), COUNT(rb.box) FROM load_boxes lb JOIN areas a ON a.code = lb.box / 1000000
		LEFT JOIN receipt_boxes rb ON rb.box = lb.box AND rb.load = lb.load
		WHERE lb.load = ? AND (rb.receipt IS NULL OR rb.receipt = ?) GROUP BY a.code, a.name ORDER BY a.code`, args(r.Load, r.ID), func(row *sql.Rows) error {
		var x ReceiptArea
		var digits int64
		if err := row.Scan(&digits, &x.Kelurahan, &x.Expected, &x.Count); err != nil {
			return err
		}
		var err error
		if x.Area, err = election.AreaOfDigits(fmt.Sprintf("%010d", digits)); err == nil && slices.Contains(r.Kecamatan, x.Area.Kecamatan()) {
			out = append(out, x)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("areas of receipt %d: %w", r.ID, err)
	}
	return out, nil
}

// ExtraCount is the number of boxes that were scanned at a receipt and are not on its list.
func (l *Ledger) ExtraCount(ctx context.Context, r Receipt) (int, error) {
	boxes := map[string]bool{}
	err := l.events(ctx, `WHERE dock = ? AND kind = 'box_arrived' AND box <> 0 AND at >= ? AND payload NOT LIKE ? AND payload NOT LIKE ?
		AND box NOT IN (SELECT box FROM receipt_boxes WHERE receipt = ?)`,
		args(r.Dock, formatTime(r.Opened), likeVerdict(gate.Received), likeVerdict(gate.AlreadyReceived), r.ID), func(e Event) error {
			s, err := ReadArrival(e)
			if err == nil && s.Receipt == r.ID && s.isExtra() {
				boxes[s.Box] = true
			}
			return err
		})
	if err != nil {
		return 0, fmt.Errorf("extra boxes of receipt %d: %w", r.ID, err)
	}
	return len(boxes), nil
}
