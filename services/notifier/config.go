package notifier

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/health"
)

// Config is what the service is made of. Every field without "optional" is
// required.
type Config struct {
	// Log is followed.
	Log eventlog.Reader
	// Catalog holds the webhooks; whoever made it runs it.
	Catalog *catalog.Follower
	// Pool reaches the database; the service keeps the schema notifier_ledger in
	// it. Each lane at work needs a connection now and then.
	Pool *pgxpool.Pool
	// Source names this installation in what is sent: a URI reference; optional,
	// default "urn:bridgelog".
	Source string
	// AllowReceivers are prefixes of private addresses that webhooks may reach;
	// optional: public ones only. See [netguard.Loopback].
	AllowReceivers []netip.Prefix
	// Stale is how old an event may be and still go out by itself; optional,
	// default an hour.
	Stale time.Duration
	// Workers is how many lanes work at once; optional, default 200.
	Workers int
	// Logger gets what operators should know.
	Logger *slog.Logger
	// Metrics is where the service's metrics are registered.
	Metrics prometheus.Registerer
	// Tracer makes spans.
	Tracer trace.TracerProvider
	// Ready registers what has to be well; optional.
	Ready func(name string, check health.Check)
}

// Defaults.
const (
	defaultSource  = "urn:bridgelog"
	defaultWorkers = 200
)

func (c *Config) complete() error {
	for name, missing := range map[string]bool{
		"Log": c.Log == nil, "Catalog": c.Catalog == nil, "Pool": c.Pool == nil, "Logger": c.Logger == nil,
		"Metrics": c.Metrics == nil, "Tracer": c.Tracer == nil,
	} {
		if missing {
			return errors.New("configure notifier: " + name + " is missing")
		}
	}
	if c.Source == "" {
		c.Source = defaultSource
	}
	if c.Workers == 0 {
		c.Workers = defaultWorkers
	}
	return nil
}
