package kiosk

import (
	"fmt"
	"path/filepath"
	"strings"

	"dapilgate/app/batch"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// trucks lists the vehicles, adds one, and prints gate passes.
type trucks struct {
	s             *shell
	list          []ledger.Truck
	plate, driver *widget.Entry
	vehicle       string
	pass          string // plate whose pass is being made
	note          string
	good          bool // the note is of something done
}

var vehicles = []string{"truk", "mobil boks", "kapal"}

func newTrucks(s *shell) *trucks {
	x := &trucks{s: s, plate: widget.NewEntry(), driver: widget.NewEntry(), vehicle: vehicles[0]}
	x.load()
	return x
}

func (x *trucks) load() {
	x.s.later(func() func() {
		list, err := x.s.ledger.Trucks(x.s.ctx)
		return func() {
			x.list = list
			if err != nil {
				x.note, x.good = words.Error(err), false
			}
			x.refresh()
		}
	})
}

func (x *trucks) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *trucks) takesScans() bool { return false }
func (x *trucks) scanned(string)   {}

func (x *trucks) content() fyne.CanvasObject {
	if x.pass != "" {
		return x.s.page("trucks", x.passStep())
	}
	p := x.s.look.p
	list := container.NewVBox()
	for _, t := range x.list {
		list.Add(panel(p.panel, container.NewBorder(nil, nil, nil, newButton(T("trucks.pass"), x.s.plain(), func() {
			x.pass, x.note = t.Plate, ""
			x.refresh()
		}).wide(200, 0), container.New(&columns{[]float32{1.2, 1}},
			newFitted(t.Plate, sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading),
			newFitted(t.Vehicle+" · "+t.Driver, sizeBody, sizeSmall, p.quiet, false, fyne.TextAlignLeading)))))
	}
	x.plate.SetPlaceHolder("B 9123 KPU")
	kinds := container.NewGridWithColumns(len(vehicles))
	for _, v := range vehicles {
		t := x.s.plain()
		if v == x.vehicle {
			t = x.s.strong()
		}
		kinds.Add(newButton(v, t, func() { x.vehicle = v; x.refresh() }))
	}
	label := func(key string) fyne.CanvasObject {
		return newFitted(T(key), sizeBody, sizeSmall, p.text, true, fyne.TextAlignLeading)
	}
	form := panel(p.panel, container.NewVBox(
		newFitted(T("trucks.new"), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading).full(),
		label("trucks.plate"), x.plate, label("trucks.driver"), x.driver, label("trucks.vehicle"), kinds,
		newButton(T("trucks.add"), x.s.strong(), x.add).sized(sizeLarge).wide(0, 84)))
	return x.s.page("trucks", container.NewBorder(x.noteLine(), nil, nil, nil, container.New(&columns{[]float32{1.5, 1}},
		padded(4, container.NewVScroll(list)), padded(4, container.NewVScroll(form)))))
}

func (x *trucks) noteLine() fyne.CanvasObject { return noteLine(x.note, x.good) }

// noteLine is a message above a page: blue where something was done, amber else.
func noteLine(note string, good bool) fyne.CanvasObject {
	if note == "" {
		return nil
	}
	t := toneAmber
	if good {
		t = toneBlue
	}
	return panel(t.ground, newFitted(note, sizeLarge, sizeSmall, t.text, true, fyne.TextAlignLeading))
}

func (x *trucks) add() {
	plate, vehicle, driver := x.plate.Text, x.vehicle, x.driver.Text
	x.s.later(func() func() {
		t, err := x.s.ledger.AddTruck(x.s.ctx, x.s.person, plate, vehicle, driver)
		return func() {
			if err != nil {
				x.note, x.good = words.Error(err), false
				x.refresh()
				return
			}
			x.plate.SetText("")
			x.driver.SetText("")
			x.note, x.good = T("trucks.added", words.Data{"Truck": t.Plate}), true
			x.load()
		}
	})
}

// passStep chooses the district of a gate pass.
func (x *trucks) passStep() fyne.CanvasObject {
	p := x.s.look.p
	e := x.s.ledger.Event()
	grid := container.NewGridWithColumns(5)
	for _, d := range e.Dapil {
		if d.Kind == e.RoutingSpace() {
			f := x.s.district(d.District)
			grid.Add(newTile(container.NewBorder(nil, newFitted(d.Name, sizeBody, sizeSmall, p.text, true, fyne.TextAlignCenter), nil, nil, face(f.Numeral, f.Pattern, 90)),
				x.s.plain(), func() { x.issue(d.District) }))
		}
	}
	back := newButton(T("back"), x.s.plain(), func() { x.pass = ""; x.refresh() })
	return container.NewBorder(newFitted(T("trucks.district", words.Data{"Truck": x.pass}), sizeTitle, sizeLarge, p.text, true, fyne.TextAlignLeading).full(), back, nil, nil, padded(8, grid))
}

func (x *trucks) issue(d election.District) {
	plate := x.pass
	path := filepath.Join(x.s.cfg.Files, fmt.Sprintf("kartu-%s-%s.pdf", strings.ReplaceAll(plate, " ", ""), d.Code))
	x.s.later(func() func() {
		err := batch.WritePass(x.s.ctx, x.s.ledger, x.s.person, plate, d, nil, path)
		return func() {
			x.pass, x.good = "", err == nil
			if x.note = T("trucks.passdone", words.Data{"File": path}); err != nil {
				x.note = words.Error(err)
			}
			x.refresh()
		}
	})
}
