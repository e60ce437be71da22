package intake

import (
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/health"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Config is what the service is made of. Every field without "optional" is
// required.
type Config struct {
	// Log is where alerts and incidents are read.
	Log eventlog.Reader
	// JetStream reaches the stream SIGNALS.
	JetStream jetstream.JetStream
	// Catalog holds routes and tokens; whoever made it runs it.
	Catalog *catalog.Follower
	// Incidents, Alerts, Pages and Changes write. Their connection authenticates as a machine
	// with the role responder.
	Incidents incidentv1.CommandServiceClient
	Alerts    signalv1.AlertServiceClient
	Pages     signalv1.PageServiceClient
	Changes   signalv1.ChangeServiceClient
	// Heartbeats changes heartbeats for senders that may, over the same connection. Optional:
	// they are refused.
	Heartbeats signalv1.HeartbeatServiceClient
	// Server is where machines call that speak gRPC; New registers with it. Optional:
	// none can.
	Server grpc.ServiceRegistrar
	// Listener is where machines send to. The service closes it.
	Listener net.Listener
	// MaxBody is the largest request in bytes; optional.
	MaxBody int
	// HasRoom tells whether the disk of the stream can take more; optional. Without
	// room signals are refused, and senders repeat them.
	HasRoom func() bool
	// Now is the clock; optional: time.Now.
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

func (c Config) check() error {
	for name, missing := range map[string]bool{
		"Log": c.Log == nil, "JetStream": c.JetStream == nil, "Catalog": c.Catalog == nil, "Incidents": c.Incidents == nil,
		"Alerts": c.Alerts == nil, "Pages": c.Pages == nil, "Changes": c.Changes == nil, "Listener": c.Listener == nil, "Logger": c.Logger == nil, "Metrics": c.Metrics == nil,
		"Tracer": c.Tracer == nil,
	} {
		if missing {
			return errors.New("configure intake: " + name + " is missing")
		}
	}
	return nil
}
