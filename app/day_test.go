package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/labels"
	"dapilgate/labels/code"
)

// day is a day of loading in Jakarta Timur, told to the program through its command line,
// with an account of its own of what must come of it.
type day struct {
	t      *testing.T
	rng    *rand.Rand
	dir    string
	env    map[string]string
	event  *election.Event
	key    ed25519.PrivateKey
	stocks map[string][]ledger.BoxRow // dapil → printed boxes that were not tried yet
	rev    map[string]int             // newest label of a box
	on     map[string]int64           // box → load
	loads  map[int64]*dayLoad
	docks  [4]*dayLoad // by number; 0 is none's
}

type dayLoad struct {
	id        int64
	dock      int
	dapil     string
	kecamatan election.AreaCode
	plate     string
	target    int
	boxes     []ledger.BoxRow // in the order of loading
	refused   []string        // "verdict box", of those that a report tells one by one
}

// dayLoads is how many loads the test does; DAPILGATE_DAY_LOADS=300 is the whole day.
// DAPILGATE_DAY_SEED chooses another day, DAPILGATE_DAY_DIR keeps its papers.
const dayLoads = 9

// TestDay: a day on the real districts, three docks, mistakes mixed in. No wrong box
// departs, and every paper agrees with the ledger and with an account kept beside it.
func TestDay(t *testing.T) {
	n := dayLoads
	if s := os.Getenv("DAPILGATE_DAY_LOADS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("DAPILGATE_DAY_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("again with DAPILGATE_DAY_SEED=%d DAPILGATE_DAY_LOADS=%d", seed, n)
	dir := os.Getenv("DAPILGATE_DAY_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	// In the bubble the clock goes on only while all wait, so the day has its hours.
	synctest.Test(t, func(t *testing.T) {
		d := &day{t: t, rng: rand.New(rand.NewPCG(seed, 4)), dir: dir, rev: map[string]int{}, on: map[string]int64{}, loads: map[int64]*dayLoad{}, stocks: map[string][]ledger.BoxRow{}}
		d.morning(n)
		for len(d.loads) <= n/2 {
			d.step(n)
		}
		d.noon()
		for len(d.loads) < n || slices.ContainsFunc(d.docks[:], func(l *dayLoad) bool { return l != nil }) {
			d.step(n)
		}
		d.evening()
	})
}

// do is one call of the program.
func (d *day) do(stdin string, status int, args ...string) string {
	d.t.Helper()
	var out, errs bytes.Buffer
	c := &cli{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, env: func(k string) string { return d.env[k] }}
	if got := c.run(context.Background(), args); got != status {
		d.t.Fatalf("dapilgate %v: status %d, want %d\n%s\n%s", args, got, status, errs.String(), out.String())
	}
	return out.String()
}

func (d *day) path(name string) string { return filepath.Join(d.dir, name) }

// morning makes the ledger, the people, and the labels of as many kelurahan as the day
// needs.
func (d *day) morning(loads int) {
	start := time.Date(2024, 2, 13, 6, 30, 0, 0, time.FixedZone("WIB", 7*3600))
	time.Sleep(time.Until(start))
	d.env = map[string]string{"DAPILGATE_CONFIG": os.DevNull, "DAPILGATE_LEDGER": d.path("hari.db"), "DAPILGATE_PIN": "482913", "DAPILGATE_NEW_PIN": "730164", "DAPILGATE_PASSPHRASE": "tiga kotak suara"}
	d.do("", 0, "init", "--penyelia", "sari")
	l, err := ledger.Open(context.Background(), d.path("hari.db"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.event = l.Event()
	if d.key, err = labels.ReadKeyFile(d.path("hari.db.key"), "tiga kotak suara"); err != nil {
		d.t.Fatal(err)
	}
	for _, dapil := range []string{"4", "5", "6"} {
		district, err := d.event.ResolveDistrict(dapil)
		if err != nil {
			d.t.Fatal(err)
		}
		var all []ledger.BoxRow
		for r, err := range l.Boxes(context.Background(), ledger.Filter{District: district}) {
			if err != nil {
				d.t.Fatal(err)
			}
			all = append(all, r)
		}
		want := min(loads*d.perLoad(loads)*2/3, len(all))
		// Two runs from random places on, so that loads cross kelurahan and kecamatan.
		for range 2 {
			from := d.rng.IntN(len(all) - want/2 + 1)
			d.stocks[dapil] = append(d.stocks[dapil], all[from:from+want/2]...)
			all = slices.Delete(all, from, from+want/2)
		}
	}
	if err := l.Close(); err != nil {
		d.t.Fatal(err)
	}
	for dapil, stock := range d.stocks {
		done := map[election.AreaCode]bool{}
		for _, r := range stock {
			d.rev[r.Box.ID()] = 1
			if a := r.Box.Area; !done[a] {
				done[a] = true
				d.do("", 0, "print", "--as", "sari", "--kelurahan", string(a), "--stock", "a4-2x4", "--preflight", "off", "--out", d.path("label-"+dapil+"-"+string(a)+".pdf"))
			}
		}
	}
}

// perLoad is about how many boxes go on a truck.
func (d *day) perLoad(loads int) int {
	if loads > 60 {
		return 100
	}
	return 24
}

// step lets one dock do the next thing.
func (d *day) step(most int) {
	n := 1 + d.rng.IntN(3)
	ld := d.docks[n]
	time.Sleep(time.Duration(20+d.rng.IntN(60)) * time.Second)
	switch {
	case ld == nil && len(d.loads) < most:
		d.open(n, most)
	case ld == nil:
	case len(ld.boxes) >= ld.target || len(d.candidates(ld)) == 0:
		d.close(ld)
	default:
		d.scan(ld)
	}
}

func (d *day) open(dock, most int) {
	id := int64(len(d.loads) + 1)
	ld := &dayLoad{id: id, dock: dock, dapil: []string{"4", "5", "6"}[d.rng.IntN(3)], plate: fmt.Sprintf("B %d KPU", 9000+id), target: d.perLoad(most)/2 + d.rng.IntN(d.perLoad(most))}
	if stock := d.stocks[ld.dapil]; d.rng.IntN(3) == 0 && len(stock) > 0 {
		ld.kecamatan = stock[d.rng.IntN(len(stock))].Box.Area.Kecamatan()
	}
	d.do("", 0, "truck", "add", "--as", "sari", "--plate", ld.plate, "--driver", []string{"Joko Susilo", "Agus Salim", "Rahmat"}[d.rng.IntN(3)])
	args := []string{"load", "open", "--as", "sari", "--truck", ld.plate, "--district", ld.dapil, "--dock", strconv.Itoa(dock), "--json"}
	if ld.kecamatan != "" {
		args = append(args, "--kecamatan", string(ld.kecamatan))
	}
	var j loadJSON
	if err := json.Unmarshal([]byte(d.do("", 0, args...)), &j); err != nil || j.Load != id {
		d.t.Fatalf("load %d was opened as %d: %v", id, j.Load, err)
	}
	d.loads[id], d.docks[dock] = ld, ld
}

// candidates are the places in the stock of boxes that this load may take.
func (d *day) candidates(ld *dayLoad) []int {
	var out []int
	for i, r := range d.stocks[ld.dapil] {
		if ld.kecamatan.Contains(r.Box.Area) {
			out = append(out, i)
		}
	}
	return out
}

func (d *day) label(key ed25519.PrivateKey, b election.Box, revision int) string {
	f, err := d.event.Fields(b, revision)
	if err == nil {
		var s string
		if s, err = f.Sign(key); err == nil {
			return s
		}
	}
	d.t.Fatal(err)
	return ""
}

// script is the lines of a scanner, with the verdict that each must get.
type script struct {
	lines, want []string
}

func (s *script) add(line string, want gate.Verdict) {
	s.lines, s.want = append(s.lines, line), append(s.want, string(want))
}

// scan lets a dock scan some boxes, with mistakes.
func (d *day) scan(ld *dayLoad) {
	var s script
	unlock := ""
	// A dock's program runs on while its truck is loaded; what ends it here is a lock.
	for range ld.target/3 + d.rng.IntN(ld.target) {
		if len(ld.boxes) >= ld.target || unlock != "" {
			break
		}
		if d.rng.IntN(7) == 0 {
			unlock = d.mistake(ld, &s)
			continue
		}
		c := d.candidates(ld)
		if len(c) == 0 {
			break
		}
		r := d.take(ld.dapil, c[0])
		if d.rng.IntN(25) == 0 {
			continue // forgotten in the hall
		}
		d.accept(ld, r, &s)
	}
	if len(s.lines) == 0 {
		return
	}
	status := 0
	for _, w := range s.want {
		if w != string(gate.Accepted) && w != string(gate.SetAsideDone) && w != verdictCommand {
			status = 3
		}
	}
	out := d.do(strings.Join(s.lines, "\r\n"), status, "load", "scan", "--as", "sari", "--dock", strconv.Itoa(ld.dock))
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var j scanJSON
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			d.t.Fatal(err)
		}
		got = append(got, j.Verdict)
	}
	if !slices.Equal(got, s.want) {
		d.t.Fatalf("load %d: verdicts\n%v\nwant\n%v", ld.id, got, s.want)
	}
	time.Sleep(time.Duration(len(s.lines)) * 4 * time.Second)
	if unlock != "" {
		d.do("", 0, "load", "unlock", "--as", "sari", "--dock", strconv.Itoa(ld.dock), "--reason", unlock)
	}
	if d.rng.IntN(12) == 0 && len(ld.boxes) > 0 {
		last := ld.boxes[len(ld.boxes)-1]
		d.do("", 0, "load", "undo", "--as", "sari", "--dock", strconv.Itoa(ld.dock), "--reason", "salah tumpuk")
		ld.boxes = ld.boxes[:len(ld.boxes)-1]
		delete(d.on, last.Box.ID())
		if d.rng.IntN(2) == 0 {
			d.stocks[ld.dapil] = append(d.stocks[ld.dapil], last)
		}
	}
}

func (d *day) take(dapil string, i int) ledger.BoxRow {
	r := d.stocks[dapil][i]
	d.stocks[dapil] = slices.Delete(slices.Clone(d.stocks[dapil]), i, i+1)
	return r
}

func (d *day) accept(ld *dayLoad, r ledger.BoxRow, s *script) {
	s.add(d.label(d.key, r.Box, d.rev[r.Box.ID()]), gate.Accepted)
	ld.boxes = append(ld.boxes, r)
	d.on[r.Box.ID()] = ld.id
}

func (d *day) command(c code.Command) string {
	s, err := code.CommandText(c, "")
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// mistake mixes a mistake in; where a penyelia must free the dock, it returns the reason.
func (d *day) mistake(ld *dayLoad, s *script) (unlock string) {
	aside := func(text, refused string) {
		s.add(text, gate.Verdict(strings.Fields(refused)[0]))
		ld.refused = append(ld.refused, refused)
		if d.rng.IntN(3) == 0 { // a good box clears no lock
			if c := d.candidates(ld); len(c) > 0 {
				r := d.stocks[ld.dapil][c[0]]
				s.add(d.label(d.key, r.Box, d.rev[r.Box.ID()]), gate.Locked)
			}
		}
		if d.rng.IntN(4) == 0 {
			unlock = "label kotak sobek"
			return
		}
		s.add(d.command(code.SetAside), verdictCommand)
		s.add(text, gate.SetAsideDone)
	}
	switch d.rng.IntN(8) {
	case 0, 1: // the seed's fear: a box of another dapil of the same city
		other := []string{"4", "5", "6"}[d.rng.IntN(3)]
		if other == ld.dapil || len(d.stocks[other]) == 0 {
			return ""
		}
		r := d.stocks[other][d.rng.IntN(len(d.stocks[other]))]
		aside(d.label(d.key, r.Box, d.rev[r.Box.ID()]), "wrong_district "+r.Box.ID())
	case 2: // the right dapil, the wrong kecamatan
		for _, r := range d.stocks[ld.dapil] {
			if !ld.kecamatan.Contains(r.Box.Area) {
				aside(d.label(d.key, r.Box, d.rev[r.Box.ID()]), "wrong_kecamatan "+r.Box.ID())
				return unlock
			}
		}
	case 3: // one box twice, or a box that another truck has
		for _, id := range slices.Sorted(maps.Keys(d.on)) {
			o := d.loads[d.on[id]]
			if o.dapil != ld.dapil || d.rng.IntN(5) > 0 {
				continue
			}
			i := slices.IndexFunc(o.boxes, func(r ledger.BoxRow) bool { return r.Box.ID() == id })
			if i < 0 || !ld.kecamatan.Contains(o.boxes[i].Box.Area) {
				continue
			}
			want := gate.Duplicate
			if o != ld {
				want = gate.OnOtherTruck
				ld.refused = append(ld.refused, "on_other_truck "+id)
			}
			s.add(d.label(d.key, o.boxes[i].Box, d.rev[id]), want)
			return ""
		}
	case 4:
		if c := d.candidates(ld); len(c) > 0 {
			s.add(d.label(d.key, d.stocks[ld.dapil][c[0]].Box, 1)[:70], gate.Unreadable)
		}
	case 5:
		s.add("https://silog.kpu.go.id/k/3175061001012", gate.Foreign)
	case 6: // a copied label
		if c := d.candidates(ld); len(c) > 0 {
			_, key, err := ed25519.GenerateKey(nil)
			if err != nil {
				d.t.Fatal(err)
			}
			b := d.stocks[ld.dapil][c[0]].Box
			s.add(d.label(key, b, 1), gate.Forged)
			ld.refused = append(ld.refused, "forged "+b.ID())
			return "label palsu, diserahkan ke penyelia"
		}
	case 7: // an old label after a reprint, then the new one
		if c := d.candidates(ld); len(c) > 0 {
			r := d.take(ld.dapil, c[0])
			b, id := r.Box, r.Box.ID()
			if d.rev[id] > 1 {
				d.accept(ld, r, s)
				return ""
			}
			d.do("", 0, "print", "--as", "sari", "--kelurahan", string(b.Area), "--tps", strconv.Itoa(b.TPS), "--kind", b.Kind, "--stock", "a6",
				"--preflight", "off", "--reprint", "--reason", "label robek", "--out", d.path("ulang-"+id+".pdf"))
			s.add(d.label(d.key, b, 1), gate.VoidLabel)
			ld.refused = append(ld.refused, "void_label "+id)
			d.rev[id] = 2
			d.accept(ld, r, s)
		}
	}
	return unlock
}

// close closes a load, has its papers made, and lets the truck leave. Its papers must say
// what it carries.
func (d *day) close(ld *dayLoad) {
	dock, id := strconv.Itoa(ld.dock), strconv.FormatInt(ld.id, 10)
	d.do("", 0, "load", "close", "--as", "sari", "--dock", dock, "--accept-shortage", "sisa menyusul dengan truk berikut")
	for _, kind := range []string{"surat-jalan", "berita-acara"} {
		d.do("", 0, "report", kind, "--as", "sari", "--load", id, "--escort", "Bripka Hadi", "--seal", "A"+id+"01", "--seal", "A"+id+"02",
			"--out", d.path(kind+"-"+id+".pdf"), "--csv", d.path(kind+"-"+id+".csv"), "--xlsx", d.path(kind+"-"+id+".xlsx"))
	}
	d.do("", 0, "report", "daftar-muatan", "--load", id, "--out", d.path("daftar-muatan-"+id+".pdf"))
	d.do("", 0, "report", "penolakan", "--load", id, "--out", d.path("penolakan-"+id+".pdf"))
	d.papers(ld)
	d.docks[ld.dock] = nil
	time.Sleep(3 * time.Minute)
	d.do("", 0, "load", "depart", "--as", "sari", "--load", id)
}

// papers reads a load's papers back.
func (d *day) papers(ld *dayLoad) {
	id := strconv.FormatInt(ld.id, 10)
	var want []string
	perTPS := map[string]int{}
	for _, r := range ld.boxes {
		want = append(want, r.Box.ID())
		perTPS[fmt.Sprintf("%s %03d", r.Box.Area, r.Box.TPS)]++
	}
	slices.Sort(want)
	var j struct {
		Boxes   []string       `json:"boxes"`
		Short   []string       `json:"short"`
		Refused map[string]int `json:"refused"`
	}
	if err := json.Unmarshal([]byte(d.do("", 0, "report", "surat-jalan", "--load", id, "--json")), &j); err != nil {
		d.t.Fatal(err)
	}
	d.same("surat jalan "+id+" in JSON", j.Boxes, want)
	d.same("surat jalan "+id+" in CSV", d.column("surat-jalan-"+id+".csv", "kotak"), want)
	csv, err := os.ReadFile(d.path("surat-jalan-" + id + ".csv"))
	if err != nil {
		d.t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(csv)); !strings.Contains(d.text("surat-jalan-"+id+".pdf"), sum) {
		d.t.Errorf("surat jalan %s does not name the digest of its list, %s", id, sum)
	}
	text := d.text("daftar-muatan-" + id + ".pdf")
	list, _, _ := strings.Cut(text, "Kekurangan")
	d.same("daftar muatan "+id, boxIDs.FindAllString(list, -1), want)
	perKecamatan := map[string]int{}
	for _, r := range ld.boxes {
		perKecamatan[r.Kecamatan]++
	}
	for _, kind := range []string{"surat-jalan", "berita-acara"} {
		text := d.text(kind + "-" + id + ".pdf")
		says := []string{ld.plate, "Bripka Hadi", "A" + id + "01", "Halaman 1 dari", "Rangkap 4 dari 4: Arsip KPU", "sisa menyusul"}
		if kind == "surat-jalan" {
			says = append(says, fmt.Sprintf("Dimuat: %d (", len(want)))
		}
		for name, n := range perKecamatan {
			if kind == "berita-acara" {
				says = append(says, fmt.Sprintf("sebanyak %d (", n), "Ketua PPK "+name)
			}
		}
		for _, w := range says {
			if len(want) > 0 && !strings.Contains(strings.Join(strings.Fields(text), " "), w) {
				d.t.Errorf("%s %s does not say %q", kind, id, w)
			}
		}
	}
	first, _, _ := strings.Cut(d.text("surat-jalan-"+id+".pdf"), "Rangkap 2 dari 4")
	if got := tpsRows(first); !maps.Equal(got, perTPS) {
		d.t.Errorf("surat jalan %s lists by TPS\n%v\nwant\n%v", id, got, perTPS)
	}
	told := boxIDs.FindAllString(d.text("penolakan-"+id+".pdf"), -1)
	var refused []string
	for _, r := range ld.refused {
		refused = append(refused, strings.Fields(r)[1])
	}
	d.same("laporan penolakan "+id, told, refused)
}

var (
	boxIDs  = regexp.MustCompile(`\d\d\.\d\d\.\d\d\.\d{4}-\d{3}-[A-Z]+`)
	kelHead = regexp.MustCompile(`Kel\. .*\((\d\d\.\d\d\.\d\d\.\d{4})\)`)
	tpsRow  = regexp.MustCompile(`^\s*(\d{3})((?:\s+[1–])+)\s+(\d)(?:\s|$)`)
)

// tpsRows reads the boxes by TPS from a surat jalan's text.
func tpsRows(text string) map[string]int {
	out := map[string]int{}
	area := ""
	for line := range strings.Lines(text) {
		if m := kelHead.FindStringSubmatch(line); m != nil {
			area = m[1]
		} else if m := tpsRow.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil && area != "" {
			n, _ := strconv.Atoi(m[3])
			if n != strings.Count(m[2], "1") {
				return map[string]int{"the sum is not that of the cells: " + line: n}
			}
			out[area+" "+m[1]] = n
		}
	}
	return out
}

func (d *day) same(what string, got, want []string) {
	d.t.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		d.t.Errorf("%s has\n%v\nwant\n%v", what, got, want)
	}
}

func (d *day) text(name string) string {
	d.t.Helper()
	out, err := exec.Command("pdftotext", "-layout", d.path(name), "-").Output()
	if err != nil {
		d.t.Fatalf("pdftotext %s: %v", name, err)
	}
	return string(out)
}

func (d *day) column(name, head string) []string {
	d.t.Helper()
	f, err := os.Open(d.path(name))
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		d.t.Fatal(err)
	}
	at := slices.Index(all[0], head)
	var out []string
	for _, r := range all[1:] {
		out = append(out, r[at])
	}
	return out
}

// noon: the progress agrees with the account while loads are open.
func (d *day) noon() {
	var p struct {
		Total ledger.Share `json:"total"`
		Docks []struct {
			Dock  int `json:"dock"`
			Count int `json:"count"`
		} `json:"docks"`
	}
	if err := json.Unmarshal([]byte(d.do("", 0, "report", "progress", "--json", "--png", d.path("siang.png"))), &p); err != nil {
		d.t.Fatal(err)
	}
	if on := p.Total.On(); on != len(d.on) {
		d.t.Errorf("at noon %d boxes are on trucks, want %d", on, len(d.on))
	}
	got, want := map[int]int{}, map[int]int{}
	for _, x := range p.Docks {
		got[x.Dock] = x.Count
	}
	for n, ld := range d.docks {
		if ld != nil {
			want[n] = len(ld.boxes)
		}
	}
	if !maps.Equal(got, want) {
		d.t.Errorf("at noon the docks hold %v, want %v", got, want)
	}
	d.do("", 0, "report", "progress", "--kota", "31.75", "--png", d.path("siang-kota.png"), "--pdf", d.path("siang-kota.pdf"))
}

// evening compares the whole record with the account, and makes the day's papers.
func (d *day) evening() {
	d.do("", 0, "audit", "verify")
	l, err := ledger.Open(context.Background(), d.path("hari.db"))
	if err != nil {
		d.t.Fatal(err)
	}
	defer l.Close()
	departed := map[string]int64{}
	for r, err := range l.Boxes(context.Background(), ledger.Filter{State: ledger.BoxDeparted}) {
		if err != nil {
			d.t.Fatal(err)
		}
		departed[r.Box.ID()] = r.Load
		if ld := d.loads[r.Load]; r.Box.Routing.Code != "31000"+ld.dapil || !ld.kecamatan.Contains(r.Box.Area) {
			d.t.Errorf("A WRONG BOX DEPARTED: %s of %s with load %d for dapil %s %s", r.Box.ID(), r.Box.Routing, r.Load, ld.dapil, ld.kecamatan)
		}
	}
	if !maps.Equal(departed, d.on) {
		d.t.Errorf("%d boxes departed, want %d; or on other loads", len(departed), len(d.on))
	}
	var p struct {
		Total   ledger.Share   `json:"total"`
		Missing int            `json:"missing"`
		Refused map[string]int `json:"refused"`
	}
	if err := json.Unmarshal([]byte(d.do("", 0, "report", "progress", "--json", "--out", d.path("kemajuan.png"), "--out", d.path("kemajuan.pdf"), "--out", d.path("kemajuan.xlsx"))), &p); err != nil {
		d.t.Fatal(err)
	}
	if p.Total.Departed != len(d.on) || p.Total.Loaded != 0 || p.Missing != d.event.Check.Boxes-len(d.on) {
		d.t.Errorf("progress says %+v, %d missing; %d boxes departed", p.Total, p.Missing, len(d.on))
	}
	refused := map[string]int{}
	for _, ld := range d.loads {
		for _, r := range ld.refused {
			refused[strings.Fields(r)[0]]++
		}
	}
	delete(p.Refused, "locked")
	if !maps.Equal(p.Refused, refused) {
		d.t.Errorf("progress counts refusals %v, want %v", p.Refused, refused)
	}
	d.do("", 0, "report", "penolakan", "--date", "2024-02-13", "--out", d.path("penolakan.pdf"), "--out", d.path("penolakan.csv"))
	d.t.Logf("%d loads, %d boxes departed, refused %v", len(d.loads), len(d.on), refused)
}
