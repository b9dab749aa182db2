package ledger

import (
	"context"
	"database/sql"
	"errors"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/labels/code"
)

// dockMemory is what a dock was after its last scan: the end of its chain and its open
// load. It is used once, for the next scan, and the server compares it with what is.
type dockMemory struct {
	head chainHead
	load Load
}

// recall takes the memory of a dock away: one scan may use it, and any other act makes it
// stale.
func (l *Ledger) recall(dock int) (dockMemory, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, ok := l.docks[dock]
	delete(l.docks, dock)
	return m, ok
}

func (l *Ledger) remember(dock int, m dockMemory) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.docks[dock] = m
}

// routing is the record's routing district of an area's boxes. Areas never change once
// they are imported, so each is read once.
func (l *Ledger) routing(ctx context.Context, a election.AreaCode) (election.District, error) {
	l.mu.Lock()
	d, ok := l.areas[a]
	l.mu.Unlock()
	if ok {
		return d, nil
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	code, _ := areaRange(a)
	var s string
	err := l.write.QueryRowContext(ctx, l.d.rebind(`SELECT routing FROM areas WHERE code = ?`), code).Scan(&s)
	if err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return election.District{}, nil
		}
		return election.District{}, err
	}
	d = district(s)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.areas[a] = d
	return d, nil
}

// qAccept records an accepted scan: event, head of the chain, box, count. All or nothing,
// in one round trip, and only if everything that the verdict rests on is so: the chain
// ends where the dock thinks, so that its load and lock are what it thinks, for all that
// changes them is on that chain; the label is the box's newest and good, which also says
// that the box is in the event; the box is on no load and not held. Else no load is counted
// up and nothing was changed; or an error, where another dock was faster by less than this
// statement takes (the unique key of load_boxes) or the load is not as remembered (the
// division). The box's district is not looked up: areas never change, and the dock
// has read it before.
//
// The server locks load_boxes for writing before it takes the statement's snapshot, and
// whoever changes labels or holds locks it against that (postgresDialect.begin): what the
// statement sees of them stays so until it is committed.
//
// The server's time for a scan is that of the statement's parts, each of which it sets up
// anew: so there are no more of them than rows to be written.
const qAccept = `WITH c AS (
	UPDATE chains SET seq = $2, hash = $10 WHERE dock = $1 AND seq = $2 - 1 AND hash = $9
		AND $11 = (SELECT CASE WHEN l.state NOT IN ('void', 'spoiled') AND (l.scanned = 1 OR NOT $12::bool) THEN l.revision END
			FROM labels l WHERE l.box = $7 ORDER BY l.revision DESC LIMIT 1)
		AND NOT EXISTS (SELECT FROM holds h WHERE h.box = $7)
		AND NOT EXISTS (SELECT FROM load_boxes lb WHERE lb.box = $7)
		AND EXISTS (SELECT FROM loads WHERE id = $13)
	RETURNING dock
), e AS (
	INSERT INTO event_log (dock, seq, id, at, actor, kind, box, payload, prev, hash) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM c
), b AS (
	INSERT INTO load_boxes (box, load, position, at) SELECT $7, $13, $14, $4 FROM c
)
UPDATE loads SET boxes = boxes + 1, last = $14 / CASE WHEN loads.dock = c.dock AND state = 'open' AND last = $14 - 1 AND boxes = $15 THEN 1 ELSE 0 END
	FROM c WHERE loads.id = $13`

// judgeFast decides on what the label says and the dock remembers, as if the box were in
// order, and lets the server record the green verdict only if it is so.
func (d *postgresDialect) judgeFast(ctx context.Context, l *Ledger, r ScanRequest) (Judgement, bool, error) {
	m, ok := l.recall(r.Dock)
	if !ok || r.Reading.Status != code.Whole {
		return Judgement{}, false, nil
	}
	claimed, err := l.info.Event.BoxOfFields(r.Reading.Fields)
	if err != nil {
		return Judgement{}, false, nil
	}
	key, err := l.info.Event.KeyOf(claimed)
	if err != nil {
		return Judgement{}, false, nil
	}
	// Another district than the record's is the long way's to judge.
	if routing, err := l.routing(ctx, claimed.Area); err != nil || routing != claimed.Routing {
		return Judgement{}, false, err
	}
	box, ld := claimed, m.load
	f := gate.Facts{Available: true, Load: ld.Gate(), SetAside: r.SetAside, Reading: r.Reading, Claimed: claimed, Box: &box, Revision: r.Reading.Fields.Revision}
	j := Judgement{Load: &ld, Box: &box, Claimed: claimed, Decision: gate.Decide(f)}
	if j.Decision.Verdict != gate.Accepted {
		return Judgement{}, false, nil
	}
	payload, err := canonical(j.payload(r, f))
	if err != nil {
		return Judgement{}, false, err
	}
	j.Event = m.head.next(act{dock: r.Dock, id: r.ID, actor: r.Operator, kind: Scanned}, l.clock(), payload)
	e := j.Event
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	res, err := l.write.ExecContext(ctx, qAccept, e.Dock, e.Seq, e.ID, formatTime(e.At), e.Actor, string(e.Kind), key, string(e.Payload), e.Prev, e.Hash,
		f.Revision, l.info.Event.Policy.ScanBack, ld.ID, j.Position, ld.Count)
	if d.again(err) || isDivision(err) {
		return Judgement{}, false, nil
	}
	if err != nil {
		return Judgement{}, false, err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return Judgement{}, false, err
	}
	j.after(f)
	l.remember(r.Dock, dockMemory{chainHead{e.Dock, e.Seq, e.Hash}, *j.Load})
	d.notify(l)
	return j, true, nil
}
