package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/report"
	"dapilgate/app/words"
)

// cmdGuide writes the leaflets for petugas and penyelia.
func (c *cli) cmdGuide(ctx context.Context, args []string) error {
	subs := map[string]func(context.Context, []string) error{}
	for _, name := range []string{report.GuidePetugas, report.GuidePenyelia} {
		subs[name] = func(_ context.Context, args []string) error { return c.guide(name, args) }
	}
	return c.sub(ctx, "guide", args, subs)
}

func (c *cli) guide(name string, args []string) error {
	f := c.flags("guide " + name)
	out := f.String("out", name+".pdf", "write `FILE`.pdf")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if _, err := os.Stat(*out); err == nil {
		return fmt.Errorf("%s: %w; choose another name", *out, os.ErrExist)
	}
	if err := words.Use(words.Bahasa); err != nil {
		return err
	}
	var answers []report.Answer
	for _, v := range gate.Verdicts {
		answers = append(answers, report.Answer{Level: v.Level(), Head: words.T("verdict." + string(v) + ".head"), Do: words.T("verdict." + string(v) + ".do")})
	}
	b, err := report.Guide(name, answers, time.Now())
	if err != nil {
		return err
	}
	if err := os.WriteFile(*out, b, 0o644); err != nil {
		return fmt.Errorf("write the guide: %w", err)
	}
	fmt.Fprintln(c.stdout, *out)
	return nil
}
