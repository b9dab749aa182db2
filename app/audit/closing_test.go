package audit_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/app/audit"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
)

// TestAnObserverChecksTheClosings: a load that was counted, closed by two, left, came back
// and was opened again is in order for a checker of another make; what breaks the rule of
// closing is named by it.
func TestAnObserverChecksTheClosings(t *testing.T) {
	ctx := t.Context()
	f := ledgertest.NewFrom(t, ledgertest.TwoPersons())
	f.PrintAll()
	if _, err := f.Ledger.AddPerson(ctx, f.Sari, "budi", ledger.Petugas, "730164"); err != nil {
		t.Fatal(err)
	}
	f.Load(1, "B 1 A", "4")
	scan := func(i int) {
		t.Helper()
		row := f.Boxes(ledger.Filter{District: f.District("4")})[i]
		if _, err := f.Ledger.Judge(ctx, ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "sari", Reading: code.Parse(f.Label(row.Box, 1), f.Keys())}); err != nil {
			t.Fatal(err)
		}
	}
	shut := func(n int) {
		t.Helper()
		if _, err := f.Ledger.CountLoad(ctx, f.Sari, 1, "budi", n); err != nil {
			t.Fatal(err)
		}
		by, err := f.Ledger.Attest(ctx, f.Sari, "budi", "730164")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Ledger.CloseLoad(ctx, by, 1, "sisa menyusul"); err != nil {
			t.Fatal(err)
		}
		if err := f.Ledger.Depart(ctx, f.Sari, 1); err != nil {
			t.Fatal(err)
		}
	}
	scan(0)
	scan(1)
	shut(2)
	if _, err := f.Ledger.ReturnLoad(ctx, f.Sari, 1, "ban pecah"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ledger.ReopenLoad(ctx, f.Sari, 1, "satu lagi"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ledger.Undo(ctx, f.Sari, 1, "", "basah"); err != nil {
		t.Fatal(err)
	}
	scan(2)
	shut(2)
	folder := filepath.Join(t.TempDir(), "export")
	if _, err := audit.Export(ctx, f.Ledger, folder); err != nil {
		t.Fatal(err)
	}
	if out, ok := check(t, folder); !ok || !strings.Contains(out, "2 boxes are in loads") {
		t.Fatalf("the true log:\n%s", out)
	}
	f.Verify()
	log := filepath.Join(folder, "log.jsonl")
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ from, to, want string }{
		"closed by one":           {`\"second\":\"budi\",\"counter\":\"budi\"`, `\"second\":\"budi\"`, "closed by one person"},
		"counted by the operator": {`\"counter\":\"budi\",\"counted\":2`, `\"counter\":\"sari\",\"counted\":2`, "sari counted their own load"},
		"a shortage unnamed":      {`\"boxes\":9,\"reason\"`, `\"boxes\":8,\"reason\"`, "that nobody accepted"},
		"a box of a closed load":  {`"kind":"load_reopened"`, `"kind":"signed_in"`, "was accepted into a load that is closed"},
		"back without leaving":    {`"kind":"load_departed"`, `"kind":"signed_in"`, "load_returned of a load that is closed"},
		"another number of boxes": {`\"count\":2,\"expected\":21`, `\"count\":3,\"expected\":22`, "another number of boxes"},
		"a return without reason": {`\"reason\":\"ban pecah\"`, `\"reason\":\"\"`, "load_returned without a reason"},
	} {
		changed := strings.Replace(string(whole), tt.from, tt.to, 1)
		if changed == string(whole) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if err := os.WriteFile(log, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, ok := check(t, folder); ok || !strings.Contains(out, tt.want) {
			t.Errorf("%s: want %q\n%s", name, tt.want, out)
		}
	}
}
