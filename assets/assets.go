// Package assets holds what is built into the program: district tables, fonts, sounds,
// translations, icons. It imports nothing of ours.
package assets

import (
	"embed"
	"io/fs"
)

//go:embed events
var events embed.FS

// DefaultEvent is the event folder of Pemilu 2024 in DKI Jakarta: Kemendagri's area codes
// in force in February 2024, KPU's dapil, the TPS counts per kelurahan.
func DefaultEvent() fs.FS {
	sub, err := fs.Sub(events, "events/pemilu2024-dki")
	if err != nil {
		panic(err) // a path that is embedded above
	}
	return sub
}

// TestEvent is the event folder of the self-test's card, whose places are nowhere.
func TestEvent() fs.FS {
	sub, err := fs.Sub(events, "events/uji")
	if err != nil {
		panic(err) // a path that is embedded above
	}
	return sub
}
