package batch_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"testing"

	"dapilgate/app/batch"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
	"dapilgate/labels/printer"

	"pgregory.net/rapid"
)

// killed is what kill -9 is in one process: nothing more of the print is carried out.
var killed = errors.New("killed")

// paper is a label that came out of the printer.
type paper struct {
	box      string
	revision int
}

// machine is a printer whose every mishap is drawn.
type machine struct {
	f    *ledgertest.Fixture
	draw func(labels int) (out int, end error) // how many come out, and how it ends
	out  map[paper]int
	all  []paper
}

func (m *machine) Status(context.Context) (printer.Status, error) {
	return printer.Status{State: printer.Idle}, nil
}

func (m *machine) Abilities(context.Context) (printer.Abilities, error) {
	return printer.Abilities{Forms: []string{printer.PDF}}, nil
}

func (m *machine) Print(_ context.Context, j printer.Job) error {
	open, err := m.f.Ledger.Batches(context.Background(), true)
	if err != nil {
		return err
	}
	sent, err := m.f.Ledger.BatchLabels(context.Background(), open[0].ID)
	if err != nil {
		return err
	}
	sent = slices.DeleteFunc(sent, func(x ledger.Label) bool { return x.State != ledger.LabelSent })
	if len(sent) != j.Pages {
		return fmt.Errorf("%d labels are sent, the journal knows %d", j.Pages, len(sent))
	}
	n, end := m.draw(len(sent))
	for _, x := range sent[:n] {
		p := paper{x.Box, x.Revision}
		m.out[p]++
		m.all = append(m.all, p)
	}
	if errors.Is(end, killed) {
		panic(killed)
	}
	return end
}

// TestJournalModel prints with crashes, jams and refusals at every step, settles, spoils and
// reprints, in any order. No label ever comes out twice; the journal calls good what came
// out and was kept; in the end every box has just one label that the gate takes.
func TestJournalModel(t *testing.T) {
	// A check makes a ledger and some ten prints, all durable: fewer of them than elsewhere,
	// unless more are asked for.
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("20"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { checks.Value.Set(checks.DefValue) })
	}
	rapid.Check(t, func(rt *rapid.T) {
		f := ledgertest.New(t)
		ctx := context.Background()
		mishaps := true
		m := &machine{f: f, out: map[paper]int{}}
		m.draw = func(labels int) (int, error) {
			if !mishaps {
				return labels, nil
			}
			n := rapid.IntRange(0, labels).Draw(rt, "come out")
			switch rapid.SampledFrom([]string{"good", "good", "jam", "kill", "refused"}).Draw(rt, "end") {
			case "jam":
				return n, fmt.Errorf("%w: %w", printer.ErrUnsure, printer.ErrStopped)
			case "kill":
				return n, killed
			case "refused":
				return 0, printer.ErrOffline
			}
			return labels, nil
		}
		district := f.District("4")
		request := func(limit int) batch.Request {
			return batch.Request{Filter: ledger.Filter{District: district, Limit: limit}, Stock: "thermal-100x100", Printer: m, To: "uji", By: f.Sari, Key: f.Key, Preflight: batch.PreflightOff}
		}
		run := func(r batch.Request) {
			defer func() {
				if x := recover(); x != nil && x != killed {
					panic(x)
				}
			}()
			after := -1
			if mishaps && rapid.IntRange(0, 5).Draw(rt, "die late") == 0 {
				after = rapid.IntRange(1, 20).Draw(rt, "die after")
			}
			r.Progress = func(done, _ int) {
				if after >= 0 && done >= after {
					panic(killed) // between two jobs, or before the batch is ended
				}
			}
			_, err := batch.Run(ctx, f.Ledger, r)
			for _, fine := range []error{nil, batch.ErrNothing, batch.ErrBroken, printer.ErrOffline} {
				if errors.Is(err, fine) {
					return
				}
			}
			rt.Fatal(err)
		}
		labelsOf := func(id int64) []ledger.Label {
			all, err := f.Ledger.BatchLabels(ctx, id)
			if err != nil {
				rt.Fatal(err)
			}
			return all
		}
		settle := func(b ledger.Batch) {
			last := ""
			for _, x := range labelsOf(b.ID) {
				if m.out[paper{x.Box, x.Revision}] > 0 {
					last = x.Box
				}
			}
			if _, err := batch.Settle(ctx, f.Ledger, f.Sari, b.ID, last); err != nil {
				rt.Fatal(err)
			}
		}
		batches := func(open bool) []ledger.Batch {
			list, err := f.Ledger.Batches(ctx, open)
			if err != nil {
				rt.Fatal(err)
			}
			return list
		}
		rt.Repeat(map[string]func(*rapid.T){
			"print": func(rt *rapid.T) { run(request(rapid.IntRange(1, 21).Draw(rt, "limit"))) },
			"reprint": func(rt *rapid.T) {
				r := request(rapid.IntRange(1, 5).Draw(rt, "limit"))
				r.Reprint, r.Reason = true, "sobek"
				run(r)
			},
			"die after planning": func(rt *rapid.T) {
				rows := f.Boxes(ledger.Filter{District: district, State: ledger.BoxUnprinted, Limit: 3})
				if len(rows) == 0 {
					rt.Skip()
				}
				id, err := f.Ledger.OpenBatch(ctx, f.Sari, ledger.BatchRequest{Stock: "a6"})
				if err != nil {
					rt.Fatal(err)
				}
				if _, err := f.Ledger.PlanLabels(ctx, f.Sari, id, false, []string{rows[0].Box.ID()}); err != nil {
					rt.Fatal(err)
				}
			},
			"settle": func(rt *rapid.T) {
				open := batches(true)
				if len(open) == 0 {
					rt.Skip()
				}
				settle(rapid.SampledFrom(open).Draw(rt, "batch"))
			},
			"spoil": func(rt *rapid.T) {
				all := batches(false)
				if len(all) == 0 {
					rt.Skip()
				}
				b := rapid.SampledFrom(all).Draw(rt, "batch")
				good := slices.DeleteFunc(labelsOf(b.ID), func(x ledger.Label) bool { return x.State != ledger.LabelPrinted })
				if len(good) == 0 {
					rt.Skip()
				}
				x := rapid.SampledFrom(good).Draw(rt, "label")
				if err := f.Ledger.SpoilLabels(ctx, f.Sari, b.ID, []string{x.Box}, "tinta luntur"); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				for p, n := range m.out {
					if n > 1 {
						rt.Fatalf("%s/%d came out %d times", p.box, p.revision, n)
					}
				}
				for _, b := range batches(false) {
					if b.Issued != b.Planned+b.Sent+b.Good+b.Spoiled+b.Void || b.State != "open" && b.Planned+b.Sent > 0 {
						rt.Fatalf("the sum does not hold: %+v", b)
					}
					for _, x := range labelsOf(b.ID) {
						if out := m.out[paper{x.Box, x.Revision}] == 1; (x.State == ledger.LabelPrinted || x.State == ledger.LabelSpoiled) && !out || x.State == ledger.LabelVoid && out {
							rt.Fatalf("%s/%d is %s, came out: %v", x.Box, x.Revision, x.State, out)
						}
					}
				}
			},
		})
		// In the end the printer is well again.
		mishaps = false
		for _, b := range batches(true) {
			settle(b)
		}
		run(request(0))
		f.Load(1, "B 1 A", "4")
		boxes := map[string]ledger.BoxRow{}
		for _, r := range f.Boxes(ledger.Filter{District: district}) {
			boxes[r.Box.ID()] = r
		}
		taken := map[string]int{}
		for i, p := range rapid.Permutation(m.all).Draw(rt, "scans") {
			j, err := f.Ledger.Judge(ctx, ledger.ScanRequest{ID: fmt.Sprint(i), Dock: 1, Operator: "sari", Reading: code.Parse(f.Label(boxes[p.box].Box, p.revision), f.Keys())})
			if err != nil {
				rt.Fatal(err)
			}
			switch v := j.Decision.Verdict; {
			case v == gate.Accepted:
				taken[p.box]++
			case v != gate.VoidLabel:
				rt.Fatalf("%s/%d: %s", p.box, p.revision, v)
			}
		}
		for id := range boxes {
			if taken[id] != 1 {
				rt.Fatalf("%s has %d labels that the gate takes", id, taken[id])
			}
		}
		f.Verify()
	})
}
