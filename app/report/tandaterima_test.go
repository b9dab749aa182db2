package report_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/report"

	"pgregory.net/rapid"
)

// departed loads these boxes at a dock of the hall and sends the truck off.
func (h *hall) departed(dock int, plate, dapil string, boxes ...string) ledger.Load {
	h.TB.Helper()
	h.Load(dock, plate, dapil)
	for _, b := range boxes {
		if v := h.scan(dock, b); v != gate.Accepted {
			h.TB.Fatalf("%s: %s", b, v)
		}
	}
	ld := h.close(dock, "sisa menyusul")
	if err := h.Ledger.Depart(context.Background(), h.Sari, ld.ID); err != nil {
		h.TB.Fatal(err)
	}
	return ld
}

// arrive scans a box's label at a receiving place.
func (h *hall) arrive(place int, box string) gate.Verdict {
	h.TB.Helper()
	return h.docks[place].Receiving().Scan(context.Background(), h.Label(h.boxes[box], 1)).Verdict
}

// TestGoldenReceipt: the paper of a small receipt, word by word.
func TestGoldenReceipt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2024, 2, 13, 8, 0, 0, 0, wib)))
		h := newHallOf(t, ledgertest.NewFile(t, ledgertest.Event()), 1, 2, 61)
		ctx := t.Context()
		cakung := []string{"31.75.06.1001-001-PPWP", "31.75.06.1001-001-DPR", "31.75.06.1001-001-DPRDP", "31.75.06.1001-002-PPWP", "31.75.06.1002-001-DPR", "31.75.06.1002-002-DPRDP"}
		h.departed(1, "B 9123 KPU", "4", append(slices.Clone(cakung), "31.75.01.1001-002-DPR")...)
		h.departed(2, "B 9456 KPU", "4", "31.75.06.1001-003-PPWP")
		face := h.face(h.District("4"))
		sj, err := report.Issue(ctx, h.Ledger, h.Sari, report.KindSuratJalan, 1, report.Paper{Face: face, Escort: "Bripka Hadi", Seals: []string{"A0001"}})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Minute)
		x := h.docks[61].Receiving()
		// What happened at the dock meanwhile doesn't keep the paper from being found.
		h.Load(1, "B 9789 KPU", "5")
		if _, err := x.OpenPaper(ctx, codeOf(t, sj), []election.AreaCode{"31.75.06"}); err != nil {
			t.Fatal(err)
		}
		open, err := report.OfReceipt(ctx, h.Ledger, 1, report.Paper{Face: face, At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if s := text(t, open); !strings.Contains(s, "SEMENTARA: penerimaan masih dibuka") {
			t.Errorf("the paper of an open receipt:\n%s", s)
		}
		if _, err := report.IssueReceipt(ctx, h.Ledger, h.Sari, 1, report.Paper{Face: face}); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("the paper of an open receipt is issued: %v", err)
		}
		for _, box := range append(slices.Clone(cakung[:4]), "31.75.06.1001-003-PPWP", "31.75.06.1001-003-DPR", "31.75.03.1001-001-DPR", "31.75.01.1001-002-DPR") {
			time.Sleep(20 * time.Second)
			h.arrive(61, box)
		}
		if _, err := x.Sign(ctx, h.Sari, ledger.Signing{Deliverer: "Budi", Receiver: "Wati", Missing: "tidak ada di truk", Extra: "dikembalikan",
			Reasons: map[string]string{"31.75.06.1002-002-DPRDP": "rusak di jalan, dibawa kembali"}, Note: "segel A0001 putus"}); err != nil {
			t.Fatal(err)
		}
		d, err := report.IssueReceipt(ctx, h.Ledger, h.Sari, 1, report.Paper{Face: face, Copy: []string{"Pengemudi", "PPK penerima"}})
		if err != nil {
			t.Fatal(err)
		}
		golden(t, d.Kind+".txt", hashes.ReplaceAllString(text(t, d), "HASH"))
		b, err := d.CSV()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, d.Kind+".csv", string(b))
		twice(t, d)
		workbook(t, d)
		again, err := report.IssueReceipt(ctx, h.Ledger, h.Sari, 1, report.Paper{Face: face})
		if err != nil || again.Print != 2 || again.Digest() != d.Digest() {
			t.Errorf("a second print: %d, %v", again.Print, err)
		}
		// The code of a receipt is no way to receive once more.
		if _, err := x.OpenPaper(ctx, codeOf(t, again), []election.AreaCode{"31.75.06"}); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("a receipt taken for a surat jalan: %v", err)
		}
		h.Verify()
	})
}

// codeOf is the code that is printed on a paper.
func codeOf(t *testing.T, d *report.Document) string {
	t.Helper()
	var j struct {
		Checkpoint string `json:"checkpoint"`
	}
	b, err := json.Marshal(d.Data)
	if err == nil {
		err = json.Unmarshal(b, &j)
	}
	if err != nil {
		t.Fatal(err)
	}
	return j.Checkpoint
}

// TestPaperWithoutASeal: where no penyelia made this machine's seal the code is the bare
// head of the chain, and finds its load all the same; another's, or a changed one, does not.
func TestPaperWithoutASeal(t *testing.T) {
	h := newHall(t, 1, 61)
	ctx := t.Context()
	budi, err := h.Ledger.AddPerson(ctx, h.Sari, "budi", ledger.Petugas, "730164")
	if err != nil {
		t.Fatal(err)
	}
	h.departed(1, "B 9123 KPU", "4", "31.75.06.1001-001-PPWP")
	sj, err := report.Issue(ctx, h.Ledger, budi, report.KindSuratJalan, 1, report.Paper{Face: h.face(h.District("4"))})
	if err != nil {
		t.Fatal(err)
	}
	x, head := h.docks[61].Receiving(), codeOf(t, sj)
	if !strings.HasPrefix(head, "DGH1-001-") {
		t.Fatalf("the code without a seal is %q", head)
	}
	changed := head[:len(head)-1] + map[bool]string{true: "1", false: "0"}[strings.HasSuffix(head, "0")]
	for _, tt := range []struct {
		name, code string
		want       error
	}{
		{"changed hash", changed, ledger.ErrInvalid},
		{"an event that is no paper", strings.Replace(head, "DGH1-001-", "DGH1-000-", 1), ledger.ErrInvalid},
		{"no such event", regexp.MustCompile(`-001-\d+-`).ReplaceAllString(head, "-061-9999-"), ledger.ErrNotFound},
	} {
		if _, err := x.OpenPaper(ctx, tt.code, nil); !errors.Is(err, tt.want) && !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	// A keyboard of another layout types other signs between the parts.
	r, err := x.OpenPaper(ctx, strings.ToLower(strings.ReplaceAll(head, "-", "/")), nil)
	if err != nil || r.Load != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// receiptRow is a TPS on the paper: number, boxes by kind, sum.
var receiptRow = regexp.MustCompile(`(?m)^ ?(\d{3}) ([\d–]+) ([\d–]+) ([\d–]+) ([\d–]+)`)

// TestReceiptsAgree: whatever arrives in whatever order, the paper's rows, read back from
// the PDF, come to the ledger's table of received boxes, and what it says is missing to the
// rest of the list.
func TestReceiptsAgree(t *testing.T) {
	h := newHallOf(t, ledgertest.NewFrom(t, ledgertest.Event()), 1, 61)
	ctx := context.Background()
	var own, all []string
	for id, b := range h.boxes {
		all = append(all, id)
		if b.Area.Kecamatan() == "31.75.06" {
			own = append(own, id)
		}
	}
	slices.Sort(own)
	slices.Sort(all)
	ld := h.departed(1, "B 9123 KPU", "4", own...)
	x := h.docks[61].Receiving()
	rapid.Check(t, func(rt *rapid.T) {
		due, err := h.Ledger.LoadDue(ctx, ld.ID)
		if err != nil {
			rt.Fatal(err)
		}
		if due[0].Missing == 0 {
			return
		}
		r, err := x.Open(ctx, ld.ID, nil, "")
		if err != nil {
			rt.Fatal(err)
		}
		before := h.received()
		for range rapid.IntRange(0, 3).Draw(rt, "scans") {
			h.arrive(61, rapid.SampledFrom(all).Draw(rt, "box"))
		}
		if rapid.Bool().Draw(rt, "take back") {
			x.Undo(ctx, "", "uji") // an empty receipt has nothing to take back
		}
		if _, err := x.Sign(ctx, h.Sari, ledger.Signing{Deliverer: "Budi", Missing: "uji", Extra: "uji"}); err != nil {
			rt.Fatal(err)
		}
		got := h.received()
		d, err := report.OfReceipt(ctx, h.Ledger, r.ID, report.Paper{Face: h.face(h.District("4")), At: time.Now()})
		if err != nil {
			rt.Fatal(err)
		}
		var j struct {
			Boxes   []string               `json:"boxes"`
			Missing []struct{ Box string } `json:"missing"`
		}
		b, err := json.Marshal(d.Data)
		if err == nil {
			err = json.Unmarshal(b, &j)
		}
		if err != nil {
			rt.Fatal(err)
		}
		perTPS := map[string]int{}
		for _, id := range j.Boxes {
			if !got[id] || before[id] {
				rt.Fatalf("the paper has %s, the table does not", id)
			}
			perTPS[id[:strings.LastIndex(id, "-")]]++
		}
		if len(j.Boxes) != len(got)-len(before) || len(j.Missing) != len(own)-len(got) {
			rt.Fatalf("the paper has %d boxes and lacks %d; received were %d, and before %d", len(j.Boxes), len(j.Missing), len(got), len(before))
		}
		for _, m := range j.Missing {
			if got[m.Box] {
				rt.Fatalf("%s is missing on the paper and in the table", m.Box)
			}
		}
		_, list, _ := strings.Cut(text(t, d), "Lampiran A")
		list, _, _ = strings.Cut(list, "Lampiran B")
		sum := 0
		for _, row := range receiptRow.FindAllStringSubmatch(list, -1) {
			n, _ := strconv.Atoi(row[5])
			sum += n
			if row[5] != "–" && n == 0 {
				rt.Fatalf("row %q", row[0])
			}
		}
		if sum != len(j.Boxes) {
			rt.Fatalf("the rows of the paper come to %d, it lists %d:\n%s", sum, len(j.Boxes), list)
		}
		if want := fmt.Sprintf("Diterima: %d (", len(j.Boxes)); !strings.Contains(text(t, d), want) {
			rt.Fatalf("the paper doesn't say %q", want)
		}
	})
	h.Verify()
}

// received are the boxes that the ledger's table has as received.
func (h *hall) received() map[string]bool {
	out := map[string]bool{}
	for _, b := range h.Boxes(ledger.Filter{State: ledger.BoxReceived}) {
		out[b.Box.ID()] = true
	}
	return out
}
