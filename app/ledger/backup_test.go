package ledger_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

func backUp(t *testing.T, s *shift, folder string, keep int) ledger.Backup {
	t.Helper()
	b, err := s.Ledger.BackUp(t.Context(), folder, keep)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func list(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestBackupAndRestore: a backup is made while the dock goes on, is whole, and becomes a
// ledger that goes on where it was.
func TestBackupAndRestore(t *testing.T) {
	s := newFileShift(t)
	ctx := t.Context()
	s.scan(s.four[0])
	folder := filepath.Join(t.TempDir(), "backups")
	done := make(chan error)
	go func() { _, err := s.Ledger.BackUp(ctx, folder, 5); done <- err }()
	for i := 1; i < 8; i++ {
		if v := s.scan(s.four[i]); v != gate.Accepted {
			t.Errorf("during a backup a box is %s", v)
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b := backUp(t, s, folder, 5)
	whole := s.Verify()
	if b.Events != whole.Events || !strings.Contains(b.Path, b.Head) || len(list(t, folder)) != 2 {
		t.Errorf("%+v of %d events; %v", b, whole.Events, list(t, folder))
	}
	before, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "again.db")
	r, err := ledger.Restore(ctx, b.Path, target)
	if err != nil || r.Events != whole.Events || r.Head != b.Head || r.At.IsZero() {
		t.Fatalf("%+v, %v", r, err)
	}
	after, err := os.ReadFile(b.Path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("restoring changed the backup (%v)", err)
	}
	l, err := ledger.Open(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	j, err := l.Judge(ctx, ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "budi", Reading: code.Parse(s.Label(s.four[8].Box, 1), s.Keys())})
	if err != nil || j.Decision.Verdict != gate.Accepted || j.Load.Count != 9 {
		t.Errorf("the restored ledger goes on with %+v, %v", j.Load, err)
	}
}

// TestRestoreRefuses: what is there, what is no backup, and what does not verify; and
// nothing is left behind.
func TestRestoreRefuses(t *testing.T) {
	s := newFileShift(t)
	ctx := t.Context()
	b := backUp(t, s, t.TempDir(), 5)
	dir := t.TempDir()
	target := filepath.Join(dir, "again.db")
	refuse := func(what, backup string, want error) {
		t.Helper()
		before := list(t, dir)
		if _, err := ledger.Restore(ctx, backup, target); !errors.Is(err, want) {
			t.Errorf("%s: %v", what, err)
		}
		if after := list(t, dir); len(after) != len(before) {
			t.Errorf("%s left %v", what, after)
		}
	}
	refuse("nothing", filepath.Join(dir, "none.db"), ledger.ErrNotFound)
	letter := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(letter, []byte("Dear ledger,"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse("a letter", letter, ledger.ErrNotLedger)
	half := filepath.Join(t.TempDir(), "half.db")
	whole, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(half, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Restore(ctx, half, target); err == nil {
		t.Error("half a backup is restored")
	}
	if left := list(t, dir); len(left) != 0 {
		t.Errorf("half a backup left %v", left)
	}
	exec(t, b.Path, `UPDATE load_boxes SET position = 9`)
	exec(t, b.Path, `UPDATE trucks SET plate = 'B 9 X' WHERE id = 1`)
	refuse("a changed backup", b.Path, ledger.ErrDamaged)
	if err := os.WriteFile(target+"-wal", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refuse("beside another's write-ahead log", b.Path, ledger.ErrExists)
	if _, err := ledger.Restore(ctx, b.Path, s.Path); !errors.Is(err, ledger.ErrExists) {
		t.Errorf("over a ledger: %v", err)
	}
	s.Verify()
}

// TestBackupsAreKept: the newest few, of this ledger alone; and none is removed for a new
// one that is not whole.
func TestBackupsAreKept(t *testing.T) {
	s := newFileShift(t)
	folder := t.TempDir()
	other := filepath.Join(folder, "other.20240214T101112.000Z.e9.0123456789ab.db")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var made []string
	for i := range 4 {
		s.scan(s.four[i])
		made = append(made, filepath.Base(backUp(t, s, folder, 2).Path))
	}
	want := append(made[2:], filepath.Base(other))
	if got := list(t, folder); len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("kept %v, want %v", got, want)
	}
	exec(t, s.Path, `UPDATE trucks SET plate = 'B 9 X' WHERE id = 1`)
	if _, err := s.Ledger.BackUp(t.Context(), folder, 1); !errors.Is(err, ledger.ErrDamaged) {
		t.Errorf("of a changed ledger: %v", err)
	}
	if got := list(t, folder); len(got) != 3 {
		t.Errorf("after a backup that failed: %v", got)
	}
}
