package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"dapilgate/app/election"
)

// ErrUncounted says that a load can't be closed before another person has counted it.
var ErrUncounted = errors.New("another person must count the load")

// Closing is what a load is closed with.
type Closing struct {
	Accept []Accept // shortages that are accepted
	Plate  string   // as read off the truck; empty: not compared
	Driver string   // who drives now; empty: the truck's driver
	Escort string   // pengawal
	Seals  []string // numbers as they stand on the seals, of any form
}

// Accept is somebody's word that boxes are missing, and why. Of several that hold a box the
// narrowest counts, of two alike the later.
type Accept struct {
	Area   election.AreaCode // any level; empty: all that the load lacks
	TPS    int               // 0: the whole area
	Kind   string            // empty: all boxes of the TPS
	Reason string
}

// AcceptAll accepts whatever the load lacks, for one reason. None where that is empty.
func AcceptAll(reason string) []Accept {
	if strings.TrimSpace(reason) == "" {
		return nil
	}
	return []Accept{{Reason: reason}}
}

// String is what is accepted, as the command line takes it: "", "31.75.06",
// "31.75.06.1001-003", "31.75.06.1001-003-DPR".
func (a Accept) String() string {
	switch {
	case a.TPS == 0:
		return string(a.Area)
	case a.Kind == "":
		return fmt.Sprintf("%s-%03d", a.Area, a.TPS)
	}
	return election.FormatBoxID(a.Area, a.TPS, a.Kind)
}

// holds tells whether a box of a TPS is meant.
func (a Accept) holds(area election.AreaCode, tps int, kind string) bool {
	return (a.Area == "" || a.Area.Contains(area)) && (a.TPS == 0 || a.TPS == tps) && (a.Kind == "" || a.Kind == kind)
}

// width is the smaller, the fewer boxes are meant.
func (a Accept) width() int {
	switch {
	case a.Kind != "":
		return 0
	case a.TPS != 0:
		return 1
	}
	return 100 - len(a.Area)
}

// Shortage is boxes of one kelurahan that a load was closed without, for one reason.
type Shortage struct {
	Area   election.AreaCode `json:"area"`
	TPS    string            `json:"tps"`   // "1-3;901"
	Kinds  []string          `json:"kinds"` // that each of them lacks
	Boxes  int               `json:"boxes"`
	Reason string            `json:"reason"`
}

// Holds tells whether a box is among them.
func (s Shortage) Holds(area election.AreaCode, tps int, kind string) bool {
	if s.Area != area || !slices.Contains(s.Kinds, kind) {
		return false
	}
	runs, err := election.ParseTPS(s.TPS)
	return err == nil && slices.ContainsFunc(runs, func(r election.Range) bool { return r.From <= tps && tps <= r.To })
}

// LoadCount is what somebody counted on a load without seeing the record's number.
type LoadCount struct {
	Load    int64  `json:"load"`
	Counter string `json:"counter"`
	Counted int    `json:"counted"`
	Boxes   int    `json:"boxes"` // in the record then
	Act     *Act   `json:"act,omitempty"`
}

// Agrees tells whether count and record are the same.
func (c LoadCount) Agrees() bool { return c.Counted == c.Boxes }

// Summary is what a load holds and lacks.
type Summary struct {
	Load    Load
	TPS     []TPSLine // of all its district and kecamatan, in order
	Counter string    // who counted it as it is now, and found the same; empty: nobody
	Differs string    // whose newest count differs: it must be counted again; empty: nobody's
}

// Tally adds up: on this load, on others, on none.
func Tally(lines []TPSLine) (on, elsewhere, missing int) {
	for i := range lines {
		on, elsewhere, missing = on+len(lines[i].On), elsewhere+len(lines[i].Elsewhere), missing+len(lines[i].Missing)
	}
	return on, elsewhere, missing
}

// countPayload is a count of an open load. That its actor is the counter says that they
// signed in for it.
type countPayload struct {
	Load    int64  `json:"load"`
	Plate   string `json:"plate"`
	Counter string `json:"counter"`
	Counted int    `json:"counted"`
	Count   int    `json:"count"` // in the record
	Last    int    `json:"last"`  // highest position given
}

// closedPayload is a load's closing.
type closedPayload struct {
	loadPayload
	Counter string     `json:"counter,omitempty"` // whose count agreed with Count
	Escort  string     `json:"escort,omitempty"`
	Seals   []string   `json:"seals,omitempty"`
	Short   []Shortage `json:"short,omitempty"` // every box that is missing, by name
}

// Counters are those who may count a load of this operator, and witness its closing.
func (l *Ledger) Counters(ctx context.Context, operator string) ([]string, error) {
	people, err := l.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("who may count: %w", err)
	}
	var out []string
	for _, p := range people {
		if p.Active && p.Name != operator && (p.Role == Petugas || p.Role == Penyelia) {
			out = append(out, p.Name)
		}
	}
	return out, nil
}

// Summary is what the dock's open load holds and lacks now. Error: ErrNotFound.
func (l *Ledger) Summary(ctx context.Context, dock int) (Summary, error) {
	st, err := l.Dock(ctx, dock)
	if err == nil && st.Load == nil {
		err = fmt.Errorf("%w: no open load", ErrNotFound)
	}
	if err != nil {
		return Summary{}, fmt.Errorf("summary of dock %d: %w", dock, err)
	}
	s := Summary{Load: *st.Load}
	parents, err := l.parentNames(ctx)
	if err == nil {
		s.TPS, err = scopeLines(st.Load, l.info.Event, func(q string, a ...any) (*sql.Rows, error) {
			return l.read.QueryContext(ctx, l.d.rebind(q), a...)
		})
	}
	if err != nil {
		return Summary{}, fmt.Errorf("summary of dock %d: %w", dock, l.d.translate(err))
	}
	for i := range s.TPS {
		s.TPS[i].Kecamatan = parents[s.TPS[i].Area.Kecamatan()]
	}
	err = l.rows(ctx, qLoadCount, args(st.Load.ID), func(r *sql.Rows) error {
		var c LoadCount
		var last, now int
		err := r.Scan(&c.Counter, &c.Counted, &c.Boxes, &last, &now)
		if s.Load.last = now; !c.Agrees() {
			s.Differs = c.Counter
		} else if c.of(&s.Load, last) {
			s.Counter = c.Counter
		}
		return err
	})
	if err != nil {
		return Summary{}, fmt.Errorf("summary of dock %d: %w", dock, err)
	}
	return s, nil
}

const qLoadCount = `SELECT c.counter, c.counted, c.boxes, c.last, l.last FROM load_counts c JOIN loads l ON l.id = c.load WHERE c.load = ?`

// of tells whether a count is of the load as it is, and of somebody who did not load it;
// last is the load's highest position when it was counted.
func (c LoadCount) of(ld *Load, last int) bool {
	return c.Boxes == ld.Count && last == ld.last && c.Counter != ld.Operator
}

// scopeLines sorts the boxes that a load may carry into those on it, those on another and
// those on none, as they are now.
func scopeLines(ld *Load, e *election.Event, query queryFunc) ([]TPSLine, error) {
	where, a := scope(ld.District, ld.Kecamatan)
	rows, err := query(`SELECT b.key, a.name, COALESCE(lb.load, 0) FROM areas a
		JOIN boxes b ON b.key BETWEEN a.code * 1000000 AND a.code * 1000000 + 999999
		LEFT JOIN load_boxes lb ON lb.box = b.key WHERE `+where+` ORDER BY b.key`, a...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []TPSLine
	for rows.Next() {
		var key, load int64
		var name string
		if err := rows.Scan(&key, &name, &load); err != nil {
			return nil, err
		}
		b, err := e.BoxOfKey(key)
		if err != nil {
			return nil, err
		}
		if n := len(out); n == 0 || out[n-1].Area != b.Area || out[n-1].TPS != b.TPS {
			out = append(out, TPSLine{Area: b.Area, TPS: b.TPS, Kelurahan: name})
		}
		t := &out[len(out)-1]
		switch load {
		case ld.ID:
			t.On = append(t.On, b.Kind)
		case 0:
			t.Missing = append(t.Missing, b.Kind)
		default:
			t.Elsewhere = append(t.Elsewhere, b.Kind)
		}
	}
	return out, rows.Err()
}

// CountLoad records what the counter, who is not the operator, counted on the dock's open
// load. A count that differs from the record is an event too: then the load is not closed
// before it is counted again. Errors: ErrNotAllowed, ErrNotFound, ErrInvalid, ErrLocked,
// ErrUncounted (the counter is the operator).
func (l *Ledger) CountLoad(ctx context.Context, by Person, dock int, counter string, counted int) (LoadCount, error) {
	var c LoadCount
	err := require(by, Petugas, Penyelia)
	if err == nil && (counted < 0 || counted > 1_000_000) {
		err = fmt.Errorf("%w: %d boxes", ErrInvalid, counted)
	}
	if err == nil {
		err = l.updateDock(ctx, dock, func(t *tx) error {
			open, err := t.openUnlocked(ctx, dock)
			if err != nil {
				return err
			}
			if counter == open.Operator {
				return fmt.Errorf("%w: %s loaded it; somebody else counts", ErrUncounted, counter)
			}
			if err := t.witness(ctx, counter); err != nil {
				return err
			}
			e, err := t.append(ctx, act{dock: dock, actor: by.Name, kind: LoadCounted, payload: countPayload{
				Load: open.ID, Plate: open.Plate, Counter: counter, Counted: counted, Count: open.Count, Last: open.last}})
			c = LoadCount{open.ID, counter, counted, open.Count, actOf(e)}
			return err
		})
	}
	if err != nil {
		return LoadCount{}, fmt.Errorf("count the load at dock %d: %w", dock, err)
	}
	return c, nil
}

// openUnlocked is the dock's open load, where no refused box is to be set aside first.
func (t *tx) openUnlocked(ctx context.Context, dock int) (*Load, error) {
	open, err := t.openLoad(ctx, dock)
	if err != nil {
		return nil, err
	}
	if open == nil {
		return nil, fmt.Errorf("%w: no open load", ErrNotFound)
	}
	if k, err := t.lock(ctx, dock); err != nil {
		return nil, err
	} else if k != nil {
		return nil, fmt.Errorf("%w: %s; set it aside first", ErrLocked, k.Box)
	}
	return open, nil
}

// witness refuses who may neither count nor witness.
func (t *tx) witness(ctx context.Context, name string) error {
	var role string
	if err := t.must(ctx, name, `SELECT role FROM people WHERE name = ? AND active = 1`, args(name), &role); err != nil {
		return err
	}
	return require(Person{Name: name, Role: Role(role)}, Petugas, Penyelia)
}

// CloseLoad is ShutLoad with one reason for all that is missing.
func (l *Ledger) CloseLoad(ctx context.Context, by Person, dock int, acceptShortage string) (Load, error) {
	return l.ShutLoad(ctx, by, dock, Closing{Accept: AcceptAll(acceptShortage)})
}

// ShutLoad closes the dock's open load. Each box that is missing must be accepted. Where
// the event wants two persons, one who is not the operator must have counted it, and stand
// beside by with their PIN (Attest). A count that differs is in the way everywhere. Errors:
// ErrNotAllowed, ErrNotFound, ErrShortage, ErrLocked, ErrUncounted, ErrSecond, ErrInvalid,
// ErrConflict (another truck's plate).
func (l *Ledger) ShutLoad(ctx context.Context, by Person, dock int, c Closing) (Load, error) {
	var ld Load
	err := require(by, Petugas, Penyelia)
	if err == nil {
		err = c.clean()
	}
	if err == nil {
		err = l.beside(ctx, by, span{dock: dock}, []Role{Petugas, Penyelia}, func(t *tx, second string) error {
			open, err := t.openUnlocked(ctx, dock)
			if err != nil {
				return err
			}
			ld, err = t.shut(ctx, by, *open, second, c)
			return err
		})
	}
	if err != nil {
		return Load{}, fmt.Errorf("close load at dock %d: %w", dock, err)
	}
	return ld, nil
}

func (t *tx) shut(ctx context.Context, by Person, ld Load, second string, c Closing) (Load, error) {
	if bare := func(plate string) string { return strings.ReplaceAll(NormalPlate(plate), " ", "") }; c.Plate != "" && bare(c.Plate) != bare(ld.Plate) {
		return ld, fmt.Errorf("%w: the load is %s's, not %s's; move it to that truck first", ErrConflict, ld.Plate, NormalPlate(c.Plate))
	}
	lines, err := scopeLines(&ld, t.l.info.Event, func(q string, a ...any) (*sql.Rows, error) {
		return t.t.QueryContext(t.within(ctx), t.l.d.rebind(q), a...)
	})
	if err != nil {
		return ld, err
	}
	on, _, missing := Tally(lines)
	short, err := name(lines, c.Accept)
	if err != nil {
		return ld, err
	}
	counter, err := t.counter(ctx, &ld)
	if err != nil {
		return ld, err
	}
	if t.l.info.Event.Policy.TwoPersonClose {
		switch {
		case counter == "":
			return ld, fmt.Errorf("%w: this event wants it before a load is closed", ErrUncounted)
		case second != counter || second == by.Name:
			return ld, fmt.Errorf("%w: %s counted the load, and must confirm its closing with their PIN", ErrSecond, counter)
		}
	}
	ld.State, ld.Closed, ld.Shortage = LoadClosed, t.now, reasons(short)
	if c.Driver != "" {
		ld.Driver = c.Driver
	}
	_, err = t.append(ctx, act{dock: ld.Dock, actor: by.Name, kind: LoadShut, payload: closedPayload{
		loadPayload: loadPayload{Load: ld.ID, Plate: ld.Plate, Driver: c.Driver, District: ld.District.String(), Kecamatan: ld.Kecamatan,
			Count: ld.Count, Expected: on + missing, Shortage: ld.Shortage, Second: second},
		Counter: counter, Escort: c.Escort, Seals: c.Seals, Short: short}})
	return ld, err
}

// counter is who counted the load as it is now and found what the record says; empty: it
// was not counted. Error: ErrUncounted where the last count differed.
func (t *tx) counter(ctx context.Context, ld *Load) (string, error) {
	var c LoadCount
	var last, now int
	found, err := t.one(ctx, qLoadCount, args(ld.ID), &c.Counter, &c.Counted, &c.Boxes, &last, &now)
	switch {
	case err != nil || !found:
		return "", err
	case !c.Agrees():
		return "", fmt.Errorf("%w: what %s counted is not what the record says; look at the load, and count it again", ErrUncounted, c.Counter)
	case !c.of(ld, last):
		return "", nil
	}
	return c.Counter, nil
}

// name finds for each missing box the reason that was given for it. TPS of one kelurahan
// that lack the same for the same reason come into one line.
func name(lines []TPSLine, accept []Accept) ([]Shortage, error) {
	var out []Shortage
	var tps [][]int   // of each
	var open []string // kelurahan with boxes that nobody accepted
	at := map[string]int{}
	used := make([]bool, len(accept))
	unnamed := 0
	for i := range lines {
		t := &lines[i]
		kinds := map[string][]string{} // by reason
		for _, kind := range t.Missing {
			if j := narrowest(accept, t, kind, used); j >= 0 {
				kinds[accept[j].Reason] = append(kinds[accept[j].Reason], kind)
				continue
			}
			unnamed++
			if s := fmt.Sprintf("%s (%s)", t.Kelurahan, t.Area); len(open) == 0 || open[len(open)-1] != s {
				open = append(open, s)
			}
		}
		for _, reason := range slices.Sorted(maps.Keys(kinds)) {
			group := fmt.Sprint(t.Area, kinds[reason], reason)
			n, ok := at[group]
			if !ok {
				n = len(out)
				at[group], out, tps = n, append(out, Shortage{Area: t.Area, Kinds: kinds[reason], Reason: reason}), append(tps, nil)
			}
			tps[n], out[n].Boxes = append(tps[n], t.TPS), out[n].Boxes+len(kinds[reason])
		}
	}
	if unnamed > 0 {
		const most = 4
		if n := len(open); n > most {
			open = append(open[:most:most], fmt.Sprintf("%d more kelurahan", n-most))
		}
		on, _, missing := Tally(lines)
		return nil, fmt.Errorf("%w: %d of %d boxes; of the missing ones %d are not accepted, of %s; give a reason to accept them",
			ErrShortage, on, on+missing, unnamed, strings.Join(open, ", "))
	}
	for j, a := range accept {
		if !used[j] && a.Area != "" {
			return nil, fmt.Errorf("%w: nothing is missing of %s", ErrInvalid, a)
		}
	}
	for n := range out {
		out[n].TPS = runsOf(tps[n])
	}
	return out, nil
}

// narrowest is the acceptance that counts for a box; -1: none. Used notes which hold any.
func narrowest(accept []Accept, t *TPSLine, kind string, used []bool) int {
	best := -1
	for j, a := range accept {
		if a.holds(t.Area, t.TPS, kind) {
			used[j] = true
			if best < 0 || a.width() <= accept[best].width() {
				best = j
			}
		}
	}
	return best
}

// runsOf writes ascending numbers as the event's tables do: "1-153;901-933".
func runsOf(n []int) string {
	var out []string
	for i := 0; i < len(n); {
		j := i
		for j+1 < len(n) && n[j+1] == n[j]+1 {
			j++
		}
		s := fmt.Sprint(n[i])
		if j > i {
			s += fmt.Sprintf("-%d", n[j])
		}
		out = append(out, s)
		i = j + 1
	}
	return strings.Join(out, ";")
}

// reasons are those of a closing in one line.
func reasons(short []Shortage) string {
	var out []string
	for _, s := range short {
		if !slices.Contains(out, s.Reason) {
			out = append(out, s.Reason)
		}
	}
	return strings.Join(out, "; ")
}

// Longest texts that a closing takes, in characters.
const (
	mostText  = 200
	MostSeal  = 40
	mostSeals = 50
)

// clean trims what was typed, and refuses what can't be meant. Error: ErrInvalid.
func (c *Closing) clean() error {
	accept := slices.Clone(c.Accept)
	for i := range accept {
		if err := tidy(&accept[i].Reason, "the reason of a shortage", mostText); err != nil {
			return err
		}
		if accept[i].Reason == "" {
			return fmt.Errorf("%w: a reason is needed to accept the shortage %s", ErrShortage, accept[i])
		}
	}
	c.Accept = accept
	if err := errors.Join(tidy(&c.Driver, "the driver's name", mostText), tidy(&c.Escort, "the escort", mostText)); err != nil {
		return err
	}
	var seals []string
	for _, s := range c.Seals {
		if err := tidy(&s, "a seal's number", MostSeal); err != nil {
			return err
		}
		if slices.Contains(seals, s) {
			return fmt.Errorf("%w: seal %s is there twice", ErrInvalid, s)
		}
		if s != "" {
			seals = append(seals, s)
		}
	}
	if len(seals) > mostSeals {
		return fmt.Errorf("%w: %d seals, at most %d", ErrInvalid, len(seals), mostSeals)
	}
	c.Seals = seals
	return nil
}

func tidy(s *string, what string, most int) error {
	*s = strings.Join(strings.Fields(*s), " ")
	if n := len([]rune(*s)); n > most {
		return fmt.Errorf("%w: %s has %d characters, at most %d", ErrInvalid, what, n, most)
	}
	if strings.ContainsFunc(*s, unicode.IsControl) {
		return fmt.Errorf("%w: %s %q", ErrInvalid, what, *s)
	}
	return nil
}

// ReturnLoad brings a load that has departed back to its dock: the truck turned round with
// its boxes. It is a closed load again, which departs anew or is opened again. It needs a
// penyelia who is not the operator. Errors: ErrNotAllowed, ErrSecond, ErrInvalid,
// ErrNotFound, ErrConflict (it has not departed; its truck has an open load; it is being
// received). What was received of it stays received.
func (l *Ledger) ReturnLoad(ctx context.Context, by Person, load int64, reason string) (Load, error) {
	var ld Load
	err := l.exception(ctx, by, load, reason, func(t *tx, was Load, truck int64, second string) error {
		if was.State != LoadDeparted {
			return fmt.Errorf("%w: it is %s; only a load that departed returns", ErrConflict, was.State)
		}
		var id int64
		var dock int
		if found, err := t.one(ctx, `SELECT id, dock FROM loads WHERE state = 'open' AND truck = ?`, args(truck), &id, &dock); err != nil {
			return err
		} else if found {
			return fmt.Errorf("%w: load %d of %s is open at dock %d; close it first", ErrConflict, id, was.Plate, dock)
		}
		if found, err := t.one(ctx, `SELECT id, dock FROM receipts WHERE state = 'open' AND load = ?`, args(was.ID), &id, &dock); err != nil {
			return err
		} else if found {
			return fmt.Errorf("%w: receipt %d of %s is open at place %d; sign it first", ErrConflict, id, was.Plate, dock)
		}
		_, err := t.append(ctx, act{dock: was.Dock, actor: by.Name, kind: LoadReturned, payload: loadPayload{Load: was.ID, Plate: was.Plate,
			Count: was.Count, Reason: strings.TrimSpace(reason), Second: second}})
		ld = was
		return err
	})
	if err != nil {
		return Load{}, fmt.Errorf("return load %d: %w", load, err)
	}
	ld.State = LoadClosed
	return ld, nil
}
