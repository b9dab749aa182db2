package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// eachRow runs a query and yields row by row: within a transaction or on the read pool.
type eachRow func(ctx context.Context, query string, a []any, scan func(*sql.Rows) error) error

// CountFound is a box that was found, by one person.
type CountFound struct {
	Box      election.Box
	Person   string
	At       time.Time
	Revision int // of the label that was scanned
	Newest   int // revision that the record had then
	Load     int64
	Plate    string
	Class    gate.CountClass
	Reason   gate.CountReason
}

// CountDifference is one box on which record and hall differ.
type CountDifference struct {
	Box       election.Box
	Kelurahan string
	Kecamatan string
	Class     gate.CountClass // after the count
	Reason    gate.CountReason
	CountedBy []string // who found it; empty: nobody
	Plate     string   // of the truck that the record has it on now
	Load      int64
	Recount   *Recount // nil: not yet

	first   bool          // one of the first round's people found it
	record  recordPayload // now
	sampled bool
}

// Recount is what another person found of a difference.
type Recount struct {
	By     string
	At     time.Time
	Found  bool
	Class  gate.CountClass // what it is now; gate.CountNone or CountMatch: no difference any more
	Reason gate.CountReason
}

// Final is the class that stands: the recount's, where there is one.
func (d *CountDifference) Final() gate.CountClass {
	if d.Recount != nil {
		return d.Recount.Class
	}
	return d.Class
}

// FinalReason goes with Final.
func (d *CountDifference) FinalReason() gate.CountReason {
	if d.Recount != nil {
		return d.Recount.Reason
	}
	return d.Reason
}

// May tells whether a person may recount it.
func (d *CountDifference) May(person string, c *Counting) bool {
	return gate.MayRecount(person, d.Class, d.CountedBy, c.Counters())
}

// CountTotals are the numbers of a result.
type CountTotals struct{ Found, Matching, Beside, Missing, Surplus, Misplaced int }

// CountResult is all that a count found.
type CountResult struct {
	Counting
	Boxes       []CountFound // by box, then by time
	Differences []CountDifference
}

// Open is how many differences nobody has recounted yet.
func (r *CountResult) Open() int {
	n := 0
	for i := range r.Differences {
		if r.Differences[i].Recount == nil {
			n++
		}
	}
	return n
}

// Totals are the numbers after the count, or with the recount.
func (r *CountResult) Totals(recounted bool) CountTotals {
	s := CountTotals{Found: r.Found, Matching: r.Matching, Beside: r.Beside}
	for i := range r.Differences {
		d := &r.Differences[i]
		class := d.Class
		if recounted {
			class = d.Final()
			s.Found += bit(d.Here()) - bit(d.first)
		} else if !d.first && class != gate.CountMissing {
			continue // it turned up in the recount
		}
		switch class {
		case gate.CountMatch:
			s.Matching++
		case gate.CountBeside:
			s.Beside++
		case gate.CountMissing:
			s.Missing++
		case gate.CountSurplus:
			s.Surplus++
		case gate.CountMisplaced:
			s.Misplaced++
		}
	}
	return s
}

// TurnedUp tells whether the recount found it first: the count had not.
func (d *CountDifference) TurnedUp() bool { return len(d.CountedBy) > 0 && !d.first }

// Here tells whether the box was here at the last look.
func (d *CountDifference) Here() bool {
	if d.Recount != nil {
		return d.Recount.Found
	}
	return len(d.CountedBy) > 0
}

func readCounting(ctx context.Context, each eachRow, id int64) (Counting, error) {
	all, err := readCountings(ctx, each, `WHERE c.id = ?`, id)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("%w: count %d", ErrNotFound, id)
	}
	if err != nil {
		return Counting{}, err
	}
	return all[0], nil
}

func readCountings(ctx context.Context, each eachRow, where string, a ...any) ([]Counting, error) {
	var out []Counting
	at := map[int64]int{}
	err := each(ctx, `SELECT c.id, c.room, c.district, c.area, c.tps, c.kind, c.sample, c.state, c.opened_by, c.opened, c.compared_by, c.compared,
		c.expected, c.found, c.matching, c.beside, c.unlabelled, c.signed_by, c.signed, c.acts FROM counts c `+where+` ORDER BY c.id DESC`, a, func(r *sql.Rows) error {
		var c Counting
		var d, opened, compared, signed string
		err := r.Scan(&c.ID, &c.Room, &d, &c.Area, &c.TPS, &c.Kind, &c.Sample, &c.State, &c.OpenedBy, &opened, &c.ComparedBy, &compared,
			&c.Expected, &c.Found, &c.Matching, &c.Beside, &c.Unlabelled, &c.SignedBy, &signed, &c.acts)
		c.District, c.Opened, c.Compared, c.Signed = district(d), parseTime(opened), parseTime(compared), parseTime(signed)
		at[c.ID] = len(out)
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, each(ctx, `SELECT p.session, p.round, p.person, p.began, p.done, p.ended_by, p.boxes, p.again, p.unreadable, p.strange, p.forged
		FROM count_passes p JOIN counts c ON c.id = p.session `+where+` ORDER BY p.session, p.round, p.began, p.person`, a, func(r *sql.Rows) error {
		var p CountPass
		var session int64
		var began, done string
		err := r.Scan(&session, &p.Round, &p.Person, &began, &done, &p.EndedBy, &p.Boxes, &p.Again, &p.Unreadable, &p.Strange, &p.Forged)
		p.Began, p.Done = parseTime(began), parseTime(done)
		if i, ok := at[session]; ok {
			out[i].Passes = append(out[i].Passes, p)
		}
		return err
	})
}

// Countings lists the counts, newest first.
func (l *Ledger) Countings(ctx context.Context) ([]Counting, error) {
	out, err := readCountings(ctx, l.rows, ``)
	if err != nil {
		return nil, fmt.Errorf("list counts: %w", err)
	}
	return out, nil
}

// CountingByID finds a count. Error: ErrNotFound.
func (l *Ledger) CountingByID(ctx context.Context, id int64) (Counting, error) {
	c, err := readCounting(ctx, l.rows, id)
	if err != nil {
		return c, fmt.Errorf("read count: %w", err)
	}
	return c, nil
}

// CountResult is what a count found, and where it differs from the record. Errors:
// ErrNotFound; ErrConflict while it is being counted, since those who count must not know.
func (l *Ledger) CountResult(ctx context.Context, id int64) (CountResult, error) {
	r := CountResult{}
	var err error
	if r.Counting, err = l.CountingByID(ctx, id); err == nil && r.State == CountRunning {
		err = fmt.Errorf("%w: it is still being counted; compare first", ErrConflict)
	}
	if err == nil {
		err = l.eachFound(ctx, l.rows, &r.Counting, func(f foundRow) error {
			if !f.first {
				return nil
			}
			x := f.CountFound
			x.Class, x.Reason = gate.Classify(f.facts)
			r.Boxes = append(r.Boxes, x)
			return nil
		})
	}
	if err == nil {
		r.Differences, err = l.differences(ctx, l.rows, &r.Counting)
	}
	if err != nil {
		return r, fmt.Errorf("result of count %d: %w", id, err)
	}
	return r, nil
}

// foundRow is a box that a person found, with what its class rests on.
type foundRow struct {
	CountFound
	key   int64
	box   election.Box
	facts gate.CountFacts
	first bool // in the first round
}

// eachFound yields what was found, by box and then by time.
func (l *Ledger) eachFound(ctx context.Context, each eachRow, c *Counting, f func(foundRow) error) error {
	return each(ctx, `SELECT cb.box, cb.person, cb.round, cb.at, cb.revision, cb.newest, cb.known, cb.labelled, cb.load, cb.plate, cb.departed, COALESCE(a.routing, ''),
			CASE WHEN sb.box IS NULL THEN 0 ELSE 1 END
		FROM count_boxes cb LEFT JOIN areas a ON a.code = cb.box / 1000000 LEFT JOIN sample_boxes sb ON sb.sample = ? AND sb.box = cb.box
		WHERE cb.session = ? ORDER BY cb.box, cb.at, cb.person`, args(c.Sample, c.ID), func(r *sql.Rows) error {
		var x foundRow
		var rec recordPayload
		var at, routing string
		var round, known, labelled, departed, sampled int
		if err := r.Scan(&x.key, &x.Person, &round, &at, &x.Revision, &x.Newest, &known, &labelled, &rec.Load, &rec.Truck, &departed, &routing, &sampled); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(x.key)
		if err != nil {
			return err
		}
		b.Routing = district(routing)
		rec.Known, rec.Labelled, rec.Departed = known == 1, labelled == 1, departed == 1
		x.box, x.Box, x.At, x.Load, x.Plate = b, b, parseTime(at), rec.Load, rec.Truck
		x.facts = c.standing(b, b.Routing, rec, sampled == 1)
		x.facts.Found = true
		x.first = round == RoundCount
		return f(x)
	})
}

// differences are those of a count, in the order of the boxes.
func (l *Ledger) differences(ctx context.Context, each eachRow, c *Counting) ([]CountDifference, error) {
	by, first := map[int64][]string{}, map[int64]bool{}
	if err := l.eachFound(ctx, each, c, func(f foundRow) error {
		by[f.key] = append(by[f.key], f.Person)
		first[f.key] = first[f.key] || f.first
		return nil
	}); err != nil {
		return nil, err
	}
	names := map[election.AreaCode]string{}
	if err := each(ctx, `SELECT code, name FROM areas WHERE code % 10000 = 0`, nil, func(r *sql.Rows) error {
		var digits int64
		var name string
		if err := r.Scan(&digits, &name); err != nil {
			return err
		}
		a, err := election.AreaOfDigits(fmt.Sprintf("%010d", digits))
		names[a] = name
		return err
	}); err != nil {
		return nil, err
	}
	var out []CountDifference
	err := each(ctx, `SELECT d.box, d.class, d.reason, d.by_whom, d.at, d.found, d.now, d.why, COALESCE(a.name, ''), COALESCE(a.routing, ''),
			CASE WHEN b.key IS NULL THEN 0 ELSE 1 END, COALESCE(l.revision, 0), COALESCE(l.state, ''), COALESCE(lb.load, 0), COALESCE(ld.plate, ''), COALESCE(ld.state, ''),
			CASE WHEN sb.box IS NULL THEN 0 ELSE 1 END
		FROM count_differences d
		LEFT JOIN boxes b ON b.key = d.box
		LEFT JOIN areas a ON a.code = d.box / 1000000
		LEFT JOIN labels l ON l.box = d.box AND l.revision = (SELECT MAX(revision) FROM labels WHERE box = d.box)
		LEFT JOIN load_boxes lb ON lb.box = d.box
		LEFT JOIN loads ld ON ld.id = lb.load
		LEFT JOIN sample_boxes sb ON sb.sample = ? AND sb.box = d.box
		WHERE d.session = ? ORDER BY d.box`, args(c.Sample, c.ID), func(r *sql.Rows) error {
		var d CountDifference
		var rc Recount
		var key int64
		var at, name, routing, labelState, loadState string
		var found, known, sampled int
		if err := r.Scan(&key, &d.Class, &d.Reason, &rc.By, &at, &found, &rc.Class, &rc.Reason, &name, &routing,
			&known, &d.record.Newest, &labelState, &d.Load, &d.Plate, &loadState, &sampled); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		if err != nil {
			return err
		}
		b.Routing = district(routing)
		d.Box, d.CountedBy, d.first, d.sampled = b, by[key], first[key], sampled == 1
		if b.Item == election.ItemBox {
			d.Kelurahan = name
		}
		d.Kecamatan = names[b.Area.Kecamatan()]
		d.record.Known, d.record.Load, d.record.Departed = known == 1, d.Load, LoadState(loadState) == LoadDeparted
		d.record.Labelled = d.record.Newest > 0 && labelState != LabelVoid && labelState != LabelSpoiled
		if rc.By != "" {
			rc.At, rc.Found = parseTime(at), found == 1
			d.Recount = &rc
		}
		out = append(out, d)
		return nil
	})
	return out, err
}

// CountScanEvent is a CountScanned or CountRecounted event, read.
type CountScanEvent struct{ countScanPayload }

// ReadCountScan reads the payload of a scan of a count. Error: ErrInvalid.
func ReadCountScan(e Event) (CountScanEvent, error) {
	var s CountScanEvent
	if e.Kind != CountScanned && e.Kind != CountRecounted {
		return s, fmt.Errorf("%w: event %s is no scan of a count", ErrInvalid, e.Kind)
	}
	return s, withPayload(e, func(p countScanPayload) error { s.countScanPayload = p; return nil })
}
