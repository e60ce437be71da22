package timeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/pkg/wait"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertanswer"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/answer"
	"github.com/bridgelog/bridgelog/services/timeline/internal/beside"
	"github.com/bridgelog/bridgelog/services/timeline/internal/changeanswer"
	"github.com/bridgelog/bridgelog/services/timeline/internal/changeview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/feed"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/investigate"
	"github.com/bridgelog/bridgelog/services/timeline/internal/pageanswer"
	"github.com/bridgelog/bridgelog/services/timeline/internal/pageview"
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
	alerts    *beside.View
	changes   *beside.View
	pages     *beside.View
	histories *fold.Histories
	past      *catalog.Past
	// redacted holds one token after redacted rows were replaced.
	redacted chan struct{}
	stopping chan struct{}
	// ready is closed when every view has begun.
	ready chan struct{}
}

// New builds the service and registers it with Config.Server. It touches neither
// the log nor the database; Run does, and calls fail until then.
func New(c Config) (*Service, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Service{config: c, store: store.New(c.Pool), stopping: make(chan struct{}), ready: make(chan struct{}), histories: fold.NewHistories(c.Log), past: &catalog.Past{Log: c.Log}, redacted: make(chan struct{}, 1)}
	var err error
	s.runner, err = projection.New(projection.Config{
		Name: "timeline", Log: c.Log, Pool: c.Pool, View: project.New(c.Log, c.Tracer.Tracer(tracerName), s.forget),
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
	suspects, err := s.standBeside()
	if err != nil {
		return nil, fmt.Errorf("new timeline service: %w", err)
	}
	timelinev1.RegisterTimelineServiceServer(c.Server, &answer.Service{
		Log: c.Log, Store: s.store, Projected: s.runner, Catalog: c.Catalog, Books: &playbook.Current{},
		Past: s.past, PastBooks: &playbook.Current{}, Facts: answer.NewFacts(), Suspects: suspects, Histories: s.histories, Feed: s.feed,
		Rebuilder: s.rebuilder, Logger: c.Logger, Now: c.Now, Heartbeat: c.Heartbeat, Stopping: s.stopping,
	})
	if c.Health != nil {
		c.Health.Register("timeline database", func(ctx context.Context) error { return postgres.Ping(ctx, c.Pool) })
		c.Health.Register("timeline", s.check)
	}
	return s, nil
}

// standBeside makes the views beside the incidents, and what proposes from them.
func (s *Service) standBeside() (*investigate.Service, error) {
	c := s.config
	alerts, err := alertview.Kind()
	if err != nil {
		return nil, err
	}
	s.alerts = beside.New(alerts, c.Log, c.Pool, c.Logger, c.Metrics)
	signalv1.RegisterAlertViewServiceServer(c.Server, alertanswer.New(s.alerts, c.Catalog, s.store, s.runner))
	pages, err := pageview.Kind()
	if err != nil {
		return nil, err
	}
	s.pages = beside.New(pages, c.Log, c.Pool, c.Logger, c.Metrics)
	signalv1.RegisterPageViewServiceServer(c.Server, pageanswer.New(s.pages, s.alerts, c.Catalog, s.store, s.runner))
	changes, err := changeview.Kind()
	if err != nil {
		return nil, err
	}
	s.changes = beside.New(changes, c.Log, c.Pool, c.Logger, c.Metrics)
	signalv1.RegisterChangeViewServiceServer(c.Server, changeanswer.New(s.changes, s.store, s.runner))
	suspects := investigate.New(investigate.Parts{
		Log: c.Log, Changes: s.changes, Catalog: c.Catalog, Past: s.past, Incidents: s.store, Projected: s.runner, Histories: s.histories,
	})
	timelinev1.RegisterSuspectServiceServer(c.Server, suspects)
	return suspects, nil
}

// Ready is closed when the read model, as far as this process knows, first held
// everything that was in the log at the start; the views beside the incidents too,
// unless they cannot be kept.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// begin closes ready when all have begun.
func (s *Service) begin(ctx context.Context) {
	for _, begun := range []<-chan struct{}{s.runner.CaughtUp(), s.alerts.Begun(), s.changes.Begun(), s.pages.Begun()} {
		select {
		case <-begun:
		case <-ctx.Done():
			return
		}
	}
	close(s.ready)
}

// check tells whether reads are up to date.
func (s *Service) check(context.Context) error {
	if err := s.runner.Problem(); err != nil {
		return fmt.Errorf("the view does not follow the log: %w", err)
	}
	select {
	case <-s.ready:
	default:
		return errors.New("the view has not caught up with the log yet")
	}
	if behind := s.runner.Late(); behind > 0 {
		return fmt.Errorf("the view is %d messages behind the log, for more than ten seconds", behind)
	}
	return nil
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
	running.Go(func() { s.begin(ctx) })
	running.Go(func() { _ = s.feed.Run(ctx) })    // ends with ctx only
	running.Go(func() { _ = s.alerts.Run(ctx) })  // ends with ctx only
	running.Go(func() { _ = s.changes.Run(ctx) }) // ends with ctx only
	running.Go(func() { _ = s.pages.Run(ctx) })   // ends with ctx only
	if err := s.prepare(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("run timeline service: %w", err)
	}
	// The projection begins when it is known that it is the way to go.
	begin := s.runner.Hold()
	running.Go(func() { s.renew(ctx, begin) })
	running.Go(func() { s.erase(ctx) })
	return s.runner.Run(ctx)
}

// preparePause lies between attempts to prepare a database that is away.
const preparePause = 250 * time.Millisecond

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
		if wait.For(ctx, preparePause) != nil {
			return ctx.Err()
		}
	}
}
