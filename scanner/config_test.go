package scanner

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const everyKind = `
[[source]]
name = "Pistol kiri"
kind = "keyboard"
device = "Datalogic QuickScan"

[[source]]
name = "Pistol kanan"   # the same model
kind = "keyboard"
device = "Datalogic QuickScan"

[[source]]
name = "Meja"
kind = "serial"
device = "/dev/serial/by-id/usb-Zebra"
speed = 115200
terminator = "crlf"
commands = "ssi"
off_while_locked = true
good = "04 E6"

[[source]]
name = "Kamera"
kind = "camera"
device = "HD Webcam C615"
width = 1920
height = 1080

[[source]]
name = "Kamera gerbang"
kind = "camera"
device = "http://user:secret@10.0.0.7/video"
rate = 10

[[source]]
name = "Rekaman"
kind = "clip"
device = "boxes.mjpeg"
`

func TestConfig(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sources.toml")
	if err := os.WriteFile(path, []byte(everyKind), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := ReadConfig(path, func(s string) bool { return s == "ours" }, Each)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range got {
		names = append(names, s.Name()+"/"+string(s.Kind())+"/"+s.Device())
	}
	wantNames := "Pistol kiri/keyboard/Datalogic QuickScan|Pistol kanan/keyboard/Datalogic QuickScan|Meja/serial/dev/serial/by-id/usb-Zebra|" +
		"Kamera/camera/HD Webcam C615|Kamera gerbang/camera/http://user:secret@10.0.0.7/video|Rekaman/clip" + filepath.Join(filepath.Dir(path), "boxes.mjpeg")
	if s := strings.Join(names, "|"); s != strings.ReplaceAll(strings.ReplaceAll(wantNames, "serial/dev", "serial//dev"), "clip/", "clip//") {
		t.Errorf("%s", s)
	}
	s := got[2].(*Serial).o
	if s.Speed != 115200 || s.Terminator != "\r\n" || !s.SSI || string(s.Orders.Good) != "\x04\xe6" || len(s.Orders.Hold) != 6 {
		t.Errorf("%+v", s)
	}
	c := got[3].(*Camera).o
	if c.Width != 1920 || c.Height != 1080 || c.Rate != 20 || !c.Ours("ours") || c.Ours("x") {
		t.Errorf("%+v", c)
	}
	if got, err := ReadConfig(filepath.Join(t.TempDir(), "none.toml"), nil, Each); got != nil || err != nil {
		t.Errorf("no file: %v, %v", got, err)
	}
}

// TestConfigTellsEveryFault: a wrong line is named; nothing of the file is used then.
func TestConfigTellsEveryFault(t *testing.T) {
	const head = "[[source]]\nname = \"a\"\nkind = \"serial\"\ndevice = \"/dev/x\"\n"
	for file, says := range map[string]string{
		"nonsense":                                                           "line 1",
		"[[sauce]]\nname = \"a\"\n":                                          "sauce",
		head + "colour = \"red\"\n":                                          "colour",
		head + "width = 3\n":                                                 "no \"width\"",
		head + "terminator = \"x\"\n":                                        "terminator",
		head + "speed = -1\n":                                                "speed",
		head + "speed = \"fast\"\n":                                          "speed",
		head + "commands = \"morse\"\n":                                      "commands",
		head + "good = \"0x07\"\n":                                           "hexadecimal",
		head + "off_while_locked = true\n":                                   "off_while_locked",
		head + head:                                                          "another source's",
		head + strings.Replace(head, `"a"`, `"b"`, 1):                        "already",
		"[[source]]\nname = \"a\"\nkind = \"serial\"\n":                      "names no device",
		"[[source]]\nkind = \"camera\"\ndevice = \"x\"\n":                    "has no name",
		"[[source]]\nname = \"a\"\nkind = \"radio\"\ndevice = \"x\"\n":       "radio",
		"[[source]]\nname=\"a\"\nkind=\"camera\"\ndevice=\"x\"\nwidth=640\n": "width and height",
		"[[source]]\nname=\"a\"\nkind=\"clip\"\ndevice=\"x\"\nrate=1000\n":   "rate",
	} {
		got, err := parseConfig([]byte(file), "", nil, Each)
		if !errors.Is(err, ErrSetup) || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %d sources, %v", file, len(got), err)
		}
	}
	_, err := parseConfig([]byte(head+"speed = -1\n"+strings.ReplaceAll(head, `"a"`, `"b"`)+"terminator = \"x\"\n"), "", nil, Each)
	if err == nil || !strings.Contains(err.Error(), "speed") || !strings.Contains(err.Error(), "terminator") || !strings.Contains(err.Error(), "already") {
		t.Errorf("not all three faults: %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(everyKind))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := parseConfig(b, "", nil, Each); err == nil {
			NewHub(got...)
		}
	})
}
