// Package scanner is the room of what comes off a box: keyboard wedges, cameras,
// photographs. What enters are characters or pictures, what leaves are texts. It knows no
// label, no ledger and no window: what a text means is for others to say.
package scanner

// Point is a place in a picture, in pixels from its upper left corner.
type Point struct{ X, Y float64 }

// Scan is one text that was read from a picture.
type Scan struct {
	Text string

	// Corners of the code without its quiet zone: the corner between its three finder
	// patterns first, then round it along its upper side.
	Corners [4]Point
}
