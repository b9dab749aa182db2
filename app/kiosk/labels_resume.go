package kiosk

import (
	"errors"

	"dapilgate/app/batch"
	"dapilgate/app/words"
)

// resume goes on with a print that broke off, or that was stopped: with the boxes of its
// choice that have no good label of it.
func (x *labelsScreen) resume(id int64) { x.goOn(id, func() {}) }

// goOn goes to the paper of what is left of a print, or stays where nothing is; then tells
// what is to be told.
func (x *labelsScreen) goOn(id int64, tell func()) {
	x.s.later(func() func() {
		r, err := batch.Resume(x.s.ctx, x.s.ledger, id)
		return func() {
			switch {
			case errors.Is(err, batch.ErrNothing), errors.Is(err, batch.ErrNoChoice):
				x.say(false, func() string { return T("resume.nothing") })
				x.read()
			case err != nil:
				x.say(false, func() string { return words.Error(err) })
				x.read()
			default:
				x.take(r.Stock)
				x.printOnly(onlyThis{what: func() string { return T("only.rest", words.Data{"Batch": id}) },
					filter: r.Filter, reprint: r.Reprint, reason: r.Reason})
			}
			tell()
			x.refresh()
		}
	})
}
