package report

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1.000", 30766: "30.766", 123064: "123.064", -1234: "-1.234", 1000000: "1.000.000"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSpell(t *testing.T) {
	for n, want := range map[int]string{
		0: "nol", 1: "satu", 10: "sepuluh", 11: "sebelas", 12: "dua belas", 19: "sembilan belas", 20: "dua puluh", 21: "dua puluh satu", 100: "seratus",
		105: "seratus lima", 111: "seratus sebelas", 200: "dua ratus", 1000: "seribu", 1001: "seribu satu", 1999: "seribu sembilan ratus sembilan puluh sembilan",
		2024: "dua ribu dua puluh empat", 11752: "sebelas ribu tujuh ratus lima puluh dua", 123064: "seratus dua puluh tiga ribu enam puluh empat",
		4164552: "empat juta seratus enam puluh empat ribu lima ratus lima puluh dua", -1: "-1",
	} {
		if got := spell(n); got != want {
			t.Errorf("spell(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestSpellReadsBack: a number in words can be read back, so no two numbers share theirs.
func TestSpellReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 999_999_999).Draw(t, "n")
		if got := read(spell(n)); got != n {
			t.Fatalf("%d is spelt %q, which is %d", n, spell(n), got)
		}
	})
}

// read is the number of Indonesian words.
func read(s string) int {
	sum, part := 0, 0
	last := 0
	for _, w := range strings.Fields(s) {
		switch w {
		case "belas":
			part += 10
		case "puluh":
			part += last * 9
		case "ratus":
			part += last * 99
		case "seratus":
			part += 100
		case "seribu":
			sum += 1000
		case "ribu":
			sum, part = sum+part*1000, 0
		case "juta":
			sum, part = sum+part*1_000_000, 0
		default:
			last = slices.Index(units[:], w)
			part += last
		}
	}
	return sum + part
}

// TestRuns: the TPS that a run of numbers names are those that it was made of.
func TestRuns(t *testing.T) {
	if got := runs([]int{1, 2, 3, 7, 901, 902}); got != "001–003, 007, 901–902" {
		t.Errorf("runs: %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SliceOfDistinct(rapid.IntRange(1, 999), func(n int) int { return n }).Draw(t, "n")
		slices.Sort(n)
		var got []int
		for part := range strings.SplitSeq(runs(n), ", ") {
			if part == "" {
				continue
			}
			from, to, ok := strings.Cut(part, "–")
			a, _ := strconv.Atoi(from)
			b := a
			if ok {
				b, _ = strconv.Atoi(to)
			}
			for ; a <= b; a++ {
				got = append(got, a)
			}
		}
		if !slices.Equal(got, n) {
			t.Fatalf("%v is written %q, which is %v", n, runs(n), got)
		}
	})
}

// TestTimes: papers tell Jakarta's time on a PC in any zone.
func TestTimes(t *testing.T) {
	at := time.Date(2024, 2, 13, 17, 30, 0, 0, time.UTC) // past midnight in Jakarta
	if got := moment(at); got != "14 Februari 2024, 00.30 WIB" {
		t.Errorf("moment: %q", got)
	}
	if got := dateInWords(at); got != "Rabu, tanggal empat belas bulan Februari tahun dua ribu dua puluh empat" {
		t.Errorf("date in words: %q", got)
	}
	if moment(time.Time{})+clock(time.Time{})+date(time.Time{}) != "" {
		t.Error("no time is told as one")
	}
	day, err := Day("2024-02-14")
	if err != nil || date(day) != "14 Februari 2024" || clock(day) != "00.00 WIB" {
		t.Errorf("day: %v %v", day, err)
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		part, whole int
		want        string
	}{{0, 10, "0 %"}, {1, 1000, "<1 %"}, {999, 1000, "99 %"}, {1000, 1000, "100 %"}, {0, 0, "–"}} {
		if got := percent(tt.part, tt.whole); got != tt.want {
			t.Errorf("percent(%d, %d) = %q, want %q", tt.part, tt.whole, got, tt.want)
		}
	}
}
