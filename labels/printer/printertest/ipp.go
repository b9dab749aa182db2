package printertest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"
)

// IPP is a printer that speaks IPP, on the loopback. It prints ZPL, a page for each label,
// or takes any other document as so many pages as Pages says. Its fields are set by the
// function that NewIPP is given.
type IPP struct {
	Forms   []string         // MIME types that it takes
	Media   []string         // names
	Each    time.Duration    // time that one page takes
	Pages   int              // of a document that is no ZPL; 0: one
	JamAt   int              // page at which it jams, counted over all jobs; 0: never
	Reason  string           // that it then gives; empty: media-jam-error
	AbortAt int              // page at which it gives the job up; 0: never
	ShortBy int              // pages of a job that it does not print and calls completed
	Simple  bool             // it knows Print-Job, and nothing of making a job first
	Forgets bool             // it forgets jobs once they have ended
	Mute    bool             // it does not count pages
	Lose    map[goipp.Op]int // after how many of an operation's answers one gets lost, done all the same; -1: never
	Cut     int              // bytes of a document after which it cuts the connection; 0: never
	Queues  []string         // it is a print server, with these
	Refuse  map[goipp.Op]goipp.Status

	t       testing.TB
	s       *httptest.Server
	mu      sync.Mutex
	changed *sync.Cond
	jobs    []*ippJob
	state   int
	reasons []string
	printed int
	asked   map[goipp.Op]int
	busy    int // connections
	ended   bool
}

type ippJob struct {
	id       int
	name     string
	state    int
	reasons  []string
	pages    int
	done     int
	document []byte
	job      goipp.Attributes
}

// States of a job and of the printer (RFC 8011).
const (
	pending, held, processing, stoppedJob, canceled, aborted, completed = 3, 4, 5, 6, 7, 8, 9

	idle, working, stopped = 3, 4, 5
)

// NewIPP starts a printer that ends with the test; set changes it before it starts.
func NewIPP(t testing.TB, set ...func(*IPP)) *IPP {
	t.Helper()
	p := &IPP{t: t, Forms: []string{"application/pdf", "application/vnd.zebra-zpl"}, Media: []string{"iso_a4_210x297mm", "om_label_100x100mm"},
		state: idle, asked: map[goipp.Op]int{}}
	p.changed = sync.NewCond(&p.mu)
	for _, change := range set {
		change(p)
	}
	p.s = httptest.NewUnstartedServer(p)
	p.s.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch s {
		case http.StateNew:
			p.busy++
		case http.StateClosed, http.StateHijacked:
			p.busy--
			p.changed.Broadcast()
		}
	}
	p.s.Start()
	t.Cleanup(func() {
		p.mu.Lock()
		p.ended = true
		p.changed.Broadcast()
		p.mu.Unlock()
		p.s.Close()
	})
	go p.print()
	return p
}

// Address is where it listens.
func (p *IPP) Address() string {
	return strings.Replace(p.s.URL, "http://", "ipp://", 1) + "/ipp/print"
}

// Count is the number of pages that came out.
func (p *IPP) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.printed
}

// Asked is how often an operation was asked for.
func (p *IPP) Asked(op goipp.Op) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[op]
}

// Jobs is the number of jobs that it has, or had.
func (p *IPP) Jobs() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.jobs)
}

// Options are the attributes of the last job.
func (p *IPP) Options() goipp.Attributes {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.jobs) == 0 {
		return nil
	}
	return p.jobs[len(p.jobs)-1].job
}

// Still tells whether every job has ended, and nobody stays connected who could begin one. A
// connection that was closed is seen a moment later; a job that goes on is not waited for.
func (p *IPP) Still() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if slices.ContainsFunc(p.jobs, func(j *ippJob) bool { return j.state < canceled && j.document != nil }) {
		return false
	}
	const patience = 10 * time.Second
	defer time.AfterFunc(patience, p.changed.Broadcast).Stop()
	for end := time.Now().Add(patience); p.busy > 0 && time.Now().Before(end); {
		p.changed.Wait()
	}
	return p.busy == 0
}

// Stop makes it give a reason for not printing; Clear takes it away.
func (p *IPP) Stop(reason string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, p.reasons = stopped, []string{reason}
}

// Clear takes away what stopped it.
func (p *IPP) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, p.reasons, p.JamAt = idle, nil, 0
	for _, j := range p.jobs {
		if j.state == stoppedJob {
			j.state, j.reasons = processing, nil
		}
	}
	p.changed.Broadcast()
}

// print is the print engine: a page of the oldest job, and again.
func (p *IPP) print() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		i := slices.IndexFunc(p.jobs, func(j *ippJob) bool { return j.document != nil && j.state < stoppedJob && j.state != held })
		if p.ended {
			return
		}
		if i < 0 || p.state == stopped {
			if p.state == working {
				p.state = idle
			}
			p.changed.Wait()
			continue
		}
		j := p.jobs[i]
		j.state, p.state = processing, working
		p.mu.Unlock()
		time.Sleep(p.Each)
		p.mu.Lock()
		switch {
		case j.state != processing || p.state == stopped:
		case p.JamAt > 0 && p.printed+1 == p.JamAt:
			reason := p.Reason
			if reason == "" {
				reason = "media-jam-error"
			}
			j.state, j.reasons, p.state, p.reasons = stoppedJob, []string{"printer-stopped"}, stopped, []string{reason}
		case p.AbortAt > 0 && p.printed+1 == p.AbortAt:
			j.state, j.reasons = aborted, []string{"aborted-by-system"}
		default:
			p.printed++
			if j.done++; j.done >= j.pages-p.ShortBy {
				j.state, j.reasons = completed, []string{"job-completed-successfully"}
			}
		}
	}
}

// ServeHTTP answers a request.
func (p *IPP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	cut := p.Cut
	p.mu.Unlock()
	body := io.Reader(r.Body)
	m := &goipp.Message{}
	if err := m.Decode(body); err != nil {
		p.t.Errorf("a request that is none: %v", err)
		return
	}
	op := goipp.Op(m.Code)
	if cut > 0 && (op == goipp.OpSendDocument || op == goipp.OpPrintJob) {
		io.CopyN(io.Discard, body, int64(cut))
		p.mu.Lock()
		p.asked[op]++
		p.mu.Unlock()
		hangUp(w)
		return
	}
	document, err := io.ReadAll(body)
	if err != nil {
		return // the sender is gone
	}
	answer := p.answer(op, m, document)
	p.mu.Lock()
	p.asked[op]++
	lose := false
	if after, ok := p.Lose[op]; ok && after == 0 {
		lose, p.Lose[op] = true, -1
	} else if ok && after > 0 {
		p.Lose[op]--
	}
	p.mu.Unlock()
	if lose {
		hangUp(w)
		return
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	answer.Encode(w)
}

func hangUp(w http.ResponseWriter) {
	if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
		c.Close()
	}
}

func (p *IPP) answer(op goipp.Op, m *goipp.Message, document []byte) *goipp.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, m.RequestID)
	out.Operation.Add(goipp.MakeAttribute("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	out.Operation.Add(goipp.MakeAttribute("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	fail := func(s goipp.Status) *goipp.Message { out.Code = goipp.Code(s); return out }
	if s, ok := p.Refuse[op]; ok {
		return fail(s)
	}
	switch op {
	case goipp.OpGetPrinterAttributes:
		out.Printer = p.attributes()
	case goipp.OpValidateJob:
	case goipp.OpCreateJob, goipp.OpPrintJob:
		j := &ippJob{id: len(p.jobs) + 1, name: text(m.Operation, "job-name"), state: pending, job: m.Job}
		p.jobs = append(p.jobs, j)
		if op == goipp.OpPrintJob {
			p.take(j, document)
		}
		out.Job = p.job(j)
	case goipp.OpSendDocument:
		j := p.find(m)
		if j == nil {
			return fail(goipp.StatusErrorNotFound)
		}
		p.take(j, document)
		out.Job = p.job(j)
	case goipp.OpGetJobAttributes:
		j := p.find(m)
		if j == nil || p.Forgets && j.state >= canceled {
			return fail(goipp.StatusErrorNotFound)
		}
		out.Job = p.job(j)
	case goipp.OpCancelJob:
		j := p.find(m)
		if j == nil || j.state >= canceled {
			return fail(goipp.StatusErrorNotPossible)
		}
		j.state, j.reasons = canceled, []string{"job-canceled-by-user"}
		p.changed.Broadcast()
	case goipp.OpCupsGetPrinters:
		for _, q := range p.Queues {
			var a goipp.Attributes
			a.Add(goipp.MakeAttribute("printer-name", goipp.TagName, goipp.String(q)))
			out.Groups.Add(goipp.Group{Tag: goipp.TagPrinterGroup, Attrs: a})
		}
		out.Groups = append(goipp.Groups{{Tag: goipp.TagOperationGroup, Attrs: out.Operation}}, out.Groups...)
	case goipp.OpGetJobs:
		for _, j := range p.jobs {
			if (j.state >= canceled) == (text(m.Operation, "which-jobs") == "completed") && !(p.Forgets && j.state >= canceled) {
				out.Groups.Add(goipp.Group{Tag: goipp.TagJobGroup, Attrs: p.job(j)})
			}
		}
		out.Groups = append(goipp.Groups{{Tag: goipp.TagOperationGroup, Attrs: out.Operation}}, out.Groups...)
	default:
		return fail(goipp.StatusErrorOperationNotSupported)
	}
	return out
}

func (p *IPP) take(j *ippJob, document []byte) {
	j.document = document
	if j.pages = bytes.Count(document, []byte("^XZ")); j.pages == 0 {
		j.pages = max(p.Pages, 1)
	}
	p.changed.Broadcast()
}

func (p *IPP) find(m *goipp.Message) *ippJob {
	for _, a := range m.Operation {
		if n, ok := a.Values[0].V.(goipp.Integer); ok && a.Name == "job-id" && n >= 1 && int(n) <= len(p.jobs) {
			return p.jobs[n-1]
		}
	}
	return nil
}

func (p *IPP) job(j *ippJob) (a goipp.Attributes) {
	a.Add(goipp.MakeAttribute("job-id", goipp.TagInteger, goipp.Integer(j.id)))
	a.Add(goipp.MakeAttribute("job-name", goipp.TagName, goipp.String(j.name)))
	a.Add(goipp.MakeAttribute("job-state", goipp.TagEnum, goipp.Integer(j.state)))
	a.Add(words("job-state-reasons", goipp.TagKeyword, j.reasons...))
	if !p.Mute {
		a.Add(goipp.MakeAttribute("job-impressions-completed", goipp.TagInteger, goipp.Integer(j.done)))
	}
	return a
}

func (p *IPP) attributes() (a goipp.Attributes) {
	a.Add(goipp.MakeAttribute("printer-state", goipp.TagEnum, goipp.Integer(p.state)))
	a.Add(words("printer-state-reasons", goipp.TagKeyword, p.reasons...))
	a.Add(goipp.MakeAttribute("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true)))
	a.Add(words("document-format-supported", goipp.TagMimeType, p.Forms...))
	a.Add(words("media-supported", goipp.TagKeyword, p.Media...))
	a.Add(words("media-source-supported", goipp.TagKeyword, "main", "manual"))
	a.Add(words("media-type-supported", goipp.TagKeyword, "stationery", "labels"))
	a.Add(goipp.MakeAttribute("pwg-raster-document-resolution-supported", goipp.TagResolution, goipp.Resolution{Xres: 300, Yres: 300, Units: goipp.UnitsDpi}))
	a.Add(words("pwg-raster-document-type-supported", goipp.TagKeyword, "black_1"))
	a.Add(words("sides-supported", goipp.TagKeyword, "one-sided", "two-sided-long-edge"))
	a.Add(words("print-scaling-supported", goipp.TagKeyword, "auto", "fit", "none"))
	a.Add(words("job-sheets-supported", goipp.TagName, "none", "standard"))
	a.Add(goipp.MakeAttribute("copies-supported", goipp.TagRange, goipp.Range{Lower: 1, Upper: 99}))
	a.Add(goipp.MakeAttr("print-quality-supported", goipp.TagEnum, goipp.Integer(3), goipp.Integer(4), goipp.Integer(5)))
	ops := []goipp.Op{goipp.OpPrintJob, goipp.OpValidateJob, goipp.OpGetJobAttributes, goipp.OpGetJobs, goipp.OpCancelJob}
	if !p.Simple {
		ops = append(ops, goipp.OpCreateJob, goipp.OpSendDocument)
	}
	x := goipp.Attribute{Name: "operations-supported"}
	for _, op := range ops {
		x.Values.Add(goipp.TagEnum, goipp.Integer(op))
	}
	a.Add(x)
	return a
}

func words(name string, tag goipp.Tag, list ...string) goipp.Attribute {
	if len(list) == 0 {
		list = []string{"none"}
	}
	a := goipp.Attribute{Name: name}
	for _, w := range list {
		a.Values.Add(tag, goipp.String(w))
	}
	return a
}

func text(a goipp.Attributes, name string) string {
	for _, x := range a {
		if s, ok := x.Values[0].V.(goipp.String); ok && x.Name == name {
			return string(s)
		}
	}
	return ""
}
