package clock

import (
	"strconv"
	"time"
)

// Span says a length of time by its two largest units: "45s", "12m", "3h 20m",
// "2d 4h". Less than a second is "0s".
func Span(d time.Duration) string { return string(appendSpan(nil, d)) }

func appendSpan(b []byte, d time.Duration) []byte {
	const day = 24 * time.Hour
	switch {
	case d >= day:
		return appendUnits(b, d, day, "d", time.Hour, "h")
	case d >= time.Hour:
		return appendUnits(b, d, time.Hour, "h", time.Minute, "m")
	case d >= time.Minute: // seconds beside minutes are noise
		return append(strconv.AppendInt(b, int64(d/time.Minute), 10), 'm')
	}
	return append(strconv.AppendInt(b, int64(max(d, 0)/time.Second), 10), 's')
}

func appendUnits(b []byte, d, large time.Duration, largeName string, small time.Duration, smallName string) []byte {
	b = append(strconv.AppendInt(b, int64(d/large), 10), largeName...)
	if rest := d % large / small; rest > 0 {
		b = append(strconv.AppendInt(append(b, ' '), int64(rest), 10), smallName...)
	}
	return b
}

// said joins words round a length of time, as in "acknowledged" "3m" "late".
func said(before string, d time.Duration, after string) string {
	var room [96]byte
	return string(append(appendSpan(append(room[:0], before...), d), after...))
}
