package timeline

import (
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/health"
)

// Config says what a service works with.
type Config struct {
	// Log is what is read; required.
	Log eventlog.Reader
	// Pool reaches the database; required. The caller closes it after Run.
	Pool *pgxpool.Pool
	// Server gets the service; required. It must authenticate (package rpc).
	Server grpc.ServiceRegistrar
	// Catalog follows the same log; required. Whoever made it runs it.
	Catalog *catalog.Follower
	// Logger is required.
	Logger *slog.Logger

	// Metrics gets the service's metrics; nil: nowhere.
	Metrics prometheus.Registerer
	// Tracer makes spans; nil: none.
	Tracer trace.TracerProvider
	// Health gets the checks "timeline database" and "timeline"; nil: nowhere.
	Health *health.Registry
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Heartbeat is how often a quiet watch says where it stands; 0 means ten
	// seconds.
	Heartbeat time.Duration
	// FarBehind is how many messages the view has to lack, at least, to be rebuilt
	// instead of following; 0 means 50,000.
	FarBehind uint64
}

const defaultHeartbeat = 10 * time.Second

// complete fills in the defaults, or says which setting is missing.
func (c *Config) complete() error {
	switch {
	case c.Log == nil:
		return errors.New("timeline: Log is not set")
	case c.Pool == nil:
		return errors.New("timeline: Pool is not set")
	case c.Server == nil:
		return errors.New("timeline: Server is not set")
	case c.Catalog == nil:
		return errors.New("timeline: Catalog is not set")
	case c.Logger == nil:
		return errors.New("timeline: Logger is not set")
	}
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = defaultHeartbeat
	}
	if c.FarBehind == 0 {
		c.FarBehind = farBehind
	}
	return nil
}
