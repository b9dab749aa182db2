package printer_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
)

func TestBookKeeps(t *testing.T) {
	t.Setenv("CUPS_SERVER", "localhost:1") // none
	path := filepath.Join(t.TempDir(), "printers.toml")
	b := printer.OpenBook(path)
	if all, err := b.All(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("%v, %v", all, err)
	}
	zebra := printer.Printer{Name: "Zebra gudang", Address: "tcp://10.0.0.7", Stock: "thermal-100x150", DPI: 203, Calibration: printer.Calibration{X: -1.25, Y: 0.5, ScaleX: 1.003}}
	laser := printer.Printer{Name: "Laser", Address: "ipp://10.0.0.8/ipp/print", Stock: "a4-2x4", Options: printer.Options{Tray: "manual", Type: "labels"}}
	for _, p := range []printer.Printer{zebra, laser} {
		if err := b.Put(p); err != nil {
			t.Fatal(err)
		}
	}
	zebra.Calibration.Y = 0.75
	if err := b.Put(zebra); err != nil {
		t.Fatal(err)
	}
	all, err := printer.OpenBook(path).All(t.Context())
	if err != nil || !slices.Equal(all, []printer.Printer{zebra, laser}) {
		t.Errorf("%+v, %v", all, err)
	}
	if p, err := b.ByName(t.Context(), "Laser"); err != nil || p.Address != laser.Address {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := b.ByName(t.Context(), "tcp://10.0.0.7"); err != nil || p.Calibration != zebra.Calibration {
		t.Errorf("a kept printer by its address: %+v, %v", p, err)
	}
	if p, err := b.ByName(t.Context(), "tcp://10.0.0.9:9100"); err != nil || p.Address != "tcp://10.0.0.9:9100" {
		t.Errorf("an address: %+v, %v", p, err)
	}
	if _, err := b.ByName(t.Context(), "Epson"); !errors.Is(err, printer.ErrPrinter) || !strings.Contains(err.Error(), "Zebra gudang") {
		t.Errorf("nobody's name: %v", err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []printer.Printer{
		{Name: "", Address: "tcp://x"}, {Name: "tcp://x", Address: "tcp://x"}, {Name: "x", Address: "lpt1"}, {Name: "x", Address: "tcp://x/y"}, {Name: "x", Address: "cups:"},
		{Name: "x", Address: "ipp://u:p@x/y"}, {Name: "x", Address: "tcp://x", DPI: 7}, {Name: "x", Address: "tcp://x", Calibration: printer.Calibration{X: 80}},
		{Name: "x", Address: "tcp://x", Calibration: printer.Calibration{ScaleY: 2}}, {Name: "x", Address: "tcp://x", Options: printer.Options{Quality: "best"}},
	} {
		if err := b.Put(p); !errors.Is(err, printer.ErrPrinter) && !errors.Is(err, printer.ErrAddress) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if err := b.Remove("Epson"); !errors.Is(err, printer.ErrPrinter) {
		t.Errorf("removing nobody: %v", err)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) != string(before) {
		t.Errorf("a refused change changed the file: %v", err)
	}
	if err := b.Remove("Zebra gudang"); err != nil {
		t.Fatal(err)
	}
	if all, err := b.Kept(); err != nil || len(all) != 1 || all[0].Name != "Laser" {
		t.Errorf("%v, %v", all, err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("files left over: %v, %v", left, err)
	}
}

// A change that can't be written leaves the file as it was.
func TestBookIsWholeOrAsItWas(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "printers.toml")
	for text, want := range map[string]string{
		"[[printer]]\nname = \"a\"\naddress = \"tcp://a\"\ncolour = 1\n":                                       "colour",
		"[[printer]]\nname = \"a\"\naddress = \"tcp://a\"\n[[printer]]\nname = \"a\"\naddress = \"tcp://b\"\n": "two have this name",
		"[[printer]]\nname = \"a\"\naddress = \"tcp:":                                                          "printer",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		b := printer.OpenBook(path)
		if err := b.Put(printer.Printer{Name: "b", Address: "tcp://b"}); !errors.Is(err, printer.ErrPrinter) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("a file that can't be read was written over: %v", err)
		}
	}
}

// Queues of the print server stand beside what is kept, and are printers like any other.
func TestFindCUPS(t *testing.T) {
	f := printertest.NewIPP(t, func(p *printertest.IPP) { p.Queues = []string{"Laser", "Gudang"} })
	t.Setenv("CUPS_SERVER", strings.TrimSuffix(strings.TrimPrefix(f.Address(), "ipp://"), "/ipp/print"))
	b := printer.OpenBook(filepath.Join(t.TempDir(), "printers.toml"))
	if err := b.Put(printer.Printer{Name: "Laser", Address: "cups:Laser", Stock: "a4-2x4"}); err != nil {
		t.Fatal(err)
	}
	all, err := b.All(t.Context())
	if err != nil || len(all) != 2 || all[0].Found || !all[1].Found || all[1].Name != "Gudang" {
		t.Fatalf("%+v, %v", all, err)
	}
	p, err := b.ByName(t.Context(), "Gudang")
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Print(t.Context(), sheets(1)); err != nil || f.Count() != 1 {
		t.Errorf("%v, %d pages", err, f.Count())
	}
}

func TestParseMedia(t *testing.T) {
	for name, want := range map[string][2]float64{"iso_a4_210x297mm": {210, 297}, "na_index-4x6_4x6in": {101.6, 152.4}, "om_label_100x150mm": {100, 150}, "custom_roll_100.5x30mm": {100.5, 30}} {
		if m, ok := printer.ParseMedia(name); !ok || !m.Fits(want) {
			t.Errorf("%s: %+v, %v", name, m, ok)
		}
	}
	for _, name := range []string{"", "a4", "iso_a4_", "iso_a4_210mm", "iso_a4_x297mm", "iso_a4_-210x297mm", "custom_min_10x10mm", "custom_max_900x900mm", "x_y_NaNxNaNmm"} {
		if m, ok := printer.ParseMedia(name); ok {
			t.Errorf("%q: %+v", name, m)
		}
	}
}

func FuzzBook(f *testing.F) {
	f.Add("[[printer]]\nname = \"a\"\naddress = \"tcp://a\"\n[printer.calibration]\nx = 1.5\n")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "p.toml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		b := printer.OpenBook(path)
		list, err := b.Kept()
		if err != nil || len(list) == 0 {
			return
		}
		// What can be read can be written, and says the same.
		if err := b.Put(list[0]); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if again, err := b.Kept(); err != nil || !slices.Equal(list, again) {
			t.Fatalf("%q: %+v became %+v, %v", text, list, again, err)
		}
	})
}
