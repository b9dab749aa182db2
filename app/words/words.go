// Package words is the room of language: every sentence that a person reads, in Bahasa
// Indonesia first and in English. What enters are verdicts, errors and numbers, what
// leaves is text. It decides nothing.
package words

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/assets"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/labels/printer"

	"fyne.io/fyne/v2/lang"
)

// Languages that the program speaks.
const (
	Bahasa  = "id"
	English = "en"
)

// ErrLanguage says that a language is not there.
var ErrLanguage = errors.New("language is not available")

var current = Bahasa

// Use speaks a language from now on. Fyne reads the language from the environment when
// translations are added, and only then, so both are set together.
func Use(language string) error {
	name := map[string]string{Bahasa: "id_ID.UTF-8", English: "en_US.UTF-8"}[language]
	if name == "" {
		return fmt.Errorf("%w: %q (id or en)", ErrLanguage, language)
	}
	for _, v := range []string{"LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE"} {
		if err := os.Setenv(v, name); err != nil {
			return fmt.Errorf("set language: %w", err)
		}
	}
	if err := lang.AddTranslationsFS(assets.Lang, "lang"); err != nil {
		return fmt.Errorf("set language: %w", err)
	}
	current = language
	return nil
}

// Language is the language that is spoken.
func Language() string { return current }

// Data are the values of a sentence.
type Data = map[string]any

// T is a sentence by its key.
func T(key string, data ...any) string { return lang.X(key, key, data...) }

// N is a sentence that depends on a number, which it can name as {{.N}}.
func N(key string, n int) string { return lang.XN(key, key, n, Data{"N": Number(n)}) }

// Number is a number with its thousands apart: 30.766 in Bahasa, 30,766 in English.
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	mark := "."
	if current == English {
		mark = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return sign + s
}

// Decimal is a number with so many decimals: 10,5 in Bahasa, 10.5 in English.
func Decimal(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	if current == Bahasa {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// Signed is Decimal with a sign where it isn't zero: +0,5.
func Signed(v float64, decimals int) string {
	s := Decimal(math.Abs(v), decimals)
	switch {
	case strings.Trim(s, "0.,") == "":
		return s
	case v < 0:
		return "−" + s
	}
	return "+" + s
}

// wib is the time of Jakarta, whatever clock zone the PC was set to.
var wib = time.FixedZone("WIB", 7*60*60)

// Clock is a time of day: "13.24 WIB".
func Clock(t time.Time) string { return t.In(wib).Format("15.04") + " WIB" }

// Hour is the hour of a day in Jakarta: "13".
func Hour(t time.Time) string { return t.In(wib).Format("15") }

// Moment is a day and a time of day in Jakarta: "14 Feb 2024 13.24 WIB".
func Moment(t time.Time) string {
	t = t.In(wib)
	return fmt.Sprintf("%d %.3s %d ", t.Day(), months[current][t.Month()-1], t.Year()) + Clock(t)
}

// Duration is a length of time that a person waits, rounded up.
func Duration(d time.Duration) string {
	const step, short = 5, 90 // seconds
	s := int((d + time.Second - 1) / time.Second)
	m := (s + 59) / 60
	switch {
	case s <= short:
		return N("duration.seconds", (s+step-1)/step*step)
	case m < 60:
		return N("duration.minutes", m)
	}
	return T("duration.hours", Data{"Hours": Number(m / 60), "Minutes": m % 60})
}

var months = map[string][12]string{
	Bahasa:  {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Date is a day: "14 Februari 2024". It is not moved to another zone.
func Date(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), months[current][t.Month()-1], t.Year())
}

// Explanation is a verdict in words: what is wrong, why, what to do now.
type Explanation struct {
	Headline string // two or three words, in capitals
	Detail   string
	Do       string
}

// Verdict explains a result.
func Verdict(r dock.Result) Explanation {
	if r.Receiving {
		return receiving(r)
	}
	if r.Undone {
		return Explanation{T("undone.head"), T("undone.detail", data(r)), T("undone.do")}
	}
	if r.Command != "" {
		return command(r)
	}
	v := string(r.Verdict)
	d := data(r)
	e := Explanation{Headline: T("verdict." + v + ".head"), Detail: T("verdict."+v+".detail", d), Do: T("verdict."+v+".do", d)}
	switch r.Verdict {
	case gate.Unavailable:
		if r.Err != nil {
			e.Detail = Error(r.Err)
		}
		if !r.Since.IsZero() {
			e.Detail += " " + T("unavailable.since", Data{"Time": Clock(r.Since)})
		}
	case gate.Locked:
		if r.Lock != nil && r.Lock.Box == "" {
			e.Detail = T("verdict.locked.forged")
		}
	case gate.Forged:
		if r.Box == "" {
			e.Detail = T("verdict.forged.nobox")
		}
	case gate.OtherEvent:
		if code.OfTestCard(r.Scan) {
			e.Detail, e.Do = T("verdict.other_event.card"), T("verdict.other_event.begin")
		}
	}
	return e
}

func command(r dock.Result) Explanation {
	key := "command." + string(r.Command)
	if r.Err != nil {
		return Explanation{T("command.failed"), Error(r.Err), ""}
	}
	d := data(r)
	if r.Closed != nil {
		d["Truck"], d["Count"] = r.Closed.Plate, Number(r.Closed.Count)
	}
	if r.Person != nil {
		d["Name"] = r.Person.Name
	}
	return Explanation{T(key + ".head"), T(key+".detail", d), ""}
}

// data are the values that sentences about a result may use.
func data(r dock.Result) Data {
	d := Data{"Box": r.Box, "TPS": fmt.Sprintf("%03d", r.TPS), "Kind": r.Kind, "Kelurahan": r.Kelurahan, "Kecamatan": r.Kecamatan,
		"BoxDapil": cmp.Or(r.BoxDapil, r.BoxDistrict.Spaced()), "LoadDapil": cmp.Or(r.LoadDapil, r.LoadDistrict.Spaced()), "Truck": r.Truck, "Hold": hold(r.Hold),
		"Position": Number(r.Position), "Count": Number(r.Count), "Expected": Number(r.Expected), "Revision": r.Revision,
		"OtherTruck": r.OtherTruck, "OtherLoad": r.OtherLoad, "OtherAt": Clock(r.OtherAt), "Locked": ""}
	if r.Lock != nil {
		d["Locked"] = r.Lock.Box
	}
	return d
}

func hold(reason string) string {
	switch reason {
	case gate.HoldSpare, gate.HoldScanBack, gate.HoldNoRouting:
		return T("hold." + reason)
	}
	return reason
}

// CountAnswer is the answer to a scan of a count.
func CountAnswer(a gate.CountAnswer) string { return T("count.answer." + string(a)) }

// Printer is how a printer is, in words: what it does, else why it does not.
func Printer(s printer.Status) string {
	var all []string
	for _, r := range s.Reasons {
		all = append(all, Reason(r))
	}
	if len(all) == 0 {
		all = append(all, T("printer."+string(s.State)))
	}
	for _, r := range s.Warnings {
		all = append(all, Reason(r))
	}
	return strings.Join(all, " · ")
}

// Reason is why a printer does not print, or soon will not.
func Reason(r printer.Reason) string { return T("printer.reason." + string(r)) }

// Line is a result in one line, as scripts and lists show it.
func Line(r dock.Result) string {
	e := Verdict(r)
	s := e.Headline
	for _, part := range []string{e.Detail, e.Do} {
		if part != "" {
			s += ": " + part
			break
		}
	}
	if e.Detail != "" && e.Do != "" {
		s += " " + e.Do
	}
	return s
}

// sentinels are the errors that operators meet, the more precise ones first.
var sentinels = []struct {
	err error
	key string
}{
	{ledger.ErrSecond, "error.second"}, {ledger.ErrUncounted, "error.uncounted"}, {dock.ErrNobody, "error.nobody"}, {dock.ErrInUse, "error.in_use"}, {ledger.ErrPINLocked, "error.pin_locked"}, {ledger.ErrPIN, "error.pin"},
	{ledger.ErrChanged, "error.changed"}, {ledger.ErrShortage, "error.shortage"}, {ledger.ErrDifference, "error.difference"}, {code.ErrSeal, "error.paper_seal"}, {code.ErrCheckpoint, "error.paper"}, {ledger.ErrLocked, "error.locked"}, {ledger.ErrNotAllowed, "error.not_allowed"},
	{ledger.ErrNotLedger, "error.not_ledger"}, {ledger.ErrDamaged, "error.damaged"}, {ledger.ErrNewer, "error.newer"},
	{ledger.ErrNoServer, "error.no_server"}, {ledger.ErrSlow, "error.slow"}, {ledger.ErrCrowded, "error.crowded"}, {ledger.ErrDiskFull, "error.disk_full"},
	{ledger.ErrReadOnly, "error.read_only"}, {ledger.ErrNoEntry, "error.no_entry"}, {ledger.ErrNotDurable, "error.not_durable"},
	{ledger.ErrUnavailable, "error.unavailable"},
	{ledger.ErrExists, "error.exists"}, {ledger.ErrNotFound, "error.not_found"}, {ledger.ErrConflict, "error.conflict"},
	{ledger.ErrInvalid, "error.invalid"}, {election.ErrFaults, "error.faults"}, {election.ErrDistrict, "error.district"}, {election.ErrBox, "error.box"},
	{labels.ErrPassphrase, "error.passphrase"}, {labels.ErrOtherKey, "error.other_key"}, {labels.ErrKeyFile, "error.key_file"},
	{labels.ErrStock, "error.stock"}, {printer.ErrUnsure, "error.print_unsure"}, {printer.ErrStopped, "error.printer_stopped"},
	{printer.ErrOffline, "error.printer_offline"}, {printer.ErrRefused, "error.printer_refused"}, {printer.ErrAddress, "error.printer"},
	{printer.ErrPrinter, "error.printer"}, {os.ErrExist, "error.file_exists"}, {os.ErrPermission, "error.permission"}, {os.ErrNotExist, "error.no_file"},
}

// selfEvident are errors whose sentence says all there is to say; the cause's own words
// would only repeat it in another language.
var selfEvident = map[error]bool{dock.ErrNobody: true, ledger.ErrNoServer: true, ledger.ErrSlow: true, ledger.ErrCrowded: true, ledger.ErrPIN: true, labels.ErrPassphrase: true}

// Error is an error for an operator: what happened and what to do next. The cause's own
// words follow where they say which thing it was.
func Error(err error) string {
	var lost *dock.LostError
	if errors.As(err, &lost) {
		return T("error.lost", Data{"Boxes": strings.Join(lost.Boxes, ", "), "Count": Number(len(lost.Boxes))})
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			if selfEvident[s.err] {
				return T(s.key)
			}
			return T(s.key) + " (" + cause(err) + ")"
		}
	}
	return T("error.other") + " (" + cause(err) + ")"
}

// cause is the innermost part of an error's text that names the thing.
func cause(err error) string {
	const most = 160
	s := strings.ReplaceAll(err.Error(), "\n", " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
