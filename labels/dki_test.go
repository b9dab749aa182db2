package labels

import (
	"crypto/ed25519"
	"encoding/csv"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"dapilgate/assets"
	"dapilgate/labels/code"
)

// testKey signs the tests' labels; their documents must come out alike each time.
var testKey = ed25519.NewKeyFromSeed([]byte("tiga puluh dua huruf untuk tes.."))

var testTime = time.Date(2024, 1, 20, 9, 30, 0, 0, time.UTC)

type testKelurahan struct {
	code, name, kecCode, kec, kota string
	dpr, dprd                      int // number of the dapil
	tps                            []int
}

var testKinds = []struct {
	code, name, colour string
	letter             byte
}{
	{"PPWP", "Presiden dan Wakil Presiden", "abu-abu", 'P'},
	{"DPR", "DPR RI", "kuning", 'R'},
	{"DPD", "DPD", "merah", 'D'},
	{"DPRDP", "DPRD Provinsi", "biru", 'V'},
}

// dki reads the kelurahan of the built-in event.
func dki(t testing.TB) []testKelurahan {
	t.Helper()
	f, err := assets.DefaultEvent().Open("kelurahan.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var out []testKelurahan
	for _, r := range rows[1:] {
		k := testKelurahan{code: r[0], name: r[1], kecCode: r[2], kec: r[3], kota: r[5], dpr: number(r[6]) % 100, dprd: number(r[8]) % 100}
		for _, span := range strings.Split(r[9], ";") {
			from, to, ok := strings.Cut(span, "-")
			if !ok {
				to = from
			}
			for n := number(from); n <= number(to); n++ {
				k.tps = append(k.tps, n)
			}
		}
		out = append(out, k)
	}
	if len(out) != 267 {
		t.Fatalf("%d kelurahan, want 267", len(out))
	}
	return out
}

// fields is what the label of a TPS's box of one kind carries.
func (k *testKelurahan) fields(tps, kind int) code.Fields {
	return code.Fields{Event: "P24", Area: strings.ReplaceAll(k.code, ".", ""), TPS: tps, Kind: testKinds[kind].letter, Item: '1',
		Space: 'V', District: fmt.Sprint(310000 + k.dprd), Revision: 1}
}

func (k *testKelurahan) sticker(t testing.TB, tps, kind int) Sticker {
	t.Helper()
	text, err := k.fields(tps, kind).Sign(testKey)
	if err != nil {
		t.Fatal(err)
	}
	content := "TANPA DAPIL"
	switch kind {
	case 1:
		content = "DKI JAKARTA " + []string{"I", "II", "III"}[k.dpr-1]
	case 2:
		content = "DKI JAKARTA"
	case 3:
		content = fmt.Sprintf("DKI JAKARTA %d", k.dprd)
	}
	return Sticker{
		Code: text, BoxID: fmt.Sprintf("%s-%03d-%s", k.code, tps, testKinds[kind].code),
		Event: "Pemilu 2024, DKI Jakarta", Numeral: fmt.Sprint(k.dprd), Pattern: k.dprd - 1,
		District: fmt.Sprintf("DPRD Provinsi · DKI JAKARTA %d", k.dprd), Kind: testKinds[kind].name, Colour: testKinds[kind].colour, Content: content,
		Kota: k.kota, Kecamatan: k.kec, KecamatanCode: k.kecCode, Kelurahan: k.name, KelurahanCode: k.code, TPS: fmt.Sprintf("%03d", tps),
		Index: kind + 1, Of: 4, Revision: 1, PrintedAt: testTime, PrintedBy: "sari",
	}
}

// stickers yields the first n stickers of the event, in the order kelurahan, TPS, kind.
func stickers(t testing.TB, n int) iter.Seq2[Sticker, error] {
	all := dki(t)
	return func(yield func(Sticker, error) bool) {
		for i := range all {
			for _, tps := range all[i].tps {
				for kind := range testKinds {
					if n == 0 || !yield(all[i].sticker(t, tps, kind), nil) {
						return
					}
					n--
				}
			}
		}
	}
}

func testStocks(t testing.TB) []Stock {
	t.Helper()
	all, err := BuiltInStocks()
	if err != nil {
		t.Fatal(err)
	}
	return all.Fit
}

func stock(t testing.TB, name string) Stock {
	t.Helper()
	s, err := StockByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
