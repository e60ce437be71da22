package view

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/view/db"
)

// maxDifferences is how many differences are told.
const maxDifferences = 100

// Rebuilt is what a rebuild did.
type Rebuilt struct {
	// Incidents is how many rows there are now.
	Incidents int64
	// Differences are ids of incidents, at most 100, whose row was missing, wrong or
	// of no incident.
	Differences []string
}

// Rebuild folds incidents anew from the log, compares what is there with the fold
// at the same event, and writes all rows in one transaction. Reads and writes go on
// meanwhile: a row that became newer stays.
func (s *Store) Rebuild(ctx context.Context, log eventlog.Reader, ids []string) (Rebuilt, error) {
	rows, err := s.q.Rows(ctx)
	if err != nil {
		return Rebuilt{}, postgres.Wrap("read view", err)
	}
	old := make(map[string]*db.NotifierViewIncident, len(rows))
	for i := range rows {
		old[rows[i].ID] = &rows[i]
	}
	result := Rebuilt{Differences: []string{}}
	differs := func(id string) {
		if len(result.Differences) < maxDifferences {
			result.Differences = append(result.Differences, id)
		}
	}
	incidents := make([]event.Incident, 0, len(ids))
	var wrong []string
	for _, id := range ids {
		now, right, err := fold(ctx, log, id, old[id])
		if err != nil {
			return Rebuilt{}, err
		}
		if !right {
			differs(id)
			wrong = append(wrong, id)
		}
		delete(old, id)
		incidents = append(incidents, now)
	}
	for id := range old {
		differs(id)
		wrong = append(wrong, id)
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := s.q.WithTx(tx).Drop(ctx, wrong); err != nil {
			return err
		}
		return s.Put(ctx, tx, incidents)
	})
	result.Incidents = int64(len(incidents))
	return result, postgres.Wrap("rebuild view", err)
}

// fold returns an incident as it is now, and whether a row says what it was then.
func fold(ctx context.Context, log eventlog.Reader, id string, r *db.NotifierViewIncident) (event.Incident, bool, error) {
	entries, err := incidentlog.Load(ctx, log, incident.ID(id), 0)
	if err != nil {
		return event.Incident{}, false, fmt.Errorf("rebuild view: %w", err)
	}
	var state event.Incident
	right := false
	for _, e := range entries {
		state = state.Evolve(e)
		if r != nil && uint64(r.Revision) == state.Revision {
			right = same(r, &state)
		}
	}
	return state, right, nil
}
