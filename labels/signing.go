package labels

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
)

// ErrOtherKey says that a signing key is not the one whose public half the ledger has.
var ErrOtherKey = errors.New("this signing key belongs to another ledger")

// ReadSigningKey is ReadKeyFile for a ledger whose labels are checked with public. Error,
// besides those of ReadKeyFile: ErrOtherKey.
func ReadSigningKey(path, passphrase string, public ed25519.PublicKey) (ed25519.PrivateKey, error) {
	key, err := ReadKeyFile(path, passphrase)
	if err == nil && !bytes.Equal(key.Public().(ed25519.PublicKey), public) {
		return nil, fmt.Errorf("signing key %s: %w", path, ErrOtherKey)
	}
	return key, err
}
