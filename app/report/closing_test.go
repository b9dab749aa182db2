package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/report"
)

// TestPapersTellTheClosing: who counted and who witnessed, seals, escort, and each shortage
// with its reason; after the load was opened again, nothing of the first closing.
func TestPapersTellTheClosing(t *testing.T) {
	h := newHall(t, 1)
	ctx := t.Context()
	_, err := h.Ledger.AddPerson(ctx, h.Sari, "budi", ledger.Petugas, "730164")
	if err != nil {
		t.Fatal(err)
	}
	h.Load(1, "B 9123 KPU", "4")
	for _, box := range []string{"31.75.06.1001-001-PPWP", "31.75.06.1001-001-DPR", "31.75.06.1001-001-DPRDP", "31.75.06.1001-002-PPWP"} {
		h.scan(1, box)
	}
	for _, n := range []int{5, 4} {
		if _, err := h.Ledger.CountLoad(ctx, h.Sari, 1, "budi", n); err != nil {
			t.Fatal(err)
		}
	}
	by, err := h.Ledger.Attest(ctx, h.Sari, "budi", "730164")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.docks[1].ShutLoad(ctx, by, ledger.Closing{Escort: "Aiptu Made", Driver: "Tono", Seals: []string{"KPU-1", "KPU-2"}, Accept: []ledger.Accept{
		{Reason: "sisa menyusul"}, {Area: "31.75.06.1001", TPS: 2, Kind: "DPR", Reason: "kotak rusak"}, {Area: "31.75.01.1001", TPS: 2, Reason: "truk penuh"},
	}}); err != nil {
		t.Fatal(err)
	}
	issue := func(kind string) *report.Document {
		t.Helper()
		d, err := report.Issue(ctx, h.Ledger, h.Sari, kind, 1, report.Paper{Face: h.face(h.District("4")), Copy: []string{"Arsip"}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	one := func(d *report.Document) string { return strings.Join(strings.Fields(text(t, d)), " ") }
	sj := issue(report.KindSuratJalan)
	for _, want := range []string{"Pengawal : Aiptu Made", "Nomor segel : KPU-1, KPU-2", "Pengemudi : Tono", "Saksi : budi",
		"Dihitung : 4 kotak oleh budi, cocok dengan", "(setelah 1", "Alasan menurut sari: sisa menyusul (13 kotak), truk penuh (3 kotak), kotak rusak (1 kotak)",
		"Jatinegara 002 DPR 1 kotak rusak", "Jatinegara 002 DPRDP 1 sisa menyusul", "Pisangan Baru, TPS 002 Matraman 1 3 truk penuh"} {
		if got := one(sj); !strings.Contains(got, want) {
			t.Errorf("the surat jalan doesn't say %q:\n%s", want, got)
		}
	}
	ba := one(issue(report.KindBeritaAcara))
	for _, want := range []string{"pengawal Aiptu Made, nomor segel KPU-1, KPU-2", "Muatan ditutup oleh sari; dihitung sebelum ditutup: 4 kotak oleh budi, cocok dengan catatan (setelah 1 hitungan yang berbeda); disaksikan oleh budi dengan PIN."} {
		if !strings.Contains(ba, want) {
			t.Errorf("the berita acara doesn't say %q:\n%s", want, ba)
		}
	}
	b, err := json.Marshal(sj.Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"escort":"Aiptu Made","seals":["KPU-1","KPU-2"]`, `"witness":"budi"`, `"counter":"budi"`,
		`{"area":"31.75.06.1001","tps":"2","kinds":["DPR"],"boxes":1,"reason":"kotak rusak"}`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the JSON has no %s: %s", want, b)
		}
	}
	workbook(t, sj)

	// Its seals are broken, and another escort comes.
	if _, err := h.Ledger.ReopenLoad(ctx, h.Sari, 1, "satu lagi"); err != nil {
		t.Fatal(err)
	}
	h.scan(1, "31.75.06.1001-002-DPRDP")
	if _, err := h.docks[1].ShutLoad(ctx, h.Sari, ledger.Closing{Accept: ledger.AcceptAll("sisa menyusul"), Seals: []string{"KPU-3"}}); err != nil {
		t.Fatal(err)
	}
	again := one(issue(report.KindSuratJalan))
	if !strings.Contains(again, "Nomor segel : KPU-3 ") || !strings.Contains(again, "Alasan menurut sari: sisa menyusul.") {
		t.Errorf("closed again:\n%s", again)
	}
	for _, old := range []string{"KPU-1", "Aiptu Made", "budi", "truk penuh", "kotak rusak"} {
		if strings.Contains(again, old) {
			t.Errorf("closed again, it still says %q:\n%s", old, again)
		}
	}
}
