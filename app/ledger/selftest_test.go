package ledger_test

import (
	"errors"
	"testing"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

func passed() ledger.SelfTest {
	return ledger.SelfTest{Guided: true, Passed: true, Seconds: 41, Lines: []ledger.TestLine{{Check: "good", Result: ledger.TestPassed}, {Check: "printer", Result: ledger.TestSkipped}}}
}

// TestSelfTest: a self-test is an event of its dock's chain; the newest guided one of the
// shift is found, and no other dock's.
func TestSelfTest(t *testing.T) {
	f := ledgertest.New(t)
	l, ctx := f.Ledger, t.Context()
	last := func(dock int, since time.Time) *ledger.SelfTested {
		t.Helper()
		s, err := l.LastSelfTest(ctx, dock, since)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	hour := time.Now().Add(-time.Hour)
	if s := last(1, hour); s != nil {
		t.Fatalf("a new ledger has %+v", s)
	}
	first, err := l.NoteSelfTest(ctx, f.Sari, 1, passed())
	if err != nil {
		t.Fatal(err)
	}
	handless := passed()
	handless.Guided = false
	if _, err := l.NoteSelfTest(ctx, f.Sari, 1, handless); err != nil {
		t.Fatal(err)
	}
	if s := last(1, hour); s == nil || s.Act.Seq != first.Act.Seq || s.Act.By != ledgertest.Penyelia || !s.Passed || s.Seconds != 41 || len(s.Lines) != 2 {
		t.Errorf("the newest is %+v", s)
	}
	if s := last(2, hour); s != nil {
		t.Errorf("dock 2 has dock 1's: %+v", s)
	}
	if s := last(1, time.Now().Add(time.Hour)); s != nil {
		t.Errorf("the next shift has the last one's: %+v", s)
	}
	failed := passed()
	failed.Passed, failed.Lines[0].Result = false, ledger.TestFailed
	if _, err := l.NoteSelfTest(ctx, f.Sari, 1, failed); err != nil {
		t.Fatal(err)
	}
	if s := last(1, hour); s == nil || s.Passed {
		t.Errorf("after a failed one: %+v", s)
	}
	f.Verify()
}

// TestSelfTestRefused: no test is recorded that contradicts itself, nor an auditor's.
func TestSelfTestRefused(t *testing.T) {
	f := ledgertest.New(t)
	lie := passed()
	lie.Lines[0].Result = ledger.TestFailed
	for name, tt := range map[string]struct {
		by   ledger.Person
		dock int
		test ledger.SelfTest
		want error
	}{
		"passed with a failed line": {f.Sari, 1, lie, ledger.ErrInvalid},
		"without a line":            {f.Sari, 1, ledger.SelfTest{Guided: true}, ledger.ErrInvalid},
		"at the office":             {f.Sari, 0, passed(), ledger.ErrInvalid},
		"an auditor's":              {ledger.Person{Name: "ratna", Role: ledger.Auditor}, 1, passed(), ledger.ErrNotAllowed},
	} {
		if _, err := f.Ledger.NoteSelfTest(t.Context(), tt.by, tt.dock, tt.test); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestClocks: the newest event's time, and a server's own.
func TestClocks(t *testing.T) {
	f := ledgertest.New(t)
	c, err := f.Ledger.Clocks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(c.Last); d < 0 || d > time.Hour {
		t.Errorf("the newest event is of %v", c.Last)
	}
	if ledger.IsServer(f.Path) == c.Server.IsZero() {
		t.Errorf("the server's clock is at %v", c.Server)
	}
}

// TestVerifyTail: the end of a chain is found whole, and each change of it is found.
func TestVerifyTail(t *testing.T) {
	for name, change := range map[string]string{
		"":                   ``,
		"a payload":          `UPDATE event_log SET payload = '{}' WHERE dock = 1 AND seq = 3`,
		"an actor":           `UPDATE event_log SET actor = 'budi' WHERE dock = 1 AND seq = 5`,
		"the last is gone":   `DELETE FROM event_log WHERE dock = 1 AND seq = 5`,
		"the first is gone":  `DELETE FROM event_log WHERE dock = 1 AND seq = 1`,
		"one between":        `DELETE FROM event_log WHERE dock = 1 AND seq = 2`,
		"the head was moved": `UPDATE chains SET seq = 4 WHERE dock = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			f := ledgertest.New(t)
			for range 5 {
				if err := f.Ledger.NoteSignIn(t.Context(), 1, f.Sari); err != nil {
					t.Fatal(err)
				}
			}
			if change != "" {
				dropTriggers(t, f.Path)
				exec(t, f.Path, change)
			}
			n, err := f.Ledger.VerifyTail(t.Context(), 1, 100)
			switch {
			case change == "" && (err != nil || n < 7):
				t.Errorf("%d events, %v", n, err)
			case change != "" && !errors.Is(err, ledger.ErrDamaged):
				t.Errorf("%d events, %v", n, err)
			}
			// A short look sees no further than it goes.
			if n, err := f.Ledger.VerifyTail(t.Context(), 7, 1); err != nil || n != 1 {
				t.Errorf("a dock without a chain: %d, %v", n, err)
			}
		})
	}
}
