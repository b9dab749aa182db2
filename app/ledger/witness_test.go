package ledger_test

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// copyOf copies a ledger's file, as somebody would who means to bring it back later.
func copyOf(t *testing.T, s *shift) string {
	t.Helper()
	s.Reopen() // the write-ahead log is in the file then
	b, err := os.ReadFile(s.Path)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// papers are the checkpoints of the ledger as it is now, read back from their text.
func papers(t *testing.T, l *ledger.Ledger, by ledger.Person) []code.Checkpoint {
	t.Helper()
	seal, err := l.NewSeal(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	all, err := l.Checkpoints(t.Context(), seal)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		if all[i], err = code.ParseCheckpoint(c.String()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func verify(t *testing.T, path string, p ...code.Checkpoint) ledger.Report {
	t.Helper()
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Verify(t.Context(), p...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPaperFindsAChainCutShort: an older file brought back is in order in itself. Only
// paper knows, and it says how much is gone, and since when.
func TestPaperFindsAChainCutShort(t *testing.T) {
	s := newFileShift(t)
	s.scan(s.four[0])
	early := papers(t, s.Ledger, s.Sari)
	old := copyOf(t, s)
	for i := 1; i < 5; i++ {
		s.scan(s.four[i])
	}
	late := papers(t, s.Ledger, s.Sari)
	if r := verify(t, s.Path, append(early, late...)...); !r.OK() || len(r.Witnesses) != 4 || !r.Witnesses[3].Agrees {
		t.Errorf("the true log against its own papers: %+v", r)
	}
	if r := verify(t, old); !r.OK() {
		t.Errorf("the old file is not in order in itself, so this test shows nothing: %v", r.Faults)
	}
	r := verify(t, old, append(early, late...)...)
	if len(r.Faults) != 1 || r.Faults[0].Dock != 1 || !strings.Contains(r.Faults[0].Text, "4 events are gone") ||
		!strings.Contains(r.Faults[0].Text, "event 2, still agrees") {
		t.Errorf("the old file against the papers: %+v", r.Faults)
	}

	// And when the old file goes on with other boxes, up to the same number.
	l, err := ledger.Open(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	for i := 5; i < 9; i++ {
		j, err := l.Judge(t.Context(), ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "budi", Reading: code.Parse(s.Label(s.four[i].Box, 1), s.Keys())})
		if err != nil || j.Decision.Verdict != gate.Accepted {
			t.Fatalf("%+v, %v", j.Decision, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	r = verify(t, old, append(early, late...)...)
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Text, "was rewritten") || !strings.Contains(r.Faults[0].Text, "still agrees") {
		t.Errorf("the rewritten file against the papers: %+v", r.Faults)
	}
}

// TestFalsePapers: a paper of another's making, or of another ledger, is no witness
// against this one.
func TestFalsePapers(t *testing.T) {
	s := newFileShift(t)
	true1 := papers(t, s.Ledger, s.Sari)[0]
	_, forger, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	forged := code.Checkpoint{Ledger: true1.Ledger, Dock: 1, Seq: 99, At: time.Now(), Hash: strings.Repeat("9c", 32)}
	text, err := forged.Sign(forger)
	if err != nil {
		t.Fatal(err)
	}
	if forged, err = code.ParseCheckpoint(text); err != nil {
		t.Fatal(err)
	}
	r := verify(t, s.Path, true1, forged)
	if len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Text, "signature") || !r.Witnesses[0].Agrees || r.Witnesses[1].Agrees {
		t.Errorf("%+v", r)
	}
	other := newFileShift(t)
	if _, err := other.Ledger.Verify(t.Context(), true1); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("a paper of another ledger: %v", err)
	}
}

// TestSeal: one machine, one seal; a penyelia's to make; a copy of the ledger elsewhere has
// none until one is made there.
func TestSeal(t *testing.T) {
	s := newFileShift(t)
	ctx := t.Context()
	if _, err := s.Ledger.Seal(ctx); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("before it is made: %v", err)
	}
	if _, err := s.Ledger.NewSeal(ctx, s.budi); !errors.Is(err, ledger.ErrNotAllowed) {
		t.Errorf("a petugas makes it: %v", err)
	}
	first := papers(t, s.Ledger, s.Sari)
	again := papers(t, s.Ledger, s.Sari)
	if first[0].Key != again[0].Key {
		t.Error("a second seal was made")
	}
	l, err := ledger.Open(ctx, copyOf(t, s))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.Seal(ctx); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("on another machine: %v", err)
	}
	elsewhere := papers(t, l, s.Sari)
	if elsewhere[0].Key == first[0].Key {
		t.Error("two machines have one seal")
	}
	if r, err := l.Verify(ctx, append(first, elsewhere...)...); err != nil || !r.OK() {
		t.Errorf("papers of two machines: %+v, %v", r, err)
	}
	if err := os.WriteFile(s.Path+".seal", []byte("not a key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.NewSeal(ctx, s.Sari); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("over a damaged seal: %v", err)
	}
	s.Verify()
}

// TestVerifySaysSinceWhen: a changed event is named, with the last one that is in order.
func TestVerifySaysSinceWhen(t *testing.T) {
	s := newFileShift(t)
	for i := range 4 {
		s.scan(s.four[i])
	}
	s.Ledger.Close()
	exec(t, s.Path, `DROP TRIGGER event_log_no_update`)
	exec(t, s.Path, `UPDATE event_log SET actor = 'orang lain' WHERE dock = 1 AND seq = 4`)
	r := verify(t, s.Path)
	if len(r.Breaks) != 1 || r.Breaks[0].Dock != 1 || r.Breaks[0].Whole != 3 || r.Breaks[0].From != 4 || r.Breaks[0].FromAt.IsZero() {
		t.Errorf("%+v", r.Breaks)
	}
}
