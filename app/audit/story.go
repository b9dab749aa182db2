// Package audit is the room of questions: what happened to this box, who did it, when and
// where. What enters are the ledger's events, what leaves is an account that a person or a
// script can read. It changes nothing.
package audit

import (
	"encoding/json"
	"fmt"
	"time"

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
	Steps     []Step          `json:"events"`
}

// Step is one event of it.
type Step struct {
	At      time.Time       `json:"at"`
	Dock    int             `json:"dock"` // 0: the office
	Seq     int64           `json:"seq"`
	Actor   string          `json:"actor"`
	Kind    ledger.Kind     `json:"kind"`
	What    string          `json:"what"`
	Payload json.RawMessage `json:"payload"`
	Hash    string          `json:"hash"`
}

// Tell turns a trail into a story.
func Tell(t ledger.Trail) Story {
	b := t.Box
	s := Story{Box: b.Box.ID(), Kelurahan: b.Kelurahan, Kecamatan: b.Kecamatan, District: b.Box.Routing.Spaced(), State: b.State,
		Revision: b.Revision, Truck: b.Plate, Load: b.Load, Hold: b.Hold, Steps: []Step{}}
	for _, e := range t.Events {
		s.Steps = append(s.Steps, Step{At: e.At, Dock: e.Dock, Seq: e.Seq, Actor: e.Actor, Kind: e.Kind, What: describe(e), Payload: e.Payload, Hash: e.Hash})
	}
	return s
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

func withReason(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}
