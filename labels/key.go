package labels

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// Errors of the signing key's file. Test with errors.Is.
var (
	// ErrPassphrase says that the passphrase does not open the key. A file whose sealed
	// part was altered looks the same: the seal can't tell the two apart.
	ErrPassphrase = errors.New("passphrase does not open the signing key")
	// ErrKeyFile says that a file is not a signing key's file, or asks for more memory
	// than any such file of ours does.
	ErrKeyFile = errors.New("not a signing key file")
)

// The cost of trying one passphrase: RFC 9106's second recommended setting, 64 MiB and
// three passes. A kiosk spends a fifth of a second on it, once a batch.
const (
	kdfName    = "argon2id"
	kdfTime    = 3
	kdfMemory  = 64 << 10 // KiB
	kdfThreads = 4
	saltSize   = 16
)

// Limits on what a key file may ask of the machine that opens it.
const (
	maxKeyFile    = 4 << 10 // bytes
	maxKDFTime    = 16
	minKDFMemory  = 8 << 10   // KiB
	maxKDFMemory  = 512 << 10 // KiB
	maxKDFThreads = 16
	keyFileForm   = "dapilgate-signing-key-1"
)

// keyFile is the file's form. Everything but Sealed is covered by the seal too, so that no
// parameter can be exchanged unnoticed.
type keyFile struct {
	Form    string `json:"form"`
	KDF     string `json:"kdf"`
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory_kib"`
	Threads uint8  `json:"threads"`
	Salt    []byte `json:"salt"`
	Nonce   []byte `json:"nonce"`
	Public  []byte `json:"public_key"`
	Sealed  []byte `json:"sealed,omitempty"`
}

// GenerateKey makes a new signing key. Docks need its public half only.
func GenerateKey() (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a signing key: %w", err)
	}
	return key, nil
}

// WriteKeyFile puts the key into a new file that only its owner may read, sealed with
// XChaCha20-Poly1305 under a key that argon2id makes of the passphrase. The file is there
// whole and durable when WriteKeyFile returns, or not at all. An existing file is never
// replaced (fs.ErrExist): the labels of a lost key can't be printed again.
// Errors: ErrPassphrase for an empty one.
func WriteKeyFile(path string, key ed25519.PrivateKey, passphrase string) error {
	if passphrase == "" {
		return fmt.Errorf("write signing key %s: %w: it is empty", path, ErrPassphrase)
	}
	if len(key) != ed25519.PrivateKeySize {
		return fmt.Errorf("write signing key %s: the key has %d bytes, not %d", path, len(key), ed25519.PrivateKeySize)
	}
	f := keyFile{
		Form: keyFileForm, KDF: kdfName, Time: kdfTime, Memory: kdfMemory, Threads: kdfThreads,
		Salt: make([]byte, saltSize), Nonce: make([]byte, chacha20poly1305.NonceSizeX),
		Public: key.Public().(ed25519.PublicKey),
	}
	// crypto/rand never fails: it ends the program instead.
	rand.Read(f.Salt)
	rand.Read(f.Nonce)
	aead, err := chacha20poly1305.NewX(f.stretch(passphrase))
	if err != nil {
		return fmt.Errorf("write signing key %s: %w", path, err)
	}
	f.Sealed = aead.Seal(nil, f.Nonce, key.Seed(), f.header())
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("write signing key %s: %w", path, err)
	}
	if err := createFile(path, append(b, '\n')); err != nil {
		return fmt.Errorf("write signing key %s: %w", path, err)
	}
	return nil
}

// ReadKeyFile opens a key that WriteKeyFile wrote. Errors: ErrPassphrase, ErrKeyFile, and
// those of reading the file (fs.ErrNotExist).
func ReadKeyFile(path, passphrase string) (ed25519.PrivateKey, error) {
	r, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxKeyFile+1))
	if err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", path, err)
	}
	f, err := parseKeyFile(b)
	if err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", path, err)
	}
	aead, err := chacha20poly1305.NewX(f.stretch(passphrase))
	if err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", path, err)
	}
	seed, err := aead.Open(nil, f.Nonce, f.Sealed, f.header())
	if err != nil {
		return nil, fmt.Errorf("read signing key %s: %w", path, ErrPassphrase)
	}
	key := ed25519.NewKeyFromSeed(seed)
	if !bytes.Equal(key.Public().(ed25519.PublicKey), f.Public) {
		return nil, fmt.Errorf("read signing key %s: %w: its public key belongs to another key", path, ErrKeyFile)
	}
	return key, nil
}

// stretch makes the sealing key of the passphrase.
func (f *keyFile) stretch(passphrase string) []byte {
	return argon2.IDKey([]byte(passphrase), f.Salt, f.Time, f.Memory, f.Threads, chacha20poly1305.KeySize)
}

// header is what the seal covers besides the key itself.
func (f *keyFile) header() []byte {
	h := *f
	h.Sealed = nil
	b, err := json.Marshal(h)
	if err != nil {
		panic(err) // numbers, texts and bytes always have a JSON form
	}
	return b
}

// parseKeyFile reads the form and refuses anything WriteKeyFile would not write, so that
// no file can make the kiosk spend gigabytes on a passphrase. Error: ErrKeyFile.
func parseKeyFile(b []byte) (*keyFile, error) {
	if len(b) > maxKeyFile {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrKeyFile, maxKeyFile)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var f keyFile
	if err := d.Decode(&f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows the key", ErrKeyFile)
	}
	switch {
	case f.Form != keyFileForm:
		return nil, fmt.Errorf("%w: form %q (expected %q)", ErrKeyFile, f.Form, keyFileForm)
	case f.KDF != kdfName:
		return nil, fmt.Errorf("%w: kdf %q (expected %q)", ErrKeyFile, f.KDF, kdfName)
	case f.Time < 1 || f.Time > maxKDFTime,
		f.Memory < minKDFMemory || f.Memory > maxKDFMemory,
		f.Threads < 1 || f.Threads > maxKDFThreads:
		return nil, fmt.Errorf("%w: argon2id with %d passes over %d KiB in %d threads is out of bounds", ErrKeyFile, f.Time, f.Memory, f.Threads)
	case len(f.Salt) != saltSize, len(f.Nonce) != chacha20poly1305.NonceSizeX, len(f.Public) != ed25519.PublicKeySize,
		len(f.Sealed) != ed25519.SeedSize+chacha20poly1305.Overhead:
		return nil, fmt.Errorf("%w: a part of it has the wrong length", ErrKeyFile)
	}
	return &f, nil
}

// createFile writes a new file, readable by its owner only: whole and durable, or not there.
func createFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(b); err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	// A link fails where the name is taken, in one step. File systems without links
	// (a memory stick's FAT) get a look and a rename.
	if err = os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w; keep it, or choose another name", err)
	} else if err != nil {
		if _, serr := os.Lstat(path); serr == nil {
			return fmt.Errorf("%w; keep it, or choose another name", fs.ErrExist)
		}
		if err = os.Rename(tmp.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}
