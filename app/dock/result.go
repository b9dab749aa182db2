package dock

import (
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// Result is the dock's answer to one scan, with all that a person is told about it.
type Result struct {
	ID   string    // of the scan
	Seq  int64     // of its event in the dock's chain; 0: nothing was recorded
	At   time.Time // when it was recorded
	Scan string    // what was scanned, without the scanner's additions; noise is cut

	Verdict gate.Verdict // empty for a command
	Command code.Command // for a command code; empty for a box
	Err     error        // why, for a scan that could not be recorded and for a command that failed
	Since   time.Time    // since when nothing can be recorded; zero: it can

	// The box, as far as its label tells.
	Box                  string
	Area                 election.AreaCode
	TPS                  int
	Kind                 string
	Revision             int
	Kelurahan, Kecamatan string

	BoxDistrict, LoadDistrict election.District
	BoxDapil, LoadDapil       string // their names, with the kind: "DPRDP DKI JAKARTA 4"
	Truck                     string // this dock's truck
	Hold                      string // reason of Held
	Position                  int    // this box's number in the load that has it
	Count, Expected           int    // of this dock's load, after this scan

	// The load that has the box already, for Duplicate and OnOtherTruck.
	OtherTruck string
	OtherLoad  int64
	OtherAt    time.Time
	OtherState ledger.LoadState

	Receiving bool  // this is of a receiving place; Truck, Count and Expected are the receipt's
	Receipt   int64 // the open one
	StaysOn   bool  // a box of another kecamatan that this truck carries on

	Undone bool       // this line is a box taken off again
	Lock   *gate.Lock // the dock's lock after this scan: what to set aside

	Opened, Closed *ledger.Load   // by a command
	Person         *ledger.Person // signed in by a badge
}

// Refused tells whether the gate did not let the box on, or in.
func (r *Result) Refused() bool {
	return r.Verdict != "" && r.Verdict != gate.Accepted && r.Verdict != gate.Received && r.Verdict != gate.SetAsideDone
}

// Status is what a dock's screen shows between scans.
type Status struct {
	Dock     int
	Operator string
	Load     *ledger.Load    // nil: no open load
	Dapil    *election.Dapil // of the load's district; nil where it is a kecamatan
	Expected int             // boxes that the load can come to
	Lock     *gate.Lock      // nil: not locked
	Away     *Away           // nil: the ledger is there; else Load and Lock are as they were last seen
	SetAside bool            // the set-aside command was given; the refused box's label is awaited
	Last     []Result        // newest first
}
