package code_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

func drawCheckpoint(t *rapid.T) code.Checkpoint {
	hexOf := func(n int, name string) string {
		return hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, name))
	}
	return code.Checkpoint{Ledger: hexOf(12, "ledger"), Dock: rapid.IntRange(0, 999).Draw(t, "dock"), Seq: rapid.Int64Range(1, 9999999999).Draw(t, "seq"),
		At: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at"), 0).UTC(), Hash: hexOf(32, "hash")}
}

func sealKey(t *rapid.T) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(rapid.SliceOfN(rapid.Byte(), ed25519.SeedSize, ed25519.SeedSize).Draw(t, "seed"))
}

// TestCheckpointRoundTrip: what is signed is read back, whatever a scanner adds; one
// changed character, or another key, is found; and no dock takes it for a label.
func TestCheckpointRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, key := drawCheckpoint(t), sealKey(t)
		text, err := c.Sign(key)
		if err != nil || len(text) != code.CheckpointLength {
			t.Fatalf("%d characters, %v", len(text), err)
		}
		got, err := code.ParseCheckpoint("]Q1" + strings.ToLower(text) + "\r\n")
		if err != nil {
			t.Fatal(err)
		}
		if got.Ledger != c.Ledger || got.Dock != c.Dock || got.Seq != c.Seq || !got.At.Equal(c.At) || got.Hash != c.Hash || got.String() != text {
			t.Fatalf("%+v became %+v", c, got)
		}
		pub := key.Public().(ed25519.PublicKey)
		if err := got.SealedBy(pub); err != nil {
			t.Fatal(err)
		}
		other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
		if !other.Equal(pub) && !errors.Is(got.SealedBy(other), code.ErrSeal) {
			t.Fatal("another key holds")
		}
		i := rapid.IntRange(0, len(text)-1).Draw(t, "changed at")
		b := []byte(text)
		if b[i] = rapid.SampledFrom([]byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ")).Draw(t, "to"); string(b) == text {
			return
		}
		if c, err := code.ParseCheckpoint(string(b)); err == nil {
			t.Fatalf("character %d changed, and it reads %+v", i, c)
		}
		if r := code.Parse(text, code.Keys{Event: "P24", Public: []ed25519.PublicKey{pub}}); r.Status == code.Whole || r.Status == code.CommandCode || r.Status == code.FalseSignature {
			t.Fatalf("a dock takes a checkpoint for %s", r.Status)
		}
	})
}

// TestForgedCheckpoint: the check characters are no secret; the signature is.
func TestForgedCheckpoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, key := drawCheckpoint(t), sealKey(t)
		forger := ed25519.NewKeyFromSeed([]byte(strings.Repeat("f", ed25519.SeedSize)))
		text, err := c.Sign(forger)
		if err != nil {
			t.Fatal(err)
		}
		got, err := code.ParseCheckpoint(text)
		if err != nil {
			t.Fatal(err)
		}
		if !errors.Is(got.SealedBy(key.Public().(ed25519.PublicKey)), code.ErrSeal) {
			t.Fatal("a forger's checkpoint holds")
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	c := code.Checkpoint{Ledger: strings.Repeat("0a", 12), Dock: 1, Seq: 9, At: time.Date(2024, 2, 14, 0, 0, 0, 0, time.UTC), Hash: strings.Repeat("0b", 32)}
	text, err := c.Sign(ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:100])
	f.Add("DGK1" + strings.Repeat("0", 212))
	f.Fuzz(func(t *testing.T, s string) {
		c, err := code.ParseCheckpoint(s)
		if (err == nil) != (c.String() != "") || err != nil && !errors.Is(err, code.ErrCheckpoint) {
			t.Fatalf("%q: %+v, %v", s, c, err)
		}
		if err != nil {
			return
		}
		again, err := code.ParseCheckpoint(c.String())
		if err != nil || again.Hash != c.Hash || again.Seq != c.Seq || again.Key != c.Key {
			t.Fatalf("%q reads back as %+v, %v", c.String(), again, err)
		}
	})
}
