package printer

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

// ErrPrinter says that a printer, or the file of printers, is not right; the message says
// what.
var ErrPrinter = errors.New("printer")

// Printer is one machine as the people here know it: where it is, what paper lies in it,
// and how that paper really lies.
type Printer struct {
	Name        string      `toml:"name" json:"name"`
	Address     string      `toml:"address" json:"address"`                 // tcp://HOST:9100, ipp://HOST/path, ipps://…, cups:QUEUE
	Stock       string      `toml:"stock,omitempty" json:"stock,omitempty"` // name of the stock in it
	DPI         int         `toml:"dpi,omitempty" json:"dpi,omitempty"`     // 0: as the stock says
	Calibration Calibration `toml:"calibration,omitempty" json:"calibration,omitzero"`
	Options     Options     `toml:"options,omitempty" json:"options,omitzero"`

	Found bool `toml:"-" json:"found,omitempty"` // by CUPS, and not kept in the file
}

// Calibration moves the print to where this printer's paper really is. It belongs to the
// printer and not to the stock: another printer takes the same sheets otherwise.
type Calibration struct {
	X      float64 `toml:"x,omitempty" json:"x,omitempty"` // millimetres to the right
	Y      float64 `toml:"y,omitempty" json:"y,omitempty"` // millimetres down
	ScaleX float64 `toml:"scale_x,omitempty" json:"scale_x,omitempty"`
	ScaleY float64 `toml:"scale_y,omitempty" json:"scale_y,omitempty"` // of distances on the sheet; 0 is 1
}

// Bounds of a calibration: what is beyond is a slip of the finger or another stock.
const (
	mostShift = 20.0 // millimetres
	mostScale = 0.05 // off 1
)

// Validate says what is wrong with a printer. Errors: ErrPrinter, ErrAddress.
func (p Printer) Validate() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w %q: %s", ErrPrinter, p.Name, fmt.Sprintf(format, a...))
	}
	if p.Name == "" || strings.TrimSpace(p.Name) != p.Name || strings.Contains(p.Name, "://") || strings.HasPrefix(p.Name, cupsScheme+":") {
		return bad("a name is needed, without blanks around it, and not an address")
	}
	if p.DPI != 0 && (p.DPI < 100 || p.DPI > 2400) {
		return bad("%d dots per inch", p.DPI)
	}
	c := p.Calibration
	for _, v := range []float64{c.X, c.Y} {
		if !(v >= -mostShift && v <= mostShift) {
			return bad("a shift of %g mm; at most %g", v, mostShift)
		}
	}
	for _, v := range []float64{c.ScaleX, c.ScaleY} {
		if v != 0 && !(v >= 1-mostScale && v <= 1+mostScale) {
			return bad("a scale of %g; %g to %g", v, 1-mostScale, 1+mostScale)
		}
	}
	if _, ok := qualities[p.Options.Quality]; !ok && p.Options.Quality != "" {
		return bad("quality %q (draft, normal or high)", p.Options.Quality)
	}
	_, err := p.Open()
	return err
}

// Open is the machine at the printer's address. It is not asked anything yet. Error:
// ErrAddress.
func (p Printer) Open() (Machine, error) { return Open(p.Address) }

const cupsScheme = "cups"

// Open is the machine at an address: tcp://HOST[:9100] is a Zebra label printer, or one that
// speaks like it, on its raw port; ipp:// and ipps:// speak IPP; cups:QUEUE is a queue of
// this computer's print server. Error: ErrAddress.
func Open(address string) (Machine, error) {
	bad := func(why string) error {
		return fmt.Errorf("%w: %q: %s (tcp://HOST:9100, ipp://HOST/ipp/print or cups:QUEUE)", ErrAddress, address, why)
	}
	if queue, ok := strings.CutPrefix(address, cupsScheme+":"); ok {
		if queue == "" || strings.ContainsAny(queue, "/#? \t\n") {
			return nil, bad("no name of a queue")
		}
		return localCUPS().queue(queue), nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, bad(err.Error())
	}
	if u.Hostname() == "" || u.User != nil {
		return nil, bad("it names no host")
	}
	switch u.Scheme {
	case "tcp", "socket":
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return nil, bad("a raw port has no path")
		}
		return &Zebra{Address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "9100"))}, nil
	case "ipp", "ipps", "http", "https":
		return newIPP(u), nil
	}
	return nil, bad("unknown kind of address")
}

// Book is the printers of a place, kept in a file that people may also write themselves.
type Book struct {
	path string
	mu   sync.Mutex // one change at a time
}

// OpenBook is the book in a file, which need not be there yet.
func OpenBook(path string) *Book { return &Book{path: path} }

// Path is the book's file.
func (b *Book) Path() string { return b.path }

const bookHead = `# The printers of this place. Dapilgate writes this file ("printers add", "printers
# calibrate", or in the window); it may be edited too, but comments are not kept.
# address: tcp://HOST:9100 (Zebra), ipp://HOST/ipp/print, cups:QUEUE
# calibration: x and y in millimetres to the right and down, scale_x and scale_y factors

`

// Kept are the printers in the file, by name. Error: ErrPrinter.
func (b *Book) Kept() ([]Printer, error) {
	text, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPrinter, err)
	}
	list, err := parseBook(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	return list, nil
}

// parseBook reads the file's text. Errors: ErrPrinter, ErrAddress.
func parseBook(text []byte) ([]Printer, error) {
	var f struct {
		Printer []Printer `toml:"printer"`
	}
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPrinter, err)
	}
	if u := meta.Undecoded(); len(u) > 0 {
		return nil, fmt.Errorf("%w: unknown key %q", ErrPrinter, u[0].String())
	}
	seen := map[string]bool{}
	for _, p := range f.Printer {
		if err := p.Validate(); err != nil {
			return nil, err
		}
		if seen[p.Name] {
			return nil, fmt.Errorf("%w %q: two have this name", ErrPrinter, p.Name)
		}
		seen[p.Name] = true
	}
	return f.Printer, nil
}

// All are the printers in the file and, behind them, those that this computer's print
// server knows besides. A print server that is not there is no fault.
func (b *Book) All(ctx context.Context) ([]Printer, error) {
	kept, err := b.Kept()
	if err != nil {
		return nil, err
	}
	found, err := FindCUPS(ctx)
	if err != nil && !errors.Is(err, ErrOffline) {
		return kept, err
	}
	for _, p := range found {
		if !slices.ContainsFunc(kept, func(k Printer) bool { return k.Address == p.Address || k.Name == p.Name }) {
			kept = append(kept, p)
		}
	}
	return kept, nil
}

// ByName finds a printer by its name, by a queue's name, or takes an address as it is.
// Errors: ErrPrinter, which lists the names there are, ErrAddress.
func (b *Book) ByName(ctx context.Context, name string) (Printer, error) {
	kept, err := b.Kept()
	if err != nil {
		return Printer{}, err
	}
	for _, p := range kept {
		if p.Name == name || p.Address == name {
			return p, nil
		}
	}
	if strings.Contains(name, "://") || strings.HasPrefix(name, cupsScheme+":") {
		_, err := Open(name)
		return Printer{Name: name, Address: name}, err
	}
	all, err := b.All(ctx)
	if err != nil {
		return Printer{}, err
	}
	names := ""
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
		names += " " + p.Name
	}
	if names == "" {
		names = " none"
	}
	return Printer{}, fmt.Errorf("%w %q: there is only:%s; add it, or give an address like tcp://HOST:9100", ErrPrinter, name, names)
}

// Put keeps a printer, in the place of one with its name where there is one. The file is
// whole and durable afterwards, or as it was. Errors: ErrPrinter, ErrAddress.
func (b *Book) Put(p Printer) error {
	if err := p.Validate(); err != nil {
		return err
	}
	return b.change(func(list []Printer) ([]Printer, error) {
		if i := slices.IndexFunc(list, func(k Printer) bool { return k.Name == p.Name }); i >= 0 {
			list[i] = p
			return list, nil
		}
		return append(list, p), nil
	})
}

// Remove forgets a printer. Error: ErrPrinter where it is not kept.
func (b *Book) Remove(name string) error {
	return b.change(func(list []Printer) ([]Printer, error) {
		i := slices.IndexFunc(list, func(k Printer) bool { return k.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("%w %q: it is not in %s", ErrPrinter, name, b.path)
		}
		return slices.Delete(list, i, i+1), nil
	})
}

func (b *Book) change(f func([]Printer) ([]Printer, error)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, err := b.Kept() // afresh: another program may have written it
	if err == nil {
		list, err = f(list)
	}
	if err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString(bookHead)
	if err := toml.NewEncoder(&text).Encode(map[string][]Printer{"printer": list}); err != nil {
		return fmt.Errorf("%w: %w", ErrPrinter, err)
	}
	if err := writeFile(b.path, text.Bytes()); err != nil {
		return fmt.Errorf("%w: keep the printers: %w", ErrPrinter, err)
	}
	return nil
}

// writeFile writes a file whole and durable, or leaves it as it was.
func writeFile(path string, text []byte) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // it has no handle of a folder that could be flushed
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
