package labels

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// MaxPerFile is the most stickers that one document takes: gofpdf keeps every page in
// memory, and people handle files of a thousand pages badly too.
const MaxPerFile = 1000

// Options are what a document needs besides its stickers.
type Options struct {
	Title   string
	Author  string
	Created time.Time // on the document; the same stickers and time give the same bytes
}

// Document is a PDF of stickers in the making.
type Document struct {
	pdf    *gofpdf.Fpdf
	stock  Stock
	layout *layout
	m      *measurer
	n      int
	bands  map[int]bool
	area   string // kelurahan of the last bookmark
}

// NewDocument begins a document. Error: ErrStock.
func NewDocument(s Stock, o Options) (*Document, error) {
	l, err := layoutOf(s)
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrStock, s.Name, err)
	}
	m, err := newMeasurer()
	if err != nil {
		return nil, err
	}
	return &Document{pdf: newPDF(s.Page[0], s.Page[1], o), stock: s, layout: l, m: m, bands: map[int]bool{}}, nil
}

// newPDF is an empty document with the embedded fonts and a page of this size.
func newPDF(w, h float64, o Options) *gofpdf.Fpdf {
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: w, Ht: h}})
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	p.SetCreationDate(o.Created)
	p.SetModificationDate(o.Created)
	p.SetTitle(o.Title, true)
	p.SetAuthor(o.Author, true)
	p.SetCreator("Dapilgate", true)
	for f := range faces {
		p.AddUTF8FontFromBytes(family[f], "", faceBytes(f))
	}
	return p
}

// Len is the number of stickers in the document so far.
func (d *Document) Len() int { return d.n }

// Pages is the number of its pages.
func (d *Document) Pages() int { return d.pdf.PageCount() }

// Add puts the next sticker on the page.
func (d *Document) Add(k Sticker) error {
	els, err := d.layout.elements(d.m, &k)
	if err != nil {
		return err
	}
	place := d.n % d.stock.PerPage()
	if place == 0 {
		d.pdf.AddPage()
	}
	x := d.stock.Left + float64(place%d.stock.Columns)*d.stock.PitchX
	y := d.stock.Top + float64(place/d.stock.Columns)*d.stock.PitchY
	if k.KelurahanCode != d.area {
		d.area = k.KelurahanCode
		d.pdf.Bookmark(k.KelurahanCode+" "+k.Kelurahan, 0, y)
	}
	for i := range els {
		e := els[i]
		e.x, e.y = e.x+x, e.y+y
		if e.code != nil {
			// The place of the code is rounded to dots on the label; keep it so on the page.
			dot := mmPerInch / float64(d.stock.DPI)
			e.x, e.y = snap(e.x, dot), snap(e.y, dot)
		}
		d.element(&e)
	}
	d.n++
	return d.pdf.Error()
}

func (d *Document) element(e *element) {
	switch {
	case e.pattern >= 0:
		d.band(e)
	case e.fill && e.white:
		d.pdf.SetFillColor(255, 255, 255)
		d.pdf.Rect(e.x, e.y, e.w, e.h, "F")
	case e.fill:
		d.pdf.SetFillColor(0, 0, 0)
		d.pdf.Rect(e.x, e.y, e.w, e.h, "F")
	case e.code != nil:
		putCode(d.pdf, e.code, e.x, e.y, e.w)
	default:
		putText(d.pdf, d.m, e)
	}
}

func putText(p *gofpdf.Fpdf, m *measurer, e *element) {
	p.SetFont(family[e.face], "", e.size*72/mmPerInch)
	p.Text(e.textX(m.width(e.face, e.text)*e.size), e.baseline(), e.text)
}

// putCode draws a symbol as an inline image mask: one bit a module, in the page's own
// stream, painted black where the bit is set. A mask of one bit has no colours between
// which a viewer could interpolate, and any printer makes each module from whole dots.
func putCode(p *gofpdf.Fpdf, code modules, x, y, side float64) {
	_, pageH := p.GetPageSize()
	k := p.GetConversionRatio() // points a millimetre
	data, filter := code.pack(), ""
	if bytes.Contains(data, []byte("EI")) {
		// The end mark of an inline image, in the image: some readers would stop there.
		data, filter = append([]byte(hex.EncodeToString(data)), '>'), "/F /AHx "
	}
	p.RawWriteStr(fmt.Sprintf("q 0 g %.5f 0 0 %.5f %.5f %.5f cm BI /W %d /H %d /IM true /BPC 1 /D [1 0] /I false %sID %s\nEI Q",
		side*k, side*k, x*k, (pageH-y-side)*k, len(code), len(code), filter, data))
}

// bandDots is the resolution of a band's pattern, in dots a millimetre: eight are the dots
// of a 203 dpi printer.
const bandDots = 8

// band draws the district's pattern; its picture is in the document once a district.
func (d *Document) band(e *element) {
	name := fmt.Sprintf("band-%d", e.pattern)
	if !d.bands[e.pattern] {
		d.bands[e.pattern] = true
		d.pdf.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(bandPicture(e.pattern, e.w, e.h)))
	}
	d.pdf.ImageOptions(name, e.x, e.y, e.w, e.h, false, gofpdf.ImageOptions{ImageType: "PNG"}, 0, "")
}

// bandPicture is a one-bit picture of a pattern.
func bandPicture(pattern int, w, h float64) []byte {
	img := image.NewPaletted(image.Rect(0, 0, int(w*bandDots), int(h*bandDots)), color.Palette{color.White, color.Black})
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if PatternInk(pattern, (float64(x)+0.5)/bandDots, (float64(y)+0.5)/bandDots) {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}

// WriteFile writes the document, whole or not at all: it comes to its name only when it is
// safe on the disk. No sticker can be added afterwards.
func (d *Document) WriteFile(path string) error { return writePDF(d.pdf, path) }

func writePDF(p *gofpdf.Fpdf, path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	err = p.Output(f)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
