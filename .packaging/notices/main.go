// Command notices writes the licences of everything that a built program holds: the modules
// that its build information names, as they lie in the module cache, Go itself, and files
// that are given by name. It fails where something has no licence.
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("notices: ")
	if len(os.Args) < 2 {
		log.Fatal("usage: notices PROGRAM [NAME=FILE...] > NOTICES")
	}
	if err := run(os.Stdout, os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

// work is something of others, and the texts that come with it.
type work struct {
	name  string
	files []string
}

func run(out io.Writer, program string, more []string) error {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	var works []work
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		dir, err := moduleDir(m.Path + "@" + m.Version)
		if err != nil {
			return err
		}
		files, err := licences(dir)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Path, err)
		}
		works = append(works, work{m.Path + " " + m.Version, files})
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env GOROOT: %w", err)
	}
	works = append(works, work{"Go " + strings.TrimPrefix(info.GoVersion, "go"), []string{filepath.Join(strings.TrimSpace(string(root)), "LICENSE")}})
	for _, x := range more {
		name, file, ok := strings.Cut(x, "=")
		if !ok {
			return fmt.Errorf("%q: expected NAME=FILE", x)
		}
		works = append(works, work{name, []string{file}})
	}
	sort.Slice(works, func(i, j int) bool { return works[i].name < works[j].name })
	return write(out, works)
}

// moduleDir is where a module lies in the cache, which it is brought to where it is not there.
func moduleDir(module string) (string, error) {
	b, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", module, err)
	}
	var m struct{ Dir, Error string }
	if err := json.Unmarshal(b, &m); err != nil {
		return "", fmt.Errorf("%s: %w", module, err)
	}
	if m.Error != "" {
		return "", fmt.Errorf("%s: %s", module, m.Error)
	}
	return m.Dir, nil
}

// licence is a file's name that says what may be done with it, or who made it.
var licence = regexp.MustCompile(`(?i)^((un)?licen[sc]e|copying|copyright|notice|authors|patents)([-._].*)?$|[-_.]licen[sc]e(\.(txt|md))?$`)

var errNone = errors.New("no licence is in it")

// licences are the licence files of a module, those of what it holds of others too.
func licences(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && licence.MatchString(d.Name()) && filepath.Ext(d.Name()) != ".go" {
			out = append(out, path)
		}
		return err
	})
	if err == nil && len(out) == 0 {
		err = errNone
	}
	return out, err
}

// write writes each text once, under the names of all that it is of.
func write(out io.Writer, works []work) error {
	type text struct {
		body []byte
		of   []string
	}
	texts := map[[32]byte]*text{}
	var order []*text
	for _, w := range works {
		for _, file := range w.files {
			b, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			b = bytes.TrimSpace(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")))
			key := sha256.Sum256(b)
			t := texts[key]
			if t == nil {
				t = &text{body: b}
				texts[key], order = t, append(order, t)
			}
			if n := len(t.of); n == 0 || t.of[n-1] != w.name {
				t.of = append(t.of, w.name)
			}
		}
	}
	fmt.Fprintf(out, "Dapilgate is built with the works of others. These are their names, and what their\nmakers ask to be told of them.\n\n")
	for _, w := range works {
		fmt.Fprintf(out, "  %s\n", w.name)
	}
	for _, t := range order {
		if _, err := fmt.Fprintf(out, "\n%s\n%s\n\n%s\n", strings.Repeat("=", 80), strings.Join(t.of, "\n"), t.body); err != nil {
			return err
		}
	}
	return nil
}
