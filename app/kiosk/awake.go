package kiosk

import (
	"context"
	"os"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// pulse says from the window's own goroutine that the window lives, until ctx ends: one that
// hangs, or paints no more, says nothing.
func (s *shell) pulse(ctx context.Context) {
	if s.cfg.Alive == nil {
		return
	}
	t := time.NewTicker(s.cfg.AliveEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.do(s.cfg.Alive)
		}
	}
}

// onDesktop tells whether a desktop is there to be asked. Fyne's D-Bus sets this variable
// itself later, to a place where one might be.
var onDesktop = os.Getenv("DBUS_SESSION_BUS_ADDRESS") != ""

// blanking is asked for one at a time.
var blanking sync.Mutex

// loadIs takes note of the open load, 0: none. While there is one the screen stays on: the
// desktop is asked for it. On a bare X nobody is there to ask; there the service's own
// settings keep it on.
func (s *shell) loadIs(id int64) {
	on, was := id != 0, s.openLoad != 0
	s.openLoad = id
	if on == was {
		return
	}
	d := fyne.CurrentApp().Driver()
	switch {
	case runtime.GOOS != "linux":
		d.SetDisableScreenBlanking(on) // Windows keeps it by thread
	case onDesktop:
		go func() { // the window does not wait for another program
			blanking.Lock()
			defer blanking.Unlock()
			d.SetDisableScreenBlanking(on)
		}()
	}
}
