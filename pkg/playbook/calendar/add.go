package calendar

import "time"

// maxDays bounds how far ahead business time is counted.
const maxDays = 366 * 30

// Add returns the instant at which d of business time has passed since t. Outside
// business hours no time passes; a d of zero or less gives t. Business time further
// ahead than thirty years ends there.
func (c *Calendar) Add(t time.Time, d time.Duration) time.Time {
	if c == nil {
		return t.Add(d)
	}
	if d <= 0 {
		return t
	}
	local := t.In(c.zone)
	for range maxDays {
		for _, s := range c.spans(local) {
			from, to := at(local, s.from), at(local, s.to)
			if from.Before(t) {
				from = t
			}
			length := to.Sub(from)
			if length <= 0 {
				continue
			}
			if d <= length {
				return from.Add(d)
			}
			d -= length
		}
		local = nextMidnight(local)
	}
	return local
}

// EndOfDay returns the end of the n-th business day after the day of t, which does
// not count itself. An n of zero or less gives the end of the day of t, or of the
// next business day when that is none. Without a calendar days end at midnight UTC.
func (c *Calendar) EndOfDay(t time.Time, n int) time.Time {
	local := t.In(c.Zone())
	if n <= 0 && c.BusinessDay(local) {
		return c.closing(local)
	}
	for range maxDays {
		local = nextMidnight(local)
		if c.BusinessDay(local) {
			if n--; n <= 0 {
				break
			}
		}
	}
	return c.closing(local)
}

// NextBusinessDayAt returns t when its day is a business day; otherwise the wall
// clock time since midnight on the next one.
func (c *Calendar) NextBusinessDayAt(t time.Time, since time.Duration) time.Time {
	local := t.In(c.Zone())
	if c.BusinessDay(local) {
		return t
	}
	for range maxDays {
		local = nextMidnight(local)
		if c.BusinessDay(local) {
			break
		}
	}
	return at(local, since)
}

// closing is when business ends on the day of a local time.
func (c *Calendar) closing(local time.Time) time.Time {
	const day = 24 * time.Hour
	if c == nil {
		return at(local, day)
	}
	spans := c.spans(local)
	if len(spans) == 0 {
		return at(local, day)
	}
	return at(local, spans[len(spans)-1].to)
}

func nextMidnight(local time.Time) time.Time {
	y, m, d := local.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, local.Location())
}

// AddMonths returns the same wall clock n months later in the zone. A day that the
// month does not have becomes its last one: 31 January and a month is 28 February,
// or the 29th in a leap year.
func AddMonths(t time.Time, n int, zone *time.Location) time.Time {
	local := t.In(zone)
	y, m, d := local.Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(d, last),
		local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), zone)
}
