package kiosk

import (
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// limits are how many labels a print can be cut to.
var limits = []int{0, 8, 40, 200}

// boxes is the first step: where, which district, which kind.
func (x *labelsScreen) boxes() fyne.CanvasObject {
	l := x.s.look
	place := T("progress.all")
	var way []cell
	if n := len(x.path); n > 0 {
		place = shortName(x.path[n-1].Name)
		way = append(way, l.fix(110, l.button("", T("labels.everywhere"), func() { x.ascend(0) }).sized(22)),
			l.fix(170, l.button("back", T("back"), func() { x.ascend(n - 1) }).sized(22)))
	}
	way = append(way, grow(1, l.textN(place, 32, 2, condensed, l.page.ink)))
	number := func(n int) cell {
		return l.fix(86, l.text1(words.Number(n), 23, bold, l.quiet.ink).trailing())
	}
	named := func(key string) cell {
		return l.fix(86, l.text1(T(key), 19, regular, l.faint.ink).trailing())
	}
	head := l.row(4, l.gap(8), grow(1, l.text1(T("labels.where"), 19, regular, l.faint.ink)),
		named("labels.unprinted"), named("labels.printed"), named("labels.loaded"), l.gap(8))
	rows := 6
	if x.note != nil {
		rows = 5
	}
	tree := x.pages.content(l, 1, rows, 6, len(x.areas), func(i int) fyne.CanvasObject {
		a := x.areas[i]
		on := a.Loaded + a.Departed
		return l.listed(l.row(4, l.gap(4), grow(1, l.text1(shortName(a.Name), 25, bold, l.quiet.ink)),
			number(a.Boxes-a.Printed), number(a.Printed-on), number(on), l.gap(4)), func() {
			x.path = append(x.path, a)
			x.pages.page = 0
			x.ask()
		})
	})
	e := x.s.ledger.Event()
	var dapil []fyne.CanvasObject
	if e.RoutingSpace() != election.KecamatanSpace {
		for _, d := range e.Dapil {
			if d.Kind == e.RoutingSpace() {
				dapil = append(dapil, l.choice(x.district == d.District, d.Short, func() { x.district = d.District; x.ask() }).sized(26))
			}
		}
	}
	kinds := []fyne.CanvasObject{l.choice(x.kind == "", T("labels.all"), func() { x.kind = ""; x.ask() }).sized(22)}
	for _, k := range e.Kinds {
		kinds = append(kinds, l.choice(x.kind == k.Code, k.Code, func() { x.kind = k.Code; x.ask() }).sized(22))
	}
	var many []fyne.CanvasObject
	for _, n := range limits {
		name := T("labels.all")
		if n > 0 {
			name = words.Number(n)
		}
		many = append(many, l.choice(x.limit == n, name, func() { x.limit = n; x.ask() }).sized(22))
	}
	title := func(key string) cell { return l.fix(28, l.text1(T(key), 23, bold, l.page.ink)) }
	right := []cell{}
	if len(dapil) > 0 {
		all := l.choice(x.district.IsZero(), T("labels.all"), func() { x.district = election.District{}; x.ask() }).sized(22)
		columns := min(5, len(dapil))
		rows := (len(dapil) + columns - 1) / columns
		right = append(right, title("labels.dapil"), l.fix(float32(rows)*80-8, l.row(8, l.fix(122, all), grow(1, l.table(columns, rows, 8, dapil)))))
	}
	right = append(right, title("labels.kind"), l.fix(float32((len(kinds)+5)/6)*80-8, l.table(min(6, len(kinds)), (len(kinds)+5)/6, 8, kinds)),
		title("labels.limit"), l.fix(target, l.table(len(many), 1, 8, many)), rest(),
		l.fix(48, l.text1(words.N("labels.count", x.count), 34, bold, l.page.ink)))
	if x.count > 0 || x.any() {
		right = append(right, l.fix(80, l.next("next", T("labels.next"), func() { x.only = nil; x.to(stepPaper) }).sized(30)))
	} else {
		right = append(right, l.fix(80, l.textN(T("labels.nothing"), 26, 2, regular, l.page.ink)))
	}
	return l.row(18, grow(1.15, l.col(8, l.fix(target, l.row(8, way...)), l.fix(26, head), grow(1, tree))), grow(1, l.col(8, right...)))
}

// any tells whether boxes of the choice have a label, which can be printed anew.
func (x *labelsScreen) any() bool {
	for _, a := range x.areas {
		if a.Printed > 0 {
			return true
		}
	}
	return len(x.areas) == 0
}

func (x *labelsScreen) ascend(depth int) {
	x.path = x.path[:depth]
	x.pages.page = 0
	x.ask()
}

// shortName leaves out of an area's name what fills a line and tells nothing apart. Kota
// and kabupaten of one name are two places, so that much stays.
func shortName(name string) string {
	return strings.Replace(strings.Replace(name, " Administrasi ", " ", 1), "Kabupaten ", "Kab. ", 1)
}
