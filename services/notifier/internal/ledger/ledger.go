package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// Schema is where the ledger lives.
const Schema = "notifier_ledger"

// ErrFenced: another notifier has acted since this one read its position.
var ErrFenced = errors.New("another notifier acts")

// ErrNotStarted: nobody has acted yet, so there is no position.
var ErrNotStarted = errors.New("no position yet")

//go:embed migrations/*.sql
var files embed.FS

// Ledger is the ledger in Postgres. It is safe for concurrent use.
type Ledger struct {
	pool *pgxpool.Pool
	q    *db.Queries
}

// New returns the ledger of a database that [Migrate] has prepared.
func New(pool *pgxpool.Pool) *Ledger { return &Ledger{pool: pool, q: db.New(pool)} }

// Migrate brings the schema to the version that this program needs.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	return postgres.Migrate(ctx, pool, Schema, migrations)
}

// ActedThrough returns the position up to which effects were created, or
// [ErrNotStarted].
func (l *Ledger) ActedThrough(ctx context.Context) (eventlog.Position, error) {
	token, err := l.q.ActedThrough(ctx)
	if errors.Is(err, pgx.ErrNoRows) {
		return eventlog.Position{}, ErrNotStarted
	}
	if err != nil {
		return eventlog.Position{}, postgres.Wrap("read acted through", err)
	}
	return eventlog.ParsePosition(token)
}

// Start begins to act after a position, unless somebody did before.
func (l *Ledger) Start(ctx context.Context, p eventlog.Position) error {
	err := l.q.StartActing(ctx, db.StartActingParams{Epoch: p.Epoch, Sequence: int64(p.Sequence), Position: p.String()})
	return postgres.Wrap("start acting", err)
}

// Lease takes a receiver for a lane until the given time has passed, and says that
// everything created so far is seen. It is false when another lane has it.
func (l *Ledger) Lease(ctx context.Context, webhook, owner string, d time.Duration) (bool, error) {
	n, err := l.q.Lease(ctx, db.LeaseParams{WebhookID: webhook, Owner: owner, Seconds: d.Seconds()})
	return n > 0, postgres.Wrap("lease receiver", err)
}

// Release gives a receiver back. It is false when something was created since the
// lease was taken or renewed: the lane has to look again.
func (l *Ledger) Release(ctx context.Context, webhook, owner string) (bool, error) {
	n, err := l.q.Release(ctx, db.ReleaseParams{WebhookID: webhook, Owner: owner})
	return n > 0, postgres.Wrap("release receiver", err)
}

// Abandon gives a receiver back, whatever waits for it.
func (l *Ledger) Abandon(ctx context.Context, webhook, owner string) error {
	return postgres.Wrap("abandon receiver", l.q.Abandon(ctx, db.AbandonParams{WebhookID: webhook, Owner: owner}))
}

// SetTimer notes when a lane is due for a retry. It is false when one is due
// earlier already.
func (l *Ledger) SetTimer(ctx context.Context, webhook string, at time.Time) (bool, error) {
	n, err := l.q.SetTimer(ctx, db.SetTimerParams{WebhookID: webhook, At: &at})
	return n > 0, postgres.Wrap("set timer", err)
}

// Due returns the oldest deliveries of a receiver that are to be attempted now.
func (l *Ledger) Due(ctx context.Context, webhook string, most int) ([]db.DueRow, error) {
	rows, err := l.q.Due(ctx, db.DueParams{WebhookID: webhook, Most: int32(most)})
	return rows, postgres.Wrap("read due deliveries", err)
}

// NextAttempt returns when the next pending delivery of a receiver is due; false
// when there is none.
func (l *Ledger) NextAttempt(ctx context.Context, webhook string) (time.Time, bool, error) {
	at, err := l.q.NextAttempt(ctx, webhook)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return at, err == nil, postgres.Wrap("read next attempt", err)
}

// Disabled returns the revisions of the receivers at which they were disabled by
// themselves.
func (l *Ledger) Disabled(ctx context.Context) (map[string]uint64, error) {
	rows, err := l.q.DisabledEndpoints(ctx)
	if err != nil {
		return nil, postgres.Wrap("read disabled receivers", err)
	}
	out := make(map[string]uint64, len(rows))
	for _, r := range rows {
		out[r.WebhookID] = uint64(r.Revision)
	}
	return out, nil
}

// Unattended returns receivers with something due and no lane.
func (l *Ledger) Unattended(ctx context.Context) ([]string, error) {
	all, err := l.q.Unattended(ctx)
	return all, postgres.Wrap("read unattended receivers", err)
}

// OldestPending is the age of the oldest delivery that is still to be made.
func (l *Ledger) OldestPending(ctx context.Context) (time.Duration, error) {
	seconds, err := l.q.OldestPending(ctx)
	return time.Duration(seconds * float64(time.Second)), postgres.Wrap("read oldest delivery", err)
}

// CancelPending gives up what is to be sent to a receiver.
func (l *Ledger) CancelPending(ctx context.Context, webhook, reason string) error {
	return postgres.Wrap("cancel deliveries", l.q.CancelPending(ctx, db.CancelPendingParams{WebhookID: webhook, Reason: reason}))
}

// actLock is the key of the advisory lock of the process that acts.
const actLock = 0x62726e74

// lockWait is how often a process that waits asks for its turn.
const lockWait = time.Second

// Alone runs fn while no other process does: it waits for its turn until ctx ends.
// Should the lock get lost, the fence still keeps two processes from acting.
func (l *Ledger) Alone(ctx context.Context, fn func(context.Context) error) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return postgres.Wrap("wait for the turn", err)
	}
	defer conn.Release()
	for {
		var mine bool
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(actLock)).Scan(&mine); err != nil {
			return postgres.Wrap("wait for the turn", err)
		}
		if mine {
			break
		}
		t := time.NewTimer(lockWait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return fmt.Errorf("wait for the turn: %w", ctx.Err())
		}
	}
	defer func() {
		// A connection that is broken has lost the lock anyway.
		_, _ = conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", int64(actLock))
	}()
	return fn(ctx)
}
