package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
	"dapilgate/scanner"
)

// sink is a printer that counts what comes out of it.
type sink interface {
	Count() int
	Still() bool
}

// TestKilledPrintLeavesOneGoodLabelABox kills the printing process in the middle of a batch,
// again and again. A person says each time which label came out last; in the end every box
// has exactly one good label, and the printer's count is the journal's.
func TestKilledPrintLeavesOneGoodLabelABox(t *testing.T) {
	t.Run("raw port", func(t *testing.T) {
		f := printertest.New(t, func(f *printertest.Fake) { f.Each = 2 * time.Millisecond })
		killPrints(t, f, "tcp://"+f.Address())
	})
	t.Run("IPP", func(t *testing.T) {
		f := printertest.NewIPP(t, func(p *printertest.IPP) { p.Each, p.Forms = 2*time.Millisecond, []string{printer.ZPL} })
		killPrints(t, f, f.Address())
	})
}

func killPrints(t *testing.T, paper sink, address string) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pemilu.db")
	env := append(os.Environ(), "DAPILGATE_LEDGER="+path, "DAPILGATE_PIN=482913", "DAPILGATE_PASSPHRASE=tiga kotak suara")
	command := func(args ...string) *exec.Cmd {
		c := exec.Command("dapilgate", args...)
		c.Env, c.Dir = env, dir
		return c
	}
	if out, err := command("init", "--penyelia", "sari").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	sari := ledger.Person{Name: "sari", Role: ledger.Penyelia, Active: true}
	const boxes, kills = 240, 4
	printing := func() *exec.Cmd {
		return command("print", "--as", "sari", "--kelurahan", "31.75.06.1001", "--limit", "240", "--stock", "thermal-100x100", "--printer", address)
	}
	for k := range kills {
		before := paper.Count()
		c := printing()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); paper.Count() < before+25+7*k; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("only %d labels came out", paper.Count()-before)
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		c.Wait()
		// The printer goes on with what it has got already; then it is still.
		for deadline := time.Now().Add(time.Minute); !paper.Still(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the printer does not come to rest")
			}
		}
		open, err := l.Batches(t.Context(), true)
		if err != nil || len(open) != 1 {
			t.Fatalf("open batches after kill %d: %+v, %v", k, open, err)
		}
		all, err := l.BatchLabels(t.Context(), open[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		cameOut := paper.Count() - before
		if cameOut > len(all) {
			t.Fatalf("%d labels came out, the journal knows %d", cameOut, len(all))
		}
		if s, err := batch.Settle(t.Context(), l, sari, open[0].ID, all[cameOut-1].Box); err != nil || s.Good != cameOut {
			t.Fatalf("%+v, %v; %d came out", s, err, cameOut)
		}
	}
	left, err := l.CountBoxes(t.Context(), ledger.Filter{Area: "31.75.06.1001"})
	if err != nil {
		t.Fatal(err)
	}
	c := command("print", "--as", "sari", "--kelurahan", "31.75.06.1001", "--limit", "60", "--stock", "thermal-100x100", "--printer", address)
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "60 labels printed") {
		t.Fatalf("%v\n%s", err, out)
	}
	list, err := l.Batches(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	good := 0
	for _, b := range list {
		good += b.Good
		if b.State == "open" || b.Issued != b.Good+b.Spoiled+b.Void {
			t.Errorf("batch left over: %+v", b)
		}
	}
	if good != paper.Count() || good != left.Printed+60 {
		t.Errorf("%d good labels in the journal, %d came out, %d boxes had one before the last print", good, paper.Count(), left.Printed)
	}
	once := map[string]int{}
	for _, b := range list {
		labels, err := l.BatchLabels(t.Context(), b.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range labels {
			if x.State == ledger.LabelPrinted {
				once[x.Box]++
			}
		}
	}
	for box, n := range once {
		if n != 1 {
			t.Errorf("%s has %d good labels", box, n)
		}
	}
	r, err := l.Verify(t.Context())
	if err != nil || !r.OK() {
		t.Errorf("%+v, %v", r.Faults, err)
	}
}

// TestPaperOutStopsThePrintHonestly: what the journal can't know it asks for.
func TestPaperOutStopsThePrintHonestly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pemilu.db")
	run := func(args ...string) (string, error) {
		c := exec.Command("dapilgate", args...)
		c.Env, c.Dir = append(os.Environ(), "DAPILGATE_LEDGER="+path, "DAPILGATE_PIN=482913", "DAPILGATE_PASSPHRASE=tiga kotak suara"), dir
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := run("init", "--penyelia", "sari"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	paper := printertest.New(t, func(f *printertest.Fake) { f.OutAt = 4 })
	args := []string{"print", "--as", "sari", "--dapil", "4", "--limit", "6", "--stock", "a7", "--patience", "0s", "--printer", "tcp://" + paper.Address()}
	out, err := run(args...)
	if err == nil || !strings.Contains(out, "paper-out") || !strings.Contains(out, "batch settle 1 --last BOX") {
		t.Fatalf("%v\n%s", err, out)
	}
	// Still no paper: nothing is sent, and nothing is left open by it.
	if out, err = run(args...); err == nil || !strings.Contains(out, "paper-out") || strings.Contains(out, "settle") {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err = run("batch", "settle", "1", "--as", "sari", "--last", "31.75.01.1001-001-DPD"); err != nil || !strings.Contains(out, "3 labels good, 3 void") {
		t.Fatalf("%v\n%s", err, out)
	}
	paper.Refill()
	if out, err = run(args...); err != nil || !strings.Contains(out, "6 labels printed") || paper.Count() != 9 {
		t.Fatalf("%v, %d came out\n%s", err, paper.Count(), out)
	}
}

// TestPrintThroughIPPEverywhere prints sheets on CUPS's own printer, by the name that it is
// kept under, and reads what the printer got: each code is a label that the journal calls
// good, and none is missing.
func TestPrintThroughIPPEverywhere(t *testing.T) {
	e := printertest.NewEve(t, `cp "$1" "job-$IPP_JOB_ID.pdf"`, "-f", "application/pdf")
	dir := t.TempDir()
	path := filepath.Join(dir, "pemilu.db")
	run := func(args ...string) string {
		t.Helper()
		c := exec.Command("dapilgate", args...)
		c.Env, c.Dir = append(os.Environ(), "DAPILGATE_LEDGER="+path, "DAPILGATE_PIN=482913", "DAPILGATE_PASSPHRASE=tiga kotak suara", "CUPS_SERVER=localhost:1"), dir
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("init", "--penyelia", "sari")
	run("printers", "add", "Laser gudang", "--address", e.Address, "--stock", "a4-2x4", "--type", "labels")
	if out := run("printers", "calibrate", "Laser gudang", "--left", "11.5", "--top", "10"); !strings.Contains(out, "-1.50 mm") {
		t.Errorf("calibrated: %s", out)
	}
	if out := run("printers", "list", "--json"); !strings.Contains(out, `"x":-1.5`) || !strings.Contains(out, "Laser gudang") {
		t.Errorf("listed: %s", out)
	}
	if out := run("printers", "status", "--json"); !strings.Contains(out, `"state":"idle"`) {
		t.Errorf("status: %s", out)
	}
	const boxes = 88 // two jobs: ten sheets and one
	if out := run("print", "--as", "sari", "--dapil", "4", "--limit", fmt.Sprint(boxes), "--printer", "Laser gudang"); !strings.Contains(out, "88 labels printed") {
		t.Fatal(out)
	}
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	good := map[string]bool{}
	all, err := l.BatchLabels(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.State == ledger.LabelPrinted {
			good[fmt.Sprint(x.Box, x.Revision)] = true
		}
	}
	jobs, err := filepath.Glob(filepath.Join(e.Dir, "job-*.pdf"))
	if err != nil || len(jobs) != 2 || len(good) != boxes {
		t.Fatalf("%v, %v, %d good labels", jobs, err, len(good))
	}
	for _, job := range jobs {
		if out, err := exec.Command("pdftoppm", "-r", "203", "-gray", "-png", job, strings.TrimSuffix(job, ".pdf")).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	pages, err := filepath.Glob(filepath.Join(e.Dir, "job-*.png"))
	if err != nil || len(pages) != 11 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		scans, err := scanner.DecodeFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range scans {
			r := code.Parse(s.Text, code.Keys{Event: l.Event().Code, Public: l.PublicKeys()})
			b, err := l.Event().BoxOfFields(r.Fields)
			if id := fmt.Sprint(b.ID(), r.Fields.Revision); r.Status != code.Whole || err != nil || !good[id] {
				t.Errorf("the printer got %s, which the journal does not call good, or twice: %v", id, err)
			} else {
				delete(good, id)
			}
		}
	}
	if len(good) > 0 {
		t.Errorf("%d labels are called good and did not get to the printer", len(good))
	}
}
