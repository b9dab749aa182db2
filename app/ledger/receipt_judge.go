package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/labels/code"
)

// ReceiveRequest is one scan at a receiving place.
type ReceiveRequest struct {
	ID       string // made before the first try; a repeat answers the first verdict
	Place    int
	Operator string
	Reading  code.Reading
}

// ReceiveJudgement is the recorded answer to it.
type ReceiveJudgement struct {
	Event    Event
	Verdict  gate.Verdict
	Receipt  *Receipt      // the place's open one, with its count after this scan
	Box      *election.Box // nil: not in this event
	Claimed  election.Box  // what the label says it is
	Position int           // of this box on the receipt that has it

	// The load that has the box, whatever the verdict.
	OtherLoad  int64
	OtherTruck string
	OtherAt    time.Time
	OtherState LoadState
	// Where it was received already.
	ReceivedAt    time.Time
	ReceivedPlace int
}

type arrivalPayload struct {
	Verdict      gate.Verdict `json:"verdict"`
	Text         string       `json:"text"`
	Box          string       `json:"box,omitempty"`
	Revision     int          `json:"revision,omitempty"`
	BoxDistrict  string       `json:"box_district,omitempty"`
	Receipt      int64        `json:"receipt,omitempty"`
	Load         int64        `json:"load,omitempty"`
	LoadDistrict string       `json:"load_district,omitempty"`
	Truck        string       `json:"truck,omitempty"`
	Position     int          `json:"position,omitempty"`
	OtherLoad    int64        `json:"other_load,omitempty"`
	OtherTruck   string       `json:"other_truck,omitempty"`
	OtherAt      string       `json:"other_at,omitempty"`
}

// qArriving is all that a receiving place knows of a box: its newest label, the load that
// has it, and whether it was received from that load.
const qArriving = `SELECT a.routing, COALESCE(l.revision, 0), COALESCE(l.state, ''),
		COALESCE(lb.load, 0), COALESCE(lb.position, 0), COALESCE(lb.at, ''), COALESCE(ld.plate, ''), COALESCE(ld.state, ''),
		COALESCE(rb.receipt, 0), COALESCE(rb.position, 0), COALESCE(rb.at, ''), COALESCE(r.dock, 0)
	FROM boxes b
	JOIN areas a ON a.code = b.key / 1000000
	LEFT JOIN labels l ON l.box = b.key AND l.revision = (SELECT MAX(revision) FROM labels WHERE box = b.key)
	LEFT JOIN load_boxes lb ON lb.box = b.key
	LEFT JOIN loads ld ON ld.id = lb.load
	LEFT JOIN receipt_boxes rb ON rb.box = b.key AND rb.load = lb.load
	LEFT JOIN receipts r ON r.id = rb.receipt
	WHERE b.key = ?`

// Receive judges a box that arrives and records the verdict in one transaction. When it
// returns without error the verdict is durable. On any error nothing may be shown green:
// the scan may be judged again under the same ID without harm. Errors: ErrUnavailable,
// ErrConflict (a repeat of what is no longer so).
func (l *Ledger) Receive(ctx context.Context, r ReceiveRequest) (ReceiveJudgement, error) {
	var j ReceiveJudgement
	ctx, cancel := l.d.calling(ctx)
	defer cancel()
	err := l.updateDock(ctx, r.Place, func(t *tx) (err error) {
		j, err = t.receive(ctx, r)
		return err
	})
	if err != nil {
		return ReceiveJudgement{}, l.unavailable(fmt.Errorf("judge scan at place %d: %w", r.Place, err))
	}
	return j, nil
}

func (t *tx) receive(ctx context.Context, r ReceiveRequest) (ReceiveJudgement, error) {
	var j ReceiveJudgement
	f := gate.ReceivingFacts{Available: true, Reading: r.Reading}
	var err error
	if j.Receipt, err = t.openReceipt(ctx, r.Place); err != nil {
		return j, err
	}
	if j.Receipt != nil {
		f.Receipt = j.Receipt.Gate()
	}
	key, err := t.arrivingFacts(ctx, r.Reading, &f, &j)
	if err != nil {
		return j, err
	}
	if seen, err := t.repeatArrival(ctx, r, &f, &j); err != nil || seen {
		return j, err
	}
	j.Verdict = gate.Receive(f)
	p := arrivalPayload{Verdict: j.Verdict, Text: storedText(r.Reading.Text), OtherLoad: j.OtherLoad, OtherTruck: j.OtherTruck, OtherAt: formatTime(j.OtherAt)}
	if f.Claimed.Area != "" {
		p.Box, p.Revision, p.BoxDistrict = f.Claimed.ID(), r.Reading.Fields.Revision, f.Claimed.Routing.String()
	}
	if f.Box != nil {
		p.BoxDistrict = f.Box.Routing.String()
	}
	if j.Receipt != nil {
		p.Receipt, p.Load, p.LoadDistrict, p.Truck = j.Receipt.ID, j.Receipt.Load, j.Receipt.District.String(), j.Receipt.Plate
	}
	switch j.Verdict {
	case gate.Received:
		j.Receipt.Count++
		j.Receipt.last++
		j.Position = j.Receipt.last
		p.Position = j.Position
	case gate.AlreadyReceived:
		p.Position = j.Position
	}
	j.Event, err = t.append(ctx, act{dock: r.Place, id: r.ID, actor: r.Operator, kind: BoxArrived, box: key, payload: p})
	return j, err
}

// arrivingFacts reads what the record says of the box; it returns its key, 0 for none.
func (t *tx) arrivingFacts(ctx context.Context, reading code.Reading, f *gate.ReceivingFacts, j *ReceiveJudgement) (int64, error) {
	if reading.Status != code.Whole && reading.Status != code.FalseSignature {
		return 0, nil
	}
	// A label of ours with a kind or code space that the event lacks claims no box.
	ev := t.l.info.Event
	claimed, err := ev.BoxOfFields(reading.Fields)
	if err != nil {
		return 0, nil
	}
	f.Claimed, j.Claimed = claimed, claimed
	key, err := ev.KeyOf(claimed)
	if err != nil {
		return 0, nil
	}
	var routing, labelState, at, plate, loadState, gotAt string
	var in gate.Loaded
	var receipt int64
	found, err := t.one(ctx, qArriving, args(key), &routing, &f.Revision, &labelState, &in.Load, &in.Position, &at, &plate, &loadState,
		&receipt, &j.Position, &gotAt, &j.ReceivedPlace)
	if err != nil {
		return 0, fmt.Errorf("read box: %w", err)
	}
	if !found {
		return key, nil
	}
	b := claimed
	b.Routing = district(routing)
	f.Box, j.Box = &b, &b
	f.Spoiled = labelState == LabelVoid || labelState == LabelSpoiled
	if in.Load != 0 {
		in.Truck = plate
		f.Loaded, f.Departed, f.Arrived = &in, LoadState(loadState) == LoadDeparted, receipt != 0
		j.OtherLoad, j.OtherTruck, j.OtherAt, j.OtherState, j.ReceivedAt = in.Load, plate, parseTime(at), LoadState(loadState), parseTime(gotAt)
	}
	return key, nil
}

// repeatArrival answers a scan that is in the log already with its first verdict.
func (t *tx) repeatArrival(ctx context.Context, r ReceiveRequest, f *gate.ReceivingFacts, j *ReceiveJudgement) (bool, error) {
	e := Event{ID: r.ID}
	var at, payload string
	seen, err := t.one(ctx, qEventByID, args(r.ID), &e.N, &e.Dock, &e.Seq, &at, &e.Actor, &e.Kind, &payload, &e.Prev, &e.Hash)
	if err != nil || !seen {
		return false, err
	}
	var p arrivalPayload
	if err := json.Unmarshal([]byte(payload), &p); err != nil || e.Kind != BoxArrived || e.Dock != r.Place || p.Text != storedText(r.Reading.Text) {
		return true, fmt.Errorf("%w: scan id %s belongs to another event", ErrConflict, r.ID)
	}
	e.At, e.Payload = parseTime(at), json.RawMessage(payload)
	j.Event, j.Verdict, j.Position = e, p.Verdict, p.Position
	// A green that was recorded but not told stays green only if it is still so.
	if p.Verdict == gate.Received && (!f.Arrived || f.Loaded == nil || f.Loaded.Load != p.Load || f.Receipt == nil || f.Receipt.ID != p.Receipt) {
		return true, fmt.Errorf("%w: scan %s was received on receipt %d, which changed since; scan the box again", ErrConflict, r.ID, p.Receipt)
	}
	return true, nil
}

// ArrivalScan is a BoxArrived or BoxReturned event, read.
type ArrivalScan struct {
	arrivalPayload
	Reason string // of a box that was taken back
}

// Other is when the load that has the box took it; zero where none has.
func (s ArrivalScan) Other() time.Time { return parseTime(s.OtherAt) }

// ReadArrival reads the payload of a BoxArrived or BoxReturned event. Error: ErrInvalid.
func ReadArrival(e Event) (ArrivalScan, error) {
	var s ArrivalScan
	var err error
	switch e.Kind {
	case BoxArrived:
		err = json.Unmarshal(e.Payload, &s.arrivalPayload)
	case BoxReturned:
		var u unreceivePayload
		err = json.Unmarshal(e.Payload, &u)
		s.Box, s.Receipt, s.Load, s.Reason = u.Box, u.Receipt, u.Load, u.Reason
	default:
		return s, fmt.Errorf("%w: event %s is no scan of a receiving place", ErrInvalid, e.Kind)
	}
	if err != nil {
		return s, fmt.Errorf("%w: payload of event %s: %w", ErrInvalid, e.ID, err)
	}
	return s, nil
}
