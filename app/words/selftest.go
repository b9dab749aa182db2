package words

import (
	"fmt"
	"strings"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// TestCheck is what a check of the self-test is called.
func TestCheck(check string) string { return T("selftest.check." + check) }

// TestNote is the note of a line of a self-test, as a person reads it; empty: there is
// nothing to say.
func TestNote(x ledger.TestLine) string {
	var a, b int
	switch x.Note {
	case "":
		return ""
	case "none", "hands", "undone", "unread", "deaf", "silent":
		return T("selftest.note." + x.Note)
	}
	switch x.Check {
	case "good", "duplicate", "wrong_district", "forged":
		for _, v := range gate.Verdicts {
			if string(v) == x.Note {
				return T("selftest.note.got", Data{"Verdict": T("verdict." + x.Note + ".head")})
			}
		}
	case "calibration":
		first, _, _ := strings.Cut(x.Note, " ")
		return T("calibration." + first)
	case "disk":
		if n, _ := fmt.Sscan(x.Note, &a, &b); n == 2 {
			_, folder, _ := strings.Cut(x.Note, " ")
			_, folder, _ = strings.Cut(folder, " ")
			return T("selftest.note.full", Data{"Free": Number(a), "Needed": Number(b), "Folder": folder})
		} else if n == 1 {
			return T("selftest.note.free", Data{"Free": Number(a)})
		}
	case "clock":
		if n, _ := fmt.Sscanf(x.Note, "server %d", &a); n == 1 {
			return T("selftest.note.server", Data{"Seconds": Number(max(a, -a))})
		}
		if n, _ := fmt.Sscanf(x.Note, "behind %d", &a); n == 1 {
			return T("selftest.note.behind", Data{"Seconds": Number(a)})
		}
	case "ledger":
		if n, err := fmt.Sscan(x.Note, &a); n == 1 && err == nil {
			return N("selftest.note.events", a)
		}
	}
	return x.Note
}
