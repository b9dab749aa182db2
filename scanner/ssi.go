package scanner

import "bytes"

// Zebra's Simple Serial Interface: packets of a length (without the checksum), an
// operation, who says it, a status, data, and the negative sum of all of it in two bytes,
// the high one first (SSI Programmer's Guide, chapter 3).
const (
	ssiAck     = 0xd0
	ssiNak     = 0xd1
	ssiBeep    = 0xe6
	ssiEnable  = 0xe9
	ssiDisable = 0xea
	ssiDecoded = 0xf3
	ssiEvent   = 0xf6

	ssiHost = 0x04 // who says it
	ssiHead = 4
)

// ssiPacket is a packet of the host.
func ssiPacket(operation byte, data ...byte) []byte {
	p := append([]byte{byte(ssiHead + len(data)), operation, ssiHost, 0}, data...)
	sum := ssiSum(p)
	return append(p, byte(sum>>8), byte(sum))
}

func ssiSum(p []byte) uint16 {
	var sum uint16
	for _, b := range p {
		sum -= uint16(b)
	}
	return sum
}

// ssi takes the packets out of what a scanner sends. Whatever is no packet, or a broken
// one, stays in the stream, and becomes a scan that can't be read: nothing is lost in
// silence.
type ssi struct{ held []byte }

// waits tells whether half a packet has come.
func (s *ssi) waits() bool { return len(s.held) > 0 }

// take gives the texts of the scans in b, and what is no packet. over says that nothing
// more of a packet will come.
func (s *ssi) take(b []byte, over bool) (texts []string, rest []byte) {
	b = append(s.held, b...)
	s.held = nil
	for len(b) > 0 {
		n := int(b[0])
		known := len(b) < 2 || bytes.IndexByte([]byte{ssiAck, ssiNak, ssiDecoded, ssiEvent}, b[1]) >= 0
		switch {
		case n < ssiHead || !known:
			rest, b = append(rest, b[0]), b[1:]
		case len(b) < n+2 && !over:
			s.held = append([]byte(nil), b...)
			return texts, rest
		case len(b) < n+2 || ssiSum(b[:n]) != uint16(b[n])<<8|uint16(b[n+1]):
			rest, b = append(rest, b[0]), b[1:]
		default:
			if b[1] == ssiDecoded && n > ssiHead+1 { // its data begin with the kind of code
				texts = append(texts, latin1(b[ssiHead+1:n]))
			}
			b = b[n+2:]
		}
	}
	return texts, rest
}

// latin1 keeps every byte as one character.
func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, x := range b {
		r[i] = rune(x)
	}
	return string(r)
}
