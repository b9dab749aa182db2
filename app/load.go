package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/labels/code"
)

func (c *cli) cmdLoad(ctx context.Context, args []string) error {
	return c.sub(ctx, "load", args, map[string]func(context.Context, []string) error{
		"open": c.loadOpen, "scan": c.loadScan, "lost": c.loadLost, "undo": c.loadUndo, "summary": c.loadSummary, "count": c.loadCount, "close": c.loadClose,
		"unlock": c.loadUnlock, "takeover": c.loadTakeOver, "reopen": c.loadReopen, "reassign": c.loadReassign,
		"depart": c.loadDepart, "return": c.loadReturn, "list": c.loadList,
	})
}

// loadJSON is a load as scripts read it.
type loadJSON struct {
	Load      int64               `json:"load"`
	Truck     string              `json:"truck"`
	Driver    string              `json:"driver,omitempty"`
	District  string              `json:"district"`
	Kecamatan []election.AreaCode `json:"kecamatan,omitempty"`
	Dock      int                 `json:"dock"`
	Operator  string              `json:"operator"`
	State     ledger.LoadState    `json:"state"`
	Opened    string              `json:"opened"`
	Closed    string              `json:"closed,omitempty"`
	Count     int                 `json:"count"`
	Expected  int                 `json:"expected,omitempty"`
	Shortage  string              `json:"shortage,omitempty"`
}

const jsonTime = "2006-01-02T15:04:05.000Z07:00"

func loadOf(l ledger.Load, expected int) loadJSON {
	j := loadJSON{Load: l.ID, Truck: l.Plate, Driver: l.Driver, District: l.District.Spaced(), Kecamatan: l.Kecamatan, Dock: l.Dock,
		Operator: l.Operator, State: l.State, Opened: l.Opened.Format(jsonTime), Count: l.Count, Expected: expected, Shortage: l.Shortage}
	if !l.Closed.IsZero() {
		j.Closed = l.Closed.Format(jsonTime)
	}
	return j
}

func (c *cli) putLoad(f *flags, l ledger.Load, expected int) error {
	if f.json {
		return c.out(loadOf(l, expected))
	}
	count := fmt.Sprint(l.Count)
	if expected > 0 {
		count = fmt.Sprintf("%d of %d", l.Count, expected)
	}
	return c.printf("load %d  %-12s %-14s dock %d  %-8s %s boxes\n", l.ID, l.Plate, l.District.Spaced(), l.Dock, l.State, count)
}

// station opens the ledger and takes over the dock for one who acts there.
func (c *cli) station(ctx context.Context, f *flags, number int) (*ledger.Ledger, *dock.Station, error) {
	l, p, err := f.begin(ctx)
	if err != nil {
		return nil, nil, err
	}
	s, err := dock.Open(ctx, l, number)
	if err == nil {
		if err = f.remember(ctx, s); err == nil {
			err = s.SetOperator(ctx, p)
		}
		if err != nil {
			s.Close()
		}
	}
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, s, nil
}

// memoryFolder is where docks keep what a server confirmed to them: on the disk of their own
// computer.
func memoryFolder() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("where to keep the dock's memory: %w", err)
	}
	return filepath.Join(dir, "dapilgate"), nil
}

// remember makes the dock keep what the ledger confirms, where that is on a server.
func (f *flags) remember(ctx context.Context, s *dock.Station) error {
	if !ledger.IsServer(f.ledger) {
		return nil
	}
	folder, err := memoryFolder()
	if err != nil {
		return err
	}
	return s.Remember(ctx, folder)
}

// loadLost tells which confirmed scans the server lacks, and notes it where a reason is
// given.
func (c *cli) loadLost(ctx context.Context, args []string) error {
	f := c.flags("load lost").actor()
	number := f.dock()
	reason := f.String("reason", "", "note it, for this `REASON`, and let the dock go on")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, p, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := dock.Open(ctx, l, *number)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := f.remember(ctx, s); err != nil {
		return err
	}
	var lost *dock.LostError
	if a := s.Away(); a == nil || !errors.As(a.Err, &lost) {
		return c.printf("dock %d: the ledger has all that it confirmed\n", *number)
	}
	if *reason == "" {
		return refusal(lost)
	}
	if err := s.AcceptLoss(ctx, p, *reason); err != nil {
		return err
	}
	return c.printf("dock %d: noted; scan these boxes again: %s\n", *number, strings.Join(lost.Boxes, " "))
}

func (c *cli) loadOpen(ctx context.Context, args []string) error {
	f := c.flags("load open").actor()
	truck := f.String("truck", "", "`PLATE` of the truck")
	district := f.String("district", "", "routing `DISTRICT`: DPRDP:310004 or 4")
	number := f.dock()
	var kec areaList
	f.Var(&kec, "kecamatan", "only this kecamatan `CODE` (may be repeated)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *truck == "" || *district == "" {
		return usagef("load open needs --truck PLATE and --district DISTRICT")
	}
	l, s, err := c.station(ctx, f, *number)
	if err != nil {
		return err
	}
	defer l.Close()
	defer s.Close()
	d, err := l.Event().ResolveDistrict(*district)
	if err != nil {
		return fmt.Errorf("%w: --district: %w", errUsage, err)
	}
	ld, err := s.OpenLoad(ctx, *truck, d, kec)
	if err != nil {
		return err
	}
	expected, err := l.Expected(ctx, ld)
	if err != nil {
		return err
	}
	return c.putLoad(f, ld, expected)
}

// scanJSON is one line of `load scan`: the contract with scripts.
type scanJSON struct {
	Seq          int64        `json:"seq"`
	Scan         string       `json:"scan"`
	Verdict      string       `json:"verdict"`
	Box          string       `json:"box,omitempty"`
	BoxDistrict  string       `json:"box_district,omitempty"`
	LoadDistrict string       `json:"load_district,omitempty"`
	Truck        string       `json:"truck,omitempty"`
	Message      string       `json:"message"`
	Command      code.Command `json:"command,omitempty"`
	Hold         string       `json:"hold,omitempty"`
	Position     int          `json:"position,omitempty"`
	Count        int          `json:"count"`
	Expected     int          `json:"expected"`
	OtherTruck   string       `json:"other_truck,omitempty"`
	OtherLoad    int64        `json:"other_load,omitempty"`
	LockedBy     string       `json:"locked_by,omitempty"`
	Error        string       `json:"error,omitempty"`
}

// verdictCommand stands where a line was a command code.
const verdictCommand = "command"

func scanOf(r dock.Result) scanJSON {
	j := scanJSON{Seq: r.Seq, Scan: r.Scan, Verdict: string(r.Verdict), Box: r.Box, BoxDistrict: r.BoxDistrict.Spaced(),
		LoadDistrict: r.LoadDistrict.Spaced(), Truck: r.Truck, Message: words.Line(r), Command: r.Command, Hold: r.Hold,
		Position: r.Position, Count: r.Count, Expected: r.Expected, OtherTruck: r.OtherTruck, OtherLoad: r.OtherLoad}
	if r.Command != "" {
		j.Verdict = verdictCommand
	}
	if r.Lock != nil {
		j.LockedBy = r.Lock.Box
	}
	if r.Err != nil {
		j.Error = r.Err.Error()
	}
	return j
}

// loadScan judges one scan a line. Each answer is written before the next line is read.
func (c *cli) loadScan(ctx context.Context, args []string) error {
	f := c.flags("load scan").actor()
	number := f.dock()
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, s, err := c.station(ctx, f, *number)
	if err != nil {
		return err
	}
	defer l.Close()
	defer s.Close()
	s.KeepBackups(f.backupPlan()) // a scanned code may close the load
	refused := false
	err = c.eachScan(ctx, func(line string) error {
		r := s.Scan(ctx, line)
		refused = refused || r.Refused() || r.Err != nil
		return c.out(scanOf(r))
	})
	if err != nil {
		return err
	}
	if refused {
		return errRefused
	}
	return nil
}

// eachScan gives each line of the standard input that is a scan to answer, until one fails.
func (c *cli) eachScan(ctx context.Context, answer func(line string) error) error {
	in := bufio.NewReaderSize(c.stdin, 64<<10)
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read scans: %w", err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if strings.TrimSpace(line) == "" {
			continue // an empty line is a scanner's second terminator, not a scan
		}
		if err := answer(line); err != nil {
			return err
		}
	}
}

// readLine reads one line of any length and keeps the beginning of it: a line of a
// megabyte is one unreadable scan, not a full memory. A last line without an end counts.
func readLine(in *bufio.Reader) (string, error) {
	var b []byte
	for {
		part, err := in.ReadSlice('\n')
		if len(b) <= code.MaxScan {
			b = append(b, part...)
		}
		switch {
		case err == nil:
			return string(b), nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(b) > 0:
			return string(b), nil
		default:
			return "", err
		}
	}
}

func (c *cli) loadUndo(ctx context.Context, args []string) error {
	undo := func(s *dock.Station, box, reason string) (dock.Result, error) { return s.UndoBox(ctx, box, reason) }
	return c.undo(ctx, "load undo", args, undo, func(r dock.Result) (string, any, string) {
		return "truck", r.Truck, fmt.Sprintf("%s is off %s; %d boxes are on it\n", r.Box, r.Truck, r.Count)
	})
}

// undo takes a box off what is open at a dock or a place. What it was taken off has a name
// in JSON; tell gives that, and a sentence.
func (c *cli) undo(ctx context.Context, name string, args []string, act func(s *dock.Station, box, reason string) (dock.Result, error),
	tell func(dock.Result) (key string, off any, sentence string)) error {
	f := c.flags(name).actor()
	number := f.dock()
	box := f.String("box", "", "take this `BOX` off again (default: the last one)")
	reason := f.String("reason", "", "why")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, s, err := c.station(ctx, f, *number)
	if err != nil {
		return err
	}
	defer l.Close()
	defer s.Close()
	r, err := act(s, *box, *reason)
	if err != nil {
		return refusal(err)
	}
	key, off, sentence := tell(r)
	if f.json {
		return c.out(map[string]any{"box": r.Box, key: off, "count": r.Count, "seq": r.Seq})
	}
	return c.printf("%s", sentence)
}

// refusal marks errors by which the gate, not the machine, said no. The cause is kept, so
// that it is printed.
func refusal(err error) error {
	if errors.Is(err, dock.ErrLost) || errors.Is(err, ledger.ErrShortage) || errors.Is(err, ledger.ErrUncounted) || errors.Is(err, ledger.ErrLocked) || errors.Is(err, ledger.ErrConflict) {
		return &refusedError{err}
	}
	return err
}

// refusedError is a refusal with its cause.
type refusedError struct{ err error }

func (e *refusedError) Error() string   { return e.err.Error() }
func (e *refusedError) Unwrap() []error { return []error{errRefused, e.err} }

func (c *cli) loadUnlock(ctx context.Context, args []string) error {
	f := c.flags("load unlock").seconded()
	number := f.dock()
	reason := f.String("reason", "", "why the refused box itself can't be scanned")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, p, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.ClearLock(ctx, p, *number, *reason); err != nil {
		return refusal(err)
	}
	if f.json {
		return c.out(map[string]any{"dock": *number, "locked": false})
	}
	return c.printf("dock %d is free\n", *number)
}

func (c *cli) loadDepart(ctx context.Context, args []string) error {
	f := c.flags("load depart").actor()
	id := f.Int64("load", 0, "number of the closed load")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *id == 0 {
		return usagef("load depart needs --load N; 'load list' shows the numbers")
	}
	l, p, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := l.Depart(ctx, p, *id); err != nil {
		return refusal(err)
	}
	ld, err := l.LoadByID(ctx, *id)
	if err != nil {
		return err
	}
	return c.putLoad(f, ld, 0)
}

func (c *cli) loadList(ctx context.Context, args []string) error {
	f := c.flags("load list")
	state := f.String("state", "", "open, closed or departed")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	loads, err := l.Loads(ctx, ledger.LoadState(*state))
	if err != nil {
		return err
	}
	for _, ld := range loads {
		if err := c.putLoad(f, ld, 0); err != nil {
			return err
		}
	}
	return nil
}
