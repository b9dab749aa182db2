package kiosk

import (
	"os"
	"path/filepath"
	"testing"

	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
)

// TestNoBackupIsSaidOnEveryScreen: until one was made.
func TestNoBackupIsSaidOnEveryScreen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "cadangan")
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // no folder
		t.Fatal(err)
	}
	h := newHall(t, sizes[0], func(c *Config) { c.Backups = folder })
	h.atWork()
	h.scan(h.label(h.four[0]))
	h.loading().dismiss()
	h.s.station.BackUp(t.Context()) // as at each closed load
	h.until("the backup fails", func() bool { return h.s.station.Backups().Err != nil })
	warning := func() string { return T("backup.failed", words.Data{"Time": words.Clock(h.s.station.Backups().Since)}) }
	h.until("it is said", func() bool { return h.says(warning()) })
	for _, to := range []string{"nav.trucks", "nav.labels", "nav.progress", "nav.load", "nav.settings", "nav.language"} {
		h.tap(T(to))
		h.mustSay(warning())
	}
	h.tap(T("settings.out"))
	h.mustSay(warning())
	h.signIn(ledgertest.Penyelia, ledgertest.PIN)
	h.mustSay(warning())
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	h.tap(T("nav.settings"))
	said := warning()
	h.tap(T("settings.backup.now"))
	h.until("there is a backup", func() bool { return h.s.station.Backups().Last != nil && !h.says(said) })
	if files, err := os.ReadDir(folder); err != nil || len(files) == 0 {
		t.Errorf("backups: %v, %v", files, err)
	}
}
