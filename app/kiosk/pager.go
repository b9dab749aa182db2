package kiosk

import (
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// pager shows a long list a page at a time, turned by large buttons: a scrolled list is
// hard to use in gloves.
type pager struct {
	page    int
	changed func()
}

// content is the page of a list of n, made by item, and the buttons where there is more
// than a page.
func (p *pager) content(l *look, columns, rows int, gap float32, n int, item func(i int) fyne.CanvasObject) fyne.CanvasObject {
	per := columns * rows
	pages := max(1, (n+per-1)/per)
	p.page = max(0, min(p.page, pages-1))
	var shown []fyne.CanvasObject
	for i := p.page * per; i < n && i < (p.page+1)*per; i++ {
		shown = append(shown, item(i))
	}
	table := l.table(columns, rows, gap, shown)
	if pages == 1 {
		return table
	}
	turn := func(icon string, to int) fyne.CanvasObject {
		if to < 0 || to >= pages {
			return canvas.NewRectangle(l.page.ground)
		}
		return l.button(icon, "", func() { p.page = to; p.changed() })
	}
	where := T("page", words.Data{"Page": words.Number(p.page + 1), "Pages": words.Number(pages)})
	return l.col(gap, grow(1, table), l.fix(target, l.row(8,
		l.fix(140, turn("back", p.page-1)), grow(1, l.text1(where, 24, regular, l.page.ink).centred()), l.fix(140, turn("next", p.page+1)))))
}
