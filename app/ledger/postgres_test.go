package ledger_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/ledger/pgtest"
	"dapilgate/labels/code"
)

// TestKioskRole: the kiosks' role does a whole day's work, and can change nothing of the
// log, nor the schema.
func TestKioskRole(t *testing.T) {
	s := pgtest.Start(t)
	s.Exec(t, ledger.RolesSQL())
	s.Exec(t, `CREATE ROLE kpu LOGIN IN ROLE dapilgate_owner; CREATE ROLE dock1 LOGIN IN ROLE dapilgate_kiosk;
		ALTER ROLE kpu SET role = dapilgate_owner; CREATE SCHEMA shared AUTHORIZATION dapilgate_owner`)
	f := ledgertest.NewAt(t, s.URL("kpu", "shared"), ledgertest.Event())
	address := s.URL("dock1", "shared")
	l, err := ledger.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	owner := f.Ledger
	f.Ledger = l
	ctx := t.Context()

	// The day: people, trucks, labels, a load with all that can happen to it, papers.
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.SignIn(ctx, ledgertest.Penyelia, "000001"); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("wrong PIN: %v", err)
	}
	_, err = l.SignIn(ctx, ledgertest.Penyelia, ledgertest.PIN)
	must(err)
	budi, err := l.AddPerson(ctx, f.Sari, "budi", ledger.Petugas, "730164")
	must(err)
	_, err = l.IssueBadge(ctx, f.Sari, "budi")
	must(err)
	must(l.NoteSignIn(ctx, 1, budi))
	f.PrintAll()
	f.Truck("B 1 A")
	pass, err := l.IssuePass(ctx, f.Sari, "B 1 A", f.District("4"), nil)
	must(err)
	_, err = l.PassByToken(ctx, pass.Token)
	must(err)
	lease, err := l.LeaseDock(ctx, 1, nil)
	must(err)
	defer lease.Release()
	_, err = l.OpenLoad(ctx, budi, 1, "B 1 A", f.District("4"), nil)
	must(err)
	four, five := f.Boxes(ledger.Filter{District: f.District("4")}), f.Boxes(ledger.Filter{District: f.District("5")})
	must(l.SetHold(ctx, f.Sari, four[9].Box.ID(), "basah"))
	for i, want := range []gate.Verdict{gate.Accepted, gate.Accepted, gate.Accepted, gate.Duplicate} {
		if j := judge(t, f, ledger.NewID(), f.Label(four[i%3].Box, 1)); j.Decision.Verdict != want {
			t.Errorf("scan %d: %s, want %s", i, j.Decision.Verdict, want)
		}
	}
	if j := judge(t, f, ledger.NewID(), f.Label(four[9].Box, 1)); j.Decision.Verdict != gate.Held {
		t.Errorf("a box on hold: %s", j.Decision.Verdict)
	}
	must(l.SetHold(ctx, f.Sari, four[9].Box.ID(), ""))
	if j := judge(t, f, ledger.NewID(), f.Label(five[0].Box, 1)); j.Decision.Verdict != gate.WrongDistrict {
		t.Errorf("a box of dapil 5: %s", j.Decision.Verdict)
	}
	must(l.ClearLock(ctx, f.Sari, 1, "label rusak"))
	_, err = l.Undo(ctx, budi, 1, "", "bocor")
	must(err)
	_, err = l.NewSeal(ctx, f.Sari)
	must(err)
	_, err = l.CountLoad(ctx, f.Sari, 1, "sari", 2)
	must(err)
	ld, err := l.CloseLoad(ctx, budi, 1, "sisa menyusul")
	must(err)
	must(l.Depart(ctx, budi, ld.ID))
	_, err = l.ReturnLoad(ctx, f.Sari, ld.ID, "ban pecah")
	must(err)
	_, err = l.ReopenLoad(ctx, f.Sari, ld.ID, "segel rusak")
	must(err)
	_, err = l.CloseLoad(ctx, budi, 1, "sisa menyusul")
	must(err)
	must(l.Depart(ctx, budi, ld.ID))
	if r := f.Verify(); len(r.Heads) != 2 {
		t.Errorf("%+v", r.Heads)
	}

	// What it must not do.
	for _, q := range []string{
		`UPDATE event_log SET actor = 'eve'`, `DELETE FROM event_log`, `TRUNCATE event_log`, `DROP TABLE event_log`,
		`ALTER TABLE event_log DISABLE TRIGGER ALL`, `DROP TRIGGER event_log_no_change ON event_log`, `DELETE FROM chains`,
		`UPDATE boxes SET key = key + 1`, `DELETE FROM boxes`, `UPDATE areas SET routing = 'DPRDP:310005'`, `UPDATE meta SET value = '1'`,
		`CREATE TABLE mine (x int)`, `DELETE FROM loads`, `DELETE FROM labels`, `DELETE FROM people`, `SET ROLE dapilgate_owner`,
		`ALTER TABLE load_boxes DROP CONSTRAINT load_boxes_pkey`,
	} {
		if out, err := s.TryExec(address, q); err == nil {
			t.Errorf("%s was allowed: %s", q, out)
		}
	}
	// Not even the owner changes the log without taking the triggers away first.
	for _, q := range []string{`UPDATE event_log SET actor = 'eve'`, `DELETE FROM event_log`, `TRUNCATE event_log`} {
		if _, err := s.TryExec(f.Path, q); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s by the owner: %v", q, err)
		}
	}
	f.Ledger = owner
	f.Verify()

	// An older schema is the owner's to bring forward.
	s.Exec(t, `UPDATE shared.meta SET value = '4' WHERE name = 'schema'; DROP TABLE shared.seals, shared.load_counts`)
	if _, err := ledger.Open(ctx, address); !errors.Is(err, ledger.ErrNoEntry) {
		t.Errorf("the kiosks' role changes the schema: %v", err)
	}
	again, err := ledger.Open(ctx, f.Path)
	must(err)
	again.Close()
	if l, err := ledger.Open(ctx, address); err != nil {
		t.Errorf("after the owner did: %v", err)
	} else {
		l.Close()
	}
	// Running the script again does no harm.
	s.Exec(t, ledger.RolesSQL())
}

// TestTwoKiosksBegin: of two that make a ledger at once one does; of many that bring a
// schema forward at once one does, and all go on.
func TestTwoKiosksBegin(t *testing.T) {
	s := pgtest.Start(t)
	address := s.Address(t)
	pub, _, _ := ed25519.GenerateKey(nil)
	var wg sync.WaitGroup
	made := make(chan error, 4)
	for range 4 {
		src, err := election.Open(ledgertest.Event())
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			l, err := ledger.Create(context.Background(), address, ledger.CreateRequest{Source: src, PublicKey: pub, Penyelia: "sari", PIN: ledgertest.PIN})
			if err == nil {
				l.Close()
			}
			made <- err
		})
	}
	wg.Wait()
	ok := 0
	for range 4 {
		if err := <-made; err == nil {
			ok++
		} else if !errors.Is(err, ledger.ErrExists) {
			t.Errorf("the others: %v", err)
		}
	}
	if ok != 1 {
		t.Fatalf("%d ledgers were made in one place", ok)
	}
	schema := pgtest.Schema(address)
	s.Exec(t, `UPDATE `+schema+`.meta SET value = '4' WHERE name = 'schema'; DROP TABLE `+schema+`.seals, `+schema+`.load_counts`)
	for range 4 {
		wg.Go(func() {
			l, err := ledger.Open(context.Background(), address)
			if err != nil {
				t.Errorf("open while another migrates: %v", err)
				return
			}
			l.Close()
		})
	}
	wg.Wait()
}

// TestServerThatIsNotDurableIsRefused: what it confirms must be on its disk.
func TestServerThatIsNotDurableIsRefused(t *testing.T) {
	s := pgtest.Start(t, "synchronous_commit = off")
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event()) // its own sessions turn it on
	if _, err := ledger.Open(t.Context(), f.Path+"&synchronous_commit=off"); !errors.Is(err, ledger.ErrNotDurable) {
		t.Errorf("synchronous_commit=off: %v", err)
	}
	s.Stop()
	if err := s.Configure("fsync = off"); err != nil {
		t.Fatal(err)
	}
	s.Launch(t)
	if _, err := ledger.Open(t.Context(), f.Path); !errors.Is(err, ledger.ErrNotDurable) {
		t.Errorf("fsync=off: %v", err)
	}
}

// TestAddressesSayWhatIsWrong: addresses of servers, and TLS as the address says.
func TestAddressesSayWhatIsWrong(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	if got := f.Ledger.Info(); got.Engine != "postgres" || got.Address != f.Path {
		t.Errorf("%+v", got)
	}
	secret := strings.Replace(f.Path, pgtest.Owner+"@", pgtest.Owner+":rahasia@", 1)
	l, err := ledger.Open(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if l.Close(); strings.Contains(l.Info().Address, "rahasia") {
		t.Errorf("the password is shown: %s", l.Info().Address)
	}
	for _, tt := range []struct {
		name, address string
		want          error
	}{
		{"TLS that the server has not", strings.Replace(f.Path, "sslmode=disable", "sslmode=require", 1), ledger.ErrUnavailable},
		{"no server", "postgres://owner@127.0.0.1:1/postgres?sslmode=disable", ledger.ErrNoServer},
		{"no such database", strings.Replace(f.Path, "/postgres?", "/nirgendwo?", 1), ledger.ErrNoEntry},
		{"no such role", strings.Replace(f.Path, pgtest.Owner+"@", "siapa@", 1), ledger.ErrNoEntry},
		{"no ledger in it", s.Address(t), ledger.ErrNotFound},
		{"no address at all", "postgres://[", ledger.ErrInvalid},
	} {
		if _, err := ledger.Open(t.Context(), tt.address); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	f.Verify()
}

// TestOneRoundTrip: a good box is recorded by one statement, and whatever else it is takes
// the long way to the same answer as ever. The server counts.
func TestOneRoundTrip(t *testing.T) {
	s := pgtest.Start(t, "shared_preload_libraries = 'pg_stat_statements'")
	s.Exec(t, `CREATE EXTENSION pg_stat_statements`)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	rows := f.Boxes(ledger.Filter{Area: "31.75.06.1001"})
	judge(t, f, "a", f.Label(rows[0].Box, 1)) // from now on the dock remembers itself
	judge(t, f, "b", f.Label(rows[1].Box, 1)) // and knows the district of the kelurahan
	s.Exec(t, `SELECT pg_stat_statements_reset()`)
	const n = 5
	for i := 2; i < 2+n; i++ {
		if j := judge(t, f, rows[i].Box.ID(), f.Label(rows[i].Box, 1)); j.Decision.Verdict != gate.Accepted || j.Position != i+1 || j.Load.Count != i+1 || j.Event.Seq == 0 {
			t.Errorf("box %d: %+v", i, j)
		}
	}
	got := s.Exec(t, `SELECT sum(calls) FILTER (WHERE query LIKE 'WITH c AS%'), COALESCE(sum(calls) FILTER (WHERE query ILIKE 'begin%' OR query LIKE 'LOCK%'), 0) FROM pg_stat_statements`)
	if got != "5|0" {
		t.Errorf("%d boxes took (statements|transactions) %s", n, got)
	}
	f.Verify()
}

// TestStaleMemory: a dock that remembers what is no longer so is corrected by the server.
func TestStaleMemory(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	f.Load(2, "B 2 B", "4")
	rows := f.Boxes(ledger.Filter{District: f.District("4")})
	elsewhere, err := ledger.Open(t.Context(), f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	other := *f
	other.Ledger = elsewhere
	spare := rows
	for _, tt := range []struct {
		name string
		act  func(b ledger.BoxRow)
		want gate.Verdict
	}{
		{"nothing", func(ledger.BoxRow) {}, gate.Accepted},
		{"loaded at another dock", func(b ledger.BoxRow) {
			if _, err := elsewhere.Judge(t.Context(), ledger.ScanRequest{ID: ledger.NewID(), Dock: 2, Operator: "sari", Reading: code.Parse(f.Label(b.Box, 1), f.Keys())}); err != nil {
				t.Fatal(err)
			}
		}, gate.OnOtherTruck},
		{"reprinted", func(b ledger.BoxRow) { other.Print(b.Box.ID()) }, gate.VoidLabel},
		{"put on hold", func(b ledger.BoxRow) {
			if err := elsewhere.SetHold(t.Context(), f.Sari, b.Box.ID(), "basah"); err != nil {
				t.Fatal(err)
			}
		}, gate.Held},
		{"already in the load", func(b ledger.BoxRow) { judge(t, f, ledger.NewID(), f.Label(b.Box, 1)) }, gate.Duplicate},
		{"the load closed from elsewhere", func(ledger.BoxRow) {
			if _, err := elsewhere.CloseLoad(t.Context(), f.Sari, 1, "penuh"); err != nil {
				t.Fatal(err)
			}
		}, gate.NoLoad},
	} {
		first := spare[0]
		spare = spare[1:]
		judge(t, f, ledger.NewID(), f.Label(first.Box, 1)) // the dock remembers itself
		b := spare[0]
		spare = spare[1:]
		tt.act(b)
		if j := judge(t, f, ledger.NewID(), f.Label(b.Box, 1)); j.Decision.Verdict != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, j.Decision.Verdict, tt.want)
		}
	}
	f.Verify()
}

// TestEveryDockSeesTheOthers: within a second, by notification and, where that is lost, by
// looking.
func TestEveryDockSeesTheOthers(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	elsewhere, err := ledger.Open(t.Context(), f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	pulses := make(chan ledger.Pulse, 100)
	lease, err := elsewhere.LeaseDock(t.Context(), 2, func(p ledger.Pulse) { pulses <- p })
	if err != nil {
		t.Fatal(err)
	}
	defer lease.Release()
	first := <-pulses
	if first.Err != nil {
		t.Fatal(first.Err)
	}
	judge(t, f, ledger.NewID(), f.Label(f.Boxes(ledger.Filter{District: f.District("4")})[0].Box, 1))
	select {
	case p := <-pulses:
		if p.Err != nil || p.Events != first.Events+1 {
			t.Errorf("%+v, after %+v", p, first)
		}
	case <-time.After(time.Minute):
		t.Fatal("the other dock never heard of it")
	}
}

// TestDockIsHeldAcrossComputers: a second process is refused, and when the first one's
// connection breaks the first one gets its dock back.
func TestDockIsHeldAcrossComputers(t *testing.T) {
	s := pgtest.Start(t)
	f := ledgertest.NewAt(t, s.Address(t), ledgertest.Event())
	elsewhere, err := ledger.Open(t.Context(), f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	pulses := make(chan ledger.Pulse, 100)
	lease, err := f.Ledger.LeaseDock(t.Context(), 7, func(p ledger.Pulse) { pulses <- p })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := elsewhere.LeaseDock(t.Context(), 7, nil); !errors.Is(err, ledger.ErrInUse) || !strings.Contains(err.Error(), pgtest.Owner+"@127.0.0.1") {
		t.Errorf("a second process: %v", err)
	}
	s.Exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'dapilgate dock 7%'`)
	away := false
	for back := false; !back; {
		select {
		case p := <-pulses:
			away = away || p.Err != nil
			back = away && p.Err == nil
		case <-time.After(time.Minute):
			t.Fatalf("away %v, and never back", away)
		}
	}
	if _, err := elsewhere.LeaseDock(t.Context(), 7, nil); !errors.Is(err, ledger.ErrInUse) {
		t.Errorf("a second process, after the first one's connection broke: %v", err)
	}
	if err := lease.Release(); err != nil {
		t.Fatal(err)
	}
	second, err := elsewhere.LeaseDock(t.Context(), 7, nil)
	if err != nil {
		t.Fatalf("the dock is not free: %v", err)
	}
	second.Release()
}
