//go:build linux && cgo

package sound_test

import (
	"encoding/binary"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dapilgate/app/sound"
)

// A process has one sound device, so each of these tests is one of its own: this binary
// again, told what to do by this variable.
const errand = "DAPILGATE_SOUND_ERRAND"

// alone runs a test of this binary in a process that sees the ALSA of a file.
func alone(t *testing.T, conf string) (out string, err error) {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), errand+"=1", "ALSA_CONFIG_PATH="+conf)
	b, err := c.CombinedOutput()
	return string(b), err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRealPCM plays through oto and ALSA into a file, and hears the sound in it.
func TestRealPCM(t *testing.T) {
	if os.Getenv(errand) != "" {
		d, err := sound.Open()
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Play(sound.Duplicate.PCM()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(40 * time.Millisecond) // a file takes a second's sound in a millisecond
		if err := d.Rest(); err != nil {
			t.Fatal(err)
		}
		return
	}
	raw := filepath.Join(t.TempDir(), "out.raw")
	conf := write(t, "asound.conf", `pcm.!default { type file slave.pcm { type null } format raw file "`+raw+`" }`)
	if out, err := alone(t, conf); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	const want = sound.Rate / 10
	var pcm []int16 // the left channel from its first sample on
	for i := 0; i+8 <= len(b) && len(pcm) < want; i += 8 {
		v := math.Float32frombits(binary.LittleEndian.Uint32(b[i:]))
		if len(pcm) > 0 || v != 0 {
			pcm = append(pcm, int16(v*math.MaxInt16))
		}
	}
	if len(pcm) < want {
		t.Fatalf("%d samples came out", len(pcm))
	}
	if p := pitch(pcm); p < 940 || p > 1040 {
		t.Errorf("a tone of %.0f Hz came out, the sound has 990", p)
	}
}

// TestNoSoundCard: a machine without one is told, and nothing crashes.
func TestNoSoundCard(t *testing.T) {
	if os.Getenv(errand) != "" {
		_, err := sound.Open()
		if !errors.Is(err, sound.ErrSilent) {
			t.Fatalf("it says %v", err)
		}
		t.Log("says:", err)
		return
	}
	conf := write(t, "asound.conf", `pcm.!default { type hw card 31 }`)
	out, err := alone(t, conf)
	if err != nil || !strings.Contains(out, "says: no sound device") {
		t.Fatalf("%v\n%s", err, out)
	}
}
