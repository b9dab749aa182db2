package kiosk

import (
	"cmp"
	"strings"

	"dapilgate/app/audit"
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// askPad types a question on large buttons: gloves, and no text field that a scan could
// type into. It offers the areas whose names are like the one that is being typed; a name
// that is not picked is not taken for any.
type askPad struct {
	x      *auditScreen
	text   string
	plates []string // to pick from, as long as nothing is typed
	trucks pager
}

func newAskPad(x *auditScreen, begin string) *askPad {
	k := &askPad{x: x, text: begin}
	k.trucks.changed = x.refresh
	return k
}

// wordKeys are the words that questions are made of, in the language of the window.
var wordKeys = []string{"ask.missing", "ask.twice", "ask.load", "ask.dock", "ask.tps", "ask.dapil", "ask.at"}

func (k *askPad) content() fyne.CanvasObject {
	l := k.x.s.look
	var rows []cell
	var wordRow []fyne.CanvasObject
	for _, key := range wordKeys {
		w := T(key)
		wordRow = append(wordRow, l.button("", w, func() { k.word(w) }).sized(24))
	}
	rows = append(rows, grow(1, l.table(len(wordKeys), 1, 8, wordRow)))
	rows = append(rows, l.letters(k.add)...)
	rows = append(rows, grow(1, l.row(8,
		grow(1, l.button("cross", T("ask.clear"), func() { k.set("") }).sized(24)),
		grow(2, l.button("", T("key.space"), func() { k.add(" ") }).sized(24)),
		grow(1, l.button("erase", "", k.erase)),
		grow(2, l.next("search", T("ask.go"), func() { k.x.search(k.text) }).sized(30)))))
	return l.col(10, l.fix(84, k.offers()), grow(1, l.col(8, rows...)))
}

func (k *askPad) set(text string) {
	k.text = text
	k.x.refresh()
}

func (k *askPad) add(s string) {
	const most = 80
	if len(k.text)+len(s) <= most {
		k.set(k.text + s)
	}
}

// word adds a whole word.
func (k *askPad) word(w string) {
	if k.text != "" && !strings.HasSuffix(k.text, " ") {
		w = " " + w
	}
	k.add(w + " ")
}

func (k *askPad) erase() {
	if k.text != "" {
		k.set(k.text[:len(k.text)-1])
	}
}

// offered is how many names are offered while one is typed.
const offered = 3

// offers are the names that are like the one that is being typed, each a button that puts
// its code into the question.
func (k *askPad) offers() fyne.CanvasObject {
	l := k.x.s.look
	var out []fyne.CanvasObject
	if k.x.book != nil && k.text != "" {
		q := k.x.book.Read(k.text)
		for _, a := range audit.Suggest(k.x.book.Areas, q.Names, q.Level, offered) {
			out = append(out, l.button("", levelWords(a.Level)+" "+shortName(a.Name), func() { k.pick(q, string(a.Area)) }).sized(23).second(areaWords(a)))
		}
	} else if k.text == "" && len(k.plates) > 0 {
		return k.trucks.strip(l, offered, len(k.plates), func(i int) fyne.CanvasObject {
			p := k.plates[i]
			return l.button("truck", p, func() { k.set(p + " " + T("ask.at") + " ") }).sized(26)
		})
	}
	if len(out) == 0 {
		return l.textN(T("ask.help"), 22, 3, regular, l.faint.ink)
	}
	return l.table(offered, 1, 8, out)
}

// pick puts a code in the place of a name.
func (k *askPad) pick(q audit.Question, c string) {
	k.set(strings.TrimSpace(q.Rest+" "+c) + " ")
}

// levelWords are the words before an area's name.
func levelWords(level string) string { return T("level." + level) }

// areaWords tell where an area lies, and its code.
func areaWords(a audit.Suggestion) string {
	return whereWhy(string(a.Area), shortName(cmp.Or(a.Kecamatan, a.Kota)))
}

// seesAnomalies tells who is shown what is odd in the record.
func seesAnomalies(p ledger.Person) bool {
	return p.Role == ledger.Penyelia || p.Role == ledger.Auditor
}

// strip is a page in one row, with buttons beside it to turn it.
func (p *pager) strip(l *look, columns, n int, item func(i int) fyne.CanvasObject) fyne.CanvasObject {
	pages := max(1, (n+columns-1)/columns)
	p.page = max(0, min(p.page, pages-1))
	var shown []fyne.CanvasObject
	for i := p.page * columns; i < n && i < (p.page+1)*columns; i++ {
		shown = append(shown, item(i))
	}
	cells := []cell{grow(1, l.table(columns, 1, 8, shown))}
	if pages > 1 {
		next := (p.page + 1) % pages
		cells = append(cells, l.fix(150, l.button("next", words.Number(p.page+1)+"/"+words.Number(pages), func() { p.page = next; p.changed() }).sized(22)))
	}
	return l.row(8, cells...)
}
