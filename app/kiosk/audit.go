package kiosk

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// auditScreen tells the life of a box: its label is scanned, or its number typed on a
// keyboard and ended with Enter. Nothing scanned here is loaded. It also proves the
// record.
type auditScreen struct {
	s     *shell
	story *audit.Story
	steps pager
	note  func() string
	good  bool
}

func newAudit(s *shell) *auditScreen {
	x := &auditScreen{s: s}
	x.steps.changed = x.refresh
	return x
}

func (x *auditScreen) takesScans() bool { return true }

func (x *auditScreen) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *auditScreen) say(good bool, note func() string) { x.note, x.good = note, good }

func (x *auditScreen) scanned(scan string) {
	if paper, err := code.ParseCheckpoint(scan); err == nil {
		x.prove(paper)
		return
	}
	id := scan
	r := code.Parse(scan, code.Keys{Event: x.s.ledger.Event().Code, Public: x.s.ledger.PublicKeys()})
	if r.Status == code.Whole {
		if b, err := x.s.ledger.Event().BoxOfFields(r.Fields); err == nil {
			id = b.ID()
		}
	}
	x.s.later(func() func() {
		t, err := x.s.ledger.Trail(x.s.ctx, id)
		return func() {
			x.story, x.note, x.steps.page = nil, nil, 0
			switch {
			case errors.Is(err, election.ErrBox), errors.Is(err, ledger.ErrNotFound):
				x.say(false, func() string { return T("audit.none") })
			case err != nil:
				x.say(false, func() string { return words.Error(err) })
			default:
				story := audit.Tell(t)
				x.story = &story
			}
			x.refresh()
		}
	})
}

// prove verifies the whole record, and holds it against a checkpoint that was scanned.
func (x *auditScreen) prove(papers ...code.Checkpoint) {
	x.say(true, func() string { return T("audit.proving") })
	x.refresh()
	x.s.later(func() func() {
		r, err := x.s.ledger.Verify(x.s.ctx, papers...)
		return func() {
			switch {
			case err != nil:
				x.say(false, func() string { return words.Error(err) })
			case !r.OK():
				x.say(false, func() string { return T("audit.broken", words.Data{"Fault": r.Faults[0].String()}) })
			case len(papers) > 0:
				p := papers[0]
				x.say(true, func() string {
					return T("audit.agrees", words.Data{"Events": words.Number(int(r.Events)), "Event": words.Number(int(p.Seq)), "At": words.Date(p.At) + " " + words.Clock(p.At)})
				})
			default:
				x.say(true, func() string { return T("audit.whole", words.Data{"Events": words.Number(int(r.Events))}) })
			}
			x.refresh()
		}
	})
}

// checkpoints writes the page of checkpoints.
func (x *auditScreen) checkpoints() {
	path := filepath.Join(x.s.cfg.Files, fmt.Sprintf("titik-periksa-%s.pdf", time.Now().Format("20060102-150405")))
	l := x.s.ledger
	x.s.later(func() func() {
		seal, err := l.Seal(x.s.ctx)
		var all []code.Checkpoint
		if err == nil {
			all, err = l.Checkpoints(x.s.ctx, seal)
		}
		if err == nil {
			err = labels.WriteCheckpoints(path, l.Event().Name, all, labels.Options{Title: "Titik periksa", Author: x.s.person.Name, Created: time.Now()})
		}
		return func() {
			x.say(true, func() string { return T("audit.checkpointed", words.Data{"File": path}) })
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

func (x *auditScreen) content() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	ask := l.textN(T("audit.scan"), 40, 2, condensed, p.ink)
	x.s.sink.shown = func(typed string) {
		// A scan is over before it could be read; only what a person types is shown.
		if ask.text = typed; typed == "" || len(typed) > 40 {
			ask.text = T("audit.scan")
		}
		ask.Refresh()
	}
	cells := []cell{l.fix(104, l.row(12,
		grow(1, l.on(p.ground, 12, l.inset(14, l.row(18, l.fix(72, l.shape("scan", p.ink)), grow(1, ask))))),
		l.fix(190, l.button("tick", T("audit.count"), func() { x.s.show(newCountScreen(x.s)) }).sized(22)),
		l.fix(190, l.button("print", T("audit.checkpoint"), x.checkpoints).sized(22)),
		l.fix(190, l.button("proof", T("audit.prove"), func() { x.prove() }).sized(22))))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	st := x.story
	if st == nil {
		return x.s.page("audit", l.col(12, append(cells, grow(1, l.textN(T("audit.empty"), 32, 3, regular, l.faint.ink).centred()))...))
	}
	where := T("state." + string(st.State))
	if st.Truck != "" {
		where += " · " + st.Truck
	}
	place := ""
	if st.Kelurahan != "" { // a spare has no area of its own
		place = T("audit.place", words.Data{"Kelurahan": st.Kelurahan, "Kecamatan": st.Kecamatan})
	}
	d, err := election.ParseDistrict(st.District)
	if err != nil {
		d = election.District{} // a spare has none
	}
	cells = append(cells, l.fix(120, l.on(p.ground, 12, l.inset(10, l.row(18,
		l.fix(190, l.numeral(x.s.district(d, st.Kecamatan), 78)),
		grow(1.5, l.col(0, grow(1.3, l.text1(st.Box, 42, condensed, p.ink)), grow(1, l.text1(place, 26, regular, p.ink)))),
		grow(1, l.col(0, grow(1.3, l.text1(where, 34, condensed, p.ink).trailing()), grow(1, l.text1(T("audit.revision", words.Data{"Revision": st.Revision}), 26, regular, p.ink).trailing()))))))))
	list := x.steps.content(l, 1, 6, 6, len(st.Steps), func(i int) fyne.CanvasObject {
		step := st.Steps[len(st.Steps)-1-i] // newest first
		what, m := stepWords(step)
		return l.on(p.ground, 8, l.inset(6, l.row(14,
			l.fix(46, l.on(m.tone.ground, 6, l.inset(7, l.shape(m.icon, m.tone.ink)))),
			grow(2.2, l.text1(what, 27, bold, p.ink)),
			grow(1, l.text1(step.Actor, 25, regular, p.ink)),
			grow(1.3, l.text1(words.Moment(step.At), 23, regular, p.ink).trailing()))))
	})
	return x.s.page("audit", l.col(12, append(cells, grow(1, list))...))
}

// stepWords is a step in the language of the window, and how it is painted.
func stepWords(st audit.Step) (string, manner) {
	if st.Kind == ledger.Scanned {
		if sc, err := ledger.ReadScan(ledger.Event{Kind: st.Kind, Payload: st.Payload}); err == nil {
			what := T("verdict." + string(sc.Verdict) + ".head")
			if sc.Truck != "" {
				what += " · " + sc.Truck + " · " + T("header.dock", words.Data{"Dock": st.Dock})
			}
			return what, viewOf(dock.Result{Verdict: gate.Verdict(sc.Verdict)})
		}
	}
	if st.Kind == ledger.BoxArrived {
		if sc, err := ledger.ReadArrival(ledger.Event{Kind: st.Kind, Payload: st.Payload}); err == nil {
			what := T("arrive." + string(sc.Verdict) + ".head")
			if sc.Truck != "" {
				what += " · " + sc.Truck + " · " + T("receive.place", words.Data{"Place": st.Dock})
			}
			return what, viewOf(dock.Result{Verdict: sc.Verdict, Receiving: true})
		}
	}
	return T("event." + string(st.Kind)), manner{toneBlue, "label", below}
}
