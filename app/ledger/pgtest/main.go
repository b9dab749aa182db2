//go:build unix

package pgtest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// EngineVariable chooses the engine of the test ledgers: "postgres", or SQLite where it is
// not set. The whole suite runs once with each.
const EngineVariable = "DAPILGATE_TEST_ENGINE"

// Wanted tells whether the test ledgers of this run are PostgreSQL's.
func Wanted() bool { return os.Getenv(EngineVariable) == "postgres" }

var shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Shared is the one server of a run's test ledgers. Main stops it.
func Shared(tb testing.TB) *Server {
	tb.Helper()
	shared.once.Do(func() { shared.server, shared.err = start(nil) })
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.server
}

// Main runs a package's tests and stops the shared server: TestMain of each package that
// makes test ledgers.
func Main(m *testing.M) int {
	defer func() {
		if shared.server != nil {
			shared.server.remove()
		}
	}()
	// Seals and dock memories of server ledgers lie in the user's own folders.
	home, err := os.MkdirTemp("", "dapilgate-home")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer os.RemoveAll(home)
	os.Setenv("XDG_CONFIG_HOME", home)
	if e := os.Getenv(EngineVariable); e != "" && e != "sqlite" && e != "postgres" {
		fmt.Fprintf(os.Stderr, "%s=%q: sqlite or postgres\n", EngineVariable, e)
		return 2
	}
	return m.Run()
}
