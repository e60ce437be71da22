package incidenttest

import (
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Start is when every history begins.
func Start() time.Time { return time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC) }

// History is one incident's log in memory. Its zero value is not usable; call
// [New].
type History struct {
	ID     incident.ID
	Now    time.Time // moves on by one second with each command; may be set
	Events []incident.Recorded
	State  incident.State
}

// New returns an empty history of the incident with the id.
func New(id incident.ID) *History { return &History{ID: id, Now: Start()} }

// Do decides a command of a person and records what follows. It returns the
// recorded events, or the *incident.Rejection.
func (h *History) Do(who incident.PersonID, a incident.Authority, cmd incident.Command) ([]incident.Recorded, error) {
	c := incident.Context{Actor: who, Authority: a, Now: h.Now}
	events, err := incident.Decide(h.State, cmd, c)
	if err != nil {
		return nil, err
	}
	h.Now = h.Now.Add(time.Second)
	from := len(h.Events)
	for _, e := range events {
		h.Record(who, c.When(), e)
	}
	return h.Events[from:], nil
}

// Record appends an event without asking the rules.
func (h *History) Record(who incident.PersonID, occurredAt time.Time, e incident.Event) {
	revision := uint64(len(h.Events)) + 1
	r := incident.Recorded{Event: e, Meta: incident.Meta{
		Incident: h.ID, EventID: fmt.Sprintf("00000000-0000-7000-8000-%012d", revision), Revision: revision,
		OccurredAt: occurredAt, RecordedAt: h.Now, Actor: who,
	}}
	h.Events = append(h.Events, r)
	h.State = incident.Evolve(h.State, r)
}
