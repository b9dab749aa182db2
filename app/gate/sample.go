package gate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// MaxSeed is the longest seed, in characters.
const MaxSeed = 64

// ValidSeed tells whether a seed can be written down and typed again without doubt: ASCII
// letters, digits and ._:- only.
func ValidSeed(seed string) bool {
	return seed != "" && len(seed) <= MaxSeed && strings.Trim(seed, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-") == ""
}

// SampleKey is what boxes are ordered by for a sample: the SHA-256 of the seed, one blank
// and the box's identity, in lower-case hex.
func SampleKey(seed, box string) string {
	sum := sha256.Sum256([]byte(seed + " " + box))
	return hex.EncodeToString(sum[:])
}

// Sample draws n boxes: the first n in the order of their SampleKey; all where there are
// fewer. Anybody who has the seed and the boxes draws the same, with sha256sum and sort.
func Sample(seed string, boxes []string, n int) []string {
	type drawn struct{ key, box string }
	all := make([]drawn, len(boxes))
	for i, b := range boxes {
		all[i] = drawn{SampleKey(seed, b), b}
	}
	slices.SortFunc(all, func(a, b drawn) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.box, b.box)) })
	out := make([]string, min(max(n, 0), len(all)))
	for i := range out {
		out[i] = all[i].box
	}
	return out
}
