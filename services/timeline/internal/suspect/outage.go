package suspect

import (
	"time"

	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
)

// pointsReport is what it is worth that a third party says so itself.
const pointsReport = 20

// outage weighs what a third party reports of a service of its: most while it lasted at
// the start, less when it was over before, or came to be reported after it. One that the
// incident's own services have nothing to do with is no suspect, also when the incident
// names none.
func (q Question) outage(c Change, way servicegraph.Way, ok bool) (Suspect, bool) {
	if !ok || way == nil || !q.End.IsZero() && c.Began.After(q.End) || !c.Ended.IsZero() && c.Ended.Before(q.Start.Add(-q.Window)) {
		return Suspect{}, false
	}
	about := q.concerns(c.Service, way)
	if way.Distance() == 0 {
		about.says = "is about " + c.Service + ", which is affected"
	}
	s := suspectOf(c.ID, c.Began, way, []reason{q.during(c), about})
	// What was said comes first: the rest is about it.
	s.Weight, s.Reasons = s.Weight+pointsReport, append([]string{c.Says}, s.Reasons...)
	return s, true
}

// during weighs how the time of an outage lies to the start.
func (q Question) during(c Change) reason {
	switch {
	case !c.Ended.IsZero() && c.Ended.Before(q.Start):
		r := q.near(c.Ended)
		r.says = "was over " + long(q.Start.Sub(c.Ended)) + " before the start"
		return r
	case c.Began.After(q.Start):
		late := c.Began.Sub(q.Start)
		left := max(0, 1-float64(late)/float64(max(q.Window, time.Hour)))
		return reason{int(pointsTime * left), "was reported " + long(late) + " after the start; pages come late"}
	case c.Ended.IsZero():
		return reason{pointsTime, "had begun " + long(q.Start.Sub(c.Began)) + " before the start and is not over"}
	}
	return reason{pointsTime, "had begun " + long(q.Start.Sub(c.Began)) + " before the start and was not over then"}
}
