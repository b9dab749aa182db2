// Package cache says, before Fyne begins, how long Fyne keeps pictures of texts that are no
// longer shown. Each verdict leaves a megabyte of them: the minute that Fyne keeps them by
// itself is a gigabyte where scans come ten a second. Fyne reads FYNE_CACHE while it is
// initialised, which Go does in the order of import paths, so this package, which imports
// none of it, comes first.
package cache

import "os"

func init() {
	if _, ok := os.LookupEnv("FYNE_CACHE"); !ok {
		_ = os.Setenv("FYNE_CACHE", "5s") // where it can't be set, more memory is used
	}
}
