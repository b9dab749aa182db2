//go:build !linux

package scanner

import (
	"context"
	"fmt"
)

// NewCamera is a source of a local camera, which this system doesn't have.
func NewCamera(name, device string, o CameraOptions) *Camera {
	c := newCamera(name, device, KindCamera, o)
	c.open = func(context.Context) (footage, string, error) {
		return nil, "", fmt.Errorf("%w: local cameras are read on Linux only; a network camera works everywhere", ErrSetup)
	}
	return c
}

func cameraDevices() []string { return nil }
