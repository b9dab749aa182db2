package report

import (
	"fmt"

	"dapilgate/app/ledger"
)

// DaftarMuatan is the manifest: every box of a load by its identity. It can be had of an
// open load too, and then says so. Who receives a load on paper ticks its boxes here.
func DaftarMuatan(m ledger.Manifest, p Paper) *Document {
	d := loadDocument(KindDaftarMuatan, "Daftar Muatan", &m, &p)
	d.Tables = append(d.Tables, shortTable(&m), factTable(&m, &p, d.Number))
	standing := ""
	if m.Closed == nil {
		standing = "SEMENTARA: muatan masih dibuka"
	}
	d.draw = func(s *sheet) {
		all := tallies(&m)
		s.begin(running{d.Title + " " + d.Number, standing}, p.footOf(d.Title, d.Number))
		// A list is no paper to sign: it has no copies and no issue.
		head := p
		head.Issued = &ledger.Issued{}
		s.letterhead(p.office(&m), &head, "DAFTAR MUATAN", d.Number, standing, true)
		left, right := p.loadPairs(&m, all)
		s.pairs(left, right, s.width())
		s.y += 2
		s.verdictOf(&m, false)
		s.y += 2
		s.table(boxList(&m))
		s.shortages(&m, all, "Kekurangan")
		s.y += 2
		s.need(signHeight + proofHeight)
		s.signatures([]signature{{"Yang menyerahkan,", "Petugas / pengemudi", m.Load.Driver}, {"Yang menerima,", p.destination(all), p.Receiver}, {"Menyaksikan,", "Panwascam", ""}}, 3)
		s.proof(&p, m.Head, d.Digest())
	}
	return d
}

// boxList lists the boxes of a load by kelurahan.
func boxList(m *ledger.Manifest) *table {
	t := &table{size: 8, cols: []column{{"No.", 11, "R"}, {"Kotak", 42, "L"}, {"TPS", 11, "L"}, {"Jenis", 16, "L"}, {"Dapil isi", 0, "L"}, {"Revisi", 12, "R"},
		{"Urutan muat", 15, "R"}, {"Jam muat", 16, "L"}, {"Petugas", 16, "L"}, {"Diterima", 15, "L"}}}
	area := ""
	for i, c := range m.Boxes {
		if a := string(c.Box.Area); a != area {
			area = a
			n := 0
			for _, x := range m.Boxes[i:] {
				if string(x.Box.Area) == a {
					n++
				}
			}
			t.add(group, fmt.Sprintf("Kel. %s (%s), Kec. %s: %s kotak", c.Kelurahan, a, c.Kecamatan, number(n)))
		}
		content := "tanpa dapil"
		if !c.Box.Content.IsZero() {
			content = c.Box.Content.Spaced()
		}
		t.add(plain, number(i+1), c.Box.ID(), tpsOf(c.Box.TPS), c.Box.Kind, content, number(c.Revision), number(c.Position),
			c.Loaded.At.In(wib).Format("15.04.05"), c.Loaded.By, "")
	}
	if len(m.Boxes) > 0 {
		t.add(total, "Jumlah", "", "", "", "", "", number(len(m.Boxes)), "", "", "")
	}
	return t
}
