package selftest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// Hint is why a scan moved the test on no step.
type Hint string

// Hints.
const (
	NoHint    Hint = ""
	OtherCard Hint = "other" // a label of the card, but another one than is asked for
	Again     Hint = "again" // cut off or damaged: scan once more
	NotOfCard Hint = "not"   // nothing of the card: perhaps a box
	NotAsked  Hint = "none"  // no scan is asked for now
)

// Guide leads a person through the checks by hand. Scans are taken one at a time, each of
// which waits for the throw-away ledger; the other methods wait for nothing and may be called
// from any goroutine.
type Guide struct {
	labels Labels
	dock   *Rehearsal
	began  time.Time

	mu    sync.Mutex
	lines map[Check]ledger.TestLine
}

// Begin begins a self-test. Close ends it. Error: see Rehearse.
func Begin(ctx context.Context) (*Guide, error) {
	l, err := CardLabels()
	if err != nil {
		return nil, err
	}
	r, err := Rehearse(ctx)
	if err != nil {
		return nil, err
	}
	return &Guide{labels: l, dock: r, began: time.Now(), lines: map[Check]ledger.TestLine{}}, nil
}

// Close removes the throw-away ledger.
func (g *Guide) Close() error { return g.dock.Close() }

// Next is the check that is under way; empty: all are done by hand that can be.
func (g *Guide) Next() Check {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range ByHand {
		if _, done := g.lines[c]; !done {
			return c
		}
	}
	return ""
}

// Scan takes a scan. It answers the check that asked for it; r is what the dock said, where
// the card's label was judged.
func (g *Guide) Scan(ctx context.Context, s scanner.Scan) (hint Hint, r dock.Result) {
	c := g.Next()
	found, calibration := scanner.Diagnose(s)
	switch {
	case c == Calibration && calibration:
		g.calibrated(found)
		return NoHint, r
	case wants[c] == "" && c != Calibration:
		return NotAsked, r
	case calibration:
		return OtherCard, r
	}
	reading := code.Parse(s.Text, code.Keys{Event: code.TestEvent})
	switch reading.Status {
	case code.CutOff, code.Damaged, code.Doubled:
		return Again, r
	}
	switch reading.Text {
	case g.labels.Good, g.labels.Wrong, g.labels.Forged:
	default:
		return NotOfCard, r
	}
	if c == Calibration || reading.Text != g.labels.label(c) {
		return OtherCard, r
	}
	r = g.dock.Scan(ctx, s.Text)
	g.judged(ctx, c, r)
	return NoHint, r
}

func (g *Guide) calibrated(found []scanner.Finding) {
	var notes []string
	bad := false
	for _, f := range found {
		notes, bad = append(notes, string(f)), bad || f.Bad()
	}
	note := strings.Join(notes, " ")
	if bad {
		g.put(fail(Calibration, note))
		return
	}
	g.put(pass(Calibration, note))
}

func (g *Guide) judged(ctx context.Context, c Check, r dock.Result) {
	if r.Verdict != wants[c] || r.Err != nil {
		g.put(fail(c, string(r.Verdict)))
	} else {
		g.put(pass(c, ""))
	}
	if r.Lock == nil {
		return
	}
	if err := g.dock.unlock(ctx); err != nil {
		g.put(fail(c, fmt.Sprintf("the lock was not cleared: %v", err)))
	}
}

// Say answers the check that is under way by a person's word: heard or not, or that a label
// can't be read.
func (g *Guide) Say(good bool, note string) {
	c := g.Next()
	switch {
	case c == "":
	case good && c == Sound:
		g.put(pass(c, note))
	case !good:
		g.put(fail(c, note))
	}
}

// Put takes the line of a check that takes no hands.
func (g *Guide) Put(lines ...ledger.TestLine) {
	for _, x := range lines {
		g.put(x)
	}
}

func (g *Guide) put(x ledger.TestLine) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lines[Check(x.Check)] = x
}

// Line is a check's line; false: it has none yet.
func (g *Guide) Line(c Check) (ledger.TestLine, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x, ok := g.lines[c]
	return x, ok
}

// Result is the test as it is recorded: what was not done is skipped.
func (g *Guide) Result() ledger.SelfTest {
	out := ledger.SelfTest{Guided: true, Seconds: int(time.Since(g.began).Seconds())}
	done := true
	for _, c := range Checks {
		x, ok := g.Line(c)
		if !ok {
			done, x = false, skip(c, NoteUndone)
		}
		out.Lines = append(out.Lines, x)
	}
	out.Passed = done && Passed(out.Lines)
	return out
}
