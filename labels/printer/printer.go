// Package printer is the room of the machines that print: which there are, how bytes reach
// them and what they say of themselves. What enters are finished labels, what leaves is an
// honest answer: they came out, none was sent, or nobody knows. It knows no sticker, no
// ledger and no window.
package printer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Errors of printers. Test with errors.Is.
var (
	ErrOffline = errors.New("the printer does not answer")
	ErrStopped = errors.New("the printer has stopped")
	ErrRefused = errors.New("the printer refuses this job")
	ErrUnsure  = errors.New("nobody knows what came out of the printer")
	ErrStatus  = errors.New("not an answer that this printer should give")
	ErrAddress = errors.New("not a printer's address")
)

// Reason is why a printer does not print, or soon will not. Its text is a key for people's
// words.
type Reason string

// Reasons.
const (
	PaperOut    Reason = "paper-out"
	PaperLow    Reason = "paper-low"
	PaperWrong  Reason = "paper-wrong" // another stock is asked for than lies in it
	Jam         Reason = "jam"
	Paused      Reason = "paused"
	HeadOpen    Reason = "head-open"
	CoverOpen   Reason = "cover-open"
	TrayMissing Reason = "tray-missing"
	OutputFull  Reason = "output-full"
	RibbonOut   Reason = "ribbon-out"
	InkOut      Reason = "ink-out" // ink or toner
	InkLow      Reason = "ink-low"
	TooHot      Reason = "too-hot"
	TooCold     Reason = "too-cold"
	Full        Reason = "buffer-full"
	Rejecting   Reason = "rejecting"   // it takes no jobs
	Unreachable Reason = "unreachable" // the print server can't reach it
	NeedsPerson Reason = "needs-person"
)

// Reasons are all that a status may name, for tests of the words.
func Reasons() []Reason {
	return []Reason{PaperOut, PaperLow, PaperWrong, Jam, Paused, HeadOpen, CoverOpen, TrayMissing, OutputFull, RibbonOut, InkOut, InkLow,
		TooHot, TooCold, Full, Rejecting, Unreachable, NeedsPerson}
}

// State is what a printer does.
type State string

// States.
const (
	Idle     State = "idle"
	Printing State = "printing"
	Stopped  State = "stopped" // the reasons say why
)

// Status is what a printer says of itself.
type Status struct {
	State    State    `json:"state"`
	Reasons  []Reason `json:"reasons,omitempty"`  // why it does not print; none: it does
	Warnings []Reason `json:"warnings,omitempty"` // what will stop it soon
	Message  string   `json:"message,omitempty"`  // the printer's own words

	Buffered  int `json:"buffered"`  // labels or jobs received and not begun
	Remaining int `json:"remaining"` // labels of the running batch that are not printed yet
}

// Idle tells whether everything that was sent has been printed.
func (s Status) Idle() bool { return len(s.Reasons) == 0 && s.Buffered == 0 && s.Remaining == 0 }

// Stopped is ErrStopped with the reasons, nil where there is none.
func (s Status) Stopped() error {
	if len(s.Reasons) == 0 {
		return nil
	}
	words := make([]string, len(s.Reasons))
	for i, r := range s.Reasons {
		words[i] = string(r)
	}
	return fmt.Errorf("%w: %s", ErrStopped, strings.Join(words, ", "))
}

// same tells whether two statuses say the same to a person.
func (s Status) same(o Status) bool {
	return fmt.Sprint(s) == fmt.Sprint(o)
}

// Forms of documents, as MIME types.
const (
	PDF = "application/pdf"
	ZPL = "application/vnd.zebra-zpl"
	PWG = "image/pwg-raster" // PWG 5102.4
)

// Abilities are what a printer can do.
type Abilities struct {
	Model string   `json:"model,omitempty"`
	Forms []string `json:"forms"`           // of documents that it takes, of those above
	Media []Media  `json:"media,omitempty"` // that it knows; none: any
	Ready []string `json:"ready,omitempty"` // names of the media that lie in it
	Trays []string `json:"trays,omitempty"`
	Types []string `json:"types,omitempty"` // of media: "labels"
	DPI   []int    `json:"dpi,omitempty"`   // none: unknown
}

// Takes tells whether the printer takes documents of a form.
func (a Abilities) Takes(form string) bool {
	for _, f := range a.Forms {
		if f == form {
			return true
		}
	}
	return false
}

// Options of a job. The empty ones are the printer's own choice. What must not be chosen is
// not here: one copy, one side, no scaling; else a label would be there twice, on a back, or
// of another size.
type Options struct {
	Media   string `toml:"media,omitempty" json:"media,omitempty"`     // a name of the printer's; else by the page's size
	Tray    string `toml:"tray,omitempty" json:"tray,omitempty"`       // "manual", "by-pass-tray"
	Type    string `toml:"type,omitempty" json:"type,omitempty"`       // of the media: "labels"
	Quality string `toml:"quality,omitempty" json:"quality,omitempty"` // draft, normal, high
}

// Job is a finished document for a printer.
type Job struct {
	Name   string     // no other job has it: a lost answer is looked for by it
	User   string     // whose job it is
	Form   string     // MIME type; empty: ZPL
	Page   [2]float64 // width and height in millimetres
	Pages  int        // pages, or labels of a roll
	Data   []byte
	Option Options

	// Patience is how long a printer that has stopped is waited for, so that a person can
	// put in a roll or clear a jam; 0: not at all.
	Patience time.Duration
	// Progress is told how many pages have come out, and how the printer is, whenever
	// either changes. It may be nil.
	Progress func(pages int, s Status)
}

// Machine is a printer that can be asked and be given work.
type Machine interface {
	// Status asks the printer how it is. Errors: ErrOffline, ErrStatus.
	Status(ctx context.Context) (Status, error)
	// Abilities asks the printer what it can do. Errors: ErrOffline, ErrStatus.
	Abilities(ctx context.Context) (Abilities, error)
	// Print returns nil when every page has come out; an error that is ErrUnsure when
	// nobody knows; any other error when nothing was sent. Nothing is ever sent a second
	// time. When ctx is cancelled the job is taken back as far as the printer can.
	Print(ctx context.Context, j Job) error
}

// Watch tells each change of a printer's status, the first one at once, until ctx ends. A
// printer that does not answer is told as an error, once until it answers again.
func Watch(ctx context.Context, m Machine, every time.Duration, tell func(Status, error)) {
	var last Status
	var told, failed bool
	for {
		s, err := m.Status(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if !failed {
				tell(Status{}, err)
			}
			failed, told = true, false
		case !told || !s.same(last):
			tell(s, nil)
			last, told, failed = s, true, false
		}
		if !sleep(ctx, every) {
			return
		}
	}
}

// sleep waits; false: ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// patience waits for a printer that has stopped.
type patience struct {
	most  time.Duration
	since time.Time // when it stopped; zero: it has not
}

// over tells whether the printer has been waited for long enough.
func (p *patience) over(stopped bool) bool {
	if !stopped {
		p.since = time.Time{}
		return false
	}
	if p.since.IsZero() {
		p.since = time.Now()
	}
	return time.Since(p.since) >= p.most
}

// teller tells progress when it changes.
type teller struct {
	tell  func(int, Status)
	pages int
	last  Status
	begun bool
}

func (t *teller) see(pages int, s Status) {
	pages = max(pages, t.pages) // nothing that came out goes back in
	if t.tell != nil && (!t.begun || pages != t.pages || !s.same(t.last)) {
		t.tell(pages, s)
	}
	t.pages, t.last, t.begun = pages, s, true
}
