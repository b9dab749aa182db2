package words

import (
	"dapilgate/app/dock"
	"dapilgate/app/gate"
)

// receiving explains a result of a receiving place.
func receiving(r dock.Result) Explanation {
	d := data(r)
	d["Seen"] = T("arrive.never")
	if r.OtherTruck != "" {
		d["Seen"] = T("arrive.seen", Data{"Truck": r.OtherTruck, "Load": r.OtherLoad})
	}
	if r.Undone {
		return Explanation{T("unreceived.head"), T("unreceived.detail", d), T("unreceived.do")}
	}
	v := "arrive." + string(r.Verdict)
	e := Explanation{Headline: T(v + ".head"), Detail: T(v+".detail", d), Do: T(v+".do", d)}
	switch {
	case r.Verdict == gate.Unavailable:
		if r.Err != nil {
			e.Detail = Error(r.Err)
		}
		if !r.Since.IsZero() {
			e.Detail += " " + T("unavailable.since", Data{"Time": Clock(r.Since)})
		}
	case r.StaysOn:
		e.Detail, e.Do = T("arrive.next.detail", d), T("arrive.next.do")
	case r.Verdict == gate.Forged && r.Box == "":
		e.Detail = T("verdict.forged.nobox")
	case r.Verdict == gate.WrongDistrict && r.BoxDistrict.IsZero():
		e.Detail = T("arrive.spare", d)
	}
	return e
}
