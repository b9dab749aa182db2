package ledger

import (
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// The payloads of events: what stands in the log, and all that the state follows from.
// A field is never renamed or reordered: old events must keep their hash and meaning.

type created struct {
	Ledger    string       `json:"ledger"`
	Event     eventPayload `json:"event"`
	PublicKey string       `json:"public_key"`   // hex
	Areas     string       `json:"areas_digest"` // SHA-256 over the area tables, hex
	Boxes     string       `json:"boxes_digest"` // SHA-256 over the box table, hex
	Kelurahan int          `json:"kelurahan"`
	TPS       int          `json:"tps"`
	TPSBoxes  int          `json:"tps_boxes"`
	Spares    int          `json:"spare_boxes"`
}

// eventPayload is the event as event.toml and dapil.csv gave it.
type eventPayload struct {
	Code    string                    `json:"code"`
	Name    string                    `json:"name"`
	Date    string                    `json:"date"`
	Routing string                    `json:"routing"`
	Kinds   []kindPayload             `json:"kinds"`
	Dapil   []dapilPayload            `json:"dapil"`
	Spares  map[election.AreaCode]int `json:"spares"`
	Policy  election.Policy           `json:"policy"`
	Check   election.Check            `json:"check"`
}

type kindPayload struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Colour string `json:"colour"`
	Letter string `json:"letter"`
}

type dapilPayload struct {
	District string `json:"district"`
	Name     string `json:"name"`
	Short    string `json:"short"`
	Seats    int    `json:"seats"`
}

func payloadOf(e *election.Event) eventPayload {
	p := eventPayload{Code: e.Code, Name: e.Name, Date: e.Date.Format(time.DateOnly), Routing: e.Routing,
		Spares: e.Spares, Policy: e.Policy, Check: e.Check}
	for _, k := range e.Kinds {
		p.Kinds = append(p.Kinds, kindPayload{k.Code, k.Name, k.Colour, string(k.Letter)})
	}
	for _, d := range e.Dapil {
		p.Dapil = append(p.Dapil, dapilPayload{d.District.String(), d.Name, d.Short, d.Seats})
	}
	return p
}

func (p eventPayload) event() *election.Event {
	e := &election.Event{Code: p.Code, Name: p.Name, Routing: p.Routing, Spares: p.Spares, Policy: p.Policy, Check: p.Check}
	e.Date, _ = time.Parse(time.DateOnly, p.Date)
	for _, k := range p.Kinds {
		kind := election.Kind{Code: k.Code, Name: k.Name, Colour: k.Colour}
		if k.Letter != "" {
			kind.Letter = k.Letter[0]
		}
		e.Kinds = append(e.Kinds, kind)
	}
	for _, d := range p.Dapil {
		e.Dapil = append(e.Dapil, election.Dapil{District: district(d.District), Name: d.Name, Short: d.Short, Seats: d.Seats})
	}
	return e
}

// district reads a district that the ledger itself wrote.
func district(s string) election.District {
	d, err := election.ParseDistrict(s)
	if err != nil {
		return election.District{}
	}
	return d
}

type personPayload struct {
	Name      string `json:"name"`
	Role      Role   `json:"role,omitempty"`
	PINDigest string `json:"pin_digest,omitempty"`
	Badge     string `json:"badge_digest,omitempty"`
	Until     string `json:"locked_until,omitempty"`
	Failed    int    `json:"failed,omitempty"`
	Second    string `json:"second,omitempty"` // the penyelia who approved
	Reason    string `json:"reason,omitempty"` // of a sign-out
}

type truckPayload struct {
	Truck   int64  `json:"truck"`
	Plate   string `json:"plate"`
	Vehicle string `json:"vehicle"`
	Driver  string `json:"driver"`
}

type passPayload struct {
	Digest    string              `json:"digest"`
	Truck     int64               `json:"truck"`
	Plate     string              `json:"plate"`
	District  string              `json:"district"`
	Kecamatan []election.AreaCode `json:"kecamatan,omitempty"`
}

type batchPayload struct {
	Batch  int64  `json:"batch"`
	Stock  string `json:"stock,omitempty"`
	Reason string `json:"reason,omitempty"` // of a reprint
	State  string `json:"state,omitempty"`
	Labels int    `json:"labels,omitempty"`
	Choice string `json:"choice,omitempty"` // which boxes, in words
	Output string `json:"output,omitempty"` // file or printer
	Second string `json:"second,omitempty"` // the penyelia who approved a reprint
}

// labelRef is a label in an event: box and revision.
type labelRef struct {
	Box      string `json:"box"`
	Revision int    `json:"revision"`
}

type labelsPayload struct {
	Batch  int64      `json:"batch"`
	Labels []labelRef `json:"labels"`
	Reason string     `json:"reason,omitempty"` // of spoiled labels
	Second string     `json:"second,omitempty"` // the penyelia who approved
}

type holdPayload struct {
	Box    string `json:"box"`
	Reason string `json:"reason"`
}

type loadPayload struct {
	Load      int64               `json:"load"`
	Truck     int64               `json:"truck,omitempty"`
	Plate     string              `json:"plate"`
	Driver    string              `json:"driver,omitempty"`
	District  string              `json:"district,omitempty"`
	Kecamatan []election.AreaCode `json:"kecamatan,omitempty"`
	Count     int                 `json:"count"`
	Expected  int                 `json:"expected"`
	Shortage  string              `json:"shortage,omitempty"`
	Reason    string              `json:"reason,omitempty"` // of reopening
	Second    string              `json:"second,omitempty"` // the penyelia who approved
}

// takenPayload hands an open load to the next shift; count is what both agree on.
type takenPayload struct {
	Load  int64  `json:"load"`
	Plate string `json:"plate"`
	From  string `json:"from"`
	Count int    `json:"count"`
}

// movedPayload is a load as it is after it was reassigned, and what was before.
type movedPayload struct {
	Load      int64               `json:"load"`
	Truck     int64               `json:"truck"`
	Plate     string              `json:"plate"`
	Driver    string              `json:"driver"`
	District  string              `json:"district"`
	Kecamatan []election.AreaCode `json:"kecamatan,omitempty"`
	Dock      int                 `json:"dock"`
	Was       movedFrom           `json:"was"`
	Count     int                 `json:"count"`
	Reason    string              `json:"reason"`
	Second    string              `json:"second,omitempty"`
}

type movedFrom struct {
	Plate     string              `json:"plate"`
	District  string              `json:"district"`
	Kecamatan []election.AreaCode `json:"kecamatan,omitempty"`
	Dock      int                 `json:"dock"`
}

type scanPayload struct {
	Verdict      gate.Verdict `json:"verdict"`
	Text         string       `json:"text"`
	Box          string       `json:"box,omitempty"`
	Revision     int          `json:"revision,omitempty"`
	BoxDistrict  string       `json:"box_district,omitempty"`
	Load         int64        `json:"load,omitempty"`
	LoadDistrict string       `json:"load_district,omitempty"`
	Truck        string       `json:"truck,omitempty"`
	Position     int          `json:"position,omitempty"`
	Hold         string       `json:"hold,omitempty"`
	OtherLoad    int64        `json:"other_load,omitempty"`
	OtherTruck   string       `json:"other_truck,omitempty"`
	OtherAt      string       `json:"other_at,omitempty"`
	Lock         *lockPayload `json:"lock,omitempty"` // the dock was locked with this
}

type lockPayload struct {
	Verdict gate.Verdict `json:"verdict"`
	Text    string       `json:"text"`
	Box     string       `json:"box,omitempty"`
}

type commandPayload struct {
	Command string `json:"command"`
}

type lockClearedPayload struct {
	Box    string `json:"box,omitempty"`
	Reason string `json:"reason"`
	Second string `json:"second,omitempty"` // the penyelia who approved
}

type unloadPayload struct {
	Load   int64  `json:"load"`
	Box    string `json:"box"`
	Reason string `json:"reason"`
}
