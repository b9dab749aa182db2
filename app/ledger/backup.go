package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// ErrDamaged says that a record is not as it was written.
var ErrDamaged = errors.New("the record is not as it was written")

// KeepBackups is how many backups of a ledger stay in a folder, unless said otherwise.
const KeepBackups = 20

// Backup is a copy of a ledger that was checked whole.
type Backup struct {
	Path   string    `json:"backup"`
	At     time.Time `json:"at"`
	Events int64     `json:"events"`
	Head   string    `json:"head"` // SHA-256 over the heads of all chains, its first 12 digits
}

// BackUp writes a copy of the ledger into a folder while the docks go on, and checks it as
// Verify does before it gets its name, which tells time, number of events and head. Of the
// ledger's backups there the newest keep stay. Errors: ErrInvalid (not a ledger file),
// ErrDamaged (then no older backup is removed).
func (l *Ledger) BackUp(ctx context.Context, folder string, keep int) (Backup, error) {
	b := Backup{At: l.clock().UTC()}
	fail := func(err error) (Backup, error) { return Backup{}, fmt.Errorf("back up into %s: %w", folder, err) }
	if l.info.Engine != "sqlite" {
		return fail(fmt.Errorf("%w: a ledger on a server is backed up with the server's own tools (pg_dump, or a standby)", ErrInvalid))
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fail(err)
	}
	tmp, err := tempName(folder)
	if err != nil {
		return fail(err)
	}
	defer removeLedger(tmp)
	if err := l.vacuumInto(ctx, tmp); err != nil {
		return fail(l.d.translate(err))
	}
	r, err := inspect(ctx, tmp)
	if err != nil {
		return fail(err)
	}
	b.Events, b.Head = r.Events, headOf(r.Heads)
	base := strings.TrimSuffix(filepath.Base(l.info.Address), ".db")
	b.Path = filepath.Join(folder, fmt.Sprintf("%s.%s.e%d.%s.db", base, b.At.Format("20060102T150405.000Z"), b.Events, b.Head))
	if err := place(tmp, b.Path); err != nil {
		return fail(err)
	}
	return b, prune(folder, base, keep)
}

// vacuumInto lets SQLite copy the ledger as one transaction sees it. Docks go on meanwhile:
// in WAL mode a reader stops no writer.
func (l *Ledger) vacuumInto(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+escapePath(l.info.Address)+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, path)
	return errors.Join(err, db.Close())
}

// inspect verifies the ledger in a file of our own. Error: ErrDamaged.
func inspect(ctx context.Context, path string) (Report, error) {
	l, err := Open(ctx, path)
	if err != nil {
		return Report{}, err
	}
	r, err := l.Verify(ctx)
	if err = errors.Join(err, l.Close()); err != nil {
		return r, err
	}
	if !r.OK() {
		return r, fmt.Errorf("%w: %d faults; the first: %s", ErrDamaged, len(r.Faults), r.Faults[0])
	}
	return r, nil
}

func headOf(heads []Head) string {
	h := sha256.New()
	for _, x := range heads {
		fmt.Fprintf(h, "%d %d %s\n", x.Dock, x.Seq, x.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// tempName is a name in the folder that nothing has.
func tempName(folder string) (string, error) {
	f, err := os.CreateTemp(folder, ".dapilgate-*.partial")
	if err != nil {
		return "", err
	}
	return f.Name(), errors.Join(f.Close(), os.Remove(f.Name()))
}

// removeLedger removes a ledger's file and what belongs to it.
func removeLedger(path string) {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		os.Remove(path + suffix)
	}
}

// place makes a finished file durable and gives it its name, which nothing may have yet.
func place(tmp, path string) error {
	f, err := os.OpenFile(tmp, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	// A link, unlike a rename, never replaces a file that came meanwhile. Sticks with FAT
	// know no links.
	if err := os.Link(tmp, path); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %s", ErrExists, path)
	} else if err != nil {
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%w: %s", ErrExists, path)
		}
		if err := os.Rename(tmp, path); err != nil {
			return err
		}
	}
	return syncDir(filepath.Dir(path))
}

// prune removes all but the newest backups of a ledger: their names sort by time.
func prune(folder, base string, keep int) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("old backups in %s: %w", folder, err)
	}
	form := regexp.MustCompile(`^` + regexp.QuoteMeta(base) + `\.\d{8}T\d{6}\.\d{3}Z\.e\d+\.[0-9a-f]{12}\.db$`)
	var names []string
	for _, e := range entries {
		if form.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	for len(names) > max(1, keep) {
		if err := os.Remove(filepath.Join(folder, names[0])); err != nil {
			return fmt.Errorf("old backups in %s: %w", folder, err)
		}
		names = names[1:]
	}
	return nil
}

// Restore makes a ledger from a backup, which is checked first and left as it is. It never
// overwrites a ledger. Errors: ErrNotFound, ErrExists, ErrNotLedger, ErrDamaged.
func Restore(ctx context.Context, backup, address string) (Backup, error) {
	fail := func(err error) (Backup, error) { return Backup{}, fmt.Errorf("restore %s: %w", backup, err) }
	if d, err := dialectOf(address); err != nil {
		return fail(err)
	} else if d.name() != "sqlite" {
		return fail(fmt.Errorf("%w: a backup becomes a ledger file", ErrInvalid))
	}
	// A write-ahead log that lies there would be taken for the restored ledger's.
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if _, err := os.Lstat(address + suffix); err == nil {
			return fail(fmt.Errorf("%w: %s; choose another name, or move it away yourself", ErrExists, address+suffix))
		}
	}
	if _, err := os.Lstat(backup); errors.Is(err, os.ErrNotExist) {
		return fail(fmt.Errorf("%w: no such file", ErrNotFound))
	}
	tmp, err := tempName(filepath.Dir(address))
	if err != nil {
		return fail(err)
	}
	defer removeLedger(tmp)
	if err := copyFile(backup, tmp); err != nil {
		return fail(err)
	}
	r, err := inspect(ctx, tmp)
	if err != nil {
		return fail(err)
	}
	if err := place(tmp, address); err != nil {
		return fail(err)
	}
	b := Backup{Path: address, Events: r.Events, Head: headOf(r.Heads)}
	for _, h := range r.Heads {
		if h.At.After(b.At) {
			b.At = h.At
		}
	}
	return b, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
