package main

import (
	"log/slog"
	"path/filepath"

	"dapilgate/app/kiosk"

	"github.com/coreos/go-systemd/v22/daemon"
)

// supervised tells the window what a service manager wants to know of it: that it is
// there, and that it lives. Elsewhere it changes nothing.
func (c *cli) supervised(cfg *kiosk.Config) {
	notify := func(state string) {
		if _, err := daemon.SdNotify(false, state); err != nil {
			slog.Warn("tell the service manager", "state", state, "err", err)
		}
	}
	cfg.Ready = func() { notify(daemon.SdNotifyReady) }
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		slog.Warn("watchdog", "err", err)
	}
	if limit > 0 {
		// Three signs of life in the time that one is due: a busy second is no death.
		cfg.Alive, cfg.AliveEvery = func() { notify(daemon.SdNotifyWatchdog) }, limit/3
	}
	// The system empties this folder when the machine or the service is stopped, not when
	// the program crashed.
	if dir := c.env("RUNTIME_DIRECTORY"); dir != "" {
		cfg.Session = filepath.Join(dir, "session.json")
	}
}
