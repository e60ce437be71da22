package calendar

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // zones are known on machines that have no zone database
)

// Hours are business hours on some days of the week, as wall clock of the zone.
type Hours struct {
	Days []time.Weekday
	// From and To are since midnight, in whole minutes; To is at most 24 h and
	// later than From.
	From, To time.Duration
}

// Spec describes a calendar.
type Spec struct {
	// Name is used in what is told to people.
	Name string
	// Zone is an IANA time zone; empty: Etc/UTC.
	Zone string
	// Hours of the week; they may overlap.
	Hours []Hours
	// Holidays have no hours at all.
	Holidays []Holiday
}

// Holidays that recur are known for these years; outside them every week is an
// ordinary one.
const (
	firstYear = 1990
	lastYear  = 2150
)

// Calendar knows which hours are business hours. The nil Calendar is always open
// and lives in UTC. It is safe for concurrent use.
type Calendar struct {
	name     string
	zone     *time.Location
	week     [7][]span
	holidays map[int]string
}

// span is part of a day, since midnight.
type span struct{ from, to time.Duration }

// New makes a calendar. The error says what is wrong with the spec.
func New(s Spec) (*Calendar, error) {
	zone, err := time.LoadLocation(cmp.Or(s.Zone, "Etc/UTC"))
	if err != nil || s.Zone == "Local" {
		return nil, fmt.Errorf("%q is no time zone: use a name like Europe/Berlin", s.Zone)
	}
	c := &Calendar{name: s.Name, zone: zone, holidays: map[int]string{}}
	open := false
	for _, h := range s.Hours {
		if h.From < 0 || h.To <= h.From || h.To > 24*time.Hour {
			return nil, fmt.Errorf("hours from %v to %v: they have to end later on the same day", h.From, h.To)
		}
		for _, day := range h.Days {
			c.week[day] = append(c.week[day], span{h.From, h.To})
			open = true
		}
	}
	if !open {
		return nil, fmt.Errorf("calendar %q has no hours: name at least one day", s.Name)
	}
	for day, spans := range c.week {
		c.week[day] = merge(spans)
	}
	for _, h := range s.Holidays {
		if err := h.fill(c.holidays); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// merge sorts spans and joins those that overlap or touch.
func merge(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var out []span
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.from <= out[last].to {
			out[last].to = max(out[last].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

// Name returns the calendar's name; "" for the nil Calendar.
func (c *Calendar) Name() string {
	if c == nil {
		return ""
	}
	return c.name
}

// Zone returns the time zone of its days.
func (c *Calendar) Zone() *time.Location {
	if c == nil {
		return time.UTC
	}
	return c.zone
}

// Holiday returns the name of the holiday on the day of t, or "".
func (c *Calendar) Holiday(t time.Time) string {
	if c == nil {
		return ""
	}
	return c.holidays[dayNumber(t.In(c.zone).Date())]
}

// BusinessDay reports whether the day of t has business hours.
func (c *Calendar) BusinessDay(t time.Time) bool {
	return c == nil || len(c.spans(t.In(c.zone))) > 0
}

// Open reports whether t is within business hours. Their end is not.
func (c *Calendar) Open(t time.Time) bool {
	if c == nil {
		return true
	}
	local := t.In(c.zone)
	for _, s := range c.spans(local) {
		if !t.Before(at(local, s.from)) && t.Before(at(local, s.to)) {
			return true
		}
	}
	return false
}

// spans are the business hours on the day of a local time.
func (c *Calendar) spans(local time.Time) []span {
	if _, holiday := c.holidays[dayNumber(local.Date())]; holiday {
		return nil
	}
	return c.week[local.Weekday()]
}

// at is a wall-clock time on the day of a local time.
func at(local time.Time, since time.Duration) time.Time {
	y, m, d := local.Date()
	minutes := int(since / time.Minute)
	return time.Date(y, m, d, minutes/60, minutes%60, 0, 0, local.Location())
}

// dayNumber counts days since 1970-01-01 in the calendar, whatever the zone.
func dayNumber(y int, m time.Month, d int) int {
	const secondsPerDay = 24 * 60 * 60
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}
