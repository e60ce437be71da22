package heartbeat

import "time"

// Kind is the kind of resource, and the source of the alerts.
const Kind = "heartbeat"

// DefaultGrace is how much later than its interval a ping may come when nothing is said.
const DefaultGrace = time.Minute

// Expected is what the catalog says of one heartbeat.
type Expected struct {
	// Interval is how often it pings at least, Grace how much later a ping may come.
	Interval, Grace time.Duration
	// Changed is when this was said, or said otherwise: nobody is late by a rule that did
	// not stand.
	Changed time.Time
	// Disabled is true while nothing is expected.
	Disabled bool
}

// Gap is a time in which no ping could be heard. Begin is the last moment at which one
// could, End the first.
type Gap struct{ Begin, End time.Time }

// patience is how long after a beginning a ping may come in time.
func (e Expected) patience() time.Duration { return e.Interval + e.Grace }

// Deadline is until when the next ping has to come: the interval and the grace after the
// last one, or after what is expected was changed. Gaps are in the order of time.
//
// A gap that is open in the second half of the interval, or in the grace, may have
// swallowed the ping, so the time counts anew from its end. One that is shorter than the
// interval is forgiven once; otherwise a restart each night would hide for ever a job of
// each night that is dead. A gap that begins after the deadline changes nothing.
func (e Expected) Deadline(last time.Time, gaps []Gap) time.Time {
	from := last
	if e.Changed.After(from) {
		from = e.Changed
	}
	forgiven := false
	for _, g := range gaps {
		if !g.Begin.Before(from.Add(e.patience())) {
			break
		}
		if g.End.Before(from.Add(e.Interval / 2)) {
			continue
		}
		if g.End.Sub(g.Begin) < e.Interval {
			if forgiven {
				continue
			}
			forgiven = true
		}
		from = g.End
	}
	return from.Add(e.patience())
}

// State is how a heartbeat is.
type State string

// The states of a heartbeat.
const (
	// Waiting: there was no ping yet, and none is expected before the first.
	Waiting State = "waiting"
	// Up: the last ping is not older than the interval.
	Up State = "up"
	// Late: it is older, and the deadline is to come.
	Late State = "late"
	// Missing: the deadline has passed.
	Missing State = "missing"
	// Disabled: none is expected.
	Disabled State = "disabled"
)

// At says how a heartbeat is; last is zero when there was no ping.
func (e Expected) At(now, last time.Time, gaps []Gap) State {
	switch {
	case e.Disabled:
		return Disabled
	case last.IsZero():
		return Waiting
	case !now.Before(e.Deadline(last, gaps)):
		return Missing
	case now.Sub(last) > e.Interval:
		return Late
	}
	return Up
}

// Due says since when an alert has to fire, and false while none has to.
func (e Expected) Due(now, last time.Time, gaps []Gap) (since time.Time, due bool) {
	if e.At(now, last, gaps) != Missing {
		return time.Time{}, false
	}
	return e.Deadline(last, gaps), true
}

// Over tells whether an alert that fired at since is over: there was a ping since, or none
// is due any more because what is expected is another thing now.
func (e Expected) Over(now, last, since time.Time) bool {
	return e.Disabled || last.After(since) || !last.IsZero() && now.Before(last.Add(e.patience()))
}

// maxGaps bounds the gaps that are known; the oldest are forgotten.
const maxGaps = 64

// Hearing is when somebody could hear pings.
type Hearing struct {
	// At is when somebody last said so.
	At time.Time `json:"at"`
	// Gaps are those before, in the order of time, at most 64.
	Gaps []Gap `json:"gaps"`
}

// Heard is h after somebody said at now that pings can be heard. More than silence after
// the last such word, nobody could meanwhile.
func (h Hearing) Heard(now time.Time, silence time.Duration) Hearing {
	if !now.After(h.At) {
		return h
	}
	next := Hearing{At: now, Gaps: h.Gaps}
	if !h.At.IsZero() && now.Sub(h.At) > silence {
		next.Gaps = append(append([]Gap{}, h.Gaps...), Gap{h.At, now})
		next.Gaps = next.Gaps[max(0, len(next.Gaps)-maxGaps):]
	}
	return next
}
