package labels

import (
	"errors"
	"fmt"
	"os"

	"dapilgate/assets"

	"github.com/BurntSushi/toml"
)

// ErrStock says that a stock is not there or can't take the sticker.
var ErrStock = errors.New("label stock")

// Stock is the paper that stickers are printed on. Lengths in millimetres.
type Stock struct {
	Name    string     `toml:"name"`
	Title   string     `toml:"title"`
	Page    [2]float64 `toml:"page"`
	Label   [2]float64 `toml:"label"`
	Columns int        `toml:"columns"`
	Rows    int        `toml:"rows"`
	Left    float64    `toml:"left"`
	Top     float64    `toml:"top"`
	PitchX  float64    `toml:"pitch_x"`
	PitchY  float64    `toml:"pitch_y"`
	DPI     int        `toml:"dpi"`
}

// PerPage is the number of stickers on a page.
func (s Stock) PerPage() int { return s.Columns * s.Rows }

// module sizes in printer dots: what is aimed at is 0.75 mm (GS1's size for general
// distribution), what is refused is under four dots, where one dot more or less of a hot
// print head spoils a module.
const (
	aimedModule = 0.75
	leastDots   = 4
)

// dots is the size of a module in dots of the stock's printer.
func (s Stock) dots() int { return int(aimedModule*float64(s.DPI)/mmPerInch + 0.5) }

// Module is the size of a module in millimetres, a whole number of the printer's dots.
func (s Stock) Module() float64 { return float64(s.dots()) * mmPerInch / float64(s.DPI) }

const mmPerInch = 25.4

// validate refuses a stock that the sticker does not fit.
func (s Stock) validate() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w %q: %s", ErrStock, s.Name, fmt.Sprintf(format, a...))
	}
	switch {
	case s.Name == "":
		return bad("it has no name")
	case s.Columns < 1 || s.Rows < 1 || s.PerPage() > 1000:
		return bad("%d × %d labels on a page", s.Columns, s.Rows)
	case s.DPI < 150 || s.DPI > 2400:
		return bad("%d dots per inch", s.DPI)
	case s.dots() < leastDots:
		return bad("at %d dots per inch a module has %d dots; at least %d are needed to be read", s.DPI, s.dots(), leastDots)
	case s.Label[0] < 20 || s.Label[1] < 20 || s.Label[0] > 1000 || s.Label[1] > 1000:
		return bad("label of %g × %g mm", s.Label[0], s.Label[1])
	}
	const slack = 0.01
	if right := s.Left + float64(s.Columns-1)*s.PitchX + s.Label[0]; right > s.Page[0]+slack {
		return bad("its labels end at %g mm, the page at %g mm", right, s.Page[0])
	}
	if bottom := s.Top + float64(s.Rows-1)*s.PitchY + s.Label[1]; bottom > s.Page[1]+slack {
		return bad("its labels end at %g mm, the page at %g mm", bottom, s.Page[1])
	}
	if _, err := layoutOf(s); err != nil {
		return fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	return nil
}

func parseStocks(text []byte) ([]Stock, error) {
	var f struct {
		Stock []Stock `toml:"stock"`
	}
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStock, err)
	}
	if u := meta.Undecoded(); len(u) > 0 {
		return nil, fmt.Errorf("%w: unknown key %q", ErrStock, u[0].String())
	}
	for _, s := range f.Stock {
		if err := s.validate(); err != nil {
			return nil, err
		}
	}
	return f.Stock, nil
}

// Stocks are the built-in stocks.
func Stocks() ([]Stock, error) { return parseStocks(assets.Stocks) }

// ReadStocks reads a user's own table of stocks. Error: ErrStock.
func ReadStocks(path string) ([]Stock, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStock, err)
	}
	return parseStocks(text)
}

// StockByName finds a built-in stock. Error: ErrStock, which lists the names there are.
func StockByName(name string) (Stock, error) {
	all, err := Stocks()
	if err != nil {
		return Stock{}, err
	}
	names := ""
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
		names += " " + s.Name
	}
	return Stock{}, fmt.Errorf("%w %q: there is only:%s", ErrStock, name, names)
}
