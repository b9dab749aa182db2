package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"dapilgate/app/kiosk"
	"dapilgate/app/ledger"
	"dapilgate/app/sound"
	"dapilgate/app/words"
	"dapilgate/scanner"
)

// windowOptions are the options of commands that open the window.
type windowOptions struct {
	dock     int
	windowed bool
	size     string
	language string
	light    bool
	files    string
	green    time.Duration
	sources  string
	idle     time.Duration
	kiosk    bool
}

func windowFlags(f *flags) *windowOptions {
	w := &windowOptions{}
	f.stocksFlag()
	f.useBook()
	f.IntVar(&w.dock, "dock", 1, "dock `N` (pintu muat)")
	f.BoolVar(&w.kiosk, "kiosk", false, "full screen, and no way out but a penyelia's PIN")
	f.BoolVar(&w.windowed, "windowed", false, "a window instead of the full screen")
	f.StringVar(&w.size, "size", "1280x800", "`WIDTHxHEIGHT` of the window")
	f.StringVar(&w.language, "lang", f.c.language(), "id or en")
	f.BoolVar(&w.light, "light", f.c.env("DAPILGATE_THEME") == "light", "light colours, for a bright hall")
	f.DurationVar(&w.green, "green", 1500*time.Millisecond, "how long an accepted box fills the screen; 0: until the next scan")
	f.sourcesFlag(&w.sources)
	f.DurationVar(&w.idle, "idle", 5*time.Minute, "sign out who has not touched anything for this long; 0: never")
	f.StringVar(&w.files, "files", f.c.env("DAPILGATE_FILES"), "`FOLDER` for printed files (default: beside the ledger)")
	f.preset("dock", "DAPILGATE_DOCK")
	f.preset("green", "DAPILGATE_GREEN")
	f.preset("idle", "DAPILGATE_IDLE")
	return w
}

// language is what the environment asks for; Bahasa unless it asks for English.
func (c *cli) language() string {
	if c.env("DAPILGATE_LANG") == words.English {
		return words.English
	}
	return words.Bahasa
}

// cmdKiosk opens the window on the ledger; the first start sets it up.
func (c *cli) cmdKiosk(ctx context.Context, args []string) error {
	f := c.flags("")
	w := windowFlags(f)
	f.preset("kiosk", "DAPILGATE_KIOSK")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if w.kiosk && w.windowed {
		return usagef("--kiosk is full screen, --windowed is not")
	}
	var err error
	if f.ledger == "" {
		f.ledger, err = ownLedger(c.env("STATE_DIRECTORY"))
	}
	if err == nil {
		err = c.window(ctx, f, w, nil)
	}
	// A kiosk that can't start says so on its screen: nobody there reads a log.
	if err != nil && w.kiosk && !errors.Is(err, kiosk.ErrClosed) && !errors.Is(err, kiosk.ErrNoWindow) {
		return c.refuse(ctx, w.language, err)
	}
	return err
}

// ownLedger is where the ledger lies that nobody named: in the folder that the system gave
// its service, or in the user's.
func ownLedger(state string) (string, error) {
	if state != "" {
		return filepath.Join(state, "dapilgate.db"), nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("where to keep the ledger: %w; use --ledger FILE", err)
	}
	path := filepath.Join(dir, "dapilgate", "dapilgate.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("where to keep the ledger: %w", err)
	}
	return path, nil
}

// window runs the kiosk; d is the demo, nil for the real thing.
func (c *cli) window(ctx context.Context, f *flags, w *windowOptions, d *demo) error {
	stocks, err := f.catalogue()
	if err != nil {
		return err
	}
	cfg := kiosk.Config{Stocks: stocks, Printers: f.book(), Ledger: f.ledger, Key: f.keyPath(), Dock: w.dock, Full: !w.windowed, Language: w.language, Light: w.light, Files: w.files,
		Green: w.green, Idle: w.idle, Kiosk: w.kiosk, Stock: c.env("DAPILGATE_STOCK"), Printer: c.env("DAPILGATE_PRINTER"), Sound: sound.NewPlayer(sound.Open)}
	if d == nil {
		c.supervised(&cfg)
	}
	if _, err := fmt.Sscanf(w.size, "%dx%d", &cfg.Width, &cfg.Height); err != nil || cfg.Width < 640 || cfg.Height < 480 {
		return usagef("--size %q: expected WIDTHxHEIGHT, at least 640x480", w.size)
	}
	if d != nil {
		cfg.Ledger, cfg.Key = d.address(), d.address()+".key"
		if f.printers == "" {
			cfg.Printers = nil // beside the printed files, to be thrown away with them
		}
		for _, p := range demoPeople {
			cfg.Demo = append(cfg.Demo, kiosk.Person{Name: p.name, PIN: p.pin})
		}
	}
	sources, err := readSources(w.sources, cfg.Ledger, scanner.Live)
	if err != nil {
		return err
	}
	cfg.Sources = scanner.NewHub(sources...)
	if cfg.Files == "" {
		cfg.Files = filepath.Dir(cfg.Ledger)
	}
	if d == nil {
		cfg.Backups, _ = f.backupPlan()
	}
	if ledger.IsServer(cfg.Ledger) {
		if w.files == "" {
			cfg.Files = "."
		}
		if cfg.Memory, err = memoryFolder(); err != nil {
			return err
		}
	}
	cfg.Create = func(ctx context.Context, s kiosk.Setup, progress func(done, total int)) (*ledger.Ledger, error) {
		src, err := eventSource(s.EventDir)
		if err != nil {
			return nil, err
		}
		return setUp(ctx, cfg.Ledger, cfg.Key, s.Passphrase, ledger.CreateRequest{Source: src, Penyelia: s.Penyelia, PIN: s.PIN, Progress: progress})
	}
	err = kiosk.Run(ctx, cfg)
	if errors.Is(err, kiosk.ErrNoWindow) {
		return fmt.Errorf("%w; 'dapilgate demo --headless' and the other commands work without one", err)
	}
	return err
}
