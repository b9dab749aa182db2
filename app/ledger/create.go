package ledger

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"hash"
	"sort"

	"dapilgate/app/election"
)

// CreateRequest is what a new ledger begins with.
type CreateRequest struct {
	Source    *election.Source
	PublicKey ed25519.PublicKey
	Penyelia  string // name of the first penyelia
	PIN       string
	Progress  func(done, total int) // boxes; may be nil; total 0: not known
}

// Create makes a ledger, imports the event and adds the first penyelia, all or nothing.
// The event is checked whole before the file is touched. Errors: ErrExists, ErrInvalid,
// election.ErrFaults, ErrUnavailable.
func Create(ctx context.Context, address string, req CreateRequest) (*Ledger, error) {
	fail := func(err error) (*Ledger, error) { return nil, fmt.Errorf("create ledger: %w", err) }
	if err := validName(req.Penyelia); err != nil {
		return fail(err)
	}
	if err := validPIN(req.PIN); err != nil {
		return fail(err)
	}
	if len(req.PublicKey) != ed25519.PublicKeySize {
		return fail(fmt.Errorf("%w: public key of %d bytes", ErrInvalid, len(req.PublicKey)))
	}
	totals, err := req.Source.Check(ctx)
	if err != nil {
		return fail(err)
	}
	l, err := connect(ctx, address, true)
	if err != nil {
		return fail(err)
	}
	l.info.ID, l.info.Event, l.info.PublicKey, l.info.Schema = NewID(), req.Source.Event(), req.PublicKey, schemaVersion
	if err = l.fill(ctx, req, totals); err == nil {
		err = l.prepareHot(ctx)
	}
	if err != nil {
		l.Close()
		// Only what this call made is removed; connect refused any other.
		l.d.discard(address)
		return fail(err)
	}
	return l, nil
}

func (l *Ledger) fill(ctx context.Context, req CreateRequest, totals election.Totals) error {
	return l.transact(ctx, span{whole: true}, func(t *tx) error {
		if err := migrate(ctx, l.d, t.t, 0); err != nil {
			return err
		}
		l.info.Created = t.now
		imp := &importer{t: t, e: req.Source.Event(), areas: sha256.New(), boxes: sha256.New(), progress: req.Progress, total: totals.Boxes,
			parents: map[election.AreaCode]string{}}
		if err := imp.run(ctx, req.Source); err != nil {
			return err
		}
		p := created{Ledger: l.info.ID, Event: payloadOf(req.Source.Event()), PublicKey: hex.EncodeToString(req.PublicKey),
			Areas: hex.EncodeToString(imp.areas.Sum(nil)), Boxes: hex.EncodeToString(imp.boxes.Sum(nil)),
			Kelurahan: totals.Kelurahan, TPS: totals.TPS, TPSBoxes: totals.Boxes, Spares: totals.Spares}
		if _, err := t.append(ctx, act{dock: Office, actor: req.Penyelia, kind: LedgerCreated, payload: p}); err != nil {
			return err
		}
		return t.addPerson(ctx, req.Penyelia, "", req.Penyelia, Penyelia, req.PIN)
	})
}

// importer streams areas and boxes into the tables. Only the names of kota and kecamatan
// are kept, of which there are some thousands in the whole country.
type importer struct {
	t            *tx
	e            *election.Event
	areas, boxes hash.Hash
	parents      map[election.AreaCode]string
	pending      []int64 // keys of boxes not yet inserted
	done, total  int
	progress     func(done, total int)
}

// boxesAtOnce is the number of boxes in one INSERT: fewer calls, and below every engine's
// limit of arguments.
const boxesAtOnce = 500

func (i *importer) run(ctx context.Context, src *election.Source) error {
	area, err := i.t.t.PrepareContext(ctx, i.t.l.d.rebind(`INSERT INTO areas (code, name, routing, tps) VALUES (?, ?, ?, ?)`))
	if err != nil {
		return err
	}
	defer area.Close()
	dapil, err := i.t.t.PrepareContext(ctx, i.t.l.d.rebind(`INSERT INTO area_dapil (area, kind, code) VALUES (?, ?, ?)`))
	if err != nil {
		return err
	}
	defer dapil.Close()
	for k, err := range src.Kelurahan(ctx) {
		if err != nil {
			return err
		}
		code, _ := areaRange(k.Code)
		if _, err := area.ExecContext(ctx, code, k.Name, i.e.RoutingOf(&k).String(), k.TPSCount()); err != nil {
			return fmt.Errorf("area %s: %w", k.Code, err)
		}
		i.parents[k.KecamatanCode], i.parents[k.KotaCode] = k.Kecamatan, k.Kota
		for _, kind := range i.e.Kinds {
			d := i.e.ContentOf(&k, kind.Code)
			if d.IsZero() {
				continue
			}
			if _, err := dapil.ExecContext(ctx, code, d.Kind, d.Code); err != nil {
				return fmt.Errorf("dapil of %s: %w", k.Code, err)
			}
		}
		for b := range i.e.Boxes(k) {
			if err := i.box(ctx, b); err != nil {
				return err
			}
		}
	}
	for b := range i.e.SpareBoxes() {
		if err := i.box(ctx, b); err != nil {
			return err
		}
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	codes := make([]string, 0, len(i.parents))
	for c := range i.parents {
		codes = append(codes, string(c))
	}
	sort.Strings(codes)
	for _, c := range codes {
		code, _ := areaRange(election.AreaCode(c))
		if _, err := area.ExecContext(ctx, code, i.parents[election.AreaCode(c)], "", 0); err != nil {
			return fmt.Errorf("area %s: %w", c, err)
		}
	}
	return i.digests(ctx)
}

func (i *importer) box(ctx context.Context, b election.Box) error {
	key, err := i.e.KeyOf(b)
	if err != nil {
		return err
	}
	if i.pending = append(i.pending, key); len(i.pending) == boxesAtOnce {
		return i.flush(ctx)
	}
	return nil
}

func (i *importer) flush(ctx context.Context) error {
	if len(i.pending) > 0 {
		if err := i.t.l.d.insertBoxes(ctx, i.t, i.pending); err != nil {
			return fmt.Errorf("boxes %d to %d: %w", i.pending[0], i.pending[len(i.pending)-1], err)
		}
	}
	i.done += len(i.pending)
	i.pending = i.pending[:0]
	if i.progress != nil {
		i.progress(i.done, i.total)
	}
	return nil
}

// digests are taken from the tables themselves, in the order in which Verify reads them.
func (i *importer) digests(ctx context.Context) error {
	q := func(query string, a ...any) (*sql.Rows, error) { return i.t.t.QueryContext(ctx, query, a...) }
	if err := digestAreas(q, i.areas); err != nil {
		return err
	}
	return digestBoxes(q, i.boxes)
}

type queryFunc func(query string, a ...any) (*sql.Rows, error)

func digestAreas(q queryFunc, h hash.Hash) error {
	if err := digestRows(q, h, `SELECT code, name, routing, tps FROM areas ORDER BY code`); err != nil {
		return err
	}
	return digestRows(q, h, `SELECT area, kind, code FROM area_dapil ORDER BY area, kind`)
}

func digestBoxes(q queryFunc, h hash.Hash) error {
	return digestRows(q, h, `SELECT key FROM boxes ORDER BY key`)
}

// digestRows writes each row as its values, a line each, into h.
func digestRows(q queryFunc, h hash.Hash, query string) error {
	r, err := q(query)
	if err != nil {
		return err
	}
	defer r.Close()
	cols, err := r.Columns()
	if err != nil {
		return err
	}
	values, dest := make([]sql.RawBytes, len(cols)), make([]any, len(cols))
	for i := range values {
		dest[i] = &values[i]
	}
	for r.Next() {
		if err := r.Scan(dest...); err != nil {
			return err
		}
		for _, v := range values {
			h.Write(v)
			h.Write([]byte{'\n'})
		}
	}
	return r.Err()
}
