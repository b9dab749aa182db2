//go:build !windows && !darwin && !cgo

package sound

import "fmt"

// Open says that this build is silent: ALSA needs cgo.
func Open() (Device, error) {
	return nil, fmt.Errorf("%w: this program was built without cgo", ErrSilent)
}
