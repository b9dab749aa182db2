package labels

import (
	"fmt"

	"dapilgate/labels/code"

	"github.com/skip2/go-qrcode"
)

// The symbol of a box label: version 8 at level Q, 49 modules, which a quarter of its
// codewords may be lost from. Every label has the same size, whatever its text.
const (
	qrVersion = 8
	qrModules = 17 + 4*qrVersion
	quietZone = 4 // modules, ISO/IEC 18004 §6.3.8
)

// modules is a symbol without its quiet zone: rows of modules, true is dark.
type modules [][]bool

// symbol is the QR of a box label's text.
func symbol(text string) (modules, error) {
	if len(text) != code.Length {
		return nil, fmt.Errorf("label code of %d characters, expected %d", len(text), code.Length)
	}
	return encode(text, qrVersion)
}

// smallSymbol is the QR of a command, pass or badge.
func smallSymbol(text string) (modules, error) { return encode(text, 3) }

func encode(text string, version int) (modules, error) {
	q, err := qrcode.NewWithForcedVersion(text, version, qrcode.High) // "High" is level Q
	if err != nil {
		return nil, fmt.Errorf("encode QR: %w", err)
	}
	q.DisableBorder = true // the quiet zone is ours: theirs is not four modules wide in every version
	return q.Bitmap(), nil
}

// pack turns rows of modules into bytes, each row from a new byte, the left module in the
// highest bit.
func (m modules) pack() []byte {
	stride := (len(m) + 7) / 8
	out := make([]byte, stride*len(m))
	for y, row := range m {
		for x, dark := range row {
			if dark {
				out[y*stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return out
}
