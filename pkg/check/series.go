package check

import (
	"math"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Series are points in the order of their offsets from the begin of the window that
// they belong to. Gaps are points that are missing.
type Series []incident.CheckPoint

// Clean returns the points that count: finite ones within the window, in order, one for
// each offset, and of more than [incident.MaxCheckPoints] the last. It does not change s.
func (s Series) Clean(window time.Duration) Series {
	out := make(Series, 0, len(s))
	for _, p := range s {
		if p.Offset >= 0 && p.Offset <= window && !math.IsNaN(p.Value) && !math.IsInf(p.Value, 0) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b incident.CheckPoint) int { return int(sign(a.Offset - b.Offset)) })
	out = slices.CompactFunc(out, func(a, b incident.CheckPoint) bool { return a.Offset == b.Offset })
	if len(out) > incident.MaxCheckPoints {
		out = out[len(out)-incident.MaxCheckPoints:]
	}
	return out
}

func sign(d time.Duration) time.Duration {
	switch {
	case d < 0:
		return -1
	case d > 0:
		return 1
	}
	return 0
}

// since returns the points from an offset on.
func (s Series) since(offset time.Duration) Series {
	i := slices.IndexFunc(s, func(p incident.CheckPoint) bool { return p.Offset >= offset })
	if i < 0 {
		return nil
	}
	return s[i:]
}

func (s Series) values() []float64 {
	out := make([]float64, len(s))
	for i, p := range s {
		out[i] = p.Value
	}
	return out
}

// quantile returns the value below which a share of the values lies; there has to be one.
func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(math.Round(share*float64(len(sorted)-1)))]
}

// median of some values; there has to be one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return sorted[middle-1]/2 + sorted[middle]/2
}

// scatter is how far the values typically lie from their median.
func scatter(values []float64) float64 {
	middle := median(values)
	away := make([]float64, len(values))
	for i, v := range values {
		away[i] = math.Abs(v - middle)
	}
	return median(away)
}

// gap is the typical time between two points; 0 for fewer than two.
func (s Series) gap() time.Duration {
	if len(s) < 2 {
		return 0
	}
	gaps := make([]time.Duration, len(s)-1)
	for i := range gaps {
		gaps[i] = s[i+1].Offset - s[i].Offset
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// onlyGrows reports whether a series is like a counter: each point above the one before,
// but for falls to less than half.
func (s Series) onlyGrows() bool {
	const fewest = 10
	if len(s) < fewest {
		return false
	}
	for i := 1; i < len(s); i++ {
		if s[i].Value <= s[i-1].Value && (s[i-1].Value <= 0 || s[i].Value >= s[i-1].Value/2) {
			return false
		}
	}
	return true
}
