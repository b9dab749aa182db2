package report

import (
	"fmt"
	"slices"
	"strings"

	"dapilgate/app/ledger"
)

// whys are the reasons for what some kelurahan lack, with the boxes of each.
type whys struct {
	order []string
	boxes map[string]int
}

func reasonsFor(m *ledger.Manifest, all []tally) whys {
	w := whys{boxes: map[string]int{}}
	for _, x := range all {
		for _, l := range x.lines {
			for _, k := range l.Missing {
				r := m.Why(l, k)
				if w.boxes[r] == 0 {
					w.order = append(w.order, r)
				}
				w.boxes[r]++
			}
		}
	}
	return w
}

// String is one reason by itself, several with their numbers.
func (w whys) String() string {
	if len(w.order) == 1 {
		return w.order[0]
	}
	var out []string
	for _, r := range w.order {
		out = append(out, fmt.Sprintf("%s (%s kotak)", r, number(w.boxes[r])))
	}
	return strings.Join(out, ", ")
}

// byReason are what a TPS lacks, apart for each reason.
func byReason(m *ledger.Manifest, l ledger.TPSLine) (reasons []string, kinds map[string][]string) {
	kinds = map[string][]string{}
	for _, k := range l.Missing {
		r := m.Why(l, k)
		if kinds[r] == nil {
			reasons = append(reasons, r)
		}
		kinds[r] = append(kinds[r], k)
	}
	return reasons, kinds
}

// countOf says who counted the load before it was closed; empty: nobody but its operator.
func countOf(m *ledger.Manifest) string {
	if m.Closing.Counter == "" {
		return ""
	}
	s := fmt.Sprintf("%s kotak oleh %s, cocok dengan catatan", number(m.Load.Count), m.Closing.Counter)
	differed := 0
	for _, c := range m.Counts {
		if !c.Agrees() {
			differed++
		}
	}
	if differed > 0 {
		s += fmt.Sprintf(" (setelah %d hitungan yang berbeda)", differed)
	}
	return s
}

// closingPairs are who counted and who witnessed, where the load is closed.
func closingPairs(m *ledger.Manifest) (left, right []pair) {
	if m.Closed == nil {
		return nil, nil
	}
	return []pair{{"Dihitung", countOf(m)}}, []pair{{"Saksi", m.Closing.Second}}
}

// shortLine is boxes that are missing for one reason, as a table has them.
type shortLine struct {
	tally
	tps    []int
	kinds  []string
	reason string
	boxes  int
}

// shortLines sorts what is missing: TPS that the load serves in part, other TPS of its
// kelurahan, other kelurahan; each apart for each reason.
func shortLines(m *ledger.Manifest, all []tally) (parts, rest, whole []shortLine) {
	for _, x := range all {
		var open []shortLine
		for _, l := range x.lines {
			reasons, kinds := byReason(m, l)
			for _, r := range reasons {
				if len(l.On) > 0 {
					parts = append(parts, shortLine{x, []int{l.TPS}, kinds[r], r, len(kinds[r])})
					continue
				}
				i := slices.IndexFunc(open, func(o shortLine) bool { return o.reason == r })
				if i < 0 {
					i = len(open)
					open = append(open, shortLine{tally: x, reason: r})
				}
				if n := len(open[i].tps); n == 0 || open[i].tps[n-1] != l.TPS {
					open[i].tps = append(open[i].tps, l.TPS)
				}
				open[i].boxes += len(kinds[r])
			}
		}
		if x.on > 0 {
			rest = append(rest, open...)
		} else {
			whole = append(whole, open...)
		}
	}
	return parts, rest, whole
}

// shortages names what is on no truck: boxes of TPS that the load serves in part by their
// kind, other TPS of its kelurahan by number, other kelurahan by name. The reason stands
// above where it is one for all, else in each line.
func (s *sheet) shortages(m *ledger.Manifest, all []tally, title string) {
	if m.Missing() == 0 {
		return
	}
	s.heading(title, 24)
	w := reasonsFor(m, all)
	several := len(w.order) > 1
	if t := w.String(); t != "" {
		s.para(regular, body, "Alasan yang dicatat: "+t+".")
		s.y += 1
	}
	columns := func(c ...column) *table {
		if several {
			c = append(c, column{"Alasan", 40, "L"})
		}
		return &table{cols: c}
	}
	add := func(t *table, l shortLine, cells ...string) {
		if several {
			cells = append(cells, l.reason)
		}
		t.add(plain, cells...)
	}
	a, b, c := shortLines(m, all)
	parts := columns(column{"Kelurahan", 52, "L"}, column{"TPS", 16, "L"}, column{"Kotak yang kurang", 0, "L"}, column{"Kotak", 16, "R"})
	for _, l := range a {
		add(parts, l, l.Kelurahan, tpsOf(l.tps[0]), strings.Join(l.kinds, ", "), number(l.boxes))
	}
	rest := columns(column{"Kelurahan", 52, "L"}, column{"TPS yang belum dimuat", 0, "L"}, column{"TPS", 14, "R"}, column{"Kotak", 16, "R"})
	for _, l := range b {
		add(rest, l, l.Kelurahan, runs(l.tps), number(len(l.tps)), number(l.boxes))
	}
	whole := columns(column{"Kode", 28, "L"}, column{"Kelurahan", 0, "L"}, column{"Kecamatan", 34, "L"}, column{"TPS", 14, "R"}, column{"Kotak", 18, "R"})
	for _, l := range c {
		name := l.Kelurahan
		if len(l.tps) < len(l.lines) || several { // not all of it, or not for one reason
			name += ", TPS " + runs(l.tps)
		}
		add(whole, l, string(l.Area), name, l.Kecamatan, number(len(l.tps)), number(l.boxes))
	}
	for _, t := range []struct {
		title string
		*table
	}{{"TPS yang baru dimuat sebagian", parts}, {"TPS lain di kelurahan yang dimuat", rest}, {"Kelurahan yang belum dimuat di truk ini", whole}} {
		if len(t.rows) > 0 {
			s.need(26)
			s.y += 1.5
			s.text(bold, body, s.left(), s.y, s.width(), 4.6, "L", t.title)
			s.y += 5.4
			s.table(t.table)
		}
	}
}
