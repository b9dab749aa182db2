package batch_test

import (
	"bytes"
	"errors"
	"image/png"
	"testing"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// TestPreviewPageShowsTheRealPages: the boxes of each page are those that the print puts
// there, the part-used sheet too, and none of its codes opens a gate.
func TestPreviewPageShowsTheRealPages(t *testing.T) {
	f := ledgertest.New(t)
	r := request(t, f)
	r.Filter, r.Start = ledger.Filter{Area: "31.75.06"}, 6
	boxes := f.Boxes(r.Filter)
	keys := code.Keys{Event: f.Ledger.Event().Code, Public: f.Ledger.PublicKeys()}
	next := 0
	for page, want := range []int{3, 8, 4} {
		got, err := batch.PreviewPage(t.Context(), f.Ledger, r, page+1, 203)
		if err != nil || got.Number != page+1 || got.Last != 3 || got.More {
			t.Fatalf("page %d: %d of %d (more: %t), %v", page+1, got.Number, got.Last, got.More, err)
		}
		var picture bytes.Buffer
		if err := png.Encode(&picture, got.Picture); err != nil {
			t.Fatal(err)
		}
		codes, err := scanner.DecodeReader(&picture)
		if err != nil || len(codes) != want {
			t.Fatalf("page %d: %d codes, want %d, %v", page+1, len(codes), want, err)
		}
		seen := map[string]bool{}
		for _, c := range codes {
			k := code.Parse(c.Text, keys)
			if k.Status != code.FalseSignature {
				t.Errorf("page %d: a code is %v", page+1, k.Status)
			}
			// What a false signature claims is not told; its own digits are.
			seen[c.Text[7:21]] = true
		}
		for _, row := range boxes[next : next+want] {
			if text := f.Label(row.Box, 1); !seen[text[7:21]] {
				t.Errorf("page %d lacks %s", page+1, row.Box.ID())
			}
		}
		next += want
	}
	if got, err := batch.PreviewPage(t.Context(), f.Ledger, r, 99, 50); err != nil || got.Number != 3 {
		t.Errorf("the page behind the last one: %d, %v", got.Number, err)
	}
	r.Filter.TPS = 99
	if _, err := batch.PreviewPage(t.Context(), f.Ledger, r, 1, 50); !errors.Is(err, batch.ErrNothing) {
		t.Errorf("a preview of nothing: %v", err)
	}
	if n, err := f.Ledger.CountBoxes(t.Context(), ledger.Filter{}); err != nil || n.Printed != 0 {
		t.Errorf("looking printed %d labels (%v)", n.Printed, err)
	}
}
