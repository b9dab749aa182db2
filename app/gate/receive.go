package gate

import (
	"dapilgate/app/election"
	"dapilgate/labels/code"
)

// Verdicts that only a receiving place gives. The others mean there what they mean at a
// dock, with the receipt in the place of the load.
const (
	NoReceipt       Verdict = "no_receipt"       // no receipt is open at this place
	AlreadyReceived Verdict = "already_received" // this box of this load was received before
	NotOnList       Verdict = "not_on_list"      // of this place, but not on the list of the load that is received
	Received        Verdict = "received"         // on the list, and the record is durable
)

// ReceivingVerdicts are all verdicts of a receiving place, in the order of its rule.
var ReceivingVerdicts = []Verdict{
	Unavailable, NoReceipt, Unreadable, Foreign, Forged, OtherEvent, UnknownBox, VoidLabel,
	WrongDistrict, WrongKecamatan, AlreadyReceived, NotOnList, Received,
}

// Receipt is what is being received at a place: a load, or what of it is for some
// kecamatan.
type Receipt struct {
	ID        int64
	Load      int64
	District  election.District
	Kecamatan []election.AreaCode // empty: all of the load
}

// ReceivingFacts are all that the verdict on an arriving box rests on. They must be read in
// the same transaction that records it.
type ReceivingFacts struct {
	Available bool     // the ledger was read and can be written
	Receipt   *Receipt // nil: none is open at this place

	Reading code.Reading
	Claimed election.Box // what the label says it is; only for a Reading that carries fields

	Box      *election.Box // the ledger's box; nil: not in this event
	Revision int           // newest revision ever issued for the box; 0: none
	Spoiled  bool          // the newest revision was marked spoiled or void
	Loaded   *Loaded       // the load that has the box; nil: none
	Departed bool          // that load has left its warehouse
	Arrived  bool          // the box was received from that load before
}

// Receive judges one box that arrives. It is total, and in doubt it is not Received. It
// locks nothing: a box that doesn't belong here is here all the same, so it is named on the
// paper that is signed in the end, and the next one can be scanned.
func Receive(f ReceivingFacts) Verdict {
	switch {
	case !f.Available:
		return Unavailable
	case f.Receipt == nil:
		return NoReceipt
	}
	if v, bad := faulty(f.Reading.Status); bad {
		return v
	}
	here := f.Loaded != nil && f.Departed && f.Loaded.Load == f.Receipt.Load
	switch {
	case f.Box == nil || f.Box.ID() != f.Claimed.ID() || f.Box.Item != f.Claimed.Item:
		return UnknownBox
	case f.Reading.Fields.Revision != f.Revision || f.Spoiled || f.Claimed.Routing != f.Box.Routing:
		return VoidLabel
	case f.Receipt.District.IsZero() || f.Box.Routing != f.Receipt.District:
		return WrongDistrict
	case !inKecamatan(f.Box.Area, f.Receipt.Kecamatan):
		return WrongKecamatan
	case here && f.Arrived:
		return AlreadyReceived
	case !here:
		return NotOnList
	}
	return Received
}
