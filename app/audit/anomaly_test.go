package audit_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// TestAnomalies: an orderly load has none; each kind is found where it was made, and a
// burst once, however long.
func TestAnomalies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := ledgertest.NewFile(t, ledgertest.Event()) // a server keeps its own time
		f.PrintAll()
		ctx := context.Background()
		docks := map[int]*dock.Station{}
		for _, n := range []int{1, 2} {
			s, err := dock.Open(ctx, f.Ledger, n)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			if err := s.SetOperator(ctx, f.Sari); err != nil {
				t.Fatal(err)
			}
			docks[n] = s
			f.Load(n, fmt.Sprintf("B %d KPU", n), "4")
		}
		four := f.Boxes(ledger.Filter{District: f.District("4")})
		scan := func(n int, r ledger.BoxRow, want gate.Verdict) {
			t.Helper()
			if v := docks[n].Scan(ctx, f.Label(r.Box, 1)).Verdict; v != want {
				t.Fatalf("%s: %s, want %s", r.Box.ID(), v, want)
			}
		}
		find := func() map[audit.AnomalyKind][]audit.Anomaly {
			t.Helper()
			all, err := audit.Anomalies(ctx, f.Ledger, audit.DefaultLimits)
			if err != nil {
				t.Fatal(err)
			}
			out := map[audit.AnomalyKind][]audit.Anomaly{}
			for i, a := range all {
				if i > 0 && a.At.Before(all[i-1].At) {
					t.Errorf("%v comes after %v", a, all[i-1])
				}
				out[a.Kind] = append(out[a.Kind], a)
			}
			return out
		}
		for _, r := range four[:8] {
			time.Sleep(3 * time.Second)
			scan(1, r, gate.Accepted)
		}
		if got := find(); len(got) != 0 {
			t.Errorf("an orderly load is odd: %v", got)
		}

		scan(2, four[0], gate.OnOtherTruck)
		time.Sleep(time.Minute)
		for _, r := range four[8:17] { // nine at once
			time.Sleep(400 * time.Millisecond)
			scan(1, r, gate.Accepted)
		}
		old := four[20]
		f.Print(old.Box.ID())
		scan(1, old, gate.VoidLabel)
		_, other, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		if v := docks[1].Scan(ctx, f.LabelBy(other, four[19].Box, 1)).Verdict; v != gate.Forged {
			t.Fatal(v)
		}
		if err := f.Ledger.ClearLock(ctx, f.Sari, 1, "palsu"); err != nil {
			t.Fatal(err)
		}
		for _, r := range f.Boxes(ledger.Filter{District: f.District("5"), Limit: 3}) {
			scan(1, r, gate.WrongDistrict)
			scan(1, r, gate.Locked) // the same box, not one more
			docks[1].ArmSetAside(ctx)
			scan(1, r, gate.SetAsideDone)
		}
		all, err := audit.Anomalies(ctx, f.Ledger, audit.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		audit.BySeverity(all)
		for i, a := range all {
			if a.Severity == 0 || i > 0 && (a.Severity < all[i-1].Severity || a.Severity == all[i-1].Severity && a.At.After(all[i-1].At)) {
				t.Errorf("%v stands behind %v", a, all[i-1])
			}
		}
		got := find()
		for _, want := range []struct {
			kind  audit.AnomalyKind
			box   string
			count int
		}{
			{audit.TwoPlaces, four[0].Box.ID(), 0}, {audit.OldLabel, old.Box.ID(), 0}, {audit.ForgedLabel, four[19].Box.ID(), 0}, {audit.LockCleared, four[19].Box.ID(), 0},
			{audit.Burst, "", 9}, {audit.ManyRefusals, "", 5},
		} {
			a := got[want.kind]
			if len(a) != 1 || a[0].Box != want.box || a[0].Count != want.count || a[0].By != f.Sari.Name || a[0].What == "" {
				t.Errorf("%s: %+v, want one of %q with %d", want.kind, a, want.box, want.count)
			}
		}
		if len(got) != len(audit.AnomalyKinds) {
			t.Errorf("%d kinds were found of %d", len(got), len(audit.AnomalyKinds))
		}
	})
}
