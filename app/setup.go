package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/assets"
	"dapilgate/labels"
)

// setUp makes key file and ledger together: neither is left behind without the other.
func setUp(ctx context.Context, address, keyPath, passphrase string, req ledger.CreateRequest) (*ledger.Ledger, error) {
	if _, err := os.Stat(address); err == nil {
		return nil, fmt.Errorf("%w: ledger %s; choose another name, or remove the old one yourself", ledger.ErrExists, address)
	}
	key, err := labels.GenerateKey()
	if err != nil {
		return nil, err
	}
	if err := labels.WriteKeyFile(keyPath, key, passphrase); err != nil {
		return nil, err
	}
	req.PublicKey = key.Public().(ed25519.PublicKey)
	l, err := ledger.Create(ctx, address, req)
	if err != nil {
		return nil, errors.Join(err, os.Remove(keyPath))
	}
	// Checkpoints can be printed from the first document on.
	if _, err := l.NewSeal(ctx, ledger.Person{Name: req.Penyelia, Role: ledger.Penyelia, Active: true}); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// eventSource is the event folder dir, or the built-in event where dir is empty.
func eventSource(dir string) (*election.Source, error) {
	var folder fs.FS = assets.DefaultEvent()
	if dir != "" {
		folder = os.DirFS(dir)
	}
	return election.Open(folder)
}

func (c *cli) cmdInit(ctx context.Context, args []string) error {
	f := c.flags("init")
	penyelia := f.String("penyelia", "", "`NAME` of the first penyelia")
	roles := f.Bool("roles", false, "print the SQL that makes the database roles, and do nothing else")
	event := f.String("event", "", "event folder `DIR` (default: Pemilu 2024, DKI Jakarta)")
	if _, err := f.read(args, 0); err != nil {
		return err
	}
	if *roles {
		return c.printf("%s", ledger.RolesSQL())
	}
	if f.ledger == "" {
		return usagef("no ledger given; use --ledger FILE or DAPILGATE_LEDGER")
	}
	if *penyelia == "" {
		return usagef("init needs --penyelia NAME, the first one who may act")
	}
	src, err := eventSource(*event)
	if err != nil {
		return err
	}
	pin, err := c.secret("DAPILGATE_PIN", "new PIN of "+*penyelia)
	if err != nil {
		return err
	}
	pass, err := c.secret("DAPILGATE_PASSPHRASE", "new passphrase of the signing key")
	if err != nil {
		return err
	}
	l, err := setUp(ctx, f.ledger, f.keyPath(), pass, ledger.CreateRequest{
		Source: src, Penyelia: *penyelia, PIN: pin, Progress: c.progress("boxes")})
	if err != nil {
		return err
	}
	defer l.Close()
	n, err := l.CountBoxes(ctx, ledger.Filter{})
	if err != nil {
		return err
	}
	e := l.Event()
	if f.json {
		return c.out(map[string]any{"ledger": f.ledger, "key": f.keyPath(), "event": e.Code, "name": e.Name, "boxes": n.Boxes, "penyelia": *penyelia})
	}
	return c.printf("%s (%s): %d boxes\nledger %s\nkey    %s (print labels only where this file is; keep a copy in a safe place)\npenyelia %s\n",
		e.Name, e.Code, n.Boxes, f.ledger, f.keyPath(), *penyelia)
}
