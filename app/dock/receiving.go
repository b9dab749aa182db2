package dock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// Receiving is a station at the other end of the way: at the kecamatan it takes what a
// truck brings. It stands on the station's own dock number, its lease and its operator.
// Its methods may be called from any goroutine; they wait for the ledger.
type Receiving struct {
	s *Station

	mu      sync.Mutex
	pending []pending // scans whose recording was not confirmed
}

// Receiving is the receiving at this station: always the same one, for it remembers the
// scans whose recording was not confirmed.
func (s *Station) Receiving() *Receiving {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.receiving == nil {
		s.receiving = &Receiving{s: s}
	}
	return s.receiving
}

// ReceivingStatus is what a receiving screen shows between scans.
type ReceivingStatus struct {
	Place    int
	Operator string
	Receipt  *ledger.Receipt // nil: none is open
	Last     []Result        // newest first
}

func (x *Receiving) operator() (ledger.Person, error) {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	switch {
	case x.s.operator.Name == "":
		return ledger.Person{}, ErrNobody
	case x.s.away != nil && x.s.away.barred():
		return ledger.Person{}, x.s.away.Err
	}
	return x.s.operator, nil
}

// Open opens the receipt of a departed load here. Errors: see ledger.OpenReceipt;
// ErrNobody.
func (x *Receiving) Open(ctx context.Context, load int64, kecamatan []election.AreaCode, paper string) (ledger.Receipt, error) {
	by, err := x.operator()
	if err != nil {
		return ledger.Receipt{}, err
	}
	return x.s.l.OpenReceipt(ctx, by, x.s.dock, load, kecamatan, paper)
}

// Paper is the surat jalan or berita acara whose code was scanned. Errors:
// code.ErrCheckpoint (it is no such code), code.ErrSeal (not signed by this ledger), and
// ledger.DocumentOf's.
func (x *Receiving) Paper(ctx context.Context, text string) (ledger.Issued, error) {
	c, sealed, err := x.s.l.ParsePaper(text)
	if err != nil {
		return ledger.Issued{}, err
	}
	if !sealed { // printed where no seal was: that the log has this very hash must do
		return x.s.l.DocumentOf(ctx, c)
	}
	seals, err := x.s.l.SealKeys(ctx)
	if err != nil {
		return ledger.Issued{}, err
	}
	for _, k := range seals {
		if c.SealedBy(k.PublicKey) == nil {
			return x.s.l.DocumentOf(ctx, c)
		}
	}
	return ledger.Issued{}, fmt.Errorf("surat jalan: %w", c.SealedBy(nil))
}

// IsPaper tells whether a scan is the code of a paper.
func (x *Receiving) IsPaper(text string) bool {
	_, _, err := x.s.l.ParsePaper(text)
	return err == nil
}

// OpenPaper opens the receipt of the load whose surat jalan or berita acara was scanned.
// Errors: see Paper and Open.
func (x *Receiving) OpenPaper(ctx context.Context, text string, kecamatan []election.AreaCode) (ledger.Receipt, error) {
	d, err := x.Paper(ctx, text)
	if err != nil {
		return ledger.Receipt{}, err
	}
	return x.Open(ctx, d.Load, kecamatan, d.Number)
}

// Scan takes one scan of a box that arrives. It never fails: where the ledger does, the
// verdict is Unavailable, and the same label scanned again is recorded once.
func (x *Receiving) Scan(ctx context.Context, raw string) Result {
	reading := code.Parse(raw, x.s.keys)
	x.mu.Lock()
	defer x.mu.Unlock()
	r := Result{At: time.Now(), Scan: shown(reading.Text), Receiving: true}
	by, err := x.operator()
	if err != nil {
		r.Verdict, r.Err = gate.Unavailable, err
		return r
	}
	r.ID = x.idOf(reading.Text)
	ask := ledger.ReceiveRequest{ID: r.ID, Place: x.s.dock, Operator: by.Name, Reading: reading}
	j, err := x.s.l.Receive(ctx, ask)
	if errors.Is(err, ledger.ErrSlow) {
		j, err = x.s.l.Receive(ctx, ask)
	}
	if err != nil {
		if x.confirmed(r.ID); !errors.Is(err, ledger.ErrConflict) {
			x.pending = append(x.pending, pending{id: r.ID, reading: reading})
			x.pending = x.pending[max(0, len(x.pending)-mostPending):]
		}
		r.Verdict, r.Err = gate.Unavailable, err
		x.s.mu.Lock()
		if x.s.away != nil {
			r.Since = x.s.away.Since
		}
		x.s.mu.Unlock()
		return r
	}
	x.confirmed(r.ID)
	x.told(ctx, reading, j, &r)
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if err := x.s.memory.note(j.Event.Seq, j.Event.Hash, string(r.Verdict), r.Box); err != nil {
		slog.Error("remember a confirmed scan", "place", x.s.dock, "err", err)
	}
	return r
}

// idOf and confirmed: see Station's.
func (x *Receiving) idOf(text string) string {
	for _, p := range x.pending {
		if p.reading.Text == text {
			return p.id
		}
	}
	return ledger.NewID()
}

func (x *Receiving) confirmed(id string) {
	for i, p := range x.pending {
		if p.id == id {
			x.pending = append(x.pending[:i:i], x.pending[i+1:]...)
			return
		}
	}
}

func (x *Receiving) told(ctx context.Context, reading code.Reading, j ledger.ReceiveJudgement, r *Result) {
	r.Seq, r.At, r.Verdict, r.Position = j.Event.Seq, j.Event.At, j.Verdict, j.Position
	if p := j.Receipt; p != nil {
		r.Receipt, r.Truck, r.LoadDistrict, r.Count, r.Expected = p.ID, p.Plate, p.District, p.Count, p.Expected
		r.StaysOn = j.Verdict == gate.WrongKecamatan && j.OtherLoad == p.Load
	}
	if c := j.Claimed; c.Area != "" {
		r.Box, r.Area, r.TPS, r.Kind, r.BoxDistrict, r.Revision = c.ID(), c.Area, c.TPS, c.Kind, c.Routing, reading.Fields.Revision
		if j.Box != nil {
			r.BoxDistrict = j.Box.Routing
		}
		x.s.names(ctx, r)
	}
	r.OtherLoad, r.OtherTruck, r.OtherAt, r.OtherState = j.OtherLoad, j.OtherTruck, j.OtherAt, j.OtherState
	if j.Verdict == gate.AlreadyReceived {
		r.OtherAt = j.ReceivedAt
	}
}

// Status is what the screen shows between scans. Error: ledger.ErrUnavailable.
func (x *Receiving) Status(ctx context.Context) (ReceivingStatus, error) {
	by, err := x.operator()
	st := ReceivingStatus{Place: x.s.dock, Operator: by.Name}
	if err == nil {
		st.Receipt, err = x.s.l.OpenReceiptAt(ctx, x.s.dock)
	}
	if err != nil || st.Receipt == nil {
		return st, err
	}
	events, err := x.s.l.LastArrivals(ctx, x.s.dock, lastShown)
	if err != nil {
		return st, err
	}
	for _, e := range events {
		sc, err := ledger.ReadArrival(e)
		if err != nil {
			return st, err
		}
		if sc.Receipt != st.Receipt.ID {
			break
		}
		r := Result{Seq: e.Seq, At: e.At, Scan: sc.Text, Verdict: sc.Verdict, Receiving: true, Undone: e.Kind == ledger.BoxReturned, Truck: sc.Truck, Receipt: sc.Receipt,
			Position: sc.Position, OtherTruck: sc.OtherTruck, OtherLoad: sc.OtherLoad, OtherAt: sc.Other(), StaysOn: sc.Verdict == gate.WrongKecamatan && sc.OtherLoad == sc.Load}
		r.BoxDistrict, _ = election.ParseDistrict(sc.BoxDistrict)
		r.LoadDistrict, _ = election.ParseDistrict(sc.LoadDistrict)
		if area, tps, kind, err := election.ParseBoxID(sc.Box); err == nil {
			r.Box, r.Area, r.TPS, r.Kind = sc.Box, area, tps, kind
			x.s.names(ctx, &r)
		}
		st.Last = append(st.Last, r)
	}
	return st, nil
}

// Undo takes a received box off the receipt again, the last one where box is empty. Errors:
// see ledger.Unreceive; ErrNobody.
func (x *Receiving) Undo(ctx context.Context, box, reason string) (Result, error) {
	by, err := x.operator()
	if err != nil {
		return Result{}, err
	}
	u, err := x.s.l.Unreceive(ctx, by, x.s.dock, box, reason)
	if err != nil {
		return Result{}, err
	}
	r := Result{Seq: u.Event.Seq, At: u.Event.At, Undone: true, Receiving: true, Receipt: u.Receipt.ID, Box: u.Box, Truck: u.Receipt.Plate, LoadDistrict: u.Receipt.District,
		Count: u.Receipt.Count, Expected: u.Receipt.Expected}
	if area, tps, kind, err := election.ParseBoxID(u.Box); err == nil {
		r.Area, r.TPS, r.Kind = area, tps, kind
		x.s.names(ctx, &r)
	}
	return r, nil
}

// Sign ends the receipt; by is the one who signs, with the PIN that was just given, or
// nobody: the operator. Errors: see ledger.SignReceipt.
func (x *Receiving) Sign(ctx context.Context, by ledger.Person, s ledger.Signing) (ledger.Receipt, error) {
	operator, err := x.operator()
	if err != nil {
		return ledger.Receipt{}, err
	}
	if by.Name == "" {
		by = operator
	}
	r, err := x.s.l.SignReceipt(ctx, by, x.s.dock, s)
	if err == nil {
		x.s.mu.Lock()
		x.s.backUp(ctx)
		x.s.mu.Unlock()
	}
	return r, err
}
