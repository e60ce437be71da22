package cli_test

import (
	"context"
	"log/slog"
	"net"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"

	eventjetstream "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake"
)

// doors opens the doors of a system until the test ends, and returns where they are. What
// comes in is kept in a real stream.
func (sys system) doors(t *testing.T) string {
	t.Helper()
	nats := natstest.Start(t)
	nats.Bootstrap(eventjetstream.Config{})
	signals, err := jetstream.New(nats.Conn(natsserver.UserIntake))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conn := sys.asService(t)
	service, err := intake.New(intake.Config{
		Log: sys.log, JetStream: signals, Catalog: sys.catalog, Incidents: incidentv1.NewCommandServiceClient(conn),
		Alerts: signalv1.NewAlertServiceClient(conn), Pages: signalv1.NewPageServiceClient(conn), Changes: signalv1.NewChangeServiceClient(conn),
		Listener: listener, Logger: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Tracer: noop.NewTracerProvider(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("intake: %v", err)
		}
	})
	return "http://" + listener.Addr().String()
}
