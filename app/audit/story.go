// Package audit is the room of questions: what happened to this box, who did it, when and
// where. What enters are the ledger's events, what leaves is an account that a person or a
// script can read. It changes nothing.
package audit

import (
	"encoding/json"
	"fmt"
	"time"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// Story is the life of one box.
type Story struct {
	Box       string          `json:"box"`
	Kelurahan string          `json:"kelurahan"`
	Kecamatan string          `json:"kecamatan"`
	District  string          `json:"district"` // routing district: "DPRDP 310004"
	State     ledger.BoxState `json:"state"`
	Revision  int             `json:"revision"` // newest label; 0: none
	Truck     string          `json:"truck,omitempty"`
	Load      int64           `json:"load,omitempty"`
	Hold      string          `json:"hold,omitempty"`
	Should    Whereabouts     `json:"should_be"`
	Seen      *Whereabouts    `json:"last_seen,omitempty"` // nil: nobody has scanned it yet
	Steps     []Step          `json:"events"`
}

// Place is a kind of place.
type Place string

// Places.
const (
	InWarehouse Place = "warehouse" // not on a truck
	OnTruck     Place = "truck"     // at a dock, or closed and waiting
	OnTheWay    Place = "departed"  // with a truck that left for its kecamatan
	AtKecamatan Place = "received"  // by its kecamatan
	AtDock      Place = "dock"      // seen there
	AtDesk      Place = "desk"      // seen in the office, or anywhere but at a dock
)

// Whereabouts is where a box should be, or where it was seen.
type Whereabouts struct {
	Place     Place        `json:"place"`
	Dock      int          `json:"dock,omitempty"`
	Truck     string       `json:"truck,omitempty"`
	Load      int64        `json:"load,omitempty"`
	Kecamatan string       `json:"kecamatan,omitempty"` // that it belongs to
	At        time.Time    `json:"at,omitzero"`
	By        string       `json:"by,omitempty"`
	Verdict   gate.Verdict `json:"verdict,omitempty"`
}

// Step is one event of it.
type Step struct {
	At      time.Time       `json:"at"`
	Dock    int             `json:"dock"` // 0: the office
	Seq     int64           `json:"seq"`
	Actor   string          `json:"actor"`
	Kind    ledger.Kind     `json:"kind"`
	What    string          `json:"what"`
	Second  string          `json:"second,omitempty"` // who approved
	Payload json.RawMessage `json:"payload"`
	Hash    string          `json:"hash"`
}

// Tell turns a trail into a story.
func Tell(t ledger.Trail) Story {
	b := t.Box
	s := Story{Box: b.Box.ID(), Kelurahan: b.Kelurahan, Kecamatan: b.Kecamatan, District: b.Box.Routing.Spaced(), State: b.State,
		Revision: b.Revision, Truck: b.Plate, Load: b.Load, Hold: b.Hold, Steps: []Step{}}
	for _, e := range t.Events {
		s.Steps = append(s.Steps, stepOf(e))
		s.see(e)
	}
	s.Should = Whereabouts{Place: InWarehouse, Kecamatan: s.Kecamatan}
	switch {
	case s.State == ledger.BoxReceived:
		s.Should = Whereabouts{Place: AtKecamatan, Kecamatan: s.Kecamatan, Truck: s.Truck, Load: s.Load}
	case s.State == ledger.BoxDeparted:
		s.Should = Whereabouts{Place: OnTheWay, Kecamatan: s.Kecamatan, Truck: s.Truck, Load: s.Load}
	case s.Load != 0:
		s.Should = Whereabouts{Place: OnTruck, Kecamatan: s.Kecamatan, Truck: s.Truck, Load: s.Load}
	}
	return s
}

func stepOf(e ledger.Event) Step {
	var p struct {
		Second string `json:"second"`
	}
	// What can't be read is told by describe.
	_ = json.Unmarshal(e.Payload, &p)
	return Step{At: e.At, Dock: e.Dock, Seq: e.Seq, Actor: e.Actor, Kind: e.Kind, What: describe(e), Second: p.Second, Payload: e.Payload, Hash: e.Hash}
}

// see notes where the box was, when an event needs it to be somewhere. Labels, papers and
// holds don't: the box may be elsewhere.
func (s *Story) see(e ledger.Event) {
	switch e.Kind {
	case ledger.LabelsPlanned, ledger.LabelsSent, ledger.LabelsPrinted, ledger.LabelsSpoiled, ledger.BatchEnded, ledger.HoldSet, ledger.HoldCleared,
		ledger.LoadShut, ledger.LoadLeft, ledger.LoadReopened, ledger.LoadReturned, ledger.LoadCounted, ledger.LoadMoved, ledger.LoadTaken, ledger.DocumentIssued:
		return
	}
	s.Seen = &Whereabouts{Place: AtDesk, At: e.At, By: e.Actor}
	if e.Dock != ledger.Office {
		s.Seen.Place, s.Seen.Dock = AtDock, e.Dock
	}
	if e.Kind == ledger.Scanned {
		if sc, err := ledger.ReadScan(e); err == nil {
			s.Seen.Verdict, s.Seen.Truck, s.Seen.Load = sc.Verdict, sc.Truck, sc.Load
		}
	}
}

// describe is one event in few words of the record's own language.
func describe(e ledger.Event) string {
	switch e.Kind {
	case ledger.Scanned, ledger.BoxUnloaded:
		s, err := ledger.ReadScan(e)
		if err != nil {
			return err.Error()
		}
		if e.Kind == ledger.BoxUnloaded {
			return withReason(fmt.Sprintf("taken off load %d", s.Load), s.Reason)
		}
		what := fmt.Sprintf("scanned, revision %d: %s", s.Revision, s.Verdict)
		if s.Truck != "" {
			what += fmt.Sprintf(" (truck %s, load %d, %s)", s.Truck, s.Load, s.LoadDistrict)
		}
		if s.OtherTruck != "" {
			what += fmt.Sprintf("; it is on %s, load %d", s.OtherTruck, s.OtherLoad)
		}
		return what
	case ledger.CountScanned, ledger.CountRecounted:
		return describeCount(e)
	}
	if e.Kind == ledger.BoxArrived || e.Kind == ledger.BoxReturned {
		return describeArrival(e)
	}
	if what := aboutLoad(e); what != "" {
		return what
	}
	l, err := ledger.ReadOffice(e)
	if err != nil {
		return err.Error()
	}
	switch e.Kind {
	case ledger.LabelsPlanned:
		return fmt.Sprintf("label revision %d begun in batch %d", l.Revision, l.Batch)
	case ledger.LabelsSent:
		return fmt.Sprintf("label revision %d sent to the printer in batch %d", l.Revision, l.Batch)
	case ledger.LabelsSpoiled:
		return withReason(fmt.Sprintf("label revision %d spoiled", l.Revision), l.Reason)
	case ledger.LabelsPrinted:
		return fmt.Sprintf("label revision %d handed over in batch %d", l.Revision, l.Batch)
	case ledger.BatchEnded:
		return fmt.Sprintf("batch %d ended: %s", l.Batch, l.State)
	case ledger.HoldSet:
		return withReason("put on hold", l.Reason)
	case ledger.HoldCleared:
		return "hold cleared"
	}
	return string(e.Kind)
}

// describeArrival is a scan at a receiving place.
func describeArrival(e ledger.Event) string {
	s, err := ledger.ReadArrival(e)
	if err != nil {
		return err.Error()
	}
	if e.Kind == ledger.BoxReturned {
		return withReason(fmt.Sprintf("taken back from receipt %d", s.Receipt), s.Reason)
	}
	what := fmt.Sprintf("arrived, revision %d: %s", s.Revision, s.Verdict)
	if s.Receipt != 0 {
		what += fmt.Sprintf(" (receipt %d of truck %s, load %d)", s.Receipt, s.Truck, s.Load)
	}
	if s.OtherTruck != "" && s.OtherLoad != s.Load {
		what += fmt.Sprintf("; the record has it on %s, load %d", s.OtherTruck, s.OtherLoad)
	}
	return what
}

// aboutLoad is an event of a load, or of its papers, in few words; empty where it is none.
func aboutLoad(e ledger.Event) string {
	var p struct {
		Load     int64    `json:"load"`
		Plate    string   `json:"plate"`
		Count    int      `json:"count"`
		Expected int      `json:"expected"`
		Shortage string   `json:"shortage"`
		Reason   string   `json:"reason"`
		From     string   `json:"from"`
		Dock     int      `json:"dock"`
		Document string   `json:"document"`
		Number   string   `json:"number"`
		Print    int      `json:"print"`
		Seals    []string `json:"seals"`
		Box      string   `json:"box"`
	}
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return ""
	}
	switch e.Kind {
	case ledger.LoadOpened:
		return fmt.Sprintf("load %d opened for %s", p.Load, p.Plate)
	case ledger.LoadShut:
		return withReason(fmt.Sprintf("load %d of %s closed, %d of %d boxes", p.Load, p.Plate, p.Count, p.Expected), p.Shortage)
	case ledger.LoadLeft:
		return fmt.Sprintf("load %d departed with %s", p.Load, p.Plate)
	case ledger.LoadReturned:
		return withReason(fmt.Sprintf("load %d returned with %s", p.Load, p.Plate), p.Reason)
	case ledger.LoadCounted:
		return fmt.Sprintf("load %d counted by another person", p.Load)
	case ledger.LoadReopened:
		return withReason(fmt.Sprintf("load %d of %s opened again", p.Load, p.Plate), p.Reason)
	case ledger.LoadMoved:
		return withReason(fmt.Sprintf("load %d moved to %s at dock %d", p.Load, p.Plate, p.Dock), p.Reason)
	case ledger.LoadTaken:
		return fmt.Sprintf("load %d of %s taken over from %s, %d boxes", p.Load, p.Plate, p.From, p.Count)
	case ledger.DocumentIssued:
		return fmt.Sprintf("%s %s issued, print %d, load %d", p.Document, p.Number, p.Print, p.Load)
	case ledger.LockCleared:
		return withReason("lock cleared without its box "+p.Box, p.Reason)
	}
	return ""
}

func withReason(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}
