package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"

	"pgregory.net/rapid"
)

// TestNothingClosesUnnamed: what the load lacks is named down to the box, each for the
// reason of the narrowest word about it.
func TestNothingClosesUnnamed(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	s.scan(s.four[0]) // 31.75.01.1001-001-PPWP
	all := ledger.Accept{Reason: "sisa menyusul"}
	kel := ledger.Accept{Area: "31.75.06.1001", Reason: "truk penuh"}
	tps := ledger.Accept{Area: "31.75.06.1001", TPS: 2, Reason: "kotak rusak"}
	box := ledger.Accept{Area: "31.75.06.1001", TPS: 2, Kind: "DPR", Reason: "belum datang"}
	for name, tt := range map[string]struct {
		accept []ledger.Accept
		want   error
		says   string
	}{
		"nothing":                 {nil, ledger.ErrShortage, "1 of 21 boxes; of the missing ones 20 are not accepted, of Pisangan Baru (31.75.01.1001), Jatinegara (31.75.06.1001), Penggilingan"},
		"one kelurahan":           {[]ledger.Accept{kel}, ledger.ErrShortage, "11 are not accepted, of Pisangan Baru (31.75.01.1001), Penggilingan (31.75.06.1002)"},
		"one TPS":                 {[]ledger.Accept{tps}, ledger.ErrShortage, "17 are not accepted"},
		"a blank reason":          {[]ledger.Accept{all, {Area: "31.75.06", Reason: " "}}, ledger.ErrShortage, "a reason is needed to accept the shortage 31.75.06"},
		"a box that is there":     {[]ledger.Accept{all, {Area: "31.75.01.1001", TPS: 1, Kind: "PPWP", Reason: "x"}}, ledger.ErrInvalid, "nothing is missing of 31.75.01.1001-001-PPWP"},
		"a kelurahan of dapil 5":  {[]ledger.Accept{all, {Area: "31.75.03.1001", Reason: "x"}}, ledger.ErrInvalid, "nothing is missing of 31.75.03.1001"},
		"a reason without an end": {[]ledger.Accept{{Reason: strings.Repeat("x", 201)}}, ledger.ErrInvalid, "201 characters"},
	} {
		if _, err := l.ShutLoad(ctx, s.budi, 1, ledger.Closing{Accept: tt.accept}); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ld, err := l.ShutLoad(ctx, s.budi, 1, ledger.Closing{Accept: []ledger.Accept{box, tps, kel, all}, Plate: "b 1 a", Driver: "Tono", Escort: "Bripka  Hadi", Seals: []string{" A0001", "tanpa nomor"}})
	if err != nil || ld.State != ledger.LoadClosed || ld.Driver != "Tono" || ld.Shortage != "sisa menyusul; truk penuh; belum datang; kotak rusak" {
		t.Fatalf("%+v, %v", ld, err)
	}
	m, err := l.Manifest(ctx, ld.ID)
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"31.75.01.1001-001-DPR": "sisa menyusul", "31.75.01.1001-002-PPWP": "sisa menyusul", "31.75.06.1001-001-PPWP": "truk penuh",
		"31.75.06.1001-002-DPRDP": "kotak rusak", "31.75.06.1001-002-DPR": "belum datang", "31.75.06.1002-001-DPR": "sisa menyusul",
	} {
		area, n, kind, _ := election.ParseBoxID(id)
		if got := m.Why(ledger.TPSLine{Area: area, TPS: n}, kind); got != want {
			t.Errorf("%s is missing for %q, want %q", id, got, want)
		}
	}
	if c := m.Closing; c.Escort != "Bripka Hadi" || fmt.Sprint(c.Seals) != "[A0001 tanpa nomor]" || c.Counter != "" || c.Second != "" {
		t.Errorf("closed with %+v", c)
	}
	s.Verify()
}

// TestShortagesAgainstModel: whatever is accepted, the lines of the record hold just the
// missing boxes, each once and for the reason that an own account of the rule gives.
func TestShortagesAgainstModel(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	rapid.Check(t, func(rt *rapid.T) {
		if row := rapid.SampledFrom(s.four).Draw(rt, "box"); s.scan(row) == gate.Duplicate {
			if _, err := l.Undo(ctx, s.budi, 1, row.Box.ID(), "uji"); err != nil {
				rt.Fatal(err)
			}
		}
		sum, err := l.Summary(ctx, 1)
		if err != nil {
			rt.Fatal(err)
		}
		accept := []ledger.Accept{{Reason: "alasan 0"}}
		for range rapid.IntRange(0, 5).Draw(rt, "words") {
			b := rapid.SampledFrom(s.four).Draw(rt, "of").Box
			a := ledger.Accept{Area: b.Area, Reason: fmt.Sprint("alasan ", rapid.IntRange(0, 2).Draw(rt, "why"))}
			switch rapid.IntRange(0, 3).Draw(rt, "how much") {
			case 0:
				a.Area = b.Area.Kecamatan()
			case 1:
				a.TPS = b.TPS
			case 2:
				a.TPS, a.Kind = b.TPS, b.Kind
			}
			accept = append(accept, a)
		}
		// holds goes by the texts: a wider one begins a narrower one.
		holds := func(a ledger.Accept, id string) bool {
			return id == a.String() || a.String() == "" || strings.HasPrefix(id, a.String()+".") || strings.HasPrefix(id, a.String()+"-")
		}
		want := map[string]string{} // by box
		held := make([]bool, len(accept))
		for _, line := range sum.TPS {
			for _, kind := range line.Missing {
				id := election.FormatBoxID(line.Area, line.TPS, kind)
				best := ""
				for i, a := range accept {
					held[i] = held[i] || holds(a, id)
					if holds(a, id) && len(a.String()) >= len(best) {
						best, want[id] = a.String(), a.Reason
					}
				}
			}
		}
		refused := false
		for i := range held[1:] {
			refused = refused || !held[i+1]
		}
		ld, err := l.ShutLoad(ctx, s.budi, 1, ledger.Closing{Accept: accept})
		if (err != nil) != refused {
			rt.Fatalf("accepting %v: %v", accept, err)
		}
		if err != nil {
			return
		}
		m, err := l.Manifest(ctx, ld.ID)
		if err != nil {
			rt.Fatal(err)
		}
		if _, err := l.ReopenLoad(ctx, s.Sari, ld.ID, "uji"); err != nil {
			rt.Fatal(err)
		}
		got, boxes := map[string]string{}, 0
		for _, x := range m.Closing.Short {
			boxes += x.Boxes
			for _, row := range s.four {
				if b := row.Box; x.Holds(b.Area, b.TPS, b.Kind) {
					if got[b.ID()] != "" {
						rt.Fatalf("%s is named twice", b.ID())
					}
					got[b.ID()] = x.Reason
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || boxes != len(want) || m.Missing() != boxes {
			rt.Fatalf("accepting %v: the record says %v, want %v (%d boxes, %d missing)", accept, got, want, boxes, m.Missing())
		}
	})
	s.Verify()
}

// TestBlindCount: another person counts; a difference is recorded, and in the way until it
// is counted again.
func TestBlindCount(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	count := func(counter string, n int) (ledger.LoadCount, error) { return l.CountLoad(ctx, s.budi, 1, counter, n) }
	shut := func() error {
		_, err := l.CloseLoad(ctx, s.budi, 1, "sisa menyusul")
		return err
	}
	s.scan(s.four[0])
	if _, err := l.AddPerson(ctx, s.Sari, "panwas", ledger.Auditor, "718203"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"budi": ledger.ErrUncounted, "nobody": ledger.ErrNotFound, "panwas": ledger.ErrNotAllowed} {
		if _, err := count(name, 1); !errors.Is(err, want) {
			t.Errorf("counted by %s: %v", name, err)
		}
	}
	if _, err := count("sari", -1); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("counted -1: %v", err)
	}
	if c, err := count("sari", 2); err != nil || c.Agrees() || c.Act.Seq == 0 {
		t.Fatalf("%+v, %v", c, err)
	}
	if err := shut(); !errors.Is(err, ledger.ErrUncounted) {
		t.Errorf("closed over a difference: %v", err)
	}
	s.scan(s.four[1]) // the box that was on the truck and not in the record
	if err := shut(); !errors.Is(err, ledger.ErrUncounted) {
		t.Errorf("closed without another count: %v", err)
	}
	if c, err := count("sari", 2); err != nil || !c.Agrees() {
		t.Fatalf("%+v, %v", c, err)
	}
	if err := shut(); err != nil {
		t.Fatal(err)
	}
	m, err := l.Manifest(ctx, s.load.ID)
	if err != nil || m.Closing.Counter != "sari" || len(m.Counts) != 2 || m.Counts[0].Agrees() || !m.Counts[1].Agrees() {
		t.Fatalf("%+v, %+v, %v", m.Closing, m.Counts, err)
	}
	// Opened again it was not counted; nor when a box went on after the count.
	if _, err := l.ReopenLoad(ctx, s.Sari, s.load.ID, "satu lagi"); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name   string
		change func() error
	}{
		{"opened again", func() error { return nil }},
		{"a box more", func() error { _, err := count("sari", 2); s.scan(s.four[2]); return err }},
		{"a box less", func() error {
			_, err := count("sari", 3)
			return errors.Join(err, func() error { _, err := l.Undo(ctx, s.budi, 1, "", "salah"); return err }())
		}},
		{"taken over by the counter", func() error {
			_, err := count("sari", 2)
			return errors.Join(err, func() error { _, err := l.TakeOver(ctx, s.Sari, 1, 2); return err }())
		}},
	}
	for _, step := range steps {
		if err := step.change(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if err := shut(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if m, err := l.Manifest(ctx, s.load.ID); err != nil || m.Closing.Counter != "" {
			t.Errorf("%s: counted by %q, %v", step.name, m.Closing.Counter, err)
		}
		// At last she is its operator, but the only penyelia there is.
		if _, err := l.ReopenLoad(ctx, s.Sari, s.load.ID, "lagi"); err != nil {
			t.Fatal(err)
		}
	}
	s.scan(s.Boxes(ledger.Filter{District: s.District("5")})[0])
	if _, err := count("budi", 2); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("counted at a locked dock: %v", err)
	}
	s.Verify()
}

// TestTwoPersonsClose: the event wants it, so nobody closes a load alone.
func TestTwoPersonsClose(t *testing.T) {
	s := shiftOn(t, ledgertest.NewFrom(t, ledgertest.TwoPersons()))
	ctx, l := t.Context(), s.Ledger
	tono, err := l.AddPerson(ctx, s.Sari, "tono", ledger.Petugas, "391746")
	if err != nil {
		t.Fatal(err)
	}
	attest := func(by ledger.Person, name, pin string) ledger.Person {
		p, err := l.Attest(ctx, by, name, pin)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	shut := func(by ledger.Person) error {
		_, err := l.CloseLoad(ctx, by, 1, "sisa menyusul")
		return err
	}
	s.scan(s.four[0])
	if err := shut(attest(s.budi, "tono", "391746")); !errors.Is(err, ledger.ErrUncounted) {
		t.Errorf("without a count: %v", err)
	}
	if _, err := l.CountLoad(ctx, s.budi, 1, "tono", 1); err != nil {
		t.Fatal(err)
	}
	if err := shut(s.budi); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("without the counter's PIN: %v", err)
	}
	if err := shut(tono); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("the counter alone: %v", err)
	}
	if err := shut(attest(s.budi, "sari", ledgertest.PIN)); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("with another's PIN than the counter's: %v", err)
	}
	if _, err := l.Attest(ctx, s.budi, "tono", "000000"); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("a wrong PIN: %v", err)
	}
	if _, err := l.Attest(ctx, s.budi, "budi", "730164"); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("beside oneself: %v", err)
	}
	// A petugas who witnesses a closing approves nothing that is a penyelia's.
	s.scan(s.Boxes(ledger.Filter{District: s.District("5")})[0])
	if err := l.ClearLock(ctx, attest(s.budi, "tono", "391746"), 1, "label sobek"); !errors.Is(err, ledger.ErrNotAllowed) {
		t.Errorf("a petugas clears a lock: %v", err)
	}
	if err := l.ClearLock(ctx, s.Sari, 1, "label sobek"); err != nil {
		t.Fatal(err)
	}
	if err := shut(attest(s.budi, "tono", "391746")); err != nil {
		t.Fatal(err)
	}
	if m, err := l.Manifest(ctx, s.load.ID); err != nil || m.Closing.Counter != "tono" || m.Closing.Second != "tono" {
		t.Errorf("%+v, %v", m.Closing, err)
	}
	s.Verify()
}

// TestReturn: a truck that turned round is there again, with the boxes that it left with.
func TestReturn(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	s.scan(s.four[0])
	if _, err := l.CloseLoad(ctx, s.budi, 1, "sisa menyusul"); err != nil {
		t.Fatal(err)
	}
	back := func(by ledger.Person, reason string) error {
		_, err := l.ReturnLoad(ctx, by, s.load.ID, reason)
		return err
	}
	if err := back(s.Sari, "ban pecah"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a load that is here: %v", err)
	}
	if err := l.Depart(ctx, s.budi, s.load.ID); err != nil {
		t.Fatal(err)
	}
	if err := back(s.budi, "ban pecah"); !errors.Is(err, ledger.ErrSecond) {
		t.Errorf("the operator alone: %v", err)
	}
	if err := back(s.Sari, " "); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	next, err := l.OpenLoad(ctx, s.budi, 1, "B 1 A", s.District("4"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := back(s.Sari, "ban pecah"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("while its truck is loaded again: %v", err)
	}
	if v := s.scan(s.four[0]); v != gate.OnOtherTruck {
		t.Errorf("a departed box on the next load: %s", v)
	}
	if _, err := l.CloseLoad(ctx, s.budi, 1, "kosong"); err != nil {
		t.Fatal(err)
	}
	if err := back(s.Sari, "ban pecah"); err != nil {
		t.Fatal(err)
	}
	if row, err := l.Box(ctx, s.four[0].Box.ID()); err != nil || row.State != ledger.BoxLoaded || row.Load != s.load.ID {
		t.Errorf("the box is %+v, %v", row, err)
	}
	m, err := l.Manifest(ctx, s.load.ID)
	if err != nil || m.Left != nil || m.Closed == nil || len(m.Boxes) != 1 || len(m.Turned) != 1 || m.Turned[0].Reason != "ban pecah" {
		t.Fatalf("%+v, %v", m, err)
	}
	// It may be emptied, and its box go elsewhere; the other load still has its own.
	if _, err := l.ReopenLoad(ctx, s.Sari, s.load.ID, "pindah truk"); err != nil {
		t.Fatal(err)
	}
	if v := s.scan(s.four[0]); v != gate.Duplicate {
		t.Errorf("the box on its own load: %s", v)
	}
	if _, err := l.Undo(ctx, s.budi, 1, "", "pindah truk"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.CloseLoad(ctx, s.budi, 1, "kosong"); err != nil {
		t.Fatal(err)
	}
	if err := l.Depart(ctx, s.budi, next.ID); err != nil {
		t.Error(err)
	}
	s.Verify()
}

// TestManifestOfAMovedLoad: what was loaded at the first dock is on its papers too.
func TestManifestOfAMovedLoad(t *testing.T) {
	s := newShift(t)
	ctx, l := t.Context(), s.Ledger
	s.scan(s.four[0])
	s.scan(s.four[1])
	if _, err := l.ReassignLoad(ctx, s.Sari, s.load.ID, ledger.Reassign{Dock: 4, Plate: "B 2 B", Reason: "mogok"}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Undo(ctx, s.budi, 4, s.four[0].Box.ID(), "salah"); err != nil {
		t.Fatal(err)
	}
	for _, closed := range []bool{false, true} {
		m, err := l.Manifest(ctx, s.load.ID)
		if err != nil || len(m.Boxes) != 1 || m.Boxes[0].Box.ID() != s.four[1].Box.ID() || m.Opened == nil || (m.Closed != nil) != closed {
			t.Fatalf("closed %v: %+v, %v", closed, m, err)
		}
		if !closed {
			if _, err := l.CloseLoad(ctx, s.budi, 4, "sisa menyusul"); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.Verify()
}
