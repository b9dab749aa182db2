// Package printer is the room of the machines that print: how bytes reach them and what
// they say of themselves. What enters are finished labels, what leaves is an honest answer:
// taken, refused, or nobody knows. It knows no sticker, no ledger and no window.
package printer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Errors of printers. Test with errors.Is.
var (
	ErrOffline = errors.New("the printer does not answer")
	ErrStopped = errors.New("the printer has stopped")
	ErrUnsure  = errors.New("nobody knows what came out of the printer")
	ErrStatus  = errors.New("not a status that this printer should give")
)

// Reason is why a printer does not print. Its text is a key for people's words.
type Reason string

// Reasons.
const (
	PaperOut  Reason = "paper-out"
	Paused    Reason = "paused"
	HeadOpen  Reason = "head-open"
	RibbonOut Reason = "ribbon-out"
	TooHot    Reason = "too-hot"
	TooCold   Reason = "too-cold"
	Full      Reason = "buffer-full"
)

// Status is what a Zebra printer says of itself (~HS, ZPL II Programming Guide, "Host Status
// Return").
type Status struct {
	Reasons   []Reason // why it does not print; none: it does
	Buffered  int      // labels received and not begun
	Remaining int      // labels of the running batch that are not printed yet
}

// Idle tells whether everything that was sent has been printed.
func (s Status) Idle() bool { return len(s.Reasons) == 0 && s.Buffered == 0 && s.Remaining == 0 }

// Stopped is ErrStopped with the reasons, nil where there is none.
func (s Status) Stopped() error {
	if len(s.Reasons) == 0 {
		return nil
	}
	words := make([]string, len(s.Reasons))
	for i, r := range s.Reasons {
		words[i] = string(r)
	}
	return fmt.Errorf("%w: %s", ErrStopped, strings.Join(words, ", "))
}

const (
	stx = '\x02'
	etx = '\x03'
)

// ParseStatus reads the three strings of a ~HS answer. Error: ErrStatus.
func ParseStatus(text string) (Status, error) {
	var s Status
	var fields [][]string
	for _, part := range strings.Split(text, string(stx)) {
		if body, _, ok := strings.Cut(part, string(etx)); ok {
			fields = append(fields, strings.Split(body, ","))
		}
	}
	if len(fields) != 3 || len(fields[0]) != 12 || len(fields[1]) != 11 {
		return s, fmt.Errorf("%w: %.80q", ErrStatus, text)
	}
	var err error
	number := func(line, field int) int {
		n, e := strconv.Atoi(strings.TrimSpace(fields[line][field]))
		if e != nil || n < 0 {
			err = fmt.Errorf("%w: field %d of line %d is %q", ErrStatus, field+1, line+1, fields[line][field])
		}
		return n
	}
	for _, flag := range []struct {
		line, field int
		reason      Reason
	}{{0, 1, PaperOut}, {0, 2, Paused}, {0, 5, Full}, {0, 10, TooCold}, {0, 11, TooHot}, {1, 2, HeadOpen}, {1, 3, RibbonOut}} {
		if number(flag.line, flag.field) != 0 {
			s.Reasons = append(s.Reasons, flag.reason)
		}
	}
	s.Buffered, s.Remaining = number(0, 4), number(1, 8)
	return s, err
}

// Zebra is a label printer on its raw port (TCP 9100).
type Zebra struct {
	Address string        // host:port
	Timeout time.Duration // for one answer; 0: five seconds
	Poll    time.Duration // between two looks at its status; 0: half a second
}

func (z *Zebra) timeout() time.Duration {
	if z.Timeout > 0 {
		return z.Timeout
	}
	return 5 * time.Second
}

func (z *Zebra) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, z.timeout())
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", z.Address)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err)
	}
	return c, nil
}

// Status asks the printer how it is. Errors: ErrOffline, ErrStatus.
func (z *Zebra) Status(ctx context.Context) (Status, error) {
	c, err := z.dial(ctx)
	if err != nil {
		return Status{}, err
	}
	defer c.Close()
	return z.ask(c)
}

// maxStatus bounds an answer, in bytes: three short lines are expected.
const maxStatus = 512

func (z *Zebra) ask(c net.Conn) (Status, error) {
	c.SetDeadline(time.Now().Add(z.timeout()))
	if _, err := c.Write([]byte("~HS")); err != nil {
		return Status{}, fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err)
	}
	in := bufio.NewReader(c)
	var text []byte
	for ends := 0; ends < 3; {
		b, err := in.ReadByte()
		if err != nil {
			return Status{}, fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err)
		}
		if text = append(text, b); len(text) > maxStatus {
			return Status{}, fmt.Errorf("%w: more than %d bytes", ErrStatus, maxStatus)
		}
		if b == etx {
			ends++
		}
	}
	return ParseStatus(string(text))
}

// Print sends labels and waits until the printer has printed them all. It looks at the
// printer first: a printer that has stopped gets nothing (ErrStopped, ErrOffline; nothing
// was sent). Once a byte was sent, any fault is ErrUnsure: some labels may have come out,
// and only a person can see which. Nothing is ever sent a second time.
func (z *Zebra) Print(ctx context.Context, data []byte) error {
	before, err := z.Status(ctx)
	if err == nil {
		err = before.Stopped()
	}
	if err != nil {
		return err
	}
	c, err := z.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	unsure := func(err error) error { return fmt.Errorf("%w: %w", ErrUnsure, err) }
	for len(data) > 0 {
		// A printer that is printing takes bytes slowly: each piece has its own time.
		c.SetWriteDeadline(time.Now().Add(z.timeout()))
		n, err := c.Write(data[:min(len(data), 16<<10)])
		if data = data[n:]; err != nil {
			return unsure(fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err))
		}
		if err := ctx.Err(); err != nil {
			return unsure(err)
		}
	}
	poll := z.Poll
	if poll <= 0 {
		poll = 500 * time.Millisecond
	}
	for {
		s, err := z.ask(c)
		if err == nil {
			if err = s.Stopped(); err == nil && s.Idle() {
				return nil
			}
		}
		if err != nil && !(errors.Is(err, ErrStopped) && len(s.Reasons) == 1 && s.Reasons[0] == Full) {
			return unsure(err)
		}
		select {
		case <-ctx.Done():
			return unsure(ctx.Err())
		case <-time.After(poll):
		}
	}
}
