package printer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"
)

// jobState is what a printer says of a job (RFC 8011 §5.3.7).
type jobState struct {
	id      int
	state   int
	reasons []string
	message string
	pages   int // that came out, as far as the printer counts them
}

// States of a job; those from canceled on are final.
const (
	jobProcessing = 5
	jobCanceled   = 7
	jobAborted    = 8
	jobCompleted  = 9
)

func (s jobState) final() bool { return s.state >= jobCanceled }

func (s jobState) String() string {
	name := map[int]string{3: "pending", 4: "held", 5: "processing", 6: "stopped", jobCanceled: "canceled", jobAborted: "aborted", jobCompleted: "completed"}[s.state]
	out := fmt.Sprintf("job %d is %s", s.id, cmp.Or(name, fmt.Sprint(s.state)))
	if len(s.reasons) > 0 && s.reasons[0] != "none" {
		out += " (" + strings.Join(s.reasons, ", ") + ")"
	}
	if s.message != "" {
		out += ": " + s.message
	}
	return out
}

var jobStateAttributes = []string{"job-id", "job-name", "job-state", "job-state-reasons", "job-state-message", "job-impressions-completed", "job-media-sheets-completed"}

func jobOf(a goipp.Attributes) jobState {
	return jobState{id: integer(a, "job-id"), state: integer(a, "job-state"), reasons: texts(a, "job-state-reasons"), message: text1(a, "job-state-message"),
		pages: max(integer(a, "job-impressions-completed"), integer(a, "job-media-sheets-completed"), 0)}
}

// job asks what has become of a job.
func (p *IPP) job(ctx context.Context, id int, user string) (jobState, error) {
	m := p.request(goipp.OpGetJobAttributes, user)
	addID(m, id)
	m.Operation.Add(keywords("requested-attributes", jobStateAttributes...))
	answer, err := p.ask(ctx, m)
	if err != nil {
		return jobState{}, err
	}
	s := jobOf(answer.Job)
	s.id = id
	if s.state < 3 || s.state > jobCompleted {
		return s, fmt.Errorf("%w: %s: job-state %d", ErrStatus, p.URI, s.state)
	}
	return s, nil
}

// addID names a job, right behind the printer's name as RFC 8011 §4.1.5 wants it.
func addID(m *goipp.Message, id int) {
	at := slices.IndexFunc(m.Operation, func(a goipp.Attribute) bool { return a.Name == "printer-uri" }) + 1
	m.Operation = slices.Insert(m.Operation, at, goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(id)))
}

// find looks for a job by its name, which no other job has. 0: the printer knows none.
func (p *IPP) find(ctx context.Context, name, user string) (id int, err error) {
	for _, which := range []string{"not-completed", "completed"} {
		m := p.request(goipp.OpGetJobs, user)
		m.Operation.Add(keywords("which-jobs", which))
		m.Operation.Add(keywords("requested-attributes", "job-id", "job-name"))
		answer, err := p.ask(ctx, m)
		if err != nil {
			return 0, err
		}
		for _, g := range answer.AttrGroups() {
			if g.Tag == goipp.TagJobGroup && text1(g.Attrs, "job-name") == name {
				return integer(g.Attrs, "job-id"), nil
			}
		}
	}
	return 0, nil
}

// cancel asks the printer to take a job back.
func (p *IPP) cancel(ctx context.Context, id int, user string) error {
	m := p.request(goipp.OpCancelJob, user)
	addID(m, id)
	_, err := p.ask(ctx, m)
	return err
}

// Print sends a document as one job and waits until the printer has completed it. It looks
// first: a printer that has stopped, or that refuses the job's paper or form, gets nothing.
//
// The job is created before its document is sent where the printer knows how to (Create-Job
// and Send-Document), so that it has a number by the time a byte of it can be printed. An
// answer that is lost is looked for by that number, else by the job's name; nothing is sent
// again. What the printer calls completed has come out; a job that was cancelled, aborted or
// forgotten is ErrUnsure.
func (p *IPP) Print(ctx context.Context, j Job) error {
	a, err := p.attributes(ctx, abilityAttributes...)
	if err != nil {
		return err
	}
	s, err := statusOf(a)
	if err == nil {
		err = s.Stopped()
	}
	if err != nil {
		return err
	}
	j.Form = cmp.Or(j.Form, ZPL)
	form := wireForm(a, j.Form)
	if form == "" {
		return fmt.Errorf("%w: %s does not take %s, only %s", ErrRefused, p.URI, j.Form, strings.Join(texts(a, "document-format-supported"), ", "))
	}
	options, err := jobAttributes(a, j)
	if err != nil {
		return fmt.Errorf("%s: %w", p.URI, err)
	}
	w := &ippJob{p: p, j: j, form: form, options: options, tell: teller{tell: j.Progress}}
	can := func(op goipp.Op) bool {
		return slices.Contains(values(a, "operations-supported"), goipp.Value(goipp.Integer(op)))
	}
	if can(goipp.OpValidateJob) {
		if _, _, err := p.call(ctx, w.request(goipp.OpValidateJob), nil); err != nil {
			return refused(err)
		}
	}
	if can(goipp.OpCreateJob) && can(goipp.OpSendDocument) {
		return w.createAndSend(ctx)
	}
	return w.printJob(ctx)
}

// refused is a printer's refusal as ErrRefused or ErrStopped; other errors as they are.
func refused(err error) error {
	var e *statusError
	if !errors.As(err, &e) {
		return err
	}
	switch e.status {
	case goipp.StatusErrorNotAcceptingJobs, goipp.StatusErrorPrinterIsDeactivated:
		return fmt.Errorf("%w: %w", ErrStopped, err)
	}
	return fmt.Errorf("%w: %w", ErrRefused, err)
}

// ippJob is a job under way.
type ippJob struct {
	p       *IPP
	j       Job
	form    string
	options goipp.Attributes
	tell    teller
}

// request begins a request that makes a job, or tries one.
func (w *ippJob) request(op goipp.Op) *goipp.Message {
	m := w.p.request(op, w.j.User)
	m.Operation.Add(goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(w.j.Name)))
	m.Operation.Add(goipp.MakeAttribute("ipp-attribute-fidelity", goipp.TagBoolean, goipp.Boolean(true)))
	if op != goipp.OpCreateJob {
		m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String(w.form)))
	}
	m.Job = w.options
	return m
}

// createAndSend makes the job first; as long as its document is not sent, nothing can come
// out.
func (w *ippJob) createAndSend(ctx context.Context) error {
	answer, _, err := w.p.call(ctx, w.request(goipp.OpCreateJob), nil)
	if err != nil {
		var e *statusError
		if !errors.As(err, &e) {
			w.forget(ctx) // the printer may have an empty job of ours
		}
		return refused(err)
	}
	id := integer(answer.Job, "job-id")
	if id <= 0 {
		return fmt.Errorf("%w: %s: a job without a number", ErrStatus, w.p.URI)
	}
	m := w.p.request(goipp.OpSendDocument, w.j.User)
	addID(m, id)
	m.Operation.Add(goipp.MakeAttribute("document-name", goipp.TagName, goipp.String(w.j.Name)))
	m.Operation.Add(goipp.MakeAttribute("document-format", goipp.TagMimeType, goipp.String(w.form)))
	m.Operation.Add(goipp.MakeAttribute("last-document", goipp.TagBoolean, goipp.Boolean(true)))
	_, sent, err := w.p.call(ctx, m, w.j.Data)
	if sent == sentNothing {
		w.forget(ctx)
		return err
	}
	return w.wait(ctx, id, sent, err)
}

// printJob sends all at once, to a printer that knows nothing else.
func (w *ippJob) printJob(ctx context.Context) error {
	answer, sent, err := w.p.call(ctx, w.request(goipp.OpPrintJob), w.j.Data)
	if sent == sentNothing {
		return err
	}
	id := 0
	if err == nil {
		id = integer(answer.Job, "job-id")
	}
	if id <= 0 {
		// Lost, or refused: the printer knows whether it has this job.
		quiet, cancel := w.aside(ctx)
		defer cancel()
		found, e := w.p.find(quiet, w.j.Name, w.j.User)
		var no *statusError
		switch {
		case e == nil && found > 0:
			id = found
		case e == nil && errors.As(err, &no):
			return refused(err) // it says no, and has no such job
		default:
			return fmt.Errorf("%w: the answer was lost, and the printer shows no job %q: %w", ErrUnsure, w.j.Name, both(err, e))
		}
	}
	return w.wait(ctx, id, sent, err)
}

// aside is a context for what must be said after ctx has ended.
func (w *ippJob) aside(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), w.p.timeout())
}

// forget takes an empty job back, as far as it can be found.
func (w *ippJob) forget(ctx context.Context) {
	quiet, cancel := w.aside(ctx)
	defer cancel()
	if id, err := w.p.find(quiet, w.j.Name, w.j.User); err == nil && id > 0 {
		w.p.cancel(quiet, id, w.j.User)
	}
}

// wait follows a job to its end. lost is what went wrong while it was sent.
func (w *ippJob) wait(ctx context.Context, id int, sent sending, lost error) error {
	// A question that gets no answer is asked again for a while: asking prints nothing.
	silent := patience{most: max(w.j.Patience, w.p.timeout())}
	stopped := patience{most: w.j.Patience}
	// A job whose document may not have got there is not waited for without end.
	begun := patience{most: silent.most}
	unsure := func(why error) error { return w.unsure(ctx, id, sent, why, lost) }
	var refusal *statusError
	if lost != nil && (sent != sentAll || errors.As(lost, &refusal)) {
		return unsure(nil)
	}
	for {
		s, err := w.p.job(ctx, id, w.j.User)
		var printer Status
		if err == nil && !s.final() {
			printer, err = w.p.Status(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return unsure(ctx.Err())
		case errors.Is(err, ErrStatus): // it has forgotten the job, or never knew it
			return unsure(err)
		case err != nil:
			if silent.over(true) {
				return unsure(err)
			}
		case s.final():
			if s.state == jobCompleted {
				w.tell.see(w.j.Pages, Status{State: Idle})
			}
			return w.judge(s, sent, lost)
		default:
			silent.over(false)
			w.tell.see(min(s.pages, w.j.Pages), printer)
			if why := printer.Stopped(); stopped.over(why != nil) {
				return unsure(why)
			}
			if begun.over(lost != nil && s.state < jobProcessing) {
				return unsure(fmt.Errorf("%s", s))
			}
		}
		if !sleep(ctx, w.p.poll()) {
			return unsure(ctx.Err())
		}
	}
}

// unsure takes a job back, and says what it came to: what was completed all the same has
// come out.
func (w *ippJob) unsure(ctx context.Context, id int, sent sending, why, lost error) error {
	quiet, cancel := w.aside(ctx)
	defer cancel()
	if s, err := w.takeBack(quiet, id); err == nil {
		if s.state == jobCompleted {
			return w.judge(s, sent, lost)
		}
		why = both(why, fmt.Errorf("%s, %d pages came out by its count", s, s.pages))
	}
	return fmt.Errorf("%w: %w", ErrUnsure, both(why, lost))
}

// takeBack cancels a job and looks what it came to.
func (w *ippJob) takeBack(ctx context.Context, id int) (jobState, error) {
	w.p.cancel(ctx, id, w.j.User) // it may be too late; the state says it
	for {
		s, err := w.p.job(ctx, id, w.j.User)
		if err != nil || s.final() {
			return s, err
		}
		if !sleep(ctx, min(w.p.poll(), 100*time.Millisecond)) {
			return s, ctx.Err()
		}
	}
}

// both is two errors in one line; either may be nil.
func both(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return fmt.Errorf("%w; %w", a, b)
}

// judge says what a finished job's end means.
func (w *ippJob) judge(s jobState, sent sending, lost error) error {
	var refusal *statusError
	why := ""
	switch {
	case s.state != jobCompleted:
		why = fmt.Sprintf("%d pages came out by its count", s.pages)
	case sent != sentAll:
		why = "the document did not get there whole"
	case errors.As(lost, &refusal):
		why = "the printer refused the document"
	case slices.Contains(s.reasons, "job-completed-with-errors"):
		why = "there were errors"
	case s.pages > 0 && s.pages < w.j.Pages:
		why = fmt.Sprintf("it counts %d pages of %d", s.pages, w.j.Pages)
	default:
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnsure, both(fmt.Errorf("%s; %s", s, why), lost))
}
