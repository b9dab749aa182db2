package audit_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// yard is a small warehouse whose record is asked.
type yard struct {
	*ledgertest.Fixture
	t     *testing.T
	docks map[int]*dock.Station
}

func newYard(t *testing.T, f *ledgertest.Fixture, docks ...int) *yard {
	t.Helper()
	f.PrintAll()
	y := &yard{f, t, map[int]*dock.Station{}}
	for _, n := range docks {
		s, err := dock.Open(t.Context(), f.Ledger, n)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.SetOperator(t.Context(), f.Sari); err != nil {
			t.Fatal(err)
		}
		y.docks[n] = s
	}
	return y
}

func (y *yard) scan(n int, r ledger.BoxRow, want gate.Verdict) {
	y.t.Helper()
	if v := y.docks[n].Scan(y.t.Context(), y.Label(r.Box, r.Revision)).Verdict; v != want {
		y.t.Fatalf("%s: %s, want %s", r.Box.ID(), v, want)
	}
}

// ask asks in words.
func (y *yard) ask(text string) audit.Answer {
	y.t.Helper()
	b, err := audit.OpenBook(y.t.Context(), y.Ledger)
	if err != nil {
		y.t.Fatal(err)
	}
	a, err := audit.Ask(y.t.Context(), y.Ledger, b, b.Read(text))
	if err != nil {
		y.t.Fatalf("%q: %v", text, err)
	}
	return a
}

func ids(all []audit.BoxLine) []string {
	var out []string
	for _, b := range all {
		out = append(out, b.Box)
	}
	return out
}

// TestWhereIsTheBox: its life with what became of its load and the papers that list it, up
// to now and as it was before.
func TestWhereIsTheBox(t *testing.T) {
	y := newYard(t, ledgertest.New(t), 1, 2)
	ctx := t.Context()
	ld := y.Load(1, "B 9123 KPU", "4")
	y.Load(2, "B 9456 KPU", "4")
	four := y.Boxes(ledger.Filter{District: y.District("4")})
	box := four[0]
	a := y.ask(box.Box.ID())
	if s := a.Box; s == nil || s.Should.Place != audit.InWarehouse || s.Seen != nil || len(s.Steps) != 2 {
		t.Fatalf("before it was loaded: %+v", a.Box)
	}
	y.scan(1, box, gate.Accepted)
	y.scan(2, box, gate.OnOtherTruck)
	y.scan(1, four[1], gate.Accepted)
	if _, err := y.docks[1].CloseLoad(ctx, "sisa menyusul"); err != nil {
		t.Fatal(err)
	}
	if _, err := y.Ledger.IssueDocument(ctx, y.Sari, ledger.Document{Kind: "surat-jalan", Load: ld.ID, Number: "SJ-0001", Copies: 4}); err != nil {
		t.Fatal(err)
	}
	s := y.ask("where is " + y.Label(box.Box, box.Revision)).Box
	var kinds []ledger.Kind
	for _, e := range s.Steps {
		kinds = append(kinds, e.Kind)
		if e.Actor != y.Sari.Name || e.What == "" {
			t.Errorf("%+v", e)
		}
	}
	if want := []ledger.Kind{ledger.LabelsPlanned, ledger.LabelsPrinted, ledger.Scanned, ledger.Scanned, ledger.LoadShut, ledger.DocumentIssued}; !slices.Equal(kinds, want) {
		t.Errorf("its life is %v, want %v", kinds, want)
	}
	if s.Should.Place != audit.OnTruck || s.Should.Truck != "B 9123 KPU" || s.Seen == nil || s.Seen.Dock != 2 || s.Seen.Verdict != gate.OnOtherTruck {
		t.Errorf("it should be %+v, and was seen %+v", s.Should, s.Seen)
	}
	// A box that was taken off before the papers is not on them.
	if s := y.ask(four[2].Box.ID()).Box; len(s.Steps) != 2 {
		t.Errorf("a box that was never loaded has %+v", s.Steps)
	}
	if _, err := audit.Ask(ctx, y.Ledger, &audit.Book{}, audit.Question{Box: "31.75.06.1001-009-DPRDP"}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a box that is not there: %v", err)
	}
	if _, err := audit.Ask(ctx, y.Ledger, &audit.Book{}, audit.Question{}); !errors.Is(err, audit.ErrQuestion) {
		t.Errorf("nothing was asked: %v", err)
	}
}

// TestWhatATruckCarried: at any moment, whatever came later: boxes taken off, another truck
// and another dock that took the load over.
func TestWhatATruckCarried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2024, 2, 13, 13, 0, 0, 0, wib)))
		y := newYard(t, ledgertest.NewFile(t, ledgertest.Event()), 1, 2) // a server keeps its own time
		ctx := t.Context()
		ld := y.Load(1, "B 9123 KPU", "4")
		y.Truck("B 9456 KPU")
		four := y.Boxes(ledger.Filter{District: y.District("4")})
		five := y.Boxes(ledger.Filter{District: y.District("5")})
		y.scan(1, four[0], gate.Accepted)
		y.scan(1, four[1], gate.Accepted)
		time.Sleep(time.Hour) // 14:00
		if _, err := y.docks[1].Undo(ctx, "salah tumpuk"); err != nil {
			t.Fatal(err)
		}
		y.scan(1, five[0], gate.WrongDistrict)
		time.Sleep(time.Minute)
		if err := y.docks[1].ClearLock(ctx, y.Sari, "sobek"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(29 * time.Minute) // 14:30
		if _, err := y.Ledger.ReassignLoad(ctx, y.Sari, ld.ID, ledger.Reassign{Plate: "B 9456 KPU", Dock: 2, Reason: "mogok"}); err != nil {
			t.Fatal(err)
		}
		if _, err := y.docks[2].Status(ctx); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		y.scan(2, four[2], gate.Accepted)
		if _, err := y.docks[2].CloseLoad(ctx, "sisa menyusul"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Minute) // 15:00
		if err := y.Ledger.Depart(ctx, y.Sari, ld.ID); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			text  string
			truck string
			state ledger.LoadState
			want  []ledger.BoxRow
			steps int
		}{
			{"B 9123 KPU 13:30", "B 9123 KPU", ledger.LoadOpen, four[:2], 1},
			{"what did truck b 9123 kpu carry at 14:20?", "B 9123 KPU", ledger.LoadOpen, four[:1], 4},
			{"B 9456 KPU 14:35", "B 9456 KPU", ledger.LoadOpen, four[:1], 5},
			{"B 9456 KPU 14:50", "B 9456 KPU", ledger.LoadClosed, []ledger.BoxRow{four[0], four[2]}, 6},
			{"B 9456 KPU 23:00", "B 9456 KPU", ledger.LoadDeparted, []ledger.BoxRow{four[0], four[2]}, 7},
			{"muatan 1", "B 9456 KPU", ledger.LoadDeparted, []ledger.BoxRow{four[0], four[2]}, 7},
		} {
			c := y.ask(tt.text).Cargo
			if c == nil {
				t.Fatalf("%q: no load", tt.text)
			}
			var want []string
			for _, r := range tt.want {
				want = append(want, r.Box.ID())
			}
			if c.Truck != tt.truck || c.State != tt.state || c.Count != len(want) || !slices.Equal(ids(c.Boxes), want) || len(c.Steps) != tt.steps {
				t.Errorf("%q: %s, %s, %v, %d steps; want %s, %s, %v, %d", tt.text, c.Truck, c.State, ids(c.Boxes), len(c.Steps), tt.truck, tt.state, want, tt.steps)
			}
		}
		// After 14:30 the first truck carried nothing, and before 13:00 none did.
		b, err := audit.OpenBook(ctx, y.Ledger)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"B 9123 KPU 14:40", "B 9456 KPU 12:00"} {
			if _, err := audit.Ask(ctx, y.Ledger, b, b.Read(text)); !errors.Is(err, ledger.ErrNotFound) {
				t.Errorf("%q: %v", text, err)
			}
		}
		// Both trucks had the load.
		for _, text := range []string{"B 9123 KPU", "B 9456 KPU"} {
			if a := y.ask(text); len(a.Loads) != 1 || a.Loads[0].Load != ld.ID {
				t.Errorf("%q: %+v", text, a.Loads)
			}
		}
		// The box that was taken off, then and now.
		id := four[1].Box.ID()
		if s := y.ask(id + " 13:30").Box; s.State != ledger.BoxLoaded || s.Truck != "B 9123 KPU" || s.Should.Place != audit.OnTruck {
			t.Errorf("at 13:30: %+v", s)
		}
		if s := y.ask(id).Box; s.State != ledger.BoxPrinted || s.Should.Place != audit.InWarehouse || s.Steps[len(s.Steps)-1].Kind != ledger.BoxUnloaded {
			t.Errorf("now: %+v", s)
		}
		// Who did what, when, where.
		if a := y.ask("pintu 1 14:00-14:05"); a.Total != 3 || a.Events[0].Kind != ledger.LockCleared {
			t.Errorf("dock 1 from 14:00 to 14:05: %d, %+v", a.Total, a.Events)
		}
		if a := y.ask("sari 14:40"); a.Total == 0 || a.Events[0].Kind != ledger.LoadShut {
			t.Errorf("sari about 14:40: %+v", a.Events)
		}
	})
}

// TestWhoPrintedTwice and what is missing: by code, and by nothing else.
func TestWhoPrintedTwice(t *testing.T) {
	y := newYard(t, ledgertest.New(t), 1)
	four := y.Boxes(ledger.Filter{District: y.District("4")})
	y.Print(four[3].Box.ID())
	y.Print(four[8].Box.ID())
	for text, want := range map[string]int{"dua kali": 4, four[3].Box.ID() + " dua kali": 2, "31.75.03 twice": 0, four[4].Box.ID() + " dua kali": 0, "sari dobel": 4} {
		a := y.ask(text)
		if a.Total != want || len(a.Labels) != want {
			t.Errorf("%q: %d, %+v; want %d", text, a.Total, a.Labels, want)
		}
		for i, x := range a.Labels {
			if x.By != y.Sari.Name || x.At.IsZero() || x.Revision != i%2+1 {
				t.Errorf("%q: label %d is %+v", text, i, x)
			}
		}
	}
	y.Load(1, "B 9123 KPU", "4", "31.75.06")
	cakung := y.Boxes(ledger.Filter{Area: "31.75.06"})
	y.scan(1, cakung[0], gate.Accepted)
	a := y.ask("31.75.06 kurang")
	var want []string
	for _, r := range cakung[1:] {
		want = append(want, r.Box.ID())
	}
	if a.Total != len(want) || !slices.Equal(ids(a.Boxes), want) {
		t.Errorf("missing of Cakung: %d, %v; want %v", a.Total, ids(a.Boxes), want)
	}
	// The name is offered, not taken; picked, it gives the same answer.
	b, err := audit.OpenBook(t.Context(), y.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	named := y.ask("which boxes of Cakng are missing")
	if len(named.Boxes) != 0 || len(named.Areas) == 0 || named.Areas[0].Area != "31.75.06" {
		t.Fatalf("%+v", named)
	}
	q := b.Read(named.Question.Rest + " " + string(named.Areas[0].Area))
	if picked, err := audit.Ask(t.Context(), y.Ledger, b, q); err != nil || !slices.Equal(ids(picked.Boxes), want) {
		t.Errorf("picked: %v, %v", ids(picked.Boxes), err)
	}
	q.Limit, q.Offset = 3, 3
	if page, err := audit.Ask(t.Context(), y.Ledger, b, q); err != nil || page.Total != len(want) || !slices.Equal(ids(page.Boxes), want[3:6]) {
		t.Errorf("the second page: %v, %v", ids(page.Boxes), err)
	}
}
