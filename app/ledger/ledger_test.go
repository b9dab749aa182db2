package ledger_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/assets"
	"dapilgate/labels/code"
)

func judge(t *testing.T, f *ledgertest.Fixture, id, text string) ledger.Judgement {
	t.Helper()
	j, err := f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: id, Dock: 1, Operator: "sari", Reading: code.Parse(text, f.Keys())})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestDefaultEventComesToKPUsFigures(t *testing.T) {
	f := ledgertest.NewFrom(t, assets.DefaultEvent())
	n, err := f.Ledger.CountBoxes(t.Context(), ledger.Filter{})
	if err != nil || n.Boxes != 123064+88 {
		t.Fatalf("%d boxes, %v", n.Boxes, err)
	}
	// domain facts: boxes per dapil, four a TPS.
	for short, want := range map[string]int{"1": 12516, "2": 10076, "3": 9688, "4": 11752, "5": 12000, "6": 11496, "7": 12400, "8": 14460, "9": 14340, "10": 14336} {
		n, err := f.Ledger.CountBoxes(t.Context(), ledger.Filter{District: f.District(short)})
		if err != nil || n.Boxes != want {
			t.Errorf("dapil %s: %d boxes, want %d (%v)", short, n.Boxes, want, err)
		}
	}
	counts, err := f.Ledger.AreaCounts(t.Context(), "31.75")
	if err != nil || len(counts) != 10 {
		t.Fatalf("kecamatan of Jakarta Timur: %d, %v", len(counts), err)
	}
	for _, c := range counts {
		want := map[election.AreaCode]string{"31.75.06": "DPRDP:310004", "31.75.03": "DPRDP:310005"}[c.Area]
		if want != "" && c.District.String() != want {
			t.Errorf("%s is routed to %s, want %s", c.Name, c.District, want)
		}
	}
	f.Verify()
}

func TestCreateRefusesAndLeavesNothing(t *testing.T) {
	pub, _, _ := ed25519.GenerateKey(nil)
	broken := ledgertest.Event().(fstest.MapFS)
	table := string(broken["kelurahan.csv"].Data)
	broken["kelurahan.csv"] = &fstest.MapFile{Data: []byte(strings.Replace(table, "310004,1-3", "310044,1-3", 1))}
	src, err := election.Open(broken)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.db")
	_, err = ledger.Create(t.Context(), path, ledger.CreateRequest{Source: src, PublicKey: pub, Penyelia: "sari", PIN: "482913"})
	if !errors.Is(err, election.ErrFaults) || !strings.Contains(err.Error(), "kelurahan.csv:2:") {
		t.Errorf("faulty event: %v", err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a ledger file was left: %v", err)
	}
	f := ledgertest.New(t)
	good, _ := election.Open(ledgertest.Event())
	if _, err := ledger.Create(t.Context(), f.Path, ledger.CreateRequest{Source: good, PublicKey: pub, Penyelia: "eve", PIN: "482913"}); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("create over a ledger: %v", err)
	}
	f.Verify()
	for _, pin := range []string{"", "12345", "123456", "111111", "987654", "48291x"} {
		_, err := ledger.Create(t.Context(), path, ledger.CreateRequest{Source: good, PublicKey: pub, Penyelia: "sari", PIN: pin})
		if !errors.Is(err, ledger.ErrInvalid) {
			t.Errorf("PIN %q: %v", pin, err)
		}
	}
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("this is a letter, not a ledger"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Open(t.Context(), text); !errors.Is(err, ledger.ErrNotLedger) {
		t.Errorf("a text file: %v", err)
	}
	if b, _ := os.ReadFile(text); string(b) != "this is a letter, not a ledger" {
		t.Error("the foreign file was changed")
	}
	if _, err := ledger.Open(t.Context(), filepath.Join(dir, "none.db")); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no file: %v", err)
	}
	f := ledgertest.New(t)
	if err := f.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, f.Path, `UPDATE meta SET value = '9999' WHERE name = 'schema'`)
	if _, err := ledger.Open(t.Context(), f.Path); !errors.Is(err, ledger.ErrNewer) {
		t.Errorf("a newer ledger: %v", err)
	}
}

func TestScanIsRecordedOnce(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	row := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0]
	text := f.Label(row.Box, 1)
	first := judge(t, f, "scan-1", text)
	again := judge(t, f, "scan-1", text)
	if first.Decision.Verdict != gate.Accepted || again.Decision.Verdict != gate.Accepted || !again.Repeated || again.Event.Hash != first.Event.Hash {
		t.Fatalf("first %+v, again %+v", first, again)
	}
	if again.Load.Count != 1 {
		t.Errorf("count %d after one scan told twice", again.Load.Count)
	}
	if other := judge(t, f, "scan-2", text); other.Decision.Verdict != gate.Duplicate || other.Position != 1 {
		t.Errorf("a second scan: %+v", other)
	}
	// A green that is no longer true is not told again.
	if _, err := f.Ledger.Undo(t.Context(), f.Sari, 1, "", "salah"); err != nil {
		t.Fatal(err)
	}
	_, err := f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: "scan-1", Dock: 1, Operator: "sari", Reading: code.Parse(text, f.Keys())})
	if !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("the old green after the undo: %v", err)
	}
	f.Verify()
}

func TestVerifyFindsEveryChange(t *testing.T) {
	tests := []struct{ name, sql, want, since string }{
		{"payload", `UPDATE event_log SET payload = replace(payload, 'DPRDP:310005', 'DPRDP:310004') WHERE dock = 1 AND seq = 3`, "dock 1, event 3", ""},
		{"actor", `UPDATE event_log SET actor = 'eve' WHERE dock = 1 AND seq = 2`, "dock 1, event 2", ""},
		{"time", `UPDATE event_log SET at = '2024-02-13T00:00:00.000Z' WHERE dock = 1 AND seq = 2`, "dock 1, event 2", ""},
		{"event removed", `DELETE FROM event_log WHERE dock = 1 AND seq = 2`, "dock 1, event 3", ""},
		{"chain cut short", `DELETE FROM event_log WHERE dock = 1 AND seq = (SELECT MAX(seq) FROM event_log WHERE dock = 1)`, "the log ends at event", "what is missing was written after 2"},
		{"chain and head cut short", `DELETE FROM event_log WHERE dock = 1; DELETE FROM chains WHERE dock = 1`, "table loads", ""},
		{"box slipped onto a load", `INSERT INTO load_boxes SELECT MIN(key), 1, 99, '' FROM boxes WHERE key NOT IN (SELECT box FROM load_boxes)`, "table load_boxes", "no event ever wrote it"},
		{"load moved to another district", `UPDATE loads SET district = 'DPRDP:310005'`, "table loads", "after dock 1, event 1, load_opened ("},
		{"lock lifted", `DELETE FROM locks`, "table locks", "after dock 1, event 3, scanned ("},
		{"kelurahan moved to another dapil", `UPDATE areas SET routing = 'DPRDP:310004' WHERE code = 3175031001`, "area table", "imported 2"},
		{"box invented", `INSERT INTO boxes SELECT MAX(key) + 1000 FROM boxes`, "box table", "imported 2"},
		{"PIN exchanged", `UPDATE pins SET hash = 'x'`, "PIN of sari", "after dock 0, event 2, person_added ("},
		{"person promoted", `UPDATE people SET role = 'auditor'`, "table people", "after dock 0, event 2, person_added ("},
		{"label unvoided", `UPDATE labels SET state = 'void'`, "table labels", ", labels_printed ("},
		{"count of a load turned back", `UPDATE loads SET boxes = 0`, "table loads", ", at the very earliest after dock 1, event 1, load_opened ("},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := ledgertest.New(t)
			f.PrintAll()
			f.Load(1, "B 1 A", "4")
			judge(t, f, "s1", f.Label(f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box, 1))
			judge(t, f, "s2", f.Label(f.Boxes(ledger.Filter{District: f.District("5"), Limit: 1})[0].Box, 1))
			if r := f.Verify(); r.Events == 0 || len(r.Heads) != 2 {
				t.Fatalf("before the change: %+v", r)
			}
			if err := f.Ledger.Close(); err != nil {
				t.Fatal(err)
			}
			dropTriggers(t, f.Path)
			exec(t, f.Path, tt.sql)
			l, err := ledger.Open(t.Context(), f.Path)
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			r, err := l.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, x := range r.Faults {
				all = append(all, x.String())
				if strings.Contains(x.String(), tt.want) && (!strings.Contains(x.String(), tt.since) || tt.since != "" && (x.Since.IsZero() || x.Earliest.After(x.Since))) {
					t.Errorf("want it to say since when, %q, got: %s (%v, %v)", tt.since, x, x.Since, x.Earliest)
				}
			}
			if !strings.Contains(strings.Join(all, "\n"), tt.want) {
				t.Errorf("want a fault with %q, got:\n%s", tt.want, strings.Join(all, "\n"))
			}
		})
	}
}

// TestVerifyNamesAByteChangedInTheFile changes one byte behind the engine's back.
func TestVerifyNamesAByteChangedInTheFile(t *testing.T) {
	f := ledgertest.NewFile(t, ledgertest.Event())
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	judge(t, f, "s1", f.Label(f.Boxes(ledger.Filter{District: f.District("5"), Limit: 1})[0].Box, 1))
	if err := f.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte(`{"verdict":"wrong_district"`))
	if at < 0 {
		t.Fatal("the event's payload is not in the file")
	}
	b[at+len(`{"verdict":"wrong_distric`)] = 'x'
	if err := os.WriteFile(f.Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := ledger.Open(t.Context(), f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Verify(t.Context())
	if err != nil || r.OK() || r.Faults[0].Dock != 1 || r.Faults[0].Seq != 2 {
		t.Fatalf("%+v, %v", r.Faults, err)
	}
}

func TestLogRefusesUpdateAndDelete(t *testing.T) {
	f := ledgertest.New(t)
	for _, q := range []string{`UPDATE event_log SET actor = 'eve'`, `DELETE FROM event_log`} {
		if err := tryExec(t, f.Path, q); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", q, err)
		}
	}
}

func TestPINsLockAfterFiveAndOverRestart(t *testing.T) {
	f := ledgertest.New(t)
	for i := 1; i <= ledger.MaxFailedPINs; i++ {
		_, err := f.Ledger.SignIn(t.Context(), "sari", "000001")
		if want := map[bool]error{true: ledger.ErrPINLocked, false: ledger.ErrPIN}[i == ledger.MaxFailedPINs]; !errors.Is(err, want) {
			t.Fatalf("try %d: %v", i, err)
		}
		if i == 3 {
			f.Reopen()
		}
	}
	if _, err := f.Ledger.SignIn(t.Context(), "sari", ledgertest.PIN); !errors.Is(err, ledger.ErrPINLocked) {
		t.Errorf("right PIN while locked: %v", err)
	}
	if _, err := f.Ledger.SignIn(t.Context(), "nobody", "000001"); !errors.Is(err, ledger.ErrPIN) {
		t.Errorf("unknown name: %v", err)
	}
	f.Verify()
}

func TestRolesAreHeld(t *testing.T) {
	f := ledgertest.New(t)
	ctx := t.Context()
	petugas, err := f.Ledger.AddPerson(ctx, f.Sari, "budi", ledger.Petugas, "730164")
	if err != nil {
		t.Fatal(err)
	}
	auditor, err := f.Ledger.AddPerson(ctx, f.Sari, "ratna", ledger.Auditor, "915027")
	if err != nil {
		t.Fatal(err)
	}
	f.Truck("B 1 A")
	for name, act := range map[string]func(ledger.Person) error{
		"add person": func(p ledger.Person) error {
			_, err := f.Ledger.AddPerson(ctx, p, "x", ledger.Petugas, "730164")
			return err
		},
		"add truck":   func(p ledger.Person) error { _, err := f.Ledger.AddTruck(ctx, p, "B 2 B", "", ""); return err },
		"print":       func(p ledger.Person) error { _, err := f.Ledger.OpenBatch(ctx, p, ledger.BatchRequest{}); return err },
		"clear lock":  func(p ledger.Person) error { return f.Ledger.ClearLock(ctx, p, 1, "x") },
		"hold":        func(p ledger.Person) error { return f.Ledger.SetHold(ctx, p, "31.75.06.1001-001-DPRDP", "x") },
		"issue badge": func(p ledger.Person) error { _, err := f.Ledger.IssueBadge(ctx, p, "budi"); return err },
		"issue pass": func(p ledger.Person) error {
			_, err := f.Ledger.IssuePass(ctx, p, "B 1 A", f.District("4"), nil)
			return err
		},
	} {
		for _, p := range []ledger.Person{petugas, auditor, {}} {
			if err := act(p); !errors.Is(err, ledger.ErrNotAllowed) {
				t.Errorf("%s by %q: %v", name, p.Role, err)
			}
		}
	}
	if _, err := f.Ledger.OpenLoad(ctx, auditor, 1, "B 1 A", f.District("4"), nil); !errors.Is(err, ledger.ErrNotAllowed) {
		t.Errorf("auditor opens a load: %v", err)
	}
}

func TestLabelsOfABatch(t *testing.T) {
	f := ledgertest.New(t)
	ctx := t.Context()
	rows := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 3})
	id := func(i int) string { return rows[i].Box.ID() }
	batch, err := f.Ledger.OpenBatch(ctx, f.Sari, ledger.BatchRequest{Stock: "a6"})
	if err != nil {
		t.Fatal(err)
	}
	rev, err := f.Ledger.PlanLabels(ctx, f.Sari, batch, false, []string{id(0), id(1)})
	if err != nil || rev[0] != 1 || rev[1] != 1 {
		t.Fatalf("%v, %v", rev, err)
	}
	if err := f.Ledger.LabelsDone(ctx, f.Sari, batch, []string{id(0)}, []int{1}); err != nil {
		t.Fatal(err)
	}
	// The batch breaks off: the second label was never handed over and is void.
	if err := f.Ledger.EndBatch(ctx, f.Sari, batch, ledger.BatchDone); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a batch with a label left over was called done: %v", err)
	}
	if err := f.Ledger.EndBatch(ctx, f.Sari, batch, ledger.BatchCanceled); err != nil {
		t.Fatal(err)
	}
	f.Load(1, "B 1 A", "4")
	if j := judge(t, f, "a", f.Label(rows[0].Box, 1)); j.Decision.Verdict != gate.Accepted {
		t.Errorf("the label that was handed over: %s", j.Decision.Verdict)
	}
	if j := judge(t, f, "b", f.Label(rows[1].Box, 1)); j.Decision.Verdict != gate.VoidLabel {
		t.Errorf("the label that was not: %s", j.Decision.Verdict)
	}
	if got := f.Boxes(ledger.Filter{District: f.District("4"), State: ledger.BoxUnprinted}); len(got) == 0 || got[0].Box.ID() != id(1) {
		t.Errorf("the box of the void label is not up for printing again")
	}
	if _, err := f.Ledger.PlanLabels(ctx, f.Sari, batch, false, []string{id(2)}); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("plan in an ended batch: %v", err)
	}
	next, err := f.Ledger.OpenBatch(ctx, f.Sari, ledger.BatchRequest{Stock: "a6"})
	if err != nil {
		t.Fatal(err)
	}
	if rev, err := f.Ledger.PlanLabels(ctx, f.Sari, next, false, []string{id(1)}); err != nil || rev[0] != 2 {
		t.Errorf("next label after a void one: %v, %v", rev, err)
	}
	if _, err := f.Ledger.PlanLabels(ctx, f.Sari, next, true, []string{id(0)}); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("reprint of a loaded box: %v", err)
	}
	if _, err := f.Ledger.PlanLabels(ctx, f.Sari, next, false, []string{id(1)}); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("a second label without reprint: %v", err)
	}
	if _, err := f.Ledger.OpenBatch(ctx, f.Sari, ledger.BatchRequest{Reprint: true}); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("reprint without a reason: %v", err)
	}
	f.Verify()
}

func TestLoads(t *testing.T) {
	f := ledgertest.New(t)
	ctx := t.Context()
	f.PrintAll()
	ld := f.Load(1, "B 1 A", "4", "31.75.06")
	if n, err := f.Ledger.Expected(ctx, ld); err != nil || n != 5*3 {
		t.Errorf("expected %d boxes of Cakung, %v", n, err)
	}
	for name, open := range map[string]func() error{
		"truck nobody knows": func() error {
			_, err := f.Ledger.OpenLoad(ctx, f.Sari, 2, "B 404 X", f.District("4"), nil)
			return wantIs(err, ledger.ErrNotFound)
		},
		"dock in use": func() error {
			f.Truck("B 2 B")
			_, err := f.Ledger.OpenLoad(ctx, f.Sari, 1, "B 2 B", f.District("4"), nil)
			return wantIs(err, ledger.ErrConflict)
		},
		"truck in use": func() error {
			_, err := f.Ledger.OpenLoad(ctx, f.Sari, 2, "b1a", f.District("4"), nil)
			return wantIs(err, ledger.ErrConflict)
		},
		"kecamatan of another district": func() error {
			_, err := f.Ledger.OpenLoad(ctx, f.Sari, 2, "B 1 A", f.District("4"), []election.AreaCode{"31.75.03"})
			return wantIs(err, ledger.ErrNotFound)
		},
		"district of another code space": func() error {
			_, err := f.Ledger.OpenLoad(ctx, f.Sari, 2, "B 1 A", election.District{Kind: "DPR", Code: "3101"}, nil)
			return wantIs(err, ledger.ErrInvalid)
		},
	} {
		if err := open(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	rows := f.Boxes(ledger.Filter{Area: "31.75.06"})
	for i, r := range rows[:2] {
		if j := judge(t, f, r.Box.ID(), f.Label(r.Box, 1)); j.Position != i+1 || j.Load.Count != i+1 {
			t.Errorf("box %d: %+v", i, j)
		}
	}
	if _, err := f.Ledger.CloseLoad(ctx, f.Sari, 1, " "); !errors.Is(err, ledger.ErrShortage) {
		t.Errorf("close a short load without a reason: %v", err)
	}
	closed, err := f.Ledger.CloseLoad(ctx, f.Sari, 1, "sisa menyusul")
	if err != nil || closed.State != ledger.LoadClosed || closed.Count != 2 || closed.Shortage != "sisa menyusul" {
		t.Fatalf("%+v, %v", closed, err)
	}
	// The rest may follow on a second load, which expects only the rest.
	second, err := f.Ledger.OpenLoad(ctx, f.Sari, 1, "B 1 A", f.District("4"), []election.AreaCode{"31.75.06"})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := f.Ledger.Expected(ctx, second); err != nil || n != 13 {
		t.Errorf("second load expects %d, %v", n, err)
	}
	if j := judge(t, f, "x", f.Label(rows[0].Box, 1)); j.Decision.Verdict != gate.OnOtherTruck || j.OtherTruck != "B 1 A" || j.OtherAt.IsZero() {
		t.Errorf("a box of the first load: %+v", j)
	}
	for _, r := range rows[2:] {
		judge(t, f, r.Box.ID(), f.Label(r.Box, 1))
	}
	if _, err := f.Ledger.CloseLoad(ctx, f.Sari, 1, ""); err != nil {
		t.Errorf("close a complete load: %v", err)
	}
	if err := f.Ledger.Depart(ctx, f.Sari, closed.ID); err != nil {
		t.Error(err)
	}
	if err := f.Ledger.Depart(ctx, f.Sari, closed.ID); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("depart twice: %v", err)
	}
	if n, err := f.Ledger.CountBoxes(ctx, ledger.Filter{Area: "31.75.06"}); err != nil || n.Departed != 2 || n.Loaded != 13 {
		t.Errorf("%+v, %v", n, err)
	}
	f.Verify()
}

func TestHoldsAndSparesAreNotLoaded(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	box := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box
	if err := f.Ledger.SetHold(t.Context(), f.Sari, box.ID(), "rusak kena air"); err != nil {
		t.Fatal(err)
	}
	if j := judge(t, f, "a", f.Label(box, 1)); j.Decision.Verdict != gate.Held || j.Hold != "rusak kena air" {
		t.Errorf("%+v", j)
	}
	if err := f.Ledger.SetHold(t.Context(), f.Sari, box.ID(), ""); err != nil {
		t.Fatal(err)
	}
	if j := judge(t, f, "b", f.Label(box, 1)); j.Decision.Verdict != gate.Accepted {
		t.Errorf("after the hold: %s", j.Decision.Verdict)
	}
	spare := f.Boxes(ledger.Filter{Kind: election.SpareKind, Limit: 1})[0].Box
	if j := judge(t, f, "c", f.Label(spare, 1)); j.Decision.Verdict != gate.Held || j.Hold != gate.HoldSpare {
		t.Errorf("spare: %+v", j)
	}
	f.Verify()
}

func TestTrailTellsTheWholeLife(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	f.Load(1, "B 1 A", "5")
	box := f.Boxes(ledger.Filter{District: f.District("5"), Limit: 1})[0].Box
	judge(t, f, "a", f.Label(box, 1))
	if _, err := f.Ledger.Undo(t.Context(), f.Sari, 1, box.ID(), "bocor"); err != nil {
		t.Fatal(err)
	}
	f.Print(box.ID())
	judge(t, f, "b", f.Label(box, 1))
	judge(t, f, "c", f.Label(box, 2))
	tr, err := f.Ledger.Trail(t.Context(), strings.ToLower(box.ID()))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range tr.Events {
		s := string(e.Kind)
		if e.Kind == ledger.Scanned {
			p, err := ledger.ReadScan(e)
			if err != nil {
				t.Fatal(err)
			}
			s = string(p.Verdict)
		}
		got = append(got, s)
	}
	want := "labels_planned labels_printed accepted box_unloaded labels_planned labels_printed void_label accepted"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if tr.Box.State != ledger.BoxLoaded || tr.Box.Revision != 2 || tr.Box.Plate != "B 1 A" {
		t.Errorf("%+v", tr.Box)
	}
	if _, err := f.Ledger.Trail(t.Context(), "31.75.06.1001-999-DPRDP"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no such box: %v", err)
	}
}

// TestDiskFullIsRedAndLosesNothing lets the file grow no further.
func TestDiskFullIsRedAndLosesNothing(t *testing.T) {
	f := ledgertest.NewFile(t, ledgertest.Event())
	f.PrintAll()
	f.Load(1, "B 1 A", "4")
	rows := f.Boxes(ledger.Filter{District: f.District("4")})
	judge(t, f, "first", f.Label(rows[0].Box, 1))
	f.Ledger.LimitPages(t)
	var err error
	for i := 0; err == nil && i < 2000; i++ {
		_, err = f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "sari",
			Reading: code.Reading{Status: code.Foreign, Text: strings.Repeat("X", 200)}})
	}
	if !errors.Is(err, ledger.ErrUnavailable) || !strings.Contains(err.Error(), "full") {
		t.Fatalf("a full disk: %v", err)
	}
	f.Reopen()
	if r := f.Verify(); r.Events < 8 {
		t.Errorf("%d events are left", r.Events)
	}
	if row, err := f.Ledger.Box(t.Context(), rows[0].Box.ID()); err != nil || row.State != ledger.BoxLoaded {
		t.Errorf("the box that was acknowledged: %+v, %v", row, err)
	}
}

func wantIs(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	if err == nil {
		return errors.New("it was allowed")
	}
	return err
}
