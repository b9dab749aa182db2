package ledger

import _ "embed"

// grants gives the kiosks' role, where the server has it, just what a day's work needs.
//
//go:embed roles/grants.sql
var grants string

//go:embed roles/roles.sql
var roles string

// RolesSQL is what a database administrator runs once, before or after the ledger is made:
// the role that owns the tables and changes the schema, and the role of the kiosks, which
// may add to the log and never change it.
func RolesSQL() string { return roles + "\n" + grants }
