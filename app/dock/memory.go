package dock

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// memory is what the ledger confirmed to this dock: a line for each scan, flushed to the
// disk. nil remembers nothing.
type memory struct {
	path, ledger string
	f            *os.File
	acks         []ack
	lines        int
}

// ack is one confirmed scan: its place in the dock's chain, what it was, and of which box.
type ack struct {
	seq                int64
	hash, verdict, box string
}

// The file is made anew with the newest keptAcks when it has come to mostAcks lines: a
// server that takes over lacks seconds, not hours.
const (
	keptAcks = 500
	mostAcks = 4000
)

func openMemory(folder, ledgerID string, dock int) (*memory, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	m := &memory{path: filepath.Join(folder, fmt.Sprintf("%s.dock%d.confirmed", ledgerID, dock)), ledger: ledgerID}
	var err error
	if m.f, err = os.OpenFile(m.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
		return nil, err
	}
	in := bufio.NewScanner(m.f)
	for in.Scan() {
		var a ack
		f := strings.Split(in.Text(), " ")
		// A line that is not whole was cut off with the power, before anything was shown.
		if len(f) != 5 || f[4] != "." {
			continue
		}
		if _, err := fmt.Sscan(f[0], &a.seq); err != nil {
			continue
		}
		a.hash, a.verdict, a.box = f[1], f[2], strings.TrimPrefix(f[3], "-")
		m.acks = append(m.acks, a)
		m.lines++
	}
	if err := in.Err(); err != nil {
		return nil, errors.Join(err, m.f.Close())
	}
	m.acks = m.acks[max(0, len(m.acks)-keptAcks):]
	return m, nil
}

func (m *memory) all() []ack {
	if m == nil {
		return nil
	}
	return m.acks
}

func (a ack) line() string {
	box := a.box
	if box == "" {
		box = "-"
	}
	return fmt.Sprintf("%d %s %s %s .\n", a.seq, a.hash, a.verdict, box)
}

// note remembers a confirmed scan; it returns when that is on the disk.
func (m *memory) note(seq int64, hash, verdict, box string) error {
	if m == nil {
		return nil
	}
	a := ack{seq, hash, verdict, box}
	if m.acks = append(m.acks, a); len(m.acks) > 2*keptAcks {
		m.acks = append([]ack(nil), m.acks[len(m.acks)-keptAcks:]...)
	}
	if m.lines >= mostAcks {
		return m.rewrite()
	}
	m.lines++
	// A line of its own, whatever a power cut left of the last one.
	text := a.line()
	if m.lines == 1 {
		text = "\n" + text
	}
	if _, err := m.f.WriteString(text); err != nil {
		return err
	}
	return m.f.Sync()
}

// reset forgets all that was confirmed but the end of the chain.
func (m *memory) reset(seq int64, hash string) error {
	if m == nil {
		return nil
	}
	m.acks = []ack{{seq: seq, hash: hash, verdict: "noted"}}
	return m.rewrite()
}

// rewrite makes the file anew; the old one stays until the new one is whole.
func (m *memory) rewrite() error {
	m.acks = m.acks[max(0, len(m.acks)-keptAcks):]
	var b strings.Builder
	b.WriteString("\n")
	for _, a := range m.acks {
		b.WriteString(a.line())
	}
	tmp := m.path + ".new"
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(b.String())
	if err = errors.Join(err, f.Sync()); err == nil {
		err = os.Rename(tmp, m.path)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	m.f.Close()
	m.f, m.lines = f, len(m.acks)
	return nil
}

func (m *memory) close() error {
	if m == nil {
		return nil
	}
	return m.f.Close()
}
