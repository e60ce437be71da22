package pageview

import (
	"embed"
	"fmt"
	"io/fs"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
)

//go:embed migrations/*.sql
var migrations embed.FS

// foldVersion counts the forms that rows have had; rows of another form are computed
// anew.
const foldVersion = 1

// The instants around a transaction at which tests end the process.
var (
	pointBeforeCommit = failpoint.New("pageview.before_commit")
	pointAfterCommit  = failpoint.New("pageview.after_commit")
)

// Kind is what package beside keeps.
func Kind() (beside.Kind, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return beside.Kind{}, fmt.Errorf("view of pages: %w", err)
	}
	return beside.Kind{
		Name: "pages", Filter: eventlog.FilterPages, Schema: "timeline_page", Table: "page", Fold: foldVersion,
		Migrations: files, NewBatch: func() beside.Batch { return &batch{records: map[string][]chain.Record{}} },
		BeforeCommit: pointBeforeCommit, AfterCommit: pointAfterCommit,
	}, nil
}
