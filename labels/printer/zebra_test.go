package printer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dapilgate/labels/printer"
	"dapilgate/labels/printer/printertest"
)

func zebra(f *printertest.Fake) *printer.Zebra {
	return &printer.Zebra{Address: f.Address(), Timeout: 2 * time.Second, Poll: time.Millisecond}
}

func zpl(n int) printer.Job {
	return printer.Job{Name: "x", Pages: n, Data: []byte(strings.Repeat("^XA^FDx^FS^XZ\n", n))}
}

func TestPrintWaitsForTheLastLabel(t *testing.T) {
	f := printertest.New(t)
	if err := zebra(f).Print(t.Context(), zpl(7)); err != nil {
		t.Fatal(err)
	}
	if f.Count() != 7 {
		t.Errorf("%d labels came out", f.Count())
	}
}

func TestStoppedPrinterGetsNothing(t *testing.T) {
	for reason, stop := range map[printer.Reason]func(*printertest.Fake){
		printer.PaperOut:  func(f *printertest.Fake) { f.PaperOut = 1 },
		printer.Paused:    func(f *printertest.Fake) { f.Paused = 1 },
		printer.TooHot:    func(f *printertest.Fake) { f.TooHot = 1 },
		printer.HeadOpen:  func(f *printertest.Fake) { f.HeadOpen = 1 },
		printer.RibbonOut: func(f *printertest.Fake) { f.RibbonOut = 1 },
	} {
		f := printertest.New(t, stop)
		err := zebra(f).Print(t.Context(), zpl(1))
		if !errors.Is(err, printer.ErrStopped) || errors.Is(err, printer.ErrUnsure) || !strings.Contains(err.Error(), string(reason)) || f.Count() != 0 {
			t.Errorf("%s: %v, %d labels", reason, err, f.Count())
		}
	}
}

func TestTroubleInTheMiddleIsUnsure(t *testing.T) {
	for name, trouble := range map[string]func(*printertest.Fake){
		"the paper ends":      func(f *printertest.Fake) { f.OutAt = 3 },
		"the connection dies": func(f *printertest.Fake) { f.DieAt = 3 },
	} {
		f := printertest.New(t, trouble)
		if err := zebra(f).Print(t.Context(), zpl(6)); !errors.Is(err, printer.ErrUnsure) {
			t.Errorf("%s: %v", name, err)
		}
		if f.Count() != 2 {
			t.Errorf("%s: %d labels came out", name, f.Count())
		}
	}
}

func TestNobodyThere(t *testing.T) {
	f := printertest.New(t)
	f.Stop()
	if err := zebra(f).Print(t.Context(), zpl(1)); !errors.Is(err, printer.ErrOffline) || errors.Is(err, printer.ErrUnsure) {
		t.Errorf("got %v", err)
	}
	mute := printertest.New(t, func(f *printertest.Fake) { f.Mute = true })
	z := zebra(mute)
	z.Timeout = 50 * time.Millisecond
	if err := z.Print(t.Context(), zpl(1)); !errors.Is(err, printer.ErrOffline) || mute.Count() != 0 {
		t.Errorf("a mute printer: %v, %d labels", err, mute.Count())
	}
}

func TestCancelIsUnsure(t *testing.T) {
	f := printertest.New(t, func(f *printertest.Fake) { f.Buffered = 3 }) // never done
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- zebra(f).Print(ctx, zpl(2)) }()
	for f.Count() < 2 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, printer.ErrUnsure) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzParseStatus(f *testing.F) {
	f.Add("\x02030,0,0,0400,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n")
	f.Add("\x02030,1,1\x03\x02\x03\x02\x03")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		st, err := printer.ParseStatus(s)
		if err != nil {
			if !errors.Is(err, printer.ErrStatus) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if st.Buffered < 0 || st.Remaining < 0 || st.Idle() && len(st.Reasons) > 0 {
			t.Fatalf("%q gives %+v", s, st)
		}
	})
}
