package report

import (
	"fmt"
	"strings"

	"dapilgate/app/ledger"
)

// SuratJalan is the waybill of a closed load: what is on the truck by kelurahan, who takes
// it where, and as annexes the list by TPS and the shortages by name.
func SuratJalan(m ledger.Manifest, p Paper) *Document {
	d := loadDocument(KindSuratJalan, "Surat Jalan", &m, &p)
	d.Tables = append(d.Tables, shortTable(&m), factTable(&m, &p, d.Number))
	d.draw = func(s *sheet) {
		all := tallies(&m)
		p.eachCopy(func(copy string) {
			s.begin(running{d.Title + " " + d.Number, copy}, p.footOf(d.Title, d.Number))
			s.letterhead(p.office(&m), &p, "SURAT JALAN", d.Number, copy, true)
			left, right := p.loadPairs(&m, all)
			s.pairs(left, right, s.width())
			s.y += 2
			s.heading("Ringkasan muatan per kelurahan", 20)
			s.table(p.summary(all))
			// Those who sign see what for: the sum stands on the page of the signatures.
			s.need(2*signHeight + proofHeight + 26)
			s.verdictOf(&m, true)
			s.y += 3
			s.signatures([]signature{
				{"Yang menyerahkan,", "Petugas gudang " + p.office(&m), closedBy(&m)}, {"Yang membawa,", "Pengemudi", m.Load.Driver}, {"Yang mengawal,", "Polri", p.Escort},
				{"Yang menerima,", p.destination(all), p.Receiver}, {"Mengetahui,", "Sekretaris " + p.office(&m), ""}, {"Menyaksikan,", "Panwascam", ""},
			}, 3)
			s.proof(&p, m.Head, d.Digest())
			s.next()
			s.heading("Lampiran A: daftar kotak suara per kelurahan dan TPS", 20)
			s.table(p.tpsTable(all))
			s.shortages(&m, all, "Lampiran B: kekurangan pada saat muatan ditutup")
		})
	}
	return d
}

func closedBy(m *ledger.Manifest) string {
	if m.Closed == nil {
		return ""
	}
	return m.Closed.By
}

// summary is the load by kelurahan, with the kelurahan that it has boxes of.
func (p *Paper) summary(all []tally) *table {
	t := &table{cols: append(append([]column{{"Kode", 26, "L"}, {"Kelurahan", 0, "L"}, {"TPS", 13, "R"}}, p.kindColumns(16)...),
		column{"Jumlah kotak", 19, "R"}, column{"Kurang", 17, "R"})}
	var sum tally
	sum.kinds = map[string]int{}
	kecamatan := ""
	for i, x := range all {
		if x.on == 0 {
			continue
		}
		if x.Kecamatan != kecamatan {
			kecamatan = x.Kecamatan
			on := 0
			for _, y := range all[i:] {
				if y.Kecamatan == kecamatan {
					on += y.on
				}
			}
			t.add(group, fmt.Sprintf("Kec. %s (%s): %s kotak", kecamatan, x.Area.Kecamatan(), number(on)))
		}
		cells := []string{string(x.Area), x.Kelurahan, count(x.tps)}
		for _, k := range p.Event.Kinds {
			cells = append(cells, count(x.kinds[k.Code]))
			sum.kinds[k.Code] += x.kinds[k.Code]
		}
		t.add(plain, append(cells, count(x.on), count(x.missing))...)
		sum.on, sum.missing, sum.tps = sum.on+x.on, sum.missing+x.missing, sum.tps+x.tps
	}
	cells := []string{"Jumlah", number(sum.tps)}
	for _, k := range p.Event.Kinds {
		cells = append(cells, number(sum.kinds[k.Code]))
	}
	t.add(total, append(cells, number(sum.on), number(sum.missing))...)
	return t
}

// verdictOf says in words what the truck carries and what it lacks.
func (s *sheet) verdictOf(m *ledger.Manifest, annex bool) {
	s.para(bold, body, "Dimuat: "+boxes(len(m.Boxes))+".")
	switch n := m.Missing(); {
	case n == 0:
		s.para(regular, body, "Lengkap: semua kotak suara tujuan ini sudah dimuat di truk ini atau di truk lain.")
	case m.Closed == nil:
		s.para(bold, body, "Belum dimuat ke truk mana pun: "+boxes(n)+".")
	default:
		t := "Kurang: " + boxes(n) + " tujuan ini belum dimuat ke truk mana pun saat muatan ditutup. Alasan menurut " + m.Closed.By + ": " + reasonsFor(m, tallies(m)).String() + "."
		if annex {
			t += " Rincian: Lampiran B."
		}
		s.para(bold, body, t)
	}
	refused := 0
	for i := range m.Refused {
		if worthTelling(m.Refused[i].Verdict) {
			refused++
		}
	}
	if refused > 0 {
		s.para(regular, body, fmt.Sprintf("Ditolak di pintu muat dan tidak dimuat: %s kali (lihat Laporan Penolakan).", number(refused)))
	}
}

// tpsTable is the load TPS by TPS.
func (p *Paper) tpsTable(all []tally) *table {
	t := &table{cols: append(append([]column{{"TPS", 18, "L"}}, p.kindColumns(19)...), column{"Jumlah", 18, "R"}, column{"Keterangan", 0, "L"})}
	for _, x := range all {
		if x.on == 0 {
			continue
		}
		t.add(group, fmt.Sprintf("Kel. %s (%s), Kec. %s: %s TPS, %s kotak", x.Kelurahan, x.Area, x.Kecamatan, number(x.tps), number(x.on)))
		for _, l := range x.lines {
			if len(l.On) == 0 {
				continue
			}
			cells := []string{tpsOf(l.TPS)}
			for _, k := range p.Event.Kinds {
				n := 0
				for _, on := range l.On {
					if on == k.Code {
						n++
					}
				}
				cells = append(cells, count(n))
			}
			var notes []string
			if len(l.Missing) > 0 {
				notes = append(notes, "KURANG "+strings.Join(l.Missing, ", "))
			}
			if len(l.Elsewhere) > 0 {
				notes = append(notes, strings.Join(l.Elsewhere, ", ")+" di truk lain")
			}
			t.add(plain, append(cells, number(len(l.On)), strings.Join(notes, "; "))...)
		}
	}
	return t
}

// loadDocument is a document of a load with its list.
func loadDocument(kind, title string, m *ledger.Manifest, p *Paper) *Document {
	d := &Document{Kind: kind, Title: title, Number: Number(kind, p.Event, m.Load), author: p.By, at: p.At, Tables: []Table{boxTable(m)}}
	if p.Issued != nil {
		d.Print = p.Issued.Print
	}
	d.Data = loadData(m, p, d)
	return d
}

// boxTable lists the boxes of a load.
func boxTable(m *ledger.Manifest) Table {
	t := Table{Name: "Kotak dimuat", Head: []string{"no_muat", "kotak", "kode_kelurahan", "kecamatan", "kelurahan", "tps", "jenis", "dapil_isi", "revisi_label", "waktu_muat", "petugas", "kejadian"}}
	for _, c := range m.Boxes {
		t.Rows = append(t.Rows, []any{c.Position, c.Box.ID(), string(c.Box.Area), c.Kecamatan, c.Kelurahan, c.Box.TPS, c.Box.Kind, c.Box.Content.Spaced(),
			c.Revision, c.Loaded.At.In(wib).Format("2006-01-02 15:04:05"), c.Loaded.By, int(c.Loaded.Seq)})
	}
	return t
}

// shortTable lists the boxes of the load's scope that were on no truck.
func shortTable(m *ledger.Manifest) Table {
	t := Table{Name: "Kekurangan", Head: []string{"kotak", "kode_kelurahan", "kecamatan", "kelurahan", "tps", "jenis", "tps_di_muatan_ini", "alasan"}}
	for _, l := range m.TPS {
		served := "tidak"
		if len(l.On) > 0 {
			served = "ya"
		}
		for _, k := range l.Missing {
			t.Rows = append(t.Rows, []any{boxID(l, k), string(l.Area), l.Kecamatan, l.Kelurahan, l.TPS, k, served, m.Why(l, k)})
		}
	}
	return t
}

// factTable are the load's facts, a line each.
func factTable(m *ledger.Manifest, p *Paper, number string) Table {
	t := Table{Name: "Muatan", Head: []string{"hal", "isi"}}
	left, right := p.loadPairs(m, tallies(m))
	t.Rows = append(t.Rows, []any{"Nomor", number})
	for _, x := range append(left, right...) {
		t.Rows = append(t.Rows, []any{x.name, x.value})
	}
	t.Rows = append(t.Rows, []any{"Kotak dimuat", len(m.Boxes)}, []any{"Kotak kurang", m.Missing()}, []any{"Alasan kekurangan", m.Load.Shortage})
	return t
}
