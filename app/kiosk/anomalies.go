package kiosk

import (
	"fmt"

	"dapilgate/app/audit"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// anomalies lists what is odd in the record for the penyelia and the auditor, the gravest
// first. Each is a place to look at: a touch shows the life of its box or load. A scan is a
// question, as on the audit screen.
type anomalies struct {
	s     *shell
	list  []audit.Anomaly
	read  bool
	pages pager
	note  func() string
}

func newAnomalies(s *shell) *anomalies {
	x := &anomalies{s: s}
	x.pages.changed = x.refresh
	s.later(func() func() {
		list, err := audit.Anomalies(s.ctx, s.ledger, audit.DefaultLimits)
		audit.BySeverity(list)
		return func() {
			if x.list, x.read = list, true; err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
	return x
}

func (x *anomalies) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *anomalies) takesScans() bool    { return true }
func (x *anomalies) scanned(scan string) { x.ask(scan) }

// ask asks on the audit screen.
func (x *anomalies) ask(text string) {
	a := newAudit(x.s)
	a.from = x
	x.s.show(a)
	a.scanned(text)
}

// manners are how severities are painted.
var manners = map[audit.Severity]manner{audit.Grave: {toneRed, "stop", below}, audit.Serious: {toneAmber, "warn", below}, audit.Slight: {toneBlue, "unequal", below}}

func (x *anomalies) content() fyne.CanvasObject {
	l := x.s.look
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), false))
	}
	cells = append(cells, l.fix(target, l.row(12, grow(1, l.textN(T("anomalies.help"), 26, 2, regular, l.page.ink)),
		l.fix(200, l.button("back", T("back"), func() { x.s.show(newAudit(x.s)) }).sized(24)))))
	none := T("audit.reading")
	if x.read {
		none = T("anomalies.none")
	}
	if len(x.list) == 0 {
		return x.s.page("audit", l.col(12, append(cells, grow(1, l.textN(none, 36, 2, regular, l.faint.ink).centred()))...))
	}
	list := x.pages.content(l, 1, linesAPage, 8, len(x.list), func(i int) fyne.CanvasObject {
		a := x.list[i]
		row := x.line(a)
		switch {
		case a.Box != "":
			return l.listed(row, func() { x.ask(a.Box) })
		case a.Load != 0:
			return l.listed(row, func() { x.ask(loadQuestion(a.Load)) })
		}
		return l.on(l.panel.ground, 10, l.inset(8, row))
	})
	return x.s.page("audit", l.col(12, append(cells, grow(1, list))...))
}

// loadQuestion asks for the life of a load, whatever the language of the window.
func loadQuestion(load int64) string { return fmt.Sprint("muatan ", load) }

func (x *anomalies) line(a audit.Anomaly) fyne.CanvasObject {
	l := x.s.look
	m, ink := manners[a.Severity], l.quiet.ink
	what := T("anomaly." + string(a.Kind))
	if a.Count > 0 {
		what += ": " + words.Number(a.Count)
	}
	return l.row(14, l.gap(2),
		l.fix(56, l.on(m.tone.ground, 8, l.inset(8, l.shape(m.icon, m.tone.ink)))),
		grow(2, l.col(0, grow(1.2, l.text1(what, 26, bold, ink)), grow(1, l.text1(whereWhy(a.Box, a.Truck), 21, regular, ink)))),
		grow(1, l.col(0, grow(1.2, l.text1(T("header.dock", words.Data{"Dock": a.Dock})+" · "+a.By, 23, bold, ink).trailing()),
			grow(1, l.text1(words.Moment(a.At), 20, regular, ink).trailing()))), l.gap(2))
}
