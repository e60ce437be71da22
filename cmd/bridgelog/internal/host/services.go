package host

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/proto/openapi"
	"github.com/bridgelog/bridgelog/services/command"
)

// firstTokens are the tokens that exist from the first start: one of an admin
// for the person at the keyboard and one for our own services.
func firstTokens(admin, service auth.Token) []command.BootstrapToken {
	return []command.BootstrapToken{
		{
			Name: "admin", Person: "admin", DisplayName: "Admin",
			Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, Hash: admin.Hash(),
		},
		{Name: "services", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER, Hash: service.Hash(), Impersonate: true},
	}
}

// addCommand adds the write side.
func (s *stack) addCommand(log eventlog.Log, tokens []command.BootstrapToken) error {
	service, err := command.New(command.Config{
		Log: log, Server: s.rpc, Catalog: s.catalog, Logger: s.logger,
		Tracer: s.kit.Tracer, Metrics: s.kit.Metrics, Bootstrap: tokens,
	})
	if err != nil {
		return err
	}
	s.group.run("command", service.Run)
	s.awaited["command"] = service.Ready()
	return nil
}

// addAPI adds the JSON door to a gRPC server.
func (s *stack) addAPI(ctx context.Context, d door, server string) error {
	conn, err := rpc.Dial(server, "")
	if err != nil {
		return err
	}
	s.onClose(func() { _ = conn.Close() })
	handler, err := rpc.Gateway(ctx, conn, openapi.Document(),
		incidentv1.RegisterCommandServiceHandler, catalogv1.RegisterCatalogServiceHandler,
		signalv1.RegisterAlertServiceHandler, timelinev1.RegisterTimelineServiceHandler)
	if err != nil {
		return err
	}
	s.group.run("api", serveHTTP(rpc.GatewayServer(handler), d))
	return nil
}
