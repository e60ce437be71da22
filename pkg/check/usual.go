package check

import (
	"math"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// band is the usual range.
type band struct {
	// known is false when there is no past.
	known bool
	// from and to are what was usually seen, low and high what is still no wonder.
	from, to, low, high float64
	// of says which days it was seen on.
	of string
}

// usualShare leaves out the highest and the lowest fiftieth: fewer points than make a
// time beyond the range, so that what is the same as yesterday is never unusual.
const usualShare = 0.98

// leastMargin keeps what differs only by rounding within.
const leastMargin = 1e-9

// usual is the range of what was seen on other days: all but the highest and lowest
// fiftieth of each, widened by half of it, and by at least a tenth of its value. What
// never fell below 0 is not thought to do so, so that a fall to nothing shows.
func usual(yesterday, lastWeek Series) band {
	b := band{from: math.Inf(1), to: math.Inf(-1)}
	for _, past := range []struct {
		Series
		name string
	}{{yesterday, "yesterday"}, {lastWeek, "last week"}} {
		if len(past.Series) < fewestPast {
			continue
		}
		values := past.values()
		b.from, b.to = min(b.from, quantile(values, 1-usualShare)), max(b.to, quantile(values, usualShare))
		if b.known {
			b.of += " and "
		}
		b.of, b.known = b.of+past.name, true
	}
	if !b.known {
		return band{}
	}
	margin := max((b.to-b.from)/2, max(math.Abs(b.from), math.Abs(b.to))/10, leastMargin)
	b.low, b.high = b.from-margin, b.to+margin
	if b.from > 0 {
		b.low = max(b.low, b.from/2)
	}
	return b
}

// trend compares the two halves of the last half of a time beyond the range, at least
// its last points. What is within the scatter, or less than a seventh of the way, is
// stable.
func (j *judging) trend(r run, way int) incident.Trend {
	const fewest = 6
	points := j.now[r.first:]
	if r.first == 0 {
		points = points[len(points)/2:]
	}
	if len(points) < fewest {
		return incident.TrendUnknown
	}
	values := points.values()
	before, after := values[:len(values)/2], values[len(values)/2:]
	moved := float64(way) * (median(after) - median(before))
	edge := j.edge(way)
	noise := max(2*max(scatter(before), scatter(after)), math.Abs(median(before)-edge)/7, leastMargin)
	switch {
	case moved > noise:
		return incident.TrendWorse
	case moved < -noise:
		return incident.TrendBetter
	}
	return incident.TrendStable
}

// edge is what a value has passed on one side.
func (j *judging) edge(way int) float64 {
	switch {
	case way > 0 && j.Above != nil:
		return *j.Above
	case way > 0:
		return j.usual.high
	case j.Below != nil:
		return *j.Below
	}
	return j.usual.low
}
