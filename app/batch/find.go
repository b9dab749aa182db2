package batch

import (
	"context"
	"crypto/ed25519"
	"strconv"
	"strings"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/labels/code"
)

// Find looks labels up by anything that is printed on one or known of its print: the text
// of its code, the box ("31.75.06.1001-012-DPRDP"), an area's code or a part of its name,
// "tps 12" or "012", "dapil 4", a kind, "rev 2", "cetakan 7", a day ("24.11.2026"), who
// printed it, the stock, the reason, the printer, its state, "hilang" (not scanned back). All that is asked must hold.
// At most limit labels from offset on come back, with the number of all. Error: those of
// the ledger.
func Find(ctx context.Context, l *ledger.Ledger, text string, limit, offset int) ([]ledger.FoundLabel, int, error) {
	q := Query(l.Event(), l.PublicKeys(), text)
	q.Limit, q.Offset = limit, offset
	return l.FindLabels(ctx, q)
}

// states are the words for what became of a label, in both languages.
var states = map[string]string{"baik": ledger.LabelPrinted, "good": ledger.LabelPrinted, "rusak": ledger.LabelSpoiled, "batal": ledger.LabelVoid,
	"terkirim": ledger.LabelSent, "disiapkan": ledger.LabelPlanned}

// missing are the words for a label that counts and was not scanned back.
var missing = map[string]bool{"hilang": true, "missing": true}

// dayForms are the ways a day is written: as on the documents, and as ISO 8601.
var dayForms = []string{"2.1.2006", "2/1/2006", "2-1-2006", time.DateOnly}

// Query reads what a person typed, or a scan. It never fails: what is nothing else is a
// part of a name.
func Query(e *election.Event, keys []ed25519.PublicKey, text string) ledger.LabelQuery {
	var q query
	if r := code.Parse(text, code.Keys{Event: e.Code, Public: keys}); r.Status == code.Whole {
		if b, err := e.BoxOfFields(r.Fields); err == nil {
			q.Box, q.Revision = b.ID(), r.Fields.Revision
			return q.LabelQuery
		}
	}
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		w := strings.Trim(words[i], ",;")
		if i+1 < len(words) && q.pair(e, strings.ToLower(w), words[i+1]) {
			i++
			continue
		}
		q.word(e, w)
	}
	return q.LabelQuery
}

// query is a query in the making.
type query struct{ ledger.LabelQuery }

// pair reads two words that belong together, and tells whether they do.
func (q *query) pair(e *election.Event, name, value string) bool {
	n, err := strconv.Atoi(strings.TrimLeft(value, "#"))
	switch name {
	case "dapil":
		d, derr := e.ResolveDistrict(value)
		if derr == nil {
			q.District = d
		}
		return derr == nil
	case "tps":
		if err == nil {
			q.TPS = n
		}
	case "rev", "revisi", "revision":
		if err == nil {
			q.Revision = n
		}
	case "cetakan", "batch", "print":
		if err == nil {
			q.Batch = int64(n)
		}
	default:
		return false
	}
	return err == nil
}

// word reads one word by its form.
func (q *query) word(e *election.Event, w string) {
	if _, _, _, err := election.ParseBoxID(w); err == nil {
		q.Box = strings.ToUpper(w)
		return
	}
	for _, form := range dayForms {
		if day, err := time.ParseInLocation(form, w, time.Local); err == nil {
			q.From, q.Until = day, day.AddDate(0, 0, 1)
			return
		}
	}
	if a, err := election.ParseArea(w); err == nil && strings.Contains(w, ".") {
		q.Area = a
		return
	}
	if a, err := election.AreaOfDigits(w); err == nil {
		q.Area = a
		return
	}
	if d, err := election.ParseDistrict(w); err == nil {
		q.District = d
		return
	}
	if k, ok := e.KindByCode(strings.ToUpper(w)); ok {
		q.Kind = k.Code
		return
	}
	if n, err := strconv.Atoi(strings.TrimLeft(w, "#")); err == nil && n > 0 {
		if strings.HasPrefix(w, "#") {
			q.Batch = int64(n)
			return
		}
		if len(w) <= len("999") {
			q.TPS = n
			return
		}
	}
	if missing[strings.ToLower(w)] {
		q.Missing = true
		return
	}
	if s, ok := states[strings.ToLower(w)]; ok {
		w = s
	}
	if w != "" {
		q.Words = append(q.Words, w)
	}
}
