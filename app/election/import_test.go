package election_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"dapilgate/app/election"
	"dapilgate/app/election/electiontest"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestFaultsAllAtOnce: a folder with many faults reports every one, with its place.
func TestFaultsAllAtOnce(t *testing.T) {
	_, err := check(t, os.DirFS("testdata/faulty"))
	var faults *election.Faults
	if !errors.As(err, &faults) || !errors.Is(err, election.ErrFaults) {
		t.Fatalf("got %v", err)
	}
	got := err.Error() + "\n"
	golden := filepath.Join("testdata", "faulty.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestStreamEndsAtAFault: whoever does not run Check first gets no wrong row.
func TestStreamEndsAtAFault(t *testing.T) {
	src, err := election.Open(os.DirFS("testdata/faulty"))
	if err != nil {
		t.Fatal(err)
	}
	var last error
	for _, err := range src.Kelurahan(t.Context()) {
		last = err
	}
	if !errors.Is(last, election.ErrFaults) {
		t.Errorf("the stream ended with %v", last)
	}
}

func TestFoldersThatCanNotBeRead(t *testing.T) {
	good := func() fstest.MapFS {
		return fstest.MapFS{
			"event.toml":    {Data: []byte("code = \"T24\"\nname = \"Uji\"\ndate = 2024-02-14\nrouting = \"DPR\"\n[[kind]]\ncode = \"DPR\"\nname = \"DPR RI\"\n")},
			"dapil.csv":     {Data: []byte("kind,code,name,short,seats\nDPR,3101,DKI I,I,6\n")},
			"kelurahan.csv": {Data: []byte("kode_kelurahan,kelurahan,kode_kecamatan,kecamatan,kode_kota,kota,dapil_DPR,tps\n31.75.06.1001,Jatinegara,31.75.06,Cakung,31.75,Jakarta Timur,3101,1-3\n")},
		}
	}
	if _, err := check(t, good()); err != nil {
		t.Fatalf("the good folder: %v", err)
	}
	for _, name := range []string{"event.toml", "dapil.csv", "kelurahan.csv"} {
		f := good()
		delete(f, name)
		if _, err := election.Open(f); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	for name, broken := range map[string]struct{ file, from, to, want string }{
		"byte order mark":     {"kelurahan.csv", "kode_kelurahan,", "\ufeffkode_kelurahan,", ""},
		"CRLF":                {"kelurahan.csv", "\n", "\r\n", ""},
		"empty table":         {"kelurahan.csv", "*", "", "kelurahan.csv: the file is empty"},
		"not UTF-8":           {"kelurahan.csv", "Cakung", "Cak\xffung", "not UTF-8"},
		"open quote":          {"kelurahan.csv", "Jatinegara", "\"Jatinegara", "kelurahan.csv:"},
		"column missing":      {"kelurahan.csv", ",tps", ",jumlah", `column "tps" is missing`},
		"column twice":        {"kelurahan.csv", "kota,dapil_DPR", "kota,kota", "there twice"},
		"routing column":      {"kelurahan.csv", "dapil_DPR", "dapil_DPD", "dapil_DPR is missing"},
		"no TOML":             {"event.toml", "code = ", "code : ", "event.toml:1:"},
		"unknown key":         {"event.toml", "name = \"Uji\"", "name = \"Uji\"\nnaem = 1", `event.toml:3: unknown key "naem"`},
		"event code":          {"event.toml", "T24", "T20", "not ending in 0"},
		"no date":             {"event.toml", "date = 2024-02-14\n", "", "date is missing"},
		"kind without letter": {"event.toml", "code = \"DPR\"", "code = \"BARU\"", "has no letter"},
		"policy unknown":      {"event.toml", "[[kind]]", "[policy]\nthree_person_close = true\n[[kind]]", `event.toml:6: unknown key "policy.three_person_close"`},
		"routing of nothing":  {"event.toml", "routing = \"DPR\"", "routing = \"DPRD\"", "routing"},
	} {
		t.Run(name, func(t *testing.T) {
			f := good()
			text := string(f[broken.file].Data)
			after := strings.ReplaceAll(text, broken.from, broken.to)
			if broken.from == "*" {
				after = ""
			}
			if after == text {
				t.Fatal("nothing was broken")
			}
			f[broken.file].Data = []byte(after)
			_, err := check(t, f)
			if broken.want == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !errors.Is(err, election.ErrFaults) || !strings.Contains(err.Error(), broken.want) {
				t.Errorf("want a fault with %q, got %v", broken.want, err)
			}
		})
	}
}

// TestWorkbookIsReadLikeCSV: the same table as XLSX gives the same event.
func TestWorkbookIsReadLikeCSV(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	rows := [][]any{
		{"kode_kelurahan", "kelurahan", "kode_kecamatan", "kecamatan", "kode_kota", "kota", "dapil_DPR", "tps"},
		{"31.75.06.1001", "Jatinegara", "31.75.06", "Cakung", "31.75", "Jakarta Timur", "3101", "1-3;901"},
		{"31.75.06.1002", "Penggilingan", "31.75.06", "Cakung", "31.75", "Jakarta Timur", "3109", "1"},
	}
	for i, r := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := book.SetSheetRow("Sheet1", cell, &r); err != nil {
			t.Fatal(err)
		}
	}
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{
		"event.toml":     {Data: []byte("code = \"T24\"\nname = \"Uji\"\ndate = 2024-02-14\nrouting = \"DPR\"\n[[kind]]\ncode = \"DPR\"\nname = \"DPR RI\"\n")},
		"dapil.csv":      {Data: []byte("kind,code,name,short,seats\nDPR,3101,DKI I,I,6\n")},
		"kelurahan.xlsx": {Data: b.Bytes()},
	}
	got, err := check(t, folder)
	if got.TPS != 5 || err == nil || !strings.Contains(err.Error(), "kelurahan.xlsx:3:7: dapil DPR:3109 is not in dapil.csv") {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestNationalEventStreams(t *testing.T) {
	got, err := check(t, electiontest.National(100_000))
	if err != nil || got.Boxes != 100_000 || got.Kelurahan != 2000 {
		t.Fatalf("%+v, %v", got, err)
	}
}

// TestKeys: a box's key is its identity, sorts like the list, and comes back.
func TestKeys(t *testing.T) {
	e, all := dki(t)
	var codes []election.AreaCode
	for c := range all {
		codes = append(codes, c)
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) election.Box {
			k := rapid.IntRange(0, len(e.Kinds)-1).Draw(t, name+" kind")
			return election.Box{Area: rapid.SampledFrom(codes).Draw(t, name+" area"), TPS: rapid.IntRange(1, 999).Draw(t, name+" tps"),
				Kind: e.Kinds[k].Code, Item: election.ItemBox, Index: k + 1, Of: len(e.Kinds)}
		}
		a, b := draw("a"), draw("b")
		ka, err := e.KeyOf(a)
		if err != nil {
			t.Fatal(err)
		}
		kb, _ := e.KeyOf(b)
		back, err := e.BoxOfKey(ka)
		if err != nil || back != a {
			t.Fatalf("%+v came back as %+v, %v", a, back, err)
		}
		less := a.Area < b.Area || a.Area == b.Area && (a.TPS < b.TPS || a.TPS == b.TPS && a.Index < b.Index)
		if (ka < kb) != less || (ka == kb) != (a.ID() == b.ID()) {
			t.Fatalf("%s has key %d, %s has %d", a.ID(), ka, b.ID(), kb)
		}
		area, tps, kind, err := election.ParseBoxID(strings.ToLower(a.ID()))
		if err != nil || area != a.Area || tps != a.TPS || kind != a.Kind {
			t.Fatalf("%s was read as %s %d %s, %v", a.ID(), area, tps, kind, err)
		}
	})
}

// TestFieldsRoundTrip: what a label carries of every box of DKI comes back, and no two
// boxes have one label.
func TestFieldsRoundTrip(t *testing.T) {
	e, all := dki(t)
	seen := map[any]string{}
	for _, k := range all {
		for b := range e.Boxes(k) {
			f, err := e.Fields(b, 1)
			if err != nil {
				t.Fatal(err)
			}
			if other := seen[f]; other != "" {
				t.Fatalf("%s and %s have one label", other, b.ID())
			}
			seen[f] = b.ID()
			back, err := e.BoxOfFields(f)
			if err != nil || back.ID() != b.ID() || back.Routing != b.Routing || back.Item != b.Item {
				t.Fatalf("%+v came back as %+v, %v", b, back, err)
			}
		}
	}
	for b := range e.SpareBoxes() {
		f, err := e.Fields(b, 1)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := e.BoxOfFields(f); err != nil || back.ID() != b.ID() || !back.Routing.IsZero() {
			t.Fatalf("%+v came back as %+v, %v", b, back, err)
		}
	}
}

func FuzzParseTPS(f *testing.F) {
	for _, s := range []string{"1-153;901-933", "1", "", ";", "1-", "-1", "5-1", "1-5;5", "0", "1000", "1-2-3", " 7 ; 9-11 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ranges, err := election.ParseTPS(s)
		if err != nil {
			if !errors.Is(err, election.ErrTPS) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		last := 0
		for _, r := range ranges {
			if r.From <= last || r.To < r.From || r.To > 999 {
				t.Fatalf("%q gives %v", s, ranges)
			}
			last = r.To
		}
	})
}

func FuzzParseIdentities(f *testing.F) {
	for _, s := range []string{"31.75.06.1001-012-DPRDP", "31.75-001-CADANGAN", "31.75.06.1001-000-DPRDP", "--", "DPRDP:310004", "31.75.06", "KEC 317506"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if area, tps, kind, err := election.ParseBoxID(s); err == nil {
			id := election.FormatBoxID(area, tps, kind)
			if a, n, k, err := election.ParseBoxID(id); err != nil || a != area || n != tps || k != kind {
				t.Fatalf("%q was read as %q, which was read as %s %d %s, %v", s, id, a, n, k, err)
			}
		} else if !errors.Is(err, election.ErrBox) {
			t.Fatalf("%q: %v", s, err)
		}
		if a, err := election.ParseArea(s); err == nil {
			if back, err := election.AreaOfDigits(a.Digits10()); err != nil || back != a && !strings.HasSuffix(string(a), ".00") && !strings.HasSuffix(string(a), ".0000") {
				t.Fatalf("%q: %q came back as %q, %v", s, a, back, err)
			}
		}
		if d, err := election.ParseDistrict(s); err == nil {
			if back, err := election.ParseDistrict(d.Spaced()); err != nil || back != d {
				t.Fatalf("%q: %v came back as %v, %v", s, d, back, err)
			}
		}
	})
}

func FuzzEventFolder(f *testing.F) {
	f.Add("code = \"T24\"", "kind,code,name,short,seats\nDPR,3101,DKI I,I,6\n", "kode_kelurahan,kelurahan,kode_kecamatan,kecamatan,kode_kota,kota,tps\n31.75.06.1001,J,31.75.06,C,31.75,K,1-3\n")
	f.Fuzz(func(t *testing.T, event, dapil, kelurahan string) {
		src, err := election.Open(fstest.MapFS{"event.toml": {Data: []byte(event)}, "dapil.csv": {Data: []byte(dapil)}, "kelurahan.csv": {Data: []byte(kelurahan)}})
		if err != nil {
			return
		}
		src.Check(t.Context()) // any bytes give faults or totals, none a panic
	})
}

func BenchmarkCheck(b *testing.B) {
	for name, boxes := range map[string]int{"123k": 123_000, "4M": 4_100_000} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				src, err := election.Open(electiontest.National(boxes))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := src.Check(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(boxes)*float64(b.N)/b.Elapsed().Seconds(), "boxes/s")
		})
	}
}
