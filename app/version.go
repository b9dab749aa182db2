package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"strings"
)

// release is the version that the package was built as; empty: the program was built by hand.
var release string

// build is what this program was built from.
type build struct {
	Version  string            `json:"version"`
	Revision string            `json:"revision,omitempty"` // of the source
	Time     string            `json:"time,omitempty"`     // of that revision
	Changed  bool              `json:"changed,omitempty"`  // the source had changes that are in no revision
	Go       string            `json:"go"`
	System   string            `json:"system"`
	Modules  map[string]string `json:"modules,omitempty"`
}

func readBuild(info *debug.BuildInfo) build {
	b := build{Version: release, Go: info.GoVersion, System: runtime.GOOS + "/" + runtime.GOARCH, Modules: map[string]string{}}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		}
	}
	if b.Version == "" {
		b.Version = strings.Trim(info.Main.Version, "()")
	}
	if b.Version == "" {
		b.Version = "devel"
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Modules[m.Path] = m.Version
	}
	return b
}

// cmdVersion says which version this is; --json also of what it is made.
func (c *cli) cmdVersion(_ context.Context, args []string) error {
	f := c.flags("version")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: runtime.Version()}
	}
	b := readBuild(info)
	if f.json {
		return c.out(b)
	}
	source := ""
	if b.Revision != "" {
		source = ", source " + b.Revision[:min(12, len(b.Revision))] + " of " + b.Time
	}
	if b.Changed {
		source += " with changes"
	}
	return c.printf("dapilgate %s%s, %s, %s\n", b.Version, source, b.Go, b.System)
}
