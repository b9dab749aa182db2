package main

import (
	"context"
	"fmt"

	"dapilgate/app/ledger"
)

// loadTakeOver hands a dock's open load to the next shift.
func (c *cli) loadTakeOver(ctx context.Context, args []string) error {
	f := c.flags("load takeover").actor()
	number := f.dock()
	count := f.Int("count", -1, "boxes that were counted on the truck")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *count < 0 {
		return usagef("load takeover needs --count N, the boxes that were counted on the truck")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	ld, err := l.TakeOver(ctx, by, *number, *count)
	if err != nil {
		return refusal(err)
	}
	return c.putLoad(f, ld, 0)
}

// loadReopen opens a closed load again.
func (c *cli) loadReopen(ctx context.Context, args []string) error {
	f := c.flags("load reopen").seconded()
	id := f.Int64("load", 0, "number of the closed load")
	reason := f.String("reason", "", "why")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *id == 0 {
		return usagef("load reopen needs --load N; 'load list' shows the numbers")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	ld, err := l.ReopenLoad(ctx, by, *id, *reason)
	if err != nil {
		return refusal(err)
	}
	return c.putLoad(f, ld, 0)
}

// loadReassign moves an open load to another truck, dock or district.
func (c *cli) loadReassign(ctx context.Context, args []string) error {
	f := c.flags("load reassign").seconded()
	id := f.Int64("load", 0, "number of the open load")
	var to ledger.Reassign
	f.StringVar(&to.Plate, "truck", "", "`PLATE` of the truck that takes the boxes")
	f.IntVar(&to.Dock, "dock", 0, "dock `N` that goes on with it")
	f.StringVar(&to.Reason, "reason", "", "why")
	district := f.String("district", "", "routing `DISTRICT` of an empty load")
	var kec areaList
	f.Var(&kec, "kecamatan", "only this kecamatan `CODE` (may be repeated)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *id == 0 || to.Plate == "" && to.Dock == 0 && *district == "" {
		return usagef("load reassign needs --load N, and --truck, --dock or --district; 'load list' shows the numbers")
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if *district != "" {
		if to.District, err = l.Event().ResolveDistrict(*district); err != nil {
			return fmt.Errorf("%w: --district: %w", errUsage, err)
		}
		to.Kecamatan = kec
	}
	ld, err := l.ReassignLoad(ctx, by, *id, to)
	if err != nil {
		return refusal(err)
	}
	return c.putLoad(f, ld, 0)
}
