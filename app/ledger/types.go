package ledger

import (
	"errors"
	"fmt"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// Errors of the ledger. Test with errors.Is.
var (
	ErrUnavailable = errors.New("the ledger is not available")
	ErrNotLedger   = errors.New("not a Dapilgate ledger")
	ErrNewer       = errors.New("the ledger was written by a newer Dapilgate")
	ErrExists      = errors.New("already there")
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("not possible now")
	ErrInvalid     = errors.New("not valid")
	ErrPIN         = errors.New("wrong name or PIN")
	ErrPINLocked   = errors.New("locked after too many wrong PINs")
	ErrNotAllowed  = errors.New("not allowed for this role")
	ErrShortage    = errors.New("the load is not complete")
	ErrLocked      = errors.New("the dock is locked by a refused box")
)

// Why a ledger is not available, where it is known. Each comes with ErrUnavailable.
var (
	ErrNoServer   = errors.New("the database server does not answer")
	ErrSlow       = errors.New("the database server answers too slowly")
	ErrCrowded    = errors.New("the database server takes no more connections")
	ErrDiskFull   = errors.New("the disk is full")
	ErrReadOnly   = errors.New("only reading is allowed")
	ErrNoEntry    = errors.New("the database server refuses this role")
	ErrNotDurable = errors.New("the database server does not keep what it confirms")
)

// Role is what a person may do.
type Role string

// Roles.
const (
	Petugas  Role = "petugas"  // loads boxes
	Penyelia Role = "penyelia" // shift supervisor: also prints, adds people and trucks, clears locks
	Auditor  Role = "auditor"  // reads everything; draws samples and counts; changes nothing else
)

// ParseRole reads a role. Error: ErrInvalid.
func ParseRole(s string) (Role, error) {
	switch r := Role(s); r {
	case Petugas, Penyelia, Auditor:
		return r, nil
	}
	return "", fmt.Errorf("%w: role %q (petugas, penyelia or auditor)", ErrInvalid, s)
}

// Person is one who acts.
type Person struct {
	Name   string `json:"name"`
	Role   Role   `json:"role"`
	Active bool   `json:"active"`

	approval *approval // of a second person, for one act
}

// Truck is a vehicle with a plate.
type Truck struct {
	ID      int64  `json:"id"`
	Plate   string `json:"plate"`
	Vehicle string `json:"vehicle"` // truk, mobil boks, kapal
	Driver  string `json:"driver"`
}

// Pass is a gate pass: a QR that opens the load of a truck.
type Pass struct {
	Token     string // only when just issued; the ledger keeps its SHA-256
	Plate     string
	Driver    string
	District  election.District
	Kecamatan []election.AreaCode
	IssuedBy  string
	IssuedAt  time.Time
}

// LoadState is where a load is in its life.
type LoadState string

// States of a load.
const (
	LoadOpen     LoadState = "open"
	LoadClosed   LoadState = "closed"
	LoadDeparted LoadState = "departed"
)

// Load is one truck, one routing district, one dock.
type Load struct {
	ID        int64
	Plate     string
	Driver    string
	District  election.District
	Kecamatan []election.AreaCode // empty: the whole district
	Dock      int
	Operator  string
	State     LoadState
	Opened    time.Time
	Closed    time.Time // zero while open
	Count     int       // boxes in it
	Shortage  string    // reason with which a shortage was accepted at closing

	last int // highest position given
}

// Gate is the load as the gate sees it.
func (l *Load) Gate() *gate.Load {
	return &gate.Load{ID: l.ID, Truck: l.Plate, District: l.District, Kecamatan: l.Kecamatan}
}

// BoxState is where a box is in its life.
type BoxState string

// States of a box.
const (
	BoxUnprinted BoxState = "unprinted"
	BoxPrinted   BoxState = "printed"
	BoxLoaded    BoxState = "loaded"
	BoxDeparted  BoxState = "departed" // and not received
	BoxReceived  BoxState = "received" // at its kecamatan
	BoxMissing   BoxState = "missing"  // of a filter only: on no truck, with or without a label
)

// Filter chooses boxes. Zero fields choose all.
type Filter struct {
	District election.District // routing district
	Area     election.AreaCode // any level: a kota, a kecamatan, a kelurahan
	TPS      int
	Kind     string
	State    BoxState
	Load     int64 // boxes in this load
	Limit    int

	// After leaves out the boxes that have a good label of one of these prints: what is left
	// is what a print that broke off has to go on with. A box of them whose label came to
	// nothing counts as BoxPrinted here, since that is what it was when it was chosen.
	After []int64
}

// BoxRow is one box as lists show it.
type BoxRow struct {
	Box       election.Box
	Kelurahan string
	Kecamatan string
	Kota      string
	State     BoxState
	Revision  int    // newest label revision; 0: none
	Load      int64  // 0: none
	Plate     string // of the load
	Hold      string // reason, where the box is on hold
	Receipt   int64  // that received it from its load; 0: none
}

// Count is how many boxes of an area or district are in which state.
type Count struct {
	Boxes, Printed, Loaded, Departed int // Printed: with a label, loaded or not
	Received                         int // of the departed ones
}

// AreaCount is the count of one area.
type AreaCount struct {
	Area     election.AreaCode
	Name     string
	District election.District // routing district; of a kecamatan: that of its boxes, zero where it has several
	Count
}

// DockState is what a dock must remember over a restart.
type DockState struct {
	Dock int
	Load *Load      // nil: no open load
	Lock *gate.Lock // nil: not locked
}

// Info is the ledger's own identity.
type Info struct {
	ID        string // random, made at init
	Engine    string // "sqlite" or "postgres"
	Address   string // without password
	Schema    int
	Event     *election.Event
	PublicKey []byte // Ed25519
	Created   time.Time
}
