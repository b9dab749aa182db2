package words_test

import (
	"strings"
	"testing"

	"dapilgate/app/election"
	"dapilgate/app/gate"
	"dapilgate/app/words"
)

// TestEveryArrivalIsExplained: one headline each, no two alike, and all say what to do now.
func TestEveryArrivalIsExplained(t *testing.T) {
	for _, language := range []string{words.Bahasa, words.English} {
		use(t, language)
		heads := map[string]gate.Verdict{}
		for _, v := range gate.ReceivingVerdicts {
			r := wrong()
			r.Verdict, r.Receiving, r.Receipt, r.Lock = v, true, 3, nil
			e := words.Verdict(r)
			if n := len([]rune(e.Headline)); n < 1 || n > 24 || e.Headline != strings.ToUpper(e.Headline) {
				t.Errorf("%s %s: headline %q", language, v, e.Headline)
			}
			if other, ok := heads[e.Headline]; ok {
				t.Errorf("%s: %s and %s are both %q", language, v, other, e.Headline)
			}
			heads[e.Headline] = v
			line := words.Line(r)
			for _, bad := range []string{"<no value>", "{{", "arrive.", "\n"} {
				if strings.Contains(line, bad) {
					t.Errorf("%s %s: %q in %q", language, v, bad, line)
				}
			}
			if e.Detail == "" || e.Do == "" {
				t.Errorf("%s %s: %+v", language, v, e)
			}
		}
	}
}

// TestArrivalSaysWhereTheBoxBelongs: what it is, where it belongs, where it was last seen.
func TestArrivalSaysWhereTheBoxBelongs(t *testing.T) {
	use(t, words.Bahasa)
	r := wrong()
	r.Receiving = true
	for _, want := range []string{"SALAH DAPIL", "31.75.03.1001-012-DPRDP", "DPRDP DKI JAKARTA 5", "Jatinegara", "B 9456 KPU"} {
		if line := words.Line(r); !strings.Contains(line, want) {
			t.Errorf("no %q in %q", want, line)
		}
	}
	r.OtherTruck, r.OtherLoad = "", 0
	if line := words.Line(r); !strings.Contains(line, words.T("arrive.never")) {
		t.Errorf("a box that no truck has: %q", line)
	}
	r.Verdict, r.StaysOn = gate.WrongKecamatan, true
	if line := words.Line(r); !strings.Contains(line, words.T("arrive.next.do")) {
		t.Errorf("a box for the next stop: %q", line)
	}
	r.Verdict, r.StaysOn, r.BoxDistrict, r.BoxDapil = gate.WrongDistrict, false, election.District{}, ""
	if line := words.Line(r); !strings.Contains(line, "cadangan") {
		t.Errorf("a spare: %q", line)
	}
}
