package labels

// syncDir has nothing to do: Windows has no handle of a folder that could be flushed, and
// NTFS journals its names.
func syncDir(string) error { return nil }
