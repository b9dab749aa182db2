package assets

import "embed"

// Lang holds the translations, a file a language, in the form of fyne.io/fyne/v2/lang.
//
//go:embed lang/*.json
var Lang embed.FS

// Guides holds the text of the leaflets for those who stand at the kiosk: a title, headings
// (##), numbered steps, points (-), and {verdicts} where the answers of the screen stand.
//
//go:embed guides/*.md
var Guides embed.FS
