package report

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var at = time.Date(2024, 2, 13, 6, 24, 0, 0, time.UTC)

// textOf is the text of a PDF, page by page.
func textOf(tb testing.TB, b []byte) []string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "paper.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", path, "-").CombinedOutput()
	if err != nil {
		tb.Fatalf("pdftotext: %v: %s", err, out)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// TestPagination: whatever the lengths of groups and texts, each page of a table repeats
// its header, none ends with a group's heading, none begins with the sum; a group that goes
// on is named again; every row is there once; the signatures stand together.
func TestPagination(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		groups := rapid.SliceOfN(rapid.IntRange(1, 70), 1, 6).Draw(rt, "groups")
		long := rapid.IntRange(1, 7).Draw(rt, "long")
		before := rapid.Float64Range(0, 230).Draw(rt, "before")
		rows := 0
		b, err := pages("uji", "", at, false, func(s *sheet) {
			s.begin(running{"Judul", ""}, "Kaki")
			s.y += before
			s.heading("Bagian", 24)
			tab := &table{cols: []column{{"KEPALA", 30, "L"}, {"Isi", 0, "L"}, {"N", 20, "R"}}}
			rows = 0
			for g, n := range groups {
				tab.add(group, fmt.Sprintf("Kelompok%d", g))
				for range n {
					tab.add(plain, fmt.Sprintf("baris%04d", rows), strings.Repeat("kata kata ", 1+rows%long*8), "1")
					rows++
				}
			}
			tab.add(total, "JUMLAH", "1")
			s.table(tab)
			s.signatures([]signature{{"Satu", "A", ""}, {"Dua", "B", ""}, {"Tiga", "C", ""}, {"Empat", "D", ""}}, 3)
		})
		if err != nil {
			rt.Fatal(err)
		}
		text := textOf(t, b)
		seen := 0
		for i, page := range text {
			var lines []string
			for line := range strings.Lines(page) {
				if f := strings.TrimSpace(line); f != "" {
					lines = append(lines, f)
				}
			}
			if want := fmt.Sprintf("Halaman %d dari %d", i+1, len(text)); !strings.Contains(page, want) {
				rt.Fatalf("page %d does not say %q:\n%s", i+1, want, page)
			}
			n := strings.Count(page, "baris")
			seen += n
			if n > 0 && strings.Count(page, "KEPALA") != 1 {
				rt.Fatalf("page %d has rows and %d header rows", i+1, strings.Count(page, "KEPALA"))
			}
			if n > 0 && i > 0 && !strings.HasPrefix(lines[2], "Kelompok") {
				rt.Fatalf("page %d begins with %q, not with its group", i+1, lines[2])
			}
			if last := lines[len(lines)-2]; strings.HasPrefix(last, "Kelompok") || last == "Bagian" || strings.HasPrefix(last, "KEPALA") {
				rt.Fatalf("page %d ends with the heading %q", i+1, last)
			}
			if strings.Contains(page, "JUMLAH") && n == 0 {
				rt.Fatalf("page %d has the sum without a row", i+1)
			}
			if signed := strings.Contains(page, "Satu"); signed != strings.Contains(page, "Empat") {
				rt.Fatalf("page %d parts the signatures", i+1)
			}
		}
		if seen != rows {
			rt.Fatalf("%d of %d rows are on paper", seen, rows)
		}
	})
}

// TestOddTexts: texts that fonts, PDF or a line can't hold neither break a paper nor run
// out of it.
func TestOddTexts(t *testing.T) {
	for _, s := range []string{"", "\x00\x01", "🚚 truk", "عرب", strings.Repeat("W", 500), "a\nb\tc", "(\\)", "\xff\xfe"} {
		b, err := pages(s, s, at, false, func(p *sheet) {
			p.begin(running{s, s}, s)
			p.pairs([]pair{{s, s}}, []pair{{s, s}}, p.width())
			p.para(regular, body, s)
			tab := &table{cols: []column{{s, 20, "L"}, {s, 0, "R"}}}
			tab.add(plain, s, s)
			p.table(tab)
		})
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		textOf(t, b)
	}
}
