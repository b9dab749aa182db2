package labels

import (
	"encoding/binary"
	"errors"
	"fmt"

	"dapilgate/labels/code"

	"github.com/skip2/go-qrcode"
)

// ErrCode says that a text can't be the code of a label, or that its symbol was found
// wrong before it was printed.
var ErrCode = errors.New("not a label's code")

// The symbol of a box label: version 8 at level Q, 49 modules, which a quarter of its
// codewords may be lost from. Every label has the same size, whatever its text.
const (
	qrVersion = 8
	qrModules = 17 + 4*qrVersion
	quietZone = 4 // modules, ISO/IEC 18004 §6.3.8
	// smallVersion is the symbol of a command, a gate pass or a badge: at most 32
	// characters at level Q, ISO/IEC 18004 table 7.
	smallVersion = 3
	// calibrationVersion holds the 51 bytes of the calibration label, which has small
	// letters, at level Q.
	calibrationVersion = 5
	// checkpointVersion holds a checkpoint's 216 characters at level Q.
	checkpointVersion = 10
)

// modules is a symbol without its quiet zone. Each row is a word, the leftmost module in
// its highest bit; set is dark.
type modules struct {
	size int
	rows []uint64
}

func (m modules) dark(x, y int) bool { return m.rows[y]<<x>>63 != 0 }

// pack turns the rows into bytes, each row from a new byte.
func (m modules) pack() []byte {
	stride := (m.size + 7) / 8
	out := make([]byte, 0, (stride+8)*m.size)
	for _, r := range m.rows {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], r)
		out = append(out, b[:stride]...)
	}
	return out
}

// plainSymbol is go-qrcode's symbol of a text.
func plainSymbol(text string, version int) (modules, error) {
	q, err := qrcode.NewWithForcedVersion(text, version, qrcode.High) // "High" is level Q
	if err != nil {
		return modules{}, fmt.Errorf("%w: %w", ErrCode, err)
	}
	q.DisableBorder = true // the quiet zone is ours: theirs is not four modules wide in every version
	bitmap := q.Bitmap()
	m := modules{size: len(bitmap), rows: make([]uint64, len(bitmap))}
	for y, row := range bitmap {
		for x, dark := range row {
			if dark {
				m.rows[y] |= 1 << (63 - x)
			}
		}
	}
	return m, nil
}

// encoder makes the symbols of a batch's labels. go-qrcode takes half a millisecond for
// one, most of it to weigh eight masks; a batch of a city has 35,000. So after the first
// ones it goes on with symbolTable, which is assembled from go-qrcode's own symbols, and
// keeps comparing.
type encoder struct {
	n       int
	checked int // symbols of the table, looked at
	table   *symbolTable
}

const (
	// plainFirst is how many labels are cheaper than the table, where it isn't there yet.
	plainFirst = 300
	// checkFirst is how many of a batch's first symbols from the table are compared.
	checkFirst = 16
	// checkEvery is how often after that one is compared with go-qrcode's.
	checkEvery = 256
)

// Codes makes the codes of one batch: its first ones are compared with the QR encoder's, and
// a sample of the rest, however many documents it becomes. It serves one goroutine.
type Codes struct{ enc encoder }

func (o *Options) encoder() *encoder {
	if o.Codes == nil {
		return &encoder{}
	}
	return &o.Codes.enc
}

// label is the symbol of a label's text. Error: ErrCode.
func (e *encoder) label(text string) (modules, error) {
	if len(text) != code.Length {
		return modules{}, fmt.Errorf("%w: %d characters, expected %d", ErrCode, len(text), code.Length)
	}
	for i := 0; i < len(text); i++ {
		if (text[i] < '0' || text[i] > '9') && (text[i] < 'A' || text[i] > 'Z') {
			return modules{}, fmt.Errorf("%w: character %q", ErrCode, text[i])
		}
	}
	e.n++
	if e.n <= plainFirst && !basisReady.Load() {
		return plainSymbol(text, qrVersion)
	}
	if e.table == nil {
		var err error
		if e.table, err = newSymbolTable(); err != nil {
			return modules{}, err
		}
	}
	m, err := e.table.symbol(text)
	// The sample is spread by the text's last characters, which nobody chooses: its check.
	if e.checked++; err == nil && (e.checked <= checkFirst || (int(text[code.Length-1])*43+int(text[code.Length-2])+e.n)%checkEvery == 0) {
		err = e.table.check(text, m)
	}
	return m, err
}
