package kiosk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPapersAfterClosing: a load that was closed offers its papers, after a restart too,
// until its truck has left; each print is a file and an event of its own.
func TestPapersAfterClosing(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.closeLoad()
	h.loading().dismiss()
	h.tap(T("papers.make"))
	h.mustSay(T("papers.done", map[string]any{"Files": h.s.cfg.Files}))
	h.s.show(newLoading(h.s)) // as after a restart
	h.settle()
	h.tap(T("papers.make"))
	for _, name := range []string{"surat-jalan-0001-1.pdf", "surat-jalan-0001-1.csv", "berita-acara-0001-1.pdf", "surat-jalan-0001-2.pdf"} {
		if s, err := os.Stat(filepath.Join(h.s.cfg.Files, name)); err != nil || s.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	docs, err := h.f.Ledger.Documents(t.Context(), 1)
	if err != nil || len(docs) != 4 || docs[2].Print != 2 {
		t.Errorf("the record of the papers: %+v, %v", docs, err)
	}
	if err := h.f.Ledger.Depart(t.Context(), h.f.Sari, 1); err != nil {
		t.Fatal(err)
	}
	h.s.show(newLoading(h.s))
	h.settle()
	if h.says(T("papers.make")) {
		t.Error("papers are offered for a truck that left")
	}
}

// TestProgressTells: the screen counts what other docks do, goes down to the TPS, and
// writes its report.
func TestProgressTells(t *testing.T) {
	h := newHall(t, sizes[0])
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.scan(h.label(h.five[0])) // prevented
	if err := h.f.Ledger.ClearLock(t.Context(), h.f.Sari, 1, "uji"); err != nil {
		t.Fatal(err)
	}
	x := newProgress(h.s)
	h.s.show(x)
	h.settle()
	if n := x.seen.all.Prevented(); n != 1 {
		t.Errorf("%d prevented", n)
	}
	b := h.four[0].Box
	x.into(within{b.Area.Kota(), "kota"}, within{b.Area.Kecamatan(), "kecamatan"}, within{b.Area, "kelurahan"})
	h.settle()
	h.mustSay(T("progress.missing", map[string]any{"N": "DPR DPRDP"})) // what TPS 001 lacks
	h.tap(T("progress.save"))
	files, err := filepath.Glob(filepath.Join(h.s.cfg.Files, "kemajuan-*"))
	if err != nil || len(files) != 4 || !strings.HasSuffix(files[0], ".csv") {
		t.Errorf("the report: %v, %v", files, err)
	}
	if x.good == false || x.here() != b.Area {
		t.Errorf("the screen says %v at %s", x.note(), x.here())
	}
}
