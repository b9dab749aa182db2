package kiosk

import (
	"log/slog"

	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// setup is the first start: event, key and first penyelia. Its fields are the only ones
// before anyone is signed in, and no scan is expected yet.
type setup struct {
	s           *shell
	fields      []*field
	dir, name   *field
	pin, pin2   *field
	pass, pass2 *field
	note        func() string
	running     bool
	done, total int
}

func newSetup(s *shell) *setup {
	x := &setup{s: s}
	make := func(key string, secret bool) *field {
		f := newField(key, secret, x.create)
		x.fields = append(x.fields, f)
		return f
	}
	x.dir, x.name = make("setup.event", false), make("setup.name", false)
	x.pin, x.pin2 = make("setup.pin", true), make("setup.pin2", true)
	x.pass, x.pass2 = make("setup.pass", true), make("setup.pass2", true)
	return x
}

func (x *setup) takesScans() bool { return false }
func (x *setup) scanned(string)   {}

func (x *setup) content() fyne.CanvasObject {
	l := x.s.look
	if x.running {
		return x.s.bare(T("setup.title"), T("setup.help"), l.col(20, rest(),
			l.fix(60, l.text1(T("setup.running", words.Data{"Done": words.Number(x.done), "Total": words.Number(x.total)}), 40, bold, l.page.ink).centred()),
			l.fix(44, l.bar(x.done, 0, x.total)), rest()))
	}
	x.dir.SetPlaceHolder(T("setup.builtin"))
	var cells []cell
	for _, f := range x.fields {
		cells = append(cells, f.line(l))
	}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	cells = append(cells, rest(), l.fix(84, l.next("tick", T("setup.do"), x.create).sized(34)))
	return x.s.bare(T("setup.title"), T("setup.help"), l.row(0, l.gap(80), grow(1, l.col(10, cells...)), l.gap(80)))
}

func (x *setup) create() {
	if x.running {
		return
	}
	problem := ""
	switch {
	case x.name.Text == "":
		problem = "setup.noname"
	case x.pin.Text != x.pin2.Text:
		problem = "setup.pinsdiffer"
	case x.pass.Text == "":
		problem = "setup.nopass"
	case x.pass.Text != x.pass2.Text:
		problem = "setup.passdiffer"
	}
	if problem != "" {
		x.note = func() string { return T(problem) }
		x.refresh()
		return
	}
	x.note, x.running, x.done, x.total = nil, true, 0, 0
	in := Setup{EventDir: x.dir.Text, Penyelia: x.name.Text, PIN: x.pin.Text, Passphrase: x.pass.Text}
	x.s.later(func() func() {
		shown := 0
		l, err := x.s.cfg.Create(x.s.ctx, in, func(done, total int) {
			if done-shown > 5000 || done == total {
				shown = done
				x.s.do(func() { x.done, x.total = done, total; x.refresh() })
			}
		})
		return func() { x.created(l, err) }
	})
	x.refresh()
}

func (x *setup) created(l *ledger.Ledger, err error) {
	x.running = false
	if err != nil {
		slog.Error("set up", "err", err)
		x.note = func() string { return words.Error(err) }
		x.refresh()
		return
	}
	for _, f := range x.fields { // secrets don't outlive their use
		f.SetText("")
	}
	x.s.use(l)
}

func (x *setup) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}
