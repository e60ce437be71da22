package ledger

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"sync"
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
	// known are the receivers that the database knows.
	known sync.Map
	// process is the number under which this process attends.
	process int32
	absent  absences
}

// New returns the ledger of a database that [Migrate] has prepared.
func New(pool *pgxpool.Pool) *Ledger {
	process := rand.Int32N(math.MaxInt32) //nolint:gosec // A name, not a secret.
	return &Ledger{pool: pool, q: db.New(pool), process: process, absent: absences{since: map[int32]time.Time{}}}
}

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

// OldestPending is the age of the oldest delivery that is still to be made.
func (l *Ledger) OldestPending(ctx context.Context) (time.Duration, error) {
	seconds, err := l.q.OldestPending(ctx)
	return time.Duration(seconds * float64(time.Second)), postgres.Wrap("read oldest delivery", err)
}

// The keys of advisory locks: of the process that acts, and of the one that watches the
// status pages of third parties.
const (
	actLock   = 0x62726e74
	watchLock = 0x62726e75
)

// lockWait is how often a process that waits asks for its turn.
const lockWait = time.Second

// Alone runs fn while no other process does: it waits for its turn until ctx ends.
// Should the lock get lost, the fence still keeps two processes from acting.
func (l *Ledger) Alone(ctx context.Context, fn func(context.Context) error) error {
	return l.alone(ctx, actLock, fn)
}

// WatchAlone runs fn while no other process runs one: as Alone, with a turn of its own.
func (l *Ledger) WatchAlone(ctx context.Context, fn func(context.Context) error) error {
	return l.alone(ctx, watchLock, fn)
}

func (l *Ledger) alone(ctx context.Context, lock int64, fn func(context.Context) error) error {
	conn, err := l.pool.Acquire(ctx)
	if err != nil {
		return postgres.Wrap("wait for the turn", err)
	}
	defer conn.Release()
	for {
		var mine bool
		if err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", lock).Scan(&mine); err != nil {
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
		_, _ = conn.Exec(context.WithoutCancel(ctx), "select pg_advisory_unlock($1)", lock)
	}()
	return fn(ctx)
}
