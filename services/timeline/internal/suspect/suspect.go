package suspect

import (
	"cmp"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
)

// Question is what is asked.
type Question struct {
	// Start is when the incident began.
	Start time.Time
	// Window is how long before that changes count; above 0.
	Window time.Duration
	// End is when the incident was over; zero while it is not. What third parties say
	// counts until then: their pages come late.
	End time.Time
	// Ways are the services that the incident names and those that they depend on, by
	// name; empty when it names none, and then every service counts.
	Ways map[string]servicegraph.Way
}

// Change is a change that may be to blame.
type Change struct {
	// ID names it.
	ID string
	// Kind, Outcome and Service are the change's.
	Kind    change.Kind
	Outcome change.Outcome
	Service string
	// Began is when it took effect, Ended when it was through; zero while that is not
	// known.
	Began, Ended time.Time
	// Says is what a third party reports, for an outage.
	Says string
}

// Incident is an open incident that may be to blame.
type Incident struct {
	// ID names it.
	ID string
	// Services are those that it names.
	Services []string
	// Began is when it began.
	Began time.Time
}

// Suspect is what is proposed.
type Suspect struct {
	// ID names the change, or the incident.
	ID string
	// Incident is true for an incident.
	Incident bool
	// Weight is how much speaks for it, from 0 to 100.
	Weight int
	// Reasons say why, the weightiest first; never empty.
	Reasons []string
	// Way leads to its service; nil when the incident names no service.
	Way servicegraph.Way

	began time.Time
}

// Rank returns what may be to blame, the likeliest first: of equal weight the later, then
// by id. Changes that are only planned, that took effect after the start or before the
// window, and what concerns other services, are no suspects.
func Rank(q Question, changes []Change, incidents []Incident) []Suspect {
	var found []Suspect
	for _, c := range changes {
		if s, ok := q.change(c); ok {
			found = append(found, s)
		}
	}
	for _, i := range incidents {
		if s, ok := q.incident(i); ok {
			found = append(found, s)
		}
	}
	slices.SortFunc(found, func(a, b Suspect) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), b.began.Compare(a.began), cmp.Compare(a.ID, b.ID))
	})
	return found
}

func (q Question) change(c Change) (Suspect, bool) {
	way, ok := q.way(c.Service)
	if c.Kind == change.Outage {
		return q.outage(c, way, ok)
	}
	if !ok || c.Outcome == change.Planned || c.Began.After(q.Start) || c.Began.Before(q.Start.Add(-q.Window)) {
		return Suspect{}, false
	}
	return suspectOf(c.ID, c.Began, way, []reason{
		q.near(c.Began), q.concerns(c.Service, way), ofKind(c.Kind), ofOutcome(c.Outcome),
	}), true
}

// incident weighs an open incident: one of a service that is named itself is a
// companion rather than a cause, so only what is depended on counts.
func (q Question) incident(i Incident) (Suspect, bool) {
	var nearest servicegraph.Way
	for _, service := range i.Services {
		way := q.Ways[service]
		if way.Distance() < 1 || nearest != nil && way.Distance() >= nearest.Distance() {
			continue
		}
		nearest = way
	}
	if nearest == nil {
		return Suspect{}, false
	}
	s := suspectOf(i.ID, i.Began, nearest, []reason{
		{pointsIncident, "an open incident of a service that is depended on"}, q.concerns(nearest[nearest.Distance()], nearest),
	})
	s.Incident = true
	return s, true
}

// way leads from the incident to a service; nil and true when it names none.
func (q Question) way(service string) (servicegraph.Way, bool) {
	if len(q.Ways) == 0 {
		return nil, true
	}
	way, ok := q.Ways[service]
	return way, ok
}

func suspectOf(id string, began time.Time, way servicegraph.Way, reasons []reason) Suspect {
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(b.points, a.points) })
	s := Suspect{ID: id, Way: way, began: began}
	for _, r := range reasons {
		s.Weight += r.points
		if r.says != "" {
			s.Reasons = append(s.Reasons, r.says)
		}
	}
	return s
}
