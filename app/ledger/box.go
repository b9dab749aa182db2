package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"dapilgate/app/election"
)

// where turns a filter into a condition on boxes b, areas a, labels l, loads ld.
func (l *Ledger) where(f Filter) (string, []any, error) {
	var and []string
	var a []any
	add := func(cond string, v ...any) {
		and = append(and, cond)
		a = append(a, v...)
	}
	if !f.District.IsZero() {
		add(`a.routing = ?`, f.District.String())
	}
	if f.Area != "" {
		from, to := areaRange(f.Area)
		add(`b.key BETWEEN ? AND ?`, from*1000000, to*1000000+999999)
	}
	if f.TPS != 0 {
		add(`b.key / 1000 % 1000 = ?`, f.TPS)
	}
	if f.Kind != "" {
		ordinal := 0
		for i, k := range l.info.Event.Kinds {
			if k.Code == strings.ToUpper(f.Kind) {
				ordinal = i + 1
			}
		}
		if ordinal == 0 && !strings.EqualFold(f.Kind, election.SpareKind) {
			return "", nil, fmt.Errorf("%w: kind %q is not in event %s", ErrInvalid, f.Kind, l.info.Event.Code)
		}
		add(`b.key / 10 % 100 = ?`, ordinal)
	}
	if f.Load != 0 {
		add(`lb.load = ?`, f.Load)
	}
	after := ``
	if len(f.After) > 0 {
		after = `SELECT box FROM labels WHERE batch IN (` + strings.TrimSuffix(strings.Repeat(`?, `, len(f.After)), `, `) + `)`
		add(`b.key NOT IN (`+after+` AND state = 'printed')`, numbers(f.After)...)
	}
	switch f.State {
	case "":
	case BoxUnprinted:
		add(`l.box IS NULL`)
	case BoxPrinted:
		if after != `` {
			add(`(l.box IS NOT NULL OR b.key IN (`+after+`)) AND lb.box IS NULL`, numbers(f.After)...)
			break
		}
		add(`l.box IS NOT NULL AND lb.box IS NULL`)
	case BoxMissing:
		add(`lb.box IS NULL`)
	case BoxLoaded:
		add(`ld.state IN ('open', 'closed')`)
	case BoxDeparted:
		add(`ld.state = 'departed' AND rb.box IS NULL`)
	case BoxReceived:
		add(`rb.box IS NOT NULL`)
	default:
		return "", nil, fmt.Errorf("%w: state %q (unprinted, printed, missing, loaded, departed, received)", ErrInvalid, f.State)
	}
	if len(and) == 0 {
		return `1 = 1`, nil, nil
	}
	return strings.Join(and, ` AND `), a, nil
}

// numbers are the arguments of a list of numbers.
func numbers(list []int64) []any {
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

// boxJoins goes with where. A voided newest label counts as none: the box needs another.
const boxJoins = `FROM boxes b
	JOIN areas a ON a.code = b.key / 1000000
	LEFT JOIN labels l ON l.box = b.key AND l.revision = (SELECT MAX(revision) FROM labels WHERE box = b.key) AND l.state NOT IN ('void', 'spoiled')
	LEFT JOIN load_boxes lb ON lb.box = b.key
	LEFT JOIN loads ld ON ld.id = lb.load
	LEFT JOIN receipt_boxes rb ON rb.box = lb.box AND rb.load = lb.load
	LEFT JOIN holds h ON h.box = b.key `

// Boxes yields the boxes of a filter in the order kelurahan, TPS, kind. It reads page by
// page, so the reader may take its time and write to the ledger meanwhile.
func (l *Ledger) Boxes(ctx context.Context, f Filter) iter.Seq2[BoxRow, error] {
	return func(yield func(BoxRow, error) bool) {
		fail := func(err error) { yield(BoxRow{}, fmt.Errorf("list boxes: %w", err)) }
		where, a, err := l.where(f)
		if err != nil {
			fail(err)
			return
		}
		names, err := l.parentNames(ctx)
		if err != nil {
			fail(err)
			return
		}
		const page = 1000
		after, left := int64(-1), f.Limit
		for {
			n := page
			if f.Limit > 0 && left < n {
				n = left
			}
			if n == 0 {
				return
			}
			rows, last, err := l.boxPage(ctx, where, a, after, n, names)
			if err != nil {
				fail(err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
			if len(rows) < n {
				return
			}
			after, left = last, left-len(rows)
		}
	}
}

func (l *Ledger) boxPage(ctx context.Context, where string, a []any, after int64, n int, names map[election.AreaCode]string) ([]BoxRow, int64, error) {
	var out []BoxRow
	content := map[election.AreaCode]map[string]string{}
	err := l.rows(ctx, `SELECT b.key, a.name, a.routing, COALESCE(l.revision, 0), COALESCE(lb.load, 0), COALESCE(ld.plate, ''), COALESCE(ld.state, ''),
		COALESCE(h.reason, ''), COALESCE(rb.receipt, 0) `+boxJoins+`WHERE `+where+` AND b.key > ? ORDER BY b.key LIMIT ?`, append(append([]any{}, a...), after, n),
		func(r *sql.Rows) error {
			var row BoxRow
			var name, routing, loadState string
			if err := r.Scan(&after, &name, &routing, &row.Revision, &row.Load, &row.Plate, &loadState, &row.Hold, &row.Receipt); err != nil {
				return err
			}
			b, err := l.info.Event.BoxOfKey(after)
			if err != nil {
				return err
			}
			b.Routing = district(routing)
			row.Box = b
			if b.Item == election.ItemBox {
				row.Kelurahan = name
			}
			row.Kecamatan, row.Kota = names[b.Area.Kecamatan()], names[b.Area.Kota()]
			switch {
			case row.Receipt != 0:
				row.State = BoxReceived
			case LoadState(loadState) == LoadDeparted:
				row.State = BoxDeparted
			case row.Load != 0:
				row.State = BoxLoaded
			case row.Revision > 0:
				row.State = BoxPrinted
			default:
				row.State = BoxUnprinted
			}
			content[b.Area] = nil
			out = append(out, row)
			return nil
		})
	if err != nil {
		return nil, 0, err
	}
	for i := range out {
		b := &out[i].Box
		if content[b.Area] == nil {
			if content[b.Area], err = l.dapilOf(ctx, b.Area); err != nil {
				return nil, 0, err
			}
		}
		if c, ok := content[b.Area][b.Kind]; ok {
			b.Content = election.District{Kind: b.Kind, Code: c}
		}
	}
	return out, after, nil
}

// dapilOf is the dapil of a kelurahan by kind.
func (l *Ledger) dapilOf(ctx context.Context, area election.AreaCode) (map[string]string, error) {
	code, _ := areaRange(area)
	out := map[string]string{}
	return out, l.rows(ctx, `SELECT kind, code FROM area_dapil WHERE area = ?`, args(code), func(r *sql.Rows) error {
		var kind, c string
		err := r.Scan(&kind, &c)
		out[kind] = c
		return err
	})
}

// parentNames are the names of kota and kecamatan.
func (l *Ledger) parentNames(ctx context.Context) (map[election.AreaCode]string, error) {
	out := map[election.AreaCode]string{}
	return out, l.rows(ctx, `SELECT code, name FROM areas WHERE code % 10000 = 0`, nil, func(r *sql.Rows) error {
		var code int64
		var name string
		if err := r.Scan(&code, &name); err != nil {
			return err
		}
		a, err := election.AreaOfDigits(fmt.Sprintf("%010d", code))
		out[a] = name
		return err
	})
}

// Box finds one box by its identity. Errors: election.ErrBox, ErrNotFound.
func (l *Ledger) Box(ctx context.Context, id string) (BoxRow, error) {
	area, tps, kind, err := election.ParseBoxID(id)
	if err != nil {
		return BoxRow{}, err
	}
	for row, err := range l.Boxes(ctx, Filter{Area: area, TPS: tps, Kind: kind, Limit: 1}) {
		return row, err
	}
	return BoxRow{}, fmt.Errorf("%w: box %s is not in event %s", ErrNotFound, id, l.info.Event.Code)
}

const countColumns = `COUNT(*), COUNT(l.box), COUNT(CASE WHEN ld.state IN ('open', 'closed') THEN 1 END), COUNT(CASE WHEN ld.state = 'departed' THEN 1 END),
	COUNT(rb.box) `

// CountBoxes counts the boxes of a filter; its Limit does not matter.
func (l *Ledger) CountBoxes(ctx context.Context, f Filter) (Count, error) {
	var c Count
	where, a, err := l.where(f)
	if err == nil {
		err = l.rows(ctx, `SELECT `+countColumns+boxJoins+`WHERE `+where, a, func(r *sql.Rows) error {
			return r.Scan(&c.Boxes, &c.Printed, &c.Loaded, &c.Departed, &c.Received)
		})
	}
	if err != nil {
		return c, fmt.Errorf("count boxes: %w", err)
	}
	return c, nil
}

// AreaCounts counts the boxes of the areas right below parent; "" lists the kota. Spare
// boxes belong to a kota and to none of its kecamatan.
func (l *Ledger) AreaCounts(ctx context.Context, parent election.AreaCode) ([]AreaCount, error) {
	// The children's codes are the key without the digits below their level.
	unit := map[election.Level]int64{election.LevelNone: 1_000_000, election.LevelProvinsi: 1_000_000,
		election.LevelKota: 10_000, election.LevelKecamatan: 1}[parent.Level()]
	if unit == 0 {
		return nil, fmt.Errorf("%w: %s has no areas below it", ErrInvalid, parent)
	}
	where, a, err := l.where(Filter{Area: parent})
	if err != nil {
		return nil, err
	}
	var out []AreaCount
	err = l.rows(ctx, fmt.Sprintf(`SELECT g.code, n.name, g.lo, g.hi, g.boxes, g.printed, g.loaded, g.departed, g.received FROM (
		SELECT b.key / 1000000 / %d * %d AS code, MIN(a.routing) AS lo, MAX(a.routing) AS hi, COUNT(*) AS boxes, COUNT(l.box) AS printed,
			COUNT(CASE WHEN ld.state IN ('open', 'closed') THEN 1 END) AS loaded, COUNT(CASE WHEN ld.state = 'departed' THEN 1 END) AS departed, COUNT(rb.box) AS received
		`, unit, unit)+boxJoins+`WHERE `+where+` GROUP BY 1) g JOIN areas n ON n.code = g.code ORDER BY g.code`, a, func(r *sql.Rows) error {
		var c AreaCount
		var code int64
		var lo, hi string
		if err := r.Scan(&code, &c.Name, &lo, &hi, &c.Boxes, &c.Printed, &c.Loaded, &c.Departed, &c.Received); err != nil {
			return err
		}
		area, err := election.AreaOfDigits(fmt.Sprintf("%010d", code))
		if err != nil {
			return err
		}
		if area == parent { // the kota's own spare boxes
			return nil
		}
		if c.Area = area; lo == hi {
			c.District = district(lo)
		}
		out = append(out, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count areas of %q: %w", parent, err)
	}
	return out, nil
}
