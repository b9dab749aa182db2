package kiosk

import (
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"dapilgate/app/ledger/ledgertest"
	"dapilgate/app/words"
	"dapilgate/assets"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// TestNothingIsCutOff: in every view, at each size and in both languages, the window's
// content fits the window, and every text fits its place.
func TestNothingIsCutOff(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%gx%g", size.Width, size.Height), func(t *testing.T) {
			everyView(t, size, func(h *hall, name string) {
				for range 2 {
					fits(h, name+" "+words.Language())
					h.picture(fmt.Sprintf("%gx%g-%s-%s", size.Width, size.Height, name, words.Language()))
					h.s.switchLanguage()
				}
			})
		})
	}
}

// TestRealDistrictsFit: all ten dapil, the longest names and the largest counts of DKI.
func TestRealDistrictsFit(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%gx%g", size.Width, size.Height), func(t *testing.T) {
			h := hallOf(t, ledgertest.NewFrom(t, assets.DefaultEvent()), size)
			h.signIn(ledgertest.Penyelia, ledgertest.PIN)
			for _, step := range []view{
				{"load-district", func(h *hall) { h.tap("B 9123 KPU") }},
				{"load-kecamatan", func(h *hall) { h.tap("1 DKI JAKARTA 1") }},
				{"load-open", func(h *hall) {
					h.tap("Tanah Abang")
					h.tap("Cempaka Putih")
					h.tap("Sawah Besar")
					h.tap(T("choose.done"))
				}},
				{"missing", func(h *hall) { h.loading().dismiss(); h.tap(T("missing.button")) }},
				{"missing-tps", func(h *hall) { h.tap("Karang Anyar") }},
				{"close-count", func(h *hall) { h.tap(T("load.close")) }},
				{"close-short", func(h *hall) {
					h.tap(T("close.count.skip"))
					h.tap(T("shortage.full"))
					h.tap("Pasar Baru")
					h.tap("Kartini")
				}},
				{"close-tps", func(h *hall) {
					h.loading().closing.at = 1
					h.s.refresh()
					h.tap(T("shortage.damaged"))
					h.tap(T("close.tps", words.Data{"TPS": 3, "Count": "4"}))
				}},
				{"close-named", func(h *hall) {
					h.tap(T("close.done"))
					h.tap(T("close.rest"))
				}},
				{"trucks-district", func(h *hall) { h.tap(T("nav.trucks")); h.tap(T("trucks.pass")) }},
				{"labels", func(h *hall) { h.tap(T("nav.labels")) }},
				{"labels-note", func(h *hall) {
					h.labels().say(true, func() string { return T("labels.came", words.Data{"Labels": "123.064", "Printer": "Zebra gudang"}) })
					h.s.refresh()
				}},
				{"labels-kota", func(h *hall) { h.tap("Kab. Kepulauan Seribu") }},
				{"labels-kecamatan", func(h *hall) { h.tap("Kepulauan Seribu Selatan") }},
				{"labels-kelurahan", func(h *hall) { h.tap("Pulau Untung Jawa") }},
				{"labels-paper", func(h *hall) { h.tap(T("labels.next")) }},
				{"labels-other", func(h *hall) {
					h.tap(T("back"))
					h.tap(T("back"))
					h.tap(T("labels.everywhere"))
					h.tap("Kota Jakarta Timur")
					h.tap("Jatinegara")
				}},
				{"history", func(h *hall) { h.tap(T("labels.tab.history")) }},
				{"count-new", func(h *hall) { h.tap(T("nav.audit")); h.tap(T("audit.count")); h.tap(T("count.new")) }},
				{"count-kelurahan", func(h *hall) {
					h.tap("Kab. Kepulauan Seribu")
					h.tap("Kepulauan Seribu Selatan")
					h.tap("Pulau Untung Jawa")
					h.tap("100")
				}},
				{"count-open", func(h *hall) { h.tap(T("count.open")) }},
				{"audit-pick", func(h *hall) { h.tap(T("nav.audit")); h.scan("pulau untung jaw") }},
				{"progress", func(h *hall) { h.tap(T("nav.progress")) }},
				{"wall", func(h *hall) { h.tap(T("progress.wall")) }},
			} {
				step.to(h)
				for range 2 {
					name := step.name + " " + words.Language()
					fits(h, name)
					for text, x := range h.targets() {
						if x.o.Size().Height < 63.5 || x.at.Y+x.o.Size().Height > size.Height+1 || x.at.X+x.o.Size().Width > size.Width+1 {
							t.Errorf("%s: %q stands at %v, %v", name, text, x.at, x.o.Size())
						}
					}
					h.picture(fmt.Sprintf("%gx%g-real-%s-%s", size.Width, size.Height, step.name, words.Language()))
					h.s.switchLanguage()
				}
			}
		})
	}
}

// rawKey is what the window says where a text is missing.
var rawKey = regexp.MustCompile(`^[a-z]+(\.[a-zA-Z_]+)+$`)

// fits checks the window as it stands.
func fits(h *hall, name string) {
	h.t.Helper()
	whole := h.win.Canvas().Size()
	if m := h.win.Canvas().Content().MinSize(); m.Width > whole.Width || m.Height > whole.Height {
		h.t.Errorf("%s: the content asks for %v of %v", name, m, whole)
	}
	h.walk(func(x seen) {
		if p, ok := x.o.(*para); ok && p.overflow {
			h.t.Errorf("%s: %q does not fit %v", name, p.text, p.Size())
		}
		t, ok := x.o.(*canvas.Text)
		if !ok || strings.TrimSpace(t.Text) == "" {
			return
		}
		if rawKey.MatchString(t.Text) {
			h.t.Errorf("%s: the catalogue has no %q", name, t.Text)
		}
		const slack = 2
		m := t.MinSize()
		if m.Width > t.Size().Width+slack || m.Height > t.Size().Height+slack {
			h.t.Errorf("%s: %q of %v stands in %v", name, t.Text, m, t.Size())
		}
		if t.TextSize < 14 {
			h.t.Errorf("%s: %q is set in %g", name, t.Text, t.TextSize)
		}
		left, right := x.at.X, x.at.X+t.Size().Width
		top, bottom := x.at.Y, x.at.Y+t.Size().Height
		if left < -slack || right > whole.Width+slack || !x.scrolled && (top < -slack || bottom > whole.Height+slack) {
			h.t.Errorf("%s: %q stands at %v, %v in a window of %v", name, t.Text, x.at, t.Size(), whole)
		}
	})
}

// TestTargetsAreLarge: whatever can be touched takes a gloved finger.
func TestTargetsAreLarge(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%gx%g", size.Width, size.Height), func(t *testing.T) {
			everyView(t, size, func(h *hall, name string) {
				for words, x := range h.targets() {
					s := x.o.Size()
					if s.Width < 64 || s.Height < 63.5 || x.at.X < -1 || x.at.Y < -1 || x.at.X+s.Width > size.Width+1 || x.at.Y+s.Height > size.Height+1 {
						t.Errorf("%s: %q is %v at %v", name, words, s, x.at)
					}
				}
			})
		})
	}
}

// TestTargetsDontOverlap: a touch means one thing.
func TestTargetsDontOverlap(t *testing.T) {
	everyView(t, sizes[0], func(h *hall, name string) {
		all := h.targets()
		for a, x := range all {
			for b, y := range all {
				if a < b && x.at.X+1 < y.at.X+y.o.Size().Width && y.at.X+1 < x.at.X+x.o.Size().Width &&
					x.at.Y+1 < y.at.Y+y.o.Size().Height && y.at.Y+1 < x.at.Y+x.o.Size().Height && !x.scrolled && !y.scrolled {
					t.Errorf("%s: %q lies over %q", name, a, b)
				}
			}
		}
	})
}

// TestTonesAreReadable: every pair of colours that anything is written in, by day and by
// night.
func TestTonesAreReadable(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		for what, pair := range map[string]tone{"page": p.page, "panel": p.panel, "faint": p.faint, "faint on a panel": {p.faint.ink, p.panel.ground},
			"action": p.action, "quiet": p.quiet, "chosen": p.chosen,
			"green": toneGreen, "amber": toneAmber, "red": toneRed, "blue": toneBlue, "paper": tonePaper} {
			if r := ratio(pair.ink, pair.ground); r < 7 {
				t.Errorf("%s, %s: contrast %.1f", name, what, r)
			}
		}
		// What is not text, but must be seen: 3:1 (WCAG 2.2, 1.4.11).
		if r := ratio(p.line, p.page.ground); r < 3 {
			t.Errorf("%s: lines have a contrast of %.1f", name, r)
		}
	}
}

// TestContrast: every colour of text on its ground, at least 7:1 (WCAG 2.2, 1.4.6).
func TestContrast(t *testing.T) {
	for _, light := range []bool{false, true} {
		t.Run(fmt.Sprint("light ", light), func(t *testing.T) {
			everyView(t, sizes[0], func(h *hall, name string) {
				contrast(h, name)
				if os.Getenv("DAPILGATE_PICTURES") == "" {
					return
				}
				for range 2 { // for the gallery
					h.picture(fmt.Sprintf("%s-%s-%s", map[bool]string{true: "light", false: "dark"}[light], words.Language(), name))
					h.s.switchLanguage()
				}
			}, func(c *Config) { c.Light = light })
		})
	}
}

// contrast compares every text with the ground that is painted last below it.
func contrast(h *hall, name string) {
	type painted struct {
		at   fyne.Position
		size fyne.Size
		c    color.NRGBA
	}
	var grounds []painted
	h.walk(func(x seen) {
		switch o := x.o.(type) {
		case *canvas.Rectangle:
			if c := color.NRGBAModel.Convert(o.FillColor).(color.NRGBA); c.A == 255 {
				grounds = append(grounds, painted{x.at, o.Size(), c})
			}
		case *canvas.Text:
			if strings.TrimSpace(o.Text) == "" {
				return
			}
			mx, my := x.at.X+o.Size().Width/2, x.at.Y+o.Size().Height/2
			for i := len(grounds) - 1; i >= 0; i-- {
				g := grounds[i]
				if mx < g.at.X || my < g.at.Y || mx > g.at.X+g.size.Width || my > g.at.Y+g.size.Height {
					continue
				}
				if r := ratio(color.NRGBAModel.Convert(o.Color).(color.NRGBA), g.c); r < 7 {
					h.t.Errorf("%s: %q has a contrast of %.1f", name, o.Text, r)
				}
				return
			}
		}
	})
}

// ratio is the contrast of two colours.
func ratio(a, b color.NRGBA) float64 {
	lum := func(c color.NRGBA) float64 {
		part := func(v uint8) float64 {
			x := float64(v) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
	}
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestLanguageChangesEveryText: after a tap on the language nothing of the other one
// stays.
func TestLanguageChangesEveryText(t *testing.T) {
	only := map[string][]*regexp.Regexp{}
	id, en := catalogue(t, "id"), catalogue(t, "en")
	for k := range id {
		// The button of the other language bears its name, which settings say too.
		if id[k] != en[k] && k != "nav.language" && !vague(id[k]) && !vague(en[k]) {
			only[words.Bahasa], only[words.English] = append(only[words.Bahasa], sentence(id[k])), append(only[words.English], sentence(en[k]))
		}
	}
	everyView(t, sizes[0], func(h *hall, name string) {
		for range 2 {
			h.s.switchLanguage()
			other := words.Bahasa
			if words.Language() == words.Bahasa {
				other = words.English
			}
			for _, text := range h.texts() {
				for _, re := range only[other] {
					if re.MatchString(text) && !matches(only[words.Language()], text) {
						t.Errorf("%s in %s: %q", name, words.Language(), text)
					}
				}
			}
		}
	})
}

func matches(all []*regexp.Regexp, s string) bool {
	for _, re := range all {
		if re.MatchString(s) {
			return true
		}
	}
	return false
}

// places are where a text leaves room for values.
var places = regexp.MustCompile(`\{\{[^}]*\}\}`)

// vague tells whether a text has so little of its own between its values ("3 of 7") that it
// is found in any sentence.
func vague(text string) bool {
	own := places.ReplaceAllString(text, "")
	return own != text && len(own) < len(" of the ")
}

// sentence finds a text of the catalogue again, whatever stands in its places.
func sentence(text string) *regexp.Regexp {
	parts := places.Split(text, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$")
}

// catalogue are the texts of a language; of plural forms the general one.
func catalogue(t *testing.T, language string) map[string]string {
	t.Helper()
	b, err := assets.Lang.ReadFile("lang/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for k, v := range m {
		switch v := v.(type) {
		case string:
			out[k] = v
		case map[string]any:
			out[k], _ = v["other"].(string)
		}
	}
	return out
}
