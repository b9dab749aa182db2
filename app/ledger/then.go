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

// LoadThen is a load as it was at a moment: what the log says up to then, whatever came
// later.
type LoadThen struct {
	Load   Load      // as it was
	At     time.Time // the moment; zero: now
	Boxes  []Carried // in the order of their areas
	Events []Event   // its life without the boxes that went on without trouble, oldest first
}

// aboutLoad is what a payload says of a load, whatever its kind.
type aboutLoad struct {
	Load      int64               `json:"load"`
	Plate     string              `json:"plate"`
	Driver    string              `json:"driver"`
	District  string              `json:"district"`
	Kecamatan []election.AreaCode `json:"kecamatan"`
	Dock      int                 `json:"dock"`
	Shortage  string              `json:"shortage"`
}

// loadEvents is the condition on the events that tell the life of loads, for the index on
// the kind.
const loadEvents = `kind <> 'scanned' AND (SUBSTR(kind, 1, 5) = 'load_' OR kind = 'document_issued')`

// TruckAt tells what a truck carried at a moment: its load that was opened last before
// then. A truck that had departed still carried its boxes. Errors: ErrNotFound.
func (l *Ledger) TruckAt(ctx context.Context, plate string, at time.Time) (LoadThen, error) {
	var load int64
	plates, err := l.plates(ctx, at)
	for id, all := range plates {
		if len(all) > 0 && bare(all[len(all)-1]) == bare(plate) {
			load = max(load, id) // numbers are given as loads are opened
		}
	}
	if err == nil && load == 0 {
		err = fmt.Errorf("%w: no load of %s was opened before", ErrNotFound, NormalPlate(plate))
	}
	if err != nil {
		return LoadThen{}, fmt.Errorf("what %s carried at %s: %w", NormalPlate(plate), formatTime(at), err)
	}
	return l.LoadAt(ctx, load, at)
}

// LoadsOf lists the loads that a truck ever had, those too that another truck took over from
// it, newest first.
func (l *Ledger) LoadsOf(ctx context.Context, plate string) ([]Load, error) {
	all, err := l.Loads(ctx, "")
	var plates map[int64][]string
	if err == nil {
		plates, err = l.plates(ctx, time.Time{})
	}
	if err != nil {
		return nil, fmt.Errorf("loads of %s: %w", NormalPlate(plate), err)
	}
	return slices.DeleteFunc(all, func(ld Load) bool {
		return !slices.ContainsFunc(plates[ld.ID], func(p string) bool { return bare(p) == bare(plate) })
	}), nil
}

// plates are the trucks of all loads up to a moment (zero: now), by load, in their order.
func (l *Ledger) plates(ctx context.Context, at time.Time) (map[int64][]string, error) {
	out := map[int64][]string{}
	until, a := ``, []any(nil)
	if !at.IsZero() {
		until, a = ` AND at <= ?`, args(formatTime(at))
	}
	return out, l.events(ctx, `WHERE kind <> 'scanned' AND kind IN ('load_opened', 'load_reassigned')`+until, a, func(e Event) error {
		return withPayload(e, func(p aboutLoad) error {
			out[p.Load] = append(out[p.Load], p.Plate)
			return nil
		})
	})
}

// bare is a plate without blanks.
func bare(plate string) string { return strings.ToUpper(strings.Join(strings.Fields(plate), "")) }

// LoadAt tells a load's life up to a moment, and what it carried then; at zero: now. It
// follows the load from truck to truck and dock to dock. Error: ErrNotFound.
func (l *Ledger) LoadAt(ctx context.Context, load int64, at time.Time) (LoadThen, error) {
	out := LoadThen{At: at}
	fail := func(err error) (LoadThen, error) { return LoadThen{}, fmt.Errorf("load %d: %w", load, err) }
	until, a := ``, []any(nil)
	if !at.IsZero() {
		until, a = ` AND at <= ?`, args(formatTime(at))
	}
	// First the load itself: where it was when.
	docks := []int{}
	from := int64(0)
	err := l.events(ctx, `WHERE `+loadEvents+` AND payload LIKE ?`+until, append(args(fmt.Sprintf(`%%"load":%d%%`, load)), a...), func(e Event) error {
		return withPayload(e, func(p aboutLoad) error {
			if p.Load != load {
				return nil
			}
			out.Load.follow(e, p)
			if e.Kind == LoadOpened {
				from = e.N
			}
			if d := out.Load.Dock; d != 0 && !slices.Contains(docks, d) {
				docks = append(docks, d)
			}
			out.Events = append(out.Events, e)
			return nil
		})
	})
	if err == nil && from == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fail(err)
	}
	// Then its boxes, and what was refused or cleared while it stood at a dock.
	on := map[string]Carried{}
	for _, d := range docks {
		where, b := `WHERE dock = ? AND n >= ? AND kind IN ('scanned', 'box_unloaded', 'lock_cleared')`+until, append(args(d, from), a...)
		here := false // the dock's load is this one
		err := l.events(ctx, where, b, func(e Event) error {
			if e.Kind == LockCleared {
				if here {
					out.Events = append(out.Events, e)
				}
				return nil
			}
			s, err := ReadScan(e)
			if s.Load != 0 {
				here = s.Load == load
			}
			switch {
			case err != nil || s.Load != load:
			case e.Kind == BoxUnloaded:
				delete(on, s.Box)
				out.Events = append(out.Events, e)
			case s.Verdict != gate.Accepted:
				out.Events = append(out.Events, e)
			default:
				on[s.Box] = Carried{Revision: s.Revision, Position: s.Position, Loaded: *actOf(e), Box: election.Box{Routing: district(s.BoxDistrict)}}
			}
			return err
		})
		if err != nil {
			return fail(err)
		}
	}
	if out.Boxes, err = l.carried(ctx, on); err != nil {
		return fail(err)
	}
	slices.SortStableFunc(out.Events, func(a, b Event) int { return cmp.Compare(a.N, b.N) })
	out.Load.Count = len(out.Boxes)
	return out, nil
}

// follow changes the load as one of its events did.
func (ld *Load) follow(e Event, p aboutLoad) {
	switch e.Kind {
	case LoadOpened:
		*ld = Load{ID: p.Load, Plate: p.Plate, Driver: p.Driver, District: district(p.District), Kecamatan: p.Kecamatan, Dock: e.Dock,
			Operator: e.Actor, State: LoadOpen, Opened: e.At}
	case LoadMoved:
		ld.Plate, ld.Driver, ld.District, ld.Kecamatan, ld.Dock = p.Plate, p.Driver, district(p.District), p.Kecamatan, p.Dock
	case LoadTaken:
		ld.Operator = e.Actor
	case LoadReturned:
		ld.State = LoadClosed
	case LoadShut:
		ld.State, ld.Closed, ld.Shortage = LoadClosed, e.At, p.Shortage
	case LoadReopened:
		ld.State, ld.Closed, ld.Shortage = LoadOpen, time.Time{}, ""
	case LoadLeft:
		ld.State = LoadDeparted
	}
}

// carried names the boxes of a load, and puts them into the order of their areas.
func (l *Ledger) carried(ctx context.Context, on map[string]Carried) ([]Carried, error) {
	var out []Carried
	names, content := map[election.AreaCode]map[election.Level]string{}, map[election.AreaCode]map[string]string{}
	for id, c := range on {
		key, err := l.key(id)
		if err != nil {
			return nil, err
		}
		routing := c.Box.Routing
		if c.Box, err = l.info.Event.BoxOfKey(key); err != nil {
			return nil, err
		}
		c.Box.Routing = routing
		a := c.Box.Area
		if names[a] == nil {
			if names[a], err = l.AreaNames(ctx, a); err != nil {
				return nil, err
			}
			if content[a], err = l.dapilOf(ctx, a); err != nil {
				return nil, err
			}
		}
		c.Kelurahan, c.Kecamatan = names[a][election.LevelKelurahan], names[a][election.LevelKecamatan]
		if d, ok := content[a][c.Box.Kind]; ok {
			c.Box.Content = election.District{Kind: c.Box.Kind, Code: d}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Carried) int {
		return cmp.Or(cmp.Compare(a.Box.Area, b.Box.Area), cmp.Compare(a.Box.TPS, b.Box.TPS), cmp.Compare(a.Box.Index, b.Box.Index))
	})
	return out, nil
}

// EventQuery chooses events. Zero fields choose all.
type EventQuery struct {
	Actor       string
	Dock        int
	Area        election.AreaCode // of the box that it is about
	From, Until time.Time         // From included, Until not
	Limit       int               // the newest; 0: all
	Offset      int
}

// FindEvents lists events, the newest first, and counts them all.
func (l *Ledger) FindEvents(ctx context.Context, q EventQuery) ([]Event, int, error) {
	var and []string
	var a []any
	add := func(cond string, v ...any) {
		and = append(and, cond)
		a = append(a, v...)
	}
	if q.Actor != "" {
		add(`actor = ?`, q.Actor)
	}
	if q.Dock != 0 {
		add(`dock = ?`, q.Dock)
	}
	if q.Area != "" {
		from, to := areaRange(q.Area)
		add(`box <> 0 AND box BETWEEN ? AND ?`, from*1_000_000, to*1_000_000+999_999)
	}
	if !q.From.IsZero() {
		add(`at >= ?`, formatTime(q.From))
	}
	if !q.Until.IsZero() {
		add(`at < ?`, formatTime(q.Until))
	}
	where := ``
	if len(and) > 0 {
		where = `WHERE ` + strings.Join(and, ` AND `)
	}
	total := 0
	err := l.rows(ctx, `SELECT COUNT(*) FROM event_log `+where, a, func(r *sql.Rows) error { return r.Scan(&total) })
	var out []Event
	if err == nil {
		page := ``
		if q.Limit > 0 {
			page = fmt.Sprintf(` LIMIT %d OFFSET %d`, q.Limit, max(q.Offset, 0))
		}
		err = l.eventsBy(ctx, where, ` ORDER BY n DESC`+page, a, func(e Event) error {
			out = append(out, e)
			return nil
		})
	}
	if err != nil {
		return nil, 0, fmt.Errorf("find events: %w", err)
	}
	return out, total, nil
}

// Newest is when the newest event was recorded.
func (l *Ledger) Newest(ctx context.Context) (time.Time, error) {
	var at time.Time
	err := l.eventsBy(ctx, ``, ` ORDER BY n DESC LIMIT 1`, nil, func(e Event) error {
		at = e.At
		return nil
	})
	if err != nil {
		return at, fmt.Errorf("newest event: %w", err)
	}
	return at, nil
}

// AreaName is an area with its name, and those of the areas that hold it.
type AreaName struct {
	Area      election.AreaCode
	Name      string
	Kecamatan string            // that holds a kelurahan
	Kota      string            // that holds a kecamatan or kelurahan
	District  election.District // routing district of a kelurahan's boxes
}

// Areas lists the event's areas in the order of their codes.
func (l *Ledger) Areas(ctx context.Context) ([]AreaName, error) {
	var out []AreaName
	names := map[election.AreaCode]string{}
	err := l.rows(ctx, `SELECT code, name, routing FROM areas ORDER BY code`, nil, func(r *sql.Rows) error {
		var code int64
		var routing string
		var x AreaName
		if err := r.Scan(&code, &x.Name, &routing); err != nil {
			return err
		}
		var err error
		if x.Area, err = election.AreaOfDigits(fmt.Sprintf("%010d", code)); err != nil {
			return err
		}
		x.District, names[x.Area] = district(routing), x.Name
		if x.Area.Level() == election.LevelKelurahan {
			x.Kecamatan = names[x.Area.Kecamatan()]
		}
		if x.Area != x.Area.Kota() {
			x.Kota = names[x.Area.Kota()]
		}
		out = append(out, x)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list areas: %w", err)
	}
	return out, nil
}
