package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// Level is what a line of the progress is about.
type Level string

// Levels, from the whole to the parts.
const (
	ByDapil     Level = "dapil"
	ByKecamatan Level = "kecamatan"
	ByKelurahan Level = "kelurahan"
	ByTPS       Level = "tps"
)

// Levels are all levels, from the whole to the parts.
var Levels = []Level{ByDapil, ByKecamatan, ByKelurahan, ByTPS}

// ProgressLine is the share of one district, area or TPS.
type ProgressLine struct {
	District  string            `json:"district"`
	Area      election.AreaCode `json:"area,omitempty"`
	Kecamatan string            `json:"kecamatan,omitempty"`
	Kelurahan string            `json:"kelurahan,omitempty"`
	TPS       int               `json:"tps,omitempty"` // a TPS number, by TPS
	TPSCount  int               `json:"tps_count,omitempty"`
	ledger.Share
	Missing      int      `json:"missing"`
	MissingKinds []string `json:"missing_kinds,omitempty"` // by TPS

	Routing election.District `json:"-"` // the district itself
}

// Lines sums the shares of kelurahan up to a level. A kecamatan that lies in two districts
// is two lines.
func Lines(p *ledger.Progress, by Level) []ProgressLine {
	var out []ProgressLine
	at := map[string]int{}
	for i := range p.Areas {
		a := &p.Areas[i]
		x := ProgressLine{District: a.District.Spaced(), Routing: a.District}
		switch by {
		case ByKecamatan:
			x.Area, x.Kecamatan = a.Area.Kecamatan(), a.Kecamatan
		case ByKelurahan, ByTPS:
			x.Area, x.Kecamatan, x.Kelurahan = a.Area, a.Kecamatan, a.Kelurahan
		}
		key := x.District + " " + string(x.Area)
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key], out = n, append(out, x)
		}
		out[n].Share.Add(a.Share)
		out[n].TPSCount += a.TPS
	}
	for i := range out {
		out[i].Missing = out[i].Share.Missing()
	}
	if by == ByDapil {
		slices.SortStableFunc(out, func(a, b ProgressLine) int { return cmp.Compare(a.District, b.District) })
	}
	return out
}

func tpsLines(p *ledger.Progress, tps []ledger.TPSLine) []ProgressLine {
	where := map[election.AreaCode]*ledger.AreaShare{}
	for i := range p.Areas {
		where[p.Areas[i].Area] = &p.Areas[i]
	}
	var out []ProgressLine
	for _, t := range tps {
		x := ProgressLine{Area: t.Area, Kecamatan: t.Kecamatan, Kelurahan: t.Kelurahan, TPS: t.TPS, Missing: len(t.Missing), MissingKinds: t.Missing}
		x.Expected = len(t.On) + len(t.Missing)
		x.Loaded = len(t.On)
		if a := where[t.Area]; a != nil {
			x.District, x.Routing = a.District.Spaced(), a.District
		}
		out = append(out, x)
	}
	return out
}

// ProgressOptions say how the progress is shown.
type ProgressOptions struct {
	Event *election.Event
	Face  func(election.District) Face
	By    Level            // of the list; the picture always has districts and kecamatan
	TPS   []ledger.TPSLine // for ByTPS
	Scope string           // what was chosen, in words; empty: all
	Maker string
}

// Progress is how far the loading is: a picture for the hall, and a list.
func Progress(p ledger.Progress, o ProgressOptions) *Document {
	d := &Document{Kind: KindProgress, Title: "Kemajuan Pemuatan", Number: o.Event.Code, author: o.Maker, at: p.At, landscape: true}
	list := Lines(&p, o.By)
	if o.By == ByTPS {
		list = tpsLines(&p, o.TPS)
	}
	d.Tables = append(d.Tables, progressTable(o.By, list))
	for _, by := range []Level{ByDapil, ByKecamatan, ByKelurahan} {
		if by != o.By {
			d.Tables = append(d.Tables, progressTable(by, Lines(&p, by)))
		}
	}
	d.Tables = append(d.Tables, otherTables(&p)...)
	d.Data = progressData(&p, o.By, list)
	d.board = &board{p: &p, o: &o, dapil: Lines(&p, ByDapil), kecamatan: Lines(&p, ByKecamatan)}
	d.draw = func(s *sheet) {
		paper := &Paper{Event: o.Event, At: p.At, By: o.Maker}
		s.begin(running{d.Title + " " + o.Event.Name, o.Scope}, paper.footOf(d.Title, o.Event.Name))
		d.board.draw(&pagePen{s: s, x: s.left(), y: s.y, scale: s.width() / boardWidth}, boardWidth, (s.bottom()-s.y-2)/(s.width()/boardWidth))
		s.next()
		s.heading("Kemajuan per "+levelWords[o.By]+", "+moment(p.At), 20)
		s.table(o.list(list))
	}
	return d
}

// Lines are the lines of a progress; none of another document.
func (d *Document) Lines() []ProgressLine {
	j, _ := d.Data.(progressJSON)
	return j.Progress
}

var levelWords = map[Level]string{ByDapil: "dapil", ByKecamatan: "kecamatan", ByKelurahan: "kelurahan", ByTPS: "TPS"}

func progressTable(by Level, list []ProgressLine) Table {
	t := Table{Name: "Per " + levelWords[by], Head: []string{"dapil", "kode", "kecamatan", "kelurahan", "tps", "seharusnya", "di_truk", "berangkat", "kurang", "jenis_kurang"}}
	if by != ByTPS {
		t.Head = append(t.Head, "diterima")
	}
	for _, x := range list {
		tps := x.TPSCount
		if by == ByTPS {
			tps = x.TPS
		}
		row := []any{x.District, string(x.Area), x.Kecamatan, x.Kelurahan, tps, x.Expected, x.Loaded, x.Departed, x.Missing, strings.Join(x.MissingKinds, " ")}
		if by != ByTPS {
			row = append(row, x.Received)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func otherTables(p *ledger.Progress) []Table {
	docks := Table{Name: "Pintu muat", Head: []string{"pintu", "muatan", "truk", "dapil", "dimuat", "seharusnya", "terkunci"}}
	for _, x := range p.Docks {
		locked := "tidak"
		if x.Locked {
			locked = "ya"
		}
		docks.Rows = append(docks.Rows, []any{x.Load.Dock, int(x.Load.ID), x.Load.Plate, x.Load.District.Spaced(), x.Load.Count, x.Expected, locked})
	}
	hours := Table{Name: "Kotak per jam", Head: []string{"jam", "kotak"}}
	for _, h := range p.Hours {
		hours.Rows = append(hours.Rows, []any{h.At.In(wib).Format("2006-01-02 15:04"), h.Boxes})
	}
	refused := Table{Name: "Ditolak", Head: []string{"alasan", "kali"}}
	for _, v := range gate.Verdicts {
		if n := p.Refused[v]; n > 0 {
			refused.Rows = append(refused.Rows, []any{string(v), n})
		}
	}
	return []Table{docks, hours, refused}
}

type progressJSON struct {
	At       time.Time            `json:"at"`
	Total    ledger.Share         `json:"total"`
	Missing  int                  `json:"missing"`
	PerHour  int                  `json:"per_hour"`
	Left     *int                 `json:"minutes_left"` // null: nothing moves
	Refused  map[gate.Verdict]int `json:"refused"`
	Docks    []dockJSON           `json:"docks"`
	Hours    []ledger.HourCount   `json:"hours"`
	By       Level                `json:"by"`
	Progress []ProgressLine       `json:"progress"`
}

type dockJSON struct {
	Dock     int    `json:"dock"`
	Load     int64  `json:"load"`
	Truck    string `json:"truck"`
	District string `json:"district"`
	Count    int    `json:"count"`
	Expected int    `json:"expected"`
	Locked   bool   `json:"locked"`
}

func progressData(p *ledger.Progress, by Level, list []ProgressLine) progressJSON {
	t := p.Total()
	j := progressJSON{At: p.At, Total: t, Missing: t.Missing(), PerHour: p.Pace(), Refused: p.Refused, Docks: []dockJSON{}, Hours: p.Hours, By: by, Progress: list}
	if d, ok := p.Left(); ok {
		m := int(d.Round(time.Minute).Minutes())
		j.Left = &m
	}
	for _, x := range p.Docks {
		j.Docks = append(j.Docks, dockJSON{x.Load.Dock, x.Load.ID, x.Load.Plate, x.Load.District.Spaced(), x.Load.Count, x.Expected, x.Locked})
	}
	return j
}

// list is the progress as a table on paper, kecamatan under their districts and so on.
func (o *ProgressOptions) list(all []ProgressLine) *table {
	t := &table{}
	numbers := []column{{"Seharusnya", 24, "R"}, {"Di truk", 20, "R"}, {"Berangkat", 22, "R"}, {"Kurang", 20, "R"}, {"Selesai", 18, "R"}}
	switch o.By {
	case ByDapil:
		t.cols = append([]column{{"Dapil", 0, "L"}, {"TPS", 18, "R"}}, numbers...)
	case ByTPS:
		t.cols = append(append([]column{{"TPS", 22, "L"}, {"Kotak yang kurang", 0, "L"}}, numbers[:2]...), numbers[3:]...)
	default:
		t.cols = append([]column{{"Kode", 32, "L"}, {"Nama", 0, "L"}, {"TPS", 18, "R"}}, numbers...)
	}
	var sum ledger.Share
	under, tps := "", 0
	for _, x := range all {
		sum.Add(x.Share)
		tps += x.TPSCount
		head := o.Face(x.Routing).Name
		if o.By == ByKelurahan {
			head = "Kec. " + x.Kecamatan + ", " + head
		}
		if o.By == ByTPS {
			head = fmt.Sprintf("Kel. %s (%s), Kec. %s, %s", x.Kelurahan, x.Area, x.Kecamatan, head)
		}
		if o.By != ByDapil && head != under {
			under = head
			t.add(group, head)
		}
		share := []string{number(x.Expected), count(x.Loaded), count(x.Departed), count(x.Missing), percent(x.On(), x.Expected)}
		switch o.By {
		case ByDapil:
			t.add(plain, append([]string{head, number(x.TPSCount)}, share...)...)
		case ByKecamatan:
			t.add(plain, append([]string{string(x.Area), x.Kecamatan, number(x.TPSCount)}, share...)...)
		case ByKelurahan:
			t.add(plain, append([]string{string(x.Area), x.Kelurahan, number(x.TPSCount)}, share...)...)
		case ByTPS:
			t.add(plain, tpsOf(x.TPS), strings.Join(x.MissingKinds, ", "), share[0], share[1], share[3], share[4])
		}
	}
	end := []string{"Jumlah", number(sum.Expected), number(sum.Loaded), number(sum.Departed), number(sum.Missing()), percent(sum.On(), sum.Expected)}
	switch o.By {
	case ByTPS:
		end = slices.Delete(end, 3, 4)
	default:
		end = slices.Insert(end, 1, number(tps))
	}
	t.add(total, end...)
	return t
}
