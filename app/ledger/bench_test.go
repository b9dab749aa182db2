package ledger_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"dapilgate/app/election/electiontest"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/assets"
	"dapilgate/labels/code"
)

// sizes are the ledgers that are measured: DKI, and the country.
var sizes = []struct {
	name   string
	folder func() fs.FS
}{
	{"123k", assets.DefaultEvent},
	{"4M", func() fs.FS { return electiontest.National(4_100_000) }},
}

// BenchmarkScan measures one accepted scan, judged and committed, against a bare append and
// fsync on the same disk, turn by turn in one run. The ratios are what counts.
func BenchmarkScan(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			f := ledgertest.NewFrom(b, size.folder())
			var ids, texts []string
			first := f.Boxes(ledger.Filter{Kind: "DPRDP", Limit: 1})[0].Box.Routing
			for _, r := range f.Boxes(ledger.Filter{District: first, Limit: 10_000}) {
				ids = append(ids, r.Box.ID())
				texts = append(texts, f.Label(r.Box, 1))
			}
			f.Print(ids...)
			f.Truck("B 1 A")
			if _, err := f.Ledger.OpenLoad(b.Context(), f.Sari, 1, "B 1 A", first, nil); err != nil {
				b.Fatal(err)
			}
			bare, err := os.Create(filepath.Join(b.TempDir(), "bare"))
			if err != nil {
				b.Fatal(err)
			}
			defer bare.Close()
			row := make([]byte, 600) // about what a scan's event takes
			var scan, sync []time.Duration
			for i := 0; b.Loop(); i++ {
				if i == len(texts) {
					b.Fatalf("more than %d scans; use a smaller -benchtime", len(texts))
				}
				start := time.Now()
				j, err := f.Ledger.Judge(b.Context(), ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "sari", Reading: code.Parse(texts[i], f.Keys())})
				scan = append(scan, time.Since(start))
				if err != nil || j.Decision.Verdict != gate.Accepted {
					b.Fatal(j.Decision.Verdict, err)
				}
				b.StopTimer()
				start = time.Now()
				if _, err := bare.Write(row); err != nil {
					b.Fatal(err)
				}
				if err := bare.Sync(); err != nil {
					b.Fatal(err)
				}
				sync = append(sync, time.Since(start))
				b.StartTimer()
			}
			slices.Sort(scan)
			slices.Sort(sync)
			at := func(d []time.Duration, p int) float64 { return float64(d[min(len(d)-1, len(d)*p/100)]) }
			b.ReportMetric(at(scan, 50)/1e6, "p50-ms")
			b.ReportMetric(at(scan, 99)/1e6, "p99-ms")
			b.ReportMetric(at(scan, 50)/at(sync, 50), "p50/fsync")
			b.ReportMetric(at(scan, 99)/at(sync, 99), "p99/fsync")
		})
	}
}

// BenchmarkCreate measures an import, in boxes a second, and how far the heap grows.
func BenchmarkCreate(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			var before, peak runtime.MemStats
			boxes := 0
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				f := ledgertest.NewFrom(b, size.folder())
				runtime.ReadMemStats(&peak)
				n, err := f.Ledger.CountBoxes(context.Background(), ledger.Filter{})
				if err != nil {
					b.Fatal(err)
				}
				boxes = n.Boxes
			}
			b.ReportMetric(float64(boxes)*float64(b.N)/b.Elapsed().Seconds(), "boxes/s")
			b.ReportMetric(float64(peak.HeapSys)/(1<<20), "heap-MiB")
			if testing.Verbose() {
				fmt.Printf("%s: %d boxes\n", size.name, boxes)
			}
		})
	}
}
