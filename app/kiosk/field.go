package kiosk

import (
	"strings"

	"dapilgate/labels/code"

	"fyne.io/fyne/v2/widget"
)

// field is a line of text with its words.
type field struct {
	*widget.Entry
	key  string
	felt bool // typing in it counts as being here
}

// feel makes typing in the field count as being here.
func (f *field) feel(l *look) {
	if f.felt || l.touched == nil {
		return
	}
	then := f.OnChanged
	f.felt, f.OnChanged = true, func(text string) {
		l.touched()
		if then != nil {
			then(text)
		}
	}
}

// newField makes a field. Enter in it does what the screen's button does, unless it ends a
// scan of ours: that is taken out again, and does nothing.
func newField(key string, secret bool, enter func()) *field {
	f := &field{Entry: widget.NewEntry(), key: key}
	if secret {
		f.Entry = widget.NewPasswordEntry()
	}
	f.OnSubmitted = func(text string) {
		if typed, scanned := beforeScan(text); scanned {
			f.SetText(typed)
			return
		}
		enter()
	}
	return f
}

// fieldHeight leaves the buttons inside a field as large as any target.
const fieldHeight = target + 8

// line is the field beside its words.
func (f *field) line(l *look) cell {
	f.feel(l)
	return l.fix(fieldHeight, l.row(16, grow(1, l.textN(T(f.key), 28, 2, bold, l.page.ink)), grow(1.5, f.Entry)))
}

// below is the field below its words.
func (f *field) below(l *look) cell {
	f.feel(l)
	return l.fix(fieldHeight+32, l.col(2, l.fix(30, l.text1(T(f.key), 24, bold, l.panel.ink)), l.fix(fieldHeight, f.Entry)))
}

// beforeScan is what a person typed before one of our codes was scanned into the same
// field. The screens that have fields expect no scan, but a scanner doesn't know that.
func beforeScan(text string) (typed string, scanned bool) {
	for _, magic := range []string{code.CommandMagic, code.Magic} {
		for at := 0; at+len(magic) <= len(text); at++ {
			if strings.EqualFold(text[at:at+len(magic)], magic) && code.Parse(text[at:], code.Keys{}).Status != code.Foreign {
				return text[:at], true
			}
		}
	}
	return "", false
}
