// Package scanner is the room of what comes off a box: keyboard wedges, serial scanners,
// cameras, photographs. What enters are keys, bytes or pictures, what leaves are texts. It
// knows no label, no ledger and no window: what a text means is for others to say.
package scanner

import (
	"image"
	"time"
)

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// Scan is one text that was read.
type Scan struct {
	Text string

	// Corners of the code without its quiet zone: the corner between its three finder
	// patterns first, then round it along its upper side. Zero where no picture was read.
	Corners [4]Point

	Source     string      // name of the source that read it; empty: a photograph
	At         time.Time   // of its last character, or of its picture; zero for a photograph
	Terminator rune        // what ended it: Silence for nothing, Picture where none is needed
	Picture    image.Image // that it was read from; nil: none, or a photograph
}

// Terminators that are no characters.
const (
	Picture rune = -1 // a picture's code needs no end
	Silence rune = 0  // nothing came any more: the scanner sends no terminator, or half a scan
)
