package audit_test

import (
	"testing"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"

	"pgregory.net/rapid"
)

var wib = time.FixedZone("WIB", 7*60*60)

// smallBook is what questions are read against, of the small event.
func smallBook(t *testing.T) (*audit.Book, *ledgertest.Fixture) {
	t.Helper()
	f := ledgertest.NewFile(t, ledgertest.Event())
	f.Truck("B 9123 KPU")
	if _, err := f.Ledger.AddPerson(t.Context(), f.Sari, "Budi Santoso", ledger.Petugas, "730164"); err != nil {
		t.Fatal(err)
	}
	b, err := audit.OpenBook(t.Context(), f.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	b.Day = time.Date(2024, 2, 13, 20, 0, 0, 0, wib)
	return b, f
}

// TestRead: the auditor's questions, as they are typed in both languages.
func TestRead(t *testing.T) {
	b, f := smallBook(t)
	day := func(h, m int) time.Time { return time.Date(2024, 2, 13, h, m, 0, 0, wib) }
	four := f.District("4")
	box := "31.75.06.1001-002-DPRDP"
	row, err := f.Ledger.Box(t.Context(), box)
	if err != nil {
		t.Fatal(err)
	}
	label := f.Label(row.Box, 3)
	for _, tt := range []struct {
		text string
		want audit.Question
	}{
		{"di mana kotak 31.75.06.1001-002-DPRDP?", audit.Question{Box: box, Rest: box}},
		{"where is box 31.75.06.1001-002-dprdp", audit.Question{Box: box, Rest: "31.75.06.1001-002-dprdp"}},
		{"apa isi truk B 9123 KPU pukul 14.00", audit.Question{Plate: "B 9123 KPU", At: day(14, 0), Rest: "B 9123 KPU 14.00"}},
		{"what did truck b9123kpu carry at 14:00 12.2.2024", audit.Question{Plate: "B 9123 KPU", At: day(14, 0).AddDate(0, 0, -1), Rest: "b9123kpu 14:00 12.2.2024"}},
		{"siapa mencetak label 31.75.06.1001-002-DPRDP dua kali", audit.Question{Box: box, Twice: true, Rest: box + " dua kali"}},
		{"kotak mana kurang di 31.75.06", audit.Question{Boxes: ledger.Filter{Area: "31.75.06", State: ledger.BoxMissing}, Rest: "kurang 31.75.06"}},
		{"which boxes of Cakung are missing", audit.Question{Names: "Cakung", Boxes: ledger.Filter{State: ledger.BoxMissing}, Rest: "missing"}},
		{"kel. jatinegra dpr tps 2", audit.Question{Names: "jatinegra", Level: election.LevelKelurahan, Boxes: ledger.Filter{Kind: "DPR", TPS: 2}, Rest: "dpr tps 2"}},
		{"dapil 4 002", audit.Question{Boxes: ledger.Filter{District: four, TPS: 2}, Rest: "dapil 4 002"}},
		{"budi santoso 13:00-15:00", audit.Question{Person: "Budi Santoso", From: day(13, 0), Until: day(15, 0), Rest: "budi santoso 13:00-15:00"}},
		{"pintu 2 dari 13:00 sampai 15:00", audit.Question{Dock: 2, From: day(13, 0), Until: day(15, 0), Rest: "pintu 2 13:00 15:00"}},
		{"sari 14:00", audit.Question{Person: "sari", From: day(13, 45), Until: day(14, 15), Rest: "sari 14:00"}},
		{"sari 2024-02-12", audit.Question{Person: "sari", From: day(0, 0).AddDate(0, 0, -1), Until: day(0, 0), Rest: "sari 2024-02-12"}},
		{"muatan 3 2024-02-13T14:30", audit.Question{Load: 3, At: day(14, 30), Rest: "muatan 3 2024-02-13T14:30"}},
		{label, audit.Question{Box: box, Revision: 3}},
		{label[:40], audit.Question{Box: box, Revision: 3, Rest: label[:40]}},
		{label[:21], audit.Question{Box: box, Rest: label[:21]}},
		{label[:18], audit.Question{Boxes: ledger.Filter{Area: "31.75.06.1001"}, Rest: label[:18]}},
		{"", audit.Question{}},
	} {
		got := b.Read(tt.text)
		if got.Rest != tt.want.Rest || got.Names != tt.want.Names || got.Box != tt.want.Box || got.Revision != tt.want.Revision || got.Plate != tt.want.Plate ||
			got.Person != tt.want.Person || got.Load != tt.want.Load || got.Dock != tt.want.Dock || got.Twice != tt.want.Twice || got.Level != tt.want.Level ||
			!got.At.Equal(tt.want.At) || !got.From.Equal(tt.want.From) || !got.Until.Equal(tt.want.Until) ||
			got.Boxes.Area != tt.want.Boxes.Area || got.Boxes.TPS != tt.want.Boxes.TPS || got.Boxes.Kind != tt.want.Boxes.Kind || got.Boxes.State != tt.want.Boxes.State ||
			got.Boxes.District != tt.want.Boxes.District {
			t.Errorf("%q is read as\n%+v\nwant\n%+v", tt.text, got, tt.want)
		}
	}
}

// TestNamesAreNotMatched: whatever name of an area is typed, however right, no area comes of
// it but by picking.
func TestNamesAreNotMatched(t *testing.T) {
	b, _ := smallBook(t)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(b.Areas).Draw(t, "area")
		q := b.Read(rapid.SampledFrom([]string{"", "kurang ", "kel. ", "kec "}).Draw(t, "before") + a.Name)
		if q.Boxes.Area != "" || q.Names == "" {
			t.Fatalf("%s became %+v", a.Name, q)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"31.75.06 kurang", "B 9123 KPU 14:00", "DG1P24317506100100", "DG1", "dapil", "tps 0", "99:99-25:00", "2024-02-31", "kel.", "\x00\xff"} {
		f.Add(s)
	}
	b := &audit.Book{Event: &election.Event{Code: "T24"}, Areas: []ledger.AreaName{{Area: "31.75.06", Name: "Cakung"}}, Plates: []string{"B 1 A"}, People: []string{"sari"}}
	f.Fuzz(func(t *testing.T, s string) {
		q := b.Read(s)
		if !q.Until.IsZero() && q.From.IsZero() || len(q.Names) > len(s) {
			t.Errorf("%q: %+v", s, q)
		}
		audit.Suggest(b.Areas, q.Names, q.Level, 3)
	})
}
