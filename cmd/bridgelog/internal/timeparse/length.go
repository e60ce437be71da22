package timeparse

import (
	"strconv"
	"strings"
	"time"
)

// Length reads a length of time without sign: Go's units (h, m, s, ms) plus d
// (24 hours) and w (7 days), such as "90m", "1h30m" or "2d". It reports false
// for anything else, for zero and for more than a century.
func Length(text string) (time.Duration, bool) {
	s := strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	if s == "" || s[0] == '-' || s[0] == '+' {
		return 0, false
	}
	var days time.Duration
	for _, unit := range []struct {
		suffix string
		length time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		head, rest, found := strings.Cut(s, unit.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(head, 10, 32)
		if err != nil || n > 36500 {
			return 0, false
		}
		days += time.Duration(n) * unit.length
		s = rest
	}
	if s != "" {
		rest, err := time.ParseDuration(s)
		if err != nil {
			return 0, false
		}
		days += rest
	}
	const century = 36525 * 24 * time.Hour
	return days, days > 0 && days <= century
}

// backwards reads "-10m", "10m ago", "10min ago" and "10 minutes ago".
func backwards(s string) (time.Duration, bool) {
	lower := strings.ToLower(s)
	rest, isAgo := strings.CutSuffix(lower, "ago")
	if !isAgo {
		var isMinus bool
		if rest, isMinus = strings.CutPrefix(lower, "-"); !isMinus {
			return 0, false
		}
	}
	if length, ok := Length(rest); ok {
		return length, true
	}
	return words(rest)
}

// words reads "10 minutes", "10min" and "an hour".
func words(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	many := s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
	if many == "" {
		many, _, _ = strings.Cut(s, " ")
	}
	unit, ok := unitOf(strings.TrimSuffix(strings.TrimSpace(s[len(many):]), "s"))
	if !ok {
		return 0, false
	}
	if many == "a" || many == "an" {
		return unit, true
	}
	n, err := strconv.ParseUint(many, 10, 16)
	if err != nil || n == 0 {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

func unitOf(word string) (time.Duration, bool) {
	switch word {
	case "second", "sec":
		return time.Second, true
	case "minute", "min":
		return time.Minute, true
	case "hour", "hr":
		return time.Hour, true
	case "day":
		return 24 * time.Hour, true
	case "week":
		return 7 * 24 * time.Hour, true
	}
	return 0, false
}
