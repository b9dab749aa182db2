package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// AnomalyKind says what is odd.
type AnomalyKind string

// Kinds of anomalies. None of them is a proof of anything: each is a place to look at.
const (
	TwoPlaces    AnomalyKind = "two_places"    // a box at a dock while another truck has it: a copied label, or a box that fell off the record
	OldLabel     AnomalyKind = "old_label"     // a label that a reprint voided is still on a box
	ForgedLabel  AnomalyKind = "forged_label"  // our form with a false signature
	Burst        AnomalyKind = "burst"         // boxes accepted faster than hands carry them: a pile was scanned
	ManyRefusals AnomalyKind = "many_refusals" // a load at which box after box was refused
	LockCleared  AnomalyKind = "lock_cleared"  // a penyelia freed a dock without its refused box
)

// AnomalyKinds are all kinds.
var AnomalyKinds = []AnomalyKind{TwoPlaces, OldLabel, ForgedLabel, Burst, ManyRefusals, LockCleared}

// Severity is how soon somebody should look, 1 the soonest.
type Severity int

// Severities.
const (
	Grave   Severity = 1 // a box or a label may be another than it says
	Serious Severity = 2 // the way of working was left
	Slight  Severity = 3 // odd, and often harmless
)

var severities = map[AnomalyKind]Severity{ForgedLabel: Grave, TwoPlaces: Grave, OldLabel: Serious, LockCleared: Serious, ManyRefusals: Serious, Burst: Slight}

// Severity is that of the kind.
func (k AnomalyKind) Severity() Severity { return severities[k] }

// BySeverity puts the gravest first, of one severity the newest.
func BySeverity(all []Anomaly) {
	slices.SortStableFunc(all, func(a, b Anomaly) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), b.At.Compare(a.At), cmp.Compare(a.Dock, b.Dock), cmp.Compare(a.Seq, b.Seq))
	})
}

// Anomaly is one place to look at.
type Anomaly struct {
	Kind     AnomalyKind `json:"kind"`
	Severity Severity    `json:"severity"`
	At       time.Time   `json:"at"`   // of a burst, its first scan
	Dock     int         `json:"dock"` // with Seq: the event, or the last of several
	Seq      int64       `json:"seq"`
	By       string      `json:"by"`
	Box      string      `json:"box,omitempty"`
	Load     int64       `json:"load,omitempty"`
	Truck    string      `json:"truck,omitempty"`
	Count    int         `json:"count,omitempty"` // scans of a burst, refusals of a load
	What     string      `json:"what"`
}

// AnomalyLimits say from where on something is odd.
type AnomalyLimits struct {
	BurstScans int           // so many accepted boxes …
	BurstSpan  time.Duration // … within this time are a burst
	Refusals   int           // so many refused boxes at one load are many
}

// DefaultLimits: a box weighs some kilograms and takes two hands; nobody loads six in as
// many seconds. Five refusals are more than a mixed-up stack.
var DefaultLimits = AnomalyLimits{BurstScans: 6, BurstSpan: 6 * time.Second, Refusals: 5}

// Anomalies reads the whole log for what is odd, in the order of time.
func Anomalies(ctx context.Context, l *ledger.Ledger, limits AnomalyLimits) ([]Anomaly, error) {
	w := watcher{limits: limits, runs: map[int]*run{}, loads: map[int64]*Anomaly{}}
	err := l.Events(ctx, w.see)
	if err != nil {
		return nil, fmt.Errorf("look for anomalies: %w", err)
	}
	for _, r := range w.runs {
		w.end(r)
	}
	for _, a := range w.loads {
		if a.Count >= limits.Refusals {
			a.What = fmt.Sprintf("%d boxes refused at load %d of %s", a.Count, a.Load, a.Truck)
			w.found = append(w.found, *a)
		}
	}
	for i := range w.found {
		w.found[i].Severity = w.found[i].Kind.Severity()
	}
	slices.SortStableFunc(w.found, func(a, b Anomaly) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Dock, b.Dock), cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Kind, b.Kind))
	})
	return w.found, nil
}

// watcher goes through the log once.
type watcher struct {
	limits AnomalyLimits
	runs   map[int]*run       // by dock
	loads  map[int64]*Anomaly // refusals by load
	found  []Anomaly
}

// run are a dock's accepted scans that follow each other closely.
type run struct {
	last  []ledger.Event // the newest, at most BurstScans
	burst *Anomaly       // nil: the newest are no burst
}

func (w *watcher) see(e ledger.Event) error {
	switch e.Kind {
	case ledger.LockCleared:
		var p struct {
			Box    string `json:"box"`
			Reason string `json:"reason"`
		}
		if err := json.Unmarshal(e.Payload, &p); err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
		w.add(LockCleared, e, ledger.ScanEvent{}, withReason("lock cleared without its box", p.Reason)).Box = p.Box
	case ledger.Scanned:
		s, err := ledger.ReadScan(e)
		if err != nil {
			return err
		}
		w.scan(e, s)
	}
	return nil
}

func (w *watcher) add(kind AnomalyKind, e ledger.Event, s ledger.ScanEvent, what string) *Anomaly {
	w.found = append(w.found, Anomaly{Kind: kind, At: e.At, Dock: e.Dock, Seq: e.Seq, By: e.Actor, Box: s.Box, Load: s.Load, Truck: s.Truck, What: what})
	return &w.found[len(w.found)-1]
}

func (w *watcher) scan(e ledger.Event, s ledger.ScanEvent) {
	switch s.Verdict {
	case gate.Accepted:
		w.accepted(e, s)
	case gate.OnOtherTruck:
		w.add(TwoPlaces, e, s, fmt.Sprintf("at dock %d, but on %s (load %d)", e.Dock, s.OtherTruck, s.OtherLoad))
	case gate.VoidLabel:
		w.add(OldLabel, e, s, fmt.Sprintf("revision %d turned up after it was voided", s.Revision))
	case gate.Forged:
		w.add(ForgedLabel, e, s, "a label of our form with a false signature")
	}
	// Scans before a locked dock are the same box once more.
	if s.Load == 0 || s.Verdict.Level() != gate.Red || s.Verdict == gate.Locked {
		return
	}
	a := w.loads[s.Load]
	if a == nil {
		a = &Anomaly{Kind: ManyRefusals, Load: s.Load, Truck: s.Truck}
		w.loads[s.Load] = a
	}
	a.Count++
	a.At, a.Dock, a.Seq, a.By = e.At, e.Dock, e.Seq, e.Actor
}

// accepted looks whether the newest accepted scans of a dock are too many for their time.
func (w *watcher) accepted(e ledger.Event, s ledger.ScanEvent) {
	r := w.runs[e.Dock]
	if r == nil {
		r = &run{}
		w.runs[e.Dock] = r
	}
	r.last = append(r.last, e)
	if n := len(r.last); n > w.limits.BurstScans {
		r.last = r.last[n-w.limits.BurstScans:]
	}
	first := r.last[0]
	switch {
	case len(r.last) < w.limits.BurstScans || e.At.Sub(first.At) > w.limits.BurstSpan:
		w.end(r)
	case r.burst == nil:
		r.burst = &Anomaly{Kind: Burst, At: first.At, Dock: e.Dock, Seq: e.Seq, By: e.Actor, Load: s.Load, Truck: s.Truck, Count: len(r.last)}
		r.burst.What = burstWords(r.burst, e)
	default:
		r.burst.Count++
		r.burst.Seq = e.Seq
		r.burst.What = burstWords(r.burst, e)
	}
}

func burstWords(a *Anomaly, last ledger.Event) string {
	return fmt.Sprintf("%d boxes accepted in %.1f seconds", a.Count, last.At.Sub(a.At).Seconds())
}

// end closes a burst.
func (w *watcher) end(r *run) {
	if r.burst != nil {
		w.found = append(w.found, *r.burst)
		r.burst = nil
	}
}
