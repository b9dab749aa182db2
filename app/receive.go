package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/report"
	"dapilgate/app/words"
)

func (c *cli) cmdReceive(ctx context.Context, args []string) error {
	return c.sub(ctx, "receive", args, map[string]func(context.Context, []string) error{
		"open": c.receiveOpen, "scan": c.receiveScan, "undo": c.receiveUndo, "close": c.receiveClose, "list": c.receiveList, "due": c.receiveDue,
	})
}

// receiptJSON is a receipt as scripts read it.
type receiptJSON struct {
	Receipt   int64               `json:"receipt"`
	Load      int64               `json:"load"`
	Truck     string              `json:"truck"`
	Kecamatan []election.AreaCode `json:"kecamatan"`
	Place     int                 `json:"place"`
	Operator  string              `json:"operator"`
	State     ledger.ReceiptState `json:"state"`
	Opened    string              `json:"opened"`
	Signed    string              `json:"signed,omitempty"`
	Expected  int                 `json:"expected"`
	Count     int                 `json:"count"`
	Missing   int                 `json:"missing"`
	Deliverer string              `json:"deliverer,omitempty"`
	Receiver  string              `json:"receiver,omitempty"`
}

func receiptOf(r ledger.Receipt) receiptJSON {
	j := receiptJSON{Receipt: r.ID, Load: r.Load, Truck: r.Plate, Kecamatan: r.Kecamatan, Place: r.Dock, Operator: r.Operator, State: r.State,
		Opened: r.Opened.Format(jsonTime), Expected: r.Expected, Count: r.Count, Missing: r.Missing(), Deliverer: r.Deliverer, Receiver: r.Receiver}
	if !r.Signed.IsZero() {
		j.Signed = r.Signed.Format(jsonTime)
	}
	return j
}

func (c *cli) putReceipt(f *flags, r ledger.Receipt) error {
	if f.json {
		return c.out(receiptOf(r))
	}
	var kec []string
	for _, k := range r.Kecamatan {
		kec = append(kec, string(k))
	}
	who := ""
	if r.State == ledger.ReceiptDone {
		who = fmt.Sprintf("  %s to %s", r.Deliverer, r.Receiver)
	}
	return c.printf("receipt %d  load %d  %-12s %-9s place %d  %-6s %d of %d boxes%s\n", r.ID, r.Load, r.Plate, strings.Join(kec, ","), r.Dock, r.State, r.Count, r.Expected, who)
}

func (c *cli) receiveOpen(ctx context.Context, args []string) error {
	f := c.flags("receive open").actor()
	place := f.dock()
	load := f.Int64("load", 0, "`NUMBER` of the load; 'receive due' shows the numbers")
	paper := f.String("paper", "", "or the scanned `CODE` of its surat jalan")
	var kec areaList
	f.Var(&kec, "kecamatan", "receive what is for this kecamatan `CODE` (may be repeated; needed where the load is for several)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if (*load == 0) == (*paper == "") {
		return usagef("receive open needs --load NUMBER or --paper CODE, and not both")
	}
	l, s, err := c.station(ctx, f, *place)
	if err != nil {
		return err
	}
	defer l.Close()
	defer s.Close()
	x := s.Receiving()
	var r ledger.Receipt
	if *paper != "" {
		r, err = x.OpenPaper(ctx, *paper, kec)
	} else {
		r, err = x.Open(ctx, *load, kec, "")
	}
	if err != nil {
		return receiptRefusal(err)
	}
	return c.putReceipt(f, r)
}

// receiptRefusal is refusal for receipts.
func receiptRefusal(err error) error {
	if errors.Is(err, ledger.ErrDifference) {
		return &refusedError{err}
	}
	return refusal(err)
}

// arrivalJSON is one line of `receive scan`: the contract with scripts.
type arrivalJSON struct {
	Seq          int64             `json:"seq"`
	Scan         string            `json:"scan"`
	Verdict      string            `json:"verdict"`
	Box          string            `json:"box,omitempty"`
	BoxDistrict  string            `json:"box_district,omitempty"`
	Kecamatan    election.AreaCode `json:"kecamatan,omitempty"` // where the box belongs
	Receipt      int64             `json:"receipt,omitempty"`
	Truck        string            `json:"truck,omitempty"`
	LoadDistrict string            `json:"load_district,omitempty"`
	Message      string            `json:"message"`
	Position     int               `json:"position,omitempty"`
	Count        int               `json:"count"`
	Expected     int               `json:"expected"`
	Missing      int               `json:"missing"`
	OtherTruck   string            `json:"other_truck,omitempty"` // that has the box in the record
	OtherLoad    int64             `json:"other_load,omitempty"`
	Error        string            `json:"error,omitempty"`
}

func arrivalOf(r dock.Result) arrivalJSON {
	j := arrivalJSON{Seq: r.Seq, Scan: r.Scan, Verdict: string(r.Verdict), Box: r.Box, BoxDistrict: r.BoxDistrict.Spaced(), Kecamatan: r.Area.Kecamatan(),
		Receipt: r.Receipt, Truck: r.Truck, LoadDistrict: r.LoadDistrict.Spaced(), Message: words.Line(r), Position: r.Position, Count: r.Count, Expected: r.Expected,
		Missing: r.Expected - r.Count, OtherTruck: r.OtherTruck, OtherLoad: r.OtherLoad}
	if r.Err != nil {
		j.Error = r.Err.Error()
	}
	return j
}

// verdictOpened stands where a line was the code of a surat jalan, and its receipt is open.
const verdictOpened = "opened"

// receiveScan judges one scan a line; each answer is written before the next line is read.
// The code of a surat jalan opens its receipt.
func (c *cli) receiveScan(ctx context.Context, args []string) error {
	f := c.flags("receive scan").actor()
	place := f.dock()
	var kec areaList
	f.Var(&kec, "kecamatan", "of a scanned surat jalan receive what is for this kecamatan `CODE` (may be repeated)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, s, err := c.station(ctx, f, *place)
	if err != nil {
		return err
	}
	defer l.Close()
	defer s.Close()
	x := s.Receiving()
	refused := false
	err = c.eachScan(ctx, func(line string) error {
		var j arrivalJSON
		if x.IsPaper(line) {
			j = arrivalJSON{Scan: strings.TrimSpace(line), Verdict: verdictOpened}
			if r, err := x.OpenPaper(ctx, line, kec); err != nil {
				refused, j.Verdict, j.Error, j.Message = true, "", err.Error(), words.Error(err)
			} else {
				j.Receipt, j.Truck, j.Expected, j.Missing = r.ID, r.Plate, r.Expected, r.Expected
				j.Message = words.T("receive.opened", words.Data{"Truck": r.Plate, "Expected": words.Number(r.Expected)})
			}
		} else {
			r := x.Scan(ctx, line)
			refused = refused || r.Refused() || r.Err != nil
			j = arrivalOf(r)
		}
		return c.out(j)
	})
	if err != nil {
		return err
	}
	if refused {
		return errRefused
	}
	return nil
}

func (c *cli) receiveUndo(ctx context.Context, args []string) error {
	undo := func(s *dock.Station, box, reason string) (dock.Result, error) {
		return s.Receiving().Undo(ctx, box, reason)
	}
	return c.undo(ctx, "receive undo", args, undo, func(r dock.Result) (string, any, string) {
		return "receipt", r.Receipt, fmt.Sprintf("%s is not received; %d of %d boxes are\n", r.Box, r.Count, r.Expected)
	})
}

// receiveClose signs the receipt that is open here.
func (c *cli) receiveClose(ctx context.Context, args []string) error {
	f := c.flags("receive close").actor()
	place := f.dock()
	s := ledger.Signing{Reasons: map[string]string{}}
	f.StringVar(&s.Deliverer, "deliverer", "", "`NAME` of the one who hands over: driver or petugas")
	f.StringVar(&s.Receiver, "receiver", "", "`NAME` of the one who receives (default: the one who acts)")
	f.StringVar(&s.Missing, "missing", "", "`REASON` for the boxes that did not arrive")
	f.StringVar(&s.Extra, "extra", "", "`REASON`, or what becomes of the boxes that are not on the list")
	f.StringVar(&s.Note, "note", "", "`REMARK` of either, such as a broken seal")
	f.Func("reason", "`BOX=REASON` or KELURAHAN=REASON, in the place of --missing and --extra (may be repeated)", func(v string) error {
		key, reason, ok := strings.Cut(v, "=")
		if key = strings.ToUpper(strings.TrimSpace(key)); !ok || key == "" || strings.TrimSpace(reason) == "" {
			return errors.New("expected BOX=REASON or KELURAHAN=REASON")
		}
		_, _, _, boxErr := election.ParseBoxID(key)
		if a, err := election.ParseArea(key); boxErr != nil && (err != nil || a.Level() != election.LevelKelurahan) {
			return fmt.Errorf("%q is neither a box (31.75.06.1001-001-DPRDP) nor a kelurahan (31.75.06.1001)", key)
		}
		s.Reasons[key] = reason
		return nil
	})
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if s.Deliverer == "" {
		return usagef("receive close needs --deliverer NAME: two people sign")
	}
	l, st, err := c.station(ctx, f, *place)
	if err != nil {
		return err
	}
	defer l.Close()
	defer st.Close()
	st.KeepBackups(f.backupPlan())
	r, err := st.Receiving().Sign(ctx, ledger.Person{}, s)
	if err != nil {
		return receiptRefusal(err)
	}
	if _, err := st.Backup(); err != nil { // it is signed all the same
		fmt.Fprintf(c.stderr, "dapilgate: %v\n", err)
	}
	return c.putReceipt(f, r)
}

func (c *cli) receiveList(ctx context.Context, args []string) error {
	f := c.flags("receive list")
	state := f.String("state", "", "open or signed")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if !slices.Contains([]string{"", string(ledger.ReceiptOpen), string(ledger.ReceiptDone)}, *state) {
		return usagef("--state %q: open or signed", *state)
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := l.Receipts(ctx, ledger.ReceiptState(*state))
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := c.putReceipt(f, r); err != nil {
			return err
		}
	}
	return nil
}

// receiveDue lists the loads that are on their way, and what of them is still to be
// received.
func (c *cli) receiveDue(ctx context.Context, args []string) error {
	f := c.flags("receive due")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := l.Deliveries(ctx)
	if err != nil {
		return err
	}
	for _, d := range all {
		due, err := l.LoadDue(ctx, d.Load.ID)
		if err != nil {
			return err
		}
		for _, x := range due {
			if x.Missing == 0 {
				continue
			}
			if f.json {
				err = c.out(map[string]any{"load": d.Load.ID, "truck": d.Load.Plate, "driver": d.Load.Driver, "kecamatan": x.Kecamatan, "name": x.Name, "boxes": x.Boxes, "missing": x.Missing})
			} else {
				err = c.printf("load %d  %-12s %-9s %-20s %d of %d boxes to be received\n", d.Load.ID, d.Load.Plate, x.Kecamatan, x.Name, x.Missing, x.Boxes)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// reportTandaTerima writes the paper of a receipt. With --as it is issued, with a copy for
// each holder. Without, it is a copy for the eye.
func (c *cli) reportTandaTerima(ctx context.Context, args []string) error {
	f := c.flags("report tanda-terima").actor()
	receipt := f.Int64("receipt", 0, "`NUMBER` of the receipt; 'receive list' shows the numbers")
	o := f.outputs("pdf", "xlsx", "csv")
	p := report.Paper{At: time.Now()}
	f.Var((*textList)(&p.Copy), "copy", "`HOLDER` of a copy (may be repeated; default: "+strings.Join(report.Holders, ", ")+")")
	f.StringVar(&p.Office, "office", "", "`OFFICE` that hands over (default: the KPU of the load's kota)")
	f.StringVar(&p.Destination, "destination", "", "`WHO` receives (default: the PPK of the kecamatan)")
	f.StringVar(&p.Escort, "escort", "", "`NAME` of the escort (default: that of the surat jalan)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *receipt == 0 {
		return usagef("report tanda-terima needs --receipt NUMBER; 'receive list' shows the numbers")
	}
	if err := o.free([]string{"pdf", "xlsx", "csv"}); err != nil {
		return err
	}
	if f.as != "" && len(*o) == 0 {
		return usagef("report tanda-terima --as %s records an issue: say where to with --out FILE.pdf", f.as)
	}
	l, by, err := c.perhaps(ctx, f)
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := l.ReceiptByID(ctx, *receipt)
	if err != nil {
		return err
	}
	p.Face, p.By = faceOf(ctx, l)(r.District), by.Name
	var d *report.Document
	if f.as != "" {
		d, err = report.IssueReceipt(ctx, l, by, *receipt, p)
	} else {
		d, err = report.OfReceipt(ctx, l, *receipt, p)
	}
	if err != nil {
		return refusal(err)
	}
	return c.put(f, o, d, fmt.Sprintf("%s %s: %s, %d of %d boxes\n", d.Title, d.Number, r.Plate, r.Count, r.Expected))
}
