package check

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Direction says which way of leaving the usual range is bad.
type Direction uint8

// The directions.
const (
	Either Direction = iota // both are
	Higher                  // only above it
	Lower                   // only below it
)

// Question is what is to be judged.
type Question struct {
	// From is when the window began, Window how long it is; above 0.
	From   time.Time
	Window time.Duration
	// Bad says which way is bad.
	Bad Direction
	// Above and Below are limits that people have set: beyond them a value is unusual,
	// whatever was yesterday. nil: the usual range counts.
	Above, Below *float64
	// Unit is told behind values; may be empty.
	Unit string
}

// Answer is what is proposed.
type Answer struct {
	Verdict incident.CheckVerdict
	// Value is the middle of the last values of the window, Yesterday and LastWeek that
	// of the same minutes then.
	Value, Yesterday, LastWeek incident.Measured
	// Reason says why, in words, never empty.
	Reason string
	// Began is when it left the usual range; zero when it did not, or before the window.
	Began time.Time
	// Trend is where it is going while it is unusual; TrendUnknown: not proposed.
	Trend incident.Trend
}

// What series need to be judged by.
const (
	fewestPast = 6 // points of the past
	lastShare  = 12
	lastPoints = 3
	shortest   = 3 // points of a time beyond the range that is over
	pause      = 2 // points within the range that do not end such a time
)

// Judge answers a question from three series: that of the window, and those of the same
// time a day and a week before. They need not be clean.
func Judge(q Question, now, yesterday, lastWeek Series) Answer {
	now, yesterday, lastWeek = now.Clean(q.Window), yesterday.Clean(q.Window), lastWeek.Clean(q.Window)
	a := Answer{
		Value: last(now, q.Window), Yesterday: last(yesterday, q.Window), LastWeek: last(lastWeek, q.Window),
		Verdict: incident.CheckUnknown,
	}
	if !a.Value.Known {
		a.Reason = "the query gave nothing in this time"
		if len(now) > 0 {
			a.Reason = "the query gives nothing since " + q.clock(now[len(now)-1].Offset)
		}
		return a
	}
	r := usual(yesterday, lastWeek)
	if reason := q.unjudgeable(r, now, yesterday, lastWeek); reason != "" {
		a.Reason = q.number(a.Value.Value) + " now; " + reason
		return a
	}
	j := judging{Question: q, usual: r, now: now, answer: &a}
	j.judge()
	return a
}

// last is the middle of the last values of a window: those of its last twelfth, or of
// three points where they are rarer.
func last(s Series, window time.Duration) incident.Measured {
	recent := s.since(window - max(window/lastShare, lastPoints*s.gap()))
	if len(recent) == 0 {
		return incident.Measured{}
	}
	return incident.Measured{Value: median(recent.values()), Known: true}
}

// unjudgeable says why nothing can be said, or nothing.
func (q Question) unjudgeable(r band, now, yesterday, lastWeek Series) string {
	switch {
	case q.Above != nil || q.Below != nil:
		return ""
	case !r.known:
		return "there are no values of yesterday and last week to compare it with, and no limit was set"
	case now.onlyGrows() && (len(yesterday) < fewestPast || yesterday.onlyGrows()) && (len(lastWeek) < fewestPast || lastWeek.onlyGrows()):
		return "it only grows, as it did before: ask for its rate, or set a limit"
	}
	return ""
}

// judging is the judging of a series that can be judged.
type judging struct {
	Question

	usual  band
	now    Series
	answer *Answer
}

func (j *judging) judge() {
	a := j.answer
	way := j.beyond(a.Value.Value)
	r := j.lastRun(way)
	switch {
	case r.points > 0 && way != 0:
		a.Verdict, a.Reason = incident.CheckUnusual, j.number(a.Value.Value)+" now, "+j.compared(way)
		if r.first == 0 {
			a.Reason += ", already at the begin of the time that was looked at, " + j.clock(j.now[0].Offset)
		} else {
			a.Began = j.at(r.first)
			a.Reason += ", since " + j.clock(j.now[r.first].Offset)
		}
		a.Trend = j.trend(r, way)
	case r.points > 0:
		a.Verdict, a.Trend = incident.CheckUnusual, incident.TrendBetter
		a.Reason = j.number(a.Value.Value) + " now, but was " + j.compared(r.way) + " until " + j.clock(j.now[r.last].Offset)
		if r.first > 0 {
			a.Began = j.at(r.first)
			a.Reason += ", since " + j.clock(j.now[r.first].Offset)
		}
	default:
		a.Verdict, a.Reason = incident.CheckNormal, j.number(a.Value.Value)+" now, "+j.within(a.Value.Value)
	}
}

// run is a time beyond the range on one side: indexes of its first and last point, and
// how many points of it are beyond.
type run struct{ first, last, points, way int }

// lastRun finds the last time beyond the range on a side, whatever its length; of either
// side, when it is 0, one of at least three points. A few points within do not end it.
func (j *judging) lastRun(way int) run {
	least := 1
	if way == 0 {
		least = shortest
	}
	r := run{way: way}
	for i, p := range slices.Backward(j.now) {
		side := j.beyond(p.Value)
		switch {
		case side != 0 && r.points == 0 && (way == 0 || side == way):
			r = run{first: i, last: i, points: 1, way: side}
		case side != 0 && side == r.way && r.points > 0:
			r.first, r.points = i, r.points+1
		case r.points > 0 && r.first-i > pause:
			if r.points >= least {
				return r
			}
			r = run{way: way}
		}
	}
	if r.points < least {
		return run{}
	}
	return r
}

func (j *judging) at(i int) time.Time { return j.From.Add(j.now[i].Offset).UTC() }

// beyond says on which side of what is allowed a value lies: 1 above, -1 below, 0 within.
func (j *judging) beyond(v float64) int {
	switch {
	case j.Above != nil && v > *j.Above, j.Above == nil && j.usual.known && j.Bad != Lower && v > j.usual.high:
		return 1
	case j.Below != nil && v < *j.Below, j.Below == nil && j.usual.known && j.Bad != Higher && v < j.usual.low:
		return -1
	}
	return 0
}
