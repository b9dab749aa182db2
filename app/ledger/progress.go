package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// Share is how many of some boxes are on trucks. Loaded counts open and closed loads,
// Departed those that left, Received those of them that arrived.
type Share struct {
	Expected int `json:"expected"`
	Loaded   int `json:"loaded"`
	Departed int `json:"departed"`
	Received int `json:"received,omitempty"`
}

// On is the number of boxes on trucks, gone or not.
func (s Share) On() int { return s.Loaded + s.Departed }

// Missing is the number of boxes on no truck.
func (s Share) Missing() int { return s.Expected - s.On() }

// Add counts the boxes of o too.
func (s *Share) Add(o Share) {
	s.Expected, s.Loaded, s.Departed, s.Received = s.Expected+o.Expected, s.Loaded+o.Loaded, s.Departed+o.Departed, s.Received+o.Received
}

// AreaShare is the share of one kelurahan.
type AreaShare struct {
	Area      election.AreaCode
	Kelurahan string
	Kecamatan string
	Kota      string
	District  election.District
	TPS       int
	Share
}

// HourCount is the number of boxes that went onto trucks, and are there still, in the hour
// from At.
type HourCount struct {
	At    time.Time `json:"at"`
	Boxes int       `json:"boxes"`
}

// DockShare is one dock with an open load.
type DockShare struct {
	Load     Load
	Expected int
	Locked   bool
}

// Progress is how far the loading is.
type Progress struct {
	At       time.Time
	Areas    []AreaShare // of kelurahan, in the order of their codes; spare boxes are in none
	Docks    []DockShare // with an open load, by number
	Hours    []HourCount // oldest first, without the idle ones
	LastHour int         // boxes in the sixty minutes before At
	Since    time.Time   // of the first of them
	Refused  map[gate.Verdict]int
}

// Pace is the boxes an hour that the last hour's loading comes to; 0 where there was none.
// What began within the hour is taken for its own time, five minutes at least.
func (p *Progress) Pace() int {
	if p.LastHour == 0 {
		return 0
	}
	took := max(p.At.Sub(p.Since), 5*time.Minute)
	return int(float64(p.LastHour) / took.Hours())
}

// Left is the time that the missing boxes take at the present pace; false where nothing
// moves.
func (p *Progress) Left() (time.Duration, bool) {
	t, pace := p.Total(), p.Pace()
	if t.Missing() == 0 {
		return 0, true
	}
	if pace == 0 {
		return 0, false
	}
	return time.Duration(float64(t.Missing()) / float64(pace) * float64(time.Hour)), true
}

// Prevented is the number of boxes that were stopped in front of a truck of another
// district or kecamatan.
func (p *Progress) Prevented() int {
	return p.Refused[gate.WrongDistrict] + p.Refused[gate.WrongKecamatan]
}

// Total is the share of all areas.
func (p *Progress) Total() Share {
	var s Share
	for i := range p.Areas {
		s.Add(p.Areas[i].Share)
	}
	return s
}

// Progress tells how far the loading of a filter's District and Area is; its other fields
// do not matter. A refused scan belongs to the area of its box. Error: ErrNotFound where
// there is no such area or district.
func (l *Ledger) Progress(ctx context.Context, f Filter) (Progress, error) {
	p := Progress{At: l.clock(), Refused: map[gate.Verdict]int{}}
	where, a := `1 = 1`, []any(nil)
	if !f.District.IsZero() {
		where, a = where+` AND a.routing = ?`, append(a, f.District.String())
	}
	if f.Area != "" {
		from, to := areaRange(f.Area)
		where, a = where+` AND a.code BETWEEN ? AND ?`, append(a, from, to)
	}
	for _, read := range []func(context.Context, *Progress, string, []any) error{l.areaShares, l.hourCounts, l.refusedCounts} {
		if err := read(ctx, &p, where, a); err != nil {
			return p, fmt.Errorf("progress: %w", err)
		}
	}
	if len(p.Areas) == 0 {
		return p, fmt.Errorf("progress: %w: no box of %s %s", ErrNotFound, f.District, f.Area)
	}
	var err error
	if p.Docks, err = l.dockShares(ctx, f); err != nil {
		return p, fmt.Errorf("progress: %w", err)
	}
	return p, nil
}

func (l *Ledger) areaShares(ctx context.Context, p *Progress, where string, a []any) error {
	names, err := l.parentNames(ctx)
	if err != nil {
		return err
	}
	return l.rows(ctx, `SELECT a.code, a.name, a.routing, a.tps, COALESCE(g.here, 0), COALESCE(g.gone, 0), COALESCE(g.received, 0) FROM areas a
		LEFT JOIN (SELECT lb.box / 1000000 AS code, COUNT(CASE WHEN ld.state <> 'departed' THEN 1 END) AS here,
			COUNT(CASE WHEN ld.state = 'departed' THEN 1 END) AS gone, COUNT(rb.box) AS received
			FROM load_boxes lb JOIN loads ld ON ld.id = lb.load
			LEFT JOIN receipt_boxes rb ON rb.box = lb.box AND rb.load = lb.load GROUP BY lb.box / 1000000) g ON g.code = a.code
		WHERE a.tps > 0 AND `+where+` ORDER BY a.code`, a, func(r *sql.Rows) error {
		var x AreaShare
		var code int64
		var routing string
		if err := r.Scan(&code, &x.Kelurahan, &routing, &x.TPS, &x.Loaded, &x.Departed, &x.Received); err != nil {
			return err
		}
		var err error
		if x.Area, err = election.AreaOfDigits(fmt.Sprintf("%010d", code)); err != nil {
			return err
		}
		x.Kecamatan, x.Kota = names[x.Area.Kecamatan()], names[x.Area.Kota()]
		x.District, x.Expected = district(routing), x.TPS*len(l.info.Event.Kinds)
		p.Areas = append(p.Areas, x)
		return nil
	})
}

// hourCounts counts by the hour of the log's times, which are UTC: Indonesia's clocks
// differ from it by whole hours.
func (l *Ledger) hourCounts(ctx context.Context, p *Progress, where string, a []any) error {
	const from = ` FROM load_boxes lb JOIN areas a ON a.code = lb.box / 1000000 WHERE `
	err := l.rows(ctx, `SELECT SUBSTR(lb.at, 1, 13), COUNT(*)`+from+where+` GROUP BY SUBSTR(lb.at, 1, 13) ORDER BY 1`, a, func(r *sql.Rows) error {
		var hour string
		var h HourCount
		err := r.Scan(&hour, &h.Boxes)
		h.At = parseTime(hour + ":00:00.000Z")
		p.Hours = append(p.Hours, h)
		return err
	})
	if err != nil {
		return err
	}
	return l.rows(ctx, `SELECT COUNT(*), COALESCE(MIN(lb.at), '')`+from+where+` AND lb.at > ? AND lb.at <= ?`,
		append(append([]any{}, a...), formatTime(p.At.Add(-time.Hour)), formatTime(p.At)), func(r *sql.Rows) error {
			var since string
			err := r.Scan(&p.LastHour, &since)
			p.Since = parseTime(since)
			return err
		})
}

// refusedCounts counts the verdicts that stopped a box, of boxes in the areas asked for.
func (l *Ledger) refusedCounts(ctx context.Context, p *Progress, where string, a []any) error {
	return l.rows(ctx, `SELECT SUBSTR(e.payload, 1, 48) FROM event_log e JOIN areas a ON a.code = e.box / 1000000
		WHERE e.kind = 'scanned' AND e.box <> 0 AND e.payload NOT LIKE ? AND `+where, append(args(likeVerdict(gate.Accepted)), a...), func(r *sql.Rows) error {
		var head string
		if err := r.Scan(&head); err != nil {
			return err
		}
		v, _, _ := strings.Cut(strings.TrimPrefix(head, `{"verdict":"`), `"`)
		if gate.Verdict(v).Level() == gate.Red {
			p.Refused[gate.Verdict(v)]++
		}
		return nil
	})
}

func (l *Ledger) dockShares(ctx context.Context, f Filter) ([]DockShare, error) {
	loads, err := l.loads(ctx, `WHERE state = 'open'`)
	if err != nil {
		return nil, err
	}
	var out []DockShare
	for _, ld := range loads {
		if !f.District.IsZero() && ld.District != f.District {
			continue
		}
		st, err := l.Dock(ctx, ld.Dock)
		if err != nil {
			return nil, err
		}
		d := DockShare{Load: ld, Locked: st.Lock != nil}
		if d.Expected, err = l.Expected(ctx, ld); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b DockShare) int { return cmp.Compare(a.Load.Dock, b.Load.Dock) })
	return out, nil
}

// TPSShares tells for each TPS of a kelurahan which kinds of its boxes are on trucks and
// which are on none; Elsewhere is empty.
func (l *Ledger) TPSShares(ctx context.Context, kelurahan election.AreaCode) ([]TPSLine, error) {
	names, err := l.AreaNames(ctx, kelurahan)
	if err != nil {
		return nil, fmt.Errorf("TPS of %s: %w", kelurahan, err)
	}
	var out []TPSLine
	from, to := areaRange(kelurahan)
	err = l.rows(ctx, `SELECT b.key, COALESCE(lb.load, 0) FROM boxes b LEFT JOIN load_boxes lb ON lb.box = b.key
		WHERE b.key BETWEEN ? AND ? ORDER BY b.key`, args(from*1_000_000, to*1_000_000+999_999), func(r *sql.Rows) error {
		var key, load int64
		if err := r.Scan(&key, &load); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		if err != nil || b.Item != election.ItemBox {
			return err
		}
		if n := len(out); n == 0 || out[n-1].TPS != b.TPS || out[n-1].Area != b.Area {
			out = append(out, TPSLine{Area: b.Area, TPS: b.TPS, Kelurahan: names[election.LevelKelurahan], Kecamatan: names[election.LevelKecamatan]})
		}
		t := &out[len(out)-1]
		if load != 0 {
			t.On = append(t.On, b.Kind)
		} else {
			t.Missing = append(t.Missing, b.Kind)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("TPS of %s: %w", kelurahan, err)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("TPS of %s: %w: no such kelurahan in this event", kelurahan, ErrNotFound)
	}
	return out, nil
}

// laterLoad is the load that has a box; nil: none.
func (l *Ledger) laterLoad(ctx context.Context, key int64) (*LaterLoad, error) {
	var out *LaterLoad
	return out, l.rows(ctx, `SELECT lb.load, lb.at, ld.plate, ld.state FROM load_boxes lb JOIN loads ld ON ld.id = lb.load WHERE lb.box = ?`,
		args(key), func(r *sql.Rows) error {
			var at string
			out = &LaterLoad{}
			err := r.Scan(&out.Load, &at, &out.Plate, &out.State)
			out.At = parseTime(at)
			return err
		})
}
