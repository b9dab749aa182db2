//go:build !windows

package selftest

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// freeBytes is the room that this user has in a folder.
func freeBytes(folder string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, fmt.Errorf("free room of %s: %w", folder, err)
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
