package kiosk

import (
	"cmp"
	"context"
	"path/filepath"
	"time"

	"dapilgate/app/words"
	"dapilgate/labels/printer"

	"fyne.io/fyne/v2"
)

// printersTab lists the printers of this place with their state, which is shown as it
// changes; from it one is chosen for the print, looked at closely, or added.
type printersTab struct {
	x       *labelsScreen
	book    *printer.Book
	list    []printer.Printer
	how     map[string]heard // by address
	pages   pager
	watch   context.CancelFunc // nil: nobody looks
	watched string             // addresses that are looked at
	asked   bool               // the list was read

	opened        *printerCard // the one that is looked at closely; nil: none
	adding        bool
	name, address *field
}

// heard is the last that a printer said.
type heard struct {
	status printer.Status
	err    error
	known  bool // it said something, or failed to
}

// lookEvery is the time between two looks at a printer.
const lookEvery = 2 * time.Second

func newPrintersTab(x *labelsScreen) *printersTab {
	t := &printersTab{x: x, book: x.s.cfg.Printers, how: map[string]heard{}}
	if t.book == nil {
		t.book = printer.OpenBook(filepath.Join(x.s.cfg.Files, "printers.toml"))
	}
	t.pages.changed = x.refresh
	t.name, t.address = newField("printers.name", false, t.add), newField("printers.address", false, t.add)
	return t
}

// read asks which printers there are, and begins to look at them.
func (t *printersTab) read() {
	s := t.x.s
	s.later(func() func() {
		list, err := t.book.All(s.ctx)
		return func() {
			t.list, t.asked = list, true
			if err != nil {
				t.x.say(false, func() string { return words.Error(err) })
			}
			if t.x.tab == tabPrinters && s.shown == t.x {
				t.lookAt(list)
			}
			t.x.refresh()
		}
	})
}

// lookAt watches these printers until still.
func (t *printersTab) lookAt(list []printer.Printer) {
	all := ""
	for _, p := range list {
		all += p.Address + "\n"
	}
	if t.watch != nil && all == t.watched {
		return
	}
	t.still()
	ctx, stop := context.WithCancel(t.x.s.ctx)
	t.watch, t.watched = stop, all
	for _, p := range list {
		m, err := p.Open()
		if err != nil {
			t.how[p.Address] = heard{err: err, known: true}
			continue
		}
		go printer.Watch(ctx, m, lookEvery, func(st printer.Status, err error) {
			t.x.s.do(func() {
				if ctx.Err() == nil {
					t.how[p.Address] = heard{st, err, true}
					t.x.refresh()
				}
			})
		})
	}
}

// still ends the looking.
func (t *printersTab) still() {
	if t.watch != nil {
		t.watch()
		t.watch = nil
	}
}

func (t *printersTab) content() fyne.CanvasObject {
	switch {
	case t.adding:
		return t.addContent()
	case t.opened != nil:
		return t.opened.content()
	}
	l := t.x.s.look
	rows := 6
	if t.x.note != nil {
		rows = 5
	}
	var list fyne.CanvasObject = l.textN(T("printers.none"), 30, 3, regular, l.faint.ink).centred()
	if !t.asked {
		list = l.textN(T("printers.looking"), 30, 2, regular, l.faint.ink).centred()
	}
	if len(t.list) > 0 {
		list = t.pages.content(l, 1, rows, 8, len(t.list), func(i int) fyne.CanvasObject { return t.line(t.list[i]) })
	}
	return l.col(10, grow(1, list), l.fix(80, l.row(10,
		grow(1, l.button("plus", T("printers.add"), func() { t.adding, t.x.note = true, nil; t.x.refresh() }).sized(24)),
		grow(1, l.button("label", T("printers.file"), func() { t.use(nil) }).sized(24)))))
}

// line is a printer in the list: touched it is looked at, its button chooses it.
func (t *printersTab) line(p printer.Printer) fyne.CanvasObject {
	l := t.x.s.look
	ink := l.quiet.ink
	h := t.how[p.Address]
	about := whereWhy(p.Stock, p.Address)
	row := l.row(12, l.gap(2), l.fix(44, l.shape("print", ink)),
		grow(1.2, l.col(0, grow(1.3, l.text1(p.Name, 26, bold, ink)), grow(1, l.text1(about, 19, regular, ink)))),
		grow(1, h.badge(l)), l.gap(2))
	pick := l.choice(t.x.on != nil && t.x.on.Address == p.Address, T("printers.use"), func() { t.use(&p) }).sized(23)
	return l.row(8, grow(1, l.listed(row, func() { t.open(p) })), l.fix(150, pick))
}

// words is what a printer said last, for people.
func (h heard) words() string {
	switch {
	case !h.known:
		return T("printers.asking")
	case h.err != nil:
		return words.Error(h.err)
	}
	return words.Printer(h.status)
}

// troubled tells whether somebody must do something.
func (h heard) troubled() bool {
	return h.known && (h.err != nil || len(h.status.Reasons) > 0 || h.status.State == printer.Stopped)
}

// badge is a printer's state: amber where somebody must do something.
func (h heard) badge(l *look) fyne.CanvasObject {
	if !h.troubled() {
		return l.textN(h.words(), 22, 2, regular, l.quiet.ink)
	}
	text := h.words()
	if h.err != nil {
		text = T("printers.silent")
	}
	return l.on(toneAmber.ground, 8, l.inset(4, l.row(8, l.fix(36, l.shape("warn", toneAmber.ink)), grow(1, l.textN(text, 22, 2, bold, toneAmber.ink)))))
}

// printerState is how the printer of a running print is, for the whole width.
func (x *labelsScreen) printerState(name string, h heard) fyne.CanvasObject {
	l := x.s.look
	t, icon, do := l.panel, "print", ""
	if h.troubled() {
		t, icon, do = toneAmber, "warn", T("printers.fix")
	}
	lines := []cell{grow(1.4, l.text1(name+": "+h.words(), 34, bold, t.ink))}
	if do != "" {
		lines = append(lines, grow(1, l.textN(do, 24, 2, regular, t.ink)))
	}
	return l.on(t.ground, 12, l.inset(12, l.row(18, l.fix(72, l.shape(icon, t.ink)), grow(1, l.col(0, lines...)))))
}

// preset chooses the printer of this machine, by its name.
func (t *printersTab) preset(name string) {
	if name == "" {
		return
	}
	s := t.x.s
	s.later(func() func() {
		p, err := t.book.ByName(s.ctx, name)
		return func() {
			if err != nil {
				t.x.say(false, func() string { return words.Error(err) })
			} else if t.x.on == nil {
				t.x.on = &p
				t.x.take(p.Stock)
			}
			t.x.refresh()
		}
	})
}

// use chooses a printer for the print, nil: a file; its paper is what lies in it.
func (t *printersTab) use(p *printer.Printer) {
	x := t.x
	x.on = p
	if p != nil {
		x.take(p.Stock)
	}
	x.turn(tabPrint)
}

// addContent asks for a printer's name and address.
func (t *printersTab) addContent() fyne.CanvasObject {
	l := t.x.s.look
	t.name.SetPlaceHolder("Zebra 1")
	t.address.SetPlaceHolder("tcp://192.168.1.50:9100")
	return l.col(12, l.fix(64, l.textN(T("printers.add.help"), 24, 2, regular, l.page.ink)),
		t.name.line(l), t.address.line(l), rest(),
		l.fix(84, l.row(10, grow(1, l.button("back", T("back"), func() { t.adding, t.x.note = false, nil; t.x.refresh() })),
			grow(2, l.next("plus", T("printers.add"), t.add).sized(28)))))
}

// add keeps the printer that was typed in.
func (t *printersTab) add() {
	p := printer.Printer{Name: t.name.Text, Address: t.address.Text}
	t.keep(p, func() {
		t.adding = false
		t.name.SetText("")
		t.address.SetText("")
		t.x.say(true, func() string { return T("printers.added", words.Data{"Printer": p.Name}) })
	})
}

// keep writes a printer into the book, then does what belongs to it and reads the list anew.
func (t *printersTab) keep(p printer.Printer, done func()) {
	t.x.s.later(func() func() {
		err := t.book.Put(p)
		return func() {
			if err != nil {
				t.x.say(false, func() string { return words.Error(err) })
				t.x.refresh()
				return
			}
			if on := t.x.on; on != nil && on.Name == p.Name {
				t.x.on = &p
			}
			done()
			t.read()
		}
	})
}

// open looks at a printer closely.
func (t *printersTab) open(p printer.Printer) {
	t.x.note = nil
	t.opened = newPrinterCard(t, p)
	t.x.refresh()
}

// close goes back to the list.
func (t *printersTab) close() {
	t.opened, t.x.note = nil, nil
	t.x.refresh()
}

// paperOf is the name of the paper that lies in a printer, or that is chosen.
func (t *printersTab) paperOf(p printer.Printer) string { return cmp.Or(p.Stock, t.x.stock.Name) }
