package kiosk

import (
	"cmp"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// stage is how far the closing of a load has come.
type stage int

const (
	stageCount   stage = iota // another person counts, and sees no number of ours
	stageShort                // what is missing is accepted, by kelurahan, TPS or box
	stageSeals                // seals, escort, driver
	stageConfirm              // all of it once more
)

// closing closes a load, step by step. No step but the last shows what the record counts
// before it was counted or that was left out.
type closing struct {
	x     *loading
	stage stage
	load  int64 // number
	sum   ledger.Summary
	note  func() string // nil: none
	good  bool

	counters []string
	counter  string
	counted  string // digits
	names    pager

	kelurahan [][]ledger.TPSLine       // with something missing
	accept    map[string]ledger.Accept // by what is accepted
	why       map[string]string        // key of its reason
	reason    string                   // key that a touch gives
	at        int                      // kelurahan whose TPS are shown; -1: none
	single    bool                     // each of its boxes is, not each TPS
	list, tps pager

	slot   slot
	typed  string // of a seal that is not taken yet
	seals  []string
	escort string
	driver string
}

// slot is what the keyboard types.
type slot int

const (
	slotSeals slot = iota
	slotEscort
	slotDriver
)

// shortageReasons are keys of the reasons for closing a load that is not complete.
var shortageReasons = []string{"shortage.later", "shortage.full", "shortage.damaged", "shortage.missing"}

// close begins the closing of the open load.
func (x *loading) close() {
	c := &closing{x: x, at: -1, accept: map[string]ledger.Accept{}, why: map[string]string{}}
	for _, p := range []*pager{&c.names, &c.list, &c.tps} {
		p.changed = x.refresh
	}
	x.note = nil
	c.look(func() {
		c.driver = c.sum.Load.Driver
		if c.sum.Counter != "" {
			c.counter = c.sum.Counter
			c.stage = stageShort
		} else if len(c.counters) == 0 && !c.mustCount() {
			c.stage = stageShort
		}
		c.overShort()
		x.closing, x.missing, x.step = c, nil, stepIdle
	})
}

// look reads what the load holds and lacks, and who may count it.
func (c *closing) look(then func()) {
	x, station := c.x, c.x.s.station
	x.s.later(func() func() {
		sum, err := station.Summary(x.s.ctx)
		var counters []string
		if err == nil {
			counters, err = station.Counters(x.s.ctx)
		}
		return func() {
			if err != nil {
				slog.Warn("summary of the load", "err", err)
				x.note = func() string { return words.Error(err) }
				x.refresh()
				return
			}
			c.sum, c.counters, c.load = sum, counters, sum.Load.ID
			c.kelurahan = byKelurahan(slices.DeleteFunc(slices.Clone(sum.TPS), func(t ledger.TPSLine) bool { return len(t.Missing) == 0 }))
			c.forget()
			then()
			x.refresh()
		}
	})
}

// forget drops what was accepted and is not missing any more.
func (c *closing) forget() {
	for key, a := range c.accept {
		there := slices.ContainsFunc(c.kelurahan, func(k []ledger.TPSLine) bool {
			return k[0].Area == a.Area && (a.TPS == 0 || slices.ContainsFunc(k, func(t ledger.TPSLine) bool {
				return t.TPS == a.TPS && (a.Kind == "" || slices.Contains(t.Missing, a.Kind))
			}))
		})
		if !there {
			delete(c.accept, key)
		}
	}
	if c.at >= len(c.kelurahan) {
		c.at = -1
	}
}

// mustCount tells whether the load isn't closed without another person's count.
func (c *closing) mustCount() bool {
	return c.x.s.ledger.Event().Policy.TwoPersonClose || c.sum.Differs != ""
}

// going tells whether the closing is of the load that is open here.
func (c *closing) going() bool {
	return c != nil && c.x.status.Load != nil && c.x.status.Load.ID == c.load
}

func (c *closing) say(good bool, note func() string) { c.good, c.note = good, note }

// to goes to another step.
func (c *closing) to(s stage) {
	c.stage, c.note, c.at = s, nil, -1
	if s == stageShort {
		c.overShort()
	}
	c.x.refresh()
}

// overShort passes over the shortages where there are none.
func (c *closing) overShort() {
	if c.stage == stageShort && len(c.kelurahan) == 0 {
		c.stage = stageSeals
	}
}

func (c *closing) end() {
	c.x.closing, c.x.note = nil, nil
	c.x.refresh()
}

// typing tells whether a person may be typing now.
func (c *closing) typing() bool { return c.stage == stageCount || c.stage == stageSeals }

// scanned takes a scan or what was typed on a keyboard. What is ours is the dock's to
// judge: a box that comes late is loaded, and the closing begins anew.
func (c *closing) scanned(text string) bool {
	if r := code.Parse(text, code.Keys{}); r.Command == code.Badge && c.stage == stageCount {
		c.badge(r.Token)
		return true
	} else if r.Status != code.Foreign {
		return false
	}
	switch text = strings.TrimSpace(text); c.stage {
	case stageCount:
		if len(text) > 0 && len(text) <= countDigits && strings.Trim(text, "0123456789") == "" {
			c.counted = text
			c.count()
			return true
		}
	case stageSeals:
		switch c.slot {
		case slotSeals:
			c.typed = text
			c.addSeal()
		case slotEscort:
			c.escort = text
		case slotDriver:
			c.driver = text
		}
		c.x.refresh()
		return true
	}
	return false
}

func (c *closing) content() fyne.CanvasObject {
	l := c.x.s.look
	var body []cell
	var foot []cell
	switch c.stage {
	case stageCount:
		body, foot = c.countStage()
	case stageShort:
		if c.at >= 0 {
			body, foot = c.tpsStage()
		} else {
			body, foot = c.shortStage()
		}
	case stageSeals:
		body, foot = c.sealStage()
	default:
		body, foot = c.confirmStage()
	}
	steps := T("close.step", words.Data{"Step": int(c.stage) + 1, "Steps": int(stageConfirm) + 1})
	cells := []cell{l.fix(52, l.row(12, grow(1, l.text1(T("close.title", words.Data{"Truck": c.sum.Load.Plate}), 42, condensed, l.page.ink)),
		need(l.text1(steps, 24, regular, l.faint.ink).natural())))}
	if c.note != nil && c.stage != stageSeals { // which needs the room for its keys
		cells = append(cells, l.note(c.note(), c.good))
	}
	return l.col(12, append(append(cells, body...), l.fix(88, l.row(12, foot...)))...)
}

func (c *closing) back(to func()) cell {
	l := c.x.s.look
	return grow(1, l.button("back", T("back"), to).sized(28))
}

// countDigits is the longest count.
const countDigits = 5

// badge is how a counter says who they are without a touch.
func (c *closing) badge(token string) {
	x := c.x
	x.s.later(func() func() {
		p, err := x.s.ledger.SignInBadge(x.s.ctx, token)
		return func() {
			switch {
			case err != nil:
				c.say(false, func() string { return words.Error(err) })
			case !slices.Contains(c.counters, p.Name):
				c.say(false, func() string { return T("close.count.who") })
			default:
				c.counter, c.counted, c.note = p.Name, "", nil
			}
			x.refresh()
		}
	})
}

// countStage: who counts, and a pad for the number. The record's number is nowhere.
func (c *closing) countStage() (body, foot []cell) {
	l, x := c.x.s.look, c.x
	who := c.names.content(l, 2, 3, 10, len(c.counters), func(i int) fyne.CanvasObject {
		name := c.counters[i]
		return l.choice(c.counter == name, name, func() { c.counter, c.counted = name, ""; x.refresh() }).sized(30)
	})
	help := l.on(l.panel.ground, 12, l.inset(12, l.textN(T("close.count.help"), 26, 4, bold, l.panel.ink)))
	var right fyne.CanvasObject = l.textN(T("close.count.who"), 36, 3, bold, l.page.ink).centred()
	switch {
	case len(c.counters) == 0:
		right = l.textN(T("close.count.nobody"), 32, 4, bold, l.page.ink).centred()
	case c.counter != "":
		right = c.pad()
	}
	body = []cell{grow(1, l.row(20, grow(1.2, l.col(12, l.fix(150, help), grow(1, who))), grow(1, right)))}
	foot = []cell{c.back(c.end), grow(1, l.button("truck", T("move.button"), func() {
		x.closing = nil
		x.except(c.sum.Load, exceptMove)
	}).sized(25)), rest()}
	if !c.mustCount() {
		foot[2] = grow(1, l.button("next", T("close.count.skip"), func() { c.counter = ""; c.to(stageShort) }).sized(25))
	}
	return body, foot
}

func (c *closing) pad() fyne.CanvasObject {
	l := c.x.s.look
	press := func(d string) func() {
		return func() {
			if len(c.counted) < countDigits {
				c.counted += d
				c.x.refresh()
			}
		}
	}
	var keys []fyne.CanvasObject
	for _, d := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		keys = append(keys, l.button("", d, press(d)).sized(44))
	}
	keys = append(keys, l.button("erase", "", func() {
		if c.counted != "" {
			c.counted = c.counted[:len(c.counted)-1]
			c.x.refresh()
		}
	}), l.button("", "0", press("0")).sized(44), l.next("", T("pin.ok"), c.count).sized(30))
	return l.col(10,
		l.fix(84, l.on(l.panel.ground, 10, l.inset(8, l.text1(cmp.Or(c.counted, T("close.count.boxes")), 44, bold, l.panel.ink).centred()))),
		grow(1, l.table(3, 4, 10, keys)))
}

// count hands the count to the record, and goes on where it agrees.
func (c *closing) count() {
	n, err := strconv.Atoi(c.counted)
	if err != nil || c.counter == "" {
		return
	}
	name := c.counter
	c.counted = ""
	var got ledger.LoadCount
	c.x.act(func(s *dock.Station) (err error) {
		got, err = s.Count(c.x.s.ctx, name, n)
		return err
	}, func(err error) {
		c.x.note = nil
		if err != nil {
			c.say(false, func() string { return words.Error(err) })
			return
		}
		c.look(func() {
			if !got.Agrees() {
				c.say(false, func() string { return T("close.count.differs", words.Data{"Name": name, "Count": words.Number(n)}) })
				return
			}
			c.to(stageShort)
			c.say(true, func() string { return T("close.count.agrees", words.Data{"Name": name, "Count": words.Number(n)}) })
		})
	})
}

// reasonOf is the key of the reason for which a missing box of a TPS is accepted; empty: it
// is not.
func (c *closing) reasonOf(t *ledger.TPSLine, kind string) string {
	for _, a := range []ledger.Accept{{Area: t.Area, TPS: t.TPS, Kind: kind}, {Area: t.Area, TPS: t.TPS}, {Area: t.Area}} {
		if _, ok := c.accept[a.String()]; ok {
			return c.why[a.String()]
		}
	}
	return ""
}

// open is how many missing boxes of some TPS are not accepted.
func (c *closing) open(lines []ledger.TPSLine) int {
	n := 0
	for i := range lines {
		for _, kind := range lines[i].Missing {
			if c.reasonOf(&lines[i], kind) == "" {
				n++
			}
		}
	}
	return n
}

func (c *closing) openAll() int {
	n := 0
	for _, k := range c.kelurahan {
		n += c.open(k)
	}
	return n
}

// give accepts the missing boxes of a kelurahan or a TPS, or one of them, for the chosen
// reason, or takes that back.
func (c *closing) give(a ledger.Accept) {
	if c.reason == "" {
		c.say(false, func() string { return T("close.reason.first") })
		c.x.refresh()
		return
	}
	key := a.String()
	if _, ok := c.accept[key]; ok && c.why[key] == c.reason {
		delete(c.accept, key)
	} else {
		c.accept[key], c.why[key] = a, c.reason
		for k, b := range c.accept { // the kelurahan's word goes over that of its TPS, and that over its boxes'
			if k != key && a.Kind == "" && b.Area == a.Area && (a.TPS == 0 || b.TPS == a.TPS) {
				delete(c.accept, k)
			}
		}
	}
	c.note = nil
	c.x.refresh()
}

// giveRest accepts all that is not accepted yet.
func (c *closing) giveRest() {
	if c.reason == "" {
		c.give(ledger.Accept{})
		return
	}
	for _, k := range c.kelurahan {
		if c.open(k) > 0 {
			a := ledger.Accept{Area: k[0].Area}
			c.accept[a.String()], c.why[a.String()] = a, c.reason
		}
	}
	c.note = nil
	c.x.refresh()
}

// reasons are the reasons to touch, and one button more.
func (c *closing) reasons(last *button) fyne.CanvasObject {
	l := c.x.s.look
	var out []fyne.CanvasObject
	for _, key := range shortageReasons {
		out = append(out, l.choice(c.reason == key, T(key), func() { c.reason, c.note = key, nil; c.x.refresh() }).sized(27))
	}
	return l.table(1, len(shortageReasons)+1, 8, append(out, last))
}

// held is the load's count in one line.
func (c *closing) held() cell {
	l := c.x.s.look
	on, _, missing := ledger.Tally(c.sum.TPS)
	figure := func(n int, key string, t tone) cell {
		return grow(1, l.on(t.ground, 10, l.inset(6, l.row(10, grow(1, l.text1(words.Number(n), 48, condensed, t.ink).trailing()), grow(1.3, l.textN(T(key), 22, 2, bold, t.ink))))))
	}
	lacks, open := l.panel, l.panel
	if missing > 0 {
		lacks = toneAmber
	}
	if c.openAll() > 0 {
		open = toneAmber
	}
	return l.fix(70, l.row(10, figure(on, "close.on", l.panel), figure(on+missing, "close.expected", l.panel),
		figure(missing, "close.missing", lacks), figure(c.openAll(), "close.open", open)))
}

// shortStage names the kelurahan that lack boxes.
func (c *closing) shortStage() (body, foot []cell) {
	l, x := c.x.s.look, c.x
	list := c.list.content(l, 1, 4, 8, len(c.kelurahan), func(i int) fyne.CanvasObject {
		k := c.kelurahan[i]
		_, _, missing := ledger.Tally(k)
		on, elsewhere, _ := ledger.Tally(c.of(i))
		open := c.open(k)
		under := T("close.unaccepted", words.Data{"Count": words.Number(open)})
		if open == 0 {
			under = c.whyOf(k)
		}
		text := T("close.kelurahan", words.Data{"Name": k[0].Kelurahan, "Count": words.Number(missing), "Loaded": words.Number(on + elsewhere), "Expected": words.Number(on + elsewhere + missing)})
		return l.row(8, grow(1, l.choice(open == 0, text, func() { c.give(ledger.Accept{Area: k[0].Area}) }).sized(26).second(under)),
			l.fix(130, l.button("next", "TPS", func() { c.at, c.note = i, nil; c.tps.page = 0; x.refresh() }).sized(24)))
	})
	body = []cell{c.held(), grow(1, l.row(16, grow(1.9, list), grow(1, c.reasons(l.next("tick", T("close.rest"), c.giveRest).sized(25)))))}
	foot = []cell{c.back(func() {
		if len(c.counters) > 0 && c.sum.Counter == "" {
			c.to(stageCount)
		} else {
			c.end()
		}
	}), rest()}
	if c.openAll() == 0 {
		foot[1] = grow(1, l.next("next", T("close.next"), func() { c.to(stageSeals) }).sized(28))
	}
	return body, foot
}

// of are all TPS of a kelurahan that lacks boxes.
func (c *closing) of(i int) []ledger.TPSLine {
	var out []ledger.TPSLine
	for _, t := range c.sum.TPS {
		if t.Area == c.kelurahan[i][0].Area {
			out = append(out, t)
		}
	}
	return out
}

// whyOf are the reasons of some TPS.
func (c *closing) whyOf(lines []ledger.TPSLine) string {
	var out []string
	for i := range lines {
		for _, kind := range lines[i].Missing {
			if key := c.reasonOf(&lines[i], kind); key != "" && !slices.Contains(out, T(key)) {
				out = append(out, T(key))
			}
		}
	}
	return strings.Join(out, ", ")
}

// lacking is what one touch accepts in a kelurahan: a TPS's missing boxes, or one of them.
type lacking struct {
	accept ledger.Accept
	line   []ledger.TPSLine // one, without what is not meant
	text   string
}

// lacks are the TPS of a kelurahan that lack boxes, or each of those boxes.
func (c *closing) lacks(k []ledger.TPSLine) []lacking {
	var out []lacking
	for _, t := range k {
		if !c.single {
			out = append(out, lacking{ledger.Accept{Area: t.Area, TPS: t.TPS}, []ledger.TPSLine{t},
				T("close.tps", words.Data{"TPS": t.TPS, "Count": words.Number(len(t.Missing))})})
			continue
		}
		for _, kind := range t.Missing {
			one := t
			one.Missing = []string{kind}
			out = append(out, lacking{ledger.Accept{Area: t.Area, TPS: t.TPS, Kind: kind}, []ledger.TPSLine{one},
				T("close.box", words.Data{"TPS": t.TPS, "Kind": kind})})
		}
	}
	return out
}

// tpsStage names what one kelurahan lacks, by TPS or box by box.
func (c *closing) tpsStage() (body, foot []cell) {
	l, x := c.x.s.look, c.x
	k := c.kelurahan[c.at]
	all := c.lacks(k)
	list := c.tps.content(l, 3, 4, 8, len(all), func(i int) fyne.CanvasObject {
		t := all[i]
		accepted := c.open(t.line) == 0
		under := T("close.open")
		if accepted {
			under = c.whyOf(t.line)
		} else if !c.single {
			under = strings.Join(t.line[0].Missing, " ")
		}
		return l.choice(accepted, t.text, func() { c.give(t.accept) }).sized(26).second(under)
	})
	done := func() { c.at, c.note = -1, nil; x.refresh() }
	other := "close.by.box"
	if c.single {
		other = "close.by.tps"
	}
	turn := l.button("", T(other), func() { c.single, c.tps.page, c.note = !c.single, 0, nil; x.refresh() }).sized(28)
	body = []cell{l.fix(60, l.textN(T("close.tps.title", words.Data{"Name": k[0].Kelurahan, "Count": words.Number(c.open(k))}), 26, 2, bold, l.page.ink)),
		grow(1, l.row(16, grow(1.9, list), grow(1, c.reasons(l.next("tick", T("close.kelurahan.all"), func() { c.give(ledger.Accept{Area: k[0].Area}) }).sized(25)))))}
	return body, []cell{c.back(done), grow(1, turn), grow(1, l.next("tick", T("close.done"), done).sized(28))}
}

// addSeal takes the seal that was typed or scanned.
func (c *closing) addSeal() {
	s := strings.Join(strings.Fields(c.typed), " ")
	c.typed, c.note = "", nil
	switch {
	case s == "":
	case len([]rune(s)) > ledger.MostSeal:
		c.say(false, func() string { return T("close.seal.long", words.Data{"Most": ledger.MostSeal}) })
	case slices.Contains(c.seals, s):
		c.say(false, func() string { return T("close.seal.twice", words.Data{"Seal": s}) })
	default:
		c.seals = append(c.seals, s)
	}
}

// line is the text that the keyboard changes.
func (c *closing) line() *string {
	switch c.slot {
	case slotEscort:
		return &c.escort
	case slotDriver:
		return &c.driver
	}
	return &c.typed
}

// sealStage takes seals, escort and driver; none of them is a must.
func (c *closing) sealStage() (body, foot []cell) {
	l, x := c.x.s.look, c.x
	choose := func(s slot, key, value string) cell {
		return grow(1, l.choice(c.slot == s, T(key), func() { c.slot, c.typed, c.note = s, "", nil; x.refresh() }).sized(26).second(brief(cmp.Or(value, T("close.none")), 22)))
	}
	show := strings.Join(c.seals, ", ")
	if n := len(c.seals); n > 3 {
		show = T("close.seal.many", words.Data{"Count": n, "Last": brief(c.seals[n-1], 8)})
	}
	shown := *c.line()
	if t := []rune(shown); len(t) > ledger.MostSeal { // its end is what is being typed
		shown = "…" + string(t[len(t)-ledger.MostSeal:])
	}
	hint := map[slot]string{slotSeals: "close.seal.type", slotEscort: "close.escort.type", slotDriver: "close.driver.type"}[c.slot]
	said, t := cmp.Or(shown, T(hint)), l.panel
	if c.note != nil {
		said, t = c.note(), toneAmber
	}
	press := func(k string) {
		if t := c.line(); len([]rune(*t)) < ledger.MostSeal {
			*t += k
		}
		c.note = nil
		x.refresh()
	}
	enter := l.next("tick", T("close.seal.add"), func() { c.addSeal(); x.refresh() }).sized(25)
	last := []cell{grow(2, l.button("", T("key.space"), func() { press(" ") }).sized(25)), grow(1, l.button("erase", "", c.erase))}
	if c.slot == slotSeals {
		last = append(last, grow(2, enter))
	}
	rows := append(l.letters(press), grow(1, l.row(8, last...)))
	body = []cell{
		l.fix(96, l.row(10, choose(slotSeals, "close.seals", show), choose(slotEscort, "close.escort", c.escort), choose(slotDriver, "close.driver", c.driver))),
		l.fix(58, l.on(t.ground, 10, l.inset(6, l.text1(said, 30, bold, t.ink)))),
		grow(1, l.col(8, rows...)),
	}
	foot = []cell{c.back(func() {
		switch {
		case len(c.kelurahan) > 0:
			c.to(stageShort)
		case len(c.counters) > 0 && c.sum.Counter == "":
			c.to(stageCount)
		default:
			c.end()
		}
	}), grow(1, l.next("next", T("close.next"), func() { c.addSeal(); c.to(stageConfirm) }).sized(28))}
	return body, foot
}

// brief is the beginning of a text that has too little room.
func brief(s string, most int) string {
	if t := []rune(s); len(t) > most {
		return string(t[:most-1]) + "…"
	}
	return s
}

// erase takes the last character back; of an empty line the last seal.
func (c *closing) erase() {
	if t := []rune(*c.line()); len(t) > 0 {
		*c.line() = string(t[:len(t)-1])
	} else if n := len(c.seals); n > 0 && c.slot == slotSeals {
		c.seals = c.seals[:n-1]
	}
	c.note = nil
	c.x.refresh()
}

// confirmStage says it all once more, and closes.
func (c *closing) confirmStage() (body, foot []cell) {
	l, x := c.x.s.look, c.x
	_, _, missing := ledger.Tally(c.sum.TPS)
	short := T("close.complete")
	if missing > 0 {
		var all []ledger.TPSLine
		for _, k := range c.kelurahan {
			all = append(all, k...)
		}
		short = T("close.accepted", words.Data{"Count": words.Number(missing), "Kelurahan": words.Number(len(c.kelurahan)), "Reasons": c.whyOf(all)})
	}
	counted := T("close.uncounted")
	if c.sum.Counter != "" {
		counted = T("close.counted", words.Data{"Name": c.sum.Counter, "Count": words.Number(c.sum.Load.Count)})
	}
	line := func(key, value string) cell {
		return grow(1, l.row(16, grow(1, l.text1(T(key), 26, regular, l.panel.ink)), grow(3, l.textN(brief(value, 110), 28, 2, bold, l.panel.ink))))
	}
	none := T("close.none")
	body = []cell{l.fix(196, x.truckPanel()), grow(1, l.on(l.panel.ground, 12, l.inset(14, l.col(2,
		line("close.shortage", short), line("close.count", counted), line("close.seals", cmp.Or(strings.Join(c.seals, ", "), none)),
		line("close.escort", cmp.Or(c.escort, none)), line("close.driver", cmp.Or(c.driver, none))))))}
	foot = []cell{c.back(func() { c.to(stageSeals) })}
	must := x.s.ledger.Event().Policy.TwoPersonClose
	if len(c.counters) > 0 && !must {
		foot = append(foot, grow(1, l.button("person", T("close.witness"), func() { c.witness(c.counters) }).sized(25)))
	}
	do := func() { c.shut(x.s.person) }
	if must {
		do = func() { c.witness([]string{c.sum.Counter}) }
	}
	return body, append(foot, grow(1, l.next("tick", T("close.do"), do).sized(28)))
}

// witness lets another person confirm the closing with their PIN.
func (c *closing) witness(names []string) {
	x := c.x
	a := newAsking(x.s, func() string { return T("close.title", words.Data{"Truck": c.sum.Load.Plate}) }, names,
		func(a *asking) { x.asking = a }, x.refresh, c.shut)
	a.help, a.choose, a.stand = "close.witness.help", "close.witness.choose", (*ledger.Ledger).Attest
	if i := slices.Index(names, c.sum.Counter); i >= 0 {
		a.chosen = names[i]
	}
	x.asking = a
	x.refresh()
}

// shut closes the load.
func (c *closing) shut(by ledger.Person) {
	x := c.x
	what := ledger.Closing{Plate: c.sum.Load.Plate, Escort: c.escort, Seals: c.seals}
	if c.driver != c.sum.Load.Driver {
		what.Driver = c.driver
	}
	for key, a := range c.accept {
		a.Reason = T(c.why[key])
		what.Accept = append(what.Accept, a)
	}
	slices.SortFunc(what.Accept, func(a, b ledger.Accept) int { return cmp.Compare(a.String(), b.String()) })
	var ld ledger.Load
	x.act(func(s *dock.Station) (err error) {
		ld, err = s.ShutLoad(x.s.ctx, by, what)
		return err
	}, func(err error) {
		x.note = nil
		if err == nil {
			x.take(dock.Result{Command: code.CloseLoad, Closed: &ld, At: ld.Closed})
			return
		}
		note := func() string { return words.Error(err) }
		if c.say(false, note); !c.going() {
			return
		}
		// Something changed meanwhile: it is read anew, and asked for again.
		c.look(func() {
			switch {
			case errors.Is(err, ledger.ErrUncounted) && c.sum.Counter == "":
				c.to(stageCount)
			case c.openAll() > 0:
				c.to(stageShort)
			}
			c.say(false, note)
		})
	})
}
