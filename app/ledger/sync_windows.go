package ledger

// syncDir has nothing to do: NTFS keeps its own journal of names.
func syncDir(string) error { return nil }
