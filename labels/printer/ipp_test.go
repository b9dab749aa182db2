package printer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"

	"github.com/OpenPrinting/goipp"
)

func ipp(t *testing.T, address string) *printer.IPP {
	t.Helper()
	m, err := printer.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	p := m.(*printer.IPP)
	p.Timeout, p.Poll = 2*time.Second, time.Millisecond
	return p
}

func sheets(n int) printer.Job {
	return printer.Job{Name: "Dapilgate 1 x", User: "sari", Form: printer.PDF, Page: [2]float64{210, 297}, Pages: n, Data: []byte("%PDF-1.4 " + strings.Repeat("x", 200_000))}
}

func TestIPPPrintsOnce(t *testing.T) {
	for name, set := range map[string]func(*printertest.IPP){
		"job and document apart":   func(*printertest.IPP) {},
		"all in one":               func(p *printertest.IPP) { p.Simple = true },
		"one that counts no pages": func(p *printertest.IPP) { p.Mute = true },
	} {
		t.Run(name, func(t *testing.T) {
			f := printertest.NewIPP(t, func(p *printertest.IPP) { p.Pages = 4 }, set)
			var seen []int
			j := sheets(4)
			j.Progress = func(n int, s printer.Status) { seen = append(seen, n) }
			if err := ipp(t, f.Address()).Print(t.Context(), j); err != nil {
				t.Fatal(err)
			}
			if f.Count() != 4 || f.Jobs() != 1 {
				t.Errorf("%d pages of %d jobs", f.Count(), f.Jobs())
			}
			if !slices.IsSorted(seen) || len(seen) == 0 || seen[len(seen)-1] != 4 {
				t.Errorf("progress %v", seen)
			}
		})
	}
}

// TestIPPOptions: what would spoil labels is said, whatever the printer's own choice is.
func TestIPPOptions(t *testing.T) {
	f := printertest.NewIPP(t)
	j := sheets(1)
	j.Option = printer.Options{Tray: "manual", Type: "labels", Quality: "high"}
	if err := ipp(t, f.Address()).Print(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, a := range f.Options() {
		got[a.Name] = a.Values.String()
	}
	for name, want := range map[string]string{"copies": "1", "sides": "one-sided", "print-scaling": "none", "job-sheets": "none", "print-quality": "5"} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	for _, want := range []string{"21000", "29700", "manual", "labels"} {
		if !strings.Contains(got["media-col"], want) {
			t.Errorf("media-col %q lacks %s", got["media-col"], want)
		}
	}
	if err := ipp(t, f.Address()).Print(t.Context(), sheets(1)); err != nil {
		t.Fatal(err)
	}
	for _, a := range f.Options() {
		if a.Name == "media" && a.Values.String() != "iso_a4_210x297mm" || a.Name == "media-col" {
			t.Errorf("%s %s", a.Name, a.Values)
		}
	}
	for name, spoil := range map[string]func(*printer.Job){
		"a size that it lacks":   func(j *printer.Job) { j.Page = [2]float64{105, 148} },
		"another stock's media":  func(j *printer.Job) { j.Option.Media = "om_label_100x100mm" },
		"a media that it lacks":  func(j *printer.Job) { j.Option.Media = "iso_a3_297x420mm" },
		"a tray that it lacks":   func(j *printer.Job) { j.Option.Tray = "tray-9" },
		"a form that it lacks":   func(j *printer.Job) { j.Form = printer.PWG },
		"a quality that is none": func(j *printer.Job) { j.Option.Quality = "best" },
	} {
		j, jobs := sheets(1), f.Jobs()
		spoil(&j)
		if err := ipp(t, f.Address()).Print(t.Context(), j); !errors.Is(err, printer.ErrRefused) || errors.Is(err, printer.ErrUnsure) || f.Jobs() != jobs {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIPPFaults: after any fault the answer is honest, and nothing was sent twice.
func TestIPPFaults(t *testing.T) {
	lose := func(op goipp.Op) func(*printertest.IPP) {
		return func(p *printertest.IPP) { p.Lose = map[goipp.Op]int{op: 0} }
	}
	refuse := func(op goipp.Op, s goipp.Status) func(*printertest.IPP) {
		return func(p *printertest.IPP) { p.Refuse = map[goipp.Op]goipp.Status{op: s} }
	}
	simple := func(p *printertest.IPP) { p.Simple = true }
	for name, tt := range map[string]struct {
		set  []func(*printertest.IPP)
		want error // nil: all came out
		none bool  // nothing may have come out
	}{
		"the document's answer is lost":        {[]func(*printertest.IPP){lose(goipp.OpSendDocument)}, nil, false},
		"the answer is lost, all in one":       {[]func(*printertest.IPP){simple, lose(goipp.OpPrintJob)}, nil, false},
		"the new job's answer is lost":         {[]func(*printertest.IPP){lose(goipp.OpCreateJob)}, printer.ErrOffline, true},
		"a question's answer is lost":          {[]func(*printertest.IPP){lose(goipp.OpGetJobAttributes)}, nil, false},
		"cut in the middle of the document":    {[]func(*printertest.IPP){func(p *printertest.IPP) { p.Cut = 1000 }}, printer.ErrUnsure, false},
		"cut in the middle, all in one":        {[]func(*printertest.IPP){simple, func(p *printertest.IPP) { p.Cut = 1000 }}, printer.ErrUnsure, false},
		"the job is given up":                  {[]func(*printertest.IPP){func(p *printertest.IPP) { p.AbortAt = 3 }}, printer.ErrUnsure, false},
		"it calls completed what is not":       {[]func(*printertest.IPP){func(p *printertest.IPP) { p.ShortBy = 1 }}, printer.ErrUnsure, false},
		"it forgets the job":                   {[]func(*printertest.IPP){func(p *printertest.IPP) { p.Forgets = true }}, printer.ErrUnsure, false},
		"lost, and forgotten":                  {[]func(*printertest.IPP){simple, lose(goipp.OpPrintJob), func(p *printertest.IPP) { p.Forgets = true; p.Each = 0 }}, printer.ErrUnsure, false},
		"a jam, and nobody waits":              {[]func(*printertest.IPP){func(p *printertest.IPP) { p.JamAt = 3 }}, printer.ErrUnsure, false},
		"it does not want the job":             {[]func(*printertest.IPP){refuse(goipp.OpValidateJob, goipp.StatusErrorAttributesOrValues)}, printer.ErrRefused, true},
		"it makes no job":                      {[]func(*printertest.IPP){refuse(goipp.OpCreateJob, goipp.StatusErrorTooManyJobs)}, printer.ErrRefused, true},
		"it takes no jobs":                     {[]func(*printertest.IPP){refuse(goipp.OpCreateJob, goipp.StatusErrorNotAcceptingJobs)}, printer.ErrStopped, true},
		"it does not want the job, all in one": {[]func(*printertest.IPP){simple, refuse(goipp.OpPrintJob, goipp.StatusErrorBusy)}, printer.ErrRefused, true},
		"it does not want the document":        {[]func(*printertest.IPP){refuse(goipp.OpSendDocument, goipp.StatusErrorDocumentFormatError)}, printer.ErrUnsure, false},
		"another program says nonsense":        {[]func(*printertest.IPP){refuse(goipp.OpGetPrinterAttributes, goipp.StatusErrorInternal)}, printer.ErrStatus, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := printertest.NewIPP(t, append([]func(*printertest.IPP){func(p *printertest.IPP) { p.Pages, p.Each = 5, 5*time.Millisecond }}, tt.set...)...)
			err := ipp(t, f.Address()).Print(t.Context(), sheets(5))
			if !errors.Is(err, tt.want) || tt.none && errors.Is(err, printer.ErrUnsure) {
				t.Errorf("got %v", err)
			}
			if tt.want == nil && f.Count() != 5 || tt.none && f.Count() != 0 || f.Count() > 5 {
				t.Errorf("%d pages came out; %v", f.Count(), err)
			}
			if n := f.Asked(goipp.OpSendDocument) + f.Asked(goipp.OpPrintJob); n > 1 {
				t.Errorf("the document was sent %d times", n)
			}
			if err != nil && !f.Still() {
				t.Errorf("the job goes on behind the back of the one who settles")
			}
		})
	}
}

// TestIPPStopsAreShown: a person sees why it does not print, mends it, and it goes on.
func TestIPPStopsAreShown(t *testing.T) {
	for keyword, want := range map[string]printer.Reason{"media-jam-error": printer.Jam, "media-empty-error": printer.PaperOut, "cover-open": printer.CoverOpen,
		"paused": printer.Paused, "toner-empty-error": printer.InkOut, "com.example-strange": printer.NeedsPerson} {
		t.Run(keyword, func(t *testing.T) {
			f := printertest.NewIPP(t, func(p *printertest.IPP) { p.Pages, p.JamAt, p.Reason = 4, 3, keyword })
			j := sheets(4)
			j.Patience = time.Minute
			var seen []printer.Reason
			before := -1
			j.Progress = func(n int, s printer.Status) {
				if len(s.Reasons) > 0 {
					seen, before = append(seen, s.Reasons...), n
					f.Clear()
				}
			}
			if err := ipp(t, f.Address()).Print(t.Context(), j); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(seen, []printer.Reason{want}) || before > 2 || f.Count() != 4 {
				t.Errorf("%v shown behind page %d; %d pages came out", seen, before, f.Count())
			}
		})
	}
}

func TestIPPStoppedGetsNothing(t *testing.T) {
	f := printertest.NewIPP(t)
	f.Stop("media-empty-error")
	if err := ipp(t, f.Address()).Print(t.Context(), sheets(1)); !errors.Is(err, printer.ErrStopped) || errors.Is(err, printer.ErrUnsure) || f.Jobs() != 0 {
		t.Errorf("%v, %d jobs", err, f.Jobs())
	}
}

func TestIPPCancelTakesTheJobBack(t *testing.T) {
	f := printertest.NewIPP(t, func(p *printertest.IPP) { p.Pages, p.Each = 1000, time.Millisecond })
	ctx, cancel := context.WithCancel(t.Context())
	j := sheets(1000)
	j.Progress = func(n int, s printer.Status) {
		if n >= 3 {
			cancel()
		}
	}
	err := ipp(t, f.Address()).Print(ctx, j)
	if !errors.Is(err, printer.ErrUnsure) || !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "canceled") {
		t.Errorf("got %v", err)
	}
	if !f.Still() || f.Count() < 3 || f.Count() >= 1000 {
		t.Errorf("%d pages came out", f.Count())
	}
}

func TestWatchTellsChanges(t *testing.T) {
	f := printertest.NewIPP(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var seen []string
	printer.Watch(ctx, ipp(t, f.Address()), time.Millisecond, func(s printer.Status, err error) {
		if err != nil {
			t.Error(err)
		}
		seen = append(seen, string(s.State))
		switch len(seen) {
		case 1:
			f.Stop("cover-open")
		case 2:
			f.Clear()
		case 3:
			cancel()
		}
	})
	if !slices.Equal(seen, []string{"idle", "stopped", "idle"}) {
		t.Errorf("seen %v", seen)
	}
}

func TestAbilities(t *testing.T) {
	f := printertest.NewIPP(t)
	a, err := ipp(t, f.Address()).Abilities(t.Context())
	if err != nil || !a.Takes(printer.PDF) || !a.Takes(printer.ZPL) || a.Takes(printer.PWG) || len(a.Media) != 2 || !a.Media[0].Fits([2]float64{210, 297}) {
		t.Errorf("%+v, %v", a, err)
	}
	z := printertest.New(t, func(f *printertest.Fake) { f.Model = "ZT411-300dpi ZPL,V92.21.39Z,12,131072KB" })
	a, err = zebra(z).Abilities(t.Context())
	if err != nil || !slices.Equal(a.DPI, []int{300}) || a.Model != "ZT411-300dpi ZPL" || !a.Takes(printer.ZPL) {
		t.Errorf("%+v, %v", a, err)
	}
}
