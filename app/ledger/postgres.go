package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// oldestServer is the oldest PostgreSQL whose ways were tested.
const oldestServer = 150000

// postgresDialect keeps the ledger on a server that several docks share. Everything of the
// address is pgx's: TLS by sslmode and its certificates, several hosts for a fail-over.
type postgresDialect struct {
	config *pgx.ConnConfig
	bound  sync.Map // query with "?" → query with "$1"
	news   news
}

func newPostgres(address string) (dialect, error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		// pgx leaves the password out of its message.
		return nil, fmt.Errorf("%w: address of the ledger: %w", ErrInvalid, err)
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTime
	}
	for name, value := range sessionSettings {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	return &postgresDialect{config: c}, nil
}

const connectTime = 2 * time.Second

// sessionSettings hold unless the address says otherwise.
var sessionSettings = map[string]string{
	"application_name": "dapilgate",
	// Durable when it is answered; what the server's default is doesn't matter.
	"synchronous_commit": "on",
	// Every statement of a scan finds its rows by a key: planning it anew would cost more
	// than running it.
	"plan_cache_mode": "force_generic_plan",
	// The most that is counted is soon counted; compiling it takes ten times as long.
	"jit": "off",
	// A kiosk that hangs or loses its network must not keep the others waiting.
	"idle_in_transaction_session_timeout": "5s",
	"lock_timeout":                        "5s",
	"tcp_keepalives_idle":                 "3",
	"tcp_keepalives_interval":             "1",
	"tcp_keepalives_count":                "3",
	"tcp_user_timeout":                    "5000",
}

func (*postgresDialect) name() string { return "postgres" }

func (*postgresDialect) shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	q := u.Query()
	for _, secret := range []string{"password", "sslpassword"} {
		if q.Has(secret) {
			q.Set(secret, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}

func (*postgresDialect) discard(string) {} // it was all one transaction

// schemaWords: text is compared byte by byte, as SQLite does, so that both engines sort
// alike whatever the database's locale is.
var schemaWords = strings.NewReplacer("{key}", "BIGINT PRIMARY KEY", "{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
	"{int}", "BIGINT", " TEXT ", ` TEXT COLLATE "C" `)

func (*postgresDialect) words() *strings.Replacer { return schemaWords }

// rebind numbers the arguments. No query of ours has a "?" in a text.
func (d *postgresDialect) rebind(q string) string {
	if s, ok := d.bound.Load(q); ok {
		return s.(string)
	}
	var b strings.Builder
	n := 0
	for _, r := range q {
		if r != '?' {
			b.WriteRune(r)
			continue
		}
		n++
		b.WriteString("$" + strconv.Itoa(n))
	}
	d.bound.Store(q, b.String())
	return b.String()
}

func (*postgresDialect) bounded(ctx context.Context, s span) (context.Context, context.CancelFunc) {
	switch {
	case s.whole:
		return context.WithCancel(ctx)
	case s.dock == Office:
		return context.WithTimeout(ctx, officeTime)
	}
	return context.WithTimeout(ctx, dockTime)
}

func (*postgresDialect) calling(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, callTime)
}

func (*postgresDialect) within(ctx context.Context) context.Context { return ctx }

func (*postgresDialect) again(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	// Another transaction won: a unique key, a deadlock, a serialization failure.
	return e.Code == "23505" || e.Code == "40P01" || e.Code == "40001"
}

// isDivision tells of a division by zero, by which a statement of ours says no.
func isDivision(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "22012"
}

func (*postgresDialect) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

func (d *postgresDialect) open(ctx context.Context, address string, create bool) (write, read *sql.DB, err error) {
	// A scan needs one connection; the second is for an act beside it.
	write = d.pool(2)
	read = d.pool(2)
	if err = write.PingContext(ctx); err == nil && create {
		var there bool
		if err = write.QueryRowContext(ctx, `SELECT to_regclass('meta') IS NOT NULL`).Scan(&there); err == nil && there {
			err = fmt.Errorf("%w: a ledger at %s; choose another database", ErrExists, d.shown(address))
		}
	}
	if err != nil {
		write.Close()
		read.Close()
		return nil, nil, d.translate(err)
	}
	return write, read, nil
}

func (d *postgresDialect) pool(most int) *sql.DB {
	db := stdlib.OpenDB(*d.config, stdlib.OptionAfterConnect(assertDurable))
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db
}

// assertDurable refuses a server on which a commit is not durable when it is answered.
func assertDurable(ctx context.Context, c *pgx.Conn) error {
	var commit, fsync, pages string
	var version int
	var standby bool
	err := c.QueryRow(ctx, `SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'),
		current_setting('server_version_num')::int, pg_is_in_recovery()`).Scan(&commit, &fsync, &pages, &version, &standby)
	switch {
	case err != nil:
		return err
	case version < oldestServer:
		return fmt.Errorf("%w: the server is PostgreSQL %d; 15 or newer is needed", ErrInvalid, version/10000)
	case commit != "on" && commit != "remote_apply":
		return fmt.Errorf("%w: synchronous_commit is %s; it must be on", ErrNotDurable, commit)
	case fsync != "on" || pages != "on":
		return fmt.Errorf("%w: fsync is %s, full_page_writes is %s; both must be on", ErrNotDurable, fsync, pages)
	case standby:
		return fmt.Errorf("%w: it is a standby", ErrReadOnly)
	}
	return nil
}

// begin locks what the span writes to. The statements behind it see all that was committed
// before the lock was granted.
func (d *postgresDialect) begin(ctx context.Context, t *tx, s span) error {
	if s.whole {
		for _, q := range []string{`SELECT pg_advisory_xact_lock(hashtextextended('dapilgate schema ' || current_schema(), 0))`,
			`SET LOCAL lock_timeout = 0`, `SET LOCAL idle_in_transaction_session_timeout = 0`} {
			if _, err := t.t.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}
	// Every scan that may load a box holds ROW EXCLUSIVE on load_boxes from before it
	// looks at the box until it is committed; the stronger lock keeps it out. It comes
	// last, so that scans don't wait while the office waits for itself.
	if s.dock != Office {
		if _, err := t.t.ExecContext(ctx, `LOCK TABLE load_boxes IN ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	// The chain's row makes acts on one chain wait for each other. A chain without events
	// has none yet: then its unique (dock, seq) lets only one of two win.
	h := chainHead{dock: s.dock}
	found, err := t.one(ctx, `SELECT seq, hash FROM chains WHERE dock = ? FOR UPDATE`, args(s.dock), &h.seq, &h.hash)
	if err != nil {
		return err
	}
	if found {
		t.known = &h
	}
	if s.boxes {
		_, err = t.t.ExecContext(ctx, `LOCK TABLE load_boxes IN SHARE ROW EXCLUSIVE MODE`)
	}
	return err
}

func (d *postgresDialect) insertBoxes(ctx context.Context, t *tx, keys []int64) error {
	_, err := t.t.ExecContext(ctx, `INSERT INTO boxes (key) SELECT unnest($1::bigint[])`, keys)
	return err
}

// PostgreSQL's error codes (https://www.postgresql.org/docs/15/errcodes-appendix.html)
// that people meet, by code or by class.
var serverErrors = []struct {
	code     string
	sentinel error
}{
	{"53100", ErrDiskFull}, {"53300", ErrCrowded}, {"53", ErrCrowded}, {"25006", ErrReadOnly}, {"57014", ErrSlow}, {"55P03", ErrSlow},
	{"57P", ErrNoServer}, {"08", ErrNoServer}, {"58", ErrNoServer}, {"XX", ErrNoServer}, {"28", ErrNoEntry}, {"3D000", ErrNoEntry},
	{"42501", ErrNoEntry}, {"25P03", ErrSlow},
}

func (*postgresDialect) translate(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	for _, e := range []error{ErrNotDurable, ErrReadOnly} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		switch e.Code {
		case "42P07": // another kiosk made the tables meanwhile
			return fmt.Errorf("%w: a ledger in this database: %w", ErrExists, err)
		case "42P01": // no such table
			return fmt.Errorf("%w: the database has no ledger; make one with 'dapilgate init': %w", ErrNotFound, err)
		}
		for _, s := range serverErrors {
			if strings.HasPrefix(e.Code, s.code) {
				return fmt.Errorf("%w: %w: %w", ErrUnavailable, s.sentinel, err)
			}
		}
		return err
	}
	var op *net.OpError
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err):
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrSlow, err)
	case errors.As(err, &op), errors.As(err, &connect), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), strings.Contains(err.Error(), "conn closed"):
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrNoServer, err)
	}
	return err
}

func (d *postgresDialect) migrated(ctx context.Context, t *sql.Tx) error {
	_, err := t.ExecContext(ctx, grants)
	return err
}
