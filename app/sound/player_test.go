package sound_test

import (
	"context"
	"errors"
	"testing"

	"dapilgate/app/sound"
)

// fake is a device that tells what it plays, and can be held up.
type fake struct {
	played chan int // lengths of what is played, in samples
	free   chan struct{}
	fail   error
}

func (f *fake) Play(pcm []int16) error {
	f.played <- len(pcm)
	<-f.free
	return f.fail
}
func (f *fake) Rest() error { return nil }
func (f *fake) Err() error  { return f.fail }

func run(t *testing.T, open func() (sound.Device, error)) (*sound.Player, chan struct{}) {
	t.Helper()
	p := sound.NewPlayer(open)
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	changed := make(chan struct{}, 8)
	p.Watch(func() { changed <- struct{}{} })
	go func() { p.Run(ctx); close(over) }()
	t.Cleanup(func() { stop(); <-over })
	return p, changed
}

// TestLatestWins: while the device hangs nobody waits, and when it is free again the newest
// sound is played, those between never.
func TestLatestWins(t *testing.T) {
	f := &fake{played: make(chan int), free: make(chan struct{})}
	p, _ := run(t, func() (sound.Device, error) { return f, nil })
	p.Play(sound.Accepted)
	if n := <-f.played; n != len(sound.Accepted.PCM()) {
		t.Fatalf("%d samples are played", n)
	}
	// The device is busy now. None of these calls may wait for it.
	for range 1000 {
		p.Play(sound.Rescan)
	}
	p.Play(sound.Alarm)
	f.free <- struct{}{}
	if n := <-f.played; n != len(sound.Alarm.PCM()) {
		t.Errorf("%d samples are played, the alarm has %d", n, len(sound.Alarm.PCM()))
	}
	f.free <- struct{}{}
	p.Play(sound.Duplicate)
	if n := <-f.played; n != len(sound.Duplicate.PCM()) {
		t.Errorf("%d samples are played after the alarm", n)
	}
	close(f.free)
	if err := p.Err(); err != nil {
		t.Error(err)
	}
}

// TestNoDevice: nothing hangs or crashes, and it is told.
func TestNoDevice(t *testing.T) {
	p, changed := run(t, func() (sound.Device, error) { return nil, sound.ErrSilent })
	<-changed
	if err := p.Err(); !errors.Is(err, sound.ErrSilent) {
		t.Errorf("it says %v", err)
	}
	for range 100 {
		p.Play(sound.Accepted)
	}
	var none *sound.Player
	none.Play(sound.Alarm)
	if !errors.Is(none.Err(), sound.ErrSilent) {
		t.Error("a dock without a player is not said to be silent")
	}
}

// TestDeviceGoes: a loudspeaker that is unplugged is told, and so is its coming back.
func TestDeviceGoes(t *testing.T) {
	f := &fake{played: make(chan int), free: make(chan struct{}), fail: sound.ErrSilent}
	p, changed := run(t, func() (sound.Device, error) { return f, nil })
	p.Play(sound.Accepted)
	<-f.played
	f.free <- struct{}{}
	<-changed
	if !errors.Is(p.Err(), sound.ErrSilent) {
		t.Errorf("it says %v", p.Err())
	}
	f.fail = nil
	p.Play(sound.Accepted)
	<-f.played
	f.free <- struct{}{}
	<-changed
	if p.Err() != nil {
		t.Errorf("it says %v", p.Err())
	}
}
