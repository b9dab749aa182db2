package kiosk

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
	"dapilgate/app/selftest"
	"dapilgate/app/sound"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/scanner"

	"fyne.io/fyne/v2"
)

// shiftStart leads through the self-test at the start of a shift. Its scans go to a
// throw-away ledger, never to the dock: nothing that is scanned here is loaded.
type shiftStart struct {
	s       *shell
	guide   *selftest.Guide // nil: not ready yet, or it failed
	err     error           // why there is no guide, or nothing was recorded
	early   []scanner.Scan  // came before the guide was ready
	looked  bool            // the machine was looked at
	verdict *dock.Result    // of the newest test label
	hint    selftest.Hint
	playing int // place of the sound that is tried out, -1: none
	played  bool
	plays   int // counts, so that an old timer plays nothing
	result  *ledger.SelfTested
	saving  bool
	gone    bool
	note    func() string
	good    bool
}

func newShiftStart(s *shell) *shiftStart {
	x := &shiftStart{s: s, playing: -1}
	x.begin()
	return x
}

// begin begins anew.
func (x *shiftStart) begin() {
	x.end()
	x.guide, x.err, x.early, x.looked, x.verdict, x.hint, x.result, x.saving, x.played, x.note = nil, nil, nil, false, nil, "", nil, false, false, nil
	s := x.s
	place := selftest.Place{Ledger: s.ledger, Dock: s.cfg.Dock, Folders: []string{s.cfg.Files, s.cfg.Memory}, Printers: s.cfg.Printers}
	s.later(func() func() {
		g, err := selftest.Begin(s.ctx)
		if err != nil {
			slog.Error("begin self-test", "err", err)
		}
		return func() {
			if x.gone {
				x.drop(g)
				return
			}
			x.guide, x.err = g, err
			x.refresh()
			if g == nil {
				return
			}
			early := x.early
			x.early = nil
			for _, scan := range early {
				x.heard(scan)
			}
			// A printer may take its time, and no scan is to wait for it.
			go func() {
				lines := selftest.Look(s.ctx, place)
				s.do(func() {
					if x.guide == g {
						g.Put(lines...)
						x.looked = true
						x.step()
					}
				})
			}()
		}
	})
}

// drop ends a guide.
func (x *shiftStart) drop(g *selftest.Guide) {
	if g == nil {
		return
	}
	x.s.later(func() func() {
		if err := g.Close(); err != nil {
			slog.Warn("end self-test", "err", err)
		}
		return nil
	})
}

// end ends what goes on. What failed is recorded, though the test was not finished.
func (x *shiftStart) end() {
	x.plays++
	x.playing = -1
	g := x.guide
	if g == nil {
		return
	}
	if !x.saving && x.result == nil {
		r := g.Result()
		for _, line := range r.Lines {
			if line.Result == ledger.TestFailed {
				x.save(r, func(*ledger.SelfTested, error) {})
				break
			}
		}
	}
	x.guide = nil
	x.drop(g)
}

// left is leaver's.
func (x *shiftStart) left() {
	x.end()
	x.gone = true
}

func (x *shiftStart) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *shiftStart) takesScans() bool { return true }
func (x *shiftStart) scanned(string)   {} // heard takes them

// heard takes a scan.
func (x *shiftStart) heard(scan scanner.Scan) {
	g := x.guide
	switch {
	case g == nil && x.err == nil:
		x.early = append(x.early, scan)
		return
	case g == nil || x.saving || x.result != nil:
		return
	}
	x.note = nil
	s := x.s
	s.later(func() func() {
		hint, r := g.Scan(s.ctx, scan)
		if r.Verdict != "" {
			s.aloud(r)
		} else if hint == selftest.Again || hint == selftest.NotOfCard {
			s.cfg.Sound.Play(sound.Rescan)
		}
		return func() {
			if x.guide != g {
				return
			}
			x.hint = hint
			if r.Verdict != "" {
				x.verdict = &r
			}
			x.step()
		}
	})
}

// step shows what is next, and records the test when nothing is.
func (x *shiftStart) step() {
	g := x.guide
	if g.Next() == selftest.Sound && x.s.cfg.Sound.Err() != nil {
		g.Say(false, selftest.NoteSilent)
	}
	if g.Next() == "" && x.looked && !x.saving && x.result == nil {
		x.save(g.Result(), func(done *ledger.SelfTested, err error) { x.result, x.err = done, err; x.refresh() })
	}
	x.refresh()
}

// save records the test.
func (x *shiftStart) save(r ledger.SelfTest, then func(*ledger.SelfTested, error)) {
	x.saving = true
	s, by := x.s, x.s.person
	s.later(func() func() {
		done, err := s.ledger.NoteSelfTest(s.ctx, by, s.cfg.Dock, r)
		return func() {
			if err != nil {
				slog.Error("record self-test", "err", err)
				then(nil, err)
				return
			}
			then(&done, nil)
		}
	})
}

// say answers the step by the person's word.
func (x *shiftStart) say(good bool, note string) {
	if x.guide == nil {
		return
	}
	x.plays++
	x.playing, x.hint, x.verdict, x.note = -1, "", nil, nil
	x.guide.Say(good, note)
	x.step()
}

// play tries out all sounds, one after the other.
func (x *shiftStart) play() {
	x.plays++
	x.played = true
	x.playFrom(0, x.plays)
}

func (x *shiftStart) playFrom(i, n int) {
	if n != x.plays {
		return
	}
	if x.playing = i; i >= len(sound.All) {
		x.playing = -1
		x.refresh()
		return
	}
	x.s.cfg.Sound.Play(sound.All[i])
	x.refresh()
	time.AfterFunc(sound.All[i].Length()+betweenSounds, func() { x.s.do(func() { x.playFrom(i+1, n) }) })
}

// print writes the card, to be printed on any printer.
func (x *shiftStart) print() {
	path := filepath.Join(x.s.cfg.Files, "kartu-uji-"+time.Now().Format("20060102-150405")+".pdf")
	x.s.later(func() func() {
		err := selftest.WriteCard(path, labels.Options{Title: "Kartu uji", Created: time.Now()})
		return func() {
			x.good, x.note = err == nil, func() string { return T("selftest.written", words.Data{"File": path}) }
			if err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
}

func (x *shiftStart) content() fyne.CanvasObject {
	l := x.s.look
	var body []cell
	if x.note != nil {
		body = append(body, l.note(x.note(), x.good))
	}
	body = append(body, grow(1, l.row(14, grow(1, x.list()), grow(1.1, x.now()))))
	return x.s.pageOf("load", T("selftest.title"), T("selftest.help"), l.col(10, body...))
}

// list are the checks, each with what came of it.
func (x *shiftStart) list() fyne.CanvasObject {
	l := x.s.look
	var cells []cell
	for _, c := range selftest.Checks {
		cells = append(cells, grow(1, x.line(c)))
	}
	return l.on(l.panel.ground, 12, l.inset(10, l.col(4, cells...)))
}

func (x *shiftStart) line(c selftest.Check) fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	t, icon, under := tone{p.ink, p.ground}, "", ""
	if x.guide != nil {
		if x.guide.Next() == c {
			t, icon = l.chosen, "next"
		}
		if line, ok := x.guide.Line(c); ok {
			under = words.TestNote(line)
			switch line.Result {
			case ledger.TestPassed:
				t, icon = toneBlue, "tick"
			case ledger.TestFailed:
				t, icon = toneAmber, "cross"
			default:
				t, icon = l.quiet, "aside"
			}
		}
	}
	var mark fyne.CanvasObject = l.on(t.ground, 8, l.text1("", 20, regular, t.ink))
	if icon != "" {
		mark = l.on(t.ground, 8, l.inset(8, l.shape(icon, t.ink)))
	}
	name := grow(1.2, l.text1(words.TestCheck(string(c)), 25, bold, p.ink))
	text := l.col(0, rest(), name, rest())
	if under != "" {
		text = l.col(0, name, grow(1, l.text1(short(under, 42), 19, regular, p.ink)))
	}
	return l.row(10, l.fix(48, l.col(0, rest(), l.fix(48, mark), rest())), grow(1, text))
}

// now is what is to be done now.
func (x *shiftStart) now() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	foot := func(cells ...cell) cell { return l.fix(92, l.row(12, cells...)) }
	back := grow(1, l.button("back", T("selftest.leave"), func() { x.s.show(newLoading(x.s)) }).sized(26))
	again := grow(1, l.button("undo", T("selftest.again"), x.begin).sized(26))
	var cells []cell
	switch {
	case x.err != nil:
		cells = append(cells, grow(1, x.banner(toneRed, "stop", T("selftest.unrecorded"))), grow(1.2, l.textN(words.Error(x.err), 28, 5, regular, p.ink)), foot(back, again))
	case x.result != nil:
		t, icon, key := toneAmber, "warn", "selftest.failed"
		if x.result.Passed {
			t, icon, key = toneBlue, "tick", "selftest.passed"
		}
		d := words.Data{"At": words.Clock(x.result.Act.At), "Seconds": words.Number(x.result.Seconds), "Name": x.result.Act.By}
		cells = append(cells, l.fix(150, x.banner(t, icon, T(key, d))), l.fix(40, l.text1(T("selftest.recorded", d), 26, regular, p.ink)))
		cells = append(append(cells, x.reasons(x.result.Lines)...), rest(),
			foot(again, grow(1, l.next("tick", T("selftest.done"), func() { x.s.show(newLoading(x.s)) }).sized(28))))
	case x.guide == nil:
		cells = append(cells, grow(1, l.text1(T("selftest.preparing"), 44, condensed, p.ink).centred()), foot(back))
	default:
		cells = x.asked(foot, back)
	}
	return l.on(p.ground, 12, l.inset(14, l.col(12, cells...)))
}

// reasons say in full what failed; the list has room for their beginning only.
func (x *shiftStart) reasons(lines []ledger.TestLine) []cell {
	l := x.s.look
	p := l.panel
	const most = 4 // mend these first
	var cells []cell
	for _, line := range lines {
		if line.Result == ledger.TestFailed && len(cells) < most {
			cells = append(cells, l.fix(80, l.row(10, l.fix(30, l.shape("next", p.ink)),
				grow(1, l.textN(words.TestCheck(line.Check)+": "+short(words.TestNote(line), 90), 24, 3, regular, p.ink)))))
		}
	}
	return cells
}

// banner is a tone, a shape and a word.
func (x *shiftStart) banner(t tone, icon, text string) fyne.CanvasObject {
	l := x.s.look
	return l.on(t.ground, 12, l.inset(14, l.row(18, l.fix(96, l.shape(icon, t.ink)), grow(1, l.textN(text, 50, 3, condensed, t.ink)))))
}

// asked is a step that asks for something.
func (x *shiftStart) asked(foot func(...cell) cell, back cell) []cell {
	l := x.s.look
	p := l.panel
	c := x.guide.Next()
	if c == "" {
		return []cell{grow(1, l.textN(T("selftest.looking"), 44, 2, condensed, p.ink).centred()), foot(back)}
	}
	if c == selftest.Sound {
		return x.sounds(foot, back)
	}
	cells := []cell{grow(1.3, l.row(18, l.fix(150, l.on(p.ink, 16, l.text1(fmt.Sprint(number(c)), 120, condensed, p.ground).centred())),
		grow(1, l.textN(T("selftest.ask."+string(c)), 54, 3, condensed, p.ink))))}
	switch {
	case x.hint != "":
		cells = append(cells, grow(1, x.banner(toneAmber, "warn", T("selftest.hint."+string(x.hint)))))
	case x.verdict != nil:
		cells = append(cells, grow(1, x.judged(*x.verdict)))
	default:
		cells = append(cells, grow(1, l.textN(T("selftest.card"), 26, 3, regular, p.ink)))
	}
	return append(cells, foot(back,
		grow(1, l.button("print", T("selftest.print"), x.print).sized(24)),
		grow(1, l.button("cross", T("selftest.unread"), func() { x.say(false, selftest.NoteUnread) }).sized(24))))
}

// judged is what the dock said of the newest test label, in the colours of a box's verdict,
// and never as large as one.
func (x *shiftStart) judged(r dock.Result) fyne.CanvasObject {
	m := viewOf(r)
	return x.banner(m.tone, m.icon, T("selftest.verdict", words.Data{"Verdict": words.Verdict(r).Headline}))
}

// number is a check's place on the card.
func number(c selftest.Check) int {
	for i, x := range selftest.ByHand {
		if x == c {
			return i + 1
		}
	}
	return 0
}

// sounds is the step at which the sounds are heard.
func (x *shiftStart) sounds(foot func(...cell) cell, back cell) []cell {
	l := x.s.look
	p := l.panel
	cells := []cell{l.fix(84, l.textN(T("selftest.ask.sound"), 36, 2, condensed, p.ink))}
	for i, s := range sound.All {
		t, icon := tone{p.ink, p.ground}, "bars"
		if x.playing == i {
			t, icon = l.chosen, "next"
		}
		cells = append(cells, grow(1, l.on(t.ground, 8, l.row(12, l.gap(4), l.fix(40, l.shape(icon, t.ink)), grow(1, l.text1(T("sound."+s.String()), 26, bold, t.ink))))))
	}
	cells = append(cells, l.fix(target, l.next("bars", T("selftest.play"), x.play).sized(28)))
	answers := []cell{back}
	if x.played {
		answers = append(answers, grow(1, l.button("cross", T("selftest.deaf"), func() { x.say(false, selftest.NoteDeaf) }).sized(24)),
			grow(1, l.next("tick", T("selftest.heard"), func() { x.say(true, "") }).sized(24)))
	}
	return append(cells, foot(answers...))
}
