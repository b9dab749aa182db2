package kiosk

import (
	"context"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// countScreen counts the boxes in a place. Who counts sees what the last scan was and how
// many boxes they have themselves, and nothing of what is expected; that is shown when the
// counting is over, to those who recount what differs.
type countScreen struct {
	s    *shell
	step countStep
	note func() string
	good bool

	all     []ledger.Counting // newest first
	samples map[int64]ledger.Sample
	names   map[election.AreaCode]string
	list    pager
	session ledger.Counting // that is gone into
	result  *ledger.CountResult
	answer  *ledger.CountReply // to the last scan; nil: none yet
	differs pager
	pad     *pinPad // of the signature
	fresh   *newCount
	asked   int
}

// countStep is where in the screen one is.
type countStep int

const (
	countList countStep = iota
	countNew
	countSession // joined or not, before its comparison
	countScanning
	countDiffers
	countSign
)

func newCountScreen(s *shell) *countScreen {
	x := &countScreen{s: s}
	x.list.changed, x.differs.changed = x.refresh, x.refresh
	x.pad = newPINPad(s, x.sign, x.refresh)
	x.read()
	return x
}

func (x *countScreen) takesScans() bool { return true }
func (x *countScreen) typing() bool     { return x.step == countNew || x.step == countSign }

func (x *countScreen) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *countScreen) say(good bool, note func() string) { x.note, x.good = note, good }

func (x *countScreen) fail(err error) { x.say(false, func() string { return words.Error(err) }) }

// to goes to a step.
func (x *countScreen) to(step countStep) {
	x.step, x.note = step, nil
	x.s.sink.forget()
	x.refresh()
}

// leads tells whether who is here may open, compare and sign.
func (x *countScreen) leads() bool {
	return x.s.person.Role == ledger.Penyelia || x.s.person.Role == ledger.Auditor
}

// follow reads again what others have changed; who is scanning is not disturbed.
func (x *countScreen) follow() {
	switch x.step {
	case countList, countSession, countDiffers:
		x.read()
	}
}

// read asks for the counts, and for the one that is gone into.
func (x *countScreen) read() {
	x.asked++
	n, id := x.asked, x.session.ID
	l, ctx := x.s.ledger, x.s.ctx
	x.s.later(func() func() {
		all, err := l.Countings(ctx)
		samples := map[int64]ledger.Sample{}
		if err == nil {
			var list []ledger.Sample
			list, err = l.Samples(ctx)
			for _, y := range list {
				samples[y.ID] = y
			}
		}
		names := map[election.AreaCode]string{}
		var result *ledger.CountResult
		for _, c := range all {
			if c.Area != "" && err == nil {
				var of map[election.Level]string
				of, err = l.AreaNames(ctx, c.Area)
				names[c.Area] = of[c.Area.Level()]
			}
			if err == nil && c.ID == id && c.State != ledger.CountRunning {
				var r ledger.CountResult
				r, err = l.CountResult(ctx, id)
				result = &r
			}
		}
		return func() {
			if n != x.asked || x.s.shown != x {
				return
			}
			if err != nil {
				x.fail(err)
				x.refresh()
				return
			}
			x.all, x.samples, x.names, x.result = all, samples, names, result
			for _, c := range all {
				if c.ID == id {
					x.session = c
				}
			}
			if x.result != nil && (x.step == countSession || x.step == countScanning) {
				x.step = countDiffers
			}
			x.refresh()
		}
	})
}

// act does something to the ledger, and reads what came of it.
func (x *countScreen) act(do func() error, after func()) {
	x.s.later(func() func() {
		err := do()
		return func() {
			x.note = nil
			if err != nil {
				x.fail(err)
			} else {
				after()
			}
			x.refresh()
			x.read()
		}
	})
}

// enter goes into a count.
func (x *countScreen) enter(c ledger.Counting) {
	x.session, x.result, x.answer, x.differs.page = c, nil, nil, 0
	x.to(countSession)
	x.read()
}

// join begins this person's pass, or goes on with it.
func (x *countScreen) join() {
	by, id := x.s.person, x.session.ID
	x.act(func() error {
		_, err := x.s.ledger.JoinCount(x.s.ctx, by, id)
		return err
	}, func() { x.step, x.answer = countScanning, nil })
}

// end ends a pass: one's own, or that of one who has left.
func (x *countScreen) end(person string) {
	by, id := x.s.person, x.session.ID
	x.act(func() error { return x.s.ledger.EndPass(x.s.ctx, by, id, person) }, func() { x.step = countSession })
}

func (x *countScreen) compare() {
	by, id := x.s.person, x.session.ID
	x.act(func() error {
		_, err := x.s.ledger.CompareCount(x.s.ctx, by, id)
		return err
	}, func() { x.answer = nil })
}

func (x *countScreen) scanned(text string) {
	switch x.step {
	case countScanning:
		x.record(text, x.s.ledger.CountScan)
	case countDiffers:
		if x.session.State == ledger.CountInDoubt {
			x.record(text, x.s.ledger.RecountScan)
		}
	case countNew:
		x.fresh.typed(text)
	case countSign:
		if isPIN(text) {
			x.sign(text)
		}
	default:
		x.say(false, func() string { return T("count.first") })
		x.refresh()
	}
}

// record records one scan and shows what it was.
func (x *countScreen) record(text string, record func(ctx context.Context, by ledger.Person, session int64, id string, r code.Reading) (ledger.CountReply, error)) {
	l := x.s.ledger
	by, session, id := x.s.person, x.session.ID, ledger.NewID()
	r := code.Parse(text, code.Keys{Event: l.Event().Code, Public: l.PublicKeys()})
	x.s.later(func() func() {
		reply, err := record(x.s.ctx, by, session, id, r)
		return func() {
			x.note = nil
			if err != nil {
				x.fail(err)
				x.answer = nil
			} else {
				x.answer = &reply
			}
			x.refresh()
			if x.step == countDiffers {
				x.read()
			}
		}
	})
}

func (x *countScreen) content() fyne.CanvasObject {
	l := x.s.look
	var cells []cell
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	switch x.step {
	case countNew:
		cells = append(cells, x.fresh.cells()...)
	case countSession:
		cells = append(cells, x.sessionCells()...)
	case countScanning:
		cells = append(cells, x.scanningCells()...)
	case countDiffers:
		cells = append(cells, x.differsCells()...)
	case countSign:
		cells = append(cells, x.signCells()...)
	default:
		cells = append(cells, x.listCells()...)
	}
	return l.row(0, l.fix(136, x.s.rail("audit")),
		grow(1, l.inset(14, l.col(10, l.fix(52, l.row(14, need(l.text1(T("count.title"), 40, condensed, l.page.ink).natural()),
			grow(1, l.text1(T("count.help"), 22, regular, l.faint.ink)))), grow(1, l.col(12, cells...))))))
}

// what says what a count is of.
func (x *countScreen) what(c *ledger.Counting) string {
	var out []string
	if c.Room != "" {
		out = append(out, c.Room)
	}
	if s := x.scope(c.Scope); s != "" {
		out = append(out, s)
	}
	if c.Sample != 0 {
		out = append(out, T("count.sample", words.Data{"Sample": c.Sample, "Seed": x.samples[c.Sample].Seed}))
	}
	if c.Nothing() {
		out = append(out, T("count.anything"))
	}
	return strings.Join(out, " · ")
}

// scope is a scope in short: an area has its code, for names repeat.
func (x *countScreen) scope(s ledger.Scope) string {
	var out []string
	if !s.District.IsZero() {
		out = append(out, T("count.dapil", words.Data{"Dapil": x.s.district(s.District, "").Name}))
	}
	if s.Area != "" {
		out = append(out, strings.TrimSpace(shortName(x.names[s.Area])+" "+string(s.Area)))
	}
	if s.TPS != 0 {
		out = append(out, "TPS "+words.Number(s.TPS))
	}
	if s.Kind != "" {
		out = append(out, s.Kind)
	}
	return strings.Join(out, " · ")
}

// who lists the people of a round, with a mark for who is done.
func who(c *ledger.Counting, round int) string {
	var out []string
	for _, p := range c.Passes {
		if p.Round != round {
			continue
		}
		if name := p.Person; p.Done.IsZero() {
			out = append(out, name+" …")
		} else {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

// stateWords is how far a count is.
func stateWords(s ledger.CountState) string {
	switch s {
	case ledger.CountRunning:
		return T("count.state.counting")
	case ledger.CountInDoubt:
		return T("count.state.recounting")
	}
	return T("count.state.signed")
}

func (x *countScreen) listCells() []cell {
	l := x.s.look
	ink := l.quiet.ink
	list := x.list.content(l, 1, 5, 8, len(x.all), func(i int) fyne.CanvasObject {
		c := x.all[i]
		people := who(&c, ledger.RoundCount)
		if people == "" {
			people = T("count.nobody")
		}
		return l.listed(l.row(14, l.gap(2), l.fix(70, l.text1(words.Number(int(c.ID)), 30, condensed, ink)),
			grow(2, l.col(0, grow(1.1, l.textN(x.what(&c), 24, 2, bold, ink)), grow(1, l.text1(people, 20, regular, ink)))),
			grow(0.9, l.col(0, grow(1.1, l.text1(stateWords(c.State), 24, bold, ink).trailing()), grow(1, l.text1(words.Moment(c.Opened), 20, regular, ink).trailing()))), l.gap(2)),
			func() { x.enter(c) })
	})
	if len(x.all) == 0 {
		list = l.textN(T("count.none"), 30, 3, regular, l.faint.ink).centred()
	}
	foot := []cell{l.fix(240, l.button("back", T("back"), func() { x.s.show(newAudit(x.s)) })), rest()}
	if x.leads() {
		foot[1] = grow(1, l.next("plus", T("count.new"), func() { x.fresh = beginCount(x); x.to(countNew) }).sized(30))
	}
	return []cell{grow(1, list), l.fix(88, l.row(12, foot...))}
}

// head names the count that is gone into.
func (x *countScreen) head() cell {
	l := x.s.look
	p := l.panel
	return l.fix(96, l.on(p.ground, 12, l.inset(10, l.row(16,
		l.fix(90, l.text1(words.Number(int(x.session.ID)), 56, condensed, p.ink).centred()),
		grow(2, l.textN(x.what(&x.session), 30, 2, condensed, p.ink)),
		grow(0.8, l.text1(stateWords(x.session.State), 26, bold, p.ink).trailing())))))
}

// sessionCells is a count before the comparison, for who is not scanning.
func (x *countScreen) sessionCells() []cell {
	l := x.s.look
	c := &x.session
	me := c.Pass(ledger.RoundCount, x.s.person.Name)
	open := 0
	for _, p := range c.Passes {
		if p.Done.IsZero() {
			open++
		}
	}
	passes := x.list.content(l, 1, 4, 8, len(c.Passes), func(i int) fyne.CanvasObject {
		p := c.Passes[i]
		state := T("count.pass.open")
		if !p.Done.IsZero() {
			state = T("count.pass.done", words.Data{"At": words.Clock(p.Done)})
		}
		row := []cell{l.gap(8), l.fix(44, l.shape("person", l.panel.ink)), grow(1.2, l.text1(p.Person, 28, bold, l.panel.ink)), grow(1, l.text1(state, 24, regular, l.panel.ink))}
		if p.Done.IsZero() && p.Person != x.s.person.Name && x.leads() {
			row = append(row, l.fix(260, l.button("tick", T("count.end"), func() { x.end(p.Person) }).sized(22)))
		}
		return l.on(l.panel.ground, 8, l.inset(4, l.row(12, append(row, l.gap(4))...)))
	})
	if len(c.Passes) == 0 {
		passes = l.textN(T("count.nobody"), 30, 2, regular, l.faint.ink).centred()
	}
	begin := T("count.begin")
	if me != nil {
		begin = T("count.goon")
	}
	foot := []cell{l.fix(200, l.button("back", T("back"), func() { x.to(countList); x.read() })), grow(1, l.next("scan", begin, x.join).sized(28))}
	if x.leads() && len(c.Passes) > 0 && open == 0 {
		foot = append(foot, grow(1, l.button("unequal", T("count.compare"), x.compare).sized(28)))
	}
	return []cell{x.head(), l.fix(64, l.textN(T("count.blind"), 22, 2, regular, l.faint.ink)), grow(1, passes), l.fix(96, l.row(12, foot...))}
}

// answered is how an answer is painted. Nothing is green here: green is the gate's.
func answered(a gate.CountAnswer) (tone, string) {
	switch a {
	case gate.Counted, gate.CountFound:
		return toneBlue, "tick"
	case gate.CountForged:
		return toneRed, "stop"
	case gate.CountAgain:
		return toneAmber, "unequal"
	}
	return toneAmber, "warn"
}

// reply is what the last scan was, or the call for the first one.
func (x *countScreen) reply(ask string) fyne.CanvasObject {
	l := x.s.look
	t, icon, head, detail := l.panel, "scan", ask, ""
	if x.answer != nil {
		t, icon = answered(x.answer.Answer)
		head, detail = words.CountAnswer(x.answer.Answer), x.answer.Box
	}
	body := []cell{grow(1.3, l.textN(head, 46, 2, condensed, t.ink))}
	if detail != "" {
		body = append(body, grow(1, l.text1(detail, 32, regular, t.ink)))
	}
	return l.on(t.ground, 14, l.inset(14, l.row(24, l.fix(110, l.shape(icon, t.ink)), grow(1, l.col(2, body...)))))
}

// scanningCells is a pass: what was scanned last, and how many boxes I have.
func (x *countScreen) scanningCells() []cell {
	l := x.s.look
	n := 0
	if p := x.session.Pass(ledger.RoundCount, x.s.person.Name); p != nil {
		n = p.Boxes
	}
	if x.answer != nil {
		n = x.answer.Boxes
	}
	return []cell{x.head(), grow(1, x.reply(T("count.scan"))),
		grow(1.4, l.on(l.panel.ground, 14, l.col(0, grow(3, l.text1(words.Number(n), 230, condensed, l.panel.ink).centred()),
			grow(1, l.text1(T("count.mine", words.Data{"Name": x.s.person.Name}), 30, regular, l.panel.ink).centred())))),
		l.fix(96, l.row(12, l.fix(300, l.button("back", T("count.pause"), func() { x.to(countSession); x.read() }).sized(26)),
			grow(1, l.next("tick", T("count.done"), func() { x.end(x.s.person.Name) }).sized(30))))}
}

// newCount is a count that is being chosen.
type newCount struct {
	x        *countScreen
	room     string
	path     []ledger.AreaCount
	areas    []ledger.AreaCount
	district election.District
	kind     string
	size     int // of the sample; 0: none
	pages    pager
}

// sampleSizes are the samples that the screen draws; the command line draws any.
var sampleSizes = []int{0, 20, 50, 100}
