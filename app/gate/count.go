package gate

import (
	"slices"

	"dapilgate/labels/code"
)

// CountAnswer is what a counter is told of one scan. It tells what the label is and nothing
// of what is expected: who counts must not know. Its text is part of the contract with
// scripts and records.
type CountAnswer string

// Answers of a count. The last three are a recount's only.
const (
	Counted         CountAnswer = "counted"
	CountAgain      CountAnswer = "again" // this person scanned it before
	CountUnreadable CountAnswer = "unreadable"
	CountForeign    CountAnswer = "foreign"
	CountForged     CountAnswer = "forged"
	CountOtherEvent CountAnswer = "other_event"

	CountFound    CountAnswer = "found"     // one of the boxes to look for: it is here
	CountNotAsked CountAnswer = "not_asked" // not one of them; noted all the same
	CountOwn      CountAnswer = "own"       // who counted a box can't recount it; noted all the same
)

// CountAnswers are all of them.
var CountAnswers = []CountAnswer{Counted, CountAgain, CountUnreadable, CountForeign, CountForged, CountOtherEvent, CountFound, CountNotAsked, CountOwn}

// CountReading is the answer to what was read: Counted where it names a box.
func CountReading(s code.Status) CountAnswer {
	switch s {
	case code.Whole:
		return Counted
	case code.CutOff, code.Doubled, code.Damaged:
		return CountUnreadable
	case code.FalseSignature:
		return CountForged
	case code.OtherEvent:
		return CountOtherEvent
	}
	return CountForeign
}

// CountClass is what the finding of a box, or its not being found, means. A box is in one
// class at most.
type CountClass string

// Classes. The three differences have KPU's words.
const (
	CountMatch     CountClass = "match"
	CountBeside    CountClass = "beside" // outside the sample, and nothing is wrong with it
	CountMissing   CountClass = "kurang"
	CountSurplus   CountClass = "lebih"
	CountMisplaced CountClass = "salah_tempat"
	CountNone      CountClass = "" // not here, and nobody said that it should be
)

// Differs tells whether the class is a difference between record and hall.
func (c CountClass) Differs() bool {
	return c == CountMissing || c == CountSurplus || c == CountMisplaced
}

// CountReason says why a box that was found should not be here.
type CountReason string

// Reasons: of salah tempat the first four, of lebih the others.
const (
	ReasonLoaded   CountReason = "loaded"   // the record has it on a truck
	ReasonDeparted CountReason = "departed" // the record has it gone
	ReasonDistrict CountReason = "other_district"
	ReasonArea     CountReason = "other_area"
	ReasonUnknown  CountReason = "unknown_box"
	ReasonSpare    CountReason = "spare" // belongs to a kota, and to no district of it
	ReasonKind     CountReason = "other_kind"
	ReasonNoLabel  CountReason = "no_label" // the record has no good label of it
)

// CountReasons are all of them.
var CountReasons = []CountReason{ReasonLoaded, ReasonDeparted, ReasonDistrict, ReasonArea, ReasonUnknown, ReasonSpare, ReasonKind, ReasonNoLabel}

// CountFacts is what the class of a box rests on.
type CountFacts struct {
	Found    bool // its label was scanned here
	Known    bool // a box of this event
	Spare    bool
	Near     bool // a spare of the kota that is counted in
	Labelled bool // its newest label is good
	Loaded   bool // in a load, whatever its state
	Departed bool // and that load has left

	// Where it stands to what is counted. A count of nothing in particular holds every box.
	InDistrict bool
	InArea     bool
	InKind     bool // the kind and the TPS
	Nothing    bool // nothing in particular is expected
	Sample     bool // a sample is counted …
	Sampled    bool // … and it is in it
}

// Expected tells whether the record has the box here: it is of what is counted, can be
// scanned, and is on no truck.
func (f CountFacts) Expected() bool {
	return f.Known && f.Labelled && !f.Loaded && f.InDistrict && f.InArea && f.InKind && !f.Nothing && (!f.Sample || f.Sampled)
}

// Classify is the rule of a count.
func Classify(f CountFacts) (CountClass, CountReason) {
	outside := !f.InDistrict || !f.InArea
	switch {
	case !f.Found && f.Expected():
		return CountMissing, ""
	case !f.Found:
		return CountNone, ""
	case !f.Known:
		return CountSurplus, ReasonUnknown
	case f.Departed:
		return CountMisplaced, ReasonDeparted
	case f.Loaded:
		return CountMisplaced, ReasonLoaded
	case outside && f.Spare && f.Near:
		return CountSurplus, ReasonSpare
	case !f.InDistrict:
		return CountMisplaced, ReasonDistrict
	case !f.InArea:
		return CountMisplaced, ReasonArea
	case !f.InKind:
		return CountSurplus, ReasonKind
	case !f.Labelled:
		return CountSurplus, ReasonNoLabel
	case f.Sample && !f.Sampled:
		return CountBeside, ""
	}
	return CountMatch, ""
}

// MayRecount tells whether a person may recount a difference: never a box that they counted
// themselves; and what nobody found, never one of those who looked for it.
func MayRecount(person string, c CountClass, countedBox, counters []string) bool {
	if c == CountMissing {
		return !slices.Contains(counters, person)
	}
	return !slices.Contains(countedBox, person)
}
