//go:build !linux

package scanner

import (
	"context"
	"fmt"
)

// Run says that this system has no keyboards to be grabbed.
func (k *Keyboard) Run(context.Context, func(Event)) error {
	return fmt.Errorf("%w: keyboard %q: only Linux gives a program a keyboard of its own; leave it out, and the scanner types into the window", ErrSetup, k.device)
}

func keyboardDevices() []string { return nil }
