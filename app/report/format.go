package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Paper is in Bahasa Indonesia whatever the screen speaks: it goes to people who never see
// the screen. So its numbers and dates are spelt here and not in the words of the window.

// number is a number with its thousands apart: 30.766.
func number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}

// percent is a share in whole per cent, never 100 % while something is missing and never
// 0 % once something is there.
func percent(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	p := part * 100 / whole
	if p == 0 && part > 0 {
		return "<1 %"
	}
	return strconv.Itoa(p) + " %"
}

// wib is the time of Jakarta, whatever clock zone the PC was set to.
var wib = time.FixedZone("WIB", 7*60*60)

var (
	months = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}
	days   = [...]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"}
)

// date is a day: "14 Februari 2024"; empty for no time.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(wib)
	return fmt.Sprintf("%d %s %d", t.Day(), months[t.Month()-1], t.Year())
}

// Day is the beginning of a day in Jakarta: "2024-02-13".
func Day(s string) (time.Time, error) { return time.ParseInLocation(time.DateOnly, s, wib) }

// clock is a time of day: "13.24 WIB"; empty for no time.
func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(wib).Format("15.04") + " WIB"
}

// moment is a day and a time of day.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return date(t) + ", " + clock(t)
}

// dateInWords is the form of a berita acara: "Selasa, tanggal tiga belas bulan Februari
// tahun dua ribu dua puluh empat".
func dateInWords(t time.Time) string {
	t = t.In(wib)
	return fmt.Sprintf("%s, tanggal %s bulan %s tahun %s", days[t.Weekday()], spell(t.Day()), months[t.Month()-1], spell(t.Year()))
}

var units = [...]string{"nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"}

// spell is a number from 0 to 999,999,999 in words (terbilang); others stay digits.
func spell(n int) string {
	join := func(head string, rest int) string {
		if rest == 0 {
			return head
		}
		return head + " " + spell(rest)
	}
	switch {
	case n < 0 || n >= 1_000_000_000:
		return number(n)
	case n < 12:
		return units[n]
	case n < 20:
		return units[n-10] + " belas"
	case n < 100:
		return join(units[n/10]+" puluh", n%10)
	case n < 200:
		return join("seratus", n%100)
	case n < 1000:
		return join(units[n/100]+" ratus", n%100)
	case n < 2000:
		return join("seribu", n%1000)
	case n < 1_000_000:
		return join(spell(n/1000)+" ribu", n%1000)
	}
	return join(spell(n/1_000_000)+" juta", n%1_000_000)
}

// boxes is a number of boxes as papers give it: "105 (seratus lima) kotak suara".
func boxes(n int) string { return fmt.Sprintf("%s (%s) kotak suara", number(n), spell(n)) }

// runs are ascending numbers of TPS with runs put together: "001–012, 015".
func runs(n []int) string {
	var out []string
	for i := 0; i < len(n); {
		j := i
		for j+1 < len(n) && n[j+1] == n[j]+1 {
			j++
		}
		s := fmt.Sprintf("%03d", n[i])
		if j > i {
			s += fmt.Sprintf("–%03d", n[j])
		}
		out = append(out, s)
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// list joins names: "Cakung, Matraman dan Pulogadung".
func list(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " dan " + names[len(names)-1]
}
