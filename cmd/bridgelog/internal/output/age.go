package output

import (
	"fmt"
	"time"
)

// Clock shows times to a person in a place at a moment.
type Clock struct {
	// Now is the moment.
	Now time.Time
	// Zone is the place's zone.
	Zone *time.Location
}

// longAgo is the age beyond which a day says more than an age.
const longAgo = 90 * 24 * time.Hour

// Time is a time with its age, such as "14:05:09 (2m ago)". The day is shown
// unless it is today, the age unless it is long ago. The zero time is "".
func (c Clock) Time(at time.Time) string {
	if at.IsZero() || c.Now.Sub(at) > longAgo {
		return c.Short(at)
	}
	return c.Short(at) + " (" + c.Age(at) + ")"
}

// Short is a time without its age.
func (c Clock) Short(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	local, now := at.In(c.Zone), c.Now.In(c.Zone)
	if local.Year() == now.Year() && local.YearDay() == now.YearDay() {
		return local.Format("15:04:05")
	}
	return local.Format("2006-01-02 15:04:05")
}

// Age is how long ago a time is: "just now", "2m ago", "3h ago", "5d ago", or
// "in 30m" when it lies ahead.
func (c Clock) Age(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	length := c.Now.Sub(at)
	switch {
	case length > -time.Second && length < time.Second:
		return "just now"
	case length < 0:
		return "in " + Length(-length)
	}
	return Length(length) + " ago"
}

// When is the age of a time or, beyond 90 days, where an age says little, its day.
func (c Clock) When(at time.Time) string {
	if c.Now.Sub(at) <= longAgo || at.IsZero() {
		return c.Age(at)
	}
	return at.In(c.Zone).Format(time.DateOnly)
}

// Length is a length of time in one or two units: "45s", "12m", "3h05m", "2d4h",
// "400d".
func Length(d time.Duration) string {
	days := int(d / (24 * time.Hour))
	hours := int(d/time.Hour) % 24
	minutes := int(d/time.Minute) % 60
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%dm", minutes)
	case days == 0:
		return fmt.Sprintf("%dh%02dm", hours, minutes)
	case days < 10 && hours > 0:
		return fmt.Sprintf("%dd%dh", days, hours)
	}
	return fmt.Sprintf("%dd", days)
}
