package main

import (
	"context"
	"fmt"
	"time"

	"dapilgate/app/ledger"
)

// backupPlan is where backups go, and how many stay: beside the ledger unless
// DAPILGATE_BACKUPS says otherwise. A ledger on a server has none of ours.
func (f *flags) backupPlan() (folder string, keep int) {
	folder = f.c.env("DAPILGATE_BACKUPS")
	if ledger.IsServer(f.ledger) {
		return "", 0
	}
	if folder == "" {
		folder = f.ledger + ".backups"
	}
	return folder, ledger.KeepBackups
}

// cmdBackup makes a backup now.
func (c *cli) cmdBackup(ctx context.Context, args []string) error {
	f := c.flags("backup")
	out := f.String("out", "", "`FOLDER` (default: DAPILGATE_BACKUPS, or beside the ledger)")
	keep := f.Int("keep", ledger.KeepBackups, "keep the newest `N` of this ledger there")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *keep < 1 {
		return usagef("--keep is 1 or more")
	}
	l, err := f.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	folder, _ := f.backupPlan()
	if *out != "" {
		folder = *out
	}
	b, err := l.BackUp(ctx, folder, *keep)
	if err != nil {
		return err
	}
	return c.putBackup(f, b)
}

func (c *cli) putBackup(f *flags, b ledger.Backup) error {
	if f.json {
		return c.out(b)
	}
	return c.printf("%s\n%d events up to %s, checked whole, head %s\n", b.Path, b.Events, b.At.Local().Format(time.DateTime), b.Head)
}

// cmdRestore makes a ledger from a backup.
func (c *cli) cmdRestore(ctx context.Context, args []string) error {
	f := c.flags("restore")
	backup, err := f.named(args, "restore BACKUP --ledger NEW")
	if err != nil {
		return err
	}
	if f.ledger == "" {
		return usagef("no name for the new ledger; use --ledger FILE or DAPILGATE_LEDGER")
	}
	b, err := ledger.Restore(ctx, backup, f.ledger)
	if err != nil {
		return err
	}
	if err := c.putBackup(f, b); err != nil {
		return err
	}
	if !f.json {
		fmt.Fprintln(c.stderr, "what was recorded later is not in it: hold it against the newest checkpoint on paper (audit verify --checkpoint)")
	}
	return nil
}
