package main

import (
	"context"
	"errors"
	"fmt"

	"dapilgate/app/ledger"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// decodedJSON is one code of a picture as scripts read it.
type decodedJSON struct {
	File    string          `json:"file"`
	Text    string          `json:"text"`
	Status  string          `json:"status,omitempty"` // with a ledger: what the text turned out to be
	Box     string          `json:"box,omitempty"`
	Corners []scanner.Point `json:"corners,omitempty"`
}

// cmdDecode reads labels from pictures. With a ledger it also says whether they are valid.
func (c *cli) cmdDecode(ctx context.Context, args []string) error {
	f := c.flags("decode")
	const most = 10_000
	files, err := f.read(args, most)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usagef("decode IMAGE...")
	}
	var l *ledger.Ledger
	if f.ledger != "" {
		if l, err = f.open(ctx); err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		if l != nil {
			defer l.Close()
		}
	}
	var failed error
	for _, file := range files {
		codes, err := scanner.DecodeFile(file)
		if err != nil {
			fmt.Fprintf(c.stderr, "dapilgate: %v\n", err)
			failed = errors.Join(failed, err)
			continue
		}
		for _, k := range codes {
			d := decodedJSON{File: file, Text: k.Text, Corners: k.Corners[:]}
			if l != nil {
				r := code.Parse(k.Text, code.Keys{Event: l.Event().Code, Public: l.PublicKeys()})
				d.Status = r.Status.String()
				if b, err := l.Event().BoxOfFields(r.Fields); err == nil && r.Status == code.Whole {
					d.Box = b.ID()
				}
			}
			if f.json {
				err = c.out(d)
			} else {
				err = c.printf("%s\n", d.Text)
			}
			if err != nil {
				return err
			}
		}
	}
	if failed != nil {
		return errors.New("not every picture could be read")
	}
	return nil
}
