package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/ledger"
)

// TestShiftStartInARealWindow: the printed card, typed as a scanner does on a machine without
// a sound device, becomes one event, and no test label a box.
func TestShiftStartInARealWindow(t *testing.T) {
	b := newBench(t)
	conf := filepath.Join(b.dir, "asound.conf")
	if err := os.WriteFile(conf, []byte("pcm.!default { type hw card 31 }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.env = append(b.env, "ALSA_CONFIG_PATH="+conf)
	b.do("init", "--penyelia", "sari")
	b.do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU", "--driver", "Budi")
	b.do("load", "open", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--dock", "1")
	badge := b.do("people", "badge", "sari", "--as", "sari")
	var card []string
	for _, line := range strings.Split(b.do("selftest", "--card", "kartu.pdf", "--json"), "\n") {
		var x struct{ Code string }
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		card = append(card, x.Code)
	}
	b.open()
	count := func(kind ledger.Kind) (n int) {
		if err := b.ledger.Events(t.Context(), func(e ledger.Event) error {
			if e.Kind == kind && e.Dock == 1 {
				n++
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	// again scans until it had its effect: keys may come before the window is ready.
	again := func(kind ledger.Kind, texts ...string) {
		before := count(kind)
		b.until(string(kind), func() bool {
			for _, x := range texts {
				b.scan(x)
			}
			for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
				if count(kind) > before {
					return true
				}
			}
			return false
		})
	}
	b.kiosk("--size", "1280x800")
	again(ledger.SignedIn, badge)
	again(ledger.Commanded, card[0])
	again(ledger.SelfTestDone, card[1:]...)
	s, err := b.ledger.LastSelfTest(t.Context(), 1, time.Now().Add(-time.Hour))
	if err != nil || s == nil || s.Act.By != "sari" || s.Passed {
		t.Fatalf("%+v, %v", s, err)
	}
	for _, x := range s.Lines {
		want := ledger.TestPassed
		switch x.Check {
		case "sound":
			want = ledger.TestFailed
		case "printer":
			want = ledger.TestSkipped
		}
		if x.Result != want {
			t.Errorf("%+v", x)
		}
	}
	if d, err := b.ledger.Dock(t.Context(), 1); err != nil || d.Load == nil || d.Load.Count != 0 || d.Lock != nil {
		t.Errorf("the dock after the test: %+v, %v", d, err)
	}
	if r, err := b.ledger.Verify(t.Context()); err != nil || !r.OK() {
		t.Errorf("the record: %+v, %v", r.Faults, err)
	}
}
