package election

import "strings"

// knownAreas tell Kemendagri's numbers from BPS's, which look alike and are permuted
// within DKI: 31.75 is Jakarta Timur in the one and 3175 Jakarta Utara in the other. The
// names are compared without blanks, as the last words of the full name.
var knownAreas = map[AreaCode]string{
	"31.71": "jakartapusat", "31.72": "jakartautara", "31.73": "jakartabarat",
	"31.74": "jakartaselatan", "31.75": "jakartatimur", "31.75.06": "cakung",
}

// checker looks at the kelurahan table as it streams by. It keeps a number a kelurahan and
// a name a kecamatan and kota.
type checker struct {
	s      *Source
	faults *Faults
	totals Totals
	seen   map[int64]bool
	names  map[AreaCode]string
}

func newChecker(s *Source, f *Faults) *checker {
	return &checker{s: s, faults: f, seen: map[int64]bool{}, names: map[AreaCode]string{}}
}

func (c *checker) kelurahan(k *Kelurahan, row *table) {
	c.totals.Kelurahan++
	c.totals.TPS += k.TPSCount()
	okKelurahan := c.code(row, "kode_kelurahan", k.Code, LevelKelurahan)
	okKecamatan := c.code(row, "kode_kecamatan", k.KecamatanCode, LevelKecamatan)
	okKota := c.code(row, "kode_kota", k.KotaCode, LevelKota)
	whole := okKelurahan && okKecamatan && okKota
	if whole && k.Code.Kecamatan() != k.KecamatanCode {
		row.fault("kode_kecamatan", "kelurahan %s is not in kecamatan %s", k.Code, k.KecamatanCode)
	}
	if whole && k.KecamatanCode.Kota() != k.KotaCode {
		row.fault("kode_kota", "kecamatan %s is not in kota %s", k.KecamatanCode, k.KotaCode)
	}
	if whole {
		key := BoxKey(k.Code, 0, 0, '0')
		if c.seen[key] {
			row.fault("kode_kelurahan", "kelurahan %s is there twice", k.Code)
		}
		c.seen[key] = true
		c.name(row, "kecamatan", k.KecamatanCode, k.Kecamatan, &c.totals.Kecamatan)
		c.name(row, "kota", k.KotaCode, k.Kota, &c.totals.Kota)
	}
	if k.Name == "" {
		row.fault("kelurahan", "kelurahan %s has no name", k.Code)
	}
	c.dapil(k, row)
}

// code checks the form of an area code. Codes without dots are BPS's, or have lost their
// dots in a spreadsheet; either way the places they mean are not certain.
func (c *checker) code(row *table, column string, a AreaCode, level Level) bool {
	form := map[Level]string{LevelKelurahan: "31.75.06.1001", LevelKecamatan: "31.75.06", LevelKota: "31.75"}[level]
	_, err := ParseArea(string(a))
	switch {
	case err == nil && a.Level() == level:
		return true
	case allDigits(string(a)) && len(a) >= 4:
		row.fault(column, "%q has no dots: it looks like a BPS code, whose numbers mean other places; expected a Kemendagri code like %s", a, form)
	default:
		row.fault(column, "%q: expected a Kemendagri code like %s", a, form)
	}
	return false
}

// name notes the one name of a kecamatan or kota and counts it.
func (c *checker) name(row *table, column string, a AreaCode, name string, count *int) {
	if name == "" {
		row.fault(column, "%s has no name", a)
	}
	old, ok := c.names[a]
	if ok {
		if old != name {
			row.fault(column, "%s is called %q here and %q above", a, name, old)
		}
		return
	}
	*count++
	c.names[a] = name
	bare := strings.ToLower(strings.ReplaceAll(name, " ", ""))
	if want := knownAreas[a]; want != "" && !strings.HasSuffix(bare, want) {
		row.fault(column, "%s is called %q; in Kemendagri's numbers it is another place: this table looks numbered by BPS", a, name)
	}
}

func (c *checker) dapil(k *Kelurahan, row *table) {
	for _, kind := range row.dapilKinds() {
		d := District{kind, k.Dapil[kind]}
		switch {
		case d.Code == "" && kind == c.s.event.Routing:
			row.fault(dapilColumn+kind, "kelurahan %s has no %s dapil, by which its boxes are routed", k.Code, kind)
		case d.Code == "": // tanpa dapil
		case !c.s.dapil[d]:
			row.fault(dapilColumn+kind, "dapil %s is not in dapil.csv", d)
		}
	}
}

// finish compares the totals, once all rows are known.
func (c *checker) finish() {
	e := c.s.event
	c.totals.Boxes = c.totals.TPS * len(e.Kinds)
	for _, kota := range sortedAreas(e.Spares) {
		c.totals.Spares += e.Spares[kota]
		if _, ok := c.names[kota]; !ok {
			c.faults.add(fileEvent, 0, 0, "spares of kota %s, which has no kelurahan", kota)
		}
	}
	for _, t := range []struct {
		name      string
		want, got int
	}{
		{"kota", e.Check.Kota, c.totals.Kota}, {"kecamatan", e.Check.Kecamatan, c.totals.Kecamatan},
		{"kelurahan", e.Check.Kelurahan, c.totals.Kelurahan}, {"tps", e.Check.TPS, c.totals.TPS}, {"boxes", e.Check.Boxes, c.totals.Boxes},
	} {
		if t.want != 0 && t.want != t.got {
			c.faults.add(fileEvent, 0, 0, "[check] %s = %d, but the tables come to %d", t.name, t.want, t.got)
		}
	}
}
