package kiosk

import (
	"cmp"
	"fmt"
	"strings"

	"dapilgate/app/batch"
	"dapilgate/app/words"
	"dapilgate/labels"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// paper is the second step: new labels or reprints, on which stock, with what besides.
func (x *labelsScreen) paper() fyne.CanvasObject {
	l := x.s.look
	set := func(f func()) func() { return func() { f(); x.ask() } }
	title := func(key string) cell { return l.fix(26, l.text1(T(key), 22, bold, l.page.ink)) }
	req := x.request()
	left := []cell{l.fix(target, x.which())}
	if req.Reprint && (x.only == nil || x.only.reason == "") {
		var reasons []fyne.CanvasObject
		for _, key := range reprintReasons {
			reasons = append(reasons, l.choice(x.reason == key, T(key), func() { x.reason = key; x.refresh() }).sized(22))
		}
		left = append(left, title("labels.why"), l.fix(target, l.table(len(reasons), 1, 8, reasons)))
	}
	left = append(left, title("labels.stock"), grow(1, x.stockPages.content(l, 1, 3, 8, len(x.catalogue.Fit)+len(x.catalogue.Refused), func(i int) fyne.CanvasObject {
		if i >= len(x.catalogue.Fit) {
			return x.refused(x.catalogue.Refused[i-len(x.catalogue.Fit)])
		}
		st := x.catalogue.Fit[i]
		return l.choice(st.Name == x.stock.Name, st.Title, set(func() { x.stock, x.start = st, 0 })).sized(23)
	})))
	toggle := func(on bool, key string, f func()) fyne.CanvasObject {
		return l.choice(on, T(key), func() { f(); x.refresh() }).sized(22)
	}
	level := func(p batch.Preflight, key string) fyne.CanvasObject {
		return toggle(x.check == p, key, func() { x.check = p })
	}
	once, twice := x.copies == 1, x.copies == 2
	if policy := x.s.ledger.Event().Policy.Copies; x.copies == 0 {
		once, twice = policy <= 1, policy == 2
	}
	right := []cell{
		title("labels.copies"), l.fix(target, l.table(2, 1, 8, []fyne.CanvasObject{
			toggle(once, "labels.once", func() { x.copies = 1 }), toggle(twice, "labels.twice", func() { x.copies = 2 })})),
		title("labels.besides"), l.fix(target, l.table(2, 1, 8, []fyne.CanvasObject{
			toggle(x.separators, "labels.separators", func() { x.separators = !x.separators }),
			toggle(x.marks, "labels.marks", func() { x.marks = !x.marks })})),
		title("labels.check"), l.fix(target, l.table(3, 1, 8, []fyne.CanvasObject{
			level(batch.PreflightSample, "labels.check.sample"), level(batch.PreflightAll, "labels.check.all"), level(batch.PreflightOff, "labels.check.off")})),
		title("labels.to"), l.fix(target, x.whereTo()), rest(),
		l.fix(48, l.text1(words.N("labels.count", x.count), 34, bold, l.page.ink).centred()),
	}
	foot := []cell{grow(1, l.button("back", T("back"), x.leavePaper))}
	if x.count > 0 && (!req.Reprint || req.Reason != "") {
		foot = append(foot, grow(2, l.next("next", T("labels.next"), func() { x.page.Number = 1; x.to(stepLook) }).sized(30)))
	} else {
		foot = append(foot, grow(2, canvas.NewRectangle(l.page.ground)))
	}
	return l.col(10, grow(1, l.row(18, grow(1, l.col(8, left...)), grow(1, l.col(8, right...)))), l.fix(84, l.row(10, foot...)))
}

// reprintReasons are the keys of the reasons for a reprint.
var reprintReasons = []string{"reprint.torn", "reprint.lost", "reprint.bad"}

// which tells new labels from reprints; of a choice that was made elsewhere, what it is.
func (x *labelsScreen) which() fyne.CanvasObject {
	l := x.s.look
	if x.only != nil {
		return l.on(l.panel.ground, 10, l.inset(8, l.textN(x.only.what(), 25, 2, bold, l.panel.ink).centred()))
	}
	set := func(reprint bool) func() { return func() { x.reprint, x.reason = reprint, ""; x.ask() } }
	return l.row(8,
		grow(1, l.choice(!x.reprint, T("labels.new"), set(false)).sized(23)),
		grow(1, l.choice(x.reprint, T("labels.reprint"), set(true)).sized(23)))
}

// whereTo chooses a file or a printer.
func (x *labelsScreen) whereTo() fyne.CanvasObject {
	l := x.s.look
	name := T("labels.printer")
	if x.on != nil {
		name = x.on.Name
	}
	return l.table(2, 1, 8, []fyne.CanvasObject{
		l.choice(x.on == nil, T("labels.file"), func() { x.on = nil; x.refresh() }).sized(22),
		l.choice(x.on != nil, name, func() { x.turn(tabPrinters) }).sized(22)})
}

// refused is a stock that can't be used, and why: whoever looks for it must not look long.
func (x *labelsScreen) refused(r labels.Refusal) fyne.CanvasObject {
	l := x.s.look
	why := strings.TrimPrefix(r.Why.Error(), fmt.Sprintf("%v %q: ", labels.ErrStock, r.Name))
	reason := l.textN(why, 18, 3, regular, l.panel.ink)
	reason.least = 15
	return l.on(l.panel.ground, 10, l.inset(6, l.row(12, l.gap(4), l.fix(34, l.shape("cross", l.panel.ink)),
		grow(1, l.col(0, l.fix(24, l.text1(cmp.Or(r.Title, r.Name), 20, bold, l.panel.ink)), grow(1, reason))))))
}

// leavePaper goes back to the choice of boxes, or to where it was made.
func (x *labelsScreen) leavePaper() {
	found := x.only != nil && x.history.opened != nil
	x.only = nil
	x.to(stepBoxes)
	if found {
		x.turn(tabHistory)
	}
}
