package host

import (
	"context"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/proto/openapi"
	"github.com/bridgelog/bridgelog/services/command"
	"github.com/bridgelog/bridgelog/services/intake"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// adminToken is that of the person at the keyboard.
func adminToken(token auth.Token) command.BootstrapToken {
	return command.BootstrapToken{
		Name: "admin", Person: "admin", DisplayName: "Admin",
		Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, Hash: token.Hash(),
	}
}

// servicesToken is what our own services show to command.
func servicesToken(token auth.Token) command.BootstrapToken {
	return command.BootstrapToken{
		Name: "services", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER, Hash: token.Hash(), Impersonate: true,
	}
}

// addCommand adds the write side.
func (s *stack) addCommand(log eventlog.Log, tokens []command.BootstrapToken) error {
	service, err := command.New(command.Config{
		Log: log, Server: s.rpc, Catalog: s.catalog, Logger: s.logger,
		Tracer: s.kit.Tracer, Metrics: s.kit.Metrics, Bootstrap: tokens, Now: failpoint.ClockFromEnv(),
	})
	if err != nil {
		return err
	}
	s.group.run("command", service.Run)
	s.awaited["command"] = service.Ready()
	return nil
}

// addIntake adds the doors for alerts. It writes through command, as a machine.
func (s *stack) addIntake(ctx context.Context, d door, server string, token auth.Token) error {
	log, conn, err := s.openLog(ctx, natsserver.UserIntake)
	if err != nil {
		return err
	}
	signals, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	writer, err := s.dial(server, token.Reveal())
	if err != nil {
		return err
	}
	service, err := intake.New(intake.Config{
		Log: log, JetStream: signals, HasRoom: s.settings.roomCheck(), Catalog: s.catalog,
		Incidents: incidentv1.NewCommandServiceClient(writer), Alerts: signalv1.NewAlertServiceClient(writer),
		Changes: signalv1.NewChangeServiceClient(writer), Pages: signalv1.NewPageServiceClient(writer),
		Heartbeats: signalv1.NewHeartbeatServiceClient(writer),
		Listener:   d, Server: s.rpc, Logger: s.logger, Metrics: s.kit.Metrics, Tracer: s.kit.Tracer, Ready: s.checks.Register,
		Now: failpoint.ClockFromEnv(),
	})
	if err != nil {
		return err
	}
	s.group.run("intake", service.Run)
	return nil
}

// addNotifier adds the deliveries to webhooks, and the watch over clocks where command
// can be told of them.
func (s *stack) addNotifier(ctx context.Context, log eventlog.Reader, server string) error {
	writer, err := s.writerFor(server)
	if err != nil {
		return err
	}
	pool, err := s.openPool(ctx, serviceNotifier)
	if err != nil {
		return err
	}
	allowed, err := s.settings.receivers()
	if err != nil {
		return err
	}
	conn, err := s.connect(natsserver.UserNotifier)
	if err != nil {
		return err
	}
	marks, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	service, err := notifier.New(notifier.Config{
		Log: log, Catalog: s.catalog, Marks: marks, Pool: pool, Server: s.rpc,
		Commands: writer.commands, Alerts: writer.alerts, Changes: writer.changes, Pages: writer.pages,
		KeyFile: filepath.Join(s.settings.DataDir, "notifier.key"), Source: s.settings.PublicURL, AllowReceivers: allowed,
		Logger: s.logger, Metrics: s.kit.Metrics, Tracer: s.kit.Tracer, Ready: s.checks.Register,
		Now: failpoint.ClockFromEnv(),
	})
	if err != nil {
		return err
	}
	s.group.run("notifier", service.Run)
	s.settling = service.Ready()
	return nil
}

// writer are clients of command; nil where it cannot be told anything.
type writer struct {
	commands incidentv1.CommandServiceClient
	alerts   signalv1.AlertServiceClient
	changes  signalv1.ChangeServiceClient
	pages    signalv1.PageServiceClient
}

// writerFor are clients of command for our own services; nil where no token for them or
// no address is known.
func (s *stack) writerFor(server string) (writer, error) {
	if server == "" || s.settings.ServiceToken == "" {
		s.logger.Warn("clocks and status pages are not watched, nobody is told of pages, and nothing is checked: the notifier knows no address of command (command-server) or no token for it (service-token)")
		return writer{}, nil
	}
	token, err := auth.ParseToken(s.settings.ServiceToken)
	if err != nil {
		return writer{}, &SettingError{"service-token", err.Error()}
	}
	conn, err := s.dial(server, token.Reveal())
	if err != nil {
		return writer{}, err
	}
	return writer{
		commands: incidentv1.NewCommandServiceClient(conn), alerts: signalv1.NewAlertServiceClient(conn),
		changes: signalv1.NewChangeServiceClient(conn), pages: signalv1.NewPageServiceClient(conn),
	}, nil
}

// openPool opens a service's connections to the database.
func (s *stack) openPool(ctx context.Context, service string) (*pgxpool.Pool, error) {
	pool, err := postgres.Open(ctx, s.databaseURL, postgres.Options{Application: "bridgelog-" + service})
	if err != nil {
		return nil, &SettingError{"database-url", err.Error()}
	}
	s.onClose(pool.Close)
	s.checks.Register("postgres", func(ctx context.Context) error { return postgres.Wrap("ask", pool.Ping(ctx)) })
	return pool, nil
}

// dial connects to a gRPC server; the connection is closed at the end. Calls
// carry the trace of their context.
func (s *stack) dial(server, token string) (*grpc.ClientConn, error) {
	tracing := otelgrpc.NewClientHandler(
		otelgrpc.WithTracerProvider(s.kit.Tracer), otelgrpc.WithPropagators(propagation.TraceContext{}))
	conn, err := rpc.Dial(server, token, grpc.WithStatsHandler(tracing))
	if err != nil {
		return nil, err
	}
	s.onClose(func() { _ = conn.Close() })
	return conn, nil
}

// addAPI adds the JSON door to a gRPC server.
func (s *stack) addAPI(ctx context.Context, d door, server string) error {
	conn, err := s.dial(server, "")
	if err != nil {
		return err
	}
	handler, err := rpc.Gateway(ctx, conn, openapi.Document(),
		incidentv1.RegisterCommandServiceHandler, catalogv1.RegisterCatalogServiceHandler,
		signalv1.RegisterAlertServiceHandler, signalv1.RegisterSilenceServiceHandler, signalv1.RegisterHeartbeatServiceHandler, statusv1.RegisterStatusPageServiceHandler, signalv1.RegisterAlertViewServiceHandler,
		signalv1.RegisterChangeServiceHandler, signalv1.RegisterChangeViewServiceHandler,
		signalv1.RegisterPageServiceHandler, signalv1.RegisterPageViewServiceHandler, signalv1.RegisterSignalServiceHandler, timelinev1.RegisterTimelineServiceHandler, timelinev1.RegisterSuspectServiceHandler,
		notifyv1.RegisterNotifyServiceHandler)
	if err != nil {
		return err
	}
	s.group.run("api", serveHTTP(rpc.GatewayServer(handler), d))
	return nil
}
