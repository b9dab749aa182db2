package labels

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuiltInStocks(t *testing.T) {
	var fit, refused []string
	for _, s := range testStocks(t) {
		fit = append(fit, s.Name)
		if s.dots() < leastDots {
			t.Errorf("%s: %d dots a module", s.Name, s.dots())
		}
	}
	all, err := RefusedStocks()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		refused = append(refused, r.Stock.Name)
		if _, err := StockByName(r.Stock.Name); !errors.Is(err, ErrStock) || !strings.Contains(err.Error(), r.Stock.Name) || !strings.Contains(err.Error(), "mm") {
			t.Errorf("%s: the reason is %v", r.Stock.Name, err)
		}
	}
	if got, want := strings.Join(fit, " "), "a6 a4-2x4 a7 thermal-100x150 thermal-100x100"; got != want {
		t.Errorf("stocks %s, want %s", got, want)
	}
	if got, want := strings.Join(refused, " "), "a4-3x7 a4-3x8 tj-103 tj-107 tj-121"; got != want {
		t.Errorf("refused %s, want %s", got, want)
	}
	if _, err := StockByName("a5"); !errors.Is(err, ErrStock) || !strings.Contains(err.Error(), "a4-2x4") {
		t.Errorf("unknown stock: %v", err)
	}
}

func TestReadStocks(t *testing.T) {
	const good = `[[stock]]
name = "own"
page = [100.0, 150.0]
label = [100.0, 150.0]
columns = 1
rows = 1
dpi = 300
`
	for name, tc := range map[string]struct{ old, new, want string }{
		"good":               {"", "", ""},
		"four dots a module": {"300", "150", ""},
		"too coarse":         {"300", "110", "at least 4"},
		"nonsense":           {"300", "3", "dots per inch"},
		"not a number":       {"100.0, 150.0]\nlabel", "nan, 150.0]\nlabel", "mm"},
		"off the page":       {"rows = 1", "rows = 2\npitch_y = 150.0", "the page at"},
		"overlapping":        {"columns = 1", "columns = 2\npitch_x = 50.0", "overlap"},
		"negative margin":    {"columns = 1", "left = -5.0\ncolumns = 1", "margins"},
		"tiny":               {"label = [100.0, 150.0]", "label = [30.0, 20.0]", "mm"},
		"unknown key":        {"dpi", "colour = 1\ndpi", "unknown key"},
		"not TOML":           {"[[stock]]", "[[stock", "stock"},
		"no labels":          {"rows = 1", "rows = 0", "labels on a page"},
		"large round ends":   {"rows = 1", "rows = 1\nradius = 30.0", "radius"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "stocks.toml")
			if err := os.WriteFile(path, []byte(strings.Replace(good, tc.old, tc.new, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := ReadStocks(path)
			if tc.want == "" {
				if err != nil || len(got) != 1 {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if !errors.Is(err, ErrStock) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
		})
	}
	if _, err := ReadStocks(filepath.Join(t.TempDir(), "none")); !errors.Is(err, ErrStock) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestStockAtAnotherResolution(t *testing.T) {
	s := stock(t, "a6")
	for dpi, dots := range map[int]int{203: 6, 300: 9, 600: 18} {
		got, err := s.At(dpi)
		if err != nil || got.dots() != dots {
			t.Errorf("%d dpi: %d dots, %v", dpi, got.dots(), err)
		}
	}
	if _, err := s.At(100); !errors.Is(err, ErrStock) {
		t.Errorf("100 dpi: %v", err)
	}
}
