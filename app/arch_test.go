package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The law of imports. A package may import just the packages of ours that stand here;
// change the design and this table together, or neither.
var mayImport = map[string][]string{
	"assets":                     {},
	"labels/code":                {},
	"labels/printer":             {},
	"labels/printer/printertest": {},
	"labels":                     {"assets", "labels/code"},
	"scanner":                    {"assets", "scanner/internal/qr"},
	"scanner/internal/qr":        {},
	"scanner/gen":                {},
	"scanner/cameratest":         {},
	"app/election":               {"labels/code"},
	"app/gate":                   {"app/election", "labels/code"},
	"app/ledger":                 {"app/election", "app/gate", "labels/code"},
	"app/dock":                   {"app/election", "app/gate", "app/ledger", "labels/code"},
	"app/audit":                  {"app/election", "app/gate", "app/ledger", "assets", "labels/code"},
	"app/report":                 {"app/audit", "app/election", "app/gate", "app/ledger", "assets", "labels", "labels/code"},
	"app/batch":                  {"app/election", "app/ledger", "labels", "labels/code", "labels/printer", "scanner"},
	"app/sound":                  {"app/gate"},
	"app/selftest":               {"app/dock", "app/election", "app/gate", "app/ledger", "assets", "labels", "labels/code", "labels/printer", "scanner"},
	"app/words":                  {"app/dock", "app/election", "app/gate", "app/ledger", "assets", "labels", "labels/code", "labels/printer"},
	"app/kiosk":                  {"app/audit", "app/batch", "app/dock", "app/election", "app/gate", "app/kiosk/cache", "app/ledger", "app/report", "app/selftest", "app/sound", "app/words", "assets", "labels", "labels/code", "labels/printer", "scanner"},
	"app/config":                 {},
	"app/kiosk/cache":            {},
	"app":                        {"app/audit", "app/batch", "app/config", "app/dock", "app/election", "app/gate", "app/kiosk", "app/ledger", "app/report", "app/selftest", "app/sound", "app/words", "assets", "labels", "labels/code", "labels/printer", "scanner"},
	"app/e2e":                    {},
	"app/election/electiontest":  {"app/election"},
	"app/ledger/ledgertest":      {"app/election", "app/ledger", "app/ledger/pgtest", "labels/code"},
	"app/ledger/pgtest":          {},
}

// onlyIn are imports of others that one room alone may have.
var onlyIn = map[string]string{
	"fyne.io/fyne/v2/app":     "app/kiosk", // the window is opened in one place
	"modernc.org/sqlite":      "app/ledger",
	"database/sql":            "app/ledger",
	"github.com/jackc/pgx/v5": "app/ledger",

	"github.com/ebitengine/oto/v3": "app/sound",
}

// impure may not be imported by gate: it has no clock, no input and no output.
var impure = []string{"os", "io", "net", "time", "database", "fmt", "log", "context", "sync", "math/rand", "crypto/rand", "syscall", "bufio"}

const module = "dapilgate/"

// forbidden says why pkg may not import path; empty: it may.
func forbidden(pkg, path string) string {
	for p, room := range onlyIn {
		if (path == p || strings.HasPrefix(path, p+"/")) && pkg != room {
			return fmt.Sprintf("only %s may import %s", room, p)
		}
	}
	if pkg == "app/gate" {
		for _, p := range impure {
			if path == p || strings.HasPrefix(path, p+"/") {
				return "the gate is pure"
			}
		}
	}
	if pkg == "labels/code" && strings.Contains(strings.Split(path, "/")[0], ".") {
		return "the label code needs the standard library alone"
	}
	ours, isOurs := strings.CutPrefix(path, module)
	if !isOurs {
		if pkg != "app/kiosk" && pkg != "app/words" && strings.HasPrefix(path, "fyne.io/") {
			return "only the window, and the words, know Fyne"
		}
		return ""
	}
	allowed, known := mayImport[pkg]
	if !known {
		return "the package is not in the table of the architecture"
	}
	if !slices.Contains(allowed, ours) {
		return "it is not in its row of the table"
	}
	return ""
}

// TestArchitecture reads the import graph of the whole module and holds it to the law.
func TestArchitecture(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "dapilgate/...")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	seen := map[string]bool{}
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		pkg := strings.TrimPrefix(p.ImportPath, module)
		seen[pkg] = true
		for _, i := range p.Imports {
			if why := forbidden(pkg, i); why != "" {
				t.Errorf("%s imports %s: %s", pkg, i, why)
			}
		}
		if _, ok := mayImport[pkg]; !ok && !strings.HasPrefix(pkg, "scanner/") {
			t.Errorf("%s is not in the table of the architecture", pkg)
		}
	}
	for _, pkg := range []string{"app", "app/gate", "app/ledger", "app/kiosk", "labels", "scanner", "assets"} {
		if !seen[pkg] {
			t.Errorf("%s is not in the import graph: the test looks at the wrong tree", pkg)
		}
	}
}

// TestForbidden: the law finds what it is there to find.
func TestForbidden(t *testing.T) {
	for _, tt := range []struct {
		pkg, path string
		allowed   bool
	}{
		{"app/gate", "dapilgate/app/election", true},
		{"app/gate", "dapilgate/app/ledger", false},
		{"app/gate", "os", false},
		{"app/gate", "time", false},
		{"app/gate", "strings", true},
		{"app/dock", "dapilgate/app/kiosk", false},
		{"app/dock", "modernc.org/sqlite", false},
		{"app/ledger", "modernc.org/sqlite", true},
		{"app/ledger", "dapilgate/labels", false},
		{"app", "fyne.io/fyne/v2/app", false},
		{"app/kiosk", "fyne.io/fyne/v2/app", true},
		{"app/batch", "fyne.io/fyne/v2/widget", false},
		{"labels", "dapilgate/app/election", false},
		{"labels/code", "golang.org/x/crypto/argon2", false},
		{"scanner", "dapilgate/labels", false},
		{"assets", "dapilgate/labels", false},
		{"app/somethingnew", "dapilgate/app/gate", false},
	} {
		if why := forbidden(tt.pkg, tt.path); (why == "") != tt.allowed {
			t.Errorf("%s → %s: %q", tt.pkg, tt.path, why)
		}
	}
}

// TestTopLevel: what users find when they open the project.
func TestTopLevel(t *testing.T) {
	out, err := exec.Command("git", "ls-files", "--full-name", "..").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	want := []string{"Makefile", "README.md", "app", "assets", "go.mod", "go.sum", "labels", "scanner"}
	for _, f := range strings.Fields(string(out)) {
		top, _, _ := strings.Cut(f, "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(want, top) {
			t.Errorf("%s does not belong at the top level", top)
		}
	}
}
