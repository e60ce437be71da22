package beside

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Pauses between attempts.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

// View keeps the read model up to date while Run runs. Its methods are safe for
// concurrent use.
type View struct {
	kind    Kind
	log     eventlog.Reader
	pool    *pgxpool.Pool
	logger  *slog.Logger
	metrics *metrics

	mu      sync.Mutex
	applied wait.Mark // the last message of a subject that is in the rows
	problem error

	begun func() // closes first
	first chan struct{}
}

// New returns the view of a kind over a log. The metrics may go nowhere: nil.
func New(kind Kind, log eventlog.Reader, pool *pgxpool.Pool, logger *slog.Logger, to prometheus.Registerer) *View {
	first := make(chan struct{})
	return &View{
		first: first, begun: sync.OnceFunc(func() { close(first) }),
		kind: kind, log: log, pool: pool, logger: logger.With("view", kind.Name), metrics: newMetrics(kind.Name, to),
		problem: fmt.Errorf("the view of %s has not begun yet", kind.Name),
	}
}

// Run keeps the rows up to date until ctx ends, and returns nil then. It waits for
// a database or a log that is away.
func (v *View) Run(ctx context.Context) error {
	pause := firstPause
	for ctx.Err() == nil {
		began := time.Now()
		err := v.follow(ctx)
		if ctx.Err() != nil {
			break
		}
		v.report(ctx, err)
		if time.Since(began) > longestPause {
			pause = firstPause
		}
		_ = wait.For(ctx, pause) // the loop looks at ctx
		pause = min(2*pause, longestPause)
	}
	return nil
}

// Begun is closed when the view first held what was in the log at its start, or when
// it turned out that it cannot yet, which [View.Check] then tells.
func (v *View) Begun() <-chan struct{} { return v.first }

// report notes why rows are not written at the moment.
func (v *View) report(ctx context.Context, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	known := v.problem != nil && err != nil && v.problem.Error() == err.Error()
	v.problem = err
	v.begun()
	if !known {
		v.logger.WarnContext(ctx, "rows are not written and tried again", "error", err, "cause", postgres.Unmask(err))
	}
}

// Check is nil while rows are kept up to date.
func (v *View) Check(context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.problem
}

// advance notes what the rows hold.
func (v *View) advance(sequence uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.problem = nil
	v.applied.Reach(sequence)
	v.metrics.sequence.Set(float64(v.applied.At()))
	v.begun()
}

// Wait returns when the rows hold all of its kind that was in the log when it was
// called, or with ctx's error.
func (v *View) Wait(ctx context.Context) error {
	return eventlog.CatchUp(ctx, v.log, v.kind.Filter, &v.applied)
}

// prepare brings the database to its form.
func (v *View) prepare(ctx context.Context) error {
	return postgres.Migrate(ctx, v.pool, v.kind.Schema, v.kind.Migrations)
}
