package main

import (
	"context"
	"errors"
	"fmt"

	"dapilgate/app/audit"
	"dapilgate/app/ledger"
)

var errFaults = errors.New("the record is not as it was written")

func (c *cli) cmdAudit(ctx context.Context, args []string) error {
	return c.sub(ctx, "audit", args, map[string]func(context.Context, []string) error{
		"trail": c.auditTrail, "count": c.auditCount, "verify": c.auditVerify, "export": c.auditExport,
	})
}

func (c *cli) auditTrail(ctx context.Context, args []string) error {
	f := c.flags("audit trail")
	box, err := f.read(args, 1)
	if err != nil {
		return err
	}
	if len(box) == 0 {
		return usagef("audit trail BOX, for example 31.75.06.1001-001-DPRDP")
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	t, err := l.Trail(ctx, box[0])
	if err != nil {
		return err
	}
	story := audit.Tell(t)
	if f.json {
		return c.out(story)
	}
	if err := c.printf("%s  %s, %s  %s\nstate: %s", story.Box, story.Kelurahan, story.Kecamatan, story.District, story.State); err != nil {
		return err
	}
	if story.Truck != "" {
		if err := c.printf(" on %s (load %d)", story.Truck, story.Load); err != nil {
			return err
		}
	}
	if err := c.printf("\n"); err != nil {
		return err
	}
	for _, s := range story.Steps {
		where := "office"
		if s.Dock != ledger.Office {
			where = fmt.Sprintf("dock %d", s.Dock)
		}
		if err := c.printf("%s  %-8s %-12s %s\n", s.At.Local().Format("2006-01-02 15:04:05"), where, s.Actor, s.What); err != nil {
			return err
		}
	}
	return nil
}

func (c *cli) auditCount(ctx context.Context, args []string) error {
	f := c.flags("audit count")
	x := f.filter()
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	filter, err := x.filter(l.Event())
	if err != nil {
		return err
	}
	n, err := l.CountBoxes(ctx, filter)
	if err != nil {
		return err
	}
	if f.json {
		return c.out(map[string]int{"boxes": n.Boxes, "printed": n.Printed, "loaded": n.Loaded, "departed": n.Departed})
	}
	return c.printf("%d boxes: %d with a label, %d loaded, %d departed\n", n.Boxes, n.Printed, n.Loaded, n.Departed)
}

func (c *cli) auditVerify(ctx context.Context, args []string) error {
	f := c.flags("audit verify")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	r, err := l.Verify(ctx)
	if err != nil {
		return err
	}
	if f.json {
		if err := c.out(r); err != nil {
			return err
		}
	} else {
		if err := c.printf("ledger %s: %d events\n", r.Ledger, r.Events); err != nil {
			return err
		}
		for _, h := range r.Heads {
			if err := c.printf("chain %d  event %d  %s\n", h.Dock, h.Seq, h.Hash); err != nil {
				return err
			}
		}
		for _, x := range r.Faults {
			if err := c.printf("FAULT %s\n", x); err != nil {
				return err
			}
		}
	}
	if !r.OK() {
		return fmt.Errorf("%w: %d faults; keep the file as it is and call an auditor", errFaults, len(r.Faults))
	}
	return nil
}

func (c *cli) auditExport(ctx context.Context, args []string) error {
	f := c.flags("audit export")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	return l.Events(ctx, func(e ledger.Event) error { return c.out(e) })
}
