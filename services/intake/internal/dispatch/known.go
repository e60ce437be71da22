package dispatch

import (
	"context"
	"fmt"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
)

// keptIncidents is how many folded incidents are kept: those that alerts join.
const keptIncidents = 512

// Incidents knows incidents from the log. It keeps the folded states of those that
// it was asked about last, so that an incident with thousands of alerts is not
// read for each of them.
type Incidents struct {
	log  eventlog.Reader
	kept *lru.Cache[string, *kept]
}

// kept is an incident as far as it was read.
type kept struct {
	mu    sync.Mutex
	state incident.State
	last  uint64 // sequence of the last message folded
}

// NewIncidents returns the incidents of a log.
func NewIncidents(log eventlog.Reader) *Incidents {
	cache, err := lru.New[string, *kept](keptIncidents)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &Incidents{log: log, kept: cache}
}

// State returns an incident as it stands in the log now; one that does not exist is
// the zero state.
func (i *Incidents) State(ctx context.Context, id string) (incident.State, error) {
	subject := incidentlog.SubjectPrefix + id
	own := &kept{}
	if before, ok, _ := i.kept.PeekOrAdd(id, own); ok {
		own = before
		i.kept.Get(id) // it was used
	}
	own.mu.Lock()
	defer own.mu.Unlock()
	last, err := i.log.LastSequence(ctx, subject)
	if err != nil {
		return incident.State{}, fmt.Errorf("look up incident %s: %w", id, err)
	}
	if last <= own.last {
		return own.state, nil
	}
	messages, err := i.log.Load(ctx, subject, own.last)
	if err != nil {
		return incident.State{}, fmt.Errorf("load incident %s: %w", id, err)
	}
	for _, m := range messages {
		entries, err := incidentlog.Open(m)
		if err != nil {
			return incident.State{}, fmt.Errorf("load incident %s: %w", id, err)
		}
		for _, e := range entries {
			own.state = incident.Evolve(own.state, e.Recorded)
		}
		own.last = m.Sequence
	}
	return own.state, nil
}
