package kiosk

import (
	"encoding/json"
	"fmt"
	"strings"

	"dapilgate/app/audit"
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// answered is the answer to the question, by what it is about.
func (x *auditScreen) answered() fyne.CanvasObject {
	a := x.answer
	switch {
	case a.Question.Names != "":
		return x.names(a)
	case a.Box != nil:
		return x.story(a.Box)
	case a.Cargo != nil:
		return x.cargo(a.Cargo)
	}
	n := len(a.Loads) + len(a.Labels) + len(a.Boxes) + len(a.Events)
	l := x.s.look
	if n == 0 {
		return l.textN(T("audit.nothing"), 36, 2, regular, l.faint.ink).centred()
	}
	offset := x.lines.page * linesAPage
	list := x.lines.content(l, 1, linesAPage, 8, a.Total, func(i int) fyne.CanvasObject {
		if i -= offset; i < 0 || i >= n {
			return l.row(0, rest()) // a page that is still read
		}
		switch {
		case len(a.Loads) > 0:
			return x.loadLine(a.Loads[i])
		case len(a.Labels) > 0:
			return x.labelLine(a.Labels[i])
		case len(a.Boxes) > 0:
			return x.boxLine(a.Boxes[i])
		}
		return x.stepLine(a.Events[i])
	})
	return l.col(8, l.fix(36, l.text1(T("audit.total", words.Data{"N": words.Number(a.Total)}), 24, bold, l.page.ink)), grow(1, list))
}

// names are what is like a name that was typed: the person picks.
func (x *auditScreen) names(a *audit.Answer) fyne.CanvasObject {
	l := x.s.look
	ink := l.quiet.ink
	again := func(with string) func() { return func() { x.search(a.Question.Rest + " " + with) } }
	var rows []fyne.CanvasObject
	add := func(icon, name, about, with string) {
		rows = append(rows, l.listed(l.row(14, l.gap(2), l.fix(48, l.shape(icon, ink)),
			grow(1, l.col(0, grow(1.2, l.text1(name, 28, bold, ink)), grow(1, l.text1(about, 21, regular, ink)))), l.gap(2)), again(with)))
	}
	for _, s := range a.Areas {
		add("globe", levelWords(s.Level)+" "+shortName(s.Name), areaWords(s), string(s.Area))
	}
	for _, p := range a.Trucks {
		add("truck", p, T("audit.truck"), p)
	}
	for _, p := range a.People {
		add("person", p, T("audit.person"), p)
	}
	if len(rows) == 0 {
		return l.textN(T("audit.unknown", words.Data{"Name": a.Question.Names}), 36, 3, regular, l.faint.ink).centred()
	}
	return l.col(8, l.fix(64, l.textN(T("audit.pick", words.Data{"Name": a.Question.Names}), 26, 2, bold, l.page.ink)),
		grow(1, x.beside.content(l, 2, 5, 8, len(rows), func(i int) fyne.CanvasObject { return rows[i] })))
}

// story is the life of a box: what it is, where it should be, where it was seen, and all
// that happened to it, the newest first.
func (x *auditScreen) story(st *audit.Story) fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	place := ""
	if st.Kelurahan != "" { // a spare has no area of its own
		place = T("audit.place", words.Data{"Kelurahan": st.Kelurahan, "Kecamatan": st.Kecamatan})
	}
	d, err := election.ParseDistrict(st.District)
	if err != nil {
		d = election.District{} // a spare has none
	}
	state := T("state." + string(st.State))
	if st.Hold != "" {
		state += " · " + T("audit.held", words.Data{"Reason": st.Hold})
	}
	head := l.on(p.ground, 12, l.inset(10, l.row(18,
		l.fix(170, l.numeral(x.s.district(d, st.Kecamatan), 72)),
		grow(1, l.col(0, grow(1.3, l.text1(st.Box, 38, condensed, p.ink)), grow(1, l.text1(place, 24, regular, p.ink)),
			grow(1, l.text1(whereWhy(state, T("audit.revision", words.Data{"Revision": st.Revision})), 22, regular, p.ink)))),
		grow(1.1, l.col(0, grow(1, l.textN(T("audit.should", words.Data{"Where": shouldWords(st.Should)}), 25, 2, bold, p.ink)),
			grow(1, l.textN(T("audit.seen", words.Data{"Where": seenWords(st.Seen)}), 23, 2, regular, p.ink)))))))
	return l.col(12, l.fix(136, head), grow(1, x.steps(st.Steps)))
}

// shouldWords is where a box should be.
func shouldWords(w audit.Whereabouts) string {
	return T("should."+string(w.Place), words.Data{"Truck": w.Truck, "Load": w.Load, "Kecamatan": w.Kecamatan})
}

// seenWords is where a box was seen last.
func seenWords(w *audit.Whereabouts) string {
	if w == nil {
		return T("seen.never")
	}
	return T("seen."+string(w.Place), words.Data{"Dock": w.Dock, "At": words.Moment(w.At), "Name": w.By})
}

// stepsAPage is how many steps or boxes stand below a head.
const stepsAPage = 5

// steps lists what happened, the newest first.
func (x *auditScreen) steps(all []audit.Step) fyne.CanvasObject {
	return x.beside.content(x.s.look, 1, stepsAPage, 6, len(all), func(i int) fyne.CanvasObject { return x.stepLine(all[len(all)-1-i]) })
}

// cargo is a load as it was at a moment: its boxes, or its life.
func (x *auditScreen) cargo(c *audit.Cargo) fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	at := T("audit.now")
	if !c.At.IsZero() {
		at = words.Moment(c.At)
	}
	d, err := election.ParseDistrict(c.District)
	if err != nil {
		d = election.District{}
	}
	tab := func(life bool, text string) cell {
		return l.fix(150, l.choice(x.life == life, text, func() { x.life, x.beside.page = life, 0; x.refresh() }).sized(23))
	}
	head := l.row(12, grow(1, l.on(p.ground, 12, l.inset(10, l.row(18,
		l.fix(150, l.numeral(x.s.district(d, ""), 64)),
		grow(1.3, l.col(0, grow(1.3, l.text1(c.Truck, 40, condensed, p.ink)),
			grow(1, l.text1(whereWhy(T("audit.load", words.Data{"Load": c.Load}), T("loadstate."+string(c.State)), c.Driver), 23, regular, p.ink)))),
		grow(1, l.col(0, grow(1.3, l.text1(words.N("audit.carried", c.Count), 36, condensed, p.ink).trailing()), grow(1, l.text1(at, 23, bold, p.ink).trailing()))))))),
		tab(false, T("audit.boxes")), tab(true, T("audit.life")))
	var body fyne.CanvasObject
	switch {
	case x.life:
		body = x.steps(c.Steps)
	case len(c.Boxes) == 0:
		body = l.textN(T("audit.bare"), 30, 2, regular, l.faint.ink).centred()
	default:
		body = x.beside.content(l, 1, stepsAPage, 6, len(c.Boxes), func(i int) fyne.CanvasObject {
			b := c.Boxes[i]
			ink := l.quiet.ink
			return l.listed(l.row(14, l.gap(2), grow(1.4, l.col(0, grow(1.2, l.text1(b.Box, 26, bold, ink)), grow(1, l.text1(whereWhy(b.Kelurahan, b.Kecamatan), 21, regular, ink)))),
				grow(1, l.col(0, grow(1.2, l.text1(b.LoadedBy, 23, bold, ink).trailing()), grow(1, l.text1(words.Moment(b.LoadedAt), 20, regular, ink).trailing()))), l.gap(2)),
				func() { x.search(b.Box) })
		})
	}
	return l.col(12, l.fix(104, head), grow(1, body))
}

func (x *auditScreen) loadLine(ld audit.LoadLine) fyne.CanvasObject {
	l := x.s.look
	ink := l.quiet.ink
	return l.listed(l.row(14, l.gap(2), l.fix(48, l.shape("truck", ink)),
		grow(1.4, l.col(0, grow(1.2, l.text1(ld.Truck+" · "+T("audit.load", words.Data{"Load": ld.Load}), 26, bold, ink)),
			grow(1, l.text1(whereWhy(ld.District, ld.Driver, T("loadstate."+string(ld.State))), 21, regular, ink)))),
		grow(1, l.col(0, grow(1.2, l.text1(words.N("audit.carried", ld.Count), 24, bold, ink).trailing()),
			grow(1, l.text1(T("header.dock", words.Data{"Dock": ld.Dock})+" · "+words.Moment(ld.Opened), 20, regular, ink).trailing()))), l.gap(2)),
		func() { x.search(loadQuestion(ld.Load)) })
}

func (x *auditScreen) labelLine(k ledger.FoundLabel) fyne.CanvasObject {
	l := x.s.look
	ink := l.quiet.ink
	return l.listed(l.row(14, l.gap(2),
		grow(1.5, l.col(0, grow(1.2, l.text1(k.Box+" · "+T("audit.revision", words.Data{"Revision": k.Revision}), 25, bold, ink)),
			grow(1, l.text1(whereWhy(k.Kelurahan, k.Kecamatan), 21, regular, ink)))),
		grow(0.9, l.col(0, grow(1.2, l.text1(labelState(k), 23, bold, ink)), grow(1, l.text1(k.Reason, 20, regular, ink)))),
		grow(0.9, l.col(0, grow(1.2, l.text1(T("history.of", words.Data{"Batch": k.Batch, "Name": k.By}), 23, bold, ink).trailing()),
			grow(1, l.text1(words.Moment(k.At), 20, regular, ink).trailing()))), l.gap(2)), func() { x.search(k.Box) })
}

func (x *auditScreen) boxLine(b audit.BoxLine) fyne.CanvasObject {
	l := x.s.look
	ink := l.quiet.ink
	return l.listed(l.row(14, l.gap(2),
		grow(1.4, l.col(0, grow(1.2, l.text1(b.Box, 27, bold, ink)), grow(1, l.text1(whereWhy(b.Kelurahan, b.Kecamatan), 21, regular, ink)))),
		grow(1, l.col(0, grow(1.2, l.text1(T("state."+string(b.State)), 24, bold, ink).trailing()),
			grow(1, l.text1(whereWhy(b.Truck, b.Hold, b.District), 20, regular, ink).trailing()))), l.gap(2)), func() { x.search(b.Box) })
}

// stepLine is one event: what, where, who, when.
func (x *auditScreen) stepLine(st audit.Step) fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	what, m := stepWords(st)
	where := T("audit.office")
	switch st.Kind {
	case ledger.ReceiptOpened, ledger.BoxArrived, ledger.BoxReturned, ledger.ReceiptSigned:
		where = T("receive.place", words.Data{"Place": st.Dock})
	default:
		if st.Dock != ledger.Office {
			where = T("header.dock", words.Data{"Dock": st.Dock})
		}
	}
	return l.on(p.ground, 8, l.inset(6, l.row(12,
		l.fix(42, l.on(m.tone.ground, 6, l.inset(6, l.shape(m.icon, m.tone.ink)))),
		grow(2, l.col(0, grow(1.2, l.text1(what, 24, bold, p.ink)), grow(1, l.text1(stepDetail(st), 19, regular, p.ink)))),
		grow(1, l.col(0, grow(1.2, l.text1(where+" · "+st.Actor, 20, regular, p.ink).trailing()), grow(1, l.text1(words.Moment(st.At), 19, regular, p.ink).trailing()))))))
}

// stepWords is a step in the language of the window, and how it is painted.
func stepWords(st audit.Step) (string, manner) {
	if st.Kind == ledger.Scanned {
		if sc, err := ledger.ReadScan(ledger.Event{Kind: st.Kind, Payload: st.Payload}); err == nil {
			return T("verdict." + string(sc.Verdict) + ".head"), viewOf(dock.Result{Verdict: sc.Verdict})
		}
	}
	if st.Kind == ledger.BoxArrived {
		if sc, err := ledger.ReadArrival(ledger.Event{Kind: st.Kind, Payload: st.Payload}); err == nil {
			return T("arrive." + string(sc.Verdict) + ".head"), viewOf(dock.Result{Verdict: sc.Verdict, Receiving: true})
		}
	}
	icon := "label"
	switch k := string(st.Kind); {
	case strings.HasPrefix(k, "load_"), st.Kind == ledger.BoxUnloaded:
		icon = "truck"
	case strings.HasPrefix(k, "document_"):
		icon = "print"
	case strings.HasPrefix(k, "p"), strings.HasPrefix(k, "signed_"), strings.HasPrefix(k, "badge_"):
		icon = "person"
	case st.Kind == ledger.LockCleared:
		return T("event." + string(st.Kind)), manner{toneAmber, "lock", below}
	}
	return T("event." + string(st.Kind)), manner{toneBlue, icon, below}
}

// stepDetail are the facts of a step: which truck, which paper, which label, why, who
// approved.
func stepDetail(st audit.Step) string {
	var p struct {
		Plate    string `json:"plate"`
		Truck    any    `json:"truck"` // a plate in a scan, a number elsewhere
		Box      string `json:"box"`
		Document string `json:"document"`
		Number   string `json:"number"`
		Reason   string `json:"reason"`
		Shortage string `json:"shortage"`
		Name     string `json:"name"`
		Batch    int64  `json:"batch"`
		Load     int64  `json:"load"`
		Other    string `json:"other_truck"`
		Labels   []struct {
			Revision int `json:"revision"`
		} `json:"labels"`
	}
	if err := json.Unmarshal(st.Payload, &p); err != nil {
		return ""
	}
	parts := []string{p.Box, p.Plate}
	if plate, ok := p.Truck.(string); ok {
		parts = append(parts, plate)
	}
	if p.Other != "" {
		parts = append(parts, "→ "+p.Other)
	}
	if p.Load != 0 {
		parts = append(parts, T("audit.load", words.Data{"Load": p.Load}))
	}
	parts = append(parts, p.Document, p.Number, p.Name)
	if p.Batch != 0 {
		parts = append(parts, fmt.Sprint("#", p.Batch))
	}
	if len(p.Labels) == 1 {
		parts = append(parts, T("audit.revision", words.Data{"Revision": p.Labels[0].Revision}))
	}
	parts = append(parts, p.Reason, p.Shortage)
	if st.Second != "" {
		parts = append(parts, T("audit.second", words.Data{"Name": st.Second}))
	}
	return whereWhy(parts...)
}
