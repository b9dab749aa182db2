//go:build cgo

package kiosk

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"dapilgate/app/words"
	"dapilgate/assets"

	_ "dapilgate/app/kiosk/cache" // before Fyne

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

// Run opens the window and returns when it is closed or ctx ends. Errors: ErrNoWindow on a
// machine without a display, ErrClosed when a penyelia closed a kiosk.
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
	a.SetIcon(fyne.NewStaticResource("dapilgate.png", assets.Icon))
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
	go s.pulse(ctx)
	if cfg.Kiosk {
		win.SetCloseIntercept(s.quit)
	}
	a.Lifecycle().SetOnStarted(func() {
		s.start()
		if cfg.Ready != nil {
			cfg.Ready()
		}
	})
	context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	win.ShowAndRun()
	if s.closed {
		return ErrClosed
	}
	return nil
}
