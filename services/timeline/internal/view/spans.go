package view

import (
	"slices"
	"time"
)

// Span is a time during which a value held: from Start, inclusive, to End.
type Span[T comparable] struct {
	Value      T
	Start, End time.Time
}

// Spans puts values on the clock by which things happened, up to an end: each
// holds from when it happened until one that was written down later begins.
// Spans of no length are left out, and neighbours of the same value are one.
func Spans[T comparable](changes []Change[T], end time.Time) []Span[T] {
	starts := make([]time.Time, 0, len(changes))
	for _, c := range changes {
		if c.OccurredAt.Before(end) {
			starts = append(starts, c.OccurredAt)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	starts = slices.CompactFunc(starts, time.Time.Equal)
	var spans []Span[T]
	for i, start := range starts {
		until := end
		if i+1 < len(starts) {
			until = starts[i+1]
		}
		value := valueAt(changes, start)
		if n := len(spans); n > 0 && spans[n-1].Value == value {
			spans[n-1].End = until
			continue
		}
		spans = append(spans, Span[T]{Value: value, Start: start, End: until})
	}
	return spans
}

// valueAt is the last one written down among those that began by a time.
func valueAt[T comparable](changes []Change[T], at time.Time) T {
	var value T
	for _, c := range changes {
		if !c.OccurredAt.After(at) {
			value = c.Value
		}
	}
	return value
}

// Overlap is how long two series of spans held together, where keep says so.
func Overlap[A, B comparable](a []Span[A], b []Span[B], keep func(A, B) bool) time.Duration {
	var sum time.Duration
	for _, x := range a {
		for _, y := range b {
			if !keep(x.Value, y.Value) {
				continue
			}
			start, end := x.Start, x.End
			if y.Start.After(start) {
				start = y.Start
			}
			if y.End.Before(end) {
				end = y.End
			}
			sum += max(0, end.Sub(start))
		}
	}
	return sum
}
