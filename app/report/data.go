package report

import (
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// The documents as scripts read them.

func boxID(l ledger.TPSLine, kind string) string { return election.FormatBoxID(l.Area, l.TPS, kind) }

type loadJSON struct {
	Document    string               `json:"document"`
	Number      string               `json:"number"`
	Print       int                  `json:"print,omitempty"` // 0: not issued
	Load        int64                `json:"load"`
	Dock        int                  `json:"dock"`
	Truck       string               `json:"truck"`
	Vehicle     string               `json:"vehicle"`
	Driver      string               `json:"driver"`
	District    string               `json:"district"`
	Kecamatan   []election.AreaCode  `json:"kecamatan,omitempty"`
	Destination string               `json:"destination"`
	Escort      string               `json:"escort,omitempty"`
	Seals       []string             `json:"seals,omitempty"`
	State       ledger.LoadState     `json:"state"`
	Opened      *ledger.Act          `json:"opened"`
	Closed      *ledger.Act          `json:"closed,omitempty"`
	Departed    *ledger.Act          `json:"departed,omitempty"`
	Count       int                  `json:"count"`
	Missing     int                  `json:"missing"`
	Shortage    string               `json:"shortage,omitempty"`
	Shortages   []ledger.Shortage    `json:"shortages,omitempty"` // each with its reason
	Counter     string               `json:"counter,omitempty"`   // who counted it, and agreed
	Counts      []ledger.LoadCount   `json:"counts,omitempty"`
	Witness     string               `json:"witness,omitempty"` // who confirmed the closing
	Boxes       []string             `json:"boxes"`
	Short       []string             `json:"short"`
	Refused     map[gate.Verdict]int `json:"refused,omitempty"`
	Checkpoint  string               `json:"checkpoint"`
	Digest      string               `json:"digest"`
}

// loadData is the JSON form of a load's document. It is made with the document, before the
// tables that follow the list.
func loadData(m *ledger.Manifest, p *Paper, d *Document) loadJSON {
	j := loadJSON{Document: d.Kind, Number: d.Number, Print: d.Print, Load: m.Load.ID, Dock: m.Load.Dock, Truck: m.Load.Plate, Vehicle: m.Vehicle, Driver: m.Load.Driver,
		District: m.Load.District.Spaced(), Kecamatan: m.Load.Kecamatan, Destination: p.destination(tallies(m)), Escort: p.Escort, Seals: p.Seals,
		State: m.Load.State, Opened: m.Opened, Closed: m.Closed, Departed: m.Left, Count: len(m.Boxes), Missing: m.Missing(), Shortage: m.Load.Shortage,
		Shortages: m.Closing.Short, Counter: m.Closing.Counter, Counts: m.Counts, Witness: m.Closing.Second,
		Boxes: []string{}, Short: []string{}, Refused: map[gate.Verdict]int{}, Checkpoint: p.Checkpoint, Digest: d.Digest()}
	if j.Checkpoint == "" {
		j.Checkpoint = HeadText(m.Head)
	}
	for _, c := range m.Boxes {
		j.Boxes = append(j.Boxes, c.Box.ID())
	}
	for _, l := range m.TPS {
		for _, k := range l.Missing {
			j.Short = append(j.Short, boxID(l, k))
		}
	}
	for _, r := range m.Refused {
		j.Refused[r.Verdict]++
	}
	return j
}

type refusalsJSON struct {
	Document string               `json:"document"`
	Number   string               `json:"number"`
	Refusals []refusalJSON        `json:"refusals"`
	Others   map[gate.Verdict]int `json:"others,omitempty"` // counted only
}

type refusalJSON struct {
	At           time.Time         `json:"at"`
	Dock         int               `json:"dock"`
	Seq          int64             `json:"seq"`
	By           string            `json:"by"`
	Load         int64             `json:"load,omitempty"`
	Truck        string            `json:"truck,omitempty"`
	Box          string            `json:"box,omitempty"`
	Verdict      gate.Verdict      `json:"verdict"`
	BoxDistrict  string            `json:"box_district,omitempty"`
	LoadDistrict string            `json:"load_district,omitempty"`
	SetAside     *ledger.Act       `json:"set_aside,omitempty"`
	Cleared      *ledger.Act       `json:"cleared,omitempty"`
	Reason       string            `json:"reason,omitempty"`
	Later        *ledger.LaterLoad `json:"later,omitempty"`
}

func refusalData(told []ledger.Refusal, others map[gate.Verdict]int, number string) refusalsJSON {
	j := refusalsJSON{Document: KindPenolakan, Number: number, Refusals: []refusalJSON{}, Others: others}
	for _, r := range told {
		j.Refusals = append(j.Refusals, refusalJSON{At: r.Scan.At, Dock: r.Scan.Dock, Seq: r.Scan.Seq, By: r.Scan.By, Load: r.Load, Truck: r.Truck, Box: r.Box,
			Verdict: r.Verdict, BoxDistrict: r.BoxDistrict, LoadDistrict: r.LoadDistrict, SetAside: r.SetAside, Cleared: r.Cleared, Reason: r.Why, Later: r.Later})
	}
	return j
}
