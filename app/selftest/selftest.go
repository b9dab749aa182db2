// Package selftest is the room of the shift's start: can this dock work? What enters are
// scans of the test card and a look at the machine, what leaves are lines of pass and fail.
// The labels of the card are judged by a dock and a gate as real as any, on a throw-away
// ledger of an event that is nowhere, so a test can't put a box on a load. It knows no
// window and no words for people.
package selftest

import (
	"time"

	"dapilgate/app/ledger"
)

// Check is one thing that is tested. Its text is part of the record, and a key for people's
// words.
type Check string

// Checks, in the order in which a person is led through them.
const (
	Calibration   Check = "calibration" // the scanner types what is on the label
	Good          Check = "good"        // a good test label is accepted
	Duplicate     Check = "duplicate"
	WrongDistrict Check = "wrong_district"
	Forged        Check = "forged"
	Sound         Check = "sound" // a person hears the sounds
	Printer       Check = "printer"
	Disk          Check = "disk"
	Clock         Check = "clock"
	Ledger        Check = "ledger"
)

// Checks are all of them.
var Checks = []Check{Calibration, Good, Duplicate, WrongDistrict, Forged, Sound, Printer, Disk, Clock, Ledger}

// ByHand are those that take a person.
var ByHand = []Check{Calibration, Good, Duplicate, WrongDistrict, Forged, Sound}

// Notes that stand for a sentence; any other note is what the machine said, or the codes of
// the check's own: a verdict, findings of the calibration label, numbers.
const (
	NoteNone   = "none"   // there is nothing to test
	NoteHands  = "hands"  // it takes a person
	NoteUndone = "undone" // the test ended before
	NoteUnread = "unread" // a person says: the label can't be read
	NoteDeaf   = "deaf"   // a person says: nothing is heard, or not all
	NoteSilent = "silent" // there is no sound device
)

// Shift is how long a self-test counts: a shift, and the way home.
const Shift = 12 * time.Hour

// Passed tells whether every check is there and none failed.
func Passed(lines []ledger.TestLine) bool {
	there := map[string]bool{}
	for _, x := range lines {
		if x.Result == ledger.TestFailed {
			return false
		}
		there[x.Check] = true
	}
	for _, c := range Checks {
		if !there[string(c)] {
			return false
		}
	}
	return true
}

func pass(c Check, note string) ledger.TestLine {
	return ledger.TestLine{Check: string(c), Result: ledger.TestPassed, Note: note}
}

func fail(c Check, note string) ledger.TestLine {
	return ledger.TestLine{Check: string(c), Result: ledger.TestFailed, Note: note}
}

func skip(c Check, note string) ledger.TestLine {
	return ledger.TestLine{Check: string(c), Result: ledger.TestSkipped, Note: note}
}
