package ledger_test

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	process "os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// victim works at dock 1 until it is killed. Of each scan it says on stdout that it begins
// ("? id label") and what was acknowledged ("! id verdict hash"), each line at once.
func victim(path string) error {
	ctx := context.Background()
	l, err := ledger.Open(ctx, path)
	if err != nil {
		return err
	}
	labels, err := os.ReadFile(path + ".labels")
	if err != nil {
		return err
	}
	all := strings.Fields(string(labels))
	keys := code.Keys{Event: l.Event().Code, Public: l.PublicKeys()}
	budi, sari := ledger.Person{Name: "budi", Role: ledger.Petugas, Active: true}, ledger.Person{Name: "sari", Role: ledger.Penyelia, Active: true}
	district, err := l.Event().ResolveDistrict("4")
	if err != nil {
		return err
	}
	for {
		// What can't be done now is an answer too: only the record must hold.
		switch n := rand.IntN(24); {
		case n == 0:
			l.CloseLoad(ctx, budi, 1, "sisa menyusul")
			l.OpenLoad(ctx, budi, 1, "B 1 A", district, nil)
		case n <= 5:
			l.Undo(ctx, budi, 1, "", "uji")
		case n == 6:
			l.ClearLock(ctx, sari, 1, "uji")
		case n == 7:
			l.SetHold(ctx, sari, "31.75.06.1001-001-DPRDP", strconv.Itoa(rand.IntN(2)))
		case n == 8:
			l.BackUp(ctx, path+".backups", 3)
		default:
			id, text := ledger.NewID(), all[rand.IntN(len(all))]
			fmt.Printf("? %s %s\n", id, text)
			j, err := l.Judge(ctx, ledger.ScanRequest{ID: id, Dock: 1, Operator: "budi", Reading: code.Parse(text, keys)})
			if err != nil {
				return err
			}
			fmt.Printf("! %s %s %s\n", id, j.Decision.Verdict, j.Event.Hash)
		}
	}
}

// TestKilledAtAnyMoment kills a working dock with SIGKILL again and again, at random
// moments: what was acknowledged is there, the chains verify, the state follows from them,
// and the scan that nobody was told of is settled by its id, recorded once.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := times(t, "DAPILGATE_KILLS", 40)
	s := newFileShift(t)
	ctx := t.Context()
	var labels []string
	for _, r := range s.Boxes(ledger.Filter{}) {
		labels = append(labels, s.Label(r.Box, 1))
	}
	if err := os.WriteFile(s.Path+".labels", []byte(strings.Join(labels, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Ledger.Close(); err != nil {
		t.Fatal(err)
	}
	var acks []acked
	settled, between := 0, 0
	for n := range kills {
		open, text := "", ""
		kill(t, s.Path, time.Duration(rand.IntN(120_000))*time.Microsecond, func(line string) {
			f := strings.Fields(line)
			switch {
			case len(f) == 3 && f[0] == "?":
				open, text = f[1], f[2]
			case len(f) == 4 && f[0] == "!" && len(f[3]) == hex.EncodedLen(32):
				acks = append(acks, acked{f[1], gate.Verdict(f[2]), f[3]})
				open = ""
			}
		})
		if _, err := holds(s.Path, acks); err != nil {
			t.Fatalf("after kill %d: %v", n, err)
		}
		if open == "" {
			between++
			continue
		}
		l, err := ledger.Open(ctx, s.Path)
		if err != nil {
			t.Fatal(err)
		}
		j, err := l.Judge(ctx, ledger.ScanRequest{ID: open, Dock: 1, Operator: "budi", Reading: code.Parse(text, s.Keys())})
		if err != nil {
			t.Fatalf("after kill %d the open scan is not settled: %v", n, err)
		}
		if j.Repeated {
			settled++
		}
		acks = append(acks, acked{open, j.Decision.Verdict, j.Event.Hash})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	scans, err := holds(s.Path, acks)
	if err != nil {
		t.Fatal(err)
	}
	if scans != len(acks) {
		t.Errorf("%d scans in the log, %d acknowledged or settled", scans, len(acks))
	}
	t.Logf("%d kills, %d of them between scans; %d scans acknowledged, none lost; %d were recorded and not told, and settled by their id", kills, between, len(acks), settled)
	backups, err := filepath.Glob(s.Path + ".backups/*.db")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range backups {
		if _, err := ledger.Restore(ctx, b, filepath.Join(t.TempDir(), "again.db")); err != nil {
			t.Errorf("a backup with its whole name: %v", err)
		}
	}
}

// kill starts the victim, tells its lines, and kills it this long after the first one.
func kill(t *testing.T, path string, after time.Duration, line func(string)) {
	t.Helper()
	c := process.Command(os.Args[0])
	c.Env = append(os.Environ(), "DAPILGATE_TEST_VICTIM="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	begun := false
	for {
		text, err := in.ReadString('\n')
		if err != nil {
			break // a line without its end was not said
		}
		if !begun {
			begun = true
			time.AfterFunc(after, func() { c.Process.Kill() })
		}
		line(text)
	}
	err = c.Wait()
	if c.ProcessState.Exited() {
		t.Fatalf("the victim ended by itself: %v", err)
	}
}
