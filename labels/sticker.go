package labels

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrFit says that a text does not fit its place on the sticker in letters of the least
// height. Nothing is cut off and nothing overlaps: such a sticker isn't printed.
var ErrFit = errors.New("text does not fit the sticker")

// Sticker is one box's sticker: texts ready to print, and the code.
type Sticker struct {
	Code  string // the signed text of 138 characters
	BoxID string // "31.75.06.1001-012-DPRDP"

	Event    string // "Pemilu 2024, DKI Jakarta"
	Numeral  string // of the routing district, the largest thing on it: "4"
	Pattern  int    // of the routing district's band, see PatternInk
	District string // routing district in words: "DPRD Provinsi · DKI JAKARTA 4"
	Kind     string // "DPRD Provinsi"
	Colour   string // of the kind's ballot, in words: "biru"; empty for none
	Content  string // dapil of what is inside: "DKI JAKARTA 4", "TANPA DAPIL"

	Kota          string
	Kecamatan     string
	KecamatanCode string
	Kelurahan     string
	KelurahanCode string
	TPS           string // three digits

	Index, Of int // box Index of Of at its TPS
	Revision  int
	PrintedAt time.Time
	PrintedBy string

	Copy, Copies int // this copy of how many on one box; in the small print where Copies > 1
}

func routeText(k *Sticker) string     { return strings.ToUpper(k.District) }
func kindText(k *Sticker) string      { return strings.ToUpper(k.Kind) }
func kecamatanText(k *Sticker) string { return strings.ToUpper(k.Kecamatan) }
func kelurahanText(k *Sticker) string { return strings.ToUpper(k.Kelurahan) }
func indexText(k *Sticker) string     { return fmt.Sprintf("KOTAK %d/%d", k.Index, k.Of) }
func numeralText(k *Sticker) string   { return k.Numeral }
func tpsText(k *Sticker) string       { return k.TPS }
func kotaText(k *Sticker) string      { return k.Kota }
func boxText(k *Sticker) string       { return k.BoxID }

func kecamatanCodeText(k *Sticker) string { return k.KecamatanCode }
func kelurahanCodeText(k *Sticker) string { return k.KelurahanCode }

// caption makes a text that is the same on every sticker.
func caption(s string) func(*Sticker) string { return func(*Sticker) string { return s } }

// headed puts a caption before a text that is there. A spare has no kelurahan, kecamatan
// and content.
func headed(head string, text func(*Sticker) string) func(*Sticker) string {
	return func(k *Sticker) string {
		if s := text(k); s != "" {
			return head + s
		}
		return ""
	}
}

// captionOf is a caption that stands only where the text does.
func captionOf(head string, text func(*Sticker) string) func(*Sticker) string {
	return func(k *Sticker) string {
		if text(k) == "" {
			return ""
		}
		return head
	}
}

// numberCaption is what the number beside it is: a spare's is its serial number.
func numberCaption(k *Sticker) string {
	if k.Kelurahan == "" {
		return "NO."
	}
	return "TPS"
}

var contentText = headed("ISI: ", func(k *Sticker) string { return k.Content })

// contentAndColour is both on one line.
func contentAndColour(k *Sticker) string {
	if k.Colour == "" {
		return contentText(k)
	}
	return contentText(k) + " · " + strings.ToUpper(k.Colour)
}

func revisionText(k *Sticker) string {
	return fmt.Sprintf("REVISI %d", k.Revision)
}

func colourText(k *Sticker) string {
	if k.Colour == "" {
		return ""
	}
	return "SURAT SUARA " + strings.ToUpper(k.Colour)
}

func printedText(k *Sticker) string {
	return fmt.Sprintf("Dicetak %s oleh %s", k.PrintedAt.Format("02-01-2006 15.04"), k.PrintedBy)
}

func printedLong(k *Sticker) string {
	s := k.Kota + ", " + k.Event + " · " + printedText(k)
	if k.Copies > 1 {
		s += fmt.Sprintf(" · salinan %d/%d", k.Copy, k.Copies)
	}
	return s
}

// codeLine is the i-th of n lines of the code's text, in groups that an eye can follow.
func codeLine(i, n int) func(*Sticker) string {
	return func(k *Sticker) string {
		const group = 6
		perLine := (len(k.Code)/group + n) / n * group // whole groups
		s := k.Code[min(perLine*i, len(k.Code)):min(perLine*(i+1), len(k.Code))]
		b := make([]byte, 0, perLine+perLine/group)
		for j := 0; j < len(s); j += group {
			if j > 0 {
				b = append(b, ' ')
			}
			b = append(b, s[j:min(j+group, len(s))]...)
		}
		return string(b)
	}
}

// appendAlike appends all that a sticker shares with its neighbours, as a key: everything
// but Code, BoxID and TPS.
func (k *Sticker) appendAlike(b []byte) []byte {
	for _, s := range [...]string{k.Event, k.Numeral, k.District, k.Kind, k.Colour, k.Content, k.Kota, k.Kecamatan, k.KecamatanCode, k.Kelurahan, k.KelurahanCode, k.PrintedBy} {
		b = append(b, s...)
		b = append(b, 0)
	}
	_, zone := k.PrintedAt.Zone()
	minute := k.PrintedAt.Unix() / 60 // what is printed of it
	for _, n := range [...]int64{int64(k.Pattern), int64(k.Index), int64(k.Of), int64(k.Revision), int64(k.Copy), int64(k.Copies), minute, int64(zone)} {
		b = strconv.AppendInt(b, n, 36)
		b = append(b, 0)
	}
	return b
}
