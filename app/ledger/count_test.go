package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

// store is a warehouse that is counted: some boxes are on a truck, some have gone, some
// have a label that is void, one has none. What the record says of each stands still.
type store struct {
	*ledgertest.Fixture
	people map[string]ledger.Person
	boxes  []ledger.BoxRow
}

func newStore(t testing.TB, f *ledgertest.Fixture) *store {
	t.Helper()
	s := &store{Fixture: f, people: map[string]ledger.Person{"sari": f.Sari}}
	ctx := context.WithoutCancel(t.Context())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	all := f.Boxes(ledger.Filter{})
	var ids []string
	for _, r := range all[1:] { // the first never has a label
		ids = append(ids, r.Box.ID())
	}
	f.Print(ids...)
	must(f.Ledger.SpoilLabels(ctx, f.Sari, 1, []string{all[2].Box.ID()}, "sobek"))
	for name, role := range map[string]ledger.Role{"budi": ledger.Petugas, "dewi": ledger.Auditor, "agus": ledger.Petugas, "rina": ledger.Petugas} {
		p, err := f.Ledger.AddPerson(ctx, f.Sari, name, role, "730164")
		must(err)
		s.people[name] = p
	}
	f.Load(1, "B 1 A", "4")
	on := 0
	for _, r := range f.Boxes(ledger.Filter{District: f.District("4"), State: ledger.BoxPrinted}) {
		if on == 4 {
			break
		}
		j, err := f.Ledger.Judge(ctx, ledger.ScanRequest{ID: ledger.NewID(), Dock: 1, Operator: "budi", Reading: code.Parse(f.Label(r.Box, 1), f.Keys())})
		must(err)
		if j.Decision.Verdict != gate.Accepted {
			t.Fatalf("%s: %s", r.Box.ID(), j.Decision.Verdict)
		}
		if on++; on == 2 { // the first two leave
			ld, err := f.Ledger.CloseLoad(ctx, f.Sari, 1, "sisa menyusul")
			must(err)
			must(f.Ledger.Depart(ctx, f.Sari, ld.ID))
			f.Load(1, "B 2 B", "4")
		}
	}
	s.boxes = f.Boxes(ledger.Filter{})
	return s
}

// classOf is what a box must be, told another way than the program does: straight from the
// list of boxes.
func (s *store) classOf(c ledger.Counting, sample []string, r ledger.BoxRow, found bool) gate.CountClass {
	district := c.District.IsZero() || c.District == r.Box.Routing
	area := c.Area == "" || strings.HasPrefix(string(r.Box.Area)+".", string(c.Area)+".")
	scope := district && area && (c.Kind == "" || c.Kind == r.Box.Kind)
	home := r.State == ledger.BoxPrinted
	switch {
	case !found && home && scope && !c.Nothing() && (c.Sample == 0 || slices.Contains(sample, r.Box.ID())):
		return gate.CountMissing
	case !found:
		return gate.CountNone
	case r.State == ledger.BoxLoaded || r.State == ledger.BoxDeparted:
		return gate.CountMisplaced
	case r.Box.Item == '2' && !(area && district): // all of one kota, which all counts are in
		return gate.CountSurplus
	case !district || !area:
		return gate.CountMisplaced
	case !scope || !home:
		return gate.CountSurplus
	case c.Sample != 0 && !slices.Contains(sample, r.Box.ID()):
		return gate.CountBeside
	}
	return gate.CountMatch
}

// TestCounts plays whole counts of every kind: what people scan is never lost, each box is
// in one class, who counted a box never recounts it, the numbers add up, and the record is
// whole at the end.
func TestCounts(t *testing.T) {
	s := newStore(t, ledgertest.New(t))
	l, ctx := s.Ledger, context.WithoutCancel(t.Context())
	names := []string{"sari", "budi", "dewi", "agus"}
	byID := map[string]ledger.BoxRow{}
	for _, r := range s.boxes {
		byID[r.Box.ID()] = r
	}
	rapid.Check(t, func(t *rapid.T) {
		scope := ledger.CountScope{Room: rapid.SampledFrom([]string{"", "Gudang B", "Ruang rapat"}).Draw(t, "room")}
		var sample []string
		switch what := rapid.SampledFrom([]string{"district", "kecamatan", "kelurahan", "kind", "room", "sample"}).Draw(t, "what"); what {
		case "district":
			scope.District = s.District("4")
		case "kecamatan":
			scope.Area = "31.75.03"
		case "kelurahan":
			scope.Area, scope.Kind = "31.75.06.1001", "dprdp"
		case "kind":
			scope.Kind, scope.Area = "DPR", "31.75"
		case "room":
			scope.Room = "Gudang A"
		case "sample":
			x, err := l.DrawSample(ctx, s.people["dewi"], fmt.Sprint("dadu-", rapid.IntRange(1, 999).Draw(t, "seed")), 8, ledger.Scope{Area: "31.75"})
			if err != nil {
				t.Fatal(err)
			}
			scope.Sample, sample = x.ID, x.Boxes
		}
		c, err := l.OpenCount(ctx, s.people["dewi"], scope)
		if err != nil {
			t.Fatal(err)
		}

		// The count: each person's scans, in one stream.
		counters := rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, 3, rapid.ID).Draw(t, "counters")
		passes := map[string]map[string]bool{}
		for _, p := range counters {
			if _, err := l.JoinCount(ctx, s.people[p], c.ID); err != nil {
				t.Fatal(err)
			}
			passes[p] = map[string]bool{}
		}
		scans := 0
		for range rapid.IntRange(0, 40).Draw(t, "scans") {
			who := rapid.SampledFrom(counters).Draw(t, "who")
			r := rapid.SampledFrom(s.boxes).Draw(t, "box")
			text, want := s.Label(r.Box, 1), gate.Counted
			switch rapid.IntRange(0, 9).Draw(t, "form") {
			case 0:
				text, want = text[:70], gate.CountUnreadable
			case 1:
				text, want = "https://silog.example/1", gate.CountForeign
			}
			id := ledger.NewID()
			if want == gate.Counted && passes[who][r.Box.ID()] {
				want = gate.CountAgain
			}
			for range rapid.IntRange(1, 2).Draw(t, "tries") { // a repeat is the same scan
				got, err := l.CountScan(ctx, s.people[who], c.ID, id, code.Parse(text, s.Keys()))
				if err != nil {
					t.Fatal(err)
				}
				if want == gate.Counted {
					passes[who][r.Box.ID()] = true
				}
				if got.Answer != want || got.Boxes != len(passes[who]) {
					t.Fatalf("%s is %s, %d in the pass; want %s, %d", text, got.Answer, got.Boxes, want, len(passes[who]))
				}
			}
			scans++
		}
		if _, err := l.CountResult(ctx, c.ID); !errors.Is(err, ledger.ErrConflict) {
			t.Fatalf("the result is told while people count: %v", err)
		}
		if _, err := l.CompareCount(ctx, s.people["sari"], c.ID); !errors.Is(err, ledger.ErrConflict) {
			t.Fatalf("compared while people count: %v", err)
		}
		for _, p := range counters {
			if err := l.EndPass(ctx, s.people[p], c.ID, p); err != nil {
				t.Fatal(err)
			}
		}
		if now, err := l.CountingByID(ctx, c.ID); err != nil || now.Expected != 0 {
			t.Fatalf("the expected number stands there before the comparison: %d, %v", now.Expected, err)
		}
		if c, err = l.CompareCount(ctx, s.people["sari"], c.ID); err != nil {
			t.Fatal(err)
		}

		// Each box is in its one class.
		r, err := l.CountResult(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		differ := map[string]gate.CountClass{}
		for _, d := range r.Differences {
			if differ[d.Box.ID()] != "" {
				t.Fatalf("%s is in two classes", d.Box.ID())
			}
			differ[d.Box.ID()] = d.Class
		}
		sum := map[gate.CountClass]int{}
		found := map[string]bool{}
		for _, row := range s.boxes {
			id := row.Box.ID()
			for _, p := range counters {
				found[id] = found[id] || passes[p][id]
			}
			want := s.classOf(c, sample, row, found[id])
			sum[want]++
			if want.Differs() && differ[id] != want || !want.Differs() && differ[id] != "" {
				t.Fatalf("%s is %q, want %q (%s, found %v)", id, differ[id], want, row.State, found[id])
			}
		}
		if got := r.Totals(false); got.Matching != sum[gate.CountMatch] || got.Missing != sum[gate.CountMissing] || got.Surplus != sum[gate.CountSurplus] ||
			got.Misplaced != sum[gate.CountMisplaced] || got.Beside != sum[gate.CountBeside] ||
			got.Found != got.Matching+got.Beside+got.Surplus+got.Misplaced || !c.Nothing() && c.Expected != got.Matching+got.Missing {
			t.Fatalf("%+v of %d expected, want %v", got, c.Expected, sum)
		}

		// The recount: others look, in the end rina, who counted nothing.
		turnedUp := map[string]string{} // box → who found it in the recount, and nobody before
		for range rapid.IntRange(0, 15).Draw(t, "rescans") {
			who := rapid.SampledFrom(names).Draw(t, "who")
			row := rapid.SampledFrom(s.boxes).Draw(t, "box")
			id := row.Box.ID()
			got, err := l.RecountScan(ctx, s.people[who], c.ID, ledger.NewID(), code.Parse(s.Label(row.Box, 1), s.Keys()))
			if err != nil {
				t.Fatal(err)
			}
			scans++
			may := differ[id].Differs() && (differ[id] == gate.CountMissing && passes[who] == nil || differ[id] != gate.CountMissing && !passes[who][id] && turnedUp[id] != who)
			if got.Answer == gate.CountFound && !may {
				t.Fatalf("%s recounted %s (%s), whom it was not for", who, id, differ[id])
			}
			if differ[id] == "" && !found[id] && s.classOf(c, sample, row, true).Differs() { // it turned up
				differ[id], found[id], turnedUp[id] = s.classOf(c, sample, row, true), true, who
			}
		}
		for _, who := range append(names, "rina") {
			if _, err := l.EndRecount(ctx, s.people[who], c.ID); err != nil && !errors.Is(err, ledger.ErrNotAllowed) {
				t.Fatal(err)
			}
		}
		if r, err = l.CountResult(ctx, c.ID); err != nil {
			t.Fatal(err)
		}
		for _, d := range r.Differences {
			if d.Recount == nil {
				t.Fatalf("nobody recounted %s", d.Box.ID())
			}
			if slices.Contains(d.CountedBy, d.Recount.By) || d.Class == gate.CountMissing && slices.Contains(counters, d.Recount.By) {
				t.Fatalf("%s recounted %s, counted by %v of %v", d.Recount.By, d.Box.ID(), d.CountedBy, counters)
			}
			if want := s.classOf(c, sample, byID[d.Box.ID()], d.Recount.Found); d.Final() != want {
				t.Fatalf("%s is %q after the recount, want %q", d.Box.ID(), d.Final(), want)
			}
		}
		if got := r.Totals(true); got.Found != got.Matching+got.Beside+got.Surplus+got.Misplaced || !c.Nothing() && c.Expected != got.Matching+got.Missing {
			t.Fatalf("%+v of %d expected", got, c.Expected)
		}
		if _, err := l.SignCount(ctx, s.people["budi"], r, "HP", ""); !errors.Is(err, ledger.ErrNotAllowed) {
			t.Fatalf("signed by a petugas: %v", err)
		}
		if _, err := l.SignCount(ctx, s.people["dewi"], r, "HP", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := l.RecountScan(ctx, s.people["budi"], c.ID, ledger.NewID(), code.Parse(s.Label(s.boxes[5].Box, 1), s.Keys())); !errors.Is(err, ledger.ErrConflict) {
			t.Fatalf("recounted after it was signed: %v", err)
		}

		// Every scan is an event, once.
		n := 0
		if err := l.Events(ctx, func(e ledger.Event) error {
			var p struct {
				Session int64 `json:"session"`
			}
			if e.Kind == ledger.CountScanned || e.Kind == ledger.CountRecounted {
				if err := json.Unmarshal(e.Payload, &p); err != nil {
					return err
				}
				if p.Session == c.ID {
					n++
				}
			}
			return nil
		}); err != nil || n != scans {
			t.Fatalf("%d scans, %d events, %v", scans, n, err)
		}
	})
	s.Verify()
}

// TestCountRefuses: who may do what, and when.
func TestCountRefuses(t *testing.T) {
	s := newStore(t, ledgertest.New(t))
	l, ctx := s.Ledger, t.Context()
	budi, dewi, agus := s.people["budi"], s.people["dewi"], s.people["agus"]
	is := func(what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err := l.OpenCount(ctx, budi, ledger.CountScope{Room: "Gudang A"})
	is("a petugas opens a count", err, ledger.ErrNotAllowed)
	_, err = l.OpenCount(ctx, dewi, ledger.CountScope{Room: "  "})
	is("a count of nothing", err, ledger.ErrInvalid)
	_, err = l.OpenCount(ctx, dewi, ledger.CountScope{Scope: ledger.Scope{Area: "31.75.99"}})
	is("a count of no box", err, ledger.ErrNotFound)
	_, err = l.OpenCount(ctx, dewi, ledger.CountScope{Sample: 7})
	is("a count of no sample", err, ledger.ErrNotFound)
	_, err = l.DrawSample(ctx, budi, "a", 3, ledger.Scope{})
	is("a petugas draws", err, ledger.ErrNotAllowed)
	_, err = l.Draw(ctx, "a b", 3, ledger.Scope{})
	is("a seed with a blank", err, ledger.ErrInvalid)
	_, err = l.Draw(ctx, "a", 0, ledger.Scope{})
	is("a sample of none", err, ledger.ErrInvalid)
	_, err = l.Draw(ctx, "a", 3, ledger.Scope{Kind: "PWAL"})
	is("a kind of another event", err, ledger.ErrInvalid)

	c, err := l.OpenCount(ctx, dewi, ledger.CountScope{Scope: ledger.Scope{District: s.District("5")}})
	is("open", err, nil)
	row := s.Boxes(ledger.Filter{District: s.District("5")})[0]
	label := code.Parse(s.Label(row.Box, 1), s.Keys())
	_, err = l.CountScan(ctx, budi, c.ID, ledger.NewID(), label)
	is("a scan without a pass", err, ledger.ErrConflict)
	_, err = l.CompareCount(ctx, dewi, c.ID)
	is("compare what nobody counted", err, ledger.ErrConflict)
	_, err = l.JoinCount(ctx, budi, c.ID)
	is("join", err, nil)
	id := ledger.NewID()
	_, err = l.CountScan(ctx, budi, c.ID, id, label)
	is("scan", err, nil)
	_, err = l.CountScan(ctx, agus, c.ID, id, label)
	is("another's scan id", err, ledger.ErrConflict)
	is("end of another's pass", l.EndPass(ctx, agus, c.ID, "budi"), ledger.ErrNotAllowed)
	is("end of no pass", l.EndPass(ctx, dewi, c.ID, "agus"), ledger.ErrNotFound)
	is("end by the auditor", l.EndPass(ctx, dewi, c.ID, "budi"), nil)
	_, err = l.CountScan(ctx, budi, c.ID, ledger.NewID(), label)
	is("a scan after the end", err, ledger.ErrConflict)
	_, err = l.JoinCount(ctx, budi, c.ID)
	is("go on", err, nil)
	is("end", l.EndPass(ctx, budi, c.ID, "budi"), nil)
	_, err = l.CompareCount(ctx, budi, c.ID)
	is("a petugas compares", err, ledger.ErrNotAllowed)
	c, err = l.CompareCount(ctx, dewi, c.ID)
	is("compare", err, nil)
	_, err = l.JoinCount(ctx, agus, c.ID)
	is("join after the comparison", err, ledger.ErrConflict)
	r, err := l.CountResult(ctx, c.ID)
	is("result", err, nil)
	if c.Expected < 2 || r.Open() != c.Expected-1 {
		t.Fatalf("%d expected, one found, %d differences", c.Expected, r.Open())
	}
	_, err = l.SignCount(ctx, dewi, r, "HP", "")
	is("sign what nobody recounted", err, ledger.ErrConflict)
	_, err = l.EndRecount(ctx, budi, c.ID)
	is("the counter recounts", err, ledger.ErrNotAllowed)
	_, err = l.EndRecount(ctx, agus, c.ID)
	is("another recounts", err, nil)
	// Who comes late with a box is heard: what was found is stronger than what was not.
	late := r.Differences[0].Box
	got, err := l.RecountScan(ctx, agus, c.ID, ledger.NewID(), code.Parse(s.Label(late, 1), s.Keys()))
	if is("late", err, nil); got.Answer != gate.CountFound {
		t.Errorf("a late find is %s", got.Answer)
	}
	_, err = l.SignCount(ctx, dewi, r, "HP", "")
	is("sign an old result", err, ledger.ErrChanged)
	if r, err = l.CountResult(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if s := r.Totals(true); s.Missing != c.Expected-2 || s.Matching != 2 {
		t.Errorf("%+v of %d", s, c.Expected)
	}
	_, err = l.SignCount(ctx, dewi, r, "HP", "")
	is("sign", err, nil)
	_, err = l.SignCount(ctx, dewi, r, "HP", "")
	is("sign twice", err, ledger.ErrConflict)
	s.Verify()
}

// TestCountChangesAreFound: who touches a count behind the log's back is found out.
func TestCountChangesAreFound(t *testing.T) {
	for _, change := range []string{
		`UPDATE count_differences SET now = '', found = 1`, `DELETE FROM count_boxes`, `UPDATE counts SET expected = expected + 1`,
		`UPDATE count_passes SET person = 'rina'`, `UPDATE samples SET seed = 'x'`, `UPDATE sample_boxes SET place = place + 100`,
	} {
		t.Run(change, func(t *testing.T) {
			s := newStore(t, ledgertest.NewFile(t, ledgertest.Event()))
			l, ctx := s.Ledger, t.Context()
			x, err := l.DrawSample(ctx, s.Sari, "dadu-1", 20, ledger.Scope{Area: "31.75"})
			if err != nil {
				t.Fatal(err)
			}
			c, err := l.OpenCount(ctx, s.Sari, ledger.CountScope{Sample: x.ID})
			if err == nil {
				_, err = l.JoinCount(ctx, s.people["budi"], c.ID)
			}
			if err == nil {
				_, err = l.CountScan(ctx, s.people["budi"], c.ID, ledger.NewID(), code.Parse(s.Label(s.boxes[7].Box, 1), s.Keys()))
			}
			if err == nil {
				err = l.EndPass(ctx, s.people["budi"], c.ID, "budi")
			}
			if err == nil {
				_, err = l.CompareCount(ctx, s.Sari, c.ID)
			}
			if err == nil {
				_, err = l.EndRecount(ctx, s.people["agus"], c.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
			s.Verify()
			exec(t, s.Path, change)
			r, err := l.Verify(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if r.OK() {
				t.Error("nobody noticed")
			}
		})
	}
}
