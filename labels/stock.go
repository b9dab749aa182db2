package labels

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"dapilgate/assets"

	"github.com/BurntSushi/toml"
)

// ErrStock says that a stock is not there or can't take the sticker; the message says why.
var ErrStock = errors.New("label stock")

// Stock is the paper that stickers are printed on. Lengths in millimetres.
type Stock struct {
	Name    string     `toml:"name"`
	Title   string     `toml:"title"`
	Page    [2]float64 `toml:"page"`
	Label   [2]float64 `toml:"label"`
	Columns int        `toml:"columns"`
	Rows    int        `toml:"rows"`
	Left    float64    `toml:"left"` // to the first label
	Top     float64    `toml:"top"`
	PitchX  float64    `toml:"pitch_x"` // from label to label
	PitchY  float64    `toml:"pitch_y"`
	Radius  float64    `toml:"radius"` // of the labels' corners
	DPI     int        `toml:"dpi"`    // of the printer, whose dots the code stands on

	module int // dots of a module, where the aimed size leaves no room
}

// PerPage is the number of stickers on a page.
func (s Stock) PerPage() int { return s.Columns * s.Rows }

// module sizes: what is aimed at is 0.75 mm (GS1's size for general distribution). What is
// refused is under four printer dots, where one dot more or less of a hot print head
// spoils a module, and under 0.396 mm, GS1's least size for a QR code on goods.
const (
	aimedModule = 0.75
	leastModule = 0.396
	leastDots   = 4
)

// dots is the size of a module in dots of the stock's printer.
func (s Stock) dots() int {
	if s.module > 0 {
		return s.module
	}
	return int(aimedModule*float64(s.DPI)/mmPerInch + 0.5)
}

// Module is the size of a module in millimetres, a whole number of the printer's dots.
func (s Stock) Module() float64 { return float64(s.dots()) * mmPerInch / float64(s.DPI) }

const mmPerInch = 25.4

// At is the stock in a printer of another resolution, in dots per inch. Error: ErrStock.
func (s Stock) At(dpi int) (Stock, error) {
	s.DPI, s.module = dpi, 0
	return s.fitted()
}

// fitted is the stock with the largest modules, up to those aimed at, that leave room for
// the rest of the sticker. Error: ErrStock, saying what is missing with the smallest ones.
func (s Stock) fitted() (Stock, error) {
	err := s.validate()
	for n := s.dots() - 1; err != nil && n >= leastDots && float64(n)*mmPerInch >= leastModule*float64(s.DPI); n-- {
		s.module = n
		err = s.validate()
	}
	if err != nil {
		return Stock{}, err
	}
	return s, nil
}

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
	case s.DPI < 100 || s.DPI > 2400:
		return bad("%d dots per inch", s.DPI)
	case s.dots() < leastDots:
		return bad("at %d dots per inch a module of the code has %d dots; at least %d are needed to be read", s.DPI, s.dots(), leastDots)
	case !(s.Label[0] >= 10 && s.Label[1] >= 10 && s.Label[0] <= 1000 && s.Label[1] <= 1000):
		return bad("label of %g × %g mm", s.Label[0], s.Label[1])
	case !(s.Left >= 0 && s.Top >= 0 && s.Page[0] <= 2000 && s.Page[1] <= 2000):
		return bad("margins of %g and %g mm on a page of %g × %g mm", s.Left, s.Top, s.Page[0], s.Page[1])
	case s.Columns > 1 && !(s.PitchX >= s.Label[0]), s.Rows > 1 && !(s.PitchY >= s.Label[1]):
		return bad("labels of %g × %g mm, %g × %g mm apart, overlap", s.Label[0], s.Label[1], s.PitchX, s.PitchY)
	}
	// The printable part must stay clear of round corners; texts begin 3 mm from the edge.
	if !(s.Radius >= 0 && s.Radius <= 6) {
		return bad("corners with a radius of %g mm", s.Radius)
	}
	const slack = 0.01
	if right := s.Left + float64(s.Columns-1)*s.PitchX + s.Label[0]; !(right <= s.Page[0]+slack) {
		return bad("its labels end at %g mm, the page at %g mm", right, s.Page[0])
	}
	if bottom := s.Top + float64(s.Rows-1)*s.PitchY + s.Label[1]; !(bottom <= s.Page[1]+slack) {
		return bad("its labels end at %g mm, the page at %g mm", bottom, s.Page[1])
	}
	l, err := layoutOf(s)
	if err != nil {
		return fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	m, err := newMeasurer()
	if err != nil {
		return err
	}
	if _, err := l.elements(m, &longest, modules{}, nil); err != nil {
		return fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	return nil
}

// longest is a sticker as long as any of DKI Jakarta's: a stock must take it.
var longest = Sticker{
	Code: "", BoxID: "31.01.02.1003-999-DPRDP", Event: "Pemilu 2024, DKI Jakarta", Numeral: "10",
	District: "DPRD Provinsi · DKI JAKARTA 10", Kind: "Presiden dan Wakil Presiden", Colour: "abu-abu", Content: "DKI JAKARTA III",
	Kota: "Kabupaten Administrasi Kepulauan Seribu", Kecamatan: "Kepulauan Seribu Selatan", KecamatanCode: "31.01.02",
	Kelurahan: "Cipinang Besar Selatan", KelurahanCode: "31.01.02.1003", TPS: "999", Index: 4, Of: 4, Revision: 99, PrintedBy: "penyelia",
}

// parseStocks reads a table of stocks; whether each takes the sticker is another question.
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
	return f.Stock, nil
}

// builtIn are the stocks of assets/stocks.toml: those that take the sticker, and of the
// others why not.
var builtIn = sync.OnceValues(func() (b struct {
	fit     []Stock
	refused []Refusal
}, err error) {
	all, err := parseStocks(assets.Stocks)
	for _, s := range all {
		if f, why := s.fitted(); why != nil {
			b.refused = append(b.refused, Refusal{s, why})
		} else {
			b.fit = append(b.fit, f)
		}
	}
	return b, err
})

// Stocks are the built-in stocks that take the sticker.
func Stocks() ([]Stock, error) {
	b, err := builtIn()
	return append([]Stock(nil), b.fit...), err
}

// Refusal is a stock that people ask for and that can't take the sticker.
type Refusal struct {
	Stock Stock
	Why   error // ErrStock
}

// RefusedStocks are the built-in stocks that can't take the sticker, and why.
func RefusedStocks() ([]Refusal, error) {
	b, err := builtIn()
	return append([]Refusal(nil), b.refused...), err
}

// ReadStocks reads a user's own table of stocks, in the form of assets/stocks.toml. A
// stock that can't take the sticker is an error: its owner should know. Error: ErrStock.
func ReadStocks(path string) ([]Stock, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStock, err)
	}
	all, err := parseStocks(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, s := range all {
		if all[i], err = s.fitted(); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, nil
}

// StockByName finds a built-in stock. Error: ErrStock, which lists the names there are, or
// says why this one can't be used.
func StockByName(name string) (Stock, error) {
	b, err := builtIn()
	if err != nil {
		return Stock{}, err
	}
	names := ""
	for _, s := range b.fit {
		if s.Name == name {
			return s, nil
		}
		names += " " + s.Name
	}
	for _, r := range b.refused {
		if r.Stock.Name == name {
			return Stock{}, r.Why
		}
	}
	return Stock{}, fmt.Errorf("%w %q: there is only:%s", ErrStock, name, names)
}
