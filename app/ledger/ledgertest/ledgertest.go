// Package ledgertest makes small real ledgers for tests: a few kelurahan of the real
// districts, a real file or server, a real key. There is no stand-in for the ledger
// anywhere.
package ledgertest

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/pgtest"
	"dapilgate/labels/code"
)

// The penyelia of every test ledger, and the PIN.
const (
	Penyelia = "sari"
	PIN      = "482913"
)

// Event is an event folder of six kelurahan in three dapil of Jakarta Timur, with TPS 901
// and the two places called Jatinegara.
func Event() fs.FS {
	return fstest.MapFS{
		"event.toml": {Data: []byte(`code = "T24"
name = "Pemilu uji"
date = 2024-02-14
routing = "DPRDP"
spares = { "31.75" = 2 }
[[kind]]
code = "PPWP"
name = "Presiden dan Wakil Presiden"
colour = "abu-abu"
[[kind]]
code = "DPR"
name = "DPR RI"
colour = "kuning"
[[kind]]
code = "DPRDP"
name = "DPRD Provinsi"
colour = "biru"
[check]
kota = 1
kecamatan = 4
kelurahan = 6
tps = 14
boxes = 42
`)},
		"dapil.csv": {Data: []byte(`kind,code,name,short,seats
DPR,3101,DKI JAKARTA I,I,6
DPRDP,310004,DKI JAKARTA 4,4,10
DPRDP,310005,DKI JAKARTA 5,5,10
DPRDP,310006,DKI JAKARTA 6,6,10
`)},
		"kelurahan.csv": {Data: []byte(`kode_kelurahan,kelurahan,kode_kecamatan,kecamatan,kode_kota,kota,dapil_DPR,dapil_DPRDP,tps
31.75.06.1001,Jatinegara,31.75.06,Cakung,31.75,Kota Administrasi Jakarta Timur,3101,310004,1-3
31.75.06.1002,Penggilingan,31.75.06,Cakung,31.75,Kota Administrasi Jakarta Timur,3101,310004,1-2
31.75.01.1001,Pisangan Baru,31.75.01,Matraman,31.75,Kota Administrasi Jakarta Timur,3101,310004,1-2
31.75.03.1001,Kampung Melayu,31.75.03,Jatinegara,31.75,Kota Administrasi Jakarta Timur,3101,310005,1-2
31.75.03.1002,Cipinang Besar Utara,31.75.03,Jatinegara,31.75,Kota Administrasi Jakarta Timur,3101,310005,1;901-902
31.75.08.1001,Makasar,31.75.08,Makasar,31.75,Kota Administrasi Jakarta Timur,3101,310006,1-2
`)},
	}
}

// TwoPersons is Event, where closing a load takes two persons.
func TwoPersons() fs.FS {
	f := Event().(fstest.MapFS)
	f["event.toml"] = &fstest.MapFile{Data: append(f["event.toml"].Data, "[policy]\ntwo_person_close = true\n"...)}
	return f
}

// Fixture is a test ledger with all that makes labels for it.
type Fixture struct {
	TB     testing.TB
	Ledger *ledger.Ledger
	Path   string // of its file, or the address on a server
	Key    ed25519.PrivateKey
	Sari   ledger.Person // the penyelia
}

// New makes a ledger of the small event, on the engine that the run is for.
func New(tb testing.TB) *Fixture { tb.Helper(); return NewFrom(tb, Event()) }

// NewFrom makes a ledger of an event folder.
func NewFrom(tb testing.TB, folder fs.FS) *Fixture {
	tb.Helper()
	if pgtest.Wanted() {
		return NewAt(tb, pgtest.Shared(tb).Address(tb), folder)
	}
	return NewFile(tb, folder)
}

// NewFile makes a ledger in a file of the test's own, whatever the run is for.
func NewFile(tb testing.TB, folder fs.FS) *Fixture {
	tb.Helper()
	return NewAt(tb, filepath.Join(tb.TempDir(), "ledger.db"), folder)
}

// NewAt makes a ledger at an address.
func NewAt(tb testing.TB, address string, folder fs.FS) *Fixture {
	tb.Helper()
	src, err := election.Open(folder)
	if err != nil {
		tb.Fatal(err)
	}
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		tb.Fatal(err)
	}
	f := &Fixture{TB: tb, Path: address, Key: key, Sari: ledger.Person{Name: Penyelia, Role: ledger.Penyelia, Active: true}}
	f.Ledger, err = ledger.Create(tb.Context(), f.Path, ledger.CreateRequest{Source: src, PublicKey: pub, Penyelia: Penyelia, PIN: PIN})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { f.Ledger.Close() })
	return f
}

// Reopen closes the ledger and opens its file again, as after a restart.
func (f *Fixture) Reopen() {
	f.TB.Helper()
	if err := f.Ledger.Close(); err != nil {
		f.TB.Fatal(err)
	}
	l, err := ledger.Open(f.TB.Context(), f.Path)
	if err != nil {
		f.TB.Fatal(err)
	}
	f.Ledger = l
}

// Truck adds a truck.
func (f *Fixture) Truck(plate string) {
	f.TB.Helper()
	if _, err := f.Ledger.AddTruck(f.TB.Context(), f.Sari, plate, "", "Budi"); err != nil {
		f.TB.Fatal(err)
	}
}

// District is a routing district by its short name.
func (f *Fixture) District(short string) election.District {
	f.TB.Helper()
	d, err := f.Ledger.Event().ResolveDistrict(short)
	if err != nil {
		f.TB.Fatal(err)
	}
	return d
}

// Load opens a load of a new truck.
func (f *Fixture) Load(dock int, plate, district string, kecamatan ...election.AreaCode) ledger.Load {
	f.TB.Helper()
	f.Truck(plate)
	ld, err := f.Ledger.OpenLoad(f.TB.Context(), f.Sari, dock, plate, f.District(district), kecamatan)
	if err != nil {
		f.TB.Fatal(err)
	}
	return ld
}

// Boxes are the boxes of a filter.
func (f *Fixture) Boxes(filter ledger.Filter) []ledger.BoxRow {
	f.TB.Helper()
	var out []ledger.BoxRow
	for r, err := range f.Ledger.Boxes(context.WithoutCancel(f.TB.Context()), filter) {
		if err != nil {
			f.TB.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// Print takes the next label revision of these boxes through the ledger's own journal.
func (f *Fixture) Print(ids ...string) {
	f.TB.Helper()
	ctx := f.TB.Context()
	b, err := f.Ledger.OpenBatch(ctx, f.Sari, ledger.BatchRequest{Stock: "a6", Reprint: true, Reason: "uji"})
	if err != nil {
		f.TB.Fatal(err)
	}
	for len(ids) > 0 {
		n := min(len(ids), ledger.MaxPlan)
		rev, err := f.Ledger.PlanLabels(ctx, f.Sari, b, true, ids[:n])
		if err != nil {
			f.TB.Fatal(err)
		}
		if err := f.Ledger.LabelsDone(ctx, f.Sari, b, ids[:n], rev); err != nil {
			f.TB.Fatal(err)
		}
		ids = ids[n:]
	}
	if err := f.Ledger.EndBatch(ctx, f.Sari, b, ledger.BatchDone); err != nil {
		f.TB.Fatal(err)
	}
}

// PrintAll gives every box its first label.
func (f *Fixture) PrintAll() {
	f.TB.Helper()
	var ids []string
	for _, r := range f.Boxes(ledger.Filter{State: ledger.BoxUnprinted}) {
		ids = append(ids, r.Box.ID())
	}
	f.Print(ids...)
}

// Label is the text of a box's label.
func (f *Fixture) Label(b election.Box, revision int) string {
	f.TB.Helper()
	return f.LabelBy(f.Key, b, revision)
}

// LabelBy is a label signed by any key.
func (f *Fixture) LabelBy(key ed25519.PrivateKey, b election.Box, revision int) string {
	f.TB.Helper()
	fields, err := f.Ledger.Event().Fields(b, revision)
	if err != nil {
		f.TB.Fatal(err)
	}
	text, err := fields.Sign(key)
	if err != nil {
		f.TB.Fatal(err)
	}
	return text
}

// Keys are what a dock of this ledger knows.
func (f *Fixture) Keys() code.Keys {
	return code.Keys{Event: f.Ledger.Event().Code, Public: f.Ledger.PublicKeys()}
}

// Verify fails the test unless the record is whole.
func (f *Fixture) Verify() ledger.Report {
	f.TB.Helper()
	r, err := f.Ledger.Verify(context.WithoutCancel(f.TB.Context()))
	if err != nil {
		f.TB.Fatal(err)
	}
	for _, x := range r.Faults {
		f.TB.Errorf("the record has a fault: %s", x)
	}
	return r
}

// Crowd is an event folder of one kelurahan of dapil 4 with this many TPS, at most 899.
func Crowd(tps int) fs.FS {
	f := Event().(fstest.MapFS)
	f["kelurahan.csv"] = &fstest.MapFile{Data: fmt.Appendf(nil, `kode_kelurahan,kelurahan,kode_kecamatan,kecamatan,kode_kota,kota,dapil_DPR,dapil_DPRDP,tps
31.75.06.1001,Jatinegara,31.75.06,Cakung,31.75,Kota Administrasi Jakarta Timur,3101,310004,1-%d
`, tps)}
	toml, _, _ := strings.Cut(string(f["event.toml"].Data), "[check]")
	f["event.toml"] = &fstest.MapFile{Data: []byte(toml)}
	return f
}
