package ledger_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"testing"

	"dapilgate/app/ledger"
	"dapilgate/app/ledger/pgtest"

	_ "modernc.org/sqlite" // to change a ledger behind its back
)

// TestMain also lets the test's own program be the one that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("DAPILGATE_TEST_VICTIM"); path != "" {
		fmt.Fprintln(os.Stderr, victim(path))
		os.Exit(1)
	}
	os.Exit(pgtest.Main(m))
}

// tryExec runs SQL on a ledger as someone with a database tool would.
func tryExec(t testing.TB, address, query string) error {
	if ledger.IsServer(address) {
		_, err := pgtest.Shared(t).TryExec(address, query)
		return err
	}
	db, err := sql.Open("sqlite", "file:"+address)
	if err != nil {
		return err
	}
	_, err = db.Exec(query)
	return errors.Join(err, db.Close())
}

func exec(t *testing.T, address, query string) {
	t.Helper()
	if err := tryExec(t, address, query); err != nil {
		t.Fatal(err)
	}
}

// dropTriggers takes away what makes the engine itself refuse changes of the log.
func dropTriggers(t *testing.T, address string) {
	t.Helper()
	if ledger.IsServer(address) {
		exec(t, address, `DROP TRIGGER event_log_no_change ON event_log`)
		return
	}
	exec(t, address, `DROP TRIGGER event_log_no_update; DROP TRIGGER event_log_no_delete`)
}
