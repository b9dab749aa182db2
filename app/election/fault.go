package election

import (
	"errors"
	"fmt"
	"strings"
)

// ErrFaults says that an event folder can't be imported. The error that carries it is a
// *Faults and lists every fault.
var ErrFaults = errors.New("the event folder has faults")

// Fault is one thing wrong in an event folder.
type Fault struct {
	File   string
	Line   int    // from 1; 0: the file as a whole
	Column int    // from 1, in bytes of the line; 0: the line as a whole
	Text   string // what is wrong and what is expected
}

// String is "file:line:column: text", as editors understand it.
func (f Fault) String() string {
	switch {
	case f.Line == 0:
		return f.File + ": " + f.Text
	case f.Column == 0:
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Text)
}

// maxFaults are listed; more are counted. Somebody has to read them.
const maxFaults = 1000

// Faults is every fault of an event folder.
type Faults struct {
	List []Fault
	More int // found, but not listed
}

func (f *Faults) add(file string, line, column int, format string, a ...any) {
	if len(f.List) >= maxFaults {
		f.More++
		return
	}
	f.List = append(f.List, Fault{file, line, column, fmt.Sprintf(format, a...)})
}

// Error lists the faults, a line each.
func (f *Faults) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v (%d); nothing was imported:", ErrFaults, len(f.List)+f.More)
	for _, x := range f.List {
		b.WriteString("\n  " + x.String())
	}
	if f.More > 0 {
		fmt.Fprintf(&b, "\n  … and %d more", f.More)
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrFaults) true.
func (f *Faults) Unwrap() error { return ErrFaults }

func (f *Faults) orNil() error {
	if len(f.List) == 0 {
		return nil
	}
	return f
}
