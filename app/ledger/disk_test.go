package ledger_test

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// faultyDisk stands between SQLite and its files: a VFS that is the system's own but for
// opening, writing, cutting, flushing and closing. It remembers what was flushed and what
// was only written, so that a power cut can be played at any moment, and it can refuse.
//
// What it can't show: a disk that says it has flushed and has not, a file system that
// loses names, and memory that lies. The index of the write-ahead log (-shm) is shared
// memory and never on a disk; it is built anew, as after any crash.
type faultyDisk struct {
	mu     sync.Mutex
	dir    string // files below it are watched,
	but    string // without those below this: what the test itself opens to look
	rng    *rand.Rand
	files  map[uintptr]string // open files
	images map[string]*image
	ops    int
	after  func(op int)                  // called after each operation that was done, unlocked
	refuse func(op int, f failing) int32 // an SQLite result code; 0: do it
}

// failing is what an operation is, for refuse.
type failing int

const (
	writing failing = iota
	cutting
	flushing
)

// image is a file as the disk has it, and what was written since it was flushed.
type image struct {
	durable []byte
	pending []change
}

type change struct {
	at   int64
	data []byte // nil: the file is cut to at bytes
	lost bool   // a flush failed: the system has forgotten that it must be written
}

const sector = 512

func apply(b []byte, c change) []byte {
	if c.data == nil {
		if int(c.at) < len(b) {
			return b[:c.at]
		}
		return append(b, make([]byte, int(c.at)-len(b))...)
	}
	if end := int(c.at) + len(c.data); end > len(b) {
		b = append(b, make([]byte, end-len(b))...)
	}
	copy(b[c.at:], c.data)
	return b
}

// cut is what is on the disk after the power fails now: all that was flushed, and of the
// rest some writes whole, some not at all, some torn at a sector.
func (d *faultyDisk) cut() map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string][]byte{}
	for name, im := range d.images {
		b := append([]byte(nil), im.durable...)
		for _, c := range im.pending {
			switch n := d.rng.IntN(4); {
			case c.lost || n == 0:
			case n == 1 && c.data != nil && len(c.data) > sector:
				torn := d.rng.IntN(len(c.data)/sector) * sector
				b = apply(b, change{at: c.at, data: c.data[:torn]})
			default:
				b = apply(b, c)
			}
		}
		out[name] = b
	}
	return out
}

var (
	theDisk     *faultyDisk
	diskVFS     *sqlite3.Tsqlite3_vfs
	realVFS     sqlite3.Tsqlite3_vfs
	realMethods sync.Map // an open file → the system's own methods of it
	diskMethods sync.Map // the system's own methods → ours, which call them
	installDisk = sync.OnceFunc(func() {
		tls := libc.NewTLS()
		defer tls.Close()
		realVFS = *memory[sqlite3.Tsqlite3_vfs](sqlite3.Xsqlite3_vfs_find(tls, 0))
		diskVFS = foreign(tls, realVFS)
		name, err := libc.CString("faulty-disk")
		if err != nil {
			panic(err)
		}
		diskVFS.FzName, diskVFS.FpNext = name, 0
		*(*func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32)(unsafe.Pointer(&diskVFS.FxOpen)) = diskOpen
		*(*func(*libc.TLS, uintptr, uintptr, int32) int32)(unsafe.Pointer(&diskVFS.FxDelete)) = diskDelete
		if rc := sqlite3.Xsqlite3_vfs_register(tls, uintptr(unsafe.Pointer(diskVFS)), 1); rc != sqlite3.SQLITE_OK {
			panic(rc)
		}
	})
)

// memory is what lies at an address of SQLite's own memory.
func memory[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// foreign is a copy of v in SQLite's memory, which stays: what SQLite reaches by address must
// not lie in Go's.
func foreign[T any](tls *libc.TLS, v T) *T {
	p := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(v)))
	if p == 0 {
		panic("no memory")
	}
	*memory[T](p) = v
	return memory[T](p)
}

// method is a C function's Go form.
func method[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }

func real(file uintptr) *sqlite3.Tsqlite3_io_methods {
	m, _ := realMethods.Load(file)
	return m.(*sqlite3.Tsqlite3_io_methods)
}

// newDisk watches the test's files until it ends, without those in its own folder, but.
// One test at a time.
func newDisk(t *testing.T, but string, seed uint64) *faultyDisk {
	t.Helper()
	installDisk()
	d := &faultyDisk{dir: filepath.Dir(but), but: but, rng: rand.New(rand.NewPCG(seed, 1)), files: map[uintptr]string{}, images: map[string]*image{}}
	theDisk = d
	t.Cleanup(func() { theDisk = nil })
	return d
}

func diskOpen(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32 {
	rc := method[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](realVFS.FxOpen)(tls, vfs, name, file, flags, out)
	d := theDisk
	if rc != sqlite3.SQLITE_OK || d == nil || name == 0 || !d.watches(libc.GoString(name)) {
		return rc
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	// Journals have other methods than databases.
	f := memory[sqlite3.Tsqlite3_file](file)
	realMethods.Store(file, memory[sqlite3.Tsqlite3_io_methods](f.FpMethods))
	ours, known := diskMethods.Load(f.FpMethods)
	if !known {
		m := foreign(tls, *memory[sqlite3.Tsqlite3_io_methods](f.FpMethods))
		*(*func(*libc.TLS, uintptr, uintptr, int32, int64) int32)(unsafe.Pointer(&m.FxWrite)) = diskWrite
		*(*func(*libc.TLS, uintptr, int64) int32)(unsafe.Pointer(&m.FxTruncate)) = diskTruncate
		*(*func(*libc.TLS, uintptr, int32) int32)(unsafe.Pointer(&m.FxSync)) = diskSync
		*(*func(*libc.TLS, uintptr) int32)(unsafe.Pointer(&m.FxClose)) = diskClose
		ours, _ = diskMethods.LoadOrStore(f.FpMethods, m)
	}
	f.FpMethods = uintptr(unsafe.Pointer(ours.(*sqlite3.Tsqlite3_io_methods)))
	base := filepath.Base(libc.GoString(name))
	d.files[file] = base
	if d.images[base] == nil {
		d.images[base] = &image{}
	}
	return rc
}

func (d *faultyDisk) watches(path string) bool {
	return strings.HasPrefix(path, d.dir+"/") && !strings.HasPrefix(path, d.but+"/")
}

// begin counts an operation; rc is its refusal.
func (d *faultyDisk) begin(what failing) (op int, rc int32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ops++
	if d.refuse != nil {
		rc = d.refuse(d.ops, what)
	}
	return d.ops, rc
}

// done remembers what an operation did, and lets the test look.
func (d *faultyDisk) done(op int, file uintptr, f func(*image)) {
	d.mu.Lock()
	if im := d.images[d.files[file]]; im != nil {
		f(im)
	}
	after := d.after
	d.mu.Unlock()
	if after != nil {
		after(op)
	}
}

func diskWrite(tls *libc.TLS, file, buf uintptr, n int32, at int64) int32 {
	d := theDisk
	if d == nil {
		return method[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](real(file).FxWrite)(tls, file, buf, n, at)
	}
	op, refused := d.begin(writing)
	if refused != 0 {
		n /= 2 // the disk took a part of it
	}
	data := append([]byte(nil), unsafe.Slice(memory[byte](buf), n)...)
	rc := method[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](real(file).FxWrite)(tls, file, buf, n, at)
	d.done(op, file, func(im *image) { im.pending = append(im.pending, change{at: at, data: data}) })
	if refused != 0 {
		return refused
	}
	return rc
}

func diskTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	d := theDisk
	if d != nil {
		op, refused := d.begin(cutting)
		if refused != 0 {
			return refused
		}
		d.done(op, file, func(im *image) { im.pending = append(im.pending, change{at: size}) })
	}
	return method[func(*libc.TLS, uintptr, int64) int32](real(file).FxTruncate)(tls, file, size)
}

// diskSync makes what was written durable. Where it fails, the writes before it are lost
// for good, though they are read as if they were there: Linux marks the pages clean.
func diskSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	d := theDisk
	if d == nil {
		return method[func(*libc.TLS, uintptr, int32) int32](real(file).FxSync)(tls, file, flags)
	}
	op, refused := d.begin(flushing)
	d.done(op, file, func(im *image) {
		if refused != 0 {
			for i := range im.pending {
				im.pending[i].lost = true
			}
			return
		}
		for _, c := range im.pending {
			if !c.lost {
				im.durable = apply(im.durable, c)
			}
		}
		im.pending = nil
	})
	return refused // no real flush: the disk of this test is the model
}

func diskClose(tls *libc.TLS, file uintptr) int32 {
	if d := theDisk; d != nil {
		d.mu.Lock()
		delete(d.files, file)
		d.mu.Unlock()
	}
	m := real(file)
	realMethods.Delete(file)
	return method[func(*libc.TLS, uintptr) int32](m.FxClose)(tls, file)
}

// diskDelete removes a file for good: SQLite asks for the folder to be flushed with it.
func diskDelete(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32 {
	if d := theDisk; d != nil && d.watches(libc.GoString(name)) {
		d.mu.Lock()
		delete(d.images, filepath.Base(libc.GoString(name)))
		d.mu.Unlock()
	}
	return method[func(*libc.TLS, uintptr, uintptr, int32) int32](realVFS.FxDelete)(tls, vfs, name, syncDir)
}
