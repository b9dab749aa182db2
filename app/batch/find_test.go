package batch_test

import (
	"testing"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
)

// TestFind looks labels up by what stands on one, and by its print. In dapil 4 stand three
// kelurahan with 3 + 2 + 2 TPS of three boxes; 44 labels in all, and one reprint.
func TestFind(t *testing.T) {
	f := ledgertest.New(t)
	r := request(t, f)
	if _, err := batch.Run(t.Context(), f.Ledger, r); err != nil {
		t.Fatal(err)
	}
	again := request(t, f)
	again.Filter = ledger.Filter{Area: "31.75.06.1001", TPS: 2, Kind: "PPWP"}
	again.Reprint, again.Reason = true, "sobek terkena hujan"
	if _, err := batch.Run(t.Context(), f.Ledger, again); err != nil {
		t.Fatal(err)
	}
	box := f.Boxes(again.Filter)[0].Box
	today := time.Now()
	for text, want := range map[string]int{
		"":                                    45,
		f.Label(box, 1):                       1, // the old sticker itself
		f.Label(box, 2):                       1,
		"31.75.06.1001-002-PPWP":              2,
		"31.75.06.1001":                       10,
		"31.75.06":                            16,
		"jatinegara":                          10 + 15, // the kelurahan in Cakung, and the kecamatan
		"Jatinegara cakung":                   10,
		"dapil 4":                             22,
		"DPRDP:310005 DPR":                    5,
		"tps 902":                             3,
		"901 DPRDP":                           1,
		"hujan":                               1,
		"cetakan 2":                           1,
		"#1":                                  44,
		"rev 2":                               1,
		"sari":                                45,
		"SARI a4-2x4 penggilingan":            6,
		"labels.pdf":                          45,
		"baik":                                45,
		"batal":                               0,
		"hilang":                              44, // the replaced one is not waited for
		"#1 missing":                          43,
		today.Format("2.1.2006"):              45,
		today.Format("2006-01-02") + " hujan": 1,
		"14.2.2024":                           0,
		"100%":                                0, // no wildcard
		"_":                                   0,
		"'; DROP TABLE labels; --":            0,
	} {
		found, n, err := batch.Find(t.Context(), f.Ledger, text, 1000, 0)
		if err != nil || n != want || len(found) != want {
			t.Errorf("%.40q: %d found (%d listed), want %d, %v", text, n, len(found), want, err)
		}
	}
	found, n, err := batch.Find(t.Context(), f.Ledger, "002 PPWP 31.75.06.1001", 1, 1)
	if err != nil || n != 2 || len(found) != 1 {
		t.Fatalf("the second page: %v, %d, %v", found, n, err)
	}
	if x := found[0]; x.Revision != 1 || x.Newest || x.By != ledgertest.Penyelia || x.Stock != r.Stock || x.Batch != 1 || x.Kelurahan != "Jatinegara" || x.Kecamatan != "Cakung" {
		t.Errorf("%+v", x)
	}
}
