//go:build !cgo

package kiosk

import (
	"context"
	"fmt"
)

// Run says that this build has no window: Fyne needs cgo.
func Run(context.Context, Config) error {
	return fmt.Errorf("%w: this program was built without cgo", ErrNoWindow)
}
