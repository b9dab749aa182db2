// Package scanner is the room of what comes off a box: keyboard wedges, cameras,
// photographs. What enters are characters or pictures, what leaves are texts. It knows no
// label, no ledger and no window: what a text means is for others to say.
package scanner

import (
	"context"
	"image"
	"time"
)

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Scan is one text that a device read, at one time.
type Scan struct {
	Text   string
	Source string      // name of the device or the file; empty where the caller knows it
	At     time.Time   // when the text was whole; zero for photographs
	Image  image.Image // the picture it was read from; nil for devices that send text

	// Corners of the code without its quiet zone: the corner between its three finder
	// patterns first, then round it along its upper side. All zero for devices that send
	// text.
	Corners [4]Point
}

// Source is one device. One device is one source, so that nothing is delivered twice.
type Source interface {
	// Name is what people call the device; it is unique among the sources of a kiosk.
	Name() string
	// Run delivers scans until the context ends, which is no error, or the device is gone,
	// which is: the owner says so and calls Run again to look for it. The channel is the
	// caller's: Run never closes it, and waits while nobody takes from it.
	Run(ctx context.Context, scans chan<- Scan) error
}
