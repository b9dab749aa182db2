package sound

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrSilent says that nothing can be heard: this machine has no sound device, or it failed.
var ErrSilent = errors.New("no sound device")

// Device plays samples.
type Device interface {
	// Play begins to play; what is heard still is cut off. It returns before the end.
	// Error: ErrSilent.
	Play(pcm []int16) error
	// Rest lets the device sleep until the next Play.
	Rest() error
	// Err is why nothing can be heard any more; nil where it can, as far as is known.
	Err() error
}

// Player plays sounds from a goroutine of its own. Whoever asks for one never waits: not for
// the device, nor for the sound before. Of several that were asked for meanwhile the latest
// is played.
type Player struct {
	open func() (Device, error)
	wake chan struct{}

	mu   sync.Mutex
	next Sound
	has  bool  // next is to be played
	err  error // why nothing is heard
	told func()
}

// NewPlayer makes a player; open opens the device, when Run begins.
func NewPlayer(open func() (Device, error)) *Player {
	return &Player{open: open, wake: make(chan struct{}, 1)}
}

// Play asks for a sound and returns at once. A nil player is silent.
func (p *Player) Play(s Sound) {
	if p == nil {
		return
	}
	p.mu.Lock()
	p.next, p.has = s, true
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default: // it is awake already, and will see the newer one
	}
}

// Err is why nothing can be heard; nil: it can, as far as is known. A nil player has no
// device.
func (p *Player) Err() error {
	if p == nil {
		return ErrSilent
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Watch makes the player call f, from its own goroutine, whenever Err changes.
func (p *Player) Watch(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = f
}

func (p *Player) set(err error) {
	p.mu.Lock()
	changed := (err == nil) != (p.err == nil)
	p.err = err
	f := p.told
	p.mu.Unlock()
	if changed && f != nil {
		f()
	}
}

func (p *Player) take() (s Sound, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok = p.next, p.has
	p.has = false
	return s, ok
}

// lull is how long the device stays awake after a sound: what a driver holds back is heard
// within it.
const lull = 700 * time.Millisecond

// Run opens the device and plays until ctx ends. Without a device it says so, by Err, and
// plays nothing.
func (p *Player) Run(ctx context.Context) {
	d, err := p.open()
	p.set(err)
	if err != nil {
		return
	}
	samples := map[Sound][]int16{}
	for _, s := range All {
		samples[s] = s.PCM()
	}
	quiet := time.NewTimer(lull)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
			if s, ok := p.take(); ok {
				p.set(d.Play(samples[s]))
				quiet.Reset(s.Length() + lull)
			}
		case <-quiet.C:
			// A device that went away shows it when it is written to, not before.
			if err := d.Err(); err != nil {
				p.set(err)
			} else {
				p.set(d.Rest())
			}
		}
	}
}
