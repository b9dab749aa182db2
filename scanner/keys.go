package scanner

// The key codes of Linux (linux/input-event-codes.h) that are no characters.
const (
	keyEnter      = 28
	keyTab        = 15
	keyLeftCtrl   = 29
	keyRightCtrl  = 97
	keyLeftShift  = 42
	keyRightShift = 54
	keyLeftAlt    = 56
	keyRightAlt   = 100
	keyCapsLock   = 58
	keyPadEnter   = 96
)

// plainKeys and shiftedKeys are what the keys of a US keyboard type, from a key code on.
// The keypad types digits whatever its lock says: scanners that use it mean digits.
var plainKeys, shiftedKeys = func() (plain, shifted [128]byte) {
	for _, row := range []struct {
		from           int
		plain, shifted string
	}{
		{2, "1234567890-=", "!@#$%^&*()_+"},
		{16, "qwertyuiop[]", "QWERTYUIOP{}"},
		{30, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
		{43, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
		{55, "*", "*"}, {57, " ", " "},
		{71, "789-456+1230.", "789-456+1230."},
		{86, "<", ">"}, {98, "/", "/"}, {117, "=", "="}, {121, ",", ","},
	} {
		copy(plain[row.from:], row.plain)
		copy(shifted[row.from:], row.shifted)
	}
	return plain, shifted
}()

// keyboard turns the keys of a scanner into characters as a US keyboard types them. A
// scanner that is set to no country's keyboard holds ALT and types a character's number
// on the keypad; that is understood too.
type keyboard struct {
	down   [128]bool
	caps   bool
	number rune // typed under ALT
}

// lost replaces what the kernel dropped: the scan is not whole, and must not look so.
const lost = '\ufffd'

// key takes a key that goes down, or up.
func (k *keyboard) key(code uint16, down bool) (r rune, ok bool) {
	if int(code) >= len(k.down) {
		return 0, false
	}
	k.down[code] = down
	alt := k.down[keyLeftAlt] || k.down[keyRightAlt]
	switch {
	case !down && (code == keyLeftAlt || code == keyRightAlt):
		r, k.number = k.number, 0
		return r, r > 0 && r < 256
	case !down:
		return 0, false
	case code == keyCapsLock:
		k.caps = !k.caps
		return 0, false
	case code == keyEnter, code == keyPadEnter:
		return '\r', true
	case code == keyTab:
		return '\t', true
	}
	c := plainKeys[code]
	if c == 0 {
		return 0, false
	}
	if alt && code >= 71 && code <= 82 && c >= '0' && c <= '9' {
		k.number = min(k.number*10+rune(c-'0'), 256)
		return 0, false
	}
	letter := c >= 'a' && c <= 'z'
	shift := k.down[keyLeftShift] || k.down[keyRightShift]
	if letter {
		shift = shift != k.caps
	}
	if shift {
		c = shiftedKeys[code]
	}
	if (k.down[keyLeftCtrl] || k.down[keyRightCtrl]) && (letter || c >= '[' && c <= '_') {
		c &= 0x1f
	}
	return rune(c), true
}

// release lets all keys go: what the kernel dropped may have been their going up.
func (k *keyboard) release() { k.down, k.number = [128]bool{}, 0 }
