package batch_test

import (
	"context"
	"errors"
	"testing"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/printer"
)

// jamming is a printer that takes some jobs, and of the next one nobody knows.
type jamming struct{ jobs int }

func (j *jamming) Status(context.Context) (printer.Status, error) {
	return printer.Status{State: printer.Idle}, nil
}

func (j *jamming) Abilities(context.Context) (printer.Abilities, error) {
	return printer.Abilities{Forms: []string{printer.ZPL}}, nil
}

func (j *jamming) Print(context.Context, printer.Job) error {
	if j.jobs--; j.jobs < 0 {
		return printer.ErrUnsure
	}
	return nil
}

// TestResumeGoesOnBehindTheLastGoodLabel: a print breaks off, is settled and gone on with,
// breaks off once more, and in the end every box of the choice has one good label of it and
// no other box has.
func TestResumeGoesOnBehindTheLastGoodLabel(t *testing.T) {
	for _, reprint := range []bool{false, true} {
		f := ledgertest.New(t)
		r := request(t, f)
		r.Stock, r.Filter.Limit = "a6", 42
		first := 1
		if reprint {
			f.PrintAll()
			first, r.Reprint, r.Reason, r.Filter.State = 2, true, "sobek terkena hujan", ledger.BoxPrinted
		}
		chosen := f.Boxes(ledger.Filter{Limit: 42})
		broken := r
		broken.Out, broken.Printer, broken.To = "", &jamming{1}, "zebra"
		sum, err := batch.Run(t.Context(), f.Ledger, broken)
		if !errors.Is(err, batch.ErrBroken) {
			t.Fatal(err)
		}
		if _, err := batch.Resume(t.Context(), f.Ledger, sum.Batch); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("going on before it is settled: %v", err)
		}
		for round, last := range []int{24, 30} { // places of the last good labels
			if _, err := batch.Settle(t.Context(), f.Ledger, f.Sari, sum.Batch, chosen[last].Box.ID()); err != nil {
				t.Fatal(err)
			}
			rest, err := batch.Resume(t.Context(), f.Ledger, sum.Batch)
			if err != nil || rest.Stock != "a6" || rest.Reprint != reprint || rest.Reason != r.Reason {
				t.Fatalf("%+v, %v", rest, err)
			}
			if n, err := batch.Count(t.Context(), f.Ledger, rest); err != nil || n != 41-last {
				t.Fatalf("behind place %d %d labels are left, %v", last, n, err)
			}
			rest.By, rest.Key, rest.Preflight = f.Sari, f.Key, batch.PreflightOff
			if round == 0 {
				rest.Printer, rest.To = &jamming{0}, "zebra"
			} else {
				rest.Out = r.Out
			}
			if sum, err = batch.Run(t.Context(), f.Ledger, rest); (err == nil) != (round == 1) {
				t.Fatal(err)
			}
		}
		if _, err := batch.Resume(t.Context(), f.Ledger, sum.Batch); !errors.Is(err, batch.ErrNothing) {
			t.Errorf("nothing is left, and yet: %v", err)
		}
		for i, row := range f.Boxes(ledger.Filter{}) {
			if (i < 42) != (row.Revision >= first) {
				t.Errorf("reprint %t: box %d has revision %d", reprint, i, row.Revision)
			}
		}
		good := map[string]int{}
		all, err := f.Ledger.Batches(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all[:3] {
			list, err := f.Ledger.BatchLabels(t.Context(), b.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range list {
				if k.State == ledger.LabelPrinted {
					good[k.Box]++
				}
			}
		}
		for _, row := range chosen {
			if good[row.Box.ID()] != 1 {
				t.Errorf("reprint %t: %s has %d good labels", reprint, row.Box.ID(), good[row.Box.ID()])
			}
		}
		if len(good) != len(chosen) {
			t.Errorf("%d boxes got a label, of %d chosen", len(good), len(chosen))
		}
		f.Verify()
	}
}
