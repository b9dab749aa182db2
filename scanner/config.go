package scanner

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// sourceConfig is a source as the file has it.
type sourceConfig struct {
	Name       string `toml:"name"`
	Kind       Kind   `toml:"kind"`
	Device     string `toml:"device"`
	Speed      int    `toml:"speed"`
	Terminator string `toml:"terminator"`
	Commands   string `toml:"commands"`
	Good       string `toml:"good"`
	Bad        string `toml:"bad"`
	Hold       string `toml:"hold"`
	Free       string `toml:"free"`
	LockOff    bool   `toml:"off_while_locked"`
	Width      int    `toml:"width"`
	Height     int    `toml:"height"`
	Rate       int    `toml:"rate"`
}

// mayHave are the keys of a kind of source besides its name, kind and device.
var mayHave = map[Kind][]string{
	KindKeyboard: nil,
	KindSerial:   {"speed", "terminator", "commands", "good", "bad", "hold", "free", "off_while_locked"},
	KindCamera:   {"width", "height", "rate"},
	KindClip:     {"rate"},
}

// terminators are the names of what ends a scan.
var terminators = map[string]string{"": "", "any": "", "cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "etx": "\x03", "none": "\uffff"}

// ReadConfig reads the sources that a file describes; ours tells the codes that cameras
// wait for, and pace is that of clips. A file that is not there is no error: no sources. Error: ErrSetup, with every
// fault of the file.
func ReadConfig(path string, ours func(text string) bool, pace Pace) ([]Source, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	sources, err := parseConfig(b, filepath.Dir(path), ours, pace)
	if err != nil {
		return nil, fmt.Errorf("sources in %s: %w", path, err)
	}
	return sources, nil
}

func parseConfig(b []byte, dir string, ours func(string) bool, pace Pace) ([]Source, error) {
	var file struct {
		Source []sourceConfig `toml:"source"`
	}
	meta, err := toml.NewDecoder(bytes.NewReader(b)).Decode(&file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	var faults []error
	fault := func(format string, a ...any) {
		faults = append(faults, fmt.Errorf("%w: %s", ErrSetup, fmt.Sprintf(format, a...)))
	}
	for _, k := range meta.Undecoded() {
		fault("what is %q?", k)
	}
	// The decoder knows which keys of all sources were given, but not of which one.
	var each struct {
		Source []map[string]any `toml:"source"`
	}
	if err := toml.Unmarshal(b, &each); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSetup, err)
	}
	var out []Source
	names, devices := map[string]bool{}, map[string]string{}
	for i, c := range file.Source {
		who := fmt.Sprintf("source %d (%q)", i+1, c.Name)
		keys, known := mayHave[c.Kind]
		switch {
		case c.Name == "":
			fault("source %d has no name", i+1)
		case names[c.Name]:
			fault("%s: the name is another source's too", who)
		}
		names[c.Name] = true
		if !known {
			fault("%s: kind %q; expected keyboard, serial, camera or clip", who, c.Kind)
			continue
		}
		for k := range each.Source[i] {
			if k != "name" && k != "kind" && k != "device" && !slices.Contains(keys, k) {
				fault("%s: a %s has no %q", who, c.Kind, k)
			}
		}
		if c.Device == "" {
			fault("%s names no device; 'dapilgate scanner list' shows those that are there", who)
			continue
		}
		// Keyboards of one name may be several: the kernel gives each to one source.
		if other, ok := devices[c.Device]; ok && (c.Kind != KindKeyboard || filepath.IsAbs(c.Device)) {
			fault("%s: its device is source %q's already", who, other)
		}
		devices[c.Device] = c.Name
		s, err := c.source(dir, ours, pace)
		if err != nil {
			fault("%s: %v", who, err)
			continue
		}
		out = append(out, s)
	}
	return out, errors.Join(faults...)
}

// source makes the source that was described.
func (c sourceConfig) source(dir string, ours func(string) bool, pace Pace) (Source, error) {
	o := CameraOptions{Width: c.Width, Height: c.Height, Rate: c.Rate, Ours: ours}
	if c.Width < 0 || c.Height < 0 || (c.Width == 0) != (c.Height == 0) || c.Rate < 0 || c.Rate > 120 {
		return nil, fmt.Errorf("width and height come together, and rate is 1 to 120 pictures a second")
	}
	switch c.Kind {
	case KindKeyboard:
		return NewKeyboard(c.Name, c.Device), nil
	case KindSerial:
		return c.serial()
	case KindClip:
		if !filepath.IsAbs(c.Device) {
			c.Device = filepath.Join(dir, c.Device)
		}
		return NewClip(c.Name, c.Device, pace, o), nil
	}
	if strings.HasPrefix(c.Device, "http://") || strings.HasPrefix(c.Device, "https://") {
		return NewNetCamera(c.Name, c.Device, o), nil
	}
	return NewCamera(c.Name, c.Device, o), nil
}

func (c sourceConfig) serial() (Source, error) {
	o := SerialOptions{Speed: c.Speed, SSI: c.Commands == "ssi"}
	var ok bool
	if o.Terminator, ok = terminators[c.Terminator]; !ok {
		return nil, fmt.Errorf("terminator %q; expected any, cr, lf, crlf, tab, etx or none", c.Terminator)
	}
	if c.Speed < 0 {
		return nil, fmt.Errorf("speed %d", c.Speed)
	}
	if o.Orders, ok = commandSets[c.Commands]; !ok && c.Commands != "" {
		return nil, fmt.Errorf("commands %q; expected ssi or plain", c.Commands)
	}
	for _, x := range []struct {
		key, value string
		to         *[]byte
	}{{"good", c.Good, &o.Orders.Good}, {"bad", c.Bad, &o.Orders.Bad}, {"hold", c.Hold, &o.Orders.Hold}, {"free", c.Free, &o.Orders.Free}} {
		if x.value == "" {
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(x.value, " ", ""))
		if err != nil {
			return nil, fmt.Errorf("%s %q: expected bytes in hexadecimal, as \"04 E9 04 00 FF 0F\"", x.key, x.value)
		}
		*x.to = b
	}
	if !c.LockOff {
		// Without being told so, a scanner stays on: the set-aside code on the wall is read
		// by it.
		o.Orders.Hold, o.Orders.Free = nil, nil
	} else if len(o.Orders.Hold) == 0 || len(o.Orders.Free) == 0 {
		return nil, fmt.Errorf("off_while_locked needs commands, or the bytes of hold and free")
	}
	return NewSerial(c.Name, c.Device, o), nil
}
