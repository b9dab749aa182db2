package assets

import _ "embed" // stocks

// Stocks is the table of label stocks, see the package labels.
//
//go:embed stocks.toml
var Stocks []byte
