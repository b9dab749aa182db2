package audit_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/app/audit"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
)

// exported is a ledger with a load of six boxes and odd names in it, exported, and a
// checkpoint that was printed two boxes later.
func exported(t *testing.T) (f *ledgertest.Fixture, folder, later string) {
	t.Helper()
	ctx := t.Context()
	f = ledgertest.New(t)
	f.PrintAll()
	if _, err := f.Ledger.AddPerson(ctx, f.Sari, "Bu \"Ana\" <é\u2028> \\ 👍", ledger.Petugas, "730164"); err != nil {
		t.Fatal(err)
	}
	seal, err := f.Ledger.NewSeal(ctx, f.Sari)
	if err != nil {
		t.Fatal(err)
	}
	f.Load(1, "B 1 A", "4")
	four := f.Boxes(ledger.Filter{District: f.District("4")})
	scan := func(row ledger.BoxRow) {
		t.Helper()
		j, err := f.Ledger.Judge(ctx, ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "sari", Reading: code.Parse(f.Label(row.Box, 1), f.Keys())})
		if err != nil || j.Decision.Verdict != gate.Accepted {
			t.Fatalf("%+v, %v", j.Decision, err)
		}
	}
	for i := range 6 {
		scan(four[i])
	}
	if _, err := f.Ledger.Undo(ctx, f.Sari, 1, "", "uji"); err != nil {
		t.Fatal(err)
	}
	folder = filepath.Join(t.TempDir(), "export")
	if _, err := audit.Export(ctx, f.Ledger, folder); err != nil {
		t.Fatal(err)
	}
	scan(four[6])
	scan(four[7])
	all, err := f.Ledger.Checkpoints(ctx, seal)
	if err != nil {
		t.Fatal(err)
	}
	return f, folder, all[1].String()
}

// check runs the checker that shares no code with ours.
func check(t *testing.T, folder string, args ...string) (out string, ok bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), "python3", append([]string{filepath.Join(folder, "verify.py")}, args...)...)
	b, err := c.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1 || strings.Contains(string(b), "Traceback")) {
		t.Fatalf("verify.py: %v\n%s", err, b)
	}
	return string(b), err == nil
}

// TestAnObserverChecksTheLog: the exported log is in order for a checker of another make,
// and names what somebody changes in it.
func TestAnObserverChecksTheLog(t *testing.T) {
	f, folder, later := exported(t)
	out, ok := check(t, folder, "--labels", "all")
	if !ok || !strings.Contains(out, "0 faults") || !strings.Contains(out, "5 boxes are in loads; 6 label signatures") || strings.Count(out, "agrees:") != 2 {
		t.Fatalf("the true log:\n%s", out)
	}
	r := f.Verify()
	for _, h := range r.Heads[:1] { // dock 1 has gone on
		if !strings.Contains(out, h.Hash) {
			t.Errorf("the checker has another head than %s:\n%s", h.Hash, out)
		}
	}
	if out, ok := check(t, folder, later); ok || !strings.Contains(out, "cut short") {
		t.Errorf("against the paper of a later time:\n%s", out)
	}
	script, err := os.ReadFile(filepath.Join(folder, "verify.py"))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(script), "\n"); n > 250 {
		t.Errorf("verify.py has %d lines: too many to be read", n)
	}
	log := filepath.Join(folder, "log.jsonl")
	whole, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSpace(string(whole))+"\n", "\n")
	lines = lines[:len(lines)-1]
	last := len(lines) - 1
	for name, tt := range map[string]struct {
		change func([]string) []string
		want   string
	}{
		"an actor":              {func(l []string) []string { l[last] = strings.Replace(l[last], `"sari"`, `"budi"`, 1); return l }, "changed after it was written"},
		"a line is gone":        {func(l []string) []string { return append(l[:last-2], l[last-1:]...) }, "was expected here"},
		"two lines in exchange": {func(l []string) []string { l[last], l[last-1] = l[last-1], l[last]; return l }, "was expected here"},
		"the end is gone":       {func(l []string) []string { return l[:last-1] }, "cut short"},
		"another district": {func(l []string) []string {
			l[last-1] = strings.Replace(l[last-1], `box_district\":\"DPRDP:310004`, `box_district\":\"DPRDP:310005`, 1)
			return l
		}, "was accepted on a truck of"},
		"no JSON": {func(l []string) []string { l[2] = "{\n"; return l }, "not readable"},
		"a false label": {func(l []string) []string {
			i := strings.Index(l[last-1], "DG1T24") + 60
			l[last-1] = l[last-1][:i] + swap(l[last-1][i:i+1]) + l[last-1][i+1:]
			return l
		}, "is not signed by the event's key"},
	} {
		changed := tt.change(append([]string(nil), lines...))
		if err := os.WriteFile(log, []byte(strings.Join(changed, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, ok := check(t, folder); ok || !strings.Contains(out, tt.want) {
			t.Errorf("%s: want %q\n%s", name, tt.want, out)
		}
	}
}

func swap(s string) string {
	if s == "0" {
		return "1"
	}
	return "0"
}

// TestExport: it is never overwritten, and has all that an observer needs.
func TestExport(t *testing.T) {
	f, folder, _ := exported(t)
	if _, err := audit.Export(t.Context(), f.Ledger, folder); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an export: %v", err)
	}
	b, err := os.ReadFile(filepath.Join(folder, "ledger.json"))
	if err != nil {
		t.Fatal(err)
	}
	var a audit.About
	if err := json.Unmarshal(b, &a); err != nil || a.Format != audit.ExportFormat || len(a.Checkpoints) != 2 || len(a.Seals) != 1 || a.Seals[0].Hex == "" {
		t.Errorf("%+v, %v", a, err)
	}
	for _, name := range []string{"index.html", "verify.py"} {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}
