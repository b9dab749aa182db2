package kiosk

import (
	"errors"
	"fmt"

	"dapilgate/app/audit"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// auditScreen tells the life of a box: its label is scanned, or its number typed on a
// keyboard and ended with Enter. Nothing scanned here is loaded.
type auditScreen struct {
	s     *shell
	story *audit.Story
	note  string
}

func newAudit(s *shell) *auditScreen { return &auditScreen{s: s} }

func (x *auditScreen) takesScans() bool { return true }

func (x *auditScreen) scanned(scan string) {
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
			x.story, x.note = nil, ""
			switch {
			case errors.Is(err, election.ErrBox), errors.Is(err, ledger.ErrNotFound):
				x.note = T("audit.none")
			case err != nil:
				x.note = words.Error(err)
			default:
				story := audit.Tell(t)
				x.story = &story
			}
			if x.s.shown == x {
				x.s.refresh()
			}
		}
	})
}

func (x *auditScreen) content() fyne.CanvasObject {
	p := x.s.look.p
	top := container.NewVBox(panel(p.panel, container.NewBorder(nil, nil, padded(8, shape("scan", p.text, 64)), nil,
		newFitted(T("audit.scan"), sizeTitle, sizeBody, p.text, true, fyne.TextAlignLeading))))
	if x.note != "" {
		top.Add(panel(toneAmber.ground, newFitted(x.note, sizeLarge, sizeSmall, toneAmber.text, true, fyne.TextAlignLeading)))
	}
	list := container.NewVBox()
	if st := x.story; st != nil {
		where := T("state." + string(st.State))
		if st.Truck != "" {
			where += " · " + st.Truck
		}
		top.Add(container.New(&columns{[]float32{1, 1}},
			container.NewVBox(newFitted(st.Box, sizeTitle, sizeBody, p.text, true, fyne.TextAlignLeading).full(),
				newFitted(st.Kelurahan+", "+st.Kecamatan, sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignLeading)),
			container.NewVBox(newFitted(st.District, sizeTitle, sizeBody, p.text, true, fyne.TextAlignTrailing).full(),
				newFitted(where, sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignTrailing))))
		for _, step := range st.Steps {
			list.Add(panel(p.panel, container.New(&columns{[]float32{1.2, 1, 3.6}},
				newFitted(words.Date(step.At)+" "+words.Clock(step.At), sizeSmall, 12, p.quiet, false, fyne.TextAlignLeading),
				newFitted(step.Actor, sizeBody, sizeSmall, p.text, true, fyne.TextAlignLeading),
				newFitted(stepWords(step), sizeBody, 14, p.text, false, fyne.TextAlignLeading))))
		}
	}
	return x.s.page("audit", container.NewBorder(top, nil, nil, nil, container.NewVScroll(list)))
}

// stepWords is a step in the language of the window.
func stepWords(st audit.Step) string {
	if st.Kind == ledger.Scanned {
		if sc, err := ledger.ReadScan(ledger.Event{Kind: st.Kind, Payload: st.Payload}); err == nil {
			what := T("verdict." + string(sc.Verdict) + ".head")
			if sc.Truck != "" {
				what += fmt.Sprintf(" · %s · %s", sc.Truck, T("header.dock", words.Data{"Dock": st.Dock}))
			}
			return what
		}
	}
	return T("event." + string(st.Kind))
}
