package kiosk

import (
	"dapilgate/app/ledger"
	"dapilgate/app/words"

	"fyne.io/fyne/v2"
)

// settings are language and colours, who is here, and the way out. The dock's number is
// not changed here: it belongs to the place that the kiosk stands at, and a restart must
// not bring another one back.
type settings struct{ s *shell }

func newSettings(s *shell) *settings { return &settings{s} }

func (x *settings) takesScans() bool { return false }
func (x *settings) scanned(string)   {}

func (x *settings) content() fyne.CanvasObject {
	s, l := x.s, x.s.look
	line := func(key string, a, b fyne.CanvasObject) cell {
		return l.fix(96, l.row(14, grow(1, l.text1(T(key), 30, bold, l.page.ink)), grow(1, a), grow(1, b)))
	}
	speak := func(language, name string) fyne.CanvasObject {
		return l.choice(words.Language() == language, name, func() {
			if words.Language() != language {
				s.switchLanguage()
			}
		}).sized(28)
	}
	colours := func(night bool, key string) fyne.CanvasObject {
		return l.choice(l.night == night, T(key), func() {
			if l.night != night {
				s.switchLook()
			}
		}).sized(28)
	}
	fact := func(key, value string) cell {
		return l.fix(46, l.row(14, grow(1, l.text1(T(key), 27, bold, l.page.ink)), grow(2, l.text1(value, 27, regular, l.page.ink))))
	}
	info := s.ledger.Info()
	cells := []cell{
		line("settings.language", speak(words.Bahasa, "Bahasa Indonesia"), speak(words.English, "English")),
		line("settings.look", colours(true, "settings.dark"), colours(false, "settings.light")),
		l.gap(12),
		fact("settings.event", info.Event.Name+" · "+words.Date(info.Event.Date)),
		fact("settings.dock", words.Number(s.cfg.Dock)+" · "+T("settings.fixed")),
		fact("settings.person", s.person.Name+" · "+T("role."+string(s.person.Role))),
		fact("settings.ledger", info.Address),
		fact("settings.files", s.cfg.Files),
		rest(),
	}
	foot := []cell{grow(1, l.next("leave", T("settings.out"), s.signOut).sized(30))}
	if s.person.Role == ledger.Penyelia {
		foot = append(foot, grow(1, l.button("person", T("settings.people"), func() { s.show(newPeople(s)) }).sized(30)))
		foot = append(foot, grow(1, l.button("cross", T("settings.quit"), s.quit).sized(30)))
	} else {
		foot = append(foot, rest())
	}
	return s.page("settings", l.col(14, append(cells, l.fix(96, l.row(14, foot...)))...), s.settingsTabs(false)...)
}
