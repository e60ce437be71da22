package beside

import (
	"context"
	"io/fs"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
)

// Kind says what a view holds.
type Kind struct {
	// Name is the plural of what it holds, for example "alerts": in errors, in logs
	// and in the names of metrics.
	Name string
	// Filter matches the subjects that it follows.
	Filter string
	// Schema is the view's own; its table Table has one row for each subject, by id,
	// and its table progress is that of [Kind.Migrations].
	Schema, Table string
	// Fold counts the forms that rows have had: rows of another form are computed anew.
	Fold int
	// Migrations bring the schema to its form.
	Migrations fs.FS
	// NewBatch returns a batch without messages.
	NewBatch func() Batch
	// BeforeCommit and AfterCommit are the instants around a transaction at which
	// tests end the process.
	BeforeCommit, AfterCommit *failpoint.Point
}

// Batch gathers what messages say and writes it.
type Batch interface {
	// Add takes a message of a followed subject, or the redaction of one; others it
	// passes over. A message that cannot be read leaves the batch as it was.
	Add(m eventlog.Message) error
	// Write writes to a table of the form of [Kind.Table]. Repeating it, and writing
	// what another process has written already, changes nothing.
	Write(ctx context.Context, tx pgx.Tx, table string) error
}

// live is the table that is read.
func (k Kind) live() string { return k.Schema + "." + k.Table }

// fresh is the table of a rebuild.
const fresh = "pg_temp.fresh"
