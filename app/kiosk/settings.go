package kiosk

import (
	"path/filepath"

	"dapilgate/app/dock"
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
		return l.fix(78, l.row(14, grow(1, l.text1(T(key), 30, bold, l.page.ink)), grow(1, a), grow(1, b)))
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
		return l.fix(42, l.row(14, grow(1, l.text1(T(key), 27, bold, l.page.ink)), grow(2, l.text1(value, 27, regular, l.page.ink))))
	}
	info := s.ledger.Info()
	cells := []cell{
		line("settings.language", speak(words.Bahasa, "Bahasa Indonesia"), speak(words.English, "English")),
		line("settings.look", colours(true, "settings.dark"), colours(false, "settings.light")),
		fact("settings.event", info.Event.Name+" · "+words.Date(info.Event.Date)),
		fact("settings.dock", words.Number(s.cfg.Dock)+" · "+T("settings.fixed")),
		fact("settings.ledger", info.Address),
		fact("settings.files", s.cfg.Files),
		l.fix(target, l.row(14, grow(1, l.text1(T("settings.person"), 27, bold, l.page.ink)),
			grow(1.2, l.text1(s.person.Name+" · "+T("role."+string(s.person.Role)), 27, regular, l.page.ink)),
			grow(0.8, l.button("lock", T("settings.pin"), func() { s.show(newOwnPIN(s)) }).sized(24)))),
	}
	if b := s.station.Backups(); b.Kept {
		now := rest()
		if s.person.Role == ledger.Penyelia {
			now = grow(0.8, l.button("proof", T("settings.backup.now"), func() { s.station.BackUp(s.ctx); s.refresh() }).sized(24))
		}
		cells = append(cells, l.fix(78, l.row(14, grow(1, l.text1(T("settings.backup"), 27, bold, l.page.ink)),
			grow(1.5, l.textN(backupWords(b), 22, 4, regular, l.page.ink)), now)))
	}
	foot := []cell{grow(1, l.next("leave", T("settings.out"), s.signOut).sized(30))}
	if s.person.Role == ledger.Penyelia {
		foot = append(foot, grow(1, l.button("person", T("settings.people"), func() { s.show(newPeople(s)) }).sized(30)))
		foot = append(foot, grow(1, l.button("cross", T("settings.quit"), s.quit).sized(30)))
	} else {
		foot = append(foot, rest())
	}
	return s.page("settings", l.col(12, append(cells, rest(), l.fix(92, l.row(14, foot...)))...), s.settingsTabs(false)...)
}

// follow shows what became of a backup.
func (x *settings) follow() { x.s.refresh() }

func backupWords(b dock.Backups) string {
	switch {
	case b.Making:
		return T("backup.making")
	case b.Err != nil:
		return words.Error(b.Err) // what it means stands above every screen
	case b.Last != nil:
		return T("backup.last", words.Data{"Time": words.Clock(b.Last.At), "File": filepath.Base(b.Last.Path)})
	}
	return T("backup.none")
}
