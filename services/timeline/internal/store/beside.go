package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// VisibleOrNone is the condition under which what belongs to an incident i, left
// joined, exists for the viewer: other views that stand beside the model join it,
// and pass the column that names the incident. Without an incident everybody sees
// it; an incident that the model does not hold yet hides it.
func VisibleOrNone(column string) string {
	return "($1 or " + column + " = '' or i.id is not null and " + visible + ")"
}

// Query runs a query on the snapshot. Its first two arguments are the viewer's, as
// [VisibleOrNone] takes them; args follow. The live model is on the search path.
func (s *Snapshot) Query(ctx context.Context, op, sql string, args ...any) (pgx.Rows, error) {
	rows, err := s.query(ctx, sql, append(s.visibleArgs(), args...)...)
	return rows, postgres.Wrap(op, err)
}

// QueryShared runs a query on what belongs to no incident, so that every viewer sees
// the same.
func (s *Snapshot) QueryShared(ctx context.Context, op, sql string, args ...any) (pgx.Rows, error) {
	rows, err := s.query(ctx, sql, args...)
	return rows, postgres.Wrap(op, err)
}
