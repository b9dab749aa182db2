package kiosk

import (
	"image"
	"image/color"

	"dapilgate/assets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The window is designed at 1280×800; other sizes scale it. Below the least scale a target
// would be smaller than 64 px.
const (
	designWidth  = 1280
	designHeight = 800
	leastScale   = 0.9
	mostScale    = 2.5
	target       = 72 // height of what is touched, in design pixels
)

// tone is a pair of colours: what is written, and what it is written on.
type tone struct{ ink, ground color.NRGBA }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// Tones of verdicts: the same by day and by night, because an operator learns them once.
var (
	toneGreen = tone{rgb(0xffffff), rgb(0x00622a)}
	toneAmber = tone{rgb(0x000000), rgb(0xffc400)}
	toneRed   = tone{rgb(0xffffff), rgb(0xa00010)}
	toneBlue  = tone{rgb(0xffffff), rgb(0x003b8e)}
	tonePaper = tone{rgb(0x000000), rgb(0xffffff)} // a district's band, as on the label
)

// palette is what the rest of the window is painted with.
type palette struct {
	page   tone // the window
	panel  tone // a field on it
	faint  tone // second-rank text on the page
	action tone // the button of the next step
	quiet  tone // other buttons
	chosen tone // a chosen choice
	line   color.NRGBA
}

var (
	light = palette{
		page:   tone{rgb(0x101418), rgb(0xf3f2ec)},
		panel:  tone{rgb(0x101418), rgb(0xffffff)},
		faint:  tone{rgb(0x3d444b), rgb(0xf3f2ec)},
		action: tone{rgb(0xffffff), rgb(0x1b365d)},
		quiet:  tone{rgb(0x101418), rgb(0xdcdad0)},
		chosen: tone{rgb(0xffffff), rgb(0x1b365d)},
		line:   rgb(0x6b6f73),
	}
	dark = palette{
		page:   tone{rgb(0xf4f4f0), rgb(0x101418)},
		panel:  tone{rgb(0xf4f4f0), rgb(0x1c232a)},
		faint:  tone{rgb(0xb9c1c9), rgb(0x101418)},
		action: tone{rgb(0x06121f), rgb(0x9cc4ff)},
		quiet:  tone{rgb(0xf4f4f0), rgb(0x333d47)},
		chosen: tone{rgb(0x06121f), rgb(0x9cc4ff)},
		line:   rgb(0x8d979f),
	}
)

// face is a cut of the type.
type face int

const (
	regular face = iota
	bold
	condensed
)

// look is the window's theme: colours, scale and type. It is Fyne's theme too, for the
// few widgets of Fyne's own (entries, scrolled lists).
type look struct {
	touched func() // told of each touch; nil: nobody asks

	palette
	night  bool
	scale  float32
	above  float32 // taken off the window's height by what stands above the screen, in design pixels
	fonts  [3]fyne.Resource
	widths map[face]map[string]float32 // of texts at measureSize
	drawn  map[drawing]image.Image
}

var _ fyne.Theme = (*look)(nil)

func newLook(night bool) *look {
	l := &look{scale: 1, widths: map[face]map[string]float32{}, drawn: map[drawing]image.Image{},
		fonts: [3]fyne.Resource{fyne.NewStaticResource("Roboto-Regular.ttf", assets.FontRegular),
			fyne.NewStaticResource("Roboto-Bold.ttf", assets.FontBold),
			fyne.NewStaticResource("RobotoCondensed-Bold.ttf", assets.FontCondensedBold)}}
	l.setNight(night)
	return l
}

func (l *look) setNight(night bool) {
	l.night, l.palette = night, light
	if night {
		l.palette = dark
	}
}

// fit takes the scale from a window's size and tells whether it changed.
func (l *look) fit(size fyne.Size) bool {
	s := min(size.Width/designWidth, size.Height/(designHeight+l.above))
	s = max(leastScale, min(mostScale, s))
	if d := s - l.scale; d > -0.01 && d < 0.01 {
		return false
	}
	l.scale = s
	return true
}

// u turns design pixels into the window's.
func (l *look) u(px float32) float32 { return px * l.scale }

const measureSize = 100

// width is the width of a text at size. Widths grow with the size in proportion, so each
// text is measured once.
func (l *look) width(f face, s string, size float32) float32 {
	m := l.widths[f]
	if m == nil || len(m) > 5000 {
		m = map[string]float32{}
		l.widths[f] = m
	}
	w, ok := m[s]
	if !ok {
		got, _ := fyne.CurrentApp().Driver().RenderedTextSize(s, measureSize, fyne.TextStyle{}, l.fonts[f])
		w = got.Width
		m[s] = w
	}
	return w*size/measureSize*1.04 + 1 // hinting makes small letters wider
}

// Color is fyne.Theme's.
func (l *look) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return l.page.ground
	case theme.ColorNameInputBackground:
		return l.panel.ground
	case theme.ColorNameForeground:
		return l.page.ink
	case theme.ColorNamePlaceHolder, theme.ColorNameDisabled:
		return l.faint.ink
	case theme.ColorNameInputBorder, theme.ColorNameSeparator, theme.ColorNameScrollBar:
		return l.line
	case theme.ColorNamePrimary, theme.ColorNameFocus:
		return l.action.ground
	case theme.ColorNameForegroundOnPrimary:
		return l.action.ink
	case theme.ColorNameButton, theme.ColorNameDisabledButton, theme.ColorNameHover, theme.ColorNameSelection, theme.ColorNamePressed:
		return l.quiet.ground
	}
	v := theme.VariantLight
	if l.night {
		v = theme.VariantDark
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font is fyne.Theme's.
func (l *look) Font(s fyne.TextStyle) fyne.Resource {
	if s.Monospace || s.Symbol {
		return theme.DefaultTheme().Font(s)
	}
	if s.Bold {
		return l.fonts[bold]
	}
	return l.fonts[regular]
}

// Icon is fyne.Theme's.
func (l *look) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size is fyne.Theme's.
func (l *look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return l.u(26)
	case theme.SizeNameInnerPadding:
		return l.u(18)
	case theme.SizeNamePadding:
		return l.u(6)
	case theme.SizeNameInputBorder:
		return l.u(3)
	case theme.SizeNameInputRadius:
		return l.u(8)
	case theme.SizeNameScrollBar, theme.SizeNameScrollBarSmall:
		return l.u(20)
	case theme.SizeNameInlineIcon:
		return l.u(36)
	}
	return theme.DefaultTheme().Size(name)
}
