package report_test

import (
	"context"
	"encoding/csv"
	"errors"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/report"
	"dapilgate/labels/code"
)

// person adds somebody to the hall.
func (h *hall) person(name string, role ledger.Role) ledger.Person {
	h.TB.Helper()
	p, err := h.Ledger.AddPerson(context.Background(), h.Sari, name, role, "730164")
	if err != nil {
		h.TB.Fatal(err)
	}
	return p
}

// counts lets a person count boxes, by their labels of revision 1.
func (h *hall) counts(by ledger.Person, id int64, boxes ...string) {
	h.TB.Helper()
	ctx := context.Background()
	if _, err := h.Ledger.JoinCount(ctx, by, id); err != nil {
		h.TB.Fatal(err)
	}
	for _, b := range boxes {
		time.Sleep(5 * time.Second)
		if _, err := h.Ledger.CountScan(ctx, by, id, ledger.NewID(), code.Parse(h.Label(h.boxes[b], 1), h.Keys())); err != nil {
			h.TB.Fatal(err)
		}
	}
	if err := h.Ledger.EndPass(ctx, by, id, by.Name); err != nil {
		h.TB.Fatal(err)
	}
}

func (h *hall) recounts(by ledger.Person, id int64, boxes ...string) {
	h.TB.Helper()
	ctx := context.Background()
	for _, b := range boxes {
		time.Sleep(5 * time.Second)
		if _, err := h.Ledger.RecountScan(ctx, by, id, ledger.NewID(), code.Parse(h.Label(h.boxes[b], 1), h.Keys())); err != nil {
			h.TB.Fatal(err)
		}
	}
	if _, err := h.Ledger.EndRecount(ctx, by, id); err != nil {
		h.TB.Fatal(err)
	}
}

// TestCountGolden: the papers of a count with every kind of difference, and of a sample,
// word by word.
func TestCountGolden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2024, 2, 13, 8, 0, 0, 0, wib)))
		h := newHallOf(t, ledgertest.NewFile(t, ledgertest.Event()), 1)
		ctx := t.Context()
		dewi, budi, agus, rina := h.person("dewi", ledger.Auditor), h.person("budi", ledger.Petugas), h.person("agus", ledger.Petugas), h.person("rina", ledger.Petugas)
		h.Load(1, "B 9123 KPU", "4")
		h.scan(1, "31.75.06.1001-001-PPWP")
		h.Print("31.75.06.1001-002-DPR") // its first label is void now
		if err := h.Ledger.SpoilLabels(ctx, h.Sari, 1, []string{"31.75.06.1002-002-DPRDP"}, "basah"); err != nil {
			t.Fatal(err)
		}
		c, err := h.Ledger.OpenCount(ctx, dewi, ledger.CountScope{Room: "Gudang Rawa Gelam, lorong 3", Scope: ledger.Scope{Area: "31.75.06"}})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := report.OfCount(ctx, h.Ledger, c.ID, report.Paper{}); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("a paper while people count: %v, %v", d, err)
		}
		h.counts(budi, c.ID, "31.75.06.1001-001-DPR", "31.75.06.1001-001-PPWP", "31.75.06.1001-002-DPR", "31.75.06.1001-002-PPWP", "31.75-001-CADANGAN")
		h.counts(agus, c.ID, "31.75.06.1001-002-PPWP", "31.75.06.1001-003-DPRDP", "31.75.03.1001-001-DPRDP", "31.75.06.1002-002-DPRDP", "31.75.06.1002-001-PPWP")
		if c, err = h.Ledger.CompareCount(ctx, dewi, c.ID); err != nil {
			t.Fatal(err)
		}
		h.recounts(rina, c.ID, "31.75.03.1001-001-DPRDP", "31.75.06.1001-001-DPRDP", "31.75.08.1001-002-PPWP", "31.75.06.1002-002-DPRDP")
		h.recounts(budi, c.ID)
		draft, err := report.OfCount(ctx, h.Ledger, c.ID, report.Paper{At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if s := text(t, draft); !strings.Contains(s, "SEMENTARA") || strings.Contains(s, "Rangkap") {
			t.Errorf("a draft looks like the paper to sign:\n%s", s)
		}
		d, err := report.SignCount(ctx, h.Ledger, dewi, c.ID, report.Paper{At: time.Now(), Office: "KPU Kota Administrasi Jakarta Timur"})
		if err != nil {
			t.Fatal(err)
		}
		copy, err := report.OfCount(ctx, h.Ledger, c.ID, report.Paper{At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if copy.Digest() != d.Digest() || d.Digest() != draft.Digest() {
			t.Error("the list of the paper changes from print to print")
		}
		if s := text(t, copy); !strings.Contains(s, "SALINAN: sudah ditandatangani 13 Februari 2024") || strings.Contains(s, "Rangkap") {
			t.Errorf("a copy looks like the paper to sign:\n%s", s)
		}
		x, err := h.Ledger.DrawSample(ctx, dewi, "dadu-4-6-1", 12, ledger.Scope{District: h.District("4"), Kind: "DPRDP"})
		if err != nil {
			t.Fatal(err)
		}
		sample, err := report.OfSample(ctx, h.Ledger, x, report.Paper{At: time.Now(), By: "dewi"})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range []*report.Document{d, sample} {
			golden(t, d.Kind+".txt", hashes.ReplaceAllString(text(t, d), "HASH"))
			b, err := d.CSV()
			if err != nil {
				t.Fatal(err)
			}
			golden(t, d.Kind+".csv", string(b))
			twice(t, d)
			workbook(t, d)
		}
	})
}

// TestCountPaperAgrees: a long list breaks over pages, and what can be read on them is what
// the ledger says, box by box.
func TestCountPaperAgrees(t *testing.T) {
	h := newHallOf(t, ledgertest.NewFrom(t, ledgertest.Crowd(60)))
	ctx := t.Context()
	budi, agus := h.person("budi", ledger.Petugas), h.person("agus", ledger.Petugas)
	c, err := h.Ledger.OpenCount(ctx, h.Sari, ledger.CountScope{Scope: ledger.Scope{Area: "31.75.06.1001"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ledger.JoinCount(ctx, budi, c.ID); err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{} // boxes that nobody finds
	for id, b := range h.boxes {
		if b.TPS%3 == 0 {
			want[id] = true
			continue
		}
		if _, err := h.Ledger.CountScan(ctx, budi, c.ID, ledger.NewID(), code.Parse(h.Label(b, 1), h.Keys())); err != nil {
			t.Fatal(err)
		}
	}
	err = h.Ledger.EndPass(ctx, budi, c.ID, "budi")
	if err == nil {
		_, err = h.Ledger.CompareCount(ctx, h.Sari, c.ID)
	}
	if err == nil {
		_, err = h.Ledger.EndRecount(ctx, agus, c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := report.SignCount(ctx, h.Ledger, h.Sari, c.ID, report.Paper{At: time.Now(), Copy: []string{"Arsip KPU"}})
	if err != nil {
		t.Fatal(err)
	}
	s := text(t, d)
	got := map[string]int{}
	for _, id := range regexp.MustCompile(`31\.75\.06\.1001-\d{3}-[A-Z]+`).FindAllString(s, -1) {
		got[id]++
	}
	for id := range want {
		if got[id] != 1 {
			t.Errorf("%s stands %d times on the paper", id, got[id])
		}
	}
	spares := 0
	for id := range h.boxes {
		if strings.Contains(id, "CADANGAN") {
			spares++
		} else if !want[id] && got[id] > 0 {
			t.Errorf("%s matches, and stands among the differences", id)
		}
	}
	pages := regexp.MustCompile(`Halaman (\d+) dari (\d+)`).FindAllStringSubmatch(s, -1)
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		if p[1] != strconv.Itoa(i+1) || p[2] != strconv.Itoa(len(pages)) {
			t.Errorf("page %d says %s of %s", i+1, p[1], p[2])
		}
	}
	b, err := d.CSV()
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Ledger.CountResult(ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	final := slices.Index(rows[0], "golongan_akhir")
	by := map[string]int{}
	for _, row := range rows[1:] {
		by[row[final]]++
		if want[row[0]] != (row[final] == "kurang") {
			t.Errorf("%s is %q", row[0], row[final])
		}
	}
	if x := r.Totals(true); x.Matching != by["cocok"] || x.Missing != by["kurang"] || x.Surplus != by["lebih"] || len(rows)-1 != len(h.boxes) {
		t.Errorf("%+v, the list has %v of %d (%d spares)", x, by, len(h.boxes), spares)
	}
	// The record has what the paper says.
	if err := h.Ledger.Events(ctx, func(e ledger.Event) error {
		if e.Kind == ledger.CountClosed && !strings.Contains(string(e.Payload), d.Digest()) {
			t.Errorf("the record has another list: %s", e.Payload)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.Verify()
}

// TestRedraw: the command on the paper draws what we do, with the shell's own tools.
func TestRedraw(t *testing.T) {
	boxes := []string{"31.75.06.1001-001-DPRDP", "31.75.06.1001-002-DPRDP", "31.75.06.1001-003-DPRDP", "31.75.06.1002-001-PPWP", "31.75.06.1002-901-DPR"}
	line := report.Redraw("dadu-4-6-1", 3, "")
	_, rest, ok := strings.Cut(line, "dapilgate boxes | ")
	if !ok {
		t.Fatal(line)
	}
	cmd := exec.Command("sh", "-c", rest)
	cmd.Stdin = strings.NewReader(strings.Join(boxes, "  padded\n") + "  padded\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Fields(string(out)), gate.Sample("dadu-4-6-1", boxes, 3); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
