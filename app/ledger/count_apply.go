package ledger

import (
	"context"
	"fmt"
	"strings"

	"dapilgate/app/gate"
)

// applyCount folds the events of counts.
func (t *tx) applyCount(ctx context.Context, e Event) error {
	session := int64(0)
	var err error
	switch e.Kind {
	case CountOpened:
		return withPayload(e, func(p countOpenedPayload) error {
			return t.run(ctx, `INSERT INTO counts (id, room, district, area, tps, kind, sample, state, opened_by, opened, compared_by, compared, expected, found, matching,
				beside, unlabelled, signed_by, signed, acts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0, 0, 0, 0, 0, '', '', 1)`,
				p.Session, p.Room, p.Scope.District, string(p.Scope.Area), p.Scope.TPS, p.Scope.Kind, p.Sample, string(CountRunning), e.Actor, formatTime(e.At))
		})
	case CountJoined:
		err = withPayload(e, func(p countPassPayload) error {
			session = p.Session
			return t.beginPass(ctx, e, p.Session, p.Round, p.Person, `DO UPDATE SET done = '', ended_by = ''`)
		})
	case CountPassEnded:
		err = withPayload(e, func(p countPassPayload) error {
			session = p.Session
			if err := t.beginPass(ctx, e, p.Session, p.Round, p.Person, `DO NOTHING`); err != nil {
				return err
			}
			return t.run(ctx, `UPDATE count_passes SET done = ?, ended_by = ? WHERE session = ? AND round = ? AND person = ?`,
				formatTime(e.At), e.Actor, p.Session, p.Round, p.Person)
		})
	case CountScanned, CountRecounted:
		err = withPayload(e, func(p countScanPayload) error { session = p.Session; return t.applyCountScan(ctx, e, p) })
	case CountCompared:
		err = withPayload(e, func(p countComparedPayload) error {
			session = p.Session
			return t.run(ctx, `UPDATE counts SET state = ?, compared_by = ?, compared = ?, expected = ?, found = ?, matching = ?, beside = ?, unlabelled = ? WHERE id = ?`,
				string(CountInDoubt), e.Actor, formatTime(e.At), p.Expected, p.Found, p.Matching, p.Beside, p.Unlabelled, p.Session)
		})
	case CountDiffers:
		err = withPayload(e, func(p classedPayload) error {
			session = p.Session
			var a []any
			for _, x := range p.Boxes {
				key, err := t.l.key(x.Box)
				if err != nil {
					return err
				}
				a = append(a, p.Session, key, string(x.Class), string(x.Reason))
			}
			const row = `(?, ?, ?, ?, '', '', 0, '', '')`
			return t.run(ctx, insertDifference+row+strings.Repeat(`, `+row, len(p.Boxes)-1), a...)
		})
	case CountNotHere:
		err = withPayload(e, func(p classedPayload) error {
			session = p.Session
			return t.recounted(ctx, e, p, false)
		})
	case CountClosed:
		err = withPayload(e, func(p countClosedPayload) error {
			session = p.Session
			return t.run(ctx, `UPDATE counts SET state = ?, signed_by = ?, signed = ? WHERE id = ?`, string(CountFinished), e.Actor, formatTime(e.At), p.Session)
		})
	}
	if err != nil {
		return err
	}
	return t.run(ctx, `UPDATE counts SET acts = acts + 1 WHERE id = ?`, session)
}

const insertDifference = `INSERT INTO count_differences (session, box, class, reason, by_whom, at, found, now, why) VALUES `

// beginPass makes a person's pass where there is none; else it does what conflict says.
func (t *tx) beginPass(ctx context.Context, e Event, session int64, round int, person, conflict string) error {
	return t.run(ctx, `INSERT INTO count_passes (session, round, person, began, done, ended_by, boxes, again, unreadable, strange, forged)
		VALUES (?, ?, ?, ?, '', '', 0, 0, 0, 0, 0) ON CONFLICT (session, round, person) `+conflict, session, round, person, formatTime(e.At))
}

// recounted notes what a recount says of boxes, all of one class at once.
func (t *tx) recounted(ctx context.Context, e Event, p classedPayload, found bool) error {
	type what struct {
		class  gate.CountClass
		reason gate.CountReason
	}
	keys := map[what][]any{}
	for _, x := range p.Boxes {
		key, err := t.l.key(x.Box)
		if err != nil {
			return err
		}
		keys[what{x.Class, x.Reason}] = append(keys[what{x.Class, x.Reason}], key)
	}
	for w, k := range keys {
		if err := t.run(ctx, `UPDATE count_differences SET by_whom = ?, at = ?, found = ?, now = ?, why = ? WHERE session = ? AND box IN (`+list(len(k)),
			append(args(e.Actor, formatTime(e.At), bit(found), string(w.class), string(w.reason), p.Session), k...)...); err != nil {
			return err
		}
	}
	return nil
}

// tallied is the column of a pass that a scan with this answer counts up.
var tallied = map[gate.CountAnswer]string{gate.Counted: "boxes", gate.CountFound: "boxes", gate.CountAgain: "again", gate.CountUnreadable: "unreadable",
	gate.CountForeign: "strange", gate.CountOtherEvent: "strange", gate.CountForged: "forged"}

func (t *tx) applyCountScan(ctx context.Context, e Event, p countScanPayload) error {
	round := RoundCount
	if e.Kind == CountRecounted {
		round = RoundRecount
		// Who goes on after the end goes on: what is found late is found.
		if err := t.beginPass(ctx, e, p.Session, round, e.Actor, `DO UPDATE SET done = '', ended_by = ''`); err != nil {
			return err
		}
	}
	if column := tallied[p.Answer]; column != "" {
		if err := t.run(ctx, fmt.Sprintf(`UPDATE count_passes SET %[1]s = %[1]s + 1 WHERE session = ? AND round = ? AND person = ?`, column),
			p.Session, round, e.Actor); err != nil {
			return err
		}
	}
	if p.Answer == gate.CountFound {
		return t.recounted(ctx, e, classedPayload{p.Session, []classedBox{{p.Box, p.Class, p.Reason}}}, true)
	}
	if p.Record == nil {
		return nil
	}
	key, err := t.l.key(p.Box)
	if err != nil {
		return err
	}
	r := p.Record
	if err := t.run(ctx, `INSERT INTO count_boxes (session, box, person, round, at, revision, newest, known, labelled, load, plate, departed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, p.Session, key, e.Actor, round, formatTime(e.At), p.Revision, r.Newest, bit(r.Known), bit(r.Labelled),
		r.Load, r.Truck, bit(r.Departed)); err != nil {
		return err
	}
	if p.New {
		return t.run(ctx, insertDifference+`(?, ?, ?, ?, '', '', 0, '', '')`, p.Session, key, string(p.Class), string(p.Reason))
	}
	return nil
}

// bit is a truth as both engines keep it.
func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
