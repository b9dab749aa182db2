package scanner

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dapilgate/scanner/cameratest"
)

// labelLike is a text as long as a label's, of box n.
func labelLike(n int) string {
	return fmt.Sprintf("DG1P2403175061001%03dV1V0031000401", n) + strings.Repeat("VZEEG6J5SBQ0TCMVFRX7T8XV3AW76KGQ5MPTCJ1HHN92H190587", 3)[:105]
}

func walk(n int) cameratest.Walk {
	w := cameratest.Walk{Width: 640, Height: 480, InView: 8, Gap: 3, Module: 3.5, Quality: 85}
	for i := range n {
		w.Texts = append(w.Texts, labelLike(i+1))
	}
	return w
}

func scansOf(events []Event) (out []string) {
	for _, e := range events {
		if e.What == Scanned {
			out = append(out, e.Scan.Text)
		}
	}
	return out
}

// TestTwentyBoxes: a clip of twenty boxes carried past the camera is twenty scans, in
// their order, no double and no miss.
func TestTwentyBoxes(t *testing.T) {
	w := walk(20)
	clip, err := w.Clip()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "boxes.mjpeg")
	if err := os.WriteFile(file, clip, 0o600); err != nil {
		t.Fatal(err)
	}
	carried(t, file, w.Texts)
}

// TestClipFolder: the same of a folder of pictures.
func TestClipFolder(t *testing.T) {
	w := walk(3)
	dir := t.TempDir()
	for i, b := range frames(t, w, 0, w.Len()) {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.JPG", i)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	carried(t, dir, w.Texts)
}

// carried plays a clip and wants each box once.
func carried(t *testing.T, path string, boxes []string) {
	t.Helper()
	var events []Event
	c := NewClip("clip", path, Each, CameraOptions{Rate: 10})
	if err := c.Run(t.Context(), func(e Event) { events = append(events, e) }); !errors.Is(err, ErrEnded) {
		t.Fatalf("%s: %v", path, err)
	}
	if got := scansOf(events); !slices.Equal(got, boxes) {
		t.Errorf("%d scans of %d boxes: %q", len(got), len(boxes), got)
	}
	for _, e := range events {
		if e.What == Scanned && (e.Scan.Picture == nil || e.Scan.Corners[0] == e.Scan.Corners[2] || e.Scan.Terminator != Picture) {
			t.Errorf("a scan without its picture: %+v", e.Scan.Corners)
		}
	}
}

// TestABoxThatStays: held in view for long it is one scan; the rate is the clip's own, so
// no clock of the machine decides.
func TestABoxThatStays(t *testing.T) {
	w := walk(2)
	one, err := w.JPEG(w.Gap + w.InView/2)
	if err != nil {
		t.Fatal(err)
	}
	none, err := w.JPEG(0)
	if err != nil {
		t.Fatal(err)
	}
	play := func(frames ...[]byte) int {
		path := filepath.Join(t.TempDir(), "x.mjpeg")
		if err := os.WriteFile(path, slices.Concat(frames...), 0o600); err != nil {
			t.Fatal(err)
		}
		var events []Event
		if err := NewClip("clip", path, Each, CameraOptions{Rate: 10}).Run(t.Context(), func(e Event) { events = append(events, e) }); !errors.Is(err, ErrEnded) {
			t.Fatal(err)
		}
		return len(scansOf(events))
	}
	if n := play(slices.Repeat([][]byte{one}, 50)...); n != 1 {
		t.Errorf("five seconds in view: %d scans", n)
	}
	away := func(frames int) [][]byte {
		return slices.Concat([][]byte{one, one}, slices.Repeat([][]byte{none}, frames), [][]byte{one, one})
	}
	if n := play(away(13)...); n != 1 {
		t.Errorf("away for 1.4 s: %d scans", n)
	}
	if n := play(away(15)...); n != 2 {
		t.Errorf("away for 1.6 s: %d scans", n)
	}
}

func TestClipRefusesClearly(t *testing.T) {
	dir := t.TempDir()
	w := walk(1)
	b, err := w.JPEG(0)
	if err != nil {
		t.Fatal(err)
	}
	cut, noise, empty := filepath.Join(dir, "cut.mjpeg"), filepath.Join(dir, "noise.mjpeg"), filepath.Join(dir, "empty")
	if err := errors.Join(os.WriteFile(cut, b[:len(b)-9], 0o600), os.WriteFile(noise, bytes.Repeat([]byte("noise"), 99), 0o600), os.Mkdir(empty, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{cut, noise, empty, filepath.Join(dir, "none")} {
		if err := NewClip("clip", path, Each, CameraOptions{}).Run(t.Context(), func(Event) {}); !errors.Is(err, ErrSetup) {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
}

// netCamera is a camera in the network, with a plug.
type netCamera struct {
	cameratest.Camera
	mu  sync.Mutex
	off bool
	srv *httptest.Server
}

func newNetCamera(t *testing.T) *netCamera {
	c := &netCamera{Camera: cameratest.Camera{Rate: 60}}
	c.srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		off := c.off
		c.mu.Unlock()
		if off {
			http.Error(w, "off", http.StatusServiceUnavailable)
			return
		}
		c.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { c.srv.CloseClientConnections(); c.srv.Close() })
	return c
}

func (c *netCamera) plug(in bool) {
	c.mu.Lock()
	c.off = !in
	c.mu.Unlock()
	if !in {
		c.srv.CloseClientConnections()
	}
}

func frames(t *testing.T, w cameratest.Walk, from, n int) (out [][]byte) {
	t.Helper()
	for i := range n {
		b, err := w.JPEG(from + i)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// TestNetCamera: a box that is shown is scanned, a plug that is pulled is told, and the
// camera works again when it is back; a stream that stands still is a camera that is gone.
func TestNetCamera(t *testing.T) {
	w := walk(2)
	c := newNetCamera(t)
	c.Show(frames(t, w, w.Gap+w.InView/2, 1))
	h := NewHub(NewNetCamera("camera", c.srv.URL, CameraOptions{Rate: 100}))
	events := running(t, h)
	if e := next(t, events); e.What != Opened || e.Device != c.srv.URL {
		t.Fatalf("%+v", e)
	}
	if e := want(t, events, Scanned); e.Scan.Text != w.Texts[0] || e.Scan.Source != "camera" {
		t.Fatalf("%+v", e.Scan.Text)
	}
	c.plug(false)
	if e := want(t, events, Gone); !errors.Is(e.Err, ErrGone) {
		t.Fatalf("%+v", e)
	}
	c.plug(true)
	want(t, events, Opened)
	c.Show(frames(t, w, w.Gap+w.InView+w.Gap+w.InView/2, 1))
	if e := want(t, events, Scanned); e.Scan.Text != w.Texts[1] {
		t.Fatalf("after the plug: %q", e.Scan.Text)
	}
	c.Show(nil) // the connection stands, and nothing comes
	if e := want(t, events, Gone); !errors.Is(e.Err, ErrGone) {
		t.Fatalf("%+v", e)
	}
}

// TestNetCameraRefusesClearly: what is no MJPEG stream is said, and not asked for again.
func TestNetCameraRefusesClearly(t *testing.T) {
	for name, f := range map[string]http.HandlerFunc{
		"a page":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"forbidden": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) },
		"no boundary": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "multipart/x-mixed-replace")
		},
	} {
		srv := httptest.NewServer(f)
		if err := NewNetCamera("c", srv.URL, CameraOptions{}).Run(t.Context(), func(Event) {}); !errors.Is(err, ErrSetup) {
			t.Errorf("%s: %v", name, err)
		}
		srv.Close()
	}
}

// slowViewer has room when the test says so.
type slowViewer struct {
	room  chan *Frame
	shown chan *Frame
}

func (v *slowViewer) Room(string) *Frame {
	select {
	case f := <-v.room:
		return f
	default:
		return nil
	}
}
func (v *slowViewer) Show(f *Frame) { v.shown <- f }

// TestViewerNeverHoldsTheCamera: with a viewer that has no room, boxes are scanned; when
// it has, it gets one frame, a new one, with the outline of the code in it.
func TestViewerNeverHoldsTheCamera(t *testing.T) {
	w := walk(3)
	c := newNetCamera(t)
	h := NewHub(NewNetCamera("camera", c.srv.URL, CameraOptions{Rate: 100}))
	v := &slowViewer{make(chan *Frame, 1), make(chan *Frame, 1)}
	h.View(v)
	events := running(t, h)
	for box := range 3 {
		c.Show(frames(t, w, w.Gap+box*(w.InView+w.Gap)+w.InView/2, 1))
		if e := want(t, events, Scanned); e.Scan.Text != w.Texts[box] {
			t.Fatalf("box %d: %q", box, e.Scan.Text)
		}
	}
	v.room <- &Frame{}
	var f *Frame
	select {
	case f = <-v.shown:
	case <-time.After(patience):
		t.Fatal("no frame is shown")
	}
	if f.Image.Rect.Dx() != viewWidth || f.Image.Rect.Dy() != viewHeight || f.Source != "camera" {
		t.Errorf("%v of %q", f.Image.Rect, f.Source)
	}
	if len(f.Codes) != 1 {
		t.Fatalf("%d outlines", len(f.Codes))
	}
	// Inside the outline it is the label, whose middle is in the middle of the view.
	mid := Point{(f.Codes[0][0].X + f.Codes[0][2].X) / 2, (f.Codes[0][0].Y + f.Codes[0][2].Y) / 2}
	if mid.X < 250 || mid.X > 450 || mid.Y < 150 || mid.Y > 330 {
		t.Errorf("the outline's middle is at %v", mid)
	}
	memory := &f.Image.Pix[0]
	v.room <- f
	f = <-v.shown
	if &f.Image.Pix[0] != memory {
		t.Error("a frame of the same size takes new memory")
	}
}

// TestNewestFrameWins: a reader that is slow gets the newest frame, and none before it.
func TestNewestFrameWins(t *testing.T) {
	l := make(latest[int], 1)
	for i := range 1000 {
		l.put(i)
	}
	if v, ok := l.take(t.Context()); !ok || v != 999 {
		t.Errorf("got %d", v)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, ok := l.take(ctx); ok {
		t.Error("a frame out of nothing")
	}
}

// TestPicturesForTheEye: every form of picture is drawn, in its colours and shape.
func TestPicturesForTheEye(t *testing.T) {
	for name, img := range map[string]interface {
		image.Image
		Set(int, int, color.Color)
	}{"grey": image.NewGray(image.Rect(0, 0, 1280, 720)), "RGBA": image.NewRGBA(image.Rect(0, 0, 1280, 720))} {
		for x := 640; x < 1280; x++ {
			for y := range 720 {
				img.Set(x, y, color.White)
			}
		}
		var f Frame
		if scale := f.draw(img); scale != 0.5 || f.Image.Rect != image.Rect(0, 0, 640, 360) {
			t.Fatalf("%s: %v, %v", name, scale, f.Image.Rect)
		}
		if l, r := f.Image.RGBAAt(319, 100), f.Image.RGBAAt(320, 359); l.R != 0 || r != (color.RGBA{255, 255, 255, 255}) {
			t.Errorf("%s: %v, %v", name, l, r)
		}
	}
}

// TestMJPEGWithoutTables: cameras leave the Huffman tables out of their JPEGs.
func TestMJPEGWithoutTables(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	_, tables := segment(b.Bytes(), 0xc4)
	bare := bytes.Replace(b.Bytes(), tables, nil, 1)
	if len(tables) < 400 || len(bare) != b.Len()-len(tables) {
		t.Fatalf("%d bytes of tables", len(tables))
	}
	if _, err := jpeg.Decode(bytes.NewReader(bare)); err == nil {
		t.Fatal("Go reads it without our help: delete it")
	}
	if img, err := (shot{jpeg: bare}).image(); err != nil || img.Bounds().Dx() != 64 {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(withTables(b.Bytes()), b.Bytes()) {
		t.Error("tables are added where there are some")
	}
}

// FuzzJPEGs: a stream of anything is taken apart or refused, never for ever.
func FuzzJPEGs(f *testing.F) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Repeat(b.Bytes(), 2))
	f.Add(withOrientation(b.Bytes(), binary.LittleEndian, "II*\x00", 6))
	f.Add([]byte("\xff\xd8\xff\xe0\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		j := &jpegs{r: bytes.NewReader(in)}
		total := 0
		for {
			one, err := j.next()
			if err != nil {
				if errors.Is(err, io.EOF) && total != len(in) {
					t.Fatalf("%d of %d bytes", total, len(in))
				}
				return
			}
			if len(one) < 4 || !bytes.HasPrefix(in[total:], one) {
				t.Fatalf("% x is not in the stream", one)
			}
			total += len(one)
			if img, err := (shot{jpeg: one}).image(); err == nil && img.Bounds().Empty() {
				t.Fatal("an empty picture")
			}
		}
	})
}
