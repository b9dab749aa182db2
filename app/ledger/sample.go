package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// MaxSample is the largest sample: what is larger is a count.
const MaxSample = 5000

// Scope is what is counted, or what a sample is drawn from: boxes told by what never
// changes about them. Zero fields choose all.
type Scope struct {
	District election.District // routing district
	Area     election.AreaCode // any level
	TPS      int
	Kind     string
}

// IsZero tells whether the scope is everything.
func (s Scope) IsZero() bool { return s == Scope{} }

func (s Scope) filter() Filter {
	return Filter{District: s.District, Area: s.Area, TPS: s.TPS, Kind: s.Kind}
}

// facts is where a box stands to the scope.
func (s Scope) facts(b election.Box, routing election.District) gate.CountFacts {
	return gate.CountFacts{
		Spare:      b.Item == election.ItemSpare,
		Near:       b.Item == election.ItemSpare && (s.Area.Contains(b.Area) || b.Area.Contains(s.Area)),
		InDistrict: s.District.IsZero() || routing == s.District,
		InArea:     s.Area.Contains(b.Area),
		InKind:     (s.Kind == "" || s.Kind == b.Kind) && (s.TPS == 0 || s.TPS == b.TPS),
	}
}

// Sample is a random sample of boxes that anybody can draw again: gate.Sample.
type Sample struct {
	ID         int64 // 0: not recorded
	Seed       string
	Scope      Scope
	Population int      // boxes that it was drawn from
	Digest     string   // SHA-256 of their identities, each with a line end, in byte order; hex
	Boxes      []string // in the order of the draw
	By         string
	At         time.Time
	Seq        int64 // of its event, in the office's chain
}

type scopePayload struct {
	District string            `json:"district,omitempty"`
	Area     election.AreaCode `json:"area,omitempty"`
	TPS      int               `json:"tps,omitempty"`
	Kind     string            `json:"kind,omitempty"`
}

func payloadOfScope(s Scope) scopePayload {
	return scopePayload{s.District.String(), s.Area, s.TPS, s.Kind}
}

type samplePayload struct {
	Sample     int64        `json:"sample"`
	Seed       string       `json:"seed"`
	Scope      scopePayload `json:"scope"`
	Population int          `json:"population"`
	Digest     string       `json:"population_digest"`
	Boxes      []string     `json:"boxes"`
}

// Draw draws a sample without recording it: what anybody may do to check one. Errors:
// ErrInvalid (seed, size, kind), ErrNotFound (no such boxes).
func (l *Ledger) Draw(ctx context.Context, seed string, size int, s Scope) (Sample, error) {
	x := Sample{Seed: seed, Scope: s}
	fail := func(err error) (Sample, error) { return x, fmt.Errorf("draw a sample: %w", err) }
	s.Kind = strings.ToUpper(s.Kind)
	if !gate.ValidSeed(seed) {
		return fail(fmt.Errorf("%w: seed %q (1 to %d letters, digits and . _ : -)", ErrInvalid, seed, gate.MaxSeed))
	}
	if size < 1 || size > MaxSample {
		return fail(fmt.Errorf("%w: a sample of %d boxes (1 to %d)", ErrInvalid, size, MaxSample))
	}
	x.Scope = s
	where, a, err := l.where(s.filter())
	if err != nil {
		return fail(err)
	}
	var boxes []string
	err = l.rows(ctx, `SELECT b.key FROM boxes b JOIN areas a ON a.code = b.key / 1000000 WHERE `+where, a, func(r *sql.Rows) error {
		var key int64
		if err := r.Scan(&key); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		boxes = append(boxes, b.ID())
		return err
	})
	if err != nil {
		return fail(err)
	}
	if len(boxes) == 0 {
		return fail(fmt.Errorf("%w: no box of this choice", ErrNotFound))
	}
	x.Population, x.Digest, x.Boxes = len(boxes), digestOf(boxes), gate.Sample(seed, boxes, size)
	return x, nil
}

// digestOf is the SHA-256 of texts, each with a line end, in byte order.
func digestOf(texts []string) string {
	slices.Sort(texts)
	h := sha256.New()
	for _, s := range texts {
		h.Write([]byte(s + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// DrawSample draws a sample and records it, before anything of it is counted: who draws
// again and again until the sample suits is found out. Errors: as Draw; ErrNotAllowed.
func (l *Ledger) DrawSample(ctx context.Context, by Person, seed string, size int, s Scope) (Sample, error) {
	if err := require(by, Penyelia, Auditor); err != nil {
		return Sample{}, fmt.Errorf("draw a sample: %w", err)
	}
	x, err := l.Draw(ctx, seed, size, s) // boxes never change, so it needs no transaction
	if err != nil {
		return x, err
	}
	err = l.update(ctx, func(t *tx) error {
		if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM samples`, nil, &x.ID); err != nil {
			return err
		}
		e, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: SampleDrawn,
			payload: samplePayload{x.ID, x.Seed, payloadOfScope(x.Scope), x.Population, x.Digest, x.Boxes}})
		x.By, x.At, x.Seq = e.Actor, e.At, e.Seq
		return err
	})
	if err != nil {
		return x, fmt.Errorf("draw a sample: %w", err)
	}
	return x, nil
}

func (t *tx) applySample(ctx context.Context, e Event, p samplePayload) error {
	if err := t.run(ctx, `INSERT INTO samples (id, seed, district, area, tps, kind, population, digest, by_whom, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		p.Sample, p.Seed, p.Scope.District, string(p.Scope.Area), p.Scope.TPS, p.Scope.Kind, p.Population, p.Digest, e.Actor, formatTime(e.At)); err != nil {
		return err
	}
	for from := 0; from < len(p.Boxes); from += insertRows {
		part := p.Boxes[from:min(len(p.Boxes), from+insertRows)]
		var a []any
		for i, id := range part {
			key, err := t.l.key(id)
			if err != nil {
				return fmt.Errorf("sample %d: %w", p.Sample, err)
			}
			a = append(a, p.Sample, from+i+1, key)
		}
		if err := t.run(ctx, `INSERT INTO sample_boxes (sample, place, box) VALUES (?, ?, ?)`+strings.Repeat(`, (?, ?, ?)`, len(part)-1), a...); err != nil {
			return err
		}
	}
	return nil
}

// insertRows are the rows of one statement: what one event may hold, and what the engines
// take as arguments.
const insertRows = 500

// Samples lists the samples that were drawn, newest first, without their boxes.
func (l *Ledger) Samples(ctx context.Context) ([]Sample, error) {
	out, err := l.samples(ctx, ``)
	if err != nil {
		return nil, fmt.Errorf("list samples: %w", err)
	}
	return out, nil
}

// SampleByID finds a sample. Error: ErrNotFound.
func (l *Ledger) SampleByID(ctx context.Context, id int64) (Sample, error) {
	all, err := l.samples(ctx, `WHERE s.id = ?`, id)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Sample{}, fmt.Errorf("sample %d: %w", id, err)
	}
	x := all[0]
	err = l.rows(ctx, `SELECT box FROM sample_boxes WHERE sample = ? ORDER BY place`, args(id), func(r *sql.Rows) error {
		var key int64
		if err := r.Scan(&key); err != nil {
			return err
		}
		b, err := l.info.Event.BoxOfKey(key)
		x.Boxes = append(x.Boxes, b.ID())
		return err
	})
	if err != nil {
		return x, fmt.Errorf("sample %d: %w", id, err)
	}
	return x, nil
}

func (l *Ledger) samples(ctx context.Context, where string, a ...any) ([]Sample, error) {
	var out []Sample
	err := l.rows(ctx, `SELECT s.id, s.seed, s.district, s.area, s.tps, s.kind, s.population, s.digest, s.by_whom, s.at FROM samples s `+where+` ORDER BY s.id DESC`, a,
		func(r *sql.Rows) error {
			var x Sample
			var d, at string
			err := r.Scan(&x.ID, &x.Seed, &d, &x.Scope.Area, &x.Scope.TPS, &x.Scope.Kind, &x.Population, &x.Digest, &x.By, &at)
			x.Scope.District, x.At = district(d), parseTime(at)
			out = append(out, x)
			return err
		})
	return out, err
}
