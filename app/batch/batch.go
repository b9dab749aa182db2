// Package batch is the room of printing: it chooses boxes, takes their label revisions in
// the ledger, signs, lays out and writes the document, and keeps the journal straight
// whatever happens in between. It knows no window and no SQL.
//
// The order is what makes it safe: a revision is taken in the ledger (and its predecessor
// void) before its label can exist, and it is called printed only when the document is on
// the disk under its name. What is interrupted in between is void: such a label can't be
// loaded, and the box gets its next revision.
package batch

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/printer"
)

// ErrNothing says that no box matches the choice.
var ErrNothing = errors.New("no box to print")

// Request is what to print.
type Request struct {
	Filter   ledger.Filter // without a state: the boxes that have no label yet (all, for a reprint)
	Stock    string
	Stocks   *labels.Catalogue // where Stock is found; nil: the built-in stocks
	Out      string            // file to write; more than labels.MaxPerFile stickers make several: name-001.pdf …
	Printer  printer.Machine   // instead of Out; On sets it and what belongs to it
	To       string            // the printer's name, for the record
	Reprint  bool
	Reason   string // of a reprint
	By       ledger.Person
	Key      ed25519.PrivateKey
	Progress func(done, total int) // labels; may be nil

	Start       int  // place of the first sticker on a part-used sheet, from 1
	Copies      int  // labels a box; 0: as the event says
	CutMarks    bool // for plain paper
	Separators  bool // a label with counts before each kelurahan
	Calibration labels.Calibration
	Preflight   Preflight

	DPI      int                  // of the printer; 0: as the stock, or the printer itself, says
	Options  printer.Options      // of its jobs
	Patience time.Duration        // how long a printer that has stopped is waited for
	Watch    func(printer.Status) // told how the printer is while it prints; may be nil
}

// Summary is what was printed.
type Summary struct {
	Batch  int64    `json:"batch"`
	Labels int      `json:"labels"` // boxes that have their label; copies are not counted
	Pages  int      `json:"pages"`
	Files  []string `json:"files"`
}

func (r *Request) stock() (labels.Stock, error) {
	if r.Stocks == nil {
		return labels.StockByName(r.Stock)
	}
	return r.Stocks.Stock(r.Stock)
}

// choice is the filter with the state that the request means.
func (r *Request) choice() ledger.Filter {
	f := r.Filter
	if f.State == "" && !r.Reprint {
		f.State = ledger.BoxUnprinted
	}
	return f
}

// output names the file or the printer, for the record of prints.
func (r *Request) output() string {
	if r.Printer != nil {
		return r.To
	}
	return filepath.Base(r.Out)
}

// Count is the number of boxes that the request would print.
func Count(ctx context.Context, l *ledger.Ledger, r Request) (int, error) {
	f := r.choice()
	c, err := l.CountBoxes(ctx, f)
	if err != nil {
		return 0, err
	}
	if f.Limit > 0 && f.Limit < c.Boxes {
		return f.Limit, nil
	}
	return c.Boxes, nil
}

// Preview is the sticker of the first box of the request, unsigned: its code has the
// shape of a label's and no valid signature. Error: ErrNothing.
func Preview(ctx context.Context, l *ledger.Ledger, r Request) (labels.Sticker, error) {
	f := r.choice()
	f.Limit = 1
	for row, err := range l.Boxes(ctx, f) {
		if err != nil {
			return labels.Sticker{}, err
		}
		// A key made for this picture alone: the code looks real and opens no gate.
		sample, err := labels.GenerateKey()
		if err != nil {
			return labels.Sticker{}, err
		}
		s := &stickers{e: l.Event(), by: r.By.Name, at: time.Now(), key: sample}
		return s.of(row, row.Revision+1)
	}
	return labels.Sticker{}, ErrNothing
}

// Run prints. When it fails or ctx is cancelled, what was finished stays valid (the files
// are named in the summary) and the rest is void. Errors: ErrNothing, labels.ErrStock,
// and those of the ledger.
func Run(ctx context.Context, l *ledger.Ledger, r Request) (Summary, error) {
	var sum Summary
	stock, err := r.stock()
	if err != nil {
		return sum, err
	}
	run := &run{l: l, r: r, stock: stock, sum: &sum, stickers: stickers{e: l.Event(), by: r.By.Name, at: time.Now(), key: r.Key}}
	if r.Printer == nil {
		err = errors.Join(writable(r.Out), r.Preflight.possible(filepath.Ext(r.Out) == pdf))
	} else {
		err = run.choose(ctx)
	}
	if err != nil {
		return sum, err
	}
	if r.Start < 0 || r.Start > stock.PerPage() || r.Copies < 0 || r.Copies > 4 {
		return sum, fmt.Errorf("%w %q: start %d of %d places, %d copies (at most 4)", labels.ErrStock, stock.Name, r.Start, stock.PerPage(), r.Copies)
	}
	total, err := Count(ctx, l, r)
	if err != nil {
		return sum, err
	}
	if r.Printer == nil && total > perFile(r.copies(l)) {
		if err := writable(numbered(r.Out, 1)); err != nil {
			return sum, err
		}
	}
	if total == 0 {
		return sum, fmt.Errorf("%w: every box of the choice has its label; a second one needs --reprint and its reason", ErrNothing)
	}
	if sum.Batch, err = l.OpenBatch(ctx, r.By, ledger.BatchRequest{Stock: stock.Name, Reprint: r.Reprint, Reason: r.Reason,
		Choice: choiceText(l.Event(), r.Filter), Output: r.output()}); err != nil {
		return sum, err
	}
	run.total = total
	if err = run.count(ctx); err == nil {
		if r.Printer != nil {
			err = run.send(ctx)
		} else {
			err = run.all(ctx)
		}
	}
	if errors.Is(err, ErrBroken) {
		return sum, err // a person must say what came out
	}
	state := ledger.BatchDone
	if err != nil {
		state = ledger.BatchCanceled
	}
	// The end is recorded even when ctx was cancelled: that is what makes the rest void.
	if e := l.EndBatch(context.WithoutCancel(ctx), r.By, sum.Batch, state); e != nil {
		err = errors.Join(err, e)
	}
	return sum, err
}

// writable finds out early that the file can't be written: before any revision is taken.
func writable(path string) error {
	if ext := filepath.Ext(path); ext != pdf && ext != zpl {
		return fmt.Errorf("%w: print to %q: give a file name that ends in .pdf or .zpl", labels.ErrStock, path)
	}
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("print to %s: %w: labels are never overwritten; choose another name", path, os.ErrExist)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".dapilgate-*")
	if err != nil {
		return fmt.Errorf("print to %s: %w", path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

type run struct {
	l        *ledger.Ledger
	r        Request
	stock    labels.Stock
	sum      *Summary
	stickers stickers
	total    int

	form string // of a printer's documents

	codes     labels.Codes
	counts    map[string]*counts // by kelurahan, where separators are asked for
	announced string             // the kelurahan of the last separator
}

// all goes through the boxes, a document of at most MaxPerFile labels at a time.
func (p *run) all(ctx context.Context) error {
	several := p.total > perFile(p.copies())
	f := p.r.choice()
	f.Limit = p.total // boxes that come free meanwhile are another batch's
	var rows []ledger.BoxRow
	n := 0
	write := func(rows []ledger.BoxRow) error {
		n++
		path := p.r.Out
		if several {
			path = numbered(path, n)
		}
		return p.file(ctx, path, rows)
	}
	for row, err := range p.l.Boxes(ctx, f) {
		if err != nil {
			return err
		}
		if len(rows) == perFile(p.copies()) {
			end := p.wholeSheets(rows)
			if err := write(rows[:end]); err != nil {
				return err
			}
			rows = append(rows[:0], rows[end:]...)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	return write(rows)
}

// file prints one document.
func (p *run) file(ctx context.Context, path string, rows []ledger.BoxRow) error {
	doc, err := newOutput(filepath.Ext(path), p.stock, p.options(rows))
	if err != nil {
		return err
	}
	var pages printed
	ids := make([]string, len(rows))
	var revisions []int
	for i := range rows {
		ids[i] = rows[i].Box.ID()
	}
	for from := 0; from < len(rows); from += ledger.MaxPlan {
		to := min(from+ledger.MaxPlan, len(rows))
		if err := ctx.Err(); err != nil {
			return err
		}
		rev, err := p.l.PlanLabels(ctx, p.r.By, p.sum.Batch, p.r.Reprint, ids[from:to])
		if err != nil {
			return err
		}
		revisions = append(revisions, rev...)
		for i := from; i < to; i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			k, err := p.stickers.of(rows[i], revisions[i])
			if err != nil {
				return err
			}
			if err := p.add(doc, k, &pages); err != nil {
				return err
			}
			p.progress(p.sum.Labels + i + 1)
		}
	}
	if err := p.release(ctx, doc, path, pages); err != nil {
		return err
	}
	// From here on the labels exist: a cancel comes too late for them.
	for from := 0; from < len(rows); from += ledger.MaxPlan {
		to := min(from+ledger.MaxPlan, len(rows))
		if err := p.l.LabelsDone(context.WithoutCancel(ctx), p.r.By, p.sum.Batch, ids[from:to], revisions[from:to]); err != nil {
			return fmt.Errorf("%s is written, but the ledger does not know it; throw the file away: %w", path, err)
		}
	}
	p.sum.Labels += len(rows)
	p.sum.Pages += doc.Pages()
	p.sum.Files = append(p.sum.Files, path)
	return nil
}

// options are those of one document. Only the first sheet of a batch is part-used.
func (p *run) options(rows []ledger.BoxRow) labels.Options {
	o := labels.Options{Title: p.title(rows), Author: p.r.By.Name, Created: p.stickers.at, CutMarks: p.r.CutMarks, Calibration: p.r.Calibration, Codes: &p.codes}
	if p.sum.Labels == 0 {
		o.Start = p.r.Start
	}
	if p.r.Separators {
		o.Separator = p.separator
	}
	return o
}

// copies is the number of labels a box gets.
func (r *Request) copies(l *ledger.Ledger) int {
	if r.Copies > 0 {
		return r.Copies
	}
	return max(l.Event().Policy.Copies, 1)
}

func (p *run) copies() int { return p.r.copies(p.l) }

// add puts a box's labels on the page and notes on which page they came.
func (p *run) add(doc output, k labels.Sticker, pages *printed) error {
	n := p.copies()
	for c := range n {
		if n > 1 {
			k.Copy, k.Copies = c+1, n
		}
		if err := doc.Add(k); err != nil {
			return err
		}
		pages.note(doc.Pages(), k.Code)
	}
	return nil
}

// release writes the document beside its name, reads it back, and gives it its name only
// then: a file that can be found is a file that was checked.
func (p *run) release(ctx context.Context, doc output, path string, pages printed) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".dapilgate-*")
	if err != nil {
		return fmt.Errorf("print to %s: %w", path, err)
	}
	defer os.RemoveAll(dir)
	draft := filepath.Join(dir, "draft")
	if err := p.checked(ctx, doc, draft, pages); err != nil {
		return fmt.Errorf("print to %s: %w", path, err)
	}
	if err := os.Rename(draft, path); err != nil {
		return fmt.Errorf("print to %s: %w", path, err)
	}
	return nil
}

// checked writes a document, durable, and reads it back.
func (p *run) checked(ctx context.Context, doc output, path string, pages printed) error {
	if err := pages.check(p.copies()); err != nil {
		return err
	}
	switch doc := doc.(type) {
	case *zplOutput:
		text, err := doc.write(ctx)
		if err == nil {
			err = preflightZPL(ctx, p.r.Preflight, text, p.stock.DPI, doc.pages, p.sum.Pages)
		}
		if err == nil {
			err = writeFile(path, text)
		}
		return err
	case *labels.Document:
		if err := doc.WriteFile(path); err != nil {
			return err
		}
	}
	return preflight(ctx, p.r.Preflight, path, pages, p.sum.Pages)
}

func (p *run) progress(done int) {
	if p.r.Progress != nil {
		p.r.Progress(done, p.total)
	}
}

func (p *run) title(rows []ledger.BoxRow) string {
	return fmt.Sprintf("Label %s, batch %d: %s … %s", p.l.Event().Code, p.sum.Batch, rows[0].Box.ID(), rows[len(rows)-1].Box.ID())
}

// stickers turns boxes into stickers.
type stickers struct {
	e   *election.Event
	by  string
	at  time.Time
	key ed25519.PrivateKey
}

func (s *stickers) of(row ledger.BoxRow, revision int) (labels.Sticker, error) {
	b := row.Box
	fields, err := s.e.Fields(b, revision)
	if err != nil {
		return labels.Sticker{}, fmt.Errorf("label of %s: %w", b.ID(), err)
	}
	text, err := fields.Sign(s.key)
	if err != nil {
		return labels.Sticker{}, fmt.Errorf("label of %s: %w", b.ID(), err)
	}
	d := District(s.e, b.Routing, row.Kecamatan)
	k := labels.Sticker{Code: text, BoxID: b.ID(), Event: s.e.Name, Numeral: d.Numeral, Pattern: d.Pattern, District: d.Name,
		Kind: "Cadangan", Content: "TANPA DAPIL", Kota: row.Kota, Kecamatan: row.Kecamatan, KecamatanCode: string(b.Area.Kecamatan()),
		Kelurahan: row.Kelurahan, KelurahanCode: string(b.Area), TPS: fmt.Sprintf("%03d", b.TPS), Index: b.Index, Of: b.Of,
		Revision: revision, PrintedAt: s.at, PrintedBy: s.by}
	if kind, ok := s.e.KindByCode(b.Kind); ok {
		k.Kind, k.Colour = kind.Name, kind.Colour
	}
	if x, ok := s.e.DapilOf(b.Content); ok {
		k.Content = x.Name
	}
	return k, nil
}

// DistrictFace is how a routing district looks: its numeral, its pattern, its name.
type DistrictFace struct {
	Numeral string
	Pattern int
	Name    string
}

// District is the face of a routing district: the same on labels, passes and screens.
// name is the kecamatan's name for a district that is a kecamatan.
func District(e *election.Event, d election.District, name string) DistrictFace {
	if d.IsZero() {
		return DistrictFace{Numeral: "C", Pattern: labels.Patterns - 1, Name: "CADANGAN · tidak boleh dimuat"}
	}
	if d.Kind == election.KecamatanSpace {
		// The last two digits of a kecamatan are its number in its kota.
		short := d.Code[max(0, len(d.Code)-2):]
		n := 0
		fmt.Sscan(short, &n)
		return DistrictFace{Numeral: short, Pattern: n, Name: "KECAMATAN " + strings.ToUpper(name)}
	}
	face := DistrictFace{Numeral: d.Code, Name: d.Spaced()}
	i := 0
	for _, x := range e.Dapil {
		if x.Kind != d.Kind {
			continue
		}
		if x.District == d {
			face.Numeral, face.Pattern = x.Short, i
			if k, ok := e.KindByCode(d.Kind); ok {
				face.Name = k.Name + " · " + x.Name
			}
		}
		i++
	}
	return face
}
