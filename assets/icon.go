package assets

import _ "embed" // the icon

// Icon is the program's icon, a PNG of 256 pixels. It is drawn by dapilgate.svg beside it.
//
//go:embed icon/dapilgate.png
var Icon []byte
