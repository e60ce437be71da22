package act

import (
	"context"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

// keptIncidents is how many folded incidents are kept.
const keptIncidents = 4096

// kept is an incident as it was after the message at a sequence.
type kept struct {
	event.Incident
	sequence uint64
}

// incidents folds incidents as their events are needed; events that nobody wants
// are caught up on when one is.
type incidents struct {
	log  eventlog.Reader
	kept *lru.Cache[incident.ID, kept]
}

func newIncidents(log eventlog.Reader) (*incidents, error) {
	cache, err := lru.New[incident.ID, kept](keptIncidents)
	return &incidents{log: log, kept: cache}, err
}

// peek returns an incident as it was last folded.
func (i *incidents) peek(id incident.ID) (event.Incident, bool) {
	k, ok := i.kept.Get(id)
	return k.Incident, ok
}

// after returns the incident right after each of the entries, which are those of
// one message.
func (i *incidents) after(ctx context.Context, entries []incidentlog.Entry) ([]event.Incident, error) {
	first := entries[0]
	before, err := i.before(ctx, first)
	if err != nil {
		return nil, err
	}
	states := make([]event.Incident, 0, len(entries))
	for _, e := range entries {
		before = before.Evolve(e)
		states = append(states, before)
	}
	i.kept.Add(first.Incident, kept{before, first.Sequence})
	return states, nil
}

// before returns the incident as it was before an entry, the first of its message.
func (i *incidents) before(ctx context.Context, first incidentlog.Entry) (event.Incident, error) {
	known, ok := i.kept.Get(first.Incident)
	switch {
	case first.Revision <= 1:
		return event.Incident{}, nil
	case ok && known.Revision+1 == first.Revision:
		return known.Incident, nil
	case ok && known.sequence < first.Sequence:
		state, whole, err := i.catchUp(ctx, known, first)
		if err != nil || whole {
			return state, err
		}
	}
	entries, err := incidentlog.Load(ctx, i.log, first.Incident, first.Sequence-1)
	if err != nil {
		return event.Incident{}, err
	}
	var state event.Incident
	for _, e := range entries {
		state = state.Evolve(e)
	}
	return state, nil
}

// catchUp folds what lies between what is known and an entry. It is false when a
// redaction came since: what is known reads differently then.
func (i *incidents) catchUp(ctx context.Context, known kept, first incidentlog.Entry) (event.Incident, bool, error) {
	messages, err := i.log.Load(ctx, incidentlog.SubjectPrefix+string(first.Incident), known.sequence)
	if err != nil {
		return event.Incident{}, false, fmt.Errorf("catch up with incident: %w", err)
	}
	state := known.Incident
	for _, m := range messages {
		entries, err := incidentlog.Open(m)
		if err != nil {
			return event.Incident{}, false, err
		}
		for _, e := range entries {
			if _, redacted := e.Event.(incident.EntryRedacted); redacted || e.Redacted {
				return event.Incident{}, false, nil
			}
			if m.Sequence < first.Sequence {
				state = state.Evolve(e)
			}
		}
	}
	return state, state.Revision+1 == first.Revision, nil
}

// forget drops an incident, whose history reads differently now.
func (i *incidents) forget(id incident.ID) { i.kept.Remove(id) }
