package alertview

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
)

//go:embed migrations/*.sql
var migrations embed.FS

// The instants around a transaction at which tests end the process.
var (
	pointBeforeCommit = failpoint.New("alertview.before_commit")
	pointAfterCommit  = failpoint.New("alertview.after_commit")
)

// Kind is what package beside keeps.
func Kind() (beside.Kind, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return beside.Kind{}, fmt.Errorf("view of alerts: %w", err)
	}
	return beside.Kind{
		Name: "alerts", Filter: eventlog.FilterAlerts, Schema: "timeline_alert", Table: "alert", Fold: foldVersion,
		Migrations: files, NewBatch: func() beside.Batch { return newChanges() },
		BeforeCommit: pointBeforeCommit, AfterCommit: pointAfterCommit,
	}, nil
}

// Add implements [beside.Batch].
func (c changes) Add(m eventlog.Message) error { return c.add(m) }

// Write implements [beside.Batch].
func (c changes) Write(ctx context.Context, tx pgx.Tx, table string) error {
	return write(ctx, tx, table, c)
}
