package statuspage

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/health"
)

// Config says what the service works with.
type Config struct {
	// Source is what the relay works with; nil: no relay runs here.
	Source *Source
	// Public is a connection that can read PUBLIC and nothing else; required. It
	// need not be connected yet.
	Public *nats.Conn
	// Listener is where customers read; required. The service closes it.
	Listener net.Listener
	// PublicURL is where customers find the listener, for links; empty: its address.
	PublicURL string
	// Dir keeps the copy on disk; required. Below it "documents" is what a start
	// without any other part of the system serves, and "site" the rendered files, for
	// any web server.
	Dir string
	// Logger is required.
	Logger *slog.Logger
	// Metrics gets the service's metrics; nil: nowhere.
	Metrics prometheus.Registerer
	// Tracer makes spans; nil: none.
	Tracer trace.TracerProvider
	// Ready registers what has to be well; nil: nowhere.
	Ready func(name string, check health.Check)
}

// Source is what the relay works with.
type Source struct {
	// Log is read from where the last relay stopped; required.
	Log eventlog.Reader
	// Catalog follows the same log; required. Whoever made it runs it.
	Catalog *catalog.Follower
	// Publish is a connection that can write PUBLIC; required.
	Publish *nats.Conn
	// HasRoom tells whether the disk of the stream can take more; nil: that is not
	// known.
	HasRoom func() bool
	// Prepare makes the stream PUBLIC; it is called until it succeeds. nil: the
	// stream is there.
	Prepare func(ctx context.Context) error
	// Server gets the service that rebuilds the documents; nil: nowhere. It must
	// authenticate (package rpc).
	Server grpc.ServiceRegistrar
}

func (c *Config) complete() error {
	switch {
	case c.Public == nil || c.Listener == nil || c.Logger == nil || c.Dir == "":
		return errors.New("statuspage: Public, Listener, Dir and Logger must be set")
	case c.Source != nil && (c.Source.Log == nil || c.Source.Catalog == nil || c.Source.Publish == nil):
		return errors.New("statuspage: Source must have Log, Catalog and Publish, or be absent")
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Listener.Addr().String()
	}
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider()
	}
	return nil
}
