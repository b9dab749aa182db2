package qr

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/makiuchi-d/gozxing/common/reedsolomon"
	"pgregory.net/rapid"
)

// TestCorrect: whatever lies within the code's reach is mended, and what lies beyond it is
// never "mended" to something that is not a word of the code.
func TestCorrect(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		check := rapid.IntRange(2, 30).Draw(t, "check")
		data := rapid.IntRange(1, 120).Draw(t, "data")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		ints := make([]int, data+check)
		for i := range data {
			ints[i] = r.IntN(256)
		}
		if err := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256).Encode(ints, check); err != nil {
			t.Fatal(err)
		}
		word := make([]uint8, len(ints))
		for i, v := range ints {
			word[i] = uint8(v)
		}
		erasures := rapid.IntRange(0, min(check, len(word))).Draw(t, "erasures")
		errors := rapid.IntRange(0, min((check-erasures)/2+1, len(word)-erasures)).Draw(t, "errors")
		bad := append([]uint8(nil), word...)
		order := r.Perm(len(word))
		erased := order[:erasures]
		for _, p := range erased {
			bad[p] = uint8(r.Uint32())
		}
		for _, p := range order[erasures : erasures+errors] {
			bad[p] ^= uint8(1 + r.IntN(255))
		}
		before := append([]uint8(nil), bad...)
		changed, ok := correct(bad, check, erased)
		if 2*errors+erasures <= check {
			if !ok || changed != errors || !bytes.Equal(bad, word) {
				t.Fatalf("%d errors and %d erasures of %d are not mended: %v, %d", errors, erasures, check, ok, changed)
			}
			return
		}
		if !ok {
			if !bytes.Equal(bad, before) {
				t.Fatal("a block that can't be mended was changed")
			}
			return
		}
		if again, ok := correct(bad, check, nil); !ok || again != 0 {
			t.Fatal("it was mended to what is no word of the code")
		}
	})
}
