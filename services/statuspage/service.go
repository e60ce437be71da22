package statuspage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/relay"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/web"
)

const (
	// contactBeat is how often the connection is looked at.
	contactBeat = time.Second
	// watchPause lies between attempts to watch the documents.
	watchPause = time.Second
	stopWait   = 5 * time.Second
)

// Service is the status page.
type Service struct {
	config Config
	pages  *web.Pages
	disk   web.Disk
	counts *relay.Metrics // nil: nowhere
}

// New returns the service; it does nothing until Run.
func New(c Config) (*Service, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s := &Service{config: c, pages: web.NewPages(strings.TrimRight(c.PublicURL, "/"), c.Logger), disk: web.Disk{Dir: c.Dir}}
	if c.Ready != nil {
		c.Ready("statuspage", func(context.Context) error { return s.pages.Check() })
	}
	if c.Metrics != nil {
		age := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "bridgelog_statuspage_document_age_seconds", Help: "Seconds since the newest page document arrived.",
		}, func() float64 { return time.Since(s.pages.Changed()).Seconds() })
		if err := c.Metrics.Register(age); err != nil {
			return nil, fmt.Errorf("statuspage: register metrics: %w", err)
		}
		if c.Source != nil {
			counts, err := relay.NewMetrics(c.Metrics)
			if err != nil {
				return nil, fmt.Errorf("statuspage: %w", err)
			}
			s.counts = counts
		}
	}
	return s, nil
}

// Run serves until ctx ends, then returns nil. It serves the copy on disk at once
// and goes on serving what it has whatever happens to the rest of the system.
func (s *Service) Run(ctx context.Context) error {
	docs, newest := s.disk.Load()
	for _, doc := range docs {
		s.pages.Set(doc)
	}
	if len(docs) > 0 {
		s.pages.SetStale(newest)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.serve(ctx) })
	group.Go(func() error { return s.watch(ctx) })
	group.Go(func() error { return s.contact(ctx) })
	if s.config.Source != nil {
		group.Go(func() error { return s.relay(ctx) })
	}
	return group.Wait()
}

// relay runs the relay. When the log is damaged it stops and says so; the page
// stays up.
func (s *Service) relay(ctx context.Context) error {
	js, err := jetstream.New(s.config.Source.Publish)
	if err != nil {
		return fmt.Errorf("relay to the status page: %w", err)
	}
	writer, err := public.NewWriter(ctx, js)
	if err != nil {
		return err
	}
	r := &relay.Relay{
		Log: s.config.Source.Log, Catalog: s.config.Source.Catalog, Publisher: writer, Logger: s.config.Logger, Metrics: s.counts,
	}
	if err := r.Run(ctx); err != nil {
		s.config.Logger.Error("the status page is not updated any more", "error", err)
	}
	return nil
}

// watch takes documents from PUBLIC, and tries again while NATS is away.
func (s *Service) watch(ctx context.Context) error {
	js, err := jetstream.New(s.config.Public)
	if err != nil {
		return fmt.Errorf("watch the public documents: %w", err)
	}
	for ctx.Err() == nil {
		if err := public.Watch(ctx, js, s.take, func() { s.pages.SetStale(time.Time{}) }); err != nil {
			s.config.Logger.Warn("the public documents cannot be watched", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchPause):
		}
	}
	return nil
}

func (s *Service) take(doc *statusv1.PageDocument) {
	s.pages.Set(doc)
	if err := s.disk.Save(doc); err != nil {
		s.config.Logger.Error("the copy on disk is not up to date", "error", err)
	}
}

// contact marks the pages as old while the connection is lost.
func (s *Service) contact(ctx context.Context) error {
	every := time.NewTicker(contactBeat)
	defer every.Stop()
	lost := time.Time{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-every.C:
		}
		connected := s.config.Public.IsConnected()
		switch {
		case !connected && lost.IsZero():
			lost = time.Now()
			s.pages.SetStale(lost)
		case connected && !lost.IsZero():
			lost = time.Time{}
			s.pages.SetStale(lost)
		}
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
