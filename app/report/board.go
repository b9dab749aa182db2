package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strconv"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/assets"
	"dapilgate/labels"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// board is the picture of the progress, to be read from the back of a hall: how much, how
// fast, how long still, what was prevented; a bar for each district and kecamatan; what
// stands at the docks.
type board struct {
	p         *ledger.Progress
	o         *ProgressOptions
	dapil     []ProgressLine
	kecamatan []ProgressLine
}

// The picture's size in dots: a television's.
const boardWidth, boardHeight = 1920, 1080

// Colours of the picture. None of them is a ballot's, which mean kinds of election; and
// each surface differs in lightness too.
var (
	ink     = color.RGBA{0x1c, 0x1f, 0x24, 0xff}
	faint   = color.RGBA{0x5a, 0x60, 0x68, 0xff}
	paper   = color.RGBA{0xff, 0xff, 0xff, 0xff}
	rail    = color.RGBA{0xdf, 0xe2, 0xe6, 0xff}
	gone    = color.RGBA{0x1c, 0x1f, 0x24, 0xff}
	here    = color.RGBA{0x7c, 0x86, 0x92, 0xff}
	alarm   = color.RGBA{0xb0, 0x00, 0x20, 0xff}
	surface = color.RGBA{0xf3, 0xf4, 0xf6, 0xff}
)

// pen draws a picture in dots of boardWidth; a text's size is its font size in dots.
type pen interface {
	rect(x, y, w, h float64, c color.RGBA)
	text(f face, size, x, y, w, h float64, align string, c color.RGBA, t string)
	district(f Face, x, y, w, h float64)
}

func (b *board) draw(g pen, w, h float64) {
	g.rect(0, 0, w, h, paper)
	const edge, gap = 36.0, 24.0
	in := w - 2*edge
	g.text(condensed, 52, edge, 20, in*0.62, 60, "L", ink, "KEMAJUAN PEMUATAN")
	sub := b.o.Event.Name
	if b.o.Scope != "" {
		sub += " · " + b.o.Scope
	}
	g.text(regular, 28, edge, 78, in*0.62, 36, "L", faint, sub)
	g.text(condensed, 52, edge, 20, in, 60, "R", ink, clock(b.p.At))
	g.text(regular, 28, edge, 78, in, 36, "R", faint, date(b.p.At))

	t := b.p.Total()
	y := 128.0
	g.text(condensed, 112, edge, y, 330, 112, "L", ink, percent(t.On(), t.Expected))
	g.text(condensed, 44, edge+350, y+4, in-350, 52, "L", ink, fmt.Sprintf("%s dari %s kotak di truk", number(t.On()), number(t.Expected)))
	g.text(regular, 30, edge+350, y+4, in-350, 52, "R", ink, "kurang "+number(t.Missing()))
	b.bar(g, edge+350, y+62, in-350, 44, t)

	y += 128
	tiles := b.tiles()
	tw := (in - gap*float64(len(tiles)-1)) / float64(len(tiles))
	for i, x := range tiles {
		tx := edge + float64(i)*(tw+gap)
		g.rect(tx, y, tw, 118, surface)
		g.text(condensed, 64, tx+16, y+8, tw-32, 68, "L", x.colour, x.value)
		g.text(regular, 27, tx+16, y+76, tw-32, 34, "L", faint, x.name)
	}
	y += 118 + gap

	foot := 196.0
	b.areas(g, edge, y, in, h-y-foot-gap-12)
	y = h - foot - 12
	b.docks(g, edge, y, in*0.56-gap/2)
	b.hours(g, edge+in*0.56+gap/2, y, in*0.44-gap/2, foot)
}

// bar shows a share: gone, on trucks here, missing.
func (b *board) bar(g pen, x, y, w, h float64, s ledger.Share) { b.shades(g, x, y, w, h, s, strong) }

// shade are the surfaces of a bar.
type shade struct{ gone, here, rail color.RGBA }

var (
	strong = shade{gone, here, rail}
	pale   = shade{color.RGBA{0xa4, 0xad, 0xb8, 0xff}, color.RGBA{0xc6, 0xcc, 0xd4, 0xff}, color.RGBA{0xee, 0xf0, 0xf2, 0xff}}
)

func (b *board) shades(g pen, x, y, w, h float64, s ledger.Share, c shade) {
	g.rect(x, y, w, h, c.rail)
	if s.Expected == 0 {
		return
	}
	left := w * float64(s.Departed) / float64(s.Expected)
	on := w * float64(s.Loaded) / float64(s.Expected)
	if on > 0 {
		g.rect(x+left, y, max(on, 2), h, c.here)
	}
	if left > 0 {
		g.rect(x, y, max(left, 2), h, c.gone)
	}
}

type tile struct {
	value, name string
	colour      color.RGBA
}

func (b *board) tiles() []tile {
	t := b.p.Total()
	left := "–"
	if d, ok := b.p.Left(); ok {
		left = lasting(d)
	}
	if t.Missing() == 0 {
		left = "selesai"
	}
	departed := "sudah berangkat"
	if t.Received > 0 {
		departed = "berangkat, " + number(t.Received) + " diterima"
	}
	return []tile{
		{number(t.Departed), departed, ink}, {number(t.Loaded), "di truk, di gudang", ink},
		{number(b.p.Pace()), "kotak per jam", ink}, {left, "lagi, dengan laju ini", ink},
		{number(b.p.Prevented()), "salah truk dicegah", alarm},
	}
}

// lasting is a span of time in words, in steps that people plan with.
func lasting(d time.Duration) string {
	m := int(d.Round(time.Minute).Minutes())
	switch {
	case m < 60:
		return strconv.Itoa(m) + " menit"
	case m < 48*60:
		return fmt.Sprintf("%d j %02d m", m/60, m%60)
	}
	return number((m+12*60)/(24*60)) + " hari"
}

// areas are the bars of districts, large, and of kecamatan, in as many columns as leave
// them readable.
func (b *board) areas(g pen, x, y, w, h float64) {
	dw := w * 0.34
	if len(b.dapil) == 0 {
		return
	}
	step := min(h/float64(len(b.dapil)), 110)
	for i, d := range b.dapil {
		b.line(g, x, y+float64(i)*step, dw, step, &d, true)
	}
	kx, kw := x+dw+48, w-dw-48
	columns := 1
	for float64((len(b.kecamatan)+columns-1)/columns)*58 > h && columns < 3 {
		columns++
	}
	per := (len(b.kecamatan) + columns - 1) / columns
	kstep := min(h/float64(per), 84)
	cw := (kw - 28*float64(columns-1)) / float64(columns)
	for i, k := range b.kecamatan {
		b.line(g, kx+float64(i/per)*(cw+28), y+float64(i%per)*kstep, cw, kstep, &k, false)
	}
}

// lowBar is the height, in dots, of bars that have their name beside them.
const lowBar = 46

// line is one bar with its name and numbers above it.
func (b *board) line(g pen, x, y, w, h float64, l *ProgressLine, dapil bool) {
	f := b.o.Face(l.Routing)
	high := h * 0.84
	name := l.Kecamatan
	if dapil {
		side := min(high*1.3, w*0.2)
		g.district(f, x, y, side, high)
		x, w = x+side+14, w-side-14
		name = f.Name
		if dapil, ok := b.o.Event.DapilOf(l.Routing); ok { // its kind is all boxes' here, and the numeral stands beside it
			name = dapil.Name
		}
	} else {
		name = f.Numeral + " · " + name
	}
	right := fmt.Sprintf("%s / %s", number(l.On()), number(l.Expected))
	if !dapil && h < lowBar { // too low for two rows: the bar lies under the text, paler
		b.shades(g, x, y, w, high, l.Share, pale)
		g.text(condensed, min(h*0.7, 30), x+6, y, w*0.68, high, "L", ink, name)
		g.text(condensed, min(h*0.62, 26), x+w*0.7, y, w*0.3-6, high, "R", ink, right)
		return
	}
	size := min(high*0.46, 38)
	const between = 16 // a numeral at the end of the name is not to be read with the numbers
	nw := w * 0.6
	g.text(condensed, size, x, y, nw-between, high*0.52, "L", ink, name)
	g.text(bold, size*0.82, x+nw, y, w-nw, high*0.52, "R", ink, right)
	b.bar(g, x, y+high*0.56, w, high*0.44, l.Share)
}

// docks are the trucks that are being loaded.
func (b *board) docks(g pen, x, y, w float64) {
	g.text(bold, 27, x, y, w, 34, "L", faint, "TRUK DI PINTU MUAT")
	y += 40
	if len(b.p.Docks) == 0 {
		g.text(regular, 30, x, y, w, 40, "L", faint, "Tidak ada muatan yang dibuka.")
		return
	}
	columns := 1
	if len(b.p.Docks) > 3 {
		columns = 2
	}
	const most = 6
	shown := b.p.Docks[:min(len(b.p.Docks), most)]
	cw := (w - 24*float64(columns-1)) / float64(columns)
	for i, d := range shown {
		cx, cy := x+float64(i%columns)*(cw+24), y+float64(i/columns)*52
		f := b.o.Face(d.Load.District)
		g.district(f, cx, cy, 72, 44)
		colour, state := ink, number(d.Load.Count)+" kotak"
		if d.Locked {
			colour, state = alarm, "TERKUNCI"
		}
		g.text(condensed, 34, cx+86, cy, cw*0.62-86, 44, "L", ink, fmt.Sprintf("%d · %s", d.Load.Dock, d.Load.Plate))
		g.text(bold, 30, cx+cw*0.62, cy, cw*0.38, 44, "R", colour, state)
	}
	if n := len(b.p.Docks) - len(shown); n > 0 {
		g.text(regular, 24, x, y-40, w, 34, "R", faint, fmt.Sprintf("dan %d truk lagi", n))
	}
}

// hours are the boxes of the last hours.
func (b *board) hours(g pen, x, y, w, h float64) {
	g.text(bold, 27, x, y, w, 34, "L", faint, "KOTAK PER JAM")
	const shown = 12
	end := b.p.At.Truncate(time.Hour)
	by := map[int64]int{}
	most := 1
	for _, c := range b.p.Hours {
		by[c.At.Unix()] = c.Boxes
	}
	var counts [shown]int
	for i := range counts {
		counts[i] = by[end.Add(time.Duration(i-shown+1)*time.Hour).Unix()]
		most = max(most, counts[i])
	}
	step := w / shown
	base := y + h - 30
	for i, n := range counts {
		at := end.Add(time.Duration(i-shown+1) * time.Hour)
		bx := x + float64(i)*step
		high := (h - 30 - 74) * float64(n) / float64(most)
		g.rect(bx+4, base-2, step-8, 2, rail)
		if n > 0 {
			g.rect(bx+4, base-high, step-8, high, map[bool]color.RGBA{true: here, false: gone}[i == shown-1])
			g.text(bold, 24, bx, base-high-30, step, 28, "C", ink, number(n))
		}
		g.text(regular, 22, bx, base+3, step, 26, "C", faint, at.In(wib).Format("15"))
	}
}

// pagePen draws on a sheet, from a corner and with a scale in millimetres a dot.
type pagePen struct {
	s           *sheet
	x, y, scale float64
}

func (g *pagePen) rect(x, y, w, h float64, c color.RGBA) {
	g.s.pdf.SetFillColor(int(c.R), int(c.G), int(c.B))
	g.s.pdf.Rect(g.x+x*g.scale, g.y+y*g.scale, w*g.scale, h*g.scale, "F")
}

func (g *pagePen) text(f face, size, x, y, w, h float64, align string, c color.RGBA, t string) {
	g.s.pdf.SetTextColor(int(c.R), int(c.G), int(c.B))
	g.s.text(f, size*g.scale/mmPerPoint, g.x+x*g.scale, g.y+y*g.scale, w*g.scale, h*g.scale, align, t)
	g.s.pdf.SetTextColor(0, 0, 0)
}

func (g *pagePen) district(f Face, x, y, w, h float64) {
	g.s.district(f, g.x+x*g.scale, g.y+y*g.scale, w*g.scale, h*g.scale)
}

// dotPen draws into a picture.
type dotPen struct {
	img   *image.RGBA
	fonts map[face]*opentype.Font
	faces map[string]font.Face
	err   error
}

func (b *board) png() ([]byte, error) {
	g := &dotPen{img: image.NewRGBA(image.Rect(0, 0, boardWidth, boardHeight)), fonts: map[face]*opentype.Font{}, faces: map[string]font.Face{}}
	for f, ttf := range map[face][]byte{regular: assets.FontRegular, bold: assets.FontBold, condensed: assets.FontCondensedBold} {
		p, err := opentype.Parse(ttf)
		if err != nil {
			return nil, fmt.Errorf("embedded font %s: %w", f, err)
		}
		g.fonts[f] = p
	}
	b.draw(g, boardWidth, boardHeight)
	if g.err != nil {
		return nil, fmt.Errorf("draw progress: %w", g.err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, g.img); err != nil {
		return nil, fmt.Errorf("draw progress: %w", err)
	}
	return out.Bytes(), nil
}

func (g *dotPen) rect(x, y, w, h float64, c color.RGBA) {
	r := image.Rect(int(x+0.5), int(y+0.5), int(x+w+0.5), int(y+h+0.5))
	draw.Draw(g.img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func (g *dotPen) face(f face, size float64) font.Face {
	key := fmt.Sprintf("%s %.1f", f, size)
	if g.faces[key] == nil {
		x, err := opentype.NewFace(g.fonts[f], &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			g.err = err
			return nil
		}
		g.faces[key] = x
	}
	return g.faces[key]
}

func (g *dotPen) text(f face, size, x, y, w, h float64, align string, c color.RGBA, t string) {
	t = clean(t)
	ff := g.face(f, size)
	if ff == nil {
		return
	}
	wide := float64(font.MeasureString(ff, t)) / 64
	if wide > w {
		size = max(size*w/wide, size/2)
		if ff = g.face(f, size); ff == nil {
			return
		}
		wide = float64(font.MeasureString(ff, t)) / 64
	}
	switch align {
	case "R":
		x += w - wide
	case "C":
		x += (w - wide) / 2
	}
	const capital = 0.711 // of the font size, in all faces of the family
	base := y + h/2 + size*capital/2
	d := font.Drawer{Dst: g.img, Src: image.NewUniform(c), Face: ff, Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(base * 64)}}
	d.DrawString(t)
}

func (g *dotPen) district(f Face, x, y, w, h float64) {
	mm := 44 / h // the pattern as on a label, whatever the size
	for iy := range int(h) {
		for ix := range int(w) {
			c := paper
			if labels.PatternInk(f.Pattern, float64(ix)*mm*0.5, float64(iy)*mm*0.5) {
				c = ink
			}
			g.img.SetRGBA(int(x)+ix, int(y)+iy, c)
		}
	}
	size := h * 0.9
	wide := w * 0.6
	if ff := g.face(condensed, size); ff != nil {
		wide = min(w*0.75, max(float64(font.MeasureString(ff, f.Numeral))/64+h*0.3, h*0.6))
	}
	g.rect(x+(w-wide)/2-2, y, wide+4, h, ink)
	g.rect(x+(w-wide)/2, y+2, wide, h-4, paper)
	g.text(condensed, size, x+(w-wide)/2, y, wide, h, "C", ink, f.Numeral)
	g.rect(x, y, w, 2, ink)
	g.rect(x, y+h-2, w, 2, ink)
	g.rect(x, y, 2, h, ink)
	g.rect(x+w-2, y, 2, h, ink)
}
