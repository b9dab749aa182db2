package ledger

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/labels/code"
)

// Seal is a machine's key for checkpoints. It is not the labels' key, which no dock has:
// what it proves is that a paper came from this ledger, so that nobody can accuse the
// record with a paper of their own making. Its private half is a plain file, for documents
// are printed without anybody's passphrase; its public half is in the log.
type Seal struct {
	key ed25519.PrivateKey
	id  string
}

// SealKey is the public half of a seal, and who recorded it.
type SealKey struct {
	Key       string            `json:"key"` // code.SealID
	PublicKey ed25519.PublicKey `json:"-"`
	Hex       string            `json:"public_key"`
	Machine   string            `json:"machine"`
	By        string            `json:"by"`
	At        time.Time         `json:"at"`
}

type sealPayload struct {
	Key       string `json:"key"`
	PublicKey string `json:"public_key"` // hex
	Machine   string `json:"machine"`
}

// sealPath is where the private half lies: beside a ledger that is a file, else in the
// user's own configuration, by the ledger's identity.
func (l *Ledger) sealPath() (string, error) {
	if l.info.Engine == "sqlite" {
		return l.info.Address + ".seal", nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("where to keep the seal: %w", err)
	}
	return filepath.Join(dir, "dapilgate", l.info.ID+".seal"), nil
}

// Seal is this machine's seal. Error: ErrNotFound where it has none yet, or the ledger does
// not know it: a penyelia makes one with NewSeal.
func (l *Ledger) Seal(ctx context.Context) (*Seal, error) {
	s, err := l.readSeal()
	if err == nil {
		err = l.knows(ctx, s)
	}
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return s, nil
}

func (l *Ledger) knows(ctx context.Context, s *Seal) error {
	keys, err := l.SealKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Key == s.id && k.PublicKey.Equal(s.key.Public()) {
			return nil
		}
	}
	return fmt.Errorf("%w: the ledger does not know this machine's seal %s", ErrNotFound, s.id)
}

func (l *Ledger) readSeal() (*Seal, error) {
	path, err := l.sealPath()
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: this machine has no seal; a penyelia makes it", ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	seed, err := hex.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%w: %s is not a seal; move it away, and a penyelia makes another", ErrInvalid, path)
	}
	return sealOf(ed25519.NewKeyFromSeed(seed)), nil
}

func sealOf(key ed25519.PrivateKey) *Seal {
	return &Seal{key: key, id: code.SealID(key.Public().(ed25519.PublicKey))}
}

// NewSeal makes this machine's seal and records it, as far as that was not done before.
// Errors: ErrNotAllowed, ErrInvalid (the file is no seal).
func (l *Ledger) NewSeal(ctx context.Context, by Person) (*Seal, error) {
	fail := func(err error) (*Seal, error) { return nil, fmt.Errorf("make seal: %w", err) }
	if err := require(by, Penyelia); err != nil {
		return fail(err)
	}
	s, err := l.readSeal()
	if errors.Is(err, ErrNotFound) {
		s, err = l.writeSeal()
	}
	if err != nil {
		return fail(err)
	}
	// The file came first: a key that is in the log and nowhere else signs nothing.
	if err := l.knows(ctx, s); !errors.Is(err, ErrNotFound) {
		if err != nil {
			return fail(err)
		}
		return s, nil
	}
	machine, err := os.Hostname()
	if err != nil {
		machine = ""
	}
	err = l.update(ctx, func(t *tx) error {
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: SealAdded,
			payload: sealPayload{s.id, hex.EncodeToString(s.key.Public().(ed25519.PublicKey)), machine}})
		return err
	})
	if err != nil {
		return fail(err)
	}
	return s, nil
}

func (l *Ledger) writeSeal() (*Seal, error) {
	path, err := l.sealPath()
	if err != nil {
		return nil, err
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "%x\n", key.Seed())
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return sealOf(key), nil
}

// SealKeys are the keys that checkpoints of this ledger are signed with.
func (l *Ledger) SealKeys(ctx context.Context) ([]SealKey, error) {
	var out []SealKey
	err := l.rows(ctx, `SELECT key, public_key, machine, by_whom, at FROM seals ORDER BY at, key`, nil, func(r *sql.Rows) error {
		k, err := scanSeal(r)
		out = append(out, k)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list seals: %w", err)
	}
	return out, nil
}

func scanSeal(r *sql.Rows) (k SealKey, err error) {
	var at string
	if err = r.Scan(&k.Key, &k.Hex, &k.Machine, &k.By, &at); err == nil {
		k.At = parseTime(at)
		k.PublicKey, err = hex.DecodeString(k.Hex)
	}
	return k, err
}

// Checkpoints are the heads of all chains as they are now, signed: what paper remembers.
func (l *Ledger) Checkpoints(ctx context.Context, s *Seal) ([]code.Checkpoint, error) {
	now := l.clock()
	var out []code.Checkpoint
	err := l.rows(ctx, `SELECT dock, seq, hash FROM chains ORDER BY dock`, nil, func(r *sql.Rows) error {
		c := code.Checkpoint{Ledger: l.info.ID, At: now}
		if err := r.Scan(&c.Dock, &c.Seq, &c.Hash); err != nil {
			return err
		}
		text, err := c.Sign(s.key)
		if err == nil {
			c, err = code.ParseCheckpoint(text)
		}
		out = append(out, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	return out, nil
}
