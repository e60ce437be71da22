package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
)

// Quarantined returns the incidents in quarantine that the viewer may see. One of
// which nothing could be folded has nobody who may see it but admins.
func (s *Snapshot) Quarantined(ctx context.Context) ([]fold.Problem, error) {
	rows, err := s.conn.Query(ctx, `select q.incident_id, q.revision, q.sequence, q.problem from quarantine q
		left join incident i on i.id = q.incident_id
		where $1 or i.id is not null and `+visible+" order by q.sequence", s.visibleArgs()...)
	if err != nil {
		return nil, postgres.Wrap("list quarantine", err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (fold.Problem, error) {
		var p fold.Problem
		return p, row.Scan(&p.Incident, &p.Revision, &p.Sequence, &p.Reason)
	})
	return found, postgres.Wrap("list quarantine", err)
}
