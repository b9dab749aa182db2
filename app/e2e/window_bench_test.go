package e2e

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// amber is the ground of a verdict that asks for another scan, as app/kiosk paints it.
var amber = color.NRGBA{0xff, 0xc4, 0x00, 0xff}

// screen is the display as a client sees it: it presses keys and looks at single pixels.
type screen struct {
	t    testing.TB
	x    *xgb.Conn
	root xproto.Window
	keys map[rune]byte
}

func (b *bench) screen() *screen {
	b.t.Helper()
	xgb.Logger.SetOutput(io.Discard) // it says that Xvfb asks for no authority
	x, err := xgb.NewConnDisplay(b.display)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(x.Close)
	if err := xtest.Init(x); err != nil {
		b.t.Fatal(err)
	}
	setup := xproto.Setup(x)
	s := &screen{b.t, x, setup.DefaultScreen(x).Root, map[rune]byte{}}
	n := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	m, err := xproto.GetKeyboardMapping(x, setup.MinKeycode, n).Reply()
	if err != nil {
		b.t.Fatal(err)
	}
	for i := range int(n) {
		switch k := m.Keysyms[i*int(m.KeysymsPerKeycode)]; {
		case k >= '0' && k <= '9', k >= 'a' && k <= 'z':
			s.keys[rune(k)] = byte(setup.MinKeycode) + byte(i)
		case k == 0xff0d:
			s.keys['\r'] = byte(setup.MinKeycode) + byte(i)
		}
	}
	return s
}

// press presses and releases the keys of a text of letters and digits. It returns when the
// server has taken them all.
func (s *screen) press(text string) {
	s.t.Helper()
	for _, r := range strings.ToLower(text) {
		key, ok := s.keys[r]
		if !ok {
			s.t.Fatalf("no key for %q", r)
		}
		for _, event := range []byte{xproto.KeyPress, xproto.KeyRelease} {
			xtest.FakeInput(s.x, event, key, 0, s.root, 0, 0, 0)
		}
	}
	s.x.Sync()
}

// pixel is the colour of one pixel now.
func (s *screen) pixel(at image.Point) color.NRGBA {
	s.t.Helper()
	r, err := xproto.GetImage(s.x, xproto.ImageFormatZPixmap, xproto.Drawable(s.root), int16(at.X), int16(at.Y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		s.t.Fatal(err)
	}
	return color.NRGBA{r.Data[2], r.Data[1], r.Data[0], 0xff}
}

// becomes waits until a pixel has a colour.
func (s *screen) becomes(at image.Point, want color.NRGBA) {
	s.t.Helper()
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) { // the kiosk needs the processor
		if c := s.pixel(at); near(c.R, want.R) && near(c.G, want.G) && near(c.B, want.B) {
			return
		}
	}
	s.t.Fatalf("waited %v in vain for the screen to be %v", patience, want)
}

// resident is what the kiosk's memory holds now, in KiB: its own, without the pages of files.
func (b *bench) resident() float64 {
	b.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.program.Process.Pid))
	if err != nil {
		b.t.Fatal(err)
	}
	m := regexp.MustCompile(`RssAnon:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		b.t.Fatal("no RssAnon in the process's status")
	}
	n, _ := strconv.ParseFloat(string(m[1]), 64)
	return n
}

// loadingKiosk opens a kiosk with an open load of dapil 4, and gives n printed labels for it.
func loadingKiosk(b *bench, n int) (s *screen, texts []string) {
	b.t.Helper()
	b.do("init", "--penyelia", "sari")
	b.do("print", "--as", "sari", "--dapil", "4", "--limit", strconv.Itoa(n), "--stock", "a4-2x4", "--out", "d4.pdf")
	b.do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU", "--driver", "Budi")
	b.do("load", "open", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--dock", "1")
	badge := b.do("people", "badge", "sari", "--as", "sari")
	b.open()
	for _, x := range b.boxes("4", n) {
		texts = append(texts, b.label(x))
	}
	b.kiosk("--size", fmt.Sprintf("%dx%d", width, height), "--green", "0", "--idle", "0")
	s = b.screen()
	signedIn := func() (n int) {
		if err := b.ledger.Events(b.t.Context(), func(e ledger.Event) error {
			if e.Kind == ledger.SignedIn && e.Dock == 1 {
				n++
			}
			return nil
		}); err != nil {
			b.t.Fatal(err)
		}
		return n
	}
	before := signedIn()
	b.until("sari to be signed in", func() bool {
		s.press(badge + "\r")
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if signedIn() > before {
				return true
			}
		}
		return false
	})
	return s, texts
}

// BenchmarkKeyToPixel types a label as fast as the server takes keys, and looks at the screen
// until the verdict's ground is there: from the last key, Return, to the painted pixel, with
// the record on the disk in between. Green and amber (the same box again) take turns. What the
// kiosk's own memory grows by is measured from the thousandth scan on:
//
//	go test -run '^$' -bench KeyToPixel -benchtime 10000x ./app/e2e
func BenchmarkKeyToPixel(b *testing.B) {
	k := newBench(b)
	s, texts := loadingKiosk(k, (b.N+1)/2)
	at := image.Pt(4, height-4) // the ground of both verdicts
	var took, recorded []time.Duration
	var settled float64
	b.ResetTimer()
	worked := k.cpuTime()
	for i := range b.N {
		want := green
		if i%2 == 1 {
			want = amber
		}
		s.press(texts[i/2])
		start := time.Now()
		s.press("\r")
		s.becomes(at, want)
		took = append(took, time.Since(start))
		if events, err := k.ledger.LastScans(b.Context(), 1, 1); err != nil || len(events) == 0 {
			b.Fatal(err)
		} else {
			recorded = append(recorded, events[0].At.Sub(start))
		}
		if i == 1000 {
			settled = k.resident()
		}
	}
	b.ReportMetric((k.cpuTime()-worked).Seconds()*1000/float64(b.N), "ms-worked/scan")
	slices.Sort(took)
	ms := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	slices.Sort(recorded)
	b.ReportMetric(float64(recorded[len(recorded)/2].Microseconds())/1000, "ms-to-judge-median")
	b.ReportMetric(ms(0.5), "ms-median")
	b.ReportMetric(ms(0.95), "ms-p95")
	b.ReportMetric(took[len(took)-1].Seconds()*1000, "ms-most")
	if settled > 0 {
		b.ReportMetric(settled/1024, "MiB-at-1000")
		b.ReportMetric(k.resident()/1024, "MiB-at-end")
	}
	if last, ok := k.last(); !ok || last.Verdict == gate.Unavailable {
		b.Errorf("the last scan: %+v", last)
	}
}

// BenchmarkIdle is what the kiosk works while nothing happens, an open load on the screen, in
// per cent of one core, over ten seconds.
func BenchmarkIdle(b *testing.B) {
	k := newBench(b)
	s, texts := loadingKiosk(k, 1)
	s.press(texts[0] + "\r")
	k.verdict(k.boxes("4", 1)[0].ID(), gate.Accepted)
	time.Sleep(3 * time.Second)
	for b.Loop() {
		before, start := k.cpuTime(), time.Now()
		time.Sleep(10 * time.Second)
		b.ReportMetric(100*float64(k.cpuTime()-before)/float64(time.Since(start)), "%")
	}
}

// BenchmarkStart is the time from the program's start to its window with the sign-in, with a
// ledger of DKI and the program's file in the system's memory; and, killed amid an open load,
// to that load on the screen.
func BenchmarkStart(b *testing.B) {
	k := newBench(b)
	k.do("init", "--penyelia", "sari")
	k.do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU", "--driver", "Budi")
	var pass struct{ Code string }
	if err := json.Unmarshal([]byte(k.do("truck", "pass", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--json")), &pass); err != nil {
		b.Fatal(err)
	}
	s := k.screen()
	black := color.NRGBA{0, 0, 0, 0xff}
	at := image.Pt(width/2, height-4)
	for b.Loop() {
		start := time.Now()
		k.kiosk("--size", fmt.Sprintf("%dx%d", width, height))
		for end := start.Add(patience); s.pixel(at) == black; {
			if time.Now().After(end) {
				b.Fatal("no window")
			}
		}
		b.ReportMetric(float64(time.Since(start).Milliseconds()), "ms")
		k.program.Process.Signal(syscall.SIGKILL)
		k.program.Wait()
		for end := time.Now().Add(patience); s.pixel(at) != black; {
			if time.Now().After(end) {
				b.Fatal("the window stays")
			}
		}
	}
}
