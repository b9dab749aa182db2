package labels

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"
	"github.com/skip2/go-qrcode"
)

// What make bench-labels prints: other ways of printing labels first, ours last, each with
// labels a second, peak memory and bytes a label; ours also as a multiple of the others in
// the same run. Signing is done before: it is the same for every way.

// cost is what a way of printing took.
type cost struct {
	labels int
	bytes  int64
	took   time.Duration // of processor: other work on the machine does not count
	wall   time.Duration
	heap   float64 // peak, MiB; 0: not ours to see
	rss    float64 // peak of the resident set, MiB; 0: not known here
}

func (c cost) rate() float64 { return float64(c.labels) / c.took.Seconds() }

func (c cost) report(b *testing.B) {
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(c.rate(), "labels/s")
	b.ReportMetric(float64(c.labels)/c.wall.Seconds(), "labels/s-wall")
	if c.bytes > 0 {
		b.ReportMetric(float64(c.bytes)/float64(c.labels), "bytes/label")
	}
	if c.heap > 0 {
		b.ReportMetric(c.heap, "heap-MiB")
	}
	if c.rss > 0 {
		b.ReportMetric(c.rss, "RSS-MiB")
	}
}

// measured runs a way of printing b.N times in this process; f returns the bytes written.
func measured(b *testing.B, labels int, f func() int64) cost {
	c := cost{labels: labels}
	for range b.N {
		debug.FreeOSMemory()
		// Linux forgets the peak of the resident set when it is told to.
		forgets := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) == nil
		start, used := time.Now(), processorTime()
		heap := heapPeak(func() { c.bytes = f() })
		c.wall += time.Since(start)
		c.took += processorTime() - used
		c.heap = max(c.heap, heap)
		if forgets {
			c.rss = max(c.rss, peakRSS(b))
		}
	}
	c.took /= time.Duration(b.N)
	c.wall /= time.Duration(b.N)
	if c.took == 0 {
		c.took = c.wall
	}
	return c
}

// heapPeak watches how much memory is mapped for the heap while a function runs, in MiB.
func heapPeak(f func()) float64 {
	var peak atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
		tick := time.NewTicker(20 * time.Millisecond)
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

// peakRSS is the peak of this process's resident set, in MiB; 0 where it isn't Linux.
func peakRSS(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kib, err := strconv.Atoi(strings.TrimSpace(rest[:strings.Index(rest, " kB")]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}

// Rates of the other ways, for the comparison with ours.
var naiveRate, reportlabRate float64

// BenchmarkNaive is the way that comes to mind first: a PNG for each code, put on a page
// of gofpdf with the same texts in a built-in font.
func BenchmarkNaive(b *testing.B) {
	for _, n := range []int{1_000, 12_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			some := signed(b, 1_000)
			c := measured(b, n, func() int64 {
				p := gofpdf.New("P", "mm", "A6", "")
				for i := range n {
					k := &some[i%len(some)]
					png, err := qrcode.Encode(k.Code, qrcode.High, 342)
					if err != nil {
						b.Fatal(err)
					}
					name := fmt.Sprint(i)
					p.AddPage()
					p.RegisterImageOptionsReader(name, gofpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(png))
					p.ImageOptions(name, 55, 90, 43, 43, false, gofpdf.ImageOptions{}, 0, "")
					for j, text := range texts(k) {
						p.SetFont("Helvetica", "B", 10)
						p.Text(5, 10+float64(j)*6, text)
					}
				}
				var size countingWriter
				if err := p.Output(&size); err != nil {
					b.Fatal(err)
				}
				return int64(size)
			})
			c.report(b)
			if naiveRate == 0 { // the faster one
				naiveRate = c.rate()
			}
		})
	}
}

// texts are what the other ways print beside the code.
func texts(k *Sticker) []string {
	return []string{k.Numeral, k.District, k.Kind, k.Content, k.Kecamatan, k.Kelurahan, k.TPS, k.BoxID, k.Event, k.Code[:69], k.Code[69:]}
}

// BenchmarkPrograms is what people use today. A program that isn't installed is skipped.
func BenchmarkPrograms(b *testing.B) {
	dir := b.TempDir()
	rows := filepath.Join(dir, "rows.csv")
	codes := filepath.Join(dir, "codes.txt")
	const n = 1_000
	{
		var text, lines bytes.Buffer
		w := csv.NewWriter(&text)
		for _, k := range signed(b, n) {
			w.Write(append([]string{k.Code}, texts(&k)...)) // a buffer takes everything
			lines.WriteString(k.Code + "\n")
		}
		w.Flush()
		for path, data := range map[string][]byte{rows: text.Bytes(), codes: lines.Bytes()} {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	here, err := filepath.Abs("testdata")
	if err != nil {
		b.Fatal(err)
	}
	out := filepath.Join(dir, "out.pdf")
	python := filepath.Join(here, "reportlab_labels.py")
	for _, p := range []struct {
		name    string
		few     int // of the labels, where it is slow
		pages   bool
		command func(csv string) []string
	}{
		{"reportlab+libqrencode", n, true, func(csv string) []string { return []string{"/usr/bin/python3", python, "libqrencode", csv, out} }},
		{"reportlab-widget", 100, true, func(csv string) []string { return []string{"/usr/bin/python3", python, "widget", csv, out} }},
		{"glabels-3-batch", 500, true, func(csv string) []string {
			return []string{"glabels-3-batch", "-i", csv, "-o", out, filepath.Join(here, "a6.glabels")}
		}},
		// Codes alone, without pages and texts.
		{"zint-codes-alone", n, false, func(string) []string {
			return []string{"zint", "--barcode=58", "--vers=8", "--secure=3", "--batch", "--filetype=svg", "-i", codes}
		}},
	} {
		b.Run(p.name, func(b *testing.B) {
			input := rows
			if p.few < n {
				all := read(b, rows)
				input = filepath.Join(dir, fmt.Sprint(p.few, ".csv"))
				if err := os.WriteFile(input, bytes.Join(bytes.SplitAfter(all, []byte("\n"))[:p.few], nil), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			args := p.command(input)
			if _, err := exec.LookPath(args[0]); err != nil {
				b.Skip(args[0], " is not installed")
			}
			c, own := cost{labels: p.few}, peakRSS(b)
			for range b.N {
				cmd := exec.CommandContext(context.Background(), args[0], args[1:]...)
				var said bytes.Buffer
				cmd.Dir, cmd.Stderr = dir, &said
				start := time.Now()
				if err := cmd.Run(); err != nil {
					b.Skipf("%s: %v: %s", p.name, err, lastLine(said.String()))
				}
				c.wall += time.Since(start)
				c.took += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				// A program's peak begins with what it was forked from: below ours it tells nothing.
				if peak := peakOf(cmd); peak > own {
					c.rss = max(c.rss, peak)
				}
			}
			c.took /= time.Duration(b.N)
			c.wall /= time.Duration(b.N)
			if p.pages {
				st, err := os.Stat(out)
				if err != nil {
					b.Fatal(err)
				}
				// A code of 49 modules and its texts can't be less: gLabels writes empty pages
				// where its printing dialogues don't work.
				if c.bytes = st.Size(); c.bytes < 400*int64(p.few) {
					b.Skipf("%s printed nothing: %d bytes for %d labels", p.name, c.bytes, p.few)
				}
			}
			c.report(b)
			if strings.HasPrefix(p.name, "reportlab+") {
				reportlabRate = c.rate()
			}
		})
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// BenchmarkBatch writes batches of different sizes as app/batch does: documents of a
// thousand labels. The cost of a label must not grow with the batch.
func BenchmarkBatch(b *testing.B) {
	if _, err := sharedBasis(); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{"a6", "a4-2x4", "a4-3x8"} {
		s := stock(b, name)
		small := 0.0 // labels a second of the smallest batch
		for _, n := range []int{1_000, 12_000, 123_064} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				some := signed(b, 4000)
				dir := b.TempDir()
				c := measured(b, n, func() int64 { return writeFiles(b, dir, s, cycle(some, n)) })
				c.report(b)
				if small == 0 || n == 1_000 {
					small = c.rate()
				}
				b.ReportMetric(small/c.rate(), "x-cost-of-1000")
				if naiveRate > 0 {
					b.ReportMetric(c.rate()/naiveRate, "x-naive")
				}
				if reportlabRate > 0 {
					b.ReportMetric(c.rate()/reportlabRate, "x-reportlab")
				}
			})
		}
	}
}

// BenchmarkZPL is the bytes for a label printer.
func BenchmarkZPL(b *testing.B) {
	for _, dpi := range []int{203, 300} {
		b.Run(fmt.Sprintf("thermal-100x150/%d-dpi", dpi), func(b *testing.B) {
			s, err := stock(b, "thermal-100x150").At(dpi)
			if err != nil {
				b.Fatal(err)
			}
			some := signed(b, 400)
			c := measured(b, 400, func() int64 {
				var size countingWriter
				if _, err := WriteZPL(b.Context(), &size, s, cycle(some, 400), Options{}); err != nil {
					b.Fatal(err)
				}
				return int64(size)
			})
			c.report(b)
		})
	}
}

// writeFiles writes documents of whole sheets, about MaxPerFile labels each, and returns
// their size. Each is removed once it was written: a disk is not what is measured.
func writeFiles(b *testing.B, dir string, s Stock, all iter.Seq2[Sticker, error]) (size int64) {
	var d *Document
	var codes Codes
	path := filepath.Join(dir, "x.pdf")
	write := func() {
		if err := d.WriteFile(path); err != nil {
			b.Fatal(err)
		}
		st, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		size += st.Size()
		d = nil
	}
	for k := range all {
		if d == nil {
			var err error
			if d, err = NewDocument(s, Options{Created: testTime, Codes: &codes}); err != nil {
				b.Fatal(err)
			}
		}
		if err := d.Add(k); err != nil {
			b.Fatal(err)
		}
		if d.Len() == MaxPerFile/s.PerPage()*s.PerPage() {
			write()
		}
	}
	if d != nil {
		write()
	}
	return size
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
