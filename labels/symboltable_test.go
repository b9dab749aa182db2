package labels

import (
	"math/rand/v2"
	"slices"
	"testing"
)

const alnum = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func randomText(r *rand.Rand, digits int) string {
	b := []byte("DG1P24031750610010")
	for len(b) < 138 {
		n := len(alnum)
		if r.IntN(100) < digits {
			n = 10
		}
		b = append(b, alnum[r.IntN(n)])
	}
	return string(b)
}

// sameSymbol compares two symbols of version 8 module by module; where their masks differ,
// what they mask.
func sameSymbol(a, b modules) bool {
	ma, mb := maskOf(a), maskOf(b)
	if ma == mb {
		return slices.Equal(a.rows, b.rows)
	}
	for y := range qrModules {
		for x := range qrModules {
			if !functionModule(x, y) && (a.dark(x, y) != masked(ma, y, x)) != (b.dark(x, y) != masked(mb, y, x)) {
				return false
			}
		}
	}
	return true
}

// The table's symbols are go-qrcode's, module by module, also where it cuts the text into
// runs of digits and letters.
func TestSymbolTableIsGoQRCode(t *testing.T) {
	table, err := newSymbolTable()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	cut := map[int]int{}
	for i := range 400 {
		text := randomText(r, i%101)
		cut[len(runs(text))]++
		m, err := table.symbol(text)
		if err != nil {
			t.Fatal(err)
		}
		want, err := plainSymbol(text, qrVersion)
		if err != nil {
			t.Fatal(err)
		}
		if !sameSymbol(m, want) {
			t.Fatalf("the symbol of %s differs", text)
		}
		if err := table.check(text, m); err != nil {
			t.Fatal(err)
		}
	}
	if cut[1] == 0 || len(cut) < 4 {
		t.Errorf("the texts were cut into %v runs: too much alike", cut)
	}
}

// A symbol with one wrong module is found.
func TestSymbolTableCheck(t *testing.T) {
	table, err := newSymbolTable()
	if err != nil {
		t.Fatal(err)
	}
	text := randomText(rand.New(rand.NewPCG(3, 4)), 30)
	good, err := table.symbol(text)
	if err != nil {
		t.Fatal(err)
	}
	for y := range qrModules {
		for x := range qrModules {
			m := modules{size: good.size, rows: slices.Clone(good.rows)}
			m.rows[y] ^= 1 << (63 - x)
			if y%7 == 0 && x%5 == 0 && table.check(text, m) == nil {
				t.Fatalf("module %d,%d turned over, unnoticed", x, y)
			}
		}
	}
}

// Function modules of version 8 are those that go-qrcode never changes from text to text
// under one mask.
func TestFunctionModules(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var varied symbol8
	first := map[int]modules{}
	for range 300 {
		m, err := plainSymbol(randomText(r, 50), qrVersion)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := first[maskOf(m)]
		if !ok {
			first[maskOf(m)] = m
			continue
		}
		for y := range m.rows {
			varied[y] |= m.rows[y] ^ f.rows[y]
		}
	}
	// The fixed beginning of the text keeps some data modules as they are.
	for y := range qrModules {
		for x := range qrModules {
			if functionModule(x, y) && varied[y]<<x>>63 != 0 {
				t.Errorf("module %d,%d is a function module but varies", x, y)
			}
		}
	}
}

func BenchmarkSymbolPlain(b *testing.B) {
	text := randomText(rand.New(rand.NewPCG(1, 2)), 30)
	for b.Loop() {
		if _, err := plainSymbol(text, qrVersion); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSymbolTable(b *testing.B) {
	table, err := newSymbolTable()
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	texts := make([]string, 64)
	for i := range texts {
		texts[i] = randomText(r, 30)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := table.symbol(texts[i%64]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAssembleBasis(b *testing.B) {
	for b.Loop() {
		if _, err := assembleBasis(); err != nil {
			b.Fatal(err)
		}
	}
}
