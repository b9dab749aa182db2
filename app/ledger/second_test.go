package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
)

// shift is a ledger with a petugas at dock 1, whose load has one box and is locked by a
// wrong one, and with sari as the only penyelia.
type shift struct {
	*ledgertest.Fixture
	t    *testing.T
	budi ledger.Person
	load ledger.Load
	four []ledger.BoxRow
}

const dewiPIN = "604817"

func newShift(t *testing.T) *shift {
	t.Helper()
	return shiftOn(t, ledgertest.New(t))
}

// newFileShift is newShift on a file, whatever the run is for.
func newFileShift(t *testing.T) *shift {
	t.Helper()
	return shiftOn(t, ledgertest.NewFile(t, ledgertest.Event()))
}

func shiftOn(t *testing.T, f *ledgertest.Fixture) *shift {
	t.Helper()
	s := &shift{Fixture: f, t: t}
	s.PrintAll()
	s.Truck("B 1 A")
	s.Truck("B 2 B")
	var err error
	if s.budi, err = s.Ledger.AddPerson(t.Context(), s.Sari, "budi", ledger.Petugas, "730164"); err != nil {
		t.Fatal(err)
	}
	if s.load, err = s.Ledger.OpenLoad(t.Context(), s.budi, 1, "B 1 A", s.District("4"), nil); err != nil {
		t.Fatal(err)
	}
	s.four = s.Boxes(ledger.Filter{District: s.District("4")})
	return s
}

// scan judges a box's label at dock 1.
func (s *shift) scan(row ledger.BoxRow) gate.Verdict {
	s.t.Helper()
	j, err := s.Ledger.Judge(s.t.Context(), ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: s.budi.Name,
		Reading: code.Parse(s.Label(row.Box, 1), s.Keys())})
	if err != nil {
		s.t.Fatal(err)
	}
	return j.Decision.Verdict
}

// lock locks dock 1 with a box of another district.
func (s *shift) lock() {
	s.t.Helper()
	if v := s.scan(s.Boxes(ledger.Filter{District: s.District("5")})[0]); v != gate.WrongDistrict {
		s.t.Fatalf("a wrong box is %s", v)
	}
}

// dewi adds a second penyelia.
func (s *shift) dewi() ledger.Person {
	s.t.Helper()
	p, err := s.Ledger.AddPerson(s.t.Context(), s.Sari, "dewi", ledger.Penyelia, dewiPIN)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *shift) approve(by ledger.Person, penyelia, pin string) ledger.Person {
	s.t.Helper()
	p, err := s.Ledger.Approve(s.t.Context(), by, penyelia, pin)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// twoPersonActs are all acts that need a second person. Each can be done once.
func (s *shift) twoPersonActs() map[string]func(ledger.Person) error {
	ctx, l := s.t.Context(), s.Ledger
	return map[string]func(ledger.Person) error{
		"reassign": func(p ledger.Person) error {
			_, err := l.ReassignLoad(ctx, p, s.load.ID, ledger.Reassign{Plate: "B 2 B", Reason: "mogok"})
			return err
		},
		"void a label": func(p ledger.Person) error {
			return l.SpoilLabels(ctx, p, 1, []string{s.four[5].Box.ID()}, "sobek")
		},
		"reprint": func(p ledger.Person) error {
			_, err := l.OpenBatch(ctx, p, ledger.BatchRequest{Stock: "a6", Reprint: true, Reason: "sobek"})
			return err
		},
		"add a person": func(p ledger.Person) error {
			_, err := l.AddPerson(ctx, p, "agus", ledger.Petugas, "918273")
			return err
		},
		"new PIN":       func(p ledger.Person) error { return l.SetPIN(ctx, p, "dewi", dewiPIN) },
		"new badge":     func(p ledger.Person) error { _, err := l.IssueBadge(ctx, p, "dewi"); return err },
		"stop a person": func(p ledger.Person) error { return l.StopPerson(ctx, p, "budi") },
	}
}

// TestSecondPerson: with two penyelia, each of the acts needs the other one, for one act;
// what was refused left nothing behind.
func TestSecondPerson(t *testing.T) {
	s := newShift(t)
	s.dewi()
	ctx := t.Context()
	before := s.Verify().Events
	acts := s.twoPersonActs()
	for name, do := range acts {
		by := s.Sari
		if name == "reassign" {
			by = s.budi // to whose load sari would be a second person
		}
		if err := do(by); !errors.Is(err, ledger.ErrSecond) {
			t.Errorf("%s by one alone: %v", name, err)
		}
	}
	if n := s.Verify().Events; n != before {
		t.Errorf("what was refused wrote %d events", n-before)
	}
	for name, do := range acts {
		by := s.approve(s.Sari, "dewi", dewiPIN)
		if err := do(by); err != nil {
			t.Errorf("%s with dewi: %v", name, err)
		}
		if err := do(by); !errors.Is(err, ledger.ErrSecond) {
			t.Errorf("%s: the approval serves twice: %v", name, err)
		}
	}
	seconds := 0
	err := s.Ledger.Events(ctx, func(e ledger.Event) error {
		if strings.Contains(string(e.Payload), `"second":"dewi"`) && e.Actor == "sari" {
			seconds++
		}
		return nil
	})
	if err != nil || seconds != len(acts) {
		t.Errorf("%d events name both people, want %d (%v)", seconds, len(acts), err)
	}
	s.Verify()
}

// TestApproval: who may approve. The PIN is a person's own, and counted like any.
func TestApproval(t *testing.T) {
	s := newShift(t)
	s.dewi()
	ctx := t.Context()
	if _, err := s.Ledger.Approve(ctx, s.Sari, "sari", ledgertest.PIN); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("sari approves her own act: %v", err)
	}
	if _, err := s.Ledger.Approve(ctx, s.Sari, "budi", "730164"); !errors.Is(err, ledger.ErrNotAllowed) {
		t.Errorf("a petugas approves: %v", err)
	}
	for range ledger.MaxFailedPINs {
		if _, err := s.Ledger.Approve(ctx, s.Sari, "dewi", "604818"); err == nil {
			t.Fatal("a wrong PIN approves")
		}
	}
	if _, err := s.Ledger.Approve(ctx, s.Sari, "dewi", dewiPIN); !errors.Is(err, ledger.ErrPINLocked) {
		t.Errorf("after five wrong PINs: %v", err)
	}

	// An approval ends with the one who gave it.
	if _, err := s.Ledger.AddPerson(ctx, s.Sari, "rini", ledger.Penyelia, "402518"); !errors.Is(err, ledger.ErrSecond) {
		t.Fatalf("with two penyelia, one alone adds a third: %v", err)
	}
}

// TestStoppedPenyeliaApprovesNothing: between the approval and the act, dewi was stopped.
func TestStoppedPenyeliaApprovesNothing(t *testing.T) {
	s := newShift(t)
	s.dewi()
	ctx := t.Context()
	held := s.approve(s.Sari, "dewi", dewiPIN)
	if err := s.Ledger.StopPerson(ctx, s.approve(s.Sari, "dewi", dewiPIN), "dewi"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.IssueBadge(ctx, held, "budi"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("the approval of one who was stopped: %v", err)
	}
	if _, err := s.Ledger.SignIn(ctx, "dewi", dewiPIN); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("who was stopped signs in: %v", err)
	}
	if err := s.Ledger.StopPerson(ctx, s.Sari, "sari"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("the last penyelia stops herself: %v", err)
	}
	if err := s.Ledger.RestorePerson(ctx, s.Sari, "dewi"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.SignIn(ctx, "dewi", dewiPIN); err != nil {
		t.Errorf("who came back signs in: %v", err)
	}
	s.Verify()
}

// TestClearingALockTakesTwo: the operator and a penyelia who is another; the box stays off.
func TestClearingALockTakesTwo(t *testing.T) {
	s := newShift(t)
	ctx := t.Context()
	s.lock()
	if err := s.Ledger.ClearLock(ctx, s.budi, 1, "sobek"); !errors.Is(err, ledger.ErrSecond) {
		t.Fatalf("the operator alone: %v", err)
	}
	if err := s.Ledger.ClearLock(ctx, s.approve(s.budi, "sari", ledgertest.PIN), 1, "sobek"); err != nil {
		t.Fatal(err)
	}
	s.lock()
	s.dewi()
	if err := s.Ledger.ClearLock(ctx, s.Sari, 1, "sobek"); err != nil {
		t.Errorf("a penyelia to whom the operator came: %v", err)
	}
	if _, err := s.Ledger.TakeOver(ctx, s.Sari, 1, 0); err != nil {
		t.Fatal(err)
	}
	s.lock()
	if err := s.Ledger.ClearLock(ctx, s.Sari, 1, "sobek"); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("a penyelia who is the operator: %v", err)
	}
	if err := s.Ledger.ClearLock(ctx, s.approve(s.Sari, "dewi", dewiPIN), 1, "sobek"); err != nil {
		t.Error(err)
	}
	if d, err := s.Ledger.Dock(ctx, 1); err != nil || d.Lock != nil || d.Load.Count != 0 {
		t.Errorf("the dock is %+v, %v", d, err)
	}
	s.Verify()
}

// TestTakeOver: the next shift takes the open load, and agrees on its count.
func TestTakeOver(t *testing.T) {
	s := newShift(t)
	ctx := t.Context()
	s.scan(s.four[0])
	if _, err := s.Ledger.TakeOver(ctx, s.budi, 1, 1); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("from oneself: %v", err)
	}
	if _, err := s.Ledger.TakeOver(ctx, s.Sari, 1, 7); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("with another count: %v", err)
	}
	if _, err := s.Ledger.TakeOver(ctx, s.Sari, 2, 0); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("at a dock without a load: %v", err)
	}
	ld, err := s.Ledger.TakeOver(ctx, s.Sari, 1, 1)
	if err != nil || ld.Operator != "sari" {
		t.Fatalf("%+v, %v", ld, err)
	}
	if v := s.scan(s.four[1]); v != gate.Accepted {
		t.Errorf("the load does not go on: %s", v)
	}
	s.Verify()
}

// TestReopenAndReassign: what goes beside the usual way, and what does not go at all.
func TestReopenAndReassign(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	sari := s.Sari
	s.scan(s.four[0])
	move := func(to ledger.Reassign) error {
		to.Reason = "mogok"
		_, err := l.ReassignLoad(ctx, sari, s.load.ID, to)
		return err
	}
	for name, tt := range map[string]struct {
		to   ledger.Reassign
		want error
	}{
		"nothing":                      {ledger.Reassign{}, ledger.ErrInvalid},
		"a truck that is not there":    {ledger.Reassign{Plate: "B 9 Z"}, ledger.ErrNotFound},
		"another district with a box":  {ledger.Reassign{District: s.District("5")}, ledger.ErrConflict},
		"a kecamatan only, with a box": {ledger.Reassign{District: s.District("4"), Kecamatan: []election.AreaCode{"31.75.06"}}, ledger.ErrConflict},
		"a dock that can't be":         {ledger.Reassign{Dock: 1000}, ledger.ErrInvalid},
	} {
		if err := move(tt.to); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := move(ledger.Reassign{Plate: "B 2 B", Dock: 4}); err != nil {
		t.Fatal(err)
	}
	d, err := l.Dock(ctx, 4)
	if err != nil || d.Load == nil || d.Load.Plate != "B 2 B" || d.Load.Count != 1 {
		t.Fatalf("dock 4 is %+v, %v", d, err)
	}
	other, err := l.OpenLoad(ctx, s.budi, 1, "B 1 A", s.District("5"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := move(ledger.Reassign{Plate: "B 1 A"}); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("onto a truck with an open load: %v", err)
	}
	// An empty load may get another district.
	if _, err := l.ReassignLoad(ctx, sari, other.ID, ledger.Reassign{District: s.District("6"), Reason: "salah pilih"}); err != nil {
		t.Error(err)
	}
	if _, err := l.CloseLoad(ctx, s.budi, 4, "sisa menyusul"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ReopenLoad(ctx, s.budi, s.load.ID, "satu lagi"); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("the operator alone: %v", err)
	}
	if _, err := l.ReopenLoad(ctx, s.approve(s.budi, "sari", ledgertest.PIN), s.load.ID, "satu lagi"); err != nil {
		t.Fatal(err)
	}
	if d, err := l.Dock(ctx, 4); err != nil || d.Load == nil || d.Load.ID != s.load.ID || d.Load.Shortage != "" {
		t.Errorf("after reopening dock 4 is %+v, %v", d, err)
	}
	if _, err := l.CloseLoad(ctx, s.budi, 4, "sisa menyusul"); err != nil {
		t.Fatal(err)
	}
	if err := l.Depart(ctx, s.budi, s.load.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := l.ReopenLoad(ctx, sari, s.load.ID, "satu lagi"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a load that departed: %v", err)
	}
	s.Verify()
}

// TestPINs: a new PIN for who forgot it, and one's own.
func TestPINs(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	for range ledger.MaxFailedPINs {
		l.SignIn(ctx, "budi", "111222")
	}
	if err := l.SetPIN(ctx, s.Sari, "budi", "111111"); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("an easy PIN: %v", err)
	}
	if err := l.SetPIN(ctx, s.Sari, "budi", "318204"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.SignIn(ctx, "budi", "318204"); err != nil {
		t.Errorf("the new PIN, after a pause that it ends: %v", err)
	}
	if err := l.ChangePIN(ctx, "budi", "730164", "402518"); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("changing with the old one's old one: %v", err)
	}
	if err := l.ChangePIN(ctx, "budi", "318204", "402518"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.SignIn(ctx, "budi", "402518"); err != nil {
		t.Error(err)
	}
	s.Verify()
}
