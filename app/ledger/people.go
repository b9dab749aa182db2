package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"dapilgate/labels/code"

	"golang.org/x/crypto/argon2"
)

// PIN rules: six digits at least, because five tries before a pause must be few beside
// what there is to guess.
const (
	MinPIN        = 6
	maxPIN        = 12
	MaxFailedPINs = 5
	PINPause      = 15 * time.Minute
)

// argon2id parameters (RFC 9106 §4, second choice, with less memory so that a kiosk PC
// answers in a tenth of a second).
const (
	argonTime    = 3
	argonMemory  = 32 << 10 // KiB
	argonThreads = 1
	argonKey     = 32
)

func hashPIN(pin string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	return encodePIN(pin, salt)
}

func encodePIN(pin string, salt []byte) string {
	key := argon2.IDKey([]byte(pin), salt, argonTime, argonMemory, argonThreads, argonKey)
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads, b.EncodeToString(salt), b.EncodeToString(key))
}

// checkPIN wants the very parameters that hashPIN writes: a hash with weaker ones was not
// written by us.
func checkPIN(hash, pin string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(encodePIN(pin, salt)), []byte(hash)) == 1
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func validName(name string) error {
	if name == "" || len(name) > 64 || strings.TrimSpace(name) != name || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		return fmt.Errorf("%w: name %q (1 to 64 characters, no blanks at the ends)", ErrInvalid, name)
	}
	return nil
}

func validPIN(pin string) error {
	if len(pin) < MinPIN || len(pin) > maxPIN || strings.Trim(pin, "0123456789") != "" {
		return fmt.Errorf("%w: a PIN has %d to %d digits", ErrInvalid, MinPIN, maxPIN)
	}
	if strings.Count(pin, pin[:1]) == len(pin) || strings.Contains("012345678901234567890", pin) || strings.Contains("987654321098765432109", pin) {
		return fmt.Errorf("%w: this PIN is too easy to guess; choose another", ErrInvalid)
	}
	return nil
}

// require refuses an act to a person without the role.
func require(by Person, roles ...Role) error {
	for _, r := range roles {
		if by.Role == r && by.Name != "" {
			return nil
		}
	}
	return fmt.Errorf("%w: %s is %s; this needs %v", ErrNotAllowed, by.Name, by.Role, roles)
}

// AddPerson lets a penyelia add a person, with a second one's approval. Errors:
// ErrNotAllowed, ErrSecond, ErrInvalid, ErrExists.
func (l *Ledger) AddPerson(ctx context.Context, by Person, name string, role Role, pin string) (Person, error) {
	err := l.change(ctx, by, func(t *tx, second string) error { return t.addPerson(ctx, by.Name, second, name, role, pin) })
	if err != nil {
		return Person{}, fmt.Errorf("add %s: %w", name, err)
	}
	return Person{Name: name, Role: role, Active: true}, nil
}

// change runs a change of people: a penyelia's act, which needs a second one.
func (l *Ledger) change(ctx context.Context, by Person, f func(t *tx, second string) error) error {
	return l.changeIn(ctx, by, officeSpan, f)
}

// changeIn is change for acts that write to more than the office's chain.
func (l *Ledger) changeIn(ctx context.Context, by Person, s span, f func(t *tx, second string) error) error {
	if err := require(by, Penyelia); err != nil {
		return err
	}
	return l.approved(ctx, by, s, func(t *tx, second string) error {
		if err := t.fourEyes(ctx, by, "", second); err != nil {
			return err
		}
		return f(t, second)
	})
}

func (t *tx) addPerson(ctx context.Context, by, second, name string, role Role, pin string) error {
	if err := errors.Join(validName(name), validPIN(pin)); err != nil {
		return err
	}
	if _, err := ParseRole(string(role)); err != nil {
		return err
	}
	var n string
	if found, err := t.one(ctx, `SELECT name FROM people WHERE name = ?`, args(name), &n); err != nil || found {
		return errors.Join(err, fmt.Errorf("%w: a person with this name", ErrExists))
	}
	hash := hashPIN(pin)
	if err := t.run(ctx, `INSERT INTO pins (name, hash) VALUES (?, ?)`, name, hash); err != nil {
		return err
	}
	_, err := t.append(ctx, act{dock: Office, actor: by, kind: PersonAdded, payload: personPayload{Name: name, Role: role, PINDigest: digest(hash), Second: second}})
	return err
}

// StopPerson ends what a person may do; the name stays, with its history. Nobody stops
// themselves, so one penyelia always stays. Errors: ErrNotAllowed, ErrSecond, ErrNotFound,
// ErrConflict.
func (l *Ledger) StopPerson(ctx context.Context, by Person, name string) error {
	err := l.change(ctx, by, func(t *tx, second string) error {
		if name == by.Name {
			return fmt.Errorf("%w: nobody stops themselves; another penyelia must", ErrConflict)
		}
		return t.setActive(ctx, by, second, name, false)
	})
	if err != nil {
		return fmt.Errorf("stop %s: %w", name, err)
	}
	return nil
}

// RestorePerson lets a person act again, who was stopped. Errors: see StopPerson.
func (l *Ledger) RestorePerson(ctx context.Context, by Person, name string) error {
	err := l.change(ctx, by, func(t *tx, second string) error { return t.setActive(ctx, by, second, name, true) })
	if err != nil {
		return fmt.Errorf("restore %s: %w", name, err)
	}
	return nil
}

func (t *tx) setActive(ctx context.Context, by Person, second, name string, active bool) error {
	var is bool
	if err := t.must(ctx, name, `SELECT active FROM people WHERE name = ?`, args(name), &is); err != nil {
		return err
	}
	if is == active {
		return fmt.Errorf("%w: it is so already", ErrConflict)
	}
	kind := PersonStopped
	if active {
		kind = PersonBack
	}
	_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: kind, payload: personPayload{Name: name, Second: second}})
	return err
}

// SetPIN gives a person a new PIN, who forgot the old one. It also ends the pause after
// wrong PINs. Errors: ErrNotAllowed, ErrSecond, ErrNotFound, ErrInvalid.
func (l *Ledger) SetPIN(ctx context.Context, by Person, name, pin string) error {
	err := l.change(ctx, by, func(t *tx, second string) error { return t.setPIN(ctx, by.Name, second, name, pin) })
	if err != nil {
		return fmt.Errorf("new PIN of %s: %w", name, err)
	}
	return nil
}

// ChangePIN changes a person's own PIN, who knows the old one. Errors: ErrPIN,
// ErrPINLocked, ErrInvalid.
func (l *Ledger) ChangePIN(ctx context.Context, name, old, pin string) error {
	p, err := l.SignIn(ctx, name, old)
	if err == nil {
		err = l.update(ctx, func(t *tx) error { return t.setPIN(ctx, p.Name, "", p.Name, pin) })
	}
	if err != nil {
		return fmt.Errorf("change PIN of %s: %w", name, err)
	}
	return nil
}

func (t *tx) setPIN(ctx context.Context, by, second, name, pin string) error {
	if err := validPIN(pin); err != nil {
		return err
	}
	var n string
	if err := t.must(ctx, name, `SELECT name FROM people WHERE name = ?`, args(name), &n); err != nil {
		return err
	}
	hash := hashPIN(pin)
	if err := t.run(ctx, `UPDATE pins SET hash = ? WHERE name = ?`, hash, name); err != nil {
		return err
	}
	_, err := t.append(ctx, act{dock: Office, actor: by, kind: PINChanged, payload: personPayload{Name: name, PINDigest: digest(hash), Second: second}})
	return err
}

// People lists the people by name.
func (l *Ledger) People(ctx context.Context) ([]Person, error) {
	var out []Person
	err := l.rows(ctx, `SELECT name, role, active FROM people ORDER BY name`, nil, func(r *sql.Rows) error {
		var p Person
		out = append(out, p)
		q := &out[len(out)-1]
		return r.Scan(&q.Name, &q.Role, &q.Active)
	})
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return out, nil
}

// SignIn checks a person's PIN. Five wrong PINs lock the person for a quarter of an hour;
// the count is in the ledger, so a restart doesn't clear it. Errors: ErrPIN (also for a
// name that does not exist), ErrPINLocked.
func (l *Ledger) SignIn(ctx context.Context, name, pin string) (Person, error) {
	var p Person
	var result error
	err := l.update(ctx, func(t *tx) error {
		var hash, until, want string
		var failed int
		found, err := t.one(ctx, `SELECT p.name, p.role, p.active, p.failed, p.locked_until, p.pin_digest, s.hash
			FROM people p JOIN pins s ON s.name = p.name WHERE p.name = ?`, args(name), &p.Name, &p.Role, &p.Active, &failed, &until, &want, &hash)
		switch {
		case err != nil:
			return err
		case !found || !p.Active:
			// As slow as a wrong PIN, so that names can't be told by time.
			encodePIN(pin, make([]byte, 16))
			result = ErrPIN
			return nil
		case t.now.Before(parseTime(until)):
			result = fmt.Errorf("%w: %s may try again at %s", ErrPINLocked, name, parseTime(until).Local().Format("15:04"))
			return nil
		}
		if digest(hash) == want && checkPIN(hash, pin) {
			if failed == 0 {
				return nil
			}
			_, err := t.append(ctx, act{dock: Office, actor: name, kind: PINCleared, payload: personPayload{Name: name}})
			return err
		}
		result = ErrPIN
		failed++
		f := personPayload{Name: name, Failed: failed}
		if failed >= MaxFailedPINs {
			f.Failed, f.Until = 0, formatTime(t.now.Add(PINPause))
			result = fmt.Errorf("%w: %s, for %.0f minutes", ErrPINLocked, name, PINPause.Minutes())
		}
		_, err = t.append(ctx, act{dock: Office, actor: name, kind: PINFailed, payload: f})
		return err
	})
	if err == nil {
		err = result
	}
	if err != nil {
		return Person{}, fmt.Errorf("sign in %s: %w", name, err)
	}
	return p, nil
}

// NoteSignIn records that a person took over a dock.
func (l *Ledger) NoteSignIn(ctx context.Context, dock int, p Person) error {
	return l.updateDock(ctx, dock, func(t *tx) error {
		_, err := t.append(ctx, act{dock: dock, actor: p.Name, kind: SignedIn, payload: personPayload{Name: p.Name, Role: p.Role}})
		return err
	})
}

// NoteResume records that a person goes on at a dock whose program had crashed.
func (l *Ledger) NoteResume(ctx context.Context, dock int, p Person) error {
	return l.updateDock(ctx, dock, func(t *tx) error {
		_, err := t.append(ctx, act{dock: dock, actor: p.Name, kind: SignedIn, payload: personPayload{Name: p.Name, Role: p.Role, Reason: "restart"}})
		return err
	})
}

// NoteSignOut records that a person left a dock; why: "idle", "closed" with the kiosk, or
// empty where the person said so.
func (l *Ledger) NoteSignOut(ctx context.Context, dock int, p Person, why string) error {
	return l.updateDock(ctx, dock, func(t *tx) error {
		_, err := t.append(ctx, act{dock: dock, actor: p.Name, kind: SignedOut, payload: personPayload{Name: p.Name, Reason: why}})
		return err
	})
}

// IssueBadge makes a new badge code for a person and returns its text, which is not kept:
// the ledger has its digest only. An older badge of the person is void from then on.
// Errors: ErrNotAllowed, ErrSecond, ErrNotFound, ErrConflict (the person was stopped).
func (l *Ledger) IssueBadge(ctx context.Context, by Person, name string) (string, error) {
	token := newToken()
	err := l.change(ctx, by, func(t *tx, second string) error {
		var active bool
		if err := t.must(ctx, name, `SELECT active FROM people WHERE name = ?`, args(name), &active); err != nil {
			return err
		}
		if !active {
			return fmt.Errorf("%w: %s was stopped", ErrConflict, name)
		}
		_, err := t.append(ctx, act{dock: Office, actor: by.Name, kind: BadgeIssued, payload: personPayload{Name: name, Badge: digest(token), Second: second}})
		return err
	})
	if err != nil {
		return "", fmt.Errorf("badge of %s: %w", name, err)
	}
	return code.CommandText(code.Badge, token)
}

// SignInBadge finds the person of a badge's token. Error: ErrPIN.
func (l *Ledger) SignInBadge(ctx context.Context, token string) (Person, error) {
	var p Person
	err := l.rows(ctx, `SELECT name, role, active FROM people WHERE badge_digest = ? AND active = 1`, args(digest(token)), func(r *sql.Rows) error {
		return r.Scan(&p.Name, &p.Role, &p.Active)
	})
	if err == nil && p.Name == "" {
		err = fmt.Errorf("%w: this badge is not valid", ErrPIN)
	}
	return p, err
}

func newToken() string {
	var b [10]byte
	rand.Read(b[:])
	return code.NewToken(b)
}
