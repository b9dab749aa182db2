package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/scanner/cameratest"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"dapilgate": main})
}

// TestScripts runs the command line as people and scripts do: testdata/script/*.txt.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("DAPILGATE_CONFIG", os.DevNull) // not this machine's
			e.Setenv("DAPILGATE_LEDGER", "pemilu.db")
			e.Setenv("DAPILGATE_PIN", "482913")
			e.Setenv("DAPILGATE_PASSPHRASE", "tiga kotak suara")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"labels": cmdLabels, "status": cmdStatus, "verdicts": cmdVerdicts, "patch": cmdPatch, "noise": cmdNoise, "clip": cmdClip,
		},
	})
}

// status STATUS COMMAND...: the exit status is just this one.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	in := ""
	rest := args[1:]
	if rest[0] == "-stdin" {
		in, rest = ts.ReadFile(rest[1]), rest[2:]
	}
	c := exec.Command(rest[0], rest[1:]...)
	c.Dir, c.Stdin = ts.MkAbs("."), strings.NewReader(in)
	for _, v := range []string{"DAPILGATE_LEDGER", "DAPILGATE_PIN", "DAPILGATE_PASSPHRASE", "DAPILGATE_NEW_PIN", "DAPILGATE_SECOND_PIN", "DAPILGATE_CONFIG", "DAPILGATE_DOCK", "DAPILGATE_STOCK", "DAPILGATE_IDLE", "PATH", "HOME"} {
		c.Env = append(c.Env, v+"="+ts.Getenv(v))
	}
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err = c.Run()
	got := 0
	var ee *exec.ExitError
	if errors.As(err, &ee) {
		got = ee.ExitCode()
	} else {
		ts.Check(err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("out"), out.Bytes(), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs("err"), errs.Bytes(), 0o600))
	if got != want {
		ts.Fatalf("exit status %d, want %d\nstdout: %s\nstderr: %s", got, want, out.String(), errs.String())
	}
}

// labels FILE COUNT DAPIL [forged|old]: the texts of the first labels of a dapil, a line
// each, signed with the ledger's own key (or a forger's).
func cmdLabels(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	l, err := ledger.Open(context.Background(), ts.MkAbs("pemilu.db"))
	ts.Check(err)
	defer l.Close()
	key, err := labels.ReadKeyFile(ts.MkAbs("pemilu.db.key"), ts.Getenv("DAPILGATE_PASSPHRASE"))
	ts.Check(err)
	if len(args) > 3 && args[3] == "forged" {
		_, key, err = ed25519.GenerateKey(nil)
		ts.Check(err)
	}
	texts, err := labelTexts(ts, l, key, args[2], n)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(texts, "\n")+"\n"), 0o600))
}

func labelTexts(ts *testscript.TestScript, l *ledger.Ledger, key ed25519.PrivateKey, dapil string, n int) ([]string, error) {
	d, err := l.Event().ResolveDistrict(dapil)
	if err != nil {
		return nil, err
	}
	var out []string
	for r, err := range l.Boxes(context.Background(), ledger.Filter{District: d, Limit: n}) {
		if err != nil {
			return nil, err
		}
		s, err := sign(l.Event(), key, r.Box)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func sign(e *election.Event, key ed25519.PrivateKey, b election.Box) (string, error) {
	f, err := e.Fields(b, 1)
	if err != nil {
		return "", err
	}
	return f.Sign(key)
}

// verdicts FILE VERDICT...: the verdicts of the JSON lines, with how often each comes in a
// row ("accepted*10").
func cmdVerdicts(ts *testscript.TestScript, neg bool, args []string) {
	var got []string
	count := 0
	flush := func() {
		if count > 1 {
			got[len(got)-1] += "*" + strconv.Itoa(count)
		}
	}
	last := ""
	for _, line := range strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n") {
		var j scanJSON
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			ts.Fatalf("no JSON: %q: %v", line, err)
		}
		if j.Message == "" {
			ts.Fatalf("no message: %s", line)
		}
		if j.Verdict == last {
			count++
			continue
		}
		flush()
		got, last, count = append(got, j.Verdict), j.Verdict, 1
	}
	flush()
	if want := strings.Join(args[1:], " "); strings.Join(got, " ") != want {
		ts.Fatalf("verdicts %s\nwant     %s", strings.Join(got, " "), want)
	}
}

// patch FILE OLD NEW: changes bytes of a file in place, at the last place of OLD.
func cmdPatch(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	at := bytes.LastIndex(b, []byte(args[1]))
	if at < 0 || len(args[1]) != len(args[2]) {
		ts.Fatalf("can't patch %q to %q in %s", args[1], args[2], args[0])
	}
	copy(b[at:], args[2])
	ts.Check(os.WriteFile(path, b, 0o600))
}

// noise FILE BYTES: a line of this many bytes, none a line end.
func cmdNoise(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i*31+i*7) | 1
		if b[i] == '\n' || b[i] == '\r' {
			b[i] = 0xff
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), append(b, '\n'), 0o600))
}

// TestKillLosesNothing kills the scanning process in the middle of a stream, again and
// again: every line that it acknowledged is in the ledger, and the record is whole.
func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pemilu.db")
	env := append(os.Environ(), "DAPILGATE_LEDGER="+path, "DAPILGATE_PIN=482913", "DAPILGATE_PASSPHRASE=tiga kotak suara")
	do := func(args ...string) {
		t.Helper()
		c := exec.Command("dapilgate", args...)
		c.Env, c.Dir = env, dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	const kills = 20
	do("init", "--penyelia", "sari")
	do("print", "--as", "sari", "--dapil", "4", "--limit", "900", "--stock", "a4-2x4", "--out", "d4.pdf")
	do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU")
	do("load", "open", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--dock", "1")
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	key, err := labels.ReadKeyFile(path+".key", "tiga kotak suara")
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Event().ResolveDistrict("4")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for r, err := range l.Boxes(t.Context(), ledger.Filter{District: d, Limit: 900}) {
		if err != nil {
			t.Fatal(err)
		}
		s, err := sign(l.Event(), key, r.Box)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, s)
	}
	l.Close()
	acknowledged := map[string]string{}
	next := 0
	for k := range kills {
		c := exec.Command("dapilgate", "load", "scan", "--as", "sari", "--dock", "1")
		c.Env = env
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		go func(from int) {
			for _, s := range texts[from:] {
				if _, err := fmt.Fprintln(in, s); err != nil {
					return // killed
				}
			}
		}(next)
		lines, fresh := bufio.NewScanner(out), false
		for n := 0; n < 10+k*2 && lines.Scan(); n++ {
			var j scanJSON
			if err := json.Unmarshal(lines.Bytes(), &j); err != nil {
				t.Fatalf("%s: %v", lines.Text(), err)
			}
			// What the last one recorded between the last line that was read and its kill
			// comes first; behind it nothing may be there already.
			if fresh = fresh || j.Verdict == "accepted"; j.Verdict != "accepted" && (fresh || j.Verdict != "duplicate") {
				t.Fatalf("after kill %d, line %d: %s", k, n, lines.Text())
			}
			acknowledged[j.Box] = j.Verdict
			next++
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
	}
	if l, err = ledger.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for box := range acknowledged {
		row, err := l.Box(t.Context(), box)
		if err != nil || row.State != ledger.BoxLoaded {
			t.Errorf("%s was acknowledged and is %s (%v)", box, row.State, err)
		}
	}
	r, err := l.Verify(t.Context())
	if err != nil || !r.OK() {
		t.Fatalf("%+v, %v", r.Faults, err)
	}
	if len(acknowledged) < 10*kills {
		t.Errorf("only %d lines were acknowledged", len(acknowledged))
	}
}

// TestReadLine: a line of any length is one scan, and its memory is bounded.
func TestReadLine(t *testing.T) {
	in := bufio.NewReaderSize(strings.NewReader("a\n"+strings.Repeat("x", 1<<20)+"\nlast"), 64)
	var got []int
	for {
		s, err := readLine(in)
		if err != nil {
			break
		}
		got = append(got, len(s))
		if len(s) > 2*code.MaxScan {
			t.Errorf("a line of %d bytes was kept", len(s))
		}
	}
	if len(got) != 3 || got[0] != 2 || got[2] != 4 {
		t.Errorf("lines of %v", got)
	}
}

// clip FILE TEXTS: a recording of a camera that boxes are carried past, one for each line.
func cmdClip(ts *testscript.TestScript, neg bool, args []string) {
	w := cameratest.Walk{Width: 640, Height: 480, InView: 8, Gap: 3, Module: 3.5, Quality: 85, Texts: strings.Fields(ts.ReadFile(args[1]))}
	b, err := w.Clip()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}
