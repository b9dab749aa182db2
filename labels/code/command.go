package code

import (
	"fmt"
	"strings"
)

// Command is what a printed command code tells the dock to do.
type Command string

// Commands. TruckPass and Badge have an argument: a token that the ledger knows.
const (
	SetAside  Command = "SET" // the refused box is put aside; its own label follows
	Undo      Command = "UND" // take the last accepted box off the load again
	CloseLoad Command = "CLS" // close the open load
	SelfTest  Command = "TST" // shift-start self-test
	TruckPass Command = "PAS" // open the load of this gate pass
	Badge     Command = "BDG" // a person's badge: signs in
)

// TokenLength is the number of characters of a token (80 bits).
const TokenLength = 16

// CommandText is the text of a command's code. token is empty but for TruckPass and Badge.
// Error: ErrFields.
func CommandText(c Command, token string) (string, error) {
	want := 0
	switch c {
	case TruckPass, Badge:
		want = TokenLength
	case SetAside, Undo, CloseLoad, SelfTest:
	default:
		return "", fmt.Errorf("%w: command %q", ErrFields, string(c))
	}
	if len(token) != want || !isCrockford(token) {
		return "", fmt.Errorf("%w: argument %q of command %s", ErrFields, token, c)
	}
	return string(appendCheck([]byte(CommandMagic + string(c) + token))), nil
}

// NewToken is the token text of ten random bytes.
func NewToken(random [10]byte) string { return crockford.EncodeToString(random[:]) }

func isCrockford(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isUpper(s[i]) && !isDigit(s[i]) || strings.IndexByte("ILOU", s[i]) >= 0 {
			return false
		}
	}
	return true
}

// parseCommand reads the command code that s begins with; n is its length.
func parseCommand(s string) (c Command, token string, n int, ok bool) {
	const head = len(CommandMagic) + 3
	if len(s) < head {
		return "", "", 0, false
	}
	c = Command(s[len(CommandMagic):head])
	n = head + 2
	if c == TruckPass || c == Badge {
		n += TokenLength
	}
	if len(s) < n || !checkHolds(s[:n]) {
		return "", "", 0, false
	}
	token = s[head : n-2]
	if t, err := CommandText(c, token); err != nil || t != s[:n] {
		return "", "", 0, false
	}
	return c, token, n, true
}
