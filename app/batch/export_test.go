package batch

// SetMaxPerFile makes files of n labels until the function that it returns is called.
func SetMaxPerFile(n int) (restore func()) {
	old := maxPerFile
	maxPerFile = n
	return func() { maxPerFile = old }
}
