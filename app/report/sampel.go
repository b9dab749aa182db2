package report

import (
	"context"
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// SampleNumber is the number of a sample's paper: "SP-0002/P24"; of one that was not
// recorded there is none.
func SampleNumber(e *election.Event, id int64) string {
	if id == 0 {
		return "–"
	}
	return fmt.Sprintf("SP-%04d/%s", id, e.Code)
}

// Redraw is the command that draws a sample again from the list of boxes, with sha256sum
// and sort alone: options choose the boxes, as "dapilgate boxes" takes them.
func Redraw(seed string, size int, options string) string {
	return strings.Join(strings.Fields(fmt.Sprintf(`dapilgate boxes %s | cut -d' ' -f1 | while read -r k; do echo "$(printf '%%s %%s' '%s' "$k" | sha256sum | cut -c1-64) $k"; done | `+
		`LC_ALL=C sort | head -n %d | cut -d' ' -f2`, options, seed, size)), " ")
}

// scopeOptions is a scope as options of the command line.
func scopeOptions(s ledger.Scope) string {
	var out []string
	add := func(name, value string) {
		if value != "" {
			out = append(out, name+" "+value)
		}
	}
	add("--dapil", s.District.String())
	switch s.Area.Level() {
	case election.LevelKelurahan:
		add("--kelurahan", string(s.Area))
	case election.LevelKecamatan:
		add("--kecamatan", string(s.Area))
	default:
		add("--kota", string(s.Area))
	}
	if s.TPS != 0 {
		add("--tps", fmt.Sprint(s.TPS))
	}
	add("--kind", s.Kind)
	return strings.Join(out, " ")
}

// OfSample makes the list of a sample, to look for its boxes with. Error: the ledger's.
func OfSample(ctx context.Context, l *ledger.Ledger, x ledger.Sample, p Paper) (*Document, error) {
	p.Event = l.Event()
	names := map[election.AreaCode]map[election.Level]string{}
	areas := []election.AreaCode{x.Scope.Area}
	for _, id := range x.Boxes {
		a, _, _, err := election.ParseBoxID(id)
		if err != nil {
			return nil, err
		}
		areas = append(areas, a)
	}
	if err := readNames(ctx, l, names, areas); err != nil {
		return nil, err
	}
	h, err := witness(ctx, l, ledger.Office, &p)
	if err != nil {
		return nil, err
	}
	return daftarSampel(x, names, h, p), nil
}

func daftarSampel(x ledger.Sample, names map[election.AreaCode]map[election.Level]string, head ledger.Head, p Paper) *Document {
	d := &Document{Kind: KindSampel, Title: "Daftar Sampel", Number: SampleNumber(p.Event, x.ID), author: p.By, at: p.At}
	t := Table{Name: "Sampel", Head: []string{"no", "kotak", "kecamatan", "kelurahan", "tps", "jenis", "sha256"}}
	list := &table{cols: []column{{"No.", 11, "R"}, {"Kotak", 46, "L"}, {"Kelurahan, kecamatan", 0, "L"}, {"TPS", 11, "R"}, {"Jenis", 22, "L"}, {"SHA-256 (awal)", 30, "L"}, {"Ada", 11, "L"}}}
	for i, id := range x.Boxes {
		area, tps, kind, err := election.ParseBoxID(id)
		if err != nil {
			continue // the ledger's own identities
		}
		n, key := names[area], gate.SampleKey(x.Seed, id)
		t.Rows = append(t.Rows, []any{i + 1, id, n[election.LevelKecamatan], n[election.LevelKelurahan], tps, kind, key})
		place := n[election.LevelKelurahan] + ", " + n[election.LevelKecamatan]
		if kind == election.SpareKind {
			place = n[election.LevelKota]
		}
		list.add(plain, number(i+1), id, place, tpsOf(tps), kind, key[:16], "")
	}
	d.Tables = []Table{t}
	d.Data = sampleData(x, d.Number)
	d.draw = func(s *sheet) {
		copy := ""
		if x.ID == 0 {
			copy = "UNDIAN ULANG: tidak dicatat"
		}
		s.begin(running{d.Title + " " + d.Number, copy}, p.footOf(d.Title, d.Number))
		s.letterhead(p.Office, &Paper{Event: p.Event, Issued: &ledger.Issued{}}, "DAFTAR SAMPEL KOTAK SUARA", d.Number, copy, false)
		s.pairs([]pair{{"Benih", x.Seed}, {"Diundi dari", number(x.Population) + " kotak"}, {"Jumlah sampel", number(len(x.Boxes)) + " kotak"}},
			[]pair{{"Pilihan", scopeOr(p.scopeWords(x.Scope, names[x.Scope.Area]))}, {"Dicatat", recorded(x)}, {"Oleh", x.By}}, s.width())
		s.y += 2
		s.para(regular, body, "Cara mengundi: untuk setiap kotak dihitung SHA-256 dari benih, satu spasi, dan nomor kotak. Kotak diurutkan menurut hasilnya, dan yang terdepan adalah sampel. "+
			"Siapa pun dapat mengundi ulang dengan perintah ini:")
		s.y += 1
		s.para(bold, small, Redraw(x.Seed, len(x.Boxes), scopeOptions(x.Scope)))
		s.y += 1
		s.para(regular, small, "Sidik daftar asal (SHA-256 semua nomor kotak, satu per baris, terurut): "+x.Digest)
		s.y += 2
		s.table(list)
		s.proof(&p, head, d.Digest())
	}
	return d
}

func scopeOr(s string) string {
	if s == "" {
		return "seluruh pemilu"
	}
	return s
}

func recorded(x ledger.Sample) string {
	if x.ID == 0 {
		return "tidak"
	}
	return moment(x.At)
}
