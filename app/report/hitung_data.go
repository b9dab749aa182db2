package report

import (
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// scopeJSON is what is counted, or what a sample is drawn from.
type scopeJSON struct {
	District string            `json:"district,omitempty"`
	Area     election.AreaCode `json:"area,omitempty"`
	TPS      int               `json:"tps,omitempty"`
	Kind     string            `json:"kind,omitempty"`
}

func scopeData(s ledger.Scope) scopeJSON {
	return scopeJSON{s.District.Spaced(), s.Area, s.TPS, s.Kind}
}

// CountJSON is a count as scripts read it. While people count, it tells nothing of what is
// expected, nor of how far others are.
type CountJSON struct {
	Count    int64             `json:"count"`
	Room     string            `json:"room,omitempty"`
	Scope    scopeJSON         `json:"scope"`
	Sample   int64             `json:"sample,omitempty"`
	State    ledger.CountState `json:"state"`
	OpenedBy string            `json:"opened_by"`
	Opened   time.Time         `json:"opened"`
	Passes   []passJSON        `json:"passes"`
	Compared time.Time         `json:"compared,omitzero"`
	SignedBy string            `json:"signed_by,omitempty"`
	Signed   time.Time         `json:"signed,omitzero"`
}

type passJSON struct {
	Round      int       `json:"round"` // 2: the recount
	Person     string    `json:"person"`
	Began      time.Time `json:"began"`
	Done       time.Time `json:"done,omitzero"`
	Boxes      int       `json:"boxes,omitempty"`
	Again      int       `json:"again,omitempty"`
	Unreadable int       `json:"unreadable,omitempty"`
	Strange    int       `json:"not_ours,omitempty"`
	Forged     int       `json:"forged,omitempty"`
}

// CountingData is a count for scripts.
func CountingData(c *ledger.Counting) CountJSON {
	j := CountJSON{Count: c.ID, Room: c.Room, Scope: scopeData(c.Scope), Sample: c.Sample, State: c.State, OpenedBy: c.OpenedBy, Opened: c.Opened,
		Passes: []passJSON{}, Compared: c.Compared, SignedBy: c.SignedBy, Signed: c.Signed}
	for _, p := range c.Passes {
		x := passJSON{Round: p.Round, Person: p.Person, Began: p.Began, Done: p.Done}
		if c.State != ledger.CountRunning {
			x.Boxes, x.Again, x.Unreadable, x.Strange, x.Forged = p.Boxes, p.Again, p.Unreadable, p.Strange, p.Forged
		}
		j.Passes = append(j.Passes, x)
	}
	return j
}

// DifferenceJSON is one difference as scripts read it.
type DifferenceJSON struct {
	Box       string           `json:"box"`
	Kelurahan string           `json:"kelurahan,omitempty"`
	Kecamatan string           `json:"kecamatan,omitempty"`
	Class     gate.CountClass  `json:"class"`
	Reason    gate.CountReason `json:"reason,omitempty"`
	Truck     string           `json:"truck,omitempty"` // that the record has it on
	CountedBy []string         `json:"counted_by"`
	Recount   *recountJSON     `json:"recount,omitempty"`
}

type recountJSON struct {
	By     string           `json:"by"`
	At     time.Time        `json:"at"`
	Found  bool             `json:"found"`
	Class  gate.CountClass  `json:"class"` // empty or match: no difference any more
	Reason gate.CountReason `json:"reason,omitempty"`
}

// DifferenceData is a difference for scripts.
func DifferenceData(d *ledger.CountDifference) DifferenceJSON {
	j := DifferenceJSON{Box: d.Box.ID(), Kelurahan: d.Kelurahan, Kecamatan: d.Kecamatan, Class: d.Class, Reason: d.Reason, Truck: d.Plate, CountedBy: append([]string{}, d.CountedBy...)}
	if r := d.Recount; r != nil {
		j.Recount = &recountJSON{r.By, r.At, r.Found, r.Class, r.Reason}
	}
	return j
}

type totalsJSON struct {
	Found     int `json:"found"`
	Matching  int `json:"matching"`
	Beside    int `json:"beside,omitempty"`
	Missing   int `json:"kurang"`
	Surplus   int `json:"lebih"`
	Misplaced int `json:"salah_tempat"`
}

type countResultJSON struct {
	Document string `json:"document"`
	Number   string `json:"number"`
	CountJSON
	Expected    int              `json:"expected"`
	Unlabelled  int              `json:"unlabelled"`
	First       totalsJSON       `json:"first"`
	Final       totalsJSON       `json:"final"`
	Open        int              `json:"not_recounted"`
	Differences []DifferenceJSON `json:"differences"`
	Checkpoint  string           `json:"checkpoint"`
}

func countData(c *Counted, p *Paper, number string) countResultJSON {
	j := countResultJSON{Document: KindHitung, Number: number, CountJSON: CountingData(&c.Counting), Expected: c.Expected, Unlabelled: c.Unlabelled,
		First: totalsJSON(c.Totals(false)), Final: totalsJSON(c.Totals(true)), Open: c.Open(), Differences: []DifferenceJSON{}, Checkpoint: p.Checkpoint}
	if j.Checkpoint == "" {
		j.Checkpoint = HeadText(c.Head)
	}
	for i := range c.Differences {
		j.Differences = append(j.Differences, DifferenceData(&c.Differences[i]))
	}
	return j
}

type sampleJSON struct {
	Document   string    `json:"document"`
	Number     string    `json:"number,omitempty"`
	Sample     int64     `json:"sample,omitempty"` // empty: not recorded
	Seed       string    `json:"seed"`
	Scope      scopeJSON `json:"scope"`
	Population int       `json:"population"`
	Digest     string    `json:"population_digest"`
	By         string    `json:"by,omitempty"`
	At         time.Time `json:"at,omitzero"`
	Boxes      []string  `json:"boxes"`
	Redraw     string    `json:"redraw"`
}

func sampleData(x ledger.Sample, number string) sampleJSON {
	return sampleJSON{KindSampel, strings.Trim(number, "–"), x.ID, x.Seed, scopeData(x.Scope), x.Population, x.Digest, x.By, x.At, x.Boxes,
		Redraw(x.Seed, len(x.Boxes), scopeOptions(x.Scope))}
}
