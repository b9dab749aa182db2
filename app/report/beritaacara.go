package report

import (
	"fmt"
	"strings"

	"dapilgate/app/ledger"
)

// BeritaAcara is the handover minutes of a closed load: one paper for each kecamatan whose
// boxes are on the truck, since each PPK signs for its own.
func BeritaAcara(m ledger.Manifest, p Paper) *Document {
	d := loadDocument(KindBeritaAcara, "Berita Acara Serah Terima", &m, &p)
	d.Tables = append(d.Tables, shortTable(&m), factTable(&m, &p, d.Number))
	d.draw = func(s *sheet) {
		all := tallies(&m)
		names := kecamatanOf(all)
		for i, name := range names {
			var own []tally
			on := 0
			for _, t := range all {
				if t.Kecamatan == name {
					own, on = append(own, t), on+t.on
				}
			}
			number := d.Number
			if len(names) > 1 {
				number = strings.Replace(number, "/", fmt.Sprintf(".%d/", i+1), 1)
			}
			p.eachCopy(func(copy string) {
				s.begin(running{d.Title + " " + number, copy}, p.footOf(d.Title, number))
				p.handover(s, &m, d, number, copy, own, on)
			})
		}
	}
	return d
}

// dots is a place to write by hand.
const dots = "........................"

func (p *Paper) handover(s *sheet, m *ledger.Manifest, d *Document, no, copy string, own []tally, on int) {
	kecamatan := own[0].Kecamatan
	receiver := "PPK " + kecamatan
	if p.Destination != "" {
		receiver = p.Destination
	}
	s.letterhead(p.office(m), p, "BERITA ACARA SERAH TERIMA KOTAK SUARA", no, copy, true)
	s.para(regular, body, "Pada hari ini "+dots+", tanggal "+dots+" bulan "+dots+" tahun "+dots+", pukul ............ WIB, bertempat di "+dots+dots+
		", kami yang bertanda tangan di bawah ini:")
	s.y += 1.5
	s.party("1.", "", "Petugas gudang "+p.office(m), "PIHAK PERTAMA, yang menyerahkan")
	s.party("2.", p.Receiver, receiver, "PIHAK KEDUA, yang menerima")
	s.para(regular, body, fmt.Sprintf("PIHAK PERTAMA menyerahkan kepada PIHAK KEDUA, dan PIHAK KEDUA menerima dari PIHAK PERTAMA, kotak suara %s untuk Kecamatan %s (%s), "+
		"%s, sebanyak %s, dengan rincian sebagai berikut:", p.Event.Name, kecamatan, own[0].Area.Kecamatan(), p.Face.Name, boxes(on)))
	s.y += 2
	s.table(p.received(own))
	s.para(regular, body, fmt.Sprintf("Kotak suara tersebut dimuat pada hari %s, pukul %s, di Pintu Muat %d gudang %s, pada %s nomor polisi %s, pengemudi %s, pengawal %s, nomor segel %s, surat jalan nomor %s.",
		dateInWords(m.Load.Closed), clock(m.Load.Closed), m.Load.Dock, p.office(m), m.Vehicle, m.Load.Plate, orDots(m.Load.Driver), orDots(p.Escort),
		orDots(strings.Join(p.Seals, ", ")), Number(KindSuratJalan, p.Event, m.Load)))
	s.para(regular, body, p.attested(m))
	missing := 0
	for _, t := range own {
		missing += t.missing
	}
	if missing > 0 {
		s.para(bold, body, "Kurang: "+boxes(missing)+" untuk kecamatan ini belum dimuat saat muatan ditutup. Alasan: "+reasonsFor(m, own).String()+".")
	} else {
		s.para(regular, body, "Semua kotak suara untuk kecamatan ini sudah dimuat di truk ini atau di truk lain.")
	}
	s.y += 1.5
	s.need(2*signHeight + proofHeight + 34)
	s.condition()
	s.para(regular, body, fmt.Sprintf("Demikian berita acara ini dibuat dengan sebenarnya dalam rangkap %d (%s) untuk dipergunakan sebagaimana mestinya.", len(p.copies()), spell(len(p.copies()))))
	s.y += 3
	s.signatures([]signature{
		{"PIHAK PERTAMA", "Yang menyerahkan", ""}, {"PIHAK KEDUA", "Yang menerima", p.Receiver}, {"Pengemudi", m.Load.Plate, m.Load.Driver},
		{"Mengetahui,", "Ketua PPK " + kecamatan, ""}, {"Menyaksikan,", "Panwascam " + kecamatan, ""}, {"Menyaksikan,", "Polri", p.Escort},
	}, 3)
	s.proof(p, m.Head, d.Digest())
}

// attested says who stood for the load when it was closed.
func (p *Paper) attested(m *ledger.Manifest) string {
	s := "Muatan ditutup oleh " + closedBy(m)
	if c := countOf(m); c != "" {
		s += "; dihitung sebelum ditutup: " + c
	}
	if m.Closing.Second != "" {
		s += "; disaksikan oleh " + m.Closing.Second + " dengan PIN"
	}
	return s + "."
}

func orDots(s string) string {
	if s == "" {
		return dots
	}
	return s
}

// party is one of the two who sign: name, office, side.
func (s *sheet) party(no, name, office, side string) {
	s.need(16)
	x := s.left() + 6
	s.text(regular, body, s.left()+1, s.y, 6, 4.6, "L", no)
	for _, l := range []pair{{"Nama", name}, {"Jabatan", office}} {
		s.text(regular, body, x, s.y, 18, 4.6, "L", l.name)
		s.text(regular, body, x+18, s.y, 3, 4.6, "L", ":")
		if l.value == "" {
			s.line(x+21, s.y+4.2, s.left()+110, s.y+4.2, 0.15)
		}
		s.text(bold, body, x+21, s.y, s.width()-27, 4.6, "L", l.value)
		s.y += 4.8
	}
	s.text(regular, body, x, s.y, s.width()-6, 4.6, "L", "selanjutnya disebut "+side+".")
	s.y += 6
}

// received is the list that the receiver counts against.
func (p *Paper) received(own []tally) *table {
	t := &table{cols: append(append([]column{{"Kode", 26, "L"}, {"Kelurahan", 0, "L"}, {"TPS", 12, "R"}}, p.kindColumns(14)...),
		column{"Diserahkan", 20, "R"}, column{"Diterima", 19, "L"}, column{"Selisih", 16, "L"})}
	sum, tps := 0, 0
	kinds := map[string]int{}
	for _, x := range own {
		if x.on == 0 {
			continue
		}
		cells := []string{string(x.Area), x.Kelurahan, number(x.tps)}
		for _, k := range p.Event.Kinds {
			cells = append(cells, count(x.kinds[k.Code]))
			kinds[k.Code] += x.kinds[k.Code]
		}
		t.add(plain, append(cells, number(x.on), "", "")...)
		sum, tps = sum+x.on, tps+x.tps
	}
	cells := []string{"Jumlah", number(tps)}
	for _, k := range p.Event.Kinds {
		cells = append(cells, number(kinds[k.Code]))
	}
	t.add(total, append(cells, number(sum), "", "")...)
	return t
}

// condition is what the receiver says of the state of the goods, by hand.
func (s *sheet) condition() {
	s.text(bold, body, s.left(), s.y, s.width(), 4.6, "L", "Keadaan saat diterima (diisi PIHAK KEDUA)")
	s.y += 5.4
	x := s.left()
	for _, t := range []string{"Jumlah cocok", "Jumlah tidak cocok", "Semua tersegel", "Ada yang tidak tersegel", "Ada yang rusak"} {
		s.pdf.SetLineWidth(0.25)
		s.pdf.Rect(x, s.y+0.6, 3.2, 3.2, "D")
		s.font(regular, body)
		w := s.pdf.GetStringWidth(t)
		s.text(regular, body, x+4.6, s.y, w+1, 4.4, "L", t)
		x += w + 8.6
	}
	s.y += 6
	s.text(regular, body, s.left(), s.y, 20, 4.6, "L", "Catatan:")
	s.line(s.left()+16, s.y+4.2, s.right(), s.y+4.2, 0.15)
	s.line(s.left()+16, s.y+9.6, s.right(), s.y+9.6, 0.15)
	s.y += 12
}
