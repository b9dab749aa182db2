package ledger_test

import (
	"database/sql"
	"errors"
	"testing"

	_ "modernc.org/sqlite" // to change a ledger behind its back
)

// tryExec runs SQL on a ledger's file as someone with a database tool would.
func tryExec(path, query string) error {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	_, err = db.Exec(query)
	return errors.Join(err, db.Close())
}

func exec(t *testing.T, path, query string) {
	t.Helper()
	if err := tryExec(path, query); err != nil {
		t.Fatal(err)
	}
}
