package code

import (
	"crypto/ed25519"
	"crypto/sha256"
	"strings"
)

// TestEvent is the event of the labels on the card of the self-test. Its labels are made with
// keys that anybody can make, so they prove nothing: a dock reads them OtherEvent, and were
// its own event called so, FalseSignature. Neither is ever loaded.
const TestEvent = "UJI"

// OfTestCard tells whether a label's text is one of the card's, by its event.
func OfTestCard(text string) bool { return strings.HasPrefix(text, Magic+TestEvent+"0") }

// TestKey signs the card's good labels, ForgerKey its forged one.
func TestKey() ed25519.PrivateKey   { return keyOf("dapilgate: kartu uji") }
func ForgerKey() ed25519.PrivateKey { return keyOf("dapilgate: kartu uji, label palsu") }

func keyOf(s string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(s))
	return ed25519.NewKeyFromSeed(seed[:])
}
