package selftest

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/assets"
	"dapilgate/labels/code"
)

// Rehearsal is a dock with an open load on a throw-away ledger of the card's event. It is
// the very dock, ledger and gate of real boxes; only the event and its key are others.
type Rehearsal struct {
	dir     string
	ledger  *ledger.Ledger
	station *dock.Station
}

// The rehearsal's own people and truck. Nothing real is behind them.
const (
	nobody    = "uji"
	noPIN     = "730215"
	noTruck   = "UJI 1"
	noTruckTo = "1" // the short name of its district
)

// Labels are the texts of the card's labels.
type Labels struct {
	Good, Wrong, Forged string
}

// CardLabels are the same on every card, whoever prints it.
func CardLabels() (Labels, error) {
	src, err := election.Open(assets.TestEvent())
	if err != nil {
		return Labels{}, fmt.Errorf("test labels: %w", err)
	}
	var out Labels
	for _, x := range []struct {
		to   *string
		area election.AreaCode
		tps  int
		key  ed25519.PrivateKey
	}{
		{&out.Good, "31.79.01.1001", 1, code.TestKey()},
		{&out.Wrong, "31.79.02.1001", 1, code.TestKey()},
		{&out.Forged, "31.79.01.1001", 2, code.ForgerKey()},
	} {
		d := election.District{Kind: "DPRDP", Code: "990001"}
		if x.to == &out.Wrong {
			d.Code = "990002"
		}
		b := election.Box{Area: x.area, TPS: x.tps, Kind: "DPRDP", Item: election.ItemBox, Routing: d}
		f, err := src.Event().Fields(b, 1)
		if err == nil {
			*x.to, err = f.Sign(x.key)
		}
		if err != nil {
			return Labels{}, fmt.Errorf("test label of %s: %w", b.ID(), err)
		}
	}
	return out, nil
}

// Rehearse makes one, in a temporary folder that Close removes. Errors: the folder can't be
// made; those of ledger.Create.
func Rehearse(ctx context.Context) (*Rehearsal, error) {
	dir, err := os.MkdirTemp("", "dapilgate-uji-")
	if err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	r := &Rehearsal{dir: dir}
	if err := r.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("rehearse: %w", err), r.Close())
	}
	return r, nil
}

func (r *Rehearsal) open(ctx context.Context) error {
	src, err := election.Open(assets.TestEvent())
	if err != nil {
		return err
	}
	by := ledger.Person{Name: nobody, Role: ledger.Penyelia, Active: true}
	if r.ledger, err = ledger.Create(ctx, filepath.Join(r.dir, "uji.db"), ledger.CreateRequest{Source: src,
		PublicKey: code.TestKey().Public().(ed25519.PublicKey), Penyelia: nobody, PIN: noPIN}); err != nil {
		return err
	}
	l := r.ledger
	var ids []string
	for row, err := range l.Boxes(ctx, ledger.Filter{}) {
		if err != nil {
			return err
		}
		ids = append(ids, row.Box.ID())
	}
	batch, err := l.OpenBatch(ctx, by, ledger.BatchRequest{Stock: "kartu uji"})
	if err != nil {
		return err
	}
	revisions, err := l.PlanLabels(ctx, by, batch, false, ids)
	if err == nil {
		err = l.LabelsDone(ctx, by, batch, ids, revisions)
	}
	if err == nil {
		err = l.EndBatch(ctx, by, batch, ledger.BatchDone)
	}
	if err == nil {
		_, err = l.AddTruck(ctx, by, noTruck, "", "")
	}
	if err != nil {
		return err
	}
	if r.station, err = dock.Open(ctx, l, 1); err != nil {
		return err
	}
	if err := r.station.SetOperator(ctx, by); err != nil {
		return err
	}
	d, err := l.Event().ResolveDistrict(noTruckTo)
	if err != nil {
		return err
	}
	_, err = r.station.OpenLoad(ctx, noTruck, d, nil)
	return err
}

// Scan judges a scan as a dock does.
func (r *Rehearsal) Scan(ctx context.Context, raw string) dock.Result {
	return r.station.Scan(ctx, raw)
}

// unlock frees the rehearsing dock of a refused label, so that the next one is judged.
func (r *Rehearsal) unlock(ctx context.Context) error {
	return r.station.ClearLock(ctx, ledger.Person{Name: nobody, Role: ledger.Penyelia, Active: true}, "kartu uji")
}

// Close removes what was made.
func (r *Rehearsal) Close() error {
	var err error
	if r.station != nil {
		err = r.station.Close()
	}
	if r.ledger != nil {
		err = errors.Join(err, r.ledger.Close())
	}
	return errors.Join(err, os.RemoveAll(r.dir))
}

// wants are the verdicts that the card's labels must get, in the order of the card.
var wants = map[Check]gate.Verdict{Good: gate.Accepted, Duplicate: gate.Duplicate, WrongDistrict: gate.WrongDistrict, Forged: gate.Forged}

// label is the text that a check scans.
func (l Labels) label(c Check) string {
	switch c {
	case WrongDistrict:
		return l.Wrong
	case Forged:
		return l.Forged
	}
	return l.Good
}
