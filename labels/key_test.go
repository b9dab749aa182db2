package labels_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"dapilgate/labels"
)

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "event.key")
	key, err := labels.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := labels.WriteKeyFile(path, key, "tiga kotak suara"); err != nil {
		t.Fatal(err)
	}
	got, err := labels.ReadKeyFile(path, "tiga kotak suara")
	if err != nil || !got.Equal(key) {
		t.Fatalf("read back %v, %v", got, err)
	}
	if runtime.GOOS != "windows" {
		if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, want 0600", st.Mode())
		}
	}
	b, _ := os.ReadFile(path)
	if bytes.Contains(b, key.Seed()) {
		t.Error("the file holds the key in clear")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".key-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	if _, err := labels.ReadKeyFile(path, "tiga kotak suarA"); !errors.Is(err, labels.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	if _, err := labels.ReadKeyFile(path+"x", "tiga kotak suara"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
	other, _ := labels.GenerateKey()
	if err := labels.WriteKeyFile(path, other, "lain"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second key on the same name: %v", err)
	}
	if again, _ := os.ReadFile(path); !bytes.Equal(again, b) {
		t.Error("the refused second key changed the first one's file")
	}
	if err := labels.WriteKeyFile(filepath.Join(dir, "b"), key, ""); !errors.Is(err, labels.ErrPassphrase) {
		t.Errorf("empty passphrase: %v", err)
	}
	if err := labels.WriteKeyFile(filepath.Join(dir, "missing", "b"), key, "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
}

func TestKeyFileRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "event.key")
	key, _ := labels.GenerateKey()
	if err := labels.WriteKeyFile(path, key, "p"); err != nil {
		t.Fatal(err)
	}
	good, _ := os.ReadFile(path)
	edit := func(old, new string) string {
		s := strings.Replace(string(good), old, new, 1)
		if s == string(good) {
			t.Fatalf("%q is not in the file:\n%s", old, good)
		}
		return s
	}
	for name, tc := range map[string]struct {
		content string
		want    error
	}{
		"empty":            {"", labels.ErrKeyFile},
		"not JSON":         {"SQLite format 3\x00", labels.ErrKeyFile},
		"another form":     {edit("signing-key-1", "signing-key-2"), labels.ErrKeyFile},
		"a terabyte":       {edit(`"memory_kib": 65536`, `"memory_kib": 1073741824`), labels.ErrKeyFile},
		"endless":          {edit(`"time": 3`, `"time": 4000000000`), labels.ErrKeyFile},
		"no passes":        {edit(`"time": 3`, `"time": 0`), labels.ErrKeyFile},
		"no threads":       {edit(`"threads": 4`, `"threads": 0`), labels.ErrKeyFile},
		"another kdf":      {edit("argon2id", "argon2i"), labels.ErrKeyFile},
		"twice":            {string(good) + string(good), labels.ErrKeyFile},
		"unknown field":    {edit(`"time"`, `"colour": 1, "time"`), labels.ErrKeyFile},
		"too long":         {strings.Repeat(" ", 8<<10) + string(good), labels.ErrKeyFile},
		"cheaper passes":   {edit(`"time": 3`, `"time": 1`), labels.ErrPassphrase},
		"fewer threads":    {edit(`"threads": 4`, `"threads": 1`), labels.ErrPassphrase},
		"truncated, whole": {string(good[:len(good)/2]), labels.ErrKeyFile},
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := labels.ReadKeyFile(path, "p"); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}
