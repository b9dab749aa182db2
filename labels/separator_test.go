package labels

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func pdfText(t *testing.T, path string) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Fatal("pdftotext is missing: install the package poppler-utils (make test does)")
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A separator stands before each kelurahan once, and has no code.
func TestSeparators(t *testing.T) {
	all := dki(t)
	two := []Sticker{all[0].sticker(t, 1, 0), all[0].sticker(t, 1, 1), all[1].sticker(t, 1, 0), all[1].sticker(t, 1, 1)}
	for _, s := range testStocks(t) {
		t.Run(s.Name, func(t *testing.T) {
			var asked []string
			path := write(t, s, two, Options{Separator: func(next Sticker) []string {
				asked = append(asked, next.Kelurahan)
				return []string{fmt.Sprintf("%d TPS", len(all[0].tps)), "1152 kotak · 2304 label"}
			}})
			if strings.Join(asked, ", ") != "Pulau Panggang, Pulau Kelapa" {
				t.Errorf("asked for %v", asked)
			}
			codes, text := 0, pdfText(t, path)
			for _, page := range pageStreams(t, read(t, path)) {
				codes += len(printedCodes(t, page))
			}
			separators := strings.Count(text, "BUKAN LABEL KOTAK")
			if separators != 2 || codes != 4 || !strings.Contains(text, "2304 label") {
				t.Errorf("%d separators, %d codes:\n%s", separators, codes, text)
			}
		})
	}
}

// Every kelurahan's separator fits every stock; a kota's spares have one, too.
func TestSeparatorsFit(t *testing.T) {
	m, err := newMeasurer()
	if err != nil {
		t.Fatal(err)
	}
	all := dki(t)
	for _, s := range testStocks(t) {
		for i := range all {
			k := Sticker{Kelurahan: all[i].name, KelurahanCode: all[i].code, Kecamatan: all[i].kec, Kota: all[i].kota}
			spare := Sticker{KelurahanCode: all[i].code[:5], Kota: all[i].kota}
			for _, k := range []Sticker{k, spare} {
				els, err := separatorElements(m, s, &k, []string{"115 TPS", "1152 kotak · 2304 label"}, nil)
				if err != nil {
					t.Errorf("%s: %v", s.Name, err)
				}
				for i := range els {
					if e := &els[i]; e.shape == textShape {
						if x0, y0, x1, y1 := inkOf(t, m, e); x0 < 1 || y0 < 1 || x1 > s.Label[0]-1 || y1 > s.Label[1]-1 {
							t.Errorf("%s: %q is off the label", s.Name, e.text)
						}
					}
				}
			}
		}
	}
}

// A calibration moves and stretches places, never the code's modules.
func TestCalibration(t *testing.T) {
	s := stock(t, "a4-2x4")
	codes := func(c Calibration) []printedCode {
		var out []printedCode
		for _, page := range pageStreams(t, read(t, writeStickers(t, s, 8, Options{Calibration: c}))) {
			out = append(out, printedCodes(t, page)...)
		}
		return out
	}
	plain, moved := codes(Calibration{}), codes(Calibration{X: 2, Y: -1, ScaleX: 1.01})
	for i := range plain {
		const dot = mmPerInch / 300
		x, y := (moved[i].x-plain[i].x)/points, (plain[i].y-moved[i].y)/points
		if want := 2 + 0.01*s.PitchX*float64(i%2); x < want-dot || x > want+dot || y < -1-dot || y > -1+dot || moved[i].side != plain[i].side {
			t.Errorf("code %d moved by %.2f, %.2f mm, from %.3f to %.3f pt", i, x, y, plain[i].side, moved[i].side)
		}
	}
	for _, s := range testStocks(t) {
		path := filepath.Join(t.TempDir(), "c.pdf")
		if err := WriteCalibration(path, s, Options{Created: testTime}); err != nil {
			t.Fatal(s.Name, err)
		}
		if text := pdfText(t, path); !strings.Contains(text, "KALIBRASI "+strings.ToUpper(s.Name)) {
			t.Errorf("%s: %s", s.Name, text)
		}
	}
}

func TestCards(t *testing.T) {
	dir := t.TempDir()
	o := Options{Created: testTime}
	cards := make([]CommandCard, 7)
	for i := range cards {
		cards[i] = CommandCard{Code: "DGC1SETXX", Title: fmt.Sprintf("Sisihkan %d", i), Help: "Pindai ini, lalu label kotak yang ditolak."}
	}
	path := filepath.Join(dir, "commands.pdf")
	if err := WriteCommands(path, cards, o); err != nil {
		t.Fatal(err)
	}
	if text := pdfText(t, path); !strings.Contains(text, "SISIHKAN 6") || strings.Count(text, "\f") != 2 {
		t.Errorf("commands: %s", text)
	}
	pass := TruckPass{Code: "DGC1PAS0123456789ABCDEFXX", Event: "Pemilu 2024, DKI Jakarta", Plate: "B 9123 KPU", Driver: "Budi", Numeral: "4", Pattern: 3,
		District: "DPRD Provinsi · DKI JAKARTA 4", Kecamatan: "Cakung, Matraman", IssuedBy: "sari", IssuedAt: testTime}
	path = filepath.Join(dir, "pass.pdf")
	if err := WriteTruckPasses(path, []TruckPass{pass, pass}, o); err != nil {
		t.Fatal(err)
	}
	text := pdfText(t, path)
	for _, want := range []string{"B 9123 KPU", "Budi", "Cakung, Matraman", "DKI JAKARTA 4", "sari"} {
		if strings.Count(text, want) != 2 {
			t.Errorf("%q is not on both passes:\n%s", want, text)
		}
	}
	for _, file := range []string{"commands.pdf", "pass.pdf"} {
		for _, page := range pageStreams(t, read(t, filepath.Join(dir, file))) {
			for _, c := range printedCodes(t, page) {
				text := cards[0].Code
				if file == "pass.pdf" {
					text = pass.Code
				}
				want, err := plainSymbol(text, smallVersion)
				if err != nil {
					t.Fatal(err)
				}
				for y := range want.rows {
					if c.rows[y] != want.rows[y] {
						t.Fatalf("%s: row %d of the symbol", file, y)
					}
				}
			}
		}
	}
	pass.Code = strings.Repeat("X", 99)
	if err := WriteTruckPasses(path, []TruckPass{pass}, o); err == nil || !strings.Contains(err.Error(), pass.Plate) {
		t.Errorf("a code too long: %v", err)
	}
}
