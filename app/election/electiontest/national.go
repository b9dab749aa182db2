// Package electiontest makes event folders of any size, for benchmarks and tests.
package electiontest

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// Kinds are the kinds of a national event: five boxes a TPS.
const Kinds = 5

// perKelurahan is the number of TPS of each kelurahan: the country has about 823,000 in
// about 83,000.
const perKelurahan = 10

// National is an event folder with at least this many boxes. Its kelurahan table is made
// as it is read, so that a benchmark measures the reader's memory and not the folder's.
func National(boxes int) fs.FS {
	n := (boxes + Kinds*perKelurahan - 1) / (Kinds * perKelurahan)
	return folder{
		"event.toml": func() io.Reader { return bytes.NewReader(eventFile(n)) },
		"dapil.csv":  func() io.Reader { return bytes.NewReader(dapilFile()) },
		"kelurahan.csv": func() io.Reader {
			return &table{n: n, buf: *bytes.NewBufferString("kode_kelurahan,kelurahan,kode_kecamatan,kecamatan,kode_kota,kota,dapil_DPR,dapil_DPRDP,tps\n")}
		},
	}
}

// districts is the number of dapil of a kind.
const districts = 80

func eventFile(n int) []byte {
	var b bytes.Buffer
	b.WriteString("code = \"N24\"\nname = \"Pemilu nasional (buatan)\"\ndate = 2024-02-14\nrouting = \"DPRDP\"\n")
	for _, k := range []string{"PPWP", "DPR", "DPD", "DPRDP", "DPRDK"} {
		fmt.Fprintf(&b, "[[kind]]\ncode = %q\nname = %q\ncolour = \"putih\"\n", k, k)
	}
	fmt.Fprintf(&b, "[check]\nkelurahan = %d\ntps = %d\nboxes = %d\n", n, n*perKelurahan, n*perKelurahan*Kinds)
	return b.Bytes()
}

func dapilFile() []byte {
	var b bytes.Buffer
	b.WriteString("kind,code,name,short,seats\n")
	for i := 1; i <= districts; i++ {
		fmt.Fprintf(&b, "DPR,%d,DPR %d,%d,6\nDPRDP,%d,DPRDP %d,%d,10\n", 1000+i, i, i, 100000+i, i, i)
	}
	return b.Bytes()
}

// table makes kelurahan rows: 20 a kecamatan, 20 kecamatan a kota, 60 kota a province.
type table struct {
	i, n int
	buf  bytes.Buffer
}

func (t *table) Read(p []byte) (int, error) {
	for t.buf.Len() < len(p) && t.i < t.n {
		kel, kec, kota, prov := t.i%20+1, t.i/20%20+1, t.i/400%60+1, t.i/24000+11
		kc := fmt.Sprintf("%02d.%02d", prov, kota)
		kk := fmt.Sprintf("%s.%02d", kc, kec)
		d := t.i/1000%districts + 1
		fmt.Fprintf(&t.buf, "%s.%04d,Kelurahan %d,%s,Kecamatan %s,%s,Kota %s,%d,%d,1-%d\n", kk, 1000+kel, t.i, kk, kk, kc, kc, 1000+d, 100000+d, perKelurahan)
		t.i++
	}
	if t.buf.Len() == 0 {
		return 0, io.EOF
	}
	return t.buf.Read(p)
}

// folder is a file system of files that are made when they are opened.
type folder map[string]func() io.Reader

// Open opens one of the folder's files.
func (f folder) Open(name string) (fs.File, error) {
	open, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{open(), name}, nil
}

type file struct {
	io.Reader
	name string
}

func (f *file) Close() error               { return nil }
func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Name() string               { return f.name }
func (f *file) Size() int64                { return 0 }
func (f *file) Mode() fs.FileMode          { return 0o444 }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return false }
func (f *file) Sys() any                   { return nil }
