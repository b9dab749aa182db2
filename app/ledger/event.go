package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Office is the chain of acts that belong to no dock: set-up, people, trucks, labels.
const Office = 0

// Kind says what an event is about.
type Kind string

// Kinds of events.
const (
	LedgerCreated Kind = "ledger_created"
	SealAdded     Kind = "seal_added" // a machine's key for checkpoints
	PersonAdded   Kind = "person_added"
	PINChanged    Kind = "pin_changed"
	PINFailed     Kind = "pin_failed"
	PINCleared    Kind = "pin_cleared"
	PersonStopped Kind = "person_stopped" // may not act any more
	PersonBack    Kind = "person_back"    // may act again
	BadgeIssued   Kind = "badge_issued"
	SignedIn      Kind = "signed_in"
	SignedOut     Kind = "signed_out"
	TruckAdded    Kind = "truck_added"
	PassIssued    Kind = "pass_issued"
	BatchOpened   Kind = "batch_opened"
	LabelsPlanned Kind = "labels_planned"
	LabelsSent    Kind = "labels_sent"
	LabelsPrinted Kind = "labels_printed"
	LabelsSpoiled Kind = "labels_spoiled"
	LabelsChecked Kind = "labels_checked" // scanned back
	BatchEnded    Kind = "batch_ended"
	HoldSet       Kind = "hold_set"
	HoldCleared   Kind = "hold_cleared"
	LoadOpened    Kind = "load_opened"
	Scanned       Kind = "scanned"
	Commanded     Kind = "commanded"
	LockCleared   Kind = "lock_cleared"
	BoxUnloaded   Kind = "box_unloaded"
	LoadShut      Kind = "load_closed"
	LoadLeft      Kind = "load_departed"
	LossNoted     Kind = "loss_noted"      // a server that took over lacks confirmed scans
	LoadTaken     Kind = "load_taken_over" // by the next shift
	LoadReopened  Kind = "load_reopened"
	LoadMoved     Kind = "load_reassigned" // to another truck, dock or district
	LoadCounted   Kind = "load_counted"    // by another person, before closing
	LoadReturned  Kind = "load_returned"   // the truck turned round with its boxes

	DocumentIssued Kind = "document_issued"
	SelfTestDone   Kind = "self_tested" // at the start of a shift
)

// Event is one row of the log.
type Event struct {
	N       int64           `json:"n"`    // place in the whole log
	Dock    int             `json:"dock"` // its chain; Office is 0
	Seq     int64           `json:"seq"`  // place in its chain, from 1, without gaps
	ID      string          `json:"id"`   // unique; made before the first try, so a repeat is harmless
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Kind    Kind            `json:"kind"`
	Payload json.RawMessage `json:"payload"`
	Prev    string          `json:"prev"` // hash of the event before it in its chain, hex
	Hash    string          `json:"hash"`
}

// timeForm is how times stand in the log: UTC, milliseconds, fixed width, so that their
// text sorts as they do.
const timeForm = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeForm)
}

func parseTime(s string) time.Time {
	t, err := time.Parse(timeForm, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// chainHash is the SHA-256 over the event's fields, a line each: previous hash, dock,
// seq, id, at, actor, kind, payload. None of them holds a line end, so no two events have
// one text. at is taken as its text, just as it stands in the table.
func chainHash(prev string, dock int, seq int64, id, at, actor string, kind Kind, payload []byte) string {
	h := sha256.New()
	for _, s := range []string{prev, strconv.Itoa(dock), strconv.FormatInt(seq, 10), id, at, actor, string(kind)} {
		h.Write([]byte(s))
		h.Write([]byte{'\n'})
	}
	h.Write(payload)
	return hex.EncodeToString(h.Sum(nil))
}

// genesis is what stands as the previous hash of a chain's first event: it ties the chain
// to its ledger and dock.
func genesis(ledgerID string, dock int) string {
	sum := sha256.Sum256([]byte("dapilgate\n" + ledgerID + "\n" + strconv.Itoa(dock)))
	return hex.EncodeToString(sum[:])
}

// NewID is an identity for an event, a scan or a ledger: six bytes of the time in
// milliseconds, six random ones, in hex. Identities of one time stand side by side in an
// index, which then writes few of its pages.
func NewID() string {
	var b [14]byte
	binary.BigEndian.PutUint64(b[:], uint64(time.Now().UnixMilli()))
	rand.Read(b[8:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[2:])
}

// canonical is the payload's one spelling: Go's encoding of a struct, fields in the order
// of their declaration, no HTML escapes.
func canonical(v any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

// act is one event to be written.
type act struct {
	dock    int
	id      string // empty: a new one
	actor   string
	kind    Kind
	box     int64 // key, 0: none
	payload any
}

// append writes the event and the state that follows from it.
func (t *tx) append(ctx context.Context, a act) (Event, error) {
	payload, err := canonical(a.payload)
	if err != nil {
		return Event{}, err
	}
	if strings.ContainsAny(a.actor, "\n\r") {
		return Event{}, fmt.Errorf("%w: name %q", ErrInvalid, a.actor)
	}
	if t.known == nil || t.known.dock != a.dock {
		if t.known, err = t.head(ctx, a.dock); err != nil {
			return Event{}, err
		}
	}
	e := t.known.next(a, t.now, payload)
	at := formatTime(e.At)
	if _, err := t.exec(ctx, qInsertEvent, e.Dock, e.Seq, e.ID, at, e.Actor, string(e.Kind), a.box, string(payload), e.Prev, e.Hash); err != nil {
		return e, fmt.Errorf("write event: %w", err)
	}
	if _, err := t.exec(ctx, qMoveHead, e.Dock, e.Seq, e.Hash); err != nil {
		return e, fmt.Errorf("move chain head: %w", err)
	}
	t.known.seq, t.known.hash = e.Seq, e.Hash
	if err := t.apply(ctx, e); err != nil {
		return e, fmt.Errorf("apply %s: %w", e.Kind, err)
	}
	return e, nil
}

// chainHead is the last sequence number and hash of a chain; 0 and the genesis before its
// first event.
type chainHead struct {
	dock int
	seq  int64
	hash string
}

// next is the event that follows in the chain.
func (h *chainHead) next(a act, at time.Time, payload []byte) Event {
	e := Event{Dock: a.dock, Seq: h.seq + 1, ID: a.id, At: at, Actor: a.actor, Kind: a.kind, Payload: payload, Prev: h.hash}
	if e.ID == "" {
		e.ID = NewID()
	}
	e.Hash = chainHash(e.Prev, e.Dock, e.Seq, e.ID, formatTime(e.At), e.Actor, e.Kind, payload)
	return e
}

func (t *tx) head(ctx context.Context, dock int) (*chainHead, error) {
	h := &chainHead{dock: dock}
	found, err := t.one(ctx, qHead, args(dock), &h.seq, &h.hash)
	if err != nil {
		return nil, fmt.Errorf("read chain head: %w", err)
	}
	if !found {
		h.hash = genesis(t.l.info.ID, dock)
	}
	return h, nil
}
