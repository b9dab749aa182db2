package ledger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// newsTime is the least time between two notifications of one process. They are not sent
// in the scan's own transaction: the server lets only one transaction that notifies commit
// at a time, and the docks would wait for each other's disk.
const newsTime = 200 * time.Millisecond

// news tells the other docks that something was committed, a moment later and once for
// all that came together. A notification that is lost is made good by their next look.
type news struct {
	mu     sync.Mutex
	timer  *time.Timer
	sent   time.Time
	closed bool
	send   func()
}

func (d *postgresDialect) notify(l *Ledger) {
	if l.info.ID == "" { // it is being brought forward: nobody listens to it yet
		return
	}
	to := channel(l)
	n := &d.news
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.timer != nil || n.closed {
		return
	}
	send := func() {
		ctx, cancel := context.WithTimeout(context.Background(), dockTime)
		defer cancel()
		// The watch has a connection of its own, but it waits on it.
		_, _ = l.read.ExecContext(ctx, `SELECT pg_notify($1, '')`, to)
	}
	n.send = send
	n.timer = time.AfterFunc(max(0, newsTime-time.Since(n.sent)), func() {
		n.mu.Lock()
		n.timer, n.sent = nil, time.Now()
		closed := n.closed
		n.mu.Unlock()
		if !closed {
			send()
		}
	})
}

// close sends what waits to be sent.
func (d *postgresDialect) close() {
	n := &d.news
	n.mu.Lock()
	waiting, send := n.timer != nil, n.send
	n.closed = true
	n.mu.Unlock()
	if waiting {
		send()
	}
}

// channel of a ledger: one server may have several.
func channel(l *Ledger) string { return "dapilgate_" + l.info.ID }

// serverHold is an advisory lock of a connection of its own, on which it also listens. The
// server frees it when the connection ends.
type serverHold struct {
	l    *Ledger
	d    *postgresDialect
	dock int
	name string // of the connection: by it a hold knows its own, cut off, predecessor
	conn *pgx.Conn
}

func (d *postgresDialect) hold(ctx context.Context, l *Ledger, dock int) (hold, error) {
	h := &serverHold{l: l, d: d, dock: dock, name: fmt.Sprintf("dapilgate dock %d %s", dock, NewID())}
	if err := h.take(ctx); err != nil {
		return nil, err
	}
	return h, nil
}

// take connects, locks the dock and listens.
func (h *serverHold) take(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	c := h.d.config.Copy()
	c.RuntimeParams["application_name"] = h.name
	conn, err := pgx.ConnectConfig(ctx, c)
	if err != nil {
		return h.l.unavailable(err)
	}
	defer func() {
		if err != nil {
			conn.Close(context.WithoutCancel(ctx))
		}
	}()
	if err := assertDurable(ctx, conn); err != nil {
		return h.l.unavailable(err)
	}
	key := fmt.Sprintf("dapilgate %s dock %d", h.l.info.ID, h.dock)
	for held := false; !held; {
		if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended($1, 0))`, key).Scan(&held); err != nil {
			return h.l.unavailable(err)
		}
		if held {
			break
		}
		var ours int
		// An old connection of this very hold, which the server doesn't know to be dead.
		err := conn.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()`, h.name).Scan(&ours)
		if err != nil {
			return h.l.unavailable(err)
		}
		if ours == 0 {
			return fmt.Errorf("%w: dock %d is held from %s; close it first", ErrInUse, h.dock, h.holder(ctx, conn, key))
		}
		pause(ctx, 20*time.Millisecond)
	}
	if _, err := conn.Exec(ctx, `LISTEN `+channel(h.l)); err != nil {
		return h.l.unavailable(err)
	}
	h.conn = conn
	return nil
}

// holder is who has the dock, as far as this role may know.
func (h *serverHold) holder(ctx context.Context, conn *pgx.Conn, key string) string {
	var who string
	err := conn.QueryRow(ctx, `SELECT COALESCE(a.usename, '?') || '@' || COALESCE(host(a.client_addr), 'here') FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended($1, 0) LIMIT 1`, key).Scan(&who)
	if err != nil {
		return "another computer"
	}
	return who
}

func (h *serverHold) wait(ctx context.Context) error {
	if h.conn == nil || h.conn.IsClosed() {
		if err := h.take(ctx); err != nil {
			pause(ctx, pulseTime/2)
			return err
		}
		return nil // look at once
	}
	told, err := h.notified(ctx, pulseTime)
	// Many docks tell of themselves at once: one look does for all that comes in a moment.
	for end := time.Now().Add(newsTime / 2); told && err == nil; {
		told, err = h.notified(ctx, time.Until(end))
	}
	if err != nil {
		h.conn.Close(context.WithoutCancel(ctx))
		return h.l.unavailable(err)
	}
	// The lock is worth what the connection is worth.
	ping, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if err := h.conn.Ping(ping); err != nil {
		h.conn.Close(context.WithoutCancel(ping))
		return h.l.unavailable(err)
	}
	return nil
}

// notified waits for a notification, most at the longest; false: there was none.
func (h *serverHold) notified(ctx context.Context, most time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	_, err := h.conn.WaitForNotification(ctx)
	if err != nil && (pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded)) {
		return false, nil
	}
	return err == nil, err
}

func (h *serverHold) free() error {
	if h.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), callTime)
	defer cancel()
	// Closing is a courtesy: the server frees the lock of a connection that is gone.
	_ = h.conn.Close(ctx)
	return nil
}
