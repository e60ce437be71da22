package act

import (
	"context"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

// keptIncidents is how many folded incidents are kept.
const keptIncidents = 4096

// incidents folds incidents as their events come by.
type incidents struct {
	log  eventlog.Reader
	kept *lru.Cache[incident.ID, event.Incident]
}

func newIncidents(log eventlog.Reader) (*incidents, error) {
	kept, err := lru.New[incident.ID, event.Incident](keptIncidents)
	return &incidents{log: log, kept: kept}, err
}

// after returns the incident right after each of the entries, which are those of
// one message.
func (i *incidents) after(ctx context.Context, entries []incidentlog.Entry) ([]event.Incident, error) {
	id := entries[0].Incident
	state, known := i.kept.Get(id)
	if !known || state.Revision+1 != entries[0].Revision {
		before, err := incidentlog.Load(ctx, i.log, id, entries[0].Sequence-1)
		if err != nil {
			return nil, err
		}
		state = event.Incident{}
		if entries[0].Sequence > 1 {
			for _, e := range before {
				state = state.Evolve(e)
			}
		}
	}
	states := make([]event.Incident, 0, len(entries))
	for _, e := range entries {
		state = state.Evolve(e)
		states = append(states, state)
	}
	i.kept.Add(id, state)
	return states, nil
}

// forget drops an incident, whose history reads differently now.
func (i *incidents) forget(id incident.ID) { i.kept.Remove(id) }
