package labels

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/jung-kurt/gofpdf"
)

// MaxPerFile is the most stickers that one file of a batch takes, where Options don't say
// otherwise: gofpdf keeps every page in memory, and people handle files of a thousand
// pages badly too.
const MaxPerFile = 1000

// Options are what a document needs besides its stickers.
type Options struct {
	Title   string
	Author  string
	Created time.Time // on the document; the same stickers and time give the same bytes

	Start    int  // place of the first sticker on the first sheet, from 1; for part-used sheets
	CutMarks bool // marks at the corners of the labels, for plain paper
	Copies   int  // of each sticker, side by side; 0 is 1
	PerFile  int  // most stickers in a file of a batch; 0 is MaxPerFile

	Calibration Calibration

	// Progress is told how many labels of how many are written; Total is its second
	// number, as far as the caller knows it.
	Progress func(done, total int)
	Total    int
}

// Calibration moves the print to where one printer's paper really is. It belongs to the
// printer, not to the stock. The code keeps its size, a whole number of dots, whatever the
// scale.
type Calibration struct {
	X, Y   float64 // millimetres to the right and down
	ScaleX float64 // of distances on the sheet; 0 is 1
	ScaleY float64
}

func (c Calibration) apply(x, y float64) (float64, float64) {
	sx, sy := c.ScaleX, c.ScaleY
	if sx == 0 {
		sx = 1
	}
	if sy == 0 {
		sy = 1
	}
	return x*sx + c.X, y*sy + c.Y
}

// points is one millimetre.
const points = 72 / mmPerInch

// Document is a PDF of stickers in the making. It serves one goroutine.
type Document struct {
	*canvas
	stock  Stock
	layout *layout
	enc    *encoder
	o      Options
	n      int    // stickers
	place  int    // the next place, counted over all sheets
	area   string // kelurahan of the last bookmark
}

// NewDocument begins a document. Errors: ErrStock, or a Start that the sheet doesn't have.
func NewDocument(s Stock, o Options) (*Document, error) { return newDocument(s, o, &encoder{}) }

func newDocument(s Stock, o Options, enc *encoder) (*Document, error) {
	l, err := layoutOf(s)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	if o.Start < 0 || o.Start > s.PerPage() {
		return nil, fmt.Errorf("%w %q: it has no place %d; start at 1 to %d", ErrStock, s.Name, o.Start, s.PerPage())
	}
	c, err := newCanvas(s.Page[0], s.Page[1], o)
	if err != nil {
		return nil, err
	}
	return &Document{canvas: c, stock: s, layout: l, enc: enc, o: o, place: max(o.Start-1, 0)}, nil
}

// Len is the number of stickers in the document so far.
func (d *Document) Len() int { return d.n }

// Pages is the number of its pages.
func (d *Document) Pages() int { return d.pdf.PageCount() }

// Add puts the next sticker on the page. Errors: ErrFit, ErrCode.
func (d *Document) Add(k Sticker) error {
	code, err := d.enc.label(k.Code)
	if err != nil {
		return fmt.Errorf("sticker of %s: %w", k.BoxID, err)
	}
	if d.els, err = d.layout.elements(d.m, &k, code, d.els[:0]); err != nil {
		return err
	}
	x, y := d.next()
	if k.KelurahanCode != d.area {
		d.area = k.KelurahanCode
		d.bookmark(k.KelurahanCode+" "+k.Kelurahan, y)
	}
	d.draw(d.els, x, y, d.stock)
	d.n++
	return d.pdf.Error()
}

// next is the corner of the next free place; it begins a new page where there is none.
func (d *Document) next() (x, y float64) {
	at := d.place % d.stock.PerPage()
	if at == 0 || d.pdf.PageCount() == 0 {
		d.addPage()
		if d.o.CutMarks {
			d.cutMarks()
		}
	}
	d.place++
	return d.o.Calibration.apply(d.corner(at))
}

func (d *Document) corner(at int) (x, y float64) {
	s := d.stock
	return s.Left + float64(at%s.Columns)*s.PitchX, s.Top + float64(at/s.Columns)*s.PitchY
}

// cutMarks draws a cross of two millimetres at each label's corners.
func (d *Document) cutMarks() {
	const arm, wide = 2, 0.15
	var els []element
	for at := range d.stock.PerPage() {
		x, y := d.corner(at)
		for _, cx := range []float64{x, x + d.stock.Label[0]} {
			for _, cy := range []float64{y, y + d.stock.Label[1]} {
				els = append(els, element{shape: rectShape, x: cx - arm, y: cy - wide/2, w: 2 * arm, h: wide},
					element{shape: rectShape, x: cx - wide/2, y: cy - arm, w: wide, h: 2 * arm})
			}
		}
	}
	x, y := d.o.Calibration.apply(0, 0)
	d.draw(els, x, y, d.stock)
}

// WriteFile writes the document, whole or not at all: it comes to its name only when it is
// safe on the disk. No sticker can be added afterwards.
func (d *Document) WriteFile(path string) error { return d.writeFile(path) }

// canvas is a PDF that is drawn on in millimetres from the upper left corner. What is the
// same on every sticker is in the document once.
type canvas struct {
	pdf   *gofpdf.Fpdf
	m     *measurer
	high  float64 // of the page, in points, as the file says it
	els   []element
	out   []byte
	fixed map[string]string    // a template's content → what shows it on a page
	used  [faces]map[rune]bool // what the embedded subset of each font must hold
	font  [faces]string        // names of the fonts in page streams
	texts [faces][]element     // of the sticker being drawn
}

// newCanvas is an empty document with the embedded fonts and a page of this size.
func newCanvas(w, h float64, o Options) (*canvas, error) {
	m, err := newMeasurer()
	if err != nil {
		return nil, err
	}
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: w, Ht: h}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	p.SetCreationDate(o.Created)
	p.SetModificationDate(o.Created)
	p.SetTitle(o.Title, true)
	p.SetAuthor(o.Author, true)
	p.SetCreator("Dapilgate", true)
	c := &canvas{pdf: p, m: m, high: math.Round(h*points*100) / 100, fixed: map[string]string{}}
	for f := range faces {
		p.AddUTF8FontFromBytes(family[f], "", faceBytes(f))
		c.used[f] = map[rune]bool{}
	}
	return c, p.Error()
}

// addPage begins a page. gofpdf names its fonts itself and tells the names only by
// selecting them, so the first page begins with that.
func (c *canvas) addPage() {
	c.pdf.AddPage()
	if c.font[0] != "" {
		return
	}
	for f := range faces {
		t := c.pdf.CreateTemplate(func(t *gofpdf.Tpl) { t.SetFont(family[f], "", 1) })
		_, rest, _ := bytes.Cut(t.Bytes(), []byte("/"))
		name, _, _ := bytes.Cut(rest, []byte(" "))
		c.font[f] = "/" + string(name)
	}
}

// bookmark notes a place for the reader's list of contents. gofpdf takes texts as they are
// here; a PDF text is ASCII, or UTF-16 with a mark before it.
func (c *canvas) bookmark(text string, y float64) {
	if strings.IndexFunc(text, func(r rune) bool { return r > '~' }) >= 0 {
		b := []byte{0xfe, 0xff}
		for _, u := range utf16.Encode([]rune(text)) {
			b = append(b, byte(u>>8), byte(u))
		}
		text = string(b)
	}
	c.pdf.Bookmark(text, 0, y)
}

// draw draws a list of elements whose corner is at x, y on the page. What can't change from
// sticker to sticker (frames, bands) becomes a template in the file.
func (c *canvas) draw(els []element, x, y float64, s Stock) {
	b := c.out[:0]
	b = append(b, "q 1 0 0 1 "...)
	b = number(b, x*points, 2)
	b = number(b, c.high-y*points, 2)
	b = append(b, "cm\n"...)
	if f := c.template(els); f != "" {
		b = append(b, f...)
		b = append(b, '\n')
	}
	for f := range faces {
		c.texts[f] = c.texts[f][:0]
	}
	for i := range els {
		if e := &els[i]; e.shape == textShape {
			c.texts[e.face] = append(c.texts[e.face], *e)
		}
	}
	b = append(b, "BT\n"...)
	white := false
	for f := range faces {
		if len(c.texts[f]) == 0 {
			continue
		}
		b = append(b, c.font[f]...)
		b = append(b, " 1 Tf\n"...)
		for i := range c.texts[f] {
			e := &c.texts[f][i]
			if e.white != white {
				white = e.white
				b = append(b, map[bool]string{true: "1 g\n", false: "0 g\n"}[white]...)
			}
			b = c.text(b, e)
		}
	}
	b = append(b, "ET Q"...)
	for i := range els {
		if e := &els[i]; e.shape == codeShape {
			b = append(b, '\n')
			b = c.symbol(b, e, x, y, s)
		}
	}
	c.out = b
	c.pdf.RawWriteBuf(bytes.NewReader(b))
}

// text sets a line with the current font. Its characters are noted for the subset.
func (c *canvas) text(b []byte, e *element) []byte {
	b = number(b, e.size*points, 2)
	b = append(b, "0 0 "...)
	b = number(b, e.size*points, 2)
	b = number(b, e.textX*points, 2)
	b = number(b, -e.baseline*points, 2)
	b = append(b, "Tm ("...)
	for _, r := range e.text {
		c.used[e.face][r] = true
		u, v := utf16.EncodeRune(r)
		if u == 0xfffd {
			u = r
		}
		for _, u := range []rune{u, v} {
			for _, x := range []byte{byte(u >> 8), byte(u)} {
				switch x {
				case '(', ')', '\\':
					b = append(b, '\\', x)
				case '\r':
					b = append(b, '\\', 'r')
				default:
					b = append(b, x)
				}
			}
			if v == 0xfffd {
				break
			}
		}
	}
	return append(b, ")Tj\n"...)
}

// symbol draws a code as an inline image mask: one bit a module, in the page's own stream,
// painted black where the bit is set. A mask of one bit has no colours between which a
// viewer could interpolate, and it stands on the printer's dots, so that any printer makes
// each module from the same number of them.
func (c *canvas) symbol(b []byte, e *element, x, y float64, s Stock) []byte {
	dot := mmPerInch / float64(s.DPI)
	px, py := snap(x+e.x, dot), snap(y+e.y, dot)
	data, filter := e.code.pack(), ""
	if bytes.Contains(data, []byte("EI")) {
		// The end mark of an inline image, in the image: some readers would stop there.
		data, filter = append([]byte(hex.EncodeToString(data)), '>'), "/F/AHx"
	}
	b = append(b, "q "...)
	b = number(b, e.w*points, 4)
	b = append(b, "0 0 "...)
	b = number(b, e.h*points, 4)
	b = number(b, px*points, 4)
	b = number(b, c.high-(py+e.h)*points, 4)
	b = append(b, "cm BI/W "...)
	b = strconv.AppendInt(b, int64(e.code.size), 10)
	b = append(b, "/H "...)
	b = strconv.AppendInt(b, int64(e.code.size), 10)
	b = append(b, "/IM true/BPC 1/D[1 0]/I false"...)
	b = append(b, filter...)
	b = append(b, " ID "...)
	b = append(b, data...)
	return append(b, "\nEI Q"...)
}

// template draws rectangles and bands into a form of the document, once for all stickers
// that look alike there, and returns what shows it on a page.
func (c *canvas) template(els []element) string {
	var key []byte
	var w, h float64
	for i := range els {
		e := &els[i]
		if e.shape == rectShape || e.shape == bandShape {
			key = fmt.Appendf(key, "%d %d %t %g %g %g %g,", e.shape, e.pattern, e.white, e.x, e.y, e.w, e.h)
			w, h = max(w, e.x+e.w), max(h, e.y+e.h)
		}
	}
	if key == nil {
		return ""
	}
	if show, ok := c.fixed[string(key)]; ok {
		return show
	}
	// The form's own corner is its lower left one; ours is the upper left: the label's.
	var b []byte
	b = append(b, "q 1 0 0 1 0 "...)
	b = number(b, h*points, 2)
	b = append(b, "cm\n"...)
	for i := range els {
		switch e := &els[i]; e.shape {
		case rectShape:
			b = append(b, map[bool]string{true: "1 g ", false: "0 g "}[e.white]...)
			b = box(b, e)
			b = append(b, "f\n"...)
		case bandShape:
			b = append(b, "q "...)
			b = box(b, e)
			b = append(b, "W n 0 g\n"...)
			for _, path := range patternPaths(e.pattern, e.w, e.h) {
				for i, p := range path {
					b = number(b, (e.x+p.x)*points, 2)
					b = number(b, -(e.y+p.y)*points, 2)
					b = append(b, map[bool]string{true: "m ", false: "l "}[i == 0]...)
				}
				b = append(b, "h\n"...)
			}
			b = append(b, "f Q\n"...)
		}
	}
	b = append(b, 'Q')
	t := c.pdf.CreateTemplateCustom(gofpdf.PointType{}, gofpdf.SizeType{Wd: w, Ht: h}, func(t *gofpdf.Tpl) { t.RawWriteStr(string(b)) })
	// gofpdf writes the form to the file when it has been used once; the page shows it at
	// the place that our own call below gives.
	c.pdf.UseTemplateScaled(t, gofpdf.PointType{X: -10 * w, Y: -10 * h}, gofpdf.SizeType{Wd: w, Ht: h})
	show := "q 1 0 0 1 0 " + string(number(nil, -h*points, 2)) + "cm /TPL" + t.ID() + " Do Q"
	c.fixed[string(key)] = show
	return show
}

func box(b []byte, e *element) []byte {
	b = number(b, e.x*points, 2)
	b = number(b, -(e.y+e.h)*points, 2)
	b = number(b, e.w*points, 2)
	b = number(b, e.h*points, 2)
	return append(b, "re "...)
}

// number writes a number with that many decimals at most, and a blank.
func number(b []byte, v float64, decimals int) []byte {
	b = strconv.AppendFloat(b, v, 'f', decimals, 64)
	b = bytes.TrimRight(b, "0")
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return append(b, ' ')
}

// finish embeds of each font what was used. gofpdf notes used characters only where it
// sets a text itself: a template that is never drawn.
func (c *canvas) finish() {
	c.pdf.CreateTemplate(func(t *gofpdf.Tpl) {
		for f := range faces {
			var all []rune
			for r := range c.used[f] {
				all = append(all, r)
			}
			slices.Sort(all)
			t.SetFont(family[f], "", 1)
			t.Text(0, 0, string(all))
		}
	})
}

func (c *canvas) writeFile(path string) (err error) {
	tmp, err := c.writeTemp(path)
	if err != nil {
		return err
	}
	return publish(tmp, path)
}

// writeTemp writes the document to a file beside path, safe on the disk.
func (c *canvas) writeTemp(path string) (name string, err error) {
	c.finish()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	err = c.pdf.Output(io.Writer(f))
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		os.Remove(f.Name())
		return "", fmt.Errorf("write %s: %w", path, err)
	}
	return f.Name(), nil
}

// publish gives a written file its name.
func publish(tmp, path string) error {
	if err := os.Rename(tmp, path); err != nil {
		os.Remove(tmp)
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
