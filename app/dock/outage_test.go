package dock_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/ledger/pgtest"
)

// until waits for something that must come; it gives up after a minute.
func until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// kiosk is a dock with a ledger connection of its own, as on a PC of its own.
func kiosk(t *testing.T, f *ledgertest.Fixture, address string, number int) *dock.Station {
	t.Helper()
	l, err := ledger.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s, err := dock.Open(t.Context(), l, number)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.SetOperator(t.Context(), f.Sari); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestServerKilledInAStreamOfScans lets four docks load at full speed while the server is
// killed, stopped and frozen. A dock scans a box until it has an answer, as people do.
func TestServerKilledInAStreamOfScans(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Crowd(400))
	f.PrintAll()
	boxes := f.Boxes(ledger.Filter{Kind: "DPRDP", District: f.District("4")})
	const docks = 4
	told := make([]map[string]int64, docks) // green: box → its number in the dock's chain
	var red, green [docks]int
	var done sync.WaitGroup
	stop := make(chan struct{})
	// Each fault is waited for by the docks, a little behind where it strikes: the server is
	// away while they scan, however fast they are.
	struck := make([]chan struct{}, 4)
	for i := range struck {
		struck[i] = make(chan struct{})
	}
	for d := range docks {
		told[d] = map[string]int64{}
		f.Load(d+1, fmt.Sprintf("B %d", d+1), "4")
		st := kiosk(t, f, f.Path, d+1)
		done.Go(func() {
			for i := d; i < len(boxes); i += docks {
				for k, now := range struck {
					if i >= len(boxes)*(k+2)/6 {
						<-now
					}
				}
				text := f.Label(boxes[i].Box, 1)
				for {
					r := st.Scan(context.Background(), text)
					if r.Verdict == gate.Accepted {
						told[d][r.Box] = r.Seq
						green[d]++
						break
					}
					if r.Verdict != gate.Unavailable || r.Since.IsZero() || !errors.Is(r.Err, ledger.ErrUnavailable) {
						t.Errorf("dock %d: an own good box is %s (%v)", d+1, r.Verdict, r.Err)
						return
					}
					red[d]++
					select {
					case <-stop:
						return
					case <-time.After(20 * time.Millisecond):
					}
				}
			}
		})
	}
	loaded := func() int {
		n := 0
		for d := range docks {
			ld, err := inLoad(s, f.Path, d+1)
			if err != nil {
				return -1
			}
			n += ld
		}
		return n
	}
	for i, fault := range []func(){s.Kill, s.Stop, s.Freeze, s.Kill} {
		until(t, "scans go on", func() bool { return loaded() >= len(boxes)*(i+1)/6 })
		fault()
		close(struck[i])
		if i == 2 {
			time.Sleep(time.Second) // four times as long as a scan waits
			s.Thaw()
		} else {
			s.Launch(t)
		}
	}
	wait := make(chan struct{})
	go func() { done.Wait(); close(wait) }()
	select {
	case <-wait:
	case <-time.After(5 * time.Minute):
		close(stop)
		t.Fatal("the docks did not come to their end")
	}
	reds, greens := 0, 0
	for d := range docks {
		reds, greens = reds+red[d], greens+green[d]
	}
	if reds == 0 {
		t.Error("no dock was ever red: the server was not away")
	}
	t.Logf("%d boxes green, %d scans red while the server was away, four times", greens, reds)
	// The ledger has every green once, at the place that was told, and nothing else.
	f.Reopen()
	f.Verify()
	got := map[string]int{}
	err := f.Ledger.Events(t.Context(), func(e ledger.Event) error {
		if e.Kind != ledger.Scanned {
			return nil
		}
		sc, err := ledger.ReadScan(e)
		if err == nil && sc.Verdict == gate.Accepted {
			got[sc.Box]++
			if told[e.Dock-1][sc.Box] != e.Seq {
				t.Errorf("%s is event %d of dock %d, the dock was told %d", sc.Box, e.Seq, e.Dock, told[e.Dock-1][sc.Box])
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range boxes {
		if got[b.Box.ID()] != 1 {
			t.Errorf("%s is recorded %d times", b.Box.ID(), got[b.Box.ID()])
		}
	}
}

// inLoad counts the boxes in a dock's load, past every dock.
func inLoad(s *pgtest.Server, address string, number int) (int, error) {
	out, err := s.TryExec(address, fmt.Sprintf("SELECT boxes FROM loads WHERE dock = %d", number))
	if err != nil {
		return 0, err
	}
	n := 0
	_, err = fmt.Sscan(out, &n)
	return n, err
}

// TestOutage breaks the way to the server in every way that is known. The dock is red and
// says why and since when; what a label tells by itself it still tells; and it goes on by
// itself, with every scan recorded once.
func TestOutage(t *testing.T) {
	s := pgtest.Start(t)
	s.Exec(t, ledger.RolesSQL())
	s.Exec(t, "CREATE ROLE dock1 LOGIN IN ROLE dapilgate_kiosk")
	_, forger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name  string
		why   error
		fault func(t *testing.T, n *pgtest.Proxy, schema string) (mend func())
	}{
		{"network cut", ledger.ErrNoServer, func(_ *testing.T, n *pgtest.Proxy, _ string) func() {
			n.Break(pgtest.Cut)
			return func() { n.Break(pgtest.Healthy) }
		}},
		{"network silent", ledger.ErrSlow, func(_ *testing.T, n *pgtest.Proxy, _ string) func() {
			n.Break(pgtest.Silent)
			return func() { n.Break(pgtest.Healthy) }
		}},
		{"commit not confirmed", ledger.ErrSlow, func(_ *testing.T, n *pgtest.Proxy, _ string) func() {
			n.Break(pgtest.Deaf)
			return func() { n.Break(pgtest.Healthy) }
		}},
		{"slow", ledger.ErrSlow, func(_ *testing.T, n *pgtest.Proxy, _ string) func() {
			n.Break(pgtest.Slow)
			return func() { n.Break(pgtest.Healthy) }
		}},
		{"server frozen", ledger.ErrSlow, func(*testing.T, *pgtest.Proxy, string) func() {
			s.Freeze()
			return s.Thaw
		}},
		{"server killed", ledger.ErrNoServer, func(t *testing.T, _ *pgtest.Proxy, _ string) func() {
			s.Kill()
			return func() { s.Launch(t) }
		}},
		{"out of connections", ledger.ErrCrowded, func(t *testing.T, _ *pgtest.Proxy, _ string) func() {
			s.Exec(t, `ALTER ROLE dock1 CONNECTION LIMIT 0; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dock1'`)
			return func() { s.Exec(t, `ALTER ROLE dock1 CONNECTION LIMIT -1`) }
		}},
		// A stand-in for a full disk: the server's own error, from a trigger.
		{"disk full", ledger.ErrDiskFull, func(t *testing.T, _ *pgtest.Proxy, schema string) func() {
			s.Exec(t, fmt.Sprintf(`CREATE FUNCTION %[1]s.full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
				BEGIN RAISE EXCEPTION 'could not extend file "base/5/16400": No space left on device' USING ERRCODE = 'disk_full'; END $$;
				CREATE TRIGGER full_disk BEFORE INSERT ON %[1]s.event_log EXECUTE FUNCTION %[1]s.full_disk()`, schema))
			return func() { s.Exec(t, fmt.Sprintf(`DROP TRIGGER full_disk ON %s.event_log`, schema)) }
		}},
		{"no writing", ledger.ErrReadOnly, func(t *testing.T, _ *pgtest.Proxy, _ string) func() {
			const again = `; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dock1'`
			s.Exec(t, `ALTER ROLE dock1 SET default_transaction_read_only = on`+again)
			return func() { s.Exec(t, `ALTER ROLE dock1 RESET default_transaction_read_only`+again) }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
			f.PrintAll()
			f.Load(1, "B 1 A", "4")
			good := f.Boxes(ledger.Filter{District: f.District("4")})
			wrong := f.Boxes(ledger.Filter{District: f.District("5")})[0].Box
			schema := pgtest.Schema(f.Path)
			net := s.Network(t)
			st := kiosk(t, f, net.Address("dock1", schema), 1)
			for i := range 3 {
				if r := st.Scan(t.Context(), f.Label(good[i].Box, 1)); r.Verdict != gate.Accepted {
					t.Fatalf("before: %s (%v)", r.Verdict, r.Err)
				}
			}
			began := time.Now().Add(-time.Millisecond)
			mend := tt.fault(t, net, schema)
			r := st.Scan(t.Context(), f.Label(good[3].Box, 1))
			if r.Verdict != gate.Unavailable || !errors.Is(r.Err, ledger.ErrUnavailable) || r.Since.Before(began) || r.Seq != 0 {
				t.Fatalf("during: %s since %v (%v)", r.Verdict, r.Since, r.Err)
			}
			// The first error may be that of a connection in use; soon it is the cause.
			until(t, "the cause is told: "+tt.why.Error(), func() bool {
				a := st.Away()
				if a == nil || !errors.Is(a.Err, tt.why) {
					r = st.Scan(t.Context(), f.Label(good[3].Box, 1))
					return errors.Is(r.Err, tt.why)
				}
				return true
			})
			if status, err := st.Status(t.Context()); err == nil || status.Away == nil || status.Load == nil || status.Load.Plate != "B 1 A" {
				t.Errorf("status during the outage: %+v, %v", status, err)
			}
			if r := st.Scan(t.Context(), f.LabelBy(forger, good[4].Box, 1)); r.Verdict != gate.Forged || r.Lock == nil {
				t.Errorf("a forged label during: %s", r.Verdict)
			}
			if r := st.Scan(t.Context(), f.Label(wrong, 1)); r.Verdict.Level() != gate.Red {
				t.Errorf("a wrong box during: %s", r.Verdict)
			}
			mend()
			until(t, "the dock comes back by itself", func() bool { return st.Away() == nil })
			// The forgery is in the record and locks the dock; the load is the same.
			d, err := f.Ledger.Dock(t.Context(), 1)
			until(t, "the ledger answers us", func() bool { d, err = f.Ledger.Dock(t.Context(), 1); return err == nil })
			if d.Lock == nil || d.Lock.Verdict != gate.Forged || d.Load == nil || d.Load.Plate != "B 1 A" {
				t.Errorf("after: lock %+v, load %+v", d.Lock, d.Load)
			}
			if err := st.ClearLock(t.Context(), f.Sari, "label palsu disita"); err != nil {
				t.Fatal(err)
			}
			for i := 3; i < 6; i++ {
				var r dock.Result
				until(t, "the scan is answered", func() bool { r = st.Scan(t.Context(), f.Label(good[i].Box, 1)); return r.Err == nil })
				if r.Verdict != gate.Accepted || r.Count != i+1 || r.Position != i+1 {
					t.Errorf("after, box %d: %+v", i+1, r)
				}
			}
			f.Verify()
		})
	}
}

// TestWrongDistrictIsToldWhileTheServerIsAway: the lock holds before it is recorded, and is
// recorded by itself.
func TestWrongDistrictIsToldWhileTheServerIsAway(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	wrong := f.Boxes(ledger.Filter{District: f.District("5")})[0].Box
	right := f.Boxes(ledger.Filter{District: f.District("4")})[0].Box
	net := s.Network(t)
	st := kiosk(t, f, net.Address(pgtest.Owner, pgtest.Schema(f.Path)), 1)
	if _, err := st.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	net.Break(pgtest.Cut)
	r := st.Scan(t.Context(), f.Label(wrong, 1))
	if r.Verdict != gate.WrongDistrict || r.Seq != 0 || r.Err == nil || r.Lock == nil || r.Lock.Box != wrong.ID() || r.LoadDistrict != f.District("4") {
		t.Fatalf("a wrong box: %+v", r)
	}
	if r := st.Scan(t.Context(), f.Label(right, 1)); r.Verdict != gate.Locked {
		t.Errorf("a good box behind it: %s", r.Verdict)
	}
	net.Break(pgtest.Healthy)
	if r := st.Scan(t.Context(), f.Label(right, 1)); r.Verdict != gate.Locked {
		t.Errorf("a good box, the moment the network is back: %s", r.Verdict)
	}
	until(t, "the dock is back", func() bool { return st.Away() == nil })
	status, err := st.Status(t.Context())
	if err != nil || status.Lock == nil || status.Lock.Box != wrong.ID() {
		t.Fatalf("%+v, %v", status.Lock, err)
	}
	for _, x := range status.Last {
		if x.Box == wrong.ID() && (x.Verdict != gate.WrongDistrict || x.Seq == 0) {
			t.Errorf("the refusal was not recorded: %+v", x)
		}
	}
	if d, err := f.Ledger.Dock(t.Context(), 1); err != nil || d.Lock == nil {
		t.Errorf("the ledger does not know the lock: %+v, %v", d.Lock, err)
	}
	f.Verify()
}

// TestServerThatLacksConfirmedScansIsFound: a standby that was behind takes over.
func TestServerThatLacksConfirmedScansIsFound(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	folder := t.TempDir()
	boxes := f.Boxes(ledger.Filter{District: f.District("4")})
	st := kiosk(t, f, f.Path, 1)
	if err := st.Remember(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	scan := func(b election.Box) dock.Result {
		var r dock.Result
		until(t, "an answer", func() bool {
			r = st.Scan(t.Context(), f.Label(b, 1))
			return r.Verdict != gate.Unavailable || errors.Is(r.Err, dock.ErrLost)
		})
		return r
	}
	scan(boxes[0].Box)
	s.Snapshot(t)
	scan(boxes[1].Box)
	scan(boxes[2].Box)
	s.FallBack(t)
	var lost *dock.LostError
	until(t, "the alarm", func() bool {
		a := st.Away()
		return a != nil && errors.As(a.Err, &lost)
	})
	if len(lost.Boxes) != 2 || lost.Boxes[0] != boxes[1].Box.ID() || lost.Boxes[1] != boxes[2].Box.ID() {
		t.Errorf("%+v", lost)
	}
	if r := scan(boxes[3].Box); r.Verdict != gate.Unavailable || !errors.Is(r.Err, dock.ErrLost) {
		t.Errorf("a scan before a penyelia has seen it: %s (%v)", r.Verdict, r.Err)
	}
	// A restart does not silence it.
	st.Close()
	st = kiosk(t, f, f.Path, 1)
	if err := st.Remember(t.Context(), folder); err != nil {
		t.Fatal(err)
	}
	if a := st.Away(); a == nil || !errors.Is(a.Err, dock.ErrLost) {
		t.Fatalf("after a restart: %+v", a)
	}
	if err := st.AcceptLoss(t.Context(), f.Sari, " "); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := st.AcceptLoss(t.Context(), f.Sari, "peladen cadangan tertinggal"); err != nil {
		t.Fatal(err)
	}
	for i, b := range boxes[1:4] {
		if r := scan(b.Box); r.Verdict != gate.Accepted || r.Position != i+2 {
			t.Errorf("%s after it was noted: %+v", b.Box.ID(), r)
		}
	}
	f.Reopen()
	f.Verify()
}
