package kiosk

import (
	"errors"
	"slices"

	"dapilgate/app/batch"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"

	"fyne.io/fyne/v2"
)

// labelsScreen is all about labels, in tabs. A print is chosen in three steps: which boxes,
// on what, and a look at the pages as they will come out. Beside it are the history of
// prints and the scanning back.
type labelsScreen struct {
	s    *shell
	tab  labelsTab
	step labelsStep
	note func() string
	good bool

	// Which boxes.
	path     []ledger.AreaCount // from kota down to where we are
	areas    []ledger.AreaCount // right below
	pages    pager
	district election.District
	kind     string
	limit    int       // 0: all
	only     *onlyThis // asked for elsewhere, instead of the above; nil: not
	count    int       // boxes of the choice

	// On what.
	reprint    bool
	reason     string // key, of a reprint
	stock      labels.Stock
	catalogue  labels.Catalogue
	stockPages pager
	copies     int // 0: as the event says
	separators bool
	marks      bool
	check      batch.Preflight
	on         *printer.Printer // nil: to a file
	start      int              // place of the first sticker on a part-used sheet; 0: the first

	// The look at the pages, and the key.
	page batch.Page
	pass *field

	broken *ledger.Batch // a print that broke off and is not settled; nil: none
	later  bool          // it was put off
	asked  int           // counts questions to the ledger, so that an old answer is not shown

	history  *history
	back     *scanBack
	printers *printersTab
	asking   *asking // for a second person's approval; nil: not
}

// onlyThis is a choice that was made elsewhere: one box found in the history, what is left
// of a print that broke off.
type onlyThis struct {
	what    func() string
	filter  ledger.Filter
	reprint bool
	reason  string // of the reprint, where it is known
}

// printOnly goes to the paper of a choice that was made elsewhere.
func (x *labelsScreen) printOnly(o onlyThis) {
	x.only, x.reason, x.tab = &o, "", tabPrint
	x.s.sink.forget()
	x.to(stepPaper)
}

// labelsTab is a part of the screen.
type labelsTab int

const (
	tabPrint labelsTab = iota
	tabHistory
	tabBack
	tabPrinters
)

// labelsTabs are the parts, with who may go there.
var labelsTabs = []struct {
	tab   labelsTab
	key   string
	roles []ledger.Role
}{
	{tabPrint, "labels.tab.print", []ledger.Role{ledger.Penyelia}},
	{tabHistory, "labels.tab.history", []ledger.Role{ledger.Penyelia, ledger.Petugas, ledger.Auditor}},
	{tabBack, "labels.tab.back", []ledger.Role{ledger.Penyelia, ledger.Petugas}},
	{tabPrinters, "labels.tab.printers", []ledger.Role{ledger.Penyelia}},
}

// labelsStep is how far the choice of a print is.
type labelsStep int

const (
	stepBoxes labelsStep = iota
	stepPaper
	stepLook
)

// previewDPI is the resolution of the page on the screen.
const previewDPI = 110

func newLabels(s *shell) *labelsScreen {
	x := &labelsScreen{s: s, check: batch.PreflightSample}
	x.pages.changed, x.stockPages.changed = x.refresh, x.refresh
	x.pass = newField("labels.pass", true, x.print)
	x.history, x.back, x.printers = newHistory(x), newScanBack(x), newPrintersTab(x)
	for _, t := range labelsTabs {
		if slices.Contains(t.roles, s.person.Role) {
			x.tab = t.tab
			break
		}
	}
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
	x.take(s.cfg.Stock)
	x.printers.preset(s.cfg.Printer)
	if s.printed != nil { // a print that ended while another screen was shown
		x.note, x.good, s.printed = s.printed.note, s.printed.good, nil
	}
	x.read()
	return x
}

// A scan is expected where a broken print asks for its last good label, in the history,
// where it stands for what is typed too, and where labels are scanned back. A PIN is typed
// the same way.
func (x *labelsScreen) takesScans() bool {
	switch {
	case x.asking != nil, x.tab == tabHistory, x.tab == tabBack:
		return true
	case x.tab == tabPrinters:
		return false
	}
	return x.broken != nil && x.s.job == nil
}

func (x *labelsScreen) scanned(text string) {
	if x.asking != nil {
		x.asking.scanned(text)
		return
	}
	switch x.tab {
	case tabHistory:
		x.history.search(text)
	case tabBack:
		x.back.scanned(text)
	case tabPrint:
		x.settle(text)
	}
}

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
	r := batch.Request{Filter: ledger.Filter{District: x.district, Area: x.here(), Kind: x.kind, Limit: x.limit}, Reprint: x.reprint,
		Stock: x.stock.Name, Stocks: &x.catalogue, By: x.s.person, Copies: x.copies, Separators: x.separators, CutMarks: x.marks, Preflight: x.check}
	if x.reprint { // of the boxes that have a label and stand here
		r.Filter.State = ledger.BoxPrinted
	}
	if o := x.only; o != nil {
		r.Filter, r.Reprint, r.Reason = o.filter, o.reprint, o.reason
	}
	if x.start <= x.stock.PerPage() {
		r.Start = x.start
	}
	if r.Reprint && r.Reason == "" && x.reason != "" {
		r.Reason = T(x.reason)
	}
	return r
}

// ask reads what lies below, counts the choice, and draws its page.
func (x *labelsScreen) ask() {
	x.asked++
	n, req, stock, here, step, page := x.asked, x.request(), x.stock, x.here(), x.step, x.page.Number
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
		var look batch.Page
		if err == nil && count > 0 && step == stepLook {
			look, err = batch.PreviewPage(x.s.ctx, x.s.ledger, req, page, previewDPI)
			if errors.Is(err, batch.ErrNoPreflight) {
				// Without the renderer of pages at least the sticker itself is shown.
				var k labels.Sticker
				if k, err = batch.Preview(x.s.ctx, x.s.ledger, req); err == nil {
					look.Picture, err = labels.Preview(k, stock, previewDPI)
				}
			}
		}
		return func() {
			if n != x.asked {
				return
			}
			x.areas, x.count, x.page = areas, count, look
			if x.broken = nil; x.s.job == nil && !x.later {
				x.broken = brokenPrint(open)
			}
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

// read asks for what the shown tab shows.
func (x *labelsScreen) read() {
	switch x.tab {
	case tabHistory:
		x.history.read()
	case tabBack:
		x.back.read()
	case tabPrinters:
		x.printers.read()
	default:
		x.ask()
	}
}

func (x *labelsScreen) content() fyne.CanvasObject {
	l := x.s.look
	var tabs []fyne.CanvasObject
	for _, t := range labelsTabs {
		if slices.Contains(t.roles, x.s.person.Role) {
			tabs = append(tabs, l.choice(x.tab == t.tab, T(t.key), func() { x.turn(t.tab) }).sized(22))
		}
	}
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	body := x.boxes
	switch {
	case x.asking != nil:
		body = x.asking.content
	case x.tab == tabHistory:
		body = x.history.content
	case x.tab == tabBack:
		body = x.back.content
	case x.tab == tabPrinters:
		body = x.printers.content
	case x.s.job != nil:
		body = x.running
	case x.broken != nil:
		body = x.settling
	case x.step == stepPaper:
		body = x.paper
	case x.step == stepLook:
		body = x.sheet
	}
	return x.s.page("labels", l.col(10, append(cells, grow(1, body()))...), tabs...)
}

// turn goes to a tab.
func (x *labelsScreen) turn(to labelsTab) {
	x.tab, x.note, x.asking = to, nil, nil
	if to != tabPrinters {
		x.printers.still()
	}
	x.s.sink.forget()
	x.refresh()
	x.read()
}

// typing: a second person's PIN.
func (x *labelsScreen) typing() bool { return x.asking != nil }

// left is told by the shell when another screen is shown.
func (x *labelsScreen) left() { x.printers.still() }

// seconded does what one penyelia alone must not decide.
func (x *labelsScreen) seconded(what func() string, act func(by ledger.Person)) {
	x.note = nil
	x.s.ask(what, "", func(a *asking) { x.asking = a; x.s.sink.forget() }, x.refresh, act)
}

// to goes to a step.
func (x *labelsScreen) to(step labelsStep) {
	x.step, x.note, x.page.Picture = step, nil, nil
	x.refresh()
	x.ask()
}
