package audit

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"dapilgate/app/ledger"
	"dapilgate/assets"
)

// About is ledger.json of an export: what an observer needs beside the log.
type About struct {
	Format      string           `json:"format"`
	Ledger      string           `json:"ledger"`
	Event       string           `json:"event"`
	Name        string           `json:"name"`
	Date        string           `json:"date"`
	PublicKey   string           `json:"public_key"` // of the labels, hex
	Seals       []ledger.SealKey `json:"seal_keys"`
	Events      int64            `json:"events"`
	Checkpoints []string         `json:"checkpoints"` // at the time of the export; none where this machine has no seal
}

// ExportFormat names the form of log.jsonl and ledger.json.
const ExportFormat = "dapilgate-log-1"

// Export writes the log into a new folder, as JSON lines, with its keys, its heads, and all
// that an observer needs to check it without us. Errors: os.ErrExist.
func Export(ctx context.Context, l *ledger.Ledger, folder string) (About, error) {
	e := l.Event()
	a := About{Format: ExportFormat, Ledger: l.Info().ID, Event: e.Code, Name: e.Name, Date: e.Date.Format("2006-01-02"),
		PublicKey: hex.EncodeToString(l.Info().PublicKey), Checkpoints: []string{}}
	fail := func(err error) (About, error) { return a, fmt.Errorf("export to %s: %w", folder, err) }
	// The heads come first: what is written while the log is read is in it too.
	seal, err := l.Seal(ctx)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return fail(err)
	}
	if seal != nil {
		all, err := l.Checkpoints(ctx, seal)
		if err != nil {
			return fail(err)
		}
		for _, c := range all {
			a.Checkpoints = append(a.Checkpoints, c.String())
		}
	}
	if a.Seals, err = l.SealKeys(ctx); err != nil {
		return fail(err)
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fail(err)
	}
	if err := create(filepath.Join(folder, "log.jsonl"), func(w io.Writer) (err error) {
		a.Events, err = WriteLog(ctx, l, w)
		return err
	}); err != nil {
		return fail(err)
	}
	if err := create(filepath.Join(folder, "ledger.json"), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(a)
	}); err != nil {
		return fail(err)
	}
	sub, err := fs.Sub(assets.Verify, "verify")
	if err == nil {
		err = os.CopyFS(folder, sub)
	}
	if err != nil {
		return fail(err)
	}
	return a, nil
}

// WriteLog writes the log as JSON lines, each event's fields as they stand in the table
// and were hashed, and tells how many.
func WriteLog(ctx context.Context, l *ledger.Ledger, w io.Writer) (n int64, err error) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	err = l.Raw(ctx, func(r ledger.RawEvent) error {
		n++
		return enc.Encode(r)
	})
	return n, err
}

func create(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	err = write(b)
	return errors.Join(err, b.Flush(), f.Sync(), f.Close())
}
