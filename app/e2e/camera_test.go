package e2e

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/assets"
	"dapilgate/scanner"
	"dapilgate/scanner/cameratest"

	"golang.org/x/sys/unix"
)

// dockCamera is a bench whose kiosk has a network camera of 720 lines, and an open load of
// dapil 4.
type dockCamera struct {
	*bench
	cameratest.Camera
	boxes  []election.Box
	labels []string
	badge  string
}

func newDockCamera(t testing.TB, boxes, rate int) *dockCamera {
	c := &dockCamera{bench: newBench(t), Camera: cameratest.Camera{Rate: rate}}
	c.do("init", "--penyelia", "sari")
	c.do("print", "--as", "sari", "--dapil", "4", "--limit", strconv.Itoa(boxes), "--stock", "a4-2x4", "--out", "d4.pdf")
	c.do("truck", "add", "--as", "sari", "--plate", "B 9123 KPU", "--driver", "Budi")
	c.do("load", "open", "--as", "sari", "--truck", "B 9123 KPU", "--district", "4", "--dock", "1")
	c.badge = c.do("people", "badge", "sari", "--as", "sari")
	c.open()
	c.boxes = c.bench.boxes("4", boxes)
	for _, b := range c.boxes {
		c.labels = append(c.labels, c.label(b))
	}
	srv := httptest.NewServer(&c.Camera)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	sources := filepath.Join(c.dir, "kamera.toml")
	if err := os.WriteFile(sources, []byte(fmt.Sprintf("[[source]]\nname = \"Kamera\"\nkind = \"camera\"\ndevice = %q\n", srv.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.kiosk("--size", fmt.Sprintf("%dx%d", width, height), "--sources", sources)
	return c
}

// walk is the boxes carried past the camera.
func (c *dockCamera) walk(texts ...string) cameratest.Walk {
	return cameratest.Walk{Width: 1280, Height: 720, Texts: texts, InView: 16, Gap: 4, Module: 5, Quality: 85}
}

func (c *dockCamera) frames(w cameratest.Walk, from, n int) (out [][]byte) {
	c.t.Helper()
	for i := range n {
		b, err := w.JPEG(from + i)
		if err != nil {
			c.t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// accepted are the boxes that the ledger has accepted at dock 1, with the times.
func (c *dockCamera) accepted() (ids []string, at []time.Time) {
	c.t.Helper()
	if err := c.ledger.Events(c.t.Context(), func(e ledger.Event) error {
		if e.Kind == ledger.Scanned {
			s, err := ledger.ReadScan(e)
			if err != nil {
				return err
			}
			if s.Verdict != gate.Accepted {
				return fmt.Errorf("%s: %s", s.Box, s.Verdict)
			}
			ids, at = append(ids, s.Box), append(at, e.At)
		}
		return nil
	}); err != nil {
		c.t.Fatal(err)
	}
	return ids, at
}

// signIn shows the badge to the camera, again and again: the window may not be open yet.
func (c *dockCamera) signIn() {
	c.t.Helper()
	before := c.signedIn() // opening the load was an act too
	w := c.walk(c.badge)
	badge, none := c.frames(w, w.Gap+w.InView/2, 1), c.frames(w, 0, 1)
	c.Show(slices.Concat(slices.Repeat(none, 2*c.Rate), slices.Repeat(badge, c.Rate/3)))
	c.until("sari to be signed in", func() bool { return c.signedIn() > before })
}

// signedIn counts who signed in at dock 1.
func (c *dockCamera) signedIn() (n int) {
	c.t.Helper()
	if err := c.ledger.Events(c.t.Context(), func(e ledger.Event) error {
		if e.Kind == ledger.SignedIn && e.Dock == 1 {
			n++
		}
		return nil
	}); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// TestBoxesPastTheCamera: from the camera's first frame to the ledger. A badge signs in,
// twenty boxes are carried past, and twenty are on the truck: each once, in their order,
// and nothing else was scanned. Each stays in view until it is recorded, however slow the
// machine is.
func TestBoxesPastTheCamera(t *testing.T) {
	c := newDockCamera(t, 20, 15)
	c.signIn()
	w := c.walk(c.labels...)
	var want []string
	for i, b := range c.boxes {
		from := w.Gap + i*(w.InView+w.Gap)
		c.Show(c.frames(w, from+6, 4))
		c.until("box "+b.ID()+" to be accepted", func() bool { ids, _ := c.accepted(); return len(ids) > i })
		want = append(want, b.ID())
		if i == 2 {
			// The screen between two boxes, with what the camera sees.
			c.Show(c.frames(w, from+6, 1))
			c.until("green to go", func() bool { return ground(c.shot(), green) < filled/4 })
			c.keep("camera")
		}
	}
	if got, _ := c.accepted(); !slices.Equal(got, want) {
		t.Errorf("%d scans of %d boxes: %v", len(got), len(want), got)
	}
	d, err := c.ledger.Dock(t.Context(), 1)
	if err != nil || d.Load.Count != len(want) {
		t.Errorf("%+v, %v", d, err)
	}
}

// cpuTime is what the kiosk has worked so far, all its threads.
func (b *bench) cpuTime() time.Duration {
	b.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.program.Process.Pid))
	if err != nil {
		b.t.Fatal(err)
	}
	f := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+2:]))
	user, err1 := strconv.Atoi(f[11])
	system, err2 := strconv.Atoi(f[12])
	if err1 != nil || err2 != nil {
		b.t.Fatal(err1, err2)
	}
	const ticks = 100 // a second, on every Linux that Go runs on
	return time.Duration(user+system) * time.Second / ticks
}

// BenchmarkKioskCamera is the kiosk with a camera of 1280 × 720 pixels at 15 frames a
// second: what it works while nothing is in view and while a box passes each second and a
// half, in per cent of one core, and the time from a frame with a whole label to the
// verdict's record.
func BenchmarkKioskCamera(b *testing.B) {
	const boxes, rate = 20, 15
	c := newDockCamera(b, boxes, rate)
	c.signIn()
	w := c.walk(c.labels...)
	w.InView, w.Gap = 18, 6
	load := func(d time.Duration) float64 {
		before, start := c.cpuTime(), time.Now()
		time.Sleep(d)
		return 100 * float64(c.cpuTime()-before) / float64(time.Since(start))
	}
	none := c.frames(w, 0, w.Gap)
	frames := c.frames(w, 0, w.Len())
	for b.Loop() {
		c.Show(none)
		time.Sleep(2 * time.Second) // the sign-in's last picture goes
		b.ReportMetric(load(10*time.Second), "%idle")

		var mu sync.Mutex
		first := map[int]time.Time{}
		done := make(chan bool)
		c.Sent = func(i int, at time.Time) {
			mu.Lock()
			defer mu.Unlock()
			if box := w.Box(i); box >= 0 && w.Whole(i) {
				if _, ok := first[box]; !ok {
					first[box] = at
				}
			}
			if i == len(frames)-1 {
				select {
				case done <- true:
				default:
				}
			}
		}
		c.Show(frames)
		before, start := c.cpuTime(), time.Now()
		<-done
		b.ReportMetric(100*float64(c.cpuTime()-before)/float64(time.Since(start)), "%scanning")
		c.Show(none)
		time.Sleep(time.Second)
		ids, at := c.accepted()
		var took []time.Duration
		mu.Lock()
		for i, id := range ids {
			if box := slices.IndexFunc(c.boxes, func(x election.Box) bool { return x.ID() == id }); box >= 0 {
				took = append(took, at[i].Sub(first[box]))
			}
		}
		mu.Unlock()
		slices.Sort(took)
		b.ReportMetric(float64(len(took)), "boxes")
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-median")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
	}
}

// BenchmarkFrameToVerdict is the work of the program's processor from a frame of 1280 × 720
// pixels, as a JPEG, to the verdict in the ledger: in time of the thread, so that a busy
// machine and the wait for its disk do not count. A frame is a new box each time.
func BenchmarkFrameToVerdict(b *testing.B) {
	const boxes = 60
	f := ledgertest.NewFrom(b, assets.DefaultEvent())
	rows := f.Boxes(ledger.Filter{District: f.District("4"), Limit: boxes})
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.Box.ID())
	}
	f.Print(ids...)
	f.Load(1, "B 9123 KPU", "4")
	st, err := dock.Open(b.Context(), f.Ledger, 1)
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	if err := st.SetOperator(b.Context(), f.Sari); err != nil {
		b.Fatal(err)
	}
	w := cameratest.Walk{Width: 1280, Height: 720, InView: 1, Module: 5, Quality: 85}
	for _, r := range rows {
		w.Texts = append(w.Texts, f.Label(r.Box, 1))
	}
	clip, err := w.Clip()
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "boxes.mjpeg")
	if err := os.WriteFile(path, clip, 0o600); err != nil {
		b.Fatal(err)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for b.Loop() {
		var took []time.Duration
		last := threadTime(b)
		// A second a frame, so that the one before has left.
		c := scanner.NewClip("clip", path, scanner.Each, scanner.CameraOptions{Rate: 1})
		if err := c.Run(b.Context(), func(e scanner.Event) {
			if e.What != scanner.Scanned {
				return
			}
			st.Scan(b.Context(), e.Scan.Text)
			now := threadTime(b)
			took, last = append(took, now-last), now
		}); !errors.Is(err, scanner.ErrEnded) {
			b.Fatal(err)
		}
		if len(took) != boxes {
			b.Fatalf("%d scans of %d boxes", len(took), boxes)
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[boxes/2].Microseconds())/1000, "ms-median")
		b.ReportMetric(float64(took[boxes*95/100].Microseconds())/1000, "ms-p95")
	}
}

// threadTime is what this thread has worked so far.
func threadTime(t testing.TB) time.Duration {
	t.Helper()
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		t.Fatal(err)
	}
	return time.Duration(ts.Nano())
}
