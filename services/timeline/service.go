package timeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/answer"
	"github.com/bridgelog/bridgelog/services/timeline/internal/feed"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/project"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

const tracerName = "github.com/bridgelog/bridgelog/services/timeline"

// Service is the timeline service.
type Service struct {
	config    Config
	store     *store.Store
	runner    *projection.Runner
	feed      *feed.Feed
	rebuilder *rebuild.Rebuilder
	stopping  chan struct{}
}

// New builds the service and registers it with Config.Server. It touches neither
// the log nor the database; Run does, and calls fail until then.
func New(c Config) (*Service, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Service{config: c, store: store.New(c.Pool), stopping: make(chan struct{})}
	var err error
	s.runner, err = projection.New(projection.Config{
		Name: "timeline", Log: c.Log, Pool: c.Pool, View: project.New(c.Log, c.Tracer.Tracer(tracerName)),
		Logger: c.Logger, Metrics: c.Metrics,
	})
	if err != nil {
		return nil, fmt.Errorf("new timeline service: %w", err)
	}
	s.feed = feed.New(c.Log, c.Logger)
	s.rebuilder = rebuild.New(c.Log, s.store, c.Pool, c.Logger)
	if err := s.register(c.Metrics); err != nil {
		return nil, fmt.Errorf("new timeline service: register metrics: %w", err)
	}
	timelinev1.RegisterTimelineServiceServer(c.Server, &answer.Service{
		Log: c.Log, Store: s.store, Projected: s.runner, Catalog: c.Catalog, Histories: fold.NewHistories(c.Log),
		Feed: s.feed, Rebuilder: s.rebuilder, Logger: c.Logger, Now: c.Now, Heartbeat: c.Heartbeat, Stopping: s.stopping,
	})
	if c.Health != nil {
		c.Health.Register("timeline database", func(ctx context.Context) error { return postgres.Ping(ctx, c.Pool) })
		c.Health.Register("timeline", s.check)
	}
	return s, nil
}

// Ready is closed when the read model, as far as this process knows, first held
// everything that was in the log at the start.
func (s *Service) Ready() <-chan struct{} { return s.runner.CaughtUp() }

// check tells whether reads are up to date.
func (s *Service) check(context.Context) error {
	if err := s.runner.Problem(); err != nil {
		return fmt.Errorf("the view does not follow the log: %w", err)
	}
	select {
	case <-s.runner.CaughtUp():
		return nil
	default:
		return errors.New("the view has not caught up with the log yet")
	}
}

// Run prepares the database, projects, follows the log for watches and rebuilds
// when the fold has changed, until ctx ends. It returns nil then.
func (s *Service) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() {
		<-ctx.Done()
		close(s.stopping)
	})
	running.Go(func() { _ = s.feed.Run(ctx) }) // ends with ctx only
	if err := s.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("run timeline service: %w", err)
	}
	running.Go(func() { s.renew(ctx) })
	return s.runner.Run(ctx)
}

// Pauses between attempts at what cannot be done yet.
const (
	preparePause = 250 * time.Millisecond
	renewPause   = 2 * time.Second
)

// prepare brings the database to its form, and waits for one that is away.
func (s *Service) prepare(ctx context.Context) error {
	said := false
	for {
		err := s.store.Prepare(ctx, view.Version())
		if err == nil || !errors.Is(err, postgres.ErrUnavailable) && !errors.Is(err, postgres.ErrConflict) {
			return err
		}
		if !said {
			said = true
			s.config.Logger.WarnContext(ctx, "waits for the database", "error", err, "cause", postgres.Unmask(err))
		}
		if !pause(ctx, preparePause) {
			return ctx.Err()
		}
	}
}

// renew rebuilds a model that another version of the fold made, and finishes a
// search index that was interrupted.
func (s *Service) renew(ctx context.Context) {
	for {
		err := s.renewOnce(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		if !errors.Is(err, rebuild.ErrRunning) {
			s.config.Logger.ErrorContext(ctx, "the view could not be renewed", "error", err, "cause", postgres.Unmask(err))
		}
		if !pause(ctx, renewPause) {
			return
		}
	}
}

func (s *Service) renewOnce(ctx context.Context) error {
	live, err := s.store.Live(ctx)
	if err != nil {
		return err
	}
	if live.Fold == view.Version() {
		return s.rebuilder.Resume(ctx)
	}
	s.config.Logger.InfoContext(ctx, "another version of this program made the view: it is rebuilt", "fold", live.Fold, "wanted", view.Version())
	return s.rebuilder.Run(ctx, nil)
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
