package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/labels/code"
)

// CountState is where a count is in its life.
type CountState string

// States of a count.
const (
	CountRunning  CountState = "counting"   // blind: nobody is told what is expected
	CountInDoubt  CountState = "recounting" // the differences are known, and go to others
	CountFinished CountState = "signed"
)

// Rounds of a count.
const (
	RoundCount   = 1
	RoundRecount = 2
)

// CountScope says what is counted and where.
type CountScope struct {
	Room   string // a free name; may be empty
	Scope         // zero, and no sample: nothing in particular is expected
	Sample int64  // 0: all boxes of the scope
}

// Nothing tells whether the count expects nothing in particular.
func (s CountScope) Nothing() bool { return s.Scope.IsZero() && s.Sample == 0 }

// Counting is one count: what, by whom, how far.
type Counting struct {
	ID int64
	CountScope
	State      CountState
	OpenedBy   string
	Opened     time.Time
	ComparedBy string
	Compared   time.Time
	SignedBy   string
	Signed     time.Time
	Passes     []CountPass

	// Known from the comparison on; zero before.
	Expected   int
	Unlabelled int // boxes of the scope without a good label: no scan can find them
	Found      int // boxes, whoever found them
	Matching   int // of the first count
	Beside     int // found outside the sample, with nothing wrong

	acts int
}

// CountPass is one person's own way through the place.
type CountPass struct {
	Round      int
	Person     string
	Began      time.Time
	Done       time.Time // zero: still counting
	EndedBy    string
	Boxes      int
	Again      int
	Unreadable int
	Strange    int // no label of this event
	Forged     int
}

// Counters are those who have a pass of the first round.
func (c *Counting) Counters() []string {
	var out []string
	for _, p := range c.Passes {
		if p.Round == RoundCount {
			out = append(out, p.Person)
		}
	}
	return out
}

// Pass is a person's pass in a round; nil: none.
func (c *Counting) Pass(round int, person string) *CountPass {
	for i := range c.Passes {
		if p := &c.Passes[i]; p.Round == round && p.Person == person {
			return p
		}
	}
	return nil
}

type countOpenedPayload struct {
	Session int64        `json:"session"`
	Room    string       `json:"room,omitempty"`
	Scope   scopePayload `json:"scope"`
	Sample  int64        `json:"sample,omitempty"`
}

type countPassPayload struct {
	Session int64  `json:"session"`
	Round   int    `json:"round"`
	Person  string `json:"person"`
}

type countScanPayload struct {
	Session  int64            `json:"session"`
	Answer   gate.CountAnswer `json:"answer"`
	Text     string           `json:"text"`
	Box      string           `json:"box,omitempty"`
	Revision int              `json:"revision,omitempty"` // of the label that was scanned
	Record   *recordPayload   `json:"record,omitempty"`   // where the box was found for the first time

	// A recount's: the class now; new where the box was no difference before and is one.
	Class  gate.CountClass  `json:"class,omitempty"`
	Reason gate.CountReason `json:"reason,omitempty"`
	New    bool             `json:"new,omitempty"`
}

// recordPayload is what the record said of a box when it was found.
type recordPayload struct {
	Known    bool   `json:"known"`
	Labelled bool   `json:"labelled"`
	Newest   int    `json:"newest_revision,omitempty"`
	Load     int64  `json:"load,omitempty"`
	Truck    string `json:"truck,omitempty"`
	Departed bool   `json:"departed,omitempty"`
}

type countComparedPayload struct {
	Session    int64  `json:"session"`
	Expected   int    `json:"expected"`
	Digest     string `json:"expected_digest"` // as of a sample's population
	Unlabelled int    `json:"unlabelled"`
	Found      int    `json:"found"`
	Matching   int    `json:"matching"`
	Beside     int    `json:"beside,omitempty"`
	Missing    int    `json:"kurang"`
	Surplus    int    `json:"lebih"`
	Misplaced  int    `json:"salah_tempat"`
}

type classedBox struct {
	Box    string           `json:"box"`
	Class  gate.CountClass  `json:"class,omitempty"` // empty: no difference any more
	Reason gate.CountReason `json:"reason,omitempty"`
}

type classedPayload struct {
	Session int64        `json:"session"`
	Boxes   []classedBox `json:"boxes"`
}

type countClosedPayload struct {
	Session   int64  `json:"session"`
	Number    string `json:"number"`
	Digest    string `json:"digest"` // SHA-256 of the list on the paper, hex
	Expected  int    `json:"expected"`
	Matching  int    `json:"matching"`
	Missing   int    `json:"kurang"`
	Surplus   int    `json:"lebih"`
	Misplaced int    `json:"salah_tempat"`
}

// OpenCount begins a count of a room, an area or a sample. Errors: ErrNotAllowed,
// ErrInvalid (nothing to count, unknown kind), ErrNotFound (sample, or no such boxes).
func (l *Ledger) OpenCount(ctx context.Context, by Person, s CountScope) (Counting, error) {
	c := Counting{CountScope: s, State: CountRunning, OpenedBy: by.Name}
	fail := func(err error) (Counting, error) { return c, fmt.Errorf("open a count: %w", err) }
	if err := require(by, Penyelia, Auditor); err != nil {
		return fail(err)
	}
	c.Room, c.Kind = strings.Join(strings.Fields(s.Room), " "), strings.ToUpper(s.Kind)
	switch {
	case c.Room == "" && c.Nothing():
		return fail(fmt.Errorf("%w: say what is counted: a room, an area, or a sample", ErrInvalid))
	case len(c.Room) > 80:
		return fail(fmt.Errorf("%w: the room's name has %d characters, at most 80", ErrInvalid, len(c.Room)))
	case c.Sample != 0 && !c.Scope.IsZero():
		return fail(fmt.Errorf("%w: sample %d says itself what it was drawn from", ErrInvalid, c.Sample))
	case c.Sample != 0:
		x, err := l.SampleByID(ctx, c.Sample)
		if err != nil {
			return fail(err)
		}
		c.Scope = x.Scope
	case !c.Scope.IsZero():
		n, err := l.CountBoxes(ctx, c.filter())
		if err == nil && n.Boxes == 0 {
			err = fmt.Errorf("%w: no box of this choice", ErrNotFound)
		}
		if err != nil {
			return fail(err)
		}
	}
	err := l.update(ctx, func(t *tx) error {
		if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM counts`, nil, &c.ID); err != nil {
			return err
		}
		e, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: CountOpened,
			payload: countOpenedPayload{c.ID, c.Room, payloadOfScope(c.Scope), c.Sample}})
		c.Opened = e.At
		return err
	})
	if err != nil {
		return fail(err)
	}
	return c, nil
}

// counting reads a count within a transaction, and refuses another state. Error:
// ErrNotFound, ErrConflict.
func (t *tx) counting(ctx context.Context, id int64, want CountState) (Counting, error) {
	c, err := readCounting(ctx, t.each, id)
	if err == nil {
		err = c.in(want)
	}
	return c, err
}

// in refuses another state. Error: ErrConflict.
func (c *Counting) in(want CountState) error {
	if c.State == want {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrConflict, map[CountState]string{CountRunning: "it is still being counted; compare first",
		CountInDoubt: "the counting is over; what differs is recounted", CountFinished: "it is signed"}[c.State])
}

// JoinCount begins a person's own pass, or goes on with it. Errors: ErrNotFound,
// ErrConflict (the counting is over).
func (l *Ledger) JoinCount(ctx context.Context, by Person, id int64) (Counting, error) {
	var c Counting
	err := require(by, Petugas, Penyelia, Auditor)
	if err == nil {
		err = l.update(ctx, func(t *tx) (err error) {
			if c, err = t.counting(ctx, id, CountRunning); err != nil {
				return err
			}
			if p := c.Pass(RoundCount, by.Name); p != nil && p.Done.IsZero() {
				return nil
			}
			if _, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: CountJoined, payload: countPassPayload{id, RoundCount, by.Name}}); err != nil {
				return err
			}
			c, err = t.counting(ctx, id, CountRunning)
			return err
		})
	}
	if err != nil {
		return c, fmt.Errorf("join count %d: %w", id, err)
	}
	return c, nil
}

// CountReply is what a counter is told of one scan.
type CountReply struct {
	Answer   gate.CountAnswer
	Box      string // as the label says; empty where it names none
	Boxes    int    // of this person's pass
	Repeated bool   // this scan was recorded before; nothing new was
}

// CountScan records one scan of a person's pass and says what it was, without a word on
// what is expected. Every scan is an event, whatever it is. The id is made before the first
// try: recording it twice is recording it once. Errors: ErrNotFound, ErrConflict (no pass,
// or the counting is over), ErrUnavailable.
func (l *Ledger) CountScan(ctx context.Context, by Person, session int64, id string, r code.Reading) (CountReply, error) {
	return l.countScan(ctx, by, session, id, CountRunning, r, func(t *tx, c *Counting, b *election.Box, key int64, p *countScanPayload) error {
		pass := c.Pass(RoundCount, by.Name)
		if pass == nil || !pass.Done.IsZero() {
			return fmt.Errorf("%w: %s has no open pass; join first", ErrConflict, by.Name)
		}
		if p.Answer != gate.Counted {
			return nil
		}
		var n int
		if found, err := t.one(ctx, `SELECT 1 FROM count_boxes WHERE session = ? AND box = ? AND person = ?`, args(session, key, by.Name), &n); err != nil {
			return err
		} else if found {
			p.Answer = gate.CountAgain
			return nil
		}
		_, rec, err := t.recordOf(ctx, key)
		p.Record = &rec
		return err
	})
}

// RecountScan records one scan of a recount. A difference that may not be recounted by this
// person, or that was no difference, is recorded too. Errors: as CountScan.
func (l *Ledger) RecountScan(ctx context.Context, by Person, session int64, id string, r code.Reading) (CountReply, error) {
	return l.countScan(ctx, by, session, id, CountInDoubt, r, func(t *tx, c *Counting, b *election.Box, key int64, p *countScanPayload) error {
		if p.Answer != gate.Counted {
			return nil
		}
		routing, rec, err := t.recordOf(ctx, key)
		if err != nil {
			return err
		}
		f, err := t.standing(ctx, c, *b, routing, rec, key)
		if err != nil {
			return err
		}
		f.Found = true
		p.Class, p.Reason = gate.Classify(f)
		var class, who string
		var found int
		listed, err := t.one(ctx, `SELECT class, by_whom, found FROM count_differences WHERE session = ? AND box = ?`, args(session, key), &class, &who, &found)
		if err != nil {
			return err
		}
		if !listed {
			var n int
			counted, err := t.one(ctx, `SELECT COUNT(*) FROM count_boxes WHERE session = ? AND box = ? HAVING COUNT(*) > 0`, args(session, key), &n)
			p.Answer = gate.CountNotAsked
			// What was counted and matched has been seen already; what nobody saw before and
			// should not be here is a difference like the others.
			if p.New = !counted && p.Class.Differs(); p.New {
				p.Record = &rec
			}
			return err
		}
		counted, err := t.countedBy(ctx, session, key)
		if err != nil {
			return err
		}
		switch {
		case !gate.MayRecount(by.Name, gate.CountClass(class), counted, c.Counters()):
			p.Answer = gate.CountOwn
		case who != "" && found == 1:
			p.Answer = gate.CountAgain
		default:
			p.Answer = gate.CountFound
		}
		return nil
	})
}

// countScan is what the scans of both rounds share; decide completes the payload.
func (l *Ledger) countScan(ctx context.Context, by Person, session int64, id string, want CountState, r code.Reading,
	decide func(t *tx, c *Counting, b *election.Box, key int64, p *countScanPayload) error) (CountReply, error) {
	var reply CountReply
	kind, round := CountScanned, RoundCount
	if want == CountInDoubt {
		kind, round = CountRecounted, RoundRecount
	}
	err := require(by, Petugas, Penyelia, Auditor)
	if err == nil {
		err = l.update(ctx, func(t *tx) error {
			reply = CountReply{}
			c, err := readCounting(ctx, t.each, session)
			if err != nil {
				return err
			}
			if seen, err := t.countSeen(ctx, by, session, id, kind, &reply); err != nil || seen {
				if p := c.Pass(round, by.Name); p != nil {
					reply.Boxes = p.Boxes
				}
				return err
			}
			if err := c.in(want); err != nil {
				return err
			}
			p := countScanPayload{Session: session, Answer: gate.CountReading(r.Status), Text: storedText(r.Text)}
			var key int64
			var b election.Box
			if p.Answer == gate.Counted {
				if b, err = l.info.Event.BoxOfFields(r.Fields); err == nil {
					key, err = l.info.Event.KeyOf(b)
				}
				if err != nil { // signed, but of a kind that this event has not
					p.Answer, key = gate.CountOtherEvent, 0
				} else {
					p.Box, p.Revision = b.ID(), r.Fields.Revision
				}
			}
			if err := decide(t, &c, &b, key, &p); err != nil {
				return err
			}
			if _, err := t.append(ctx, act{dock: Office, id: id, actor: by.Name, kind: kind, box: key, payload: p}); err != nil {
				return err
			}
			reply.Answer, reply.Box = p.Answer, p.Box
			_, err = t.one(ctx, `SELECT boxes FROM count_passes WHERE session = ? AND round = ? AND person = ?`, args(session, round, by.Name), &reply.Boxes)
			return err
		})
	}
	if err != nil {
		return CountReply{}, fmt.Errorf("scan in count %d: %w", session, err)
	}
	return reply, nil
}

// countSeen answers a scan that is in the log already.
func (t *tx) countSeen(ctx context.Context, by Person, session int64, id string, kind Kind, reply *CountReply) (bool, error) {
	if id == "" {
		return false, nil
	}
	var e Event
	var at, payload string
	seen, err := t.one(ctx, qEventByID, args(id), &e.N, &e.Dock, &e.Seq, &at, &e.Actor, &e.Kind, &payload, &e.Prev, &e.Hash)
	if err != nil || !seen {
		return false, err
	}
	e.Payload = []byte(payload)
	return true, withPayload(e, func(p countScanPayload) error {
		if e.Kind != kind || e.Actor != by.Name || p.Session != session {
			return fmt.Errorf("%w: scan id %s belongs to another event", ErrConflict, id)
		}
		*reply = CountReply{Answer: p.Answer, Box: p.Box, Repeated: true}
		return nil
	})
}

// recordOf is what the record says of a box now, and its routing district.
func (t *tx) recordOf(ctx context.Context, key int64) (election.District, recordPayload, error) {
	var p recordPayload
	var routing, labelState, hold, at, loadState string
	var scanned, position int
	found, err := t.one(ctx, qBox, args(key), &routing, &p.Newest, &labelState, &scanned, &hold, &p.Load, &position, &at, &p.Truck, &loadState)
	if err != nil {
		return election.District{}, p, fmt.Errorf("read box: %w", err)
	}
	p.Known = found
	p.Labelled = p.Newest > 0 && labelState != LabelVoid && labelState != LabelSpoiled
	p.Departed = LoadState(loadState) == LoadDeparted
	return district(routing), p, nil
}

// standing is what the class of one box rests on.
func (t *tx) standing(ctx context.Context, c *Counting, b election.Box, routing election.District, rec recordPayload, key int64) (gate.CountFacts, error) {
	var n int
	sampled, err := t.one(ctx, `SELECT 1 FROM sample_boxes WHERE sample = ? AND box = ?`, args(c.Sample, key), &n)
	return c.standing(b, routing, rec, sampled), err
}

func (c *Counting) standing(b election.Box, routing election.District, rec recordPayload, sampled bool) gate.CountFacts {
	f := c.facts(b, routing)
	f.Known, f.Labelled, f.Loaded, f.Departed = rec.Known, rec.Labelled, rec.Load != 0, rec.Departed
	f.Nothing, f.Sample, f.Sampled = c.Nothing(), c.Sample != 0, sampled
	return f
}

func (t *tx) countedBy(ctx context.Context, session, key int64) ([]string, error) {
	var out []string
	return out, t.each(ctx, `SELECT person FROM count_boxes WHERE session = ? AND box = ? ORDER BY person`, args(session, key), func(r *sql.Rows) error {
		var p string
		err := r.Scan(&p)
		out = append(out, p)
		return err
	})
}

// each runs a query within the transaction and yields row by row. scan may not use it.
func (t *tx) each(ctx context.Context, query string, a []any, scan func(*sql.Rows) error) error {
	r, err := t.t.QueryContext(t.within(ctx), t.l.d.rebind(query), a...)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		if err := scan(r); err != nil {
			return err
		}
	}
	return r.Err()
}

// EndPass says that a person has scanned all there is: the person's own word, or of one who
// has left, a penyelia's or an auditor's. Errors: ErrNotAllowed, ErrNotFound, ErrConflict.
func (l *Ledger) EndPass(ctx context.Context, by Person, id int64, person string) error {
	err := require(by, Petugas, Penyelia, Auditor)
	if err == nil && person != by.Name {
		err = require(by, Penyelia, Auditor)
	}
	if err == nil {
		err = l.update(ctx, func(t *tx) error {
			c, err := t.counting(ctx, id, CountRunning)
			if err != nil {
				return err
			}
			p := c.Pass(RoundCount, person)
			switch {
			case p == nil:
				return fmt.Errorf("%w: %s does not count here", ErrNotFound, person)
			case !p.Done.IsZero():
				return nil
			}
			_, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: CountPassEnded, payload: countPassPayload{id, RoundCount, person}})
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("end the pass of %s in count %d: %w", person, id, err)
	}
	return nil
}

// classed is a box that was found or expected, with its class.
type classed struct {
	key    int64
	box    election.Box
	found  bool
	class  gate.CountClass
	reason gate.CountReason
}

// CompareCount ends the counting and holds what was found against the record: a box that
// was found as the record had it when it was scanned, one that was not found as it has it
// now. From then on the differences are in the open. Errors: ErrNotAllowed, ErrNotFound,
// ErrConflict (somebody is still counting, or nobody has).
func (l *Ledger) CompareCount(ctx context.Context, by Person, id int64) (Counting, error) {
	var c Counting
	err := require(by, Penyelia, Auditor)
	if err == nil {
		err = l.update(ctx, func(t *tx) (err error) {
			if c, err = t.counting(ctx, id, CountRunning); err != nil {
				return err
			}
			if len(c.Passes) == 0 {
				return fmt.Errorf("%w: nobody has counted yet", ErrConflict)
			}
			for _, p := range c.Passes {
				if p.Done.IsZero() {
					return fmt.Errorf("%w: %s is still counting; end that pass first", ErrConflict, p.Person)
				}
			}
			expected, err := t.expected(ctx, &c)
			if err != nil {
				return err
			}
			all, err := t.classify(ctx, &c, expected)
			if err != nil {
				return err
			}
			p := countComparedPayload{Session: id, Expected: len(expected)}
			if p.Digest, err = t.digestKeys(expected); err != nil {
				return err
			}
			if p.Unlabelled, err = t.unlabelled(ctx, &c); err != nil {
				return err
			}
			var differ []classedBox
			for _, x := range all {
				if x.found {
					p.Found++
				}
				switch x.class {
				case gate.CountMatch:
					p.Matching++
				case gate.CountBeside:
					p.Beside++
				case gate.CountMissing:
					p.Missing++
				case gate.CountSurplus:
					p.Surplus++
				case gate.CountMisplaced:
					p.Misplaced++
				}
				if x.class.Differs() {
					differ = append(differ, classedBox{x.box.ID(), x.class, x.reason})
				}
			}
			if _, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: CountCompared, payload: p}); err != nil {
				return err
			}
			if err := t.appendClassed(ctx, by, CountDiffers, id, differ); err != nil {
				return err
			}
			c, err = t.counting(ctx, id, CountInDoubt)
			return err
		})
	}
	if err != nil {
		return c, fmt.Errorf("compare count %d: %w", id, err)
	}
	return c, nil
}

func (t *tx) appendClassed(ctx context.Context, by Person, kind Kind, session int64, all []classedBox) error {
	for part := range slices.Chunk(all, insertRows) {
		if _, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: kind, payload: classedPayload{session, part}}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) digestKeys(keys map[int64]bool) (string, error) {
	ids := make([]string, 0, len(keys))
	for k := range keys {
		b, err := t.l.info.Event.BoxOfKey(k)
		if err != nil {
			return "", err
		}
		ids = append(ids, b.ID())
	}
	return digestOf(ids), nil
}

// countWhere is the condition on what is counted: its scope, and its sample.
func (t *tx) countWhere(c *Counting, state BoxState) (string, []any, error) {
	f := c.filter()
	f.State = state
	where, a, err := t.l.where(f)
	if c.Sample != 0 {
		where, a = where+` AND b.key IN (SELECT box FROM sample_boxes WHERE sample = ?)`, append(a, c.Sample)
	}
	return where, a, err
}

// expected are the boxes that the record has here: gate.CountFacts.Expected, in SQL.
func (t *tx) expected(ctx context.Context, c *Counting) (map[int64]bool, error) {
	out := map[int64]bool{}
	if c.Nothing() {
		return out, nil
	}
	where, a, err := t.countWhere(c, BoxPrinted)
	if err != nil {
		return nil, err
	}
	return out, t.each(ctx, `SELECT b.key `+boxJoins+`WHERE `+where, a, func(r *sql.Rows) error {
		var k int64
		err := r.Scan(&k)
		out[k] = true
		return err
	})
}

func (t *tx) unlabelled(ctx context.Context, c *Counting) (n int, err error) {
	if c.Nothing() {
		return 0, nil
	}
	where, a, err := t.countWhere(c, BoxUnprinted)
	if err == nil {
		_, err = t.one(ctx, `SELECT COUNT(*) `+boxJoins+`WHERE lb.box IS NULL AND `+where, a, &n)
	}
	return n, err
}

// classify gives each box that was found or expected its class, in the order of their keys.
func (t *tx) classify(ctx context.Context, c *Counting, expected map[int64]bool) ([]classed, error) {
	all := map[int64]classed{}
	err := t.l.eachFound(ctx, t.each, c, func(f foundRow) error {
		x := classed{key: f.key, box: f.box, found: true}
		x.class, x.reason = gate.Classify(f.facts)
		all[f.key] = x // of several people's, the last
		return nil
	})
	if err != nil {
		return nil, err
	}
	for k := range expected {
		if _, ok := all[k]; ok {
			continue
		}
		b, err := t.l.info.Event.BoxOfKey(k)
		if err != nil {
			return nil, err
		}
		all[k] = classed{key: k, box: b, class: gate.CountMissing}
	}
	out := make([]classed, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[k])
	}
	return out, nil
}

// EndRecount says of every difference that this person may recount, was to look for and did
// not scan, that it is not here. It returns how many these were. Errors: ErrNotFound,
// ErrConflict, ErrNotAllowed (this person counted all of them).
func (l *Ledger) EndRecount(ctx context.Context, by Person, id int64) (int, error) {
	n := 0
	err := require(by, Petugas, Penyelia, Auditor)
	if err == nil {
		err = l.update(ctx, func(t *tx) error {
			n = 0
			c, err := t.counting(ctx, id, CountInDoubt)
			if err != nil {
				return err
			}
			all, err := t.l.differences(ctx, t.each, &c)
			if err != nil {
				return err
			}
			var gone []classedBox
			open := 0
			for _, d := range all {
				if d.Recount != nil {
					continue
				}
				open++
				if !d.May(by.Name, &c) {
					continue
				}
				x := classedBox{Box: d.Box.ID()}
				f := c.standing(d.Box, d.Box.Routing, d.record, d.sampled)
				x.Class, x.Reason = gate.Classify(f)
				gone = append(gone, x)
			}
			if open > 0 && len(gone) == 0 && c.Pass(RoundRecount, by.Name) == nil {
				return fmt.Errorf("%w: %s has counted, or looked for, each of these %d boxes; another person recounts them", ErrNotAllowed, by.Name, open)
			}
			n = len(gone)
			if err := t.appendClassed(ctx, by, CountNotHere, id, gone); err != nil {
				return err
			}
			_, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: CountPassEnded, payload: countPassPayload{id, RoundRecount, by.Name}})
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("end the recount of %d: %w", id, err)
	}
	return n, nil
}

// ErrChanged says that what is to be signed is not what was looked at.
var ErrChanged = errors.New("it changed meanwhile")

// SignCount signs the result of a count as r has it, with the number of its paper and the
// digest of the list on it. Errors: ErrNotAllowed, ErrNotFound, ErrConflict (differences
// that nobody recounted), ErrChanged.
func (l *Ledger) SignCount(ctx context.Context, by Person, r CountResult, number, digest string) (Act, error) {
	var out Act
	err := require(by, Penyelia, Auditor)
	if err == nil {
		err = l.update(ctx, func(t *tx) error {
			c, err := t.counting(ctx, r.ID, CountInDoubt)
			if err != nil {
				return err
			}
			if c.acts != r.acts {
				return fmt.Errorf("%w: look at the result once more", ErrChanged)
			}
			n := 0
			if _, err := t.one(ctx, `SELECT COUNT(*) FROM count_differences WHERE session = ? AND by_whom = ''`, args(r.ID), &n); err != nil {
				return err
			}
			if n > 0 {
				return fmt.Errorf("%w: %d differences are not recounted yet", ErrConflict, n)
			}
			s := r.Totals(true)
			e, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: CountClosed,
				payload: countClosedPayload{r.ID, number, digest, c.Expected, s.Matching, s.Missing, s.Surplus, s.Misplaced}})
			if err == nil {
				out = *actOf(e)
			}
			return err
		})
	}
	if err != nil {
		return out, fmt.Errorf("sign count %d: %w", r.ID, err)
	}
	return out, nil
}
