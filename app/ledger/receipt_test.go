package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/labels/code"

	"pgregory.net/rapid"
)

// place is where the tests receive.
const place = 61

func receive(tb testing.TB, f *ledgertest.Fixture, place int, id, text string) ledger.ReceiveJudgement {
	tb.Helper()
	j, err := f.Ledger.Receive(context.Background(), ledger.ReceiveRequest{ID: id, Place: place, Operator: "sari", Reading: code.Parse(text, f.Keys())})
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

// away loads these boxes onto a new truck of a dapil, which then departs.
func away(t *testing.T, f *ledgertest.Fixture, dock int, plate, dapil string, boxes ...ledger.BoxRow) ledger.Load {
	t.Helper()
	ld := f.Load(dock, plate, dapil)
	for _, b := range boxes {
		j, err := f.Ledger.Judge(t.Context(), ledger.ScanRequest{ID: ledger.NewID(), Dock: dock, Operator: "sari", Reading: code.Parse(f.Label(b.Box, 1), f.Keys())})
		if err != nil || j.Decision.Verdict != gate.Accepted {
			t.Fatalf("load %s: %s, %v", b.Box.ID(), j.Decision.Verdict, err)
		}
	}
	ld, err := f.Ledger.CloseLoad(t.Context(), f.Sari, dock, "uji")
	if err == nil {
		err = f.Ledger.Depart(t.Context(), f.Sari, ld.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ld
}

func TestReceipt(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	ctx := t.Context()
	cakung, matraman := f.Boxes(ledger.Filter{Area: "31.75.06"}), f.Boxes(ledger.Filter{Area: "31.75.01"})
	first := away(t, f, 1, "B 1 A", "4", append(slices.Clone(cakung[:6]), matraman[:2]...)...)
	second := away(t, f, 2, "B 2 A", "4", cakung[6:8]...)

	due, err := f.Ledger.LoadDue(ctx, first.ID)
	if err != nil || len(due) != 2 || due[0] != (ledger.Due{Kecamatan: "31.75.01", Name: "Matraman", Boxes: 2, Missing: 2}) || due[1].Missing != 6 {
		t.Fatalf("due %+v, %v", due, err)
	}
	open := func(load int64, kecamatan ...election.AreaCode) (ledger.Receipt, error) {
		return f.Ledger.OpenReceipt(ctx, f.Sari, place, load, kecamatan, "")
	}
	if v := receive(t, f, place, "s0", f.Label(cakung[0].Box, 1)).Verdict; v != gate.NoReceipt {
		t.Errorf("before anything is open: %s", v)
	}
	if _, err := open(first.ID); !errors.Is(err, ledger.ErrInvalid) || !strings.Contains(err.Error(), "31.75.06 Cakung") {
		t.Errorf("a load for two kecamatan, none said: %v", err)
	}
	if _, err := open(first.ID, "31.75.03"); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("a kecamatan that the load isn't for: %v", err)
	}
	if _, err := open(99); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no such load: %v", err)
	}
	r, err := open(first.ID, "31.75.06")
	if err != nil || r.Expected != 6 || r.Plate != "B 1 A" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := open(second.ID); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("two receipts at one place: %v", err)
	}
	if _, err := f.Ledger.OpenReceipt(ctx, f.Sari, 62, first.ID, []election.AreaCode{"31.75.06"}, ""); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("one load at two places: %v", err)
	}

	text := f.Label(cakung[0].Box, 1)
	j := receive(t, f, place, "s1", text)
	if j.Verdict != gate.Received || j.Position != 1 || j.Receipt.Count != 1 {
		t.Fatalf("%+v", j)
	}
	if again := receive(t, f, place, "s1", text); again.Verdict != gate.Received || again.Event.Hash != j.Event.Hash || again.Receipt.Count != 1 {
		t.Errorf("the same scan told twice: %+v", again)
	}
	if twice := receive(t, f, place, "s2", text); twice.Verdict != gate.AlreadyReceived || twice.ReceivedPlace != place || twice.Position != 1 {
		t.Errorf("the same box twice: %+v", twice)
	}
	if x := receive(t, f, place, "s3", f.Label(cakung[6].Box, 1)); x.Verdict != gate.NotOnList || x.OtherTruck != "B 2 A" || x.OtherLoad != second.ID {
		t.Errorf("a box of another truck: %+v", x)
	}
	if x := receive(t, f, place, "s4", f.Label(cakung[8].Box, 1)); x.Verdict != gate.NotOnList || x.OtherLoad != 0 {
		t.Errorf("a box that was never loaded: %+v", x)
	}
	if x := receive(t, f, place, "s5", f.Label(matraman[0].Box, 1)); x.Verdict != gate.WrongKecamatan || x.OtherLoad != first.ID {
		t.Errorf("a box of the truck's next stop: %+v", x)
	}
	five := f.Boxes(ledger.Filter{District: f.District("5"), Limit: 1})[0]
	if x := receive(t, f, place, "s6", f.Label(five.Box, 1)); x.Verdict != gate.WrongDistrict {
		t.Errorf("a box of another dapil: %+v", x)
	}
	for i, b := range cakung[1:4] {
		receive(t, f, place, fmt.Sprint("r", i), f.Label(b.Box, 1))
	}
	u, err := f.Ledger.Unreceive(ctx, f.Sari, place, "", "belum turun")
	if err != nil || u.Box != cakung[3].Box.ID() || u.Receipt.Count != 3 {
		t.Errorf("taking the last box back: %+v, %v", u, err)
	}
	if _, err := f.Ledger.Receive(ctx, ledger.ReceiveRequest{ID: "r2", Place: place, Operator: "sari", Reading: code.Parse(f.Label(cakung[3].Box, 1), f.Keys())}); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("an old green after its box was taken back: %v", err)
	}

	sign := func(s ledger.Signing) error { _, err := f.Ledger.SignReceipt(ctx, f.Sari, place, s); return err }
	if err := sign(ledger.Signing{Receiver: "Wati"}); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("nobody hands over: %v", err)
	}
	if err := sign(ledger.Signing{Deliverer: "Sari"}); !errors.Is(err, ledger.ErrInvalid) {
		t.Errorf("sari hands over to sari: %v", err)
	}
	if err := sign(ledger.Signing{Deliverer: "Budi", Receiver: "Wati", Extra: "dikembalikan"}); !errors.Is(err, ledger.ErrDifference) || !strings.Contains(err.Error(), "3 missing, 3 not on the list") {
		t.Errorf("missing boxes without a reason: %v", err)
	}
	if err := sign(ledger.Signing{Deliverer: "Budi", Receiver: "Wati", Extra: "dikembalikan", Missing: "tidak ada di truk",
		Reasons: map[string]string{cakung[4].Box.ID(): "basah"}, Note: "satu segel putus"}); err != nil {
		t.Fatal(err)
	}
	a, err := f.Ledger.Arrival(ctx, r.ID)
	if err != nil || a.Missing() != 3 || len(a.Boxes) != 6 || len(a.Extra) != 3 || a.Note != "satu segel putus" || a.Receipt.Receiver != "Wati" || a.Receipt.Deliverer != "Budi" {
		t.Fatalf("%+v, %v", a, err)
	}
	for i, b := range a.Boxes {
		want := map[int]string{3: "tidak ada di truk", 4: "basah", 5: "tidak ada di truk"}[i]
		if b.Reason != want || (b.Received == nil) != (want != "") || b.Box.ID() != cakung[i].Box.ID() {
			t.Errorf("box %d: %+v", i, b)
		}
	}
	for _, x := range a.Extra {
		want := map[string]gate.Verdict{five.Box.ID(): gate.WrongDistrict, cakung[6].Box.ID(): gate.NotOnList, cakung[8].Box.ID(): gate.NotOnList}[x.Box]
		if x.Reason != "dikembalikan" || x.Verdict != want || (x.Truck == "B 2 A") != (x.Box == cakung[6].Box.ID()) {
			t.Errorf("extra: %+v", x)
		}
	}
	if a.Others[gate.AlreadyReceived] != 1 || a.Others[gate.WrongKecamatan] != 1 {
		t.Errorf("others: %v", a.Others)
	}

	// What was missing may come later, and nothing else.
	if _, err := open(first.ID, "31.75.06"); err != nil {
		t.Fatal(err)
	}
	if x := receive(t, f, place, "l1", text); x.Verdict != gate.AlreadyReceived {
		t.Errorf("what the first receipt has: %+v", x)
	}
	for i, b := range cakung[3:6] {
		if x := receive(t, f, place, fmt.Sprint("l", i+2), f.Label(b.Box, 1)); x.Verdict != gate.Received {
			t.Errorf("what came later: %+v", x)
		}
	}
	if err := sign(ledger.Signing{Deliverer: "Budi"}); err != nil {
		t.Errorf("all there: %v", err)
	}
	if _, err := open(first.ID, "31.75.06"); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("a receipt with nothing to receive: %v", err)
	}

	// The box's own state, the counts, the progress and the trail tell of it.
	row, err := f.Ledger.Box(ctx, cakung[4].Box.ID())
	if err != nil || row.State != ledger.BoxReceived || row.Receipt != 2 {
		t.Errorf("%+v, %v", row, err)
	}
	n, err := f.Ledger.CountBoxes(ctx, ledger.Filter{})
	if err != nil || n.Departed != 10 || n.Received != 6 {
		t.Errorf("%+v, %v", n, err)
	}
	for state, want := range map[ledger.BoxState]int{ledger.BoxReceived: 6, ledger.BoxDeparted: 4} {
		if got := f.Boxes(ledger.Filter{State: state}); len(got) != want || got[0].State != state {
			t.Errorf("%s: %d boxes, want %d", state, len(got), want)
		}
	}
	p, err := f.Ledger.Progress(ctx, ledger.Filter{Area: "31.75.06"})
	if s := p.Total(); err != nil || s.Departed != 8 || s.Received != 6 {
		t.Errorf("%+v, %v", s, err)
	}
	tr, err := f.Ledger.Trail(ctx, cakung[4].Box.ID())
	if last := tr.Events[len(tr.Events)-1]; err != nil || last.Kind != ledger.BoxArrived || last.Dock != place {
		t.Errorf("%+v, %v", last, err)
	}
	left, err := f.Ledger.Deliveries(ctx)
	if err != nil || len(left) != 2 || left[0].Load.ID != second.ID || left[1].Missing != 2 {
		t.Errorf("on their way: %+v, %v", left, err)
	}
	f.Verify()
}

// TestReceiptOfWhatIsNotAway: a load that did not leave is not received, and a place where
// a load is open receives nothing.
func TestReceiptOfWhatIsNotAway(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	ctx := t.Context()
	b := f.Boxes(ledger.Filter{Area: "31.75.06", Limit: 1})[0]
	ld := f.Load(1, "B 1 A", "4")
	judge(t, f, "s1", f.Label(b.Box, 1))
	for _, state := range []string{"open", "closed"} {
		if state == "closed" {
			if _, err := f.Ledger.CloseLoad(ctx, f.Sari, 1, "uji"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.Ledger.OpenReceipt(ctx, f.Sari, place, ld.ID, nil, ""); !errors.Is(err, ledger.ErrConflict) || !strings.Contains(err.Error(), state) {
			t.Errorf("receive a load that is %s: %v", state, err)
		}
	}
	if err := f.Ledger.Depart(ctx, f.Sari, ld.ID); err != nil {
		t.Fatal(err)
	}
	f.Load(1, "B 2 A", "4")
	if _, err := f.Ledger.OpenReceipt(ctx, f.Sari, 1, ld.ID, nil, ""); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("receive where a load is open: %v", err)
	}
	auditor := ledger.Person{Name: "ratna", Role: ledger.Auditor}
	if _, err := f.Ledger.OpenReceipt(ctx, auditor, place, ld.ID, nil, ""); !errors.Is(err, ledger.ErrNotAllowed) {
		t.Errorf("an auditor receives: %v", err)
	}
	if _, err := f.Ledger.SignReceipt(ctx, f.Sari, place, ledger.Signing{Deliverer: "Budi"}); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("sign nothing: %v", err)
	}
}

// TestReceivedBoxesStayWhereTheyAre: the truck turns round after its first stop; what was
// received there can't be loaded a second time.
func TestReceivedBoxesStayWhereTheyAre(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	ctx := t.Context()
	boxes := f.Boxes(ledger.Filter{Area: "31.75.06"})[:3]
	ld := away(t, f, 1, "B 1 A", "4", boxes...)
	if _, err := f.Ledger.OpenReceipt(ctx, f.Sari, place, ld.ID, nil, ""); err != nil {
		t.Fatal(err)
	}
	if v := receive(t, f, place, "s1", f.Label(boxes[2].Box, 1)).Verdict; v != gate.Received {
		t.Fatal(v)
	}
	if _, err := f.Ledger.ReturnLoad(ctx, f.Sari, ld.ID, "ban pecah"); !errors.Is(err, ledger.ErrConflict) || !strings.Contains(err.Error(), "place 61") {
		t.Errorf("it returns while it is received: %v", err)
	}
	if _, err := f.Ledger.SignReceipt(ctx, f.Sari, place, ledger.Signing{Deliverer: "Budi", Missing: "ban pecah"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ledger.ReturnLoad(ctx, f.Sari, ld.ID, "ban pecah"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Ledger.ReopenLoad(ctx, f.Sari, ld.ID, "muat ulang"); err != nil {
		t.Fatal(err)
	}
	for _, box := range []string{"", boxes[2].Box.ID()} {
		if _, err := f.Ledger.Undo(ctx, f.Sari, 1, box, "salah"); !errors.Is(err, ledger.ErrConflict) || !strings.Contains(err.Error(), boxes[2].Box.ID()) {
			t.Errorf("a received box is taken off (%q): %v", box, err)
		}
	}
	if u, err := f.Ledger.Undo(ctx, f.Sari, 1, boxes[0].Box.ID(), "pindah truk"); err != nil || u.Load.Count != 2 {
		t.Errorf("one that came back: %+v, %v", u, err)
	}
	f.Verify()
}

// TestTwoPlacesReceiveTheSameBox: the box's row decides; one place is green.
func TestTwoPlacesReceiveTheSameBox(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	boxes := f.Boxes(ledger.Filter{Area: "31.75.06"})
	ld := away(t, f, 1, "B 1 A", "4", boxes...)
	if _, err := f.Ledger.OpenReceipt(t.Context(), f.Sari, 61, ld.ID, nil, ""); err != nil {
		t.Fatal(err)
	}
	// Two hands at one place, each with the same pile.
	verdicts := make(chan gate.Verdict, 2*len(boxes))
	failed := make(chan error, 2)
	for hand := range 2 {
		go func() {
			for i, b := range boxes {
				j, err := f.Ledger.Receive(context.Background(), ledger.ReceiveRequest{ID: fmt.Sprintf("h%d-%d", hand, i), Place: 61, Operator: "sari", Reading: code.Parse(f.Label(b.Box, 1), f.Keys())})
				if err != nil {
					failed <- err
					return
				}
				verdicts <- j.Verdict
			}
			failed <- nil
		}()
	}
	for range 2 {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	close(verdicts)
	n := map[gate.Verdict]int{}
	for v := range verdicts {
		n[v]++
	}
	if n[gate.Received] != len(boxes) || n[gate.AlreadyReceived] != len(boxes) {
		t.Errorf("verdicts %v for %d boxes", n, len(boxes))
	}
	f.Verify()
}

func TestVerifyRebuildsReceipts(t *testing.T) {
	for name, sql := range map[string]string{
		"table receipts":      `UPDATE receipts SET receiver = 'eve'`,
		"table receipt_boxes": `INSERT INTO receipt_boxes SELECT box, load, 1, 99, '' FROM load_boxes WHERE box NOT IN (SELECT box FROM receipt_boxes)`,
	} {
		t.Run(name, func(t *testing.T) {
			f := ledgertest.NewFile(t, ledgertest.Event())
			f.PrintAll()
			boxes := f.Boxes(ledger.Filter{Area: "31.75.06"})
			ld := away(t, f, 1, "B 1 A", "4", boxes[:3]...)
			if _, err := f.Ledger.OpenReceipt(t.Context(), f.Sari, place, ld.ID, nil, ""); err != nil {
				t.Fatal(err)
			}
			receive(t, f, place, "s1", f.Label(boxes[0].Box, 1))
			if _, err := f.Ledger.SignReceipt(t.Context(), f.Sari, place, ledger.Signing{Deliverer: "Budi", Missing: "tertinggal"}); err != nil {
				t.Fatal(err)
			}
			f.Verify()
			exec(t, f.Path, sql)
			r, err := f.Ledger.Verify(t.Context())
			if err != nil || len(r.Faults) != 1 || !strings.Contains(r.Faults[0].String(), name) {
				t.Errorf("%+v, %v", r.Faults, err)
			}
		})
	}
}

// TestReceivingModel throws scans of everything at receipts of several loads: a box is green
// at most once, and only while the load that has it is received for its kecamatan.
func TestReceivingModel(t *testing.T) {
	f := ledgertest.New(t)
	f.PrintAll()
	all := f.Boxes(ledger.Filter{})
	carried := map[string]int64{}
	loads := []ledger.Load{}
	for i, dapil := range []string{"4", "4", "5"} {
		var on []ledger.BoxRow
		for n, b := range f.Boxes(ledger.Filter{District: f.District(dapil)}) {
			if n%3 == i {
				on = append(on, b)
			}
		}
		ld := away(t, f, i+1, fmt.Sprintf("B %d A", i), dapil, on...)
		loads = append(loads, ld)
		for _, b := range on {
			carried[b.Box.ID()] = ld.ID
		}
	}
	ctx := context.Background()
	green := map[string]bool{} // over all rounds: receipts are not undone
	rapid.Check(t, func(rt *rapid.T) {
		open := map[int]*ledger.Receipt{}
		rt.Repeat(map[string]func(*rapid.T){
			"open": func(rt *rapid.T) {
				at := rapid.IntRange(61, 62).Draw(rt, "place")
				ld := rapid.SampledFrom(loads).Draw(rt, "load")
				due, err := f.Ledger.LoadDue(ctx, ld.ID)
				if err != nil {
					rt.Fatal(err)
				}
				d := rapid.SampledFrom(due).Draw(rt, "kecamatan")
				taken := open[at] != nil
				for _, r := range open {
					taken = taken || r.Load == ld.ID && slices.Contains(r.Kecamatan, d.Kecamatan)
				}
				r, err := f.Ledger.OpenReceipt(ctx, f.Sari, at, ld.ID, []election.AreaCode{d.Kecamatan}, "")
				if can := !taken && d.Missing > 0; (err == nil) != can {
					rt.Fatalf("open at %d: %v, possible %v", at, err, can)
				}
				if err == nil {
					open[at] = &r
				}
			},
			"scan": func(rt *rapid.T) {
				at := rapid.IntRange(61, 62).Draw(rt, "place")
				b := rapid.SampledFrom(all).Draw(rt, "box")
				id := b.Box.ID()
				j := receive(t, f, at, ledger.NewID(), f.Label(b.Box, 1))
				r := open[at]
				may := r != nil && carried[id] == r.Load && slices.Contains(r.Kecamatan, b.Box.Area.Kecamatan()) && !green[id]
				if (j.Verdict == gate.Received) != may {
					rt.Fatalf("%s at %d: %s, on the list and new: %v", id, at, j.Verdict, may)
				}
				if may {
					green[id] = true
				}
			},
			"take back": func(rt *rapid.T) {
				at := rapid.IntRange(61, 62).Draw(rt, "place")
				u, err := f.Ledger.Unreceive(ctx, f.Sari, at, "", "uji")
				if err == nil && (!green[u.Box] || open[at] == nil) {
					rt.Fatalf("%s was taken back at %d", u.Box, at)
				}
				delete(green, u.Box)
			},
			"sign": func(rt *rapid.T) {
				at := rapid.IntRange(61, 62).Draw(rt, "place")
				_, err := f.Ledger.SignReceipt(ctx, f.Sari, at, ledger.Signing{Deliverer: "Budi", Missing: "uji", Extra: "uji"})
				if (err == nil) != (open[at] != nil) {
					rt.Fatalf("sign at %d: %v", at, err)
				}
				delete(open, at)
			},
		})
		for at := range open {
			if _, err := f.Ledger.SignReceipt(ctx, f.Sari, at, ledger.Signing{Deliverer: "Budi", Missing: "uji", Extra: "uji"}); err != nil {
				rt.Fatal(err)
			}
		}
	})
	if n := len(f.Boxes(ledger.Filter{State: ledger.BoxReceived})); n != len(green) || n == 0 {
		t.Errorf("%d boxes are received, the model says %d", n, len(green))
	}
	f.Verify()
}
