package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// CountHolders are those who keep a copy of a count's berita acara.
var CountHolders = []string{"Arsip KPU", "Bawaslu/Panwascam"}

// Counted is a count with what its paper says of it.
type Counted struct {
	ledger.CountResult
	Sample *ledger.Sample // nil: all boxes of the scope
	Names  map[election.AreaCode]map[election.Level]string
	Head   ledger.Head
}

// CountNumber is the number of a count's paper: "HP-0003/P24" (hasil penghitungan).
func CountNumber(e *election.Event, id int64) string { return fmt.Sprintf("HP-%04d/%s", id, e.Code) }

// ReadCount reads a count whose counting is over. Errors: ledger.ErrNotFound,
// ledger.ErrConflict while people count.
func ReadCount(ctx context.Context, l *ledger.Ledger, id int64) (Counted, error) {
	c := Counted{Names: map[election.AreaCode]map[election.Level]string{}}
	var err error
	if c.CountResult, err = l.CountResult(ctx, id); err != nil {
		return c, err
	}
	if c.CountResult.Sample != 0 {
		x, err := l.SampleByID(ctx, c.CountResult.Sample)
		if err != nil {
			return c, err
		}
		c.Sample = &x
	}
	areas := []election.AreaCode{c.Area}
	for _, b := range c.Boxes {
		areas = append(areas, b.Box.Area)
	}
	for _, d := range c.Differences {
		areas = append(areas, d.Box.Area)
	}
	return c, readNames(ctx, l, c.Names, areas)
}

func readNames(ctx context.Context, l *ledger.Ledger, names map[election.AreaCode]map[election.Level]string, areas []election.AreaCode) (err error) {
	for _, a := range areas {
		if names[a] == nil && a != "" {
			if names[a], err = l.AreaNames(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// OfCount makes the paper of a count from the record: before it is signed a provisional one,
// afterwards a copy. Errors: as ReadCount.
func OfCount(ctx context.Context, l *ledger.Ledger, id int64, p Paper) (*Document, error) {
	c, err := ReadCount(ctx, l, id)
	if err != nil {
		return nil, err
	}
	p.Event = l.Event()
	if c.Head, err = witness(ctx, l, ledger.Office, &p); err != nil {
		return nil, err
	}
	return BeritaAcaraHitung(c, p), nil
}

// SignCount signs the result of a count in the name of by and makes its berita acara, with
// the record's head behind that event. Errors: as ReadCount and ledger.SignCount.
func SignCount(ctx context.Context, l *ledger.Ledger, by ledger.Person, id int64, p Paper) (*Document, error) {
	c, err := ReadCount(ctx, l, id)
	if err != nil {
		return nil, err
	}
	p.Event, p.By = l.Event(), by.Name
	if by.Role == ledger.Penyelia { // once; from then on this machine's papers are signed
		if _, err := l.NewSeal(ctx, by); err != nil {
			return nil, fmt.Errorf("sign count %d: %w", id, err)
		}
	}
	draft := BeritaAcaraHitung(c, p)
	act, err := l.SignCount(ctx, by, c.CountResult, draft.Number, draft.Digest())
	if err != nil {
		return nil, err
	}
	c.State, c.SignedBy, c.Signed = ledger.CountFinished, act.By, act.At
	if c.Head, err = witness(ctx, l, ledger.Office, &p); err != nil {
		return nil, err
	}
	p.Issued, p.At = &ledger.Issued{Act: act}, act.At
	return BeritaAcaraHitung(c, p), nil
}

var classWords = map[gate.CountClass]string{gate.CountMatch: "Cocok", gate.CountBeside: "Di luar sampel", gate.CountMissing: "Kurang",
	gate.CountSurplus: "Lebih", gate.CountMisplaced: "Salah tempat", gate.CountNone: "Tidak selisih"}

var classCells = map[gate.CountClass]string{gate.CountMatch: "cocok", gate.CountBeside: "di luar sampel", gate.CountMissing: "kurang",
	gate.CountSurplus: "lebih", gate.CountMisplaced: "salah tempat", gate.CountNone: "tidak selisih"}

// reason says in words why a box should not be here.
func (p *Paper) reason(r gate.CountReason, b election.Box, plate string) string {
	switch r {
	case gate.ReasonLoaded:
		return "tercatat dimuat di " + cmp.Or(plate, "truk")
	case gate.ReasonDeparted:
		return "tercatat berangkat dengan " + cmp.Or(plate, "truk")
	case gate.ReasonDistrict:
		return "milik dapil lain: " + p.dapil(b.Routing.String())
	case gate.ReasonArea:
		return "milik wilayah lain"
	case gate.ReasonUnknown:
		return "tidak ada dalam daftar kotak pemilu ini"
	case gate.ReasonSpare:
		return "kotak cadangan"
	case gate.ReasonKind:
		return "jenis atau TPS lain"
	case gate.ReasonNoLabel:
		return "labelnya tidak berlaku menurut catatan"
	}
	return ""
}

// scopeWords is what a count or a sample is of.
func (p *Paper) scopeWords(s ledger.Scope, names map[election.Level]string) string {
	var out []string
	if !s.District.IsZero() {
		out = append(out, "dapil "+p.dapil(s.District.String()))
	}
	for _, x := range []struct {
		level election.Level
		title string
	}{{election.LevelKelurahan, "Kel. "}, {election.LevelKecamatan, "Kec. "}, {election.LevelKota, ""}} {
		if n := names[x.level]; n != "" {
			out = append(out, x.title+n)
		}
	}
	if s.TPS != 0 {
		out = append(out, "TPS "+tpsOf(s.TPS))
	}
	if s.Kind != "" {
		out = append(out, "jenis "+s.Kind)
	}
	return strings.Join(out, ", ")
}

// subject is what was counted, in words.
func (p *Paper) subject(c *Counted) string {
	s := p.scopeWords(c.Scope, c.Names[c.Area])
	switch {
	case c.Sample != nil:
		return fmt.Sprintf("sampel nomor %d, %s dari %s kotak suara (%s)", c.Sample.ID, number(len(c.Sample.Boxes)), number(c.Sample.Population), cmp.Or(s, "seluruh pemilu"))
	case c.Nothing():
		return "semua kotak suara yang ada di tempat itu"
	}
	return "kotak suara " + s
}

// counted is one box of a result: found, missing or both in turn.
type counted struct {
	box     election.Box
	by      []string
	at      time.Time // when it was found first
	old     bool      // by a label that was void then
	plate   string
	class   gate.CountClass
	reason  gate.CountReason
	differs *ledger.CountDifference
	label   int
	newest  int
}

func (x *counted) final() gate.CountClass {
	if x.differs != nil {
		return x.differs.Final()
	}
	return x.class
}

// lines are a result's boxes, one line each, in their order.
func (c *Counted) lines() []counted {
	at := map[string]int{}
	var out []counted
	for _, b := range c.Boxes {
		i, ok := at[b.Box.ID()]
		if !ok {
			i = len(out)
			at[b.Box.ID()] = i
			out = append(out, counted{box: b.Box, at: b.At})
		}
		x := &out[i]
		x.by = append(x.by, b.Person)
		x.class, x.reason, x.plate = b.Class, b.Reason, b.Plate // of several, the last
		x.label, x.newest, x.old = b.Revision, b.Newest, x.old || b.Revision < b.Newest
	}
	for k := range c.Differences {
		d := &c.Differences[k]
		i, ok := at[d.Box.ID()]
		if !ok {
			i = len(out)
			x := counted{box: d.Box, class: d.Class, reason: d.Reason, plate: d.Plate}
			if d.TurnedUp() { // the count itself knew nothing of it
				x.class, x.reason = gate.CountNone, ""
			}
			out = append(out, x)
		}
		out[i].differs = d
	}
	slices.SortStableFunc(out, func(a, b counted) int {
		return cmp.Or(cmp.Compare(a.box.Area, b.box.Area), cmp.Compare(a.box.TPS, b.box.TPS), cmp.Compare(a.box.Index, b.box.Index))
	})
	return out
}

func yes(b bool) string {
	if b {
		return "ya"
	}
	return "tidak"
}

// countTable is the whole result, a line a box.
func (p *Paper) countTable(c *Counted, all []counted) Table {
	t := Table{Name: "Hasil", Head: []string{"kotak", "kode_wilayah", "kecamatan", "kelurahan", "tps", "jenis", "dapil_tujuan", "ditemukan", "golongan", "sebab", "dihitung_oleh",
		"waktu_hitung", "revisi_label", "revisi_berlaku", "dihitung_ulang_oleh", "waktu_hitung_ulang", "ada_saat_hitung_ulang", "golongan_akhir", "sebab_akhir"}}
	for _, x := range all {
		names := c.Names[x.box.Area]
		// A box that turned up in the recount only was not found by the count.
		first := !x.at.IsZero()
		row := []any{x.box.ID(), string(x.box.Area), names[election.LevelKecamatan], names[election.LevelKelurahan], x.box.TPS, x.box.Kind, x.box.Routing.Spaced(),
			yes(first), classCells[x.class], p.reason(x.reason, x.box, x.plate), strings.Join(x.by, "; "), stamp(x.at)}
		if first {
			row = append(row, x.label, x.newest)
		} else {
			row = append(row, "", "")
		}
		if d := x.differs; d != nil && d.Recount != nil {
			row = append(row, d.Recount.By, stamp(d.Recount.At), yes(d.Recount.Found), classCells[d.Final()], p.reason(d.FinalReason(), d.Box, d.Plate))
		} else {
			row = append(row, "", "", "", classCells[x.final()], p.reason(x.reason, x.box, x.plate))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func passTable(c *Counted) Table {
	t := Table{Name: "Penghitung", Head: []string{"putaran", "nama", "mulai", "selesai", "kotak", "pindaian_ulang", "tidak_terbaca", "bukan_label_ini", "palsu"}}
	for _, x := range c.Passes {
		t.Rows = append(t.Rows, []any{roundWords[x.Round], x.Person, stamp(x.Began), stamp(x.Done), x.Boxes, x.Again, x.Unreadable, x.Strange, x.Forged})
	}
	return t
}

var roundWords = map[int]string{ledger.RoundCount: "hitung", ledger.RoundRecount: "hitung ulang"}

// sums are the numbers of a result as its tables list them.
func (c *Counted) sums() [][3]string {
	a, b := c.Totals(false), c.Totals(true)
	n := func(name string, x, y int) [3]string { return [3]string{name, number(x), number(y)} }
	out := [][3]string{n("Seharusnya ada menurut catatan", c.Expected, c.Expected)}
	if c.Nothing() {
		out = [][3]string{{"Seharusnya ada menurut catatan", "–", "–"}}
	}
	out = append(out, n("Ditemukan", a.Found, b.Found), n("Cocok", a.Matching, b.Matching), n("Kurang", a.Missing, b.Missing),
		n("Lebih", a.Surplus, b.Surplus), n("Salah tempat", a.Misplaced, b.Misplaced))
	if c.Sample != nil {
		out = append(out, n("Di luar sampel, tanpa selisih", a.Beside, b.Beside))
	}
	return out
}

// BeritaAcaraHitung is the minutes of a count (stock opname): what was counted by whom, the
// differences, who recounted them, what stands.
func BeritaAcaraHitung(c Counted, p Paper) *Document {
	d := &Document{Kind: KindHitung, Title: "Berita Acara Hasil Penghitungan", Number: CountNumber(p.Event, c.ID), author: p.By, at: p.At}
	all := c.lines()
	sums := Table{Name: "Rekapitulasi", Head: []string{"uraian", "hitung_pertama", "setelah_hitung_ulang"}}
	for _, x := range c.sums() {
		sums.Rows = append(sums.Rows, []any{x[0], x[1], x[2]})
	}
	d.Tables = []Table{p.countTable(&c, all), sums, passTable(&c)}
	d.Data = countData(&c, &p, d.Number)
	d.draw = func(s *sheet) {
		switch {
		case c.State != ledger.CountFinished:
			p.drawCount(s, &c, d, all, "SEMENTARA: hasil belum ditandatangani")
		case p.Issued == nil:
			p.drawCount(s, &c, d, all, "SALINAN: sudah ditandatangani "+moment(c.Signed)+" oleh "+c.SignedBy)
		default:
			holders := p.Copy
			if len(holders) == 0 {
				holders = CountHolders
			}
			for i, h := range holders {
				p.drawCount(s, &c, d, all, fmt.Sprintf("Rangkap %d dari %d: %s", i+1, len(holders), h))
			}
		}
	}
	return d
}

func (p *Paper) drawCount(s *sheet, c *Counted, d *Document, all []counted, copy string) {
	s.begin(running{d.Title + " " + d.Number, copy}, p.footOf(d.Title, d.Number))
	s.letterhead(p.Office, &Paper{Event: p.Event, Issued: &ledger.Issued{}}, "BERITA ACARA HASIL PENGHITUNGAN KOTAK SUARA", d.Number, copy, false)
	when := "Pada hari " + dots + ", tanggal " + dots + ", pukul ............ WIB"
	if !c.Signed.IsZero() {
		when = "Pada hari " + dateInWords(c.Signed) + ", pukul " + clock(c.Signed)
	}
	place := "bertempat di " + c.Room
	if c.Room == "" {
		place = "bertempat di " + dots + dots
	}
	s.para(regular, body, fmt.Sprintf("%s, %s, telah selesai penghitungan (stock opname) kotak suara %s, yang dimulai %s: %s.", when, place, p.Event.Name, moment(c.Opened), p.subject(c)))
	s.y += 1.5
	s.para(regular, body, "Setiap kotak dihitung dengan memindai labelnya. Penghitung tidak diberi tahu jumlah maupun daftar kotak yang seharusnya ada (hitung buta). "+
		"Setiap selisih dihitung ulang oleh orang yang tidak menghitung kotak itu.")
	if c.Sample != nil {
		s.y += 1.5
		s.para(regular, body, fmt.Sprintf("Sampel diundi dengan benih %s pada %s oleh %s; cara mengundi ulang ada di Daftar Sampel nomor %s.",
			c.Sample.Seed, moment(c.Sample.At), c.Sample.By, SampleNumber(p.Event, c.Sample.ID)))
	}
	s.y += 2.5
	t := &table{cols: []column{{"Hasil", 0, "L"}, {"Hitung pertama", 36, "R"}, {"Setelah hitung ulang", 42, "R"}}}
	for _, x := range c.sums() {
		t.add(plain, x[:]...)
	}
	s.table(t)
	p.verdictOfCount(s, c)
	p.areasOfCount(s, c, all)
	p.differencesOfCount(s, c)
	p.oldLabels(s, all)
	p.passes(s, c)
	p.signCount(s, c)
	s.proof(p, c.Head, d.Digest())
}

// verdictOfCount is the result in a sentence.
func (p *Paper) verdictOfCount(s *sheet, c *Counted) {
	x := c.Totals(true)
	switch n := x.Missing + x.Surplus + x.Misplaced; {
	case c.Open() > 0:
		s.para(bold, body, fmt.Sprintf("%s selisih belum dihitung ulang.", number(c.Open())))
	case n == 0:
		s.para(bold, body, "Hasil: "+boxes(x.Matching)+" cocok dengan catatan. Tidak ada selisih.")
	default:
		s.para(bold, body, fmt.Sprintf("Hasil: %s cocok dengan catatan. Selisih: kurang %s, lebih %s, salah tempat %s.",
			boxes(x.Matching), number(x.Missing), number(x.Surplus), number(x.Misplaced)))
	}
	if c.Unlabelled > 0 {
		s.para(regular, body, "Selain itu "+boxes(c.Unlabelled)+" dari pilihan ini belum mempunyai label yang berlaku, sehingga tidak dapat dihitung dengan memindai.")
	}
}

// areasOfCount is the result by kelurahan.
func (p *Paper) areasOfCount(s *sheet, c *Counted, all []counted) {
	if len(all) == 0 {
		return
	}
	type sum struct{ expected, match, missing, surplus, misplaced int }
	var areas []election.AreaCode
	sums := map[election.AreaCode]*sum{}
	var whole sum
	for _, x := range all {
		if sums[x.box.Area] == nil {
			sums[x.box.Area] = &sum{}
			areas = append(areas, x.box.Area)
		}
		for _, n := range []*sum{sums[x.box.Area], &whole} {
			if !c.Nothing() && (x.class == gate.CountMatch || x.class == gate.CountMissing) {
				n.expected++
			}
			switch x.final() {
			case gate.CountMatch:
				n.match++
			case gate.CountMissing:
				n.missing++
			case gate.CountSurplus:
				n.surplus++
			case gate.CountMisplaced:
				n.misplaced++
			}
		}
	}
	s.heading("Menurut kelurahan, setelah hitung ulang", 16)
	t := &table{cols: []column{{"Kode", 27, "L"}, {"Kelurahan", 0, "L"}, {"Kecamatan", 36, "L"}, {"Seharusnya", 20, "R"}, {"Cocok", 15, "R"}, {"Kurang", 15, "R"},
		{"Lebih", 14, "R"}, {"Salah tempat", 16, "R"}}}
	for _, a := range areas {
		n, names := sums[a], c.Names[a]
		t.add(plain, string(a), cmp.Or(names[election.LevelKelurahan], "(cadangan "+names[election.LevelKota]+")"), names[election.LevelKecamatan],
			count(n.expected), count(n.match), count(n.missing), count(n.surplus), count(n.misplaced))
	}
	t.add(total, "Jumlah", number(whole.expected), number(whole.match), number(whole.missing), number(whole.surplus), number(whole.misplaced))
	s.table(t)
}

// differencesOfCount lists what differs, and what no longer does.
func (p *Paper) differencesOfCount(s *sheet, c *Counted) {
	if len(c.Differences) == 0 {
		return
	}
	s.heading("Selisih", 22)
	t := &table{size: 8, cols: []column{{"Kotak", 40, "L"}, {"Kelurahan, kecamatan", 0, "L"}, {"Sebab", 36, "L"}, {"Hitung pertama", 25, "L"}, {"Hitung ulang (WIB)", 31, "L"}}}
	for _, class := range []gate.CountClass{gate.CountMissing, gate.CountSurplus, gate.CountMisplaced, gate.CountNone} {
		var rows [][]string
		for i := range c.Differences {
			d := &c.Differences[i]
			final := d.Final()
			if !final.Differs() {
				final = gate.CountNone
			}
			if final != class {
				continue
			}
			names := c.Names[d.Box.Area]
			place := strings.Join(slices.DeleteFunc([]string{names[election.LevelKelurahan], names[election.LevelKecamatan]}, func(s string) bool { return s == "" }), ", ")
			why := p.reason(d.FinalReason(), d.Box, d.Plate)
			if class == gate.CountNone {
				why = "semula " + strings.ToLower(classWords[d.Class])
				if r := p.reason(d.Reason, d.Box, d.Plate); r != "" {
					why += ": " + r
				}
			}
			first := "tidak ditemukan"
			switch {
			case d.TurnedUp():
				first = "muncul saat hitung ulang: " + strings.Join(d.CountedBy, ", ")
			case len(d.CountedBy) > 0:
				first = "ada: " + strings.Join(d.CountedBy, ", ")
			}
			again := "BELUM"
			if r := d.Recount; r != nil {
				again = "tidak ada"
				if r.Found {
					again = "ada"
				}
				again += ": " + r.By + ", " + r.At.In(wib).Format("15.04")
			}
			rows = append(rows, []string{d.Box.ID(), cmp.Or(place, "–"), cmp.Or(why, "–"), first, again})
		}
		if len(rows) == 0 {
			continue
		}
		title := classWords[class]
		if class == gate.CountNone {
			title = "Tidak selisih lagi setelah hitung ulang"
		}
		t.add(group, fmt.Sprintf("%s: %s kotak", title, number(len(rows))))
		for _, r := range rows {
			t.add(plain, r...)
		}
	}
	s.table(t)
}

// oldLabels names the boxes that bear a label which a later one has made void.
func (p *Paper) oldLabels(s *sheet, all []counted) {
	t := &table{cols: []column{{"Kotak dengan label lama", 0, "L"}, {"Label yang dipindai", 36, "R"}, {"Label yang berlaku", 36, "R"}}}
	for _, x := range all {
		if x.old {
			t.add(plain, x.box.ID(), fmt.Sprintf("revisi %d", x.label), fmt.Sprintf("revisi %d", x.newest))
		}
	}
	if len(t.rows) > 0 {
		s.heading("Label lama", 16)
		s.table(t)
	}
}

func (p *Paper) passes(s *sheet, c *Counted) {
	if len(c.Passes) == 0 {
		return
	}
	s.heading("Penghitung", 16)
	t := &table{cols: []column{{"Nama", 0, "L"}, {"Putaran", 24, "L"}, {"Mulai", 22, "L"}, {"Selesai", 22, "L"}, {"Kotak", 15, "R"}, {"Dipindai lagi", 17, "R"},
		{"Tak terbaca", 17, "R"}, {"Bukan label ini", 19, "R"}, {"Palsu", 13, "R"}}}
	for _, x := range c.Passes {
		t.add(plain, x.Person, roundWords[x.Round], clock(x.Began), clock(x.Done), count(x.Boxes), count(x.Again), count(x.Unreadable), count(x.Strange), count(x.Forged))
	}
	s.table(t)
}

// signCount are the places to sign: everyone who counted, who recounted, who signs.
func (p *Paper) signCount(s *sheet, c *Counted) {
	var all []signature
	for _, round := range []int{ledger.RoundCount, ledger.RoundRecount} {
		for _, x := range c.Passes {
			if x.Round == round {
				all = append(all, signature{"Yang menghitung,", "Petugas " + roundWords[round], x.Person})
			}
		}
	}
	all = append(all, signature{"Yang menandatangani hasil,", "Penyelia/auditor", c.SignedBy}, signature{"Mengetahui,", "Sekretariat KPU", ""}, signature{"Menyaksikan,", "Bawaslu/Panwascam", ""})
	s.need(2*signHeight + 8)
	s.y += 2
	s.para(regular, body, "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.")
	s.y += 3
	for part := range slices.Chunk(all, 6) {
		s.signatures(part, 3)
	}
}
