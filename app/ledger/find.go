package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// LabelQuery chooses labels by what is printed on them, or known of their print. Zero
// fields choose all.
type LabelQuery struct {
	Filter             // of the box; its State and Load don't count
	Box      string    // identity of one box
	Revision int       // with Box
	Batch    int64     // number of the print
	Words    []string  // each must be part of an area's name, the person, the stock, the reason, the output, the state
	By       string    // the person who printed it, to the letter
	Twice    bool      // its box had more than one label out of a printer; box by box, as they were made
	Missing  bool      // counts, and was not scanned back
	From     time.Time // printed from then on
	Until    time.Time // and before then
	Offset   int
}

// FoundLabel is a label with its print: who, when, where, why.
type FoundLabel struct {
	Box       string    `json:"box"`
	Revision  int       `json:"revision"`
	State     string    `json:"state"`
	Checked   bool      `json:"scanned_back"`
	Newest    bool      `json:"newest"` // no later revision was issued
	Kelurahan string    `json:"kelurahan,omitempty"`
	Kecamatan string    `json:"kecamatan,omitempty"`
	Batch     int64     `json:"batch"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Stock     string    `json:"stock"`
	Output    string    `json:"output,omitempty"`
	Reason    string    `json:"reason,omitempty"`
}

// FindLabels lists labels, the newest prints first, at most Limit of them from Offset on,
// and counts them all. Errors: election.ErrBox, ErrInvalid, ErrUnavailable.
func (l *Ledger) FindLabels(ctx context.Context, q LabelQuery) ([]FoundLabel, int, error) {
	fail := func(err error) ([]FoundLabel, int, error) { return nil, 0, fmt.Errorf("find labels: %w", err) }
	f := q.Filter
	f.State, f.Load = "", 0
	where, a, err := l.where(f)
	if err != nil {
		return fail(err)
	}
	and := func(cond string, v ...any) {
		where += ` AND ` + cond
		a = append(a, v...)
	}
	if q.Box != "" {
		key, err := l.key(q.Box)
		if err != nil {
			return fail(err)
		}
		and(`b.key = ?`, key)
	}
	if q.Revision > 0 {
		and(`l.revision = ?`, q.Revision)
	}
	if q.Batch > 0 {
		and(`l.batch = ?`, q.Batch)
	}
	if q.By != "" {
		and(`p.by_whom = ?`, q.By)
	}
	order := `l.batch DESC, l.box, l.revision DESC`
	if q.Twice {
		and(`l.state IN ('sent', 'printed', 'spoiled') AND (SELECT COUNT(*) FROM labels x WHERE x.box = l.box AND x.state IN ('sent', 'printed', 'spoiled')) > 1`)
		order = `l.box, l.revision`
	}
	if q.Missing {
		and(unchecked)
	}
	if !q.From.IsZero() {
		and(`p.at >= ?`, formatTime(q.From))
	}
	if !q.Until.IsZero() {
		and(`p.at < ?`, formatTime(q.Until))
	}
	for _, w := range q.Words {
		part := "%" + likeEscape(strings.ToLower(w)) + "%"
		and(`(LOWER(a.name) LIKE ? ESCAPE '\' OR LOWER(COALESCE(kec.name, '')) LIKE ? ESCAPE '\' OR LOWER(COALESCE(kota.name, '')) LIKE ? ESCAPE '\'
			OR LOWER(p.by_whom) LIKE ? ESCAPE '\' OR LOWER(p.stock) LIKE ? ESCAPE '\' OR LOWER(p.reason) LIKE ? ESCAPE '\'
			OR LOWER(p.output) LIKE ? ESCAPE '\' OR l.state = ?)`, part, part, part, part, part, part, part, strings.ToLower(w))
	}
	from := `FROM labels l JOIN batches p ON p.id = l.batch JOIN boxes b ON b.key = l.box JOIN areas a ON a.code = b.key / 1000000
		LEFT JOIN areas kec ON kec.code = b.key / 10000000000 * 10000
		LEFT JOIN areas kota ON kota.code = b.key / 1000000000000 * 1000000 WHERE ` + where
	total := 0
	if err := l.rows(ctx, `SELECT COUNT(*) `+from, a, func(r *sql.Rows) error { return r.Scan(&total) }); err != nil {
		return fail(err)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = -1
	}
	page := ` ORDER BY ` + order
	if limit > 0 {
		page += fmt.Sprintf(` LIMIT %d OFFSET %d`, limit, max(q.Offset, 0))
	}
	var out []FoundLabel
	err = l.rows(ctx, `SELECT l.box, l.revision, l.state, l.scanned, CASE WHEN l.revision = (SELECT MAX(x.revision) FROM labels x WHERE x.box = l.box) THEN 1 ELSE 0 END,
			a.name, COALESCE(kec.name, ''), p.id, p.by_whom, p.at, p.stock, p.output, p.reason `+from+page, a, func(r *sql.Rows) error {
		var x FoundLabel
		var key int64
		var checked, newest int
		var at string
		if err := r.Scan(&key, &x.Revision, &x.State, &checked, &newest, &x.Kelurahan, &x.Kecamatan, &x.Batch, &x.By, &at, &x.Stock, &x.Output, &x.Reason); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		x.Box, x.Checked, x.Newest, x.At = b.ID(), checked == 1, newest == 1, parseTime(at)
		out = append(out, x)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return out, total, nil
}

// likeEscape takes their meaning from the wildcards of LIKE.
func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
