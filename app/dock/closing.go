package dock

import (
	"context"

	"dapilgate/app/ledger"
)

// Summary is what the open load holds and lacks, and who counted it. Errors: see
// ledger.Summary.
func (s *Station) Summary(ctx context.Context) (ledger.Summary, error) {
	return s.l.Summary(ctx, s.dock)
}

// Counters are those who may count the open load, and witness its closing.
func (s *Station) Counters(ctx context.Context) ([]string, error) {
	return s.l.Counters(ctx, s.loadOperator(ctx))
}

// Count records what another person counted on the open load. Errors: see
// ledger.CountLoad; ErrNobody.
func (s *Station) Count(ctx context.Context, counter string, counted int) (ledger.LoadCount, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operator.Name == "" {
		return ledger.LoadCount{}, ErrNobody
	}
	return s.l.CountLoad(ctx, s.operator, s.dock, counter, counted)
}

// CloseLoad closes the open load; acceptShortage is the reason where it is not complete.
// Errors: see ledger.ShutLoad; ErrNobody.
func (s *Station) CloseLoad(ctx context.Context, acceptShortage string) (ledger.Load, error) {
	return s.ShutLoad(ctx, ledger.Person{}, ledger.Closing{Accept: ledger.AcceptAll(acceptShortage)})
}

// ShutLoad closes the open load. By is the operator with who stands beside them; without a
// name it is the operator as they signed in. Errors: see ledger.ShutLoad; ErrNobody.
func (s *Station) ShutLoad(ctx context.Context, by ledger.Person, c ledger.Closing) (ledger.Load, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if by.Name == "" {
		by = s.operator
	}
	if s.operator.Name == "" || by.Name != s.operator.Name {
		return ledger.Load{}, ErrNobody
	}
	ld, err := s.l.ShutLoad(ctx, by, s.dock, c)
	if err == nil {
		s.load, s.setAside = nil, false
		s.backUp(ctx)
	}
	return ld, err
}
