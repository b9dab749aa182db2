package batch

import (
	"errors"
	"path/filepath"
	"testing"

	"dapilgate/labels"
	"dapilgate/labels/code"
)

// TestPreflightFindsWhatDoesNotBelong: a page that lacks a code, or has another, is not
// released.
func TestPreflightFindsWhatDoesNotBelong(t *testing.T) {
	key, err := labels.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	stock, err := labels.StockByName("a4-2x4")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := labels.NewDocument(stock, labels.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for tps := 1; tps <= 10; tps++ {
		s, err := code.Fields{Event: "T24", Area: "3175061001", TPS: tps, Kind: 'V', Item: '1', Space: 'V', District: "310004", Revision: 1}.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, s)
		if tps == 10 {
			break // signed, but not on the page
		}
		if err := doc.Add(labels.Sticker{Code: s, BoxID: "31.75.06.1001-001-DPRDP", Numeral: "4", TPS: "001", Index: 1, Of: 1, Revision: 1}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := doc.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	pages := func(first, second []string) (p printed) {
		for _, s := range first {
			p.note(1, s)
		}
		for _, s := range second {
			p.note(2, s)
		}
		return p
	}
	for name, tt := range map[string]struct {
		how  Preflight
		p    printed
		want error
	}{
		"as printed":                {PreflightAll, pages(texts[:8], texts[8:9]), nil},
		"one missing":               {PreflightAll, pages(texts[:8], texts[8:]), ErrPreflight},
		"one that does not belong":  {PreflightAll, pages(texts[:7], texts[8:9]), ErrPreflight},
		"a sample sees page 1 only": {PreflightSample, pages(texts[:8], texts[9:]), nil},
		"off sees nothing":          {PreflightOff, pages(texts[9:], nil), nil},
	} {
		if err := preflight(t.Context(), tt.how, path, tt.p, 0); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
