package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func write(t *testing.T, body string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestRead: each key becomes the environment variable of the same meaning.
func TestRead(t *testing.T) {
	got, err := Read(write(t, `
ledger = "postgres://dock3@server/dapilgate?sslmode=verify-full"
dock = 3
kiosk = true
language = "en"
theme = "light"
green = "1.5s"
idle = "0s"
printer = "Laser"
sources = "/etc/dapilgate/sources.toml"
`))
	want := Values{"DAPILGATE_LEDGER": "postgres://dock3@server/dapilgate?sslmode=verify-full", "DAPILGATE_DOCK": "3", "DAPILGATE_KIOSK": "true",
		"DAPILGATE_LANG": "en", "DAPILGATE_THEME": "light", "DAPILGATE_GREEN": "1.5s", "DAPILGATE_IDLE": "0s", "DAPILGATE_PRINTER": "Laser",
		"DAPILGATE_SOURCES": "/etc/dapilgate/sources.toml"}
	if err != nil || !maps.Equal(want, got) {
		t.Errorf("%v, %v\nwant %v", got, err, want)
	}
}

// TestFaults: a fault names the file and its line, and all of them are told at once.
func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"not TOML", "dock = 1\nledger = /var/lib/x.db\n", []string{":2: "}},
		{"a key given twice", "dock = 1\n\ndock = 2\n", []string{":3: "}},
		{"an unknown key", "# who\ndok = 1\n", []string{`:2: no setting is called "dok"; there are ledger, dock, `}},
		{"a table", "dock = 1\n[window]\ndock = 2\n", []string{`:2: no setting is called "window"`}},
		{"a dock's number as a text", "dock = \"3\"\n", []string{":1: dock: expected a number from 1 to 999, not 3"}},
		{"a dock that can't be", "\n\ndock = 0\n", []string{":3: dock: "}},
		{"two faults", "theme = \"blue\"\nlanguage = \"fr\"\n", []string{`:1: theme: expected ["dark" "light"], not blue`, ":2: language: "}},
		{"half a path", "ledger = \"pemilu.db\"\n", []string{":1: ledger: \"pemilu.db\": expected a whole path"}},
		{"another server", "ledger = \"mysql://x/y\"\n", []string{":1: ledger: "}},
		{"an empty text", "printer = \" \"\n", []string{":1: printer: "}},
		{"a time without a unit", "idle = 5\n", []string{":1: idle: "}},
		{"a time before now", "idle = \"-5m\"\n", []string{":1: idle: "}},
		{"yes", "kiosk = \"yes\"\n", []string{":1: kiosk: expected true or false, not yes"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := write(t, tt.body)
			_, err := Read(file)
			if !errors.Is(err, ErrConfig) {
				t.Fatalf("%v is not ErrConfig", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), file+w) {
					t.Errorf("%v\ndoes not say %s", err, file+w)
				}
			}
		})
	}
}

func TestReadMissing(t *testing.T) {
	if _, err := Read(filepath.Join(t.TempDir(), "none.toml")); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrConfig) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Read(t.TempDir()); !errors.Is(err, ErrConfig) {
		t.Errorf("a folder: %v", err)
	}
}

// TestInstalledFile: the file that the package installs can be used as it is, and with
// everything in it made valid; it shows every setting there is.
func TestInstalledFile(t *testing.T) {
	b, err := os.ReadFile("../../.packaging/config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parse("config.toml", string(b)); err != nil {
		t.Error(err)
	}
	shown := map[string]string{} // the first example of each key
	for _, m := range regexp.MustCompile(`(?m)^#?(\w+) = .*$`).FindAllStringSubmatch(string(b), -1) {
		if shown[m[1]] == "" {
			shown[m[1]] = strings.TrimPrefix(m[0], "#")
		}
	}
	all := strings.Join(slices.Collect(maps.Values(shown)), "\n")
	got, err := parse("config.toml", all)
	if err != nil || len(got) != len(settings) {
		t.Errorf("%v; %d of %d settings are shown:\n%s", err, len(got), len(settings), all)
	}
}
