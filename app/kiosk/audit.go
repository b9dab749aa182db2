package kiosk

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/audit"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/code"

	"fyne.io/fyne/v2"
)

// auditScreen answers questions about the record: a label is scanned, or a question typed,
// on a keyboard and ended with Enter or on one of buttons. Nothing scanned here is loaded.
// It also proves the record.
type auditScreen struct {
	s    *shell
	book *audit.Book // nil: not read yet
	keys *askPad     // nil: not shown

	question string        // that was answered, or is; empty: none
	before   []string      // questions on the way here
	answer   *audit.Answer // nil: none yet
	lines    pager
	beside   pager  // of what is read whole: a life, a load's boxes, names
	life     bool   // of a load its life is shown, not its boxes
	asked    int    // counts questions, so that an old answer is not shown
	from     screen // that asked the first question; nil: this one

	note func() string
	good bool
}

func newAudit(s *shell) *auditScreen {
	x := &auditScreen{s: s}
	x.lines.changed, x.beside.changed = x.ask, x.refresh
	x.read()
	return x
}

// read reads what questions are read against.
func (x *auditScreen) read() {
	x.s.later(func() func() {
		b, err := audit.OpenBook(x.s.ctx, x.s.ledger)
		return func() {
			if x.book = b; err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

func (x *auditScreen) takesScans() bool { return true }

func (x *auditScreen) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

func (x *auditScreen) say(good bool, note func() string) { x.note, x.good = note, good }

// scanned takes a scan, or a line that was typed: behind what was typed on buttons, unless
// it is a code of ours.
func (x *auditScreen) scanned(scan string) {
	paper, err := code.ParseCheckpoint(scan)
	switch {
	case err == nil:
		x.prove(paper)
		return
	case strings.HasPrefix(strings.ToUpper(strings.TrimSpace(scan)), code.CheckpointMagic): // a damaged one is no question
		x.question, x.answer, x.keys, x.before = "", nil, nil, nil
		x.say(false, func() string { return words.Error(err) })
		x.refresh()
		return
	}
	if x.keys != nil && code.Parse(scan, code.Keys{}).Status == code.Foreign {
		scan = x.keys.text + scan
	}
	x.search(scan)
}

// search asks a question in words.
func (x *auditScreen) search(text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if x.answer != nil && x.question != text {
		x.before = append(x.before, x.question)
	}
	x.put(text)
}

// put asks without a way back to the question before.
func (x *auditScreen) put(text string) {
	x.question, x.answer, x.keys, x.note = text, nil, nil, nil
	x.lines.page, x.beside.page, x.life = 0, 0, false
	x.s.sink.forget()
	x.ask()
}

// back goes to the question before this one.
func (x *auditScreen) back() {
	if n := len(x.before); n > 0 {
		text := x.before[n-1]
		x.before = x.before[:n-1]
		x.put(text)
		return
	}
	if x.from != nil {
		x.s.show(x.from)
		return
	}
	x.question, x.answer, x.keys, x.note = "", nil, nil, nil
	x.refresh()
}

// linesAPage is how many lines of an answer are shown at once.
const linesAPage = 6

// ask answers the question anew: the page that is looked at, as the record is now.
func (x *auditScreen) ask() {
	x.asked++
	n, text, offset := x.asked, x.question, x.lines.page*linesAPage
	x.s.later(func() func() {
		// The record goes on: there may be trucks and people that are new.
		b, err := audit.OpenBook(x.s.ctx, x.s.ledger)
		var a audit.Answer
		if err == nil {
			q := b.Read(text)
			q.Limit, q.Offset = linesAPage, offset
			a, err = audit.Ask(x.s.ctx, x.s.ledger, b, q)
		}
		return func() {
			if n != x.asked {
				return
			}
			switch {
			case errors.Is(err, election.ErrBox), errors.Is(err, ledger.ErrNotFound), errors.Is(err, audit.ErrQuestion):
				x.answer = nil
				x.say(false, func() string { return T("audit.none", words.Data{"Question": shortQuery(text)}) })
			case err != nil:
				x.answer = nil
				x.say(false, func() string { return words.Error(err) })
			default:
				x.book, x.answer = b, &a
			}
			x.refresh()
		}
	})
}

// prove verifies the whole record, and holds it against a checkpoint that was scanned.
func (x *auditScreen) prove(papers ...code.Checkpoint) {
	x.question, x.answer, x.keys, x.before = "", nil, nil, nil
	x.say(true, func() string { return T("audit.proving") })
	x.refresh()
	x.s.later(func() func() {
		r, err := x.s.ledger.Verify(x.s.ctx, papers...)
		return func() {
			switch {
			case err != nil:
				x.say(false, func() string { return words.Error(err) })
			case !r.OK():
				x.say(false, func() string { return T("audit.broken", words.Data{"Fault": r.Faults[0].String()}) })
			case len(papers) > 0:
				p := papers[0]
				x.say(true, func() string {
					return T("audit.agrees", words.Data{"Events": words.Number(int(r.Events)), "Event": words.Number(int(p.Seq)), "At": words.Date(p.At) + " " + words.Clock(p.At)})
				})
			default:
				x.say(true, func() string { return T("audit.whole", words.Data{"Events": words.Number(int(r.Events))}) })
			}
			x.refresh()
		}
	})
}

// checkpoints writes the page of checkpoints.
func (x *auditScreen) checkpoints() {
	path := filepath.Join(x.s.cfg.Files, fmt.Sprintf("titik-periksa-%s.pdf", time.Now().Format("20060102-150405")))
	l := x.s.ledger
	x.s.later(func() func() {
		seal, err := l.Seal(x.s.ctx)
		var all []code.Checkpoint
		if err == nil {
			all, err = l.Checkpoints(x.s.ctx, seal)
		}
		if err == nil {
			err = labels.WriteCheckpoints(path, l.Event().Name, all, labels.Options{Title: "Titik periksa", Author: x.s.person.Name, Created: time.Now()})
		}
		return func() {
			x.say(true, func() string { return T("audit.checkpointed", words.Data{"File": path}) })
			if err != nil {
				x.say(false, func() string { return words.Error(err) })
			}
			x.refresh()
		}
	})
}

func (x *auditScreen) content() fyne.CanvasObject {
	l := x.s.look
	cells := []cell{l.fix(84, l.row(12, x.head()...))}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	switch {
	case x.keys != nil:
		cells = append(cells, grow(1, x.keys.content()))
	case x.answer != nil:
		cells = append(cells, grow(1, x.answered()))
	default:
		cells = append(cells, grow(1, x.questions()))
	}
	return x.s.page("audit", l.col(12, cells...))
}

// head is the line of the question, and the way to the keyboard and back.
func (x *auditScreen) head() []cell {
	l := x.s.look
	p := l.panel
	say := T("audit.scan")
	switch {
	case x.keys != nil && x.keys.text != "":
		say = x.keys.text + "▏"
	case x.question != "":
		say = "“" + shortQuery(x.question) + "”"
	}
	ask := l.textN(say, 30, 2, condensed, p.ink)
	x.s.sink.shown = func(typed string) {
		// A scan is over before it could be read; only what a person types is shown.
		if ask.text = typed; typed == "" || len(typed) > 60 {
			ask.text = say
		} else if x.keys != nil {
			ask.text = x.keys.text + typed
		}
		ask.Refresh()
	}
	head := []cell{grow(1, l.on(p.ground, 12, l.inset(10, l.row(16, l.fix(56, l.shape("scan", p.ink)), grow(1, ask)))))}
	if x.keys == nil {
		head = append(head, l.fix(200, l.next("search", T("audit.keys"), func() { x.write("") }).sized(26)))
	}
	if x.keys != nil || x.question != "" {
		head = append(head, l.fix(170, l.button("back", T("back"), x.back).sized(24)))
	}
	return head
}

// write opens the keyboard with the beginning of a question.
func (x *auditScreen) write(begin string) {
	x.note = nil
	x.keys = newAskPad(x, begin)
	x.refresh()
}

// questions are what is asked most, each a way to ask it, and the record's proof.
func (x *auditScreen) questions() fyne.CanvasObject {
	l := x.s.look
	var tiles []fyne.CanvasObject
	for _, q := range []struct {
		icon, key, how string
		do             func()
	}{
		{"scan", "audit.q.where", "audit.q.where.how", func() { x.write("") }},
		{"truck", "audit.q.truck", "audit.q.truck.how", x.writeTruck},
		{"label", "audit.q.twice", "audit.q.twice.how", func() { x.search(T("ask.twice")) }},
		{"bars", "audit.q.missing", "audit.q.missing.how", func() { x.write(T("ask.missing") + " ") }},
	} {
		tiles = append(tiles, l.button(q.icon, T(q.key), q.do).sized(32).second(T(q.how)).iconAbove())
	}
	var foot []cell
	if seesAnomalies(x.s.person) {
		foot = append(foot, grow(1, l.button("warn", T("audit.anomalies"), func() { x.s.show(newAnomalies(x.s)) }).sized(25)))
	}
	foot = append(foot, grow(1, l.button("tick", T("audit.count"), func() { x.s.show(newCountScreen(x.s)) }).sized(25)),
		grow(1, l.button("print", T("audit.checkpoint"), x.checkpoints).sized(25)),
		grow(1, l.button("proof", T("audit.prove"), func() { x.prove() }).sized(25)))
	return l.col(12, l.fix(44, l.text1(T("audit.empty"), 30, regular, l.faint.ink)), grow(1, l.table(2, 2, 12, tiles)), l.fix(88, l.row(12, foot...)))
}

// writeTruck opens the keyboard with the trucks to pick from.
func (x *auditScreen) writeTruck() {
	x.write("")
	if x.book != nil {
		x.keys.plates = x.book.Plates
	}
	x.refresh()
}
