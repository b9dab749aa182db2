package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"

	sqlite3 "modernc.org/sqlite/lib"
)

// times is how often a crash is played: as often as the environment variable says, which the
// Makefile sets.
func times(t *testing.T, variable string, usual int) int {
	t.Helper()
	if s := os.Getenv(variable); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("%s: %v", variable, err)
		}
		return n
	}
	return usual
}

// seed is a new one each time; a failure names it.
func seed(t *testing.T) uint64 {
	t.Helper()
	s := rand.Uint64()
	if v := os.Getenv("DAPILGATE_SEED"); v != "" {
		var err error
		if s, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("DAPILGATE_SEED=%d", s)
	return s
}

// acked is what the ledger acknowledged.
type acked struct {
	id      string
	verdict gate.Verdict
	hash    string
}

// worker does a dock's work on a ledger, and remembers what was acknowledged.
type worker struct {
	s      *shift
	rng    *rand.Rand
	labels []string
	acks   []acked
	open   string // id of a scan that was not acknowledged
	text   string
	load   bool
}

func newWorker(s *shift, rng *rand.Rand) *worker {
	w := &worker{s: s, rng: rng, load: true}
	for _, r := range s.Boxes(ledger.Filter{}) {
		w.labels = append(w.labels, s.Label(r.Box, 1))
	}
	return w
}

// step does one act; an error is one of the ledger's availability.
func (w *worker) step(ctx context.Context) error {
	l := w.s.Ledger
	w.settle(ctx)
	switch n := w.rng.IntN(20); {
	case n == 0 && w.load:
		if _, err := l.CloseLoad(ctx, w.s.budi, 1, "sisa menyusul"); err != nil {
			return w.allowed(err, ledger.ErrLocked)
		}
		w.load = false
	case !w.load:
		_, err := l.OpenLoad(ctx, w.s.budi, 1, "B 1 A", w.s.District("4"), nil)
		if w.load = err == nil || errors.Is(err, ledger.ErrConflict); !w.load {
			return err
		}
	case n <= 6:
		_, err := l.Undo(ctx, w.s.budi, 1, "", "uji")
		return w.allowed(err, ledger.ErrLocked, ledger.ErrNotFound)
	case n == 7:
		return w.allowed(l.ClearLock(ctx, w.s.Sari, 1, "uji"), ledger.ErrNotFound)
	default:
		id := w.open
		if id == "" {
			id, w.text = ledger.NewID(), w.labels[w.rng.IntN(len(w.labels))]
		}
		w.open = id
		j, err := l.Judge(ctx, ledger.ScanRequest{ID: id, Dock: 1, Operator: "budi", Reading: code.Parse(w.text, w.s.Keys())})
		if errors.Is(err, ledger.ErrConflict) {
			w.open = "" // it was recorded, and undone since
			return nil
		}
		if err != nil {
			return err
		}
		w.open = ""
		w.acks = append(w.acks, acked{id, j.Decision.Verdict, j.Event.Hash})
	}
	return nil
}

// settle finds out what is open after an act that nobody knows the end of.
func (w *worker) settle(ctx context.Context) {
	if d, err := w.s.Ledger.Dock(ctx, 1); err == nil {
		w.load = d.Load != nil
	}
}

func (w *worker) allowed(err error, but ...error) error {
	if slices.ContainsFunc(but, func(e error) bool { return errors.Is(err, e) }) {
		return nil
	}
	return err
}

// holds checks a ledger file after a crash: it opens, it is whole, and what was
// acknowledged is in it, once. It returns how many scans are in it.
func holds(path string, acks []acked) (int, error) {
	ctx := context.Background()
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return 0, err
	}
	defer l.Close()
	r, err := l.Verify(ctx)
	if err != nil {
		return 0, err
	}
	if !r.OK() {
		return 0, fmt.Errorf("it is not whole: %v", r.Faults)
	}
	seen := map[string]string{}
	scans := 0
	err = l.Events(ctx, func(e ledger.Event) error {
		if e.Kind == ledger.Scanned {
			scans++
		}
		seen[e.ID] = e.Hash
		return nil
	})
	for _, a := range acks {
		if err == nil && seen[a.id] != a.hash {
			err = fmt.Errorf("scan %s was acknowledged as %s, and the log has it as %q", a.id, a.verdict, seen[a.id])
		}
	}
	return scans, err
}

// spread writes what a disk has after a cut into an empty folder.
func spread(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700))
	for name, b := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPowerCuts plays power cuts between any two writes and flushes of a shift, and of the
// making of the ledger before it: what was acknowledged is there, the chains verify, the
// state follows from them.
func TestPowerCuts(t *testing.T) {
	cuts := times(t, "DAPILGATE_CUTS", 100)
	n := seed(t)
	root := t.TempDir()
	d := newDisk(t, root, n)
	rng := rand.New(rand.NewPCG(n, 2))
	type moment struct {
		op    int
		files map[string][]byte
		acks  int
		made  bool // the ledger was there
	}
	var moments []moment
	var w *worker
	d.after = func(op int) {
		// Most moments lie in the shift; some in the making of the ledger.
		if w == nil && rng.IntN(400) == 0 || w != nil && rng.IntN(25) == 0 {
			m := moment{op: op, files: d.cut(), made: w != nil}
			if w != nil {
				m.acks = len(w.acks)
			}
			moments = append(moments, m)
		}
	}
	s := newFileShift(t)
	w = newWorker(s, rng)
	played, name, dir := 0, filepath.Base(s.Path), filepath.Join(root, "cut")
	for played < cuts {
		if d.ops == 0 {
			t.Fatal("the disk is not watched")
		}
		if err := w.step(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, m := range moments {
			played++
			spread(t, dir, m.files)
			_, err := holds(filepath.Join(dir, name), w.acks[:m.acks])
			if !m.made && (errors.Is(err, ledger.ErrNotLedger) || errors.Is(err, ledger.ErrNotFound)) {
				err = nil // cut off before it was a ledger, and it says so
			}
			if err != nil {
				t.Errorf("cut after operation %d, %d scans acknowledged: %v", m.op, m.acks, err)
			}
		}
		moments = moments[:0]
	}
	t.Logf("%d power cuts in %d writes and flushes; %d scans acknowledged", played, d.ops, len(w.acks))
}

// TestDiskRefuses lets writes and flushes fail, singly and for a while: nothing is
// acknowledged that is not there, the dock says that the record is not available, and goes
// on as soon as the disk does. A power cut follows each time.
func TestDiskRefuses(t *testing.T) {
	rounds := times(t, "DAPILGATE_REFUSALS", 25)
	n := seed(t)
	root := t.TempDir()
	d := newDisk(t, root, n)
	rng := rand.New(rand.NewPCG(n, 3))
	s := newFileShift(t)
	w := newWorker(s, rng)
	refused := 0
	for round := range rounds {
		rc := []int32{sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC}[rng.IntN(3)]
		from, long := d.ops+rng.IntN(40), 1+rng.IntN(30)*rng.IntN(2)
		d.mu.Lock()
		d.refuse = func(op int, f failing) int32 {
			if op < from || op >= from+long || (rc == sqlite3.SQLITE_IOERR_FSYNC) != (f == flushing) {
				return 0
			}
			return rc
		}
		d.mu.Unlock()
		for range 25 {
			if err := w.step(t.Context()); errors.Is(err, ledger.ErrUnavailable) {
				refused++
			} else if err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		d.mu.Lock()
		d.refuse = nil
		d.mu.Unlock()
		// The disk is well again: so is the dock.
		for i := 0; ; i++ {
			err := w.step(t.Context())
			if err == nil {
				break
			}
			if i == 3 {
				t.Fatalf("round %d: the disk is well, and the dock is not: %v", round, err)
			}
		}
		dir := filepath.Join(root, "cut")
		spread(t, dir, d.cut())
		if _, err := holds(filepath.Join(dir, filepath.Base(s.Path)), w.acks); err != nil {
			t.Fatalf("round %d (%d from operation %d for %d), then the power fails: %v", round, rc, from, long, err)
		}
	}
	if refused == 0 {
		t.Error("the disk refused nothing: this test shows nothing")
	}
	s.Reopen()
	if _, err := holds(s.Path, w.acks); err != nil {
		t.Error(err)
	}
	t.Logf("%d rounds, %d acts refused, %d scans acknowledged", rounds, refused, len(w.acks))
}
