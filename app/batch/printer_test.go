package batch_test

import (
	"errors"
	"testing"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels"
	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
)

// TestPrinterGetsWhatItTakes: the form, the resolution and the calibration are the printer's,
// and what it gets was read back.
func TestPrinterGetsWhatItTakes(t *testing.T) {
	for _, tt := range []struct {
		name, stock string
		forms       []string
		want        error
	}{
		{"sheets as PDF", "a4-2x4", []string{printer.PDF, printer.PWG}, nil},
		{"sheets as raster, for one that takes nothing else", "a4-2x4", []string{printer.PWG}, nil},
		{"a roll as ZPL", "thermal-100x100", []string{printer.PDF, printer.ZPL}, nil},
		{"sheets on a label printer", "a4-2x4", []string{printer.ZPL}, labels.ErrStock},
		{"a form that nothing here makes", "a4-2x4", []string{"application/postscript"}, printer.ErrRefused},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := ledgertest.New(t)
			p := printertest.NewIPP(t, func(p *printertest.IPP) { p.Forms, p.Pages = tt.forms, 2 })
			r := request(t, f)
			r.Out, r.Stock, r.Preflight, r.Filter.Limit = "", "", batch.PreflightAll, 10
			if err := r.On(printer.Printer{Name: "Uji", Address: p.Address(), Stock: tt.stock}); err != nil {
				t.Fatal(err)
			}
			sum, err := batch.Run(t.Context(), f.Ledger, r)
			if !errors.Is(err, tt.want) || tt.want == nil && sum.Labels != 10 {
				t.Fatalf("%+v, %v", sum, err)
			}
			all, e := f.Ledger.Batches(t.Context(), false)
			if e != nil || tt.want != nil && len(all) != 0 || tt.want == nil && (all[0].Good != 10 || all[0].Output != "Uji") {
				t.Errorf("%+v, %v", all, e)
			}
		})
	}
}

// TestStoppedPrinterTakesNoRevision: what is known before is said before.
func TestStoppedPrinterTakesNoRevision(t *testing.T) {
	f := ledgertest.New(t)
	p := printertest.NewIPP(t)
	p.Stop("media-empty-error")
	r := request(t, f)
	r.Out = ""
	if err := r.On(printer.Printer{Name: "Uji", Address: p.Address()}); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Run(t.Context(), f.Ledger, r); !errors.Is(err, printer.ErrStopped) {
		t.Errorf("got %v", err)
	}
	if n, err := f.Ledger.CountBoxes(t.Context(), ledger.Filter{}); err != nil || n.Printed != 0 {
		t.Errorf("%+v, %v", n, err)
	}
}
