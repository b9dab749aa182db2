package batch_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"dapilgate/app/batch"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels"
	"dapilgate/labels/code"
)

// request prints everything of the small event onto sheets of eight.
func request(t *testing.T, f *ledgertest.Fixture) batch.Request {
	t.Helper()
	return batch.Request{Stock: "a4-2x4", Out: filepath.Join(t.TempDir(), "labels.pdf"), By: f.Sari, Key: f.Key, Preflight: batch.PreflightOff}
}

// only is the newest batch of the ledger.
func newest(t *testing.T, f *ledgertest.Fixture) ledger.Batch {
	t.Helper()
	list, err := f.Ledger.Batches(t.Context(), false)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	return list[0]
}

func TestRunPrintsEveryBoxOnce(t *testing.T) {
	f := ledgertest.New(t)
	r := request(t, f)
	r.Preflight = batch.PreflightAll
	var told []int
	r.Progress = func(done, total int) { told = append(told, done*1000+total) }
	sum, err := batch.Run(t.Context(), f.Ledger, r)
	if err != nil {
		t.Fatal(err)
	}
	const all = 42 + 2 // boxes of TPS, spares
	if sum.Labels != all || sum.Pages != 6 || len(sum.Files) != 1 || told[len(told)-1] != all*1000+all {
		t.Errorf("%+v, last progress %d", sum, told[len(told)-1])
	}
	if b := newest(t, f); b.State != ledger.BatchDone || b.Issued != all || b.Good != all || b.Planned+b.Sent+b.Void+b.Spoiled != 0 {
		t.Errorf("%+v", b)
	}
	if _, err := batch.Run(t.Context(), f.Ledger, request(t, f)); !errors.Is(err, batch.ErrNothing) {
		t.Errorf("printing it all again: %v", err)
	}
	r = request(t, f)
	r.Filter.Limit, r.Reprint, r.Reason = 3, true, "sobek"
	if sum, err = batch.Run(t.Context(), f.Ledger, r); err != nil || sum.Labels != 3 {
		t.Errorf("reprint: %+v, %v", sum, err)
	}
	if got := f.Boxes(ledger.Filter{Limit: 4}); got[2].Revision != 2 || got[3].Revision != 1 {
		t.Errorf("revisions after the reprint: %d, %d", got[2].Revision, got[3].Revision)
	}
	f.Verify()
}

// TestRunCodesAreReadByAnother: what comes out of the file is read by a decoder that is not
// ours, and every code is whole and of the box that it names.
func TestRunCodesAreReadByAnother(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: 'make test' installs it (poppler-utils, zbar-tools)", tool)
		}
	}
	f := ledgertest.New(t)
	r := request(t, f)
	if _, err := batch.Run(t.Context(), f.Ledger, r); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(r.Out)
	if out, err := exec.Command("pdftoppm", "-r", "203", "-gray", "-png", r.Out, filepath.Join(dir, "page")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "page-*.png"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%v, %v", pages, err)
	}
	out, err := exec.Command("zbarimg", append([]string{"-q", "--raw"}, pages...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, text := range strings.Fields(string(out)) {
		read := code.Parse(text, f.Keys())
		b, err := f.Ledger.Event().BoxOfFields(read.Fields)
		if read.Status != code.Whole || err != nil || seen[b.ID()] {
			t.Errorf("%s: %v, %v, seen %v", text, read.Status, err, seen[b.ID()])
		}
		seen[b.ID()] = true
	}
	for _, row := range f.Boxes(ledger.Filter{}) {
		if !seen[row.Box.ID()] {
			t.Errorf("%s was not read back", row.Box.ID())
		}
	}
}

func TestCancelLeavesNoFileAndNoValidLabel(t *testing.T) {
	f := ledgertest.New(t)
	r := request(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	r.Progress = func(done, total int) {
		if done == 10 {
			cancel()
		}
	}
	if _, err := batch.Run(ctx, f.Ledger, r); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(r.Out)); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if b := newest(t, f); b.State != ledger.BatchCanceled || b.Good != 0 || b.Void != b.Issued || b.Issued == 0 {
		t.Errorf("%+v", b)
	}
	f.Load(1, "B 1 A", "4")
	box := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0]
	j, err := f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: "a", Dock: 1, Operator: "sari", Reading: code.Parse(f.Label(box.Box, 1), f.Keys())})
	if err != nil || j.Decision.Verdict != gate.VoidLabel {
		t.Errorf("a label of the cancelled print: %s, %v", j.Decision.Verdict, err)
	}
	r.Progress = nil
	sum, err := batch.Run(t.Context(), f.Ledger, r)
	if err != nil || sum.Labels != 44 {
		t.Fatalf("printing after the cancel: %+v, %v", sum, err)
	}
	f.Verify()
}

// TestSettleAfterACrash: a print broke off in the middle. What the person at the printer
// says decides: up to the last good label all are good, behind it all are void and printed
// again, and no box has two good labels.
func TestSettleAfterACrash(t *testing.T) {
	for name, tt := range map[string]struct {
		last       int // index of the last good label; -1: none
		good, void int
		state      string
	}{
		"none came out": {-1, 0, 6, ledger.BatchCanceled},
		"some came out": {3, 4, 2, ledger.BatchCanceled},
		"all came out":  {5, 6, 0, ledger.BatchDone},
	} {
		t.Run(name, func(t *testing.T) {
			f := ledgertest.New(t)
			var ids []string
			for _, row := range f.Boxes(ledger.Filter{District: f.District("4"), Limit: 6}) {
				ids = append(ids, row.Box.ID())
			}
			id, err := f.Ledger.OpenBatch(t.Context(), f.Sari, ledger.BatchRequest{Stock: "a6"})
			if err != nil {
				t.Fatal(err)
			}
			rev, err := f.Ledger.PlanLabels(t.Context(), f.Sari, id, false, ids)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Ledger.LabelsSent(t.Context(), f.Sari, id, ids[:5], rev[:5]); err != nil {
				t.Fatal(err)
			}
			f.Reopen() // the process is gone
			open, err := f.Ledger.Batches(t.Context(), true)
			if err != nil || len(open) != 1 || open[0].Sent != 5 || open[0].Planned != 1 {
				t.Fatalf("%+v, %v", open, err)
			}
			last := ""
			if tt.last >= 0 {
				last = ids[tt.last]
			}
			s, err := batch.Settle(t.Context(), f.Ledger, f.Sari, id, last)
			if err != nil || s.Good != tt.good || s.Void != tt.void {
				t.Fatalf("%+v, %v", s, err)
			}
			if b := newest(t, f); b.State != tt.state || b.Good+b.Spoiled+b.Void != b.Issued {
				t.Errorf("%+v", b)
			}
			if _, err := batch.Settle(t.Context(), f.Ledger, f.Sari, id, last); !errors.Is(err, ledger.ErrConflict) {
				t.Errorf("settled twice: %v", err)
			}
			r := request(t, f)
			r.Filter = ledger.Filter{District: f.District("4")}
			if _, err := batch.Run(t.Context(), f.Ledger, r); err != nil {
				t.Fatal(err)
			}
			for i, row := range f.Boxes(ledger.Filter{District: f.District("4"), Limit: 6}) {
				want := 2
				if i <= tt.last {
					want = 1
				}
				if row.Revision != want {
					t.Errorf("%s has revision %d, want %d", row.Box.ID(), row.Revision, want)
				}
			}
			f.Verify()
		})
	}
}

func TestSettleRefusesStrangers(t *testing.T) {
	f := ledgertest.New(t)
	rows := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 2})
	id, err := f.Ledger.OpenBatch(t.Context(), f.Sari, ledger.BatchRequest{Stock: "a6"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ledger.PlanLabels(t.Context(), f.Sari, id, false, []string{rows[0].Box.ID()}); err != nil {
		t.Fatal(err)
	}
	for _, last := range []string{rows[1].Box.ID(), f.Label(rows[1].Box, 1), f.Label(rows[0].Box, 2), "nonsense"} {
		if _, err := batch.Settle(t.Context(), f.Ledger, f.Sari, id, last); !errors.Is(err, batch.ErrNotOfBatch) {
			t.Errorf("last good label %.40s: %v", last, err)
		}
	}
	if s, err := batch.Settle(t.Context(), f.Ledger, f.Sari, id, f.Label(rows[0].Box, 1)); err != nil || s.Good != 1 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSpoiledLabelIsVoidAndItsBoxPrintedAgain(t *testing.T) {
	f := ledgertest.New(t)
	if _, err := batch.Run(t.Context(), f.Ledger, request(t, f)); err != nil {
		t.Fatal(err)
	}
	box := f.Boxes(ledger.Filter{District: f.District("4"), Limit: 1})[0].Box
	id := newest(t, f).ID
	if err := f.Ledger.SpoilLabels(t.Context(), f.Sari, id, []string{box.ID()}, ""); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := f.Ledger.SpoilLabels(t.Context(), f.Sari, id, []string{box.ID()}, "tinta luntur"); err != nil {
		t.Fatal(err)
	}
	if b := newest(t, f); b.Spoiled != 1 || b.Good+b.Spoiled+b.Void != b.Issued {
		t.Errorf("%+v", b)
	}
	f.Load(1, "B 1 A", "4")
	j, err := f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: "a", Dock: 1, Operator: "sari", Reading: code.Parse(f.Label(box, 1), f.Keys())})
	if err != nil || j.Decision.Verdict != gate.VoidLabel {
		t.Errorf("the spoiled label: %s, %v", j.Decision.Verdict, err)
	}
	sum, err := batch.Run(t.Context(), f.Ledger, request(t, f))
	if err != nil || sum.Labels != 1 {
		t.Errorf("the next batch: %+v, %v", sum, err)
	}
	f.Verify()
}

func TestRunRefusesEarlyAndTakesNoRevision(t *testing.T) {
	f := ledgertest.New(t)
	for name, tt := range map[string]struct {
		spoil func(*batch.Request)
		want  error
	}{
		"no such stock":    {func(r *batch.Request) { r.Stock = "a9" }, labels.ErrStock},
		"start off sheet":  {func(r *batch.Request) { r.Start = 9 }, labels.ErrStock},
		"no such folder":   {func(r *batch.Request) { r.Out = filepath.Join(filepath.Dir(r.Out), "none", "x.pdf") }, os.ErrNotExist},
		"a file is there":  {func(r *batch.Request) { os.WriteFile(r.Out, []byte("x"), 0o600) }, os.ErrExist},
		"odd preflight":    {func(r *batch.Request) { r.Preflight = "some" }, batch.ErrNoPreflight},
		"petugas":          {func(r *batch.Request) { r.By.Role = ledger.Petugas }, ledger.ErrNotAllowed},
		"without a reason": {func(r *batch.Request) { r.Reprint = true }, ledger.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(t, f)
			tt.spoil(&r)
			if _, err := batch.Run(t.Context(), f.Ledger, r); !errors.Is(err, tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if n, err := f.Ledger.CountBoxes(t.Context(), ledger.Filter{}); err != nil || n.Printed != 0 {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestZPLHasOneLabelABox(t *testing.T) {
	f := ledgertest.New(t)
	r := request(t, f)
	r.Out = strings.TrimSuffix(r.Out, ".pdf") + ".zpl"
	if _, err := batch.Run(t.Context(), f.Ledger, r); !errors.Is(err, labels.ErrStock) {
		t.Errorf("a sheet of eight on a label printer: %v", err)
	}
	r.Stock, r.Filter.Limit, r.Filter.District = "thermal-100x150", 5, f.District("4")
	sum, err := batch.Run(t.Context(), f.Ledger, r)
	if err != nil || sum.Labels != 5 {
		t.Fatalf("%+v, %v", sum, err)
	}
	b, err := os.ReadFile(sum.Files[0])
	if err != nil || strings.Count(string(b), "^XA") != 5 || strings.Count(string(b), "^XZ") != 5 {
		t.Errorf("%d labels begun, %d ended, %v", strings.Count(string(b), "^XA"), strings.Count(string(b), "^XZ"), err)
	}
}

func TestCopiesSeparatorsAndStart(t *testing.T) {
	f := ledgertest.New(t)
	r := request(t, f)
	r.Filter.Area = "31.75.06.1001" // 3 TPS, 9 boxes
	r.Copies, r.Separators, r.Start, r.CutMarks, r.Preflight = 2, true, 8, true, batch.PreflightAll
	sum, err := batch.Run(t.Context(), f.Ledger, r)
	// One place on the first sheet for the separator, 18 labels on three more.
	if err != nil || sum.Labels != 9 || sum.Pages != 4 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// A batch of several files: each but the last fills its sheets, separators and copies
// counted; a kelurahan that goes on in the next file is announced once; no file is ever
// overwritten.
func TestSeveralFiles(t *testing.T) {
	f := ledgertest.New(t)
	defer batch.SetMaxPerFile(21)()
	r := request(t, f)
	r.Copies, r.Separators = 2, true
	taken := strings.TrimSuffix(r.Out, ".pdf") + "-001.pdf"
	if err := os.WriteFile(taken, []byte("yesterday's"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Run(t.Context(), f.Ledger, r); !errors.Is(err, os.ErrExist) {
		t.Fatalf("over a file that is there: %v", err)
	}
	if err := os.Remove(taken); err != nil {
		t.Fatal(err)
	}
	sum, err := batch.Run(t.Context(), f.Ledger, r)
	if err != nil || sum.Labels != 44 || len(sum.Files) < 4 {
		t.Fatalf("%+v, %v", sum, err)
	}
	areas, boxes := map[string]int{}, f.Boxes(ledger.Filter{})
	for _, b := range boxes {
		areas[string(b.Box.Area)]++
	}
	said, text := 0, ""
	for i, file := range sum.Files {
		if want := fmt.Sprintf("labels-%03d.pdf", i+1); filepath.Base(file) != want {
			t.Errorf("file %s, want %s", file, want)
		}
		out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
		places := strings.Count(pages[len(pages)-1], "REVISI ") + strings.Count(pages[len(pages)-1], "BUKAN LABEL KOTAK")
		if i < len(sum.Files)-1 && places < 7 { // pairs of copies behind one separator end odd
			t.Errorf("the last sheet of %s has %d of 8 places filled:\n%s", file, places, pages[len(pages)-1])
		}
		text += string(out)
	}
	said = strings.Count(text, "BUKAN LABEL KOTAK")
	if said != len(areas) || !strings.Contains(text, "3 TPS") || !strings.Contains(text, "9 kotak · 18 label") {
		t.Errorf("%d separators for %d areas:\n%s", said, len(areas), text)
	}
	f.Verify()
}
