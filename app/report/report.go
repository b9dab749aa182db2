// Package report is the room of paper: surat jalan, berita acara, lists and the picture of
// the progress. What enters is what the ledger says, what leaves are PDF, XLSX, CSV and PNG
// files. It decides nothing and changes nothing; it asks no printer and no window.
//
// Paper is in Bahasa Indonesia whatever the screen speaks. Documents are told apart by
// KPU's own words for them.
package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
)

// ErrForm says that there is no such document, or that it can't be written in that form.
var ErrForm = errors.New("no such form of a document")

// ErrGuide says that there is no leaflet of a name.
var ErrGuide = errors.New("no such guide")

// Kinds of documents, as the command line and the record name them.
const (
	KindSuratJalan   = "surat-jalan"
	KindBeritaAcara  = "berita-acara"
	KindDaftarMuatan = "daftar-muatan"
	KindPenolakan    = "penolakan"
	KindProgress     = "progress"
)

// Face is how a routing district looks, the same as on its labels.
type Face struct {
	Numeral string
	Pattern int
	Name    string
}

// Paper is what a document says beside the record's own facts.
type Paper struct {
	Event *election.Event
	Face  Face

	At   time.Time // when it is made
	By   string    // who makes it; empty: a copy for the eye
	Copy []string  // holders of the copies (rangkap); empty: the usual four

	// Issued is the event of its issue. Nil: the document is a copy that nobody signs for,
	// and says so.
	Issued *ledger.Issued

	Office      string // of those who hand over; empty: the KPU of the load's kota
	Destination string // empty: the PPK of the load's kecamatan
	Escort      string
	Receiver    string
	Seals       []string

	// Checkpoint is the text of a code that proves how far the record went when the paper
	// was made. Empty: the head of the dock's chain, as HeadText writes it.
	Checkpoint string
}

// Holders are those who keep a copy of a surat jalan or berita acara, where nothing else is
// said.
var Holders = []string{"Pengemudi", "PPK penerima", "Panwascam", "Arsip KPU"}

func (p *Paper) copies() []string {
	if len(p.Copy) > 0 {
		return p.Copy
	}
	return Holders
}

// HeadText is the head of a chain as a line that a code can carry: letters, digits and
// signs of the alphanumeric mode only.
func HeadText(h ledger.Head) string {
	return fmt.Sprintf("DGH1-%03d-%d-%s", h.Dock, h.Seq, strings.ToUpper(h.Hash))
}

// Number is the number of a load's document: "SJ-0012/PM1/P24".
func Number(kind string, e *election.Event, ld ledger.Load) string {
	short := map[string]string{KindSuratJalan: "SJ", KindBeritaAcara: "BA", KindDaftarMuatan: "DM", KindPenolakan: "LP"}[kind]
	return fmt.Sprintf("%s-%04d/PM%d/%s", short, ld.ID, ld.Dock, e.Code)
}

// Document is one paper, or its tables.
type Document struct {
	Kind   string
	Title  string
	Number string
	Print  int     // which issue of this paper; 0: a copy for the eye
	Tables []Table // the first is the list that CSV holds
	Data   any     // for JSON

	author    string
	at        time.Time
	landscape bool
	draw      func(*sheet)
	board     *board // of a picture
}

// Table is a list in the form of a spreadsheet.
type Table struct {
	Name string
	Head []string
	Rows [][]any // strings, numbers
}

// Digest is the SHA-256 of the document's CSV file: who has both can tell whether they
// belong together.
func (d *Document) Digest() string {
	b, err := d.CSV()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Forms are the endings of files that a document can be written to.
func (d *Document) Forms() []string {
	if d.board != nil {
		return []string{"pdf", "png", "xlsx", "csv"}
	}
	return []string{"pdf", "xlsx", "csv"}
}

// FormOf is the form that a file's name ends with.
func FormOf(path string) string { return strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")) }

// Bytes is the document in a form: pdf, xlsx, csv, and png of the progress. Error: ErrForm.
func (d *Document) Bytes(form string) ([]byte, error) {
	if !slices.Contains(d.Forms(), form) {
		return nil, fmt.Errorf("%w: %s as %q (only %s)", ErrForm, d.Title, form, strings.Join(d.Forms(), ", "))
	}
	switch form {
	case "csv":
		return d.CSV()
	case "xlsx":
		return d.XLSX()
	case "png":
		return d.board.png()
	}
	return pages(d.Title+" "+d.Number, d.author, d.at, d.landscape, d.draw)
}

// WriteFile writes the document in a form, empty for the one that the file's name ends
// with; whole or not at all, over a file that is there. Errors: ErrForm, and the disk's.
func (d *Document) WriteFile(path, form string) error {
	b, err := d.Bytes(cmp.Or(form, FormOf(path)))
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
