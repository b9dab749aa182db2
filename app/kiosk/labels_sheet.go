package kiosk

import (
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// sheet is the last step: the pages as they will come out, where the first sticker goes on
// a part-used sheet, and the key.
func (x *labelsScreen) sheet() fyne.CanvasObject {
	l := x.s.look
	var picture fyne.CanvasObject = l.textN(T("labels.drawing"), 32, 3, regular, l.page.ink).centred()
	if x.count == 0 {
		picture = l.textN(T("labels.nothing"), 32, 3, regular, l.page.ink).centred()
	} else if x.page.Picture != nil {
		picture = newSheetPicture(x)
	}
	fact := func(text string, size float32) cell { return l.fix(38, l.text1(text, size, bold, l.page.ink)) }
	right := []cell{fact(words.N("labels.count", x.count), 32), fact(x.stock.Title, 24)}
	if x.stock.PerPage() > 1 {
		right = append(right, l.fix(60, l.textN(T("labels.start", words.Data{"Place": max(1, x.start), "Places": x.stock.PerPage()}), 23, 2, regular, l.page.ink)))
	}
	if x.page.Last > 1 {
		where := "page"
		if x.page.More {
			where = "labels.page.more"
		}
		turn := func(icon string, to int) fyne.CanvasObject {
			if to < 1 || to > x.page.Last {
				return canvas.NewRectangle(l.page.ground)
			}
			return l.button(icon, "", func() { x.page.Number = to; x.ask() })
		}
		right = append(right, l.fix(target, l.row(8, l.fix(110, turn("back", x.page.Number-1)),
			grow(1, l.text1(T(where, words.Data{"Page": words.Number(x.page.Number), "Pages": words.Number(x.page.Last)}), 24, regular, l.page.ink).centred()),
			l.fix(110, turn("next", x.page.Number+1)))))
	}
	to, do := T("labels.file"), T("labels.print")
	if x.on != nil {
		to, do = x.on.Name, T("labels.print.on")
	}
	right = append(right, rest(), fact(T("labels.goes", words.Data{"To": to}), 24), x.pass.below(l))
	foot := []cell{grow(1, l.button("back", T("back"), func() { x.to(stepPaper) }))}
	if x.count > 0 {
		foot = append(foot, grow(1.6, l.next("print", do, x.print).sized(28)))
	}
	right = append(right, l.fix(84, l.row(10, foot...)))
	return l.row(18, grow(1.15, picture), grow(1, l.col(8, right...)))
}
