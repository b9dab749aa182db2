package kiosk

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"dapilgate/app/dock"
	"dapilgate/app/ledger"
)

// session is who was at work in which load, for the program that starts after this one
// crashed: the operator goes on scanning. It lies where the system empties it when machine
// or service are stopped, and it ages as an idle person's does: nobody is signed in by it who
// would not be any more without the crash.
type session struct {
	Dock   int       `json:"dock"`
	Person string    `json:"person"`
	Load   int64     `json:"load"`
	At     time.Time `json:"at"` // of the last touch, key or scan
}

// sessionAge is for how long a session lasts where nobody is signed out for being idle.
const sessionAge = 5 * time.Minute

// keepSession writes the session down where it changed; a tick of a second is often enough.
func (s *shell) keepSession() {
	if s.cfg.Session == "" {
		return
	}
	now := session{Dock: s.cfg.Dock, Person: s.person.Name, Load: s.openLoad, At: s.idle.since}
	if now.Person == "" || now.Load == 0 {
		s.forgetSession()
		return
	}
	if now == s.session {
		return
	}
	b, err := json.Marshal(now)
	if err == nil {
		next := s.cfg.Session + ".new"
		if err = os.WriteFile(next, b, 0o600); err == nil {
			err = os.Rename(next, s.cfg.Session)
		}
	}
	if err != nil {
		slog.Warn("keep session", "err", err)
		return
	}
	s.session = now
}

// forgetSession is when the person left, or the load was closed.
func (s *shell) forgetSession() {
	if s.cfg.Session == "" || s.session == (session{}) {
		return
	}
	if err := os.Remove(s.cfg.Session); err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Warn("forget session", "err", err)
	}
	s.session = session{}
}

// resume takes up the session of before a crash; nobody where there is none that holds: the
// same dock, the same open load of that operator, and a person who may still act. It runs
// away from the window.
func (s *shell) resume(ctx context.Context, l *ledger.Ledger, st *dock.Station) (ledger.Person, bool) {
	if s.cfg.Session == "" {
		return ledger.Person{}, false
	}
	b, err := os.ReadFile(s.cfg.Session)
	if err != nil {
		return ledger.Person{}, false
	}
	// Whatever comes of it, it is used once.
	if err := os.Remove(s.cfg.Session); err != nil {
		slog.Warn("resume", "err", err)
		return ledger.Person{}, false
	}
	var x session
	if err := json.Unmarshal(b, &x); err != nil {
		slog.Warn("resume", "err", err)
		return ledger.Person{}, false
	}
	limit := s.cfg.Idle
	if limit <= 0 {
		limit = sessionAge
	}
	age := s.idle.now().Sub(x.At)
	if x.Dock != s.cfg.Dock || age < 0 || age >= limit {
		return ledger.Person{}, false
	}
	status, err := st.Status(ctx)
	if err != nil || status.Load == nil || status.Load.ID != x.Load || status.Load.Operator != x.Person {
		return ledger.Person{}, false
	}
	people, err := l.People(ctx)
	if err != nil {
		return ledger.Person{}, false
	}
	for _, p := range people {
		if p.Name != x.Person || !p.Active || p.Role == ledger.Auditor {
			continue
		}
		if err := st.Resume(ctx, p); err != nil {
			slog.Warn("resume", "err", err)
			return ledger.Person{}, false
		}
		slog.Info("resumed after a crash", "person", p.Name, "load", x.Load)
		return p, true
	}
	return ledger.Person{}, false
}
