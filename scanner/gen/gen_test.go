package gen_test

import (
	"bytes"
	"testing"

	"dapilgate/scanner/gen"
)

// TestFrame: a frame is a function of its number alone, and another number is another frame.
func TestFrame(t *testing.T) {
	for _, class := range gen.Classes() {
		a, ta, err := gen.Frame(class, 2, 1, 320, 240)
		if err != nil {
			t.Fatal(err)
		}
		b, tb, err := gen.Frame(class, 2, 1, 320, 240)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := gen.Frame(class, 2, 2, 320, 240)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Pix, b.Pix) || ta != tb {
			t.Errorf("%s: the same frame twice is not the same", class)
		}
		if bytes.Equal(a.Pix, c.Pix) {
			t.Errorf("%s: two frames are the same", class)
		}
	}
}
