package code

import (
	"crypto/ed25519"
	"strings"
)

// Status says what a scan turned out to be.
type Status int

// Statuses. Only Whole carries Fields that may be trusted; FalseSignature and OtherEvent
// carry the fields that the label claims.
const (
	Foreign        Status = iota // not our form (SILOG's QR, a product's bar code, noise)
	CutOff                       // one of ours, characters missing
	Doubled                      // one of ours more than once in a scan, or two labels glued together
	Damaged                      // one of ours, characters changed on the way
	FalseSignature               // our form, whole, but the signature is not the key's
	OtherEvent                   // our form, whole, of another event
	Whole                        // ours and whole
	CommandCode                  // a command code, see Reading.Command
)

var statusNames = [...]string{"foreign", "cut_off", "doubled", "damaged", "false_signature", "other_event", "whole", "command"}

// String is the status's name in records.
func (s Status) String() string { return statusNames[s] }

// Reading is one scan, understood.
type Reading struct {
	Status  Status
	Text    string // the code itself, upper case, without the scanner's prefix and suffix; at most MaxScan bytes
	Fields  Fields
	Command Command
	Token   string // of a TruckPass or Badge
}

// Keys is what a reader must know: the event and the public keys that may sign for it.
type Keys struct {
	Event  string
	Public []ed25519.PublicKey
}

// Parse understands one scan. It is total: any bytes give a Reading, none a panic. Case is
// folded; control characters, blanks and what a scanner puts before and behind the code
// (AIM identifiers such as "]Q1", a set-up prefix, line ends) are stripped.
//
// An other event's label is told by its event field, whatever its signature: another
// event has another key, so its signature can't be checked here. It is red either way.
func Parse(raw string, k Keys) Reading {
	s, long := normalise(raw)
	at := strings.Index(s, Magic)
	cmd := strings.Index(s, CommandMagic)
	switch {
	case cmd >= 0 && (at < 0 || cmd < at):
		return readCommand(s, cmd)
	case at < 0 && looksLikeTail(s):
		return Reading{Status: CutOff, Text: s}
	case at < 0:
		return Reading{Status: Foreign, Text: s}
	}
	// A prefix is what a scanner is set up to send before every scan: short. Our magic
	// deep in another text is a coincidence.
	if at > maxAffix {
		return Reading{Status: Foreign, Text: s}
	}
	body := s[at:]
	if long || labelsIn(body) > 1 {
		return Reading{Status: Doubled, Text: s}
	}
	if len(body) < Length {
		if looksLikeLabel(body) {
			return Reading{Status: CutOff, Text: s}
		}
		return Reading{Status: Foreign, Text: s}
	}
	suffix := body[Length:]
	if len(suffix) > maxAffix {
		return Reading{Status: Damaged, Text: s}
	}
	beginning := body
	body = body[:Length]
	if !checkHolds(body) || !isCrockford(body[signedLength:]) {
		return Reading{Status: Damaged, Text: s}
	}
	// A second label that was cut off soon: this one's own beginning again, or another's.
	if suffix != "" && strings.HasPrefix(beginning, suffix) || strings.HasPrefix(suffix, Magic) {
		return Reading{Status: Doubled, Text: s}
	}
	f, ok := parseFields(body)
	if !ok {
		// The check characters hold, so nothing was damaged on the way: someone
		// made a label that Sign would refuse.
		return Reading{Status: FalseSignature, Text: body}
	}
	r := Reading{Text: body, Fields: f}
	sig, err := crockford.DecodeString(body[signedLength : signedLength+sigLength])
	switch {
	case f.Event != k.Event:
		r.Status = OtherEvent
	case err != nil || !signedBy(body[:signedLength], sig, body, k.Public):
		r.Status = FalseSignature
	default:
		r.Status = Whole
	}
	return r
}

// signedBy also wants the signature's one canonical spelling: 103 characters hold 515
// bits, three more than the signature, which must be zero.
func signedBy(signed string, sig []byte, body string, keys []ed25519.PublicKey) bool {
	if len(sig) != ed25519.SignatureSize || crockford.EncodeToString(sig) != body[signedLength:signedLength+sigLength] {
		return false
	}
	for _, k := range keys {
		if len(k) == ed25519.PublicKeySize && ed25519.Verify(k, []byte(signed), sig) {
			return true
		}
	}
	return false
}

// maxAffix is the longest prefix or suffix of a scanner that is stripped, in characters.
const maxAffix = 16

func readCommand(s string, at int) Reading {
	if at > maxAffix {
		return Reading{Status: Foreign, Text: s}
	}
	body := s[at:]
	rest := body[1:]
	// A token may hold a magic by chance ("BDG" and a token that begins with 1), so what
	// is looked through for a second code is what follows this one.
	if c, token, n, ok := parseCommand(body); ok {
		rest = body[n:]
		if !strings.Contains(rest, CommandMagic) && !strings.Contains(rest, Magic) && len(rest) <= maxAffix {
			return Reading{Status: CommandCode, Text: body[:n], Command: c, Token: token}
		}
	}
	if strings.Contains(rest, CommandMagic) || strings.Contains(rest, Magic) {
		return Reading{Status: Doubled, Text: s}
	}
	return Reading{Status: CutOff, Text: s}
}

// labelsIn counts beginnings of labels that stand where a second label could begin.
// "DG1" can occur by chance inside a signature; a beginning is believed only where the
// digits of area and TPS follow it.
func labelsIn(body string) int {
	n := 0
	for i := 0; i+len(Magic) <= len(body); {
		j := strings.Index(body[i:], Magic)
		if j < 0 {
			break
		}
		i += j
		if i == 0 || plausibleStart(body[i:]) {
			n++
		}
		i += len(Magic)
	}
	return n
}

// plausibleStart tells whether s can be the beginning of a label, so far as it goes.
func plausibleStart(s string) bool {
	if len(s) < 20 {
		return false
	}
	return isDigits(s[7:20])
}

// looksLikeLabel tells a cut-off label from a foreign text that happens to begin alike.
func looksLikeLabel(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isUpper(s[i]) && !isDigit(s[i]) {
			return false
		}
		if i >= 7 && i < 20 && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// looksLikeTail tells whether s can be a label whose beginning was lost: nothing but
// letters and digits, and longer than other systems' plain numbers.
func looksLikeTail(s string) bool {
	return len(s) >= 60 && len(s) < Length && isCrockford(s[max(0, signedLength-(Length-len(s))):])
}

// normalise folds case and drops everything at the ends that is not part of a code, and
// control characters anywhere. long says that the scan was cut at MaxScan.
func normalise(raw string) (s string, long bool) {
	if len(raw) > MaxScan {
		raw, long = raw[:MaxScan], true
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r == 0x7f:
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, raw)
	s = strings.TrimSpace(s)
	// An AIM identifier is ']', a letter and a digit (ISO/IEC 15424).
	if len(s) > 3 && s[0] == ']' && isUpper(s[1]) && isDigit(s[2]) {
		s = s[3:]
	}
	return s, long
}
