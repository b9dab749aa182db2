package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/report"
	"dapilgate/labels/code"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// wib is where the tests' days are.
var wib = time.FixedZone("WIB", 7*3600)

// hall is a test ledger with docks and labels on all boxes.
type hall struct {
	*ledgertest.Fixture
	docks map[int]*dock.Station
	boxes map[string]election.Box
}

func newHall(t *testing.T, docks ...int) *hall {
	t.Helper()
	return newHallOf(t, ledgertest.New(t), docks...)
}

func newHallOf(t *testing.T, f *ledgertest.Fixture, docks ...int) *hall {
	t.Helper()
	h := &hall{Fixture: f, docks: map[int]*dock.Station{}, boxes: map[string]election.Box{}}
	h.PrintAll()
	for _, r := range h.Boxes(ledger.Filter{}) {
		h.boxes[r.Box.ID()] = r.Box
	}
	for _, n := range docks {
		s, err := dock.Open(t.Context(), h.Ledger, n)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if err := s.SetOperator(t.Context(), h.Sari); err != nil {
			t.Fatal(err)
		}
		h.docks[n] = s
	}
	return h
}

// scan scans a box's label and returns the verdict.
func (h *hall) scan(dock int, box string) gate.Verdict {
	h.TB.Helper()
	b, ok := h.boxes[box]
	if !ok {
		h.TB.Fatalf("no box %s", box)
	}
	return h.docks[dock].Scan(context.Background(), h.Label(b, 1)).Verdict
}

// aside sets the refused box aside.
func (h *hall) aside(dock int, box string) {
	h.TB.Helper()
	h.docks[dock].ArmSetAside(context.Background())
	if v := h.scan(dock, box); v != gate.SetAsideDone {
		h.TB.Fatalf("set aside: %s", v)
	}
}

func (h *hall) close(dock int, reason string) ledger.Load {
	h.TB.Helper()
	ld, err := h.docks[dock].CloseLoad(context.Background(), reason)
	if err != nil {
		h.TB.Fatal(err)
	}
	return ld
}

func (h *hall) face(d election.District) report.Face {
	x := batch.District(h.Ledger.Event(), d, "")
	return report.Face{Numeral: x.Numeral, Pattern: x.Pattern, Name: x.Name}
}

// text is what pdftotext reads on a document, with one blank for many.
func text(tb testing.TB, d *report.Document) string {
	tb.Helper()
	b, err := d.Bytes("pdf")
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil {
		tb.Fatalf("pdftotext: %v: %s", err, out)
	}
	return regexp.MustCompile(`[ \t]+`).ReplaceAllString(string(out), " ")
}

// TestGolden: each paper of a small day, word by word. Only the hashes differ from day to
// day. Look at a change with -update and git diff.
func TestGolden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2024, 2, 13, 8, 0, 0, 0, wib)))
		h := newHallOf(t, ledgertest.NewFile(t, ledgertest.Event()), 1, 2) // a server keeps its own time
		ctx := t.Context()
		h.Load(1, "B 9123 KPU", "4")
		h.Load(2, "B 9456 KPU", "5", "31.75.03")
		for _, box := range []string{"31.75.06.1001-001-PPWP", "31.75.06.1001-001-DPR", "31.75.06.1001-001-DPRDP", "31.75.06.1001-002-PPWP", "31.75.01.1001-002-DPR"} {
			time.Sleep(20 * time.Second)
			if v := h.scan(1, box); v != gate.Accepted {
				t.Fatal(v)
			}
		}
		h.scan(1, "31.75.03.1001-001-DPRDP") // the two places called Jatinegara
		time.Sleep(time.Minute)
		h.aside(1, "31.75.03.1001-001-DPRDP")
		h.scan(1, "31.75.08.1001-002-PPWP")
		if err := h.docks[1].ClearLock(ctx, h.Sari, "label sobek"); err != nil {
			t.Fatal(err)
		}
		h.scan(1, "31.75.06.1001-001-DPR")
		h.docks[1].Scan(ctx, "https://silog.kpu.go.id/k/1")
		time.Sleep(4 * time.Minute)
		h.scan(2, "31.75.03.1001-001-DPRDP")
		h.close(1, "sisa menyusul")
		var got []*report.Document
		for _, kind := range []string{report.KindSuratJalan, report.KindBeritaAcara} {
			d, err := report.Issue(ctx, h.Ledger, h.Sari, kind, 1, report.Paper{Face: h.face(h.District("4")), Escort: "Bripka Hadi",
				Seals: []string{"A0001", "A0002"}, Receiver: "Wati", Copy: []string{"Pengemudi", "Arsip KPU"}})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, d)
		}
		list, err := report.OfLoad(ctx, h.Ledger, report.KindDaftarMuatan, 1, report.Paper{Face: h.face(h.District("4")), At: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		m, err := h.Ledger.Manifest(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		p, err := h.Ledger.Progress(ctx, ledger.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, list, report.Penolakan(m.Refused, report.RefusalScope{Load: &m}, report.Paper{Event: h.Ledger.Event(), Face: h.face(h.District("4")), At: time.Now(), By: "sari"}),
			report.Progress(p, report.ProgressOptions{Event: h.Ledger.Event(), Face: h.face, By: report.ByKelurahan}))
		for _, d := range got {
			golden(t, d.Kind+".txt", hashes.ReplaceAllString(text(t, d), "HASH"))
			b, err := d.CSV()
			if err != nil {
				t.Fatal(err)
			}
			if d.Kind != report.KindBeritaAcara { // its list is the surat jalan's
				golden(t, d.Kind+".csv", string(b))
			}
			twice(t, d)
			workbook(t, d)
		}
	})
}

var hashes = regexp.MustCompile(`[0-9a-f]{64}`)

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not as it was:\n%s\nwant:\n%s", name, got, want)
	}
}

// twice: the same facts give the same bytes.
func twice(t *testing.T, d *report.Document) {
	t.Helper()
	for _, form := range d.Forms() {
		a, err := d.Bytes(form)
		if err != nil {
			t.Fatal(err)
		}
		b, err := d.Bytes(form)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) && form != "xlsx" { // excelize puts the parts of a workbook in any order
			t.Errorf("%s as %s differs from time to time", d.Kind, form)
		}
	}
}

// workbook: each sheet holds what its table does, and the first what CSV does.
func workbook(t *testing.T, d *report.Document) {
	t.Helper()
	b, err := d.XLSX()
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, want := len(f.GetSheetList()), len(d.Tables); got != want {
		t.Errorf("%s: %d sheets, want %d", d.Kind, got, want)
	}
	for _, table := range d.Tables {
		rows, err := f.GetRows(table.Name)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(table.Rows)+1 {
			t.Errorf("%s, sheet %s: %d rows, want %d", d.Kind, table.Name, len(rows), len(table.Rows)+1)
			continue
		}
		for i, r := range table.Rows {
			for k, c := range r {
				got := ""
				if k < len(rows[i+1]) {
					got = rows[i+1][k]
				}
				if got != fmt.Sprint(c) {
					t.Errorf("%s, sheet %s, row %d, column %s: %q, want %q", d.Kind, table.Name, i, table.Head[k], got, fmt.Sprint(c))
				}
			}
		}
	}
}

// facts are the JSON of a load's document, as scripts read it.
type facts struct {
	Boxes []string `json:"boxes"`
	Short []string `json:"short"`
	Count int      `json:"count"`
}

func factsOf(t *rapid.T, d *report.Document) facts {
	b, err := json.Marshal(d.Data)
	if err != nil {
		t.Fatal(err)
	}
	var f facts
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

var boxIDs = regexp.MustCompile(`\d\d\.\d\d\.\d\d\.\d{4}-\d{3}-[A-Z]+`)

// TestPapersAgree: whatever was scanned, taken off and refused at two docks, a closed
// load's papers list just what the ledger's table holds, and as short what no truck had;
// and they go on saying so whatever happens later.
func TestPapersAgree(t *testing.T) {
	// Boxes of a closed load stay on it: a larger event lasts for all rounds.
	event := ledgertest.Event().(fstest.MapFS)
	for name, change := range map[string]*strings.Replacer{"kelurahan.csv": strings.NewReplacer("310004,1-3", "310004,1-90", "310004,1-2", "310004,1-80"),
		"event.toml": strings.NewReplacer("tps = 14", "tps = 257", "boxes = 42", "boxes = 771")} {
		event[name] = &fstest.MapFile{Data: []byte(change.Replace(string(event[name].Data)))}
	}
	h := newHallOf(t, ledgertest.NewFrom(t, event), 1, 2)
	var all, own []string
	for id, b := range h.boxes {
		all = append(all, id)
		if b.Routing == h.District("4") {
			own = append(own, id)
		}
	}
	slices.Sort(all)
	slices.Sort(own)
	n := 0
	ctx := context.Background()
	rapid.Check(t, func(rt *rapid.T) {
		// A few boxes stand before both docks, so that they meet again.
		from := rapid.IntRange(0, len(own)-12).Draw(rt, "from")
		near := own[from : from+12]
		work := func(dock int) {
			for range rapid.IntRange(0, 14).Draw(rt, "scans") {
				box := rapid.SampledFrom(near).Draw(rt, "box")
				switch rapid.IntRange(0, 9).Draw(rt, "act") {
				case 0:
					h.docks[dock].Undo(ctx, "uji") // an empty load has nothing to take off
					continue
				case 1, 2:
					box = rapid.SampledFrom(all).Draw(rt, "far box")
				}
				if v := h.scan(dock, box); v.Locks() {
					h.aside(dock, box)
				}
			}
		}
		open := func(dock int) ledger.Load {
			n++
			var only []election.AreaCode
			if rapid.Bool().Draw(rt, "kecamatan") {
				only = []election.AreaCode{"31.75.06"}
			}
			return h.Load(dock, fmt.Sprintf("B %d KPU", n), "4", only...)
		}
		// empty takes all boxes off an open load, so that the next round has some.
		empty := func(dock int) {
			for {
				if _, err := h.docks[dock].Undo(ctx, "uji"); err != nil {
					return
				}
			}
		}
		first := open(1)
		open(2)
		work(1)
		work(2)
		work(1)
		h.close(1, "uji")

		on := map[string]bool{}
		var short []string
		for _, r := range h.Boxes(ledger.Filter{District: first.District}) {
			switch {
			case r.Load == first.ID:
				on[r.Box.ID()] = true
			case r.Load == 0 && (len(first.Kecamatan) == 0 || first.Kecamatan[0].Contains(r.Box.Area)):
				short = append(short, r.Box.ID())
			}
		}
		check := func(when string) {
			list, err := report.OfLoad(ctx, h.Ledger, report.KindDaftarMuatan, first.ID, report.Paper{At: time.Now()})
			if err != nil {
				rt.Fatal(err)
			}
			f := factsOf(rt, list)
			if len(f.Boxes) != len(on) || f.Count != len(on) {
				rt.Fatalf("%s the papers list %v, the load has %v", when, f.Boxes, on)
			}
			for _, b := range f.Boxes {
				if !on[b] {
					rt.Fatalf("%s the papers list %s, which is not on the load", when, b)
				}
			}
			if !slices.Equal(f.Short, short) {
				rt.Fatalf("%s the papers lack %v, the hall lacked %v", when, f.Short, short)
			}
			if rapid.IntRange(0, 5).Draw(rt, "read") > 0 {
				return
			}
			paper, _, _ := strings.Cut(text(t, list), "Kekurangan")
			if got := boxIDs.FindAllString(paper, -1); !slices.Equal(got, f.Boxes) {
				rt.Fatalf("%s the printed list has %v, want %v", when, got, f.Boxes)
			}
		}
		check("at once")
		work(2)
		empty(2)
		h.close(2, "uji")
		open(1)
		work(1)
		check("later")
		empty(1)
		h.close(1, "uji")
		// Boxes on closed loads stay there; the next round has fewer.
	})
	h.Verify()
}

// TestIssue: an issue is in the record before there is a paper; a second print says that it
// is one, and repeats what the first was told.
func TestIssue(t *testing.T) {
	h := newHall(t, 1)
	ctx := t.Context()
	h.Load(1, "B 9123 KPU", "4")
	h.scan(1, "31.75.06.1001-001-PPWP")
	p := report.Paper{Face: h.face(h.District("4")), Escort: "Bripka Hadi", Seals: []string{"X1"}}
	if _, err := report.Issue(ctx, h.Ledger, h.Sari, report.KindSuratJalan, 1, p); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("an open load got a surat jalan: %v", err)
	}
	h.close(1, "uji")
	auditor := ledger.Person{Name: "ratna", Role: ledger.Auditor}
	if _, err := report.Issue(ctx, h.Ledger, auditor, report.KindSuratJalan, 1, p); !errors.Is(err, ledger.ErrNotAllowed) {
		t.Errorf("an auditor issued a surat jalan: %v", err)
	}
	if _, err := report.OfLoad(ctx, h.Ledger, "surat-cinta", 1, p); !errors.Is(err, report.ErrForm) {
		t.Errorf("a document that doesn't exist: %v", err)
	}
	if _, err := report.OfLoad(ctx, h.Ledger, report.KindSuratJalan, 7, p); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a load that doesn't exist: %v", err)
	}
	first, err := report.Issue(ctx, h.Ledger, h.Sari, report.KindSuratJalan, 1, p)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := h.Ledger.Documents(ctx, 1)
	if err != nil || len(docs) != 1 || docs[0].Print != 1 || docs[0].Digest != first.Digest() || docs[0].Escort != "Bripka Hadi" {
		t.Fatalf("the record of the issue: %+v, %v", docs, err)
	}
	head, err := h.Ledger.HeadOf(ctx, 1)
	if err != nil || docs[0].Act.Seq != head.Seq {
		t.Fatalf("the head %+v is not the issue, %v", head, err)
	}
	if s := text(t, first); !strings.Contains(s, head.Hash) || strings.Contains(s, "SALINAN") || strings.Contains(s, "Cetakan") {
		t.Errorf("the first print:\n%s", s)
	}
	again, err := report.Issue(ctx, h.Ledger, h.Sari, report.KindSuratJalan, 1, report.Paper{Face: p.Face})
	if err != nil {
		t.Fatal(err)
	}
	if s := text(t, again); !strings.Contains(s, "Cetakan ke-2, menggantikan cetakan sebelumnya") || !strings.Contains(s, "Bripka Hadi") || !strings.Contains(s, "X1") {
		t.Errorf("the second print:\n%s", s)
	}
	// Sari is a penyelia: her issue made this machine's seal, and the code is a checkpoint.
	var j struct {
		Checkpoint string `json:"checkpoint"`
	}
	b, err := json.Marshal(again.Data)
	if err == nil {
		err = json.Unmarshal(b, &j)
	}
	if err != nil {
		t.Fatal(err)
	}
	point, err := code.ParseCheckpoint(j.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	if head, err = h.Ledger.HeadOf(ctx, 1); err != nil || point.Seq != head.Seq || point.Hash != head.Hash {
		t.Errorf("the checkpoint is of event %d, the head %+v, %v", point.Seq, head, err)
	}
	if r, err := h.Ledger.Verify(ctx, point); err != nil || !r.OK() || len(r.Witnesses) != 1 || !r.Witnesses[0].Agrees {
		t.Errorf("the record against its own paper: %+v, %v", r, err)
	}
	eye, err := report.OfLoad(ctx, h.Ledger, report.KindSuratJalan, 1, report.Paper{Face: p.Face, At: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	if s := text(t, eye); !strings.Contains(s, "SALINAN: bukan untuk serah terima") || strings.Contains(s, "Rangkap 1") {
		t.Errorf("a copy for the eye:\n%s", s)
	}
	h.Verify()
}

// TestFormula: what people wrote can't become a formula of a spreadsheet.
func TestFormula(t *testing.T) {
	d := &report.Document{Tables: []report.Table{{Name: "Uji", Head: []string{"a", "b"}, Rows: [][]any{{"=1+1", -5}, {"@x", "-y"}, {"a,\"b\"\n", "biasa"}}}}}
	b, err := d.CSV()
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"a", "b"}, {"'=1+1", "-5"}, {"'@x", "'-y"}, {"a,\"b\"\n", "biasa"}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestPicture: the bar of the picture is as long as the share that it shows.
func TestPicture(t *testing.T) {
	h := newHall(t, 1)
	h.Load(1, "B 9123 KPU", "4")
	for _, r := range h.Boxes(ledger.Filter{District: h.District("4")}) {
		if v := h.scan(1, r.Box.ID()); v != gate.Accepted {
			t.Fatal(v)
		}
	}
	h.close(1, "")
	if err := h.Ledger.Depart(t.Context(), h.Sari, 1); err != nil {
		t.Fatal(err)
	}
	p, err := h.Ledger.Progress(t.Context(), ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	total := p.Total() // 21 of 42
	if total != (ledger.Share{Expected: 42, Departed: 21}) {
		t.Fatalf("progress: %+v", total)
	}
	d := report.Progress(p, report.ProgressOptions{Event: h.Ledger.Event(), Face: h.face, By: report.ByDapil})
	b, err := d.Bytes("png")
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if img.Bounds().Dx() != 1920 || img.Bounds().Dy() != 1080 {
		t.Errorf("the picture is %v", img.Bounds())
	}
	dark := 0
	const from, to, y = 36 + 350, 1920 - 36, 212
	for x := from; x < to; x++ {
		if r, _, _, _ := img.At(x, y).RGBA(); r < 0x5000 {
			dark++
		}
	}
	if want := (to - from) * total.Departed / total.Expected; dark < want-2 || dark > want+2 {
		t.Errorf("the bar is dark over %d dots, want %d", dark, want)
	}
	if _, err := d.Bytes("docx"); !errors.Is(err, report.ErrForm) {
		t.Errorf("a form that doesn't exist: %v", err)
	}
}

// TestProgressLevels: the lines of every level add up to the whole, and TPS tell which
// kinds they lack.
func TestProgressLevels(t *testing.T) {
	h := newHall(t, 1)
	h.Load(1, "B 9123 KPU", "5")
	for _, b := range []string{"31.75.03.1002-901-PPWP", "31.75.03.1002-901-DPR", "31.75.03.1001-002-DPRDP"} {
		h.scan(1, b)
	}
	ctx := t.Context()
	p, err := h.Ledger.Progress(ctx, ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var tps []ledger.TPSLine
	for _, a := range p.Areas {
		x, err := h.Ledger.TPSShares(ctx, a.Area)
		if err != nil {
			t.Fatal(err)
		}
		tps = append(tps, x...)
	}
	for _, by := range report.Levels {
		d := report.Progress(p, report.ProgressOptions{Event: h.Ledger.Event(), Face: h.face, By: by, TPS: tps})
		var s ledger.Share
		missing := 0
		for _, l := range d.Lines() {
			s.Add(l.Share)
			missing += l.Missing
			if by == report.ByTPS && l.TPS == 901 && strings.Join(l.MissingKinds, " ") != "DPRDP" {
				t.Errorf("TPS 901 lacks %v", l.MissingKinds)
			}
		}
		if s.On() != 3 || s.Expected != 42 || missing != 39 {
			t.Errorf("by %s: %+v, %d missing", by, s, missing)
		}
		twice(t, d)
	}
	// What a load of several kecamatan is to carry is the sum of theirs.
	h.scan(1, "31.75.06.1001-001-DPR") // refused: of dapil 4
	in, err := h.Ledger.ProgressIn(ctx, ledger.Filter{}, []election.AreaCode{"31.75.06", "31.75.03"})
	if err != nil {
		t.Fatal(err)
	}
	boxes := 0
	for _, x := range in.Hours {
		boxes += x.Boxes
	}
	if s := in.Total(); s.On() != 3 || s.Expected != 30 || boxes != 3 || in.LastHour != 3 || in.Prevented() != 1 || in.Since.IsZero() || in.Areas[0].Area != "31.75.03.1001" {
		t.Errorf("two kecamatan: %+v, %+v", s, in)
	}
	if _, err := h.Ledger.Progress(ctx, ledger.Filter{Area: "31.71.01"}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("progress of a kecamatan that the event lacks: %v", err)
	}
	if _, err := h.Ledger.TPSShares(ctx, "31.75.06.1009"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("TPS of a kelurahan that the event lacks: %v", err)
	}
}

// TestWriteFile: a file is written whole or not at all.
func TestWriteFile(t *testing.T) {
	d := &report.Document{Title: "Uji", Tables: []report.Table{{Name: "Uji", Head: []string{"a"}}}}
	dir := t.TempDir()
	path := filepath.Join(dir, "uji.csv")
	if err := d.WriteFile(path, ""); err != nil {
		t.Fatal(err)
	}
	if err := d.WriteFile(filepath.Join(dir, "uji.docx"), ""); !errors.Is(err, report.ErrForm) {
		t.Errorf("unknown ending: %v", err)
	}
	if err := d.WriteFile(filepath.Join(dir, "none", "uji.csv"), ""); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such folder: %v", err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "uji.csv" {
		t.Errorf("the folder holds %v, %v", files, err)
	}
}

// TestHeadText: a chain's head fits the alphanumeric mode of a code.
func TestHeadText(t *testing.T) {
	s := report.HeadText(ledger.Head{Dock: 2, Seq: 57, Hash: strings.Repeat("ab", 32)})
	if s != "DGH1-002-57-"+strings.Repeat("AB", 32) {
		t.Error(s)
	}
	if r := code.Parse(s, code.Keys{Event: "T24"}); r.Status != code.Foreign {
		t.Errorf("scanned at a dock it reads as %v", r.Status)
	}
}
