package selftest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/labels/printer"
)

// Place is what the checks without hands look at.
type Place struct {
	Ledger   *ledger.Ledger
	Dock     int
	Folders  []string // that are written to; the ledger's own is looked at too
	Printers *printer.Book

	Now  func() time.Time                    // nil: time.Now
	Free func(folder string) (uint64, error) // bytes; nil: the disk's own word
}

// Limits of the checks.
const (
	// printerTime is how long a printer may take to answer.
	printerTime = 5 * time.Second
	// lookTime is how long all of them may take: a server that hangs fails its lines.
	lookTime = 20 * time.Second
	// tail is how many events of a chain are recomputed.
	tail = 2000
	// slack is how far two computers' clocks may be apart.
	slack = 5 * time.Second
	// leastFree is the room that a shift needs, beside that for ledgerCopies of the ledger:
	// its backups, and its own growth.
	leastFree    = 512 << 20
	ledgerCopies = 4
)

// Look runs the checks that take no hands, all at once: the slowest says how long it takes.
func Look(ctx context.Context, p Place) []ledger.TestLine {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Free == nil {
		p.Free = freeBytes
	}
	checks := []func(context.Context) ledger.TestLine{p.printers, p.disk, p.clock, p.record}
	out := make([]ledger.TestLine, len(checks))
	var all sync.WaitGroup
	for i, f := range checks {
		all.Go(func() { out[i] = f(ctx) })
	}
	all.Wait()
	return out
}

// printers asks every printer that is kept whether it is ready.
func (p *Place) printers(ctx context.Context) ledger.TestLine {
	if p.Printers == nil {
		return skip(Printer, NoteNone)
	}
	kept, err := p.Printers.Kept()
	switch {
	case err != nil:
		return fail(Printer, err.Error())
	case len(kept) == 0:
		return skip(Printer, NoteNone)
	}
	ctx, cancel := context.WithTimeout(ctx, printerTime)
	defer cancel()
	bad := make([]string, len(kept))
	var all sync.WaitGroup
	for i, x := range kept {
		all.Go(func() { bad[i] = trouble(ctx, x) })
	}
	all.Wait()
	var notes []string
	for _, s := range bad {
		if s != "" {
			notes = append(notes, s)
		}
	}
	if len(notes) > 0 {
		return fail(Printer, strings.Join(notes, "; "))
	}
	return pass(Printer, "")
}

// trouble is why a printer is not ready; empty: it is.
func trouble(ctx context.Context, x printer.Printer) string {
	m, err := x.Open()
	var s printer.Status
	if err == nil {
		s, err = m.Status(ctx)
	}
	if err == nil {
		err = s.Stopped()
	}
	if err != nil {
		return fmt.Sprintf("%s: %v", x.Name, err)
	}
	return ""
}

// disk looks for room where the ledger and papers are written. The note is in megabytes: what
// is free; where that is too little also what is needed, and where.
func (p *Place) disk(context.Context) ledger.TestLine {
	need := uint64(leastFree)
	folders := append([]string{}, p.Folders...)
	if path := p.Ledger.Info().Address; !ledger.IsServer(path) {
		folders = append(folders, filepath.Dir(path))
		if st, err := os.Stat(path); err == nil {
			need += ledgerCopies * uint64(st.Size())
		}
	}
	least := ^uint64(0)
	for _, f := range folders {
		if f == "" {
			continue
		}
		free, err := p.Free(f)
		switch {
		case err != nil:
			return fail(Disk, err.Error())
		case free < need:
			return fail(Disk, fmt.Sprintf("%d %d %s", free>>20, need>>20, f))
		}
		least = min(least, free)
	}
	return pass(Disk, fmt.Sprint(least>>20))
}

// clock holds this computer's clock against the record's newest time and the server's: an
// event of this dock must not seem to come before one that it follows. The note is in seconds.
func (p *Place) clock(ctx context.Context) ledger.TestLine {
	c, err := p.Ledger.Clocks(ctx)
	now := p.Now()
	switch {
	case err != nil:
		return fail(Clock, err.Error())
	case !c.Server.IsZero() && now.Sub(c.Server).Abs() > slack:
		return fail(Clock, fmt.Sprintf("server %+d", int(now.Sub(c.Server).Seconds())))
	case c.Last.Sub(now) > p.behind(c):
		return fail(Clock, fmt.Sprintf("behind %d", int(c.Last.Sub(now).Seconds())+1))
	}
	return pass(Clock, "")
}

// behind is how far the clock may be behind the newest event: not at all where this computer
// alone writes.
func (p *Place) behind(c ledger.Clocks) time.Duration {
	if c.Server.IsZero() {
		return 0
	}
	return slack
}

// record looks whether the ledger answers and is whole at its end. The note is the number of
// events that were looked at.
func (p *Place) record(ctx context.Context) ledger.TestLine {
	n, err := p.Ledger.VerifyTail(ctx, p.Dock, tail)
	if err != nil {
		return fail(Ledger, err.Error())
	}
	return pass(Ledger, fmt.Sprint(n))
}

// Hands are the lines of the checks by hand where nobody is there to do them: the card's
// labels are judged all the same, without a scanner.
func Hands(ctx context.Context) ([]ledger.TestLine, error) {
	g, err := Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer g.Close()
	g.put(skip(Calibration, NoteHands))
	for _, c := range []Check{Good, Duplicate, WrongDistrict, Forged} {
		g.judged(ctx, c, g.dock.Scan(ctx, g.labels.label(c)))
	}
	g.put(skip(Sound, NoteHands))
	var out []ledger.TestLine
	for _, c := range ByHand {
		x, _ := g.Line(c)
		out = append(out, x)
	}
	return out, nil
}
