package write

import (
	"context"
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

const (
	// maxBatchBytes bounds the commits of one batch together.
	maxBatchBytes = 4 << 20
	// maxBatchHistories: each history takes two messages of the batch.
	maxBatchHistories = eventlog.MaxBatch / 2
)

// importing is one ImportIncidents call under way.
type importing struct {
	service  *Service
	who      caller
	names    names
	outcomes []*incidentv1.ImportOutcome
	waiting  []*newHistory // new histories that are not appended yet
	bytes    int
	last     eventlog.Position
}

// newHistory is a history that is not in the log yet.
type newHistory struct {
	id      incident.ID
	outcome *incidentv1.ImportOutcome
	plan    plan
}

// ImportIncidents implements incidentv1.CommandServiceServer. New histories are
// appended many at a time; of those that are there only what they have grown by.
func (s *Service) ImportIncidents(ctx context.Context, r *incidentv1.ImportIncidentsRequest) (*incidentv1.ImportIncidentsResponse, error) {
	state := s.Catalog.State()
	who, err := s.callerOf(ctx, state, "")
	if err != nil {
		return nil, err
	}
	i := &importing{service: s, who: who, names: names{state: state, actor: who.actor, lenient: true}}
	for _, h := range r.GetIncidents() {
		if err := i.history(ctx, h); err != nil {
			return nil, err
		}
	}
	if err := i.flush(ctx); err != nil {
		return nil, err
	}
	return &incidentv1.ImportIncidentsResponse{Outcomes: i.outcomes, Position: i.last.String()}, nil
}

// history takes in one history: it waits for the next batch, is extended, or is
// refused in its outcome. Errors are those of the log.
func (i *importing) history(ctx context.Context, h *incidentv1.ImportedIncident) error {
	outcome := &incidentv1.ImportOutcome{}
	i.outcomes = append(i.outcomes, outcome)
	external := h.GetDeclare().GetExternal()
	if external.GetSystem() == "" || external.GetId() == "" {
		outcome.Error = "declare.external is missing: name the system and its id, so that a repeated import finds it"
		return nil
	}
	id := deriveID("import", external.GetSystem(), external.GetId())
	outcome.IncidentId = string(id)
	if i.isWaiting(id) {
		if err := i.flush(ctx); err != nil {
			return err
		}
	}
	last, err := i.service.Log.LastSequence(ctx, history.Subject(id))
	if err != nil {
		return fmt.Errorf("look up the history: %w", err)
	}
	if last > 0 {
		return i.extend(ctx, id, h, outcome)
	}
	p, err := i.plan(h)
	if err != nil {
		outcome.Error = err.Error()
		return nil
	}
	i.waiting = append(i.waiting, &newHistory{id: id, outcome: outcome, plan: p})
	i.bytes += p.commits[0].bytes
	if len(i.waiting) >= maxBatchHistories || i.bytes >= maxBatchBytes || len(p.commits) > 1 {
		return i.flush(ctx)
	}
	return nil
}

func (i *importing) isWaiting(id incident.ID) bool {
	for _, w := range i.waiting {
		if w.id == id {
			return true
		}
	}
	return false
}

// flush appends the waiting histories under the next free numbers, all in one
// batch, and then what of them did not fit into one commit.
func (i *importing) flush(ctx context.Context) error {
	if len(i.waiting) == 0 {
		return nil
	}
	s := i.service
	err := s.numbers.claim(ctx, len(i.waiting), func(first uint64) (bool, error) {
		if err := pointBeforeImport.Hit(ctx); err != nil {
			return false, err
		}
		batch, err := i.batch(ctx, first)
		if err != nil {
			return false, err
		}
		positions, err := s.Log.AppendBatch(ctx, batch)
		if errors.Is(err, eventlog.ErrConflict) {
			s.Observer.Conflicted(true)
			return false, i.withdraw(ctx, err)
		}
		if err != nil {
			return false, err
		}
		i.stored(first, positions)
		return true, pointAfterImport.Hit(ctx)
	})
	if err != nil {
		return err
	}
	for _, w := range i.waiting {
		if err := i.rest(ctx, w); err != nil {
			return err
		}
	}
	i.waiting, i.bytes = nil, 0
	return nil
}

// withdraw takes out histories that somebody else has imported meanwhile, so that
// the others can be tried again.
func (i *importing) withdraw(ctx context.Context, conflict error) error {
	kept := i.waiting[:0]
	for _, w := range i.waiting {
		last, err := i.service.Log.LastSequence(ctx, history.Subject(w.id))
		if err != nil {
			return fmt.Errorf("look up the history: %w", err)
		}
		if last == 0 {
			kept = append(kept, w)
			continue
		}
		w.outcome.Existed = true
		if st, err := i.service.Store.Look(ctx, w.id); err == nil {
			w.outcome.Number = st.Number
		}
	}
	i.waiting = kept
	if len(kept) == 0 {
		return nil
	}
	return conflict
}

// stored notes what the batch wrote.
func (i *importing) stored(first uint64, positions []eventlog.Position) {
	for n, w := range i.waiting {
		w.outcome.Number = first + uint64(n)
		w.outcome.Events = uint32(len(w.plan.commits[0].drafts))
		i.service.numbers.known.Add(w.outcome.Number, w.id)
	}
	i.last = positions[len(positions)-1]
}
