package batch

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
)

// ErrNoChoice says that the record of a print does not tell which boxes it was of.
var ErrNoChoice = errors.New("the record does not say which boxes this print was of")

// Parts of a choice as the record of prints has it. They are kept for good: what a print
// was of is read from its record when it is gone on with.
const (
	choiceJoint = " · "
	choiceTPS   = "TPS "
	choiceMost  = "max "
	choiceAfter = "lanjutan #"
	choiceState = "state "
)

// choiceText says which boxes were asked for, for the record of prints: people read it, and
// choiceOf reads it back.
func choiceText(e *election.Event, f ledger.Filter) string {
	var parts []string
	if !f.District.IsZero() {
		parts = append(parts, f.District.Spaced())
	}
	if f.Area != "" {
		parts = append(parts, string(f.Area))
	}
	if f.TPS != 0 {
		parts = append(parts, fmt.Sprintf("%s%03d", choiceTPS, f.TPS))
	}
	if f.Kind != "" {
		parts = append(parts, strings.ToUpper(f.Kind))
	}
	if f.State != "" {
		parts = append(parts, choiceState+string(f.State))
	}
	if f.Limit > 0 {
		parts = append(parts, choiceMost+strconv.Itoa(f.Limit))
	}
	for _, n := range f.After {
		parts = append(parts, choiceAfter+strconv.FormatInt(n, 10))
	}
	if len(parts) == 0 {
		return e.Code
	}
	return strings.Join(parts, choiceJoint)
}

// choiceOf is the choice that choiceText told. Error: ErrNoChoice.
func choiceOf(e *election.Event, text string) (ledger.Filter, error) {
	var f ledger.Filter
	if text == e.Code {
		return f, nil
	}
	for _, part := range strings.Split(text, choiceJoint) {
		if !choicePart(e, &f, part) {
			return ledger.Filter{}, fmt.Errorf("%w: %q", ErrNoChoice, text)
		}
	}
	return f, nil
}

func choicePart(e *election.Event, f *ledger.Filter, part string) bool {
	for prefix, take := range map[string]func(n int64){
		choiceTPS:   func(n int64) { f.TPS = int(n) },
		choiceMost:  func(n int64) { f.Limit = int(n) },
		choiceAfter: func(n int64) { f.After = append(f.After, n) },
	} {
		if rest, ok := strings.CutPrefix(part, prefix); ok {
			n, err := strconv.ParseInt(rest, 10, 64)
			if err == nil && n > 0 {
				take(n)
			}
			return err == nil && n > 0
		}
	}
	if s, ok := strings.CutPrefix(part, choiceState); ok {
		f.State = ledger.BoxState(s)
		return true
	}
	if d, err := election.ParseDistrict(part); err == nil {
		f.District = d
		return true
	}
	if a, err := election.ParseArea(part); err == nil {
		f.Area = a
		return true
	}
	if _, ok := e.KindByCode(part); ok || part == election.SpareKind {
		f.Kind = part
		return true
	}
	return false
}
