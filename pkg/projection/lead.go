package projection

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// attempt waits to be elected and then projects until something goes wrong.
func (r *Runner) attempt(ctx context.Context) error {
	conn, err := r.elect(ctx)
	if err != nil {
		return err
	}
	// Closing the connection gives the lock back.
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // Nothing is lost.
	r.set(true)
	defer r.set(false)
	return r.lead(ctx, conn)
}

// elect waits for the advisory lock and returns the connection that holds it.
func (r *Runner) elect(ctx context.Context) (*pgx.Conn, error) {
	const op = "elect projector"
	config := r.config.Pool.Config().ConnConfig.Copy()
	delete(config.RuntimeParams, "statement_timeout")
	delete(config.RuntimeParams, "idle_in_transaction_session_timeout")
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, postgres.Wrap(op, err)
	}
	if err := r.relax(ctx, conn); err != nil {
		return nil, errors.Join(postgres.Wrap(op, err), conn.Close(context.WithoutCancel(ctx)))
	}
	key := LockKey("projector of " + r.config.Name)
	for {
		var elected bool
		err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", key).Scan(&elected)
		if elected {
			return conn, nil
		}
		if err == nil {
			err = r.stand(ctx)
		}
		if err != nil {
			return nil, errors.Join(postgres.Wrap(op, err), conn.Close(context.WithoutCancel(ctx)))
		}
	}
}

// relax lets commits on a connection return before the disk has them, unless the
// projection is to be durable.
func (r *Runner) relax(ctx context.Context, conn *pgx.Conn) error {
	if r.config.Durable {
		return nil
	}
	_, err := conn.Exec(ctx, "set synchronous_commit to off")
	return err
}

// stand waits until it is time to try again to be elected, and keeps track of
// what the elected process does.
func (r *Runner) stand(ctx context.Context) error {
	p, err := r.Position(ctx)
	if err != nil {
		return err
	}
	r.report(ctx, nil)
	r.learn(p)
	if err := r.lookReady(ctx, p); err != nil {
		return err
	}
	_ = wait.For(ctx, r.config.StandbyEvery)
	return ctx.Err()
}

// lookReady looks whether the view holds everything, as long as that is not known.
// A position that does not belong to the log is an error.
func (r *Runner) lookReady(ctx context.Context, p eventlog.Position) error {
	select {
	case <-r.caught:
		return nil
	default:
	}
	head, err := r.config.Log.Head(ctx)
	if err != nil {
		return nil //nolint:nilerr // not known yet; the elected process reports it
	}
	if err := r.verify(ctx, p, head); err != nil {
		return err
	}
	if head.Sequence <= p.Sequence {
		r.markCaughtUp()
	}
	return nil
}

// verify checks that a position belongs to the log.
func (r *Runner) verify(ctx context.Context, p, head eventlog.Position) error {
	return eventlog.VerifyPosition(p, head, func(sequence uint64) (eventlog.Message, error) { return r.config.Log.At(ctx, sequence) })
}

// LockKey is the key of the advisory lock with a name.
func LockKey(name string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return int64(h.Sum64())
}

// lead reads the log from the checkpoint and applies it.
func (r *Runner) lead(ctx context.Context, conn *pgx.Conn) error {
	r.prepared = prepared{}
	from, err := r.position(ctx, conn)
	if err != nil {
		return err
	}
	head, err := r.config.Log.Head(ctx)
	if err != nil {
		return fmt.Errorf("ask for the end of the log: %w", err)
	}
	if err := r.verify(ctx, from, head); err != nil {
		return fmt.Errorf("verify the checkpoint: %w", err)
	}
	r.waiting.advance(from)
	r.config.Logger.InfoContext(ctx, "projects", "from", from.Sequence, "log_end", head.Sequence)
	if from.Sequence == head.Sequence {
		r.markCaughtUp()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	queue := newQueue(r.config.MaxBytes)
	tailing := make(chan struct{})
	go func() {
		defer close(tailing)
		err := r.config.Log.Tail(ctx, from, func(m eventlog.Message) error { return queue.put(ctx, m) })
		if err == nil {
			err = errors.New("the log ended")
		}
		cancel(fmt.Errorf("read the log: %w", err))
	}()
	err = r.project(ctx, conn, queue, from, head.Sequence)
	cancel(err)
	<-tailing
	if err == nil {
		return nil
	}
	// When the reader failed first, its error is the one that counts.
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		return cause
	}
	return err
}

// project applies what is read until an error. It returns nil when it has to begin
// anew.
func (r *Runner) project(ctx context.Context, conn *pgx.Conn, queue *queue, at eventlog.Position, target uint64) error {
	pace := gathering{most: r.config.Gather, queue: queue, waiting: r.waiting}
	for {
		pace.gather(ctx)
		batch, err := queue.take(ctx, r.config.MaxBatch)
		if err != nil {
			return err
		}
		if r.held.wait(ctx) {
			return ctx.Err()
		}
		pace.took(len(batch))
		if at, err = r.apply(ctx, conn, at, batch); err != nil {
			return err
		}
		r.waiting.advance(at)
		if at.Sequence >= target {
			r.markCaughtUp()
		}
	}
}
