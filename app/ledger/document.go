package ledger

import (
	"context"
	"fmt"
	"strings"
)

// Document is a paper about a load that somebody signs for. What it says beside the
// record's own facts stands in the event of its issue.
type Document struct {
	Kind        string   `json:"document"` // "surat-jalan", "berita-acara"
	Load        int64    `json:"load"`
	Number      string   `json:"number"`
	Print       int      `json:"print"`  // 1: first issue of this kind for this load
	Copies      int      `json:"copies"` // sheets that are alike, each for another holder
	Digest      string   `json:"digest"` // SHA-256 of the list on it, hex
	Destination string   `json:"destination,omitempty"`
	Escort      string   `json:"escort,omitempty"`
	Seals       []string `json:"seals,omitempty"`
	Receiver    string   `json:"receiver,omitempty"`
	Receipt     int64    `json:"receipt,omitempty"` // of a tanda terima; its event is the receiving place's
}

// Issued is a document in the record.
type Issued struct {
	Document
	Act Act
}

// IssueDocument records that a document of a closed load was made, before it is: no paper
// without its event. It sets Print. Errors: ErrNotAllowed, ErrNotFound, ErrConflict (the
// load is open).
func (l *Ledger) IssueDocument(ctx context.Context, by Person, d Document) (Issued, error) {
	fail := func(err error) (Issued, error) {
		return Issued{}, fmt.Errorf("issue %s of load %d: %w", d.Kind, d.Load, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if d.Kind == "" || d.Copies < 1 || strings.ContainsAny(d.Kind, `%_"\`) {
		return fail(fmt.Errorf("%w: kind %q, %d copies", ErrInvalid, d.Kind, d.Copies))
	}
	var out Issued
	ld, err := l.LoadByID(ctx, d.Load)
	if err != nil {
		return fail(err)
	}
	dock := ld.Dock
	err = l.updateDock(ctx, dock, func(t *tx) error {
		var state string
		if err := t.must(ctx, "this load", `SELECT state FROM loads WHERE id = ?`, args(d.Load), &state); err != nil {
			return err
		}
		if LoadState(state) == LoadOpen {
			return fmt.Errorf("%w: it is open; close it first", ErrConflict)
		}
		n := 0
		if _, err := t.one(ctx, `SELECT COUNT(*) FROM event_log WHERE dock = ? AND kind = 'document_issued' AND payload LIKE ?`,
			args(dock, fmt.Sprintf(`{"document":"%s","load":%d,%%`, d.Kind, d.Load)), &n); err != nil {
			return err
		}
		d.Print = n + 1
		e, err := t.append(ctx, act{dock: dock, actor: by.Name, kind: DocumentIssued, payload: d})
		if err == nil {
			out = Issued{d, *actOf(e)}
		}
		return err
	})
	if err != nil {
		return fail(err)
	}
	return out, nil
}

// IssueReceipt is IssueDocument for the paper of a signed receipt; the event is on the
// chain of the place. It sets Load and Print. Errors: ErrNotAllowed, ErrNotFound,
// ErrConflict (the receipt is not signed).
func (l *Ledger) IssueReceipt(ctx context.Context, by Person, d Document) (Issued, error) {
	fail := func(err error) (Issued, error) {
		return Issued{}, fmt.Errorf("issue %s of receipt %d: %w", d.Kind, d.Receipt, err)
	}
	if err := require(by, Petugas, Penyelia); err != nil {
		return fail(err)
	}
	if d.Kind == "" || d.Copies < 1 {
		return fail(fmt.Errorf("%w: kind %q, %d copies", ErrInvalid, d.Kind, d.Copies))
	}
	r, err := l.ReceiptByID(ctx, d.Receipt)
	if err == nil && r.State != ReceiptDone {
		err = fmt.Errorf("%w: it is open; sign it first", ErrConflict)
	}
	if err != nil {
		return fail(err)
	}
	earlier, err := l.Documents(ctx, r.Load)
	if err != nil {
		return fail(err)
	}
	d.Load, d.Print = r.Load, 1
	for _, e := range earlier {
		if e.Receipt == d.Receipt && e.Kind == d.Kind {
			d.Print = e.Print + 1
		}
	}
	var out Issued
	err = l.updateDock(ctx, r.Dock, func(t *tx) error {
		e, err := t.append(ctx, act{dock: r.Dock, actor: by.Name, kind: DocumentIssued, payload: d})
		if err == nil {
			out = Issued{d, *actOf(e)}
		}
		return err
	})
	if err != nil {
		return fail(err)
	}
	return out, nil
}

// Documents lists the documents of a load, oldest first.
func (l *Ledger) Documents(ctx context.Context, load int64) ([]Issued, error) {
	var out []Issued
	err := l.events(ctx, `WHERE kind <> 'scanned' AND kind = 'document_issued'`, nil, func(e Event) error {
		return withPayload(e, func(d Document) error {
			if d.Load == load {
				out = append(out, Issued{d, *actOf(e)})
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("documents of load %d: %w", load, err)
	}
	return out, nil
}
