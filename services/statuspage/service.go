package statuspage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/wait"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/relay"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/web"
)

const (
	// beatEvery is how often the connection and the clock are looked at.
	beatEvery = time.Second
	// retryPause is the longest pause between attempts to watch the documents, and the
	// one between attempts to prepare the stream.
	retryPause = time.Second
	// watchPause is the first pause between attempts to watch; it doubles.
	watchPause = 50 * time.Millisecond
	// patience is how many attempts to watch may fail before it is said.
	patience = 5
	// quietAfter is how long nothing may come before the watch is begun anew.
	quietAfter = time.Minute
	// copyEvery is the least time between two copies of the rendered files.
	copyEvery = time.Second
	stopWait  = 5 * time.Second
)

// Service is the status page.
type Service struct {
	config Config
	pages  *web.Pages
	keeper *keeper
	relay  *relay.Relay // nil: none
	copies web.Copy
}

// New returns the service; it does nothing until Run.
func New(c Config) (*Service, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	pages := web.NewPages(strings.TrimRight(c.PublicURL, "/"), c.Logger)
	s := &Service{
		config: c, pages: pages, copies: web.Copy{Dir: filepath.Join(c.Dir, "site")},
		keeper: &keeper{
			pages: pages, disk: library.Disk{Dir: filepath.Join(c.Dir, "documents")}, logger: c.Logger,
			library: library.New(), seen: map[string]bool{}, rendered: make(chan struct{}, 1),
		},
	}
	if c.Ready != nil {
		c.Ready("statuspage", func(context.Context) error { return pages.Check() })
	}
	if err := s.measure(); err != nil {
		return nil, err
	}
	if c.Source != nil {
		return s, s.addRelay()
	}
	return s, nil
}

// measure registers the metrics of the pages.
func (s *Service) measure() error {
	if s.config.Metrics == nil {
		return nil
	}
	for name, gauge := range map[string]struct {
		help  string
		value func() float64
	}{
		"bridgelog_statuspage_page_age_seconds": {
			"Seconds since the pages were last known to show everything that was published.",
			func() float64 { return s.keeper.age(time.Now()).Seconds() },
		},
		"bridgelog_statuspage_unlisted_incidents": {
			"Open incidents that are on the page of open incidents only, as there are too many for the lists.",
			func() float64 { return float64(s.pages.Unlisted()) },
		},
	} {
		if err := s.config.Metrics.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: gauge.help}, gauge.value)); err != nil {
			return fmt.Errorf("statuspage: register metrics: %w", err)
		}
	}
	took := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "bridgelog_statuspage_render_seconds", Help: "How long it took to put all pages together and to render them.",
		Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5},
	})
	if err := s.config.Metrics.Register(took); err != nil {
		return fmt.Errorf("statuspage: register metrics: %w", err)
	}
	s.keeper.took = took
	return nil
}

func (s *Service) addRelay() error {
	js, err := jetstream.New(s.config.Source.Publish)
	if err != nil {
		return fmt.Errorf("statuspage: %w", err)
	}
	s.relay = &relay.Relay{
		Log: s.config.Source.Log, Catalog: s.config.Source.Catalog, Stream: relay.Public{Stream: public.Stream{JetStream: js, HasRoom: s.config.Source.HasRoom}},
		Logger: s.config.Logger, Tracer: s.config.Tracer.Tracer("github.com/bridgelog/bridgelog/services/statuspage"),
	}
	if s.config.Metrics != nil {
		if s.relay.Metrics, err = relay.NewMetrics(s.config.Metrics); err != nil {
			return fmt.Errorf("statuspage: %w", err)
		}
	}
	s.relay.Init()
	if s.config.Source.Server != nil {
		statusv1.RegisterStatusPageServiceServer(s.config.Source.Server, answering{relay: s.relay})
	}
	return nil
}

// Run serves until ctx ends, then returns nil. It serves the copy on disk at once
// and goes on serving what it has whatever happens to the rest of the system.
func (s *Service) Run(ctx context.Context) error {
	s.keeper.load(time.Now())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.serve(ctx) })
	group.Go(func() error { return s.watch(ctx) })
	group.Go(func() error { return s.beat(ctx) })
	group.Go(func() error { return s.copy(ctx) })
	if s.relay != nil {
		group.Go(func() error { return s.publish(ctx) })
	}
	return group.Wait()
}

// publish prepares the stream and runs the relay.
func (s *Service) publish(ctx context.Context) error {
	for s.config.Source.Prepare != nil {
		err := s.config.Source.Prepare(ctx)
		if err == nil {
			break
		}
		if ctx.Err() == nil {
			s.config.Logger.Warn("the stream of public documents cannot be prepared: trying again", "error", err)
		}
		if wait.For(ctx, retryPause) != nil {
			return nil
		}
	}
	return s.relay.Run(ctx)
}

// watch takes documents from PUBLIC, and tries again while NATS is away.
func (s *Service) watch(ctx context.Context) error {
	js, err := jetstream.New(s.config.Public)
	if err != nil {
		return fmt.Errorf("watch the public documents: %w", err)
	}
	for failures := 0; ctx.Err() == nil; failures++ {
		s.keeper.begin()
		began := time.Now()
		err := public.Watch(ctx, js, s.keeper, quietAfter)
		if time.Since(began) > retryPause {
			failures = 0
		}
		if failures == patience { // A relay that starts beside us makes the stream first.
			s.config.Logger.Warn("the public documents cannot be watched: trying on", "error", err)
		}
		_ = wait.For(ctx, min(watchPause<<min(failures, patience), retryPause)) // The loop sees the end.
	}
	return nil
}

// beat lets the pages notice that time goes by.
func (s *Service) beat(ctx context.Context) error {
	every := time.NewTicker(beatEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-every.C:
			s.keeper.beat(now, s.config.Public.IsConnected())
		}
	}
}

// copy keeps the rendered files on disk.
func (s *Service) copy(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.keeper.rendered:
		}
		if err := s.copies.Save(s.pages.Files()); err != nil {
			s.config.Logger.Error("the rendered pages are not copied", "error", err)
		}
		_ = wait.For(ctx, copyEvery) // The loop sees the end.
	}
}

func (s *Service) serve(ctx context.Context) error {
	server := &http.Server{
		Handler: s.pages, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stopped := context.AfterFunc(ctx, func() {
		patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer cancel()
		if server.Shutdown(patience) != nil {
			_ = server.Close()
		}
	})
	defer stopped()
	if err := server.Serve(s.config.Listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the status page: %w", err)
	}
	return nil
}
