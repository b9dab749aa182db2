package kiosk

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"dapilgate/app/batch"
	"dapilgate/app/words"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/scanner"

	"fyne.io/fyne/v2"
)

// scanners is the set-up screen: every source and how it is, and a test. Whatever is
// scanned here is shown as it came and as it was understood; nothing is recorded. The
// calibration label says what is wrong with a scanner's set-up.
type scanners struct {
	s    *shell
	list pager
	last *scanner.Scan
	note func() string
	good bool
}

func newScanners(s *shell) *scanners {
	x := &scanners{s: s}
	x.list.changed = x.refresh
	return x
}

func (x *scanners) takesScans() bool { return true }
func (x *scanners) scanned(string)   {} // heard takes them

func (x *scanners) heard(scan scanner.Scan) {
	x.last, x.note = &scan, nil
	x.refresh()
}

func (x *scanners) refresh() {
	if x.s.shown == x {
		x.s.refresh()
	}
}

// settingsTabs are the parts of the settings.
func (s *shell) settingsTabs(sources bool) []fyne.CanvasObject {
	return []fyne.CanvasObject{
		s.look.choice(!sources, T("settings.tab.general"), func() { s.show(newSettings(s)) }).sized(24),
		s.look.choice(sources, T("settings.tab.scanners"), func() { s.show(newScanners(s)) }).sized(24),
	}
}

func (x *scanners) content() fyne.CanvasObject {
	l := x.s.look
	all := x.s.devices.status()
	rows := 5
	camera := x.s.devices.camera()
	if camera {
		rows = 2
	}
	left := []cell{grow(1, x.list.content(l, 1, rows, 8, len(all), func(i int) fyne.CanvasObject { return x.source(all[i]) }))}
	if camera {
		left = append(left, grow(1.1, x.s.devices.finder.object()))
	}
	left = append(left, l.fix(target, l.button("print", T("scanners.write"), x.write).sized(25)))
	cells := []cell{}
	if x.note != nil {
		cells = append(cells, l.note(x.note(), x.good))
	}
	cells = append(cells, grow(1, l.row(12, grow(1, l.col(10, left...)), grow(1.25, x.test()))))
	return x.s.page("settings", l.col(10, cells...), x.s.settingsTabs(true)...)
}

// sourceIcons are the shapes of the kinds of sources.
var sourceIcons = map[scanner.Kind]string{scanner.KindWindow: "label", scanner.KindKeyboard: "scan", scanner.KindSerial: "scan", scanner.KindCamera: "search", scanner.KindClip: "search"}

// source is a row of the list: what it is, and how it is.
func (x *scanners) source(st scanner.Status) fyne.CanvasObject {
	l := x.s.look
	p, t, icon := l.panel, toneAmber, "warn"
	if st.Open {
		t, icon = toneBlue, sourceIcons[st.Kind]
	}
	device := T("scanners.kind." + string(st.Kind))
	if st.Device != "" {
		device += " · " + st.Device
	}
	return l.on(p.ground, 10, l.inset(6, l.row(12,
		l.fix(56, l.col(0, rest(), l.fix(56, l.on(t.ground, 8, l.inset(9, l.shape(icon, t.ink)))), rest())),
		grow(1, l.col(0,
			grow(1.2, l.text1(st.Name, 28, bold, p.ink)),
			grow(1, l.text1(short(device, 44), 20, regular, p.ink)),
			grow(1, l.text1(x.state(st), 20, regular, p.ink)))))))
}

// state says how a source is, and what it did last.
func (x *scanners) state(st scanner.Status) string {
	at := words.Data{"At": words.Clock(st.Since)}
	how := ""
	switch {
	case st.Open:
		how = T("scanners.state.open")
	case st.Since.IsZero():
		return T("scanners.state.wait")
	case errors.Is(st.Err, scanner.ErrEnded):
		how = T("scanners.state.ended")
	case errors.Is(st.Err, scanner.ErrTaken):
		how = T("scanners.state.taken")
	case errors.Is(st.Err, fs.ErrPermission):
		return short(T("scanners.state.denied")+" ("+st.Err.Error()+")", 60)
	case errors.Is(st.Err, scanner.ErrSetup):
		return short(T("scanners.state.wrong")+" ("+st.Err.Error()+")", 60)
	default:
		how = T("scanners.state.gone", at)
	}
	if st.Scans > 0 {
		how += " · " + words.N("scanners.count", st.Scans) + " · " + words.Clock(st.Last)
	}
	return how
}

// short cuts a text in its middle: both ends of a path say something.
func short(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most/2]) + "…" + string(r[len(r)-most/2:])
}

// test is the live test.
func (x *scanners) test() fyne.CanvasObject {
	l := x.s.look
	p := l.panel
	if x.last == nil {
		return l.on(p.ground, 12, l.inset(16, l.col(10, rest(), l.fix(150, l.shape("scan", p.ink)),
			l.fix(90, l.text1(T("scanners.test"), 64, condensed, p.ink).centred()),
			l.fix(80, l.textN(T("scanners.help"), 25, 2, regular, p.ink).centred()), rest())))
	}
	s := *x.last
	name := s.Source
	if name == "" {
		name = T("source.window")
	}
	found, calibration := scanner.Diagnose(s)
	head, t, icon := x.is(s), toneBlue, "tick"
	if calibration {
		head, t, icon = T("calibration.well"), toneBlue, "tick"
		if len(found) > 0 {
			head, t, icon = T("calibration.fair"), toneAmber, "warn"
		}
		for _, f := range found {
			if f.Bad() {
				head, t, icon = T("calibration.bad"), toneRed, "stop"
			}
		}
	}
	cells := []cell{
		l.fix(108, l.on(t.ground, 10, l.inset(10, l.row(14, l.fix(64, l.shape(icon, t.ink)), grow(1, l.textN(head, 34, 2, bold, t.ink)))))),
		l.fix(34, l.text1(T("scanners.from", words.Data{"Name": name, "At": words.Clock(s.At)}), 25, bold, p.ink)),
		l.fix(32, l.text1(words.N("scanners.length", len([]rune(s.Text)))+", "+ended(s.Terminator), 24, regular, p.ink)),
		grow(1, l.textN(visible(s.Text), 23, 8, regular, p.ink)),
	}
	const most = 4 // more are not told at once: mend these first
	for i, f := range found {
		if i < most {
			cells = append(cells, l.fix(76, l.row(10, l.fix(30, l.shape("next", p.ink)), grow(1, l.textN(T("calibration."+string(f)), 23, 3, bold, p.ink)))))
		}
	}
	return l.on(p.ground, 12, l.inset(14, l.col(8, cells...)))
}

// is says what kind of code a scan was understood as.
func (x *scanners) is(s scanner.Scan) string {
	r := code.Parse(s.Text, code.Keys{Event: x.s.ledger.Event().Code, Public: x.s.ledger.PublicKeys()})
	d := words.Data{"Box": "", "Revision": r.Fields.Revision, "Command": string(r.Command)}
	if b, err := x.s.ledger.Event().BoxOfFields(r.Fields); err == nil {
		d["Box"] = b.ID()
	}
	return T("scanners.is."+r.Status.String(), d)
}

// ended says what ended a scan.
func ended(r rune) string {
	switch r {
	case '\r', '\n':
		return T("scanners.end.return")
	case '\t':
		return T("scanners.end.tab")
	case scanner.Silence:
		return T("scanners.end.none")
	case scanner.Picture:
		return T("scanners.end.picture")
	}
	return T("scanners.end.other", words.Data{"End": visible(string(r))})
}

// controls are the names of the control characters (ISO 646).
var controls = strings.Fields("NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP")

// visible shows a scan character for character, in lines of one length: controls and
// blanks by name. A long one is cut.
func visible(s string) string {
	const line, lines = 42, 7
	var b strings.Builder
	at, row := 0, 1
	runes := []rune(s)
	for i, r := range runes {
		part := string(r)
		switch {
		case int(r) < len(controls):
			part = "‹" + controls[r] + "›"
		case r == 0x7f:
			part = "‹DEL›"
		case r < 0xa0 && r > 0x7f || r == 0xfffd:
			part = fmt.Sprintf("‹%X›", r)
		}
		w := len([]rune(part))
		if at += w; at > line {
			if row++; row > lines {
				fmt.Fprintf(&b, "… (+%d)", len(runes)-i)
				break
			}
			b.WriteByte('\n')
			at = w
		}
		b.WriteString(part)
	}
	return b.String()
}

// write writes the calibration label, to be printed on any printer.
func (x *scanners) write() {
	path := filepath.Join(x.s.cfg.Files, "kalibrasi-pemindai-"+time.Now().Format("20060102-150405")+".pdf")
	x.s.later(func() func() {
		err := batch.WriteScannerLabel(path, labels.Options{Title: "Kalibrasi pemindai", Created: time.Now()})
		return func() {
			x.good, x.note = err == nil, func() string { return T("scanners.written", words.Data{"File": path}) }
			if err != nil {
				x.note = func() string { return words.Error(err) }
			}
			x.refresh()
		}
	})
}
