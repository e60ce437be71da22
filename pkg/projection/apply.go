package projection

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// The instants around a transaction at which tests end the process.
var (
	pointAfterRows    = failpoint.New("projection.after_rows")
	pointBeforeCommit = failpoint.New("projection.before_commit")
	pointAfterCommit  = failpoint.New("projection.after_commit")
)

// PanicError is a panic of a view.
type PanicError struct {
	// Value is what it panicked with.
	Value any
}

// Error says that the view panicked.
func (e *PanicError) Error() string { return fmt.Sprintf("the view panicked: %v", e.Value) }

// apply writes a batch and returns the new position. A batch that the view cannot
// take is applied message by message, so that only those that are at fault go
// into quarantine.
func (r *Runner) apply(ctx context.Context, conn *pgx.Conn, from eventlog.Position, batch []eventlog.Message) (eventlog.Position, error) {
	at, err := r.write(ctx, conn, from, batch)
	if err == nil || passing(ctx, err) {
		return at, err
	}
	r.config.Logger.WarnContext(ctx, "a batch could not be applied and is taken apart",
		"first", batch[0].Sequence, "messages", len(batch), "error", err, "cause", postgres.Unmask(err))
	at = from
	for i := range batch {
		if at, err = r.applyOne(ctx, conn, at, batch[i:i+1]); err != nil {
			return at, err
		}
	}
	return at, nil
}

// applyOne applies a single message, or puts it into quarantine.
func (r *Runner) applyOne(ctx context.Context, conn *pgx.Conn, from eventlog.Position, one []eventlog.Message) (eventlog.Position, error) {
	r.config.View.Reset()
	at, err := r.commit(ctx, conn, from, one, r.config.View.Apply)
	if err == nil || passing(ctx, err) {
		return at, err
	}
	r.config.View.Reset()
	return r.commit(ctx, conn, from, one, r.quarantine(err))
}

// quarantine is Apply for one message that cannot be applied.
func (r *Runner) quarantine(cause error) func(context.Context, pgx.Tx, []eventlog.Message) error {
	return func(ctx context.Context, tx pgx.Tx, batch []eventlog.Message) error {
		r.metrics.quarantined.Inc()
		r.config.Logger.ErrorContext(ctx, "a message cannot be applied and goes into quarantine",
			"sequence", batch[0].Sequence, "subject", batch[0].Subject, "error", cause, "cause", postgres.Unmask(cause))
		return r.config.View.Quarantine(ctx, tx, batch[0], cause)
	}
}

// viewError is what a view answered to messages.
type viewError struct{ error }

func (e *viewError) Unwrap() error { return e.error }

// passing tells whether an error has nothing to do with the messages.
func passing(ctx context.Context, err error) bool {
	_, answered := errors.AsType[*viewError](err)
	if !answered || ctx.Err() != nil || mismatch(err) {
		return true
	}
	for _, reason := range []error{
		ErrFenced, postgres.ErrUnavailable, postgres.ErrConflict, postgres.ErrFull, postgres.ErrSchemaGone,
		eventlog.ErrUnavailable, context.DeadlineExceeded, context.Canceled, failpoint.ErrInjected,
	} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

type applyFunc func(context.Context, pgx.Tx, []eventlog.Message) error

// commit writes a batch and the checkpoint behind it in one transaction. When it
// is not known whether the commit happened, the next attempt finds out by the
// checkpoint.
func (r *Runner) commit(ctx context.Context, conn *pgx.Conn, from eventlog.Position, batch []eventlog.Message, apply applyFunc) (eventlog.Position, error) {
	began := time.Now()
	to, err := batch[len(batch)-1].Position()
	if err != nil {
		return from, err
	}
	tx, err := r.begin(ctx, conn, from, to)
	if err != nil {
		return from, err
	}
	if err := fill(ctx, tx, batch, apply); err != nil {
		return from, errors.Join(err, ignoreClosed(tx.Rollback(context.WithoutCancel(ctx))))
	}
	if err := tx.Commit(ctx); err != nil {
		return from, postgres.Wrap("commit batch", err)
	}
	return r.committed(ctx, batch, to, began)
}

// committed notes that the rows stand for a position.
func (r *Runner) committed(ctx context.Context, batch []eventlog.Message, to eventlog.Position, began time.Time) (eventlog.Position, error) {
	if err := pointAfterCommit.Hit(ctx); err != nil {
		return to, err
	}
	r.metrics.applied(len(batch), to, time.Since(began))
	r.config.View.Committed(to)
	return to, nil
}

// begin begins a transaction in the view, with the checkpoint moved: the fence
// comes first, so whoever is late has written nothing.
func (r *Runner) begin(ctx context.Context, conn *pgx.Conn, from, to eventlog.Position) (pgx.Tx, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return nil, postgres.Wrap("begin batch", err)
	}
	err = r.config.View.Enter(ctx, tx)
	if err == nil {
		err = Advance(ctx, tx, from, to)
	}
	if err != nil {
		return nil, errors.Join(err, ignoreClosed(tx.Rollback(context.WithoutCancel(ctx))))
	}
	return tx, nil
}

func fill(ctx context.Context, tx pgx.Tx, batch []eventlog.Message, apply applyFunc) error {
	if err := protect(func() error { return apply(ctx, tx, batch) }); err != nil {
		return &viewError{err}
	}
	if err := pointAfterRows.Hit(ctx); err != nil {
		return err
	}
	return pointBeforeCommit.Hit(ctx)
}

// protect turns a panic into a [PanicError]. It sees those of its own goroutine
// only.
func protect(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v}
		}
	}()
	return f()
}

// ignoreClosed drops the error of rolling back what is gone already.
func ignoreClosed(err error) error {
	if err == nil || errors.Is(err, pgx.ErrTxClosed) {
		return nil
	}
	return postgres.Wrap("roll back batch", err)
}
