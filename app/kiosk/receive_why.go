package kiosk

import (
	"fmt"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// differences asks why what arrived is not what the list says: by kelurahan for what is
// missing, by box for what is not on the list. A reason that is touched is for the chosen
// line, or for all of its sort.
type differences struct {
	x       *receiving
	lines   []difference
	chosen  int // a line; -1: all
	list    pager
	missing int
}

// difference is one line: a kelurahan with missing boxes, or a box that is too much.
type difference struct {
	key    string // kelurahan or box, as the ledger takes its reason
	extra  bool
	head   func() string
	detail string
	reason string // key; empty: none yet
}

var (
	missingReasons = []string{"missing.left", "missing.damaged", "missing.later", "missing.refused"}
	extraReasons   = []string{"extra.back", "extra.kept", "extra.passed"}
)

func newDifferences(x *receiving, a *ledger.Arrival) *differences {
	d := &differences{x: x, chosen: -1, missing: a.Missing()}
	d.list.changed = x.refresh
	var area election.AreaCode
	count := 0
	var lacking []string
	name := ""
	flush := func() {
		if count > 0 {
			n, kel := count, name
			d.lines = append(d.lines, difference{key: string(area), detail: strings.Join(lacking, ", "),
				head: func() string { return kel + ": " + words.N("receive.lacks", n) }})
		}
		count, lacking = 0, nil
	}
	for _, b := range a.Boxes {
		if b.Received != nil {
			continue
		}
		if b.Box.Area != area {
			flush()
			area, name = b.Box.Area, b.Kelurahan
		}
		count++
		lacking = append(lacking, fmt.Sprintf("%03d %s", b.Box.TPS, b.Box.Kind))
	}
	flush()
	for _, e := range a.Extra {
		place := e.Kecamatan
		if e.Truck != "" {
			place += " · " + e.Truck
		}
		verdict := string(e.Verdict)
		d.lines = append(d.lines, difference{key: e.Box, extra: true, detail: place,
			head: func() string { return e.Box + ": " + T("arrive."+verdict+".head") }})
	}
	return d
}

// reasons are what was said, by kelurahan and box.
func (d *differences) reasons() map[string]string {
	out := map[string]string{}
	if d == nil {
		return out
	}
	for _, x := range d.lines {
		if x.reason != "" {
			out[x.key] = T(x.reason)
		}
	}
	return out
}

// give sets a reason for the chosen line, or for all lines of its sort.
func (d *differences) give(reason string, extra bool) {
	for i := range d.lines {
		if d.lines[i].extra == extra && (d.chosen == i || d.chosen < 0) {
			d.lines[i].reason = reason
		}
	}
	d.chosen = -1
	d.x.refresh()
}

func (d *differences) content() fyne.CanvasObject {
	x, l := d.x, d.x.s.look
	extras := 0
	ready := true
	for _, line := range d.lines {
		if line.extra {
			extras++
		}
		ready = ready && line.reason != ""
	}
	cells := []cell{l.fix(60, l.text1(T("receive.why", words.Data{"Missing": words.Number(d.missing), "Extra": words.Number(extras)}), 40, condensed, l.page.ink))}
	cells = append(cells, x.noted()...)
	list := d.list.content(l, 1, 5, 8, len(d.lines), func(i int) fyne.CanvasObject {
		line := d.lines[i]
		t, why := l.quiet, T("receive.noreason")
		if line.reason != "" {
			why = T(line.reason)
		}
		if d.chosen == i {
			t = l.chosen
		}
		b := l.buttonIn(t, "", "", func() {
			if d.chosen = i; t == l.chosen {
				d.chosen = -1
			}
			x.refresh()
		})
		b.over = l.col(0, grow(1, l.text1(line.head(), 25, bold, t.ink)), grow(1, l.row(8, grow(1, l.textN(shorten(line.detail, 48), 20, 2, regular, t.ink)), grow(1, l.text1(why, 20, bold, t.ink).trailing()))))
		return b
	})
	var right []cell
	group := func(title string, reasons []string, extra bool) {
		right = append(right, l.fix(34, l.text1(T(title), 24, bold, l.page.ink)))
		for _, key := range reasons {
			right = append(right, l.fix(target, l.button("", T(key), func() { d.give(key, extra) }).sized(23)))
		}
	}
	of := func(extra bool) bool {
		if d.chosen >= 0 {
			return d.lines[d.chosen].extra == extra
		}
		return extra && extras > 0 || !extra && d.missing > 0
	}
	// A finger's height each: where both sorts have lines and none is chosen, one is asked
	// after the other.
	switch {
	case of(false) && (d.chosen >= 0 || !d.answered(false) || extras == 0):
		group("receive.missingwhy", missingReasons, false)
	case of(true):
		group("receive.extrawhy", extraReasons, true)
	}
	right = append(right, rest())
	foot := []cell{grow(1, l.button("back", T("back"), func() { x.step, x.note = receiveIdle, nil; x.refresh() }).sized(28)), rest()}
	if ready {
		foot[1] = grow(1, l.next("next", T("receive.tosign"), func() { x.step, x.note = receiveSign, nil; x.refresh() }).sized(28))
	}
	return l.col(12, append(cells, grow(1, l.row(16, grow(1.6, list), grow(1, l.col(10, right...)))), l.fix(84, l.row(12, foot...)))...)
}

// answered tells whether all lines of a sort have a reason.
func (d *differences) answered(extra bool) bool {
	for _, line := range d.lines {
		if line.extra == extra && line.reason == "" {
			return false
		}
	}
	return true
}

// shorten cuts a list that is longer than its line.
func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
