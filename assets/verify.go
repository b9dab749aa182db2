package assets

import "embed"

// Verify holds what goes with an exported log: a page that explains how to check it, and a
// checker that shares no code with ours.
//
//go:embed verify/index.html verify/verify.py
var Verify embed.FS
