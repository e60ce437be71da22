package intake

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/httpserve"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/jetstream"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// tracerName is the instrumentation scope of the service's spans.
const tracerName = "github.com/bridgelog/bridgelog/services/intake"

// Times of the HTTP server.
const (
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
)

// Service is the intake service.
type Service struct {
	config  Config
	sources source.Catalog // that have doors
	own     source.Catalog // and what intake says itself
	senders *senders
	doors   *door.Metrics
	alerts  *dispatch.Metrics
	waiting *gauge
	calls   *door.Calls
}

// New returns the service, registered with Config.Server; it takes nothing until Run.
func New(config Config) (*Service, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	senders := &senders{catalog: config.Catalog}
	calls, doors := &door.Calls{}, append(source.All(), source.JSON{Mappings: senders.mapping})
	if config.Server != nil {
		signalv1.RegisterSignalServiceServer(config.Server, calls)
	}
	return &Service{
		calls: calls, config: config, senders: senders,
		sources: source.NewCatalog(doors...), own: source.NewCatalog(append(doors, source.Heartbeat{})...),
		doors: door.NewMetrics(config.Metrics), alerts: dispatch.NewMetrics(config.Metrics), waiting: newGauge(config.Metrics),
	}, nil
}

// Run serves until ctx ends and then returns nil, after the requests and the
// signal in hand are finished or given back. It returns an error when the
// service cannot go on.
func (s *Service) Run(ctx context.Context) error {
	store, err := jetstream.Open(ctx, s.config.JetStream, jetstream.Options{HasRoom: s.config.HasRoom})
	if err != nil {
		_ = s.config.Listener.Close()
		return fmt.Errorf("run intake: %w", err)
	}
	pings, err := beats.Open(ctx, s.config.JetStream, s.config.HasRoom)
	if err != nil {
		_ = s.config.Listener.Close()
		return fmt.Errorf("run intake: %w", err)
	}
	watch := &backlog{store: store, gauge: s.waiting}
	if s.config.Ready != nil {
		s.config.Ready("intake_signals", watch.check)
	}
	group, ctx := errgroup.WithContext(ctx)
	index, open := dispatch.NewIndex(s.config.Log), dispatch.NewOpen(s.config.Log)
	dispatcher := s.dispatcher(index, open)
	dispatcher.Aside = store.Aside
	group.Go(func() error { return index.Run(ctx) })
	group.Go(func() error { return open.Run(ctx) })
	group.Go(func() error { return watch.run(ctx) })
	keeper := s.keeper(dispatcher, store, pings)
	group.Go(func() error {
		select {
		case <-s.config.Catalog.Ready():
		case <-ctx.Done():
		}
		return keeper.Run(ctx)
	})
	group.Go(func() error {
		return s.serve(ctx, s.door(store, watch, pings, dispatcher))
	})
	group.Go(func() error {
		select { // without the catalog no route would take an alert
		case <-s.config.Catalog.Ready():
		case <-ctx.Done():
			return nil
		}
		err := store.Consume(ctx, dispatcher.Handle)
		if ctx.Err() != nil {
			return nil
		}
		return err
	})
	err = group.Wait()
	s.calls.Close()
	if err != nil {
		return fmt.Errorf("run intake: %w", err)
	}
	return nil
}

func (s *Service) dispatcher(index *dispatch.Index, open *dispatch.Open) *dispatch.Dispatcher {
	c := s.config
	known := &rules{catalog: c.Catalog, attaches: open.Prepare}
	return &dispatch.Dispatcher{
		Sources: s.own, Index: index, Open: open, Known: dispatch.NewIncidents(c.Log), Rules: known.sorted,
		Silences: known.quiet, Runbooks: known.runbooks, Now: c.Now,
		Incidents: c.Incidents, Alerts: c.Alerts, Pages: c.Pages, Changes: c.Changes, Service: serviceName(c.Catalog),
		Metrics: s.alerts, Logger: c.Logger, Tracer: c.Tracer.Tracer(tracerName),
	}
}

func (s *Service) door(store *jetstream.Store, watch *backlog, pings *beats.Store, d *dispatch.Dispatcher) http.Handler {
	c := s.config
	mux := http.NewServeMux()
	handler := door.New(door.Options{
		Sources: s.sources, Signals: store, Accounts: auth.Bearer{Directory: c.Catalog},
		Service: d.Service, Senders: s.senders.find, Rules: d.Rules, Suppressed: d.SuppressedBy, Overloaded: watch.overloaded,
		Alerts: dispatch.Answers{Index: d.Index, Known: d.Known}, Whom: whom(c.Catalog),
		Heartbeats: beats.Desk{Store: pings, Catalog: c.Catalog, Log: c.Log, Writer: c.Heartbeats, Now: c.Now},
		MaxBody:    c.MaxBody, Metrics: s.doors, Logger: c.Logger, Tracer: c.Tracer.Tracer(tracerName), Now: c.Now,
	})
	handler.Register(mux)
	s.calls.Open(handler)
	return mux
}

// serve answers HTTP until ctx ends and the requests in hand are answered.
func (s *Service) serve(ctx context.Context, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 32 << 10}
	return httpserve.Until(ctx, server, s.config.Listener, stopTimeout)
}
