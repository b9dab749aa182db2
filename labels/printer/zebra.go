package printer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	stx = '\x02'
	etx = '\x03'
)

// ParseStatus reads the three strings of a Zebra printer's ~HS answer (ZPL II Programming
// Guide, "Host Status Return"). Error: ErrStatus.
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
	switch {
	case len(s.Reasons) > 0:
		s.State = Stopped
	case s.Idle():
		s.State = Idle
	default:
		s.State = Printing
	}
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
	text, err := z.question(c, "~HS", 3)
	if err != nil {
		return Status{}, err
	}
	return ParseStatus(text)
}

// question sends a host command and reads so many strings of its answer.
func (z *Zebra) question(c net.Conn, command string, answers int) (string, error) {
	c.SetDeadline(time.Now().Add(z.timeout()))
	if _, err := c.Write([]byte(command)); err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err)
	}
	in := bufio.NewReader(c)
	var text []byte
	for ends := 0; ends < answers; {
		b, err := in.ReadByte()
		if err != nil {
			return "", fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err)
		}
		if text = append(text, b); len(text) > maxStatus {
			return "", fmt.Errorf("%w: more than %d bytes", ErrStatus, maxStatus)
		}
		if b == etx {
			ends++
		}
	}
	return string(text), nil
}

// Abilities asks for model and resolution (~HI, "Host Identification"). A printer that does
// not know the question still takes ZPL. Error: ErrOffline.
func (z *Zebra) Abilities(ctx context.Context) (Abilities, error) {
	a := Abilities{Forms: []string{ZPL}}
	c, err := z.dial(ctx)
	if err != nil {
		return a, err
	}
	defer c.Close()
	if text, err := z.question(c, "~HI", 1); err == nil {
		a.Model, a.DPI = parseIdentity(text)
	}
	return a, nil
}

// parseIdentity reads "model,version,dots per mm,memory,…"; what is not there is empty.
func parseIdentity(text string) (model string, dpi []int) {
	_, body, _ := strings.Cut(text, string(stx))
	body, _, _ = strings.Cut(body, string(etx))
	fields := strings.Split(body, ",")
	if len(fields) < 3 {
		return "", nil
	}
	// The heads that are made: 6, 8, 12 and 24 dots a millimetre.
	if n, ok := map[string]int{"6": 150, "8": 203, "12": 300, "24": 600}[strings.TrimSpace(fields[2])]; ok {
		dpi = []int{n}
	}
	return strings.TrimSpace(fields[0]), dpi
}

// Print sends labels and waits until the printer has printed them all. It looks at the
// printer first: a printer that has stopped gets nothing (ErrStopped, ErrOffline; nothing
// was sent), and neither does one that is busy with another's labels, which couldn't be told
// from ours. Once a byte was sent, any fault is ErrUnsure: some labels may have come out,
// and only a person can see which. Nothing is ever sent a second time.
//
// A printer that stops in the middle is waited for as long as the job has patience: it goes
// on by itself, and prints again what the end of a roll has cut off (^JZ, its default).
// When it is not waited for any longer, or ctx is cancelled, it is told to forget what it
// has not printed (~JA), so that nothing comes out behind the back of the one who settles.
func (z *Zebra) Print(ctx context.Context, j Job) error {
	if j.Form != "" && j.Form != ZPL {
		return fmt.Errorf("%w: %s takes ZPL, not %s", ErrRefused, z.Address, j.Form)
	}
	before, err := z.Status(ctx)
	if err == nil {
		err = before.Stopped()
	}
	if err == nil && !before.Idle() {
		err = fmt.Errorf("%w: %s is still printing %d labels of another job; wait for it", ErrRefused, z.Address, before.Buffered+before.Remaining)
	}
	if err != nil {
		return err
	}
	c, err := z.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	tell := teller{tell: j.Progress}
	wait := patience{most: j.Patience}
	unsure := func(err error) error {
		c.SetWriteDeadline(time.Now().Add(z.timeout()))
		c.Write([]byte("~JA")) // whether it hears that or not, a person looks
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	for data := j.Data; len(data) > 0; {
		// A printer that is printing takes bytes slowly: each piece has its own time.
		c.SetWriteDeadline(time.Now().Add(z.timeout()))
		n, err := c.Write(data[:min(len(data), 16<<10)])
		if data = data[n:]; err != nil && !(errors.Is(err, os.ErrDeadlineExceeded) && !wait.over(true)) {
			return unsure(fmt.Errorf("%w: %s: %w", ErrOffline, z.Address, err))
		}
		if err == nil {
			wait.over(false)
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
		if err != nil {
			return unsure(err)
		}
		tell.see(max(j.Pages-s.Buffered-s.Remaining, 0), s)
		if s.Idle() {
			return nil
		}
		err = s.Stopped()
		busy := len(s.Reasons) == 1 && s.Reasons[0] == Full
		if wait.over(err != nil && !busy) {
			return unsure(err)
		}
		if !sleep(ctx, poll) {
			return unsure(ctx.Err())
		}
	}
}
