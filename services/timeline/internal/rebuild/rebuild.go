package rebuild

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// workers is how many goroutines refresh.
const workers = 2

// Rebuilder rebuilds. Its methods are safe for concurrent use.
type Rebuilder struct {
	// Log is folded.
	Log eventlog.Reader
	// Store holds the versions.
	Store *store.Store
	// Pool is the store's; the lock is held on a connection of it.
	Pool *pgxpool.Pool
	// Logger gets what operators should know.
	Logger *slog.Logger
	// Fold is the version of the fold.
	Fold int
	// InPlace is up to how many bytes a live version is written anew in place after
	// a redaction, during which reads wait: well under a second. A larger one is
	// rebuilt beside it.
	InPlace int64
	// Bytes bounds roughly the memory of a rebuild; 0 means 256 MiB.
	Bytes int

	state atomic.Pointer[Progress]
}

// New returns a rebuilder for the fold of this program.
func New(log eventlog.Reader, s *store.Store, pool *pgxpool.Pool, logger *slog.Logger) *Rebuilder {
	return &Rebuilder{Log: log, Store: s, Pool: pool, Logger: logger, Fold: view.Version(), InPlace: inPlace}
}

// Progress is that of the rebuild of this process; nil when none runs.
func (r *Rebuilder) Progress() *Progress { return r.state.Load() }

// Run rebuilds the model and returns when it is live and searchable. report is
// called with the progress, from one goroutine at a time; may be nil. It returns
// [ErrRunning], a [DifferentError], or what went wrong; the live version goes on
// then.
func (r *Rebuilder) Run(ctx context.Context, report func(Progress)) error {
	return r.run(ctx, report, false)
}

// Overtake is Run for a live version that is far behind the log: the new version
// is not compared with it.
func (r *Rebuilder) Overtake(ctx context.Context, report func(Progress)) error {
	return r.run(ctx, report, true)
}

func (r *Rebuilder) run(ctx context.Context, report func(Progress), overtake bool) error {
	// A database that is not prepared has no model to replace.
	if _, err := r.Store.Live(ctx); err != nil {
		return err
	}
	return r.locked(ctx, func(ctx context.Context) error {
		live, err := r.Store.Live(ctx)
		if err != nil {
			return err
		}
		j := r.newJob(live)
		j.report, j.overtake = report, overtake
		defer r.state.Store(nil)
		return j.run(ctx)
	})
}

// Resume goes on with a search index that an interruption left unfinished. It
// does nothing when there is none.
func (r *Rebuilder) Resume(ctx context.Context) error {
	live, err := r.Store.Live(ctx)
	if err != nil || live.Searchable {
		return err
	}
	return r.locked(ctx, func(ctx context.Context) error {
		j := r.newJob(live)
		j.model = r.Store.Model(live.Version)
		defer r.state.Store(nil)
		return j.search(ctx)
	})
}

// job is one rebuild.
type job struct {
	*Rebuilder
	report func(Progress)
	live   store.Live
	model  *store.Model
	// overtake leaves out the comparison.
	overtake bool
	// engine folds what comes after the bulk.
	engine *fold.Engine
	// problems and stale are what the bulk leaves to do.
	problems []fold.Problem
	stale    []incident.ID
	// at is how far the log is folded in the new version.
	at eventlog.Position
	// suspects are incidents that differed when the versions were compared.
	suspects []string
}

func (j *job) run(ctx context.Context) error {
	began := time.Now()
	var err error
	if j.model, err = j.Store.NewModel(ctx, j.live); err != nil {
		return err
	}
	if err := j.build(ctx); err != nil {
		// The next rebuild removes what cannot be removed now.
		return errors.Join(err, j.model.Drop(context.WithoutCancel(ctx)))
	}
	j.tell(Progress{Phase: Swung})
	j.Logger.InfoContext(ctx, "rebuilt the timeline", "version", j.model.Version, "position", j.at.Sequence, "seconds", time.Since(began).Seconds())
	j.engine.Reset()
	if err := j.search(ctx); err != nil {
		return err
	}
	j.tell(Progress{Phase: Done})
	return nil
}

// build makes the new version and swings over to it.
func (j *job) build(ctx context.Context) error {
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"fill", j.fill}, {"refresh", j.refresh}, {"compare", j.compare}, {"swing", j.swing},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("rebuild: %s: %w", step.name, err)
		}
	}
	return nil
}

// tell reports progress.
func (j *job) tell(p Progress) {
	p.Version = j.model.Version
	j.state.Store(&p)
	if j.report != nil {
		j.report(p)
	}
}
