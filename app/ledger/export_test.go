package ledger

import "testing"

// LimitPages keeps the database file at its present size: the disk is full.
func (l *Ledger) LimitPages(t *testing.T) {
	t.Helper()
	var n int
	if err := l.write.QueryRow(`PRAGMA page_count`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if err := l.write.QueryRow(`PRAGMA max_page_count = 1`).Scan(&n); err != nil {
		t.Fatal(err)
	}
}
