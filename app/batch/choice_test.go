package batch

import (
	"reflect"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"

	"pgregory.net/rapid"
)

// TestChoiceIsReadBack: what the record says of a print is what was chosen, whatever it was.
func TestChoiceIsReadBack(t *testing.T) {
	e := ledgertest.New(t).Ledger.Event()
	rapid.Check(t, func(t *rapid.T) {
		f := ledger.Filter{
			District: rapid.SampledFrom([]election.District{{}, {Kind: "DPRDP", Code: "310004"}, {Kind: election.KecamatanSpace, Code: "317506"}}).Draw(t, "district"),
			Area:     rapid.SampledFrom([]election.AreaCode{"", "31", "31.75", "31.75.06", "31.75.06.1001"}).Draw(t, "area"),
			TPS:      rapid.SampledFrom([]int{0, 1, 12, 901}).Draw(t, "tps"),
			Kind:     rapid.SampledFrom([]string{"", "PPWP", "DPRDP", election.SpareKind}).Draw(t, "kind"),
			State:    rapid.SampledFrom([]ledger.BoxState{"", ledger.BoxPrinted, ledger.BoxUnprinted}).Draw(t, "state"),
			Limit:    rapid.SampledFrom([]int{0, 1, 12_000}).Draw(t, "limit"),
			After:    rapid.SliceOfN(rapid.Int64Range(1, 1_000_000), 0, 3).Draw(t, "after"),
		}
		if len(f.After) == 0 {
			f.After = nil
		}
		text := choiceText(e, f)
		if got, err := choiceOf(e, text); err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("%q: %+v, %v; want %+v", text, got, err, f)
		}
	})
	for _, text := range []string{"", "semua", "TPS x", "max 0", "31.75 · ?"} {
		if f, err := choiceOf(e, text); err == nil {
			t.Errorf("%q: %+v", text, f)
		}
	}
}
