package ledger_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/election/electiontest"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/ledger/pgtest"
	"dapilgate/assets"
	"dapilgate/labels/code"
)

// sizes are the ledgers that are measured: one kelurahan, DKI, and the country. Events are
// what other docks did before, with all boxes but one district's printed and loaded.
var sizes = []struct {
	name   string
	folder func() fs.FS
	events int
}{
	{"2.7k", func() fs.FS { return ledgertest.Crowd(899) }, 0},
	{"123k", assets.DefaultEvent, 0},
	{"4M", func() fs.FS { return electiontest.National(4_100_000) }, 5_000_000},
}

// crowd writes what other docks did, straight into the tables: through the front door it
// would take an hour. The record is not whole afterwards.
func crowd(b *testing.B, f *ledgertest.Fixture, but election.District, events int) {
	b.Helper()
	series, hex, any := `(WITH RECURSIVE g (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < %d) SELECT i FROM g) AS g`, `printf('%024x', i)`, `printf('%064x', i)`
	if ledger.IsServer(f.Path) {
		series, hex, any = `generate_series(1, %d) AS g (i)`, `lpad(to_hex(i), 24, '0')`, `lpad(to_hex(i), 64, '0')`
	}
	series = fmt.Sprintf(series, events)
	payload := `{"verdict":"accepted","text":"` + strings.Repeat("X", 138) + `","box":"31.75.06.1001-001-DPRDP","revision":1,"box_district":"DPRDP:310004","load":1,"load_district":"DPRDP:310004","truck":"B 1 A","position":1}`
	for _, q := range []string{
		`INSERT INTO event_log (dock, seq, id, at, actor, kind, box, payload, prev, hash)
			SELECT 800 + i / 100000, i % 100000, ` + hex + `, '2024-02-13T01:02:03.000Z', 'budi', 'scanned', 31750610010000000 + i, '` + payload + `', ` + any + `, ` + any + ` FROM ` + series,
		`INSERT INTO labels (box, revision, batch, state, scanned) SELECT b.key, 1, 0, 'printed', 0 FROM boxes b JOIN areas a ON a.code = b.key / 1000000 WHERE a.routing <> '` + but.String() + `'`,
		`INSERT INTO load_boxes (box, load, position, at) SELECT b.key, 1000000, 1, '' FROM boxes b JOIN areas a ON a.code = b.key / 1000000 WHERE a.routing <> '` + but.String() + `'`,
	} {
		if err := tryExec(b, f.Path, q); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan measures one accepted scan, judged and committed, against a bare append and
// fsync on the same disk, turn by turn in one run. The ratios are what counts.
func BenchmarkScan(b *testing.B) {
	for _, size := range sizes {
		b.Run(size.name, func(b *testing.B) {
			f := ledgertest.NewFrom(b, size.folder())
			var ids, texts []string
			first := f.Boxes(ledger.Filter{Kind: "DPRDP", Limit: 1})[0].Box.Routing
			if size.events > 0 {
				crowd(b, f, first, size.events)
			}
			start := time.Now()
			f.Reopen()
			opened := time.Since(start)
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
			b.StopTimer()
			open, err := f.Ledger.Loads(b.Context(), ledger.LoadOpen)
			if err != nil {
				b.Fatal(err)
			}
			var expected []time.Duration // what the screen counts anew when another dock loads
			for range 21 {
				start := time.Now()
				if _, err := f.Ledger.Expected(b.Context(), open[0]); err != nil {
					b.Fatal(err)
				}
				expected = append(expected, time.Since(start))
			}
			slices.Sort(expected)
			slices.Sort(scan)
			slices.Sort(sync)
			at := func(d []time.Duration, p int) float64 { return float64(d[min(len(d)-1, len(d)*p/100)]) }
			b.ReportMetric(float64(opened)/1e6, "start-ms")
			b.ReportMetric(at(expected, 50)/1e6, "expected-ms")
			b.ReportMetric(at(scan, 50)/1e6, "p50-ms")
			b.ReportMetric(at(scan, 99)/1e6, "p99-ms")
			b.ReportMetric(at(scan, 50)/at(sync, 50), "p50/fsync")
			b.ReportMetric(at(scan, 99)/at(sync, 99), "p99/fsync")
		})
	}
}

// benchRounds: bare inserts and scans take turns, so that both meet the same moods of the
// machine.
const benchRounds = 5

// BenchmarkDocks measures docks that share a server, each with connections of its own and
// all at full speed, beside bare inserts of one row of the same size into a table with
// nothing but a key, from as many connections to the same server in the same run.
// b.N is the number of scans of all docks together, as far as there are boxes.
//
// How near the two come depends on the server's disk. Where a flush takes as long as the
// processors take for the scans that wait for it, it decides, and both wait for it; where it
// is faster, the processors do: a scan is four rows in seven indexes, and four looks before,
// where the bare insert is one row in one index.
func BenchmarkDocks(b *testing.B) {
	s := pgtest.Start(b, "max_wal_size = 4GB")
	f := ledgertest.NewAt(b, s.Address(b), assets.DefaultEvent())
	rows := f.Boxes(ledger.Filter{})
	byDistrict := map[election.District][]election.Box{}
	for _, r := range rows {
		if r.Box.Item != election.ItemBox {
			continue // a spare has no district
		}
		byDistrict[r.Box.Routing] = append(byDistrict[r.Box.Routing], r.Box)
	}
	districts := slices.SortedFunc(maps.Keys(byDistrict), func(a, b election.District) int { return strings.Compare(a.Code, b.Code) })
	bare, err := sql.Open("pgx", f.Path)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	if _, err := bare.Exec(`CREATE TABLE bare (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, row text NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	last := 0 // dock; each run has its own
	for _, docks := range []int{1, 4, 16, 64} {
		b.Run(strconv.Itoa(docks), func(b *testing.B) {
			each := max(1, b.N/docks/benchRounds)
			for i := range docks {
				d := districts[i%len(districts)]
				each = min(each, len(byDistrict[d])/((docks-i-1)/len(districts)+1)/benchRounds) // no more scans than boxes
			}
			dock := last
			last += docks
			bare.SetMaxOpenConns(docks)
			bare.SetMaxIdleConns(docks)
			ledgers, work := make([]*ledger.Ledger, docks), make([][]code.Reading, docks)
			for i := range docks {
				var err error
				if ledgers[i], err = ledger.Open(b.Context(), f.Path); err != nil {
					b.Fatal(err)
				}
				defer ledgers[i].Close()
				d := districts[i%len(districts)]
				n := each * benchRounds
				mine := byDistrict[d][:n]
				byDistrict[d] = byDistrict[d][n:]
				number := dock + i + 1
				var ids []string
				for _, box := range mine {
					ids = append(ids, box.ID())
					work[i] = append(work[i], code.Parse(f.Label(box, 1), f.Keys()))
				}
				f.Print(ids...)
				plate := fmt.Sprintf("B %d", number)
				f.Truck(plate)
				if _, err := ledgers[i].OpenLoad(b.Context(), f.Sari, number, plate, d, nil); err != nil {
					b.Fatal(err)
				}
			}
			row := strings.Repeat("x", 700) // about what a scan's event takes
			together := func(do func(dock, i int) error) ([]time.Duration, time.Duration) {
				var wg sync.WaitGroup
				took := make([][]time.Duration, docks)
				start := time.Now()
				for d := range docks {
					wg.Go(func() {
						for i := range each {
							at := time.Now()
							if err := do(d, i); err != nil {
								b.Error(err)
								return
							}
							took[d] = append(took[d], time.Since(at))
						}
					})
				}
				wg.Wait()
				return slices.Concat(took...), time.Since(start)
			}
			insert := func(int, int) error {
				_, err := bare.Exec(`INSERT INTO bare (row) VALUES ($1)`, row)
				return err
			}
			together(insert) // connections
			var scans, inserts []time.Duration
			var scanning, inserting time.Duration
			b.ResetTimer()
			for r := range benchRounds {
				t, all := together(insert)
				inserts, inserting = append(inserts, t...), inserting+all
				t, all = together(func(d, i int) error {
					scan := ledger.ScanRequest{ID: ledger.NewID(), Dock: dock + d + 1, Operator: "sari", Reading: work[d][r*each+i]}
					j, err := ledgers[d].Judge(b.Context(), scan)
					for errors.Is(err, ledger.ErrUnavailable) { // too slow: the dock asks again
						j, err = ledgers[d].Judge(b.Context(), scan)
					}
					if err == nil && j.Decision.Verdict != gate.Accepted {
						err = fmt.Errorf("a good box is %s", j.Decision.Verdict)
					}
					return err
				})
				scans, scanning = append(scans, t...), scanning+all
			}
			b.StopTimer()
			slices.Sort(scans)
			slices.Sort(inserts)
			rate := func(d []time.Duration, in time.Duration) float64 { return float64(len(d)) / in.Seconds() }
			at := func(d []time.Duration, p int) float64 { return float64(d[len(d)*p/100]) / 1e6 }
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(rate(scans, scanning), "scans/s")
			b.ReportMetric(at(scans, 50), "p50-ms")
			b.ReportMetric(at(scans, 99), "p99-ms")
			b.ReportMetric(rate(inserts, inserting), "bare/s")
			b.ReportMetric(at(inserts, 50), "bare-p50-ms")
			b.ReportMetric(at(inserts, 99), "bare-p99-ms")
			b.ReportMetric(rate(scans, scanning)/rate(inserts, inserting), "scans/bare")
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
