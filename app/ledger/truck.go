package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/labels/code"
)

// NormalPlate is the one spelling of a plate: upper case, single blanks. Plates are
// compared without blanks.
func NormalPlate(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), " ")) }

// AddTruck adds a vehicle; vehicle empty means "truk". Errors: ErrNotAllowed, ErrInvalid,
// ErrExists.
func (l *Ledger) AddTruck(ctx context.Context, by Person, plate, vehicle, driver string) (Truck, error) {
	tr := Truck{Plate: NormalPlate(plate), Vehicle: strings.TrimSpace(vehicle), Driver: strings.TrimSpace(driver)}
	if tr.Vehicle == "" {
		tr.Vehicle = "truk"
	}
	if err := require(by, Penyelia); err != nil {
		return tr, fmt.Errorf("add truck %s: %w", tr.Plate, err)
	}
	if bare := strings.ReplaceAll(tr.Plate, " ", ""); len(bare) < 2 || len(bare) > 20 || strings.ContainsFunc(bare, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z')
	}) {
		return tr, fmt.Errorf("add truck: %w: plate %q (letters and digits: B 9123 KPU)", ErrInvalid, plate)
	}
	err := l.update(ctx, func(t *tx) error {
		if old, err := t.truck(ctx, tr.Plate); err == nil {
			return fmt.Errorf("%w: truck %s", ErrExists, old.Plate)
		}
		if _, err := t.one(ctx, `SELECT COALESCE(MAX(id), 0) + 1 FROM trucks`, nil, &tr.ID); err != nil {
			return err
		}
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: TruckAdded, payload: truckPayload{tr.ID, tr.Plate, tr.Vehicle, tr.Driver}})
		return err
	})
	if err != nil {
		return tr, fmt.Errorf("add truck %s: %w", tr.Plate, err)
	}
	return tr, nil
}

func (t *tx) truck(ctx context.Context, plate string) (Truck, error) {
	var tr Truck
	err := t.must(ctx, "truck "+NormalPlate(plate)+"; add it first", `SELECT id, plate, vehicle, driver FROM trucks
		WHERE REPLACE(plate, ' ', '') = ?`, args(strings.ReplaceAll(NormalPlate(plate), " ", "")), &tr.ID, &tr.Plate, &tr.Vehicle, &tr.Driver)
	return tr, err
}

// Trucks lists the vehicles by plate.
func (l *Ledger) Trucks(ctx context.Context) ([]Truck, error) {
	var out []Truck
	err := l.rows(ctx, `SELECT id, plate, vehicle, driver FROM trucks ORDER BY plate`, nil, func(r *sql.Rows) error {
		var tr Truck
		if err := r.Scan(&tr.ID, &tr.Plate, &tr.Vehicle, &tr.Driver); err != nil {
			return err
		}
		out = append(out, tr)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list trucks: %w", err)
	}
	return out, nil
}

// IssuePass makes a gate pass: a code that opens the load of this truck for this district.
// Errors: ErrNotAllowed, ErrNotFound, ErrInvalid.
func (l *Ledger) IssuePass(ctx context.Context, by Person, plate string, d election.District, kecamatan []election.AreaCode) (Pass, error) {
	if err := require(by, Penyelia); err != nil {
		return Pass{}, fmt.Errorf("pass of %s: %w", plate, err)
	}
	if err := l.checkScope(ctx, d, kecamatan); err != nil {
		return Pass{}, fmt.Errorf("pass of %s: %w", plate, err)
	}
	p := Pass{Token: newToken(), District: d, Kecamatan: kecamatan, IssuedBy: by.Name}
	err := l.update(ctx, func(t *tx) error {
		tr, err := t.truck(ctx, plate)
		if err != nil {
			return err
		}
		p.Plate, p.Driver, p.IssuedAt = tr.Plate, tr.Driver, t.now
		_, err = t.append(ctx, act{dock: Office, actor: by.Name, kind: PassIssued,
			payload: passPayload{digest(p.Token), tr.ID, tr.Plate, d.String(), kecamatan}})
		return err
	})
	if err != nil {
		return Pass{}, fmt.Errorf("pass of %s: %w", plate, err)
	}
	return p, nil
}

// Code is the text of the pass's QR. Error: code.ErrFields.
func (p Pass) Code() (string, error) { return code.CommandText(code.TruckPass, p.Token) }

// PassByToken finds the pass of a scanned token. Error: ErrNotFound.
func (l *Ledger) PassByToken(ctx context.Context, token string) (Pass, error) {
	p := Pass{Token: token}
	err := l.rows(ctx, `SELECT t.plate, t.driver, p.district, p.kecamatan, p.issued_by, p.issued_at
		FROM passes p JOIN trucks t ON t.id = p.truck WHERE p.digest = ?`, args(digest(token)), func(r *sql.Rows) error {
		var d, kec, at string
		err := r.Scan(&p.Plate, &p.Driver, &d, &kec, &p.IssuedBy, &at)
		p.District, p.Kecamatan, p.IssuedAt = district(d), splitAreas(kec), parseTime(at)
		return err
	})
	if err == nil && p.Plate == "" {
		err = fmt.Errorf("%w: this gate pass is not in the ledger", ErrNotFound)
	}
	return p, err
}

// checkScope refuses a district without boxes, and kecamatan that have none of its.
func (l *Ledger) checkScope(ctx context.Context, d election.District, kecamatan []election.AreaCode) error {
	if d.IsZero() || d.Kind != l.info.Event.RoutingSpace() {
		return fmt.Errorf("%w: district %q; boxes of this event are routed by %s", ErrInvalid, d.String(), l.info.Event.RoutingSpace())
	}
	for _, k := range append([]election.AreaCode{""}, kecamatan...) {
		if k != "" && k.Level() != election.LevelKecamatan {
			return fmt.Errorf("%w: %q is not a kecamatan (31.75.06)", ErrInvalid, k)
		}
		c, err := l.scopeSize(ctx, d, []election.AreaCode{k})
		if err != nil {
			return err
		}
		if c == 0 {
			return fmt.Errorf("%w: no box of %s %s", ErrNotFound, d, k)
		}
	}
	return nil
}
