package election_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"dapilgate/app/election"
	"dapilgate/assets"
)

// dki is the built-in event, checked, with its kelurahan by code.
func dki(t *testing.T) (*election.Event, map[election.AreaCode]election.Kelurahan) {
	t.Helper()
	src, err := election.Open(assets.DefaultEvent())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	out := map[election.AreaCode]election.Kelurahan{}
	for k, err := range src.Kelurahan(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out[k.Code] = k
	}
	return src.Event(), out
}

// edited is the built-in event folder with a change in one file.
func edited(t *testing.T, file string, change func(string) string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"event.toml", "dapil.csv", "kelurahan.csv"} {
		b, err := fs.ReadFile(assets.DefaultEvent(), name)
		if err != nil {
			t.Fatal(err)
		}
		if name == file {
			after := change(string(b))
			if after == string(b) {
				t.Fatalf("the change to %s changes nothing", file)
			}
			b = []byte(after)
		}
		out[name] = &fstest.MapFile{Data: b}
	}
	return out
}

func check(t *testing.T, folder fs.FS) (election.Totals, error) {
	t.Helper()
	src, err := election.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return src.Check(t.Context())
}

// The figures of KPU DKI's plenary of 27 June 2023 and of the box plan: 6 kota, 44
// kecamatan, 267 kelurahan, 30,766 TPS, four boxes each, 88 spares.
func TestTotalsAreKPUs(t *testing.T) {
	got, err := check(t, assets.DefaultEvent())
	want := election.Totals{Kota: 6, Kecamatan: 44, Kelurahan: 267, TPS: 30766, Boxes: 123064, Spares: 88}
	if err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
	e, all := dki(t)
	perKota := map[election.AreaCode]int{}
	perDapil := map[string]int{}
	boxes := 0
	for _, k := range all {
		perKota[k.KotaCode] += k.TPSCount()
		perDapil[e.RoutingOf(&k).Code] += k.TPSCount()
		for range e.Boxes(k) {
			boxes++
		}
	}
	for kota, n := range map[election.AreaCode]int{"31.01": 88, "31.71": 3129, "31.72": 4853, "31.73": 7169, "31.74": 6715, "31.75": 8812} {
		if perKota[kota] != n {
			t.Errorf("kota %s has %d TPS, KPU says %d", kota, perKota[kota], n)
		}
	}
	for dapil, n := range map[string]int{"310001": 3129, "310002": 2519, "310003": 2422, "310004": 2938, "310005": 3000, "310006": 2874,
		"310007": 3100, "310008": 3615, "310009": 3585, "310010": 3584} {
		if perDapil[dapil] != n {
			t.Errorf("dapil %s has %d TPS, want %d", dapil, perDapil[dapil], n)
		}
	}
	spares := 0
	for range e.SpareBoxes() {
		spares++
	}
	if boxes != 123064 || spares != 88 {
		t.Errorf("%d boxes and %d spares", boxes, spares)
	}
}

// Kelurahan Jatinegara is in kecamatan Cakung, dapil 4; kecamatan Jatinegara is dapil 5.
func TestTrapJatinegara(t *testing.T) {
	e, all := dki(t)
	kel := all["31.75.06.1001"]
	if kel.Name != "Jatinegara" || kel.Kecamatan != "Cakung" || e.RoutingOf(&kel).Code != "310004" || kel.TPSCount() != 296 {
		t.Errorf("kelurahan Jatinegara: %+v", kel)
	}
	inKecamatan := 0
	for _, k := range all {
		if k.Kecamatan == "Jatinegara" {
			inKecamatan++
			if k.KecamatanCode != "31.75.03" || e.RoutingOf(&k).Code != "310005" {
				t.Errorf("kecamatan Jatinegara: %+v", k)
			}
		}
	}
	if inKecamatan == 0 {
		t.Error("no kelurahan in kecamatan Jatinegara")
	}
	if kaum := all["31.75.02.1004"]; kaum.Name != "Jatinegara Kaum" || e.RoutingOf(&kaum).Code != "310004" {
		t.Errorf("Jatinegara Kaum: %+v", kaum)
	}
}

// One name spans several dapil of one city.
func TestTrapNamesSpanDapil(t *testing.T) {
	e, all := dki(t)
	for word, want := range map[string]string{"Cipinang": "310004 310005 310006", "Kuningan": "310007 310008", "Pondok": "310005 310006"} {
		found := map[string]bool{}
		for _, k := range all {
			if k.KotaCode == "31.75" && strings.HasPrefix(k.Name, word) || word == "Kuningan" && strings.HasPrefix(k.Name, word) {
				found[e.RoutingOf(&k).Code] = true
			}
		}
		for _, d := range strings.Fields(want) {
			if !found[d] {
				t.Errorf("%s is not in dapil %s: %v", word, d, found)
			}
		}
	}
}

// 27 kelurahan bear the name of a kecamatan, blanks and case aside (Setia Budi, Setiabudi);
// 26 lie in it, one does not.
func TestTrapKelurahanNamedLikeKecamatan(t *testing.T) {
	_, all := dki(t)
	bare := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }
	names := map[string]election.AreaCode{}
	for _, k := range all {
		names[bare(k.Kecamatan)] = k.KecamatanCode
	}
	same, inside := 0, 0
	for _, k := range all {
		if code, ok := names[bare(k.Name)]; ok {
			same++
			if code == k.KecamatanCode {
				inside++
			}
		}
	}
	if same != 27 || inside != 26 {
		t.Errorf("%d kelurahan are named like a kecamatan, %d lie in it", same, inside)
	}
}

// Each confusable pair of the list is told apart by its codes.
func TestTrapPairsDifferByCode(t *testing.T) {
	e, all := dki(t)
	f, err := assets.DefaultEvent().Open("name_traps.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	routing := func(code string) string {
		a, err := election.ParseArea(code)
		if err != nil {
			t.Fatalf("%s: %v", code, err)
		}
		for _, k := range all {
			if a.Contains(k.Code) {
				x, _ := e.DapilOf(e.RoutingOf(&k))
				return x.Name
			}
		}
		t.Errorf("%s is not in the event", code)
		return ""
	}
	if len(rows) != 41 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows[1:] {
		if a := routing(r[1]); a != r[4] {
			t.Errorf("%s (%s) is in %s, the list says %s", r[2], r[1], a, r[4])
		}
		if b := routing(r[5]); b != r[8] {
			t.Errorf("%s (%s) is in %s, the list says %s", r[6], r[5], b, r[8])
		}
		if r[1] == r[5] {
			t.Errorf("%s and %s have one code", r[2], r[6])
		}
	}
}

// Names are spelt in several ways; only codes count. A kecamatan spelt otherwise imports,
// so long as it is spelt in one way.
func TestTrapSpelling(t *testing.T) {
	folder := edited(t, "kelurahan.csv", func(s string) string { return strings.ReplaceAll(s, ",Pulogadung,", ",Pulo Gadung,") })
	if _, err := check(t, folder); err != nil {
		t.Errorf("another spelling: %v", err)
	}
	mixed := edited(t, "kelurahan.csv", func(s string) string { return strings.Replace(s, ",Makasar,31.75,", ",Makassar,31.75,", 1) })
	if _, err := check(t, mixed); !errors.Is(err, election.ErrFaults) || !strings.Contains(err.Error(), "Makassar") {
		t.Errorf("two spellings of one kecamatan: %v", err)
	}
}

// BPS codes look like Kemendagri's and mean other places.
func TestTrapBPSCodes(t *testing.T) {
	undotted := edited(t, "kelurahan.csv", func(s string) string {
		return strings.Replace(s, "31.75.06.1001,Jatinegara,31.75.06,", "3175061001,Jatinegara,3175060,", 1)
	})
	_, err := check(t, undotted)
	if !errors.Is(err, election.ErrFaults) || !strings.Contains(err.Error(), `"3175060" has no dots: it looks like a BPS code`) {
		t.Errorf("seven digits: %v", err)
	}
	// In BPS's numbers 3175 is Jakarta Utara; the dots alone do not make it Kemendagri's.
	permuted := edited(t, "kelurahan.csv", func(s string) string {
		s = strings.ReplaceAll(s, "Jakarta Timur", "@")
		s = strings.ReplaceAll(s, "Jakarta Utara", "Jakarta Timur")
		return strings.ReplaceAll(s, "@", "Jakarta Utara")
	})
	if _, err := check(t, permuted); !errors.Is(err, election.ErrFaults) || !strings.Contains(err.Error(), "numbered by BPS") {
		t.Errorf("BPS numbering with dots: %v", err)
	}
	for _, s := range []string{"3172060", "3175061001", "317206", "31.75.6", "31.75.06.101", "31,75", " 31.75", "31.75.06.1001.1", ""} {
		if a, err := election.ParseArea(s); !errors.Is(err, election.ErrArea) {
			t.Errorf("%q was read as area %q", s, a)
		}
	}
}

// Dapil code 3101 (DPR DKI I, Jakarta Timur) and area code 31.01 (Kepulauan Seribu, which
// is DPR DKI III) are told apart by their code spaces.
func TestTrapCodeSpaces(t *testing.T) {
	e, all := dki(t)
	cakung, seribu := all["31.75.06.1001"], all["31.01.01.1001"]
	if d := e.ContentOf(&cakung, "DPR"); d != (election.District{Kind: "DPR", Code: "3101"}) {
		t.Errorf("DPR dapil of Cakung: %v", d)
	}
	if d := e.ContentOf(&seribu, "DPR"); d.Code != "3103" {
		t.Errorf("DPR dapil of Kepulauan Seribu: %v", d)
	}
	if _, err := e.ResolveDistrict("DPR:3101"); !errors.Is(err, election.ErrDistrict) {
		t.Errorf("a DPR dapil was taken for a routing district: %v", err)
	}
	if _, err := e.ResolveDistrict("31.01"); !errors.Is(err, election.ErrDistrict) {
		t.Errorf("an area was taken for a dapil: %v", err)
	}
	a := election.Box{Area: "31.75.06.1001", TPS: 1, Kind: "DPR", Item: election.ItemBox, Routing: election.District{Kind: "DPRDP", Code: "310004"}}
	b := a
	b.Routing = election.District{Kind: "DPR", Code: "310004"}
	fa, errA := e.Fields(a, 1)
	fb, errB := e.Fields(b, 1)
	if errA != nil || errB != nil || fa == fb {
		t.Errorf("the label does not tell the code spaces apart: %+v %+v %v %v", fa, fb, errA, errB)
	}
}

// "DKI JAKARTA I" is DPR's, "DKI JAKARTA 1" is DPRD's; a bare "2" is the routing kind's.
func TestTrapRomanNumerals(t *testing.T) {
	e, _ := dki(t)
	dpr, _ := e.DapilOf(election.District{Kind: "DPR", Code: "3101"})
	dprd, _ := e.DapilOf(election.District{Kind: "DPRDP", Code: "310001"})
	if dpr.Name != "DKI JAKARTA I" || dprd.Name != "DKI JAKARTA 1" || dpr.District == dprd.District {
		t.Errorf("%+v %+v", dpr, dprd)
	}
	if d, err := e.ResolveDistrict("2"); err != nil || d.String() != "DPRDP:310002" {
		t.Errorf("dapil 2: %v, %v", d, err)
	}
	for _, s := range []string{"II", "DKI JAKARTA 2", "02", "11", "0", "-1", "DPRDP:310011", "DPRDP:", "PPWP:4"} {
		if d, err := e.ResolveDistrict(s); !errors.Is(err, election.ErrDistrict) {
			t.Errorf("%q was read as %v", s, d)
		}
	}
}

// TPS numbers are not 1..N: 15 kelurahan have 80 TPS numbered from 901.
func TestTrapTPS901(t *testing.T) {
	e, all := dki(t)
	kelurahan, special := 0, 0
	for _, k := range all {
		n := 0
		for b := range e.Boxes(k) {
			if b.TPS > 900 && b.Index == 1 {
				n++
			}
		}
		if n > 0 {
			kelurahan++
		}
		special += n
	}
	if kelurahan != 15 || special != 80 {
		t.Errorf("%d kelurahan with %d special TPS", kelurahan, special)
	}
	cbu := all["31.75.03.1002"]
	for _, k := range all {
		if k.Name == "Cipinang Besar Utara" {
			cbu = k
		}
	}
	if got := cbu.TPS; len(got) != 2 || got[0] != (election.Range{From: 1, To: 153}) || got[1] != (election.Range{From: 901, To: 933}) {
		t.Errorf("Cipinang Besar Utara: %v", got)
	}
}

// Areas change: Kapuk was split. An edited table imports once its totals are edited too.
func TestTrapAreasChange(t *testing.T) {
	split := func(s string) string {
		for _, line := range strings.Split(s, "\n") {
			if strings.Contains(line, ",Kapuk,") {
				a := strings.Replace(line, "1-451", "1-200", 1)
				b := strings.Replace(strings.Replace(line, "1-451", "1-251", 1), ",Kapuk,", ",Kapuk Selatan,", 1)
				b = strings.Replace(b, strings.SplitN(line, ",", 2)[0], "31.73.01.1099", 1)
				return strings.Replace(s, line, a+"\n"+b, 1)
			}
		}
		return s
	}
	folder := edited(t, "kelurahan.csv", split).(fstest.MapFS)
	if _, err := check(t, folder); !errors.Is(err, election.ErrFaults) || !strings.Contains(err.Error(), "kelurahan = 267, but the tables come to 268") {
		t.Errorf("a split without its totals: %v", err)
	}
	folder["event.toml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(folder["event.toml"].Data), "kelurahan = 267", "kelurahan = 268", 1))}
	if got, err := check(t, folder); err != nil || got.TPS != 30766 || got.Kelurahan != 268 {
		t.Errorf("%+v, %v", got, err)
	}
}

// The dapil hangs on the kelurahan: elsewhere in the country a kecamatan is split between
// two dapil; dapil 2 of DKI spans two kota, and a kota holds up to three dapil.
func TestTrapDapilPerKelurahan(t *testing.T) {
	folder := edited(t, "kelurahan.csv", func(s string) string {
		for _, line := range strings.Split(s, "\n") {
			if strings.HasPrefix(line, "31.75.06.1002,") {
				return strings.Replace(s, line, strings.Replace(line, ",310004,", ",310005,", 1), 1)
			}
		}
		return s
	})
	src, err := election.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Check(t.Context()); err != nil {
		t.Fatalf("a split kecamatan: %v", err)
	}
	got := map[string]bool{}
	for k, err := range src.Kelurahan(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if k.KecamatanCode == "31.75.06" {
			got[src.Event().RoutingOf(&k).Code] = true
		}
	}
	if !got["310004"] || !got["310005"] || len(got) != 2 {
		t.Errorf("Cakung, split: %v", got)
	}
	e, all := dki(t)
	kotaOf, dapilOf := map[string]map[election.AreaCode]bool{}, map[election.AreaCode]map[string]bool{}
	for _, k := range all {
		d := e.RoutingOf(&k).Code
		if kotaOf[d] == nil {
			kotaOf[d] = map[election.AreaCode]bool{}
		}
		if dapilOf[k.KotaCode] == nil {
			dapilOf[k.KotaCode] = map[string]bool{}
		}
		kotaOf[d][k.KotaCode], dapilOf[k.KotaCode][d] = true, true
	}
	if len(kotaOf["310002"]) != 2 || len(dapilOf["31.75"]) != 3 {
		t.Errorf("dapil 2 spans %v, Jakarta Timur holds %v", kotaOf["310002"], dapilOf["31.75"])
	}
}

// An event without dapil (Pilkada) is routed by kecamatan.
func TestPilkadaIsRoutedByKecamatan(t *testing.T) {
	folder := fstest.MapFS{
		"event.toml": {Data: []byte("code = \"G24\"\nname = \"Pilgub\"\ndate = 2024-11-27\nrouting = \"kecamatan\"\n[[kind]]\ncode = \"PGUB\"\nname = \"Gubernur\"\n")},
		"kelurahan.csv": {Data: []byte("kode_kelurahan,kelurahan,kode_kecamatan,kecamatan,kode_kota,kota,tps\n" +
			"31.75.06.1001,Jatinegara,31.75.06,Cakung,31.75,Kota Administrasi Jakarta Timur,1-2\n")},
	}
	src, err := election.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := src.Event()
	for k, err := range src.Kelurahan(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for b := range e.Boxes(k) {
			if b.Routing != (election.District{Kind: election.KecamatanSpace, Code: "317506"}) || !b.Content.IsZero() {
				t.Errorf("%+v", b)
			}
			f, err := e.Fields(b, 1)
			if err != nil {
				t.Fatal(err)
			}
			back, err := e.BoxOfFields(f)
			if err != nil || back.ID() != b.ID() || back.Routing != b.Routing {
				t.Errorf("%+v came back as %+v, %v", b, back, err)
			}
		}
	}
	if d, err := e.ResolveDistrict("31.75.06"); err != nil || d.Code != "317506" {
		t.Errorf("%v, %v", d, err)
	}
}
