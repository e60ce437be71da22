package notifier

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
	"github.com/bridgelog/bridgelog/services/notifier/internal/act"
	"github.com/bridgelog/bridgelog/services/notifier/internal/admit"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/checks"
	"github.com/bridgelog/bridgelog/services/notifier/internal/highwater"
	"github.com/bridgelog/bridgelog/services/notifier/internal/lane"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
	"github.com/bridgelog/bridgelog/services/notifier/internal/pager"
	"github.com/bridgelog/bridgelog/services/notifier/internal/seal"
	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
	"github.com/bridgelog/bridgelog/services/notifier/internal/view"
)

// tracerName is the instrumentation scope of the service's spans.
const tracerName = "github.com/bridgelog/bridgelog/services/notifier"

const (
	sweepEvery    = time.Second
	retryWait     = time.Second
	attendWait    = 250 * time.Millisecond
	fetchCooldown = 2 * time.Millisecond
	keepJobs      = 10 * time.Minute
	stopTimeout   = 3 * time.Second
)

// Service is the notifier.
type Service struct {
	config  Config
	ledger  *ledger.Ledger
	metrics *lane.Metrics
	paged   *pager.Metrics
	view    *view.Store
	caller  *call.Caller
	checks  *checks.Desk // nil where nobody could be told
	key     func() (*seal.Key, error)
	// resumed asks the actor to look at its position again.
	resumed chan struct{}
	bell    *lane.Bell
	// keeper and gate are there once the database and the log were found.
	keeper  *highwater.Keeper
	gate    *admit.Gate
	ready   chan struct{}
	settled sync.Once

	mu      sync.Mutex
	problem error
	actor   *act.Actor
	waker   *lane.Waker // nil before the lanes are there
}

// New returns the service; it does nothing until Run.
func New(config Config) (*Service, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	s := &Service{
		config: config, ledger: ledger.New(config.Pool), metrics: lane.NewMetrics(config.Metrics),
		paged:   pager.NewMetrics(config.Metrics),
		problem: errors.New("not started yet"), ready: make(chan struct{}), resumed: make(chan struct{}, 1),
		view: view.New(config.Pool), bell: lane.NewBell(),
	}
	s.key = sync.OnceValues(s.loadKey)
	s.caller = &call.Caller{
		Client: netguard.Guard{Allow: config.AllowReceivers}.Client(call.Timeout), Now: config.Now,
		Secrets: &sign.Resolver{Vault: vault{s}, Now: config.Now},
	}
	s.checks = s.desk()
	s.register()
	if config.Ready != nil {
		config.Ready("notifier", s.check)
	}
	return s, nil
}

// Ready is closed when it is settled, by this process, from where in the log the
// service acts. The very first time that is the log's end: what is written before
// Ready may not reach anybody.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// check is the service's readiness.
func (s *Service) check(ctx context.Context) error {
	s.mu.Lock()
	problem, actor := s.problem, s.actor
	s.mu.Unlock()
	if problem != nil || actor == nil {
		return problem
	}
	return actor.Check(ctx)
}

// report notes why the service does not work at the moment.
func (s *Service) report(problem error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problem = problem
}

// Run works until ctx ends and then returns nil. A database or a log that is away
// is waited for.
func (s *Service) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { s.watchClocks(ctx) })
	watching.Go(func() { s.runChecks(ctx) })
	defer watching.Wait()
	defer cancel()
	return s.deliver(ctx)
}

// deliver tells receivers until ctx ends.
func (s *Service) deliver(ctx context.Context) error {
	client, err := s.prepare(ctx)
	if err != nil || client == nil {
		return err
	}
	// A lane that does not find its receiver gives up what is due to it.
	select {
	case <-s.config.Catalog.Ready():
	case <-ctx.Done():
		return nil
	}
	leave := s.attend(ctx)
	defer leave()
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("run notifier: start lanes: %w", err)
	}
	waker := lane.Waker{Client: client, Bell: s.bell}
	var all sync.WaitGroup
	all.Go(func() { waker.Sweep(ctx, s.ledger, sweepEvery, s.config.Logger, s.metrics) })
	all.Go(func() { s.act(ctx, waker) })
	all.Go(func() { s.erase(ctx) })
	all.Go(func() { s.forward(ctx) })
	all.Go(func() { s.watchPages(ctx) })
	all.Go(func() { s.page(ctx) })
	all.Wait()
	return stop(ctx, client)
}

// prepare brings the database up to date, waiting for it if need be, and makes the
// lanes. It returns nothing when ctx ended.
func (s *Service) prepare(ctx context.Context) (*river.Client[pgx.Tx], error) {
	for {
		err := s.open(ctx)
		if err == nil {
			return s.lanes()
		}
		if ctx.Err() != nil {
			return nil, nil
		}
		s.report(err)
		if !errors.Is(err, postgres.ErrUnavailable) && !errors.Is(err, eventlog.ErrUnavailable) && !errors.Is(err, context.DeadlineExceeded) {
			return nil, fmt.Errorf("run notifier: %w", err)
		}
		s.config.Logger.WarnContext(ctx, "notifier waits for the database and the log", "error", err)
		if wait.For(ctx, retryWait) != nil {
			return nil, nil
		}
	}
}

// open brings the database up to date and finds the mark of the log.
func (s *Service) open(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	head, err := s.config.Log.Head(ctx)
	if err != nil {
		return fmt.Errorf("find the log: %w", err)
	}
	s.keeper = highwater.NewKeeper(highwater.NewStream(s.config.Marks, head.Epoch))
	s.gate = &admit.Gate{Ledger: s.ledger, Keeper: s.keeper, Stale: s.config.Stale, Logger: s.config.Logger}
	return nil
}

func (s *Service) migrate(ctx context.Context) error {
	if err := ledger.Migrate(ctx, s.config.Pool); err != nil {
		return err
	}
	if err := view.Migrate(ctx, s.config.Pool); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(s.config.Pool), &rivermigrate.Config{
		Schema: ledger.Schema, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fmt.Errorf("prepare lanes: %w", err)
	}
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return postgres.Wrap("prepare lanes", err)
}

func (s *Service) lanes() (*river.Client[pgx.Tx], error) {
	c := s.config
	workers := river.NewWorkers()
	river.AddWorker(workers, &lane.Worker{
		Ledger: s.ledger, Gate: s.gate, Keeper: s.keeper, Receiver: s.receiver, Notices: s.notices, Private: s.view.PrivateAmong, Disable: c.DisableAfter,
		Metrics: s.metrics, Now: c.Now, Logger: c.Logger, Tracer: c.Tracer.Tracer(tracerName),
		Caller: s.caller, Bell: s.bell,
	})
	client, err := river.NewClient(riverpgxv5.New(c.Pool), &river.Config{
		Schema: ledger.Schema, Workers: workers, Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Workers}},
		FetchCooldown: fetchCooldown, CompletedJobRetentionPeriod: keepJobs, Logger: c.Logger.With("part", "river"),
	})
	if err != nil {
		return nil, fmt.Errorf("run notifier: make lanes: %w", err)
	}
	return client, nil
}

// act creates deliveries until ctx ends; one process at a time does.
func (s *Service) act(ctx context.Context, waker lane.Waker) {
	actor := &act.Actor{
		Log: s.config.Log, Catalog: s.config.Catalog, Ledger: s.ledger, Gate: s.gate, View: s.view, Waker: waker, Writer: s.writer(),
		Pages: s.config.Pages != nil, Stale: s.config.Stale, Now: s.config.Now, Logger: s.config.Logger,
		Started: func() { s.settled.Do(func() { close(s.ready) }) },
	}
	s.mu.Lock()
	s.actor, s.problem, s.waker = actor, nil, &waker
	s.mu.Unlock()
	for {
		err := s.ledger.Alone(ctx, actor.Run)
		if ctx.Err() != nil {
			return
		}
		s.config.Logger.ErrorContext(ctx, "notifier does not act and tries again", "error", err)
		if !s.retry(ctx) {
			return
		}
	}
}

// attend lets other processes know that this one lives until leave is called, which
// is when its lanes have stopped.
func (s *Service) attend(ctx context.Context) (leave func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			if err := s.ledger.Attend(ctx); ctx.Err() == nil {
				s.config.Logger.WarnContext(ctx, "other notifiers may think that this one is gone", "error", err)
				_ = wait.For(ctx, attendWait)
			}
		}
	})
	return func() {
		cancel()
		all.Wait()
	}
}

// retry waits until it is time to try again, or a person said so; false when ctx
// ended.
func (s *Service) retry(ctx context.Context) bool {
	pause, cancel := context.WithTimeout(ctx, retryWait)
	defer cancel()
	select {
	case <-s.resumed:
	case <-pause.Done():
	}
	return ctx.Err() == nil
}

// stop lets lanes finish what they send, but not for long.
func stop(ctx context.Context, client *river.Client[pgx.Tx]) error {
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := client.Stop(soft); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("run notifier: stop lanes: %w", err)
	}
	return nil
}
