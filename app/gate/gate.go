// Package gate is the room of the rule: may this box board this truck? What enters is
// what the scan said and what the ledger knows; what leaves is one Decision. It is pure:
// no clock, no input, no output, no words for people. Beside it stands the rule of counts:
// what it means that a box is found in a place, or is not.
//
// The one law: no box is ever accepted onto a load of another routing district. When in
// doubt, red.
package gate

import (
	"dapilgate/app/election"
	"dapilgate/labels/code"
)

// Verdict is the gate's answer to one scan. Its text is part of the contract with
// scripts and records.
type Verdict string

// Verdicts, in the order in which they apply (the first that applies wins). SetAsideDone
// and Command answer what is not the judging of a box.
const (
	Unavailable    Verdict = "unavailable"
	NoLoad         Verdict = "no_load"
	Locked         Verdict = "locked"
	Unreadable     Verdict = "unreadable"
	Foreign        Verdict = "foreign"
	Forged         Verdict = "forged"
	OtherEvent     Verdict = "other_event"
	UnknownBox     Verdict = "unknown_box"
	VoidLabel      Verdict = "void_label"
	Held           Verdict = "held"
	WrongDistrict  Verdict = "wrong_district"
	WrongKecamatan Verdict = "wrong_kecamatan"
	Duplicate      Verdict = "duplicate"
	OnOtherTruck   Verdict = "on_other_truck"
	Accepted       Verdict = "accepted"

	// SetAsideDone: the refused box's own label followed the set-aside command; the
	// lock is cleared. Nothing was loaded.
	SetAsideDone Verdict = "set_aside"
)

// Verdicts are all verdicts on a scan, in the order of the rule.
var Verdicts = []Verdict{
	Unavailable, NoLoad, Locked, Unreadable, Foreign, Forged, OtherEvent, UnknownBox, VoidLabel,
	Held, WrongDistrict, WrongKecamatan, Duplicate, OnOtherTruck, Accepted, SetAsideDone,
}

// Level is how loudly a verdict speaks.
type Level int

// Levels.
const (
	Green Level = iota
	Amber
	Red
	Blue // SetAsideDone: done, but nothing was loaded
)

// Level of a verdict; an unknown verdict is red.
func (v Verdict) Level() Level {
	switch v {
	case Accepted, Received:
		return Green
	case Unreadable, Foreign, Duplicate, AlreadyReceived:
		return Amber
	case SetAsideDone:
		return Blue
	}
	return Red
}

// Locks tells whether the verdict stops the dock.
func (v Verdict) Locks() bool {
	return v == Forged || v == WrongDistrict || v == WrongKecamatan
}

// Load is the open load of the dock.
type Load struct {
	ID        int64
	Truck     string // plate
	District  election.District
	Kecamatan []election.AreaCode // empty: the whole district
}

// Lock is the refused box that stops the dock.
type Lock struct {
	Verdict Verdict
	Text    string // the refused label's text
	Box     string // its identity, as far as the label told
}

// Loaded says where a box is loaded already.
type Loaded struct {
	Load     int64
	Truck    string
	Position int // its number in that load, from 1
}

// Facts are all that a decision rests on. They must be read in the same transaction that
// records the decision.
type Facts struct {
	Available bool  // the ledger was read and can be written; else only Load, Lock, Reading and Claimed count
	Load      *Load // nil: no open load at this dock
	Lock      *Lock // nil: not locked
	SetAside  bool  // the set-aside command came directly before this scan

	Reading code.Reading
	Claimed election.Box // what the label says it is; only for a Reading that carries fields

	Box        *election.Box // the ledger's box; nil: not in this event
	Revision   int           // newest revision ever issued for the box; 0: none
	Spoiled    bool          // the newest revision was marked spoiled or void
	Unscanned  bool          // the event wants labels scanned back, and this one was not
	HoldReason string        // not empty: on hold, and why
	Loaded     *Loaded       // nil: in no load
}

// Decision is the verdict and what to do about the lock.
type Decision struct {
	Verdict   Verdict
	Lock      *Lock // not nil: lock the dock with this
	ClearLock bool
}

// Hold reasons that the gate itself gives.
const (
	HoldSpare     = "spare"      // a spare has no TPS and so no district
	HoldScanBack  = "scan_back"  // its label was not scanned back yet
	HoldNoRouting = "no_routing" // the event gives it no routing district
)

// Hold is the reason why the box must not be loaded at all; empty: none.
func (f *Facts) Hold() string {
	switch {
	case f.HoldReason != "":
		return f.HoldReason
	case f.Box == nil:
		return ""
	case f.Box.Item != election.ItemBox:
		return HoldSpare
	case f.Box.Routing.IsZero():
		return HoldNoRouting
	case f.Unscanned:
		return HoldScanBack
	}
	return ""
}

// Decide judges one scan. It is total: every input has a verdict.
func Decide(f Facts) Decision {
	v := judge(&f)
	d := Decision{Verdict: v, ClearLock: v == SetAsideDone}
	if v.Locks() {
		d.Lock = &Lock{Verdict: v, Text: f.Reading.Text}
		if f.Claimed.Area != "" {
			d.Lock.Box = f.Claimed.ID()
		}
	}
	return d
}

func judge(f *Facts) Verdict {
	switch {
	case !f.Available:
		return alone(f)
	case f.Load == nil:
		return NoLoad
	case f.Lock != nil && f.SetAside && f.isRefusedBox():
		return SetAsideDone
	case f.Lock != nil:
		return Locked
	}
	if v, bad := faulty(f.Reading.Status); bad {
		return v
	}
	switch {
	case f.Box == nil || f.Box.ID() != f.Claimed.ID() || f.Box.Item != f.Claimed.Item:
		return UnknownBox
	// A revision that this ledger never issued, or a district that the record no longer
	// gives this box: the sticker and the record disagree, so the sticker is not valid.
	case f.Reading.Fields.Revision != f.Revision || f.Spoiled || f.Claimed.Routing != f.Box.Routing:
		return VoidLabel
	case f.Hold() != "":
		return Held
	case f.Load.District.IsZero() || f.Box.Routing != f.Load.District:
		return WrongDistrict
	case !inKecamatan(f.Box.Area, f.Load.Kecamatan):
		return WrongKecamatan
	case f.Loaded != nil && f.Loaded.Load == f.Load.ID:
		return Duplicate
	case f.Loaded != nil:
		return OnOtherTruck
	}
	return Accepted
}

// alone is what a label tells by itself while the ledger is away: Load and Lock are what
// they were when it was last seen. It is red whatever it is, and nothing is accepted; but
// a box of another district is told where it belongs, and a forgery is still one.
func alone(f *Facts) Verdict {
	switch {
	case f.Load == nil:
		return Unavailable
	case f.Lock != nil:
		return Locked
	case f.Reading.Status == code.FalseSignature:
		return Forged
	case f.Reading.Status == code.OtherEvent:
		return OtherEvent
	case f.Reading.Status != code.Whole || f.Claimed.Item != election.ItemBox || f.Claimed.Routing.IsZero() || f.Load.District.IsZero():
		return Unavailable
	case f.Claimed.Routing != f.Load.District:
		return WrongDistrict
	case !inKecamatan(f.Claimed.Area, f.Load.Kecamatan):
		return WrongKecamatan
	}
	return Unavailable
}

// isRefusedBox tells whether the scan is the own label of the box that locked the dock.
// A forged label is known by its text alone; a true one by its box, so that its second
// copy on the other face serves too.
func (f *Facts) isRefusedBox() bool {
	if f.Reading.Text == "" {
		return false
	}
	if f.Reading.Text == f.Lock.Text {
		return true
	}
	return f.Reading.Status == code.Whole && f.Lock.Verdict != Forged && f.Lock.Box != "" && f.Claimed.ID() == f.Lock.Box
}

func inKecamatan(area election.AreaCode, kecamatan []election.AreaCode) bool {
	for _, k := range kecamatan {
		if k.Contains(area) {
			return true
		}
	}
	return len(kecamatan) == 0
}

// faulty is the verdict on a scan that is not a whole label of ours, wherever it was made.
func faulty(s code.Status) (v Verdict, bad bool) {
	switch s {
	case code.Whole:
		return "", false
	case code.CutOff, code.Doubled, code.Damaged:
		return Unreadable, true
	case code.FalseSignature:
		return Forged, true
	case code.OtherEvent:
		return OtherEvent, true
	}
	return Foreign, true // and anything that is not a box label
}
