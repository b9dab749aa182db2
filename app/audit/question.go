package audit

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// Question is what is asked of the record. Zero fields ask for nothing.
type Question struct {
	Box      string         // identity
	Revision int            // of the label that was scanned or typed
	Boxes    ledger.Filter  // area, TPS, kind, district, state of boxes
	Load     int64          // number of a load
	Plate    string         // of a truck
	Person   string         // who acted
	Dock     int            // where
	At       time.Time      // a moment; zero: now
	From     time.Time      // a span, From included
	Until    time.Time      // and Until not
	Twice    bool           // labels of boxes that got more than one out of a printer
	Names    string         // what else was typed: the name of an area, a truck, a person, to be picked from
	Level    election.Level // of the area that Names is of
	Rest     string         // the words that were understood: Rest and a picked code make the next question
	Limit    int            // lines of the answer; 0: all
	Offset   int            // lines left out before
}

// Book is what a question is read against: the event, its areas, and the names that are
// identities here.
type Book struct {
	Event  *election.Event
	Keys   []ed25519.PublicKey
	Areas  []ledger.AreaName
	Plates []string
	People []string
	Day    time.Time // a day for times of day that come without one
}

// OpenBook reads what questions are read against. A time of day without a day belongs to
// the newest day in the record: an audit may come weeks later.
func OpenBook(ctx context.Context, l *ledger.Ledger) (*Book, error) {
	fail := func(err error) (*Book, error) { return nil, fmt.Errorf("read what can be asked for: %w", err) }
	b := &Book{Event: l.Event(), Keys: l.PublicKeys()}
	var err error
	if b.Areas, err = l.Areas(ctx); err != nil {
		return fail(err)
	}
	trucks, err := l.Trucks(ctx)
	if err != nil {
		return fail(err)
	}
	for _, t := range trucks {
		b.Plates = append(b.Plates, t.Plate)
	}
	people, err := l.People(ctx)
	if err != nil {
		return fail(err)
	}
	for _, p := range people {
		b.People = append(b.People, p.Name)
	}
	if b.Day, err = l.Newest(ctx); err != nil {
		return fail(err)
	}
	return b, nil
}

// wib is the time of Jakarta, whatever clock zone the PC was set to.
var wib = time.FixedZone("WIB", 7*60*60)

// Read reads what a person typed, or a scan: a label's code or the beginning of it, a box,
// codes of areas, "dapil 4", "tps 12", a kind, "muatan 3", a plate, a person's name, "pintu
// 2", times and days, "kurang", "dua kali". Words that only make a sentence of it are
// skipped, in Bahasa and English. It never fails: what is nothing else is left in Names.
func (b *Book) Read(text string) Question {
	r := reader{b: b, words: strings.Fields(strings.NewReplacer(",", " ", ";", " ", "?", " ", "\"", " ").Replace(text))}
	if r.label(text) {
		return r.q
	}
	var names, rest []string
	for r.i < len(r.words) {
		from := r.i
		switch {
		case fillers[strings.ToLower(r.words[from])] || r.level():
			r.i++
		case r.next():
			rest = append(rest, r.words[from:r.i]...)
		default:
			names = append(names, r.words[from])
			r.i++
		}
	}
	r.q.Names, r.q.Rest = strings.Join(names, " "), strings.Join(rest, " ")
	r.times()
	return r.q
}

// Moment reads a time as questions have it: 14:00, 2024-02-13T14:00, "13.2.2024 14.00". Error:
// ErrQuestion.
func (b *Book) Moment(text string) (time.Time, error) {
	q := b.Read("muatan 1 " + text)
	if q.At.IsZero() || q.Names != "" {
		return time.Time{}, fmt.Errorf("%w: %q is no time (14:00, or 2024-02-13T14:00)", ErrQuestion, text)
	}
	return q.At, nil
}

// reader reads a question word by word.
type reader struct {
	b     *Book
	q     Question
	words []string
	i     int             // the next word
	day   time.Time       // the day that was named; zero: none
	hours []time.Duration // times of day
	exact []time.Time     // day and time in one word
}

// fillers make a sentence of a question and say nothing.
var fillers = wordSet(`di mana dimana apa siapa yang pada kotak label truk mobil isi isinya dari sampai dan oleh ada berapa mencetak
	dicetak memuat membawa dibawa diangkut wilayah pukul jam tanggal hari antara
	where is are was were what which who did does the a an of in on at by box boxes label labels truck carry carried print printed
	from to until and between`)

func wordSet(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		out[w] = true
	}
	return out
}

// words for what is asked of boxes.
var stateWords = map[string]ledger.BoxState{
	"kurang": ledger.BoxMissing, "missing": ledger.BoxMissing, "hilang": ledger.BoxMissing, "belum": ledger.BoxMissing,
	"dimuat": ledger.BoxLoaded, "termuat": ledger.BoxLoaded, "loaded": ledger.BoxLoaded,
	"berangkat": ledger.BoxDeparted, "departed": ledger.BoxDeparted, "berlabel": ledger.BoxPrinted, "labelled": ledger.BoxPrinted,
}

var levelWords = map[string]election.Level{"kel": election.LevelKelurahan, "kel.": election.LevelKelurahan, "kelurahan": election.LevelKelurahan,
	"kec": election.LevelKecamatan, "kec.": election.LevelKecamatan, "kecamatan": election.LevelKecamatan, "kota": election.LevelKota}

// next reads what begins at the next word, and tells whether it is anything.
func (r *reader) next() bool {
	for _, read := range []func() bool{r.identity, r.pair, r.plate, r.person, r.clock, r.word} {
		if read() {
			return true
		}
	}
	return false
}

// label reads a whole label's text.
func (r *reader) label(text string) bool {
	if c := code.Parse(text, code.Keys{Event: r.b.Event.Code, Public: r.b.Keys}); c.Status == code.Whole {
		b, err := r.b.Event.BoxOfFields(c.Fields)
		r.q.Box, r.q.Revision = b.ID(), c.Fields.Revision
		return err == nil
	}
	return false
}

// Where the fields of a label's text begin (README, "The label").
const (
	atArea, atTPS, atKind, atItem, atDistrict, atRevision, atSignature = 7, 17, 20, 21, 22, 31, 33
)

// torn reads the beginning of a label's text, as it is left on a torn label. Its signature
// is not looked at: what is asked for decides nothing.
func (r *reader) torn(s string) bool {
	if !strings.HasPrefix(s, code.Magic) || len(s) < atTPS {
		return false
	}
	a, err := election.AreaOfDigits(s[atArea:atTPS])
	if err != nil {
		return false
	}
	r.q.Boxes.Area = a
	if len(s) < atItem {
		return true
	}
	tps, err := strconv.Atoi(s[atTPS:atKind])
	if err != nil {
		return false
	}
	r.q.Boxes.TPS = tps
	kind := election.SpareKind
	if k, ok := r.b.Event.KindByLetter(s[atKind]); ok {
		kind = k.Code
	}
	r.q.Boxes = ledger.Filter{}
	r.q.Box = election.FormatBoxID(a, tps, kind)
	if len(s) >= atSignature {
		r.q.Revision, _ = strconv.Atoi(s[atRevision:atSignature])
	}
	return true
}

// take accepts the next n words.
func (r *reader) take(n int) bool {
	r.i += n
	return true
}

// identity is a box, an area's code, a district with its space.
func (r *reader) identity() bool {
	w := r.words[r.i]
	if _, _, _, err := election.ParseBoxID(w); err == nil {
		r.q.Box = strings.ToUpper(w)
		return r.take(1)
	}
	if r.torn(strings.ToUpper(w)) {
		return r.take(1)
	}
	a, err := election.ParseArea(w)
	if err != nil {
		a, err = election.AreaOfDigits(w)
	}
	if err == nil && slices.ContainsFunc(r.b.Areas, func(x ledger.AreaName) bool { return x.Area == a }) {
		r.q.Boxes.Area = a
		return r.take(1)
	}
	if d, err := r.b.Event.ResolveDistrict(w); err == nil && strings.Contains(w, ":") {
		r.q.Boxes.District = d
		return r.take(1)
	}
	if k, ok := r.b.Event.KindByCode(strings.ToUpper(w)); ok {
		r.q.Boxes.Kind = k.Code
		return r.take(1)
	}
	return false
}

// pair is two words that belong together.
func (r *reader) pair() bool {
	if r.i+1 >= len(r.words) {
		return false
	}
	name, value := strings.ToLower(r.words[r.i]), r.words[r.i+1]
	if name == "dapil" {
		d, err := r.b.Event.ResolveDistrict(value)
		if err == nil {
			r.q.Boxes.District = d
			return r.take(2)
		}
		return false
	}
	if s := name + " " + strings.ToLower(value); s == "dua kali" || s == "2 kali" {
		r.q.Twice = true
		return r.take(2)
	}
	n, err := strconv.Atoi(strings.TrimLeft(value, "#"))
	if err != nil || n < 1 {
		return false
	}
	switch name {
	case "tps":
		r.q.Boxes.TPS = n
	case "muatan", "load":
		r.q.Load = int64(n)
	case "pintu", "dock":
		r.q.Dock = n
	case "rev", "revisi", "revision":
		r.q.Revision = n
	default:
		return false
	}
	return r.take(2)
}

// plate is the whole plate of a truck, in up to four words.
func (r *reader) plate() bool {
	for n := min(4, len(r.words)-r.i); n > 0; n-- {
		s := plain(strings.Join(r.words[r.i:r.i+n], ""))
		for _, p := range r.b.Plates {
			if plain(p) == s {
				r.q.Plate = p
				return r.take(n)
			}
		}
	}
	return false
}

// person is the whole name of somebody who may act: it is an identity here.
func (r *reader) person() bool {
	for n := min(6, len(r.words)-r.i); n > 0; n-- {
		s := strings.Join(r.words[r.i:r.i+n], " ")
		for _, p := range r.b.People {
			if strings.EqualFold(p, s) {
				r.q.Person = p
				return r.take(n)
			}
		}
	}
	return false
}

// clock is a time of day, a span of them, a day, or both in one.
func (r *reader) clock() bool {
	w := r.words[r.i]
	if from, to, ok := strings.Cut(w, "-"); ok {
		if a, ok := timeOfDay(from); ok {
			if b, ok := timeOfDay(to); ok {
				r.hours = append(r.hours, a, b)
				return r.take(1)
			}
		}
	}
	if t, ok := timeOfDay(w); ok {
		r.hours = append(r.hours, t)
		return r.take(1)
	}
	for _, form := range []string{"2.1.2006", "2/1/2006", "2-1-2006", time.DateOnly} {
		if day, err := time.ParseInLocation(form, w, wib); err == nil {
			r.day = day
			return r.take(1)
		}
	}
	for _, form := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(form, w, wib); err == nil {
			r.exact = append(r.exact, t)
			return r.take(1)
		}
	}
	if t, err := time.Parse(time.RFC3339, w); err == nil {
		r.exact = append(r.exact, t)
		return r.take(1)
	}
	return false
}

// timeOfDay reads 14:00, 14.00 and 14:00:30. (The code of an area of this event was taken as
// one before.)
func timeOfDay(s string) (time.Duration, bool) {
	s = strings.ReplaceAll(s, ".", ":")
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Sub(t.Truncate(24 * time.Hour)), true
		}
	}
	return 0, false
}

// word is a single word.
func (r *reader) word() bool {
	w := strings.ToLower(r.words[r.i])
	switch w {
	case "twice", "dobel", "ganda", "2x":
		r.q.Twice = true
		return r.take(1)
	}
	if s, ok := stateWords[w]; ok {
		r.q.Boxes.State = s
		return r.take(1)
	}
	if n, err := strconv.Atoi(w); err == nil && n > 0 && len(w) == 3 {
		r.q.Boxes.TPS = n
		return r.take(1)
	}
	return false
}

// level is the word for the level of the area whose name follows.
func (r *reader) level() bool {
	l, ok := levelWords[strings.ToLower(r.words[r.i])]
	if ok {
		r.q.Level = l
	}
	return ok
}

// around is how long before and after a time of day something is "at" it.
const around = 15 * time.Minute

// times puts days and times of day together.
func (r *reader) times() {
	q := &r.q
	day := r.day
	if day.IsZero() {
		y, m, d := r.b.Day.In(wib).Date()
		day = time.Date(y, m, d, 0, 0, 0, 0, wib)
	}
	all := r.exact
	for _, h := range r.hours {
		all = append(all, day.Add(h))
	}
	// Who asks for a truck, a load or a box at a time means that moment.
	moment := q.Plate != "" || q.Load != 0 || q.Box != ""
	switch {
	case len(all) >= 2:
		q.From, q.Until = all[0], all[1]
	case len(all) == 1 && moment:
		q.At = all[0]
	case len(all) == 1:
		q.From, q.Until = all[0].Add(-around), all[0].Add(around)
	case !r.day.IsZero():
		q.From, q.Until = day, day.AddDate(0, 0, 1)
	}
}
