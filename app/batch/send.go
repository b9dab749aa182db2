package batch

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/printer"
)

// ErrBroken says that a batch broke off with labels of which nobody knows whether they
// came out. It stays open until Settle.
var ErrBroken = errors.New("the print broke off; look at the last good label and settle the batch")

// On lets the request print on a printer, as it is kept: its stock where the request names
// none, its resolution, calibration and options. Error: printer.ErrAddress.
func (r *Request) On(p printer.Printer) error {
	m, err := p.Open()
	if err != nil {
		return err
	}
	r.Printer, r.To = m, p.Name
	if r.Stock == "" {
		r.Stock = p.Stock
	}
	r.DPI, r.Options = p.DPI, p.Options
	r.Calibration = labels.Calibration(p.Calibration)
	return nil
}

// Jobs have few enough labels that a person finds the last good one, and enough that the
// printer does not wait.
const (
	labelsAtOnce = 20 // on a roll
	sheetsAtOnce = 10
)

// choose asks the printer what it takes, before any revision is taken, and fits the stock to
// its dots. Errors: printer.ErrRefused, labels.ErrStock, and those of the printer.
func (p *run) choose(ctx context.Context) error {
	s, err := p.r.Printer.Status(ctx)
	if err == nil {
		err = s.Stopped()
	}
	if err != nil {
		return fmt.Errorf("print on %s: %w", p.r.To, err)
	}
	a, err := p.r.Printer.Abilities(ctx)
	if err != nil {
		return fmt.Errorf("print on %s: %w", p.r.To, err)
	}
	roll := p.stock.PerPage() == 1
	switch {
	case roll && a.Takes(printer.ZPL):
		p.form = printer.ZPL
	case a.Takes(printer.PDF):
		p.form = printer.PDF
	case a.Takes(printer.ZPL):
		return fmt.Errorf("%w %q: a label printer prints one label at a time", labels.ErrStock, p.stock.Name)
	default:
		return fmt.Errorf("print on %s: %w: it takes neither PDF nor ZPL", p.r.To, printer.ErrRefused)
	}
	dpi := p.r.DPI
	if p.form == printer.ZPL && len(a.DPI) == 1 {
		if dpi != 0 && dpi != a.DPI[0] {
			return fmt.Errorf("print on %s: %w: its head has %d dots per inch, not %d", p.r.To, printer.ErrRefused, a.DPI[0], dpi)
		}
		dpi = a.DPI[0]
	}
	if dpi != 0 && dpi != p.stock.DPI {
		if p.stock, err = p.stock.At(dpi); err != nil {
			return fmt.Errorf("print on %s: %w", p.r.To, err)
		}
	}
	return p.r.Preflight.possible(p.form == printer.PDF)
}

// send prints on a printer, a few labels at a time. The journal says "sent" before the
// first byte goes out, and "printed" when the printer says that everything has come out.
func (p *run) send(ctx context.Context) error {
	f := p.r.choice()
	f.Limit = p.total
	var rows []ledger.BoxRow
	places := max(p.r.Start-1, 0) // used on this job's sheets
	area := ""
	for row, err := range p.l.Boxes(ctx, f) {
		if err != nil {
			return err
		}
		rows = append(rows, row)
		if p.r.Separators && string(row.Box.Area) != area {
			places++
		}
		area = string(row.Box.Area)
		places += p.copies()
		if !p.full(places, len(rows)) {
			continue
		}
		if err := p.job(ctx, rows); err != nil {
			return err
		}
		rows, places = rows[:0], 0
	}
	if len(rows) == 0 {
		return nil
	}
	return p.job(ctx, rows)
}

// full tells whether a job has labels enough. It ends with a full sheet where it can: only
// the last sheet of a batch is left part-used.
func (p *run) full(places, boxes int) bool {
	per := p.stock.PerPage()
	if per == 1 {
		return places >= labelsAtOnce
	}
	return boxes >= ledger.MaxPlan || places >= sheetsAtOnce*per && places%per == 0
}

func (p *run) job(ctx context.Context, rows []ledger.BoxRow) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].Box.ID()
	}
	revisions, err := p.l.PlanLabels(ctx, p.r.By, p.sum.Batch, p.r.Reprint, ids)
	if err != nil {
		return err
	}
	data, pages, err := p.document(ctx, rows, revisions)
	if err != nil {
		return err
	}
	name, err := p.jobName(ids[0])
	if err != nil {
		return err
	}
	if err := p.l.LabelsSent(ctx, p.r.By, p.sum.Batch, ids, revisions); err != nil {
		return err
	}
	err = p.r.Printer.Print(ctx, printer.Job{Name: name, User: p.r.By.Name, Form: p.form, Page: p.stock.Page, Pages: pages, Data: data,
		Option: p.r.Options, Patience: p.r.Patience, Progress: func(out int, s printer.Status) {
			p.progress(p.sum.Labels + min(len(rows), out*p.stock.PerPage()/p.copies()))
			if p.r.Watch != nil {
				p.r.Watch(s)
			}
		}})
	if errors.Is(err, printer.ErrUnsure) {
		return fmt.Errorf("%w: batch %d, somewhere from %s to %s: %w", ErrBroken, p.sum.Batch, ids[0], ids[len(ids)-1], err)
	}
	if err != nil {
		return err
	}
	if err := p.l.LabelsDone(context.WithoutCancel(ctx), p.r.By, p.sum.Batch, ids, revisions); err != nil {
		return fmt.Errorf("%w: batch %d: all came out to %s, but the ledger does not know it: %w", ErrBroken, p.sum.Batch, ids[len(ids)-1], err)
	}
	p.sum.Labels += len(rows)
	p.sum.Pages += pages
	p.progress(p.sum.Labels)
	return nil
}

// jobName is a name that no other job has, on any printer, for any ledger.
func (p *run) jobName(first string) (string, error) {
	var b [6]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return fmt.Sprintf("Dapilgate %d %s %s", p.sum.Batch, first, hex.EncodeToString(b[:])), nil
}

// document makes the bytes of a job, and reads them back.
func (p *run) document(ctx context.Context, rows []ledger.BoxRow, revisions []int) (data []byte, pages int, err error) {
	form := pdf
	if p.form == printer.ZPL {
		form = zpl
	}
	doc, err := newOutput(form, p.stock, p.options(rows))
	if err != nil {
		return nil, 0, err
	}
	var codes printed
	for i := range rows {
		k, err := p.stickers.of(rows[i], revisions[i])
		if err != nil {
			return nil, 0, err
		}
		if err := p.add(doc, k, &codes); err != nil {
			return nil, 0, err
		}
	}
	dir, err := os.MkdirTemp("", "dapilgate-*")
	if err != nil {
		return nil, 0, fmt.Errorf("print on %s: %w", p.r.To, err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "labels")
	if err = p.checked(ctx, doc, path, codes); err == nil {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("print on %s: %w", p.r.To, err)
	}
	return data, doc.Pages(), nil
}
