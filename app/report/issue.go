package report

import (
	"context"
	"errors"
	"fmt"

	"dapilgate/app/ledger"
)

// papers are the documents about one load.
var papers = map[string]func(ledger.Manifest, Paper) *Document{
	KindSuratJalan: SuratJalan, KindBeritaAcara: BeritaAcara, KindDaftarMuatan: DaftarMuatan,
}

// OfLoad makes a document about a load from the record: a copy for the eye. Where p doesn't
// say escort, seals, destination and receiver, an earlier issue does, else the closing.
// Errors: ledger.ErrNotFound, ledger.ErrConflict for a paper that needs a closed
// load, ErrForm.
func OfLoad(ctx context.Context, l *ledger.Ledger, kind string, load int64, p Paper) (*Document, error) {
	m, err := prepare(ctx, l, kind, load, &p)
	if err != nil {
		return nil, err
	}
	return papers[kind](m, p), nil
}

// Issue records the issue of a surat jalan or berita acara in the name of by, and makes it
// with the record's head behind that event. Errors: as OfLoad; ledger.ErrNotAllowed.
func Issue(ctx context.Context, l *ledger.Ledger, by ledger.Person, kind string, load int64, p Paper) (*Document, error) {
	m, err := prepare(ctx, l, kind, load, &p)
	if err != nil {
		return nil, err
	}
	p.By = by.Name
	if by.Role == ledger.Penyelia { // once; from then on this machine's papers are signed
		if _, err := l.NewSeal(ctx, by); err != nil {
			return nil, fmt.Errorf("issue %s: %w", kind, err)
		}
	}
	draft := papers[kind](m, p)
	issued, err := l.IssueDocument(ctx, by, ledger.Document{Kind: kind, Load: load, Number: draft.Number, Copies: len(p.copies()), Digest: draft.Digest(),
		Destination: p.Destination, Escort: p.Escort, Seals: p.Seals, Receiver: p.Receiver})
	if err != nil {
		return nil, fmt.Errorf("issue %s: %w", kind, err)
	}
	if err := Witness(ctx, l, &m, &p); err != nil {
		return nil, fmt.Errorf("issue %s: %w", kind, err)
	}
	p.Issued, p.At = &issued, issued.Act.At
	return papers[kind](m, p), nil
}

func prepare(ctx context.Context, l *ledger.Ledger, kind string, load int64, p *Paper) (ledger.Manifest, error) {
	if papers[kind] == nil {
		return ledger.Manifest{}, fmt.Errorf("%w: no document of a load is called %q", ErrForm, kind)
	}
	m, err := l.Manifest(ctx, load)
	if err != nil {
		return m, fmt.Errorf("%s: %w", kind, err)
	}
	if m.Closed == nil && kind != KindDaftarMuatan {
		return m, fmt.Errorf("%s of load %d: %w: it is open; close it first", kind, load, ledger.ErrConflict)
	}
	earlier, err := l.Documents(ctx, load)
	if err != nil {
		return m, fmt.Errorf("%s: %w", kind, err)
	}
	for i := len(earlier) - 1; i >= 0; i-- {
		e := earlier[i]
		fill(&p.Destination, e.Destination)
		fill(&p.Receiver, e.Receiver)
		// What was said before this closing is of seals that were broken to open it again.
		if m.Closed != nil && e.Act.After(*m.Closed) {
			fill(&p.Escort, e.Escort)
			if len(p.Seals) == 0 {
				p.Seals = e.Seals
			}
		}
	}
	fill(&p.Escort, m.Closing.Escort)
	if len(p.Seals) == 0 {
		p.Seals = m.Closing.Seals
	}
	p.Event = l.Event()
	if err := Witness(ctx, l, &m, p); err != nil {
		return m, fmt.Errorf("%s: %w", kind, err)
	}
	return m, nil
}

// Witness puts the head of the load's chain on the paper, as it is now: signed, where this
// machine has a seal.
func Witness(ctx context.Context, l *ledger.Ledger, m *ledger.Manifest, p *Paper) (err error) {
	if m.Head, err = l.HeadOf(ctx, m.Load.Dock); err != nil {
		return err
	}
	seal, err := l.Seal(ctx)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := l.Checkpoints(ctx, seal)
	for _, c := range all {
		if c.Dock == m.Load.Dock {
			m.Head, p.Checkpoint = ledger.Head{Dock: c.Dock, Seq: c.Seq, Hash: c.Hash, At: c.At}, c.String()
		}
	}
	return err
}

func fill(s *string, with string) {
	if *s == "" {
		*s = with
	}
}
