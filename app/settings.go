package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"

	"dapilgate/app/config"
	"dapilgate/app/kiosk"
)

// configure reads the machine's settings. They stand in for environment variables that are
// not set, so an option goes before a variable, and that before the file.
func (c *cli) configure() error {
	file := c.env("DAPILGATE_CONFIG")
	named := file != ""
	if !named {
		file = config.Path()
	}
	values, err := config.Read(file)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	env := c.env
	c.env = func(name string) string {
		if v := env(name); v != "" {
			return v
		}
		return values[name]
	}
	return err
}

// preset gives an option the default that a variable has. A value that can't be is told
// when the command line is read.
func (f *flags) preset(option, variable string) {
	v := f.c.env(variable)
	if v == "" {
		return
	}
	o := f.Lookup(option)
	if err := o.Value.Set(v); err != nil {
		f.fault = errors.Join(f.fault, usagef("%s=%q: expected what --%s takes: %v", variable, v, option, err))
		return
	}
	o.DefValue = v
}

// dock adds --dock, of acts at this machine's dock, or receiving place, unless another is
// named.
func (f *flags) dock() *int {
	n := f.Int("dock", 1, "dock `N` (pintu muat), or receiving place")
	f.preset("dock", "DAPILGATE_DOCK")
	return n
}

// faulty answers a command line while the machine's settings can't be read: a kiosk shows
// why on its screen, others fail.
func (c *cli) faulty(ctx context.Context, args []string, fault error) error {
	if !slices.Contains(args, "--kiosk") && !slices.Contains(args, "-kiosk") {
		return fault
	}
	return c.refuse(ctx, c.language(), fault)
}

// refuse opens a window that says why the kiosk can't work. It returns why.
func (c *cli) refuse(ctx context.Context, language string, why error) error {
	if errors.Is(why, flag.ErrHelp) || ctx.Err() != nil {
		return why
	}
	cfg := kiosk.Config{Kiosk: true, Full: true, Language: language, Fault: why}
	c.supervised(&cfg)
	fmt.Fprintf(c.stderr, "dapilgate: %v\n", why)
	if err := kiosk.Run(ctx, cfg); err != nil {
		return errors.Join(why, err)
	}
	return why
}
