package timeparse

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

var (
	// ErrFormat: the text is not a time in any of the forms that are read.
	ErrFormat = errors.New("use RFC 3339 (2026-03-01T14:05:00Z), 14:05, -10m or \"10m ago\"")
	// ErrFuture: the time lies ahead where only the past makes sense.
	ErrFuture = errors.New("the time lies in the future")
	// ErrPast: the time lies behind where only the future makes sense.
	ErrPast = errors.New("the time lies in the past")
)

// Parse reads a time in any of the forms, as seen at now. A time without a zone
// is in zone. A clock time such as 14:05 is the latest one that is not after
// now. It returns [ErrFormat].
func Parse(text string, now time.Time, zone *time.Location) (time.Time, error) {
	s := strings.TrimSpace(text)
	if strings.EqualFold(s, "now") {
		return now, nil
	}
	if at, ok := absolute(s, zone); ok {
		return at, nil
	}
	if hour, minute, second, ok := clock(s); ok {
		return latest(now.In(zone), hour, minute, second), nil
	}
	if ago, ok := backwards(s); ok {
		return now.Add(-ago), nil
	}
	return time.Time{}, fmt.Errorf("unknown time %q: %w", clip(text), ErrFormat)
}

// Past reads a time that must not be after now. As it lies behind, a length alone
// ("10m") is one ago. It returns [ErrFormat] or [ErrFuture].
func Past(text string, now time.Time, zone *time.Location) (time.Time, error) {
	if length, ok := Length(text); ok {
		return now.Add(-length), nil
	}
	at, err := Parse(text, now, zone)
	if err != nil {
		return time.Time{}, err
	}
	if at.After(now) {
		return time.Time{}, fmt.Errorf("%q: %w (it is %s now)", clip(text), ErrFuture, now.In(zone).Format(time.RFC3339))
	}
	return at, nil
}

// Ahead reads a time that must be after now: a length such as "30m" or "in 30m",
// a clock time (the next one), or an absolute time. It returns [ErrFormat] or
// [ErrPast].
func Ahead(text string, now time.Time, zone *time.Location) (time.Time, error) {
	s := strings.TrimSpace(text)
	at, ok := absolute(s, zone)
	if hour, minute, second, isClock := clock(s); isClock {
		at, ok = next(now.In(zone), hour, minute, second), true
	}
	if !ok {
		length, isLength := Length(strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(s), "in "), "+"))
		if !isLength {
			return time.Time{}, fmt.Errorf("unknown time %q: use 30m, 15:30 or RFC 3339", clip(text))
		}
		at = now.Add(length)
	}
	if !at.After(now) {
		return time.Time{}, fmt.Errorf("%q: %w", clip(text), ErrPast)
	}
	return at, nil
}

// absolute reads a date with or without time and zone.
func absolute(s string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at, plausible(at)
		}
	}
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02",
	} {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			return at, plausible(at)
		}
	}
	return time.Time{}, false
}

// plausible keeps years that every store and format of the product can hold.
func plausible(at time.Time) bool { return at.Year() >= 1970 && at.Year() <= 9999 }

// clock reads 14:05 or 14:05:30.
func clock(s string) (hour, minute, second int, ok bool) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.Hour(), at.Minute(), at.Second(), true
		}
	}
	return 0, 0, 0, false
}

// latest is the last time of day that is not after now.
func latest(now time.Time, hour, minute, second int) time.Time {
	for days := 0; ; days-- {
		at := time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, second, 0, now.Location())
		if !at.After(now) {
			return at
		}
	}
}

// next is the first time of day that is after now.
func next(now time.Time, hour, minute, second int) time.Time {
	for days := 0; ; days++ {
		at := time.Date(now.Year(), now.Month(), now.Day()+days, hour, minute, second, 0, now.Location())
		if at.After(now) {
			return at
		}
	}
}

// clip shortens what was typed for use in a message.
func clip(s string) string {
	const limit = 40
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
