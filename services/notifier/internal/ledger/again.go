package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// Again is what came of a wish to send again.
type Again struct {
	// Changed is how many deliveries were put into the schedule anew, Skipped how
	// many were chosen but belong to no receiver that gets anything.
	Changed, Skipped int64
	// Receivers are those of the deliveries, Asleep those of them that nobody
	// attends to.
	Receivers, Asleep []string
}

// Redeliver puts deliveries into the schedule anew that have ended: those of the
// filter whose receivers are among the given ones. With dryRun it only counts.
func (l *Ledger) Redeliver(ctx context.Context, f Filter, receivers []string, dryRun bool) (Again, error) {
	return l.again(ctx, "redeliver", f, "d.state in ('dead', 'cancelled', 'delivered')", receivers, dryRun)
}

// Release puts held deliveries into the schedule, as Redeliver does.
func (l *Ledger) Release(ctx context.Context, f Filter, receivers []string, dryRun bool) (Again, error) {
	return l.again(ctx, "release", f, "d.state = 'held'", receivers, dryRun)
}

func (l *Ledger) again(ctx context.Context, op string, f Filter, state string, receivers []string, dryRun bool) (Again, error) {
	var a Again
	err := l.transact(ctx, op, func(tx pgx.Tx) error {
		c := f.conditions()
		c.clauses = append(c.clauses, state, "d.kind <> 'test'")
		var all int64
		if err := tx.QueryRow(ctx, fmt.Sprintf("select count(*) from notifier_ledger.delivery d where %s", c), c.args...).Scan(&all); err != nil {
			return postgres.Wrap("count", err)
		}
		c.add("d.webhook_id = any(%s::text[])", receivers)
		if dryRun {
			err := tx.QueryRow(ctx, fmt.Sprintf("select count(*) from notifier_ledger.delivery d where %s", c), c.args...).Scan(&a.Changed)
			a.Skipped = all - a.Changed
			return postgres.Wrap("count", err)
		}
		woken, n, err := schedule(ctx, tx, c)
		if err != nil {
			return err
		}
		a.Changed, a.Skipped = n, all-n
		a.Receivers = woken
		a.Asleep, err = l.q.WithTx(tx).Wake(ctx, woken)
		return postgres.Wrap("wake receivers", err)
	})
	return a, err
}

// schedule puts deliveries into the schedule anew, and ends the pauses of their
// receivers: a person wants it now. It returns the receivers.
func schedule(ctx context.Context, tx pgx.Tx, c *conditions) ([]string, int64, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		with chosen as (select d.id, d.webhook_id from notifier_ledger.delivery d where %s),
		paused as (update notifier_ledger.endpoint e set throttled_until = null where e.webhook_id in (select webhook_id from chosen) and e.throttled_until is not null),
		changed as (
			update notifier_ledger.delivery d set state = 'pending', reason_code = '', reason = '', attempts_before = d.attempts,
				next_attempt_at = now(), finished_at = null
			from chosen where chosen.id = d.id returning d.webhook_id)
		select webhook_id, count(*) from changed group by webhook_id`, c), c.args...)
	if err != nil {
		return nil, 0, postgres.Wrap("schedule", err)
	}
	var receivers []string
	var total int64
	var receiver string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&receiver, &n}, func() error {
		receivers = append(receivers, receiver)
		total += n
		return nil
	})
	return receivers, total, postgres.Wrap("schedule", err)
}

// Discard gives up held deliveries and returns how many.
func (l *Ledger) Discard(ctx context.Context, f Filter, dryRun bool) (int64, error) {
	c := f.conditions()
	c.clauses = append(c.clauses, "d.state = 'held'")
	if dryRun {
		var n int64
		err := l.pool.QueryRow(ctx, fmt.Sprintf("select count(*) from notifier_ledger.delivery d where %s", c), c.args...).Scan(&n)
		return n, postgres.Wrap("count deliveries", err)
	}
	tag, err := l.pool.Exec(ctx, fmt.Sprintf(`update notifier_ledger.delivery d
		set state = 'cancelled', reason_code = '%s', reason = 'a person discarded it', finished_at = now() where %s`, CodeDiscarded, c), c.args...)
	return tag.RowsAffected(), postgres.Wrap("discard deliveries", err)
}

// Enable lets a receiver get deliveries again that was disabled by itself.
func (l *Ledger) Enable(ctx context.Context, webhook string) error {
	return postgres.Wrap("enable receiver", l.q.Enable(ctx, webhook))
}

// Resume begins to act after a position of another log and holds what waits. It
// returns how much that is.
func (l *Ledger) Resume(ctx context.Context, p eventlog.Position) (int64, error) {
	var held int64
	err := l.transact(ctx, "resume", func(tx pgx.Tx) error {
		q := l.q.WithTx(tx)
		if err := q.Resume(ctx, db.ResumeParams{Epoch: p.Epoch, Sequence: int64(p.Sequence), Position: p.String()}); err != nil {
			return postgres.Wrap("set position", err)
		}
		if err := holdPages(ctx, q); err != nil {
			return err
		}
		var err error
		held, err = q.HoldPending(ctx, db.HoldPendingParams{Code: HeldUncertain, Reason: "the log was replaced: release it or discard it"})
		return postgres.Wrap("hold deliveries", err)
	})
	return held, err
}
