package labels

import (
	"crypto/ed25519"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dapilgate/labels/code"
)

// readCodes are the QR codes of a document, read with a decoder of others.
func readCodes(t *testing.T, path string) []string {
	t.Helper()
	base := filepath.Join(t.TempDir(), "p")
	if err := exec.CommandContext(t.Context(), "pdftoppm", "-r", "300", "-gray", "-png", path, base).Run(); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(base + "*")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "zbarimg", append([]string{"-q", "--raw", "-Sdisable", "-Sqrcode.enable"}, pages...)...).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return slices.Sorted(slices.Values(strings.Fields(string(out))))
}

// TestCheckpointPage: every chain has its card, which is read back whole, and its fields in
// words for those who have no scanner.
func TestCheckpointPage(t *testing.T) {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", ed25519.SeedSize)))
	var all []code.Checkpoint
	var want []string
	for dock := range 4 {
		c := code.Checkpoint{Ledger: strings.Repeat("3e", 12), Dock: dock, Seq: int64(1000 + dock), At: testTime, Hash: strings.Repeat("9c", 32)}
		text, err := c.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		if c, err = code.ParseCheckpoint(text); err != nil {
			t.Fatal(err)
		}
		all, want = append(all, c), append(want, text)
	}
	path := filepath.Join(t.TempDir(), "checkpoints.pdf")
	if err := WriteCheckpoints(path, "Pemilu 2024, DKI Jakarta", all, Options{Title: "Titik periksa", Created: testTime}); err != nil {
		t.Fatal(err)
	}
	if got := readCodes(t, path); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("the codes read %q", got)
	}
	text := pdfText(t, path)
	for _, word := range []string{"Kantor", "Pintu muat 3", "Kejadian nomor 1002", "WIB", want[0][:108], want[0][108:]} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not on the page:\n%s", word, text)
		}
	}
}

func TestBadges(t *testing.T) {
	var all []Badge
	var want []string
	for i := range 10 {
		text, err := code.CommandText(code.Badge, strings.Repeat(string(rune('0'+i)), code.TokenLength))
		if err != nil {
			t.Fatal(err)
		}
		b, err := NewBadge(text, "Budi Santoso", "Pemilu 2024, DKI Jakarta")
		if err != nil {
			t.Fatal(err)
		}
		all, want = append(all, b), append(want, text)
	}
	path := filepath.Join(t.TempDir(), "badges.pdf")
	if err := WriteBadges(path, all, Options{Title: "Kartu petugas", Created: testTime}); err != nil {
		t.Fatal(err)
	}
	if got := readCodes(t, path); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		t.Errorf("the codes read %q", got)
	}
	if n := strings.Count(pdfText(t, path), "BUDI SANTOSO"); n != 10 {
		t.Errorf("%d names on the page", n)
	}
	if _, err := NewBadge("DGC1SETXX", "Budi", ""); err == nil {
		t.Error("a command's code became a badge")
	}
}
