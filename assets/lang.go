package assets

import "embed"

// Lang holds the translations, a file a language, in the form of fyne.io/fyne/v2/lang.
//
//go:embed lang/*.json
var Lang embed.FS
