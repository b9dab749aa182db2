// Package election is the room of the facts: one event (an election) with its kinds,
// areas, dapil, TPS and boxes. What enters is an event folder; what leaves is a checked
// stream of kelurahan and the boxes that follow from them. It knows no ledger, no label
// printer and no window.
package election

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dapilgate/labels/code"
)

// Errors of parsing what people and files write. Test with errors.Is.
var (
	ErrArea     = errors.New("not a Kemendagri area code")
	ErrDistrict = errors.New("not a district")
	ErrBox      = errors.New("not a box")
)

// KecamatanSpace is the Kind of a District that is a kecamatan, for events whose boxes
// are routed without dapil (Pilkada). It is also the value of Event.Routing then, in
// lower case as event.toml writes it ("kecamatan").
const KecamatanSpace = "KEC"

// RoutingKecamatan is the value of Event.Routing for events routed by kecamatan.
const RoutingKecamatan = "kecamatan"

// AreaCode is a Kemendagri area code in its dotted form: provinsi "31", kota "31.75",
// kecamatan "31.75.06" or kelurahan "31.75.06.1001". BPS codes look alike and mean other
// places; they are refused where a dotted code is asked for.
type AreaCode string

// Level tells which kind of area a code names.
type Level int

// Levels of areas, by the number of dotted groups.
const (
	LevelNone Level = iota
	LevelProvinsi
	LevelKota
	LevelKecamatan
	LevelKelurahan
)

// ParseArea reads a dotted area code of any level. Error: ErrArea.
func ParseArea(s string) (AreaCode, error) {
	groups := strings.Split(s, ".")
	want := []int{2, 2, 2, 4}
	if len(groups) > len(want) {
		return "", fmt.Errorf("%w: %q has %d groups, at most 4 (31.75.06.1001)", ErrArea, s, len(groups))
	}
	for i, g := range groups {
		if len(g) != want[i] || !allDigits(g) {
			return "", fmt.Errorf("%w: %q (expected the form 31.75.06.1001)", ErrArea, s)
		}
	}
	return AreaCode(s), nil
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Level is the level of the code; LevelNone for the empty code.
func (a AreaCode) Level() Level {
	switch len(a) {
	case 2:
		return LevelProvinsi
	case 5:
		return LevelKota
	case 8:
		return LevelKecamatan
	case 13:
		return LevelKelurahan
	}
	return LevelNone
}

func (a AreaCode) prefix(n int) AreaCode {
	if len(a) < n {
		return ""
	}
	return a[:n]
}

// Provinsi, Kota and Kecamatan are the areas that hold this one (or itself); empty where
// the code is of a higher level.
func (a AreaCode) Provinsi() AreaCode  { return a.prefix(2) }
func (a AreaCode) Kota() AreaCode      { return a.prefix(5) }
func (a AreaCode) Kecamatan() AreaCode { return a.prefix(8) }

// Contains tells whether b is this area or lies in it. The empty code contains all.
func (a AreaCode) Contains(b AreaCode) bool {
	return a == "" || b == a || strings.HasPrefix(string(b), string(a)+".")
}

// Digits10 is the code as the label carries it: ten digits, dots left out, filled up with
// zeros on the right ("3175000000" for kota 31.75).
func (a AreaCode) Digits10() string {
	d := strings.ReplaceAll(string(a), ".", "")
	return d + strings.Repeat("0", 10-len(d))
}

// AreaOfDigits is the reverse of Digits10. Error: ErrArea.
func AreaOfDigits(d string) (AreaCode, error) {
	if len(d) != 10 || !allDigits(d) {
		return "", fmt.Errorf("%w: %q is not ten digits", ErrArea, d)
	}
	switch {
	case d[6:] != "0000":
		return AreaCode(d[:2] + "." + d[2:4] + "." + d[4:6] + "." + d[6:]), nil
	case d[4:6] != "00":
		return AreaCode(d[:2] + "." + d[2:4] + "." + d[4:6]), nil
	case d[2:4] != "00":
		return AreaCode(d[:2] + "." + d[2:4]), nil
	}
	return AreaCode(d[:2]), nil
}

// District is an electoral district in its own code space: Kind is the kind of election
// ("DPRDP") or KecamatanSpace, Code its digits ("310004", "317506"). The zero District is
// "tanpa dapil".
type District struct {
	Kind string
	Code string
}

// ParseDistrict reads "DPRDP:310004" (or with a space). Error: ErrDistrict.
func ParseDistrict(s string) (District, error) {
	kind, c, ok := strings.Cut(strings.ToUpper(strings.TrimSpace(s)), ":")
	if !ok {
		kind, c, ok = strings.Cut(kind, " ")
	}
	if !ok || kind == "" || !allDigits(c) || len(c) > 8 {
		return District{}, fmt.Errorf("%w: %q (expected the form DPRDP:310004)", ErrDistrict, s)
	}
	return District{Kind: kind, Code: c}, nil
}

// IsZero tells whether d is "tanpa dapil".
func (d District) IsZero() bool { return d == District{} }

// String is the form of the command line: "DPRDP:310004"; empty for tanpa dapil.
func (d District) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Kind + ":" + d.Code
}

// Spaced is the form of verdicts: "DPRDP 310004"; empty for tanpa dapil.
func (d District) Spaced() string { return strings.Replace(d.String(), ":", " ", 1) }

// Kind is one kind of election (jenis pemilihan) of the event.
type Kind struct {
	Code   string // "DPRDP"
	Name   string // "DPRD Provinsi"
	Colour string // colour of its ballot, as KPU names it: "biru"
	Letter byte   // its code space on the label, see kindLetters
}

// Dapil is one electoral district of a kind.
type Dapil struct {
	District
	Name  string // "DKI JAKARTA 4"
	Short string // "4": what is printed large
	Seats int
}

// Item says what a box is.
type Item byte

// Items. The value is the character on the label.
const (
	ItemBox   Item = '1' // kotak suara of one TPS and kind
	ItemSpare Item = '2' // cadangan: no TPS, no kind; TPS holds its serial number in its kota
)

// SpareKind stands in a spare's identity where a TPS box has its kind.
const SpareKind = "CADANGAN"

// SpareLetter is the kind letter of a spare on its label, and the district space of
// "tanpa dapil".
const SpareLetter = '0'

// Box is one ballot box. Its identity is fixed for the event.
type Box struct {
	Area    AreaCode // kelurahan; for a spare its kota
	TPS     int      // 1..999; for a spare its serial number in the kota
	Kind    string   // "DPRDP"; SpareKind for a spare
	Item    Item
	Routing District // which truck it may board; zero for a spare
	Content District // what is inside; zero for tanpa dapil
	Index   int      // box Index of Of at its TPS, from 1
	Of      int
}

// ID is the box's identity as people write it: "31.75.06.1001-012-DPRDP",
// "31.75-003-CADANGAN" for a spare.
func (b Box) ID() string { return FormatBoxID(b.Area, b.TPS, b.Kind) }

// FormatBoxID is the identity of the box with these parts.
func FormatBoxID(area AreaCode, tps int, kind string) string {
	return fmt.Sprintf("%s-%03d-%s", area, tps, kind)
}

// ParseBoxID takes an identity apart; whether such a box exists is the ledger's to say.
// Error: ErrBox.
func ParseBoxID(s string) (area AreaCode, tps int, kind string, err error) {
	parts := strings.Split(strings.ToUpper(strings.TrimSpace(s)), "-")
	if len(parts) == 3 && len(parts[1]) == 3 && allDigits(parts[1]) && parts[2] != "" {
		tps, _ = strconv.Atoi(parts[1])
		if area, err = ParseArea(parts[0]); err == nil && tps > 0 {
			spare := parts[2] == SpareKind
			if spare && area.Level() == LevelKota || !spare && area.Level() == LevelKelurahan {
				return area, tps, parts[2], nil
			}
		}
	}
	return "", 0, "", fmt.Errorf("%w: %q (expected the form 31.75.06.1001-012-DPRDP)", ErrBox, s)
}

// Range is a run of TPS numbers, both ends included.
type Range struct{ From, To int }

// Kelurahan is one row of the event's area table.
type Kelurahan struct {
	Code          AreaCode
	Name          string
	KecamatanCode AreaCode
	Kecamatan     string
	KotaCode      AreaCode
	Kota          string
	Dapil         map[string]string // kind → dapil code; a kind not in it is tanpa dapil
	TPS           []Range           // ascending, without overlap
}

// TPSCount is the number of TPS of the kelurahan.
func (k *Kelurahan) TPSCount() int {
	n := 0
	for _, r := range k.TPS {
		n += r.To - r.From + 1
	}
	return n
}

// Policy are the event's choices in how strictly it works.
type Policy struct {
	TwoPersonClose bool `toml:"two_person_close" json:"two_person_close"`
	ScanBack       bool `toml:"scan_back" json:"scan_back"`
	Copies         int  `toml:"copies" json:"copies"`
}

// Check are the totals an import must reach. Zero means "not checked".
type Check struct {
	Kota      int `toml:"kota" json:"kota"`
	Kecamatan int `toml:"kecamatan" json:"kecamatan"`
	Kelurahan int `toml:"kelurahan" json:"kelurahan"`
	TPS       int `toml:"tps" json:"tps"`
	Boxes     int `toml:"boxes" json:"boxes"`
}

// Event is one election without its areas, which can be too many to hold.
type Event struct {
	Code    string // at most 4 letters and digits, on every label: "P24"
	Name    string
	Date    time.Time
	Routing string // a kind's code, or RoutingKecamatan
	Kinds   []Kind
	Dapil   []Dapil
	Spares  map[AreaCode]int // spare boxes by kota
	Policy  Policy
	Check   Check
}

// KindByCode finds a kind of the event.
func (e *Event) KindByCode(c string) (Kind, bool) {
	for _, k := range e.Kinds {
		if k.Code == c {
			return k, true
		}
	}
	return Kind{}, false
}

// KindByLetter finds a kind by its letter on the label.
func (e *Event) KindByLetter(l byte) (Kind, bool) {
	for _, k := range e.Kinds {
		if k.Letter == l {
			return k, true
		}
	}
	return Kind{}, false
}

// DapilOf finds the dapil of a district.
func (e *Event) DapilOf(d District) (Dapil, bool) {
	for _, x := range e.Dapil {
		if x.District == d {
			return x, true
		}
	}
	return Dapil{}, false
}

// RoutingSpace is the Kind of every routing district of the event.
func (e *Event) RoutingSpace() string {
	if e.Routing == RoutingKecamatan {
		return KecamatanSpace
	}
	return e.Routing
}

// KecamatanDistrict is the routing district that a kecamatan is in a Pilkada.
func KecamatanDistrict(a AreaCode) District {
	return District{KecamatanSpace, strings.ReplaceAll(string(a.Kecamatan()), ".", "")}
}

// RoutingOf is the routing district of every box of the kelurahan.
func (e *Event) RoutingOf(k *Kelurahan) District {
	if e.Routing == RoutingKecamatan {
		return KecamatanDistrict(k.Code)
	}
	if c, ok := k.Dapil[e.Routing]; ok {
		return District{e.Routing, c}
	}
	return District{}
}

// ContentOf is the dapil of what is inside the box of that kind at the kelurahan.
func (e *Event) ContentOf(k *Kelurahan, kind string) District {
	if c, ok := k.Dapil[kind]; ok {
		return District{kind, c}
	}
	return District{}
}

// ResolveDistrict reads a routing district as people write it: "DPRDP:310004" or, where
// it is unambiguous in the event's routing space, "4" or "310004". Error: ErrDistrict.
func (e *Event) ResolveDistrict(s string) (District, error) {
	s = strings.TrimSpace(s)
	if d, err := ParseDistrict(s); err == nil {
		if d.Kind != e.RoutingSpace() {
			return District{}, fmt.Errorf("%w: %s; boxes of this event are routed by %s", ErrDistrict, s, e.RoutingSpace())
		}
		if d.Kind == KecamatanSpace && len(d.Code) == 6 {
			return d, nil
		}
		if _, ok := e.DapilOf(d); ok {
			return d, nil
		}
		return District{}, fmt.Errorf("%w: %s is not in event %s", ErrDistrict, s, e.Code)
	}
	if e.Routing == RoutingKecamatan {
		if a, err := ParseArea(s); err == nil && a.Level() == LevelKecamatan {
			return KecamatanDistrict(a), nil
		}
		return District{}, fmt.Errorf("%w: %q (expected a kecamatan, 31.75.06)", ErrDistrict, s)
	}
	for _, x := range e.Dapil {
		if x.Kind == e.Routing && (x.Short == s || x.Code == s) {
			return x.District, nil
		}
	}
	return District{}, fmt.Errorf("%w: %q; districts of this event are written like %s", ErrDistrict, s, e.exampleDistrict())
}

func (e *Event) exampleDistrict() string {
	for _, x := range e.Dapil {
		if x.Kind == e.Routing {
			return x.String() + " or " + x.Short
		}
	}
	return "DPRDP:310004"
}

// Fields is what the label of box b at this revision carries, ready to be signed.
func (e *Event) Fields(b Box, revision int) (code.Fields, error) {
	f := code.Fields{
		Event: e.Code, Area: b.Area.Digits10(), TPS: b.TPS, Kind: SpareLetter, Item: byte(b.Item),
		Space: SpareLetter, Revision: revision,
	}
	if b.Item == ItemBox {
		k, ok := e.KindByCode(b.Kind)
		if !ok {
			return f, fmt.Errorf("%w: %s: kind %s is not in event %s", ErrBox, b.ID(), b.Kind, e.Code)
		}
		f.Kind = k.Letter
	}
	if !b.Routing.IsZero() {
		l, err := e.spaceLetter(b.Routing.Kind)
		if err != nil {
			return f, err
		}
		f.Space, f.District = l, b.Routing.Code
	}
	return f, nil
}

// AreaLetter is the code space of a kecamatan on the label; no kind may have it.
const AreaLetter = 'A'

func (e *Event) spaceLetter(space string) (byte, error) {
	if space == KecamatanSpace {
		return AreaLetter, nil
	}
	if k, ok := e.KindByCode(space); ok {
		return k.Letter, nil
	}
	return 0, fmt.Errorf("%w: code space %s is not in event %s", ErrDistrict, space, e.Code)
}

// BoxOfFields is the identity that a label claims: its box (without index and content)
// and the routing district printed on it. Error: ErrBox where the event has no such kind
// or code space; whether the box exists is the ledger's to say.
func (e *Event) BoxOfFields(f code.Fields) (Box, error) {
	b := Box{TPS: f.TPS, Item: Item(f.Item)}
	var err error
	if b.Area, err = AreaOfDigits(f.Area); err != nil {
		return b, fmt.Errorf("%w: %w", ErrBox, err)
	}
	switch b.Item {
	case ItemBox:
		k, ok := e.KindByLetter(f.Kind)
		if !ok {
			return b, fmt.Errorf("%w: kind letter %q is not in event %s", ErrBox, f.Kind, e.Code)
		}
		b.Kind = k.Code
	case ItemSpare:
		b.Kind = SpareKind
	default:
		return b, fmt.Errorf("%w: item %q", ErrBox, f.Item)
	}
	switch f.Space {
	case SpareLetter:
	case AreaLetter:
		b.Routing = District{KecamatanSpace, f.District}
	default:
		k, ok := e.KindByLetter(f.Space)
		if !ok {
			return b, fmt.Errorf("%w: code space letter %q is not in event %s", ErrDistrict, f.Space, e.Code)
		}
		b.Routing = District{k.Code, f.District}
	}
	return b, nil
}

// kindLetters are the letters of KPU's kinds on the label. A kind that is not here must
// be given a letter in event.toml. 'A' and '0' are taken (AreaLetter, SpareLetter).
var kindLetters = map[string]byte{
	"PPWP": 'P', "DPR": 'R', "DPD": 'D', "DPRDP": 'V', "DPRDK": 'K', "PGUB": 'G', "PBUP": 'B', "PWAL": 'W',
}
