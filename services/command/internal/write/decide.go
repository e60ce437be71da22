package write

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// decide asks the domain, and lets the note be pinned in the same commit.
func (a *act) decide(s incident.State, now time.Time) ([]incident.Event, error) {
	c := incident.Context{Actor: a.who.actor, Authority: a.who.authority, Now: now, OccurredAt: timeOf(a.when)}
	events, err := incident.Decide(s, a.command, c)
	if err != nil || !a.pin || len(events) == 0 {
		return events, err
	}
	noted := s.Revision + uint64(len(events))
	pinned, err := incident.Decide(foresee(s, events, a.incident, c), incident.PinEntry{Entry: noted, Pinned: true}, c)
	return append(events, pinned...), err
}

// foresee is the state as it will be once the events are recorded.
func foresee(s incident.State, events []incident.Event, id incident.ID, c incident.Context) incident.State {
	for _, e := range events {
		s = incident.Evolve(s, incident.Recorded{Event: e, Meta: incident.Meta{
			Incident: id, Revision: s.Revision + 1, OccurredAt: c.When(), RecordedAt: c.Now, Actor: c.Actor,
		}})
	}
	return s
}
