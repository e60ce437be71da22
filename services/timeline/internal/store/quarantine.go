package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

// Quarantined returns the incidents in quarantine that the viewer may see. One of
// which nothing could be folded has nobody who may see it but admins.
func (s *Snapshot) Quarantined(ctx context.Context) ([]fold.Problem, error) {
	rows, err := s.compiled().Quarantined(ctx, db.QuarantinedParams{Everything: s.viewer.Everything, Person: string(s.viewer.Person)})
	if err != nil {
		return nil, postgres.Wrap("list quarantine", err)
	}
	found := make([]fold.Problem, len(rows))
	for i, r := range rows {
		found[i] = fold.Problem{
			Incident: incident.ID(r.IncidentID), Revision: uint64(r.Revision), Sequence: uint64(r.Sequence), Reason: r.Problem,
		}
	}
	return found, nil
}

// Refused returns the incidents in quarantine, of the version on the transaction's
// search path, whose problem begins like that, with the sequence of the message.
func Refused(ctx context.Context, tx pgx.Tx, beginning string) (map[incident.ID]uint64, error) {
	rows, err := db.New(tx).Refused(ctx, beginning)
	if err != nil {
		return nil, postgres.Wrap("look up quarantine", err)
	}
	found := make(map[incident.ID]uint64, len(rows))
	for _, r := range rows {
		found[incident.ID(r.IncidentID)] = uint64(r.Sequence)
	}
	return found, nil
}
