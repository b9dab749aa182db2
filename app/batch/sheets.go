package batch

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"dapilgate/app/ledger"
	"dapilgate/labels"
)

// maxPerFile is the most labels in a file; a variable for the tests.
var maxPerFile = labels.MaxPerFile

// perFile is the most boxes that one file takes.
func perFile(copies int) int { return max(maxPerFile/copies, 1) }

// numbered is the name of the n-th of several files: labels-001.pdf.
func numbered(path string, n int) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%03d%s", strings.TrimSuffix(path, ext), n, ext)
}

// wholeSheets is how many of these boxes leave the fewest places of their last sheet empty,
// in the middle of a batch. Separators take places, too.
func (p *run) wholeSheets(rows []ledger.BoxRow) int {
	place, area, best, empty := 0, p.announced, len(rows), p.stock.PerPage()
	if p.sum.Labels == 0 {
		place = max(p.r.Start-1, 0)
	}
	for i := range rows {
		if p.r.Separators && string(rows[i].Box.Area) != area {
			area = string(rows[i].Box.Area)
			place++
		}
		place += p.copies()
		if left := (p.stock.PerPage() - place%p.stock.PerPage()) % p.stock.PerPage(); left <= empty && i >= len(rows)/2 {
			best, empty = i+1, left
		}
	}
	return best
}

// counts are what a kelurahan's separator says.
type counts struct {
	boxes int
	tps   map[int]bool
}

// count counts the choice by kelurahan, before anything is printed.
func (p *run) count(ctx context.Context) error {
	if !p.r.Separators {
		return nil
	}
	f := p.r.choice()
	f.Limit = p.total
	p.counts = map[string]*counts{}
	for row, err := range p.l.Boxes(ctx, f) {
		if err != nil {
			return err
		}
		c := p.counts[string(row.Box.Area)]
		if c == nil {
			c = &counts{tps: map[int]bool{}}
			p.counts[string(row.Box.Area)] = c
		}
		c.boxes++
		if row.Kelurahan != "" {
			c.tps[row.Box.TPS] = true
		}
	}
	return nil
}

// separator is asked at the first sticker of each kelurahan in a file or job. One that goes
// on there was announced before.
func (p *run) separator(next labels.Sticker) []string {
	if next.KelurahanCode == p.announced {
		return nil
	}
	p.announced = next.KelurahanCode
	c := p.counts[next.KelurahanCode]
	if c == nil {
		return nil
	}
	var lines []string
	if len(c.tps) > 0 {
		lines = append(lines, fmt.Sprintf("%d TPS", len(c.tps)))
	}
	return append(lines, fmt.Sprintf("%d kotak · %d label", c.boxes, c.boxes*p.copies()))
}
