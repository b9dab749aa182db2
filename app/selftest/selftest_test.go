package selftest_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/ledger/pgtest"
	"dapilgate/app/selftest"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
	"dapilgate/scanner"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func begin(t *testing.T) *selftest.Guide {
	t.Helper()
	g, err := selftest.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func scan(text string) scanner.Scan { return scanner.Scan{Text: text, Terminator: '\r'} }

func card(t *testing.T) selftest.Labels {
	t.Helper()
	l, err := selftest.CardLabels()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestGuide: the whole card in its order gives the right verdicts and passes.
func TestGuide(t *testing.T) {
	g, l := begin(t), card(t)
	for _, step := range []struct {
		check   selftest.Check
		text    string
		verdict gate.Verdict
	}{
		{selftest.Calibration, scanner.Calibration, ""},
		{selftest.Good, l.Good, gate.Accepted},
		{selftest.Duplicate, "]Q1" + strings.ToLower(l.Good), gate.Duplicate},
		{selftest.WrongDistrict, l.Wrong, gate.WrongDistrict},
		{selftest.Forged, l.Forged, gate.Forged},
	} {
		if g.Next() != step.check {
			t.Fatalf("%s is asked for, not %s", g.Next(), step.check)
		}
		hint, r := g.Scan(t.Context(), scan(step.text))
		x, done := g.Line(step.check)
		if hint != selftest.NoHint || r.Verdict != step.verdict || !done || x.Result != ledger.TestPassed {
			t.Fatalf("%s: hint %q, verdict %q, line %+v", step.check, hint, r.Verdict, x)
		}
	}
	if hint, _ := g.Scan(t.Context(), scan(l.Good)); hint != selftest.NotAsked {
		t.Errorf("a scan amid the sounds: hint %q", hint)
	}
	if g.Result().Passed {
		t.Error("passed before anybody heard a sound")
	}
	g.Say(true, "")
	if g.Result().Passed {
		t.Error("passed without a look at the machine")
	}
	f := ledgertest.New(t)
	g.Put(selftest.Look(t.Context(), selftest.Place{Ledger: f.Ledger, Dock: 1})...)
	if r := g.Result(); !r.Passed || !r.Guided || len(r.Lines) != len(selftest.Checks) || g.Next() != "" {
		t.Errorf("%+v, next %q", r, g.Next())
	}
}

// TestHints: what is not asked for is said and moves nothing; least of all a box's label.
func TestHints(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	box := f.Boxes(ledger.Filter{Limit: 1})[0]
	g, l := begin(t), card(t)
	for _, x := range []struct {
		name, text string
		want       selftest.Hint
	}{
		{"a label before the calibration", l.Good, selftest.OtherCard},
		{"a box", f.Label(box.Box, 1), selftest.NotOfCard},
		{"another system's code", "https://silog.example/1", selftest.NotOfCard},
		{"half a label", l.Good[:70], selftest.Again},
		{"two labels in one", l.Good + l.Good, selftest.Again},
	} {
		if hint, r := g.Scan(t.Context(), scan(x.text)); hint != x.want || r.Verdict != "" || g.Next() != selftest.Calibration {
			t.Errorf("%s: hint %q, verdict %q, next %s", x.name, hint, r.Verdict, g.Next())
		}
	}
	g.Scan(t.Context(), scan(scanner.Calibration))
	for name, text := range map[string]string{"the wrong number": l.Forged, "the calibration once more": scanner.Calibration} {
		if hint, _ := g.Scan(t.Context(), scan(text)); hint != selftest.OtherCard || g.Next() != selftest.Good {
			t.Errorf("%s: hint %q, next %s", name, hint, g.Next())
		}
	}
	g.Say(true, "") // nobody's word makes a scan good
	if g.Next() != selftest.Good {
		t.Error("a label that was not scanned passed by word")
	}
	g.Say(false, selftest.NoteUnread)
	if x, _ := g.Line(selftest.Good); x.Result != ledger.TestFailed {
		t.Errorf("a label that can't be read: %+v", x)
	}
	// Without the good one the second scan of it is no duplicate: the test says so.
	g.Scan(t.Context(), scan(l.Good))
	if x, _ := g.Line(selftest.Duplicate); x.Result != ledger.TestFailed || x.Note != string(gate.Accepted) {
		t.Errorf("a duplicate that is none: %+v", x)
	}
	if g.Result().Passed {
		t.Error("passed with failures")
	}
}

// TestCalibrationFails: a scanner that loses characters is found.
func TestCalibrationFails(t *testing.T) {
	g := begin(t)
	g.Scan(t.Context(), scan(scanner.Calibration[:30]))
	if x, _ := g.Line(selftest.Calibration); x.Result != ledger.TestFailed || x.Note != string(scanner.LostCharacters) {
		t.Errorf("%+v", x)
	}
	g = begin(t)
	g.Scan(t.Context(), scanner.Scan{Text: scanner.Calibration, Terminator: scanner.Silence})
	if x, _ := g.Line(selftest.Calibration); x.Result != ledger.TestPassed || x.Note != string(scanner.NoTerminator) {
		t.Errorf("%+v", x)
	}
}

// TestNeverABox is the law: no test label is accepted by a real dock, on no load, whatever
// that dock's election is called; and nothing of it is left behind.
func TestNeverABox(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	l := card(t)
	ld := f.Load(1, "B 1 UJI", "4")
	s, err := dock.Open(t.Context(), f.Ledger, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.SetOperator(t.Context(), f.Sari); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"good": l.Good, "wrong": l.Wrong, "forged": l.Forged} {
		if r := s.Scan(t.Context(), text); r.Verdict != gate.OtherEvent || r.Lock != nil {
			t.Errorf("the %s test label is %s at a real dock", name, r.Verdict)
		} else if !code.OfTestCard(r.Scan) {
			t.Errorf("the %s test label is not known as one: %s", name, r.Scan)
		}
		if r := code.Parse(text, code.Keys{Event: code.TestEvent, Public: f.Ledger.PublicKeys()}); r.Status != code.FalseSignature {
			t.Errorf("the %s test label is %s for an event of its name", name, r.Status)
		}
	}
	// A whole self-test beside the open load.
	if _, err := selftest.Hands(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d, err := f.Ledger.Dock(t.Context(), 1); err != nil || d.Load == nil || d.Load.ID != ld.ID || d.Load.Count != 0 {
		t.Errorf("the load after the test: %+v, %v", d.Load, err)
	}
	f.Verify()
}

// TestRehearsalLeavesNothing: the throw-away ledger is thrown away.
func TestRehearsalLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	g, err := selftest.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadDir(tmp)
	if err != nil || len(before) != 1 {
		t.Fatalf("%v, %v", before, err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadDir(tmp); err != nil || len(after) != 0 {
		t.Errorf("left behind: %v, %v", after, err)
	}
	t.Setenv("TMPDIR", filepath.Join(tmp, "not there"))
	if _, err := selftest.Begin(t.Context()); err == nil {
		t.Error("began without a disk")
	}
}

// TestHandless: without hands the labels are judged, and what needs hands is skipped.
func TestHandless(t *testing.T) {
	lines, err := selftest.Hands(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range lines {
		got = append(got, x.Check+" "+string(x.Result))
	}
	if s := strings.Join(got, ", "); s != "calibration skipped, good pass, duplicate pass, wrong_district pass, forged pass, sound skipped" {
		t.Error(s)
	}
}

func result(t *testing.T, lines []ledger.TestLine, c selftest.Check) ledger.TestLine {
	t.Helper()
	for _, x := range lines {
		if x.Check == string(c) {
			return x
		}
	}
	t.Fatalf("no line of %s in %v", c, lines)
	return ledger.TestLine{}
}

// TestMachine: each fault of the machine is found by its line, and by no other.
func TestMachine(t *testing.T) {
	f := ledgertest.New(t)
	out := printertest.New(t, func(p *printertest.Fake) { p.PaperOut = 1 })
	well := printertest.New(t)
	book := func(addresses ...string) *printer.Book {
		b := printer.OpenBook(filepath.Join(t.TempDir(), "printers.toml"))
		for i, a := range addresses {
			if err := b.Put(printer.Printer{Name: "Zebra " + string(rune('A'+i)), Address: "tcp://" + a, Stock: "thermal-100x150"}); err != nil {
				t.Fatal(err)
			}
		}
		return b
	}
	for _, tt := range []struct {
		name  string
		place func(*selftest.Place)
		check selftest.Check
		want  ledger.TestResult
		note  string
	}{
		{"no printer is set", func(*selftest.Place) {}, selftest.Printer, ledger.TestSkipped, ""},
		{"a printer is ready", func(p *selftest.Place) { p.Printers = book(well.Address()) }, selftest.Printer, ledger.TestPassed, ""},
		{"one of two has no paper", func(p *selftest.Place) { p.Printers = book(well.Address(), out.Address()) }, selftest.Printer, ledger.TestFailed, "Zebra B: the printer has stopped: paper-out"},
		{"a full disk", func(p *selftest.Place) { p.Free = func(string) (uint64, error) { return 3 << 20, nil } }, selftest.Disk, ledger.TestFailed, "3 5"},
		{"no disk", func(p *selftest.Place) { p.Free = func(string) (uint64, error) { return 0, errors.New("gone") } }, selftest.Disk, ledger.TestFailed, "gone"},
		{"a clock of yesterday", func(p *selftest.Place) { p.Now = func() time.Time { return time.Now().Add(-24 * time.Hour) } }, selftest.Clock, ledger.TestFailed, ""},
		{"a dead ledger", func(p *selftest.Place) {
			l, err := ledger.Open(t.Context(), f.Path)
			if err != nil {
				t.Fatal(err)
			}
			l.Close()
			p.Ledger = l
		}, selftest.Ledger, ledger.TestFailed, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := selftest.Place{Ledger: f.Ledger, Dock: 1, Folders: []string{t.TempDir()}}
			tt.place(&p)
			lines := selftest.Look(t.Context(), p)
			if x := result(t, lines, tt.check); x.Result != tt.want || !strings.Contains(x.Note, tt.note) {
				t.Errorf("%+v", x)
			}
			for _, x := range lines {
				if x.Result == ledger.TestFailed && x.Check != string(tt.check) && tt.check != selftest.Ledger {
					t.Errorf("%s failed too: %s", x.Check, x.Note)
				}
			}
		})
	}
}

// TestCard: the card is printed, and its codes are those that are asked for.
func TestCard(t *testing.T) {
	cards, err := selftest.Card()
	if err != nil {
		t.Fatal(err)
	}
	l := card(t)
	want := []string{"", scanner.Calibration, l.Good, l.Good, l.Wrong, l.Forged}
	for i, c := range cards {
		if i > 0 && c.Code != want[i] {
			t.Errorf("place %d: %s", i, c.Code)
		}
	}
	if r := code.Parse(cards[0].Code, code.Keys{}); r.Command != code.SelfTest {
		t.Errorf("place 0 is %q", r.Command)
	}
	if err := selftest.WriteCard(filepath.Join(t.TempDir(), "kartu.pdf"), labels.Options{Title: "Kartu uji"}); err != nil {
		t.Fatal(err)
	}
}
