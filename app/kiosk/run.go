//go:build cgo

package kiosk

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

// Run opens the window and returns when it is closed or ctx ends. Error: ErrNoWindow on a
// machine without a display.
func Run(ctx context.Context, cfg Config) error {
	if runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return fmt.Errorf("%w: this machine has no display (DISPLAY is not set)", ErrNoWindow)
	}
	// The language is chosen before Fyne starts: it reads it from the environment.
	if err := words.Use(cfg.Language); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a := app.New()
	win := a.NewWindow("Dapilgate")
	s := newShell(ctx, win, cfg, fyne.Do, a.Settings().SetTheme)
	defer s.close()
	win.SetMaster()
	if cfg.Full {
		win.SetFullScreen(true)
	} else {
		scale := win.Canvas().Scale()
		win.Resize(fyne.NewSize(float32(cfg.Width)/scale, float32(cfg.Height)/scale))
	}
	go s.work()
	go s.devices.listen()
	go s.watchIdle(ctx)
	go s.hear()
	a.Lifecycle().SetOnStarted(s.start)
	context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	win.ShowAndRun()
	return nil
}
