package incident

import "time"

const (
	// clockGrace is how far a caller's clock may be ahead of ours.
	clockGrace = 5 * time.Second
	// maxAge is how long ago something may have happened; it catches slips of
	// the keyboard and lets old histories be imported.
	maxAge = 20 * 366 * 24 * time.Hour
)

// Context is who gives a command and when.
type Context struct {
	// Actor is the person to whom the act is attributed. Whether the
	// authenticated principal may act for that person is the caller's to decide.
	Actor PersonID
	// Authority is the account role of the authenticated principal.
	Authority Authority
	// Now is the present by the clock of the decider.
	Now time.Time
	// OccurredAt is when the thing happened; zero means now.
	OccurredAt time.Time
}

// When returns the time at which what is decided happened, in UTC and
// microseconds: OccurredAt, but never later than Now.
func (c Context) When() time.Time {
	when := c.OccurredAt
	if when.IsZero() || when.After(c.Now) {
		when = c.Now
	}
	return stamp(when)
}

// checkTime refuses times in the future and in a past that cannot be meant.
func (c Context) checkTime() error {
	switch {
	case c.OccurredAt.IsZero():
		return nil
	case c.OccurredAt.After(c.Now.Add(clockGrace)):
		return invalid("occurred_at", "in_the_future",
			"occurred_at lies in the future: give a time that has passed, or leave it out for now")
	case c.OccurredAt.Before(c.Now.Add(-maxAge)):
		return invalid("occurred_at", "too_long_ago",
			"occurred_at lies more than 20 years back: check the year")
	}
	return nil
}

// stamp brings a time to what the log stores: UTC and microseconds.
func stamp(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// checkStorable refuses times that the log, which counts microseconds since
// 1970, or a reader's calendar cannot hold.
func checkStorable(field string, t time.Time) error {
	if t.IsZero() || t.Year() >= 1971 && t.Year() <= 9999 {
		return nil
	}
	return invalid(field, "out_of_range", field+" is not between the years 1971 and 9999: check it")
}
