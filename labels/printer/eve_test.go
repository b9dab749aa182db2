package printer_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
)

// A printer of CUPS's own making says in the middle that its paper ends, is refilled, and
// goes on.
func TestEvePrintsAndStops(t *testing.T) {
	e := printertest.NewEve(t, `
cp "$1" document
env | grep ^IPP_ > options
echo "STATE: +media-empty" >&2
echo "ATTR: job-impressions-completed=1" >&2
while [ ! -e refilled ]; do sleep 0.05; done
echo "STATE: -media-empty" >&2
echo "ATTR: job-impressions-completed=2" >&2
`, "-f", "application/pdf")
	p := ipp(t, e.Address)
	a, err := p.Abilities(t.Context())
	if err != nil || !a.Takes(printer.PDF) || a.Takes(printer.ZPL) || !slices.Contains(a.DPI, 600) {
		t.Fatalf("%+v, %v", a, err)
	}
	if s, err := p.Status(t.Context()); err != nil || s.State != printer.Idle {
		t.Fatalf("%+v, %v", s, err)
	}
	j := sheets(2)
	j.Option.Type, j.Patience = "labels", time.Minute
	var seen []printer.Reason
	j.Progress = func(n int, s printer.Status) {
		seen = append(seen, s.Warnings...) // it goes on printing: another tray may have paper
		if len(s.Warnings) > 0 {
			if err := os.WriteFile(filepath.Join(e.Dir, "refilled"), nil, 0o644); err != nil {
				t.Error(err)
			}
		}
	}
	if err := p.Print(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(seen, printer.PaperOut) {
		t.Errorf("shown: %v", seen)
	}
	got, err := os.ReadFile(filepath.Join(e.Dir, "document"))
	if err != nil || string(got) != string(j.Data) {
		t.Errorf("another document came: %d bytes of %d, %v", len(got), len(j.Data), err)
	}
}

func TestEveGivesUp(t *testing.T) {
	e := printertest.NewEve(t, "exit 1", "-f", "application/pdf")
	if err := ipp(t, e.Address).Print(t.Context(), sheets(2)); !errors.Is(err, printer.ErrUnsure) {
		t.Errorf("an aborted job: %v", err)
	}
	j := sheets(1)
	j.Page = [2]float64{100, 150}
	if err := ipp(t, e.Address).Print(t.Context(), j); !errors.Is(err, printer.ErrRefused) {
		t.Errorf("paper that it lacks: %v", err)
	}
}

func TestEveTakesItsJobBack(t *testing.T) {
	e := printertest.NewEve(t, `
touch begun
n=0
while [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done
`, "-f", "application/pdf")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if _, err := os.Stat(filepath.Join(e.Dir, "begun")); err == nil {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if err := ipp(t, e.Address).Print(ctx, sheets(1)); !errors.Is(err, printer.ErrUnsure) || !errors.Is(err, context.Canceled) {
		t.Errorf("a job that is taken back: %v", err)
	}
}
