package notifier

import (
	"errors"
	"log/slog"
	"net/netip"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/health"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/act"
)

// Config is what the service is made of. Every field without "optional" is
// required.
type Config struct {
	// Log is followed.
	Log eventlog.Reader
	// Catalog holds the webhooks; whoever made it runs it.
	Catalog *catalog.Follower
	// Marks is JetStream, where the stream of marks is kept: how far sending may
	// have got, outside the database. What senders sent is read there too.
	Marks jetstream.JetStream
	// Pool reaches the database; the service keeps the schema notifier_ledger in
	// it. Each lane at work needs a connection now and then.
	Pool *pgxpool.Pool
	// Server gets the service's RPCs; optional: it is not asked anything then.
	Server grpc.ServiceRegistrar
	// Commands records what clocks pass, when one warns, is breached or is met, and
	// what checks show; optional: clocks are not watched and nothing is checked then.
	Commands incidentv1.CommandServiceClient
	// Alerts says on alerts what came of forwarding them; optional: that is not said then.
	Alerts signalv1.AlertServiceClient
	// Changes records what third parties say on their status pages; optional: none is
	// watched then.
	Changes signalv1.ChangeServiceClient
	// Pages writes down what came of telling people of pages; optional: nobody is told of
	// them then.
	Pages signalv1.PageServiceClient
	// KeyFile holds the key that seals stored secrets; it is made when it is first
	// needed. Optional: no secrets are stored then.
	KeyFile string
	// Source names this installation in what is sent: a URI reference; optional,
	// default "urn:bridgelog".
	Source string
	// AllowReceivers are prefixes of private addresses that webhooks and mails may reach;
	// optional: public ones only. See [netguard.Loopback].
	AllowReceivers []netip.Prefix
	// Stale is how old an event may be and still go out by itself; optional,
	// default an hour.
	Stale time.Duration
	// DisableAfter is how long every attempt has to fail before a webhook is
	// disabled; optional, default five days.
	DisableAfter time.Duration
	// Workers is how many lanes work at once; optional, default 2,000. A lane that
	// waits for its receiver costs a goroutine and no connection to the database.
	Workers int
	// Now is the clock; optional.
	Now func() time.Time
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
	defaultWorkers = 2000
	defaultStale   = act.DefaultStale
)

func (c *Config) complete() error {
	for name, missing := range map[string]bool{
		"Log": c.Log == nil, "Catalog": c.Catalog == nil, "Pool": c.Pool == nil, "Marks": c.Marks == nil, "Logger": c.Logger == nil,
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
	if c.Stale == 0 {
		c.Stale = defaultStale
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return nil
}
