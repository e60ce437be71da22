package projection

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// prepared are the texts of the statements that the elected connection has prepared.
// Statements can only be prepared where they find their tables: in a transaction of
// several round trips, that has entered the view.
type prepared map[string]bool

func (p prepared) holds(statements *pgx.Batch) bool {
	for _, q := range statements.QueuedQueries {
		if !p[q.SQL] {
			return false
		}
	}
	return true
}

func (p prepared) add(statements *pgx.Batch) {
	for _, q := range statements.QueuedQueries {
		p[q.SQL] = true
	}
}

// queue lets a view queue the rows of a batch; nil when it does not, or cannot now.
func (r *Runner) queue(ctx context.Context, batch []eventlog.Message) *pgx.Batch {
	view, ok := r.config.View.(Queued)
	if !ok {
		return nil
	}
	var rows *pgx.Batch
	err := protect(func() (err error) {
		rows, err = view.Queue(ctx, batch)
		return err
	})
	if err != nil {
		view.Reset() // Apply fails alike, and what is at fault is found.
		return nil
	}
	return rows
}

// write applies a batch as the view likes it best.
func (r *Runner) write(ctx context.Context, conn *pgx.Conn, from eventlog.Position, batch []eventlog.Message) (eventlog.Position, error) {
	rows := r.queue(ctx, batch)
	if rows == nil {
		return r.commit(ctx, conn, from, batch, r.config.View.Apply)
	}
	if !r.prepared.holds(rows) {
		at, err := r.commit(ctx, conn, from, batch, func(ctx context.Context, tx pgx.Tx, _ []eventlog.Message) error {
			return Send(ctx, tx, rows)
		})
		if err == nil {
			r.prepared.add(rows)
		}
		return at, err
	}
	at, err := r.commitAtOnce(ctx, conn, from, batch, rows)
	if err == nil {
		return at, nil
	}
	// Step by step it shows what is wrong. If it was stored after all, the fence says so.
	r.config.Logger.DebugContext(ctx, "a batch was not written at once", "first", batch[0].Sequence, "cause", postgres.Unmask(err))
	clear(r.prepared)
	r.config.View.Reset()
	return r.commit(ctx, conn, from, batch, r.config.View.Apply)
}

// commitAtOnce does what commit does in one round trip: statements that are sent
// together are one transaction, of which nothing is kept when one of them fails.
func (r *Runner) commitAtOnce(ctx context.Context, conn *pgx.Conn, from eventlog.Position, batch []eventlog.Message, rows *pgx.Batch) (eventlog.Position, error) {
	began := time.Now()
	to, err := batch[len(batch)-1].Position()
	if err != nil {
		return from, err
	}
	all := &pgx.Batch{}
	for _, sql := range r.config.View.(Queued).EnterSQL() { //nolint:forcetypeassert // It has queued the rows.
		all.Queue(sql)
	}
	all.Queue(moveSQL, move(from, to)...)
	all.QueuedQueries = append(all.QueuedQueries, rows.QueuedQueries...)
	if err := pointBeforeCommit.Hit(ctx); err != nil {
		return from, err
	}
	if err := answers(conn.SendBatch(ctx, all), all.Len()); err != nil {
		return from, postgres.Wrap("write batch", err)
	}
	return r.committed(ctx, batch, to, began)
}

// Send runs queued statements in a transaction, in one round trip, and returns the
// first error as the database gave it.
func Send(ctx context.Context, tx pgx.Tx, statements *pgx.Batch) error {
	if statements.Len() == 0 {
		return nil
	}
	return answers(tx.SendBatch(ctx, statements), statements.Len())
}

func answers(results pgx.BatchResults, n int) error {
	for range n {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // says the same
			return err
		}
	}
	return results.Close()
}
