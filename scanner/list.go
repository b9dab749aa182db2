package scanner

import (
	"path/filepath"

	"go.bug.st/serial"
)

// Found is a device that a source can be made of.
type Found struct {
	Kind   Kind
	Device string // what belongs into the configuration
}

// Devices lists what is plugged in.
func Devices() []Found {
	var out []Found
	for _, d := range keyboardDevices() {
		out = append(out, Found{KindKeyboard, d})
	}
	// Paths by identity stay the same whatever else is plugged in.
	ports, _ := filepath.Glob("/dev/serial/by-id/*") // the pattern is a good one
	if len(ports) == 0 {
		ports, _ = serial.GetPortsList() // a system that can't tell has none
	}
	for _, p := range ports {
		out = append(out, Found{KindSerial, p})
	}
	for _, d := range cameraDevices() {
		out = append(out, Found{KindCamera, d})
	}
	return out
}
