package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"
	"unicode"

	"dapilgate/assets"
	"dapilgate/labels"

	"github.com/jung-kurt/gofpdf"
	"github.com/skip2/go-qrcode"
)

// face is one of the embedded fonts.
type face string

const (
	regular   face = "roboto"
	bold      face = "robotobold"
	condensed face = "robotocondensed" // bold, for names and numerals
)

// Sizes in points and distances in millimetres that all papers share.
const (
	edgeLeft, edgeRight = 18.0, 14.0
	edgeTop, edgeBottom = 13.0, 17.0
	body                = 9.5
	small               = 7.5
	mmPerPoint          = 25.4 / 72
	leading             = 1.28 // line distance over font size
)

// sheet is a document in the making: pages that are filled from top to bottom. A document
// is drawn twice, the first time to count the pages of its parts, because each page says
// how many there are.
type sheet struct {
	pdf    *gofpdf.Fpdf
	w, h   float64
	y      float64
	counts []int        // pages of each part; nil the first time
	parts  []int        // pages of each part so far
	widths map[int]bool // of pictures, in dots
	foot   string
	running
}

// running is what a page says at its top when a part goes on.
type running struct{ title, copy string }

// pages draws a document of A4 pages. The same drawing and time give the same bytes.
func pages(title, author string, at time.Time, landscape bool, draw func(*sheet)) ([]byte, error) {
	first := newSheet(title, author, at, landscape)
	draw(first)
	if err := first.pdf.Error(); err != nil {
		return nil, fmt.Errorf("draw %s: %w", title, err)
	}
	s := newSheet(title, author, at, landscape)
	s.counts = first.parts
	draw(s)
	s.footer()
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("draw %s: %w", title, err)
	}
	return b.Bytes(), nil
}

func newSheet(title, author string, at time.Time, landscape bool) *sheet {
	s := &sheet{w: 210, h: 297, widths: map[int]bool{}}
	if landscape {
		s.w, s.h = s.h, s.w
	}
	p := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: s.w, Ht: s.h}})
	p.SetMargins(0, 0, 0)
	p.SetCellMargin(0)
	p.SetAutoPageBreak(false, 0)
	p.SetCatalogSort(true)
	p.SetCreationDate(at.UTC())
	p.SetModificationDate(at.UTC())
	p.SetTitle(clean(title), true)
	p.SetAuthor(clean(author), true)
	p.SetCreator("Dapilgate", true)
	for f, b := range map[face][]byte{regular: assets.FontRegular, bold: assets.FontBold, condensed: assets.FontCondensedBold} {
		p.AddUTF8FontFromBytes(string(f), "", b)
	}
	s.pdf = p
	return s
}

func (s *sheet) left() float64   { return edgeLeft }
func (s *sheet) right() float64  { return s.w - edgeRight }
func (s *sheet) width() float64  { return s.w - edgeLeft - edgeRight }
func (s *sheet) bottom() float64 { return s.h - edgeBottom }

// begin starts a part: a paper of its own, whose pages are counted from 1.
func (s *sheet) begin(r running, foot string) {
	s.footer()
	s.parts = append(s.parts, 0)
	s.running, s.foot = r, foot
	s.add()
}

func (s *sheet) add() {
	s.pdf.AddPage()
	s.parts[len(s.parts)-1]++
	s.y = edgeTop
}

// next goes to a new page of the part.
func (s *sheet) next() {
	s.footer()
	s.add()
	s.text(regular, small, s.left(), s.y, s.width(), 4, "L", s.title)
	s.text(regular, small, s.left(), s.y, s.width(), 4, "R", "lanjutan")
	s.line(s.left(), s.y+4.6, s.right(), s.y+4.6, 0.2)
	s.y += 8
}

// need goes to a new page where the rest of this one is less than h.
func (s *sheet) need(h float64) {
	if s.y+h > s.bottom() {
		s.next()
	}
}

// footer ends a page: which paper, which copy, which page.
func (s *sheet) footer() {
	if len(s.parts) == 0 {
		return
	}
	page, of := s.parts[len(s.parts)-1], "?"
	if s.counts != nil {
		of = number(s.counts[len(s.parts)-1])
	}
	y := s.h - edgeBottom + 5
	s.line(s.left(), y-1.5, s.right(), y-1.5, 0.2)
	pages := fmt.Sprintf("Halaman %s dari %s", number(page), of)
	s.text(regular, small, s.left(), y, s.width()-40, 4, "L", s.foot)
	s.text(bold, small, s.left(), y, s.width(), 4, "R", pages)
	s.text(regular, small, s.left(), y+3.6, s.width(), 4, "L", s.copy)
}

func (s *sheet) font(f face, size float64) { s.pdf.SetFont(string(f), "", size) }

// clean keeps what the fonts can show in one line of text. gofpdf panics for characters
// beyond the basic plane.
func clean(t string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r < ' ' || r > 0xffff || unicode.Is(unicode.Cf, r):
			return '?'
		}
		return r
	}, t)
}

// text sets one line in a box; what is too wide is set narrower, down to half.
func (s *sheet) text(f face, size, x, y, w, h float64, align, t string) {
	t = clean(t)
	s.font(f, size)
	if wide := s.pdf.GetStringWidth(t); wide > w && wide > 0 {
		s.font(f, max(size*w/wide, size/2))
	}
	s.pdf.SetXY(x, y)
	s.pdf.CellFormat(w, h, t, "", 0, align+"M", false, 0, "")
}

// wrap breaks a text into lines of at most w.
func (s *sheet) wrap(f face, size, w float64, t string) []string {
	s.font(f, size)
	var out []string
	line := ""
	for _, word := range strings.Fields(clean(t)) {
		with := strings.TrimSpace(line + " " + word)
		if s.pdf.GetStringWidth(with) <= w {
			line = with
			continue
		}
		if line != "" {
			out = append(out, line)
		}
		line = word
		for s.pdf.GetStringWidth(line) > w { // a word that fills a line alone
			cut := 1
			r := []rune(line)
			for cut < len(r)-1 && s.pdf.GetStringWidth(string(r[:cut+1])) <= w {
				cut++
			}
			if cut >= len(r) {
				break
			}
			out, line = append(out, string(r[:cut])), string(r[cut:])
		}
	}
	return append(out, line)
}

// para sets a text over the whole width, line by line, over pages where it must.
func (s *sheet) para(f face, size float64, t string) {
	h := size * mmPerPoint * leading
	for _, line := range s.wrap(f, size, s.width(), t) {
		s.need(h)
		s.text(f, size, s.left(), s.y, s.width(), h, "L", line)
		s.y += h
	}
}

// heading is the title of a section; it stays with the with millimetres that follow.
func (s *sheet) heading(t string, with float64) {
	s.need(9 + with)
	s.y += 3
	s.text(condensed, 11, s.left(), s.y, s.width(), 5, "L", t)
	s.y += 6.2
}

func (s *sheet) line(x1, y1, x2, y2, wide float64) {
	s.pdf.SetLineWidth(wide)
	s.pdf.Line(x1, y1, x2, y2)
}

func (s *sheet) grey(level int) { s.pdf.SetFillColor(level, level, level) }

// pair is a name and its value, as the head of a paper lists them.
type pair struct{ name, value string }

// pairs lists names and values in two columns. A value that nobody has said yet is a line
// to write on.
func (s *sheet) pairs(left, right []pair, w float64) {
	const gap, name = 6.0, 26.0
	half := (w - gap) / 2
	top, most := s.y, s.y
	for i, column := range [][]pair{left, right} {
		x := s.left() + float64(i)*(half+gap)
		y := top
		for _, p := range column {
			lines := s.wrap(bold, body, half-name-2, p.value)
			h := 4.6
			s.text(regular, body, x, y, name, h, "L", p.name)
			s.text(regular, body, x+name-1, y, 2, h, "L", ":")
			if p.value == "" {
				s.line(x+name+2, y+h-0.4, x+half, y+h-0.4, 0.15)
			}
			for _, l := range lines {
				s.text(bold, body, x+name+2, y, half-name-2, h, "L", l)
				y += h
			}
			y += 0.5
		}
		most = max(most, y)
	}
	s.y = most
}

// column is one column of a table.
type column struct {
	title string
	w     float64 // millimetres; 0: a share of what is left
	align string  // L, C or R
}

// rowStyle is how a row of a table looks and where it may stand.
type rowStyle int

const (
	plain rowStyle = iota
	group          // begins a group: stays with the next row, is told again on a new page
	total          // a sum: stays with the row before it
)

type row struct {
	style rowStyle
	cells []string // a group's first cell reaches as far as the cells after it leave room
}

// table is a list that breaks well over pages: its header row is repeated, a group's
// heading never stands last on a page and is repeated, a sum never stands first.
type table struct {
	cols []column
	size float64
	rows []row
}

func (t *table) add(style rowStyle, cells ...string) { t.rows = append(t.rows, row{style, cells}) }

const cellPad = 1.2

func (s *sheet) table(t *table) {
	if t.size == 0 {
		t.size = 8.5
	}
	widths := t.widths(s.width())
	again := -1 // the group that the rows are in
	if len(t.rows) > 0 {
		s.need(s.headHeight(t, widths) + s.blockHeight(t, 0, widths))
	}
	s.tableHead(t, widths)
	for i := 0; i < len(t.rows); i++ {
		glued := i > 0 && (t.rows[i-1].style == group || t.rows[i].style == total)
		if !glued && s.y+s.blockHeight(t, i, widths) > s.bottom() {
			s.next()
			s.tableHead(t, widths)
			if again >= 0 && t.rows[i].style == plain {
				cells := append([]string(nil), t.rows[again].cells...)
				cells[0] += " (lanjutan)"
				s.tableRow(t, row{group, cells}, widths)
			}
		}
		switch t.rows[i].style {
		case group:
			again = i
		case total:
			again = -1
		}
		s.tableRow(t, t.rows[i], widths)
	}
	s.y += 1.5
}

func (t *table) widths(w float64) []float64 {
	out := make([]float64, len(t.cols))
	free := 0
	for i, c := range t.cols {
		if out[i] = c.w; c.w == 0 {
			free++
		}
		w -= c.w
	}
	for i := range out {
		if out[i] == 0 {
			out[i] = w / float64(free)
		}
	}
	return out
}

// blockHeight is the height of row i and of those that may not be parted from it.
func (s *sheet) blockHeight(t *table, i int, widths []float64) float64 {
	h := s.rowHeight(t, t.rows[i], widths)
	for ; i+1 < len(t.rows) && (t.rows[i].style == group || t.rows[i+1].style == total); i++ {
		h += s.rowHeight(t, t.rows[i+1], widths)
	}
	return h
}

// span are the cells of a row with their widths and alignments: a group's first cell takes
// the room of the cells it lacks.
func (t *table) span(r row, widths []float64) (ws []float64, aligns []string) {
	lack := len(t.cols) - len(r.cells)
	for i := range r.cells {
		c := i
		if i > 0 {
			c += lack
		}
		w, a := widths[c], t.cols[c].align
		if i == 0 {
			for k := 1; k <= lack; k++ {
				w += widths[k]
			}
			if r.style != plain {
				a = "L"
			}
		}
		ws, aligns = append(ws, w), append(aligns, a)
	}
	return ws, aligns
}

func (r row) face() face {
	if r.style == plain {
		return regular
	}
	return bold
}

func (s *sheet) rowHeight(t *table, r row, widths []float64) float64 {
	ws, _ := t.span(r, widths)
	most := 1
	for i, c := range r.cells {
		most = max(most, len(s.wrap(r.face(), t.size, ws[i]-2*cellPad, c)))
	}
	return float64(most)*t.size*mmPerPoint*leading + 1.6
}

func (s *sheet) tableRow(t *table, r row, widths []float64) {
	ws, aligns := t.span(r, widths)
	h := s.rowHeight(t, r, widths)
	if r.style != plain {
		s.grey(map[rowStyle]int{group: 240, total: 225}[r.style])
		s.pdf.Rect(s.left(), s.y, s.width(), h, "F")
	}
	x, lh := s.left(), t.size*mmPerPoint*leading
	for i, c := range r.cells {
		for k, line := range s.wrap(r.face(), t.size, ws[i]-2*cellPad, c) {
			s.text(r.face(), t.size, x+cellPad, s.y+0.8+float64(k)*lh, ws[i]-2*cellPad, lh, aligns[i], line)
		}
		x += ws[i]
	}
	s.y += h
	s.pdf.SetDrawColor(150, 150, 150)
	s.line(s.left(), s.y, s.right(), s.y, 0.1)
	s.pdf.SetDrawColor(0, 0, 0)
}

func (s *sheet) headHeight(t *table, widths []float64) float64 {
	most := 1
	for i, c := range t.cols {
		most = max(most, len(s.wrap(bold, t.size-0.5, widths[i]-2*cellPad, c.title)))
	}
	return float64(most)*(t.size-0.5)*mmPerPoint*leading + 2
}

func (s *sheet) tableHead(t *table, widths []float64) {
	h := s.headHeight(t, widths)
	s.grey(40)
	s.pdf.Rect(s.left(), s.y, s.width(), h, "F")
	s.pdf.SetTextColor(255, 255, 255)
	x, lh := s.left(), (t.size-0.5)*mmPerPoint*leading
	for i, c := range t.cols {
		for k, line := range s.wrap(bold, t.size-0.5, widths[i]-2*cellPad, c.title) {
			s.text(bold, t.size-0.5, x+cellPad, s.y+1+float64(k)*lh, widths[i]-2*cellPad, lh, c.align, line)
		}
		x += widths[i]
	}
	s.pdf.SetTextColor(0, 0, 0)
	s.y += h
}

// signature is a place to sign: in which role, and who, where that is known.
type signature struct{ caption, role, name string }

const signHeight = 29.5

// signatures sets blocks to sign, at most perRow in a row, all on one page.
func (s *sheet) signatures(all []signature, perRow int) {
	rows := (len(all) + perRow - 1) / perRow
	s.need(float64(rows) * signHeight)
	w := s.width() / float64(perRow)
	for i, g := range all {
		x, y := s.left()+float64(i%perRow)*w, s.y+float64(i/perRow)*signHeight
		s.text(regular, body, x, y, w-4, 4, "C", g.caption)
		for k, line := range s.wrap(bold, body-1, w-4, g.role) {
			s.text(bold, body-1, x, y+4+float64(k)*3.6, w-4, 3.8, "C", line)
		}
		s.text(bold, body, x, y+21.4, w-4, 4.4, "C", g.name)
		s.line(x+3, y+26, x+w-7, y+26, 0.2)
	}
	s.y += float64(rows) * signHeight
}

// qr draws a code whose quiet zone is the paper around it.
func (s *sheet) qr(x, y, side float64, t string) {
	q, err := qrcode.New(t, qrcode.Medium)
	if err != nil {
		s.pdf.SetError(fmt.Errorf("code of %q: %w", t, err))
		return
	}
	q.DisableBorder = true
	m := q.Bitmap()
	step := side / float64(len(m))
	s.grey(0)
	for r, line := range m {
		for c := 0; c < len(line); c++ {
			from := c
			for c < len(line) && line[c] {
				c++
			}
			if c > from {
				s.pdf.Rect(x+float64(from)*step, y+float64(r)*step, float64(c-from)*step, step, "F")
			}
		}
	}
}

// district draws a routing district as it is on the labels: its numeral on its pattern.
func (s *sheet) district(f Face, x, y, w, h float64) {
	name := fmt.Sprintf("pattern %d %.0f %.0f", f.Pattern, w, h)
	if s.pdf.GetImageInfo(name) == nil {
		// gofpdf orders pictures by their width alone: no two may share theirs, or the same
		// paper comes out in other bytes.
		const dots = 8 // a millimetre
		iw, ih := int(w*dots), int(h*dots)
		for s.widths[iw] {
			iw++
		}
		s.widths[iw] = true
		img := image.NewPaletted(image.Rect(0, 0, iw, ih), color.Palette{color.White, color.Black})
		for iy := range ih {
			for ix := range iw {
				if labels.PatternInk(f.Pattern, float64(ix)*w/float64(iw), float64(iy)/dots) {
					img.SetColorIndex(ix, iy, 1)
				}
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			s.pdf.SetError(err)
			return
		}
		s.pdf.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "PNG"}, &b)
	}
	s.pdf.ImageOptions(name, x, y, w, h, false, gofpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	size := h / mmPerPoint * 0.9
	s.font(condensed, size)
	plate := min(w*0.75, max(s.pdf.GetStringWidth(f.Numeral)+h*0.3, h*0.6))
	s.grey(255)
	s.pdf.SetLineWidth(h / 42)
	s.pdf.Rect(x+(w-plate)/2, y, plate, h, "FD")
	s.pdf.Rect(x, y, w, h, "D")
	s.text(condensed, size, x+(w-plate)/2+1, y, plate-2, h, "C", f.Numeral)
}
