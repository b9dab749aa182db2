package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dapilgate/app/batch"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/scanner"
)

// sourcesSuffix makes the name of the sources' file of the ledger's.
const sourcesSuffix = ".sources.toml"

func (f *flags) sourcesFlag(to *string) {
	f.StringVar(to, "sources", f.c.env("DAPILGATE_SOURCES"), "`FILE` of scanners and cameras (default: the ledger's name and "+sourcesSuffix+")")
}

// readSources reads the sources' file: the one that is named, which must be there, or the
// one beside the ledger, where there is one.
func readSources(path, ledger string, pace scanner.Pace) ([]scanner.Source, error) {
	if path == "" {
		return scanner.ReadConfig(ledger+sourcesSuffix, ours, pace)
	}
	sources, err := scanner.ReadConfig(path, ours, pace)
	if err == nil && sources == nil {
		err = fmt.Errorf("sources: %s is not there, or names none; 'dapilgate scanner list' shows what is plugged in", path)
	}
	return sources, err
}

// ours tells codes of this system, which a camera waits for, from others on the same box.
// Whether they are good is the gate's to say.
func ours(text string) bool {
	if _, ok := scanner.Diagnose(scanner.Scan{Text: text, Terminator: scanner.Picture}); ok {
		return true
	}
	return code.Parse(text, code.Keys{}).Status != code.Foreign
}

func (c *cli) cmdScanner(ctx context.Context, args []string) error {
	return c.sub(ctx, "scanner", args, map[string]func(context.Context, []string) error{
		"list": c.scannerList, "read": c.scannerRead, "calibration": c.scannerCalibration,
	})
}

// scannerList shows what is plugged in, as it belongs into the sources' file.
func (c *cli) scannerList(_ context.Context, args []string) error {
	f := c.flags("scanner list")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	found := scanner.Devices()
	if len(found) == 0 && !f.json {
		return c.printf("no scanner or camera of this machine can be read directly; a keyboard wedge types into the window all the same\n")
	}
	for _, d := range found {
		var err error
		if f.json {
			err = c.out(map[string]any{"kind": d.Kind, "device": d.Device})
		} else {
			err = c.printf("[[source]]\nname = %q\nkind = %q\ndevice = %q\n\n", d.Device, d.Kind, d.Device)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eventJSON is what a source told, as scripts read it.
type eventJSON struct {
	At     string            `json:"at"`
	Source string            `json:"source"`
	Event  string            `json:"event"`
	Text   string            `json:"text,omitempty"`
	Codes  *[4]scanner.Point `json:"corners,omitempty"`
	Error  string            `json:"error,omitempty"`
}

var eventNames = map[scanner.What]string{scanner.Opened: "opened", scanner.Scanned: "scan", scanner.Several: "several", scanner.Single: "single", scanner.Gone: "gone"}

// scannerRead writes what the sources scan, a line a scan, until it is interrupted or all
// clips are over: to try them out, and to feed 'load scan' without a window. Clips are read
// picture by picture, as fast as it goes.
func (c *cli) scannerRead(ctx context.Context, args []string) error {
	f := c.flags("scanner read")
	var path string
	f.sourcesFlag(&path)
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	sources, err := readSources(path, f.ledger, scanner.Each)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return usagef("scanner read needs --sources FILE")
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	left := len(sources)
	scanner.NewHub(sources...).Run(ctx, func(e scanner.Event) {
		var outErr error
		switch {
		case f.json:
			j := eventJSON{At: e.At.Format(jsonTime), Source: e.Source, Event: eventNames[e.What], Text: e.Scan.Text}
			if e.What == scanner.Scanned && e.Scan.Picture != nil {
				j.Codes = &e.Scan.Corners
			}
			if e.Err != nil {
				j.Error = e.Err.Error()
			}
			outErr = c.out(j)
		case e.What == scanner.Scanned:
			outErr = c.printf("%s\n", e.Scan.Text)
		case e.What == scanner.Gone:
			fmt.Fprintf(c.stderr, "dapilgate: %s: %v\n", e.Source, e.Err)
		case e.What == scanner.Several:
			fmt.Fprintf(c.stderr, "dapilgate: %s sees several codes: show it one\n", e.Source)
		}
		over := e.What == scanner.Gone && (errors.Is(e.Err, scanner.ErrEnded) || errors.Is(e.Err, scanner.ErrSetup))
		if over {
			left--
			if errors.Is(e.Err, scanner.ErrSetup) {
				err = e.Err
			}
		}
		if outErr != nil {
			err = outErr
		}
		if outErr != nil || left == 0 {
			stop()
		}
	})
	return err
}

// scannerCalibration writes the calibration label.
func (c *cli) scannerCalibration(_ context.Context, args []string) error {
	f := c.flags("scanner calibration")
	out := f.String("out", "", "write `FILE.pdf`")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *out == "" && !f.json {
		return usagef("scanner calibration needs --out FILE.pdf (or --json for the code's text)")
	}
	if *out != "" {
		if err := batch.WriteScannerLabel(*out, labels.Options{Title: "Kalibrasi pemindai", Created: time.Now()}); err != nil {
			return err
		}
	}
	if f.json {
		return c.out(map[string]any{"code": scanner.Calibration, "out": *out})
	}
	return c.printf("calibration label of scanners: %s\n", *out)
}
