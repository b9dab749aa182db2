package scanner_test

import (
	"bufio"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dapilgate/scanner"
	"dapilgate/scanner/gen"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/sys/unix"
)

// firstBenchFrame keeps the frames of the benchmark apart from those that the reader was
// made with.
const firstBenchFrame = 500_000

// contestant reads a picture, which also lies in a file, and tells what time that took.
type contestant struct {
	name string
	read func(img *image.Gray, file string) (texts []string, cpu time.Duration)
}

// BenchmarkFrames reads the same generated frames with everything at hand and prints rates
// and times. DAPILGATE_FRAMES is the number of frames of each class and size (default 40).
//
// Times are processor time, so that other work on the machine does not count. That of a
// program is its process's, less what it needs for a picture of 16 × 16: it includes the
// reading of the file.
func BenchmarkFrames(b *testing.B) {
	frames := 40
	if s := os.Getenv("DAPILGATE_FRAMES"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			b.Fatalf("DAPILGATE_FRAMES=%s", s)
		}
		frames = n
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir := b.TempDir()
	all := []contestant{{"ours", ours()}, {"gozxing", gozxingAlone}}
	for _, p := range []string{"zbarimg", "ZXingReader"} {
		if path, err := exec.LookPath(p); err == nil {
			all = append(all, contestant{p, program(b, path, dir)})
		} else {
			b.Logf("%s is not installed", p)
		}
	}
	for b.Loop() {
		fmt.Printf("\n%-13s %-10s", "class", "size")
		for _, c := range all {
			fmt.Printf(" | %-26s", c.name)
		}
		fmt.Printf("\n%-13s %-10s", "", "")
		for range all {
			fmt.Printf(" | %6s %6s %6s %5s", "read", "median", "p95", "false")
		}
		fmt.Println()
		for _, class := range gen.Classes() {
			for _, size := range []image.Point{{X: 1280, Y: 720}, {X: 1920, Y: 1080}} {
				benchClass(b, class, size, frames, dir, all)
			}
		}
	}
}

func benchClass(b *testing.B, class string, size image.Point, frames int, dir string, all []contestant) {
	right, wrong := make([]int, len(all)), make([]int, len(all))
	times := make([][]time.Duration, len(all))
	file := filepath.Join(dir, "frame.pgm")
	for n := range frames {
		img, truth, err := gen.Frame(class, 1+n%gen.Steps, firstBenchFrame+n, size.X, size.Y)
		if err != nil {
			b.Fatal(err)
		}
		if err := writePGM(file, img); err != nil {
			b.Fatal(err)
		}
		for i, c := range all {
			texts, cpu := c.read(img, file)
			times[i] = append(times[i], cpu)
			for _, t := range texts {
				if t != truth.Text {
					wrong[i]++
				}
			}
			if truth.Text != "" && slices.Contains(texts, truth.Text) {
				right[i]++
			}
		}
	}
	fmt.Printf("%-13s %-10s", class, fmt.Sprintf("%d×%d", size.X, size.Y))
	for i := range all {
		t := times[i]
		slices.Sort(t)
		ms := func(q float64) float64 { return t[int(q*float64(len(t)-1))].Seconds() * 1000 }
		fmt.Printf(" | %5.1f%% %6.1f %6.1f %5d", 100*float64(right[i])/float64(frames), ms(0.5), ms(0.95), wrong[i])
	}
	fmt.Println()
}

// onThread is the processor time that f takes.
func onThread(f func()) time.Duration {
	used := func() int64 {
		var u unix.Rusage
		if unix.Getrusage(unix.RUSAGE_THREAD, &u) != nil {
			return 0
		}
		return u.Utime.Nano() + u.Stime.Nano()
	}
	start := used()
	f()
	return time.Duration(used() - start)
}

// ours reads as the camera does: one decoder for all frames, and little time, of a machine
// that has nothing else to do.
func ours() func(*image.Gray, string) ([]string, time.Duration) {
	var d scanner.Decoder
	return func(img *image.Gray, _ string) (texts []string, cpu time.Duration) {
		cpu = onThread(func() {
			for _, s := range d.Decode(img, scanner.Options{Most: 1, Budget: 33 * time.Millisecond}) {
				texts = append(texts, s.Text)
			}
		})
		return texts, cpu
	}
}

func gozxingAlone(img *image.Gray, _ string) (texts []string, cpu time.Duration) {
	cpu = onThread(func() {
		defer func() { _ = recover() }() // it can panic on noise
		bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			return
		}
		hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
		if r, err := qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
			texts = append(texts, r.GetText())
		}
	})
	return texts, cpu
}

// program runs zbarimg or ZXingReader.
func program(b *testing.B, path, dir string) func(*image.Gray, string) ([]string, time.Duration) {
	name := filepath.Base(path)
	run := func(file string) ([]string, time.Duration) {
		args := []string{file}
		if name == "zbarimg" {
			args = []string{"-q", "--raw", "--nodbus", file}
		}
		c := exec.Command(path, args...)
		out, _ := c.Output() // they fail where they find nothing
		var texts []string
		for line := range strings.Lines(string(out)) {
			line = strings.TrimSpace(line)
			if name == "ZXingReader" {
				t, ok := strings.CutPrefix(line, "Text:")
				if !ok {
					continue
				}
				line = strings.Trim(strings.TrimSpace(t), `"`)
			}
			if line != "" {
				texts = append(texts, line)
			}
		}
		return texts, c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	small := filepath.Join(dir, "small.pgm")
	if err := writePGM(small, image.NewGray(image.Rect(0, 0, 16, 16))); err != nil {
		b.Fatal(err)
	}
	var starts []time.Duration
	for range 11 {
		_, t := run(small)
		starts = append(starts, t)
	}
	slices.Sort(starts)
	return func(_ *image.Gray, file string) ([]string, time.Duration) {
		texts, t := run(file)
		return texts, max(t-starts[len(starts)/2], 0)
	}
}

func writePGM(path string, img *image.Gray) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "P5\n%d %d\n255\n", img.Rect.Dx(), img.Rect.Dy())
	for y := range img.Rect.Dy() {
		if _, err := w.Write(img.Pix[y*img.Stride:][:img.Rect.Dx()]); err != nil {
			return err
		}
	}
	return w.Flush()
}
