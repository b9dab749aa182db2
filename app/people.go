package main

import (
	"context"
	"fmt"
	"time"

	"dapilgate/app/ledger"
	"dapilgate/labels"
)

func (c *cli) cmdPeople(ctx context.Context, args []string) error {
	return c.sub(ctx, "people", args, map[string]func(context.Context, []string) error{
		"add": c.peopleAdd, "list": c.peopleList, "badge": c.peopleBadge, "pin": c.peoplePIN,
		"stop": func(ctx context.Context, args []string) error {
			return c.peopleActive(ctx, "stop", args, (*ledger.Ledger).StopPerson)
		},
		"restore": func(ctx context.Context, args []string) error {
			return c.peopleActive(ctx, "restore", args, (*ledger.Ledger).RestorePerson)
		},
	})
}

// named reads the options and the one NAME of a command.
func (f *flags) named(args []string, form string) (string, error) {
	name, err := f.read(args, 1)
	if err == nil && len(name) == 0 {
		err = usagef("%s", form)
	}
	if err != nil {
		return "", err
	}
	return name[0], nil
}

func (c *cli) putPerson(f *flags, p ledger.Person) error {
	if f.json {
		return c.out(p)
	}
	state := ""
	if !p.Active {
		state = "  stopped"
	}
	return c.printf("%-20s %s%s\n", p.Name, p.Role, state)
}

func (c *cli) peopleAdd(ctx context.Context, args []string) error {
	f := c.flags("people add").seconded()
	role := f.String("role", "petugas", "petugas, penyelia or auditor")
	name, err := f.named(args, "people add NAME --role ROLE --as PENYELIA")
	if err != nil {
		return err
	}
	r, err := ledger.ParseRole(*role)
	if err != nil {
		return usagef("%v", err)
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	pin, err := c.secret("DAPILGATE_NEW_PIN", "new PIN of "+name)
	if err != nil {
		return err
	}
	p, err := l.AddPerson(ctx, by, name, r, pin)
	if err != nil {
		return err
	}
	return c.putPerson(f, p)
}

func (c *cli) peopleList(ctx context.Context, args []string) error {
	return list(ctx, c, "people list", args, (*ledger.Ledger).People, c.putPerson)
}

// peopleBadge makes a badge: its text, or its card as PDF.
func (c *cli) peopleBadge(ctx context.Context, args []string) error {
	f := c.flags("people badge").seconded()
	out := f.String("out", "", "write the card to `FILE.pdf`")
	name, err := f.named(args, "people badge NAME --as PENYELIA")
	if err != nil {
		return err
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	text, err := l.IssueBadge(ctx, by, name)
	if err != nil {
		return err
	}
	if *out != "" {
		card, err := labels.NewBadge(text, name, l.Event().Name)
		if err == nil {
			err = labels.WriteBadges(*out, []labels.Badge{card}, labels.Options{Title: "Kartu petugas", Author: by.Name, Created: time.Now()})
		}
		if err != nil {
			return fmt.Errorf("%w; the badge is issued: %s", err, text)
		}
		text = *out
	}
	if f.json {
		return c.out(map[string]string{"name": name, "badge": text})
	}
	return c.printf("%s\n", text)
}

// peoplePIN changes one's own PIN, or gives another person a new one.
func (c *cli) peoplePIN(ctx context.Context, args []string) error {
	f := c.flags("people pin").seconded()
	name, err := f.named(args, "people pin NAME --as NAME; one's own PIN, or as penyelia another's")
	if err != nil {
		return err
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	pin, err := c.secret("DAPILGATE_NEW_PIN", "new PIN of "+name)
	if err != nil {
		return err
	}
	if name == by.Name {
		var old string
		if old, err = c.secret("DAPILGATE_PIN", "PIN of "+name+" up to now"); err == nil {
			err = l.ChangePIN(ctx, name, old, pin)
		}
	} else {
		err = l.SetPIN(ctx, by, name, pin)
	}
	if err != nil {
		return err
	}
	if f.json {
		return c.out(map[string]string{"name": name, "pin": "changed"})
	}
	return c.printf("%s has a new PIN\n", name)
}

func (c *cli) peopleActive(ctx context.Context, word string, args []string, do func(*ledger.Ledger, context.Context, ledger.Person, string) error) error {
	f := c.flags("people " + word).seconded()
	name, err := f.named(args, "people "+word+" NAME --as PENYELIA")
	if err != nil {
		return err
	}
	l, by, err := f.begin(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	if err := do(l, ctx, by, name); err != nil {
		return refusal(err)
	}
	people, err := l.People(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Name == name {
			return c.putPerson(f, p)
		}
	}
	return nil
}
