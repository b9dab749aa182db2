package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// Trail is the whole life of one box.
type Trail struct {
	Box    BoxRow
	Events []Event // oldest first
}

// Trail tells the life of a box: its labels, scans, holds, what became of the loads that it
// was on, and their documents. Errors:
// election.ErrBox, ErrNotFound.
func (l *Ledger) Trail(ctx context.Context, box string) (Trail, error) {
	row, err := l.Box(ctx, box)
	if err != nil {
		return Trail{}, fmt.Errorf("trail of %s: %w", box, err)
	}
	key, err := l.info.Event.KeyOf(row.Box)
	if err != nil {
		return Trail{}, fmt.Errorf("trail of %s: %w", box, err)
	}
	t := Trail{Box: row}
	// Label events hold many boxes each; they are found through the box's labels.
	batches := map[int64]bool{}
	if err := l.rows(ctx, `SELECT batch FROM labels WHERE box = ?`, args(key), func(r *sql.Rows) error {
		var b int64
		err := r.Scan(&b)
		batches[b] = true
		return err
	}); err != nil {
		return t, fmt.Errorf("trail of %s: %w", box, err)
	}
	about := func(e Event) error {
		if keep, err := aboutBox(&e, row.Box.ID(), batches); err != nil || !keep {
			return err
		}
		t.Events = append(t.Events, e)
		return nil
	}
	err = l.events(ctx, `WHERE box = ? AND box <> 0`, args(key), about)
	if err == nil {
		err = l.events(ctx, `WHERE kind <> 'scanned' AND kind IN ('labels_planned', 'labels_sent', 'labels_printed', 'labels_spoiled', 'batch_ended') AND box = 0`, nil, about)
	}
	if err == nil {
		err = l.travels(ctx, &t)
	}
	if err != nil {
		return t, fmt.Errorf("trail of %s: %w", box, err)
	}
	slices.SortStableFunc(t.Events, func(a, b Event) int { return cmp.Compare(a.N, b.N) })
	return t, nil
}

// travels adds what happened to the loads while they held the box: closed, departed, moved to
// another truck, documents that list it.
func (l *Ledger) travels(ctx context.Context, t *Trail) error {
	type stay struct{ from, to int64 } // to 0: it is there still
	stays := map[int64][]stay{}
	for _, e := range t.Events {
		if e.Kind != Scanned && e.Kind != BoxUnloaded {
			continue
		}
		s, err := ReadScan(e)
		if err != nil {
			return err
		}
		switch all := stays[s.Load]; {
		case e.Kind == BoxUnloaded:
			for i := range all {
				if all[i].to == 0 {
					all[i].to = e.N
				}
			}
		case s.Verdict == gate.Accepted:
			stays[s.Load] = append(all, stay{from: e.N})
		}
	}
	if len(stays) == 0 {
		return nil
	}
	return l.events(ctx, `WHERE `+loadEvents+` AND box = 0`, nil, func(e Event) error {
		return withPayload(e, func(p aboutLoad) error {
			for _, s := range stays[p.Load] {
				if e.N > s.from && (s.to == 0 || e.N < s.to) {
					t.Events = append(t.Events, e)
				}
			}
			return nil
		})
	})
}

// aboutBox tells whether an event belongs to the box's life; of a label event it keeps the
// box's own label only.
func aboutBox(e *Event, box string, batches map[int64]bool) (bool, error) {
	switch e.Kind {
	case LabelsPlanned, LabelsSent, LabelsPrinted, LabelsSpoiled:
	case BatchEnded:
		var p batchPayload
		err := json.Unmarshal(e.Payload, &p)
		return err == nil && batches[p.Batch] && p.State != BatchDone, err
	default:
		return true, nil
	}
	// Most label events are other boxes': a look at the text is cheaper than parsing.
	if !strings.Contains(string(e.Payload), box) {
		return false, nil
	}
	var p labelsPayload
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return false, err
	}
	for _, r := range p.Labels {
		if r.Box == box {
			var err error
			e.Payload, err = canonical(labelsPayload{p.Batch, []labelRef{r}, p.Reason, p.Second})
			return true, err
		}
	}
	return false, nil
}

// events yields events in the order of the log.
func (l *Ledger) events(ctx context.Context, where string, a []any, f func(Event) error) error {
	return l.eventsBy(ctx, where, ` ORDER BY n`, a, f)
}

// eventsBy yields events in an order, which may end with a limit.
func (l *Ledger) eventsBy(ctx context.Context, where, order string, a []any, f func(Event) error) error {
	return l.rows(ctx, `SELECT n, dock, seq, id, at, actor, kind, payload, prev, hash FROM event_log `+where+order, a, func(r *sql.Rows) error {
		var e Event
		var at, payload string
		if err := r.Scan(&e.N, &e.Dock, &e.Seq, &e.ID, &at, &e.Actor, &e.Kind, &payload, &e.Prev, &e.Hash); err != nil {
			return err
		}
		e.At, e.Payload = parseTime(at), json.RawMessage(payload)
		return f(e)
	})
}

// LastScans are the newest scans and undos at a dock, newest first: what a kiosk shows
// again after a restart.
func (l *Ledger) LastScans(ctx context.Context, dock, limit int) ([]Event, error) {
	var out []Event
	err := l.eventsBy(ctx, `WHERE dock = ? AND kind IN ('scanned', 'box_unloaded')`, ` ORDER BY seq DESC LIMIT ?`, args(dock, limit), func(e Event) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("last scans of dock %d: %w", dock, err)
	}
	return out, nil
}

// ScanEvent is a Scanned or BoxUnloaded event, read.
type ScanEvent struct {
	scanPayload
	Reason string // of an undo
}

// Other is when the other load took the box; zero where there is none.
func (s ScanEvent) Other() time.Time { return parseTime(s.OtherAt) }

// ReadScan reads the payload of a Scanned or BoxUnloaded event. Error: ErrInvalid.
func ReadScan(e Event) (ScanEvent, error) {
	var s ScanEvent
	var err error
	switch e.Kind {
	case Scanned:
		err = json.Unmarshal(e.Payload, &s.scanPayload)
	case BoxUnloaded:
		var u unloadPayload
		err = json.Unmarshal(e.Payload, &u)
		s.Box, s.Load, s.Reason = u.Box, u.Load, u.Reason
	default:
		return s, fmt.Errorf("%w: event %s is no scan", ErrInvalid, e.Kind)
	}
	if err != nil {
		return s, fmt.Errorf("%w: payload of event %s: %w", ErrInvalid, e.ID, err)
	}
	return s, nil
}

// AreaNames are the names of an area and of those that hold it, by level.
func (l *Ledger) AreaNames(ctx context.Context, a election.AreaCode) (map[election.Level]string, error) {
	out := map[election.Level]string{}
	for _, up := range []election.AreaCode{a.Kota(), a.Kecamatan(), a} {
		if up == "" {
			continue
		}
		code, _ := areaRange(up)
		if err := l.rows(ctx, `SELECT name FROM areas WHERE code = ?`, args(code), func(r *sql.Rows) error {
			var name string
			err := r.Scan(&name)
			out[up.Level()] = name
			return err
		}); err != nil {
			return nil, fmt.Errorf("names of %s: %w", a, err)
		}
	}
	return out, nil
}

// OfficeEvent is what a label or hold event says of one box.
type OfficeEvent struct {
	Batch    int64
	State    string // of a batch that ended
	Revision int
	Reason   string
}

// ReadOffice reads the payload of a label, batch or hold event of a Trail. Error:
// ErrInvalid.
func ReadOffice(e Event) (OfficeEvent, error) {
	var p struct {
		batchPayload
		Labels []labelRef `json:"labels"`
	}
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return OfficeEvent{}, fmt.Errorf("%w: payload of event %s: %w", ErrInvalid, e.ID, err)
	}
	o := OfficeEvent{Batch: p.Batch, State: p.State, Reason: p.Reason}
	if len(p.Labels) > 0 {
		o.Revision = p.Labels[0].Revision
	}
	return o, nil
}

// RawEvent is an event just as it stands in the log: payload is its JSON as a text, for
// that very text was hashed.
type RawEvent struct {
	Dock    int    `json:"dock"`
	Seq     int64  `json:"seq"`
	ID      string `json:"id"`
	At      string `json:"at"`
	Actor   string `json:"actor"`
	Kind    string `json:"kind"`
	Payload string `json:"payload"`
	Prev    string `json:"prev"`
	Hash    string `json:"hash"`
}

// Raw yields the whole log, oldest first, for observers.
func (l *Ledger) Raw(ctx context.Context, f func(RawEvent) error) error {
	err := l.rows(ctx, `SELECT dock, seq, id, at, actor, kind, payload, prev, hash FROM event_log ORDER BY n`, nil, func(r *sql.Rows) error {
		var e RawEvent
		if err := r.Scan(&e.Dock, &e.Seq, &e.ID, &e.At, &e.Actor, &e.Kind, &e.Payload, &e.Prev, &e.Hash); err != nil {
			return err
		}
		return f(e)
	})
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	return nil
}

// Events yields the whole log, oldest first.
func (l *Ledger) Events(ctx context.Context, f func(Event) error) error {
	if err := l.events(ctx, ``, nil, f); err != nil {
		return fmt.Errorf("read events: %w", err)
	}
	return nil
}

// HasEvent tells whether an event with this id is in the log.
func (l *Ledger) HasEvent(ctx context.Context, id string) (bool, error) {
	there := false
	err := l.rows(ctx, `SELECT 1 FROM event_log WHERE id = ?`, args(id), func(*sql.Rows) error {
		there = true
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("look for event %s: %w", id, l.unavailable(err))
	}
	return there, nil
}

// ChainHashes are the hashes of a dock's chain by sequence number, from one on.
func (l *Ledger) ChainHashes(ctx context.Context, dock int, from int64) (map[int64]string, error) {
	out := map[int64]string{}
	err := l.rows(ctx, `SELECT seq, hash FROM event_log WHERE dock = ? AND seq >= ?`, args(dock, from), func(r *sql.Rows) error {
		var seq int64
		var hash string
		err := r.Scan(&seq, &hash)
		out[seq] = hash
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("chain of dock %d: %w", dock, l.unavailable(err))
	}
	return out, nil
}
