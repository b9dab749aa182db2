// Package config is the room of the machine's own settings. What enters is a TOML file, on
// Linux /etc/dapilgate/config.toml; what leaves are values for environment variables, to be
// used where those are not set. It knows no option, no window and no ledger.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// ErrConfig says that the file can't be used as it is.
var ErrConfig = errors.New("faulty configuration")

// Values are the settings that the file makes, by the name of the environment variable
// that says the same.
type Values map[string]string

// setting is a key of the file.
type setting struct {
	key, env string
	read     func(v any) (string, error)
}

// settings are all keys, in the order of the file that the package installs.
var settings = []setting{
	{"ledger", "DAPILGATE_LEDGER", address},
	{"dock", "DAPILGATE_DOCK", number(1, 999)},
	{"kiosk", "DAPILGATE_KIOSK", yesNo},
	{"language", "DAPILGATE_LANG", oneOf("id", "en")},
	{"theme", "DAPILGATE_THEME", oneOf("dark", "light")},
	{"green", "DAPILGATE_GREEN", duration},
	{"idle", "DAPILGATE_IDLE", duration},
	{"key", "DAPILGATE_KEY", path},
	{"backups", "DAPILGATE_BACKUPS", path},
	{"files", "DAPILGATE_FILES", path},
	{"stocks", "DAPILGATE_STOCKS", path},
	{"stock", "DAPILGATE_STOCK", text},
	{"printers", "DAPILGATE_PRINTERS", path},
	{"printer", "DAPILGATE_PRINTER", text},
	{"sources", "DAPILGATE_SOURCES", path},
}

// Path is where the file lies when nobody says otherwise.
func Path() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("ProgramData"), "dapilgate", "config.toml")
	}
	return "/etc/dapilgate/config.toml"
}

// Read reads the file. Errors: ErrConfig, naming each fault with the file and its line;
// fs.ErrNotExist.
func Read(file string) (Values, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return parse(file, string(b))
}

func parse(file, body string) (Values, error) {
	var given map[string]any
	meta, err := toml.Decode(body, &given)
	var bad toml.ParseError
	if errors.As(err, &bad) {
		return nil, fmt.Errorf("%w: %s:%d: %s", ErrConfig, file, bad.Position.Line, bad.Message)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrConfig, file, err)
	}
	out := Values{}
	var faults []error
	fault := func(key, format string, a ...any) {
		faults = append(faults, fmt.Errorf("%w: %s:%d: %s", ErrConfig, file, lineOf(body, key), fmt.Sprintf(format, a...)))
	}
	for _, k := range meta.Keys() {
		if len(k) != 1 { // inside a table, which is refused itself
			continue
		}
		key := k[0]
		i := slices.IndexFunc(settings, func(s setting) bool { return s.key == key })
		if i < 0 {
			fault(key, "no setting is called %q; there are %s", key, strings.Join(names(), ", "))
			continue
		}
		v, err := settings[i].read(given[key])
		if err != nil {
			fault(key, "%s: %v", key, err)
			continue
		}
		out[settings[i].env] = v
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return out, nil
}

func names() []string {
	out := make([]string, len(settings))
	for i, s := range settings {
		out[i] = s.key
	}
	return out
}

// lineOf is the line that a key or table stands on, counted from 1. The decoder tells
// lines of what it can't read only, not of what it could.
func lineOf(body, key string) int {
	q := `["']?` + regexp.QuoteMeta(key) + `["']?`
	re := regexp.MustCompile(`^\s*(\[+\s*)?` + q + `\s*[=.\]]`)
	for i, line := range strings.Split(body, "\n") {
		if re.MatchString(line) {
			return i + 1
		}
	}
	return 1
}

func text(v any) (string, error) {
	s, ok := v.(string)
	if !ok || strings.TrimSpace(s) == "" || strings.ContainsAny(s, "\n\r\x00") {
		return "", fmt.Errorf("expected a text in quotation marks, not %v", v)
	}
	return s, nil
}

// path is a whole path: who starts the program is in one folder today, in another tomorrow.
func path(v any) (string, error) {
	s, err := text(v)
	if err == nil && !filepath.IsAbs(s) {
		err = fmt.Errorf("%q: expected a whole path, as /var/lib/dapilgate/…", s)
	}
	return s, err
}

// address is a ledger's: a path, or that of a server.
func address(v any) (string, error) {
	if s, err := text(v); err == nil && strings.Contains(s, "://") {
		if !strings.HasPrefix(s, "postgres://") && !strings.HasPrefix(s, "postgresql://") {
			return "", fmt.Errorf("%q: expected a file's path or postgres://…", s)
		}
		return s, nil
	}
	return path(v)
}

func number(least, most int64) func(any) (string, error) {
	return func(v any) (string, error) {
		n, ok := v.(int64)
		if !ok || n < least || n > most {
			return "", fmt.Errorf("expected a number from %d to %d, not %v", least, most, v)
		}
		return strconv.FormatInt(n, 10), nil
	}
}

func yesNo(v any) (string, error) {
	b, ok := v.(bool)
	if !ok {
		return "", fmt.Errorf("expected true or false, not %v", v)
	}
	return strconv.FormatBool(b), nil
}

func oneOf(words ...string) func(any) (string, error) {
	return func(v any) (string, error) {
		s, _ := v.(string)
		if !slices.Contains(words, s) {
			return "", fmt.Errorf("expected %q, not %v", words, v)
		}
		return s, nil
	}
}

func duration(v any) (string, error) {
	s, _ := v.(string)
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return "", fmt.Errorf("expected a time as \"1.5s\" or \"5m\", not %v", v)
	}
	return s, nil
}
