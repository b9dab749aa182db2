package report

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/gate"
)

// TestGuides: the card is one page and the guide two, as people were promised, and an
// independent reader finds every line of their text and every answer on them.
func TestGuides(t *testing.T) {
	var answers []Answer
	for _, v := range gate.Verdicts {
		answers = append(answers, Answer{v.Level(), "KEPALA " + string(v), "lakukan " + string(v)})
	}
	for name, pages := range map[string]int{GuidePetugas: 1, GuidePenyelia: 2} {
		b, err := Guide(name, answers, time.Unix(1707800000, 0))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name+".pdf")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("pdftotext", "-layout", file, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(out), "\f"); n != pages {
			t.Errorf("%s has %d pages, want %d", name, n, pages)
		}
		for _, a := range answers {
			if found := strings.Contains(string(out), a.Head) && strings.Contains(string(out), a.Do); found != (name == GuidePetugas) {
				t.Errorf("%s: %q on it: %t", name, a.Head, found)
			}
		}
		if strings.Contains(string(out), "##") || strings.Contains(string(out), "{") {
			t.Errorf("%s shows its markup:\n%s", name, out)
		}
	}
	if _, err := Guide("../event", nil, time.Time{}); !errors.Is(err, ErrGuide) {
		t.Errorf("an unknown guide: %v", err)
	}
}
