package code

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// CheckpointMagic begins every checkpoint: the head of a ledger's chain, signed, on paper.
//
//	pos  len  field      characters        meaning
//	  0    4  magic      DGK1              this form, version 1
//	  4   20  ledger     Crockford base32  the ledger's identity, 12 bytes
//	 24    3  dock       0-9               000 is the office
//	 27   10  sequence   0-9               of the chain's last event
//	 37   14  time       0-9               when it was written down, UTC, YYYYMMDDhhmmss
//	 51   52  hash       Crockford base32  of the chain's last event, SHA-256
//	103    8  key        Crockford base32  which key signed: see SealID
//	111  103  signature  Crockford base32  Ed25519 over positions 0..110
//	214    2  check      Crockford base32  CRC-10 over positions 0..213
const CheckpointMagic = "DGK1"

// CheckpointLength is the number of characters of a checkpoint: a QR of version 10 at
// level Q holds 221 (ISO/IEC 18004, table 7).
const CheckpointLength = 216

const checkpointSigned = 111

const checkpointTime = "20060102150405"

// Errors of checkpoints. Test with errors.Is.
var (
	ErrCheckpoint = errors.New("not a checkpoint")
	ErrSeal       = errors.New("the checkpoint is not signed by this ledger's key")
)

// Checkpoint is the end of a chain as it was at a time.
type Checkpoint struct {
	Ledger string    `json:"ledger"` // 24 hex digits
	Dock   int       `json:"dock"`   // 0: the office
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"`
	Hash   string    `json:"hash"` // 64 hex digits
	Key    string    `json:"key"`  // SealID of the key that signed

	signed, text string
	sig          []byte
}

// SealID is a public key's short name: the first five bytes of its SHA-256, in Crockford
// base32.
func SealID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return crockford.EncodeToString(sum[:5])
}

// Sign makes the checkpoint's text, and sets Key. Error: ErrFields.
func (c *Checkpoint) Sign(key ed25519.PrivateKey) (string, error) {
	ledger, err1 := hex.DecodeString(c.Ledger)
	hash, err2 := hex.DecodeString(c.Hash)
	if err1 != nil || err2 != nil || len(ledger) != 12 || len(hash) != sha256.Size || c.Dock < 0 || c.Dock > 999 || c.Seq < 1 || c.Seq > 9999999999 || c.At.Year() > 9999 {
		return "", fmt.Errorf("%w: checkpoint of dock %d, event %d", ErrFields, c.Dock, c.Seq)
	}
	c.Key = SealID(key.Public().(ed25519.PublicKey))
	b := fmt.Appendf(make([]byte, 0, CheckpointLength), "%s%s%03d%010d%s%s%s", CheckpointMagic, crockford.EncodeToString(ledger), c.Dock, c.Seq,
		c.At.UTC().Format(checkpointTime), crockford.EncodeToString(hash), c.Key)
	b = crockford.AppendEncode(b, ed25519.Sign(key, b))
	return string(appendCheck(b)), nil
}

// ParseCheckpoint reads a scanned or typed checkpoint. Whether the signature is the
// ledger's is for SealedBy to say. Error: ErrCheckpoint.
func ParseCheckpoint(raw string) (Checkpoint, error) {
	s, _ := normalise(raw)
	s = strings.Map(func(r rune) rune { // a typed one has blanks and line ends in it
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, s)
	at := strings.Index(s, CheckpointMagic)
	if at < 0 || at > maxAffix {
		return Checkpoint{}, fmt.Errorf("%w: it does not begin with %s", ErrCheckpoint, CheckpointMagic)
	}
	if s = s[at:]; len(s) < CheckpointLength || len(s) > CheckpointLength+maxAffix {
		return Checkpoint{}, fmt.Errorf("%w: it has %d characters, not %d; scan it again", ErrCheckpoint, len(s), CheckpointLength)
	}
	s = s[:CheckpointLength]
	if !checkHolds(s) {
		return Checkpoint{}, fmt.Errorf("%w: it was damaged on the way; scan it again", ErrCheckpoint)
	}
	c := Checkpoint{Key: s[103:111], signed: s[:checkpointSigned], text: s}
	ledger, err1 := crockford.DecodeString(s[4:24])
	hash, err2 := crockford.DecodeString(s[51:103])
	var err3, err4, err5, err6 error
	c.Dock, err3 = strconv.Atoi(s[24:27])
	c.Seq, err4 = strconv.ParseInt(s[27:37], 10, 64)
	c.At, err5 = time.Parse(checkpointTime, s[37:51])
	c.sig, err6 = crockford.DecodeString(s[checkpointSigned : checkpointSigned+sigLength])
	c.Ledger, c.Hash = hex.EncodeToString(ledger), hex.EncodeToString(hash)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil || !isDigits(s[24:51]) || c.Seq < 1 ||
		len(c.sig) != ed25519.SignatureSize || crockford.EncodeToString(c.sig) != s[checkpointSigned:checkpointSigned+sigLength] {
		return Checkpoint{}, fmt.Errorf("%w: its fields can't be", ErrCheckpoint)
	}
	return c, nil
}

// String is the text that was read.
func (c Checkpoint) String() string { return c.text }

// SealedBy checks the signature of a checkpoint that was read. Error: ErrSeal.
func (c Checkpoint) SealedBy(key ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || SealID(key) != c.Key || !ed25519.Verify(key, []byte(c.signed), c.sig) {
		return fmt.Errorf("%w: dock %d, event %d", ErrSeal, c.Dock, c.Seq)
	}
	return nil
}
