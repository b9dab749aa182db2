package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// ErrQuestion says that nothing was asked.
var ErrQuestion = errors.New("nothing to look for")

// Answer is what the record says. Of its parts those are filled that the question is about.
type Answer struct {
	Question Question

	// Names are picked by a person, never matched: what is like the one that was typed.
	Areas  []Suggestion
	Trucks []string
	People []string

	Box    *Story
	Cargo  *Cargo // a load as it was at the moment
	Loads  []LoadLine
	Labels []ledger.FoundLabel
	Boxes  []BoxLine
	Events []Step
	Total  int // of loads, labels, boxes or events; the lines may be a part of them
}

// LoadLine is one load as lists show it.
type LoadLine struct {
	Load      int64               `json:"load"`
	Truck     string              `json:"truck"`
	Driver    string              `json:"driver,omitempty"`
	District  string              `json:"district"`
	Kecamatan []election.AreaCode `json:"kecamatan,omitempty"`
	Dock      int                 `json:"dock"`
	Operator  string              `json:"operator"`
	State     ledger.LoadState    `json:"state"`
	Opened    time.Time           `json:"opened"`
	Closed    time.Time           `json:"closed,omitzero"`
	Count     int                 `json:"count"`
	Shortage  string              `json:"shortage,omitempty"`
}

// Cargo is what a load carried at a moment, and its life up to then.
type Cargo struct {
	LoadLine
	At    time.Time `json:"at,omitzero"` // zero: now
	Boxes []BoxLine `json:"boxes"`
	Steps []Step    `json:"events"`
}

// BoxLine is one box as lists show it.
type BoxLine struct {
	Box       string          `json:"box"`
	Kelurahan string          `json:"kelurahan,omitempty"`
	Kecamatan string          `json:"kecamatan,omitempty"`
	District  string          `json:"district,omitempty"`
	State     ledger.BoxState `json:"state,omitempty"`
	Revision  int             `json:"revision,omitempty"`
	Truck     string          `json:"truck,omitempty"`
	Load      int64           `json:"load,omitempty"`
	Hold      string          `json:"hold,omitempty"`
	LoadedAt  time.Time       `json:"loaded_at,omitzero"`
	LoadedBy  string          `json:"loaded_by,omitempty"`
}

func lineOf(ld ledger.Load) LoadLine {
	return LoadLine{Load: ld.ID, Truck: ld.Plate, Driver: ld.Driver, District: ld.District.Spaced(), Kecamatan: ld.Kecamatan, Dock: ld.Dock, Operator: ld.Operator,
		State: ld.State, Opened: ld.Opened, Closed: ld.Closed, Count: ld.Count, Shortage: ld.Shortage}
}

// mostSuggested is how many areas are offered for a name; of trucks and people fewer.
const mostSuggested, fewSuggested = 8, 3

// Ask answers a question. Errors: ErrQuestion; election.ErrBox and ledger.ErrNotFound where
// there is no such box or load, or the truck had none; those of the ledger.
func Ask(ctx context.Context, l *ledger.Ledger, b *Book, q Question) (Answer, error) {
	a := Answer{Question: q}
	var err error
	switch {
	case q.Names != "":
		a.Areas = Suggest(b.Areas, q.Names, q.Level, mostSuggested)
		if q.Level == election.LevelNone {
			a.Trucks, a.People = alike(b.Plates, q.Names, fewSuggested), alike(b.People, q.Names, fewSuggested)
		}
	case q.Twice:
		err = a.twice(ctx, l, q)
	case q.Box != "":
		err = a.box(ctx, l, q)
	case q.Load != 0:
		err = a.load(l.LoadAt(ctx, q.Load, q.At))
	case q.Plate != "" && !q.At.IsZero():
		err = a.load(l.TruckAt(ctx, q.Plate, q.At))
	case q.Plate != "":
		err = a.loads(ctx, l, q)
	case q.Person != "", q.Dock != 0, !q.From.IsZero():
		err = a.events(ctx, l, q)
	case !q.Boxes.District.IsZero(), q.Boxes.Area != "", q.Boxes.TPS != 0, q.Boxes.Kind != "", q.Boxes.State != "":
		err = a.boxes(ctx, l, q)
	default:
		err = ErrQuestion
	}
	return a, err
}

// box is the life of one box, up to the moment that was asked for.
func (a *Answer) box(ctx context.Context, l *ledger.Ledger, q Question) error {
	t, err := l.Trail(ctx, q.Box)
	if err != nil {
		return err
	}
	if !q.At.IsZero() {
		if t, err = then(ctx, l, t, q.At); err != nil {
			return err
		}
	}
	story := Tell(t)
	a.Box = &story
	return nil
}

// then is a trail as it was at a moment.
func then(ctx context.Context, l *ledger.Ledger, t ledger.Trail, at time.Time) (ledger.Trail, error) {
	t.Events = slices.DeleteFunc(t.Events, func(e ledger.Event) bool { return e.At.After(at) })
	b := &t.Box
	b.Load, b.Plate, b.Hold, b.Revision, b.Receipt, b.State = 0, "", "", 0, 0, ledger.BoxUnprinted
	for _, e := range t.Events {
		switch e.Kind {
		case ledger.Scanned, ledger.BoxUnloaded:
			s, err := ledger.ReadScan(e)
			if err != nil {
				return t, err
			}
			if e.Kind == ledger.BoxUnloaded {
				b.Load = 0
			} else if s.Verdict == gate.Accepted {
				b.Load = s.Load
			}
		case ledger.BoxArrived, ledger.BoxReturned:
			s, err := ledger.ReadArrival(e)
			if err != nil {
				return t, err
			}
			if e.Kind == ledger.BoxReturned {
				b.Receipt = 0
			} else if s.Verdict == gate.Received {
				b.Receipt = s.Receipt
			}
		case ledger.LabelsPrinted, ledger.HoldSet, ledger.HoldCleared:
			o, err := ledger.ReadOffice(e)
			if err != nil {
				return t, err
			}
			if e.Kind == ledger.LabelsPrinted {
				b.Revision, b.State = o.Revision, ledger.BoxPrinted
			} else {
				b.Hold = o.Reason
			}
		}
	}
	if b.Load == 0 {
		return t, nil
	}
	ld, err := l.LoadAt(ctx, b.Load, at)
	b.Plate, b.State = ld.Load.Plate, ledger.BoxLoaded
	switch {
	case b.Receipt != 0:
		b.State = ledger.BoxReceived
	case ld.Load.State == ledger.LoadDeparted:
		b.State = ledger.BoxDeparted
	}
	return t, err
}

func (a *Answer) load(t ledger.LoadThen, err error) error {
	if err != nil {
		return err
	}
	c := &Cargo{LoadLine: lineOf(t.Load), At: t.At, Boxes: []BoxLine{}, Steps: []Step{}}
	for _, x := range t.Boxes {
		c.Boxes = append(c.Boxes, BoxLine{Box: x.Box.ID(), Kelurahan: x.Kelurahan, Kecamatan: x.Kecamatan, District: x.Box.Routing.Spaced(), Revision: x.Revision,
			LoadedAt: x.Loaded.At, LoadedBy: x.Loaded.By})
	}
	for _, e := range t.Events {
		c.Steps = append(c.Steps, stepOf(e))
	}
	a.Cargo = c
	return nil
}

// loads are those that a truck ever had, in the span that was asked for.
func (a *Answer) loads(ctx context.Context, l *ledger.Ledger, q Question) error {
	all, err := l.LoadsOf(ctx, q.Plate)
	for _, ld := range all {
		if !q.Until.IsZero() && !ld.Opened.Before(q.Until) || !q.From.IsZero() && !ld.Closed.IsZero() && ld.Closed.Before(q.From) {
			continue
		}
		a.Total++
		if n := a.Total - q.Offset; n > 0 && (q.Limit == 0 || n <= q.Limit) {
			a.Loads = append(a.Loads, lineOf(ld))
		}
	}
	return err
}

// twice are the labels of boxes that got more than one.
func (a *Answer) twice(ctx context.Context, l *ledger.Ledger, q Question) error {
	f := q.Boxes
	f.Limit = q.Limit
	var err error
	a.Labels, a.Total, err = l.FindLabels(ctx, ledger.LabelQuery{Filter: f, Box: q.Box, By: q.Person, From: q.From, Until: q.Until, Twice: true, Offset: q.Offset})
	return err
}

func (a *Answer) boxes(ctx context.Context, l *ledger.Ledger, q Question) error {
	n, err := l.CountBoxes(ctx, q.Boxes)
	if err != nil {
		return err
	}
	f := q.Boxes
	if a.Total = n.Boxes; q.Limit > 0 {
		f.Limit = q.Offset + q.Limit
	}
	i := 0
	for r, err := range l.Boxes(ctx, f) {
		if err != nil {
			return err
		}
		if i++; i > q.Offset {
			a.Boxes = append(a.Boxes, BoxLine{Box: r.Box.ID(), Kelurahan: r.Kelurahan, Kecamatan: r.Kecamatan, District: r.Box.Routing.Spaced(), State: r.State,
				Revision: r.Revision, Truck: r.Plate, Load: r.Load, Hold: r.Hold})
		}
	}
	return nil
}

func (a *Answer) events(ctx context.Context, l *ledger.Ledger, q Question) error {
	list, total, err := l.FindEvents(ctx, ledger.EventQuery{Actor: q.Person, Dock: q.Dock, Area: q.Boxes.Area, From: q.From, Until: q.Until, Limit: q.Limit, Offset: q.Offset})
	for _, e := range list {
		a.Events = append(a.Events, stepOf(e))
	}
	a.Total = total
	return err
}

// Line is one line of an answer for a script: Found says of what.
type Line struct {
	Found string
	What  any
}

// MarshalJSON puts what was found before what it is.
func (l Line) MarshalJSON() ([]byte, error) {
	b, err := json.Marshal(l.What)
	if err != nil || len(b) < 2 || b[0] != '{' {
		return b, err
	}
	head := fmt.Sprintf(`{"found":%q`, l.Found)
	if b[1] != '}' {
		head += ","
	}
	return append([]byte(head), b[1:]...), nil
}

type named struct {
	Name string `json:"name"`
}

// Lines are the lines of the answer.
func (a *Answer) Lines() []Line {
	var out []Line
	for _, x := range a.Areas {
		out = append(out, Line{"area", x})
	}
	for _, x := range a.Trucks {
		out = append(out, Line{"truck", named{x}})
	}
	for _, x := range a.People {
		out = append(out, Line{"person", named{x}})
	}
	if a.Box != nil {
		out = append(out, Line{"box", a.Box})
	}
	if a.Cargo != nil {
		out = append(out, Line{"load", a.Cargo})
	}
	for _, x := range a.Loads {
		out = append(out, Line{"load", x})
	}
	for _, x := range a.Labels {
		out = append(out, Line{"label", x})
	}
	for _, x := range a.Boxes {
		out = append(out, Line{"box", x})
	}
	for _, x := range a.Events {
		out = append(out, Line{"event", x})
	}
	return out
}
