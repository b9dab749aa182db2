package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"dapilgate/app/election"
	"dapilgate/app/gate"
)

// ProgressIn is the Progress of a filter within some kecamatan; none: without that limit.
// Errors: as Progress.
func (l *Ledger) ProgressIn(ctx context.Context, f Filter, kecamatan []election.AreaCode) (Progress, error) {
	if len(kecamatan) == 0 {
		return l.Progress(ctx, f)
	}
	sum := Progress{Refused: map[gate.Verdict]int{}}
	hours := map[time.Time]int{}
	for _, k := range kecamatan {
		f.Area = k
		p, err := l.Progress(ctx, f)
		if err != nil {
			return p, err
		}
		sum.At, sum.Docks = p.At, p.Docks
		sum.Areas = append(sum.Areas, p.Areas...)
		for _, h := range p.Hours {
			hours[h.At] += h.Boxes
		}
		if sum.LastHour += p.LastHour; p.LastHour > 0 && (sum.Since.IsZero() || p.Since.Before(sum.Since)) {
			sum.Since = p.Since
		}
		for v, n := range p.Refused {
			sum.Refused[v] += n
		}
	}
	for at, n := range hours {
		sum.Hours = append(sum.Hours, HourCount{at, n})
	}
	slices.SortFunc(sum.Hours, func(a, b HourCount) int { return a.At.Compare(b.At) })
	slices.SortFunc(sum.Areas, func(a, b AreaShare) int { return cmp.Compare(a.Area, b.Area) })
	return sum, nil
}
