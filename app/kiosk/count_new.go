package kiosk

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

func beginCount(x *countScreen) *newCount {
	n := &newCount{x: x}
	n.pages.changed = x.refresh
	n.read()
	return n
}

func (n *newCount) area() election.AreaCode {
	if len(n.path) == 0 {
		return ""
	}
	return n.path[len(n.path)-1].Area
}

// read asks for the areas below the one that is chosen.
func (n *newCount) read() {
	s, here := n.x.s, n.area()
	if here.Level() == election.LevelKelurahan {
		n.areas = nil
		n.x.refresh()
		return
	}
	s.later(func() func() {
		areas, err := s.ledger.AreaCounts(s.ctx, here)
		return func() {
			if here != n.area() {
				return
			}
			if n.areas = areas; err != nil {
				n.x.fail(err)
			}
			n.x.refresh()
		}
	})
}

// typed takes the room's name, which is typed on a keyboard and ended with Enter. A label
// is no name.
func (n *newCount) typed(text string) {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > typedMost || code.Parse(text, code.Keys{}).Status != code.Foreign {
		n.x.say(false, func() string { return T("count.first") })
	} else {
		n.room, n.x.note = text, nil
	}
	n.x.refresh()
}

func (n *newCount) scope() ledger.Scope {
	return ledger.Scope{District: n.district, Area: n.area(), Kind: n.kind}
}

func (n *newCount) cells() []cell {
	x := n.x
	l := x.s.look
	e := x.s.ledger.Event()
	p := l.panel
	name := n.room
	if name == "" {
		name = T("count.room")
	}
	room := l.textN(name, 30, 2, condensed, p.ink)
	x.s.sink.shown = func(typed string) {
		if room.text = typed; typed == "" || len(typed) > typedMost {
			room.text = name
		}
		room.Refresh()
	}
	place := T("progress.all")
	way := []cell{}
	if k := len(n.path); k > 0 {
		place = shortName(n.path[k-1].Name)
		way = append(way, l.fix(170, l.button("back", T("back"), func() { n.path = n.path[:k-1]; n.pages.page = 0; n.read() }).sized(22)))
	}
	way = append(way, grow(1, l.textN(place, 30, 2, condensed, l.page.ink)))
	tree := n.pages.content(l, 1, 4, 6, len(n.areas), func(i int) fyne.CanvasObject {
		a := n.areas[i]
		return l.button("", shortName(a.Name), func() { n.path = append(n.path, a); n.pages.page = 0; n.read() }).sized(25)
	})
	title := func(key string) cell { return l.fix(28, l.text1(T(key), 23, bold, l.page.ink)) }
	var right []cell
	var dapil []fyne.CanvasObject
	if e.RoutingSpace() != election.KecamatanSpace {
		for _, d := range e.Dapil {
			if d.Kind == e.RoutingSpace() {
				dapil = append(dapil, l.choice(n.district == d.District, d.Short, func() { n.district = d.District; x.refresh() }).sized(26))
			}
		}
	}
	if len(dapil) > 0 {
		columns := min(5, len(dapil))
		rows := (len(dapil) + columns - 1) / columns
		all := l.choice(n.district.IsZero(), T("labels.all"), func() { n.district = election.District{}; x.refresh() }).sized(22)
		right = append(right, title("labels.dapil"), l.fix(float32(rows)*80-8, l.row(8, l.fix(122, all), grow(1, l.table(columns, rows, 8, dapil)))))
	}
	kinds := []fyne.CanvasObject{l.choice(n.kind == "", T("labels.all"), func() { n.kind = ""; x.refresh() }).sized(22)}
	for _, k := range e.Kinds {
		kinds = append(kinds, l.choice(n.kind == k.Code, k.Code, func() { n.kind = k.Code; x.refresh() }).sized(22))
	}
	var sizes []fyne.CanvasObject
	for _, size := range sampleSizes {
		text := T("count.whole")
		if size > 0 {
			text = words.Number(size)
		}
		sizes = append(sizes, l.choice(n.size == size, text, func() { n.size = size; x.refresh() }).sized(22))
	}
	kindRows := (len(kinds) + 5) / 6
	right = append(right, title("labels.kind"), l.fix(float32(kindRows)*80-8, l.table(min(6, len(kinds)), kindRows, 8, kinds)),
		title("count.size"), l.fix(target, l.table(len(sizes), 1, 8, sizes)), rest())
	var begin fyne.CanvasObject = l.textN(T("count.choose"), 24, 2, regular, l.page.ink)
	if n.room != "" || !n.scope().IsZero() || n.size > 0 {
		begin = l.next("next", T("count.open"), n.open).sized(30)
	}
	return []cell{l.fix(84, l.on(p.ground, 12, l.inset(10, room))),
		grow(1, l.row(18, grow(1, l.col(8, l.fix(target, l.row(8, way...)), grow(1, tree))), grow(1.1, l.col(8, right...)))),
		l.fix(88, l.row(12, l.fix(240, l.button("back", T("back"), func() { x.to(countList); x.read() })), grow(1, begin)))}
}

// open opens the count; of a sample it draws that first, and writes the list to look for
// its boxes with.
func (n *newCount) open() {
	x := n.x
	s, by := x.s, x.s.person
	scope := ledger.CountScope{Room: n.room, Scope: n.scope()}
	size := n.size
	s.later(func() func() {
		path := ""
		var c ledger.Counting
		var err error
		if size > 0 {
			var b [8]byte
			rand.Read(b[:])
			var drawn ledger.Sample
			if drawn, err = s.ledger.DrawSample(s.ctx, by, hex.EncodeToString(b[:]), size, scope.Scope); err == nil {
				scope.Scope, scope.Sample = ledger.Scope{}, drawn.ID
				path, err = s.sampleList(drawn, by)
			}
		}
		if err == nil {
			c, err = s.ledger.OpenCount(s.ctx, by, scope)
		}
		return func() {
			if err != nil {
				x.fail(err)
				x.refresh()
				return
			}
			x.enter(c)
			if path != "" {
				x.say(true, func() string { return T("count.drawn", words.Data{"File": path}) })
				x.refresh()
			}
		}
	})
}

// sampleList writes the list of a sample into the folder of printed files.
func (s *shell) sampleList(drawn ledger.Sample, by ledger.Person) (string, error) {
	d, err := report.OfSample(s.ctx, s.ledger, drawn, report.Paper{At: time.Now(), By: by.Name})
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.cfg.Files, fmt.Sprintf("daftar-sampel-%04d.pdf", drawn.ID))
	return path, d.WriteFile(path, "")
}
