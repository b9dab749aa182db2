package labels

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
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
	GapX    float64    `toml:"gap_x"` // between two labels
	GapY    float64    `toml:"gap_y"`
	PitchX  float64    `toml:"pitch_x"` // from the beginning of a label to that of the next
	PitchY  float64    `toml:"pitch_y"`
	Radius  float64    `toml:"radius"` // of the labels' corners
	DPI     int        `toml:"dpi"`    // of the printer, whose dots the code stands on

	module  int  // dots of a module, where the aimed size leaves no room
	compact bool // the sticker that is set in the least room
}

// PerPage is the number of stickers on a page.
func (s Stock) PerPage() int { return s.Columns * s.Rows }

// module sizes: what is aimed at is 0.75 mm (GS1's size for general distribution). What is
// refused is under four printer dots, where one dot more or less of a hot print head
// spoils a module, and, of printers with many dots, under 0.33 mm (13 mil), four dots at
// 300 dpi: a hand scanner reads 0.75 mm at arm's length and 0.33 mm from a hand's breadth.
const (
	aimedModule = 0.75
	leastModule = 0.33
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
	s.DPI, s.module, s.compact = dpi, 0, false
	return s.fitted()
}

// fitted is the stock with the largest modules, up to those aimed at, that leave room for
// the rest of the sticker; the compact one only where the others don't fit. Error: ErrStock,
// saying what is missing with the smallest ones.
func (s Stock) fitted() (Stock, error) {
	s = s.spaced()
	aimed := s.dots()
	err := s.validate()
	for _, s.compact = range []bool{false, true} {
		if s.compact {
			aimed = min(aimed, int(compactModule*float64(s.DPI)/mmPerInch+0.5))
		}
		for n := aimed; err != nil && n >= leastDots && float64(n)*mmPerInch >= leastModule*float64(s.DPI); n-- {
			s.module = n
			if err = s.validate(); err == nil {
				return s, nil
			}
		}
	}
	if err != nil {
		return Stock{}, err
	}
	s.compact = false
	return s, nil
}

// spaced is the stock with gaps and pitches, where one of them is given.
func (s Stock) spaced() Stock {
	for _, d := range []struct {
		n                 int
		label, gap, pitch *float64
	}{{s.Columns, &s.Label[0], &s.GapX, &s.PitchX}, {s.Rows, &s.Label[1], &s.GapY, &s.PitchY}} {
		switch {
		case d.n < 2:
		case *d.pitch == 0:
			*d.pitch = *d.label + *d.gap
		case *d.gap == 0 && *d.pitch > *d.label:
			*d.gap = *d.pitch - *d.label
		}
	}
	return s
}

// disagree tells whether gaps and pitches are both given, and differ.
func (s Stock) disagree() bool {
	const slack = 0.01
	return s.Columns > 1 && math.Abs(s.Label[0]+s.GapX-s.PitchX) > slack && s.PitchX >= s.Label[0] ||
		s.Rows > 1 && math.Abs(s.Label[1]+s.GapY-s.PitchY) > slack && s.PitchY >= s.Label[1]
}

// validate refuses a stock that the sticker does not fit.
func (s Stock) validate() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w %q: %s", ErrStock, s.Name, fmt.Sprintf(format, a...))
	}
	switch {
	case s.Columns < 1 || s.Rows < 1 || s.PerPage() > 1000:
		return bad("%d × %d labels on a page", s.Columns, s.Rows)
	case s.DPI < 100 || s.DPI > 2400:
		return bad("%d dots per inch", s.DPI)
	case s.dots() < leastDots:
		return bad("at %d dots per inch a module of the code has %d dots; at least %d are needed to be read", s.DPI, s.dots(), leastDots)
	case !(s.Label[0] >= 10 && s.Label[1] >= 10 && s.Label[0] <= 1000 && s.Label[1] <= 1000):
		return bad("label of %g × %g mm", s.Label[0], s.Label[1])
	case !(s.GapX >= 0 && s.GapY >= 0) || s.disagree():
		return bad("gaps of %g and %g mm do not go with labels of %g × %g mm, %g and %g mm apart", s.GapX, s.GapY, s.Label[0], s.Label[1], s.PitchX, s.PitchY)
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
	for i := range longest {
		if _, err := l.elements(m, &longest[i], modules{}, nil); err != nil {
			return fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
		}
	}
	return nil
}

// longest are stickers as long as any of DKI Jakarta's: a stock must take them.
var longest = func() (out []Sticker) {
	for _, k := range []Sticker{
		{Kind: "Presiden dan Wakil Presiden", Colour: "abu-abu", Content: "TANPA DAPIL"},
		{Kind: "DPR RI", Colour: "kuning", Content: "DKI JAKARTA III"},
		{Kind: "DPRD Provinsi", Colour: "biru", Content: "DKI JAKARTA 10"},
	} {
		k.BoxID, k.Event, k.Numeral, k.District = "31.01.02.1003-999-DPRDP", "Pemilu 2024, DKI Jakarta", "10", "DPRD Provinsi · DKI JAKARTA 10"
		k.Kota, k.Kecamatan, k.KecamatanCode = "Kabupaten Administrasi Kepulauan Seribu", "Kepulauan Seribu Selatan", "31.01.02"
		k.Kelurahan, k.KelurahanCode = "Cipinang Besar Selatan", "31.01.02.1003"
		k.TPS, k.Index, k.Of, k.Revision, k.PrintedBy = "999", 4, 4, 99, "penyelia"
		out = append(out, k)
	}
	return out
}()

// Catalogue is the stocks that there are: the built-in ones and an office's own.
type Catalogue struct {
	Fit     []Stock   // take the sticker, with the modules fitted to them
	Refused []Refusal // can't be used
}

// Refusal is a stock that can't be used, or a file of stocks that can't be read.
type Refusal struct {
	Name  string
	Title string
	Why   error // ErrStock
}

// BuiltInStocks are those of assets/stocks.toml. The refused ones are sold everywhere, and
// too small: whoever asks for them is told why.
func BuiltInStocks() (Catalogue, error) {
	c, err := builtIn()
	return Catalogue{slices.Clone(c.Fit), slices.Clone(c.Refused)}, err
}

var builtIn = sync.OnceValues(func() (c Catalogue, err error) {
	err = c.add(assets.Stocks)
	return c, err
})

// ReadStocks are the built-in stocks and those of a user's own file, in the form of
// assets/stocks.toml. A fault of one stock refuses that stock alone. The catalogue can be
// used where the file can't be read: it is refused under its own name, and that is the
// error, too. Error: ErrStock.
func ReadStocks(path string) (Catalogue, error) {
	c, err := BuiltInStocks()
	if err != nil {
		return c, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrStock, err)
	} else if err = c.add(text); err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		c.Refused = append(c.Refused, Refusal{Name: path, Why: err})
	}
	return c, err
}

// add adds the stocks of a table, each judged by itself.
func (c *Catalogue) add(text []byte) error {
	var f struct {
		Stock []map[string]any `toml:"stock"`
	}
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStock, err)
	}
	for _, k := range meta.Keys() {
		if k[0] != "stock" {
			return fmt.Errorf("%w: unknown key %q; a stock begins with [[stock]]", ErrStock, k.String())
		}
	}
	for i, table := range f.Stock {
		s, err := stockOf(table)
		if s.Name == "" {
			s.Name = fmt.Sprintf("stock %d", i+1)
		}
		for _, other := range c.names() {
			if err == nil && other == s.Name {
				err = fmt.Errorf("%w %q: there is already a stock of that name; give it another", ErrStock, s.Name)
			}
		}
		var f Stock
		if err == nil {
			f, err = s.fitted()
		}
		if err != nil {
			c.Refused = append(c.Refused, Refusal{s.Name, s.Title, err})
			continue
		}
		c.Fit = append(c.Fit, f)
	}
	return nil
}

// stockOf reads one stock; what it is called is told of a faulty one, too.
func stockOf(table map[string]any) (s Stock, err error) {
	name, _ := table["name"].(string)
	var b bytes.Buffer
	err = toml.NewEncoder(&b).Encode(table)
	if err == nil {
		var meta toml.MetaData
		if meta, err = toml.Decode(b.String(), &s); err == nil && len(meta.Undecoded()) > 0 {
			err = fmt.Errorf("unknown key %q", meta.Undecoded()[0].String())
		}
	}
	s.Name = name
	switch {
	case err != nil:
		return s, fmt.Errorf("%w %q: %w", ErrStock, name, err)
	case name == "":
		return s, fmt.Errorf("%w %q: it has no name", ErrStock, s.Title)
	}
	return s, nil
}

func (c *Catalogue) names() []string {
	var out []string
	for _, s := range c.Fit {
		out = append(out, s.Name)
	}
	for _, r := range c.Refused {
		out = append(out, r.Name)
	}
	return out
}

// Stock finds a stock by its name. Error: ErrStock, which says why this one can't be used,
// or which there are.
func (c *Catalogue) Stock(name string) (Stock, error) {
	fit := make([]string, len(c.Fit))
	for i, s := range c.Fit {
		if s.Name == name {
			return s, nil
		}
		fit[i] = s.Name
	}
	for _, r := range c.Refused {
		if r.Name == name {
			return Stock{}, r.Why
		}
	}
	return Stock{}, fmt.Errorf("%w %q: there is only: %s", ErrStock, name, strings.Join(fit, " "))
}

// StockByName finds a built-in stock. Error: ErrStock, as Catalogue.Stock.
func StockByName(name string) (Stock, error) {
	c, err := builtIn()
	if err != nil {
		return Stock{}, err
	}
	return c.Stock(name)
}
