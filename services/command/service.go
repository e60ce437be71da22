package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/alert"
	"github.com/bridgelog/bridgelog/services/command/internal/change"
	"github.com/bridgelog/bridgelog/services/command/internal/heartbeat"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
	"github.com/bridgelog/bridgelog/services/command/internal/page"
	"github.com/bridgelog/bridgelog/services/command/internal/resource"
	"github.com/bridgelog/bridgelog/services/command/internal/silence"
	"github.com/bridgelog/bridgelog/services/command/internal/write"
)

// retryPause lies between attempts to reach a log that is away.
const retryPause = time.Second

const tracerName = "github.com/bridgelog/bridgelog/services/command"

// Service is the command service.
type Service struct {
	config    Config
	resources *resource.Service
	ready     chan struct{}
}

// New builds the service and registers it with Config.Server. It answers calls as
// soon as the server serves; Run does the rest.
func New(c Config) (*Service, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	m := newMetrics()
	store, err := history.NewStore(c.Log, history.Bounds{Entries: c.CacheEntries, Bytes: c.CacheBytes}, c.Now, m)
	if err != nil {
		return nil, fmt.Errorf("new command service: %w", err)
	}
	if err := m.register(c.Metrics, store); err != nil {
		return nil, fmt.Errorf("new command service: register metrics: %w", err)
	}
	writes, err := write.New(write.Options{
		Log: c.Log, Store: store, Catalog: c.Catalog, Now: c.Now, Random: c.Random,
		Logger: c.Logger, Tracer: c.Tracer.Tracer(tracerName), Observer: m,
	})
	if err != nil {
		return nil, fmt.Errorf("new command service: %w", err)
	}
	resources, err := resource.New(resource.Options{
		Log: c.Log, Catalog: c.Catalog, Now: c.Now, Random: c.Random, Logger: c.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("new command service: %w", err)
	}
	catalogv1.RegisterCatalogServiceServer(c.Server, resources)
	alerts := &alert.Service{
		Log: c.Log, Actor: actor, Caller: alertCaller(writes), Incident: store.Look, Declarer: writes, Catalog: c.Catalog.State,
		Now: c.Now, Random: c.Random,
	}
	pages := &page.Service{Log: c.Log, Actor: actor, Ours: ours(writes), Catalog: c.Catalog.Wait, Now: c.Now, Random: c.Random}
	alerts.Follow = pages.Follow
	signalv1.RegisterPageServiceServer(c.Server, pages)
	incidentv1.RegisterCommandServiceServer(c.Server, commands{writes, alerts})
	signalv1.RegisterAlertServiceServer(c.Server, alerts)
	signalv1.RegisterSilenceServiceServer(c.Server, &silence.Service{
		Resources: resources, Catalog: c.Catalog.State, Actor: silenceActor(writes), Alert: alerts.Seen, Now: c.Now, Random: c.Random,
	})
	signalv1.RegisterHeartbeatServiceServer(c.Server, &heartbeat.Service{Resources: resources, Ours: ours(writes)})
	signalv1.RegisterChangeServiceServer(c.Server, &change.Service{Log: c.Log, Caller: changeCaller(writes), Now: c.Now, Random: c.Random})
	return &Service{config: c, resources: resources, ready: make(chan struct{})}, nil
}

// actor is the id of the authenticated caller.
func actor(ctx context.Context) string {
	p, _ := auth.FromContext(ctx)
	return p.ID
}

// commands are the calls about incidents, with the one that begins at an alert.
type commands struct {
	*write.Service

	alerts *alert.Service
}

// DeclareFromAlert implements incidentv1.CommandServiceServer.
func (c commands) DeclareFromAlert(ctx context.Context, r *incidentv1.DeclareFromAlertRequest) (*incidentv1.DeclareFromAlertResponse, error) {
	return c.alerts.DeclareFromAlert(ctx, r)
}

// alertCaller says who calls as the calls about alerts need to know it.
func alertCaller(writes *write.Service) func(context.Context, string) (alert.Caller, error) {
	return func(ctx context.Context, onBehalfOf string) (alert.Caller, error) {
		c, err := writes.CallerOf(ctx, onBehalfOf)
		return alert.Caller{Actor: c.Actor(), Principal: c.Principal(), Ours: c.Ours(), Sees: c.Sees}, err
	}
}

// changeCaller says for whom and by whom a call about changes is made.
func changeCaller(writes *write.Service) func(context.Context, string) (actor, principal string, err error) {
	return func(ctx context.Context, onBehalfOf string) (string, string, error) {
		c, err := writes.CallerOf(ctx, onBehalfOf)
		return c.Actor(), c.Principal(), err
	}
}

// silenceActor says for whom a call about silences is made.
func silenceActor(writes *write.Service) func(context.Context, string) (string, error) {
	return func(ctx context.Context, onBehalfOf string) (string, error) {
		c, err := writes.CallerOf(ctx, onBehalfOf)
		return c.Actor(), err
	}
}

// ours tells whether one of our own services calls.
func ours(writes *write.Service) func(context.Context) (bool, error) {
	return func(ctx context.Context) (bool, error) {
		c, err := writes.CallerOf(ctx, "")
		return c.Ours(), err
	}
}

// Ready is closed when the first tokens exist.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// Run makes the first tokens, finishes interrupted redactions now and then, and
// returns nil when ctx ends.
func (s *Service) Run(ctx context.Context) error {
	select {
	case <-s.config.Catalog.Ready():
	case <-ctx.Done():
		return nil
	}
	if err := s.bootstrap(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("run command service: %w", err)
	}
	close(s.ready)
	ticker := time.NewTicker(s.config.SweepEvery)
	defer ticker.Stop()
	for {
		s.sweep(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// bootstrap makes the first tokens, and waits for a log that is away.
func (s *Service) bootstrap(ctx context.Context) error {
	tokens := make([]resource.First, len(s.config.Bootstrap))
	for i, t := range s.config.Bootstrap {
		tokens[i] = resource.First(t)
	}
	for {
		err := s.resources.Bootstrap(ctx, tokens)
		if !errors.Is(err, eventlog.ErrUnavailable) && !errors.Is(err, eventlog.ErrOutcomeUnknown) {
			return err
		}
		s.config.Logger.WarnContext(ctx, "the first tokens are not made yet", "error", err.Error())
		select {
		case <-time.After(retryPause):
		case <-ctx.Done():
			return err
		}
	}
}

// sweep finishes redactions whose erasure was interrupted. What fails is tried
// again next time.
func (s *Service) sweep(ctx context.Context) {
	swept, err := eventlog.Sweep(ctx, s.config.Log)
	if err != nil && ctx.Err() == nil {
		s.config.Logger.ErrorContext(ctx, "redacted text is not erased yet", "error", err.Error())
	}
	if swept.Erased > 0 {
		s.config.Logger.InfoContext(ctx, "finished interrupted redactions", "erased", swept.Erased)
	}
}
