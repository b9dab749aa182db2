package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// verdictWords are the verdicts as papers name them.
var verdictWords = map[gate.Verdict]string{
	gate.Unavailable: "CATATAN TIDAK TERSEDIA", gate.NoLoad: "BELUM ADA TRUK", gate.Locked: "PINTU TERKUNCI",
	gate.Unreadable: "TIDAK TERBACA", gate.Foreign: "BUKAN LABEL SISTEM INI", gate.Forged: "LABEL PALSU",
	gate.OtherEvent: "PEMILU LAIN", gate.UnknownBox: "KOTAK TIDAK DIKENAL", gate.VoidLabel: "LABEL TIDAK BERLAKU",
	gate.Held: "DITAHAN", gate.WrongDistrict: "SALAH DAPIL", gate.WrongKecamatan: "SALAH KECAMATAN",
	gate.Duplicate: "SUDAH DIMUAT", gate.OnOtherTruck: "DI TRUK LAIN", gate.Accepted: "MUAT", gate.SetAsideDone: "DISISIHKAN",
}

var holdWords = map[string]string{gate.HoldSpare: "kotak cadangan tanpa TPS", gate.HoldScanBack: "labelnya belum dipindai balik",
	gate.HoldNoRouting: "belum punya dapil tujuan"}

// worthTelling tells whether a refusal is told one by one: a box stood at the dock and the
// gate did not let it on. The others (pull again, no truck yet) are counted only.
func worthTelling(v gate.Verdict) bool {
	return v.Level() == gate.Red && v != gate.NoLoad && v != gate.Locked && v != gate.Unavailable
}

// RefusalScope says which refusals a report is about.
type RefusalScope struct {
	Load     *ledger.Manifest // nil: not of one load
	Dock     int              // 0: all docks
	From, To time.Time        // zero: from the beginning, to now
}

func (r RefusalScope) number(e *election.Event) string {
	if r.Load != nil {
		return Number(KindPenolakan, e, r.Load.Load)
	}
	where, when := "SEMUA", "SEMUA"
	if r.Dock != 0 {
		where = "PM" + strconv.Itoa(r.Dock)
	}
	if !r.From.IsZero() {
		when = r.From.In(wib).Format("20060102")
	}
	return fmt.Sprintf("LP-%s/%s/%s", when, where, e.Code)
}

func (r RefusalScope) words() string {
	var s []string
	if r.Load != nil {
		s = append(s, fmt.Sprintf("muatan no. %d, %s, Pintu Muat %d", r.Load.Load.ID, r.Load.Load.Plate, r.Load.Load.Dock))
	} else if r.Dock != 0 {
		s = append(s, fmt.Sprintf("Pintu Muat %d", r.Dock))
	} else {
		s = append(s, "semua pintu muat")
	}
	if !r.From.IsZero() {
		s = append(s, date(r.From))
	}
	return strings.Join(s, ", ")
}

// Penolakan is the report of refused boxes and of what became of them. The Face of the
// paper matters for one load only.
func Penolakan(all []ledger.Refusal, scope RefusalScope, p Paper) *Document {
	d := &Document{Kind: KindPenolakan, Title: "Laporan Penolakan", Number: scope.number(p.Event), author: p.By, at: p.At, landscape: true}
	t := Table{Name: "Penolakan", Head: []string{"waktu", "pintu", "muatan", "truk", "kotak", "revisi_label", "kecamatan", "kelurahan", "dapil_kotak", "dapil_truk",
		"alasan", "petugas", "tindak_lanjut", "waktu_tindak_lanjut", "oleh", "sekarang_di_muatan", "sekarang_di_truk", "waktu_dimuat", "kejadian"}}
	var told []ledger.Refusal
	others := map[gate.Verdict]int{}
	for _, r := range all {
		if !worthTelling(r.Verdict) {
			others[r.Verdict]++
			continue
		}
		told = append(told, r)
		act, when, by := settledCells(&r)
		load, truck, at := "", "", ""
		if r.Later != nil {
			load, truck, at = strconv.FormatInt(r.Later.Load, 10), r.Later.Plate, stamp(r.Later.At)
		}
		t.Rows = append(t.Rows, []any{stamp(r.Scan.At), r.Scan.Dock, int(r.Load), r.Truck, r.Box, r.Revision, r.Kecamatan, r.Kelurahan,
			r.BoxDistrict, r.LoadDistrict, string(r.Verdict), r.Scan.By, act, when, by, load, truck, at, int(r.Scan.Seq)})
	}
	d.Tables = []Table{t}
	d.Data = refusalData(told, others, d.Number)
	d.draw = func(s *sheet) {
		copy := p.copyOf(0)
		if p.Issued == nil {
			copy = ""
		}
		office := p.Office
		if office == "" && scope.Load != nil {
			office = p.office(scope.Load)
		}
		s.begin(running{d.Title + " " + d.Number, copy}, p.footOf(d.Title, d.Number))
		s.letterhead(office, &Paper{Event: p.Event, Face: p.Face, Issued: &ledger.Issued{}}, "LAPORAN PENOLAKAN KOTAK SUARA", d.Number, "", scope.Load != nil)
		s.para(regular, body, "Kotak suara yang ditolak di pintu muat dan apa yang terjadi kemudian: "+scope.words()+".")
		s.y += 1
		s.para(bold, body, refusedInWords(told))
		if len(others) > 0 {
			s.para(regular, small, "Selain itu, tanpa kotak yang ditolak: "+othersInWords(others)+".")
		}
		s.y += 2
		if len(told) > 0 {
			s.table(p.refusalTable(told))
		}
		s.need(signHeight + 4)
		s.y += 3
		s.signatures([]signature{{"Dibuat oleh,", "Petugas pintu muat", p.By}, {"Mengetahui,", "Penyelia", ""}, {"Menyaksikan,", "Panwascam", ""}}, 3)
		if scope.Load != nil {
			s.proof(&p, scope.Load.Head, d.Digest())
		}
	}
	return d
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(wib).Format("2006-01-02 15:04:05")
}

// settledCells is how a refusal ended, when and by whom.
func settledCells(r *ledger.Refusal) (act, when, by string) {
	switch {
	case r.SetAside != nil:
		return "disisihkan", stamp(r.SetAside.At), r.SetAside.By
	case r.Cleared != nil:
		return "kunci dibuka penyelia: " + r.Why, stamp(r.Cleared.At), r.Cleared.By
	case r.Lock != nil:
		return "pintu masih terkunci", "", ""
	}
	return "tidak dimuat", "", ""
}

func refusedInWords(told []ledger.Refusal) string {
	if len(told) == 0 {
		return "Tidak ada kotak yang ditolak."
	}
	by := map[gate.Verdict]int{}
	later := map[string]bool{}
	boxes := map[string]bool{}
	for _, r := range told {
		by[r.Verdict]++
		if r.Box != "" {
			boxes[r.Box] = true
			if r.Later != nil {
				later[r.Box] = true
			}
		}
	}
	var parts []string
	for _, v := range gate.Verdicts {
		if by[v] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", verdictWords[v], number(by[v])))
		}
	}
	return fmt.Sprintf("%s penolakan atas %s kotak: %s. Sekarang di truk yang benar: %s kotak; belum dimuat: %s kotak.", number(len(told)), number(len(boxes)),
		strings.Join(parts, ", "), number(len(later)), number(len(boxes)-len(later)))
}

func othersInWords(others map[gate.Verdict]int) string {
	var parts []string
	for _, v := range gate.Verdicts {
		if others[v] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s kali", strings.ToLower(verdictWords[v]), number(others[v])))
		}
	}
	return strings.Join(parts, ", ")
}

// dapil is a routing district as papers name it, always with its kind.
func (p *Paper) dapil(district string) string {
	d, err := election.ParseDistrict(district)
	if err != nil {
		return "–"
	}
	if x, ok := p.Event.DapilOf(d); ok {
		return d.Kind + " " + cmp.Or(x.Short, x.Name)
	}
	return d.Spaced()
}

func (p *Paper) refusalTable(told []ledger.Refusal) *table {
	t := &table{size: 8, cols: []column{{"Waktu", 15, "L"}, {"Pintu", 11, "R"}, {"Truk", 24, "L"}, {"Kotak", 43, "L"}, {"Kelurahan, kecamatan", 0, "L"},
		{"Dapil kotak", 19, "L"}, {"Dapil truk", 19, "L"}, {"Ditolak karena", 31, "L"}, {"Tindak lanjut", 40, "L"}, {"Sekarang", 38, "L"}}}
	day := ""
	for _, r := range told {
		if d := date(r.Scan.At); d != day {
			day = d
			n := 0
			for _, x := range told {
				if date(x.Scan.At) == d {
					n++
				}
			}
			t.add(group, fmt.Sprintf("%s: %s penolakan", d, number(n)))
		}
		why := verdictWords[r.Verdict]
		if r.Hold != "" {
			why += ": " + cmp.Or(holdWords[r.Hold], r.Hold)
		}
		if r.OtherTruck != "" {
			why += " " + r.OtherTruck
		}
		box := cmp.Or(r.Box, "label tidak menyebut kotak")
		if r.Revision > 1 {
			box += fmt.Sprintf(" (revisi %d)", r.Revision)
		}
		place := strings.Join(slices.DeleteFunc([]string{r.Kelurahan, r.Kecamatan}, func(s string) bool { return s == "" }), ", ")
		t.add(plain, r.Scan.At.In(wib).Format("15.04.05"), strconv.Itoa(r.Scan.Dock), r.Truck, box, cmp.Or(place, "–"),
			p.dapil(r.BoxDistrict), p.dapil(r.LoadDistrict), why, settledWords(&r), nowWords(&r))
	}
	return t
}

func settledWords(r *ledger.Refusal) string {
	switch {
	case r.SetAside != nil:
		return "Disisihkan " + clock(r.SetAside.At) + " oleh " + r.SetAside.By
	case r.Cleared != nil:
		return "Kunci dibuka " + clock(r.Cleared.At) + " oleh " + r.Cleared.By + ": " + r.Why
	case r.Lock != nil:
		return "PINTU MASIH TERKUNCI"
	}
	return "Tidak dimuat, dicatat"
}

func nowWords(r *ledger.Refusal) string {
	switch {
	case r.Later == nil && r.Box == "":
		return "–"
	case r.Later == nil:
		return "Belum dimuat"
	case r.Later.State == ledger.LoadDeparted:
		return fmt.Sprintf("Berangkat dengan %s (muatan %d)", r.Later.Plate, r.Later.Load)
	}
	return fmt.Sprintf("Di %s (muatan %d), %s", r.Later.Plate, r.Later.Load, clock(r.Later.At))
}
