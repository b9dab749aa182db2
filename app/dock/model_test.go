package dock_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/ledger/pgtest"
	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

// model is what must be true, kept in plain maps: an own account of the rule, written
// from its table and not from its code.
type model struct {
	revision map[string]int      // newest label of each box
	in       map[string]int64    // box → load
	ever     map[int64]int       // load → boxes that ever came
	loads    map[int64]modelLoad // by number
	open     map[int]int64       // dock → load
	lock     map[int]string      // dock → refused box
	armed    map[int]bool        // dock: set-aside was given
	state    map[int64]string    // of loads: open, closed, departed
	count    map[int64]modelCount
	two      bool // the event wants two persons at a closing
	story    []string
}

// modelCount is the newest count of a load, and what was on it then.
type modelCount struct {
	counter string
	agrees  bool
	boxes   string
}

// on are the boxes of a load, in order.
func (m *model) on(load int64) []string {
	var out []string
	for id, in := range m.in {
		if in == load {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// counted tells whether somebody else counted the load as it is, and whether a difference
// is in the way.
func (m *model) counted(load int64) (counter string, differs bool) {
	c, ok := m.count[load]
	switch {
	case !ok:
		return "", false
	case !c.agrees:
		return "", true
	case c.boxes != m.contents(load):
		return "", false
	}
	return c.counter, false
}

// contents is what a load holds, and how many boxes ever came: one that came and went after
// the count was handled all the same.
func (m *model) contents(load int64) string { return fmt.Sprint(m.ever[load], m.on(load)) }

type modelLoad struct {
	district  election.District
	kecamatan election.AreaCode
	truck     string
	dock      int
}

func (m *model) tell(format string, a ...any) { m.story = append(m.story, fmt.Sprintf(format, a...)) }

// judge is the verdict that a whole label of ours must get.
func (m *model) judge(d int, b election.Box, revision int, otherKey bool) gate.Verdict {
	id := b.ID()
	load, isOpen := m.open[d]
	switch {
	case !isOpen:
		return gate.NoLoad
	case m.lock[d] != "" && m.armed[d] && m.lock[d] == refused(id, revision, otherKey):
		return gate.SetAsideDone
	case m.lock[d] != "":
		return gate.Locked
	case otherKey:
		return gate.Forged
	case revision != m.revision[id]:
		return gate.VoidLabel
	case b.Routing != m.loads[load].district:
		return gate.WrongDistrict
	case m.loads[load].kecamatan != "" && b.Area.Kecamatan() != m.loads[load].kecamatan:
		return gate.WrongKecamatan
	case m.in[id] == load:
		return gate.Duplicate
	case m.in[id] != 0:
		return gate.OnOtherTruck
	}
	return gate.Accepted
}

// refused is what a dock is locked by: a box, whichever of its labels is scanned, or a forged
// label, which is known by its text alone.
func refused(box string, revision int, forged bool) string {
	if forged {
		return fmt.Sprintf("forged %s rev %d", box, revision)
	}
	return box
}

// TestDocksAgainstModel runs random shifts at two docks against the model, with restarts in
// between. A counterexample prints as a story.
func TestDocksAgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		runShift(t, rt)
	})
}

func runShift(t *testing.T, rt *rapid.T) {
	ctx := context.Background()
	folder, two := ledgertest.Event(), rapid.Bool().Draw(rt, "two persons close")
	if two {
		folder = ledgertest.TwoPersons()
	}
	f := ledgertest.NewFrom(t, folder)
	f.PrintAll()
	if _, err := f.Ledger.AddPerson(ctx, f.Sari, "budi", ledger.Petugas, "730164"); err != nil {
		rt.Fatal(err)
	}
	rows := f.Boxes(ledger.Filter{Kind: "DPRDP"})
	m := &model{two: two, state: map[int64]string{}, count: map[int64]modelCount{}, ever: map[int64]int{}, revision: map[string]int{}, in: map[string]int64{}, loads: map[int64]modelLoad{}, open: map[int]int64{}, lock: map[int]string{}, armed: map[int]bool{}}
	for _, r := range rows {
		m.revision[r.Box.ID()] = 1
	}
	plates := []string{"B 1 A", "B 2 B", "B 3 C"}
	for _, p := range plates {
		f.Truck(p)
	}
	_, other, err := ed25519.GenerateKey(nil) // a forger
	if err != nil {
		rt.Fatal(err)
	}
	stations := map[int]*dock.Station{}
	openDocks := func() {
		for d := 1; d <= 2; d++ {
			s, err := dock.Open(ctx, f.Ledger, d)
			if err != nil {
				rt.Fatal(err)
			}
			if err := s.SetOperator(ctx, f.Sari); err != nil {
				rt.Fatal(err)
			}
			stations[d] = s
		}
	}
	openDocks()
	defer func() {
		for _, s := range stations {
			s.Close()
		}
	}()
	fail := func(format string, a ...any) {
		rt.Fatalf("%s\nthe shift so far:\n  %s", fmt.Sprintf(format, a...), strings.Join(m.story, "\n  "))
	}
	pickDock := func() int { return rapid.IntRange(1, 2).Draw(rt, "dock") }
	type scan struct {
		dock, rev  int
		box        election.Box
		forged     bool
		text, what string
		want       gate.Verdict
	}
	pick := func(rt *rapid.T) scan {
		x := scan{dock: pickDock(), box: rapid.SampledFrom(rows).Draw(rt, "box").Box}
		rev := m.revision[x.box.ID()]
		if rev > 1 && rapid.IntRange(0, 3).Draw(rt, "old label") == 0 {
			rev--
		}
		key := f.Key
		if x.forged = rapid.IntRange(0, 15).Draw(rt, "forged") == 0; x.forged {
			key = other
		}
		x.rev = rev
		x.text, x.want = f.LabelBy(key, x.box, rev), m.judge(x.dock, x.box, rev, x.forged)
		x.what = fmt.Sprintf("%s rev %d (routing %s, forged %v)", x.box.ID(), rev, x.box.Routing, x.forged)
		return x
	}
	// judged holds a dock's answer to the model's.
	judged := func(x scan, r dock.Result) {
		if r.Verdict != x.want {
			fail("dock %d: %s, the model says %s (%v)", x.dock, r.Verdict, x.want, r.Err)
		}
		d, id := x.dock, x.box.ID()
		m.armed[d] = false
		switch {
		case r.Verdict == gate.Accepted:
			if x.box.Routing != m.loads[m.open[d]].district {
				fail("green on a truck of another district")
			}
			m.in[id] = m.open[d]
			m.ever[m.open[d]]++
		case r.Verdict == gate.SetAsideDone:
			delete(m.lock, d)
		case r.Verdict.Locks():
			m.lock[d] = refused(id, x.rev, r.Verdict == gate.Forged)
		}
	}
	actions := map[string]func(*rapid.T){
		"scan": func(rt *rapid.T) {
			x := pick(rt)
			r := stations[x.dock].Scan(ctx, x.text)
			m.tell("dock %d scans %s: %s", x.dock, x.what, r.Verdict)
			judged(x, r)
		},
		// The ledger is away in the middle of a scan: nobody knows whether it was recorded.
		// It is red, and when it is scanned again it is what it should have been at once.
		"scan in an outage": func(rt *rapid.T) {
			x := pick(rt)
			st := stations[x.dock]
			var r dock.Result
			how := "gone"
			if pgtest.Wanted() && rapid.Bool().Draw(rt, "cut") {
				how = "cut"
				cut := make(chan struct{})
				go func() {
					pgtest.Shared(t).Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dapilgate%'`)
					close(cut)
				}()
				r = st.Scan(ctx, x.text)
				<-cut
			} else {
				gone, cancel := context.WithCancel(ctx)
				cancel()
				r = st.Scan(gone, x.text)
			}
			m.tell("dock %d scans %s, the ledger is %s: %s (%v)", x.dock, x.what, how, r.Verdict, r.Err)
			told := r
			for n := 0; errors.Is(r.Err, ledger.ErrUnavailable); n++ {
				if r.Verdict.Level() != gate.Red || r.Seq != 0 {
					fail("without the ledger dock %d shows %s", x.dock, r.Verdict)
				}
				if n > 1000 {
					fail("dock %d does not come back: %v", x.dock, r.Err)
				}
				time.Sleep(time.Millisecond)
				r = st.Scan(ctx, x.text)
			}
			if told.Err != nil {
				m.tell("dock %d scans it again: %s", x.dock, r.Verdict)
				// What the label told by itself was recorded, and locks, before the next scan.
				if told.Verdict.Locks() && x.want.Locks() {
					if r.Verdict != gate.Locked {
						fail("dock %d: the refusal of the outage does not lock: %s", x.dock, r.Verdict)
					}
					r.Verdict = x.want
				}
			}
			judged(x, r)
			for _, s := range stations { // the others find their new connections
				for n := 0; n < 1000; n++ {
					if _, err := s.Status(ctx); err == nil {
						break
					}
					time.Sleep(5 * time.Millisecond)
				}
			}
		},
		"noise": func(rt *rapid.T) {
			d := pickDock()
			b := rapid.SampledFrom(rows).Draw(rt, "box").Box
			text := f.Label(b, 1)[:rapid.IntRange(8, 137).Draw(rt, "cut at")]
			want := gate.Unreadable
			if _, ok := m.open[d]; !ok {
				want = gate.NoLoad
			} else if m.lock[d] != "" {
				want = gate.Locked
			}
			if r := stations[d].Scan(ctx, text); r.Verdict != want {
				fail("dock %d: a cut-off scan is %s, the model says %s", d, r.Verdict, want)
			}
			if m.lock[d] == "" {
				m.armed[d] = false
			}
		},
		"set aside": func(rt *rapid.T) {
			d := pickDock()
			r := stations[d].ArmSetAside(ctx)
			m.tell("dock %d: set aside (%v)", d, r.Err)
			m.armed[d] = m.lock[d] != ""
		},
		"penyelia clears": func(rt *rapid.T) {
			d := pickDock()
			err := stations[d].ClearLock(ctx, f.Sari, "label rusak")
			m.tell("dock %d: penyelia clears (%v)", d, err)
			if (err == nil) != (m.lock[d] != "") {
				fail("clearing the lock %q: %v", m.lock[d], err)
			}
			delete(m.lock, d)
			m.armed[d] = false
		},
		"open": func(rt *rapid.T) {
			d := pickDock()
			plate := rapid.SampledFrom(plates).Draw(rt, "plate")
			dist := f.District(rapid.SampledFrom([]string{"4", "5", "6"}).Draw(rt, "district"))
			var kec election.AreaCode
			if dist.Code == "310004" && rapid.Bool().Draw(rt, "narrow") {
				kec = "31.75.06"
			}
			busy := m.open[d] != 0
			for _, id := range m.open {
				busy = busy || m.loads[id].truck == plate
			}
			var list []election.AreaCode
			if kec != "" {
				list = []election.AreaCode{kec}
			}
			ld, err := stations[d].OpenLoad(ctx, plate, dist, list)
			m.tell("dock %d opens %s for %s %s: %v", d, plate, dist, kec, err)
			if (err != nil) != busy {
				fail("open: %v, busy %v", err, busy)
			}
			if err == nil {
				m.open[d], m.loads[ld.ID], m.state[ld.ID] = ld.ID, modelLoad{dist, kec, plate, d}, "open"
			}
		},
		"close": func(rt *rapid.T) {
			d := pickDock()
			load := m.open[d]
			by, how := f.Sari, "alone"
			if rapid.Bool().Draw(rt, "with budi") {
				var err error
				if by, err = f.Ledger.Attest(ctx, f.Sari, "budi", "730164"); err != nil {
					fail("attest: %v", err)
				}
				how = "with budi"
			}
			_, err := stations[d].ShutLoad(ctx, by, ledger.Closing{Accept: ledger.AcceptAll("sisa menyusul")})
			m.tell("dock %d closes %s: %v", d, how, err)
			counter, differs := m.counted(load)
			can := load != 0 && m.lock[d] == "" && !differs && (!m.two || counter == "budi" && how == "with budi")
			if (err == nil) != can {
				fail("close: %v, possible %v", err, can)
			}
			if err != nil {
				return
			}
			man, err := f.Ledger.Manifest(ctx, load)
			if err != nil || man.Closing.Counter != counter || len(man.Boxes) != len(m.on(load)) {
				fail("closed with %d boxes, counted by %q; the model says %v, %q (%v)", len(man.Boxes), man.Closing.Counter, m.on(load), counter, err)
			}
			short := 0
			for _, x := range man.Closing.Short {
				short += x.Boxes
			}
			if short != man.Missing() {
				fail("%d boxes are named as missing, of %d", short, man.Missing())
			}
			delete(m.open, d)
			m.armed[d], m.state[load] = false, "closed"
		},
		"count": func(rt *rapid.T) {
			d := pickDock()
			load := m.open[d]
			n := len(m.on(load)) + rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(rt, "off by")
			counter := rapid.SampledFrom([]string{"budi", "budi", ledgertest.Penyelia}).Draw(rt, "counter")
			c, err := stations[d].Count(ctx, counter, n)
			m.tell("dock %d: %s counts %d: %v", d, counter, n, err)
			if can := load != 0 && m.lock[d] == "" && counter == "budi"; (err == nil) != can {
				fail("count: %v, possible %v", err, can)
			}
			if err != nil {
				return
			}
			if agrees := n == len(m.on(load)); c.Agrees() != agrees {
				fail("the count agrees %v, the model says %v", c.Agrees(), agrees)
			}
			m.count[load] = modelCount{counter, c.Agrees(), m.contents(load)}
		},
		// A closed load that leaves, one that comes back, one that is opened again: each only
		// from its own state, and the boxes stay where they are.
		"leave, come back, open again": func(rt *rapid.T) {
			if len(m.state) == 0 {
				return
			}
			load := rapid.SampledFrom(slices.Sorted(maps.Keys(m.state))).Draw(rt, "load")
			ld := m.loads[load]
			truckBusy := false
			for _, id := range m.open {
				truckBusy = truckBusy || m.loads[id].truck == ld.truck
			}
			var err error
			var can bool
			act := rapid.SampledFrom([]string{"departs", "returns", "is opened again"}).Draw(rt, "act")
			was := m.state[load]
			switch act {
			case "departs":
				can = was == "closed"
				if err = f.Ledger.Depart(ctx, f.Sari, load); err == nil {
					m.state[load] = "departed"
				}
			case "returns":
				can = was == "departed" && !truckBusy
				if _, err = f.Ledger.ReturnLoad(ctx, f.Sari, load, "ban pecah"); err == nil {
					m.state[load] = "closed"
				}
			default:
				can = was == "closed" && m.open[ld.dock] == 0 && !truckBusy
				if _, err = f.Ledger.ReopenLoad(ctx, f.Sari, load, "satu lagi"); err == nil {
					m.state[load], m.open[ld.dock] = "open", load
					delete(m.count, load)
				}
			}
			m.tell("load %d, which is %s, %s: %v", load, was, act, err)
			if (err == nil) != can {
				fail("load %d, which is %s, %s: %v, possible %v", load, was, act, err, can)
			}
		},
		"undo": func(rt *rapid.T) {
			d := pickDock()
			r, err := stations[d].Undo(ctx, "salah")
			m.tell("dock %d undoes: %s %v", d, r.Box, err)
			load := m.open[d]
			some := false
			for _, in := range m.in {
				some = some || load != 0 && in == load
			}
			if (err == nil) != (some && m.lock[d] == "") {
				fail("undo: %v", err)
			}
			if err == nil {
				if m.in[r.Box] != load {
					fail("undo took %s off, which was not in load %d", r.Box, load)
				}
				delete(m.in, r.Box)
			}
		},
		"reprint": func(rt *rapid.T) {
			b := rapid.SampledFrom(rows).Draw(rt, "box").Box
			id := b.ID()
			batch, err := f.Ledger.OpenBatch(ctx, f.Sari, ledger.BatchRequest{Stock: "a6", Reprint: true, Reason: "sobek"})
			if err != nil {
				fail("open batch: %v", err)
			}
			_, err = f.Ledger.PlanLabels(ctx, f.Sari, batch, true, []string{id})
			m.tell("reprint %s: %v", id, err)
			if (err == nil) != (m.in[id] == 0) {
				fail("reprint of %s (in load %d): %v", id, m.in[id], err)
			}
			if err == nil {
				m.revision[id]++
			}
		},
		"restart": func(rt *rapid.T) {
			for _, s := range stations {
				if err := s.Close(); err != nil {
					fail("close station: %v", err)
				}
			}
			f.Reopen()
			openDocks()
			m.armed = map[int]bool{}
			m.tell("everything restarts")
		},
		"": func(rt *rapid.T) {
			for id, load := range m.in {
				row, err := f.Ledger.Box(ctx, id)
				if err != nil || row.Load != load {
					fail("box %s is in load %d, the model says %d (%v)", id, row.Load, load, err)
				}
				if gone := m.state[load] == "departed"; gone != (row.State == ledger.BoxDeparted) {
					fail("box %s of load %d, which is %s, is %s", id, load, m.state[load], row.State)
				}
			}
		},
	}
	rt.Repeat(actions)
	r, err := f.Ledger.Verify(ctx)
	if err != nil || !r.OK() {
		fail("the record is not whole: %v %v", r.Faults, err)
	}
	checkLog(ctx, rt, f.Ledger)
	for _, s := range stations {
		s.Close()
	}
	stations = nil
	f.Ledger.Close()
}

// checkLog reads the invariants off the log itself: no accepted box of another district,
// no box in two loads.
func checkLog(ctx context.Context, rt *rapid.T, l *ledger.Ledger) {
	in := map[string]int64{}
	err := l.Events(ctx, func(e ledger.Event) error {
		if e.Kind != ledger.Scanned && e.Kind != ledger.BoxUnloaded {
			return nil
		}
		s, err := ledger.ReadScan(e)
		if err != nil {
			return err
		}
		switch {
		case e.Kind == ledger.BoxUnloaded:
			delete(in, s.Box)
		case s.Verdict == gate.Accepted:
			if s.BoxDistrict != s.LoadDistrict || s.BoxDistrict == "" {
				return fmt.Errorf("event %d: %s of %s accepted on %s", e.N, s.Box, s.BoxDistrict, s.LoadDistrict)
			}
			if in[s.Box] != 0 {
				return fmt.Errorf("event %d: %s accepted twice", e.N, s.Box)
			}
			in[s.Box] = s.Load
		}
		return nil
	})
	if err != nil {
		rt.Fatal(err)
	}
}

// TestRaceOfTwoDocks scans each box at two docks at once: one green, one on_other_truck.
func TestRaceOfTwoDocks(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	f.Load(2, "B 2 B", "4")
	var stations [2]*dock.Station
	for i := range stations {
		s, err := dock.Open(t.Context(), f.Ledger, i+1)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := s.SetOperator(t.Context(), f.Sari); err != nil {
			t.Fatal(err)
		}
		stations[i] = s
	}
	for _, row := range f.Boxes(ledger.Filter{District: f.District("4")}) {
		text := f.Label(row.Box, 1)
		got := make(chan gate.Verdict, 2)
		for _, s := range stations {
			go func() { got <- s.Scan(t.Context(), text).Verdict }()
		}
		a, b := <-got, <-got
		if !(a == gate.Accepted && b == gate.OnOtherTruck || b == gate.Accepted && a == gate.OnOtherTruck) {
			t.Fatalf("%s at two docks: %s and %s", row.Box.ID(), a, b)
		}
	}
	f.Verify()
}

func TestSecondProcessOnDockIsRefused(t *testing.T) {
	f := ledgertest.New(t)
	first, err := dock.Open(t.Context(), f.Ledger, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := dock.Open(t.Context(), f.Ledger, 1); !errors.Is(err, dock.ErrInUse) {
		t.Fatalf("second station on the same dock: %v", err)
	}
	other, err := dock.Open(t.Context(), f.Ledger, 2)
	if err != nil {
		t.Fatalf("another dock of the same ledger: %v", err)
	}
	other.Close()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := dock.Open(t.Context(), f.Ledger, 1)
	if err != nil {
		t.Fatalf("the dock is not free after its station closed: %v", err)
	}
	again.Close()
}

func TestLockSurvivesRestartAndRefusesClosing(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	wrong := f.Boxes(ledger.Filter{District: f.District("5"), Limit: 1})[0].Box
	right := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box
	s := station(t, f)
	if r := s.Scan(t.Context(), f.Label(wrong, 1)); r.Verdict != gate.WrongDistrict || r.Lock == nil || r.Lock.Box != wrong.ID() {
		t.Fatalf("got %+v", r)
	}
	s.Close()
	f.Reopen()
	s = station(t, f)
	defer s.Close()
	if r := s.Scan(t.Context(), f.Label(right, 1)); r.Verdict != gate.Locked {
		t.Fatalf("after the restart a good box is %s", r.Verdict)
	}
	if _, err := s.CloseLoad(t.Context(), "sisa menyusul"); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("close of a locked dock: %v", err)
	}
	if _, err := s.Undo(t.Context(), "x"); !errors.Is(err, ledger.ErrLocked) {
		t.Errorf("undo at a locked dock: %v", err)
	}
	// Half of the refused box's label after the command: the operator just scans again.
	s.ArmSetAside(t.Context())
	if r := s.Scan(t.Context(), f.Label(wrong, 1)[:70]); r.Verdict != gate.Locked {
		t.Fatalf("half a label after set-aside: %s", r.Verdict)
	}
	if r := s.Scan(t.Context(), strings.ToLower(f.Label(wrong, 1))+"\r\n"); r.Verdict != gate.SetAsideDone || r.Lock != nil {
		t.Fatalf("own label after set-aside: %+v", r)
	}
	if r := s.Scan(t.Context(), f.Label(right, 1)); r.Verdict != gate.Accepted || r.Count != 1 || r.Position != 1 {
		t.Fatalf("good box after the lock: %+v", r)
	}
	f.Verify()
}

func TestNobodySignedInIsRed(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	s, err := dock.Open(t.Context(), f.Ledger, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := s.Scan(t.Context(), f.Label(f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box, 1))
	if r.Verdict != gate.Unavailable || !errors.Is(r.Err, dock.ErrNobody) {
		t.Fatalf("got %+v", r)
	}
}

func TestLedgerGoneIsRedAndBoxMayBeScannedAgain(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	s := station(t, f)
	defer s.Close()
	text := f.Label(f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box, 1)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if r := s.Scan(gone, text); r.Verdict != gate.Unavailable || r.Err == nil || r.Seq != 0 {
		t.Fatalf("without the ledger: %+v", r)
	}
	if r := s.Scan(t.Context(), text); r.Verdict != gate.Accepted {
		t.Fatalf("with the ledger back: %+v", r)
	}
}

func TestPassOpensLoadAndCommandsWork(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Truck("B 7 G")
	pass, err := f.Ledger.IssuePass(t.Context(), f.Sari, "b7g", f.District("4"), nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := pass.Code()
	if err != nil {
		t.Fatal(err)
	}
	s := station(t, f)
	defer s.Close()
	r := s.Scan(t.Context(), text)
	if r.Err != nil || r.Opened == nil || r.Opened.Plate != "B 7 G" || r.Opened.District != f.District("4") {
		t.Fatalf("pass: %+v", r)
	}
	if r := s.Scan(t.Context(), text); !errors.Is(r.Err, ledger.ErrConflict) {
		t.Errorf("pass again: %v", r.Err)
	}
	box := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box
	s.Scan(t.Context(), f.Label(box, 1))
	undo, _ := code.CommandText(code.Undo, "")
	if r := s.Scan(t.Context(), undo); r.Err != nil || r.Box != box.ID() || r.Count != 0 {
		t.Errorf("undo command: %+v", r)
	}
	shut, _ := code.CommandText(code.CloseLoad, "")
	if r := s.Scan(t.Context(), shut); !errors.Is(r.Err, ledger.ErrShortage) {
		t.Errorf("close command on a short load: %v", r.Err)
	}
	stranger, _ := code.CommandText(code.TruckPass, "0123456789ABCDEF")
	if r := s.Scan(t.Context(), stranger); !errors.Is(r.Err, ledger.ErrNotFound) {
		t.Errorf("a pass nobody issued: %v", r.Err)
	}
}

func TestBadgeSignsIn(t *testing.T) {
	f := ledgertest.New(t)
	if _, err := f.Ledger.AddPerson(t.Context(), f.Sari, "budi", ledger.Petugas, "730164"); err != nil {
		t.Fatal(err)
	}
	old, err := f.Ledger.IssueBadge(t.Context(), f.Sari, "budi")
	if err != nil {
		t.Fatal(err)
	}
	badge, err := f.Ledger.IssueBadge(t.Context(), f.Sari, "budi")
	if err != nil {
		t.Fatal(err)
	}
	s, err := dock.Open(t.Context(), f.Ledger, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r := s.Scan(t.Context(), old); !errors.Is(r.Err, ledger.ErrPIN) || r.Person != nil {
		t.Errorf("the old badge: %+v", r)
	}
	if r := s.Scan(t.Context(), badge); r.Err != nil || r.Person == nil || r.Person.Name != "budi" {
		t.Fatalf("badge: %+v", r)
	}
	if st, err := s.Status(t.Context()); err != nil || st.Operator != "budi" {
		t.Errorf("status %+v, %v", st, err)
	}
	f.Verify()
}

// station opens dock 1 for the penyelia.
func station(t *testing.T, f *ledgertest.Fixture) *dock.Station {
	t.Helper()
	s, err := dock.Open(t.Context(), f.Ledger, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetOperator(t.Context(), f.Sari); err != nil {
		t.Fatal(err)
	}
	return s
}
