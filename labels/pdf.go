package labels

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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

// MaxPerFile is the most stickers that one document should take: gofpdf keeps every page in
// memory, and people handle files of a thousand pages badly too. A larger batch is several
// documents.
const MaxPerFile = 1000

// Options are what a document needs besides its stickers.
type Options struct {
	Title   string
	Author  string
	Subject string
	Created time.Time // on the document; the same stickers and time give the same bytes

	Start    int  // place of the first sticker on the first sheet, from 1; for part-used sheets
	CutMarks bool // marks at the corners of the labels, for plain paper

	Calibration Calibration

	// Codes is what the documents and jobs of one batch have in common; nil: nothing.
	Codes *Codes

	// Separator, where it is set, is asked at the first sticker of each kelurahan what a
	// separating label before it shall say (counts); no lines, no label.
	Separator func(next Sticker) (lines []string)
}

// Calibration moves the print to where one printer's paper really is. It belongs to the
// printer, not to the stock. The code keeps its size, a whole number of dots, whatever the
// scale.
type Calibration struct {
	X, Y   float64 // millimetres to the right and down
	ScaleX float64 // of distances on the sheet; 0 is 1
	ScaleY float64
}

// ErrCalibration says that a calibration is too large to be one.
var ErrCalibration = errors.New("calibration")

// mostShift is how far a sheet can be moved, in millimetres.
const mostShift = 20

// check refuses what would push stickers off their labels. Error: ErrCalibration.
func (c Calibration) check(most float64) error {
	if !(math.Abs(c.X) <= most && math.Abs(c.Y) <= most) {
		return fmt.Errorf("%w: a shift of %g and %g mm; at most %g are possible here", ErrCalibration, c.X, c.Y, most)
	}
	for _, s := range []float64{c.ScaleX, c.ScaleY} {
		if s != 0 && !(s >= 0.9 && s <= 1.1) {
			return fmt.Errorf("%w: a scale of %g; expected 0.9 to 1.1 (0.995 where 200 mm come out as 201)", ErrCalibration, s)
		}
	}
	return nil
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
	forms  map[string]form
	form   form // of the sticker being added
	key    []byte
}

// NewDocument begins a document. Errors: ErrStock, also of a Start that the sheet doesn't
// have, and ErrCalibration.
func NewDocument(s Stock, o Options) (*Document, error) {
	l, err := layoutOf(s)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	if err := o.Calibration.check(mostShift); err != nil {
		return nil, err
	}
	if o.Start < 0 || o.Start > s.PerPage() {
		return nil, fmt.Errorf("%w %q: it has no place %d; start at 1 to %d", ErrStock, s.Name, o.Start, s.PerPage())
	}
	if o.Subject == "" {
		o.Subject = "Label kotak suara, " + s.Title
	}
	c, err := newCanvas(s.Page[0], s.Page[1], s.DPI, o)
	if err != nil {
		return nil, err
	}
	return &Document{canvas: c, stock: s, layout: l, enc: o.encoder(), o: o, place: max(o.Start-1, 0), forms: map[string]form{}}, nil
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
	begins := k.KelurahanCode != d.area
	d.area = k.KelurahanCode
	if begins && d.o.Separator != nil {
		if lines := d.o.Separator(k); len(lines) > 0 {
			if err := d.separate(&k, lines); err != nil {
				return err
			}
		}
	}
	if err = d.alike(&k); err != nil {
		return err
	}
	if d.els, err = d.layout.own(d.m, &k, code, d.els[:0]); err != nil {
		return err
	}
	x, y := d.next()
	sx, sy := d.shift()
	x, y = x+sx, y+sy
	if begins {
		d.bookmark(k.KelurahanCode+" "+k.Kelurahan, y)
	}
	b := d.show(d.out[:0], d.form, x, y)
	d.out = d.content(b, d.els, x, y)
	d.write(d.out)
	d.n++
	return d.pdf.Error()
}

// alike finds or makes the form that holds what this sticker shares with its neighbours:
// all but TPS, identity and code. Four of them serve a kelurahan's boxes.
func (d *Document) alike(k *Sticker) (err error) {
	d.key = k.appendAlike(d.key[:0])
	if f, ok := d.forms[string(d.key)]; ok {
		d.form = f
		return nil
	}
	if d.els, err = d.layout.alike(d.m, k, d.els[:0]); err != nil {
		return err
	}
	d.form = d.newForm(d.els, d.stock.Label[0], d.stock.Label[1])
	d.forms[string(d.key)] = d.form
	return nil
}

// next is the corner of the next free place; it begins a new page where there is none.
func (d *Document) next() (x, y float64) {
	at := d.place % d.stock.PerPage()
	if at == 0 || d.pdf.PageCount() == 0 {
		d.pdf.AddPage()
		if d.o.CutMarks {
			d.cutMarks()
		}
	}
	d.place++
	return d.o.Calibration.apply(d.corner(at))
}

// shift is how far the sticker at the place that next gave is moved on its label.
func (d *Document) shift() (x, y float64) {
	at := (d.place - 1) % d.stock.PerPage()
	return d.layout.shift(at%d.stock.Columns, at/d.stock.Columns)
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
	d.out = d.content(d.out[:0], els, x, y)
	d.write(d.out)
}

// WriteFile writes the document, whole or not at all: it comes to its name only when it is
// safe on the disk. No sticker can be added afterwards.
func (d *Document) WriteFile(path string) error { return d.writeFile(path) }

// canvas is a PDF that is drawn on in millimetres from the upper left corner.
type canvas struct {
	pdf   *gofpdf.Fpdf
	m     *measurer
	dpi   int     // whose dots codes stand on
	high  float64 // of the page, in points, as the file says it
	els   []element
	out   []byte
	bands map[string]form // by their surfaces
	shown map[string]bool
	used  [faces]map[rune]bool // what the embedded subset of each font must hold
	font  [faces]string        // names of the fonts in page streams
	names []string             // gofpdf's names of fonts and forms, of 40 digits, and ours, in pairs
}

// form is a drawing that the document holds once and pages show by name.
type form struct {
	gofpdf.Template
	name string
	high float64 // in points
}

// newCanvas is an empty document with the embedded fonts and a page of this size.
func newCanvas(w, h float64, dpi int, o Options) (*canvas, error) {
	m, err := newMeasurer()
	if err != nil {
		return nil, err
	}
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: w, Ht: h}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.SetCompression(false) // see pack
	p.SetCatalogSort(true)
	p.SetCreationDate(o.Created)
	p.SetModificationDate(o.Created)
	p.SetTitle(o.Title, true)
	p.SetAuthor(o.Author, true)
	p.SetCreator("Dapilgate", true)
	p.SetSubject(o.Subject, true)
	c := &canvas{pdf: p, m: m, dpi: dpi, high: math.Round(h*points*100) / 100, bands: map[string]form{}, shown: map[string]bool{}}
	for f := range faces {
		p.AddUTF8FontFromBytes(family[f], "", faceBytes(f))
		c.used[f] = map[rune]bool{}
		// gofpdf names its fonts itself, and tells the names only by selecting them.
		t := p.CreateTemplate(func(t *gofpdf.Tpl) { t.SetFont(family[f], "", 1) })
		_, name, _ := bytes.Cut(t.Bytes(), []byte("/"))
		name, _, _ = bytes.Cut(name, []byte(" "))
		c.font[f] = fmt.Sprintf("/f%d", f)
		c.names = append(c.names, "/"+string(name), c.font[f])
	}
	return c, p.Error()
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

// write puts operators on the page.
func (c *canvas) write(b []byte) { c.pdf.RawWriteBuf(bytes.NewReader(b)) }

// content draws elements whose corner is at x, y on the page.
func (c *canvas) content(b []byte, els []element, x, y float64) []byte {
	b = origin(b, x*points, c.high-y*points)
	b = c.surfaces(b, els)
	b = c.texts(b, els)
	b = append(b, "Q\n"...)
	for i := range els {
		if e := &els[i]; e.shape == codeShape {
			b = c.symbol(b, e, x, y)
		}
	}
	return b
}

// origin moves the origin to x, y in points, until the next Q.
func origin(b []byte, x, y float64) []byte {
	b = append(b, "q 1 0 0 1 "...)
	b = number(b, x, 2)
	b = number(b, y, 2)
	return append(b, "cm\n"...)
}

// surfaces draws rectangles and bands.
func (c *canvas) surfaces(b []byte, els []element) []byte {
	for i := range els {
		switch e := &els[i]; e.shape {
		case rectShape:
			b = append(b, colour(e.white)...)
			b = box(b, e)
			b = append(b, "f\n"...)
		case bandShape:
			b = append(b, "q "...)
			b = box(b, e)
			b = append(b, "W n 0 g\n"...)
			fine := e.scale()
			for _, path := range patternPaths(e.pattern, e.w/fine, e.h/fine) {
				for i, p := range path {
					b = number(b, (e.x+p.x*fine)*points, 2)
					b = number(b, -(e.y+p.y*fine)*points, 2)
					b = append(b, map[bool]string{true: "m ", false: "l "}[i == 0]...)
				}
				b = append(b, "h\n"...)
			}
			b = append(b, "f Q\n"...)
		}
	}
	return b
}

// texts sets all texts, font by font: gofpdf's names of fonts are long.
func (c *canvas) texts(b []byte, els []element) []byte {
	begun, white := false, false
	for f := range faces {
		selected := false
		for i := range els {
			e := &els[i]
			if e.shape != textShape || e.face != f {
				continue
			}
			if !begun {
				begun = true
				b = append(b, "BT 0 g\n"...)
			}
			if !selected {
				selected = true
				b = append(b, c.font[f]...)
				b = append(b, " 1 Tf\n"...)
			}
			if e.white != white {
				white = e.white
				b = append(b, colour(white)...)
			}
			b = c.text(b, e)
		}
	}
	if begun {
		b = append(b, "ET\n"...)
	}
	return b
}

func colour(white bool) string {
	if white {
		return "1 g "
	}
	return "0 g "
}

// text sets a line with the current font. Its characters are noted for the subset.
func (c *canvas) text(b []byte, e *element) []byte {
	b = number(b, e.size*points, 2)
	b = append(b, "0 0 "...)
	b = number(b, e.size*points, 2)
	b = number(b, e.textX*points, 2)
	b = number(b, -e.baseline*points, 2)
	b = append(b, "Tm("...)
	used := c.used[e.face]
	for _, r := range e.text {
		if !used[r] {
			used[r] = true
		}
		if u, v := utf16.EncodeRune(r); u != 0xfffd {
			b = escaped(b, u)
			r = v
		}
		b = escaped(b, r)
	}
	return append(b, ")Tj\n"...)
}

// escaped appends a UTF-16 unit as it stands in a PDF string.
func escaped(b []byte, u rune) []byte {
	for _, x := range [2]byte{byte(u >> 8), byte(u)} {
		switch x {
		case '(', ')', '\\':
			b = append(b, '\\', x)
		case '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, x)
		}
	}
	return b
}

// symbol draws a code as an inline image mask: one bit a module, in the page's own stream,
// painted black where the bit is set. A mask of one bit has no colours between which a
// viewer could interpolate, and it stands on the printer's dots, so that any printer makes
// each module from the same number of them.
func (c *canvas) symbol(b []byte, e *element, x, y float64) []byte {
	dot := mmPerInch / float64(c.dpi)
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
	return append(b, "\nEI Q\n"...)
}

// newForm draws rectangles, bands and texts into a form of w × h millimetres. Surfaces are
// a form of their own inside, which all forms with the same surfaces share.
func (c *canvas) newForm(els []element, w, h float64) form {
	var key []byte
	for i := range els {
		if e := &els[i]; e.shape != textShape {
			key = fmt.Appendf(key, "%d %d %g %t %g %g %g %g,", e.shape, e.pattern, e.fine, e.white, e.x, e.y, e.w, e.h)
		}
	}
	size := gofpdf.SizeType{Wd: w, Ht: h}
	// A form's own corner is its lower left one; elements count from the upper left.
	draw := func(t *gofpdf.Tpl, ops func([]byte, []element) []byte) {
		t.RawWriteStr(string(append(ops(origin(nil, 0, h*points), els), 'Q')))
	}
	band, ok := c.bands[string(key)]
	if !ok {
		band.Template = c.pdf.CreateTemplateCustom(gofpdf.PointType{}, size, func(t *gofpdf.Tpl) { draw(t, c.surfaces) })
		c.bands[string(key)] = band
	}
	t := c.pdf.CreateTemplateCustom(gofpdf.PointType{}, size, func(t *gofpdf.Tpl) {
		t.UseTemplateScaled(band, gofpdf.PointType{}, size)
		draw(t, c.texts)
	})
	f := form{Template: t, name: fmt.Sprintf("/t%d", len(c.names)/2), high: h * points}
	c.names = append(c.names, "/TPL"+t.ID(), f.name)
	return f
}

// show draws a form at x, y. gofpdf writes a form to the file when it has seen it used:
// that is done off the page.
func (c *canvas) show(b []byte, f form, x, y float64) []byte {
	if !c.shown[f.name] {
		c.shown[f.name] = true
		_, size := f.Size()
		c.pdf.UseTemplateScaled(f, gofpdf.PointType{X: -10 * size.Wd, Y: -10 * size.Ht}, size)
	}
	b = origin(b, x*points, c.high-y*points-f.high)
	b = append(b, f.name...)
	return append(b, " Do Q\n"...)
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
// sets a text itself: a template that is never drawn. It calls the subset by the name of
// its own; a subset has six letters of its own and the font's name (PDF 32000-1 §9.6.4).
func (c *canvas) finish() {
	c.pdf.CreateTemplate(func(t *gofpdf.Tpl) {
		for f := faces - 1; f >= 0; f-- { // "utf8roboto" begins other names
			var all []rune
			for r := range c.used[f] {
				all = append(all, r)
			}
			slices.Sort(all)
			t.SetFont(family[f], "", 1)
			t.Text(0, 0, string(all))
			c.names = append(c.names, "/utf8"+family[f]+"\n", "/"+subsetTag(string(all))+"+"+fontName[f]+"\n")
		}
	})
	c.names = append(c.names, "/Type /Catalog\n", "/Type /Catalog\n"+asItIs)
}

// asItIs asks viewers to print pages in their own size on paper of that size, not to fit
// them to another: the code's modules must stay whole dots. Readers are told the language.
const asItIs = "/ViewerPreferences<</PrintScaling/None/PickTrayByPDFSize true>>\n/Lang(id)\n"

// subsetTag is six letters made of the characters of a subset.
func subsetTag(used string) string {
	sum := sha256.Sum256([]byte(used))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
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
	var plain bytes.Buffer
	var packed []byte
	if err = c.pdf.Output(&plain); err == nil {
		packed, err = pack(plain.Bytes(), strings.NewReplacer(c.names...))
	}
	if err == nil {
		_, err = f.Write(packed)
	}
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
