package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/app/selftest"
	"dapilgate/app/words"
	"dapilgate/labels"
)

// errSelfTest says that a line of the self-test failed; the lines were written already.
var errSelfTest = errors.New("the self-test failed")

// cmdSelfTest tests what needs no hands, or writes the card for what does.
func (c *cli) cmdSelfTest(ctx context.Context, args []string) error {
	f := c.flags("selftest").actor().useBook()
	number := f.dock()
	card := f.String("card", "", "write the card of test labels to this PDF `FILE`, and test nothing")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *card != "" {
		return c.testCard(f, *card)
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	var by ledger.Person
	if f.as != "" {
		if by, err = f.signIn(ctx, l); err != nil {
			return err
		}
	}
	began := time.Now()
	lines, err := selftest.Hands(ctx)
	if err != nil {
		return err
	}
	place := selftest.Place{Ledger: l, Dock: *number, Printers: f.book()}
	if ledger.IsServer(f.ledger) {
		folder, err := memoryFolder()
		if err != nil {
			return err
		}
		place.Folders = []string{folder}
	}
	lines = append(lines, selftest.Look(ctx, place)...)
	t := ledger.SelfTest{Passed: selftest.Passed(lines), Seconds: int(time.Since(began).Seconds()), Lines: lines}
	return c.putSelfTest(ctx, f, l, by, *number, t)
}

// testCard writes the card, or tells its codes.
func (c *cli) testCard(f *flags, path string) error {
	if err := selftest.WriteCard(path, labels.Options{Title: "Kartu uji", Created: time.Now()}); err != nil {
		return err
	}
	if !f.json {
		return c.printf("%s: print it at 100 %%; the window's self-test asks for its numbers\n", path)
	}
	cards, err := selftest.Card()
	if err != nil {
		return err
	}
	for i, x := range cards {
		if err := c.out(map[string]any{"number": i, "title": x.Title, "code": x.Code}); err != nil {
			return err
		}
	}
	return nil
}

// putSelfTest writes the lines, and records them where somebody stands for them.
func (c *cli) putSelfTest(ctx context.Context, f *flags, l *ledger.Ledger, by ledger.Person, number int, t ledger.SelfTest) error {
	var failed []string
	for _, x := range t.Lines {
		if x.Result == ledger.TestFailed {
			failed = append(failed, x.Check)
		}
		if f.json {
			continue
		}
		line := fmt.Sprintf("%-8s %-28s %s", x.Result, words.TestCheck(x.Check), words.TestNote(x))
		if err := c.printf("%s\n", strings.TrimRight(line, " ")); err != nil {
			return err
		}
	}
	seq := int64(0)
	if by.Name != "" {
		done, err := l.NoteSelfTest(ctx, by, number, t)
		if err != nil {
			return err
		}
		seq = done.Act.Seq
	}
	if f.json {
		out := struct {
			Dock int   `json:"dock"`
			Seq  int64 `json:"seq,omitempty"` // of its event; 0: nobody stands for it, so it is not recorded
			ledger.SelfTest
		}{number, seq, t}
		if err := c.out(out); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("%w: %s", errSelfTest, strings.Join(failed, ", "))
	}
	return nil
}
