package labels

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// gofpdf compresses each page with a compressor of its own, of a megabyte: for a page with
// one sticker that is twice the work of the sticker. So it writes plain streams, and pack
// compresses them with one compressor for all.

var packers = sync.Pool{New: func() any {
	w, err := zlib.NewWriterLevel(nil, packLevel)
	if err != nil {
		panic(err) // a level that zlib has
	}
	return w
}}

// packLevel: half of a page is codes, which don't compress; more effort gains nothing.
const packLevel = 3

var (
	streamHead = regexp.MustCompile(`(?s)^(\d+ 0 obj\n.*?)/Length (\d+) ?>>\nstream\n`)
	xrefTail   = regexp.MustCompile(`(?s)xref\n0 (\d+)\n(.*?)(trailer\n.*)startxref\n(\d+)\n%%EOF\s*$`)
)

// pack compresses the streams of a document that gofpdf wrote, renames what names names,
// and writes its table of offsets anew.
func pack(doc []byte, names *strings.Replacer) ([]byte, error) {
	tail := doc[bytes.LastIndex(doc, []byte("\nxref\n"))+1:]
	m := xrefTail.FindSubmatch(tail)
	if m == nil {
		return nil, fmt.Errorf("the document has no table of its objects")
	}
	start := len(doc) - len(tail)
	var offsets []int // of objects 1 and on, in the order of their numbers
	for line := range bytes.Lines(m[2]) {
		if len(line) > 17 && line[17] == 'n' {
			at, err := strconv.Atoi(string(line[:10]))
			if err != nil || at <= 0 || at >= start {
				return nil, fmt.Errorf("object at %q is not in the document", line[:10])
			}
			offsets = append(offsets, at)
		}
	}
	// gofpdf writes some objects out of turn; each ends where the next one in the file begins.
	order := make([]int, len(offsets))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return offsets[a] - offsets[b] })

	w := packers.Get().(*zlib.Writer)
	defer packers.Put(w)
	var out, packed bytes.Buffer
	out.Grow(len(doc))
	// ViewerPreferences need 1.7; gofpdf says 1.3 and does nothing that 1.7 lacks.
	out.Write(bytes.Replace(doc[:offsets[order[0]]], []byte("%PDF-1.3"), []byte("%PDF-1.7"), 1))
	moved := make([]int, len(offsets))
	for n, i := range order {
		end := start
		if n+1 < len(order) {
			end = offsets[order[n+1]]
		}
		object := doc[offsets[i]:end]
		renamed := func(b []byte) []byte { return b }
		if bytes.Contains(object, []byte("/TPL")) || bytes.Contains(object, []byte("/Font <<")) ||
			bytes.Contains(object, []byte("Font /utf8")) || bytes.Contains(object, []byte("Name /utf8")) || bytes.Contains(object, []byte("/Type /Catalog")) {
			renamed = func(b []byte) []byte { return []byte(names.Replace(string(b))) }
		}
		moved[i] = out.Len()
		h := streamHead.FindSubmatchIndex(object[:min(len(object), 4096)])
		if h == nil || bytes.Contains(object[:h[1]], []byte("/Filter")) {
			out.Write(renamed(object))
			continue
		}
		length, err := strconv.Atoi(string(object[h[4]:h[5]]))
		if err != nil || h[1]+length > len(object) {
			return nil, fmt.Errorf("a stream of %s bytes is longer than its object", object[h[4]:h[5]])
		}
		packed.Reset()
		w.Reset(&packed)
		w.Write(renamed(object[h[1] : h[1]+length])) // a buffer takes everything
		w.Close()
		out.Write(renamed(object[h[2]:h[3]]))
		fmt.Fprintf(&out, "/Filter/FlateDecode/Length %d>>\nstream\n", packed.Len())
		out.Write(packed.Bytes())
		out.Write(object[h[1]+length:])
	}
	at := out.Len()
	fmt.Fprintf(&out, "xref\n0 %s\n0000000000 65535 f \n", m[1])
	for _, o := range moved {
		fmt.Fprintf(&out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&out, "%sstartxref\n%d\n%%%%EOF\n", m[3], at)
	return out.Bytes(), nil
}
