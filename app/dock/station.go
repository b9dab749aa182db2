// Package dock is the room of one loading dock (pintu muat): it takes scans and commands,
// asks the gate through the ledger, keeps the lock and the count, and hands back results.
// What enters is a scan's text, what leaves is a Result whose verdict is durable. It knows
// no window, no words for people and no SQL.
package dock

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// ErrInUse says that another process has this dock.
var ErrInUse = ledger.ErrInUse

// ErrNobody says that nobody is signed in at the dock.
var ErrNobody = errors.New("nobody is signed in at this dock")

// lastShown is how many of the last results a dock remembers.
const lastShown = 12

// Station is one dock at work. Its methods may be called from any goroutine; they wait for
// the ledger, so never call them where a window is painted.
type Station struct {
	l     *ledger.Ledger
	dock  int
	lease *ledger.Lease
	keys  code.Keys

	backups backups

	mu       sync.Mutex
	operator ledger.Person
	setAside bool // armed by the command, until the next scan that can be read
	pending  []pending
	expected int
	stale    bool // another dock did something: expected may be another number
	last     []Result

	away       *Away        // nil: the ledger is there
	load       *ledger.Load // as it was last seen
	lock       *gate.Lock   // the same
	unrecorded bool         // lock is not in the ledger yet
	changed    func()       // nil: nobody watches
	memory     *memory      // nil: none is kept
}

// Open takes over a dock. The open load and the lock are the ledger's, so a restart goes
// on where the dock was. Errors: ErrInUse, ledger.ErrInvalid.
func Open(ctx context.Context, l *ledger.Ledger, number int) (*Station, error) {
	if number < 1 || number > 999 {
		return nil, fmt.Errorf("open dock %d: %w: docks are numbered 1 to 999", number, ledger.ErrInvalid)
	}
	s := &Station{l: l, dock: number, keys: code.Keys{Event: l.Event().Code, Public: l.PublicKeys()}}
	// The watch waits until the dock has been read.
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if s.lease, err = l.LeaseDock(ctx, number, s.pulse); err != nil {
		return nil, fmt.Errorf("open dock %d: %w", number, err)
	}
	if err := s.restore(ctx); err != nil {
		go s.lease.Release() // which waits for the watch, and that for us
		return nil, fmt.Errorf("open dock %d: %w", number, err)
	}
	return s, nil
}

// Close gives the dock back, once a backup that was begun is made. An open load stays open.
func (s *Station) Close() error {
	s.backups.work.Wait()
	err := s.lease.Release()
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(err, s.memory.close())
}

// restore reads the last results, so that the operator sees after a restart what was
// scanned before it.
func (s *Station) restore(ctx context.Context) error {
	events, err := s.l.LastScans(ctx, s.dock, lastShown)
	if err != nil {
		return err
	}
	for _, e := range events {
		sc, err := ledger.ReadScan(e)
		if err != nil {
			return err
		}
		r := Result{Seq: e.Seq, At: e.At, Scan: sc.Text, Verdict: sc.Verdict, Undone: e.Kind == ledger.BoxUnloaded, Truck: sc.Truck,
			Hold: sc.Hold, Position: sc.Position, OtherTruck: sc.OtherTruck, OtherLoad: sc.OtherLoad, OtherAt: sc.Other()}
		r.BoxDistrict, _ = election.ParseDistrict(sc.BoxDistrict)
		r.LoadDistrict, _ = election.ParseDistrict(sc.LoadDistrict)
		if area, tps, kind, err := election.ParseBoxID(sc.Box); err == nil {
			r.Box, r.Area, r.TPS, r.Kind = sc.Box, area, tps, kind
			s.names(ctx, &r)
		}
		s.last = append(s.last, r)
	}
	return s.expect(ctx, nil)
}

// SetOperator says who acts from now on, and records it.
func (s *Station) SetOperator(ctx context.Context, p ledger.Person) error {
	if err := s.l.NoteSignIn(ctx, s.dock, p); err != nil {
		return fmt.Errorf("sign in at dock %d: %w", s.dock, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.operator = p
	return nil
}

// Resume goes on with the operator from before a crash, and records that.
func (s *Station) Resume(ctx context.Context, p ledger.Person) error {
	if err := s.l.NoteResume(ctx, s.dock, p); err != nil {
		return fmt.Errorf("resume at dock %d: %w", s.dock, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.operator = p
	return nil
}

// SignOut leaves the dock without an operator: nothing is judged until the next one. That is
// so even where it can't be recorded; why: see ledger.NoteSignOut. Error:
// ledger.ErrUnavailable.
func (s *Station) SignOut(ctx context.Context, why string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.operator
	s.operator, s.setAside = ledger.Person{}, false
	if p.Name == "" {
		return nil
	}
	if err := s.l.NoteSignOut(ctx, s.dock, p, why); err != nil {
		return fmt.Errorf("sign out at dock %d: %w", s.dock, err)
	}
	return nil
}

// Number is the dock's number.
func (s *Station) Number() int { return s.dock }

// Status is what the screen shows between scans.
func (s *Station) Status(ctx context.Context) (Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Status{Dock: s.dock, Operator: s.operator.Name, SetAside: s.setAside, Last: append([]Result(nil), s.last...)}
	err := s.look(ctx)
	if err != nil && s.away == nil {
		s.lost(err, time.Now())
	}
	if s.away != nil {
		a := *s.away
		st.Away, err = &a, a.Err
	}
	st.Load, st.Lock, st.Expected = s.load, s.lock, s.expected
	if st.Load != nil {
		if x, ok := s.l.Event().DapilOf(st.Load.District); ok {
			st.Dapil = &x
		}
	}
	if err != nil {
		return st, fmt.Errorf("status of dock %d: %w", s.dock, err)
	}
	return st, nil
}

// look reads the dock's state anew, unless it is known that this can't be done.
func (s *Station) look(ctx context.Context) error {
	if s.away != nil {
		return s.away.Err
	}
	d, err := s.l.Dock(ctx, s.dock)
	if err != nil {
		return err
	}
	another := (d.Load == nil) != (s.load == nil) || d.Load != nil && d.Load.ID != s.load.ID
	if s.load = d.Load; !s.unrecorded {
		s.lock = d.Lock
	}
	if s.stale || another {
		return s.expect(ctx, d.Load)
	}
	return nil
}

// expect counts anew what the open load can come to.
func (s *Station) expect(ctx context.Context, ld *ledger.Load) error {
	if ld == nil {
		d, err := s.l.Dock(ctx, s.dock)
		if err != nil {
			return err
		}
		s.load, s.lock = d.Load, d.Lock
		if ld = d.Load; ld == nil {
			s.expected, s.stale = 0, false
			return nil
		}
	}
	s.load = ld
	n, err := s.l.Expected(ctx, *ld)
	if err == nil {
		s.expected, s.stale = n, false
	}
	return err
}

// Scan takes one scan: a box label, a command code, or noise. It never fails: where the
// ledger does, the verdict is Unavailable.
func (s *Station) Scan(ctx context.Context, raw string) Result {
	reading := code.Parse(raw, s.keys)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Result{At: time.Now(), Scan: shown(reading.Text)}
	if reading.Status == code.CommandCode {
		r.Command = reading.Command
		s.command(ctx, reading, &r)
	} else {
		s.judge(ctx, reading, &r)
		s.remember(r)
	}
	return r
}

// shown is a scan as people and scripts see it: noise is cut.
func shown(s string) string {
	const most = 200
	if len(s) <= most {
		return strings.ToValidUTF8(s, "?")
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(s[:most], "?"), len(s))
}

func (s *Station) remember(r Result) {
	s.last = append([]Result{r}, s.last...)
	if len(s.last) > lastShown {
		s.last = s.last[:lastShown]
	}
}

// told fills the result from the recorded judgement.
func (s *Station) told(ctx context.Context, reading code.Reading, j ledger.Judgement, r *Result) {
	r.Seq, r.At, r.Verdict, r.Lock, r.Hold, r.Position = j.Event.Seq, j.Event.At, j.Decision.Verdict, j.Lock, j.Hold, j.Position
	// An unreadable scan may be the refused box's own: the operator just pulls again.
	if r.Lock == nil || reading.Status != code.CutOff && reading.Status != code.Doubled && reading.Status != code.Damaged {
		s.setAside = false
	}
	s.lock, s.unrecorded = j.Lock, false
	if j.Load != nil {
		s.load = j.Load
		r.Truck, r.LoadDistrict, r.Count, r.Expected = j.Load.Plate, j.Load.District, j.Load.Count, s.expected
	}
	if c := j.Claimed; c.Area != "" {
		r.Box, r.Area, r.TPS, r.Kind, r.BoxDistrict, r.Revision = c.ID(), c.Area, c.TPS, c.Kind, c.Routing, reading.Fields.Revision
		if j.Box != nil {
			r.BoxDistrict = j.Box.Routing
		}
		s.names(ctx, r)
	}
	if r.Verdict == gate.Duplicate || r.Verdict == gate.OnOtherTruck {
		r.OtherLoad, r.OtherTruck, r.OtherAt, r.OtherState = j.OtherLoad, j.OtherTruck, j.OtherAt, j.OtherState
	}
}

// names adds the names of area and dapil. They are for the eye only: a box is known by its
// codes, so a failure here changes no verdict.
func (s *Station) names(ctx context.Context, r *Result) {
	r.BoxDapil, r.LoadDapil = s.dapil(r.BoxDistrict), s.dapil(r.LoadDistrict)
	if names, err := s.l.AreaNames(ctx, r.Area); err == nil {
		r.Kelurahan, r.Kecamatan = names[election.LevelKelurahan], names[election.LevelKecamatan]
	}
}

// dapil is a district by its name, always with its kind: "DKI JAKARTA 4" alone is said of
// other kinds too. A kecamatan, which has no dapil, is told by its code.
func (s *Station) dapil(d election.District) string {
	if x, ok := s.l.Event().DapilOf(d); ok {
		return d.Kind + " " + x.Name
	}
	return d.Spaced()
}

// command carries out a command code.
func (s *Station) command(ctx context.Context, reading code.Reading, r *Result) {
	if reading.Command == code.Badge {
		p, err := s.l.SignInBadge(ctx, reading.Token)
		if err == nil {
			if err = s.l.NoteSignIn(ctx, s.dock, p); err == nil {
				s.operator, r.Person = p, &p
			}
		}
		r.Err = err
		return
	}
	if s.operator.Name == "" {
		r.Err = ErrNobody
		return
	}
	e, err := s.l.Command(ctx, s.dock, s.operator.Name, reading.Command)
	if err != nil {
		r.Err = err
		return
	}
	r.Seq, r.At = e.Seq, e.At
	d, err := s.l.Dock(ctx, s.dock)
	if err != nil {
		r.Err = err
		return
	}
	r.Lock = d.Lock
	switch reading.Command {
	case code.SetAside:
		if d.Lock == nil {
			r.Err = fmt.Errorf("%w: this dock is not locked; there is no box to set aside", ledger.ErrConflict)
		}
		s.setAside = d.Lock != nil
	case code.Undo:
		var u Result
		if u, err = s.undo(ctx, "", "command code"); err == nil {
			u.Command = code.Undo
			*r = u
		}
		r.Err = err
	case code.CloseLoad:
		// A shortage needs a reason, which a code doesn't have: a load that is not
		// complete is closed on the screen or the command line.
		ld, err := s.l.CloseLoad(ctx, s.operator, s.dock, "")
		if err == nil {
			r.Closed, s.setAside, s.load = &ld, false, nil
			s.backUp(ctx)
		}
		r.Err = err
	case code.TruckPass:
		if r.Opened, r.Err = s.openByPass(ctx, reading.Token); r.Opened != nil {
			r.Truck, r.LoadDistrict, r.Expected = r.Opened.Plate, r.Opened.District, s.expected
			r.LoadDapil = s.dapil(r.LoadDistrict)
		}
	}
}

func (s *Station) openByPass(ctx context.Context, token string) (*ledger.Load, error) {
	p, err := s.l.PassByToken(ctx, token)
	if err != nil {
		return nil, err
	}
	ld, err := s.l.OpenLoad(ctx, s.operator, s.dock, p.Plate, p.District, p.Kecamatan)
	if err != nil {
		return nil, err
	}
	return &ld, s.expect(ctx, &ld)
}

// ArmSetAside is the "Sisihkan" button: the same as its command code.
func (s *Station) ArmSetAside(ctx context.Context) Result {
	text, err := code.CommandText(code.SetAside, "")
	if err != nil {
		return Result{Command: code.SetAside, Err: err}
	}
	return s.Scan(ctx, text)
}

// OpenLoad opens a load of a truck for a district at this dock. Errors: see
// ledger.OpenLoad; ErrNobody.
func (s *Station) OpenLoad(ctx context.Context, plate string, d election.District, kecamatan []election.AreaCode) (ledger.Load, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operator.Name == "" {
		return ledger.Load{}, ErrNobody
	}
	ld, err := s.l.OpenLoad(ctx, s.operator, s.dock, plate, d, kecamatan)
	if err != nil {
		return ld, err
	}
	return ld, s.expect(ctx, &ld)
}

// Undo takes the last accepted box off the load again. Errors: see ledger.Undo; ErrNobody.
func (s *Station) Undo(ctx context.Context, reason string) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operator.Name == "" {
		return Result{}, ErrNobody
	}
	return s.undo(ctx, "", reason)
}

// UndoBox is Undo for one named box of the load.
func (s *Station) UndoBox(ctx context.Context, box, reason string) (Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operator.Name == "" {
		return Result{}, ErrNobody
	}
	return s.undo(ctx, box, reason)
}

func (s *Station) undo(ctx context.Context, box, reason string) (Result, error) {
	u, err := s.l.Undo(ctx, s.operator, s.dock, box, reason)
	if err != nil {
		return Result{}, err
	}
	r := Result{Seq: u.Event.Seq, At: u.Event.At, Undone: true, Box: u.Box, Truck: u.Load.Plate, LoadDistrict: u.Load.District,
		Count: u.Load.Count, Expected: s.expected}
	if area, tps, kind, err := election.ParseBoxID(u.Box); err == nil {
		r.Area, r.TPS, r.Kind = area, tps, kind
		s.names(ctx, &r)
	}
	s.remember(r)
	return r, nil
}

// Seconds are the penyelia who may approve an act of this dock's operator; see
// ledger.Seconds.
func (s *Station) Seconds(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	by := s.operator
	s.mu.Unlock()
	return s.l.Seconds(ctx, by, s.loadOperator(ctx))
}

func (s *Station) loadOperator(ctx context.Context) string {
	d, err := s.l.Dock(ctx, s.dock)
	if err != nil || d.Load == nil {
		return ""
	}
	return d.Load.Operator
}

// TakeOver hands the open load to the one who is signed in now; count is what both shifts
// agree on. Errors: see ledger.TakeOver; ErrNobody.
func (s *Station) TakeOver(ctx context.Context, count int) (ledger.Load, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operator.Name == "" {
		return ledger.Load{}, ErrNobody
	}
	return s.l.TakeOver(ctx, s.operator, s.dock, count)
}

// ClearLock frees the dock without its refused box, for a reason; by carries the approval
// that it needs. Errors: see ledger.ClearLock.
func (s *Station) ClearLock(ctx context.Context, by ledger.Person, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.l.ClearLock(ctx, by, s.dock, reason); err != nil {
		return err
	}
	s.setAside = false
	return nil
}
