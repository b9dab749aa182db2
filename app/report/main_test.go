package report_test

import (
	"os"
	"testing"

	"dapilgate/app/ledger/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
