package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrSecond says that an act needs a second person: a penyelia who is not the operator.
var ErrSecond = errors.New("a second person is needed")

// approval is a second person's word for one act of another.
type approval struct {
	name string
	used atomic.Bool
}

// Approve lets a penyelia stand beside by for one act: what is returned is by, with the
// approval, and after one act it is used up. The PIN is checked as at SignIn. Errors:
// ErrPIN, ErrPINLocked, ErrNotAllowed (not a penyelia), ErrSecond (it is by).
func (l *Ledger) Approve(ctx context.Context, by Person, penyelia, pin string) (Person, error) {
	return l.stand(ctx, by, penyelia, pin, Penyelia)
}

// Attest lets another petugas or penyelia stand beside by while a load is closed; else it is
// as Approve.
func (l *Ledger) Attest(ctx context.Context, by Person, name, pin string) (Person, error) {
	return l.stand(ctx, by, name, pin, Petugas, Penyelia)
}

func (l *Ledger) stand(ctx context.Context, by Person, name, pin string, roles ...Role) (Person, error) {
	if name == by.Name {
		return by, fmt.Errorf("approval by %s: %w: nobody is the second person to an act of their own", name, ErrSecond)
	}
	p, err := l.SignIn(ctx, name, pin)
	if err == nil {
		err = require(p, roles...)
	}
	if err != nil {
		return by, fmt.Errorf("approval by %s: %w", name, err)
	}
	by.approval = &approval{name: p.Name}
	return by, nil
}

// Seconds are the penyelia who may be the second person to an act of by, whose load's
// operator is operator (empty: the act is of no load). None: by acts alone, because by is a
// penyelia and not the operator, or is the ledger's only one, who has nobody to ask.
func (l *Ledger) Seconds(ctx context.Context, by Person, operator string) ([]string, error) {
	people, err := l.People(ctx)
	if err != nil {
		return nil, fmt.Errorf("second person for %s: %w", by.Name, err)
	}
	var out []string
	if standsApart(by, operator) {
		return nil, nil
	}
	for _, p := range people {
		if p.Active && p.Role == Penyelia && p.Name != by.Name {
			out = append(out, p.Name)
		}
	}
	return out, nil
}

// standsApart tells whether by is a penyelia to whom the operator has come: two people
// already.
func standsApart(by Person, operator string) bool {
	return by.Role == Penyelia && operator != "" && operator != by.Name
}

// approved runs an act that needs a penyelia as the second person. f gets the second's
// name; empty where by acts alone. An approval serves one act: it is given back only where
// the act is known not to have happened.
func (l *Ledger) approved(ctx context.Context, by Person, s span, f func(t *tx, second string) error) error {
	return l.beside(ctx, by, s, []Role{Penyelia}, f)
}

// beside is approved with a second person of one of these roles.
func (l *Ledger) beside(ctx context.Context, by Person, s span, roles []Role, f func(t *tx, second string) error) error {
	a := by.approval
	if a != nil && !a.used.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: the approval of %s was for one act, and is used up", ErrSecond, a.name)
	}
	err := l.transact(ctx, s, func(t *tx) error {
		second := ""
		if a != nil {
			var role string
			if err := t.must(ctx, a.name, `SELECT role FROM people WHERE name = ? AND active = 1`, args(a.name), &role); err != nil {
				return err
			}
			if err := require(Person{Name: a.name, Role: Role(role)}, roles...); err != nil {
				return err
			}
			second = a.name
		}
		return f(t, second)
	})
	if err != nil && a != nil && !errors.Is(err, ErrUnavailable) {
		a.used.Store(false)
	}
	return err
}

// fourEyes refuses an act by one person alone where there is another to ask; operator is
// that of the load that the act is about, empty where it is of no load.
func (t *tx) fourEyes(ctx context.Context, by Person, operator, second string) error {
	if second != "" || standsApart(by, operator) {
		return nil
	}
	var others int
	if _, err := t.one(ctx, `SELECT COUNT(*) FROM people WHERE role = ? AND active = 1 AND name <> ?`, args(string(Penyelia), by.Name), &others); err != nil {
		return err
	}
	if others > 0 && by.Role != Penyelia {
		return fmt.Errorf("%w: %w: %s is %s; a penyelia must approve it", ErrSecond, ErrNotAllowed, by.Name, by.Role)
	}
	if others > 0 {
		return fmt.Errorf("%w: a penyelia other than %s must approve it", ErrSecond, by.Name)
	}
	return require(by, Penyelia)
}
