package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/labels/code"
)

// ScanRequest is one scan at a dock.
type ScanRequest struct {
	ID       string // made by the dock before its first try; a repeat answers the first verdict
	Dock     int
	Operator string
	Reading  code.Reading
	SetAside bool // the set-aside command came directly before
}

// Judgement is the recorded answer to a scan.
type Judgement struct {
	Event    Event
	Decision gate.Decision
	Load     *Load         // the dock's open load, with its count after this scan
	Lock     *gate.Lock    // the dock's lock after this scan
	Box      *election.Box // nil: not in this event
	Claimed  election.Box  // what the label says it is
	Hold     string
	Position int // of this box in the load, where it is in it

	OtherLoad  int64 // load that holds the box already
	OtherTruck string
	OtherAt    time.Time
	OtherState LoadState
	Repeated   bool // this scan was judged before; nothing new was recorded
}

// The statements of a scan. They are prepared when the ledger is opened: parsing them anew
// for each scan would cost as much as the disk.
const (
	qHead     = `SELECT seq, hash FROM chains WHERE dock = ?`
	qMoveHead = `INSERT INTO chains (dock, seq, hash) VALUES (?, ?, ?)
		ON CONFLICT (dock) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`
	qInsertEvent = `INSERT INTO event_log (dock, seq, id, at, actor, kind, box, payload, prev, hash)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	// All that a dock is, in one look: its chain, its open load, its lock, and whether this
	// scan is in the log already.
	qDock = `SELECT COALESCE(c.seq, 0), COALESCE(c.hash, ''), COALESCE(l.id, 0), COALESCE(l.plate, ''), COALESCE(l.driver, ''),
			COALESCE(l.district, ''), COALESCE(l.kecamatan, ''), COALESCE(l.operator, ''), COALESCE(l.opened, ''), COALESCE(l.boxes, 0),
			COALESCE(l.last, 0), COALESCE(k.verdict, ''), COALESCE(k.text, ''), COALESCE(k.box, ''), COALESCE(e.n, 0)
		FROM (SELECT 1) AS one
		LEFT JOIN chains c ON c.dock = ?
		LEFT JOIN loads l ON l.dock = ? AND l.state = 'open'
		LEFT JOIN locks k ON k.dock = ?
		LEFT JOIN event_log e ON e.id = ?`
	qEventByID = `SELECT n, dock, seq, at, actor, kind, payload, prev, hash FROM event_log WHERE id = ?`
	qOpenLoad  = `SELECT id, plate, driver, district, kecamatan, dock, operator, state, opened, closed, boxes, shortage, last
		FROM loads WHERE dock = ? AND state = 'open'`
	qLockOf = `SELECT verdict, text, box FROM locks WHERE dock = ?`
	qBox    = `SELECT a.routing, COALESCE(l.revision, 0), COALESCE(l.state, ''), COALESCE(l.scanned, 0), COALESCE(h.reason, ''),
			COALESCE(lb.load, 0), COALESCE(lb.position, 0), COALESCE(lb.at, ''), COALESCE(ld.plate, ''), COALESCE(ld.state, '')
		FROM boxes b
		JOIN areas a ON a.code = b.key / 1000000
		LEFT JOIN labels l ON l.box = b.key AND l.revision = (SELECT MAX(revision) FROM labels WHERE box = b.key)
		LEFT JOIN holds h ON h.box = b.key
		LEFT JOIN load_boxes lb ON lb.box = b.key
		LEFT JOIN loads ld ON ld.id = lb.load
		WHERE b.key = ?`
	qLoadBox = `INSERT INTO load_boxes (box, load, position, at) VALUES (?, ?, ?, ?)`
	qCountUp = `UPDATE loads SET boxes = boxes + 1, last = ? WHERE id = ?`
	qLock    = `INSERT INTO locks (dock, verdict, text, box) VALUES (?, ?, ?, ?)
		ON CONFLICT (dock) DO UPDATE SET verdict = excluded.verdict, text = excluded.text, box = excluded.box`
	qUnlock = `DELETE FROM locks WHERE dock = ?`
)

var hotQueries = []string{qHead, qMoveHead, qInsertEvent, qDock, qBox, qLoadBox, qCountUp, qLock, qUnlock,
	qReceiptAt, qArriving}

// Judge reads the facts, decides and records the verdict in one transaction. When it
// returns without error the verdict is durable. On any error nothing may be shown green:
// the scan may be judged again under the same ID without harm. Error: ErrUnavailable.
func (l *Ledger) Judge(ctx context.Context, r ScanRequest) (Judgement, error) {
	j, ok, err := l.d.judgeFast(ctx, l, r)
	if err == nil && !ok {
		j, err = l.judge(ctx, r)
	}
	if err != nil {
		return Judgement{}, l.unavailable(fmt.Errorf("judge scan at dock %d: %w", r.Dock, err))
	}
	return j, nil
}

// judge is the long way, in a transaction of several statements.
func (l *Ledger) judge(ctx context.Context, r ScanRequest) (Judgement, error) {
	var j Judgement
	var end chainHead
	ctx, cancel := l.d.calling(ctx)
	defer cancel()
	err := l.updateDock(ctx, r.Dock, func(t *tx) error {
		j, end = Judgement{}, chainHead{}
		f, key, seen, err := t.facts(ctx, r, &j)
		if err != nil {
			return err
		}
		if seen {
			return t.repeat(ctx, r, f, &j)
		}
		j.Decision = gate.Decide(f)
		p := j.payload(r, f)
		if j.Event, err = t.append(ctx, act{dock: r.Dock, id: r.ID, actor: r.Operator, kind: Scanned, box: key, payload: p}); err != nil {
			return err
		}
		j.after(f)
		end = *t.known
		return nil
	})
	if err == nil && j.Load != nil && j.Lock == nil && end.seq > 0 {
		l.remember(r.Dock, dockMemory{end, *j.Load})
	}
	return j, err
}

// repeat answers a scan that is in the log already with its first verdict.
func (t *tx) repeat(ctx context.Context, r ScanRequest, f gate.Facts, j *Judgement) error {
	e := Event{ID: r.ID}
	var at, payload string
	if err := t.must(ctx, "scan "+r.ID, qEventByID, args(r.ID), &e.N, &e.Dock, &e.Seq, &at, &e.Actor, &e.Kind, &payload, &e.Prev, &e.Hash); err != nil {
		return err
	}
	var p scanPayload
	if err := json.Unmarshal([]byte(payload), &p); err != nil || e.Kind != Scanned || e.Dock != r.Dock || p.Text != storedText(r.Reading.Text) {
		return fmt.Errorf("%w: scan id %s belongs to another event", ErrConflict, r.ID)
	}
	e.At, e.Payload = parseTime(at), json.RawMessage(payload)
	j.Event, j.Repeated, j.Position, j.Hold = e, true, p.Position, p.Hold
	j.Decision = gate.Decision{Verdict: p.Verdict}
	j.Lock = f.Lock
	j.OtherLoad, j.OtherTruck, j.OtherAt = p.OtherLoad, p.OtherTruck, parseTime(p.OtherAt)
	// A green that was recorded but not told stays green only if it is still so: the
	// box may have been taken off, or the load closed, since then.
	if p.Verdict == gate.Accepted && (f.Loaded == nil || f.Loaded.Load != p.Load || f.Load == nil || f.Load.ID != p.Load) {
		return fmt.Errorf("%w: scan %s was accepted onto load %d, which changed since; scan the box again", ErrConflict, r.ID, p.Load)
	}
	return nil
}

// facts reads all that the decision rests on; seen says that the scan is in the log.
func (t *tx) facts(ctx context.Context, r ScanRequest, j *Judgement) (f gate.Facts, key int64, seen bool, err error) {
	f = gate.Facts{Available: true, Reading: r.Reading, SetAside: r.SetAside}
	if seen, err = t.dockFacts(ctx, r, &f, j); err != nil {
		return f, 0, false, err
	}
	switch r.Reading.Status {
	case code.Whole, code.FalseSignature:
	default:
		return f, 0, seen, nil
	}
	// A label of ours with a kind or code space that the event lacks claims no box.
	ev := t.l.info.Event
	if f.Claimed, err = ev.BoxOfFields(r.Reading.Fields); err != nil {
		f.Claimed = election.Box{}
		return f, 0, seen, nil
	}
	j.Claimed = f.Claimed
	if key, err = ev.KeyOf(f.Claimed); err != nil {
		return f, 0, seen, nil
	}
	return f, key, seen, t.boxFacts(ctx, key, &f, j)
}

// dockFacts reads chain, open load and lock of the dock, and whether the scan was recorded.
func (t *tx) dockFacts(ctx context.Context, r ScanRequest, f *gate.Facts, j *Judgement) (seen bool, err error) {
	h := chainHead{dock: r.Dock}
	ld := Load{Dock: r.Dock, State: LoadOpen}
	var dist, kec, opened string
	var k gate.Lock
	var n int64
	found, err := t.one(ctx, qDock, args(r.Dock, r.Dock, r.Dock, r.ID), &h.seq, &h.hash, &ld.ID, &ld.Plate, &ld.Driver, &dist, &kec, &ld.Operator, &opened,
		&ld.Count, &ld.last, &k.Verdict, &k.Text, &k.Box, &n)
	if err != nil || !found {
		return false, errors.Join(err, fmt.Errorf("read dock %d", r.Dock))
	}
	if h.seq == 0 {
		h.hash = genesis(t.l.info.ID, r.Dock)
	}
	t.known = &h
	if ld.ID != 0 {
		ld.District, ld.Kecamatan, ld.Opened = district(dist), splitAreas(kec), parseTime(opened)
		j.Load, f.Load = &ld, ld.Gate()
	}
	if k.Verdict != "" {
		f.Lock = &k
	}
	return n != 0, nil
}

func (t *tx) boxFacts(ctx context.Context, key int64, f *gate.Facts, j *Judgement) error {
	var routing, labelState, at, plate, loadState string
	var scanned int
	var in gate.Loaded
	found, err := t.one(ctx, qBox, args(key), &routing, &f.Revision, &labelState, &scanned, &f.HoldReason,
		&in.Load, &in.Position, &at, &plate, &loadState)
	if err != nil {
		return fmt.Errorf("read box: %w", err)
	}
	if !found {
		return nil
	}
	b := f.Claimed
	b.Routing = district(routing)
	f.Box, j.Box = &b, &b
	f.Spoiled = labelState == LabelVoid || labelState == LabelSpoiled
	f.Unscanned = t.l.info.Event.Policy.ScanBack && scanned == 0
	j.Hold = f.Hold()
	if in.Load != 0 {
		in.Truck = plate
		f.Loaded = &in
		j.OtherLoad, j.OtherTruck, j.OtherAt, j.OtherState = in.Load, plate, parseTime(at), LoadState(loadState)
		j.Position = in.Position
	}
	return nil
}

// storedText is a scan as it stands in the log: noise is cut.
func storedText(s string) string {
	const most = 256
	if len(s) <= most {
		return s
	}
	s = s[:most]
	for !utf8.ValidString(s) && len(s) > most-utf8.UTFMax {
		s = s[:len(s)-1]
	}
	return fmt.Sprintf("%s…", s)
}

func (j *Judgement) payload(r ScanRequest, f gate.Facts) scanPayload {
	v := j.Decision.Verdict
	p := scanPayload{Verdict: v, Text: storedText(r.Reading.Text)}
	if f.Claimed.Area != "" {
		p.Box, p.Revision, p.BoxDistrict = f.Claimed.ID(), r.Reading.Fields.Revision, f.Claimed.Routing.String()
	}
	if f.Box != nil {
		p.BoxDistrict = f.Box.Routing.String()
	}
	if j.Load != nil {
		p.Load, p.LoadDistrict, p.Truck = j.Load.ID, j.Load.District.String(), j.Load.Plate
	}
	switch v {
	case gate.Accepted:
		j.Position = j.Load.last + 1
		p.Position = j.Position
	case gate.Duplicate:
		p.Position = f.Loaded.Position
	case gate.OnOtherTruck:
		p.OtherLoad, p.OtherTruck, p.OtherAt = j.OtherLoad, j.OtherTruck, formatTime(j.OtherAt)
	case gate.Held:
		p.Hold = j.Hold
	}
	if k := j.Decision.Lock; k != nil {
		p.Lock = &lockPayload{k.Verdict, k.Text, k.Box}
	}
	return p
}

// after brings load and lock to what they are once the verdict is recorded.
func (j *Judgement) after(f gate.Facts) {
	j.Lock = f.Lock
	switch {
	case j.Decision.Lock != nil:
		j.Lock = j.Decision.Lock
	case j.Decision.ClearLock:
		j.Lock = nil
	case j.Decision.Verdict == gate.Accepted:
		j.Load.Count++
		j.Load.last++
	}
}

// openLoad is the dock's open load; nil where there is none.
func (t *tx) openLoad(ctx context.Context, dock int) (*Load, error) {
	var ld Load
	var dist, kec, opened, closed string
	found, err := t.one(ctx, qOpenLoad, args(dock), &ld.ID, &ld.Plate, &ld.Driver, &dist, &kec, &ld.Dock, &ld.Operator, &ld.State,
		&opened, &closed, &ld.Count, &ld.Shortage, &ld.last)
	if err != nil {
		return nil, fmt.Errorf("read open load: %w", err)
	}
	if !found {
		return nil, nil
	}
	ld.District, ld.Kecamatan, ld.Opened, ld.Closed = district(dist), splitAreas(kec), parseTime(opened), parseTime(closed)
	return &ld, nil
}

// lock is the dock's lock; nil where it is not locked.
func (t *tx) lock(ctx context.Context, dock int) (*gate.Lock, error) {
	var k gate.Lock
	found, err := t.one(ctx, qLockOf, args(dock), &k.Verdict, &k.Text, &k.Box)
	if err != nil {
		return nil, fmt.Errorf("read lock: %w", err)
	}
	if !found {
		return nil, nil
	}
	return &k, nil
}

// Command records that a command code was given at a dock. Error: ErrUnavailable.
func (l *Ledger) Command(ctx context.Context, dock int, operator string, c code.Command) (Event, error) {
	var e Event
	err := l.updateDock(ctx, dock, func(t *tx) (err error) {
		e, err = t.append(ctx, act{dock: dock, actor: operator, kind: Commanded, payload: commandPayload{string(c)}})
		return err
	})
	return e, err
}

// prepareHot prepares the statements of a scan.
func (l *Ledger) prepareHot(ctx context.Context) error {
	for _, q := range hotQueries {
		s, err := l.write.PrepareContext(ctx, l.d.rebind(q))
		if err != nil {
			return l.unavailable(err)
		}
		l.stmts[q] = s
	}
	return nil
}
