package kiosk

import (
	"cmp"
	"fmt"
	"strings"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// history lists the prints, newest first, and the labels that were looked for: by anything
// that is printed on one, by the scan of one, or by who printed it, when, where and why. It
// has no text field: what a person types, and what a scanner does, ends with Enter.
type history struct {
	x      *labelsScreen
	query  string // empty: the prints
	prints []ledger.Batch
	list   pager

	found  []ledger.FoundLabel // a page of them
	total  int
	pages  pager
	print  *ledger.Batch // the print that alone was asked for; nil: none
	asked  int
	opened *foundLabel // the label that is looked at; nil: none
}

const (
	printsAPage = 5
	labelsAPage = 5
)

func newHistory(x *labelsScreen) *history {
	h := &history{x: x}
	h.list.changed, h.pages.changed = x.refresh, h.read
	return h
}

// search looks for a text; the empty one shows the prints.
func (h *history) search(text string) {
	h.query, h.opened, h.pages.page = strings.TrimSpace(text), nil, 0
	h.x.note = nil
	h.x.s.sink.forget()
	h.x.refresh()
	h.read()
}

// read asks for the prints and a page of what was found.
func (h *history) read() {
	s := h.x.s
	h.asked++
	n, text, from := h.asked, h.query, h.pages.page*labelsAPage
	s.later(func() func() {
		var found []ledger.FoundLabel
		var total int
		prints, err := s.ledger.Batches(s.ctx, false)
		if err == nil && text != "" {
			found, total, err = batch.Find(s.ctx, s.ledger, text, labelsAPage, from)
		}
		return func() {
			if n != h.asked {
				return
			}
			h.prints, h.found, h.total, h.print = prints, found, total, nil
			id := batch.Query(s.ledger.Event(), nil, text).Batch
			for i := range prints {
				if text != "" && prints[i].ID == id {
					h.print = &prints[i]
				}
			}
			if err != nil {
				h.x.say(false, func() string { return words.Error(err) })
			} else if total == 1 && h.opened == nil {
				h.open(found[0])
			}
			h.x.refresh()
		}
	})
}

func (h *history) content() fyne.CanvasObject {
	if h.opened != nil {
		return h.opened.content()
	}
	l := h.x.s.look
	p := l.panel
	say := T("history.ask")
	if h.query != "" {
		say = T("history.found", words.Data{"Query": shortQuery(h.query), "N": words.Number(h.total)})
	}
	ask := l.textN(say, 30, 2, condensed, p.ink)
	h.x.s.sink.shown = func(typed string) {
		// A scan is over before it could be read; only what a person types is shown.
		if ask.text = typed; typed == "" || len(typed) > 60 {
			ask.text = say
		}
		ask.Refresh()
	}
	head := []cell{grow(1, l.on(p.ground, 12, l.inset(10, l.row(16, l.fix(56, l.shape("search", p.ink)), grow(1, ask)))))}
	if h.query != "" {
		head = append(head, l.fix(230, l.button("back", T("history.prints"), func() { h.search("") }).sized(24)))
	}
	cells := []cell{l.fix(84, l.row(12, head...))}
	if h.print != nil && h.x.note == nil { // there is room for one of them
		cells = append(cells, l.fix(96, h.about(*h.print)))
	}
	switch {
	case h.query == "" && len(h.prints) == 0, h.query != "" && h.total == 0:
		none := T("history.none")
		if h.query == "" {
			none = T("history.empty")
		}
		cells = append(cells, grow(1, l.textN(none, 32, 3, regular, l.faint.ink).centred()))
	case h.query == "":
		cells = append(cells, grow(1, h.list.content(l, 1, printsAPage, 8, len(h.prints), func(i int) fyne.CanvasObject {
			b := h.prints[i]
			return l.listed(h.line(b), func() { h.search(fmt.Sprint("#", b.ID)) })
		})))
	default:
		cells = append(cells, grow(1, h.pages.content(l, 1, labelsAPage, 8, h.total, func(i int) fyne.CanvasObject {
			if i -= h.pages.page * labelsAPage; i < 0 || i >= len(h.found) {
				return l.row(0, rest()) // a page that is still read
			}
			return l.listed(h.label(h.found[i]), func() { h.open(h.found[i]) })
		})))
	}
	return l.col(10, cells...)
}

// shortQuery is a query as it is repeated: of a scan, its beginning.
func shortQuery(q string) string {
	const most = 40
	if r := []rune(q); len(r) > most {
		return string(r[:most]) + "…"
	}
	return q
}

// line is a print in the list: who, when, where, why, and what became of its labels.
func (h *history) line(b ledger.Batch) fyne.CanvasObject {
	l := h.x.s.look
	ink := l.quiet.ink
	return l.row(14, l.gap(2),
		grow(1.7, l.col(0,
			grow(1.2, l.text1(T("history.print", words.Data{"Batch": b.ID, "Choice": cmp.Or(b.Choice, b.Stock)}), 26, bold, ink)),
			grow(1, l.text1(whereWhy(b.Output, b.Stock, b.Reason), 21, regular, ink)))),
		grow(1, l.col(0, grow(1.2, l.text1(b.By, 24, bold, ink).trailing()), grow(1, l.text1(words.Moment(b.At), 20, regular, ink).trailing()))),
		grow(1, l.col(0, grow(1.2, l.text1(words.N("history.good", b.Good), 24, bold, ink).trailing()), grow(1, l.text1(rests(b), 20, regular, ink).trailing()))),
		l.gap(2))
}

// whereWhy is where a print went, on what, and why, as far as it is known.
func whereWhy(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " · ")
}

// rests tells of a print's labels that are not good, and of those that were scanned back.
func rests(b ledger.Batch) string {
	var out []string
	for _, x := range []struct {
		key string
		n   int
	}{{"history.unsure", b.Planned + b.Sent}, {"history.spoiled", b.Spoiled}, {"history.void", b.Void}, {"history.checked", b.Checked}} {
		if x.n > 0 {
			out = append(out, words.N(x.key, x.n))
		}
	}
	return strings.Join(out, " · ")
}

// about is the print whose labels are listed, and the way on where it broke off.
func (h *history) about(b ledger.Batch) fyne.CanvasObject {
	l := h.x.s.look
	cells := []cell{grow(1, l.on(l.panel.ground, 12, l.inset(8, h.line(b))))}
	if h.x.s.person.Role == ledger.Penyelia && b.State == ledger.BatchCanceled {
		cells = append(cells, l.fix(230, l.next("next", T("resume.do"), func() { h.x.resume(b.ID) }).sized(23)))
	}
	return l.row(10, cells...)
}

// label is a label in the list.
func (h *history) label(k ledger.FoundLabel) fyne.CanvasObject {
	l := h.x.s.look
	ink := l.quiet.ink
	return l.row(14, l.gap(2),
		grow(1.5, l.col(0,
			grow(1.2, l.text1(k.Box+" · "+T("audit.revision", words.Data{"Revision": k.Revision}), 25, bold, ink)),
			grow(1, l.text1(whereWhy(k.Kelurahan, k.Kecamatan), 21, regular, ink)))),
		grow(1, l.col(0,
			grow(1.2, l.text1(labelState(k), 24, bold, ink)),
			grow(1, l.text1(whereWhy(k.Output, k.Reason), 20, regular, ink)))),
		grow(0.9, l.col(0,
			grow(1.2, l.text1(T("history.of", words.Data{"Batch": k.Batch, "Name": k.By}), 23, bold, ink).trailing()),
			grow(1, l.text1(words.Moment(k.At), 20, regular, ink).trailing()))), l.gap(2))
}

// labelState is what became of a label, in words.
func labelState(k ledger.FoundLabel) string {
	switch {
	case k.State != ledger.LabelPrinted && k.State != ledger.LabelSent:
		return T("label." + k.State)
	case !k.Newest:
		return T("label.replaced")
	case k.Checked:
		return T("label.checked")
	}
	return T("label." + k.State)
}
