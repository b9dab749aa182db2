package audit

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"dapilgate/app/election"
	"dapilgate/app/ledger"

	"github.com/agnivade/levenshtein"
)

// Suggestion is an area whose name is like what was typed. It is for a person to pick from:
// names are never matched, only codes.
type Suggestion struct {
	Area      election.AreaCode `json:"area"`
	Level     string            `json:"level"` // kota, kecamatan, kelurahan
	Name      string            `json:"name"`
	Kecamatan string            `json:"kecamatan,omitempty"`
	Kota      string            `json:"kota,omitempty"`
	District  string            `json:"district,omitempty"` // routing district of a kelurahan: "DPRDP 310004"
	Distance  int               `json:"distance"`           // letters that differ
}

// levelNames are the words for the levels, as they are typed and answered.
var levelNames = map[election.Level]string{election.LevelKota: "kota", election.LevelKecamatan: "kecamatan", election.LevelKelurahan: "kelurahan"}

// Suggest ranks the areas whose names are like a text, the likest first, at most limit. A
// name may be misspelt, unfinished, written in one word or two, and followed by the area
// that it lies in ("jatinegara cakung"). Level narrows to one level; none: all.
func Suggest(areas []ledger.AreaName, text string, level election.Level, limit int) []Suggestion {
	words := strings.Fields(text)
	if plain(text) == "" {
		return nil
	}
	type ranked struct {
		Suggestion
		score int
	}
	var out []ranked
	near := nearness{}
	for _, a := range areas {
		name, ok := levelNames[a.Area.Level()]
		if !ok || level != election.LevelNone && a.Area.Level() != level {
			continue
		}
		score, ok := near.name(text, a.Name)
		if len(words) > 1 {
			// The last words may name the area around.
			for i := 1; i < len(words); i++ {
				head, tail := strings.Join(words[:i], " "), strings.Join(words[i:], " ")
				s, ok1 := near.name(head, a.Name)
				k, ok2 := near.name(tail, a.Kecamatan)
				if o, ok3 := near.name(tail, a.Kota); ok3 && (!ok2 || o < k) {
					k, ok2 = o, true
				}
				if ok1 && ok2 && (!ok || s+k+within < score) {
					score, ok = s+k+within, true
				}
			}
		}
		if !ok {
			continue
		}
		out = append(out, ranked{Suggestion{Area: a.Area, Level: name, Name: a.Name, Kecamatan: a.Kecamatan, Kota: a.Kota,
			District: a.District.Spaced(), Distance: score / differs}, score})
	}
	slices.SortStableFunc(out, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(len(a.Area), len(b.Area)), cmp.Compare(a.Area, b.Area))
	})
	for i := range out {
		// Beside a name that is nearly right one that is far from it is noise.
		if i == limit || out[i].Distance > out[0].Distance+1 {
			out = out[:i]
			break
		}
	}
	list := make([]Suggestion, len(out))
	for i := range out {
		list[i] = out[i].Suggestion
	}
	return list
}

// What makes a name less like a text, in points.
const (
	differs = 100 // a letter more, less or another
	inside  = 40  // the text is the beginning of a later word
	within  = 10  // the area around was named too
	shorter = 1   // for each letter of the name that was not typed
)

// nearness remembers how near texts are to names: many areas lie in the same kota.
type nearness map[[2]string]int

// name tells how far a text is from a name or from the beginning of one of its words, and
// whether that is near enough to be meant: a letter in three may be wrong.
func (n nearness) name(text, name string) (score int, ok bool) {
	const none = 1 << 30
	key := [2]string{text, name}
	score, known := n[key]
	if known {
		return score, score < none
	}
	score = none
	typed := plain(text)
	words := strings.Fields(name)
	for i := range words {
		part := plain(strings.Join(words[i:], ""))
		// What was typed may be unfinished, and a letter or two longer or shorter than meant.
		best := none
		for end := max(1, len(typed)-2); end <= min(len(part), len(typed)+2); end++ {
			best = min(best, levenshtein.ComputeDistance(typed, part[:end])*differs+(len(part)-end)*shorter)
		}
		if best/differs > len(typed)/3 {
			continue
		}
		if i > 0 {
			best += inside
		}
		score = min(score, best)
	}
	n[key] = score
	return score, score < none
}

// plain is a text in small letters and digits without blanks: "Pulo Gadung" is "pulogadung".
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// alike ranks words that are like a text: plates, names of people.
func alike(all []string, text string, limit int) []string {
	type ranked struct {
		s     string
		score int
	}
	var out []ranked
	near := nearness{}
	for _, s := range all {
		if score, ok := near.name(text, s); ok {
			out = append(out, ranked{s, score})
		}
	}
	slices.SortStableFunc(out, func(a, b ranked) int { return cmp.Compare(a.score, b.score) })
	var list []string
	for i := range min(limit, len(out)) {
		list = append(list, out[i].s)
	}
	return list
}
