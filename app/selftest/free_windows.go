package selftest

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// freeBytes is the room that this user has in a folder.
func freeBytes(folder string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, fmt.Errorf("free room of %s: %w", folder, err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(name, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("free room of %s: %w", folder, err)
	}
	return free, nil
}
