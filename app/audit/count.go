package audit

import (
	"fmt"

	"dapilgate/app/gate"
	"dapilgate/app/ledger"
)

// describeCount is a scan of a count in few words.
func describeCount(e ledger.Event) string {
	s, err := ledger.ReadCountScan(e)
	if err != nil {
		return err.Error()
	}
	what := "counted"
	if e.Kind == ledger.CountRecounted {
		what = "recounted"
	}
	what = fmt.Sprintf("%s in count %d, revision %d: %s", what, s.Session, s.Revision, s.Answer)
	if s.Answer != gate.CountOwn && s.Class != "" {
		what += ", " + string(s.Class)
		if s.Reason != "" {
			what += " (" + string(s.Reason) + ")"
		}
	}
	return what
}
