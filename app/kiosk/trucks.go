package kiosk

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// trucks lists the vehicles, adds one, and prints gate passes.
type trucks struct {
	s             *shell
	list          []ledger.Truck
	pages         pager
	plate, driver *field
	vehicle       string
	chooser       *chooser // of the pass that is being made; nil: none
	note          func() string
	good          bool // the note is of something done
}

// vehicles are the keys of what takes boxes away, and the ledger's words for them.
var vehicles = []string{"truk", "mobil boks", "kapal"}

func newTrucks(s *shell) *trucks {
	x := &trucks{s: s, vehicle: vehicles[0]}
	x.pages.changed = x.refresh
	x.plate, x.driver = newField("trucks.plate", false, x.add), newField("trucks.driver", false, x.add)
	x.read()
	return x
}

func (x *trucks) read() {
	x.s.later(func() func() {
		list, err := x.s.ledger.Trucks(x.s.ctx)
		return func() {
			x.list = list
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

func (x *trucks) say(good bool, note func() string) { x.note, x.good = note, good }

func (x *trucks) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *trucks) takesScans() bool { return false }
func (x *trucks) scanned(string)   {}

func vehicleWords(v string) string { return T("vehicle." + strings.ReplaceAll(v, " ", "_")) }

func (x *trucks) content() fyne.CanvasObject {
	if x.chooser != nil {
		return x.s.page("trucks", x.chooser.content())
	}
	l := x.s.look
	list := x.pages.content(l, 1, 6, 8, len(x.list), func(i int) fyne.CanvasObject {
		t := x.list[i]
		about := t.Vehicle
		for _, v := range vehicles {
			if v == t.Vehicle {
				about = vehicleWords(v)
			}
		}
		if t.Driver != "" {
			about += " · " + t.Driver
		}
		return l.on(l.panel.ground, 12, l.inset(10, l.row(16, l.fix(64, l.shape("truck", l.panel.ink)),
			grow(1, l.col(0, grow(1.4, l.text1(t.Plate, 42, condensed, l.panel.ink)), grow(1, l.text1(about, 24, regular, l.panel.ink)))),
			l.fix(230, l.button("card", T("trucks.pass"), func() { x.make(t.Plate) })))))
	})
	x.plate.SetPlaceHolder("B 9123 KPU")
	var kinds []fyne.CanvasObject
	for _, v := range vehicles {
		kinds = append(kinds, l.choice(v == x.vehicle, vehicleWords(v), func() { x.vehicle = v; x.refresh() }).sized(23))
	}
	form := l.panelOf(l.col(10,
		l.fix(44, l.text1(T("trucks.new"), 34, condensed, l.panel.ink)),
		x.plate.below(l), x.driver.below(l),
		l.fix(30, l.text1(T("trucks.vehicle"), 24, bold, l.panel.ink)),
		l.fix(target, l.table(len(kinds), 1, 8, kinds)), rest(),
		l.fix(84, l.next("plus", T("trucks.add"), x.add).sized(30))))
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	return x.s.page("trucks", l.col(10, append(cells, grow(1, l.row(16, grow(1.5, list), grow(1, form))))...))
}

func (x *trucks) add() {
	plate, vehicle, driver := x.plate.Text, x.vehicle, x.driver.Text
	by := x.s.person
	x.s.later(func() func() {
		t, err := x.s.ledger.AddTruck(x.s.ctx, by, plate, vehicle, driver)
		return func() {
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
				x.refresh()
				return
			}
			x.plate.SetText("")
			x.driver.SetText("")
			x.say(true, func() string { return T("trucks.added", words.Data{"Truck": t.Plate}) })
			x.read()
		}
	})
}

// make asks for the district of a gate pass, and writes it.
func (x *trucks) make(plate string) {
	x.note = nil
	x.chooser = newChooser(x.s, func() string { return T("trucks.district", words.Data{"Truck": plate}) },
		func(d election.District, kec []election.AreaCode) { x.issue(plate, d, kec) },
		func() { x.chooser = nil; x.refresh() }, x.refresh)
	x.refresh()
}

func (x *trucks) issue(plate string, d election.District, kec []election.AreaCode) {
	name := fmt.Sprintf("kartu-%s-%s-%s.pdf", strings.ReplaceAll(plate, " ", ""), d.Code, time.Now().Format("20060102-150405"))
	path, by := filepath.Join(x.s.cfg.Files, name), x.s.person
	x.s.later(func() func() {
		err := batch.WritePass(x.s.ctx, x.s.ledger, by, plate, d, kec, path)
		return func() {
			x.chooser = nil
			x.say(true, func() string { return T("trucks.passdone", words.Data{"File": path}) })
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}
