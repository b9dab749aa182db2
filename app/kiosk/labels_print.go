package kiosk

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/printer"

	"fyne.io/fyne/v2"
)

// printJob is a print under way. The shell keeps it: whoever leaves the screen finds it
// again.
type printJob struct {
	cancel      context.CancelFunc
	canceled    bool
	done, total int
	began       time.Time
	on          string         // name of the printer; empty: a file
	status      printer.Status // what it said last
}

// outcome is what came of a print, for whoever looks at the labels next.
type outcome struct {
	note func() string
	good bool
}

// print prints the labels of the choice; a reprint with a second person's word.
func (x *labelsScreen) print() {
	req := x.request()
	switch {
	case x.s.job != nil || x.count == 0 || req.Reprint && req.Reason == "":
	case req.Reprint:
		n := x.count
		x.seconded(func() string { return words.N("second.reprint", n) }, x.printBy)
	default:
		x.printBy(x.s.person)
	}
}

// patience is how long a printer that has stopped is waited for: somebody fetches a roll.
const patience = time.Hour

// printBy runs beside the scans' queue: a long print must not keep the window from
// answering.
func (x *labelsScreen) printBy(by ledger.Person) {
	req, s := x.request(), x.s
	job := &printJob{total: x.count, began: time.Now()}
	req.By = by
	if x.on != nil {
		if err := req.On(*x.on); err != nil {
			x.say(false, func() string { return words.Error(err) })
			x.refresh()
			return
		}
		job.on, req.Patience = x.on.Name, patience
		req.Watch = func(st printer.Status) {
			s.do(func() { job.status = st; s.labelsChanged() })
		}
	} else {
		req.Out = filepath.Join(s.cfg.Files, "label-"+time.Now().Format("20060102-150405")+".pdf")
	}
	ctx, cancel := context.WithCancel(s.ctx)
	job.cancel = cancel
	s.job, s.printed, x.note = job, nil, nil
	passphrase := x.pass.Text
	x.pass.SetText("") // a secret doesn't outlive its use
	x.refresh()
	shown := 0
	req.Progress = func(done, total int) {
		if done-shown >= max(1, total/200) || done == total {
			shown = done
			s.do(func() { job.done, job.total = done, total; s.labelsChanged() })
		}
	}
	l, keyFile := s.ledger, s.cfg.Key
	go func() {
		var sum batch.Summary
		key, err := labels.ReadSigningKey(keyFile, passphrase, l.Info().PublicKey)
		if err == nil {
			req.Key = key
			sum, err = batch.Run(ctx, l, req)
		}
		cancel()
		s.do(func() { s.printEnded(sum, err) })
	}()
}

// labelsChanged shows the labels anew where they are what is shown.
func (s *shell) labelsChanged() {
	if x, ok := s.shown.(*labelsScreen); ok && x.tab == tabPrint {
		x.refresh()
	}
}

// printEnded tells what came of a print: at once where the labels are shown, else as soon
// as they are.
func (s *shell) printEnded(sum batch.Summary, err error) {
	on := s.job.on
	s.job = nil
	out := outcome{good: err == nil}
	switch {
	case errors.Is(err, context.Canceled):
		out.note = func() string { return words.N("labels.cancelled", sum.Labels) }
	case err != nil:
		out.note = func() string { return words.Error(err) }
	case on != "":
		out.note = func() string {
			return T("labels.came", words.Data{"Labels": words.Number(sum.Labels), "Printer": on})
		}
	default:
		out.note = func() string {
			return T("labels.done", words.Data{"Batch": sum.Batch, "Labels": words.Number(sum.Labels), "File": sum.Files[0]})
		}
	}
	x, ok := s.shown.(*labelsScreen)
	if !ok {
		s.printed = &out
		return
	}
	if x.say(out.good, out.note); out.good {
		x.step, x.reprint, x.reason, x.start, x.only = stepBoxes, false, "", 0, nil
	}
	x.refresh()
	x.read()
}

// running shows how far a print is, and how long it still takes.
func (x *labelsScreen) running() fyne.CanvasObject {
	l, job := x.s.look, x.s.job
	left := ""
	if d, ok := timeLeft(time.Since(job.began), job.done, job.total); ok {
		left = T("labels.left", words.Data{"Left": words.Duration(d)})
	}
	var stop fyne.CanvasObject = l.text1(T("labels.stopping"), 32, bold, l.page.ink).centred()
	if !job.canceled {
		stop = l.button("cross", T("labels.cancel"), func() {
			job.canceled = true
			job.cancel()
			x.refresh()
		}).sized(32)
	}
	var state cell = rest()
	if job.on != "" {
		state = l.fix(120, x.printerState(job.on, heard{status: job.status, known: job.status.State != ""}))
	}
	return l.col(20, state, rest(),
		l.fix(60, l.text1(T("labels.running", words.Data{"Done": words.Number(job.done), "Total": words.Number(job.total)}), 44, bold, l.page.ink).centred()),
		l.fix(50, l.bar(job.done, 0, job.total)),
		l.fix(44, l.text1(left, 34, bold, l.page.ink).centred()),
		l.fix(40, l.text1(T("labels.wait"), 26, regular, l.faint.ink).centred()), rest(),
		l.fix(96, l.row(0, rest(), grow(1, stop), rest())))
}

// timeLeft is how long the rest takes at the pace so far; ok is false while nobody knows.
func timeLeft(since time.Duration, done, total int) (left time.Duration, ok bool) {
	const least = 2 * time.Second
	if done <= 0 || done >= total || since < least {
		return 0, false
	}
	return time.Duration(float64(since) / float64(done) * float64(total-done)), true
}
