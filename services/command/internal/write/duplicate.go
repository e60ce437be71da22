package write

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const (
	// duplicateWindow is how long after a declaration another one of the same
	// service may be about the same thing.
	duplicateWindow = 15 * time.Minute
	// duplicateSearch is how many declarations before are looked at.
	duplicateSearch = 20
)

// candidate finds the first open incident of the same service that was declared
// within minutes before, among those that the caller may see; nil when there is
// none. It only helps: what it cannot read it leaves out.
func (s *Service) candidate(ctx context.Context, a act, r *incidentv1.WriteResult) *incidentv1.DuplicateCandidate {
	c, ok := a.command.(incident.Declare)
	if !ok || len(c.Services) == 0 {
		return nil
	}
	at := incident.Context{Now: s.Now(), OccurredAt: timeOf(a.when)}.When()
	var found *incidentv1.DuplicateCandidate
	for number := r.GetNumber() - 1; number > 0 && number+duplicateSearch >= r.GetNumber(); number-- {
		id, err := s.numbers.find(ctx, number)
		if errors.Is(err, eventlog.ErrNotFound) {
			continue
		}
		if err != nil {
			return found
		}
		other, err := s.Store.Look(ctx, id)
		if err != nil {
			return found
		}
		if a.who.sees(other) && maybeSame(other, c, at) {
			found = &incidentv1.DuplicateCandidate{
				IncidentId: string(id), Number: number, Title: other.Title, Services: shared(other.Services(), c.Services),
			}
		}
	}
	return found
}

// maybeSame reports whether a declaration may be about what another incident is
// about.
func maybeSame(other incident.State, c incident.Declare, at time.Time) bool {
	distance := at.Sub(other.OccurredAt)
	return other.Open() && other.Kind == incident.Unplanned && other.Drill == c.Drill &&
		distance.Abs() <= duplicateWindow && len(shared(other.Services(), c.Services)) > 0
}

// shared are the names that are in both.
func shared(a, b []string) []string {
	var both []string
	for _, name := range a {
		if slices.Contains(b, name) {
			both = append(both, name)
		}
	}
	return both
}
