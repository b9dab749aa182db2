package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"dapilgate/app/ledger"
)

// tally is what a load holds of one kelurahan.
type tally struct {
	ledger.TPSLine // of its first TPS: for area and names
	lines          []ledger.TPSLine
	kinds          map[string]int // boxes on the load, by kind
	on, missing    int
	tps            int // with a box on the load
}

// tallies are the load's scope by kelurahan, in the order of their codes.
func tallies(m *ledger.Manifest) []tally {
	var out []tally
	for _, t := range m.TPS {
		if n := len(out); n == 0 || out[n-1].Area != t.Area {
			out = append(out, tally{TPSLine: t, kinds: map[string]int{}})
		}
		x := &out[len(out)-1]
		x.lines = append(x.lines, t)
		for _, k := range t.On {
			x.kinds[k]++
		}
		x.on, x.missing = x.on+len(t.On), x.missing+len(t.Missing)
		if len(t.On) > 0 {
			x.tps++
		}
	}
	return out
}

// kecamatanOf are the names of the kecamatan that a load has boxes of; of its whole scope
// where it is empty.
func kecamatanOf(all []tally) []string {
	var on, scope []string
	for _, t := range all {
		if len(scope) == 0 || scope[len(scope)-1] != t.Kecamatan {
			scope = append(scope, t.Kecamatan)
		}
		if t.on > 0 && (len(on) == 0 || on[len(on)-1] != t.Kecamatan) {
			on = append(on, t.Kecamatan)
		}
	}
	if len(on) > 0 {
		return on
	}
	return scope
}

func (p *Paper) office(m *ledger.Manifest) string {
	return cmp.Or(p.Office, "KPU "+list(m.Kota))
}

func (p *Paper) destination(all []tally) string {
	return cmp.Or(p.Destination, "PPK "+list(kecamatanOf(all)))
}

// standing says whether this paper is the one to be signed.
func (p *Paper) standing() string {
	switch {
	case p.Issued == nil:
		return "SALINAN: bukan untuk serah terima"
	case p.Issued.Print > 1:
		return fmt.Sprintf("Cetakan ke-%d, menggantikan cetakan sebelumnya", p.Issued.Print)
	}
	return ""
}

// footOf is what stands at the foot of each page.
func (p *Paper) footOf(title, number string) string {
	s := title + " " + number + " · dicetak " + moment(p.At)
	if p.By != "" {
		s += " oleh " + p.By
	}
	return s
}

// copyOf names a copy and its holder.
func (p *Paper) copyOf(i int) string {
	if p.Issued == nil {
		return p.standing()
	}
	c := p.copies()
	return fmt.Sprintf("Rangkap %d dari %d: %s", i+1, len(c), c[i])
}

// eachCopy draws a part once for each holder; a copy for the eye once.
func (p *Paper) eachCopy(draw func(copy string)) {
	if p.Issued == nil {
		draw(p.standing())
		return
	}
	for i := range p.copies() {
		draw(p.copyOf(i))
	}
}

// letterhead is the head of a paper's first page: whose paper, which election, the
// district as on the labels, the copy, title and number.
func (s *sheet) letterhead(office string, p *Paper, title, number, copy string, faced bool) {
	w := s.width()
	if faced {
		s.district(p.Face, s.right()-44, s.y, 44, 21)
		w -= 48
	}
	s.text(condensed, 15, s.left(), s.y, w, 6.4, "L", "KOMISI PEMILIHAN UMUM")
	y := s.y + 6.8
	if office != "" {
		s.text(condensed, 11, s.left(), y, w, 5, "L", strings.ToUpper(strings.TrimPrefix(office, "KPU ")))
		y += 5.2
	}
	s.text(regular, body, s.left(), y, w, 4.4, "L", p.Event.Name)
	y += 4.4
	if faced {
		s.text(bold, body, s.left(), y, w, 4.4, "L", p.Face.Name)
		y = s.y + 21
	}
	s.y = y + 2
	s.line(s.left(), s.y, s.right(), s.y, 0.8)
	s.line(s.left(), s.y+1.1, s.right(), s.y+1.1, 0.2)
	s.y += 2
	s.text(regular, small, s.left(), s.y, s.width(), 4, "R", copy)
	s.y += 3.6
	s.text(condensed, 17, s.left(), s.y, s.width(), 8, "C", title)
	s.y += 8
	s.text(regular, body, s.left(), s.y, s.width(), 4.6, "C", "Nomor: "+number)
	s.y += 5
	if t := p.standing(); t != "" && t != copy {
		s.text(bold, small, s.left(), s.y, s.width(), 4, "C", t)
		s.y += 4
	}
	s.y += 2.5
}

// proofHeight is what proof takes, in millimetres.
const proofHeight = 29.0

// proof is what ties the paper to the record: a code and its words.
func (s *sheet) proof(p *Paper, h ledger.Head, digest string) {
	s.need(proofHeight)
	text := cmp.Or(p.Checkpoint, HeadText(h))
	s.qr(s.left(), s.y+0.5, 27, text)
	x, w := s.left()+31, s.width()-31
	check := "Siapa pun dapat mencocokkan kertas ini dengan catatan: dapilgate audit verify."
	if p.Checkpoint != "" {
		check = "Kode ini ditandatangani. Pindai di layar Periksa: catatan yang dipotong atau diubah sesudah kertas ini akan ketahuan."
	}
	lines := []string{
		fmt.Sprintf("Bukti catatan: rantai Pintu Muat %d sampai kejadian %s, %s.", h.Dock, number(int(h.Seq)), moment(h.At)),
		"Kepala rantai (SHA-256): " + h.Hash,
		"Sidik daftar (SHA-256 berkas CSV): " + digest,
		check,
	}
	y := s.y + 3
	s.text(bold, small, x, y, w, 4, "L", lines[0])
	for _, l := range lines[1:] {
		y += 4
		s.text(regular, small-0.5, x, y, w, 4, "L", l)
	}
	s.y += proofHeight
}

// kindColumns are a table's columns for the event's kinds.
func (p *Paper) kindColumns(w float64) []column {
	var out []column
	for _, k := range p.Event.Kinds {
		out = append(out, column{k.Code, w, "R"})
	}
	return out
}

// count is a number in a table; nothing is a dash, so that no cell looks forgotten.
func count(n int) string {
	if n == 0 {
		return "–"
	}
	return number(n)
}

// tpsOf is a TPS number as labels and papers write it.
func tpsOf(n int) string { return fmt.Sprintf("%03d", n) }

// route is what the load may carry, in words.
func (p *Paper) route(m *ledger.Manifest, all []tally) string {
	if len(m.Load.Kecamatan) == 0 {
		return p.Face.Name
	}
	var names []string
	for _, t := range all {
		if n := len(names); n == 0 || names[n-1] != t.Kecamatan {
			names = append(names, t.Kecamatan)
		}
	}
	return p.Face.Name + ", hanya Kec. " + list(names)
}

// loadPairs are the load's facts as the heads of papers list them.
func (p *Paper) loadPairs(m *ledger.Manifest, all []tally) (left, right []pair) {
	ld := m.Load
	closed := ""
	if m.Closed != nil {
		closed = clock(m.Closed.At) + " oleh " + m.Closed.By
	}
	left = []pair{
		{"Dari", "Gudang " + p.office(m)}, {"Tujuan", p.destination(all)}, {"Dapil", p.route(m, all)},
		{"Tanggal muat", date(m.Opened.At)}, {"Mulai muat", clock(m.Opened.At) + " oleh " + m.Opened.By}, {"Ditutup", closed},
	}
	right = []pair{
		{"Kendaraan", m.Vehicle}, {"Nomor polisi", ld.Plate}, {"Pengemudi", ld.Driver}, {"Pengawal", p.Escort},
		{"Nomor segel", strings.Join(p.Seals, ", ")}, {"Muatan / pintu", "no. " + strconv.FormatInt(ld.ID, 10) + ", Pintu Muat " + strconv.Itoa(ld.Dock)},
	}
	counted, witness := closingPairs(m)
	left, right = append(left, counted...), append(right, witness...)
	if m.Left != nil {
		right = append(right, pair{"Berangkat", moment(m.Left.At)})
	}
	return left, right
}
