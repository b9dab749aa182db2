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
	all, err := BuiltInStocks()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all.Refused {
		refused = append(refused, r.Name)
		if _, err := StockByName(r.Name); !errors.Is(err, ErrStock) || !strings.Contains(err.Error(), r.Name) || !strings.Contains(err.Error(), "mm") {
			t.Errorf("%s: the reason is %v", r.Name, err)
		}
	}
	if got, want := strings.Join(fit, " "), "a6 a4-2x4 a4-3x7 a4-3x8 a7 thermal-100x150 thermal-100x100 l7165 l7163 l7160 l3490 tj-121"; got != want {
		t.Errorf("stocks %s, want %s", got, want)
	}
	if got, want := strings.Join(refused, " "), "tj-103 tj-107"; got != want {
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
	builtIn, err := BuiltInStocks()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ old, new, want string }{
		"good":               {"", "", ""},
		"four dots a module": {"300", "150", ""},
		"too coarse":         {"300", "110", "at least 4"},
		"nonsense":           {"300", "3", "dots per inch"},
		"not a number":       {"100.0, 150.0]\nlabel", "nan, 150.0]\nlabel", "mm"},
		"gap":                {"page = [100.0, 150.0]\nlabel = [100.0, 150.0]\ncolumns = 1", "page = [205.0, 150.0]\nlabel = [100.0, 150.0]\ngap_x = 5\ncolumns = 2", ""},
		"gap and pitch":      {"columns = 1", "gap_x = 5.0\npitch_x = 120.0\ncolumns = 2", "gaps"},
		"off the page":       {"rows = 1", "rows = 2\npitch_y = 150.0", "the page at"},
		"overlapping":        {"columns = 1", "columns = 2\npitch_x = 50.0", "overlap"},
		"negative margin":    {"columns = 1", "left = -5.0\ncolumns = 1", "margins"},
		"tiny":               {"label = [100.0, 150.0]", "label = [30.0, 20.0]", "mm"},
		"unknown key":        {"dpi", "colour = 1\ndpi", "unknown key"},
		"no name":            {"name = \"own\"", "", "no name"},
		"misspelt table":     {"[[stock]]", "[[stocks]]", "stock"},
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
			if whole := tc.want == "stock"; whole != errors.Is(err, ErrStock) {
				t.Errorf("of the whole file: %v", err)
			}
			if len(got.Fit) < len(builtIn.Fit) || len(got.Fit)+len(got.Refused) != len(builtIn.Fit)+len(builtIn.Refused)+1 {
				t.Fatalf("%d stocks and %d refused beside the built-in ones", len(got.Fit), len(got.Refused))
			}
			if tc.want == "" {
				if s, err := got.Stock("own"); err != nil || s.Label != [2]float64{100, 150} {
					t.Errorf("got %v, %v", s, err)
				}
				return
			}
			last := got.Refused[len(got.Refused)-1]
			if !errors.Is(last.Why, ErrStock) || !strings.Contains(last.Why.Error(), tc.want) {
				t.Errorf("got %v, want %q in it", last.Why, tc.want)
			}
			if _, err := got.Stock(last.Name); !errors.Is(err, last.Why) {
				t.Errorf("asked for %q: %v", last.Name, err)
			}
			if _, err := got.Stock("a6"); err != nil {
				t.Errorf("a fault hides the built-in stocks: %v", err)
			}
		})
	}
	c, err := ReadStocks(filepath.Join(t.TempDir(), "none"))
	if !errors.Is(err, ErrStock) || !errors.Is(err, os.ErrNotExist) || len(c.Fit) != len(builtIn.Fit) {
		t.Errorf("missing file: %d stocks, %v", len(c.Fit), err)
	}
}

// A faulty stock is named and doesn't hide its neighbours.
func TestReadStocksBesideAFaultyOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stocks.toml")
	text := `[[stock]]
name = "wide"
page = [110, 160]
label = [110, 160.5]
columns = "one"
rows = 1
dpi = 203

[[stock]]
name = "gudang"
page = [110, 160]
label = [110, 160]
columns = 1
rows = 1
dpi = 203

[[stock]]
name = "a6"
page = [110, 160]
label = [110, 160]
columns = 1
rows = 1
dpi = 203
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := ReadStocks(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := c.Stock("gudang"); err != nil || s.Label[1] != 160 {
		t.Errorf("its neighbour: %v, %v", s, err)
	}
	if _, err := c.Stock("wide"); !errors.Is(err, ErrStock) || !strings.Contains(err.Error(), "columns") {
		t.Errorf("the faulty one: %v", err)
	}
	if s, err := c.Stock("a6"); err != nil || s.Label != [2]float64{105, 148} {
		t.Errorf("a stock can't take the name of another: %v, %v", s, err)
	}
	if last := c.Refused[len(c.Refused)-1]; last.Name != "a6" || !strings.Contains(last.Why.Error(), "already") {
		t.Errorf("the second a6: %v", last)
	}
	if _, err := c.Stock("a5"); !errors.Is(err, ErrStock) || !strings.Contains(err.Error(), "gudang") {
		t.Errorf("unknown stock: %v", err)
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
