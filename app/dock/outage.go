package dock

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// Away says that nothing can be recorded, why, and since when. The dock is red until it is
// over.
type Away struct {
	Since time.Time
	Err   error
}

// pending is a scan whose recording was not confirmed: it may be in the log or not. The
// same scan under the same id can't be recorded twice.
type pending struct {
	id       string
	reading  code.Reading
	setAside bool
	operator string
	load     int64        // of the dock at that time; 0: none known
	verdict  gate.Verdict // what the label told by itself
	settled  bool         // it is in the log; the one who scanned was not told by a scan yet
}

// mostPending is how many unconfirmed scans a dock remembers: a dock that is red is soon
// scanned no more.
const mostPending = 256

// settleTime is how long the dock may take to settle what is pending.
const settleTime = 2 * time.Second

// Watch makes the dock call f, from another goroutine, whenever something changed that it
// shows: at this dock, at another one, or whether the ledger is there.
func (s *Station) Watch(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = f
}

// pulse takes what the lease's watch saw.
func (s *Station) pulse(p ledger.Pulse) {
	s.mu.Lock()
	if p.Err != nil {
		s.cut = true
		s.lost(p.Err, p.Since)
	} else {
		s.stale = true
		// A scan may have ended the outage before the watch saw its end, and another server may
		// have taken over since.
		if (s.cut || s.away != nil) && (s.away == nil || !s.away.stubborn()) {
			s.cut = false
			ctx, cancel := context.WithTimeout(context.Background(), settleTime)
			s.back(ctx)
			cancel()
		}
	}
	f := s.changed
	s.mu.Unlock()
	if f != nil {
		f()
	}
}

// stubborn tells of an outage that a look at the ledger can't see the end of, for what can't
// be written can still be read: a probe can, or the next scan; or only a penyelia.
func (a *Away) stubborn() bool {
	return errors.Is(a.Err, ledger.ErrDiskFull) || errors.Is(a.Err, ledger.ErrReadOnly) || errors.Is(a.Err, ErrLost)
}

// barred tells of an outage during which the ledger must not be asked at all.
func (a *Away) barred() bool {
	return errors.Is(a.Err, ErrInUse) || errors.Is(a.Err, ErrLost)
}

// lost notes that the ledger failed. s.mu is held.
func (s *Station) lost(err error, since time.Time) {
	if s.away == nil {
		s.away = &Away{Since: since}
	} else if errors.Is(s.away.Err, ErrLost) {
		return
	}
	s.away.Err = err
	if !s.probing && !s.away.barred() && s.ctx.Err() == nil {
		s.probing = true
		s.probes.Go(s.probe)
	}
}

// probeTime is how long the dock waits between two tries to write, while it is away.
const probeTime = 2 * time.Second

// probe ends an outage that the watch can't see the end of: it tries to write, now and then,
// until that goes or the outage is over by other means. The ledger is tried without s.mu: a
// scan is answered, red, meanwhile.
func (s *Station) probe() {
	t := time.NewTicker(probeTime)
	defer t.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-t.C:
		}
		ctx, cancel := context.WithTimeout(s.ctx, settleTime)
		err := s.l.Probe(ctx, s.dock)
		cancel()
		ctx, cancel = context.WithTimeout(s.ctx, settleTime)
		s.mu.Lock()
		was := s.away
		if s.away != nil && !s.away.barred() {
			if err == nil {
				s.back(ctx)
			} else if s.ctx.Err() == nil {
				s.lost(err, time.Now())
			}
		}
		over := s.away == nil || s.away.barred()
		s.probing = !over
		f := s.changed
		s.mu.Unlock()
		cancel()
		if was != nil && over && f != nil {
			f()
		}
		if over {
			return
		}
	}
}

// back settles what is pending and ends the outage, if the ledger lets it. s.mu is held.
func (s *Station) back(ctx context.Context) {
	if err := s.settle(ctx); err != nil {
		s.lost(err, time.Now())
		return
	}
	s.away = nil
	if err := s.compare(ctx); err != nil {
		s.lost(err, time.Now())
	}
}

// settle looks up what became of the scans that were not confirmed. Those that are in the
// log get their recorded verdict. A refusal that is not is recorded now, under the same id;
// a box that may have been good must be scanned again, for nobody knows where it is.
// s.mu is held.
func (s *Station) settle(ctx context.Context) error {
	d, err := s.l.Dock(ctx, s.dock)
	if err != nil {
		return err
	}
	var left []pending
	for i, p := range s.pending {
		if p.settled {
			left = append(left, p)
			continue
		}
		there, err := s.l.HasEvent(ctx, p.id)
		if err != nil {
			s.pending = append(left, s.pending[i:]...)
			return err
		}
		refusal := p.verdict != gate.Unavailable && d.Load != nil && d.Load.ID == p.load
		if !there && !refusal {
			if p.verdict == gate.Unavailable {
				left = append(left, p)
			}
			continue
		}
		j, err := s.l.Judge(ctx, ledger.ScanRequest{ID: p.id, Dock: s.dock, Operator: p.operator, Reading: p.reading, SetAside: p.setAside})
		if errors.Is(err, ledger.ErrConflict) {
			continue // it was recorded, and is not so any more
		}
		if err != nil {
			s.pending = append(left, s.pending[i:]...)
			return err
		}
		r := Result{ID: p.id, Scan: shown(p.reading.Text)}
		s.told(ctx, p.reading, j, &r)
		s.correct(r)
		if r.Verdict == gate.Accepted {
			// Who scans it again is told that it is on, not that it is on already.
			p.settled = true
			left = append(left, p)
		}
	}
	s.pending = left
	if d, err = s.l.Dock(ctx, s.dock); err != nil {
		return err
	}
	s.load, s.lock, s.unrecorded = d.Load, d.Lock, false
	return nil
}

// correct puts a settled result in the place of the one that was shown.
func (s *Station) correct(r Result) {
	for i := range s.last {
		if s.last[i].ID == r.ID {
			s.last[i] = r
		}
	}
}

// alone answers a scan that can't be recorded: red, by what the label itself tells.
// s.mu is held.
func (s *Station) alone(ctx context.Context, id string, reading code.Reading, err error, r *Result) {
	f := gate.Facts{Lock: s.lock, Reading: reading}
	p := pending{id: id, reading: reading, setAside: s.setAside, operator: s.operator.Name}
	if s.load != nil {
		f.Load, p.load = s.load.Gate(), s.load.ID
		r.Truck, r.LoadDistrict, r.Count, r.Expected = s.load.Plate, s.load.District, s.load.Count, s.expected
	}
	if reading.Status == code.Whole || reading.Status == code.FalseSignature {
		if b, err := s.l.Event().BoxOfFields(reading.Fields); err == nil {
			f.Claimed = b
			r.Box, r.Area, r.TPS, r.Kind, r.BoxDistrict, r.Revision = b.ID(), b.Area, b.TPS, b.Kind, b.Routing, reading.Fields.Revision
			r.BoxDapil, r.LoadDapil = s.dapil(r.BoxDistrict), s.dapil(r.LoadDistrict)
		}
	}
	d := gate.Decide(f)
	r.Verdict, r.Err, p.verdict = d.Verdict, err, d.Verdict
	if s.away != nil {
		r.Since = s.away.Since
	}
	if d.Lock != nil {
		s.lock, s.unrecorded = d.Lock, true
	}
	r.Lock = s.lock
	if r.Verdict == gate.Locked {
		return // it was not judged
	}
	for _, q := range s.pending {
		if q.id == id {
			return
		}
	}
	if s.pending = append(s.pending, p); len(s.pending) > mostPending {
		s.pending = s.pending[1:]
	}
}

// idOf is the id under which a scan is recorded: that of an unconfirmed one of the same
// label, else a new one.
func (s *Station) idOf(text string) string {
	for _, p := range s.pending {
		if p.reading.Text == text {
			return p.id
		}
	}
	return ledger.NewID()
}

// confirmed forgets a scan that is no longer pending.
func (s *Station) confirmed(id string) {
	for i, p := range s.pending {
		if p.id == id {
			s.pending = append(s.pending[:i:i], s.pending[i+1:]...)
			return
		}
	}
}

// judge asks the ledger, or, where that can't be, the label alone.
func (s *Station) judge(ctx context.Context, reading code.Reading, r *Result) {
	if s.operator.Name == "" {
		r.Verdict, r.Err = gate.Unavailable, ErrNobody
		return
	}
	r.ID = s.idOf(reading.Text)
	if s.away != nil && s.away.barred() {
		s.alone(ctx, r.ID, reading, s.away.Err, r)
		return
	}
	// A refusal that was not recorded yet locks the dock all the same.
	if s.unrecorded {
		if err := s.settle(ctx); err != nil {
			s.lost(err, time.Now())
			s.alone(ctx, r.ID, reading, err, r)
			return
		}
		r.ID = s.idOf(reading.Text)
	}
	scan := ledger.ScanRequest{ID: r.ID, Dock: s.dock, Operator: s.operator.Name, Reading: reading, SetAside: s.setAside}
	j, err := s.l.Judge(ctx, scan)
	if errors.Is(err, ledger.ErrSlow) && s.away == nil {
		j, err = s.l.Judge(ctx, scan) // one slow answer is no outage, and one id is recorded once
	}
	if errors.Is(err, ledger.ErrConflict) {
		s.confirmed(r.ID)
		r.Verdict, r.Err = gate.Unavailable, err
		return
	}
	if err != nil {
		s.lost(err, time.Now())
		s.alone(ctx, r.ID, reading, err, r)
		return
	}
	s.confirmed(r.ID)
	s.told(ctx, reading, j, r)
	if s.away != nil {
		s.back(ctx)
	}
	if err := s.memory.note(j.Event.Seq, j.Event.Hash, string(r.Verdict), r.Box); err != nil {
		// The record itself is durable; only a server that forgets it would not be found out.
		slog.Error("remember a confirmed scan", "dock", s.dock, "err", err)
	}
}

// ErrLost says that the server lacks scans which this dock was told are recorded: another
// server took over that had not got them.
var ErrLost = errors.New("the server lacks scans that were confirmed to this dock")

// LostError names the scans that are lacking.
type LostError struct {
	Dock  int
	From  int64 // sequence numbers of the dock's chain
	To    int64
	Boxes []string // accepted onto a load, and not in the record
}

// Error names the boxes.
func (e *LostError) Error() string {
	return fmt.Sprintf("%v: dock %d, events %d to %d; loaded boxes that are not in the record: %v; scan them again once a penyelia has noted it",
		ErrLost, e.Dock, e.From, e.To, e.Boxes)
}

// Unwrap makes it an ErrLost.
func (e *LostError) Unwrap() error { return ErrLost }

// compare looks whether the ledger has what it confirmed to this dock. s.mu is held.
func (s *Station) compare(ctx context.Context) error {
	acks := s.memory.all()
	if len(acks) == 0 {
		return nil
	}
	hashes, err := s.l.ChainHashes(ctx, s.dock, acks[0].seq)
	if err != nil {
		return err
	}
	var e *LostError
	for _, a := range acks {
		if hashes[a.seq] == a.hash {
			continue
		}
		if e == nil {
			e = &LostError{Dock: s.dock, From: a.seq}
		}
		e.To = a.seq
		if a.verdict == string(gate.Accepted) || a.verdict == string(gate.Received) {
			e.Boxes = append(e.Boxes, a.box)
		}
	}
	if e == nil {
		return nil
	}
	return e
}

// Remember keeps a small file in folder of what the ledger confirmed to this dock, flushed
// to the disk before a verdict is shown, and compares it with the ledger now and after each
// outage. It is for ledgers on a server, which another may replace. Error: the file can't
// be used, ledger.ErrUnavailable. Lost scans are no error here: the dock is away with a
// LostError until AcceptLoss.
func (s *Station) Remember(ctx context.Context, folder string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, err := openMemory(folder, s.l.Info().ID, s.dock)
	if err != nil {
		return fmt.Errorf("memory of dock %d: %w", s.dock, err)
	}
	s.memory = m
	if err := s.compare(ctx); errors.Is(err, ErrLost) {
		s.lost(err, time.Now())
	} else if err != nil {
		return fmt.Errorf("memory of dock %d: %w", s.dock, err)
	}
	return nil
}

// Away tells whether the dock can record, as far as it knows; nil: it can.
func (s *Station) Away() *Away {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away == nil {
		return nil
	}
	a := *s.away
	return &a
}

// AcceptLoss notes in the log that the server lost confirmed scans, and lets the dock go
// on: a penyelia's act, with a reason. The boxes must be scanned again. Errors:
// ledger.ErrNotAllowed, ledger.ErrInvalid, ledger.ErrNotFound (nothing is lacking).
func (s *Station) AcceptLoss(ctx context.Context, by ledger.Person, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lost *LostError
	if s.away == nil || !errors.As(s.away.Err, &lost) {
		return fmt.Errorf("note lost scans of dock %d: %w: the ledger has all that it confirmed", s.dock, ledger.ErrNotFound)
	}
	e, err := s.l.NoteLoss(ctx, by, s.dock, ledger.Loss{From: lost.From, To: lost.To, Boxes: lost.Boxes, Reason: reason})
	if err != nil {
		return err
	}
	if err := s.memory.reset(e.Seq, e.Hash); err != nil {
		return fmt.Errorf("memory of dock %d: %w", s.dock, err)
	}
	s.away = nil
	s.back(ctx)
	return nil
}
