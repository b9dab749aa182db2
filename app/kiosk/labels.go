package kiosk

import (
	"context"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// labelsScreen chooses boxes, shows one sticker, and prints them to a file.
type labelsScreen struct {
	s      *shell
	areas  [3][]ledger.AreaCount // kota, kecamatan, kelurahan to choose from
	chosen [3]election.AreaCode
	kind   string
	stock  labels.Stock
	stocks []labels.Stock

	count   int
	preview image.Image
	pass    *widget.Entry
	limit   *widget.Entry

	note        string
	good        bool
	cancel      context.CancelFunc // of a print under way; nil: none
	done, total int
	asked       int // counts questions to the ledger, so that an old answer is not shown
}

func newLabels(s *shell) *labelsScreen {
	x := &labelsScreen{s: s, pass: widget.NewPasswordEntry(), limit: widget.NewEntry()}
	x.limit.OnSubmitted = func(string) { x.ask() }
	var err error
	if x.stocks, err = labels.Stocks(); err != nil || len(x.stocks) == 0 {
		x.note = words.Error(errors.Join(err, labels.ErrStock))
		return x
	}
	x.stock = x.stocks[0]
	x.children(0, "")
	x.ask()
	return x
}

func (x *labelsScreen) takesScans() bool { return false }
func (x *labelsScreen) scanned(string)   {}

func (x *labelsScreen) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

// children reads what can be chosen at a level.
func (x *labelsScreen) children(level int, parent election.AreaCode) {
	x.s.later(func() func() {
		list, err := x.s.ledger.AreaCounts(x.s.ctx, parent)
		return func() {
			x.areas[level] = list
			if err != nil {
				x.note, x.good = words.Error(err), false
			}
			x.refresh()
		}
	})
}

func (x *labelsScreen) filter() ledger.Filter {
	f := ledger.Filter{Kind: x.kind}
	for _, a := range x.chosen {
		if a != "" {
			f.Area = a
		}
	}
	fmt.Sscan(x.limit.Text, &f.Limit)
	f.Limit = max(f.Limit, 0)
	return f
}

// ask counts the choice and draws its first sticker.
func (x *labelsScreen) ask() {
	x.asked++
	n := x.asked
	req := batch.Request{Filter: x.filter(), Stock: x.stock.Name, By: x.s.person}
	stock := x.stock
	x.s.later(func() func() {
		count, err := batch.Count(x.s.ctx, x.s.ledger, req)
		var img image.Image
		if err == nil && count > 0 {
			var k labels.Sticker
			if k, err = batch.Preview(x.s.ctx, x.s.ledger, req); err == nil {
				img, err = labels.Preview(k, stock, 150)
			}
		}
		return func() {
			if n != x.asked {
				return
			}
			x.count, x.preview = count, img
			if err != nil {
				x.note, x.good = words.Error(err), false
			}
			x.refresh()
		}
	})
}

func (x *labelsScreen) content() fyne.CanvasObject {
	p := x.s.look.p
	form := container.NewVBox()
	label := func(key string) {
		form.Add(newFitted(T(key), sizeSmall, sizeSmall, p.quiet, true, fyne.TextAlignLeading))
	}
	for level, key := range []string{"labels.kota", "labels.kecamatan", "labels.kelurahan"} {
		if level > 0 && x.chosen[level-1] == "" {
			break
		}
		label(key)
		form.Add(x.areaSelect(level))
	}
	label("labels.kind")
	form.Add(x.kindSelect())
	label("labels.stock")
	form.Add(x.stockSelect())
	label("labels.limit")
	x.limit.SetPlaceHolder(T("labels.all"))
	form.Add(x.limit)
	label("labels.pass")
	form.Add(x.pass)

	var picture fyne.CanvasObject = newFitted(T("labels.nothing"), sizeLarge, sizeBody, p.quiet, false, fyne.TextAlignCenter)
	if x.preview != nil {
		img := canvas.NewImageFromImage(x.preview)
		img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
		picture = img
	}
	title := newFitted(words.N("labels.count", x.count), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading).full()
	return x.s.page("labels", container.NewBorder(noteLine(x.note, x.good), nil, nil, nil, container.New(&columns{[]float32{1, 1.25}},
		padded(4, panel(p.panel, container.NewVScroll(form))),
		padded(4, container.NewBorder(title, x.foot(), nil, nil, padded(8, picture))))))
}

// foot prints, or shows how far a print is.
func (x *labelsScreen) foot() fyne.CanvasObject {
	p := x.s.look.p
	if x.cancel == nil {
		b := newButton(T("labels.print"), x.s.strong(), x.print).sized(sizeLarge).wide(0, 88)
		return b.disable(x.count == 0)
	}
	bar := &progress{done: x.done, total: x.total, look: p}
	bar.ExtendBaseWidget(bar)
	return container.NewVBox(
		newFitted(T("labels.running", words.Data{"Done": words.Number(x.done), "Total": words.Number(x.total)}), sizeLarge, sizeBody, p.text, true, fyne.TextAlignLeading),
		bar, layout.NewSpacer(), newButton(T("labels.cancel"), toneAmber, x.cancel).wide(0, 80))
}

func (x *labelsScreen) areaSelect(level int) *widget.Select {
	all := T("labels.all")
	options := []string{all}
	byName := map[string]election.AreaCode{}
	selected := all
	for _, a := range x.areas[level] {
		name := fmt.Sprintf("%s  %s  (%s/%s)", a.Area, a.Name, words.Number(a.Boxes-a.Printed), words.Number(a.Boxes))
		options = append(options, name)
		byName[name] = a.Area
		if a.Area == x.chosen[level] {
			selected = name
		}
	}
	w := widget.NewSelect(options, nil)
	w.SetSelected(selected)
	w.OnChanged = func(name string) {
		x.chosen[level] = byName[name]
		for i := level + 1; i < len(x.chosen); i++ {
			x.chosen[i], x.areas[i] = "", nil
		}
		if level+1 < len(x.chosen) && byName[name] != "" {
			x.children(level+1, byName[name])
		}
		x.ask()
	}
	return w
}

func (x *labelsScreen) kindSelect() *widget.Select {
	all := T("labels.all")
	options := []string{all}
	byName := map[string]string{}
	selected := all
	for _, k := range x.s.ledger.Event().Kinds {
		options = append(options, k.Name)
		byName[k.Name] = k.Code
		if k.Code == x.kind {
			selected = k.Name
		}
	}
	w := widget.NewSelect(options, nil)
	w.SetSelected(selected)
	w.OnChanged = func(name string) { x.kind = byName[name]; x.ask() }
	return w
}

func (x *labelsScreen) stockSelect() *widget.Select {
	var options []string
	for _, st := range x.stocks {
		options = append(options, st.Title)
	}
	w := widget.NewSelect(options, nil)
	w.SetSelected(x.stock.Title)
	w.OnChanged = func(title string) {
		for _, st := range x.stocks {
			if st.Title == title {
				x.stock = st
			}
		}
		x.ask()
	}
	return w
}

// print writes the labels of the choice. It runs beside the scans' queue: a long print
// must not keep the window from answering.
func (x *labelsScreen) print() {
	ctx, cancel := context.WithCancel(x.s.ctx)
	req := batch.Request{Filter: x.filter(), Stock: x.stock.Name, By: x.s.person,
		Out: filepath.Join(x.s.cfg.Files, "label-"+time.Now().Format("20060102-150405")+".pdf")}
	x.cancel, x.done, x.total, x.note = cancel, 0, x.count, ""
	passphrase := x.pass.Text
	x.pass.SetText("")
	x.refresh()
	shown := time.Now()
	req.Progress = func(done, total int) {
		if time.Since(shown) > 200*time.Millisecond || done == total {
			shown = time.Now()
			x.s.do(func() { x.done, x.total = done, total; x.refresh() })
		}
	}
	go func() {
		var sum batch.Summary
		key, err := labels.ReadSigningKey(x.s.cfg.Key, passphrase, x.s.ledger.Info().PublicKey)
		if err == nil {
			req.Key = key
			sum, err = batch.Run(ctx, x.s.ledger, req)
		}
		cancel()
		x.s.do(func() { x.printed(sum, err) })
	}()
}

func (x *labelsScreen) printed(sum batch.Summary, err error) {
	x.cancel = nil
	switch {
	case errors.Is(err, context.Canceled):
		x.note, x.good = words.N("labels.cancelled", sum.Labels), false
	case err != nil:
		x.note, x.good = words.Error(err), false
	default:
		x.note, x.good = T("labels.done", words.Data{"Labels": words.Number(sum.Labels), "File": sum.Files[0]}), true
	}
	x.children(0, "")
	x.ask()
	x.refresh()
}
