package check

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// compared says what a value beyond the range is compared with.
func (j *judging) compared(way int) string {
	switch {
	case way > 0 && j.Above != nil:
		return "above the limit of " + j.number(*j.Above)
	case way > 0:
		return "above what is usual: " + j.usually()
	case j.Below != nil:
		return "below the limit of " + j.number(*j.Below)
	}
	return "below what is usual: " + j.usually()
}

// within says why a value is not unusual.
func (j *judging) within(v float64) string {
	switch {
	case !j.usual.known:
		return "within the limit; there are no values of yesterday and last week"
	case v > j.usual.high:
		return "above what is usual, which is not bad: " + j.usually()
	case v < j.usual.low:
		return "below what is usual, which is not bad: " + j.usually()
	}
	return "as usual: " + j.usually()
}

// usually says what was seen on other days.
func (j *judging) usually() string {
	text := j.number(j.usual.from) + " to " + j.number(j.usual.to)
	if from, to := j.number(j.usual.from), j.number(j.usual.to); from == to {
		text = from
	}
	text += " at that time " + j.usual.of
	switch j.usual.of {
	case "yesterday":
		text += ", last week is not known"
	case "last week":
		text += ", yesterday is not known"
	}
	return text
}

func (q Question) clock(offset time.Duration) string {
	return q.From.Add(offset).UTC().Format("15:04") + " UTC"
}

func (q Question) number(v float64) string {
	text := Number(v)
	if q.Unit == "" {
		return text
	}
	return text + " " + q.Unit
}

// Number writes a value for people, with three digits that count: 0.0123, 1.5, 250, 3.1 M.
func Number(v float64) string {
	switch {
	case v == 0:
		return "0"
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "no number"
	}
	size := math.Abs(v)
	for _, scale := range []struct {
		from float64
		name string
	}{{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e4, " k"}} {
		if size < scale.from {
			continue
		}
		by := scale.from
		if by == 1e4 {
			by = 1e3
		}
		if size/by >= 1e4 {
			break
		}
		return digits(v/by) + scale.name
	}
	if size >= 1e4 || size < 1e-4 {
		return strconv.FormatFloat(v, 'e', 2, 64)
	}
	return digits(v)
}

// digits rounds to three digits that count, and keeps whole numbers whole.
func digits(v float64) string {
	after := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	text := strconv.FormatFloat(v, 'f', min(after, 7), 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
