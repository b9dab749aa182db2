package labels

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
	"github.com/skip2/go-qrcode"
)

// heapPeak watches how much memory is mapped for the heap while a function runs, in MiB.
func heapPeak(f func()) float64 {
	runtime.GC()
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(s)
			peak.Store(max(peak.Load(), s[0].Value.Uint64()+s[1].Value.Uint64()))
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	f()
	close(stop)
	<-done
	return float64(peak.Load()) / (1 << 20)
}

func report(b *testing.B, n int, bytes int64, took time.Duration, peak float64) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(n)/took.Seconds(), "labels/s")
	b.ReportMetric(float64(bytes)/float64(n), "bytes/label")
	b.ReportMetric(peak, "peak-MiB")
}

// BenchmarkBatch writes batches of different sizes; the cost of a label must not grow with
// the batch. Signing is done before: it is the same for every way of printing.
func BenchmarkBatch(b *testing.B) {
	if _, err := sharedBasis(); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"a6", "a4-2x4"} {
		s := stock(b, name)
		for _, n := range []int{1_000, 12_000, 123_064} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				some := signed(b, 4000)
				var took time.Duration
				var size int64
				var peak float64
				for range b.N {
					dir := b.TempDir()
					var out Batch
					start := time.Now()
					peak = max(peak, heapPeak(func() {
						var err error
						out, err = WriteBatch(b.Context(), filepath.Join(dir, "x.pdf"), s, cycle(some, n), Options{Created: testTime})
						if err != nil {
							b.Fatal(err)
						}
					}))
					took += time.Since(start)
					size = 0
					for _, f := range out.Files {
						st, err := os.Stat(f)
						if err != nil {
							b.Fatal(err)
						}
						size += st.Size()
					}
				}
				report(b, n, size, took/time.Duration(b.N), peak)
			})
		}
	}
}

// BenchmarkNaive is the way that comes to mind first: a PNG for each code, put on a page
// of gofpdf with the same texts in a built-in font.
func BenchmarkNaive(b *testing.B) {
	for _, n := range []int{1_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			some := signed(b, n)
			var took time.Duration
			var size countingWriter
			var peak float64
			for range b.N {
				start := time.Now()
				peak = max(peak, heapPeak(func() {
					p := gofpdf.New("P", "mm", "A6", "")
					for i, k := range some {
						png, err := qrcode.Encode(k.Code, qrcode.High, 342)
						if err != nil {
							b.Fatal(err)
						}
						name := fmt.Sprint(i)
						p.AddPage()
						p.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(png))
						p.ImageOptions(name, 55, 90, 43, 43, false, gofpdf.ImageOptions{}, 0, "")
						for j, text := range []string{k.Numeral, k.District, k.Kind, k.Content, k.Kecamatan, k.Kelurahan, k.TPS, k.BoxID, k.Event, k.Code[:69], k.Code[69:]} {
							p.SetFont("Helvetica", "B", 10)
							p.Text(5, 10+float64(j)*6, text)
						}
					}
					size = 0
					if err := p.Output(&size); err != nil {
						b.Fatal(err)
					}
				}))
				took += time.Since(start)
			}
			report(b, n, int64(size), took/time.Duration(b.N), peak)
		})
	}
}

type countingWriter int64

func (w *countingWriter) Write(p []byte) (int, error) {
	*w += countingWriter(len(p))
	return len(p), nil
}

var _ io.Writer = (*countingWriter)(nil)

func signed(b *testing.B, n int) []Sticker {
	var out []Sticker
	for k := range stickers(b, n) {
		out = append(out, k)
	}
	return out
}

// cycle yields n stickers, the given ones again and again.
func cycle(some []Sticker, n int) func(yield func(Sticker, error) bool) {
	return func(yield func(Sticker, error) bool) {
		for i := range n {
			if !yield(some[i%len(some)], nil) {
				return
			}
		}
	}
}
