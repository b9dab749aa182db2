package audit_test

import (
	"slices"
	"strings"
	"testing"

	"dapilgate/app/audit"
	"dapilgate/app/election"
	"dapilgate/app/ledger"
	"dapilgate/app/ledger/ledgertest"
	"dapilgate/assets"

	"pgregory.net/rapid"
)

// jakarta are the real areas of DKI.
func jakarta(t *testing.T) []ledger.AreaName {
	t.Helper()
	f := ledgertest.NewFile(t, assets.DefaultEvent())
	all, err := f.Ledger.Areas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 6+44+267 {
		t.Fatalf("%d areas", len(all))
	}
	return all
}

// TestSuggest: what people type for the areas of Jakarta, right and wrong.
func TestSuggest(t *testing.T) {
	all := jakarta(t)
	for _, tt := range []struct {
		text  string
		level election.Level
		want  []election.AreaCode // the first ones
	}{
		{"cakung", 0, []election.AreaCode{"31.75.06", "31.75.06.1004", "31.75.06.1007"}},
		{"cakng", 0, []election.AreaCode{"31.75.06"}},
		{"CAKUG", 0, []election.AreaCode{"31.75.06"}},
		{"pulo gadung", 0, []election.AreaCode{"31.75.02"}},
		{"makassar", 0, []election.AreaCode{"31.75.08"}},
		{"kramat jati", election.LevelKecamatan, []election.AreaCode{"31.75.04"}},
		{"palmerah", 0, []election.AreaCode{"31.73.07"}},
		{"jatinegara cakung", 0, []election.AreaCode{"31.75.06.1001"}},
		{"jatinegra cakung", 0, []election.AreaCode{"31.75.06.1001"}},
		{"jakarta timur", 0, []election.AreaCode{"31.75"}},
		{"melayu", election.LevelKelurahan, nil},
	} {
		got := audit.Suggest(all, tt.text, tt.level, 8)
		var codes []election.AreaCode
		for _, s := range got {
			codes = append(codes, s.Area)
		}
		if len(codes) < len(tt.want) || !slices.Equal(codes[:len(tt.want)], tt.want) {
			t.Errorf("%q: %v, want first %v", tt.text, codes, tt.want)
		}
	}
	// The trap of the two places: both are offered, and a person picks.
	both := audit.Suggest(all, "jatinegara", 0, 8)
	for _, want := range []election.AreaCode{"31.75.03", "31.75.06.1001"} {
		if !slices.ContainsFunc(both, func(s audit.Suggestion) bool { return s.Area == want }) {
			t.Errorf("jatinegara does not offer %s: %v", want, both)
		}
	}
	for _, s := range audit.Suggest(all, "melayu", election.LevelKelurahan, 8) {
		if s.Level != "kelurahan" {
			t.Errorf("a %s is offered for a kelurahan", s.Level)
		}
	}
	for _, text := range []string{"", "  ", "…", "zzzzzzzz"} {
		if got := audit.Suggest(all, text, 0, 8); len(got) != 0 {
			t.Errorf("%q is like %v", text, got)
		}
	}
}

// TestOneLetterWrong: whatever area is meant, it is offered where one letter was left out,
// doubled or mistyped.
func TestOneLetterWrong(t *testing.T) {
	all := jakarta(t)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(all).Draw(t, "area")
		text := []byte(strings.ToLower(a.Name))
		i := rapid.IntRange(1, len(text)-1).Draw(t, "letter")
		switch rapid.IntRange(0, 2).Draw(t, "mistake") {
		case 0:
			text = slices.Delete(text, i, i+1)
		case 1:
			text = slices.Insert(text, i, text[i])
		case 2:
			text[i] = 'x'
		}
		// The names of a kecamatan and of its kelurahan may be alike.
		got := audit.Suggest(all, string(text), a.Area.Level(), 8)
		if !slices.ContainsFunc(got, func(s audit.Suggestion) bool { return s.Area == a.Area }) {
			t.Fatalf("%q offers %v, not %s %s", text, got, a.Area, a.Name)
		}
	})
}
