package kiosk

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// labelsScreen prints labels in two steps: which boxes, then on what. Its second step
// shows one sticker as it will be printed.
type labelsScreen struct {
	s     *shell
	path  []ledger.AreaCount // from kota down to where we are
	areas []ledger.AreaCount // right below
	pages pager

	stockPages pager

	district  election.District
	kind      string
	reprint   bool
	reason    string // key, of a reprint
	limit     int    // 0: all
	stock     labels.Stock
	catalogue labels.Catalogue
	paper     bool // the second step

	count   int
	preview image.Image
	pass    *field

	note        func() string
	good        bool
	cancel      context.CancelFunc // of a print under way; nil: none
	done, total int
	broken      *ledger.Batch // a print that broke off and is not settled; nil: none
	later       bool          // it was put off
	asked       int           // counts questions to the ledger, so that an old answer is not shown
}

// previewDPI is the resolution of the sticker on the screen.
const previewDPI = 150

// limits are how many labels a print can be cut to.
var limits = []int{0, 8, 40, 200}

// reprintReasons are keys of why a box gets its next label.
var reprintReasons = []string{"reprint.torn", "reprint.lost", "reprint.bad"}

func newLabels(s *shell) *labelsScreen {
	x := &labelsScreen{s: s}
	x.pages.changed, x.stockPages.changed = x.refresh, x.refresh
	x.pass = newField("labels.pass", true, x.print)
	x.catalogue = s.cfg.Stocks
	if len(x.catalogue.Fit) == 0 {
		var err error
		if x.catalogue, err = labels.BuiltInStocks(); err != nil || len(x.catalogue.Fit) == 0 {
			err = errors.Join(err, labels.ErrStock)
			x.say(false, func() string { return words.Error(err) })
			return x
		}
	}
	x.stock = x.catalogue.Fit[0]
	x.ask()
	return x
}

// A scan is expected only where a broken print asks for its last good label.
func (x *labelsScreen) takesScans() bool     { return x.broken != nil && x.cancel == nil }
func (x *labelsScreen) scanned(label string) { x.settle(label) }

func (x *labelsScreen) say(good bool, note func() string) { x.note, x.good = note, good }

func (x *labelsScreen) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *labelsScreen) here() election.AreaCode {
	if len(x.path) == 0 {
		return ""
	}
	return x.path[len(x.path)-1].Area
}

func (x *labelsScreen) request() batch.Request {
	r := batch.Request{Filter: ledger.Filter{District: x.district, Area: x.here(), Kind: x.kind, Limit: x.limit},
		Stock: x.stock.Name, Stocks: &x.catalogue, Reprint: x.reprint, By: x.s.person}
	if x.reprint && x.reason != "" {
		r.Reason = T(x.reason)
	}
	return r
}

// ask reads what lies below, counts the choice, and draws its first sticker.
func (x *labelsScreen) ask() {
	x.asked++
	n, req, stock, here, paper := x.asked, x.request(), x.stock, x.here(), x.paper
	x.s.later(func() func() {
		var areas []ledger.AreaCount
		open, err := x.s.ledger.Batches(x.s.ctx, true)
		if err == nil && here.Level() != election.LevelKelurahan {
			areas, err = x.s.ledger.AreaCounts(x.s.ctx, here)
		}
		count := 0
		if err == nil {
			count, err = batch.Count(x.s.ctx, x.s.ledger, req)
		}
		var img image.Image
		if err == nil && count > 0 && paper {
			var k labels.Sticker
			if k, err = batch.Preview(x.s.ctx, x.s.ledger, req); err == nil {
				img, err = labels.Preview(k, stock, previewDPI)
			}
		}
		return func() {
			if n != x.asked {
				return
			}
			x.areas, x.count, x.preview = areas, count, img
			if x.broken = nil; x.cancel == nil && !x.later {
				x.broken = brokenPrint(open)
			}
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

func (x *labelsScreen) content() fyne.CanvasObject {
	l := x.s.look
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	body := x.boxes
	switch {
	case x.cancel != nil:
		body = x.running
	case x.broken != nil:
		body = x.settling
	case x.paper:
		body = x.sheet
	}
	return x.s.page("labels", l.col(10, append(cells, grow(1, body()))...))
}

// boxes is the first step: where, which district, which kind.
func (x *labelsScreen) boxes() fyne.CanvasObject {
	l := x.s.look
	way := []cell{grow(1, l.choice(len(x.path) == 0, T("labels.everywhere"), func() { x.ascend(0) }).sized(24))}
	for i, a := range x.path {
		way = append(way, grow(1.3, l.choice(i == len(x.path)-1, shortName(a.Name), func() { x.ascend(i + 1) }).sized(24)))
	}
	for len(way) < 4 {
		way = append(way, rest())
	}
	tree := x.pages.content(l, 2, 6, 8, len(x.areas), func(i int) fyne.CanvasObject {
		a := x.areas[i]
		return l.button("", shortName(a.Name), func() {
			x.path = append(x.path, a)
			x.pages.page = 0
			x.ask()
		}).sized(25).second(T("labels.area", words.Data{"Left": words.Number(a.Boxes - a.Printed), "Boxes": words.Number(a.Boxes)}))
	})
	e := x.s.ledger.Event()
	var dapil []fyne.CanvasObject
	if e.RoutingSpace() != election.KecamatanSpace {
		dapil = append(dapil, l.choice(x.district.IsZero(), T("labels.all"), func() { x.district = election.District{}; x.ask() }).sized(22))
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
		right = append(right, title("labels.dapil"), l.fix(float32((len(dapil)+3)/4)*80-8, l.table(4, (len(dapil)+3)/4, 8, dapil)))
	}
	right = append(right, title("labels.kind"), l.fix(float32((len(kinds)+5)/6)*80-8, l.table(min(6, len(kinds)), (len(kinds)+5)/6, 8, kinds)),
		title("labels.limit"), l.fix(target, l.table(len(many), 1, 8, many)), rest(),
		l.fix(56, l.text1(words.N("labels.count", x.count), 36, bold, l.page.ink)))
	if x.count > 0 || x.any() {
		right = append(right, l.fix(84, l.next("next", T("labels.next"), func() { x.paper, x.note = true, nil; x.ask() }).sized(30)))
	} else {
		right = append(right, l.fix(84, l.textN(T("labels.nothing"), 26, 2, regular, l.page.ink)))
	}
	return l.row(18, grow(1.15, l.col(10, l.fix(target, l.row(8, way...)), grow(1, tree))), grow(1, l.col(8, right...)))
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

// sheet is the second step: paper, how many, and the key.
func (x *labelsScreen) sheet() fyne.CanvasObject {
	l := x.s.look
	set := func(f func()) func() { return func() { f(); x.ask() } }
	var reasons []fyne.CanvasObject
	what := l.row(8,
		grow(1, l.choice(!x.reprint, T("labels.new"), set(func() { x.reprint, x.reason = false, "" })).sized(23)),
		grow(1, l.choice(x.reprint, T("labels.reprint"), set(func() { x.reprint = true })).sized(23)))
	cells := []cell{l.fix(target, what)}
	title := func(key string) cell { return l.fix(26, l.text1(T(key), 22, bold, l.page.ink)) }
	if x.reprint {
		for _, key := range reprintReasons {
			reasons = append(reasons, l.choice(x.reason == key, T(key), func() { x.reason = key; x.refresh() }).sized(22))
		}
		cells = append(cells, title("labels.why"), l.fix(target, l.table(len(reasons), 1, 8, reasons)))
	}
	cells = append(cells,
		title("labels.stock"), l.fix(3*(target+8)-8, x.stockPages.content(l, 2, 2, 8, len(x.catalogue.Fit), func(i int) fyne.CanvasObject {
			st := x.catalogue.Fit[i]
			return l.choice(st.Name == x.stock.Name, st.Title, set(func() { x.stock = st })).sized(22)
		})),
		x.pass.below(l), rest())
	foot := []cell{grow(1, l.button("back", T("back"), func() { x.paper, x.note = false, nil; x.ask() }))}
	if x.count > 0 && (!x.reprint || x.reason != "") {
		foot = append(foot, grow(2, l.next("print", T("labels.print"), x.print).sized(30)))
	} else {
		foot = append(foot, grow(2, canvas.NewRectangle(l.page.ground)))
	}
	var picture fyne.CanvasObject = l.textN(T("labels.nothing"), 32, 3, regular, l.page.ink).centred()
	if x.preview != nil {
		img := canvas.NewImageFromImage(x.preview)
		img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleSmooth
		picture = img
	}
	return l.row(18,
		grow(1.15, l.col(8, append(cells, l.fix(84, l.row(10, foot...)))...)),
		grow(1, l.col(8, l.fix(44, l.text1(words.N("labels.count", x.count), 32, bold, l.page.ink).centred()), grow(1, picture))))
}

// running shows how far a print is.
func (x *labelsScreen) running() fyne.CanvasObject {
	l := x.s.look
	return l.col(20, rest(),
		l.fix(60, l.text1(T("labels.running", words.Data{"Done": words.Number(x.done), "Total": words.Number(x.total)}), 44, bold, l.page.ink).centred()),
		l.fix(50, l.bar(x.done, 0, x.total)),
		l.fix(40, l.text1(T("labels.wait"), 26, regular, l.faint.ink).centred()), rest(),
		l.fix(96, l.row(0, rest(), grow(1, l.button("cross", T("labels.cancel"), x.cancel).sized(32)), rest())))
}

// print writes the labels of the choice. It runs beside the scans' queue: a long print
// must not keep the window from answering.
func (x *labelsScreen) print() {
	if x.cancel != nil || x.count == 0 || x.reprint && x.reason == "" {
		return
	}
	ctx, cancel := context.WithCancel(x.s.ctx)
	req := x.request()
	req.Out = filepath.Join(x.s.cfg.Files, "label-"+time.Now().Format("20060102-150405")+".pdf")
	x.cancel, x.done, x.total, x.note = cancel, 0, x.count, nil
	passphrase := x.pass.Text
	x.pass.SetText("") // a secret doesn't outlive its use
	x.refresh()
	shown := 0
	req.Progress = func(done, total int) {
		if done-shown >= max(1, total/200) || done == total {
			shown = done
			x.s.do(func() { x.done, x.total = done, total; x.refresh() })
		}
	}
	l, keyFile := x.s.ledger, x.s.cfg.Key
	go func() {
		var sum batch.Summary
		key, err := labels.ReadSigningKey(keyFile, passphrase, l.Info().PublicKey)
		if err == nil {
			req.Key = key
			sum, err = batch.Run(ctx, l, req)
		}
		cancel()
		x.s.do(func() { x.printed(sum, err) })
	}()
}

func (x *labelsScreen) printed(sum batch.Summary, err error) {
	x.cancel = nil
	switch {
	case errors.Is(err, context.Canceled):
		x.say(false, func() string { return words.N("labels.cancelled", sum.Labels) })
	case err != nil:
		x.say(false, func() string { return words.Error(err) })
	default:
		x.paper, x.reprint, x.reason = false, false, ""
		x.say(true, func() string {
			return T("labels.done", words.Data{"Labels": words.Number(sum.Labels), "File": sum.Files[0]})
		})
	}
	x.ask()
	x.refresh()
}

// shortName leaves out of an area's name what fills a line and tells nothing apart. Kota
// and kabupaten of one name are two places, so that much stays.
func shortName(name string) string {
	return strings.Replace(strings.Replace(name, " Administrasi ", " ", 1), "Kabupaten ", "Kab. ", 1)
}
