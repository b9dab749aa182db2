// Package code is the room of the label's code: the text in the QR of every box, how it is
// signed and how it is read back. What enters is fields or a scan, what leaves is a text or
// a Reading. It knows no ledger, no picture and no printer; a scan that comes out as Whole
// is one that the holder of the signing key made, character for character.
//
// # The box label, 138 characters
//
// Letters and digits only, upper case, fixed width, no separators:
//
//	pos  len  field      characters        meaning
//	  0    3  magic      DG1               this form, version 1
//	  3    4  event      A-Z 0-9           event code, filled up with '0' on the right
//	  7   10  area       0-9               Kemendagri code without dots; a kota is filled with zeros
//	 17    3  TPS        0-9               001..999; a spare's serial number
//	 20    1  kind       A-Z 0             kind of election; 0 = none (spare)
//	 21    1  item       1-9               1 box of a TPS, 2 spare
//	 22    1  space      A-Z 0             code space of the district: a kind's letter, A = kecamatan, 0 = none
//	 23    8  district   0-9               its code, filled up with zeros on the left
//	 31    2  revision   0-9               01..99
//	 33  103  signature  Crockford base32  Ed25519 over positions 0..32
//	136    2  check      Crockford base32  CRC-10 over positions 0..135
//
// 138 alphanumeric characters are a QR of version 8 at level Q (157 characters), 49
// modules; version 7 holds 125 at that level (ISO/IEC 18004, table 7).
//
// # Command codes
//
// DGC1, three letters of the command, an argument where it has one, check(2). The magic
// differs from the label's, so a box label can never be read as a command.
package code

import (
	"crypto/ed25519"
	"encoding/base32"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Magic begins every box label, CommandMagic every command code.
const (
	Magic        = "DG1"
	CommandMagic = "DGC1"
)

// Widths of the label's parts, in characters.
const (
	Length       = 138
	signedLength = 33
	sigLength    = 103
)

// MaxScan is the longest scan that is looked at, in bytes. A scanner's longest honest
// scan is a doubled label; more is noise.
const MaxScan = 4096

// crockford is base32 without I, L, O, U: what a person may copy without guessing.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// ErrFields says that fields can't be put on a label.
var ErrFields = errors.New("fields do not fit the label")

// Fields is what a label says.
type Fields struct {
	Event    string // 1..4 characters A-Z 0-9, no trailing '0'
	Area     string // ten digits
	TPS      int    // 1..999
	Kind     byte   // A-Z, or '0' for none
	Item     byte   // 1-9
	Space    byte   // code space of District: A-Z, or '0' for none
	District string // up to eight digits without leading zeros; empty for none
	Revision int    // 1..99
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// ValidEvent tells whether an event code can stand on a label.
func ValidEvent(s string) bool {
	if s == "" || len(s) > 4 || s[len(s)-1] == '0' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !isUpper(s[i]) && !isDigit(s[i]) {
			return false
		}
	}
	return true
}

func (f Fields) validate() error {
	switch {
	case !ValidEvent(f.Event):
		return fmt.Errorf("%w: event %q (1 to 4 letters and digits, not ending in 0)", ErrFields, f.Event)
	case len(f.Area) != 10 || !isDigits(f.Area):
		return fmt.Errorf("%w: area %q (ten digits)", ErrFields, f.Area)
	case f.TPS < 1 || f.TPS > 999:
		return fmt.Errorf("%w: TPS %d (1 to 999)", ErrFields, f.TPS)
	case !isUpper(f.Kind) && f.Kind != '0':
		return fmt.Errorf("%w: kind %q", ErrFields, f.Kind)
	case f.Item < '1' || f.Item > '9':
		return fmt.Errorf("%w: item %q", ErrFields, f.Item)
	case !isUpper(f.Space) && f.Space != '0':
		return fmt.Errorf("%w: code space %q", ErrFields, f.Space)
	case len(f.District) > 8 || !isDigits(f.District) || strings.HasPrefix(f.District, "0"):
		return fmt.Errorf("%w: district %q (up to eight digits)", ErrFields, f.District)
	case (f.Space == '0') != (f.District == ""):
		return fmt.Errorf("%w: district %q in code space %q", ErrFields, f.District, f.Space)
	case f.Revision < 1 || f.Revision > 99:
		return fmt.Errorf("%w: revision %d (1 to 99)", ErrFields, f.Revision)
	}
	return nil
}

// Sign makes the label's text. Error: ErrFields.
func (f Fields) Sign(key ed25519.PrivateKey) (string, error) {
	if err := f.validate(); err != nil {
		return "", err
	}
	b := make([]byte, 0, Length)
	b = append(b, Magic...)
	b = append(b, f.Event...)
	for i := len(f.Event); i < 4; i++ {
		b = append(b, '0')
	}
	b = append(b, f.Area...)
	b = append(b, byte('0'+f.TPS/100), byte('0'+f.TPS/10%10), byte('0'+f.TPS%10))
	b = append(b, f.Kind, f.Item, f.Space)
	for i := len(f.District); i < 8; i++ {
		b = append(b, '0')
	}
	b = append(b, f.District...)
	b = append(b, byte('0'+f.Revision/10), byte('0'+f.Revision%10))
	b = crockford.AppendEncode(b, ed25519.Sign(key, b))
	return string(appendCheck(b)), nil
}

// parseFields reads the signed part; ok is false where a character can't stand there.
func parseFields(s string) (f Fields, ok bool) {
	f = Fields{
		Event: strings.TrimRight(s[3:7], "0"), Area: s[7:17], Kind: s[20], Item: s[21], Space: s[22],
		District: strings.TrimLeft(s[23:31], "0"),
	}
	var err1, err2 error
	f.TPS, err1 = strconv.Atoi(s[17:20])
	f.Revision, err2 = strconv.Atoi(s[31:33])
	if err1 != nil || err2 != nil || f.validate() != nil {
		return Fields{}, false
	}
	return f, true
}

// appendCheck appends the two check characters: a CRC with polynomial x^10+x^9+x^5+x^4+x+1
// (CRC-10/ATM, ITU-T I.610), which finds every single wrong or swapped character.
func appendCheck(b []byte) []byte {
	c := crc10(b)
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	return append(b, digits[c>>5], digits[c&31])
}

func crc10(b []byte) uint16 {
	var c uint16
	for _, x := range b {
		c ^= uint16(x) << 2
		for range 8 {
			if c&0x200 != 0 {
				c = c<<1 ^ 0x233
			} else {
				c <<= 1
			}
		}
	}
	return c & 0x3ff
}

func checkHolds(s string) bool {
	if len(s) < 3 {
		return false
	}
	body := []byte(s[:len(s)-2])
	return string(appendCheck(body)) == s
}
