package projection

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Runner runs one projection. [New] makes it; Run has to run for it to do
// anything, but reads of the position work without.
type Runner struct {
	config  Config
	metrics *metrics
	waiting waiters
	held    hold
	late    lateness
	// prepared is of the connection of the elected process, and used by nobody else.
	prepared prepared

	mu      sync.Mutex
	leading bool
	problem error
	caught  chan struct{} // closed when the view first held all there was
	isReady bool
}

// New returns a runner that does nothing until Run.
func New(config Config) (*Runner, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	r := &Runner{config: config, caught: make(chan struct{}), waiting: newWaiters()}
	var err error
	r.metrics, err = newMetrics(config.Metrics, config.Name)
	return r, err
}

// Run projects until ctx ends, and returns nil then. Whatever goes wrong is
// logged, shown by [Runner.Problem] and tried again: a log that is not the one
// that was read before stops the projection until the view was rebuilt.
func (r *Runner) Run(ctx context.Context) error {
	var watching sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer watching.Wait()
	defer cancel()
	watching.Go(func() { r.measure(ctx) })
	pause := r.config.RetryMin
	for ctx.Err() == nil {
		began := time.Now()
		err := r.attempt(ctx)
		r.config.View.Reset()
		if ctx.Err() != nil {
			break
		}
		if time.Since(began) > r.config.RetryMax {
			pause = r.config.RetryMin
		}
		r.report(ctx, err)
		_ = wait.For(ctx, pause)
		pause = min(2*pause, r.config.RetryMax)
	}
	return nil
}

// report notes why the projection does not work at the moment.
func (r *Runner) report(ctx context.Context, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.problem != nil && err != nil && r.problem.Error() == err.Error()
	r.problem = err
	if err == nil || known {
		return
	}
	r.metrics.failures.Inc()
	r.config.Logger.ErrorContext(ctx, "projection stopped and tries again", "error", err, "cause", postgres.Unmask(err))
}

// Problem is why the projection does not work at the moment; nil when it does.
func (r *Runner) Problem() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.problem
}

// Leading tells whether this process is the elected one.
func (r *Runner) Leading() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.leading
}

// CaughtUp is closed when the view, as far as this process knows, first held
// everything that was in the log when it looked, and its position was verified.
func (r *Runner) CaughtUp() <-chan struct{} { return r.caught }

func (r *Runner) set(leading bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leading = leading
	if leading {
		r.problem = nil
	}
	r.metrics.leading.Set(number(leading))
}

func (r *Runner) markCaughtUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isReady {
		r.isReady = true
		close(r.caught)
	}
}

// Position reads the position that the rows of the view stand for.
func (r *Runner) Position(ctx context.Context) (eventlog.Position, error) {
	return r.position(ctx, r.config.Pool)
}

// position reads the position over a pool or a connection. What the view answers
// is returned as it is.
func (r *Runner) position(ctx context.Context, db interface {
	BeginTx(ctx context.Context, options pgx.TxOptions) (pgx.Tx, error)
},
) (eventlog.Position, error) {
	var p eventlog.Position
	var answered error
	err := pgx.BeginTxFunc(ctx, db, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		answered = r.read(ctx, tx, &p)
		return answered
	})
	if answered != nil {
		return eventlog.Position{}, answered
	}
	if err != nil {
		return eventlog.Position{}, postgres.Wrap("read position", err)
	}
	return p, nil
}

func (r *Runner) read(ctx context.Context, tx pgx.Tx, p *eventlog.Position) error {
	if err := r.config.View.Enter(ctx, tx); err != nil {
		return err
	}
	var err error
	*p, err = Checkpoint(ctx, tx)
	return err
}

// mismatch tells whether an error says that the log is not the one that was read
// before, or is damaged.
func mismatch(err error) bool {
	_, position := errors.AsType[*eventlog.PositionError](err)
	_, hole := errors.AsType[*eventlog.HoleError](err)
	return position || hole
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
