package projection

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// View is what a projection keeps. The runner calls its methods one at a time.
type View interface {
	// Enter is called first in each transaction: it sets the search path, local to
	// the transaction, to the schema that holds the rows and their table
	// checkpoint. A view with versions follows its pointer here and keeps others
	// from moving it until the transaction ends.
	Enter(ctx context.Context, tx pgx.Tx) error

	// Apply folds messages, which are the next ones of the log, and writes rows.
	// When the transaction does not commit, Reset follows. Messages that are of no
	// interest are part of the batch.
	Apply(ctx context.Context, tx pgx.Tx, batch []eventlog.Message) error

	// Quarantine is called instead of Apply for a message that Apply failed on,
	// alone and for a reason that lies neither in the database nor in the log's
	// reach: it marks what the message belongs to, visibly, and leaves the rest
	// alone. The cause is for operators.
	Quarantine(ctx context.Context, tx pgx.Tx, m eventlog.Message, cause error) error

	// Reset forgets everything that was kept in memory: what comes next is read
	// from a checkpoint that may lie before it.
	Reset()

	// Committed is called after a transaction with the position that the rows now
	// stand for.
	Committed(p eventlog.Position)
}

// Queued is a view that can say in advance what it does in a transaction. The runner
// then sends all of it, the fence included, in one round trip. Where that is not
// possible, or fails, it calls Enter and Apply.
type Queued interface {
	View

	// EnterSQL is what Enter does, as statements without arguments. Where Enter
	// returns an error, they fail, or leave a search path on which there is no table
	// checkpoint; the runner then asks Enter for the reason.
	EnterSQL() []string

	// Queue folds messages as Apply does, and returns the statements that write their
	// rows. It returns nil, and has folded nothing, when it needs the database. After
	// an error, or when the statements are not committed, Reset follows.
	Queue(ctx context.Context, batch []eventlog.Message) (*pgx.Batch, error)
}
