package words_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/ledger"
	"dapilgate/app/words"
	"dapilgate/assets"
	"dapilgate/labels"
	"dapilgate/labels/code"
	"dapilgate/labels/printer"

	"fyne.io/fyne/v2/lang"
)

// catalogue is one language's file: key → text, or key → plural forms.
func catalogue(t *testing.T, name string) map[string]any {
	t.Helper()
	b, err := assets.Lang.ReadFile("lang/" + name)
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return m
}

func keys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func use(t *testing.T, language string) {
	t.Helper()
	if err := words.Use(language); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := words.Use(words.Bahasa); err != nil {
			t.Error(err)
		}
	})
}

// spoken are the keys in the program's source: whole ones, given to T or N or standing as
// a literal, and beginnings that something is added to ("role."+x).
type spoken struct {
	asked    map[string]string // key given to T or N → where
	literals map[string]bool
	prefixes map[string]bool
}

func source(t *testing.T) spoken {
	t.Helper()
	s := spoken{map[string]string{}, map[string]bool{}, map[string]bool{}}
	files := token.NewFileSet()
	text := func(e ast.Expr) (string, bool) {
		l, ok := e.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return "", false
		}
		v, err := strconv.Unquote(l.Value)
		return v, err == nil
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if v, ok := text(n); ok {
					s.literals[v] = true
				}
			case *ast.BinaryExpr:
				if v, ok := text(n.X); ok && n.Op == token.ADD && strings.HasSuffix(v, ".") {
					s.prefixes[v] = true
				}
			case *ast.CallExpr:
				name := ""
				switch fun := n.Fun.(type) {
				case *ast.Ident:
					name = fun.Name
				case *ast.SelectorExpr:
					if x, ok := fun.X.(*ast.Ident); ok && x.Name == "words" {
						name = fun.Sel.Name
					}
				}
				if (name == "T" || name == "N") && len(n.Args) > 0 {
					if v, ok := text(n.Args[0]); ok {
						s.asked[v] = files.Position(n.Pos()).String()
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.asked) < 20 {
		t.Fatalf("only %d texts found in the source: this test looks in the wrong place", len(s.asked))
	}
	return s
}

// grown are the keys that the program puts together from closed sets.
func grown() map[string]bool {
	out := map[string]bool{}
	for _, v := range gate.Verdicts {
		for _, part := range []string{"head", "detail", "do"} {
			out["verdict."+string(v)+"."+part] = true
		}
	}
	for _, c := range []code.Command{code.SetAside, code.Undo, code.CloseLoad, code.SelfTest, code.TruckPass, code.Badge} {
		for _, part := range []string{"head", "detail"} {
			out["command."+string(c)+"."+part] = true
		}
	}
	for _, h := range []string{gate.HoldSpare, gate.HoldScanBack, gate.HoldNoRouting} {
		out["hold."+h] = true
	}
	for _, r := range []ledger.Role{ledger.Petugas, ledger.Penyelia, ledger.Auditor} {
		out["role."+string(r)] = true
	}
	for _, r := range printer.Reasons() {
		out["printer.reason."+string(r)] = true
	}
	for _, p := range []printer.State{printer.Idle, printer.Printing, printer.Stopped} {
		out["printer."+string(p)] = true
	}
	return out
}

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	id, en := catalogue(t, "id.json"), catalogue(t, "en.json")
	for _, k := range keys(id) {
		if _, ok := en[k]; !ok {
			t.Errorf("%q has no English", k)
		}
	}
	for _, k := range keys(en) {
		if _, ok := id[k]; !ok {
			t.Errorf("%q has no Bahasa", k)
		}
	}
	s := source(t)
	for k, where := range s.asked {
		if _, ok := id[k]; !ok && !strings.HasSuffix(k, ".") {
			t.Errorf("%s: no text for %q", where, k)
		}
	}
	for k := range grown() {
		if !s.prefixes[k[:strings.IndexByte(k, '.')+1]] {
			continue // its family is not spoken by this program yet
		}
		if _, ok := id[k]; !ok {
			t.Errorf("no text for %q", k)
		}
	}
}

func TestNoTextIsUnused(t *testing.T) {
	s, grow := source(t), grown()
	for _, k := range keys(catalogue(t, "id.json")) {
		if s.literals[k] || grow[k] {
			continue
		}
		// A family that grows from a set this test doesn't know: one of its beginnings
		// must stand in the source.
		family := false
		for p := range s.prefixes {
			closed := slices.ContainsFunc(keysOf(grow), func(g string) bool { return strings.HasPrefix(g, p) })
			family = family || !closed && strings.HasPrefix(k, p)
		}
		if !family {
			t.Errorf("nothing says %q", k)
		}
	}
}

func keysOf(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

// TestPlacesAgree: a name that one language's text leaves a place for and the other's
// doesn't is a typing error, which would print "<no value>".
func TestPlacesAgree(t *testing.T) {
	id, en := catalogue(t, "id.json"), catalogue(t, "en.json")
	place := regexp.MustCompile(`\{\{[^}]*\}\}`)
	for k, v := range id {
		a, aok := v.(string)
		b, bok := en[k].(string)
		if !aok || !bok {
			continue // plural forms: see TestPlurals
		}
		x, y := place.FindAllString(a, -1), place.FindAllString(b, -1)
		sort.Strings(x)
		sort.Strings(y)
		if !slices.Equal(slices.Compact(x), slices.Compact(y)) {
			t.Errorf("%q: Bahasa has places %v, English %v", k, x, y)
		}
		if strings.TrimSpace(a) != a || strings.TrimSpace(b) != b {
			t.Errorf("%q begins or ends with a blank", k)
		}
		if (a == "") != (b == "") {
			t.Errorf("%q is empty in one language only", k)
		}
	}
}

// TestFyneSpeaksBahasa: Fyne has no Indonesian of its own and would log a failure for each
// of its words.
func TestFyneSpeaksBahasa(t *testing.T) {
	base := fyneWords(t)
	ours := catalogue(t, "base.id.json")
	for _, k := range keys(base) {
		if _, ok := ours[k]; !ok {
			t.Errorf("Fyne's %q has no Bahasa", k)
		}
	}
	use(t, words.Bahasa)
	if got := lang.L("Cancel"); got != "Batal" {
		t.Errorf("Fyne says %q for Cancel", got)
	}
	use(t, words.English)
	if got := lang.L("Cancel"); got != "Cancel" {
		t.Errorf("back in English Fyne says %q for Cancel", got)
	}
}

// fyneWords are the keys of Fyne's own catalogue, from the module that is compiled in.
func fyneWords(t *testing.T) map[string]any {
	t.Helper()
	pc := runtime.FuncForPC(reflect.ValueOf(lang.SystemLocale).Pointer())
	file, _ := pc.FileLine(pc.Entry())
	b, err := os.ReadFile(filepath.Join(filepath.Dir(file), "translations", "base.en.json"))
	if err != nil {
		t.Skipf("Fyne's source is not here (%v): built with -trimpath?", err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLanguageSwitchesBackAndForth(t *testing.T) {
	for _, want := range []struct{ language, text string }{{words.Bahasa, "SALAH DAPIL"}, {words.English, "WRONG DAPIL"}, {words.Bahasa, "SALAH DAPIL"}} {
		use(t, want.language)
		if got := words.T("verdict.wrong_district.head"); got != want.text || words.Language() != want.language {
			t.Errorf("%s: %q", want.language, got)
		}
	}
	if err := words.Use("nl"); !errors.Is(err, words.ErrLanguage) {
		t.Errorf("an unknown language: %v", err)
	}
	if words.Language() != words.Bahasa {
		t.Error("the unknown language changed the language")
	}
}

// TestEveryVerdictIsExplained: one headline each, short enough to be read from three
// metres, no two alike, and everything that isn't green says what to do now.
func TestEveryVerdictIsExplained(t *testing.T) {
	for _, language := range []string{words.Bahasa, words.English} {
		use(t, language)
		heads := map[string]gate.Verdict{}
		for _, v := range gate.Verdicts {
			r := wrong()
			r.Verdict = v
			e := words.Verdict(r)
			if n := len(strings.Fields(e.Headline)); n < 1 || n > 4 || len([]rune(e.Headline)) > 24 {
				t.Errorf("%s %s: headline %q", language, v, e.Headline)
			}
			if e.Headline != strings.ToUpper(e.Headline) || strings.HasPrefix(e.Headline, "VERDICT.") {
				t.Errorf("%s %s: headline %q", language, v, e.Headline)
			}
			if other, ok := heads[e.Headline]; ok {
				t.Errorf("%s: %s and %s are both %q", language, v, other, e.Headline)
			}
			heads[e.Headline] = v
			if e.Detail == "" || v != gate.Accepted && e.Do == "" {
				t.Errorf("%s %s: %+v", language, v, e)
			}
			line := words.Line(r)
			for _, bad := range []string{"<no value>", "{{", "verdict.", "\n"} {
				if strings.Contains(line, bad) {
					t.Errorf("%s %s: %q in %q", language, v, bad, line)
				}
			}
		}
	}
}

// wrong is a result with everything filled in.
func wrong() dock.Result {
	return dock.Result{Verdict: gate.WrongDistrict, Box: "31.75.03.1001-012-DPRDP", Area: "31.75.03.1001", TPS: 12, Kind: "DPRDP", Revision: 1,
		Kelurahan: "Kampung Melayu", Kecamatan: "Jatinegara", BoxDistrict: election.District{Kind: "DPRDP", Code: "310005"}, BoxDapil: "DPRDP DKI JAKARTA 5", LoadDapil: "DPRDP DKI JAKARTA 4",
		LoadDistrict: election.District{Kind: "DPRDP", Code: "310004"}, Truck: "B 9123 KPU", Hold: "kotak basah", Position: 3, Count: 7, Expected: 11752,
		OtherTruck: "B 9456 KPU", OtherLoad: 2, OtherAt: time.Date(2024, 2, 13, 6, 24, 0, 0, time.UTC), OtherState: ledger.LoadOpen,
		Lock: &gate.Lock{Verdict: gate.WrongDistrict, Box: "31.75.03.1001-012-DPRDP"}}
}

// TestWrongDistrictAnswersThreeQuestions: what is wrong, where the box belongs, what to do.
func TestWrongDistrictAnswersThreeQuestions(t *testing.T) {
	use(t, words.Bahasa)
	line := words.Line(wrong())
	for _, want := range []string{"SALAH DAPIL", "31.75.03.1001-012-DPRDP", "DPRDP DKI JAKARTA 5", "DPRDP DKI JAKARTA 4", "B 9123 KPU", "Sisihkan"} {
		if !strings.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
}

func TestEveryCommandIsExplained(t *testing.T) {
	for _, language := range []string{words.Bahasa, words.English} {
		use(t, language)
		for _, c := range []code.Command{code.SetAside, code.Undo, code.CloseLoad, code.SelfTest, code.TruckPass, code.Badge} {
			r := dock.Result{Command: c, Box: "31.75.06.1001-001-DPRDP", Person: &ledger.Person{Name: "Budi"},
				Opened: &ledger.Load{Plate: "B 9123 KPU"}, Closed: &ledger.Load{Plate: "B 9123 KPU", Count: 12}}
			if line := words.Line(r); strings.Contains(line, "command.") || strings.Contains(line, "<no value>") {
				t.Errorf("%s %s: %q", language, c, line)
			}
			r.Err = fmt.Errorf("command: %w", ledger.ErrUnavailable)
			if e := words.Verdict(r); e.Headline != words.T("command.failed") || !strings.Contains(e.Detail, words.T("error.unavailable")) {
				t.Errorf("%s %s failed: %+v", language, c, e)
			}
		}
	}
}

// TestErrorsSayWhatToDo: each error that an operator can meet has its own text, and an
// error of no known kind is not hidden.
func TestErrorsSayWhatToDo(t *testing.T) {
	for _, language := range []string{words.Bahasa, words.English} {
		use(t, language)
		seen := map[string]error{}
		for _, err := range []error{dock.ErrNobody, dock.ErrInUse, ledger.ErrPINLocked, ledger.ErrPIN, ledger.ErrShortage, ledger.ErrLocked,
			ledger.ErrNotAllowed, ledger.ErrNotLedger, ledger.ErrNewer, ledger.ErrUnavailable, ledger.ErrExists, ledger.ErrNotFound, ledger.ErrConflict,
			ledger.ErrInvalid, ledger.ErrSecond, ledger.ErrUncounted, ledger.ErrDamaged, election.ErrFaults, labels.ErrPassphrase, labels.ErrOtherKey, labels.ErrKeyFile, labels.ErrStock, fs.ErrPermission} {
			text := words.Error(fmt.Errorf("load 4: %w", err))
			head, cause, _ := strings.Cut(text, " (")
			evident := err == dock.ErrNobody || err == ledger.ErrPIN || err == labels.ErrPassphrase
			if strings.Contains(cause, "load 4") == evident || strings.HasPrefix(head, "error.") || head == words.T("error.other") {
				t.Errorf("%s %v: %q", language, err, text)
			}
			if other, ok := seen[head]; ok {
				t.Errorf("%s: %v and %v are both %q", language, err, other, head)
			}
			seen[head] = err
		}
		if text := words.Error(errors.New("the moon fell down")); !strings.Contains(text, "the moon fell down") {
			t.Errorf("an unknown error became %q", text)
		}
	}
}

func TestNumbersDatesAndClock(t *testing.T) {
	use(t, words.Bahasa)
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1.000", 30766: "30.766", 4164552: "4.164.552", -30766: "-30.766", -12: "-12"} {
		if got := words.Number(n); got != want {
			t.Errorf("%d is %q", n, got)
		}
	}
	at := time.Date(2024, 2, 14, 6, 24, 59, 0, time.UTC)
	if got := words.Date(at); got != "14 Februari 2024" {
		t.Errorf("date %q", got)
	}
	if got := words.Clock(at); got != "13.24 WIB" {
		t.Errorf("clock %q", got)
	}
	// The hall is in Jakarta, whatever zone the PC was set up with.
	if got := words.Clock(at.In(time.FixedZone("X", -8*3600))); got != "13.24 WIB" {
		t.Errorf("clock of a PC in another zone: %q", got)
	}
	use(t, words.English)
	if got := words.Number(30766); got != "30,766" {
		t.Errorf("number %q", got)
	}
	if got := words.Date(at); got != "14 February 2024" {
		t.Errorf("date %q", got)
	}
}

// TestNumbersAndTimes: as they are written in either language.
func TestNumbersAndTimes(t *testing.T) {
	at := time.Date(2026, time.August, 16, 17, 5, 0, 0, time.UTC) // 00.05 WIB, the next day
	for _, tc := range []struct{ language, moment, short, minutes, long, decimal, minus, zero string }{
		{words.Bahasa, "17 Agu 2026 00.05 WIB", "45 detik", "3 menit", "2 jam 5 menit", "10,5", "−1,5", "0,0"},
		{words.English, "17 Aug 2026 00.05 WIB", "45 seconds", "3 minutes", "2 h 5 min", "10.5", "−1.5", "0.0"},
	} {
		use(t, tc.language)
		for what, got := range map[string][2]string{
			"moment": {words.Moment(at), tc.moment}, "rounded up": {words.Duration(41*time.Second + 1), tc.short},
			"minutes": {words.Duration(121 * time.Second), tc.minutes}, "hours": {words.Duration(124*time.Minute + time.Second), tc.long},
			"decimal": {words.Decimal(10.46, 1), tc.decimal}, "minus": {words.Signed(-1.5, 1), tc.minus}, "zero": {words.Signed(-0.04, 1), tc.zero},
		} {
			if got[0] != got[1] {
				t.Errorf("%s, %s: %q, want %q", tc.language, what, got[0], got[1])
			}
		}
	}
}
