package changeview

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
)

//go:embed migrations/*.sql
var migrations embed.FS

// foldVersion counts the forms that rows have had; rows of another form are computed
// anew.
const foldVersion = 2

// The instants around a transaction at which tests end the process.
var (
	pointBeforeCommit = failpoint.New("changeview.before_commit")
	pointAfterCommit  = failpoint.New("changeview.after_commit")
)

// Kind is what package beside keeps.
func Kind() (beside.Kind, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return beside.Kind{}, fmt.Errorf("view of changes: %w", err)
	}
	return beside.Kind{
		Name: "changes", Filter: eventlog.FilterChanges, Schema: "timeline_change", Table: "change", Fold: foldVersion,
		Migrations: files, NewBatch: func() beside.Batch { return &batch{told: map[string][]told{}} },
		BeforeCommit: pointBeforeCommit, AfterCommit: pointAfterCommit,
	}, nil
}
