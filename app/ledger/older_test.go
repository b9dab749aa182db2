package ledger_test

import (
	"fmt"
	"strings"
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// older are the statements that make a ledger one of an older program, which knew the
// migrations up to that version.
func older(prefix string, version int) string {
	tables := map[int][]string{
		5: {"seals"},
		6: {"load_counts"},
		7: {"receipts", "receipt_boxes"},
		8: {"samples", "sample_boxes", "counts", "count_passes", "count_boxes", "count_differences"},
	}
	var sql strings.Builder
	fmt.Fprintf(&sql, "UPDATE %smeta SET value = '%d' WHERE name = 'schema';", prefix, version)
	for v := version + 1; v <= 9; v++ {
		for _, t := range tables[v] {
			fmt.Fprintf(&sql, "DROP TABLE %s%s;", prefix, t)
		}
	}
	return sql.String()
}

// TestOlderLedger: a ledger of each older program is brought forward, with all that is in it,
// and takes what is new.
func TestOlderLedger(t *testing.T) {
	for version := 4; version < 9; version++ {
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			f := ledgertest.NewFile(t, ledgertest.Event())
			f.PrintAll()
			ld := away(t, f, 1, "B 1 A", "4", f.Boxes(ledger.Filter{Area: "31.75.06"})...)
			exec(t, f.Path, older("", version))
			f.Reopen()
			if _, err := f.Ledger.OpenReceipt(t.Context(), f.Sari, place, ld.ID, nil, ""); err != nil {
				t.Error(err)
			}
			if _, err := f.Ledger.OpenCount(t.Context(), f.Sari, ledger.CountScope{Room: "Gudang A"}); err != nil {
				t.Error(err)
			}
			f.Verify()
		})
	}
}
