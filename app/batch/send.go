package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/printer"
)

// ErrBroken says that a batch broke off with labels of which nobody knows whether they
// came out. It stays open until Settle.
var ErrBroken = errors.New("the print broke off; look at the last good label and settle the batch")

// Printer takes finished labels. Print returns nil when all of them came out, an error that
// is printer.ErrUnsure when nobody knows, any other error when none was sent.
type Printer interface {
	Print(ctx context.Context, data []byte) error
}

// labelsAtOnce is how many labels one job has: few enough that a person finds the last good
// one, many enough that the printer does not wait.
const labelsAtOnce = 20

// send prints on a label printer, a few labels at a time. The journal says "sent" before
// the first byte goes out, and "printed" when the printer says that nothing is left.
func (p *run) send(ctx context.Context) error {
	f := p.r.choice()
	f.Limit = p.total
	var rows []ledger.BoxRow
	for row, err := range p.l.Boxes(ctx, f) {
		if err != nil {
			return err
		}
		if rows = append(rows, row); len(rows) == labelsAtOnce {
			if err := p.job(ctx, rows); err != nil {
				return err
			}
			rows = rows[:0]
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return p.job(ctx, rows)
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
	z := &zplOutput{stock: p.stock, o: p.options(rows)}
	for i := range rows {
		k, err := p.stickers.of(rows[i], revisions[i])
		if err != nil {
			return err
		}
		if err := p.add(z, k, &printed{}); err != nil {
			return err
		}
	}
	var data bytes.Buffer
	if _, err := labels.WriteZPL(ctx, &data, p.stock, z.all(), z.o); err != nil {
		return err
	}
	if err := p.l.LabelsSent(ctx, p.r.By, p.sum.Batch, ids, revisions); err != nil {
		return err
	}
	if err := p.r.Printer.Print(ctx, data.Bytes()); err != nil {
		if errors.Is(err, printer.ErrUnsure) {
			return fmt.Errorf("%w: batch %d, somewhere from %s to %s: %w", ErrBroken, p.sum.Batch, ids[0], ids[len(ids)-1], err)
		}
		return err
	}
	if err := p.l.LabelsDone(context.WithoutCancel(ctx), p.r.By, p.sum.Batch, ids, revisions); err != nil {
		return fmt.Errorf("%w: batch %d: all came out to %s, but the ledger does not know it: %w", ErrBroken, p.sum.Batch, ids[len(ids)-1], err)
	}
	p.sum.Labels += len(rows)
	p.sum.Pages += z.Pages()
	p.progress(p.sum.Labels)
	return nil
}
