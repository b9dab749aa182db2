package kiosk

import (
	"image/color"

	"dapilgate/assets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Text sizes in Fyne's units, for a screen of 1280×800 read from one to three metres.
const (
	sizeHuge    = 120 // a verdict's headline
	sizeTitle   = 44
	sizeLarge   = 30 // what an operator reads while working
	sizeBody    = 22
	sizeSmall   = 18
	target      = 68 // least height of anything that a gloved finger hits
	numeralSize = 190
)

// palette is the window's colours. Every text colour has a contrast of at least 7:1 on
// the ground that it stands on (WCAG 2.2, 1.4.6); a test holds it.
type palette struct {
	ground, panel, text, quiet, line color.NRGBA
	button, buttonText               color.NRGBA
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

var (
	dark = palette{ground: rgb(0x101418), panel: rgb(0x1c2229), text: rgb(0xffffff), quiet: rgb(0xc4ccd4), line: rgb(0x5b6672),
		button: rgb(0x2f3a46), buttonText: rgb(0xffffff)}
	light = palette{ground: rgb(0xf4f5f7), panel: rgb(0xffffff), text: rgb(0x0b0e12), quiet: rgb(0x3a424b), line: rgb(0x8a94a0),
		button: rgb(0xd5dbe2), buttonText: rgb(0x0b0e12)}
)

// tone is the ground and text of a verdict, the same in light and dark: a verdict looks
// the same in every hall.
type tone struct{ ground, text color.NRGBA }

var (
	toneGreen = tone{rgb(0x00622a), rgb(0xffffff)}
	toneAmber = tone{rgb(0xffc400), rgb(0x000000)}
	toneRed   = tone{rgb(0xa00010), rgb(0xffffff)}
	toneBlue  = tone{rgb(0x003b8e), rgb(0xffffff)}

	// what to do now, on red
	onRed = rgb(0xffeea0)
)

// look is the Fyne theme made of a palette.
type look struct {
	p    *palette
	dark bool
}

var _ fyne.Theme = (*look)(nil)

func newLook(isDark bool) *look {
	if isDark {
		return &look{&dark, true}
	}
	return &look{&light, false}
}

// Color gives Fyne's own widgets the palette's colours.
func (l *look) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch n {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return l.p.ground
	case theme.ColorNameForeground:
		return l.p.text
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return l.p.quiet
	case theme.ColorNameInputBackground, theme.ColorNameHeaderBackground:
		return l.p.panel
	case theme.ColorNameInputBorder, theme.ColorNameSeparator:
		return l.p.line
	case theme.ColorNameButton, theme.ColorNameDisabledButton:
		return l.p.button
	case theme.ColorNamePrimary:
		return toneBlue.ground
	}
	v := theme.VariantLight
	if l.dark {
		v = theme.VariantDark
	}
	return theme.DefaultTheme().Color(n, v)
}

var (
	fontRegular = fyne.NewStaticResource("Roboto-Regular.ttf", assets.FontRegular)
	fontBold    = fyne.NewStaticResource("RobotoCondensed-Bold.ttf", assets.FontCondensedBold)
)

// Font is the labels' own: condensed where it is bold, so that long names stay large.
func (l *look) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace || s.Symbol:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return fontBold
	}
	return fontRegular
}

// Icon is Fyne's.
func (l *look) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size makes Fyne's widgets large enough for gloves.
func (l *look) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameText:
		return sizeBody
	case theme.SizeNameInnerPadding:
		return 20
	case theme.SizeNameInlineIcon:
		return 28
	case theme.SizeNamePadding:
		return 6
	case theme.SizeNameScrollBar:
		return 24
	}
	return theme.DefaultTheme().Size(n)
}
