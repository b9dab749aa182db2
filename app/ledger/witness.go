package ledger

import (
	"fmt"
	"time"

	"dapilgate/labels/code"
)

// Witness is what a checkpoint on paper says of the log.
type Witness struct {
	Dock   int       `json:"dock"`
	Seq    int64     `json:"seq"`
	At     time.Time `json:"at"` // when the paper was made
	Agrees bool      `json:"agrees"`

	paper code.Checkpoint
	seen  bool // the log has this event
}

// Break is where a chain stops being as it was written.
type Break struct {
	Dock   int       `json:"dock"`
	Whole  int64     `json:"whole"` // last event in order; 0: none
	Until  time.Time `json:"until,omitzero"`
	From   int64     `json:"from"` // first one that is not
	FromAt time.Time `json:"from_at,omitzero"`
}

// String tells since when.
func (b Break) String() string {
	return fmt.Sprintf("dock %d: in order up to event %d (%s), not from event %d (%s) on", b.Dock, b.Whole, formatTime(b.Until), b.From, formatTime(b.FromAt))
}

// witness compares an event with the papers that name it.
func (v *verifier) witness(e Event) {
	for i := range v.papers {
		w := &v.papers[i]
		if w.Dock == e.Dock && w.Seq == e.Seq {
			w.seen, w.Agrees = true, w.paper.Hash == e.Hash
		}
	}
}

// testify turns what the papers say into faults, once all chains are read: a paper that
// names an event which the log lacks or has otherwise shows that the log was cut short or
// rewritten, between the last paper that agrees and this one.
func (v *verifier) testify(keys []SealKey) {
	for i := range v.papers {
		w := &v.papers[i]
		if err := sealed(w.paper, keys); err != nil {
			w.Agrees = false
			v.fault(Fault{Dock: w.Dock, Seq: w.Seq, At: w.At, Text: "the checkpoint's signature is of no key in this log: the paper is not this ledger's, or the log was rewritten from before its key was recorded"})
			continue
		}
		if w.Agrees {
			continue
		}
		text := "the paper has another event here: the log was rewritten"
		if !w.seen {
			end := Head{Dock: w.Dock}
			if h := v.heads[w.Dock]; h != nil {
				end = *h
			}
			text = fmt.Sprintf("the paper of this time names event %d, the log ends at event %d (%s): %d events are gone", w.Seq, end.Seq, formatTime(end.At), w.Seq-end.Seq)
		}
		v.fault(Fault{Dock: w.Dock, Seq: w.Seq, At: w.At, Text: text + v.sinceAgreed(w)})
	}
	v.r.Witnesses = v.papers
}

// sinceAgreed names the newest paper before w that agrees.
func (v *verifier) sinceAgreed(w *Witness) string {
	var last *Witness
	for i := range v.papers {
		if p := &v.papers[i]; p.Dock == w.Dock && p.Agrees && p.Seq < w.Seq && (last == nil || p.Seq > last.Seq) {
			last = p
		}
	}
	if last == nil {
		return ""
	}
	return fmt.Sprintf("; the paper of %s, event %d, still agrees", formatTime(last.At), last.Seq)
}

func sealed(c code.Checkpoint, keys []SealKey) error {
	for _, k := range keys {
		if c.SealedBy(k.PublicKey) == nil {
			return nil
		}
	}
	return code.ErrSeal
}
