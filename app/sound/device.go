//go:build windows || darwin || cgo

package sound

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/ebitengine/oto/v3"
)

// openTime is how long a device may take to open. ALSA tries each that it knows.
const openTime = 10 * time.Second

// channels: every device plays two.
const channels = 2

// eased is how long oto takes to ease a sound out, a period of 1024 samples, and one more.
// Two sounds at once would be too loud for the scale.
const eased = 2 * 1024

// speaker is this machine's sound device. On Linux it is ALSA's default, which needs no
// sound server: oto later than 3.4 wants PulseAudio, and a kiosk has none.
type speaker struct {
	ctx *oto.Context
	now *oto.Player // plays, or has played last
}

// Open opens this machine's sound device. Error: ErrSilent.
func Open() (Device, error) {
	ctx, ready, err := oto.NewContext(&oto.NewContextOptions{SampleRate: Rate, ChannelCount: channels, Format: oto.FormatSignedInt16LE})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSilent, err)
	}
	select {
	case <-ready:
	case <-time.After(openTime):
		return nil, fmt.Errorf("%w: it does not answer", ErrSilent)
	}
	s := &speaker{ctx: ctx}
	return s, s.Err() // a failure to open is not told by NewContext
}

func (s *speaker) Play(pcm []int16) error {
	if err := s.ctx.Resume(); err != nil {
		return fmt.Errorf("%w: %w", ErrSilent, err)
	}
	lead := 0
	if s.now != nil && s.now.IsPlaying() {
		s.now.SetVolume(0) // eased, where Pause would click
		lead = eased
	}
	b := make([]byte, lead*2*channels, (lead+len(pcm))*2*channels)
	for _, v := range pcm {
		for range channels {
			b = binary.LittleEndian.AppendUint16(b, uint16(v))
		}
	}
	s.now = s.ctx.NewPlayer(bytes.NewReader(b))
	s.now.Play()
	return s.Err()
}

func (s *speaker) Rest() error {
	if err := s.ctx.Suspend(); err != nil {
		return fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return nil
}

func (s *speaker) Err() error {
	if err := s.ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return nil
}
