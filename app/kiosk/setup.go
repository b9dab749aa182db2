package kiosk

import (
	"log/slog"

	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// setup is the first start: event, key and first penyelia. Its fields are the only ones
// before anyone is signed in, and no scan is expected yet.
type setup struct {
	s                    *shell
	dir, name, pin, pin2 *widget.Entry
	pass, pass2          *widget.Entry
	note                 string
	running              bool
	done, total          int
}

func newSetup(s *shell) *setup {
	x := &setup{s: s, dir: widget.NewEntry(), name: widget.NewEntry(), pin: widget.NewPasswordEntry(), pin2: widget.NewPasswordEntry(),
		pass: widget.NewPasswordEntry(), pass2: widget.NewPasswordEntry()}
	return x
}

func (x *setup) takesScans() bool { return false }
func (x *setup) scanned(string)   {}

func (x *setup) content() fyne.CanvasObject {
	p := x.s.look.p
	x.dir.SetPlaceHolder(T("setup.builtin"))
	row := func(label string, e fyne.CanvasObject) fyne.CanvasObject {
		return container.New(&columns{[]float32{1, 1.5}}, padded(6, newFitted(label, sizeBody, sizeSmall, p.text, true, fyne.TextAlignLeading)), e)
	}
	form := container.NewVBox(
		newFitted(T("setup.title"), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading).full(),
		newFitted(T("setup.help"), sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignLeading),
		row(T("setup.event"), x.dir), row(T("setup.name"), x.name), row(T("setup.pin"), x.pin), row(T("setup.pin2"), x.pin2),
		row(T("setup.pass"), x.pass), row(T("setup.pass2"), x.pass2))
	if x.note != "" {
		form.Add(panel(toneAmber.ground, newFitted(x.note, sizeBody, sizeSmall, toneAmber.text, true, fyne.TextAlignLeading)))
	}
	var foot fyne.CanvasObject = newButton(T("setup.do"), x.s.strong(), x.create).sized(sizeLarge).wide(0, 84)
	if x.running {
		bar := &progress{done: x.done, total: x.total, look: p}
		bar.ExtendBaseWidget(bar)
		foot = container.NewVBox(newFitted(T("setup.running", words.Data{"Done": words.Number(x.done)}), sizeBody, sizeSmall, p.text, false, fyne.TextAlignLeading), bar)
	}
	return x.s.page("", container.New(&inset{0.1, 0}, container.NewBorder(nil, foot, nil, nil, container.NewVScroll(form))))
}

func (x *setup) create() {
	switch {
	case x.name.Text == "":
		x.note = T("setup.noname")
	case x.pin.Text != x.pin2.Text:
		x.note = T("setup.pinsdiffer")
	case x.pass.Text != x.pass2.Text:
		x.note = T("setup.passdiffer")
	default:
		x.note, x.running = "", true
		in := Setup{EventDir: x.dir.Text, Penyelia: x.name.Text, PIN: x.pin.Text, Passphrase: x.pass.Text}
		x.s.later(func() func() {
			shown := 0
			l, err := x.s.cfg.Create(x.s.ctx, in, func(done, total int) {
				if done-shown > 10000 || done == total {
					shown = done
					x.s.do(func() { x.done, x.total = done, total; x.refresh() })
				}
			})
			return func() { x.created(l, err) }
		})
	}
	x.refresh()
}

func (x *setup) created(l *ledger.Ledger, err error) {
	x.running = false
	if err != nil {
		slog.Error("set up", "err", err)
		x.note = words.Error(err)
		x.refresh()
		return
	}
	x.s.use(l)
}

func (x *setup) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}
