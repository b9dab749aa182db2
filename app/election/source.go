package election

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"sort"
	"strconv"
	"strings"
	"time"

	"dapilgate/labels/code"

	"github.com/BurntSushi/toml"
)

// Names of the files of an event folder.
const (
	fileEvent     = "event.toml"
	fileDapil     = "dapil.csv"
	fileKelurahan = "kelurahan"
)

// Source is an event folder, opened: its event, and its kelurahan as a stream. The whole
// country has four million boxes, so no table of them is ever held.
type Source struct {
	fsys      fs.FS
	event     *Event
	faults    Faults // of event.toml and dapil.csv
	kelurahan string // kelurahan.csv or kelurahan.xlsx
	dapil     map[District]bool
}

// Totals are what an event folder comes to.
type Totals struct {
	Kota, Kecamatan, Kelurahan, TPS int
	Boxes                           int // of TPS
	Spares                          int
}

// Open reads event.toml and dapil.csv. Faults in them are told by Check, together with
// those of the kelurahan table, so that all come at once; only a folder that can't be read
// at all is an error here.
func Open(fsys fs.FS) (*Source, error) {
	s := &Source{fsys: fsys, event: &Event{}, dapil: map[District]bool{}}
	if err := s.readEvent(); err != nil {
		return nil, fmt.Errorf("open event folder: %w", err)
	}
	if err := s.readDapil(); err != nil {
		return nil, fmt.Errorf("open event folder: %w", err)
	}
	for _, ext := range []string{".csv", ".xlsx"} {
		if _, err := fs.Stat(fsys, fileKelurahan+ext); err == nil {
			s.kelurahan = fileKelurahan + ext
			return s, nil
		}
	}
	return nil, fmt.Errorf("open event folder: %w: kelurahan.csv (or kelurahan.xlsx)", fs.ErrNotExist)
}

// Event is the event without its areas. It is complete once Check found no fault.
func (s *Source) Event() *Event { return s.event }

type eventFile struct {
	Code    string         `toml:"code"`
	Name    string         `toml:"name"`
	Date    toml.Primitive `toml:"date"`
	Routing string         `toml:"routing"`
	Spares  map[string]int `toml:"spares"`
	Policy  Policy         `toml:"policy"`
	Kind    []kindFile     `toml:"kind"`
	Check   Check          `toml:"check"`
}

type kindFile struct {
	Code   string `toml:"code"`
	Name   string `toml:"name"`
	Colour string `toml:"colour"`
	Letter string `toml:"letter"`
}

func (s *Source) readEvent() error {
	text, err := fs.ReadFile(s.fsys, fileEvent)
	if err != nil {
		return err
	}
	var f eventFile
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		line, column := 0, 0
		var pe toml.ParseError
		if errors.As(err, &pe) {
			line, column = pe.Position.Line, pe.Position.Col
		}
		s.faults.add(fileEvent, line, column, "%v", err)
		return nil
	}
	kindLine := sectionLine(text, "[[kind]]")
	at := func(format string, a ...any) { s.faults.add(fileEvent, kindLine, 0, format, a...) }
	for _, k := range meta.Undecoded() {
		if k.String() != "date" {
			s.faults.add(fileEvent, keyLine(text, k[len(k)-1]), 0, "unknown key %q", k.String())
		}
	}
	e := s.event
	e.Code, e.Name, e.Routing, e.Policy, e.Check = f.Code, f.Name, f.Routing, f.Policy, f.Check
	if !code.ValidEvent(e.Code) {
		s.faults.add(fileEvent, keyLine(text, "code"), 0, "code %q: expected 1 to 4 upper-case letters and digits, not ending in 0", e.Code)
	}
	if strings.TrimSpace(e.Name) == "" {
		s.faults.add(fileEvent, keyLine(text, "name"), 0, "name is missing")
	}
	s.readDate(meta, f.Date, text)
	if e.Policy.Copies == 0 {
		e.Policy.Copies = 1
	}
	if e.Policy.Copies < 1 || e.Policy.Copies > 4 {
		s.faults.add(fileEvent, keyLine(text, "copies"), 0, "copies = %d: expected 1 to 4", e.Policy.Copies)
	}
	s.readKinds(f.Kind, at)
	if e.Routing != RoutingKecamatan {
		if _, ok := e.KindByCode(e.Routing); !ok {
			s.faults.add(fileEvent, keyLine(text, "routing"), 0, "routing %q: expected the code of a kind, or \"kecamatan\"", e.Routing)
		}
	}
	e.Spares = map[AreaCode]int{}
	for c, n := range f.Spares {
		a, err := ParseArea(c)
		if err != nil || a.Level() != LevelKota || n < 0 || n > 999 {
			s.faults.add(fileEvent, keyLine(text, "spares"), 0, "spares %q = %d: expected a kota code like 31.75 and 0 to 999", c, n)
			continue
		}
		e.Spares[a] = n
	}
	return nil
}

func (s *Source) readDate(meta toml.MetaData, p toml.Primitive, text []byte) {
	var t time.Time
	if err := meta.PrimitiveDecode(p, &t); err == nil {
		s.event.Date = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
		return
	}
	s.faults.add(fileEvent, keyLine(text, "date"), 0, "date is missing or no date: expected 2024-02-14")
}

func (s *Source) readKinds(kinds []kindFile, at func(string, ...any)) {
	letters := map[byte]string{}
	for _, k := range kinds {
		kind := Kind{Code: k.Code, Name: k.Name, Colour: k.Colour, Letter: kindLetters[k.Code]}
		if k.Letter != "" {
			kind.Letter = k.Letter[0]
		}
		_, double := s.event.KindByCode(k.Code)
		switch {
		case k.Code == "" || strings.Trim(k.Code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" || len(k.Code) > 8:
			at("kind code %q: expected 1 to 8 upper-case letters and digits", k.Code)
		case k.Code == SpareKind || k.Code == KecamatanSpace:
			at("kind code %q is taken by Dapilgate itself", k.Code)
		case double:
			at("kind %q is there twice", k.Code)
		case kind.Letter == 0:
			at("kind %q has no letter for the label: add letter = \"X\"", k.Code)
		case len(k.Letter) > 1 || kind.Letter < 'A' || kind.Letter > 'Z' || kind.Letter == AreaLetter:
			at("kind %q: letter %q: expected one letter B to Z", k.Code, k.Letter)
		case letters[kind.Letter] != "":
			at("kinds %q and %q have the same letter %q", letters[kind.Letter], k.Code, string(kind.Letter))
		default:
			letters[kind.Letter] = k.Code
			s.event.Kinds = append(s.event.Kinds, kind)
		}
	}
	if len(kinds) == 0 {
		at("no [[kind]] at all")
	}
	if len(kinds) > 99 {
		at("%d kinds: at most 99", len(kinds))
	}
}

// keyLine is the line on which a key of a TOML file is set; 0: not found.
func keyLine(text []byte, key string) int {
	for i, l := range strings.Split(string(text), "\n") {
		name, _, ok := strings.Cut(l, "=")
		if ok && strings.Trim(strings.TrimSpace(name), `"`) == key {
			return i + 1
		}
	}
	return 0
}

// sectionLine is the line on which a section of a TOML file begins; 0: not found.
func sectionLine(text []byte, section string) int {
	for i, l := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(strings.TrimSpace(l), section) {
			return i + 1
		}
	}
	return 0
}

func (s *Source) readDapil() error {
	f, err := s.fsys.Open(fileDapil)
	if errors.Is(err, fs.ErrNotExist) && s.event.Routing == RoutingKecamatan {
		return nil // an event without dapil needs none
	}
	if err != nil {
		return err
	}
	defer f.Close()
	t := csvTable(fileDapil, f, &s.faults)
	if !t.header([]string{"kind", "code", "name", "short", "seats"}, nil) {
		return t.err
	}
	for t.next() {
		d := Dapil{District: District{t.get("kind"), t.get("code")}, Name: t.get("name"), Short: t.get("short")}
		if _, ok := s.event.KindByCode(d.Kind); !ok && len(s.event.Kinds) > 0 {
			t.fault("kind", "kind %q is not in event.toml", d.Kind)
			continue
		}
		if !allDigits(d.Code) || len(d.Code) > 8 || d.Code[0] == '0' {
			t.fault("code", "dapil code %q: expected up to 8 digits without leading zeros", d.Code)
			continue
		}
		if d.Name == "" {
			t.fault("name", "dapil %s has no name", d.Code)
		}
		if d.Seats, err = strconv.Atoi(t.get("seats")); err != nil || d.Seats < 1 {
			t.fault("seats", "seats %q: expected a number from 1", t.get("seats"))
		}
		if s.dapil[d.District] {
			t.fault("code", "dapil %s is there twice", d.District)
			continue
		}
		if d.Short == "" {
			d.Short = d.Code
		}
		s.dapil[d.District] = true
		s.event.Dapil = append(s.event.Dapil, d)
	}
	return t.err
}

// Check reads the whole folder and tells every fault of it at once, as *Faults. Other
// errors are of reading itself.
func (s *Source) Check(ctx context.Context) (Totals, error) {
	faults := Faults{List: append([]Fault(nil), s.faults.List...), More: s.faults.More}
	c := newChecker(s, &faults)
	if err := s.scan(ctx, &faults, func(k *Kelurahan, row *table) bool {
		c.kelurahan(k, row)
		return true
	}); err != nil {
		return Totals{}, fmt.Errorf("check event folder: %w", err)
	}
	c.finish()
	return c.totals, faults.orNil()
}

// Kelurahan streams the kelurahan table, in the file's order. A row with a fault ends the
// stream with an error: run Check first, it tells all of them.
func (s *Source) Kelurahan(ctx context.Context) iter.Seq2[Kelurahan, error] {
	return func(yield func(Kelurahan, error) bool) {
		var faults Faults
		stopped := false
		err := s.scan(ctx, &faults, func(k *Kelurahan, _ *table) bool {
			if len(faults.List) > 0 {
				return false
			}
			stopped = !yield(*k, nil)
			return !stopped
		})
		if err == nil {
			err = faults.orNil()
		}
		if err != nil && !stopped {
			yield(Kelurahan{}, fmt.Errorf("read kelurahan: %w", err))
		}
	}
}

// scan reads the kelurahan table row by row.
func (s *Source) scan(ctx context.Context, faults *Faults, f func(*Kelurahan, *table) bool) error {
	t, err := s.openKelurahan(faults)
	if err != nil {
		return err
	}
	defer t.close()
	if !t.header([]string{"kode_kelurahan", "kelurahan", "kode_kecamatan", "kecamatan", "kode_kota", "kota", "tps"}, isDapilColumn) {
		return t.err
	}
	for _, kind := range t.dapilKinds() {
		if _, ok := s.event.KindByCode(kind); !ok {
			faults.add(t.file, 1, 0, "column %s: kind %s is not in event.toml", dapilColumn+kind, kind)
		}
	}
	if _, ok := t.columns[dapilColumn+s.event.Routing]; !ok && s.event.Routing != RoutingKecamatan {
		faults.add(t.file, 1, 0, "column %s is missing: boxes are routed by it", dapilColumn+s.event.Routing)
	}
	for t.next() {
		if err := ctx.Err(); err != nil {
			return err
		}
		k := Kelurahan{Code: AreaCode(t.get("kode_kelurahan")), Name: t.get("kelurahan"), KecamatanCode: AreaCode(t.get("kode_kecamatan")),
			Kecamatan: t.get("kecamatan"), KotaCode: AreaCode(t.get("kode_kota")), Kota: t.get("kota"), Dapil: map[string]string{}}
		for _, kind := range t.dapilKinds() {
			if c := t.get(dapilColumn + kind); c != "" {
				k.Dapil[kind] = c
			}
		}
		if k.TPS, err = ParseTPS(t.get("tps")); err != nil {
			t.fault("tps", "%v", err)
		}
		if !f(&k, t) {
			return nil
		}
	}
	return t.err
}

func (s *Source) openKelurahan(faults *Faults) (*table, error) {
	f, err := s.fsys.Open(s.kelurahan)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(s.kelurahan, ".xlsx") {
		defer f.Close()
		return xlsxTable(s.kelurahan, f, faults)
	}
	t := csvTable(s.kelurahan, f, faults)
	t.closer = f
	return t, nil
}

// ErrTPS says that a text is no list of TPS numbers.
var ErrTPS = errors.New("not a list of TPS numbers")

// ParseTPS reads TPS numbers as ranges: "1-153;901-933". The ranges come back ascending.
// Error: ErrTPS where a number is not 1 to 999, a range runs backwards, or two overlap.
func ParseTPS(s string) ([]Range, error) {
	var out []Range
	for _, part := range strings.Split(s, ";") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			to = from
		}
		a, okA := tpsNumber(from)
		b, okB := tpsNumber(to)
		switch {
		case !okA || !okB:
			return nil, fmt.Errorf("%w: %q (expected 1-153;901-933, numbers 1 to 999)", ErrTPS, part)
		case a > b:
			return nil, fmt.Errorf("%w: %q runs backwards", ErrTPS, part)
		}
		out = append(out, Range{a, b})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].From < out[j].From })
	for i := 1; i < len(out); i++ {
		if out[i].From <= out[i-1].To {
			return nil, fmt.Errorf("%w: %d-%d and %d-%d overlap", ErrTPS, out[i-1].From, out[i-1].To, out[i].From, out[i].To)
		}
	}
	return out, nil
}

func tpsNumber(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if !allDigits(s) || len(s) > 3 {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 1
}

func sortedAreas[V any](m map[AreaCode]V) []AreaCode {
	out := make([]AreaCode, 0, len(m))
	for a := range m {
		out = append(out, a)
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}
