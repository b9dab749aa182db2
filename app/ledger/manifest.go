package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// Act is who did something, when, and where it stands in the record.
type Act struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Dock int       `json:"dock"`
	Seq  int64     `json:"seq"`
	Hash string    `json:"hash"`

	n int64
}

// After tells whether it came later in the record.
func (a Act) After(b Act) bool { return a.n > b.n }

func actOf(e Event) *Act { return &Act{e.At, e.Actor, e.Dock, e.Seq, e.Hash, e.N} }

// Carried is one box on a load.
type Carried struct {
	Box       election.Box
	Kelurahan string
	Kecamatan string
	Revision  int // of the label that was scanned
	Position  int // its number in the load, from 1
	Loaded    Act // the scan that was answered with green
}

// TPSLine is one TPS in the scope of a load: which kinds of its boxes are on the load, on
// another truck, on none.
type TPSLine struct {
	Area      election.AreaCode `json:"area"`
	Kelurahan string            `json:"kelurahan"`
	Kecamatan string            `json:"kecamatan"`
	TPS       int               `json:"tps"`
	On        []string          `json:"on,omitempty"`
	Elsewhere []string          `json:"elsewhere,omitempty"`
	Missing   []string          `json:"missing,omitempty"`
}

// Manifest is all that the record says of one load: what its papers are made of. Of a load
// that was closed it is the load as it was closed, whatever came later.
type Manifest struct {
	Load    Load
	Vehicle string
	Kota    []string // names of those that its district and kecamatan lie in
	Opened  *Act
	Closed  *Act        // nil: it is open
	Closing Closed      // how; zero where it is open
	Counts  []LoadCount // of it, oldest first, those that differed too
	Left    *Act        // nil: it is here
	Turned  []Turn      // when it was opened again, or came back
	Boxes   []Carried
	TPS     []TPSLine // all TPS of the load's district and kecamatan, in order
	Refused []Refusal // at this load
	Head    Head      // of the dock's chain now

	docks []any // where it was, by number
}

// Closed is what the record says of a load's closing.
type Closed struct {
	Counter string // whose count agreed; empty: it was not counted by another
	Second  string // who confirmed the closing with their PIN; empty: nobody
	Escort  string
	Seals   []string
	Short   []Shortage
}

// Turn is a closed load that was opened again, or a departed one that returned.
type Turn struct {
	Act    Act
	Kind   Kind // LoadReopened, LoadReturned
	Reason string
	Second string
}

// Why is the reason for which the load was closed without a box of a TPS.
func (m *Manifest) Why(t TPSLine, kind string) string {
	for _, s := range m.Closing.Short {
		if s.Holds(t.Area, t.TPS, kind) {
			return s.Reason
		}
	}
	return m.Load.Shortage // before shortages were named: one for all
}

// Missing is the number of boxes in the load's scope that were on no truck.
func (m *Manifest) Missing() int {
	n := 0
	for i := range m.TPS {
		n += len(m.TPS[i].Missing)
	}
	return n
}

// Manifest folds the dock's chain, from the load's opening to its closing (or to now),
// into what the load carries; the table of loaded boxes is not asked. Error: ErrNotFound.
func (l *Ledger) Manifest(ctx context.Context, load int64) (Manifest, error) {
	ld, err := l.LoadByID(ctx, load)
	if err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	m := Manifest{Load: ld}
	for _, read := range []func(context.Context, *Manifest) error{l.manifestActs, l.manifestBoxes, l.manifestScope} {
		if err := read(ctx, &m); err != nil {
			return m, fmt.Errorf("manifest of load %d: %w", load, err)
		}
	}
	return m, nil
}

// manifestActs finds the load's opening, closing and departure, its truck, and the head of
// its dock's chain.
func (l *Ledger) manifestActs(ctx context.Context, m *Manifest) error {
	acts, err := l.loadActs(ctx, m.Load.ID, m.Load.Dock)
	moved := func(a loadAct) bool { return a.Kind == LoadMoved && a.to != m.Load.Dock }
	if err == nil && (len(acts) == 0 || acts[0].Kind != LoadOpened || slices.ContainsFunc(acts, moved)) { // it was at another dock
		acts, err = l.loadActs(ctx, m.Load.ID, anyDock)
	}
	if err != nil {
		return err
	}
	for _, a := range acts {
		switch a.Kind {
		case LoadOpened:
			m.Opened = actOf(a.Event)
			m.docks = append(m.docks, a.Dock)
		case LoadMoved:
			m.docks = append(m.docks, a.to)
		case LoadShut:
			m.Closed = actOf(a.Event)
			m.Closing = Closed{a.closed.Counter, a.closed.Second, a.closed.Escort, a.closed.Seals, a.closed.Short}
		case LoadCounted:
			m.Counts = append(m.Counts, LoadCount{m.Load.ID, a.count.Counter, a.count.Counted, a.count.Count, actOf(a.Event)})
		case LoadLeft:
			m.Left = actOf(a.Event)
		case LoadReopened, LoadReturned:
			if m.Left = nil; a.Kind == LoadReopened {
				m.Closed, m.Closing = nil, Closed{}
			}
			m.Turned = append(m.Turned, Turn{*actOf(a.Event), a.Kind, a.closed.Reason, a.closed.Second})
		}
	}
	if m.Opened == nil {
		return fmt.Errorf("%w: its opening in the log", ErrNotFound)
	}
	if err := l.rows(ctx, `SELECT t.vehicle FROM loads l JOIN trucks t ON t.id = l.truck WHERE l.id = ?`, args(m.Load.ID), func(r *sql.Rows) error {
		return r.Scan(&m.Vehicle)
	}); err != nil {
		return err
	}
	m.Head, err = l.HeadOf(ctx, m.Load.Dock)
	return err
}

// anyDock looks for a load's acts in all chains.
const anyDock = -1

// loadAct is an event of a load, read.
type loadAct struct {
	Event
	closed closedPayload // of the kinds that have its fields
	count  countPayload
	to     int // dock that it was moved to
}

// loadActs are what happened to a load as a whole, oldest first.
func (l *Ledger) loadActs(ctx context.Context, load int64, dock int) ([]loadAct, error) {
	where, a := ``, []any(nil)
	if dock != anyDock {
		where, a = `dock = ? AND `, args(dock)
	}
	var out []loadAct
	err := l.events(ctx, `WHERE `+where+`kind IN ('load_opened', 'load_closed', 'load_departed', 'load_reopened', 'load_returned', 'load_reassigned', 'load_counted')`, a, func(e Event) error {
		x := loadAct{Event: e}
		var p struct {
			Load int64 `json:"load"`
			Dock int   `json:"dock"`
		}
		err := json.Unmarshal(e.Payload, &p)
		if err != nil || p.Load != load {
			return err
		}
		if x.to = p.Dock; e.Kind == LoadCounted {
			err = json.Unmarshal(e.Payload, &x.count)
		} else {
			err = json.Unmarshal(e.Payload, &x.closed)
		}
		out = append(out, x)
		return err
	})
	return out, err
}

// HeadOf is the end of a dock's chain; sequence 0 where it has no event yet.
func (l *Ledger) HeadOf(ctx context.Context, dock int) (Head, error) {
	h := Head{Dock: dock, Hash: genesis(l.info.ID, dock)}
	err := l.rows(ctx, `SELECT c.seq, c.hash, e.at FROM chains c JOIN event_log e ON e.dock = c.dock AND e.seq = c.seq WHERE c.dock = ?`, args(dock), func(r *sql.Rows) error {
		var at string
		err := r.Scan(&h.Seq, &h.Hash, &at)
		h.At = parseTime(at)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("head of chain %d: %w", dock, err)
	}
	return h, nil
}

func (l *Ledger) manifestBoxes(ctx context.Context, m *Manifest) error {
	to := Act{Seq: m.Head.Seq, n: math.MaxInt64}
	if m.Closed != nil {
		to = *m.Closed
	}
	span, a := `dock = ? AND seq BETWEEN ? AND ?`, args(m.Load.Dock, m.Opened.Seq, to.Seq)
	if len(m.docks) > 1 {
		span, a = `dock IN (`+list(len(m.docks))+` AND n BETWEEN ? AND ?`, append(m.docks, m.Opened.n, to.n)
	}
	on := map[string]Carried{}
	err := l.events(ctx, `WHERE `+span+` AND kind IN ('scanned', 'box_unloaded') AND box <> 0`, a, func(e Event) error {
		s, err := ReadScan(e)
		switch {
		case err != nil || s.Load != m.Load.ID:
		case e.Kind == BoxUnloaded:
			delete(on, s.Box)
		case s.Verdict == gate.Accepted:
			on[s.Box] = Carried{Revision: s.Revision, Position: s.Position, Loaded: *actOf(e), Box: election.Box{Routing: district(s.BoxDistrict)}}
		}
		return err
	})
	if err != nil {
		return err
	}
	if m.Boxes, err = l.carried(ctx, on); err != nil {
		return err
	}
	m.Load.Count = len(m.Boxes)
	m.Refused, err = l.Refusals(ctx, RefusalFilter{Load: m.Load.ID})
	return err
}

// manifestScope sorts the boxes that the load may carry into those on it, those on
// another truck and those on none.
func (l *Ledger) manifestScope(ctx context.Context, m *Manifest) error {
	names := map[int64]string{}
	lo, hi := int64(0), int64(-1)
	where, a := scope(m.Load.District, m.Load.Kecamatan)
	err := l.rows(ctx, `SELECT a.code, a.name FROM areas a WHERE `+where+` ORDER BY a.code`, a, func(r *sql.Rows) error {
		var code int64
		var name string
		err := r.Scan(&code, &name)
		if hi < 0 {
			lo = code * 1_000_000
		}
		hi, names[code] = code*1_000_000+999_999, name
		return err
	})
	if err != nil {
		return err
	}
	parents, err := l.parentNames(ctx)
	if err != nil {
		return err
	}
	elsewhere, err := l.loadedElsewhere(ctx, m, lo, hi)
	if err != nil {
		return err
	}
	for code := range names {
		a, err := election.AreaOfDigits(fmt.Sprintf("%010d", code))
		if err != nil {
			return err
		}
		if name := parents[a.Kota()]; !slices.Contains(m.Kota, name) {
			m.Kota = append(m.Kota, name)
		}
	}
	slices.Sort(m.Kota)
	on := map[int64]bool{}
	for i := range m.Boxes {
		key, err := l.info.Event.KeyOf(m.Boxes[i].Box)
		if err != nil {
			return err
		}
		on[key] = true
	}
	return l.rows(ctx, `SELECT key FROM boxes WHERE key BETWEEN ? AND ? ORDER BY key`, args(lo, hi), func(r *sql.Rows) error {
		var key int64
		if err := r.Scan(&key); err != nil {
			return err
		}
		name, ok := names[key/1_000_000]
		if !ok {
			return nil
		}
		b, err := l.info.Event.BoxOfKey(key)
		if err != nil {
			return err
		}
		if n := len(m.TPS); n == 0 || m.TPS[n-1].Area != b.Area || m.TPS[n-1].TPS != b.TPS {
			m.TPS = append(m.TPS, TPSLine{Area: b.Area, TPS: b.TPS, Kelurahan: name, Kecamatan: parents[b.Area.Kecamatan()]})
		}
		t := &m.TPS[len(m.TPS)-1]
		switch {
		case on[key]:
			t.On = append(t.On, b.Kind)
		case elsewhere[key]:
			t.Elsewhere = append(t.Elsewhere, b.Kind)
		default:
			t.Missing = append(t.Missing, b.Kind)
		}
		return nil
	})
}

// loadedElsewhere are the boxes, by key between lo and hi, that other loads held when this
// one was closed, or hold now where it is open. What came later is taken back: the first
// that happened to a box after the closing tells what it was at the closing.
func (l *Ledger) loadedElsewhere(ctx context.Context, m *Manifest, lo, hi int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := l.rows(ctx, `SELECT box FROM load_boxes WHERE load <> ? AND box BETWEEN ? AND ?`, args(m.Load.ID, lo, hi), func(r *sql.Rows) error {
		var key int64
		err := r.Scan(&key)
		out[key] = true
		return err
	})
	if err != nil || m.Closed == nil {
		return out, err
	}
	seen := map[int64]bool{}
	return out, l.rows(ctx, `SELECT box, kind FROM event_log WHERE n > ? AND box <> 0 AND box BETWEEN ? AND ?
		AND (kind = 'box_unloaded' OR kind = 'scanned' AND payload LIKE ?) ORDER BY n`,
		args(m.Closed.n, lo, hi, likeVerdict(gate.Accepted)), func(r *sql.Rows) error {
			var key int64
			var kind Kind
			if err := r.Scan(&key, &kind); err != nil || seen[key] {
				return err
			}
			seen[key], out[key] = true, kind == BoxUnloaded
			return nil
		})
}

// likeVerdict finds the scans with a verdict: it comes first in their payload.
func likeVerdict(v gate.Verdict) string { return `{"verdict":"` + string(v) + `",%` }
